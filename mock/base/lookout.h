/* lookout.h — tells when one of some files changes (the only sys/inotify.h).
 *
 * The folders are watched, not the files: editors write a new file and rename it. A
 * path that is not there yet is looked out for, too: in the nearest folder above that
 * is there. Only names that were asked for count, so that a log that grows beside a
 * document is no change. */
#ifndef BASE_LOOKOUT_H
#define BASE_LOOKOUT_H

#include "base/error.h"
#include "base/map.h"

struct lookout;

/* Owned by the caller, who calls lookout_free. NULL and an error when the system gives
 * no inotify. */
struct lookout *lookout_new(struct err *err);
void lookout_free(struct lookout *l);

/* From now on looks out for the keys of paths, as file_saw noted them, and for nothing
 * else. What cannot be watched (LIMIT_WATCHES, or the system's own bound) is one
 * warning; the rest is. */
void lookout_for(struct lookout *l, const struct map *paths, struct err *err);

/* Becomes readable when lookout_changed should be asked. */
int lookout_fd(const struct lookout *l);

/* Takes all that happened so far; whether any of it was asked for. Never waits. */
bool lookout_changed(struct lookout *l);

#endif

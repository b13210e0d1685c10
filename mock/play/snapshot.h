/* snapshot.h — namespaces as they were at a moment, under a name.
 *
 * A snapshot holds what a namespace does: instances, sequences, the clock's offset,
 * counts of calls, and running scenarios with what they have counted. It is never
 * changed, shares its instances with the namespaces that still have them, and may be
 * taken up by any namespace: names of snapshots are the world's. */
#ifndef PLAY_SNAPSHOT_H
#define PLAY_SNAPSHOT_H

#include "play/world.h"

struct snapshot_about {
    const char *name, *of; /* the namespace that it was made of */
    clock_ms made;
    size_t instances;
};

enum snapshot_answer {
    SNAPSHOT_MADE,
    SNAPSHOT_REPLACED,
    SNAPSHOT_FULL,  /* LIMIT_SNAPSHOTS */
    SNAPSHOT_LARGE, /* LIMIT_SNAPSHOT_INSTANCES */
    SNAPSHOT_MEMORY /* ran out; nothing has changed */
};

/* Keeps ns as it is now under a valid name, in place of an earlier snapshot of that
 * name. Takes the namespace's lock. */
enum snapshot_answer snapshot_make(struct world *w, struct namespace *ns,
                                   struct str name);

/* Its state, which nobody may change; the caller gives it back with namespace_drop.
 * NULL when there is none of that name. */
struct namespace *snapshot_hold(struct world *w, struct str name);

/* False when there is none of that name. */
bool snapshot_remove(struct world *w, struct str name);

/* What there is, in the order of their making, from arena; how many. */
size_t snapshots_list(struct world *w, struct snapshot_about **list,
                      struct arena *arena);

#endif

/* snapshot.h — namespaces as they were at a moment, under a name.
 *
 * A snapshot holds what a namespace does: instances, sequences, the clock's offset,
 * counts of calls, and running scenarios with what they have counted. It is never
 * changed, shares its instances with the namespaces that still have them, and may be
 * taken up by any namespace: names of snapshots are the world's.
 *
 * With a keep (keep.h) it is kept before it is answered, as a namespace whose name
 * begins with ':', so that it outlives the server and all servers know it. Memory has
 * then those that were asked for. */
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
    SNAPSHOT_FULL,   /* LIMIT_SNAPSHOTS */
    SNAPSHOT_LARGE,  /* LIMIT_SNAPSHOT_INSTANCES, LIMIT_SNAPSHOT_BYTES */
    SNAPSHOT_MEMORY, /* ran out; nothing has changed */
    SNAPSHOT_UNKEPT  /* *kept says why; nothing has changed */
};

/* Keeps ns as it is now under a valid name, in place of an earlier snapshot of that
 * name. Takes the namespace's lock. */
enum snapshot_answer snapshot_make(struct world *w, struct namespace *ns,
                                   struct str name, enum keep_answer *kept);

/* Its state, which nobody may change; the caller gives it back with namespace_drop. Who
 * reads it takes its lock. NULL when there is none of that name, or when *kept is not
 * KEEP_OK. */
struct namespace *snapshot_hold(struct world *w, struct str name,
                                enum keep_answer *kept);

/* False when there is none of that name, or when *kept is not KEEP_OK. */
bool snapshot_remove(struct world *w, struct str name, enum keep_answer *kept);

/* What there is, in the order of their making, from arena; how many. */
enum keep_answer snapshots_list(struct world *w, struct snapshot_about **list,
                                size_t *count, struct arena *arena);

#endif

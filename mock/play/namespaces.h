/* namespaces.h — the table of namespaces and snapshots; for world.c and snapshot.c
 * only. */
#ifndef PLAY_NAMESPACES_H
#define PLAY_NAMESPACES_H

#include "play/world.h"

enum { NAMESPACE_BUCKETS = 1024 };

struct snapshot {
    char name[LIMIT_NAMESPACE_NAME + 1];
    char of[LIMIT_NAMESPACE_NAME + 1]; /* the namespace that it was made of */
    clock_ms made;
    struct namespace *state; /* never changed; held by the table and by readers */
};

struct namespaces {
    pthread_rwlock_t lock;
    struct namespace *buckets[NAMESPACE_BUCKETS]; /* by name */
    struct namespace *list[LIMIT_NAMESPACES];     /* by index; NULL where none is */
    bool taken[LIMIT_NAMESPACES]; /* indexes, also of those that are out but held */
    pthread_mutex_t indexes;      /* over taken */
    struct snapshot snapshots[LIMIT_SNAPSHOTS]; /* in order of making */
    size_t snapshot_count;
    pthread_mutex_t snapshotting; /* with a keep: over asking for, and changing, one */
    void (*gone)(void *what, size_t index);
    void *gone_what;
};

static inline void namespace_hold(struct namespace *ns)
{
    atomic_fetch_add_explicit(&ns->holders, 1, memory_order_relaxed);
}

#endif

/* snapshot_kept.h — snapshots where namespaces are kept; for snapshot.c only. */
#ifndef PLAY_SNAPSHOT_KEPT_H
#define PLAY_SNAPSHOT_KEPT_H

#include "play/namespaces.h"

/* What a snapshot holds, shared with others or not. */
struct held {
    size_t instances, bytes;
};

static inline void held_add(struct held *to, struct held more)
{
    to->instances += more.instances;
    to->bytes += more.bytes;
}

/* What all of them hold but the one of that name. */
struct snapshot_sum {
    const char *but;
    bool there; /* that one is */
    size_t count;
    struct held held;
};

enum keep_answer snapshots_sum(struct world *w, struct snapshot_sum *sum);

/* All of them, in the order of their making; both lists have LIMIT_SNAPSHOTS places. */
enum keep_answer snapshots_kept(struct world *w, struct snapshot *list,
                                struct held *held, size_t *count);

/* Fills in what is kept about s->name, but not its state; made is 0 when there is none.
 * held may be NULL. */
enum keep_answer snapshot_read(struct world *w, struct snapshot *s, struct held *held);

/* Keeps s, whose state is nobody else's yet; it is the one that is kept from then on.
 */
enum keep_answer snapshot_write(struct world *w, const struct snapshot *s,
                                struct held held);

/* One whose state is still to be synced. Owned by the caller, who calls namespace_drop;
 * NULL when memory ran out. */
struct namespace *snapshot_blank(struct world *w, struct str name);

#endif

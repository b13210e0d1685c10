/* slots.h — a numbered row of pointers that copies share; for store.c.
 *
 * A tree with the slot's number as the way down, six bits a level. Nodes count who
 * holds them: a copy holds the root and nothing else, and whoever changes a slot first
 * makes the nodes above it its own (at most a few KB), so copies may be read and
 * changed in different threads. Inner nodes count what is below them, so that the n-th
 * pointer is found, and slots that hold nothing are passed over, without a walk.
 *
 *     root  [ · | · |   |  ]   each node has 64 places
 *             |   `-------- leaf [ i64 | NULL | i66 … ]
 *             `------------ leaf [ i0  | i1   | i2  … ] */
#ifndef PLAY_SLOTS_H
#define PLAY_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct instance;
struct slots_node;

/* Zeroed is empty; slots_done empties it. */
struct slots {
    struct slots_node *root;
    unsigned levels; /* above the leaves */
    size_t live;     /* pointers that are not NULL */
};

/* What is done with pointers when a leaf that holds them is copied or given back. */
void instance_hold(struct instance *i);
void instance_drop(struct instance *i);

/* NULL where nothing is. */
struct instance *slots_get(const struct slots *s, size_t at);

/* Puts i (taken, may be NULL) there and returns what was there before, which is now the
 * caller's. False when memory ran out: nothing has changed then. */
bool slots_put(struct slots *s, size_t at, struct instance *i,
               struct instance **before);

/* How many pointers stand before a slot, and the slots of the pointers from the n-th
 * on, at most `most` of them; how many there were. */
size_t slots_before(const struct slots *s, size_t at);
size_t slots_list(const struct slots *s, size_t n, uint32_t *list, size_t most);

/* Makes an empty row the same as another. */
void slots_share(struct slots *to, const struct slots *from);

/* Whether both have the same pointers in the same slots. */
bool slots_same(const struct slots *a, const struct slots *b);

void slots_done(struct slots *s);

#endif

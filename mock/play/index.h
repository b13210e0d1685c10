/* index.h — slots in the order of a number, such as the hash of a value; for store.c.
 *
 * A B+ tree of (number, slot) whose nodes are shared by copies and counted, as in
 * slots.h: a copy costs nothing, and a change copies what is above one leaf at most.
 * Nodes know how many entries are below them, so that entries have ranks: how many
 * there are of one number, and the n-th of them, is found without a walk. Memory
 * running out ends the program.
 *
 * Where many values share a number, an index can keep them apart: its keys then bring a
 * comparison along, all of them the same one. */
#ifndef PLAY_INDEX_H
#define PLAY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_node;

/* Zeroed is empty; index_done empties it. */
struct index {
    struct index_node *root;
    size_t known; /* instances in slots before this one are in it */
    bool loose;   /* some instance is not in it, so it cannot tell who is missing */
    bool mixed;   /* different values have one number: who is found must be asked */
};

/* No slot has this number. */
#define INDEX_NONE UINT32_MAX

/* What is looked for. Entries of one number are in the order of their slots, or of
 * compare first: how the value that is looked for stands to that of an entry's slot,
 * less than, equal to or greater than 0. */
struct index_key {
    uint64_t number;
    uint32_t slot;
    int (*compare)(const void *context, uint32_t slot); /* NULL: the number says all */
    const void *context;
};

/* False when the entry was there already; it stays there once. *other is another slot
 * of the number, INDEX_NONE when there is none. */
bool index_add(struct index *x, const struct index_key *key, uint32_t *other);
void index_remove(struct index *x, const struct index_key *key);

/* One of many that are put in together. */
struct index_entry {
    uint64_t number;
    uint32_t slot;
    uint32_t note; /* the caller's */
};

/* Puts entries in the order of their numbers; those of one number stay as they stand.
 */
void index_sort(struct index_entry *list, size_t count);

/* Makes an empty index of entries that stand in its order, each of them once: many
 * times cheaper than to add one after the other. */
void index_fill(struct index *x, const struct index_entry *list, size_t count);

/* The slots of a number from `from` on, at most `most` of them; how many there were.
 * For an index without comparison. */
size_t index_slots(const struct index *x, uint64_t number, uint32_t from,
                   uint32_t *list, size_t most);

/* How many entries there are, and how many stand before a key. */
size_t index_count(const struct index *x);
size_t index_rank(const struct index *x, const struct index_key *key);

/* How many entries of a number there are; *first is the rank of the first of them. For
 * an index without comparison. */
size_t index_span(const struct index *x, uint64_t number, size_t *first);

/* The slots from that rank on, at most `most` of them; how many there were. */
size_t index_list(const struct index *x, size_t rank, uint32_t *list, size_t most);

/* Makes an empty index the same as another. */
void index_share(struct index *to, const struct index *from);
void index_done(struct index *x);

#endif

/* index.h — from the hash of a value to the slots that may hold it; for store.c.
 *
 * Most values belong to one instance, so the first slot lives in the table itself. The
 * slots of one hash are in ascending order. Memory running out ends the program. */
#ifndef PLAY_INDEX_H
#define PLAY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_bucket {
    uint64_t hash;
    uint32_t count, room; /* count 0: free; room 0: `one` is used */
    union {
        uint32_t one;
        uint32_t *many;
    } u;
};

/* Zeroed is empty; index_done empties it and frees its memory. */
struct index {
    struct index_bucket *buckets;
    size_t size, used; /* size is a power of two or 0 */
    bool loose; /* some instance is not in it, so it cannot tell who is missing */
};

/* A slot that is there already stays there once. */
void index_add(struct index *x, uint64_t hash, uint32_t slot);
void index_remove(struct index *x, uint64_t hash, uint32_t slot);

/* Borrowed until the index changes. */
const uint32_t *index_slots(const struct index *x, uint64_t hash, size_t *count);

/* Fills an empty index; false when memory ran out. */
bool index_copy(struct index *to, const struct index *from);
void index_done(struct index *x);

#endif

/* store_parts.h — what a store is made of; for store.c and store_find.c only. */
#ifndef PLAY_STORE_PARTS_H
#define PLAY_STORE_PARTS_H

#include "play/index.h"
#include "play/slots.h"
#include "play/store.h"
#include "play/timers.h"

/* The instances of one collection. */
struct shelf {
    struct slots slots;
    size_t count;    /* one past the highest slot that was used */
    size_t reserved; /* of count: not for new instances */
    struct index *indexes;
};

/* One change, so that it can be taken back: what stood in the slot before. */
struct change {
    size_t collection, slot;
    struct instance *before;
};

struct store {
    const struct store_plan *plan;
    int64_t *sequences, *marked_sequences;
    bool marked;
    bool fixed; /* slots keep their numbers */
    struct change *changes;
    size_t change_count, change_room;
    struct timers timers;
    struct shelf shelves[];
};

/* The number under which an index has an instance: begun with 0, taken on by the value
 * of each of its members. */
uint64_t store_hash(uint64_t hash, const cJSON *value);

#endif

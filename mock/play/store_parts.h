/* store_parts.h — what a store is made of; for store*.c only. */
#ifndef PLAY_STORE_PARTS_H
#define PLAY_STORE_PARTS_H

#include "base/limits.h"
#include "play/index.h"
#include "play/slots.h"
#include "play/store.h"
#include "play/timers.h"

#include <stdatomic.h>

/* Instances never change; stores share them. */
struct instance {
    atomic_uint holders;   /* leaves of slots, undo logs, and what is shown */
    bool broken;           /* it has STORE_BROKEN */
    struct json_lent lent; /* where all of it is shown as it is */
    cJSON tree[];
};

/* All instances of a collection in the order of some members, without them too. */
struct order {
    char *text; /* owned; what by points to */
    struct store_sort by[STORE_SORTS];
    size_t count;
    struct index index;
    size_t changes; /* of the collection, since it was asked for */
};

struct orders {
    size_t count;
    struct order list[LIMIT_ORDERS];
};

/* The instances of one collection. */
struct shelf {
    struct slots slots;
    size_t count; /* one past the highest slot that was used */
    size_t bytes; /* of the instances */
    struct index *indexes;
    struct orders *orders; /* owned; NULL until a sorted list is asked for */
};

/* One change, so that it can be taken back: what stood in the slot before. */
struct change {
    size_t collection, slot;
    bool made; /* the slot is new */
    struct instance *before;
};

struct store {
    const struct store_plan *plan;
    int64_t *sequences, *marked_sequences;
    bool marked;
    bool fixed;    /* slots keep their numbers */
    bool backward; /* summaries also look at what was taken out since the mark */
    struct change *changes;
    size_t change_count, change_room;
    struct timers timers;
    uint64_t changed;    /* so many times something was put into a slot */
    struct shown *shown; /* store_view.c; NULL until something is shown */
    struct shelf shelves[];
};

/* ---- store_index.c ---- */

/* The number under which an index has an instance: begun with 0, taken on by the value
 * of each of its members. */
uint64_t store_hash(const struct store *s, uint64_t hash, const cJSON *value);

/* Whether another slot has what is to be unique. */
bool store_taken(const struct store *s, size_t c, const cJSON *tree, size_t own_slot);

/* Another instance (NULL: none) is at a slot now. An index is only a help to find and
 * may not fail: memory running out there ends the program, as at start. */
void store_reindex(struct store *s, size_t c, size_t slot, const cJSON *old,
                   const cJSON *now);

/* All slots have other numbers now. */
void store_index_anew(struct store *s, size_t c);

/* An index with all instances in it. One that is not unique learns of what was added
 * since it was asked last only now: what nobody asks costs nobody. */
const struct index *store_index(const struct store *s, size_t c, size_t number);

/* Shows every number that an index has an instance under; value is what alone is under
 * it, NULL where several are. */
typedef void store_number_visit(void *context, uint64_t number, const cJSON *value);
void store_each_number(const struct store *s, size_t c, size_t index, const cJSON *tree,
                       store_number_visit *visit, void *context);

/* ---- store_learn.c ---- */

/* The first slots of instances that an index does not know, at most `most`; from now on
 * it knows them, and the caller puts them in. 0 when it knows all. */
size_t store_learn(const struct shelf *shelf, struct index *x, uint32_t *slots,
                   size_t most);

/* Whether an index has so much to learn that it is cheaper to make it anew. */
bool store_learns_anew(const struct shelf *shelf, const struct index *x);

/* Memory for so many, for the caller to free; having none ends the program. */
void *store_room(size_t count, size_t size);

/* The slots of all instances, for the caller to free. */
uint32_t *store_all_slots(const struct shelf *shelf);

/* Whoever looks at one instance after the other has the processor bring near what comes
 * soon after the one at a place of their slots. */
void store_fetch_ahead(const struct shelf *shelf, const uint32_t *slots, size_t count,
                       size_t at);

/* Makes an index anew, with all instances in it. */
void store_index_made(const struct store *s, size_t c, size_t number);

/* ---- store_find.c ---- */

bool store_meets_all(const struct store *s, size_t c, const cJSON *tree,
                     const struct store_condition *conditions, size_t count);

/* So many instances at most meet all conditions. */
size_t store_fewest(const struct store *s, size_t c,
                    const struct store_condition *conditions, size_t count);

/* ---- store_sort.c ---- */

/* Another instance (NULL: none) is about to be at a slot, and is there now: between the
 * two the slot is in no order that the change moves it in. */
void orders_leave(struct store *s, size_t c, size_t slot, const cJSON *old,
                  const cJSON *now);
void orders_enter(struct store *s, size_t c, size_t slot, const cJSON *old,
                  const cJSON *now);

/* Makes an order anew, with all instances in it. */
void store_order_made(const struct store *s, size_t c, struct order *o,
                      struct arena *arena);

/* Gives an empty shelf the orders of another. What there is no memory for is made again
 * when it is asked for. */
void orders_share(struct shelf *to, const struct shelf *from);
void orders_done(struct shelf *shelf);

/* ---- store_meet.c ---- */

/* ---- store_due.c ---- */

/* An instance (NULL: none) is at a slot now. */
void store_note_due(struct store *s, size_t c, size_t slot, const cJSON *tree);

/* ---- store_view.c ---- */

/* Forgets what was shown. */
void shown_done(struct store *s);

#endif

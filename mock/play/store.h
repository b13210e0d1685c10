/* store.h — the instances of one API in one namespace, in memory.
 *
 * A store has collections; a collection holds instances (objects) in the order in which
 * they were made, found by key or by any member that has an index. What a plan of a
 * collection says is the same for all namespaces. Instances, and the tables that lead
 * to them, are shared by all stores that were copied from each other until one of them
 * changes what it has: a copy takes microseconds however many instances there are, and
 * a change copies the few KB on the way to one instance.
 *
 * Changes since store_mark can be taken back as a whole. A store is used under its
 * namespace's lock; copies of one store may be used by different threads at once. */
#ifndef PLAY_STORE_H
#define PLAY_STORE_H

#include "base/clock.h"
#include "doc/json.h"
#include "doc/way.h"
#include "play/match.h"
#include "schema/schema.h"

#include <stdatomic.h>

/* A member must stand a test. */
struct store_condition {
    const char *at;        /* a pattern of pointer_each */
    const struct way *way; /* the same taken apart; NULL: at is read */
    const cJSON *value;
    enum match_test test;
    bool far; /* at may lead through references, or to many values */
};

/* An index over the values at some pointers; the key, an alias, a unique set, or a
 * member that a behaviour looks for. One that is not unique and has one pattern holds
 * every item of an array; others leave out instances that have an array there. */
struct store_index {
    const char **pointers;
    size_t count;
    const struct way *ways; /* the pointers, as store_prepare takes them apart */
    bool unique;
    /* Only instances that meet these are in it. */
    const struct store_condition *where;
    size_t where_count;
};

enum store_on_delete {
    ON_DELETE_NOTHING,
    ON_DELETE_RESTRICT,
    ON_DELETE_CASCADE,
    ON_DELETE_NULLIFY
};

/* A member that holds keys of other instances (one, or an array of them). */
struct store_reference {
    struct way at; /* a pattern of pointer_each */
    enum store_on_delete on_delete;
    const void
        *restricted;  /* what a delete that it forbids is answered with; caller's */
    const size_t *of; /* collections */
    size_t of_count;
    struct way *keep; /* what of it the summary has that is sent; none: the key itself
                       * is sent. Where it is the same list, it is the same summary */
    size_t keep_count;
    const void
        *otherwise; /* what a key that leads nowhere is answered with; caller's */
};

/* A reference that a delete of an instance has to do with. */
struct store_referrer {
    size_t collection; /* that has it */
    const struct store_reference *reference;
    size_t index; /* of that collection, over the place of the reference */
};

struct store_collection {
    const char *name;
    const struct schema *schema;
    const char *key; /* pointer */
    const char **aliases;
    size_t alias_count;
    struct way *hidden;
    size_t hidden_count;
    struct way *summary; /* of what a reference's keep names, what there is of these
                          * instances; none: all */
    size_t summary_count;
    struct store_index *indexes; /* [0] is the key; aliases follow */
    size_t index_count;
    struct store_reference *references;
    size_t reference_count;
    const struct store_referrer *referrers; /* as store_prepare finds them */
    size_t referrer_count;
    bool timed; /* instances may have a moment (a number) at STORE_DUE */
};

/* When something is due for an instance, in milliseconds since 1970. */
#define STORE_DUE "/$transition/at"

struct store_plan {
    struct store_collection *collections;
    size_t collection_count;
    size_t sequence_count;
    const int64_t *sequence_start;
    atomic_size_t
        *shown;       /* bytes that all its stores keep to show; NULL: not counted */
    struct salt salt; /* for the indexes: clients choose what is in them */
};

/* The key of an instance, borrowed from tree; NULL when it has none. */
static inline cJSON *store_key_of(const struct store_collection *c, const cJSON *tree)
{
    return way_get(tree, c->indexes[0].ways);
}

/* To be called once when the collections say all that they will, before there is a
 * store of the plan: what can be known of them is worked out here, and not at each
 * call. Of their pointers it is enough that they have a text. */
void store_prepare(const struct store_plan *plan, struct arena *arena);

struct store;

/* Empty. Owned by the caller, who calls store_free. plan is borrowed. */
struct store *store_new(const struct store_plan *plan);

/* The same instances and sequences again; owned by the caller. NULL when memory ran
 * out. */
struct store *store_copy(const struct store *from);

/* Has all indexes made now, for all copies that follow: otherwise each makes its own
 * when it is first asked for what one helps to find. So a store that is to be asked by
 * several threads at once has this done first. */
void store_index_all(struct store *s);

/* Takes the store. NULL is fine. */
void store_free(struct store *s);

enum store_answer {
    STORE_OK,
    STORE_TAKEN, /* a unique value, the key included, belongs to another instance */
    STORE_FULL   /* LIMIT_INSTANCES or memory */
};

/* Adds a copy of tree. *slot is where it is from now on. */
enum store_answer store_insert(struct store *s, size_t collection, const cJSON *tree,
                               size_t *slot);

/* Puts a copy of tree in place of what is at slot. */
enum store_answer store_replace(struct store *s, size_t collection, size_t slot,
                                const cJSON *tree);

void store_remove(struct store *s, size_t collection, size_t slot);

/* What is at slot, borrowed until it is changed and the change is settled; NULL when
 * nothing is. */
const cJSON *store_get(const struct store *s, size_t collection, size_t slot);

/* All of these are looked at soon: has the processor bring them nearer, many at a time.
 * A page of instances that were made far apart would else wait for each. */
void store_fetch(const struct store *s, size_t collection, const size_t *slots,
                 size_t count);

/* How many instances there are, and one past the highest slot. */
size_t store_count(const struct store *s, size_t collection);
size_t store_slots(const struct store *s, size_t collection);

/* Of its instances, also of those that other stores share. */
size_t store_bytes(const struct store *s, size_t collection);

/* The slots from `from` on whose instances meet all conditions, in order, at most
 * at_most of them, from arena. A condition at the key is also met by an alias. */
size_t *store_find(const struct store *s, size_t collection,
                   const struct store_condition *conditions, size_t count, size_t from,
                   size_t at_most, struct arena *arena, size_t *found);

/* The same of the instances that refer to a key in one way. */
size_t *store_referring(const struct store *s, const struct store_referrer *by,
                        const cJSON *key, size_t at_most, struct arena *arena,
                        size_t *found);

/* Whether tree, of that collection, meets a condition. */
bool store_meets(const struct store *s, size_t collection, const cJSON *tree,
                 const struct store_condition *c);

/* The value at a pointer that may lead through references: what an instance that tree
 * refers to has there. Borrowed as store_get's; NULL when there is none. */
const cJSON *store_reach(const struct store *s, size_t collection, const cJSON *tree,
                         const char *pointer);

/* Shows every key that a reference holds in tree, and nothing else; visit as in
 * pointer_each. */
bool store_each_key(const cJSON *tree, const struct store_reference *r,
                    bool (*visit)(cJSON *key, void *context), void *context);

/* Which of the instances that meet the conditions are wanted: those in the slots from
 * `from` to before `until`, without the first `skip`, at most `most`. Backwards, the
 * first are those in the highest slots, and the list falls. */
struct store_window {
    size_t from, until, skip, most;
    bool backwards;
};
size_t *store_window(const struct store *s, size_t collection,
                     const struct store_condition *conditions, size_t count,
                     const struct store_window *w, struct arena *arena, size_t *found);

/* Members that one list is sorted by, at most. */
#define STORE_SORTS 4

/* One of them: rising values, as order.h has them, or falling ones. */
struct store_sort {
    const char *at; /* pointer */
    bool down;
};

/* Which instances are wanted in the order of some members, those with equal values in
 * the order of making: of those that meet the conditions, from an anchor on, which need
 * not be there any more, without the first `skip`, at most `most`. Backwards, those
 * before it, the nearest first. */
struct store_page {
    const struct store_sort *by;
    size_t by_count; /* 1 to STORE_SORTS */
    const struct store_condition *where;
    size_t where_count;
    bool backwards;
    const cJSON *const *values; /* of the anchor, one of each member; NULL: none */
    size_t slot;                /* of the anchor; SIZE_MAX: there is no anchor */
    size_t skip, most;
};

/* Their slots, in memory from arena. The first call for an order looks at every
 * instance, later ones at little more than they give. False when it is better to look
 * at all instances that meet the conditions, since they are few or hard to meet in this
 * order; and when the collection is kept in LIMIT_ORDERS other orders. */
bool store_sorted(struct store *s, size_t collection, const struct store_page *page,
                  struct arena *arena, size_t **slots, size_t *found);

/* How many instances meet all conditions; where no index tells, they are looked at one
 * by one. */
size_t store_tally(const struct store *s, size_t collection,
                   const struct store_condition *conditions, size_t count,
                   struct arena *arena);

/* The slot of the instance whose key or alias is text; false when there is none. */
bool store_key(const struct store *s, size_t collection, const char *text,
               size_t *slot);

/* The same in the first of a reference's collections that has such an instance. */
bool store_leads(const struct store *s, const struct store_reference *r,
                 const char *text, size_t *collection, size_t *slot);

/* The instance for which something was due first, not after now. It stays the first
 * until it is changed. False when there is none. */
bool store_due(struct store *s, clock_ms now, size_t *collection, size_t *slot);

/* The next number of a sequence. */
int64_t store_next(struct store *s, size_t sequence);

/* ---- from one plan to another ---- */

/* Whether a collection holds what it started with: the same instances in the same
 * order, none of them changed. seed has the same plan. */
bool store_untouched(const struct store *s, const struct store *seed,
                     size_t collection);

/* Adds what is at slot of another store's collection, without a copy. Not to be taken
 * back. */
enum store_answer store_share(struct store *s, size_t collection,
                              const struct store *from, size_t from_collection,
                              size_t slot);

/* Takes out all instances of a collection. Not to be taken back. */
void store_empty(struct store *s, size_t collection);

/* Puts the instances that another store of the plan has in a collection in place of its
 * own, without a copy. Not to be taken back. */
void store_take(struct store *s, const struct store *from, size_t collection);

/* The number that store_next would give. */
int64_t store_sequence(const struct store *s, size_t sequence);
void store_sequence_set(struct store *s, size_t sequence, int64_t next);

/* From here on changes can be taken back; store_keep or store_undo ends that. */
void store_mark(struct store *s);
void store_keep(struct store *s);
void store_undo(struct store *s);

/* How far the changes since the mark have come, and to take back those behind it; the
 * mark stays. Sequences are not taken back. */
size_t store_point(const struct store *s);
void store_undo_to(struct store *s, size_t point);

/* store_undo, if a mark is set: for a run that was broken off. */
void store_abandon(struct store *s);

/* ---- for a store that is kept elsewhere too (keeping.h) ---- */

bool store_marked(const struct store *s);

/* Where the change at index since the mark happened, in order; false past the last. A
 * slot may come more than once; what it holds now is what store_get says. */
bool store_changed(const struct store *s, size_t index, size_t *collection,
                   size_t *slot);

/* What stood there before that change; NULL when nothing did. Borrowed as store_get's.
 */
const cJSON *store_before(const struct store *s, size_t index);

/* Whether a sequence has moved since the mark. */
bool store_sequence_moved(const struct store *s, size_t sequence);

/* Slots keep their numbers from now on, those of removed instances too. */
void store_fix(struct store *s);

/* Puts a copy of tree into that very slot, which is made where it is not there yet. */
enum store_answer store_place(struct store *s, size_t collection, size_t slot,
                              const cJSON *tree);

/* The first so many slots are not given to new instances. */
void store_reserve(struct store *s, size_t collection, size_t slots);

/* A member, true, of an instance that was stored broken on purpose (play/state.h). */
#define STORE_BROKEN "$broken"

/* The instance at slot as a client may see it: without hidden members and STORE_BROKEN,
 * with references replaced by summaries of what they refer to now. The node is from
 * arena and lent (JSON_LENT), mostly with its text: what is below it never changes and
 * is there until the arena is reset, whatever becomes of the store. broken (may be
 * NULL) is set when the instance, or one that is summed up in it, is marked so. */
cJSON *store_show(struct store *s, size_t collection, size_t slot, struct arena *arena,
                  bool *broken);

/* The same of a tree, which mostly is what stands at that slot (any, where none is
 * known), or else at its key. */
cJSON *store_show_tree(struct store *s, size_t collection, const cJSON *tree,
                       size_t slot, struct arena *arena, bool *broken);

/* What stands at slot was found to fit the plan of that mark (schema_mark) as an
 * answer: where it is shown as it is, it need not be asked again. */
void store_note_fit(struct store *s, size_t collection, size_t slot, uint64_t mark);

/* The same of any tree for a look: the store keeps nothing of it, and what comes back
 * is borrowed as tree and store_get's are. */
const cJSON *store_render(const struct store *s, size_t collection, const cJSON *tree,
                          struct arena *arena, bool *broken);

/* The same of an instance as it was: what was taken out since the mark is summed up in
 * it, too. */
const cJSON *store_show_before(struct store *s, size_t collection, const cJSON *tree,
                               struct arena *arena, bool *broken);

/* Whether a pointer leads to a hidden member, or through one. */
bool store_hides(const struct store *s, size_t collection, const char *pointer);

#endif

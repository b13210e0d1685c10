#include "play/store.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "play/index.h"
#include "play/member.h"
#include "play/timers.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

struct instance {
    atomic_uint holders; /* namespaces and undo logs that point here */
    cJSON *tree;
};

struct shelf {
    struct instance **slots; /* NULL where one was removed */
    size_t count, room, live;
    struct index *indexes;
};

/* One change, so that it can be taken back: what stood in the slot before. */
struct change {
    size_t collection, slot;
    struct instance *before;
};

struct store {
    const struct store_plan *plan;
    struct shelf *shelves;
    int64_t *sequences, *marked_sequences;
    bool marked;
    struct change *changes;
    size_t change_count, change_room;
    struct timers timers;
};

static struct instance *instance_new(const cJSON *tree)
{
    size_t bytes;
    struct instance *i = malloc(sizeof(*i));
    cJSON *copy = i ? json_pack(tree, &bytes) : NULL;
    if (!copy) {
        free(i);
        return NULL;
    }
    atomic_init(&i->holders, 1);
    i->tree = copy;
    return i;
}

static void instance_drop(struct instance *i)
{
    if (!i || atomic_fetch_sub_explicit(&i->holders, 1, memory_order_acq_rel) != 1)
        return;
    free(i->tree);
    free(i);
}

static struct instance *instance_hold(struct instance *i)
{
    if (i)
        atomic_fetch_add_explicit(&i->holders, 1, memory_order_relaxed);
    return i;
}

struct store *store_new(const struct store_plan *plan)
{
    struct store *s = calloc(1, sizeof(*s));
    if (!s)
        return NULL;
    s->plan = plan;
    s->shelves = calloc(plan->collection_count + 1, sizeof(*s->shelves));
    s->sequences = calloc(plan->sequence_count + 1, sizeof(*s->sequences));
    s->marked_sequences = calloc(plan->sequence_count + 1, sizeof(*s->sequences));
    if (!s->shelves || !s->sequences || !s->marked_sequences) {
        store_free(s);
        return NULL;
    }
    for (size_t i = 0; i < plan->sequence_count; i++)
        s->sequences[i] = plan->sequence_start[i];
    for (size_t c = 0; c < plan->collection_count; c++) {
        s->shelves[c].indexes =
            calloc(plan->collections[c].index_count + 1, sizeof(struct index));
        if (!s->shelves[c].indexes) {
            store_free(s);
            return NULL;
        }
    }
    return s;
}

void store_free(struct store *s)
{
    if (!s)
        return;
    for (size_t c = 0; s->shelves && c < s->plan->collection_count; c++) {
        struct shelf *shelf = &s->shelves[c];
        for (size_t i = 0; i < shelf->count; i++)
            instance_drop(shelf->slots[i]);
        for (size_t i = 0; shelf->indexes && i < s->plan->collections[c].index_count;
             i++)
            index_done(&shelf->indexes[i]);
        free(shelf->slots);
        free(shelf->indexes);
    }
    for (size_t i = 0; i < s->change_count; i++)
        instance_drop(s->changes[i].before);
    timers_done(&s->timers);
    free(s->changes);
    free(s->shelves);
    free(s->sequences);
    free(s->marked_sequences);
    free(s);
}

struct store *store_copy(const struct store *from)
{
    struct store *s = store_new(from->plan);
    if (!s)
        return NULL;
    memcpy(s->sequences, from->sequences,
           from->plan->sequence_count * sizeof(*s->sequences));
    for (size_t c = 0; c < from->plan->collection_count; c++) {
        const struct shelf *a = &from->shelves[c];
        struct shelf *b = &s->shelves[c];
        if (!a->count)
            continue;
        b->slots = malloc(a->count * sizeof(*b->slots));
        bool ok = b->slots != NULL;
        for (size_t i = 0; ok && i < a->count; i++)
            b->slots[i] = instance_hold(a->slots[i]);
        if (ok) {
            b->count = b->room = a->count;
            b->live = a->live;
        }
        for (size_t i = 0; ok && i < from->plan->collections[c].index_count; i++)
            ok = index_copy(&b->indexes[i], &a->indexes[i]);
        if (!ok) {
            store_free(s);
            return NULL;
        }
    }
    return s;
}

static uint64_t hash_more(uint64_t hash, const cJSON *value)
{
    return hash * 0x9e3779b97f4a7c15ull ^ json_hash(value);
}

enum hashed { HASH_NONE, HASH_MADE, HASH_ARRAY };

/* The hash of what an index looks at. HASH_NONE when any of it is not there, so that an
 * instance without the member is in no one's way; HASH_ARRAY when there is an array,
 * any item of which may be asked for. */
static enum hashed index_hash(const struct store *s, size_t c,
                              const struct store_index *index, const cJSON *tree,
                              uint64_t *hash)
{
    *hash = 0;
    for (size_t i = 0; i < index->where_count; i++)
        if (!store_meets(s, c, tree, &index->where[i]))
            return HASH_NONE;
    for (size_t i = 0; i < index->count; i++) {
        const cJSON *value = pointer_get(tree, index->pointers[i]);
        if (!value || json_is_null(value))
            return HASH_NONE;
        if (json_is_array(value))
            return HASH_ARRAY;
        *hash = hash_more(*hash, value);
    }
    return HASH_MADE;
}

static bool same_values(const struct store_index *index, const cJSON *a, const cJSON *b)
{
    for (size_t i = 0; i < index->count; i++) {
        const cJSON *x = pointer_get(a, index->pointers[i]);
        const cJSON *y = pointer_get(b, index->pointers[i]);
        if (!x || !y || !json_equal(x, y))
            return false;
    }
    return true;
}

static bool taken(const struct store *s, size_t c, const cJSON *tree, size_t own_slot)
{
    const struct store_collection *plan = &s->plan->collections[c];
    for (size_t i = 0; i < plan->index_count; i++) {
        uint64_t hash;
        if (!plan->indexes[i].unique ||
            index_hash(s, c, &plan->indexes[i], tree, &hash) != HASH_MADE)
            continue;
        size_t n;
        const uint32_t *slots = index_slots(&s->shelves[c].indexes[i], hash, &n);
        for (size_t j = 0; j < n; j++)
            if (slots[j] != own_slot &&
                same_values(&plan->indexes[i], tree, store_get(s, c, slots[j])))
                return true;
    }
    return false;
}

/* One value of many at an index's place. */
struct entry {
    struct index *index;
    uint32_t slot;
    bool enter;
};

static bool reindex_value(cJSON *value, void *context)
{
    struct entry *e = context;
    if (json_is_array(value)) {
        for (cJSON *one = value->child; one; one = one->next)
            reindex_value(one, context);
        return false;
    }
    if (json_is_null(value))
        return false;
    if (e->enter)
        index_add(e->index, hash_more(0, value), e->slot);
    else
        index_remove(e->index, hash_more(0, value), e->slot);
    return false;
}

static bool holds_items(const struct store_index *index)
{
    return !index->unique && index->count == 1;
}

/* Enters or takes out one instance everywhere. An index is only a help to find and may
 * not fail: memory running out there ends the program, as at start. */
static void reindex(struct store *s, size_t c, size_t slot, const cJSON *tree,
                    bool enter)
{
    const struct store_collection *plan = &s->plan->collections[c];
    for (size_t i = 0; tree && i < plan->index_count; i++) {
        struct index *x = &s->shelves[c].indexes[i];
        uint64_t hash;
        if (holds_items(&plan->indexes[i])) {
            struct entry e = { x, (uint32_t)slot, enter };
            pointer_each(tree, plan->indexes[i].pointers[0], reindex_value, &e);
            continue;
        }
        enum hashed made = index_hash(s, c, &plan->indexes[i], tree, &hash);
        if (made == HASH_ARRAY)
            x->loose = true;
        if (made != HASH_MADE)
            continue;
        if (enter)
            index_add(x, hash, (uint32_t)slot);
        else
            index_remove(x, hash, (uint32_t)slot);
    }
}

static bool remember(struct store *s, size_t c, size_t slot, struct instance *before)
{
    if (!s->marked) {
        instance_drop(before);
        return true;
    }
    if (s->change_count == s->change_room) {
        size_t room = s->change_room ? s->change_room * 2 : 16;
        struct change *grown = realloc(s->changes, room * sizeof(*grown));
        if (!grown)
            return false;
        s->changes = grown;
        s->change_room = room;
    }
    s->changes[s->change_count++] = (struct change){ c, slot, before };
    return true;
}

/* ---- what is due ---- */

static bool due_of(const cJSON *tree, clock_ms *at)
{
    const cJSON *due = tree ? pointer_get(tree, STORE_DUE) : NULL;
    if (!json_is_number(due))
        return false;
    *at = (clock_ms)due->valuedouble;
    return true;
}

static void note_due(struct store *s, size_t c, size_t slot, const cJSON *tree)
{
    clock_ms at;
    if (s->plan->collections[c].timed && due_of(tree, &at))
        timers_add(&s->timers, (struct timer){ at, (uint32_t)c, (uint32_t)slot });
}

/* Also when most entries are out of date. */
static void fill_timers(struct store *s)
{
    timers_done(&s->timers);
    s->timers.filled = true;
    for (size_t c = 0; c < s->plan->collection_count; c++)
        for (size_t i = 0; s->plan->collections[c].timed && i < store_slots(s, c); i++)
            note_due(s, c, i, store_get(s, c, i));
}

bool store_due(struct store *s, clock_ms now, size_t *c, size_t *slot)
{
    const struct timer *first;
    clock_ms at;
    size_t timed = 0;
    for (size_t i = 0; i < s->plan->collection_count; i++)
        timed += s->plan->collections[i].timed ? store_slots(s, i) + 1 : 0;
    if (!timed)
        return false;
    if (!s->timers.filled || s->timers.count > 2 * timed + 1024)
        fill_timers(s);
    while ((first = timers_first(&s->timers)) && first->at <= now) {
        *c = first->collection;
        *slot = first->slot;
        if (due_of(store_get(s, *c, *slot), &at) && at == first->at)
            return true;
        timers_drop_first(&s->timers);
    }
    return false;
}

/* Puts an instance (taken; NULL for none) into a slot and remembers the one before. */
static bool put(struct store *s, size_t c, size_t slot, struct instance *now)
{
    struct shelf *shelf = &s->shelves[c];
    struct instance *before = shelf->slots[slot];
    reindex(s, c, slot, before ? before->tree : NULL, false);
    reindex(s, c, slot, now ? now->tree : NULL, true);
    shelf->live = shelf->live - (before != NULL) + (now != NULL);
    shelf->slots[slot] = now;
    note_due(s, c, slot, now ? now->tree : NULL);
    return remember(s, c, slot, before);
}

static bool make_slot(struct shelf *shelf)
{
    if (shelf->count == shelf->room) {
        size_t room = shelf->room ? shelf->room * 2 : 16;
        struct instance **grown = realloc(shelf->slots, room * sizeof(*grown));
        if (!grown)
            return false;
        shelf->slots = grown;
        shelf->room = room;
    }
    shelf->slots[shelf->count++] = NULL;
    return true;
}

/* Takes i, which is NULL when there was no memory for it. */
static enum store_answer append(struct store *s, size_t c, struct instance *i,
                                size_t *slot)
{
    struct shelf *shelf = &s->shelves[c];
    if (!i || !make_slot(shelf)) {
        instance_drop(i);
        return STORE_FULL;
    }
    *slot = shelf->count - 1;
    return put(s, c, *slot, i) ? STORE_OK : STORE_FULL;
}

enum store_answer store_insert(struct store *s, size_t c, const cJSON *tree,
                               size_t *slot)
{
    const struct shelf *shelf = &s->shelves[c];
    if (taken(s, c, tree, SIZE_MAX))
        return STORE_TAKEN;
    if (shelf->live >= LIMIT_INSTANCES || shelf->count >= UINT32_MAX)
        return STORE_FULL;
    return append(s, c, instance_new(tree), slot);
}

enum store_answer store_replace(struct store *s, size_t c, size_t slot,
                                const cJSON *tree)
{
    if (taken(s, c, tree, slot))
        return STORE_TAKEN;
    struct instance *i = instance_new(tree);
    return i && put(s, c, slot, i) ? STORE_OK : STORE_FULL;
}

void store_remove(struct store *s, size_t c, size_t slot)
{
    put(s, c, slot, NULL);
}

const cJSON *store_get(const struct store *s, size_t c, size_t slot)
{
    const struct shelf *shelf = &s->shelves[c];
    return slot < shelf->count && shelf->slots[slot] ? shelf->slots[slot]->tree : NULL;
}

size_t store_count(const struct store *s, size_t c)
{
    return s->shelves[c].live;
}

size_t store_slots(const struct store *s, size_t c)
{
    return s->shelves[c].count;
}

int64_t store_next(struct store *s, size_t sequence)
{
    return s->sequences[sequence]++;
}

/* ---- from one plan to another ---- */

bool store_untouched(const struct store *s, const struct store *seed, size_t c)
{
    const struct shelf *a = &s->shelves[c], *b = &seed->shelves[c];
    return a->count == b->count &&
           (!a->count || memcmp(a->slots, b->slots, a->count * sizeof(*a->slots)) == 0);
}

enum store_answer store_share(struct store *s, size_t c, const struct store *from,
                              size_t from_c, size_t slot)
{
    struct instance *i = from->shelves[from_c].slots[slot];
    size_t made;
    return taken(s, c, i->tree, SIZE_MAX) ? STORE_TAKEN
                                          : append(s, c, instance_hold(i), &made);
}

int64_t store_sequence(const struct store *s, size_t sequence)
{
    return s->sequences[sequence];
}

void store_sequence_set(struct store *s, size_t sequence, int64_t next)
{
    s->sequences[sequence] = next;
}

/* ---- transactions ---- */

void store_mark(struct store *s)
{
    assert(!s->marked);
    s->marked = true;
    memcpy(s->marked_sequences, s->sequences,
           s->plan->sequence_count * sizeof(*s->sequences));
}

/* Slots of removed instances are given back when they are the larger part. */
static void compact(struct store *s, size_t c)
{
    struct shelf *shelf = &s->shelves[c];
    if (shelf->count < 1024 || shelf->live * 2 > shelf->count)
        return;
    for (size_t i = 0; i < s->plan->collections[c].index_count; i++)
        index_done(&shelf->indexes[i]);
    size_t n = 0;
    for (size_t i = 0; i < shelf->count; i++)
        if (shelf->slots[i])
            shelf->slots[n++] = shelf->slots[i];
    shelf->count = n;
    timers_done(&s->timers); /* the slots have other numbers now */
    for (size_t i = 0; i < n; i++)
        reindex(s, c, i, shelf->slots[i]->tree, true);
}

void store_keep(struct store *s)
{
    for (size_t i = 0; i < s->change_count; i++)
        instance_drop(s->changes[i].before);
    s->change_count = 0;
    s->marked = false;
    for (size_t c = 0; c < s->plan->collection_count; c++)
        compact(s, c);
}

void store_undo(struct store *s)
{
    s->marked = false; /* putting back is not remembered */
    for (size_t i = s->change_count; i-- > 0;) {
        struct change *change = &s->changes[i];
        put(s, change->collection, change->slot, change->before);
    }
    for (size_t i = s->change_count; i-- > 0;) {
        struct shelf *shelf = &s->shelves[s->changes[i].collection];
        while (shelf->count && !shelf->slots[shelf->count - 1])
            shelf->count--;
    }
    s->change_count = 0;
    memcpy(s->sequences, s->marked_sequences,
           s->plan->sequence_count * sizeof(*s->sequences));
}

void store_abandon(struct store *s)
{
    if (s->marked)
        store_undo(s);
}

/* ---- finding ---- */

struct spread {
    bool (*visit)(cJSON *key, void *context);
    void *context;
};

static bool spread_keys(cJSON *value, void *context)
{
    struct spread *to = context;
    if (!json_is_array(value))
        return !json_is_null(value) && to->visit(value, to->context);
    for (cJSON *one = value->child, *next; one; one = next) {
        next = one->next; /* visit may take it out */
        if (!json_is_null(one) && to->visit(one, to->context))
            return true;
    }
    return false;
}

bool store_each_key(const cJSON *tree, const struct store_reference *r,
                    bool (*visit)(cJSON *key, void *context), void *context)
{
    struct spread to = { visit, context };
    return pointer_each(tree, r->at, spread_keys, &to);
}

/* A way through references to values. */
struct reach {
    const struct store *s;
    const struct store_reference *through;
    const char *rest; /* the pattern behind the reference */
    int depth;
    bool (*visit)(cJSON *value, void *context);
    void *context;
};

static bool reach(const struct store *s, size_t c, const cJSON *tree,
                  const char *pattern, int depth,
                  bool (*visit)(cJSON *value, void *context), void *context);

static bool reach_further(cJSON *key, void *context)
{
    struct reach *r = context;
    size_t slot;
    for (size_t i = 0; json_is_string(key) && i < r->through->of_count; i++) {
        size_t c = r->through->of[i];
        if (store_key(r->s, c, key->valuestring, &slot))
            return reach(r->s, c, store_get(r->s, c, slot), r->rest, r->depth + 1,
                         r->visit, r->context);
    }
    return false;
}

static bool reach(const struct store *s, size_t c, const cJSON *tree,
                  const char *pattern, int depth,
                  bool (*visit)(cJSON *value, void *context), void *context)
{
    const struct store_collection *plan = &s->plan->collections[c];
    struct reach next = { .s = s, .depth = depth, .visit = visit, .context = context };
    next.through = member_through(plan, pattern, &next.rest);
    if (next.through && depth < LIMIT_EMBED_DEPTH)
        return store_each_key(tree, next.through, reach_further, &next);
    return pointer_each(tree, pattern, visit, context);
}

static bool first_of(cJSON *value, void *context)
{
    *(cJSON **)context = value;
    return true;
}

const cJSON *store_reach(const struct store *s, size_t c, const cJSON *tree,
                         const char *pointer)
{
    cJSON *value = NULL;
    reach(s, c, tree, pointer, 0, first_of, &value);
    return value;
}

struct testing {
    enum match_test test;
    const cJSON *want;
};

static bool stands_test(cJSON *value, void *context)
{
    const struct testing *t = context;
    return match_value(value, t->test, t->want);
}

static bool meets_far(const struct store *s, size_t c, const cJSON *tree,
                      const struct store_condition *condition)
{
    bool not = condition->test == MATCH_NOT;
    struct testing t = { not ? MATCH_IS : condition->test, condition->value };
    if (reach(s, c, tree, condition->at, 0, stands_test, &t))
        return !not ;
    return not ||
           (json_is_null(condition->value) && !store_reach(s, c, tree, condition->at));
}

bool store_meets(const struct store *s, size_t c, const cJSON *tree,
                 const struct store_condition *condition)
{
    const struct store_collection *plan = &s->plan->collections[c];
    if (condition->far)
        return meets_far(s, c, tree, condition);
    const cJSON *have = pointer_get(tree, condition->at);
    if (match_value(have, condition->test, condition->value))
        return true;
    if (condition->test != MATCH_IS || strcmp(condition->at, plan->key) != 0)
        return false;
    for (size_t i = 0; i < plan->alias_count; i++) {
        have = pointer_get(tree, plan->aliases[i]);
        if (have && match_value(have, MATCH_IS, condition->value))
            return true;
    }
    return false;
}

/* The value that one of the conditions wants at a pointer; NULL when none says, when it
 * wants one of several, or null, which no index holds. */
static const cJSON *wanted_at(const struct store_condition *conditions, size_t count,
                              const char *pointer)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(conditions[i].at, pointer) == 0 && conditions[i].test == MATCH_IS &&
            !json_is_array(conditions[i].value) && !json_is_null(conditions[i].value))
            return conditions[i].value;
    return NULL;
}

/* The shortest list of slots that an index can give for the conditions; SIZE_MAX for
 * *n when none can. Conditions at an aliased key are looked up by store_key. */
static const uint32_t *shortest(const struct store *s, size_t c,
                                const struct store_condition *conditions, size_t count,
                                size_t *n)
{
    const struct store_collection *plan = &s->plan->collections[c];
    const uint32_t *best = NULL;
    *n = SIZE_MAX;
    for (size_t x = plan->alias_count ? 1 : 0; x<plan->index_count && * n> 1; x++) {
        const struct store_index *index = &plan->indexes[x];
        uint64_t hash = 0;
        size_t i = 0, found;
        for (; i < index->count; i++) {
            const cJSON *value = wanted_at(conditions, count, index->pointers[i]);
            if (!value)
                break;
            hash = hash_more(hash, value);
        }
        if (i < index->count || index->where_count || s->shelves[c].indexes[x].loose)
            continue;
        const uint32_t *slots = index_slots(&s->shelves[c].indexes[x], hash, &found);
        if (found < *n) {
            *n = found;
            best = slots;
        }
    }
    return best;
}

bool store_key(const struct store *s, size_t c, const char *text, size_t *slot)
{
    const struct store_collection *plan = &s->plan->collections[c];
    union {
        const char *in;
        char *out;
    } u = { .in = text };
    const cJSON value = { .type = cJSON_String, .valuestring = u.out };
    for (size_t x = 0; x <= plan->alias_count; x++) {
        size_t n;
        const uint32_t *slots =
            index_slots(&s->shelves[c].indexes[x], hash_more(0, &value), &n);
        for (size_t i = 0; i < n; i++) {
            const cJSON *have =
                pointer_get(store_get(s, c, slots[i]), plan->indexes[x].pointers[0]);
            if (have && json_equal(have, &value)) {
                *slot = slots[i];
                return true;
            }
        }
    }
    return false;
}

static bool meets_all(const struct store *s, size_t c, const cJSON *tree,
                      const struct store_condition *conditions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!store_meets(s, c, tree, &conditions[i]))
            return false;
    return true;
}

size_t *store_find(const struct store *s, size_t c,
                   const struct store_condition *conditions, size_t count, size_t from,
                   size_t at_most, struct arena *arena, size_t *found)
{
    const struct store_collection *plan = &s->plan->collections[c];
    size_t *list = NULL, room = 0, one;
    *found = 0;
    for (size_t i = 0; i < count && plan->alias_count; i++) {
        if (conditions[i].test != MATCH_IS ||
            strcmp(conditions[i].at, plan->key) != 0 ||
            !json_is_string(conditions[i].value))
            continue;
        if (at_most && store_key(s, c, conditions[i].value->valuestring, &one) &&
            one >= from && meets_all(s, c, store_get(s, c, one), conditions, count)) {
            list = arena_take(arena, sizeof(*list));
            list[(*found)++] = one;
        }
        return list;
    }
    size_t n;
    const uint32_t *slots = shortest(s, c, conditions, count, &n);
    bool all = n == SIZE_MAX;
    if (all)
        n = s->shelves[c].count;
    for (size_t i = all ? from : 0; i < n && *found < at_most; i++) {
        size_t slot = all ? i : slots[i];
        const cJSON *tree = slot >= from ? store_get(s, c, slot) : NULL;
        if (!tree || !meets_all(s, c, tree, conditions, count))
            continue;
        if (*found == room) {
            size_t more = room ? room * 2 : 8;
            size_t *grown = arena_take_raw(arena, more * sizeof(*grown));
            if (room)
                memcpy(grown, list, room * sizeof(*grown));
            list = grown;
            room = more;
        }
        list[(*found)++] = slot;
    }
    return list;
}

/* ---- what a client sees ---- */

static cJSON *render(const struct store *s, size_t c, const cJSON *tree,
                     struct arena *arena, bool *broken, int depth);

static cJSON *summary(const struct store *s, const struct store_reference *r,
                      const cJSON *key, struct arena *arena, bool *broken, int depth)
{
    for (size_t i = 0; json_is_string(key) && i < r->of_count; i++) {
        size_t slot;
        if (!store_key(s, r->of[i], key->valuestring, &slot))
            continue;
        const cJSON *raw = store_get(s, r->of[i], slot);
        const cJSON *whole = render(s, r->of[i], raw, arena, broken, depth + 1);
        cJSON *out = json_object(arena);
        for (size_t k = 0; k < r->keep_count; k++) {
            const cJSON *member = json_member(whole, r->keep[k]);
            if (!member)
                member = json_member(raw, r->keep[k]); /* a hidden one, asked for */
            if (member)
                json_add(out, r->keep[k], json_copy(arena, member));
        }
        return out;
    }
    return json_copy(arena, key);
}

struct showing {
    const struct store *s;
    const struct store_reference *r;
    struct arena *arena;
    bool *broken;
    int depth;
};

static bool show_summary(cJSON *key, void *context)
{
    struct showing *to = context;
    json_become(key, summary(to->s, to->r, key, to->arena, to->broken, to->depth));
    return false;
}

static cJSON *render(const struct store *s, size_t c, const cJSON *tree,
                     struct arena *arena, bool *broken, int depth)
{
    const struct store_collection *plan = &s->plan->collections[c];
    cJSON *out = json_copy(arena, tree), *mark = json_member(out, STORE_BROKEN);
    if (mark) {
        json_detach(out, mark);
        *broken = true;
    }
    for (size_t i = 0; i < plan->hidden_count; i++)
        pointer_remove(out, plan->hidden[i]);
    for (size_t i = 0; i < plan->reference_count && depth < LIMIT_EMBED_DEPTH; i++) {
        struct showing to = { s, &plan->references[i], arena, broken, depth };
        if (to.r->keep_count)
            store_each_key(out, to.r, show_summary, &to);
    }
    return out;
}

cJSON *store_render(const struct store *s, size_t c, const cJSON *tree,
                    struct arena *arena, bool *broken)
{
    bool any = false;
    cJSON *out = render(s, c, tree, arena, &any, 0);
    if (any && broken)
        *broken = true;
    return out;
}

#include "play/store_parts.h"

bool store_meets_all(const struct store *s, size_t c, const cJSON *tree,
                     const struct store_condition *conditions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!store_meets(s, c, tree, &conditions[i]))
            return false;
    return true;
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

/* Instances in the order of their slots, by rank; with an index, those that have its
 * values. */
struct candidates {
    const struct index *index; /* NULL: all that there are */
    uint64_t hash;
    size_t first, past; /* ranks */
    bool exact;         /* each meets all conditions */
};

static size_t rank_in(const struct index *x, uint64_t hash, size_t slot)
{
    const struct index_key key = { .number = hash, .slot = (uint32_t)slot };
    return index_rank(x, &key);
}

/* What an index has for the conditions is under a number; NULL when it cannot tell. */
static const struct index *ask_index(const struct store *s, size_t c, size_t number,
                                     const struct store_condition *conditions,
                                     size_t count, uint64_t *hash)
{
    const struct store_index *plan = &s->plan->collections[c].indexes[number];
    *hash = 0;
    if (plan->where_count)
        return NULL;
    for (size_t i = 0; i < plan->count; i++) {
        const cJSON *value = wanted_at(conditions, count, plan->pointers[i]);
        if (!value)
            return NULL;
        *hash = store_hash(s, *hash, value);
    }
    const struct index *x = store_index(s, c, number);
    return x->loose ? NULL : x;
}

/* The index about all of the conditions: it has the fewest there can be. *number is
 * which one. Conditions at an aliased key are looked up by store_key. */
static const struct index *index_about(const struct store *s, size_t c,
                                       const struct store_condition *conditions,
                                       size_t count, size_t *number, uint64_t *hash)
{
    const struct store_collection *plan = &s->plan->collections[c];
    const struct index *x = NULL;
    size_t i = plan->alias_count ? 1 : 0;
    for (; count && !x && i < plan->index_count; i++)
        if (plan->indexes[i].count == count)
            x = ask_index(s, c, *number = i, conditions, count, hash);
    return x;
}

/* Whether what an index has under a hash all has one value or none has: it is about
 * the one value that is wanted. */
static bool is_even(const struct index *x, const struct store_index *plan, size_t count)
{
    return count == 1 && plan->count == 1 && !plan->unique && !x->mixed;
}

static struct candidates span_of(const struct index *x, uint64_t hash)
{
    struct candidates all = { .index = x, .hash = hash };
    all.past = index_span(x, hash, &all.first);
    all.past += all.first;
    return all;
}

/* The fewest that an index can give for the conditions, else all. */
static struct candidates candidates_for(const struct store *s, size_t c,
                                        const struct store_condition *conditions,
                                        size_t count)
{
    const struct store_collection *plan = &s->plan->collections[c];
    struct candidates best = { .past = store_count(s, c), .exact = !count }, one;
    size_t number;
    uint64_t hash;
    uint32_t first;
    const struct index *x = index_about(s, c, conditions, count, &number, &hash);
    if (x) {
        best = span_of(x, hash);
        best.exact = is_even(x, &plan->indexes[number], count) &&
                     (!index_slots(x, hash, 0, &first, 1) ||
                      store_meets_all(s, c, store_get(s, c, first), conditions, count));
        return best;
    }
    for (size_t i = plan->alias_count ? 1 : 0; count && i < plan->index_count; i++) {
        if (plan->indexes[i].count >= count ||
            !(x = ask_index(s, c, i, conditions, count, &hash)))
            continue;
        one = span_of(x, hash);
        if (!best.index || one.past - one.first < best.past - best.first)
            best = one;
    }
    return best;
}

/* The rank of the first candidate at a slot or behind it. */
static size_t rank_of(const struct store *s, size_t c, const struct candidates *all,
                      size_t slot)
{
    size_t rank = !slot               ? all->first
                  : slot > UINT32_MAX ? all->past
                  : all->index        ? rank_in(all->index, all->hash, slot)
                                      : slots_before(&s->shelves[c].slots, slot);
    return rank < all->first ? all->first : rank > all->past ? all->past : rank;
}

/* A list of slots that grows in an arena. */
struct found {
    size_t *list;
    size_t count, room;
    struct arena *arena;
};

static void add(struct found *f, size_t slot)
{
    if (f->count == f->room) {
        size_t more = f->room ? f->room * 2 : 32;
        size_t *grown = arena_take_raw(f->arena, more * sizeof(*grown));
        if (f->count)
            memcpy(grown, f->list, f->count * sizeof(*grown));
        f->list = grown;
        f->room = more;
    }
    f->list[f->count++] = slot;
}

/* Candidates that are looked at together. */
enum { BATCH = 64 };

static size_t batch_of(const struct store *s, size_t c, const struct candidates *all,
                       size_t rank, size_t count, uint32_t *slots)
{
    return all->index ? index_list(all->index, rank, slots, count)
                      : slots_list(&s->shelves[c].slots, rank, slots, count);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The instance whose key or alias is a text that store_hash has for hash. */
static bool find_key(const struct store *s, size_t c, const char *text, uint64_t hash,
                     size_t *slot)
{
    const struct store_collection *plan = &s->plan->collections[c];
    for (size_t x = 0; x <= plan->alias_count; x++) {
        const struct index *index = &s->shelves[c].indexes[x];
        for (uint32_t one = 0; index_slots(index, hash, one, &one, 1); one++) {
            const cJSON *have = way_get(store_get(s, c, one), plan->indexes[x].ways);
            if (json_is_string(have) && strcmp(have->valuestring, text) == 0) {
                *slot = one;
                return true;
            }
        }
    }
    return false;
}

static uint64_t hash_of_key(const struct store *s, const char *text)
{
    union {
        const char *in;
        char *out;
    } u = { .in = text };
    const cJSON value = { .type = cJSON_String, .valuestring = u.out };
    return store_hash(s, 0, &value);
}

bool store_key(const struct store *s, size_t c, const char *text, size_t *slot)
{
    return find_key(s, c, text, hash_of_key(s, text), slot);
}

bool store_leads(const struct store *s, const struct store_reference *r,
                 const char *text, size_t *c, size_t *slot)
{
    const uint64_t hash = hash_of_key(s, text);
    for (size_t i = 0; i < r->of_count; i++)
        if (find_key(s, *c = r->of[i], text, hash, slot))
            return true;
    return false;
}

/* What a condition at the key of a collection with aliases looks for; NULL when there
 * is none. One instance at most has it. */
static const char *sole_key(const struct store_collection *plan,
                            const struct store_condition *conditions, size_t count)
{
    for (size_t i = 0; i < count && plan->alias_count; i++)
        if (conditions[i].test == MATCH_IS &&
            strcmp(conditions[i].at, plan->key) == 0 &&
            json_is_string(conditions[i].value))
            return conditions[i].value->valuestring;
    return NULL;
}

static void find_sole(const struct store *s, size_t c, const char *key,
                      const struct store_condition *conditions, size_t count,
                      const struct store_window *w, struct found *f)
{
    size_t slot;
    if (w->most && !w->skip && store_key(s, c, key, &slot) && slot >= w->from &&
        slot < w->until &&
        store_meets_all(s, c, store_get(s, c, slot), conditions, count))
        add(f, slot);
}

static void find_among(const struct store *s, size_t c, const struct candidates *all,
                       const struct store_condition *conditions, size_t count,
                       const struct store_window *w, struct found *f)
{
    size_t low = rank_of(s, c, all, w->from), high = rank_of(s, c, all, w->until);
    size_t skip = w->skip;
    if (all->exact) { /* what is left out need not be looked at */
        skip = smaller(skip, low < high ? high - low : 0);
        low += w->backwards ? 0 : skip;
        high -= w->backwards ? skip : 0;
        skip = 0;
    }
    while (low < high && f->count < w->most) {
        uint32_t slots[BATCH];
        size_t n = smaller(high - low, BATCH);
        if (all->exact)
            n = smaller(n, w->most - f->count);
        n = batch_of(s, c, all, w->backwards ? high - n : low, n, slots);
        for (size_t i = 0; i < n && f->count < w->most; i++) {
            size_t slot = slots[w->backwards ? n - 1 - i : i];
            if (!all->exact &&
                !store_meets_all(s, c, store_get(s, c, slot), conditions, count))
                continue;
            if (skip)
                skip--;
            else
                add(f, slot);
        }
        low += w->backwards ? 0 : n;
        high -= w->backwards ? n : 0;
    }
}

/* Under one number of an index, from slot to slot. False when too many of them are to
 * be left out. */
static bool find_under(const struct store *s, size_t c,
                       const struct store_condition *conditions, size_t count,
                       const struct store_window *w, struct found *f)
{
    size_t number, n, skip = w->skip;
    uint64_t hash, from = w->from;
    uint32_t slots[BATCH];
    const struct index *x;
    if (w->backwards || skip > BATCH ||
        !(x = index_about(s, c, conditions, count, &number, &hash)))
        return false;
    bool even = is_even(x, &s->plan->collections[c].indexes[number], count);
    bool exact = false; /* the first says it for all */
    do {
        n = smaller(BATCH, skip + smaller(BATCH, w->most - f->count));
        n = from > UINT32_MAX ? 0 : n;
        n = index_slots(x, hash, (uint32_t)from, slots, n);
        for (size_t i = 0; i < n && f->count < w->most; i++) {
            if (slots[i] >= w->until)
                return true;
            if (!exact &&
                !store_meets_all(s, c, store_get(s, c, slots[i]), conditions, count))
                continue;
            exact = even;
            if (skip)
                skip--;
            else
                add(f, slots[i]);
        }
        from = n ? (uint64_t)slots[n - 1] + 1 : from;
    } while (n && f->count < w->most);
    return true;
}

size_t *store_window(const struct store *s, size_t c,
                     const struct store_condition *conditions, size_t count,
                     const struct store_window *w, struct arena *arena, size_t *found)
{
    struct found f = { .arena = arena };
    const char *key = sole_key(&s->plan->collections[c], conditions, count);
    if (key) {
        find_sole(s, c, key, conditions, count, w, &f);
    } else if (!find_under(s, c, conditions, count, w, &f)) {
        struct candidates all = candidates_for(s, c, conditions, count);
        find_among(s, c, &all, conditions, count, w, &f);
    }
    *found = f.count;
    return f.list;
}

size_t *store_find(const struct store *s, size_t c,
                   const struct store_condition *conditions, size_t count, size_t from,
                   size_t at_most, struct arena *arena, size_t *found)
{
    const struct store_window w = { .from = from, .until = SIZE_MAX, .most = at_most };
    return store_window(s, c, conditions, count, &w, arena, found);
}

size_t *store_referring(const struct store *s, const struct store_referrer *by,
                        const cJSON *key, size_t at_most, struct arena *arena,
                        size_t *found)
{
    const char *at = by->reference->at.text;
    const struct store_condition refers = { .at = at,
                                            .value = key,
                                            .far = strstr(at, "/*") != NULL };
    const struct index *x = store_index(s, by->collection, by->index);
    uint32_t first;
    *found = 0;
    /* Mostly there is none. */
    if (!x->loose && !index_slots(x, store_hash(s, 0, key), 0, &first, 1))
        return NULL;
    return store_find(s, by->collection, &refers, 1, 0, at_most, arena, found);
}

size_t store_tally(const struct store *s, size_t c,
                   const struct store_condition *conditions, size_t count,
                   struct arena *arena)
{
    const struct store_window all = { .until = SIZE_MAX, .most = SIZE_MAX };
    size_t found;
    if (!sole_key(&s->plan->collections[c], conditions, count)) {
        struct candidates some = candidates_for(s, c, conditions, count);
        if (some.exact)
            return some.past - some.first;
    }
    store_window(s, c, conditions, count, &all, arena, &found);
    return found;
}

size_t store_fewest(const struct store *s, size_t c,
                    const struct store_condition *conditions, size_t count)
{
    if (sole_key(&s->plan->collections[c], conditions, count))
        return 1;
    struct candidates all = candidates_for(s, c, conditions, count);
    return all.past - all.first;
}

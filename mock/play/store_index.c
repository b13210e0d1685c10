#include "play/store_parts.h"

#include <assert.h>

/* The index over one place alone, which has one. */
static size_t index_at(const struct store_collection *c, const char *pointer)
{
    size_t i = 0;
    while (c->indexes[i].count != 1 || c->indexes[i].where_count ||
           strcmp(c->indexes[i].pointers[0], pointer) != 0) {
        i++;
        assert(i < c->index_count);
    }
    return i;
}

static bool leads_to(const struct store_reference *r, size_t c)
{
    for (size_t i = 0; i < r->of_count; i++)
        if (r->of[i] == c)
            return true;
    return false;
}

/* References to collection c that are more than looked through; into list, if any. */
static size_t find_referrers(const struct store_plan *plan, size_t c,
                             struct store_referrer *list)
{
    size_t n = 0;
    for (size_t x = 0; x < plan->collection_count; x++) {
        const struct store_collection *from = &plan->collections[x];
        for (size_t i = 0; i < from->reference_count; i++) {
            const struct store_reference *r = &from->references[i];
            if (r->on_delete == ON_DELETE_NOTHING || !leads_to(r, c))
                continue;
            if (list)
                list[n] = (struct store_referrer){ x, r, index_at(from, r->at.text) };
            n++;
        }
    }
    return n;
}

static void prepare_referrers(const struct store_plan *plan, size_t c,
                              struct arena *arena)
{
    const size_t n = find_referrers(plan, c, NULL);
    struct store_referrer *list = arena_array(arena, struct store_referrer, n + 1);
    find_referrers(plan, c, list);
    plan->collections[c].referrers = list;
    plan->collections[c].referrer_count = n;
}

static void prepare_reference(struct store_reference *r, struct arena *arena)
{
    r->at = way_read(r->at.text, arena);
    for (size_t i = 0; i < r->keep_count; i++)
        r->keep[i] = way_read(r->keep[i].text, arena);
}

void store_prepare(const struct store_plan *plan, struct arena *arena)
{
    for (size_t c = 0; c < plan->collection_count; c++) {
        struct store_collection *of = &plan->collections[c];
        for (size_t i = 0; i < of->index_count; i++) {
            struct store_index *x = &of->indexes[i];
            struct way *ways = arena_array(arena, struct way, x->count + 1);
            for (size_t k = 0; k < x->count; k++)
                ways[k] = way_read(x->pointers[k], arena);
            x->ways = ways;
        }
        for (size_t i = 0; i < of->hidden_count; i++)
            of->hidden[i] = way_read(of->hidden[i].text, arena);
        for (size_t i = 0; i < of->summary_count; i++)
            of->summary[i] = way_read(of->summary[i].text, arena);
        for (size_t i = 0; i < of->reference_count; i++)
            prepare_reference(&of->references[i], arena);
        prepare_referrers(plan, c, arena);
    }
}

uint64_t store_hash(const struct store *s, uint64_t hash, const cJSON *value)
{
    return hash * 0x9e3779b97f4a7c15ull ^ json_hash(value, &s->plan->salt);
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
        const cJSON *value = way_get(tree, &index->ways[i]);
        if (!value || json_is_null(value))
            return HASH_NONE;
        if (json_is_array(value))
            return HASH_ARRAY;
        *hash = store_hash(s, *hash, value);
    }
    return HASH_MADE;
}

/* ---- unique values --------------------------------------------------------------- */

static bool same_values(const struct store_index *index, const cJSON *a, const cJSON *b)
{
    for (size_t i = 0; i < index->count; i++) {
        const cJSON *x = way_get(a, &index->ways[i]);
        const cJSON *y = way_get(b, &index->ways[i]);
        if (!x || !y || !json_equal(x, y))
            return false;
    }
    return true;
}

/* Whether an instance has in an index what the one before it had. */
static bool stays(const struct store_index *index, const cJSON *old, const cJSON *now)
{
    return !index->where_count && same_values(index, old, now);
}

bool store_taken(const struct store *s, size_t c, const cJSON *tree, size_t own_slot)
{
    const struct store_collection *plan = &s->plan->collections[c];
    const cJSON *own = store_get(s, c, own_slot);
    for (size_t i = 0; i < plan->index_count; i++) {
        uint64_t hash;
        if (!plan->indexes[i].unique || (own && stays(&plan->indexes[i], own, tree)) ||
            index_hash(s, c, &plan->indexes[i], tree, &hash) != HASH_MADE)
            continue;
        const struct index *x = &s->shelves[c].indexes[i];
        for (uint32_t slot = 0; index_slots(x, hash, slot, &slot, 1); slot++)
            if (slot != own_slot &&
                same_values(&plan->indexes[i], tree, store_get(s, c, slot)))
                return true;
    }
    return false;
}

/* ---- who is in an index ---------------------------------------------------------- */

/* An index that no insert asks is not kept up with what is added: whoever asks it has
 * it look at the slots that it does not know. */
static bool knows(const struct store_index *of, const struct index *x, size_t slot)
{
    return of->unique || slot < x->known;
}

static bool holds_items(const struct store_index *index)
{
    return !index->unique && index->count == 1;
}

struct values {
    const struct store *s;
    store_number_visit *visit;
    void *context;
};

static bool each_value(cJSON *value, void *context)
{
    const struct values *all = context;
    if (json_is_array(value)) {
        for (cJSON *one = value->child; one; one = one->next)
            each_value(one, context);
        return false;
    }
    if (!json_is_null(value))
        all->visit(all->context, store_hash(all->s, 0, value), value);
    return false;
}

void store_each_number(const struct store *s, size_t c, size_t index, const cJSON *tree,
                       store_number_visit *visit, void *context)
{
    const struct store_index *of = &s->plan->collections[c].indexes[index];
    uint64_t hash;
    if (holds_items(of)) {
        struct values all = { s, visit, context };
        way_each(tree, of->ways, each_value, &all);
        return;
    }
    enum hashed made = index_hash(s, c, of, tree, &hash);
    if (made == HASH_ARRAY)
        s->shelves[c].indexes[index].loose = true;
    if (made == HASH_MADE)
        visit(context, hash, NULL);
}

/* An instance that comes into an index, or leaves it. */
struct mover {
    const struct store *s;
    size_t c, index;
    uint32_t slot;
};

static struct index *index_of(const struct mover *m)
{
    return &m->s->shelves[m->c].indexes[m->index];
}

/* An index that is asked how many instances have a value has to know whether all that
 * have its hash have the value: whoever comes is compared with another of the hash, as
 * those were with each other. An instance with two items of one hash is not looked
 * into. */
static void enter(void *context, uint64_t number, const cJSON *value)
{
    const struct mover *m = context;
    struct index *x = index_of(m);
    const struct index_key key = { .number = number, .slot = m->slot };
    uint32_t other;
    bool is_new = index_add(x, &key, &other);
    if (x->mixed || !value)
        return;
    const struct store_condition same = {
        .at = m->s->plan->collections[m->c].indexes[m->index].pointers[0],
        .value = value
    };
    x->mixed =
        !is_new || (other != INDEX_NONE &&
                    !store_meets(m->s, m->c, store_get(m->s, m->c, other), &same));
}

static void leave(void *context, uint64_t number, const cJSON *value)
{
    const struct mover *m = context;
    const struct index_key key = { .number = number, .slot = m->slot };
    (void)value;
    index_remove(index_of(m), &key);
}

static void move(const struct store *s, size_t c, size_t index, size_t slot,
                 const cJSON *tree, store_number_visit *how)
{
    struct mover m = { s, c, index, (uint32_t)slot };
    store_each_number(s, c, index, tree, how, &m);
}

void store_reindex(struct store *s, size_t c, size_t slot, const cJSON *old,
                   const cJSON *now)
{
    const struct store_collection *plan = &s->plan->collections[c];
    for (size_t i = 0; i < plan->index_count; i++) {
        if (!knows(&plan->indexes[i], &s->shelves[c].indexes[i], slot) ||
            (old && now && stays(&plan->indexes[i], old, now)))
            continue;
        if (old)
            move(s, c, i, slot, old, leave);
        if (now)
            move(s, c, i, slot, now, enter);
    }
}

const struct index *store_index(const struct store *s, size_t c, size_t number)
{
    enum { BATCH = 64 };
    const struct shelf *shelf = &s->shelves[c];
    struct index *x = &shelf->indexes[number];
    uint32_t slots[BATCH];
    if (s->plan->collections[c].indexes[number].unique)
        return x;
    if (store_learns_anew(shelf, x))
        store_index_made(s, c, number);
    for (size_t n; (n = store_learn(shelf, x, slots, BATCH));)
        for (size_t i = 0; i < n; i++)
            move(s, c, number, slots[i], store_get(s, c, slots[i]), enter);
    return x;
}

void store_index_all(struct store *s)
{
    for (size_t c = 0; c < s->plan->collection_count; c++)
        for (size_t i = 0; i < s->plan->collections[c].index_count; i++)
            store_index(s, c, i);
}

void store_index_anew(struct store *s, size_t c)
{
    const struct store_collection *plan = &s->plan->collections[c];
    for (size_t i = 0; i < plan->index_count; i++) {
        if (plan->indexes[i].unique)
            store_index_made(s, c, i);
        else
            index_done(&s->shelves[c].indexes[i]);
    }
}

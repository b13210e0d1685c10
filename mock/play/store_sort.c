#include "doc/pointer.h"
#include "play/order.h"
#include "play/store_parts.h"

#include <stdlib.h>

/* ---- an order and its entries ---- */

/* A value that is looked for among those of the instances. */
struct sought {
    const struct store *s;
    size_t c;
    const char *at;
    const cJSON *value;
};

static const cJSON *value_at(const struct sought *w, uint32_t slot)
{
    return pointer_get(store_get(w->s, w->c, slot), w->at);
}

static int compare_slot(const void *context, uint32_t slot)
{
    const struct sought *w = context;
    return order_compare(w->value, value_at(w, slot));
}

static struct index_key key_for(const struct sought *w, size_t slot)
{
    return (struct index_key){ .number = order_number(w->value),
                               .slot = slot < UINT32_MAX ? (uint32_t)slot : UINT32_MAX,
                               .compare = compare_slot,
                               .context = w };
}

static bool stays(const char *at, const cJSON *old, const cJSON *now)
{
    return old && now && order_compare(pointer_get(old, at), pointer_get(now, at)) == 0;
}

void orders_leave(struct store *s, size_t c, size_t slot, const cJSON *old,
                  const cJSON *now)
{
    struct orders *all = s->shelves[c].orders;
    for (size_t i = 0; all && old && i < all->count; i++) {
        struct sought w = { s, c, all->list[i].at, pointer_get(old, all->list[i].at) };
        const struct index_key key = key_for(&w, slot);
        if (!stays(w.at, old, now))
            index_remove(&all->list[i].index, &key);
    }
}

void orders_enter(struct store *s, size_t c, size_t slot, const cJSON *old,
                  const cJSON *now)
{
    struct orders *all = s->shelves[c].orders;
    for (size_t i = 0; all && now && i < all->count; i++) {
        struct sought w = { s, c, all->list[i].at, pointer_get(now, all->list[i].at) };
        const struct index_key key = key_for(&w, slot);
        uint32_t other;
        if (!stays(w.at, old, now))
            index_add(&all->list[i].index, &key, &other);
    }
}

/* ---- the orders of a shelf ---- */

/* A new order without entries; NULL when there are too many, or no memory. */
static struct order *order_new(struct shelf *shelf, const char *at)
{
    if (!shelf->orders)
        shelf->orders = calloc(1, sizeof(*shelf->orders));
    if (!shelf->orders || shelf->orders->count == LIMIT_ORDERS)
        return NULL;
    size_t bytes = strlen(at) + 1;
    struct order *order = &shelf->orders->list[shelf->orders->count];
    *order = (struct order){ .at = malloc(bytes) };
    if (!order->at)
        return NULL;
    memcpy(order->at, at, bytes);
    shelf->orders->count++;
    return order;
}

static struct order *order_by(struct store *s, size_t c, const char *at)
{
    enum { BATCH = 64 };
    struct shelf *shelf = &s->shelves[c];
    uint32_t slots[BATCH], other;
    for (size_t i = 0; shelf->orders && i < shelf->orders->count; i++)
        if (strcmp(shelf->orders->list[i].at, at) == 0)
            return &shelf->orders->list[i];
    struct order *order = order_new(shelf, at);
    for (size_t n, rank = 0;
         order && (n = slots_list(&shelf->slots, rank, slots, BATCH)); rank += n)
        for (size_t i = 0; i < n; i++) {
            struct sought w = { .s = s, .c = c, .at = order->at };
            w.value = value_at(&w, slots[i]);
            const struct index_key key = key_for(&w, slots[i]);
            index_add(&order->index, &key, &other);
        }
    return order;
}

void orders_share(struct shelf *to, const struct shelf *from)
{
    for (size_t i = 0; from->orders && i < from->orders->count; i++) {
        struct order *order = order_new(to, from->orders->list[i].at);
        if (order)
            index_share(&order->index, &from->orders->list[i].index);
    }
}

void orders_done(struct shelf *shelf)
{
    for (size_t i = 0; shelf->orders && i < shelf->orders->count; i++) {
        index_done(&shelf->orders->list[i].index);
        free(shelf->orders->list[i].at);
    }
    free(shelf->orders);
    shelf->orders = NULL;
}

/* ---- places in the order that is asked for ---- */

/* A way through an order. Where values fall, instances of one value still stand in the
 * order of their slots: the groups are turned round, not what is in them.
 *
 *     index   a1 a4 | b2 b3 | c0        ranks from 0
 *     down    c0 | b2 b3 | a1 a4        places from 0 */
struct walk {
    const struct index *index;
    struct sought sought;
    size_t count;
    bool down;
};

/* The ranks of the instances of one value. */
struct group {
    size_t first, past;
};

static struct group group_of(struct walk *w, const cJSON *value)
{
    w->sought.value = value;
    struct index_key low = key_for(&w->sought, 0);
    struct index_key high = key_for(&w->sought, UINT32_MAX);
    return (struct group){ index_rank(w->index, &low), index_rank(w->index, &high) };
}

/* The group that the entry at a rank belongs to. */
static struct group group_at(struct walk *w, size_t rank)
{
    uint32_t slot;
    index_list(w->index, rank, &slot, 1);
    return group_of(w, value_at(&w->sought, slot));
}

/* How many instances stand before (value, slot). */
static size_t place_of(struct walk *w, const cJSON *value, size_t slot)
{
    w->sought.value = value;
    const struct index_key key = key_for(&w->sought, slot);
    size_t rank = index_rank(w->index, &key);
    if (!w->down)
        return rank;
    struct group g = group_of(w, value);
    return w->count - g.past + (rank - g.first);
}

/* Instances that stand one behind the other in the index as in the order. */
struct stretch {
    size_t rank, count;
};

/* From a place on; w->count is behind it. */
static struct stretch stretch_from(struct walk *w, size_t place)
{
    if (!w->down)
        return (struct stretch){ place, w->count - place };
    struct group g = group_at(w, w->count - 1 - place);
    size_t rank = g.first + (place - (w->count - g.past));
    return (struct stretch){ rank, g.past - rank };
}

/* Up to before a place, which is not 0. */
static struct stretch stretch_to(struct walk *w, size_t place)
{
    if (!w->down)
        return (struct stretch){ 0, place };
    struct group g = group_at(w, w->count - place);
    return (struct stretch){ g.first, place - (w->count - g.past) };
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t list_from(struct walk *w, size_t place, uint32_t *list, size_t most)
{
    size_t found = 0;
    while (place < w->count && found < most) {
        struct stretch on = stretch_from(w, place);
        size_t n = least(on.count, most - found);
        found += index_list(w->index, on.rank, list + found, n);
        place += n;
    }
    return found;
}

static size_t list_before(struct walk *w, size_t place, uint32_t *list, size_t most)
{
    size_t found = 0;
    while (place && found < most) {
        struct stretch to = stretch_to(w, place);
        size_t n = least(to.count, most - found);
        index_list(w->index, to.rank + to.count - n, list + found, n);
        for (size_t i = found, j = found + n; i + 1 < j; i++) {
            uint32_t last = list[--j];
            list[j] = list[i];
            list[i] = last;
        }
        found += n;
        place -= n;
    }
    return found;
}

bool store_sorted(struct store *s, size_t c, const struct store_sort *sort,
                  struct arena *arena, size_t **slots, size_t *found)
{
    const struct order *order = order_by(s, c, sort->at);
    if (!order)
        return false;
    struct walk w = { .index = &order->index,
                      .sought = { s, c, order->at, NULL },
                      .count = store_count(s, c),
                      .down = sort->down };
    bool anchored = sort->slot != SIZE_MAX;
    size_t place = sort->backwards ? w.count : 0;
    if (anchored)
        place =
            place_of(&w, sort->value, sort->backwards ? sort->slot : sort->slot + 1);
    size_t most = least(sort->most, w.count);
    uint32_t *list = arena_array(arena, uint32_t, most + 1);
    if (sort->backwards)
        *found = list_before(&w, place - least(place, sort->skip), list, most);
    else
        *found = list_from(&w, place + least(w.count - place, sort->skip), list, most);
    *slots = arena_array(arena, size_t, *found + 1);
    for (size_t i = 0; i < *found; i++)
        (*slots)[i] = list[i];
    return true;
}

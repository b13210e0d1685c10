#include "doc/pointer.h"
#include "play/order.h"
#include "play/store_parts.h"

#include <stdlib.h>

/* Instances that are looked at together, or of which it is not worth while to have an
 * order. */
enum { BATCH = 64, FEW = 256 };

/* ---- entries of an order ---- */

/* What is looked for: the values of the members that an order goes by, or of the first
 * of them alone, and then a place before or behind all that have it. */
struct sought {
    const struct store *s;
    size_t c;
    const struct store_sort *by;
    size_t count;
    int beside; /* where values are alike: -1 is before, 1 behind, 0 as the slots say */
    const cJSON *values[STORE_SORTS];
};

static int compare_slot(const void *context, uint32_t slot)
{
    const struct sought *w = context;
    const cJSON *tree = store_get(w->s, w->c, slot);
    for (size_t i = 0; i < w->count; i++) {
        int c = order_compare(w->values[i], pointer_get(tree, w->by[i].at));
        if (c)
            return w->by[i].down ? -c : c;
    }
    return w->beside;
}

static struct index_key key_for(const struct sought *w, size_t slot)
{
    uint64_t number = order_number(w->values[0]);
    return (struct index_key){ .number = w->by->down ? ~number : number,
                               .slot = slot < UINT32_MAX ? (uint32_t)slot : UINT32_MAX,
                               .compare = compare_slot,
                               .context = w };
}

static struct sought sought_in(const struct store *s, size_t c, const struct order *o,
                               const cJSON *tree)
{
    struct sought w = { .s = s, .c = c, .by = o->by, .count = o->count };
    for (size_t i = 0; i < o->count; i++)
        w.values[i] = pointer_get(tree, o->by[i].at);
    return w;
}

static void enter(const struct store *s, size_t c, struct order *o, size_t slot,
                  const cJSON *tree)
{
    const struct sought w = sought_in(s, c, o, tree);
    const struct index_key key = key_for(&w, slot);
    uint32_t other;
    index_add(&o->index, &key, &other);
}

/* Whether an instance has the same place among the others as the one before it. */
static bool stays(const struct order *o, const cJSON *old, const cJSON *now)
{
    bool same = old && now;
    for (size_t i = 0; same && i < o->count; i++)
        same = order_compare(pointer_get(old, o->by[i].at),
                             pointer_get(now, o->by[i].at)) == 0;
    return same;
}

/* ---- the orders of a shelf ---- */

static void order_done(struct order *o)
{
    index_done(&o->index);
    free(o->text);
}

/* Takes one out of the list; the last one stands there instead. */
static void drop(struct orders *all, size_t i)
{
    order_done(&all->list[i]);
    all->list[i] = all->list[--all->count];
}

void orders_leave(struct store *s, size_t c, size_t slot, const cJSON *old,
                  const cJSON *now)
{
    struct orders *all = s->shelves[c].orders;
    for (size_t i = all ? all->count : 0; i-- > 0;) {
        struct order *o = &all->list[i];
        /* One that nobody has asked for since has cost more than to make it again. */
        if (++o->changes > store_count(s, c) + FEW) {
            drop(all, i);
        } else if (old && slot < o->index.known && !stays(o, old, now)) {
            const struct sought w = sought_in(s, c, o, old);
            const struct index_key key = key_for(&w, slot);
            index_remove(&o->index, &key);
        }
    }
}

void orders_enter(struct store *s, size_t c, size_t slot, const cJSON *old,
                  const cJSON *now)
{
    struct orders *all = s->shelves[c].orders;
    for (size_t i = 0; all && now && i < all->count; i++)
        if (slot < all->list[i].index.known && !stays(&all->list[i], old, now))
            enter(s, c, &all->list[i], slot, now);
}

/* A new order without entries; NULL when there are too many, or no memory. */
static struct order *order_new(struct shelf *shelf, const struct store_sort *by,
                               size_t count)
{
    size_t bytes = 0;
    if (!shelf->orders)
        shelf->orders = calloc(1, sizeof(*shelf->orders));
    if (!shelf->orders || shelf->orders->count == LIMIT_ORDERS)
        return NULL;
    for (size_t i = 0; i < count; i++)
        bytes += strlen(by[i].at) + 1;
    struct order *o = &shelf->orders->list[shelf->orders->count];
    *o = (struct order){ .count = count, .text = malloc(bytes) };
    if (!o->text)
        return NULL;
    char *next = o->text;
    for (size_t i = 0; i < count; i++) {
        bytes = strlen(by[i].at) + 1;
        o->by[i] = (struct store_sort){ memcpy(next, by[i].at, bytes), by[i].down };
        next += bytes;
    }
    shelf->orders->count++;
    return o;
}

static bool goes_by(const struct order *o, const struct store_sort *by, size_t count)
{
    bool same = o->count == count;
    for (size_t i = 0; same && i < count; i++)
        same = o->by[i].down == by[i].down && strcmp(o->by[i].at, by[i].at) == 0;
    return same;
}

/* One after the other. */
static void learn(const struct store *s, size_t c, struct order *o)
{
    uint32_t slots[BATCH];
    for (size_t n; (n = store_learn(&s->shelves[c], &o->index, slots, BATCH));)
        for (size_t i = 0; i < n; i++)
            enter(s, c, o, slots[i], store_get(s, c, slots[i]));
}

/* With all instances in it. */
static struct order *order_by(struct store *s, size_t c, const struct store_sort *by,
                              size_t count, struct arena *arena)
{
    struct shelf *shelf = &s->shelves[c];
    struct order *o = NULL;
    for (size_t i = 0; !o && shelf->orders && i < shelf->orders->count; i++)
        if (goes_by(&shelf->orders->list[i], by, count))
            o = &shelf->orders->list[i];
    if (!o)
        o = order_new(shelf, by, count);
    if (o && store_learns_anew(shelf, &o->index))
        store_order_made(s, c, o, arena);
    else if (o)
        learn(s, c, o);
    return o;
}

void orders_share(struct shelf *to, const struct shelf *from)
{
    for (size_t i = 0; from->orders && i < from->orders->count; i++) {
        const struct order *o = &from->orders->list[i];
        struct order *same = order_new(to, o->by, o->count);
        if (same) {
            index_share(&same->index, &o->index);
            same->changes = o->changes;
        }
    }
}

void orders_done(struct shelf *shelf)
{
    while (shelf->orders && shelf->orders->count)
        drop(shelf->orders, 0);
    free(shelf->orders);
    shelf->orders = NULL;
}

/* ---- where in an order the instances are that meet conditions ---- */

/* Ranks. */
struct span {
    size_t low, high;
};

/* How many instances stand before all that have a value at the first member, or before
 * what is behind them. */
static size_t edge(const struct store *s, size_t c, const struct order *o,
                   const cJSON *value, bool behind)
{
    struct sought w = { s, c, o->by, 1, behind ? 1 : -1, { value } };
    const struct index_key key = key_for(&w, behind ? UINT32_MAX : 0);
    return index_rank(&o->index, &key);
}

static bool is_about(const struct store *s, size_t c, const struct order *o,
                     const struct store_condition *where)
{
    const struct store_collection *plan = &s->plan->collections[c];
    return !where->far && strcmp(where->at, o->by->at) == 0 &&
           !(plan->alias_count && strcmp(where->at, plan->key) == 0);
}

/* Narrows a span to the instances that meet a condition; false when they do not stand
 * together. Numbers have one order for filters and for sorts, texts have not. */
static bool narrow(const struct store *s, size_t c, const struct order *o,
                   const struct store_condition *where, struct span *span)
{
    char none[] = "";
    const cJSON *value = where->value,
                text = { .type = cJSON_String, .valuestring = none };
    bool number = json_is_number(value), down = o->by->down;
    bool least = where->test == MATCH_MINIMUM || where->test == MATCH_EXCLUSIVE_MINIMUM;
    bool most = where->test == MATCH_MAXIMUM || where->test == MATCH_EXCLUSIVE_MAXIMUM;
    bool with = where->test == MATCH_MINIMUM || where->test == MATCH_MAXIMUM;
    struct span found = { 0, index_count(&o->index) };
    if (!is_about(s, c, o, where))
        return false;
    if (where->test == MATCH_IS &&
        (number || json_is_string(value) || json_is_bool(value))) {
        found.low = edge(s, c, o, value, false);
        found.high = edge(s, c, o, value, true);
    } else if (number && least == down && (least || most)) {
        /* to the value: from the first there is, or from the first number */
        found.low = down ? edge(s, c, o, &text, true) : 0;
        found.high = edge(s, c, o, value, with);
    } else if (number && (least || most)) {
        found.low = edge(s, c, o, value, !with);
        found.high = down ? found.high : edge(s, c, o, &text, false);
    } else {
        return false;
    }
    span->low = found.low > span->low ? found.low : span->low;
    span->high = found.high < span->high ? found.high : span->high;
    span->high = span->high < span->low ? span->low : span->high;
    return true;
}

/* An array meets a condition that one of its items meets, and stands behind all of
 * them. */
static bool has_trees(const struct store *s, size_t c, const struct order *o)
{
    const cJSON tree = { .type = cJSON_Array };
    return edge(s, c, o, &tree, false) != edge(s, c, o, &tree, true);
}

/* ---- the page ---- */

/* A way through a span. */
struct walk {
    const struct store *s;
    size_t c;
    const struct order *order;
    const struct store_page *page;
    struct span span;
    bool exact;   /* all in the span meet the conditions */
    size_t most;  /* instances that may be looked at */
    size_t *list; /* those of the page */
    size_t count;
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Where the page begins, or ends when it goes backwards. */
static size_t place_of(const struct walk *w)
{
    const struct store_page *page = w->page;
    const struct order *o = w->order;
    if (page->slot == SIZE_MAX)
        return page->backwards ? w->span.high : w->span.low;
    struct sought anchor = { .s = w->s, .c = w->c, .by = o->by, .count = o->count };
    memcpy(anchor.values, page->values, o->count * sizeof(*anchor.values));
    const struct index_key key =
        key_for(&anchor, page->backwards ? page->slot : page->slot + 1);
    size_t rank = index_rank(&o->index, &key);
    return rank < w->span.low ? w->span.low : least(rank, w->span.high);
}

static bool is_wanted(const struct walk *w, size_t slot)
{
    return w->exact || store_meets_all(w->s, w->c, store_get(w->s, w->c, slot),
                                       w->page->where, w->page->where_count);
}

/* False when too many would have to be looked at. */
static bool fill(struct walk *w)
{
    const bool back = w->page->backwards;
    size_t at = place_of(w), skip = w->page->skip, looked = 0, left;
    while ((left = back ? at - w->span.low : w->span.high - at) &&
           w->count < w->page->most) {
        uint32_t slots[BATCH];
        size_t n = w->exact ? least(skip, left) : 0;
        if (n) { /* what is left out need not be looked at */
            at = back ? at - n : at + n;
            skip -= n;
            continue;
        }
        if (looked >= w->most)
            return false;
        n = least(left, w->exact ? least(BATCH, w->page->most - w->count) : BATCH);
        index_list(&w->order->index, back ? at - n : at, slots, n);
        for (size_t i = 0; i < n && w->count < w->page->most; i++) {
            size_t slot = slots[back ? n - 1 - i : i];
            if (!is_wanted(w, slot))
                continue;
            if (skip)
                skip--;
            else
                w->list[w->count++] = slot;
        }
        looked += n;
        at = back ? at - n : at + n;
    }
    return true;
}

bool store_sorted(struct store *s, size_t c, const struct store_page *page,
                  struct arena *arena, size_t **slots, size_t *found)
{
    size_t few = store_fewest(s, c, page->where, page->where_count);
    if (page->where_count && few <= FEW)
        return false;
    struct order *o = order_by(s, c, page->by, page->by_count, arena);
    if (!o)
        return false;
    o->changes = 0;
    struct walk w = { .s = s, .c = c, .order = o, .page = page, .exact = true };
    w.span.high = store_count(s, c);
    bool trees = page->where_count && has_trees(s, c, o);
    for (size_t i = 0; i < page->where_count; i++)
        if (trees || !narrow(s, c, o, &page->where[i], &w.span))
            w.exact = false;
    size_t all = w.span.high - w.span.low;
    w.most = w.exact || all <= few ? SIZE_MAX : few / 2;
    w.list = arena_array(arena, size_t, least(page->most, all) + 1);
    *slots = w.list;
    bool ok = fill(&w);
    *found = w.count;
    return ok;
}

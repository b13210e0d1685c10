#define _GNU_SOURCE /* qsort_r */
#include "play/order.h"
#include "play/store_parts.h"

#include <stdlib.h>

/* Texts that are alike so far are compared to their ends, two by two. */
enum { MOST_BYTES = 128 };

/* All instances of a collection on their way into an order. */
struct sorting {
    const struct store *s;
    size_t c;
    const struct order *order;
    const struct way *ways; /* to the members that it goes by */
    const cJSON **values;   /* of the member that is looked at, by entries' notes */
};

static uint64_t turned(const struct sorting *w, size_t member, uint64_t number)
{
    return w->order->by[member].down ? ~number : number;
}

static const cJSON *value_at(const struct sorting *w, uint32_t slot, size_t member)
{
    return way_get(store_get(w->s, w->c, slot), &w->ways[member]);
}

/* Where two entries are alike in all members before this one. */
struct comparing {
    const struct sorting *w;
    size_t member;
};

static int compare(const void *a, const void *b, void *context)
{
    const struct comparing *with = context;
    const struct index_entry *x = a, *y = b;
    int c = 0;
    for (size_t i = with->member; !c && i < with->w->order->count; i++) {
        c = order_compare(value_at(with->w, x->slot, i), value_at(with->w, y->slot, i));
        c = with->w->order->by[i].down ? -c : c;
    }
    return c ? c : (x->slot > y->slot) - (x->slot < y->slot);
}

static void sort_numbers(struct sorting *w, struct index_entry *list, size_t count,
                         size_t member, size_t bytes);

static void sort_by_next(struct sorting *w, struct index_entry *list, size_t count,
                         size_t member)
{
    if (member == w->order->count)
        return;
    for (size_t i = 0; i < count; i++) {
        const cJSON *value = value_at(w, list[i].slot, member);
        w->values[list[i].note] = value;
        list[i].number = turned(w, member, order_number(value));
    }
    sort_numbers(w, list, count, member, 0);
}

static bool all_exact(const struct sorting *w, const struct index_entry *list,
                      size_t count)
{
    size_t i = 0;
    while (i < count && order_exact(w->values[list[i].note]))
        i++;
    return i == count;
}

/* Entries of one number: of one value's, when bytes is 0, else of that many bytes from
 * which on texts were looked at last. */
static void sort_alike(struct sorting *w, struct index_entry *list, size_t count,
                       size_t member, size_t bytes)
{
    struct comparing with = { w, member };
    bool alike = bytes ? (turned(w, member, list->number) & 0xff) == 0
                       : all_exact(w, list, count);
    bytes = bytes ? bytes + sizeof(list->number) : ORDER_BYTES;
    if (alike) {
        sort_by_next(w, list, count, member + 1);
    } else if (!json_is_string(w->values[list->note]) || bytes > MOST_BYTES) {
        qsort_r(list, count, sizeof(*list), compare, &with);
    } else {
        for (size_t i = 0; i < count; i++) {
            const char *text = w->values[list[i].note]->valuestring;
            list[i].number = turned(w, member, order_bytes(text + bytes));
        }
        sort_numbers(w, list, count, member, bytes);
    }
}

/* By the numbers that stand in the entries, and what is alike by what comes behind. */
static void sort_numbers(struct sorting *w, struct index_entry *list, size_t count,
                         size_t member, size_t bytes)
{
    index_sort(list, count);
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && list[i + n].number == list[i].number;)
            n++;
        if (n > 1)
            sort_alike(w, list + i, n, member, bytes);
    }
}

void store_order_made(const struct store *s, size_t c, struct order *o,
                      struct arena *arena)
{
    const struct shelf *shelf = &s->shelves[c];
    const size_t count = shelf->slots.live;
    struct way *ways = arena_array(arena, struct way, STORE_SORTS);
    for (size_t i = 0; i < o->count; i++)
        ways[i] = way_read(o->by[i].at, arena);
    uint32_t *slots = store_all_slots(shelf);
    struct index_entry *list = store_room(count + 1, sizeof(*list));
    uint64_t *numbers = store_room(count + 1, sizeof(*numbers));
    struct sorting w = { s, c, o, ways, store_room(count + 1, sizeof(*w.values)) };
    for (size_t i = 0; i < count; i++) {
        store_fetch_ahead(shelf, slots, count, i);
        w.values[i] = value_at(&w, slots[i], 0);
        numbers[i] = turned(&w, 0, order_number(w.values[i]));
        list[i] = (struct index_entry){ numbers[i], slots[i], (uint32_t)i };
    }
    sort_numbers(&w, list, count, 0, 0);
    for (size_t i = 0; i < count; i++)
        list[i].number = numbers[list[i].note];
    index_done(&o->index);
    index_fill(&o->index, list, count);
    o->index.known = shelf->count;
    free(w.values);
    free(numbers);
    free(list);
    free(slots);
}

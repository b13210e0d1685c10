#include "play/store_parts.h"

#include <stdio.h>
#include <stdlib.h>

size_t store_learn(const struct shelf *shelf, struct index *x, uint32_t *slots,
                   size_t most)
{
    size_t n = 0;
    if (x->known >= shelf->count)
        return 0;
    if (shelf->count - x->known > most)
        n = slots_list(&shelf->slots, slots_before(&shelf->slots, x->known), slots,
                       most);
    else /* few are found without a way down from the root for each end */
        for (size_t slot = x->known; slot < shelf->count; slot++)
            if (slots_get(&shelf->slots, slot))
                slots[n++] = (uint32_t)slot;
    x->known = n == most ? slots[n - 1] + (size_t)1 : shelf->count;
    return n;
}

bool store_learns_anew(const struct shelf *shelf, const struct index *x)
{
    enum { FEW = 256, PART = 8 };
    size_t unknown = shelf->count > x->known ? shelf->count - x->known : 0;
    return unknown > FEW && unknown > x->known / PART;
}

uint32_t *store_all_slots(const struct shelf *shelf)
{
    uint32_t *all = store_room(shelf->slots.live + 1, sizeof(*all));
    slots_list(&shelf->slots, 0, all, shelf->slots.live);
    return all;
}

void *store_room(size_t count, size_t size)
{
    void *block = malloc(count * size);
    if (!block) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    return block;
}

void store_fetch_ahead(const struct shelf *shelf, const uint32_t *slots, size_t count,
                       size_t at)
{
    enum { AHEAD = 6, LINE = 64, BYTES = 896 };
    const char *block = NULL;
    if (at + AHEAD < count)
        block = (const char *)slots_get(&shelf->slots, slots[at + AHEAD]);
    for (size_t byte = 0; block && byte < BYTES; byte += LINE)
        __builtin_prefetch(block + byte);
}

/* ---- one index ---- */

/* Values whose hashes were met; one of another hash takes the place of one before. */
enum { MET = 8192 };

struct gathering {
    const struct store *s;
    uint32_t slot;
    struct index_entry *list;
    const cJSON **values; /* of the entries by their notes; NULL: like one before it */
    size_t count, room;
    bool mixed;
    struct {
        uint64_t number;
        const cJSON *value;
    } met[MET];
};

static void grow(struct gathering *g)
{
    struct index_entry *list = g->list;
    const cJSON **values = g->values;
    g->room *= 2;
    g->list = store_room(g->room, sizeof(*list));
    g->values = store_room(g->room, sizeof(*values));
    memcpy(g->list, list, g->count * sizeof(*list));
    memcpy(g->values, values, g->count * sizeof(*values));
    free(list);
    free(values);
}

static void gather(void *context, uint64_t number, const cJSON *value)
{
    struct gathering *g = context;
    size_t place = number % MET;
    if (g->count == g->room)
        grow(g);
    g->list[g->count] = (struct index_entry){ number, g->slot, (uint32_t)g->count };
    g->values[g->count++] = value;
    if (!value)
        return;
    if (!g->met[place].value || g->met[place].number != number) {
        g->met[place].number = number;
        g->met[place].value = value;
        return;
    }
    /* Compared now, when both are near. */
    g->values[g->count - 1] = NULL;
    g->mixed = g->mixed || !json_equal(value, g->met[place].value);
}

/* Compares what was not compared with the first of its number, and takes out entries
 * that stand twice, of instances with a value twice. */
static void settle(struct gathering *g)
{
    size_t kept = 0, first = 0;
    for (size_t i = 0; i < g->count; i++) {
        const struct index_entry *one = &g->list[i];
        const cJSON *value = g->values[one->note];
        bool is_first = !i || g->list[first].number != one->number;
        if (is_first)
            first = kept;
        else if (!g->mixed && value)
            g->mixed = !json_equal(value, g->values[g->list[first].note]);
        if (is_first || g->list[kept - 1].slot != one->slot)
            g->list[kept++] = *one;
    }
    g->count = kept;
}

void store_index_made(const struct store *s, size_t c, size_t number)
{
    const struct shelf *shelf = &s->shelves[c];
    struct index *x = &shelf->indexes[number];
    struct gathering *g = store_room(1, sizeof(*g));
    uint32_t *slots = store_all_slots(shelf);
    *g = (struct gathering){ .s = s, .room = shelf->slots.live + 1 };
    g->list = store_room(g->room, sizeof(*g->list));
    g->values = store_room(g->room, sizeof(*g->values));
    index_done(x);
    for (size_t i = 0; i < shelf->slots.live; i++) {
        store_fetch_ahead(shelf, slots, shelf->slots.live, i);
        g->slot = slots[i];
        store_each_number(s, c, number, store_get(s, c, slots[i]), gather, g);
    }
    index_sort(g->list, g->count);
    settle(g);
    index_fill(x, g->list, g->count);
    x->mixed = g->mixed;
    x->known = shelf->count;
    free(slots);
    free(g->values);
    free(g->list);
    free(g);
}

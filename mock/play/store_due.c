#include "doc/pointer.h"
#include "play/store_parts.h"

/* A moment that no clock comes to is none, whoever wrote it. */
static bool due_of(const cJSON *tree, clock_ms *at)
{
    *at = json_whole(tree ? pointer_get(tree, STORE_DUE) : NULL, CLOCK_LATEST);
    return *at >= CLOCK_EARLIEST && *at < CLOCK_LATEST;
}

void store_note_due(struct store *s, size_t c, size_t slot, const cJSON *tree)
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
            store_note_due(s, c, i, store_get(s, c, i));
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

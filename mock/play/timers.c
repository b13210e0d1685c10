#include "play/timers.h"

#include <stdlib.h>

static bool is_before(const struct timer *a, const struct timer *b)
{
    if (a->at != b->at)
        return a->at < b->at;
    return a->collection != b->collection ? a->collection < b->collection
                                          : a->slot < b->slot;
}

void timers_add(struct timers *t, struct timer timer)
{
    if (!t->filled)
        return;
    if (t->count == t->room) {
        size_t room = t->room ? t->room * 2 : 16;
        struct timer *grown = realloc(t->heap, room * sizeof(*grown));
        if (!grown) {
            timers_done(t);
            return;
        }
        t->heap = grown;
        t->room = room;
    }
    size_t at = t->count++;
    while (at && is_before(&timer, &t->heap[(at - 1) / 2])) {
        t->heap[at] = t->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    t->heap[at] = timer;
}

const struct timer *timers_first(const struct timers *t)
{
    return t->count ? &t->heap[0] : NULL;
}

void timers_drop_first(struct timers *t)
{
    struct timer last = t->heap[--t->count];
    size_t at = 0, child;
    while ((child = at * 2 + 1) < t->count) {
        if (child + 1 < t->count && is_before(&t->heap[child + 1], &t->heap[child]))
            child++;
        if (!is_before(&t->heap[child], &last))
            break;
        t->heap[at] = t->heap[child];
        at = child;
    }
    t->heap[at] = last;
}

void timers_done(struct timers *t)
{
    free(t->heap);
    *t = (struct timers){ 0 };
}

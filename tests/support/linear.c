#include "linear.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Sets of calls and states that were reached; a good history needs about one for each
 * of its calls. */
enum { MOST_TRIED = 1 << 20 };

/* The start or the end of a call, in the list of what is not yet put in order. */
struct event {
    const struct linear_call *call;
    size_t number;     /* of the call, among those of the object */
    struct event *end; /* of a start; NULL: this is an end */
    struct event *before, *next;
};

/* A call that was put in order, and the state before it. */
struct step {
    struct event *start;
    int state;
};

struct search {
    linear_model *model;
    struct event *events; /* [0] is the head of the list */
    size_t count, words;  /* calls; words of a set of them */
    uint64_t *done;       /* the calls that are in order so far */
    struct step *steps;
    size_t step_count;
    uint64_t *tried; /* a table of words + 2: a set, a state, and whether it is used */
    size_t tried_count, tried_room;
};

/* ---- what was tried ---- */

static uint64_t hash_of(const struct search *s, const uint64_t *set, int state)
{
    uint64_t h = (uint64_t)(unsigned)state * 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < s->words; i++) {
        h = (h ^ set[i]) * 0xbf58476d1ce4e5b9u;
        h ^= h >> 29;
    }
    return h;
}

static uint64_t *place_of(const struct search *s, uint64_t *table, size_t room,
                          const uint64_t *set, int state)
{
    size_t i = hash_of(s, set, state) & (room - 1);
    for (;; i = (i + 1) & (room - 1)) {
        uint64_t *at = table + i * (s->words + 2);
        if (!at[s->words + 1] || (at[s->words] == (unsigned)state &&
                                  memcmp(at, set, s->words * sizeof(*set)) == 0))
            return at;
    }
}

static void put(const struct search *s, uint64_t *at, const uint64_t *set, int state)
{
    memcpy(at, set, s->words * sizeof(*set));
    at[s->words] = (unsigned)state;
    at[s->words + 1] = 1;
}

static void grow(struct search *s)
{
    size_t room = s->tried_room ? 2 * s->tried_room : 1024, entry = s->words + 2;
    uint64_t *table = calloc(room * entry, sizeof(*table));
    assert(table);
    for (size_t i = 0; i < s->tried_room; i++) {
        const uint64_t *old = s->tried + i * entry;
        if (old[s->words + 1])
            put(s, place_of(s, table, room, old, (int)old[s->words]), old,
                (int)old[s->words]);
    }
    free(s->tried);
    s->tried = table;
    s->tried_room = room;
}

/* Whether the calls that are done, with this state, are met for the first time. */
static bool is_new(struct search *s, int state)
{
    if (2 * s->tried_count >= s->tried_room)
        grow(s);
    uint64_t *at = place_of(s, s->tried, s->tried_room, s->done, state);
    if (at[s->words + 1])
        return false;
    put(s, at, s->done, state);
    s->tried_count++;
    return true;
}

/* ---- the list ---- */

static void unlink_one(struct event *e)
{
    e->before->next = e->next;
    if (e->next)
        e->next->before = e->before;
}

static void link_again(struct event *e)
{
    e->before->next = e;
    if (e->next)
        e->next->before = e;
}

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    unsigned long t = x->end ? x->call->start : x->call->end;
    unsigned long u = y->end ? y->call->start : y->call->end;
    return t < u ? -1 : t > u;
}

/* The starts and ends of one object's calls, in order of time behind a head. */
static void list_events(struct search *s, const struct linear_call *calls, size_t all,
                        unsigned object)
{
    struct event **starts = calloc(all + 1, sizeof(struct event *));
    size_t n = 1;
    s->events = calloc(2 * all + 1, sizeof(*s->events));
    assert(starts && s->events);
    for (size_t i = 0; i < all; i++)
        if (calls[i].object == object) {
            assert(calls[i].start < calls[i].end);
            /* end is only a mark until the order is known */
            s->events[n++] = (struct event){ &calls[i], s->count, s->events, 0, 0 };
            s->events[n++] = (struct event){ &calls[i], s->count++, 0, 0, 0 };
        }
    qsort(s->events + 1, n - 1, sizeof(*s->events), by_time);
    for (size_t i = 0; i < n; i++) {
        struct event *e = &s->events[i];
        e->before = i ? e - 1 : NULL;
        e->next = i + 1 < n ? e + 1 : NULL;
        if (i && e->end)
            starts[e->number] = e;
        else if (i)
            starts[e->number]->end = e;
    }
    free(starts);
}

/* ---- the search ---- */

static void take(struct search *s, struct event *start, int state)
{
    s->steps[s->step_count++] = (struct step){ start, state };
    unlink_one(start);
    unlink_one(start->end);
}

/* Undoes the last step; the event after its start, to go on from. */
static struct event *take_back(struct search *s, int *state)
{
    struct step last = s->steps[--s->step_count];
    *state = last.state;
    s->done[last.start->number / 64] &= ~((uint64_t)1 << last.start->number % 64);
    link_again(last.start->end);
    link_again(last.start);
    return last.start->next;
}

static enum linear_verdict search(struct search *s)
{
    struct event *head = s->events, *e = head->next;
    int state = 0, after;
    while (head->next) {
        if (!e->end) { /* it has ended: one of those before it must come first */
            if (!s->step_count)
                return NOT_LINEAR;
            e = take_back(s, &state);
            continue;
        }
        uint64_t bit = (uint64_t)1 << e->number % 64, *word = &s->done[e->number / 64];
        if (s->model(e->call, state, &after)) {
            *word |= bit;
            if (is_new(s, after)) {
                take(s, e, state);
                state = after;
                e = head->next;
                continue;
            }
            *word &= ~bit;
        }
        if (s->tried_count > MOST_TRIED)
            return LINEAR_UNDECIDED;
        e = e->next;
    }
    return LINEAR;
}

enum linear_verdict linear_check(const struct linear_call *calls, size_t count,
                                 unsigned object, linear_model *model)
{
    struct search s = { .model = model };
    list_events(&s, calls, count, object);
    s.words = s.count / 64 + 1;
    s.done = calloc(s.words, sizeof(*s.done));
    s.steps = calloc(s.count + 1, sizeof(*s.steps));
    assert(s.done && s.steps);
    enum linear_verdict verdict = search(&s);
    free(s.events);
    free(s.done);
    free(s.steps);
    free(s.tried);
    return verdict;
}

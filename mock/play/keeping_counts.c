/* keeping_counts.c — what a keep tells, brought into a namespace: everything but
 * instances. */
#include "base/limits.h"
#include "play/idempotency.h"
#include "play/keeping_parts.h"

#include <stdlib.h>

/* A whole number, at most JSON_WHOLE either way, so that counting on cannot overflow.
 */
static bool whole(struct str value, int64_t *n)
{
    char *end = NULL;
    *n = value.ptr && value.len ? strtoll(value.ptr, &end, 10) : 0;
    return end == value.ptr + value.len && end && *n <= JSON_WHOLE && *n >= -JSON_WHOLE;
}

/* ---- sequences and counts ---- */

static void take_sequence(struct loading *l, const struct item *i)
{
    int64_t n;
    for (size_t api = 0; i->tokens[1] && i->tokens[2] && api < l->w->cast.count;
         api++) {
        const struct behaviour *b = l->w->behaviours[api];
        if (strcmp(b->api->name, i->tokens[1]) != 0)
            continue;
        for (size_t s = 0; s < b->plan.sequence_count; s++)
            if (strcmp(b->sequences[s], i->tokens[2]) != 0)
                continue;
            else if (whole(i->value, &n))
                store_sequence_set(l->stores[api], s, n);
            else
                item_odd(l, i, "a whole number");
    }
}

static void take_calls(struct loading *l, const struct item *i)
{
    const struct cast *cast = &l->w->cast;
    int64_t n;
    for (size_t api = 0; i->tokens[1] && i->tokens[2] && api < cast->count; api++) {
        if (strcmp(cast->apis[api]->name, i->tokens[1]) != 0)
            continue;
        for (size_t o = 0; o < cast->apis[api]->operation_count; o++)
            if (strcmp(cast->apis[api]->operations[o].id, i->tokens[2]) != 0)
                continue;
            else if (whole(i->value, &n) && n >= 0)
                l->ns->calls[cast->first[api] + o] = (uint64_t)n;
            else
                item_odd(l, i, "how many calls there were");
    }
}

static void take_clock(struct loading *l, const struct item *i)
{
    int64_t offset;
    if (whole(i->value, &offset) && namespace_clock_move(l->w, l->ns, offset))
        l->k->clock_offset = offset;
    else
        item_odd(l, i, "milliseconds to a time from the year 1 to 9998");
}

static void take_counts(struct loading *l)
{
    for (const struct item *i = l->first; i; i = i->next)
        if (item_is(i, "sequences"))
            take_sequence(l, i);
        else if (item_is(i, "calls"))
            take_calls(l, i);
        else if (item_is(i, "clock"))
            take_clock(l, i);
}

/* ---- what runs ---- */

static void lose_running(struct loading *l, const char *name, const char *why)
{
    l->fewer = true;
    if (l->err)
        err_warn(l->err, (struct where){ .file = NULL },
                 "the scenario or fault \"%.80s\" ran%s and is gone: %s", name,
                 l->in_ns, why);
}

static void start_text(struct loading *l, const char *name, const char *text)
{
    struct arena *own = arena_new(LIMIT_FAULT_MEMORY);
    struct err err = err_in(own);
    if (setjmp(*arena_guard(own))) {
        arena_free(own);
        lose_running(l, name, "it takes too much memory to read");
        return;
    }
    struct scenario *s = scenario_read_text(str(text), &l->w->cast, own, &err);
    if (s)
        s->name = arena_copy(own, str(name));
    arena_unguard(own);
    if (!s) {
        lose_running(l, name, err.first ? err.first->why : "it cannot be read");
        arena_free(own);
    } else if (!namespace_start(l->ns, s, own)) {
        lose_running(l, name, "too many run");
    }
}

static void start_one(struct loading *l, const cJSON *one)
{
    const char *name = json_member_text(one, "name");
    const char *text = json_member_text(one, "text");
    const struct scenario *s = name && !text ? world_scenario(l->w, name) : NULL;
    if (name && text)
        start_text(l, name, text);
    else if (!s)
        lose_running(l, name ? name : "?", "there is no such scenario");
    else if (!namespace_start(l->ns, s, NULL))
        lose_running(l, name, "too many run");
}

/* An array; NULL when it is none. */
static const cJSON *list_of(struct loading *l, const struct item *i)
{
    struct json_error error;
    const cJSON *list =
        i->value.ptr ? json_read(i->value, LIMIT_BODY_NODES, l->arena, &error) : NULL;
    if (json_is_array(list))
        return list;
    item_odd(l, i, "an array");
    return NULL;
}

static bool is_running(const struct item *i, const char *second)
{
    return item_is(i, "running") && i->tokens[1] && strcmp(i->tokens[1], second) == 0;
}

static void take_list(struct loading *l)
{
    int64_t made;
    for (const struct item *i = l->first; i; i = i->next) {
        if (is_running(i, "made")) {
            if (whole(i->value, &made) && made >= 0)
                l->ns->faults_made = l->k->faults_made = (uint64_t)made;
            else
                item_odd(l, i, "how many faults there were");
        }
        const cJSON *list = is_running(i, "list") ? list_of(l, i) : NULL;
        if (!list)
            continue;
        namespace_stop(l->ns, "");
        l->k->listed = true;
        for (const cJSON *one = list->child; one; one = one->next)
            start_one(l, one);
    }
}

static const cJSON *at(const cJSON *list, int index)
{
    const cJSON *one = list ? list->child : NULL;
    while (one && index-- > 0)
        one = one->next;
    return one;
}

static void take_window(struct running *r, const struct item *i, const cJSON *list)
{
    uint64_t limit, place;
    struct window w = { .count = 0 };
    if (json_is_string(at(list, 0)))
        w = (struct window){ strtoull(at(list, 0)->valuestring, NULL, 16),
                             json_whole(at(list, 1), 0), json_whole(at(list, 2), 0) };
    if (item_number(i->tokens[3], LIMIT_LIMITS, &limit) &&
        item_number(i->tokens[4], LIMIT_CALLERS, &place))
        running_window_set(r, limit, place, w);
}

static void take_counted(struct loading *l)
{
    uint64_t number;
    for (const struct item *i = l->first; i; i = i->next) {
        if (!item_is(i, "running") ||
            !item_number(i->tokens[1], LIMIT_FAULTS, &number) ||
            number >= l->ns->running_count || !i->tokens[2])
            continue;
        struct running *r = l->ns->running[number];
        const cJSON *list = list_of(l, i);
        size_t f = 0;
        if (strcmp(i->tokens[2], "limits") == 0)
            take_window(r, i, list);
        else if (list)
            for (const cJSON *one = list->child; one; one = one->next)
                running_fault_set(r, f++, json_whole(at(one, 0), 0),
                                  json_whole(at(one, 1), 0));
    }
}

/* ---- answers for retries ---- */

struct told {
    struct stored_answer answer;
    uint64_t number;
};

static int earlier(const void *a, const void *b)
{
    const struct told *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* In the order in which they were given, which is that in which they are forgotten. */
static void take_answers(struct loading *l)
{
    size_t count = 0;
    struct told *list = NULL;
    for (int reading = 0; reading < 2; reading++) {
        count = 0;
        for (const struct item *i = l->first; i; i = i->next) {
            if (!item_is(i, "answers") || !i->value.ptr)
                continue;
            if (reading && !keeping_answer_read(i->value, &list[count].answer,
                                                &list[count].number, l->arena)) {
                item_odd(l, i, "an answer as --store writes one");
                continue;
            }
            count++;
        }
        if (!reading)
            list = arena_array(l->arena, struct told, count + 1);
    }
    qsort(list, count, sizeof(*list), earlier);
    for (size_t i = 0; i < count; i++) {
        idempotency_keep(l->ns->idempotency, &list[i].answer, NULL);
        if (l->k->answers <= list[i].number)
            l->k->answers = list[i].number + 1;
    }
}

void keeping_take_counts(struct loading *l)
{
    take_counts(l);
    take_list(l);
    take_counted(l);
    take_answers(l);
}

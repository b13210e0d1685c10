/* keeping_counts.c — what a keep tells, brought into a namespace: everything but
 * instances. */
#include "base/limits.h"
#include "play/idempotency.h"
#include "play/keeping_parts.h"

#include <stdlib.h>

static int64_t integer(struct str value)
{
    return value.ptr ? strtoll(value.ptr, NULL, 10) : 0;
}

/* ---- sequences and counts ---- */

static void take_sequence(struct loading *l, const struct item *i)
{
    for (size_t api = 0; i->tokens[2] && api < l->w->cast.count; api++) {
        const struct behaviour *b = l->w->behaviours[api];
        if (strcmp(b->api->name, i->tokens[1]) != 0)
            continue;
        for (size_t s = 0; s < b->plan.sequence_count; s++)
            if (strcmp(b->sequences[s], i->tokens[2]) == 0)
                store_sequence_set(l->stores[api], s, integer(i->value));
    }
}

static void take_calls(struct loading *l, const struct item *i)
{
    const struct cast *cast = &l->w->cast;
    for (size_t api = 0; i->tokens[2] && api < cast->count; api++) {
        if (strcmp(cast->apis[api]->name, i->tokens[1]) != 0)
            continue;
        for (size_t o = 0; o < cast->apis[api]->operation_count; o++)
            if (strcmp(cast->apis[api]->operations[o].id, i->tokens[2]) == 0)
                l->ns->calls[cast->first[api] + o] = (uint64_t)integer(i->value);
    }
}

static void take_counts(struct loading *l)
{
    for (const struct item *i = l->first; i; i = i->next) {
        if (item_is(i, "sequences") && i->tokens[1])
            take_sequence(l, i);
        else if (item_is(i, "calls") && i->tokens[1])
            take_calls(l, i);
        else if (item_is(i, "clock"))
            l->ns->clock_offset = l->k->clock_offset = integer(i->value);
    }
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

static cJSON *value_of(struct loading *l, const struct item *i)
{
    struct json_error error;
    return i->value.ptr ? json_read(i->value, LIMIT_BODY_NODES, l->arena, &error)
                        : NULL;
}

static void take_list(struct loading *l)
{
    for (const struct item *i = l->first; i; i = i->next) {
        if (item_is(i, "running") && i->tokens[1] && strcmp(i->tokens[1], "made") == 0)
            l->ns->faults_made = l->k->faults_made = (uint64_t)integer(i->value);
        const cJSON *list =
            item_is(i, "running") && i->tokens[1] && strcmp(i->tokens[1], "list") == 0
                ? value_of(l, i)
                : NULL;
        if (!list)
            continue;
        namespace_stop(l->ns, "");
        l->k->listed = true;
        for (const cJSON *one = list->child; one; one = one->next)
            start_one(l, one);
    }
}

static int64_t integer_at(const cJSON *list, int at)
{
    const cJSON *one = list ? list->child : NULL;
    while (one && at-- > 0)
        one = one->next;
    return json_whole(one, 0);
}

static void take_window(struct running *r, const struct item *i, const cJSON *list)
{
    uint64_t limit, at;
    struct window w = { .count = 0 };
    if (json_is_string(list ? list->child : NULL))
        w = (struct window){ strtoull(list->child->valuestring, NULL, 16),
                             integer_at(list, 1), integer_at(list, 2) };
    if (item_number(i->tokens[3], LIMIT_LIMITS, &limit) &&
        item_number(i->tokens[4], LIMIT_CALLERS, &at))
        running_window_set(r, limit, at, w);
}

static void take_counted(struct loading *l)
{
    uint64_t at;
    for (const struct item *i = l->first; i; i = i->next) {
        if (!item_is(i, "running") || !item_number(i->tokens[1], LIMIT_FAULTS, &at) ||
            at >= l->ns->running_count || !i->tokens[2])
            continue;
        struct running *r = l->ns->running[at];
        const cJSON *list = value_of(l, i);
        size_t f = 0;
        if (strcmp(i->tokens[2], "limits") == 0)
            take_window(r, i, list);
        else if (list)
            for (const cJSON *one = list->child; one; one = one->next)
                running_fault_set(r, f++, integer_at(one, 0), integer_at(one, 1));
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
                                                &list[count].number, l->arena))
                continue;
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

#include "serve/admin_question.h"

#include <stdio.h>

static cJSON *running_json(struct question *q, const struct running *r)
{
    const struct scenario *s = running_scenario(r);
    cJSON *faults = json_array(q->arena);
    for (size_t i = 0; i < s->fault_count; i++) {
        int64_t seen, fired;
        cJSON *f = json_object(q->arena);
        running_counts(r, i, &seen, &fired);
        json_add(f, "seen", json_integer(q->arena, seen));
        json_add(f, "fired", json_integer(q->arena, fired));
        json_push(faults, f);
    }
    return faults;
}

static cJSON *scenario_json(struct question *q, const struct scenario *s)
{
    cJSON *out = json_object(q->arena);
    const struct running *running = NULL;
    for (size_t i = 0; i < q->ns->running_count; i++)
        if (running_scenario(q->ns->running[i]) == s)
            running = q->ns->running[i];
    json_add(out, "name", question_word(q, s->name));
    json_add(out, "about", question_word(q, s->about));
    json_add(out, "running", json_bool(q->arena, running != NULL));
    if (running)
        json_add(out, "faults", running_json(q, running));
    return out;
}

void admin_scenarios(struct question *q)
{
    const struct world *w = q->service->world;
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    json_add(body, "scenarios", list);
    LOCKED(q);
    for (size_t i = 0; i < w->scenario_count; i++)
        json_push(list, scenario_json(q, w->scenarios[i]));
    UNLOCKED(q);
    question_reply(q, 200, body);
}

static const struct scenario *named(struct question *q)
{
    const struct scenario *s =
        world_scenario(q->service->world, arena_copy(q->arena, q->values[0]));
    if (!s)
        question_problem(q, 404, "no such scenario; GET /__admin/scenarios lists them");
    return s;
}

void admin_scenario_start(struct question *q)
{
    const struct scenario *s = named(q);
    if (!s)
        return;
    LOCKED(q);
    namespace_stop(q->ns, s->name);
    bool ok = namespace_start(q->ns, s, NULL);
    cJSON *body = scenario_json(q, s);
    UNLOCKED(q);
    if (ok)
        question_reply(q, 200, body);
    else
        question_problem(q, 507, "as many scenarios and faults run as may");
}

void admin_scenario_stop(struct question *q)
{
    const struct scenario *s = named(q);
    if (!s)
        return;
    LOCKED(q);
    namespace_stop(q->ns, s->name);
    cJSON *body = scenario_json(q, s);
    UNLOCKED(q);
    question_reply(q, 200, body);
}

/* A fixture's body is JSON in a text; here the JSON itself may stand. */
static cJSON *with_text_bodies(struct question *q, const cJSON *body)
{
    cJSON *copy = json_copy(q->arena, body);
    cJSON *faults = json_member(copy, "faults");
    for (cJSON *f = faults ? faults->child : NULL; f; f = f->next) {
        const cJSON *words = json_member(f, "body");
        if (json_is_object(words))
            json_set(q->arena, f, "body",
                     json_string(q->arena, json_text(words, q->arena)));
    }
    return copy;
}

/* {"on": …} alone is one fault; otherwise {"faults": […], "limits": […]}. */
static struct str fault_text(struct question *q, const cJSON *body)
{
    if (!json_member(body, "on"))
        return json_text(with_text_bodies(q, body), q->arena);
    cJSON *whole = json_object(q->arena), *list = json_array(q->arena);
    json_push(list, json_copy(q->arena, body));
    json_add(whole, "faults", list);
    return json_text(with_text_bodies(q, whole), q->arena);
}

/* What libcyaml and the scenario's reader say of it, in one text. */
static void tell_mistakes(struct question *q, const struct err *err)
{
    struct buffer b = buffer_in(q->arena, LIMIT_HEAD_BYTES);
    for (const struct problem *p = err->first; p; p = p->next)
        if (!p->warning)
            buffer_printf(&b, "%s%s", b.len ? "; " : "", problem_text(p, q->arena));
    question_problem(q, 400, buffer_str(&b).ptr);
}

void admin_fault_start(struct question *q)
{
    struct str text = fault_text(q, q->body);
    struct arena *own = arena_new(LIMIT_FAULT_MEMORY);
    struct err err = err_in(own);
    struct scenario *s = NULL;
    if (setjmp(*arena_guard(q->arena))) {
        arena_free(own);
        arena_fail(q->arena);
    }
    if (setjmp(*arena_guard(own))) {
        arena_unguard(q->arena);
        arena_free(own);
        question_problem(q, 413, "the fault is too large");
        return;
    }
    s = scenario_read_text(text, &q->service->world->cast, own, &err);
    if (!s) {
        tell_mistakes(q, &err);
        arena_unguard(q->arena);
        arena_free(own);
        return;
    }
    enum { NAME_BYTES = 32 };
    cJSON *out = json_object(q->arena);
    char *made = arena_take(own, NAME_BYTES);
    char *name = *s->name ? arena_copy(q->arena, str(s->name))
                          : arena_take(q->arena, NAME_BYTES);
    arena_unguard(own);
    arena_unguard(q->arena);

    /* Nothing in here takes from an arena; started, s may be freed by another call. */
    pthread_mutex_lock(&q->ns->lock);
    question_begin(q);
    if (!*s->name) {
        snprintf(made, NAME_BYTES, "fault-%llu",
                 (unsigned long long)++q->ns->faults_made);
        memcpy(name, made, NAME_BYTES);
        s->name = made;
    }
    bool ok = namespace_start(q->ns, s, own);
    question_end(q);
    if (!ok) {
        question_problem(q, 507, "as many scenarios and faults run as may");
        return;
    }
    json_add(out, "name", question_word(q, name));
    question_reply(q, 201, out);
}

void admin_faults(struct question *q)
{
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    json_add(body, "faults", list);
    LOCKED(q);
    for (size_t i = 0; i < q->ns->running_count; i++) {
        cJSON *one = json_object(q->arena);
        json_add(one, "name",
                 question_word(q, running_scenario(q->ns->running[i])->name));
        json_add(one, "faults", running_json(q, q->ns->running[i]));
        json_push(list, one);
    }
    UNLOCKED(q);
    question_reply(q, 200, body);
}

void admin_faults_stop(struct question *q)
{
    LOCKED(q);
    namespace_stop(q->ns, "");
    UNLOCKED(q);
    q->a->status = 204;
}

void admin_fault_stop(struct question *q)
{
    const char *name = arena_copy(q->arena, q->values[0]);
    LOCKED(q);
    size_t stopped = *name ? namespace_stop(q->ns, name) : 0;
    UNLOCKED(q);
    if (stopped)
        q->a->status = 204;
    else
        question_problem(q, 404, "no fault or scenario of that name is running");
}

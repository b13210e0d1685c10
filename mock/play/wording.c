#include "play/wording.h"

#include "play/declared.h"

struct error_plan error_plan_read(struct naming *n, int status, const char *error,
                                  const char *body, struct where at)
{
    struct error_plan plan = { .status = status, .error = error };
    if (status && (status < 400 || status > 599))
        err_set(n->err, at, "expected a status from 400 to 599, found %d", status);
    if (body)
        plan.body = template_read(n, body, at);
    return plan;
}

const struct error_plan *wording_of(const struct wordings *w, const char *on,
                                    struct scope *s)
{
    for (size_t i = 0; on && i < w->count; i++)
        if (strcmp(w->list[i].on, on) == 0 &&
            (!w->list[i].when || condition_holds(w->list[i].when, s)))
            return &w->list[i].plan;
    return NULL;
}

/* ---- finding an error by its name ---- */

static bool names_itself(const cJSON *value, const char *name)
{
    for (const cJSON *m = json_is_object(value) ? value->child : NULL; m; m = m->next)
        if (json_is_string(m) && strcmp(m->valuestring, name) == 0)
            return true;
    return false;
}

static const cJSON *example_named(const struct media *m, const char *name)
{
    for (size_t i = 0; i < m->example_count; i++) {
        const struct example *e = &m->examples[i];
        if (e->value && e->fits &&
            (strcmp(e->name, name) == 0 || names_itself(e->value, name)))
            return e->value;
    }
    return NULL;
}

static const cJSON *sample_named(const struct media *m, const char *name,
                                 struct chance *chance, struct arena *arena)
{
    const char *member = m->schema ? schema_member_allowing(m->schema, name) : NULL;
    return member ? declared_sample(m, member, name, SAMPLE_REQUIRED, chance, arena)
                  : NULL;
}

static const cJSON *any_body(const struct reply *reply, struct chance *chance,
                             struct arena *arena)
{
    const struct media *m = reply_json(reply);
    if (!m)
        return NULL;
    const struct example *e = media_example(m, STR(""));
    return e && e->value
               ? e->value
               : declared_sample(m, NULL, NULL, SAMPLE_REQUIRED, chance, arena);
}

static bool will_do(const struct reply *r, int status)
{
    return r->low == r->high && r->low >= 400 && (!status || r->low == status);
}

bool error_find(const struct operation *op, const char *name, int status,
                struct chance *chance, struct arena *arena, const struct reply **reply,
                const cJSON **body)
{
    *body = NULL;
    for (int way = 0; way < 3; way++)
        for (size_t i = 0; i < op->reply_count; i++) {
            const struct reply *r = &op->replies[i];
            const struct media *m = reply_json(r);
            if (!will_do(r, status))
                continue;
            *reply = r;
            if (way == 0 && m && (*body = example_named(m, name)))
                return true;
            if (way == 1 && m && (*body = sample_named(m, name, chance, arena)))
                return true;
            bool named =
                strcmp(r->name, name) == 0 || r->low == status_of_name(str(name));
            if (way == 2 && named) {
                *body = any_body(r, chance, arena);
                return true;
            }
        }
    return false;
}

/* ---- the answer ---- */

static void merge(cJSON *into, const cJSON *from, struct arena *arena)
{
    for (const cJSON *m = json_is_object(from) ? from->child : NULL; m; m = m->next)
        json_set(arena, into, m->string, json_copy(arena, m));
}

static cJSON *worded(const struct error_plan *plan, struct scope *s)
{
    return plan && plan->body ? template_value(plan->body, s) : NULL;
}

static void add_retry_after(struct scope *s, struct answer *a)
{
    const struct binding *limit = scope_binding(s, "limit");
    const cJSON *seconds = limit ? json_member(limit->value, "retry_after") : NULL;
    if (a->status != 429 && a->status != 503)
        return;
    answer_header(a, "Retry-After",
                  json_is_number(seconds) ? json_text(seconds, s->arena) : STR("1"));
}

void error_answer(const struct error_plan *plan, const struct wordings *w,
                  struct scope *s, int status, const char *detail, struct answer *a)
{
    static const struct error_plan nothing;
    const struct error_plan *p = plan ? plan : &nothing;
    const struct error_plan *general = wording_of(w, p->error, s);
    const struct reply *reply = NULL;
    const cJSON *start = NULL;
    int wanted = p->status ? p->status : general ? general->status : 0;

    a->error = p->error;
    a->body = NULL;
    a->text = (struct str){ NULL, 0 };
    a->fits = a->unworded = a->single = a->same = a->dated = false;
    bool declared =
        s->operation && p->error &&
        error_find(s->operation, p->error, wanted, s->chance, s->arena, &reply, &start);
    a->status = declared ? reply->low
                : wanted ? wanted
                : p->error && status_of_name(str(p->error))
                    ? status_of_name(str(p->error))
                    : status;

    cJSON *first = general != p ? worded(general, s) : NULL;
    cJSON *second = worded(p, s);
    cJSON *body = json_is_object(start) ? json_copy(s->arena, start) : NULL;
    if (body || first) {
        if (!body)
            body = json_object(s->arena);
        merge(body, first, s->arena);
        if (second && !json_is_object(second))
            body = second;
        else
            merge(body, second, s->arena);
    } else {
        body = second;
    }
    if (body) {
        bool problem = json_member(body, "title") && json_member(body, "status");
        bool media = reply && reply_json(reply);
        a->body = body;
        a->content_type = media               ? reply_json(reply)->type
                          : problem && !media ? "application/problem+json"
                                              : "application/json";
    } else {
        answer_problem(a, a->status, detail, s->arena);
        a->unworded = true;
    }
    add_retry_after(s, a);
}

#include "play/callback.h"

#include "api/body.h"
#include "api/runtime.h"
#include "play/about.h"
#include "play/echo.h"
#include "play/fields.h"
#include "schema/sample.h"

static cJSON *sample(struct call *c, const struct schema *schema, enum sample_size size)
{
    struct sampler sampler = { .size = size,
                               .direction = DIRECTION_REQUEST,
                               .chance = c->scope.chance,
                               .arena = c->arena };
    return schema ? sample_make(&sampler, schema) : NULL;
}

static cJSON *said_back(struct call *c, const struct schema *schema, cJSON *value,
                        const cJSON *body)
{
    if (!json_is_object(body))
        return value;
    cJSON *input = json_object(c->arena);
    json_add(input, "body", json_copy(c->arena, body));
    return echo_input(value, schema, DIRECTION_REQUEST, c->route.operation, input,
                      c->arena);
}

/* What the answer says beats what was asked: the id is the one that was given. Between
 * them is the instance, of which an answer may say little (204). */
static cJSON *echoed(struct call *c, const struct schema *schema, cJSON *value)
{
    const struct operation *op = c->route.operation;
    const struct media *m = reply_json(operation_reply(op, c->answer.status));
    value = echo_input(value, schema, DIRECTION_REQUEST, op, c->input, c->arena);
    value = said_back(c, schema, value, c->answer.about);
    value = said_back(c, schema, value, c->answer.body);
    about_put(value, schema, &c->answer, m ? m->schema : NULL, c->arena);
    return value;
}

/* Expressions in an example become what they name in this call; one that names nothing
 * stays as it is written. */
static void speak(struct call *c, const struct exchange *x, cJSON *at)
{
    const char *why;
    for (cJSON *m = at->child; m; m = m->next)
        speak(c, x, m);
    if (!json_is_string(at) || !runtime_is(at->valuestring, c->arena))
        return;
    const cJSON *value =
        runtime_value(runtime_read(at->valuestring, c->arena, &why), x, c->arena);
    if (value)
        json_become(at, json_copy(c->arena, value));
}

/* NULL when it does not fit in this call, or there is none. */
static const cJSON *exemplary(struct call *c, const struct exchange *x,
                              const struct media *m, const struct example *e)
{
    if (!e || !e->value)
        return NULL;
    cJSON *value = json_copy(c->arena, e->value);
    speak(c, x, value);
    bool same = json_equal(value, e->value) || !m->schema ||
                schema_check(m->schema, value, DIRECTION_REQUEST, "", c->arena, NULL);
    return same ? value : NULL;
}

static void fill_bytes(struct call *c, struct posting *p, const struct media *m,
                       const cJSON *value)
{
    if (m->json || strchr(m->type, '*'))
        p->body = json_text(value, c->arena);
    else if (!body_write(m, value, c->arena, &p->body))
        p->why = arena_printf(c->arena, "a body of %.100s cannot be written", m->type);
}

static void fill_body(struct call *c, const struct exchange *x, struct posting *p,
                      const struct media *m)
{
    if (!m)
        return;
    const struct example *e = media_example(m, STR(""));
    const cJSON *given = exemplary(c, x, m, e);
    bool bytes = e && e->text.ptr;
    cJSON *value = bytes || given ? NULL : sample(c, m->schema, SAMPLE_TYPICAL);
    if (value)
        value = echoed(c, m->schema, value);
    p->content_type = strchr(m->type, '*') ? "application/json" : m->type;
    if (bytes)
        p->body = e->text;
    else if (given || value)
        fill_bytes(c, p, m, given ? given : value);
    else if (m->schema)
        p->why = "no body was found that fits its schema";
    if (p->body.len > LIMIT_CALLBACK_BODY)
        p->why = "its body is too long";
}

static void fill_fields(struct call *c, const struct exchange *x, struct posting *p,
                        const struct callback *from)
{
    p->headers = arena_array(c->arena, struct header, from->field_count + 1);
    for (size_t i = 0; i < from->field_count; i++) {
        const struct field *f = &from->fields[i];
        cJSON *v = f->given ? json_copy(c->arena, f->given)
                            : sample(c, f->schema, SAMPLE_REQUIRED);
        if (f->given)
            speak(c, x, v);
        struct str text = field_text(f, v, c->arena);
        if (text.ptr)
            p->headers[p->header_count++] = (struct header){ str(f->name), text };
    }
}

static void fill(struct call *c, const struct exchange *x, struct posting *p,
                 const struct callback *from)
{
    p->name = from->name;
    p->expression = from->expression;
    p->method = from->operation.method;
    p->operation = &from->operation;
    p->url = runtime_url(from->url, x, c->arena, &p->why);
    if (!p->url.ptr)
        return;
    fill_body(c, x, p, from->media);
    fill_fields(c, x, p, from);
}

size_t callback_postings(struct call *c, const struct response *r,
                         struct posting **list)
{
    const struct operation *op = c->route.operation;
    struct exchange x = {
        .request = c->request, .input = c->input, .response = r, .body = c->answer.body
    };
    *list = arena_array(c->arena, struct posting, op->callback_count);
    for (size_t i = 0; i < op->callback_count; i++)
        fill(c, &x, &(*list)[i], &op->callbacks[i]);
    return op->callback_count;
}

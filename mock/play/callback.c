#include "play/callback.h"

#include "api/body.h"
#include "api/runtime.h"
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

/* What the answer says beats what was asked: the id is the one that was given. */
static cJSON *echoed(struct call *c, const struct schema *schema, cJSON *value)
{
    const struct operation *op = c->route.operation;
    value = echo_input(value, schema, DIRECTION_REQUEST, op, c->input, c->arena);
    if (!json_is_object(c->answer.body))
        return value;
    cJSON *answered = json_object(c->arena);
    json_add(answered, "body", json_copy(c->arena, c->answer.body));
    return echo_input(value, schema, DIRECTION_REQUEST, op, answered, c->arena);
}

static void fill_bytes(struct call *c, struct posting *p, const struct media *m,
                       const cJSON *value)
{
    if (m->json || strchr(m->type, '*'))
        p->body = json_text(value, c->arena);
    else if (!body_write(m, value, c->arena, &p->body))
        p->why = arena_printf(c->arena, "a body of %.100s cannot be written", m->type);
}

static void fill_body(struct call *c, struct posting *p, const struct media *m)
{
    if (!m)
        return;
    const struct example *e = media_example(m, STR(""));
    cJSON *value = e ? NULL : sample(c, m->schema, SAMPLE_TYPICAL);
    if (value)
        value = echoed(c, m->schema, value);
    p->content_type = strchr(m->type, '*') ? "application/json" : m->type;
    if (e && e->text.ptr)
        p->body = e->text;
    else if (e || value)
        fill_bytes(c, p, m, e ? e->value : value);
    else if (m->schema)
        p->why = "no body was found that fits its schema";
    if (p->body.len > LIMIT_CALLBACK_BODY)
        p->why = "its body is too long";
}

static void fill_fields(struct call *c, struct posting *p, const struct callback *from)
{
    p->headers = arena_array(c->arena, struct header, from->field_count + 1);
    for (size_t i = 0; i < from->field_count; i++) {
        const struct field *f = &from->fields[i];
        const cJSON *v = f->given ? f->given : sample(c, f->schema, SAMPLE_REQUIRED);
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
    fill_body(c, p, from->media);
    fill_fields(c, p, from);
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

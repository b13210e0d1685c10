/* Bodies and their Content-Type; multipart by RFC 7578 and RFC 2046, 5.1. */
#include "api/write_parts.h"

#include "api/body.h"
#include "api/encoding.h"
#include "api/media.h"
#include "api/shape.h"

/* A type that the entry takes: its own, or one that its range has in it. */
static const char *type_of(struct writing *w, const struct media *m)
{
    const struct media_type *t = m->parsed;
    if (!t || !media_type_is_range(t))
        return m->type;
    if (str_is(t->type, "*"))
        return "application/octet-stream";
    return arena_printf(w->arena, "%.*s/%s", (int)t->type.len, t->type.ptr,
                        m->kind == MEDIA_TEXT ? "plain" : "octet-stream");
}

/* ---- multipart ---- */

/* A word that is nowhere in the body; what could hide it in JSON is no letter. */
static const char *boundary_for(struct writing *w, const cJSON *value)
{
    const char *all = json_text(value, w->arena).ptr, *boundary;
    unsigned n = 0;
    do
        boundary = arena_printf(w->arena, "understudy%u", n++);
    while (strstr(all, boundary));
    return boundary;
}

/* Quotes and line ends in a name, as browsers write them (RFC 7578, 2). */
static void put_name(struct buffer *b, const char *name)
{
    for (const char *p = name; *p; p++)
        switch (*p) {
        case '"':
            buffer_add_text(b, "%22");
            break;
        case '\r':
            buffer_add_text(b, "%0D");
            break;
        case '\n':
            buffer_add_text(b, "%0A");
            break;
        default:
            buffer_add_char(b, *p);
        }
}

static bool put_part(struct writing *w, struct buffer *b, const char *boundary,
                     const char *name, const struct shape *s, const struct encoding *e,
                     const cJSON *value)
{
    bool nested = json_is_object(value) || json_is_array(value);
    bool binary = s && s->binary && json_is_string(value);
    bool told = e && e->type_count && !media_type_is_range(&e->types[0]);
    enum media_kind kind = told     ? media_kind_of(&e->types[0])
                           : nested ? MEDIA_JSON
                           : binary ? MEDIA_BYTES
                                    : MEDIA_TEXT;
    struct media as = { .kind = kind, .json = kind == MEDIA_JSON, .shape = s };
    struct str bytes;
    if ((kind == MEDIA_JSON && json_is_string(value)) || kind == MEDIA_MULTIPART)
        as.kind = MEDIA_TEXT;
    if (!body_write(&as, value, w->arena, &bytes))
        return write_fails(w, "the value has no form in a part of that type");
    buffer_printf(b, "--%s\r\n", boundary);
    if (name) {
        buffer_add_text(b, "Content-Disposition: form-data; name=\"");
        put_name(b, name);
        buffer_add_text(b, binary ? "\"; filename=\"file\"\r\n" : "\"\r\n");
    }
    if (told)
        buffer_printf(b, "Content-Type: %.*s/%.*s\r\n", (int)e->types[0].type.len,
                      e->types[0].type.ptr, (int)e->types[0].subtype.len,
                      e->types[0].subtype.ptr);
    else if (nested || binary)
        buffer_printf(b, "Content-Type: application/%s\r\n",
                      nested ? "json" : "octet-stream");
    buffer_add_text(b, "\r\n");
    buffer_add(b, bytes);
    buffer_add_text(b, "\r\n");
    return true;
}

static bool put_member(struct writing *w, struct buffer *b, const char *boundary,
                       const struct media *m, const cJSON *value)
{
    const struct shape *s = shape_member(m->shape, str(value->string));
    const struct encoding *e = encoding_of(m, str(value->string));
    bool whole = !json_is_array(value) || encoding_is_json(e);
    if (!whole && !value->child)
        return write_fails(w, "no part stands for an empty list");
    for (const cJSON *c = whole ? value : value->child; c; c = whole ? NULL : c->next)
        if (!put_part(w, b, boundary, value->string, whole || !s ? s : s->items, e, c))
            return false;
    return true;
}

static bool write_multipart(struct writing *w, const struct media *m,
                            const cJSON *value, const char *type)
{
    struct buffer b = buffer_in(w->arena, LIMIT_ANSWER_BYTES);
    const char *boundary = boundary_for(w, value);
    size_t index = 0;
    bool list = json_is_array(value);
    if (!list && !json_is_object(value))
        return write_fails(w, "only an object or a list has parts");
    if (!value->child)
        return write_fails(w, "a multipart body has one part at least");
    for (const cJSON *c = value->child; c; c = c->next, index++)
        if (list ? !put_part(w, &b, boundary, NULL, shape_item(m->shape, index),
                             encoding_at(m, index), c)
                 : !put_member(w, &b, boundary, m, c))
            return false;
    buffer_printf(&b, "--%s--\r\n", boundary);
    w->request->body = buffer_str(&b);
    if (strstr(type, "octet-stream"))
        type = "multipart/form-data";
    return write_field(w, "Content-Type",
                       str(arena_printf(w->arena, "%s; boundary=%s", type, boundary)));
}

/* Takes out what leaves no trace in a form: empty lists and objects. */
static bool prune(cJSON *value)
{
    bool pruned = false;
    for (cJSON *c = value->child, *next; c; c = next) {
        next = c->next;
        pruned = prune(c) || pruned;
        if ((json_is_array(c) || json_is_object(c)) && !c->child) {
            json_detach(value, c);
            pruned = true;
        }
    }
    return pruned;
}

/* Whether a form that leaves them out does not make a value wrong that was right. */
static bool is_said_by_form(struct writing *w, const struct media *m,
                            const cJSON *value)
{
    cJSON *left = json_copy(w->arena, value);
    return !prune(left) || !m->schema ||
           schema_check(m->schema, left, DIRECTION_REQUEST, "", w->arena, NULL) ||
           !schema_check(m->schema, value, DIRECTION_REQUEST, "", w->arena, NULL);
}

bool write_body(struct writing *w, const struct media *m, const cJSON *value)
{
    const char *type = type_of(w, m);
    if (m->kind == MEDIA_MULTIPART)
        return write_multipart(w, m, value, type);
    if (m->kind == MEDIA_FORM && !is_said_by_form(w, m, value))
        return write_fails(w,
                           "nothing stands for an empty list or object in a form, and "
                           "one is needed");
    if (!body_write(m, value, w->arena, &w->request->body))
        return write_fails(w, "the value has no form as %.60s", m->type);
    if (!w->request->body.len)
        w->request->body.ptr = NULL;
    return write_field(w, "Content-Type", str(type));
}

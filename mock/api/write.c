#include "api/write_parts.h"

#include "api/param.h"

#include <stdarg.h>
#include <stdio.h>

bool write_fails(struct writing *w, const char *why, ...)
{
    char text[LIMIT_PROBLEM_TEXT];
    va_list args;
    va_start(args, why);
    vsnprintf(text, sizeof(text), why, args);
    va_end(args);
    if (!w->why)
        w->why = arena_copy(w->arena, str(text));
    return false;
}

bool write_field(struct writing *w, const char *name, struct str value)
{
    struct request *r = w->request;
    if (r->header_count == LIMIT_HEADERS)
        return write_fails(w, "a request has at most %d header fields", LIMIT_HEADERS);
    r->headers[r->header_count++] = (struct header){ str(name), value };
    return true;
}

/* ---- path ---- */

static const cJSON *place(const cJSON *input, enum param_in in)
{
    return json_member(input, param_in_name(in));
}

static bool is_place(struct writing *w, const cJSON *values, enum param_in in)
{
    return !values || json_is_object(values) ||
           write_fails(w, "%s is always an object", param_in_name(in));
}

/* The template with its values in it. */
static bool fill_template(struct writing *w, const struct operation *op,
                          const cJSON *values, const char *base)
{
    struct buffer b = buffer_in(w->arena, LIMIT_HEAD_BYTES);
    const char *rest = op->path;
    if (!is_place(w, values, PARAM_PATH))
        return false;
    buffer_add_text(&b, base);
    for (size_t i = 0; i < op->table->path_count; i++) {
        const char *open = strchr(rest, '{'), *close = open ? strchr(open, '}') : NULL;
        const struct param *p = op->table->path[i];
        const cJSON *value = p ? json_member(values, p->name) : NULL;
        if (!close)
            break;
        if (!value)
            return write_fails(w, "a path without its value is another path");
        buffer_add(&b, (struct str){ rest, (size_t)(open - rest) });
        if (!write_path(w, p, value, &b))
            return false;
        rest = close + 1;
    }
    buffer_add_text(&b, rest);
    w->request->path = buffer_str(&b);
    return !b.full ||
           write_fails(w, "a path is at most %d bytes long", LIMIT_HEAD_BYTES);
}

/* ---- the other places ---- */

static const struct param *declared(const struct operation *op, enum param_in in,
                                    const char *name)
{
    for (size_t i = 0; i < op->param_count; i++)
        if (op->params[i].in == in && strcmp(op->params[i].name, name) == 0)
            return &op->params[i];
    return NULL;
}

static bool write_member(struct writing *w, const struct operation *op,
                         enum param_in in, const cJSON *value)
{
    const struct param *p = declared(op, in, value->string);
    if (in == PARAM_QUERY)
        return p ? write_query(w, p, value)
                 : write_pair(w, &w->query, value->string, value);
    if (in == PARAM_HEADER)
        return p ? write_header(w, p, value)
                 : write_field(w, value->string, write_text(value, w->arena));
    return p ? write_cookie(w, p, value)
             : write_pair(w, &w->cookie, value->string, value);
}

static bool write_places(struct writing *w, const struct operation *op,
                         const cJSON *input)
{
    for (enum param_in in = PARAM_QUERY; in <= PARAM_COOKIE; in++) {
        const cJSON *values = place(input, in);
        if (in == PARAM_QUERY && op->table->querystring) {
            if (values && !write_query(w, op->table->querystring, values))
                return false;
            continue;
        }
        if (!is_place(w, values, in))
            return false;
        for (const cJSON *c = values ? values->child : NULL; c; c = c->next)
            if (!write_member(w, op, in, c))
                return false;
    }
    return true;
}

bool request_write(const struct operation *op, const struct media *media,
                   const cJSON *input, const char *base, struct arena *arena,
                   struct request *r, const char **why)
{
    struct writing w = { .arena = arena,
                         .request = r,
                         .query = buffer_in(arena, LIMIT_BODY_BYTES),
                         .cookie = buffer_in(arena, LIMIT_HEAD_BYTES) };
    const cJSON *body = json_member(input, "body");
    *r = (struct request){ .method = str(op->method) };
    bool ok = json_is_object(input) || write_fails(&w, "a request is always an object");
    ok = ok && fill_template(&w, op, place(input, PARAM_PATH), base) &&
         write_places(&w, op, input);
    if (ok && w.query.len)
        r->query = buffer_str(&w.query);
    if (ok && w.cookie.len)
        ok = write_field(&w, "Cookie", buffer_str(&w.cookie));
    if (ok && body)
        ok = media ? write_body(&w, media, body)
                   : write_fails(&w, "the operation declares no body");
    if (ok && body && !r->body.len && op->body_required)
        ok = write_fails(&w, "an empty text is no body, and one is required");
    if (ok && (w.query.full || w.cookie.full))
        ok = write_fails(&w, "a request's head is at most %d bytes long",
                         LIMIT_HEAD_BYTES);
    *why = w.why;
    return ok;
}

/* ---- credentials ---- */

static bool write_key(struct writing *w, const struct scheme *s, const char *key)
{
    struct request *r = w->request;
    struct buffer pair = buffer_in(w->arena, LIMIT_HEAD_BYTES);
    if (s->in == PARAM_HEADER)
        return write_field(w, s->param_name, str(key));
    uri_encode(&pair, str(s->param_name), URI_UNRESERVED);
    buffer_add_char(&pair, '=');
    uri_encode(&pair, str(key), URI_UNRESERVED);
    const char *text = buffer_str(&pair).ptr;
    if (s->in == PARAM_QUERY) {
        r->query =
            str(r->query.len ? arena_printf(w->arena, "%.*s&%s", (int)r->query.len,
                                            r->query.ptr, text)
                             : text);
        return true;
    }
    for (size_t i = 0; i < r->header_count; i++)
        if (str_equal_nocase(r->headers[i].name, STR("Cookie"))) {
            struct str *v = &r->headers[i].value;
            *v = str(arena_printf(w->arena, "%.*s; %s", (int)v->len, v->ptr, text));
            return true;
        }
    return write_field(w, "Cookie", str(text));
}

bool credentials_write(const struct requirement *need, const struct credentials *own,
                       struct arena *arena, struct request *r)
{
    struct writing w = { .arena = arena, .request = r };
    bool ok = true, authorized = false;
    for (size_t i = 0; i < need->count && ok; i++) {
        const struct scheme *s = need->needs[i].scheme;
        bool basic = s->kind == SCHEME_BASIC;
        if (s->kind == SCHEME_API_KEY)
            ok = write_key(&w, s, own->key);
        if (s->kind == SCHEME_API_KEY || s->kind == SCHEME_OTHER || authorized)
            continue;
        authorized = true;
        ok = write_field(&w, "Authorization",
                         str(arena_printf(arena, "%s %s", basic ? "Basic" : "Bearer",
                                          basic ? own->basic : own->bearer)));
    }
    return ok;
}

#include "play/fields.h"

#include "doc/uri.h"
#include "play/declared.h"
#include "play/echo.h"

/* ---- declared fields ---------------------------------------------------------------
 */

static struct str plain(const cJSON *v, struct arena *arena)
{
    return json_is_string(v) ? str(v->valuestring) : json_text(v, arena);
}

/* A value in the style `simple` (OpenAPI 4.8.12.2). */
static struct str written(const struct field *f, const cJSON *v, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    if (f->as_json || (!json_is_array(v) && !json_is_object(v)))
        return f->as_json ? json_text(v, arena) : plain(v, arena);
    for (const cJSON *m = v->child; m; m = m->next) {
        buffer_add_text(&b, m == v->child ? "" : ",");
        if (json_is_object(v))
            buffer_printf(&b, "%s%c", m->string, f->explode ? '=' : ',');
        buffer_add(&b, plain(m, arena));
    }
    return buffer_str(&b);
}

/* A field holds visible ASCII, spaces and tabs (RFC 9110, 5.5); others are left out. */
static bool can_be_sent(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < ' ' && text.ptr[i] != '\t') || text.ptr[i] > '~')
            return false;
    return text.len <= LIMIT_FIELD_BYTES;
}

static bool is_said(const struct answer *a, const char *name)
{
    for (size_t i = 0; i < a->header_count; i++)
        if (str_equal_nocase(a->headers[i].name, str(name)))
            return true;
    return false;
}

struct str field_text(const struct field *f, const cJSON *value, struct arena *arena)
{
    struct str text =
        value && !json_is_null(value) ? written(f, value, arena) : STR("");
    return text.len && can_be_sent(text) ? text : (struct str){ NULL, 0 };
}

static const cJSON *value_of(struct call *c, const struct field *f)
{
    const struct media as_media = { .schema = f->schema };
    if (!f->given)
        return declared_sample(&as_media, NULL, NULL, SAMPLE_REQUIRED, c->scope.chance,
                               c->arena);
    bool fits = !f->schema || schema_check(f->schema, f->given, DIRECTION_RESPONSE, "",
                                           c->arena, NULL);
    return fits || f->required ? f->given : NULL;
}

/* A tag and a date of ours are better than a sample, unless the document wants them to
 * look different. */
static bool is_ours(struct call *c, const struct field *f)
{
    struct answer *a = &c->answer;
    if (!a->single && !a->same)
        return false;
    if (str_equal_nocase(str(f->name), STR("Last-Modified")))
        return a->dated;
    if (!str_equal_nocase(str(f->name), STR("ETag")))
        return false;
    const cJSON *tag = json_string(c->arena, STR("\"0123456789abcdef\""));
    if (!f->schema ||
        schema_check(f->schema, tag, DIRECTION_RESPONSE, "", c->arena, NULL))
        return true;
    a->single = a->same = false;
    return false;
}

static void fill_declared(struct call *c, const struct reply *reply, bool all)
{
    for (size_t i = 0; reply && i < reply->field_count; i++) {
        const struct field *f = &reply->fields[i];
        if (is_said(&c->answer, f->name) || is_ours(c, f) || (!all && !f->required))
            continue;
        struct str text = field_text(f, value_of(c, f), c->arena);
        if (text.ptr)
            answer_header(&c->answer, f->name, text);
    }
}

/* ---- Location ----------------------------------------------------------------------
 */

/* The value that goes into the item's path: the body's member of the template's name,
 * or its id when the name is one for ids; in the body or the one object that it wraps.
 */
static const cJSON *key_in(const cJSON *body, const char *name, bool id)
{
    const cJSON *only = NULL, *v = json_member(body, name);
    if (!v && id)
        v = json_member(body, "id");
    if (v || !json_is_object(body))
        return v;
    for (const cJSON *m = body->child; m; m = m->next) {
        if (!json_is_object(m))
            continue;
        if (only)
            return NULL;
        only = m;
    }
    v = json_member(only, name);
    return v || !id ? v : json_member(only, "id");
}

static void fill_location(struct call *c)
{
    const struct operation *item = c->route.operation->item;
    struct str path = c->request->path;
    if (c->answer.status != 201 || !item || is_said(&c->answer, "Location"))
        return;
    const char *open = strrchr(item->path, '{') + 1, *close = strchr(open, '}');
    char *name = arena_copy(c->arena, (struct str){ open, (size_t)(close - open) });
    const char *own = c->route.operation->path;
    struct str end = str_from(str(own), operation_stem(own).len);
    if (path.len > end.len &&
        str_equal(str_from(path, path.len - end.len), end)) /* "/" or ".json" */
        path.len -= end.len;
    const cJSON *key =
        key_in(c->answer.body, name, strcmp(name, "id") == 0 || echo_names_id(name));
    if (!json_is_string(key) && !json_is_number(key))
        return;
    struct str text = plain(key, c->arena);
    struct buffer b = buffer_in(c->arena, LIMIT_HEAD_BYTES);
    buffer_add(&b, path);
    buffer_add_char(&b, '/');
    uri_encode(&b, text, URI_UNRESERVED);
    buffer_add_text(&b, close + 1);
    if (text.len && !b.full)
        answer_header(&c->answer, "Location", buffer_str(&b));
}

/* ---- all ---------------------------------------------------------------------------
 */

static bool is_of_the_document(const char *voice)
{
    static const char *const voices[] = { "example", "sample", "preference" };
    for (size_t i = 0; voice && i < COUNT(voices); i++)
        if (strcmp(voice, voices[i]) == 0)
            return true;
    return false;
}

void fields_fill(struct call *c)
{
    const struct operation *op = c->route.operation;
    const struct reply *reply = operation_reply(op, c->answer.status);
    fill_location(c);
    fill_declared(c, reply, is_of_the_document(c->answer.voice));
    /* RFC 9745, 2.1: a date in the past says "is deprecated". The document says only
     * that, so the date is the earliest one. */
    if (op->deprecated && !is_said(&c->answer, "Deprecation"))
        answer_header(&c->answer, "Deprecation", STR("@0"));
}

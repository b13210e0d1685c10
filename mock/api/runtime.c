#include "api/runtime.h"

#include "base/buffer.h"
#include "doc/pointer.h"
#include "doc/uri.h"

enum part_kind {
    PART_LITERAL,
    PART_URL,
    PART_METHOD,
    PART_STATUS,
    PART_REQUEST, /* a pointer into the input tree */
    PART_REQUEST_HEADER,
    PART_RESPONSE, /* a pointer into the response's body */
    PART_RESPONSE_HEADER
};

struct part {
    enum part_kind kind;
    const char *text;    /* as written; of PART_LITERAL what is said */
    const char *name;    /* of a header */
    const char *pointer; /* of PART_REQUEST and PART_RESPONSE */
};

struct runtime {
    struct part *parts;
    size_t count;
};

/* ---- reading ---- */

/* "body#/id" → true, and *pointer is base + "/id". */
static bool read_body(struct str source, const char *base, struct arena *arena,
                      const char **pointer, const char **why)
{
    struct str rest = source, word;
    str_split(&rest, '#', &word);
    if (!str_is(word, "body"))
        return false;
    *pointer = rest.ptr ? arena_copy(arena, rest) : "";
    if (!pointer_valid(*pointer) || (rest.ptr && !*pointer))
        *why = "expected a JSON pointer such as #/id behind \"body\"";
    *pointer = arena_printf(arena, "%s%s", base, *pointer);
    return true;
}

/* "header.x-id" → "x-id" when place is "header."; NULL when it does not start so. */
static const char *read_name(struct str source, const char *place, struct arena *arena)
{
    struct str start = str(place);
    return str_starts(source, start) && source.len > start.len
               ? arena_copy(arena, str_from(source, start.len))
               : NULL;
}

static const char *read_request(struct part *p, struct str source, struct arena *arena)
{
    static const char *const places[] = { "query", "path" };
    const char *why = NULL;
    p->kind = PART_REQUEST;
    if (read_body(source, "/body", arena, &p->pointer, &why))
        return why;
    for (size_t i = 0; i < COUNT(places); i++) {
        const char *name =
            read_name(source, arena_printf(arena, "%s.", places[i]), arena);
        if (!name)
            continue;
        p->pointer = pointer_join(arena, arena_printf(arena, "/%s", places[i]), name);
        return NULL;
    }
    p->kind = PART_REQUEST_HEADER;
    p->name = read_name(source, "header.", arena);
    return p->name ? NULL
                   : "expected $request.body, .query.NAME, .path.NAME or .header.NAME";
}

static const char *read_response(struct part *p, struct str source, struct arena *arena)
{
    const char *why = NULL;
    p->kind = PART_RESPONSE;
    if (read_body(source, "", arena, &p->pointer, &why))
        return why;
    p->kind = PART_RESPONSE_HEADER;
    p->name = read_name(source, "header.", arena);
    return p->name ? NULL : "expected $response.body or .header.NAME";
}

/* Why text is no expression, or NULL. */
static const char *read_part(struct part *p, struct str text, struct arena *arena)
{
    static const struct {
        const char *name;
        enum part_kind kind;
    } words[] = {
        { "$url", PART_URL },
        { "$method", PART_METHOD },
        { "$statusCode", PART_STATUS },
    };
    p->text = arena_copy(arena, text);
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_is(text, words[i].name)) {
            p->kind = words[i].kind;
            return NULL;
        }
    if (str_starts(text, STR("$request.")))
        return read_request(p, str_from(text, 9), arena);
    if (str_starts(text, STR("$response.")))
        return read_response(p, str_from(text, 10), arena);
    return "expected $url, $method, $statusCode, $request.… or $response.…";
}

static bool add_part(struct runtime *r, struct str text, struct arena *arena,
                     const char **why)
{
    struct part *p = &r->parts[r->count++];
    const char *wrong = read_part(p, text, arena);
    if (wrong)
        *why = arena_printf(arena, "\"%.100s\" is no runtime expression: %s", p->text,
                            wrong);
    return !wrong;
}

const struct runtime *runtime_read(const char *text, struct arena *arena,
                                   const char **why)
{
    struct runtime *r = arena_take(arena, sizeof(*r));
    size_t braces = 0;
    for (const char *p = text; *p; p++)
        braces += *p == '{';
    r->parts = arena_array(arena, struct part, 2 * braces + 1);
    if (*text == '$')
        return add_part(r, str(text), arena, why) ? r : NULL;
    for (const char *at = text; *at;) {
        size_t head = strcspn(at, "{");
        if (head)
            r->parts[r->count++] =
                (struct part){ .kind = PART_LITERAL,
                               .text = arena_copy(arena, (struct str){ at, head }) };
        if (!at[head])
            break;
        const char *open = at + head + 1, *close = strchr(open, '}');
        if (!close) {
            *why = "a { has no } behind it";
            return NULL;
        }
        if (!add_part(r, (struct str){ open, (size_t)(close - open) }, arena, why))
            return NULL;
        at = close + 1;
    }
    return r;
}

/* ---- doubts ---- */

static const char *doubt(const struct part *p, const char *who, const char *pointer,
                         const struct schema_place *place, struct arena *arena)
{
    return arena_printf(
        arena, "%s: the %s describes no %s%s%s%s", p->text, who,
        *pointer ? pointer : "body", place->nearest ? "; did you mean \"" : "",
        place->nearest ? place->nearest : "", place->nearest ? "\"?" : "");
}

static const char *doubt_response(const struct part *p, const struct operation *op,
                                  struct arena *arena)
{
    struct schema_place place = { 0 };
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *reply = &op->replies[i];
        const struct media *m =
            reply->low <= 299 && reply->high >= 200 ? reply_json(reply) : NULL;
        if (m && (!m->schema || schema_describe(m->schema, p->pointer, &place)))
            return NULL;
    }
    return doubt(p, "response", p->pointer, &place, arena);
}

const char *runtime_doubt(const struct runtime *r, const struct operation *op,
                          struct arena *arena)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct part *p = &r->parts[i];
        struct schema_place place = { 0 };
        const char *why = NULL;
        if (p->kind == PART_REQUEST && !schema_describe(op->input, p->pointer, &place))
            why = doubt(p, "request", p->pointer, &place, arena);
        if (p->kind == PART_RESPONSE)
            why = doubt_response(p, op, arena);
        if (why)
            return why;
    }
    return NULL;
}

/* ---- values ---- */

static struct str text_of(const cJSON *v, struct arena *arena)
{
    if (json_is_string(v))
        return str(v->valuestring);
    if (json_is_number(v) || json_is_bool(v))
        return json_text(v, arena);
    return (struct str){ NULL, 0 };
}

static struct str url_of(const struct request *r, struct arena *arena)
{
    struct str host = request_header(r, "Host");
    struct buffer b = buffer_in(arena, 2 * LIMIT_HEAD_BYTES);
    buffer_add_text(&b, "http://");
    buffer_add(&b, host.ptr ? host : STR("localhost"));
    buffer_add(&b, r->path);
    if (r->query.ptr) {
        buffer_add_char(&b, '?');
        buffer_add(&b, r->query);
    }
    return buffer_str(&b);
}

static struct str value_of(const struct part *p, const struct exchange *x,
                           struct arena *arena)
{
    switch (p->kind) {
    case PART_LITERAL:
        return str(p->text);
    case PART_URL:
        return url_of(x->request, arena);
    case PART_METHOD:
        return x->request->method;
    case PART_STATUS:
        return str(arena_printf(arena, "%d", x->response->status));
    case PART_REQUEST:
        return text_of(pointer_get(x->input, p->pointer), arena);
    case PART_REQUEST_HEADER:
        return request_header(x->request, p->name);
    case PART_RESPONSE:
        return text_of(pointer_get(x->body, p->pointer), arena);
    case PART_RESPONSE_HEADER:
        return response_header_of(x->response, p->name);
    }
    return (struct str){ NULL, 0 };
}

static const cJSON *tree_of(const struct part *p, const struct exchange *x)
{
    if (p->kind == PART_REQUEST)
        return pointer_get(x->input, p->pointer);
    return p->kind == PART_RESPONSE ? pointer_get(x->body, p->pointer) : NULL;
}

const cJSON *runtime_value(const struct runtime *r, const struct exchange *x,
                           struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_CALLBACK_BODY);
    if (r->count == 1 &&
        (r->parts[0].kind == PART_REQUEST || r->parts[0].kind == PART_RESPONSE))
        return tree_of(&r->parts[0], x);
    for (size_t i = 0; i < r->count; i++) {
        struct str value = value_of(&r->parts[i], x, arena);
        if (!value.ptr)
            return NULL;
        buffer_add(&b, value);
    }
    return b.full ? NULL : json_string(arena, buffer_str(&b));
}

bool runtime_is(const char *text, struct arena *arena)
{
    const char *why;
    bool looks = *text == '$' || strstr(text, "{$");
    return looks && runtime_read(text, arena, &why);
}

/* ---- as a URL ---- */

/* Where the next byte of a URL stands. */
enum region { REGION_START, REGION_PATH, REGION_QUERY };

static enum region region_of(struct str url)
{
    size_t i = 0;
    while (i + 3 <= url.len && memcmp(url.ptr + i, "://", 3) != 0)
        i++;
    if (i + 3 > url.len)
        return REGION_START;
    enum region region = REGION_START;
    for (i += 3; i < url.len && region != REGION_QUERY; i++)
        region = url.ptr[i] == '?'   ? REGION_QUERY
                 : url.ptr[i] == '/' ? REGION_PATH
                                     : region;
    return region;
}

/* In a query '&', '=' and '+' mean something, so only what is unreserved stands. */
static void add_value(struct buffer *b, struct str value)
{
    enum region region = region_of(buffer_str(b));
    if (region == REGION_START)
        buffer_add(b, value);
    else
        uri_encode(b, value, region == REGION_PATH ? URI_PATH : URI_UNRESERVED);
}

struct str runtime_url(const struct runtime *r, const struct exchange *x,
                       struct arena *arena, const char **why)
{
    struct buffer b = buffer_in(arena, LIMIT_CALLBACK_URL);
    for (size_t i = 0; i < r->count; i++) {
        const struct part *p = &r->parts[i];
        struct str value = value_of(p, x, arena);
        if (!value.ptr) {
            *why = arena_printf(arena, "%s has no value in this call", p->text);
            return (struct str){ NULL, 0 };
        }
        if (p->kind == PART_LITERAL)
            buffer_add(&b, value);
        else
            add_value(&b, value);
    }
    if (!b.full && utf8_valid(buffer_str(&b)))
        return buffer_str(&b);
    *why = b.full ? "the URL is too long" : "the URL is no text";
    return (struct str){ NULL, 0 };
}

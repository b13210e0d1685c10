#include "play/expression.h"

#include "api/param.h"
#include "doc/pointer.h"

#include <stdio.h>

enum kind {
    KIND_LITERAL,
    KIND_TEXT,    /* parts put together */
    KIND_REQUEST, /* a pointer into the input tree */
    KIND_HEADER,
    KIND_INPUT,
    KIND_BINDING,
    KIND_ITEM,
    KIND_NOW,
    KIND_UUID,
    KIND_SEQUENCE,
    KIND_NAMESPACE,
    KIND_METHOD,
    KIND_URL
};

struct expression {
    enum kind kind;
    const char *name;    /* KIND_BINDING, KIND_HEADER */
    const char *pointer; /* "" for the whole */
    cJSON *literal;
    size_t sequence;
    struct expression **parts;
    size_t part_count;
};

/* ---- reading ---- */

static struct expression *made(struct naming *n, enum kind kind)
{
    struct expression *e = arena_take(n->arena, sizeof(*e));
    e->kind = kind;
    e->pointer = "";
    return e;
}

static void unknown_property(struct naming *n, struct where at, const char *what,
                             const char *pointer, const struct schema_place *place)
{
    err_set(n->err, at, "%s has no %s%s%s%s", what, *pointer ? pointer : "value",
            place->nearest ? "; did you mean \"" : "",
            place->nearest ? place->nearest : "", place->nearest ? "\"?" : "");
}

/* Whether one of the operations declares the place; a request may hold what its schema
 * does not close, but a fixture that asks for it is a slip. */
static void check_request(struct naming *n, const char *pointer, const char *text,
                          struct where at)
{
    struct schema_place place = { 0 };
    for (size_t i = 0; i < n->operation_count; i++)
        if (schema_describe(n->operations[i]->input, pointer, &place))
            return;
    if (n->operation_count)
        unknown_property(n, at, arena_printf(n->arena, "%s: the request", text),
                         pointer, &place);
}

static bool takes_body(const struct operation *op)
{
    return op->body_count > 0;
}

static const char *input_pointer(struct arena *arena, const struct operation *op,
                                 const char *pointer)
{
    return arena_printf(arena, "%s%s", takes_body(op) ? "/body" : "/query", pointer);
}

static void check_input(struct naming *n, const char *pointer, const char *text,
                        struct where at)
{
    struct schema_place place = { 0 };
    for (size_t i = 0; i < n->operation_count; i++)
        if (schema_describe(n->operations[i]->input,
                            input_pointer(n->arena, n->operations[i], pointer), &place))
            return;
    if (n->operation_count)
        unknown_property(n, at, arena_printf(n->arena, "%s: the request", text),
                         pointer, &place);
}

static void check_member(struct naming *n, const struct store_collection *c,
                         const char *pointer, const char *text, struct where at)
{
    struct schema_place place;
    if (!c || !*pointer || schema_describe(c->schema, pointer, &place))
        return;
    for (size_t i = 0; i < c->hidden_count; i++)
        if (strcmp(c->hidden[i], pointer) == 0)
            return;
    unknown_property(n, at,
                     arena_printf(n->arena, "%s: the schema of %s", text, c->name),
                     pointer, &place);
}

/* "$request.query.limit" → /query/limit. */
static struct expression *read_request(struct naming *n, struct str rest,
                                       const char *pointer, const char *text,
                                       struct where at)
{
    static const char *const places[] = { "query.", "path.", "cookie." };
    struct expression *e = made(n, KIND_REQUEST);
    if (str_is(rest, "body")) {
        e->pointer = arena_printf(n->arena, "/body%s", pointer);
        check_request(n, e->pointer, text, at);
        return e;
    }
    if (str_starts(rest, STR("header.")) && !*pointer) {
        e->kind = KIND_HEADER;
        e->name = arena_copy(n->arena, str_from(rest, 7));
        return e;
    }
    for (size_t i = 0; i < COUNT(places); i++) {
        struct str place = str(places[i]);
        if (!str_starts(rest, place))
            continue;
        const char *base =
            arena_printf(n->arena, "/%.*s", (int)place.len - 1, place.ptr);
        const char *name = arena_copy(n->arena, str_from(rest, place.len));
        e->pointer =
            arena_printf(n->arena, "%s%s", pointer_join(n->arena, base, name), pointer);
        check_request(n, e->pointer, text, at);
        return e;
    }
    err_set(n->err, at,
            "%s: expected $request.body, .query.NAME, .path.NAME, .header.NAME or "
            ".cookie.NAME",
            text);
    return NULL;
}

static struct expression *read_sequence(struct naming *n, struct str name,
                                        const char *text, struct where at)
{
    struct expression *e = made(n, KIND_SEQUENCE);
    for (size_t i = 0; n->plan && i < n->plan->sequence_count; i++)
        if (str_is(name, n->sequences[i])) {
            e->sequence = i;
            return e;
        }
    err_set(n->err, at, "%s: no sequence has that name", text);
    return NULL;
}

static struct expression *read_name(struct naming *n, struct str name,
                                    const char *pointer, const char *text,
                                    struct where at)
{
    struct expression *e = made(n, KIND_BINDING);
    e->pointer = pointer;
    if (str_is(name, "item") && n->item) {
        e->kind = KIND_ITEM;
        check_member(n, n->item, pointer, text, at);
        return e;
    }
    const char *near = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < n->name_count; i++) {
        if (str_is(name, n->names[i].name)) {
            e->name = n->names[i].name;
            check_member(n, n->names[i].collection, pointer, text, at);
            return e;
        }
        unsigned d = str_distance(name, str(n->names[i].name));
        if (d < least) {
            least = d;
            near = n->names[i].name;
        }
    }
    err_set(n->err, at, "%s: nothing before this step is bound to \"%.*s\"%s%s%s", text,
            (int)name.len, name.ptr, near ? "; did you mean $" : "", near ? near : "",
            near ? "?" : "");
    return NULL;
}

/* text starts with '$'. */
static struct expression *read_one(struct naming *n, struct str text, struct where at)
{
    static const struct {
        const char *name;
        enum kind kind;
    } words[] = {
        { "now", KIND_NOW },
        { "uuid", KIND_UUID },
        { "namespace", KIND_NAMESPACE },
        { "method", KIND_METHOD },
        { "url", KIND_URL },
    };
    const char *whole = arena_copy(n->arena, text);
    struct str name = str_from(text, 1), rest = name;
    str_split(&rest, '#', &name);
    const char *pointer = rest.ptr ? arena_copy(n->arena, rest) : "";
    if (!pointer_valid(pointer) || (rest.ptr && !*pointer)) {
        err_set(n->err, at, "%s: expected a JSON pointer such as #/id behind the name",
                whole);
        return NULL;
    }
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_is(name, words[i].name) && !*pointer)
            return made(n, words[i].kind);
    if (str_starts(name, STR("request.")))
        return read_request(n, str_from(name, 8), pointer, whole, at);
    if (str_starts(name, STR("sequence.")))
        return read_sequence(n, str_from(name, 9), whole, at);
    if (str_is(name, "input")) {
        struct expression *e = made(n, KIND_INPUT);
        e->pointer = pointer;
        check_input(n, pointer, whole, at);
        return e;
    }
    return read_name(n, name, pointer, whole, at);
}

static struct expression *literal_of(struct naming *n, cJSON *value)
{
    struct expression *e = made(n, KIND_LITERAL);
    e->literal = value;
    return e;
}

static struct expression *read_literal(struct naming *n, const char *text,
                                       unsigned types, struct where at)
{
    struct json_error ignored;
    cJSON *value = NULL;
    if (types != TYPE_STRING)
        value = json_read(str(text), 10000, n->arena, &ignored);
    if (value && json_is_string(value))
        value = NULL;
    bool fits =
        value &&
        ((json_is_bool(value) && (types & TYPE_BOOLEAN)) || (json_is_null(value)) ||
         (json_is_number(value) && (types & (TYPE_NUMBER | TYPE_INTEGER))) ||
         (json_is_array(value) && (types & TYPE_ARRAY)) ||
         (json_is_object(value) && (types & TYPE_OBJECT)));
    if (fits)
        return literal_of(n, value);
    if (types & TYPE_STRING)
        return literal_of(n, json_string(n->arena, str(text)));
    err_set(n->err, at, "expected %s, found \"%.60s\"",
            types & TYPE_BOOLEAN                   ? "true or false"
            : types & (TYPE_NUMBER | TYPE_INTEGER) ? "a number"
            : types & TYPE_ARRAY                   ? "an array as JSON"
                                                   : "an object as JSON",
            text);
    return NULL;
}

/* "ISS-{$sequence.issue}" in parts. */
static struct expression *read_parts(struct naming *n, const char *text,
                                     struct where at)
{
    struct expression *e = made(n, KIND_TEXT);
    struct str rest = str(text);
    e->parts = arena_array(n->arena, struct expression *, rest.len + 1);
    while (rest.len) {
        const char *open = strstr(rest.ptr, "{$");
        size_t head = open ? (size_t)(open - rest.ptr) : rest.len;
        if (head)
            e->parts[e->part_count++] =
                literal_of(n, json_string(n->arena, (struct str){ rest.ptr, head }));
        if (!open)
            break;
        const char *close = strchr(open, '}');
        if (!close) {
            err_set(n->err, at, "\"%.100s\" has a {$ without a }", text);
            return NULL;
        }
        struct expression *part =
            read_one(n, (struct str){ open + 1, (size_t)(close - open - 1) }, at);
        if (!part)
            return NULL;
        e->parts[e->part_count++] = part;
        rest = str(close + 1);
    }
    return e;
}

struct expression *expression_read(struct naming *n, const char *text, unsigned types,
                                   struct where at)
{
    if (text[0] == '$')
        return read_one(n, str(text), at);
    if (strstr(text, "{$"))
        return read_parts(n, text, at);
    return read_literal(n, text, types, at);
}

struct expression *expression_text(struct naming *n, const char *text)
{
    return literal_of(n, json_string(n->arena, str(text)));
}

/* ---- values ---- */

struct binding *scope_binding(struct scope *s, const char *name)
{
    for (size_t i = 0; i < s->binding_count; i++)
        if (strcmp(s->bindings[i].name, name) == 0)
            return &s->bindings[i];
    return NULL;
}

void scope_bind(struct scope *s, struct binding b)
{
    struct binding *old = scope_binding(s, b.name);
    if (old)
        *old = b;
    else if (s->binding_count < SCOPE_BINDINGS)
        s->bindings[s->binding_count++] = b;
}

static const cJSON *render(const struct binding *b, struct scope *s)
{
    if (!s->rendered || !b->instances || !b->value)
        return b->value;
    if (!b->list)
        return store_render(s->store, b->collection, b->value, s->arena);
    cJSON *list = json_array(s->arena);
    for (const cJSON *one = b->value->child; one; one = one->next)
        json_push(list, store_render(s->store, b->collection, one, s->arena));
    return list;
}

static const cJSON *header_value(const struct expression *e, struct scope *s)
{
    const cJSON *declared = json_member(s->input, "header");
    for (const cJSON *m = declared ? declared->child : NULL; m; m = m->next)
        if (str_equal_nocase(str(m->string), str(e->name)))
            return m;
    struct str value = request_header(s->request, e->name);
    return value.ptr && utf8_valid(value) ? json_string(s->arena, value) : NULL;
}

static const cJSON *text_of(const struct expression *e, struct scope *s)
{
    struct buffer b = buffer_in(s->arena, LIMIT_INSTANCE_BYTES);
    for (size_t i = 0; i < e->part_count; i++) {
        const cJSON *value = expression_value(e->parts[i], s);
        if (json_is_string(value))
            buffer_add_text(&b, value->valuestring);
        else if (value)
            json_write(&b, value);
    }
    return json_string(s->arena, buffer_str(&b));
}

const cJSON *expression_value(const struct expression *e, struct scope *s)
{
    char text[CLOCK_TEXT];
    switch (e->kind) {
    case KIND_LITERAL:
        return e->literal;
    case KIND_TEXT:
        return text_of(e, s);
    case KIND_REQUEST:
        return pointer_get(s->input, e->pointer);
    case KIND_HEADER:
        return header_value(e, s);
    case KIND_INPUT: /* a call that no operation takes has none */
        return !s->operation
                   ? NULL
                   : pointer_get(json_member(s->input, takes_body(s->operation)
                                                           ? "body"
                                                           : "query"),
                                 e->pointer);
    case KIND_BINDING: {
        const struct binding *b = scope_binding(s, e->name);
        return b ? pointer_get(render(b, s), e->pointer) : NULL;
    }
    case KIND_ITEM:
        return pointer_get(s->item, e->pointer);
    case KIND_NOW:
        clock_write(s->now, s->format.digits, s->format.utc, text);
        return json_string(s->arena, str(text));
    case KIND_UUID:
        chance_uuid(s->chance, text);
        return json_string(s->arena, str(text));
    case KIND_SEQUENCE:
        if (!s->store || !s->drawn)
            return NULL;
        if (s->drawn[e->sequence] < 0)
            s->drawn[e->sequence] = store_next(s->store, e->sequence);
        return json_integer(s->arena, s->drawn[e->sequence]);
    case KIND_NAMESPACE:
        return json_string(s->arena, str(s->namespace));
    case KIND_METHOD:
        return json_string(s->arena, s->request->method);
    case KIND_URL:
        return utf8_valid(s->request->path) ? json_string(s->arena, s->request->path)
                                            : NULL;
    }
    return NULL;
}

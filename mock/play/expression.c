#include "play/expression.h"

#include "api/param.h"
#include "doc/pointer.h"
#include "doc/steps.h"
#include "doc/uri.h"
#include "play/member.h"
#include "play/part.h"
#include "schema/near.h"

#include <inttypes.h>

enum kind {
    KIND_LITERAL,
    KIND_TEXT,    /* parts put together */
    KIND_REQUEST, /* a pointer into the input tree */
    KIND_HEADER,
    KIND_INPUT,
    KIND_PART,
    KIND_BINDING,
    KIND_ITEM,
    KIND_EACH,
    KIND_TEMPLATE, /* JSON whose strings may be expressions */
    KIND_TABLE,
    KIND_CHOSEN_SEQUENCE,
    KIND_NOW,
    KIND_UUID,
    KIND_RANDOM,
    KIND_NULL,
    KIND_SEQUENCE,
    KIND_NAMESPACE,
    KIND_METHOD,
    KIND_URL
};

struct expression {
    enum kind kind;
    const char *name;    /* KIND_BINDING, KIND_HEADER, KIND_PART */
    const char *pointer; /* "" for the whole */
    struct steps steps;  /* the same */
    struct steps dotted; /* KIND_INPUT: the parameter that is named so; or no text */
    cJSON *literal;
    size_t sequence;
    struct expression **parts;
    size_t part_count;
    bool url; /* KIND_TEXT: values behind its beginning are percent-encoded */
    const struct body_template *body;
    struct expression *index; /* KIND_TABLE, KIND_CHOSEN_SEQUENCE, KIND_PART: which */
    const cJSON *rows;        /* KIND_TABLE */
    const char *const *sequences; /* KIND_CHOSEN_SEQUENCE */
    size_t sequence_count;
    clock_ms offset; /* KIND_NOW */
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

/* in_input is the pointer in what the last of the operations takes. */
static void unknown_in_request(struct naming *n, struct where at, const char *text,
                               const char *pointer, const char *in_input)
{
    struct schema_place place;
    schema_describe(n->operations[n->operation_count - 1]->input, in_input, &place);
    unknown_property(n, at, arena_printf(n->arena, "%s: the request", text), pointer,
                     &place);
}

/* Whether one of the operations declares the place; a request may hold what its schema
 * does not close, but a fixture that asks for it is a slip. */
static void check_request(struct naming *n, const char *pointer, const char *text,
                          struct where at)
{
    for (size_t i = 0; i < n->operation_count; i++)
        if (schema_declares(n->operations[i]->input, pointer))
            return;
    if (n->operation_count)
        unknown_in_request(n, at, text, pointer, pointer);
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

/* What is /stage/name in a body is often the one parameter "stage.name" in a query, and
 * /tags/0/id, of which a query can name but one, "tags.id". NULL for a pointer that
 * goes no deeper than one member. */
static const char *dotted_name(struct arena *arena, const char *pointer)
{
    if (!*pointer || !strchr(pointer + 1, '/'))
        return NULL;
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    size_t count = 0;
    for (const char *token; *pointer;) {
        if (!(token = pointer_token(&pointer, arena)))
            return NULL;
        if (count && strcmp(token, "0") == 0)
            continue;
        buffer_printf(&b, "%s%s", count++ ? "." : "", token);
    }
    return count > 1 ? buffer_str(&b).ptr : NULL;
}

static bool takes_query(const struct naming *n)
{
    size_t i = 0;
    while (i < n->operation_count && takes_body(n->operations[i]))
        i++;
    return i < n->operation_count;
}

static void check_input(struct naming *n, const char *pointer, const char *dotted,
                        const char *text, struct where at)
{
    const char *in_input = NULL;
    for (size_t i = 0; i < n->operation_count; i++) {
        in_input = input_pointer(n->arena, n->operations[i], pointer);
        if (schema_declares(n->operations[i]->input, in_input))
            return;
    }
    for (size_t i = 0; dotted && i < n->operation_count; i++)
        if (!takes_body(n->operations[i]) &&
            schema_declares(n->operations[i]->input,
                            pointer_join(n->arena, "/query", dotted)))
            return;
    if (n->operation_count)
        unknown_in_request(n, at, text, pointer, in_input);
}

static void check_member(struct naming *n, const struct store_collection *c,
                         const char *pointer, const char *text, struct where at)
{
    struct schema_place place;
    if (!c || !*pointer || member_describe(n->plan, c, pointer, &place))
        return;
    unknown_property(n, at,
                     arena_printf(n->arena, "%s: the schema of %s", text, c->name),
                     pointer, &place);
}

/* The first member on the way, of what is always made alike. */
static void check_word(struct naming *n, const char *words, const char *pointer,
                       const char *text, struct where at)
{
    struct str rest = str(words ? words : ""), word;
    const char *token = words && *pointer ? pointer_token(&pointer, n->arena) : NULL;
    struct near near = near_to(str(token ? token : ""));
    while (token && rest.ptr && str_split(&rest, ' ', &word)) {
        if (str_is(word, token))
            return;
        near_try(&near, arena_copy(n->arena, word));
    }
    if (token)
        err_set(n->err, at, "%s: there is no \"%.60s\" in it%s", text, token,
                near.best ? near_question(&near, "", n->arena)
                          : arena_printf(n->arena, "; it has %s", words));
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

static size_t sequence_count(const struct naming *n)
{
    return n->plan ? n->plan->sequence_count : 0;
}

static struct expression *read_sequence(struct naming *n, struct str name,
                                        const char *text, struct where at)
{
    struct expression *e = made(n, KIND_SEQUENCE);
    struct near near = near_to(name);
    for (size_t i = 0; i < sequence_count(n); i++) {
        if (str_is(name, n->sequences[i])) {
            e->sequence = i;
            return e;
        }
        near_try(&near, n->sequences[i]);
    }
    err_set(n->err, at, "%s: no sequence has that name%s", text,
            near_question(&near, "", n->arena));
    return NULL;
}

/* What is said of a part, one of a known name or one that a value names. */
static struct expression *read_part(struct naming *n, struct expression *e,
                                    const char *text, struct where at)
{
    static const char *const members[] = { "/file_name", "/type", "/kind", "/size",
                                           "/digest" };
    e->kind = KIND_PART;
    if (e->name)
        check_request(n, pointer_join(n->arena, "/body", e->name), text, at);
    for (size_t i = 0; i < COUNT(members); i++)
        if (!*e->pointer || strcmp(e->pointer, members[i]) == 0)
            return e;
    err_set(n->err, at, "%s: a part has /file_name, /type, /kind, /size and /digest",
            text);
    return NULL;
}

/* "sequence[$input#/type]", "table.prefix[{$a} to {$b}]": what stands in the brackets
 * says which. */
static struct expression *read_indexed(struct naming *n, struct str name,
                                       const char *pointer, const char *text,
                                       struct where at)
{
    struct expression *e = made(n, KIND_CHOSEN_SEQUENCE);
    struct str head, inside = name;
    str_split(&inside, '[', &head);
    if (!inside.len || inside.ptr[inside.len - 1] != ']') {
        err_set(n->err, at, "%s: expected [a value] that says which", text);
        return NULL;
    }
    inside.len--;
    e->index = expression_read(n, arena_copy(n->arena, inside), TYPE_STRING, at);
    e->pointer = pointer;
    if (e->index && str_is(head, "now")) {
        e->kind = KIND_NOW;
        return e;
    }
    e->sequences = n->sequences;
    e->sequence_count = sequence_count(n);
    if (!e->index || str_is(head, "sequence"))
        return e->index ? e : NULL;
    if (str_is(head, "part"))
        return read_part(n, e, text, at);
    e->kind = KIND_TABLE;
    struct str wanted = str_from(head, strlen("table."));
    struct near near = near_to(wanted);
    for (size_t i = 0; i < n->table_count; i++) {
        if (str_is(wanted, n->tables[i].name)) {
            e->rows = n->tables[i].rows;
            return e;
        }
        near_try(&near, n->tables[i].name);
    }
    err_set(n->err, at, "%s: no table has that name%s", text,
            near_question(&near, "", n->arena));
    return NULL;
}

static bool is_indexed(struct str text)
{
    static const char *const heads[] = { "$sequence[", "$part[", "$now[", "$table." };
    for (size_t i = 0; i < COUNT(heads); i++)
        if (str_starts(text, str(heads[i])))
            return true;
    return false;
}

size_t expression_length(const char *text, const char *ends)
{
    size_t i = 0;
    int depth = 0;
    bool brackets = is_indexed(str(text));
    for (; text[i] && (depth || !strchr(ends, text[i])); i++)
        if (brackets)
            depth += (text[i] == '[') - (text[i] == ']' && depth > 0);
    return i;
}

/* "now", "now+30s", "now-7d". */
static struct expression *read_now(struct naming *n, struct str name, const char *text,
                                   struct where at)
{
    struct expression *e = made(n, KIND_NOW);
    struct str duration = str_from(name, 4);
    if (name.len == 3)
        return e;
    if (!clock_duration(duration, &e->offset)) {
        err_set(n->err, at, "%s: expected a duration such as 30s or 7d behind $now",
                text);
        return NULL;
    }
    if (name.ptr[3] == '-')
        e->offset = -e->offset;
    return e;
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
    if (str_is(name, "each") && n->each) {
        e->kind = KIND_EACH;
        return e;
    }
    static const char *const words[] = { "input", "now",  "uuid", "random", "namespace",
                                         "item",  "each", "url",  "method", "null" };
    struct near near = near_to(name);
    for (size_t i = 0; i < n->name_count; i++) {
        if (str_is(name, n->names[i].name)) {
            e->name = n->names[i].name;
            check_member(n, n->names[i].collection, pointer, text, at);
            check_word(n, n->names[i].words, pointer, text, at);
            return e;
        }
        near_try(&near, n->names[i].name);
    }
    for (size_t i = 0; i < COUNT(words); i++)
        near_try(&near, words[i]);
    if (str_is(name, "item") || str_is(name, "each"))
        err_set(n->err, at, "%s: $%.*s is not to be had here", text, (int)name.len,
                name.ptr);
    else
        err_set(n->err, at, "%s: nothing before this step is bound to \"%.*s\"%s", text,
                (int)name.len, name.ptr, near_question(&near, "$", n->arena));
    return NULL;
}

/* text starts with '$'. */
static struct expression *read_word(struct naming *n, struct str text, struct where at)
{
    static const struct {
        const char *name;
        enum kind kind;
    } words[] = {
        { "uuid", KIND_UUID },     { "random", KIND_RANDOM },
        { "null", KIND_NULL },     { "namespace", KIND_NAMESPACE },
        { "method", KIND_METHOD }, { "url", KIND_URL },
    };
    const char *whole = arena_copy(n->arena, text);
    size_t len = expression_length(whole, "#");
    struct str name = { whole + 1, len - 1 }, rest = { NULL, 0 };
    if (len < text.len)
        rest = str_from(text, len + 1);
    const char *pointer = rest.ptr ? arena_copy(n->arena, rest) : "";
    if (!pointer_valid(pointer) || (rest.ptr && !*pointer)) {
        err_set(n->err, at, "%s: expected a JSON pointer such as #/id behind the name",
                whole);
        return NULL;
    }
    for (size_t i = 0; i < COUNT(words); i++)
        if (str_is(name, words[i].name) && !*pointer)
            return made(n, words[i].kind);
    if (is_indexed(text))
        return read_indexed(n, name, pointer, whole, at);
    if (str_starts(name, STR("now")) && !*pointer &&
        (name.len == 3 || name.ptr[3] == '+' || name.ptr[3] == '-'))
        return read_now(n, name, whole, at);
    if (str_starts(name, STR("request.")))
        return read_request(n, str_from(name, 8), pointer, whole, at);
    if (str_starts(name, STR("part."))) {
        struct expression *e = made(n, KIND_PART);
        e->name = arena_copy(n->arena, str_from(name, 5));
        e->pointer = pointer;
        return read_part(n, e, whole, at);
    }
    if (str_starts(name, STR("sequence.")))
        return read_sequence(n, str_from(name, 9), whole, at);
    if (str_is(name, "input")) {
        struct expression *e = made(n, KIND_INPUT);
        const char *dotted = takes_query(n) ? dotted_name(n->arena, pointer) : NULL;
        e->pointer = pointer;
        if (dotted)
            e->dotted = steps_read(pointer_join(n->arena, "", dotted), n->arena);
        check_input(n, pointer, dotted, whole, at);
        return e;
    }
    return read_name(n, name, pointer, whole, at);
}

static struct expression *read_one(struct naming *n, struct str text, struct where at)
{
    struct expression *e = read_word(n, text, at);
    if (e)
        e->steps = steps_read(e->pointer, n->arena);
    return e;
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
    if (fits && value->child) {
        struct expression *e = made(n, KIND_TEMPLATE);
        e->body = template_of(n, value, at);
        return e->body ? e : NULL;
    }
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
        const char *close = open + 1 + expression_length(open + 1, "}");
        if (!*close) {
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
    bool json = (*text == '{' && text[1] != '$') || *text == '[';
    if (strstr(text, "{$") && !(json && types & (TYPE_OBJECT | TYPE_ARRAY)))
        return read_parts(n, text, at);
    return read_literal(n, text, types, at);
}

struct expression *expression_url(struct expression *e)
{
    if (e && e->kind == KIND_TEXT)
        e->url = true;
    return e;
}

struct expression *expression_text(struct naming *n, const char *text)
{
    return literal_of(n, json_string(n->arena, str(text)));
}

const cJSON *expression_literal(const struct expression *e)
{
    return e->kind == KIND_LITERAL ? e->literal : NULL;
}

/* ---- values ---- */

struct binding *scope_binding(struct scope *s, const char *name)
{
    for (size_t i = 0; i < s->binding_count; i++)
        if (s->bindings[i].name == name)
            return &s->bindings[i];
    for (size_t i = 0; i < s->binding_count; i++)
        if (s->bindings[i].name[0] == name[0] && strcmp(s->bindings[i].name, name) == 0)
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
    if (b->before)
        return store_show_before(s->store, b->collection, b->value, s->arena,
                                 &s->broken);
    if (!b->list)
        return store_show_tree(s->store, b->collection, b->value, s->arena, &s->broken);
    cJSON *list = json_array(s->arena);
    for (const cJSON *one = b->value->child; one; one = one->next)
        json_push(list,
                  store_show_tree(s->store, b->collection, one, s->arena, &s->broken));
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
        if (e->url && i && json_is_string(value) && e->parts[i]->kind != KIND_LITERAL)
            uri_encode(&b, str(value->valuestring), URI_UNRESERVED);
        else if (json_is_string(value))
            buffer_add_text(&b, value->valuestring);
        else if (value)
            json_write(&b, value);
    }
    return json_string(s->arena, buffer_str(&b));
}

/* What is stored may lead through a reference to what it refers to. In what a client
 * sees only a hidden member does, that is asked for by its name. */
static const cJSON *bound_value(const struct binding *b, const struct expression *e,
                                struct scope *s)
{
    const cJSON *value = steps_get(render(b, s), &e->steps);
    if (value || !b->instances || b->list || !b->value)
        return value;
    return !s->rendered || store_hides(s->store, b->collection, e->pointer)
               ? store_reach(s->store, b->collection, b->value, e->pointer)
               : NULL;
}

static const cJSON *drawn(struct scope *s, size_t sequence)
{
    if (!s->store || !s->drawn)
        return NULL;
    if (s->drawn[sequence] < 0)
        s->drawn[sequence] = store_next(s->store, sequence);
    return json_integer(s->arena, s->drawn[sequence]);
}

/* The body or the query, as the operation has it; a call that no operation takes has
 * none. Lists ask for it once for each of their filters. */
static const cJSON *asked(struct scope *s)
{
    if (s->operation && s->asked_in != s->input) {
        s->asked = json_member(s->input, takes_body(s->operation) ? "body" : "query");
        s->asked_names = json_is_object(s->asked) ? json_names(s->asked) : UINT64_MAX;
        s->asked_in = s->input;
    }
    return s->asked;
}

/* Most of what an operation may be asked for, a call does not have. */
static const cJSON *asked_at(const struct steps *steps, struct scope *s)
{
    const cJSON *in = asked(s);
    return steps_may(steps, s->asked_names) ? steps_get(in, steps) : NULL;
}

static const cJSON *input_value(const struct expression *e, struct scope *s)
{
    const cJSON *value = asked_at(&e->steps, s);
    bool body = s->operation && takes_body(s->operation);
    return value || !e->dotted.text || body ? value : asked_at(&e->dotted, s);
}

static const char *random_text(struct scope *s)
{
    uint64_t first = chance_next(s->chance), second = chance_next(s->chance);
    return arena_printf(s->arena, "%016" PRIx64 "%016" PRIx64, first, second);
}

/* Numbers and booleans are found by what they look like in JSON. */
static const char *index_text(const struct expression *e, struct scope *s)
{
    const cJSON *value = expression_value(e->index, s);
    if (!value || json_is_string(value))
        return value ? value->valuestring : NULL;
    return json_text(value, s->arena).ptr;
}

/* "7d", "+7d", "-7d": so much later or earlier. */
static bool moved(const char *text, clock_ms *ms)
{
    bool back = *text == '-';
    if (!clock_duration(str(text + (back || *text == '+')), ms))
        return false;
    *ms = back ? -*ms : *ms;
    return true;
}

static const cJSON *now_value(const struct expression *e, struct scope *s)
{
    char text[CLOCK_TEXT];
    clock_ms offset = e->offset;
    const char *by = e->index ? index_text(e, s) : NULL;
    if (e->index && (!by || !moved(by, &offset)))
        return NULL;
    clock_write(s->now + offset, s->format.digits, s->format.utc, text);
    return json_string(s->arena, str(text));
}

static const cJSON *part_value(const struct expression *e, struct scope *s)
{
    const cJSON *which = e->index ? expression_value(e->index, s) : NULL;
    const char *name = json_is_string(which) ? which->valuestring : e->name;
    if (!name)
        return NULL;
    if (!s->part_name || strcmp(s->part_name, name) != 0) {
        s->part_name = name;
        s->part = part_describe(s->request, s->body, name, s->arena);
    }
    return s->part ? steps_get(s->part, &e->steps) : NULL;
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
        return steps_get(s->input, &e->steps);
    case KIND_HEADER:
        return header_value(e, s);
    case KIND_INPUT:
        return input_value(e, s);
    case KIND_PART:
        return part_value(e, s);
    case KIND_BINDING: {
        const struct binding *b = scope_binding(s, e->name);
        return b ? bound_value(b, e, s) : NULL;
    }
    case KIND_ITEM:
        return steps_get(s->item, &e->steps);
    case KIND_EACH:
        return steps_get(s->each, &e->steps);
    case KIND_TEMPLATE:
        return template_value(e->body, s);
    case KIND_TABLE: {
        const char *row = index_text(e, s);
        return row ? steps_get(json_member(e->rows, row), &e->steps) : NULL;
    }
    case KIND_CHOSEN_SEQUENCE: {
        const char *name = index_text(e, s);
        for (size_t i = 0; name && i < e->sequence_count; i++)
            if (strcmp(name, e->sequences[i]) == 0)
                return drawn(s, i);
        return NULL;
    }
    case KIND_NOW:
        return now_value(e, s);
    case KIND_UUID:
        chance_uuid(s->chance, text);
        return json_string(s->arena, str(text));
    case KIND_NULL:
        return json_null(s->arena);
    case KIND_RANDOM:
        return json_string(s->arena, str(random_text(s)));
    case KIND_SEQUENCE:
        return drawn(s, e->sequence);
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

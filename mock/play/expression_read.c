#include "play/expression_parts.h"

#include "doc/pointer.h"
#include "schema/near.h"

static struct expression *made(struct naming *n, enum expression_kind kind)
{
    struct expression *e = arena_take(n->arena, sizeof(*e));
    e->kind = kind;
    e->pointer = "";
    return e;
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
    while (i < n->operation_count && expression_takes_body(n->operations[i]))
        i++;
    return i < n->operation_count;
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
        expression_check_request(n, e->pointer, text, at);
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
        expression_check_request(n, e->pointer, text, at);
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
        expression_check_request(n, pointer_join(n->arena, "/body", e->name), text, at);
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
    if (e->index && (str_is(head, "now") || str_is(head, "segment"))) {
        e->kind = str_is(head, "now") ? KIND_NOW : KIND_SEGMENT;
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
    static const char *const heads[] = { "$sequence[", "$part[", "$now[", "$segment[",
                                         "$table." };
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

/* The whole of it has what is made seldom, too. */
static void note_seldom(struct naming *n, size_t i, const char *pointer)
{
    struct str rest = str(n->names[i].seldom ? n->names[i].seldom : ""), word;
    const char *token = *pointer ? pointer_token(&pointer, n->arena) : NULL;
    while (rest.len && rest.ptr && str_split(&rest, ' ', &word))
        if (!token || str_is(word, token))
            *n->names[i].asked = true;
}

static struct expression *read_name(struct naming *n, struct str name,
                                    const char *pointer, const char *text,
                                    struct where at)
{
    struct expression *e = made(n, KIND_BINDING);
    e->pointer = pointer;
    if (str_is(name, "item") && n->item) {
        e->kind = KIND_ITEM;
        expression_check_member(n, n->item, pointer, text, at);
        return e;
    }
    if (str_is(name, "each") && n->each) {
        e->kind = KIND_EACH;
        return e;
    }
    static const char *const words[] = { "input", "now",  "uuid",   "random",
                                         "item",  "each", "url",    "namespace",
                                         "null",  "base", "method", "target" };
    struct near near = near_to(name);
    for (size_t i = 0; i < n->name_count; i++) {
        if (str_is(name, n->names[i].name)) {
            e->name = n->names[i].name;
            expression_check_member(n, n->names[i].collection, pointer, text, at);
            expression_check_word(n, n->names[i].words, pointer, text, at);
            note_seldom(n, i, pointer);
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
        enum expression_kind kind;
    } words[] = {
        { "uuid", KIND_UUID },     { "random", KIND_RANDOM },
        { "null", KIND_NULL },     { "namespace", KIND_NAMESPACE },
        { "method", KIND_METHOD }, { "url", KIND_URL },
        { "target", KIND_TARGET },
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
    if (str_is(name, "base") && !*pointer) {
        struct expression *e = made(n, KIND_BASE);
        e->literal = json_string(n->arena, str(n->api->servers[0].base));
        return e;
    }
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
        if (dotted) {
            struct way *way = arena_take(n->arena, sizeof(*way));
            *way = way_read(pointer_join(n->arena, "", dotted), n->arena);
            e->dotted = way;
        }
        expression_check_input(n, pointer, dotted, whole, at);
        return e;
    }
    return read_name(n, name, pointer, whole, at);
}

static struct expression *read_one(struct naming *n, struct str text, struct where at)
{
    struct expression *e = read_word(n, text, at);
    if (e)
        e->way = way_read(e->pointer, n->arena);
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

#include "play/expression_parts.h"

#include "doc/uri.h"
#include "play/part.h"

#include <inttypes.h>

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
        return store_show_tree(s->store, b->collection, b->value, b->slot, s->arena,
                               &s->broken);
    cJSON *list = json_array(s->arena);
    for (const cJSON *one = b->value->child; one; one = one->next)
        json_push(list, store_show_tree(s->store, b->collection, one, b->slot, s->arena,
                                        &s->broken));
    return list;
}

static const cJSON *header_value(const struct expression *e, struct scope *s)
{
    const cJSON *declared = json_member(s->input, "header");
    for (const cJSON *m = declared ? declared->child : NULL; m; m = m->next)
        if (str_equal_nocase(str(m->string), str(e->name)))
            return m;
    struct str value =
        s->request ? request_header(s->request, e->name) : (struct str){ NULL, 0 };
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
    const cJSON *value = way_get(render(b, s), &e->way);
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
        s->asked = json_member(s->input,
                               expression_takes_body(s->operation) ? "body" : "query");
        s->asked_names = json_is_object(s->asked) ? json_names(s->asked) : UINT64_MAX;
        s->asked_in = s->input;
    }
    return s->asked;
}

/* Most of what an operation may be asked for, a call does not have. */
static const cJSON *asked_at(const struct way *way, struct scope *s)
{
    const cJSON *in = asked(s);
    return way_may(way, s->asked_names) ? way_get(in, way) : NULL;
}

static const cJSON *input_value(const struct expression *e, struct scope *s)
{
    const cJSON *value = asked_at(&e->way, s);
    bool body = s->operation && expression_takes_body(s->operation);
    return value || !e->dotted || body ? value : asked_at(e->dotted, s);
}

bool expression_asks(const struct expression *e)
{
    return e && (e->kind == KIND_REQUEST || e->kind == KIND_INPUT);
}

const char *expression_place(const struct expression *e, struct scope *s)
{
    const bool body = s->operation && expression_takes_body(s->operation);
    if (e->kind == KIND_REQUEST)
        return e->pointer;
    if (e->kind != KIND_INPUT)
        return NULL;
    const struct way *way =
        !body && e->dotted && !asked_at(&e->way, s) ? e->dotted : &e->way;
    return arena_printf(s->arena, "%s%s", body ? "/body" : "/query", way->text);
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

static const cJSON *segment_value(const struct expression *e, struct scope *s)
{
    struct buffer b = buffer_in(s->arena, LIMIT_INSTANCE_BYTES);
    const char *text = index_text(e, s);
    if (!text)
        return NULL;
    uri_encode(&b, str(text), URI_UNRESERVED);
    return json_string(s->arena, buffer_str(&b));
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
    return s->part ? way_get(s->part, &e->way) : NULL;
}

/* What the call's path has before that of its operation: where the API is. */
static const cJSON *base_value(const struct expression *e, struct scope *s)
{
    struct str base = s->request ? s->request->path : STR("");
    if (!s->operation || !s->request)
        return e->literal;
    for (const char *p = s->operation->path; *p; p++) {
        if (*p != '/')
            continue;
        while (base.len && base.ptr[base.len - 1] != '/')
            base.len--;
        base.len -= base.len > 0;
    }
    return utf8_valid(base) ? json_string(s->arena, base) : NULL;
}

/* The request-target in origin-form (RFC 9112, 3.2.1). */
static const cJSON *target_value(struct scope *s)
{
    struct buffer b = buffer_in(s->arena, LIMIT_HEAD_BYTES);
    uri_encode(&b, s->request->path, URI_PATH "%");
    if (s->request->query.len) {
        buffer_add_char(&b, '?');
        uri_encode(&b, s->request->query, URI_PATH "?%");
    }
    return utf8_valid(buffer_str(&b)) ? json_string(s->arena, buffer_str(&b)) : NULL;
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
        return way_get(s->input, &e->way);
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
        return way_get(s->item, &e->way);
    case KIND_EACH:
        return way_get(s->each, &e->way);
    case KIND_TEMPLATE:
        return template_value(e->body, s);
    case KIND_TABLE: {
        const char *row = index_text(e, s);
        return row ? way_get(json_member(e->rows, row), &e->way) : NULL;
    }
    case KIND_CHOSEN_SEQUENCE: {
        const char *name = index_text(e, s);
        for (size_t i = 0; name && i < e->sequence_count; i++)
            if (strcmp(name, e->sequences[i]) == 0)
                return drawn(s, i);
        return NULL;
    }
    case KIND_SEGMENT:
        return segment_value(e, s);
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
    case KIND_BASE:
        return base_value(e, s);
    case KIND_TARGET:
        return target_value(s);
    case KIND_URL:
        return utf8_valid(s->request->path) ? json_string(s->arena, s->request->path)
                                            : NULL;
    }
    return NULL;
}

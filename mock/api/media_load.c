#include "api/encoding.h"

/* { "type": "array", "items": { "$ref": … } } over the schema of one value. */
static const struct schema *array_of(struct loading *l, const char *pointer)
{
    cJSON *array = json_object(l->arena);
    json_add(array, "type", json_string(l->arena, STR("array")));
    json_add(array, "items", load_reference(l, pointer));
    return load_schema(l, array, pointer);
}

/* The tree of a sequence is an array. `itemSchema` (OpenAPI 3.2) is of one value,
 * `schema` of all; but before 3.2 a `schema` that is of no array is written, and meant,
 * for one value. */
static void load_sequence(struct loading *l, struct media *m, const cJSON *schema)
{
    const cJSON *item = json_member(m->node, "itemSchema");
    const char *pointer = load_join(l, m->pointer, item ? "itemSchema" : "schema");
    if (!item && !schema)
        return;
    m->shape = shape_of(l, item ? item : schema, pointer);
    if (item || !(m->shape->types & (TYPE_ARRAY | TYPE_STRING)))
        m->schema = array_of(l, pointer);
    else
        m->schema = load_schema(l, schema, pointer);
}

/* A multipart body of which only the parts are described (OpenAPI 3.2). */
static void load_parts(struct loading *l, struct media *m)
{
    struct shape *s = arena_take(l->arena, sizeof(*s));
    const char *pointer = load_join(l, m->pointer, "itemSchema");
    s->types = TYPE_ARRAY;
    s->items = shape_of(l, json_member(m->node, "itemSchema"), pointer);
    m->shape = s;
    m->schema = array_of(l, pointer);
}

bool media_holds(enum media_kind kind, const struct shape *s)
{
    static const unsigned scalars =
        TYPE_STRING | TYPE_INTEGER | TYPE_NUMBER | TYPE_BOOLEAN | TYPE_NULL;
    switch (kind) {
    case MEDIA_JSON:
    case MEDIA_LINES:
    case MEDIA_SEQUENCE:
    case MEDIA_XML:
        return true;
    case MEDIA_FORM:
        return shape_types(s) & TYPE_OBJECT;
    case MEDIA_MULTIPART:
        return shape_types(s) & (TYPE_OBJECT | TYPE_ARRAY);
    case MEDIA_TEXT:
        return shape_types(s) & scalars;
    case MEDIA_BYTES:
        return shape_types(s) & TYPE_STRING;
    }
    return false;
}

static void load_whole(struct loading *l, struct media *m)
{
    const cJSON *schema = json_member(m->node, "schema");
    const char *pointer = load_join(l, m->pointer, "schema");
    if (m->kind == MEDIA_LINES || m->kind == MEDIA_SEQUENCE) {
        load_sequence(l, m, schema);
        return;
    }
    if (m->kind == MEDIA_MULTIPART && !schema && json_member(m->node, "itemSchema")) {
        load_parts(l, m);
        return;
    }
    if (!schema) {
        if (json_member(m->node, "itemSchema"))
            load_warn(
                l, m->pointer, "itemSchema",
                "items are checked in sequences of JSON values and of parts only");
        return;
    }
    if (m->kind != MEDIA_JSON)
        m->shape = shape_of(l, schema, pointer);
    bool range = m->parsed && media_type_is_range(m->parsed);
    bool unknown = m->kind != MEDIA_JSON && !media_holds(m->kind, m->shape);
    if (unknown && !range)
        load_warn(l, m->pointer, NULL,
                  "how %.60s holds such a value is not known here, so it is not "
                  "checked against its schema",
                  m->type);
    else
        m->schema = load_schema(l, schema, pointer);
}

struct media *load_media(struct loading *l, const cJSON *content, const char *pointer,
                         size_t *count)
{
    struct media *list = arena_array(l->arena, struct media, json_count(content) + 1);
    for (const cJSON *one = load_map(l, content, pointer, "media types"); one;
         one = one->next) {
        struct media *m = &list[(*count)++];
        struct media_type *parsed = arena_take(l->arena, sizeof(*parsed));
        *m = (struct media){ .type = one->string, .node = one, .kind = MEDIA_BYTES };
        m->pointer = load_join(l, pointer, one->string);
        if (media_type_read(str_trim(str(one->string)), l->arena, parsed)) {
            m->parsed = parsed;
            m->kind = media_kind_of(parsed);
        } else {
            load_warn(l, m->pointer, NULL,
                      "\"%.60s\" is no media type or range, so no body is of it",
                      one->string);
        }
        m->json = m->kind == MEDIA_JSON;
        load_whole(l, m);
        encodings_load(l, m);
    }
    return list;
}

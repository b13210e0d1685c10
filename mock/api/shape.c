#include "api/shape.h"

#include "api/source.h"

/* Deeper members are read as if nothing were said of them. */
enum { DEPTH = 40 };

static struct shape *visit(struct loading *l, const cJSON *schema, const char *pointer,
                           int depth);

static const struct {
    const char *name;
    unsigned types;
} type_names[] = {
    { "string", TYPE_STRING },
    { "integer", TYPE_INTEGER },
    { "number", TYPE_NUMBER | TYPE_INTEGER },
    { "boolean", TYPE_BOOLEAN },
    { "array", TYPE_ARRAY },
    { "object", TYPE_OBJECT },
    { "null", TYPE_NULL },
};

static unsigned type_named(const cJSON *name)
{
    for (size_t i = 0; json_is_string(name) && i < COUNT(type_names); i++)
        if (strcmp(name->valuestring, type_names[i].name) == 0)
            return type_names[i].types;
    return 0;
}

static unsigned type_of_value(const cJSON *v)
{
    const char *name = json_type_name(v);
    for (size_t i = 0; i < COUNT(type_names); i++)
        if (strcmp(name, type_names[i].name) == 0)
            return type_names[i].types;
    return 0;
}

/* What `type` says; where it is left out, what the other keywords are about. */
static unsigned types_of(const cJSON *schema)
{
    const cJSON *type = json_member(schema, "type");
    const cJSON *values = json_member(schema, "enum");
    unsigned types = 0;
    if (json_is_string(type))
        types = type_named(type);
    for (const cJSON *t = json_is_array(type) ? type->child : NULL; t; t = t->next)
        types |= type_named(t);
    if (types)
        return types | (json_is_true(json_member(schema, "nullable")) ? TYPE_NULL : 0);
    for (const cJSON *v = values ? values->child : NULL; v; v = v->next)
        types |= type_of_value(v);
    if (json_member(schema, "const"))
        types |= type_of_value(json_member(schema, "const"));
    if (!types && json_member(schema, "properties"))
        types = TYPE_OBJECT;
    if (!types && (json_member(schema, "items") || json_member(schema, "prefixItems")))
        types = TYPE_ARRAY;
    return types ? types : TYPE_ANY;
}

static bool says(const cJSON *xml, const char *name, const char *other,
                 const char *kind)
{
    const char *node = json_member_text(xml, "nodeType");
    return (name && json_is_true(json_member(xml, name))) ||
           (node && (strcmp(node, kind) == 0 || (other && strcmp(node, other) == 0)));
}

static void read_text_keywords(struct shape *s, const cJSON *schema)
{
    const char *format = json_member_text(schema, "format");
    const cJSON *xml = json_member(schema, "xml");
    s->content_type = json_member_text(schema, "contentMediaType");
    s->encoded = json_member_text(schema, "contentEncoding") ||
                 (format && strcmp(format, "byte") == 0);
    s->binary =
        (format && strcmp(format, "binary") == 0) || (s->content_type && !s->encoded);
    s->name = json_member_text(xml, "name");
    s->space = json_member_text(xml, "namespace");
    s->prefix = json_member_text(xml, "prefix");
    s->attribute = says(xml, "attribute", NULL, "attribute");
    s->text = says(xml, NULL, "cdata", "text");
    /* OpenAPI 3.2: an array whose nodeType is element stands in an element of its own.
     */
    s->wrapped = says(xml, "wrapped", NULL, "element");
}

static void read_children(struct loading *l, struct shape *s, const cJSON *schema,
                          const char *pointer, int depth)
{
    const cJSON *properties = json_member(schema, "properties");
    const cJSON *others = json_member(schema, "additionalProperties");
    const cJSON *items = json_member(schema, "items");
    const cJSON *prefix = json_member(schema, "prefixItems");
    if (json_is_object(properties) && properties->child) {
        const char *at = load_join(l, pointer, "properties");
        s->members = map_new(l->arena);
        for (const cJSON *p = properties->child; p; p = p->next)
            map_put(s->members, str(p->string),
                    visit(l, p, load_join(l, at, p->string), depth));
    }
    if (json_is_object(others))
        s->others =
            visit(l, others, load_join(l, pointer, "additionalProperties"), depth);
    if (json_is_object(items))
        s->items = visit(l, items, load_join(l, pointer, "items"), depth);
    if (!json_is_array(prefix))
        return;
    s->first_items =
        arena_array(l->arena, const struct shape *, json_count(prefix) + 1);
    for (const cJSON *one = prefix->child; one; one = one->next, s->first_count++)
        s->first_items[s->first_count] =
            visit(l, one,
                  arena_printf(l->arena, "%s/prefixItems/%zu", pointer, s->first_count),
                  depth);
}

/* What one branch knows and s does not. */
static void learn(struct loading *l, struct shape *s, const struct shape *from)
{
    struct str name;
    void *value;
    for (size_t i = 0; from->members && map_at(from->members, i, &name, &value); i++) {
        struct shape *theirs = value, *ours = NULL;
        if (!s->members)
            s->members = map_new(l->arena);
        ours = map_get(s->members, name);
        if (ours && ours != theirs) {
            struct shape *both = arena_take(l->arena, sizeof(*both));
            *both = *ours;
            both->types |= theirs->types;
            theirs = both;
        }
        map_put(s->members, name, theirs);
    }
    s->others = s->others ? s->others : from->others;
    s->items = s->items ? s->items : from->items;
    if (!s->first_items) {
        s->first_items = from->first_items;
        s->first_count = from->first_count;
    }
    s->binary = s->binary || from->binary;
    s->encoded = s->encoded || from->encoded;
    s->content_type = s->content_type ? s->content_type : from->content_type;
    s->component = s->component ? s->component : from->component;
    s->name = s->name ? s->name : from->name;
    s->space = s->space ? s->space : from->space;
    s->prefix = s->prefix ? s->prefix : from->prefix;
    s->attribute = s->attribute || from->attribute;
    s->wrapped = s->wrapped || from->wrapped;
    s->text = s->text || from->text;
}

static void narrow(struct shape *s, unsigned types)
{
    if (s->types & types)
        s->types &= types;
}

static void read_branches(struct loading *l, struct shape *s, const cJSON *schema,
                          const char *pointer, int depth)
{
    static const char *const parts[] = { "allOf", "anyOf", "oneOf" };
    for (size_t i = 0; i < COUNT(parts); i++) {
        const cJSON *list = json_member(schema, parts[i]);
        unsigned types = 0;
        size_t n = 0;
        if (!json_is_array(list))
            continue;
        for (const cJSON *one = list->child; one; one = one->next, n++) {
            const char *at = arena_printf(l->arena, "%s/%s/%zu", pointer, parts[i], n);
            const struct shape *branch = visit(l, one, at, depth);
            if (i == 0)
                narrow(s, branch->types);
            types |= branch->types;
            learn(l, s, branch);
        }
        if (i > 0 && types)
            narrow(s, types);
    }
}

static const char *last_name(struct loading *l, const char *reference)
{
    const char *slash = strrchr(reference, '/');
    return slash ? arena_copy(l->arena, str(slash + 1)) : NULL;
}

/* OpenAPI 3.1: what stands beside $ref counts too; 3.0 has it ignored. */
static void read_reference(struct loading *l, struct shape *s, const cJSON *schema,
                           const char *pointer, int depth)
{
    const char *at = pointer, *why, *reference = json_member_text(schema, "$ref");
    const struct api *api = l->api;
    /* One that leads nowhere is told when the schema is compiled, which also knows of
     * anchors and $id. */
    const cJSON *target =
        source_find(api->library, api->document, reference, &at, l->arena, &why);
    if (!target || target == schema)
        return;
    const struct shape *there = visit(l, target, at, depth);
    narrow(s, there->types);
    learn(l, s, there);
    s->component = last_name(l, reference);
}

static struct shape *visit(struct loading *l, const cJSON *schema, const char *pointer,
                           int depth)
{
    if (!l->shapes)
        l->shapes = map_new(l->arena);
    struct shape *s = map_get(l->shapes, str(pointer));
    if (s)
        return s;
    s = arena_take(l->arena, sizeof(*s));
    s->types = TYPE_ANY;
    if (depth > DEPTH || !json_is_object(schema))
        return s;
    map_put(l->shapes, str(pointer),
            s); /* before its parts: they may lead back to it */
    bool reference = json_member_text(schema, "$ref") != NULL;
    if (!reference || !dialect_refs_stand_alone(l->api->dialect)) {
        s->types = types_of(schema);
        read_text_keywords(s, schema);
        read_children(l, s, schema, pointer, depth + 1);
        read_branches(l, s, schema, pointer, depth + 1);
    }
    if (reference)
        read_reference(l, s, schema, pointer, depth + 1);
    return s;
}

const struct shape *shape_of(struct loading *l, const cJSON *schema,
                             const char *pointer)
{
    return schema ? visit(l, schema, pointer, 0) : NULL;
}

const struct shape *shape_member(const struct shape *s, struct str name)
{
    const struct shape *member = s ? map_get(s->members, name) : NULL;
    return member || !s ? member : s->others;
}

const struct shape *shape_item(const struct shape *s, size_t index)
{
    if (s && index < s->first_count)
        return s->first_items[index];
    return s ? s->items : NULL;
}

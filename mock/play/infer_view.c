#include "api/source.h"
#include "doc/pointer.h"
#include "play/infer_parts.h"

/* Compositions inside compositions, and references behind references. */
enum { MOST_DEPTH = 6, MOST_REFERENCES = 16 };

struct view view_of(const struct look *l, const cJSON *node, const char *place)
{
    struct view v = { json_is_object(node) ? node : NULL, place };
    for (int i = 0; v.node && i < MOST_REFERENCES; i++) {
        const char *ref = json_member_text(v.node, "$ref"), *why;
        if (!ref)
            return v;
        v.node = source_find(l->api->library, l->api->document, ref, &v.place, l->arena,
                             &why);
        if (!json_is_object(v.node))
            v.node = NULL;
    }
    return (struct view){ NULL, place };
}

static struct view below(const struct look *l, struct view v, const char *keyword,
                         const cJSON *node, const char *name)
{
    const char *base = pointer_join(l->arena, v.place, keyword);
    return view_of(l, node, name ? pointer_join(l->arena, base, name) : base);
}

static void add_member(struct members *all, struct member m)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, m.name) == 0) {
            struct member *had = &all->list[i];
            had->read_only = had->read_only || m.read_only;
            had->given = had->given ? had->given : m.given;
            return;
        }
    if (all->count < MOST_MEMBERS)
        all->list[all->count++] = m;
}

static const char *const compositions[] = { "allOf", "oneOf", "anyOf" };

/* maybe: v is one of several that an instance may be. */
static void collect(const struct look *l, struct view v, struct members *all, int depth,
                    bool maybe)
{
    const cJSON *properties = json_member(v.node, "properties");
    const cJSON *required = json_member(v.node, "required");
    if (!v.node || depth > MOST_DEPTH || all->count == MOST_MEMBERS)
        return;
    for (const cJSON *p = json_is_object(properties) ? properties->child : NULL; p;
         p = p->next) {
        struct view m = below(l, v, "properties", p, p->string);
        const cJSON *own = json_member(p, "default");
        add_member(all, (struct member){
                            .name = p->string,
                            .view = m,
                            .read_only = json_is_true(json_member(p, "readOnly")) ||
                                         json_is_true(json_member(m.node, "readOnly")),
                            .given = maybe ? NULL
                                     : own ? own
                                           : json_member(m.node, "default") });
    }
    for (size_t i = 0; i < COUNT(compositions); i++) {
        const cJSON *list = json_member(v.node, compositions[i]);
        size_t index = 0;
        for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
            collect(l,
                    below(l, v, compositions[i], one,
                          arena_printf(l->arena, "%zu", index++)),
                    all, depth + 1, maybe || i > 0);
    }
    for (const cJSON *r = json_is_array(required) ? required->child : NULL; r;
         r = r->next)
        for (size_t i = 0; json_is_string(r) && i < all->count; i++)
            if (strcmp(all->list[i].name, r->valuestring) == 0)
                all->list[i].required = true;
}

const struct members *view_members(const struct look *l, struct view v)
{
    struct str key = { (const char *)&v.node, sizeof(v.node) };
    struct members *all = map_get(l->known, key);
    if (all)
        return all;
    l->filling->count = 0;
    collect(l, v, l->filling, 0, false);
    all = arena_take(l->arena, sizeof(*all));
    all->count = l->filling->count;
    all->list = arena_array(l->arena, struct member, all->count + 1);
    memcpy(all->list, l->filling->list, all->count * sizeof(*all->list));
    map_put(l->known, key, all);
    return all;
}

const struct member *view_member(const struct look *l, struct view v, const char *name)
{
    const struct members *all = view_members(l, v);
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->list[i].name, name) == 0)
            return &all->list[i];
    return NULL;
}

static unsigned type_named(const char *name)
{
    static const struct {
        const char *name;
        unsigned type;
    } types[] = { { "object", TYPE_OBJECT }, { "array", TYPE_ARRAY },
                  { "string", TYPE_STRING }, { "integer", TYPE_INTEGER },
                  { "number", TYPE_NUMBER }, { "boolean", TYPE_BOOLEAN },
                  { "null", TYPE_NULL } };
    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    return 0;
}

static unsigned types_of(const struct look *l, struct view v, int depth)
{
    const cJSON *type = json_member(v.node, "type");
    unsigned types = 0;
    if (!v.node || depth > MOST_DEPTH)
        return 0;
    if (json_is_string(type))
        return type_named(type->valuestring);
    for (const cJSON *one = json_is_array(type) ? type->child : NULL; one;
         one = one->next)
        types |= json_is_string(one) ? type_named(one->valuestring) : 0;
    if (types)
        return types;
    if (json_member(v.node, "properties"))
        return TYPE_OBJECT;
    if (json_member(v.node, "items"))
        return TYPE_ARRAY;
    for (size_t i = 0; i < COUNT(compositions); i++) {
        const cJSON *list = json_member(v.node, compositions[i]);
        for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
            types |= types_of(l, view_of(l, one, v.place), depth + 1);
    }
    return types;
}

const struct member *view_wrapper(const struct look *l, struct view v,
                                  struct view instance)
{
    const struct members *all = view_members(l, v);
    const struct member *only = all->count == 1 ? &all->list[0] : NULL;
    return only && view_is_object(l, only->view) &&
                   !view_member(l, instance, only->name)
               ? only
               : NULL;
}

unsigned view_types(const struct look *l, struct view v)
{
    return types_of(l, v, 0);
}

bool view_is_object(const struct look *l, struct view v)
{
    return (view_types(l, v) & (TYPE_OBJECT | TYPE_ARRAY)) == TYPE_OBJECT;
}

bool view_is_array(const struct look *l, struct view v)
{
    return (view_types(l, v) & (TYPE_OBJECT | TYPE_ARRAY)) == TYPE_ARRAY;
}

static struct view items_of(const struct look *l, struct view v, int depth)
{
    const cJSON *items = json_member(v.node, "items");
    for (size_t i = 0; v.node && !items && i < COUNT(compositions); i++) {
        const cJSON *list = json_member(v.node, compositions[i]);
        if (list && list->child && depth < MOST_DEPTH)
            return items_of(l, below(l, v, compositions[i], list->child, "0"),
                            depth + 1);
    }
    return items ? below(l, v, "items", items, NULL) : (struct view){ NULL, v.place };
}

struct view view_items(const struct look *l, struct view v)
{
    return items_of(l, v, 0);
}

bool view_is_same(struct view a, struct view b)
{
    return a.node && a.node == b.node;
}

const struct member *view_attributes(const struct look *l, struct view v)
{
    const struct member *m = view_member(l, v, "attributes");
    bool alike = view_member(l, v, "id") && view_members(l, v)->count <= 3;
    return m && view_is_object(l, m->view) && (alike || view_member(l, v, "type"))
               ? m
               : NULL;
}

struct view view_answer(const struct look *l, const struct operation *op, int status)
{
    const struct media *m = reply_json(operation_reply(op, status));
    const cJSON *schema = m ? json_member(m->node, "schema") : NULL;
    return schema ? view_of(l, schema, pointer_join(l->arena, m->pointer, "schema"))
                  : (struct view){ NULL, "" };
}

struct view view_body(const struct look *l, const struct operation *op)
{
    const struct media *m = op->input_body;
    const cJSON *schema = m && m->schema ? json_member(m->node, "schema") : NULL;
    return schema ? view_of(l, schema, pointer_join(l->arena, m->pointer, "schema"))
                  : (struct view){ NULL, "" };
}

const struct schema *infer_schema(const struct api *api, const char *place)
{
    const char *pointer;
    const struct document *d =
        source_place(api->library, api->document, place, &pointer);
    const cJSON *node = d ? pointer_get(d->root, pointer) : NULL;
    return node ? schemas_add_in(api->schemas, d, node, pointer) : NULL;
}

const struct schema *infer_unexampled(const struct look *l, struct view v)
{
    static const char *const given[] = { "example", "examples", "default" };
    cJSON *copy = json_copy(l->arena, v.node);
    for (size_t i = 0; i < COUNT(given); i++)
        if (json_member(copy, given[i]))
            json_detach(copy, json_member(copy, given[i]));
    return schemas_add(l->api->schemas, copy, v.place);
}

const struct schema *infer_key_schema(const struct api *api, const char *place,
                                      const char *key, struct arena *arena)
{
    struct members *filling = arena_take(arena, sizeof(*filling));
    filling->list = arena_array(arena, struct member, MOST_MEMBERS);
    const struct look l = { api, arena, map_new(arena), filling };
    const char *pointer, *first = key;
    const struct document *d =
        source_place(api->library, api->document, place, &pointer);
    const cJSON *node = d ? pointer_get(d->root, pointer) : NULL;
    const struct member *m = node && *key ? view_member(&l, view_of(&l, node, place),
                                                        pointer_token(&first, arena))
                                          : NULL;
    if (!m || !m->view.node || *first)
        return NULL;
    return infer_unexampled(&l, m->view);
}

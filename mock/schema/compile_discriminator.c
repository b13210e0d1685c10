/* OpenAPI 3.0.4, 4.7.25, and 3.1.1, 4.8.25: the value of one member chooses the schema,
 * so what oneOf or anyOf would say about the other branches does not matter.
 *
 * Values stand for schemas by the mapping, by the name of the branch's component, and
 * for a branch written in place by the const or enum of the member in it. Where there
 * are no branches, they are the components that are `allOf` this schema. 3.2 has a
 * defaultMapping for all other values. */
#include "schema/making.h"

#include "doc/pointer.h"

static void *plain(const struct schema *s)
{
    return (void *)(uintptr_t)s;
}

static const char *last_token(struct making *m, const char *reference)
{
    const char *slash = strrchr(reference, '/'), *token = NULL;
    for (const char *rest = slash; rest && *rest;)
        token = pointer_token(&rest, m->arena);
    return token;
}

/* The schema that the mapping names: a component's name or a reference. */
static const struct schema *mapped(struct making *m, const cJSON *entry)
{
    const char *text = json_is_string(entry) ? entry->valuestring : "", *why;
    const struct resource *from = m->schema->resource;
    struct resource_place place;
    const char *component = arena_printf(
        m->arena, "#%s", pointer_join(m->arena, "/components/schemas", text));
    if ((!strpbrk(text, "/#") &&
         resources_find(m->resources, from, component, &place, &why)) ||
        resources_find(m->resources, from, text, &place, &why))
        return making_at(m, &place);
    err_set(m->err, making_place(m, "discriminator"),
            "the mapping of \"%.60s\" leads to \"%.200s\", where nothing stands",
            entry->string, text);
    return NULL;
}

/* The values that the member may have in a branch written in place. */
static bool add_inline(struct making *m, struct map *by_value, const cJSON *branch,
                       const char *property, const char *path)
{
    const cJSON *member = json_member(json_member(branch, "properties"), property);
    const cJSON *one = json_member(member, "const");
    const cJSON *list = json_member(member, "enum");
    if (!json_is_string(one))
        one = json_is_array(list) ? list->child : NULL;
    else
        list = NULL;
    if (!one)
        return false;
    for (; one; one = list ? one->next : NULL)
        if (json_is_string(one))
            map_put(by_value, str(one->valuestring),
                    plain(making_child(m, branch, path)));
    return true;
}

static bool add_branches(struct making *m, struct map *by_value, const char *keyword,
                         const char *property)
{
    const cJSON *branches = json_member(m->schema->node, keyword);
    size_t n = 0;
    for (const cJSON *one = json_is_array(branches) ? branches->child : NULL; one;
         one = one->next, n++) {
        const char *ref = json_member_text(one, "$ref");
        const char *name = ref ? last_token(m, ref) : NULL;
        const char *path = arena_printf(m->arena, "/%s/%zu", keyword, n);
        if (name) {
            const struct schema *target = making_target(m, keyword, ref);
            if (target)
                map_put(by_value, str(name), plain(target));
        } else if (!add_inline(m, by_value, one, property, path)) {
            err_warn(
                m->err, making_place(m, "discriminator"),
                "branch %zu of %s has no name that a \"%.60s\" could choose, so it is "
                "judged by %s alone",
                n, keyword, property, keyword);
            return false;
        }
    }
    return true;
}

/* The components of the document that are allOf this schema, at any distance. */
static void add_children(struct making *m, struct map *by_value, const cJSON *parent,
                         int depth)
{
    static const char components[] = "/components/schemas";
    const struct document *document = m->schema->resource->document;
    const cJSON *all = pointer_get(document->root, components);
    for (const cJSON *one = json_is_object(all) ? all->child : NULL; one && depth < 8;
         one = one->next) {
        const cJSON *parts = json_member(one, "allOf");
        for (const cJSON *p = parts ? parts->child : NULL; p; p = p->next) {
            const char *ref = json_member_text(p, "$ref"), *why;
            struct resource_place to;
            const char *pointer = pointer_join(m->arena, components, one->string);
            if (!ref || map_get(by_value, str(one->string)) ||
                !resources_find(m->resources, m->schema->resource, ref, &to, &why) ||
                to.node != parent)
                continue;
            struct resource_place at = { one, pointer, m->schema->resource };
            map_put(by_value, str(one->string), plain(making_at(m, &at)));
            add_children(m, by_value, one, depth + 1);
        }
    }
}

/* The schema itself is one of the choices, by its own name. */
static void add_itself(struct making *m, struct map *by_value)
{
    const char *name = last_token(m, m->schema->pointer);
    if (name && !map_get(by_value, str(name)))
        map_put(by_value, str(name), m->schema);
}

static struct map *choices(struct making *m, const cJSON *value, const char *property)
{
    struct map *by_value = map_new(m->arena);
    const cJSON *node = m->schema->node;
    bool branches = json_member(node, "oneOf") || json_member(node, "anyOf");
    if (!add_branches(m, by_value, "oneOf", property) ||
        !add_branches(m, by_value, "anyOf", property))
        return NULL;
    if (!branches)
        add_children(m, by_value, node, 0);
    const cJSON *mapping = json_member(value, "mapping");
    for (const cJSON *one = json_is_object(mapping) ? mapping->child : NULL; one;
         one = one->next) {
        const struct schema *s = mapped(m, one);
        if (s)
            map_put(by_value, str(one->string), plain(s));
    }
    if (!branches && map_count(by_value))
        add_itself(m, by_value);
    return map_count(by_value) ? by_value : NULL;
}

/* What a finding lists: the mapping's values where there is one, since clients know
 * those; else the names. */
static const cJSON *values_of(struct making *m, const cJSON *value,
                              const struct map *by_value)
{
    const cJSON *mapping = json_member(value, "mapping");
    cJSON *values = json_array(m->arena);
    struct str name;
    void *schema;
    for (size_t i = 0; map_at(by_value, i, &name, &schema); i++)
        if (!json_count(mapping) || json_member_str(mapping, name))
            json_push(values, json_string(m->arena, name));
    return values;
}

bool making_discriminates(struct making *m)
{
    const cJSON *value = json_member(m->schema->node, "discriminator");
    if (!value || !keyword_in(keyword_of("discriminator"), m->language))
        return false;
    if (m->chooses)
        return m->choices;
    m->chooses = true;
    const char *property = json_member_text(value, "propertyName");
    if (property)
        m->choices = choices(m, value, property);
    else
        err_set(m->err, making_place(m, "discriminator"),
                "expected an object with a propertyName");
    return m->choices;
}

static bool requires(const cJSON *schema, const char *property)
{
    const cJSON *required = json_member(schema, "required");
    for (const cJSON *one = json_is_array(required) ? required->child : NULL; one;
         one = one->next)
        if (json_is_string(one) && strcmp(one->valuestring, property) == 0)
            return true;
    return false;
}

/* The specification wants the member to be required. Published documents leave it out
 * where a call need not say the kind, with a branch for just that case. */
static bool is_optional(struct making *m, const char *property)
{
    const cJSON *node = m->schema->node;
    if (!json_member(node, "oneOf") && !json_member(node, "anyOf"))
        return true;
    if (requires(node, property) ||
        !json_member(json_member(node, "properties"), property))
        return false;
    struct str name;
    void *schema;
    for (size_t i = 0; map_at(m->choices, i, &name, &schema); i++)
        if (requires(((const struct schema *)schema)->node, property))
            return false;
    return true;
}

/* A branch that closes itself and lacks the member that chooses it. */
static bool shuts_out(const cJSON *branch, const char *property)
{
    return json_is_bool(json_member(branch, "additionalProperties")) &&
           !json_is_true(json_member(branch, "additionalProperties")) &&
           !json_member(json_member(branch, "properties"), property) &&
           !json_count(json_member(branch, "patternProperties"));
}

/* One warning for all of them. */
static void warn_of_shut(struct making *m, const char *property)
{
    struct str name, first = { NULL, 0 };
    void *schema;
    for (size_t i = 0; map_at(m->choices, i, &name, &schema); i++)
        if (shuts_out(((const struct schema *)schema)->node, property))
            first = name;
    if (first.ptr)
        err_warn(m->err, making_place(m, "discriminator"),
                 "\"%.*s\" leads to a schema that forbids \"%.60s\" by "
                 "additionalProperties; such a branch is read as if it were open",
                 (int)first.len, first.ptr, property);
}

void on_discriminator(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    if (!making_discriminates(m))
        return;
    struct rule *r = making_rule(m, RULE_DISCRIMINATOR, TYPE_OBJECT, value);
    r->u.discriminator.property = json_member_text(value, "propertyName");
    r->u.discriminator.by_value = m->choices;
    warn_of_shut(m, r->u.discriminator.property);
    r->u.discriminator.values = values_of(m, value, m->choices);
    const cJSON *otherwise = json_member(value, "defaultMapping");
    if (otherwise)
        r->u.discriminator.otherwise = mapped(m, otherwise);
    r->u.discriminator.optional = is_optional(m, r->u.discriminator.property);
}

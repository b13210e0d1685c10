#include "schema/making.h"

#include "doc/uri.h"

/* ---- references ---- */

void on_ref(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (!making_wants(m, value, json_is_string(value), "a string"))
        return;
    const struct schema *target = making_target(m, k->name, value->valuestring);
    if (target)
        making_rule(m, RULE_REF, TYPE_ANY, value)->u.schema = target;
}

/* $dynamicRef, and $recursiveRef, which is one to a name that no anchor has. Only a
 * reference that leads to a dynamic anchor by itself is dynamic (core, 8.2.3.2). */
void on_dynamic_ref(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (!making_wants(m, value, json_is_string(value), "a string"))
        return;
    const struct schema *first = making_target(m, k->name, value->valuestring);
    if (!first)
        return;
    const char *anchor = strcmp(k->name, "$recursiveRef") == 0
                             ? RESOURCE_RECURSIVE
                             : uri_fragment(m->arena, value->valuestring);
    const struct resource_anchor *a = map_get(first->resource->anchors, str(anchor));
    bool dynamic = a && a->dynamic && a->at.node == first->node;
    struct rule *r =
        making_rule(m, dynamic ? RULE_DYNAMIC_REF : RULE_REF, TYPE_ANY, value);
    if (!dynamic) {
        r->u.schema = first;
        return;
    }
    r->u.dynamic.first = first;
    making_dynamic(m, anchor);
}

/* ---- schemas for the same value ---- */

/* not, propertyNames, unevaluatedItems, unevaluatedProperties */
void on_schema(struct making *m, const cJSON *value, const struct keyword *k)
{
    static const struct {
        const char *name;
        enum rule_kind kind;
        unsigned types;
    } rules[] = {
        { "not", RULE_NOT, TYPE_ANY },
        { "propertyNames", RULE_PROPERTY_NAMES, TYPE_OBJECT },
        { "unevaluatedItems", RULE_UNEVALUATED_ITEMS, TYPE_ARRAY },
        { "unevaluatedProperties", RULE_UNEVALUATED_PROPERTIES, TYPE_OBJECT },
    };
    for (size_t i = 0; i < COUNT(rules); i++) {
        if (strcmp(rules[i].name, k->name) != 0)
            continue;
        making_rule(m, rules[i].kind, rules[i].types, value)->u.schema =
            making_child_at(m, value);
        if (rules[i].kind >= RULE_UNEVALUATED_ITEMS)
            m->schema->unevaluated = true;
    }
}

void on_if(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    const cJSON *then = json_member(m->schema->node, "then");
    const cJSON *otherwise = json_member(m->schema->node, "else");
    struct rule *r = making_rule(m, RULE_IF, TYPE_ANY, value);
    r->u.choice.test = making_child_at(m, value);
    r->u.choice.then = then ? making_child_at(m, then) : NULL;
    r->u.choice.otherwise = otherwise ? making_child_at(m, otherwise) : NULL;
}

void on_branches(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (!making_wants(m, value, json_is_array(value) && value->child,
                      "an array of schemas"))
        return;
    enum rule_kind kind = strcmp(k->name, "allOf") == 0   ? RULE_ALL_OF
                          : strcmp(k->name, "anyOf") == 0 ? RULE_ANY_OF
                                                          : RULE_ONE_OF;
    /* Objects are judged by the discriminator; other values have none. */
    bool chosen = kind != RULE_ALL_OF && making_discriminates(m);
    unsigned types = chosen ? TYPE_ANY & ~(unsigned)TYPE_OBJECT : TYPE_ANY;
    struct rule *r = making_rule(m, kind, types, value);
    size_t n = 0;
    r->u.branches.list =
        arena_take(m->arena, json_count(value) * sizeof(*r->u.branches.list));
    for (const cJSON *one = value->child; one; one = one->next, n++) {
        const char *path = arena_printf(m->arena, "/%s/%zu", value->string, n);
        r->u.branches.list[n] = making_child(m, one, path);
    }
    r->u.branches.count = n;
}

#include "schema/sample_parts.h"

#include "base/limits.h"
#include "doc/number.h"
#include "doc/pointer.h"

/* A few schemas that name each other twice in an allOf unfold into billions. */
enum { MOST_MERGES = 100000 };

static bool merge(struct maker *m, cJSON *flat, const cJSON *schema, int hops);

const cJSON *sample_follow(const struct maker *m, const char *ref)
{
    const char *pointer = pointer_of_fragment(m->s->arena, ref);
    return pointer ? pointer_get(m->s->root, pointer) : NULL;
}

cJSON *sample_alias(const struct maker *m, const cJSON *node)
{
    cJSON *n = arena_take(m->s->arena, sizeof(*n));
    *n = *node;
    n->next = n->prev = NULL;
    return n;
}

/* The same members or items in a new parent, to which more may be added. */
static cJSON *copy_parent(const struct maker *m, const cJSON *parent)
{
    cJSON *copy = sample_alias(m, parent);
    copy->child = NULL;
    for (const cJSON *c = parent->child; c; c = c->next)
        json_push(copy, sample_alias(m, c));
    return copy;
}

cJSON *sample_flat_copy(const struct maker *m, const cJSON *flat)
{
    return copy_parent(m, flat);
}

static void set(const struct maker *m, cJSON *flat, const char *name,
                const cJSON *value)
{
    json_set(m->s->arena, flat, name, sample_alias(m, value));
}

/* How one keyword of two schemas becomes one. old is NULL when only one has it. False
 * when no value can please both. */
typedef bool joiner(const struct maker *m, cJSON *flat, const char *name,
                    const cJSON *old, const cJSON *new);

static bool keep_first(const struct maker *m, cJSON *flat, const char *name,
                       const cJSON *old, const cJSON *new)
{
    if (!old)
        set(m, flat, name, new);
    return true;
}

static bool keep_larger(const struct maker *m, cJSON *flat, const char *name,
                        const cJSON *old, const cJSON *new)
{
    if (json_is_number(new) && (!json_is_number(old) || number_compare(new, old) > 0))
        set(m, flat, name, new);
    return true;
}

static bool keep_smaller(const struct maker *m, cJSON *flat, const char *name,
                         const cJSON *old, const cJSON *new)
{
    if (json_is_number(new) && (!json_is_number(old) || number_compare(new, old) < 0))
        set(m, flat, name, new);
    return true;
}

static bool keep_true(const struct maker *m, cJSON *flat, const char *name,
                      const cJSON *old, const cJSON *new)
{
    if (!old || json_is_true(new))
        set(m, flat, name, new);
    return true;
}

static bool join_lists(const struct maker *m, cJSON *flat, const char *name,
                       const cJSON *old, const cJSON *new)
{
    if (!json_is_array(new))
        return true;
    cJSON *all = old ? copy_parent(m, old) : json_array(m->s->arena);
    for (const cJSON *c = new->child; c; c = c->next)
        json_push(all, sample_alias(m, c));
    json_set(m->s->arena, flat, name, all);
    return true;
}

/* One schema that asks for what two ask for. */
static cJSON *both(const struct maker *m, const cJSON *a, const cJSON *b)
{
    cJSON *list = json_array(m->s->arena), *schema = json_object(m->s->arena);
    json_push(list, sample_alias(m, a));
    json_push(list, sample_alias(m, b));
    json_set(m->s->arena, schema, "allOf", list);
    return schema;
}

static bool join_schema(const struct maker *m, cJSON *flat, const char *name,
                        const cJSON *old, const cJSON *new)
{
    if (old)
        json_set(m->s->arena, flat, name, both(m, old, new));
    else
        set(m, flat, name, new);
    return true;
}

static bool join_members(const struct maker *m, cJSON *flat, const char *name,
                         const cJSON *old, const cJSON *new)
{
    if (!json_is_object(new))
        return true;
    cJSON *all = old ? copy_parent(m, old) : json_object(m->s->arena);
    for (const cJSON *c = new->child; c; c = c->next) {
        const cJSON *there = json_member(all, c->string);
        json_set(m->s->arena, all, c->string,
                 there ? both(m, there, c) : sample_alias(m, c));
    }
    json_set(m->s->arena, flat, name, all);
    return true;
}

static bool join_enum(const struct maker *m, cJSON *flat, const char *name,
                      const cJSON *old, const cJSON *new)
{
    if (!json_is_array(new))
        return true;
    cJSON *shared = json_array(m->s->arena);
    for (const cJSON *c = new->child; c; c = c->next) {
        bool wanted = !old;
        for (const cJSON *o = old ? old->child : NULL; o && !wanted; o = o->next)
            wanted = json_equal(o, c);
        if (wanted)
            json_push(shared, sample_alias(m, c));
    }
    json_set(m->s->arena, flat, name, shared);
    return shared->child;
}

static bool join_const(const struct maker *m, cJSON *flat, const char *name,
                       const cJSON *old, const cJSON *new)
{
    (void)name;
    (void)old;
    cJSON *list = json_array(m->s->arena);
    json_push(list, sample_alias(m, new));
    return join_enum(m, flat, "enum", json_member(flat, "enum"), list);
}

static bool type_is(const cJSON *t, const char *name)
{
    return json_is_string(t) && strcmp(t->valuestring, name) == 0;
}

/* What is left of type a when b must hold too; NULL for nothing. */
static const cJSON *common_type(const cJSON *a, const cJSON *b)
{
    if (type_is(a, "number") && type_is(b, "integer"))
        return b;
    return json_equal(a, b) || (type_is(a, "integer") && type_is(b, "number")) ? a
                                                                               : NULL;
}

static bool join_types(const struct maker *m, cJSON *flat, const char *name,
                       const cJSON *old, const cJSON *new)
{
    cJSON *list = json_array(m->s->arena);
    if (json_is_array(new))
        list = copy_parent(m, new);
    else
        json_push(list, sample_alias(m, new));
    cJSON *shared = old ? json_array(m->s->arena) : list;
    for (const cJSON *o = old ? old->child : NULL; o; o = o->next)
        for (const cJSON *n = list->child; n; n = n->next) {
            const cJSON *left = common_type(o, n);
            if (left)
                json_push(shared, sample_alias(m, left));
        }
    json_set(m->s->arena, flat, name, shared);
    return shared->child;
}

static const struct {
    const char *name;
    joiner *join;
} keywords[] = {
    { "const", join_const },
    { "enum", join_enum },
    { "properties", join_members },
    { "patternProperties", join_members },
    { "dependentRequired", keep_first },
    { "required", join_lists },
    { "items", join_schema },
    { "additionalProperties", join_schema },
    { "propertyNames", join_schema },
    { "contains", join_schema },
    { "minContains", keep_larger },
    { "prefixItems", keep_first },
    { "minimum", keep_larger },
    { "exclusiveMinimum", keep_larger },
    { "maximum", keep_smaller },
    { "exclusiveMaximum", keep_smaller },
    { "multipleOf", keep_larger },
    { "minLength", keep_larger },
    { "maxLength", keep_smaller },
    { "minItems", keep_larger },
    { "maxItems", keep_smaller },
    { "minProperties", keep_larger },
    { "maxProperties", keep_smaller },
    { "uniqueItems", keep_true },
    { "pattern", keep_first },
    { "format", keep_first },
    { "discriminator", keep_first },
};

/* OpenAPI 3.0: `minimum: 1, exclusiveMinimum: true` is `exclusiveMinimum: 1`. */
static const cJSON *bound_of(const cJSON *schema, const cJSON *keyword)
{
    static const struct {
        const char *bound, *exclusive;
    } pairs[] = { { "minimum", "exclusiveMinimum" },
                  { "maximum", "exclusiveMaximum" } };
    for (size_t i = 0; i < COUNT(pairs); i++)
        if (strcmp(keyword->string, pairs[i].exclusive) == 0 && json_is_true(keyword))
            return json_member(schema, pairs[i].bound);
    return keyword;
}

static const cJSON *type_of(const struct maker *m, const cJSON *schema)
{
    const cJSON *type = json_member(schema, "type");
    if (!m->s->openapi_30 || !type || !json_is_true(json_member(schema, "nullable")))
        return type;
    cJSON *list = json_array(m->s->arena);
    json_push(list, sample_alias(m, type));
    json_push(list, json_string(m->s->arena, STR("null")));
    return list;
}

static bool merge_keywords(const struct maker *m, cJSON *flat, const cJSON *schema)
{
    const cJSON *type = type_of(m, schema);
    if (type && !join_types(m, flat, "type", json_member(flat, "type"), type))
        return false;
    for (const cJSON *k = schema->child; k; k = k->next)
        for (size_t i = 0; i < COUNT(keywords); i++) {
            if (strcmp(keywords[i].name, k->string) != 0)
                continue;
            const cJSON *old = json_member(flat, k->string), *new = bound_of(schema, k);
            if (new && !keywords[i].join(m, flat, k->string, old, new))
                return false;
        }
    return true;
}

const char *sample_kind(const struct maker *m, const cJSON *discriminator,
                        const cJSON *target)
{
    const cJSON *mapping = json_member(discriminator, "mapping");
    const cJSON *schemas = pointer_get(m->s->root, "/components/schemas");
    for (const cJSON *k = mapping ? mapping->child : NULL; k; k = k->next) {
        if (!json_is_string(k))
            continue;
        if (target == (k->valuestring[0] == '#' ? sample_follow(m, k->valuestring)
                                                : json_member(schemas, k->valuestring)))
            return k->string;
    }
    bool named = target->string && json_member(schemas, target->string) == target;
    return named ? target->string : NULL;
}

/* branch, with the discriminator's property set to what stands for it. */
static const cJSON *branch_of(const struct maker *m, const cJSON *schema,
                              const cJSON *branch)
{
    const cJSON *discriminator = json_member(schema, "discriminator");
    const char *property = json_member_text(discriminator, "propertyName");
    const char *ref = json_member_text(branch, "$ref");
    const cJSON *target = ref ? sample_follow(m, ref) : NULL;
    const char *value =
        property && target ? sample_kind(m, discriminator, target) : NULL;
    if (!value)
        return branch;
    struct arena *a = m->s->arena;
    cJSON *said = json_object(a), *properties = json_object(a), *only = json_object(a);
    cJSON *required = json_array(a);
    json_set(a, only, "const", json_string(a, str(value)));
    json_set(a, properties, property, only);
    json_set(a, said, "properties", properties);
    json_push(required, json_string(a, str(property)));
    json_set(a, said, "required", required);
    return both(m, branch, said);
}

static void add_choices(const struct maker *m, cJSON *flat, const cJSON *schema,
                        const char *keyword)
{
    const cJSON *branches = json_member(schema, keyword);
    if (!json_is_array(branches) || !branches->child)
        return;
    cJSON *choices = json_member(flat, SAMPLE_CHOICES);
    cJSON *all = choices ? copy_parent(m, choices) : json_array(m->s->arena);
    cJSON *list = json_array(m->s->arena);
    for (const cJSON *b = branches->child; b; b = b->next)
        json_push(list, sample_alias(m, branch_of(m, schema, b)));
    json_push(all, list);
    json_set(m->s->arena, flat, SAMPLE_CHOICES, all);
}

static void add_examples(const struct maker *m, cJSON *flat, const cJSON *schema)
{
    static const char *const single[] = { "example", "default" };
    const cJSON *many = json_member(schema, "examples");
    cJSON *list = json_array(m->s->arena);
    const cJSON *example = json_member(schema, single[0]);
    if (example)
        json_push(list, sample_alias(m, example));
    for (const cJSON *e = json_is_array(many) ? many->child : NULL; e; e = e->next)
        json_push(list, sample_alias(m, e));
    const cJSON *usual = json_member(schema, single[1]);
    if (usual)
        json_push(list, sample_alias(m, usual));
    if (list->child)
        join_lists(m, flat, SAMPLE_PARTIAL, json_member(flat, SAMPLE_PARTIAL), list);
}

static bool merge_all(struct maker *m, cJSON *flat, const cJSON *all, int hops)
{
    for (const cJSON *s = json_is_array(all) ? all->child : NULL; s; s = s->next)
        if (!merge(m, flat, s, hops + 1))
            return false;
    return true;
}

static bool merge(struct maker *m, cJSON *flat, const cJSON *schema, int hops)
{
    if (hops > LIMIT_DEPTH || !schema || m->merges >= MOST_MERGES)
        return false;
    m->merges++;
    if (!json_is_object(schema))
        return json_is_true(schema);
    const char *ref = json_member_text(schema, "$ref");
    if (ref && m->s->openapi_30)
        return merge(m, flat, sample_follow(m, ref), hops + 1);
    add_examples(m, flat, schema);
    if (ref && !merge(m, flat, sample_follow(m, ref), hops + 1))
        return false;
    add_choices(m, flat, schema, "oneOf");
    add_choices(m, flat, schema, "anyOf");
    return merge_keywords(m, flat, schema) &&
           merge_all(m, flat, json_member(schema, "allOf"), hops);
}

bool sample_merge(struct maker *m, cJSON *flat, const cJSON *schema)
{
    return merge(m, flat, schema, 0);
}

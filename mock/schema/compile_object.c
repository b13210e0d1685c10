#include "schema/making.h"

#include "doc/pointer.h"

static bool names_only(const cJSON *array)
{
    for (const cJSON *one = array->child; one; one = one->next)
        if (!json_is_string(one))
            return false;
    return json_is_array(array);
}

/* ---- what one member asks of the others ---- */

void on_dependent_required(struct making *m, const cJSON *value,
                           const struct keyword *k)
{
    (void)k;
    bool fits = json_is_object(value);
    for (const cJSON *one = fits ? value->child : NULL; one; one = one->next)
        fits = fits && names_only(one);
    if (making_wants(m, value, fits, "an object of arrays of member names"))
        making_rule(m, RULE_DEPENDENT, TYPE_OBJECT, value);
}

void on_dependent_schemas(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    if (making_wants(m, value, json_is_object(value), "an object"))
        making_rule(m, RULE_DEPENDENT, TYPE_OBJECT, value)->u.dependents =
            making_named(m, value);
}

/* Before 2019-09 the two were one; 2020-12 keeps it (validation, appendix A). */
void on_dependencies(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    bool fits = json_is_object(value);
    for (const cJSON *one = fits ? value->child : NULL; one; one = one->next)
        fits = fits && (!json_is_array(one) || names_only(one));
    if (!making_wants(m, value, fits,
                      "an object of schemas and arrays of member names"))
        return;
    struct map *schemas = map_new(m->arena);
    for (const cJSON *one = value->child; one; one = one->next) {
        const char *path = arena_printf(m->arena, "/dependencies%s",
                                        pointer_join(m->arena, "", one->string));
        if (!json_is_array(one))
            map_put(schemas, str(one->string),
                    (void *)(uintptr_t)making_child(m, one, path));
    }
    making_rule(m, RULE_DEPENDENT, TYPE_OBJECT, value)->u.dependents = schemas;
}

/* ---- members ---- */

static struct property *property_for(struct object_rule *o, const char *name)
{
    int hash = json_name_hash(str(name));
    size_t i = json_name_slot(hash, o->slots);
    for (; o->table[i]; i = (i + 1) & (o->slots - 1))
        if (o->table[i]->hash == hash && str_is(o->table[i]->name, name))
            return o->table[i];
    o->table[i] = &o->list[o->count++];
    *o->table[i] = (struct property){ str(name), NULL, hash, -1, 0 };
    return o->table[i];
}

static void add_patterns(struct making *m, struct object_rule *o, const cJSON *value)
{
    if (!making_wants(m, value, json_is_object(value), "an object"))
        return;
    const struct map *schemas = making_named(m, value);
    o->patterns = arena_take(m->arena, (json_count(value) + 1) * sizeof(*o->patterns));
    for (const cJSON *one = value->child; one; one = one->next) {
        const char *why;
        struct pattern *p = pattern_compile(one->string, m->arena, &why);
        if (!p) {
            err_set(m->err, making_place(m, value->string), "%s", why);
            continue;
        }
        o->patterns[o->pattern_count].pattern = p;
        o->patterns[o->pattern_count++].schema = map_get(schemas, str(one->string));
    }
}

static void add_required(struct making *m, struct object_rule *o, const cJSON *required)
{
    o->required = arena_array(m->arena, const char *, json_count(required) + 1);
    for (const cJSON *one = required ? required->child : NULL; one; one = one->next) {
        struct property *p = property_for(o, one->valuestring);
        if (p->required < 0) {
            p->required = (int)o->required_count;
            o->required[o->required_count++] = one->valuestring;
        }
    }
}

/* A keyword of objects, when the language has it and it is of the right kind. */
static const cJSON *member_of(struct making *m, const char *keyword,
                              bool (*fits)(const cJSON *), const char *what)
{
    const cJSON *value = json_member(m->schema->node, keyword);
    if (!value || !keyword_in(keyword_of(keyword), m->language) ||
        (fits && !making_wants(m, value, fits(value), what)))
        return NULL;
    return value;
}

static bool is_object(const cJSON *value)
{
    return json_is_object(value);
}

/* Published documents hold `properties: { $ref: … }`, which no specification knows.
 * What is meant is plain: the members that stand where the reference leads. */
static const struct map *borrowed(struct making *m, const cJSON **properties)
{
    const cJSON *ref = json_member(*properties, "$ref");
    struct resource_place at;
    const char *why;
    if (!json_is_string(ref) || ref->next || ref != (*properties)->child ||
        !resources_find(m->resources, m->schema->resource, ref->valuestring, &at,
                        &why) ||
        !json_is_object(at.node))
        return NULL;
    err_warn(
        m->err, making_place(m, "properties"),
        "a $ref stands where properties are expected; the members of \"%.200s\" are "
        "taken for them",
        ref->valuestring);
    struct map *names = map_new(m->arena);
    for (const cJSON *one = at.node->child; one; one = one->next) {
        struct resource_place place = { one,
                                        pointer_join(m->arena, at.pointer, one->string),
                                        at.resource };
        map_put(names, str(one->string), (void *)(uintptr_t)making_at(m, &place));
    }
    *properties = at.node;
    return names;
}

void making_object(struct making *m)
{
    const cJSON *properties = member_of(m, "properties", is_object, "an object");
    const struct map *named = properties ? borrowed(m, &properties) : NULL;
    const cJSON *required = member_of(m, "required", names_only, "an array of names");
    const cJSON *patterns = member_of(m, "patternProperties", is_object, "an object");
    const cJSON *additional = member_of(m, "additionalProperties", NULL, NULL);
    if (!properties && !required && !patterns && !additional)
        return;

    struct object_rule *o = arena_take(m->arena, sizeof(*o));
    size_t count = json_count(properties) + json_count(required);
    o->list = arena_array(m->arena, struct property, count);
    if (count) {
        for (o->slots = 8; o->slots < count * 2;)
            o->slots *= 2;
        o->table = arena_array(m->arena, struct property *, o->slots);
    }
    if (properties)
        m->schema->declared = named ? named : making_named(m, properties);
    for (const cJSON *one = properties ? properties->child : NULL; one; one = one->next)
        property_for(o, one->string)->schema =
            map_get(m->schema->declared, str(one->string));
    add_required(m, o, required);
    if (patterns)
        add_patterns(m, o, patterns);
    o->open = json_is_true(additional);
    if (additional && !o->open) {
        o->additional = making_child_at(m, additional);
        ((struct schema *)(uintptr_t)o->additional)->boolean = true;
    }
    const cJSON *first = properties ? properties
                         : required ? required
                         : patterns ? patterns
                                    : additional;
    making_rule(m, RULE_OBJECT, TYPE_OBJECT, first)->u.object = o;
}

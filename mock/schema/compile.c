#include "schema/plan.h"

#include "base/limits.h"
#include "doc/document.h"
#include "doc/number.h"
#include "doc/pointer.h"
#include "schema/ring.h"

#include <stdio.h>

struct work {
    struct work *next;
    struct schema *schema;
};

struct schemas {
    const cJSON *root;
    const char *file;
    enum dialect dialect;
    struct arena *arena;
    struct err *err;
    struct map *by_node; /* the address of a node → struct schema */
    struct work *todo, **todo_end;
};

struct schemas *schemas_new(const cJSON *root, const char *file, enum dialect dialect,
                            struct arena *arena, struct err *err)
{
    struct schemas *all = arena_take(arena, sizeof(*all));
    *all = (struct schemas){ .root = root,
                             .file = file,
                             .dialect = dialect,
                             .arena = arena,
                             .err = err,
                             .by_node = map_new(arena) };
    all->todo_end = &all->todo;
    return all;
}

const struct schema *schemas_add(struct schemas *all, const cJSON *node,
                                 const char *pointer)
{
    struct str key = { (const char *)&node, sizeof(node) };
    struct schema *s = map_get(all->by_node, key);
    if (s)
        return s;
    s = arena_take(all->arena, sizeof(*s));
    s->pointer = arena_copy(all->arena, str(pointer));
    s->node = node;
    s->types = TYPE_ANY;
    s->number = map_count(all->by_node);
    map_put(all->by_node, key, s);

    struct work *w = arena_take(all->arena, sizeof(*w));
    w->schema = s;
    *all->todo_end = w;
    all->todo_end = &w->next;
    return s;
}

/* One schema while its plan is made. */
struct making {
    struct schemas *all;
    struct schema *schema;
    struct rule rules[RULE_UNEVALUATED_PROPERTIES + 8];
};

static struct where place(const struct making *m, const char *keyword)
{
    return (struct where){ .file = m->all->file,
                           .pointer = pointer_join(m->all->arena, m->schema->pointer,
                                                   keyword) };
}

/* The keyword's value, which must be of a kind. Reported when it is another. */
static bool wanted(struct making *m, const cJSON *value, bool fits, const char *what)
{
    if (!fits)
        err_set(m->all->err, place(m, value->string), "expected %s, found %s", what,
                json_kind(value));
    return fits;
}

static struct rule *add_rule(struct making *m, enum rule_kind kind, unsigned types,
                             const cJSON *value)
{
    struct rule *r = &m->rules[m->schema->rule_count++];
    *r = (struct rule){ .kind = (uint8_t)kind,
                        .types = (uint8_t)types,
                        .keyword = value->string,
                        .value = value };
    return r;
}

static const struct schema *child(struct making *m, const cJSON *node, const char *path)
{
    struct buffer b = buffer_in(m->all->arena, LIMIT_FILE_BYTES);
    buffer_add_text(&b, m->schema->pointer);
    buffer_add_text(&b, path);
    return schemas_add(m->all, node, b.ptr ? b.ptr : "");
}

/* "/keyword" or "/keyword/name", escaped. */
static const char *path_of(struct making *m, const char *keyword, const char *name)
{
    const char *path = pointer_join(m->all->arena, "", keyword);
    return name ? pointer_join(m->all->arena, path, name) : path;
}

static const struct schema *child_at(struct making *m, const cJSON *keyword)
{
    return child(m, keyword, path_of(m, keyword->string, NULL));
}

/* ---- keywords, one function for each shape ---- */

static void on_type(struct making *m, const cJSON *value)
{
    static const struct {
        const char *name;
        unsigned bits;
    } names[] = {
        { "null", TYPE_NULL },       { "boolean", TYPE_BOOLEAN },
        { "object", TYPE_OBJECT },   { "array", TYPE_ARRAY },
        { "string", TYPE_STRING },   { "number", TYPE_NUMBER | TYPE_INTEGER },
        { "integer", TYPE_INTEGER },
    };
    const cJSON *first = json_is_array(value) ? value->child : value;
    unsigned types = 0;
    for (const cJSON *one = first; one; one = json_is_array(value) ? one->next : NULL) {
        unsigned bits = 0;
        for (size_t i = 0; i < COUNT(names) && json_is_string(one); i++)
            if (strcmp(one->valuestring, names[i].name) == 0)
                bits = names[i].bits;
        if (!bits || (bits == TYPE_NULL && m->all->dialect == DIALECT_OPENAPI_30))
            err_set(
                m->all->err, place(m, "type"),
                "expected one of object, array, string, number, integer, boolean%s, "
                "found %s",
                m->all->dialect == DIALECT_OPENAPI_30 ? "" : ", null",
                json_is_string(one) ? one->valuestring : json_kind(one));
        types |= bits;
    }
    if (!first)
        err_set(m->all->err, place(m, "type"), "expected a type or an array of types");
    m->schema->types = types;
    if (json_is_true(json_member(m->schema->node, "nullable")) &&
        m->all->dialect == DIALECT_OPENAPI_30)
        m->schema->types |= TYPE_NULL;
}

static void on_size(struct making *m, const cJSON *value, enum rule_kind kind,
                    unsigned types)
{
    bool fits =
        json_is_number(value) && number_is_integer(value) && value->valuedouble >= 0;
    if (!wanted(m, value, fits, "a whole number that is not negative"))
        return;
    double most = 9e15; /* any size past this is past every bound of ours, too */
    add_rule(m, kind, types, value)->u.size =
        (size_t)(value->valuedouble > most ? most : value->valuedouble);
}

static void on_number(struct making *m, const cJSON *value, enum rule_kind kind)
{
    if (!wanted(m, value, json_is_number(value), "a number"))
        return;
    if (kind == RULE_MULTIPLE_OF && value->valuedouble <= 0) {
        err_set(m->all->err, place(m, value->string), "expected a number above 0");
        return;
    }
    struct rule *r = add_rule(m, kind, TYPE_NUMBER, value);
    if (kind == RULE_EXCLUSIVE_MAXIMUM)
        r->keyword = "exclusiveMaximum"; /* in OpenAPI 3.0 it stands beside */
    if (kind == RULE_EXCLUSIVE_MINIMUM)
        r->keyword = "exclusiveMinimum";
}

/* OpenAPI 3.0: `exclusiveMinimum: true` turns `minimum` into the exclusive kind. */
static enum rule_kind bound_kind(struct making *m, const char *exclusive,
                                 enum rule_kind kind)
{
    if (m->all->dialect != DIALECT_OPENAPI_30)
        return kind;
    bool is = json_is_true(json_member(m->schema->node, exclusive));
    return is ? kind + 1 : kind;
}

static void on_enum(struct making *m, const cJSON *value)
{
    if (!wanted(m, value, json_is_array(value), "an array"))
        return;
    struct rule *r = add_rule(m, RULE_ENUM, TYPE_ANY, value);
    size_t count = json_count(value), slots = 16;
    if (count <= 4)
        return;
    while (slots < count * 2)
        slots *= 2;
    r->u.set.slots = arena_take(m->all->arena, slots * sizeof(*r->u.set.slots));
    r->u.set.count = slots;
    for (const cJSON *one = value->child; one; one = one->next) {
        size_t i = json_hash(one) & (slots - 1);
        while (r->u.set.slots[i])
            i = (i + 1) & (slots - 1);
        r->u.set.slots[i] = one;
    }
}

static void on_pattern(struct making *m, const cJSON *value)
{
    if (!wanted(m, value, json_is_string(value), "a string"))
        return;
    const char *why;
    struct pattern *p = pattern_compile(value->valuestring, m->all->arena, &why);
    if (!p) {
        err_set(m->all->err, place(m, value->string), "%s", why);
        return;
    }
    add_rule(m, RULE_PATTERN, TYPE_STRING, value)->u.pattern = p;
}

static void on_format(struct making *m, const cJSON *value)
{
    if (!wanted(m, value, json_is_string(value), "a string"))
        return;
    const struct format *f = format_of(value->valuestring);
    if (!f) {
        err_warn(m->all->err, place(m, value->string),
                 "the format \"%.60s\" is not known here and will not be enforced",
                 value->valuestring);
        return;
    }
    add_rule(m, RULE_FORMAT, TYPE_STRING | TYPE_NUMBER, value)->u.format = f;
}

static void on_branches(struct making *m, const cJSON *value, enum rule_kind kind)
{
    if (!wanted(m, value, json_is_array(value) && value->child, "an array of schemas"))
        return;
    struct rule *r = add_rule(m, kind, TYPE_ANY, value);
    size_t n = 0;
    r->u.branches.list =
        arena_take(m->all->arena, json_count(value) * sizeof(*r->u.branches.list));
    for (const cJSON *one = value->child; one; one = one->next, n++) {
        const char *path = arena_printf(m->all->arena, "/%s/%zu", value->string, n);
        r->u.branches.list[n] = child(m, one, path);
    }
    r->u.branches.count = n;
}

/* A map from each member's name to the schema that is its value. */
static const struct map *named_children(struct making *m, const cJSON *value)
{
    struct map *names = map_new(m->all->arena);
    for (const cJSON *one = value->child; one; one = one->next) {
        const struct schema *s = child(m, one, path_of(m, value->string, one->string));
        map_put(names, str(one->string), (void *)(uintptr_t)s);
    }
    return names;
}

static void on_dependent_schemas(struct making *m, const cJSON *value)
{
    if (wanted(m, value, json_is_object(value), "an object"))
        add_rule(m, RULE_DEPENDENT_SCHEMAS, TYPE_OBJECT, value)->u.dependents =
            named_children(m, value);
}

static void on_dependent_required(struct making *m, const cJSON *value)
{
    bool fits = json_is_object(value);
    for (const cJSON *one = fits ? value->child : NULL; one; one = one->next) {
        fits = fits && json_is_array(one);
        for (const cJSON *name = one->child; name; name = name->next)
            fits = fits && json_is_string(name);
    }
    if (wanted(m, value, fits, "an object of arrays of member names"))
        add_rule(m, RULE_DEPENDENT_REQUIRED, TYPE_OBJECT, value);
}

static void on_ref(struct making *m, const cJSON *value)
{
    if (!wanted(m, value, json_is_string(value), "a string"))
        return;
    const char *pointer = pointer_of_fragment(m->all->arena, value->valuestring);
    const cJSON *target = pointer ? pointer_get(m->all->root, pointer) : NULL;
    if (!target) {
        err_set(m->all->err, place(m, "$ref"),
                pointer ? "nothing stands at \"%.200s\""
                        : "expected a reference into this document (\"#/…\"), found "
                          "\"%.200s\"",
                value->valuestring);
        return;
    }
    add_rule(m, RULE_REF, TYPE_ANY, value)->u.schema =
        schemas_add(m->all, target, pointer);
}

/* The schema that a discriminator's mapping names: a reference or a component's name.
 */
static const struct schema *mapped(struct making *m, const cJSON *entry)
{
    struct arena *arena = m->all->arena;
    const char *text = json_is_string(entry) ? entry->valuestring : "";
    const char *pointer = pointer_of_fragment(arena, text);
    if (!pointer)
        pointer = pointer_join(arena, "/components/schemas", text);
    const cJSON *target = pointer_get(m->all->root, pointer);
    if (target)
        return schemas_add(m->all, target, pointer);
    err_set(m->all->err, place(m, "discriminator"),
            "the mapping of \"%.60s\" leads to \"%.200s\", where nothing stands",
            entry->string, text);
    return NULL;
}

/* OpenAPI 3.1.1, 4.8.25. The branches are chosen by the value of one member; what
 * oneOf or anyOf would say about the others does not matter. */
static bool on_discriminator(struct making *m, const cJSON *value,
                             const cJSON *branches)
{
    struct arena *arena = m->all->arena;
    const char *property = json_member_text(value, "propertyName");
    if (!property) {
        err_set(m->all->err, place(m, "discriminator"),
                "expected an object with a propertyName");
        return false;
    }
    struct map *by_value = map_new(arena);
    cJSON *values = json_array(arena);
    for (const cJSON *one = branches->child; one; one = one->next) {
        const char *ref = json_member_text(one, "$ref");
        const char *slash = ref ? strrchr(ref, '/') : NULL;
        const char *pointer = ref ? pointer_of_fragment(arena, ref) : NULL;
        const cJSON *target = pointer ? pointer_get(m->all->root, pointer) : NULL;
        if (target && slash)
            map_put(by_value, str(slash + 1),
                    (void *)(uintptr_t)schemas_add(m->all, target, pointer));
    }
    const cJSON *mapping = json_member(value, "mapping");
    for (const cJSON *one = mapping ? mapping->child : NULL; one; one = one->next) {
        const struct schema *s = mapped(m, one);
        if (s) {
            map_put(by_value, str(one->string), (void *)(uintptr_t)s);
            json_push(values, json_string(arena, str(one->string)));
        }
    }
    struct str name;
    void *ignored;
    for (size_t i = 0; !mapping && map_at(by_value, i, &name, &ignored); i++)
        json_push(values, json_string(arena, name));
    if (!map_count(by_value))
        return false;
    struct rule *r = add_rule(m, RULE_DISCRIMINATOR, TYPE_OBJECT, value);
    r->u.discriminator.property = property;
    r->u.discriminator.by_value = by_value;
    r->u.discriminator.values = values;
    return true;
}

static void on_items(struct making *m)
{
    const cJSON *node = m->schema->node, *rest = json_member(node, "items");
    const cJSON *prefix = json_member(node, "prefixItems");
    if (m->all->dialect == DIALECT_OPENAPI_30)
        prefix = NULL;
    if (!rest && !prefix)
        return;
    struct rule *r = add_rule(m, RULE_ITEMS, TYPE_ARRAY, rest ? rest : prefix);
    if (rest)
        r->u.items.rest = child_at(m, rest);
    if (!prefix || !wanted(m, prefix, json_is_array(prefix), "an array of schemas"))
        return;
    size_t n = 0;
    r->u.items.prefix = arena_take(m->all->arena, (json_count(prefix) + 1) *
                                                      sizeof(*r->u.items.prefix));
    for (const cJSON *one = prefix->child; one; one = one->next, n++)
        r->u.items.prefix[n] =
            child(m, one, arena_printf(m->all->arena, "/prefixItems/%zu", n));
    r->u.items.prefix_count = n;
}

static void on_contains(struct making *m, const cJSON *value)
{
    const cJSON *min = json_member(m->schema->node, "minContains");
    const cJSON *max = json_member(m->schema->node, "maxContains");
    if ((min && !wanted(m, min, json_is_number(min), "a whole number")) ||
        (max && !wanted(m, max, json_is_number(max), "a whole number")))
        return;
    struct rule *r = add_rule(m, RULE_CONTAINS, TYPE_ARRAY, value);
    r->u.contains.schema = child_at(m, value);
    r->u.contains.min = json_is_number(min) ? (size_t)min->valuedouble : 1;
    r->u.contains.max = json_is_number(max) ? (size_t)max->valuedouble : SIZE_MAX;
}

static void on_if(struct making *m, const cJSON *value)
{
    const cJSON *then = json_member(m->schema->node, "then");
    const cJSON *otherwise = json_member(m->schema->node, "else");
    struct rule *r = add_rule(m, RULE_IF, TYPE_ANY, value);
    r->u.choice.test = child_at(m, value);
    r->u.choice.then = then ? child_at(m, then) : NULL;
    r->u.choice.otherwise = otherwise ? child_at(m, otherwise) : NULL;
}

static void on_unevaluated(struct making *m, const cJSON *value, enum rule_kind kind,
                           unsigned types)
{
    add_rule(m, kind, types, value)->u.schema = child_at(m, value);
    m->schema->unevaluated = true;
}

/* ---- objects ---- */

static struct property *slot_of(struct object_rule *o, const char *name)
{
    size_t len = strlen(name);
    uint64_t hash = str_hash((struct str){ name, len });
    size_t i = hash & (o->slots - 1);
    for (; o->table[i].name; i = (i + 1) & (o->slots - 1))
        if (o->table[i].hash == hash && strcmp(o->table[i].name, name) == 0)
            return &o->table[i];
    o->table[i] = (struct property){ name, len, hash, NULL, -1 };
    return &o->table[i];
}

static bool names_only(const cJSON *array)
{
    for (const cJSON *one = array->child; one; one = one->next)
        if (!json_is_string(one))
            return false;
    return json_is_array(array);
}

static void add_patterns(struct making *m, struct object_rule *o, const cJSON *value)
{
    if (!wanted(m, value, json_is_object(value), "an object"))
        return;
    o->patterns =
        arena_take(m->all->arena, (json_count(value) + 1) * sizeof(*o->patterns));
    for (const cJSON *one = value->child; one; one = one->next) {
        const char *why;
        struct pattern *p = pattern_compile(one->string, m->all->arena, &why);
        if (!p) {
            err_set(m->all->err, place(m, value->string), "%s", why);
            continue;
        }
        o->patterns[o->pattern_count].pattern = p;
        o->patterns[o->pattern_count++].schema =
            child(m, one, path_of(m, value->string, one->string));
    }
}

static void on_object(struct making *m)
{
    const cJSON *node = m->schema->node;
    const cJSON *properties = json_member(node, "properties");
    const cJSON *required = json_member(node, "required");
    const cJSON *patterns = json_member(node, "patternProperties");
    const cJSON *additional = json_member(node, "additionalProperties");
    if (m->all->dialect == DIALECT_OPENAPI_30)
        patterns = NULL;
    if (properties && !wanted(m, properties, json_is_object(properties), "an object"))
        properties = NULL;
    if (required && !wanted(m, required, names_only(required), "an array of names"))
        required = NULL;
    if (!properties && !required && !patterns && !additional)
        return;

    struct arena *arena = m->all->arena;
    struct object_rule *o = arena_take(arena, sizeof(*o));
    size_t count = json_count(properties) + json_count(required);
    if (count) {
        for (o->slots = 8; o->slots < count * 2;)
            o->slots *= 2;
        o->table = arena_array(arena, struct property, o->slots);
    }
    if (properties)
        m->schema->declared = named_children(m, properties);
    for (const cJSON *one = properties ? properties->child : NULL; one; one = one->next)
        slot_of(o, one->string)->schema =
            map_get(m->schema->declared, str(one->string));
    o->required = arena_array(arena, const char *, json_count(required) + 1);
    for (const cJSON *one = required ? required->child : NULL; one; one = one->next) {
        struct property *p = slot_of(o, one->valuestring);
        if (p->required < 0) {
            p->required = (int)o->required_count;
            o->required[o->required_count++] = one->valuestring;
        }
    }
    if (patterns)
        add_patterns(m, o, patterns);
    o->open = json_is_true(additional);
    if (additional && !o->open)
        o->additional = child_at(m, additional);
    const cJSON *named = properties ? properties
                         : required ? required
                         : patterns ? patterns
                                    : additional;
    add_rule(m, RULE_OBJECT, TYPE_OBJECT, named)->u.object = o;
}

/* ---- the list of keywords ---- */

enum keyword {
    KEYWORD_ANNOTATION,  /* says something to people */
    KEYWORD_WITH_OTHERS, /* handled together with another keyword */
    KEYWORD_LATER,       /* an assertion that is not enforced: said at load */
    KEYWORD_TYPE,
    KEYWORD_RULE
};

enum { IN_30 = 1, IN_31 = 2, IN_BOTH = 3 };

static const struct known {
    const char *name;
    enum keyword what;
    int where;
} keywords[] = {
    { "type", KEYWORD_TYPE, IN_BOTH },
    { "enum", KEYWORD_RULE, IN_BOTH },
    { "const", KEYWORD_RULE, IN_31 },
    { "maximum", KEYWORD_RULE, IN_BOTH },
    { "minimum", KEYWORD_RULE, IN_BOTH },
    { "exclusiveMaximum", KEYWORD_RULE, IN_BOTH },
    { "exclusiveMinimum", KEYWORD_RULE, IN_BOTH },
    { "multipleOf", KEYWORD_RULE, IN_BOTH },
    { "maxLength", KEYWORD_RULE, IN_BOTH },
    { "minLength", KEYWORD_RULE, IN_BOTH },
    { "pattern", KEYWORD_RULE, IN_BOTH },
    { "format", KEYWORD_RULE, IN_BOTH },
    { "maxItems", KEYWORD_RULE, IN_BOTH },
    { "minItems", KEYWORD_RULE, IN_BOTH },
    { "uniqueItems", KEYWORD_RULE, IN_BOTH },
    { "contains", KEYWORD_RULE, IN_31 },
    { "maxProperties", KEYWORD_RULE, IN_BOTH },
    { "minProperties", KEYWORD_RULE, IN_BOTH },
    { "propertyNames", KEYWORD_RULE, IN_31 },
    { "dependentRequired", KEYWORD_RULE, IN_31 },
    { "dependentSchemas", KEYWORD_RULE, IN_31 },
    { "allOf", KEYWORD_RULE, IN_BOTH },
    { "anyOf", KEYWORD_RULE, IN_BOTH },
    { "oneOf", KEYWORD_RULE, IN_BOTH },
    { "not", KEYWORD_RULE, IN_BOTH },
    { "if", KEYWORD_RULE, IN_31 },
    { "$ref", KEYWORD_RULE, IN_BOTH },
    { "items", KEYWORD_WITH_OTHERS, IN_BOTH },
    { "prefixItems", KEYWORD_WITH_OTHERS, IN_31 },
    { "minContains", KEYWORD_WITH_OTHERS, IN_31 },
    { "maxContains", KEYWORD_WITH_OTHERS, IN_31 },
    { "properties", KEYWORD_WITH_OTHERS, IN_BOTH },
    { "patternProperties", KEYWORD_WITH_OTHERS, IN_31 },
    { "additionalProperties", KEYWORD_WITH_OTHERS, IN_BOTH },
    { "required", KEYWORD_WITH_OTHERS, IN_BOTH },
    { "then", KEYWORD_WITH_OTHERS, IN_31 },
    { "else", KEYWORD_WITH_OTHERS, IN_31 },
    { "discriminator", KEYWORD_WITH_OTHERS, IN_BOTH },
    { "nullable", KEYWORD_WITH_OTHERS, IN_30 },
    { "unevaluatedItems", KEYWORD_RULE, IN_31 },
    { "unevaluatedProperties", KEYWORD_RULE, IN_31 },
    { "$dynamicRef", KEYWORD_LATER, IN_31 },
    { "$id", KEYWORD_LATER, IN_31 },
    { "$schema", KEYWORD_LATER, IN_31 },
    { "$anchor", KEYWORD_LATER, IN_31 },
    { "$dynamicAnchor", KEYWORD_LATER, IN_31 },
    { "$vocabulary", KEYWORD_LATER, IN_31 },
    { "readOnly", KEYWORD_LATER, IN_BOTH },
    { "writeOnly", KEYWORD_LATER, IN_BOTH },
    { "title", KEYWORD_ANNOTATION, IN_BOTH },
    { "description", KEYWORD_ANNOTATION, IN_BOTH },
    { "default", KEYWORD_ANNOTATION, IN_BOTH },
    { "deprecated", KEYWORD_ANNOTATION, IN_BOTH },
    { "example", KEYWORD_ANNOTATION, IN_BOTH },
    { "examples", KEYWORD_ANNOTATION, IN_31 },
    { "externalDocs", KEYWORD_ANNOTATION, IN_BOTH },
    { "xml", KEYWORD_ANNOTATION, IN_BOTH },
    { "$comment", KEYWORD_ANNOTATION, IN_31 },
    { "$defs", KEYWORD_ANNOTATION, IN_31 },
    { "contentEncoding", KEYWORD_ANNOTATION, IN_31 },
    { "contentMediaType", KEYWORD_ANNOTATION, IN_31 },
    { "contentSchema", KEYWORD_ANNOTATION, IN_31 },
};

/* readOnly and writeOnly say nothing when they are false. */
static bool is_marker(const char *name)
{
    return strcmp(name, "readOnly") == 0 || strcmp(name, "writeOnly") == 0;
}

static const struct known *known_keyword(const char *name)
{
    for (size_t i = 0; i < COUNT(keywords); i++)
        if (strcmp(keywords[i].name, name) == 0)
            return &keywords[i];
    return NULL;
}

static const char *nearest_keyword(const char *word)
{
    const char *best = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < COUNT(keywords); i++) {
        unsigned d = str_distance(str(keywords[i].name), str(word));
        if (d && d < least) {
            least = d;
            best = keywords[i].name;
        }
    }
    return best;
}

bool schema_has_keyword(const char *word)
{
    const struct known *k = known_keyword(word);
    return k && k->what != KEYWORD_ANNOTATION;
}

static void on_branches_or_discriminator(struct making *m, const cJSON *value,
                                         enum rule_kind kind)
{
    const cJSON *d = json_member(m->schema->node, "discriminator");
    bool chosen = d && json_is_array(value) && on_discriminator(m, d, value);
    size_t before = m->schema->rule_count;
    on_branches(m, value, kind);
    /* Objects are judged by the discriminator; other values have none. */
    if (chosen && m->schema->rule_count > before)
        m->rules[before].types = TYPE_ANY & ~TYPE_OBJECT & 0xff;
}

static void on_rule(struct making *m, const cJSON *v)
{
    static const struct {
        const char *name;
        enum rule_kind kind;
        unsigned types;
    } sizes[] = {
        { "maxLength", RULE_MAX_LENGTH, TYPE_STRING },
        { "minLength", RULE_MIN_LENGTH, TYPE_STRING },
        { "maxItems", RULE_MAX_ITEMS, TYPE_ARRAY },
        { "minItems", RULE_MIN_ITEMS, TYPE_ARRAY },
        { "maxProperties", RULE_MAX_PROPERTIES, TYPE_OBJECT },
        { "minProperties", RULE_MIN_PROPERTIES, TYPE_OBJECT },
    };
    const char *k = v->string;
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (strcmp(k, sizes[i].name) == 0) {
            on_size(m, v, sizes[i].kind, sizes[i].types);
            return;
        }
    bool old = m->all->dialect == DIALECT_OPENAPI_30;
    if (strcmp(k, "enum") == 0)
        on_enum(m, v);
    else if (strcmp(k, "const") == 0)
        add_rule(m, RULE_CONST, TYPE_ANY, v);
    else if (strcmp(k, "maximum") == 0)
        on_number(m, v, bound_kind(m, "exclusiveMaximum", RULE_MAXIMUM));
    else if (strcmp(k, "minimum") == 0)
        on_number(m, v, bound_kind(m, "exclusiveMinimum", RULE_MINIMUM));
    else if (strncmp(k, "exclusive", 9) == 0 && old)
        wanted(m, v, json_is_bool(v), "true or false (as OpenAPI 3.0 has it)");
    else if (strcmp(k, "exclusiveMaximum") == 0)
        on_number(m, v, RULE_EXCLUSIVE_MAXIMUM);
    else if (strcmp(k, "exclusiveMinimum") == 0)
        on_number(m, v, RULE_EXCLUSIVE_MINIMUM);
    else if (strcmp(k, "multipleOf") == 0)
        on_number(m, v, RULE_MULTIPLE_OF);
    else if (strcmp(k, "pattern") == 0)
        on_pattern(m, v);
    else if (strcmp(k, "format") == 0)
        on_format(m, v);
    else if (strcmp(k, "uniqueItems") == 0) {
        if (wanted(m, v, json_is_bool(v), "true or false") && json_is_true(v))
            add_rule(m, RULE_UNIQUE_ITEMS, TYPE_ARRAY, v);
    } else if (strcmp(k, "contains") == 0)
        on_contains(m, v);
    else if (strcmp(k, "propertyNames") == 0)
        add_rule(m, RULE_PROPERTY_NAMES, TYPE_OBJECT, v)->u.schema = child_at(m, v);
    else if (strcmp(k, "dependentRequired") == 0)
        on_dependent_required(m, v);
    else if (strcmp(k, "dependentSchemas") == 0)
        on_dependent_schemas(m, v);
    else if (strcmp(k, "allOf") == 0)
        on_branches(m, v, RULE_ALL_OF);
    else if (strcmp(k, "anyOf") == 0)
        on_branches_or_discriminator(m, v, RULE_ANY_OF);
    else if (strcmp(k, "oneOf") == 0)
        on_branches_or_discriminator(m, v, RULE_ONE_OF);
    else if (strcmp(k, "not") == 0)
        add_rule(m, RULE_NOT, TYPE_ANY, v)->u.schema = child_at(m, v);
    else if (strcmp(k, "if") == 0)
        on_if(m, v);
    else if (strcmp(k, "$ref") == 0)
        on_ref(m, v);
    else if (strcmp(k, "unevaluatedItems") == 0)
        on_unevaluated(m, v, RULE_UNEVALUATED_ITEMS, TYPE_ARRAY);
    else if (strcmp(k, "unevaluatedProperties") == 0)
        on_unevaluated(m, v, RULE_UNEVALUATED_PROPERTIES, TYPE_OBJECT);
}

static void on_keyword(struct making *m, const cJSON *value)
{
    bool old = m->all->dialect == DIALECT_OPENAPI_30;
    const struct known *k = known_keyword(value->string);
    bool here = k && (k->where & (old ? IN_30 : IN_31));
    if (!here) {
        const char *near = nearest_keyword(value->string);
        if (strncmp(value->string, "x-", 2) != 0)
            err_warn(m->all->err, place(m, value->string),
                     "the keyword \"%.60s\" is not part of %s and will not be "
                     "enforced%s%s%s",
                     value->string, old ? "OpenAPI 3.0" : "JSON Schema 2020-12",
                     near ? "; did you mean \"" : "", near ? near : "",
                     near ? "\"?" : "");
        return;
    }
    switch (k->what) {
    case KEYWORD_ANNOTATION:
    case KEYWORD_WITH_OTHERS:
        return;
    case KEYWORD_LATER:
        if (json_is_true(value) || !is_marker(k->name))
            err_warn(m->all->err, place(m, value->string),
                     "the keyword \"%s\" will not be enforced", value->string);
        return;
    case KEYWORD_TYPE:
        on_type(m, value);
        return;
    case KEYWORD_RULE:
        on_rule(m, value);
        return;
    }
}

static int by_cost(const struct rule *a)
{
    /* Cheap questions first: most values that fail, fail there. */
    return a->kind;
}

static void sort_rules(struct schema *s)
{
    for (size_t i = 1; i < s->rule_count; i++) {
        struct rule r = s->rules[i];
        size_t j = i;
        for (; j > 0 && by_cost(&s->rules[j - 1]) > by_cost(&r); j--)
            s->rules[j] = s->rules[j - 1];
        s->rules[j] = r;
    }
}

static void make_plan(struct schemas *all, struct schema *s)
{
    struct making m = { .all = all, .schema = s };
    struct where at = { .file = all->file, .pointer = s->pointer };
    if (json_is_bool(s->node) && all->dialect != DIALECT_OPENAPI_30) {
        s->never = !json_is_true(s->node);
        return;
    }
    if (json_is_bool(s->node) && strstr(s->pointer, "/additionalProperties")) {
        s->never = !json_is_true(s->node);
        return;
    }
    if (!json_is_object(s->node)) {
        err_set(all->err, at, "expected a schema (an object), found %s",
                json_kind(s->node));
        return;
    }
    const cJSON *ref = json_member(s->node, "$ref");
    if (ref && all->dialect == DIALECT_OPENAPI_30) {
        on_ref(&m, ref);
    } else {
        for (const cJSON *k = s->node->child; k; k = k->next)
            on_keyword(&m, k);
        on_items(&m);
        on_object(&m);
    }
    s->rules = arena_array(all->arena, struct rule, s->rule_count);
    memcpy(s->rules, m.rules, s->rule_count * sizeof(*s->rules));
    sort_rules(s);
}

/* A schema that is only a reference stands for its target; a ring of nothing but
 * references asks nothing. */
static void shorten(struct schemas *all, struct schema *s)
{
    const struct schema *end = s;
    int steps = 0;
    while (end->rule_count == 1 && end->rules[0].kind == RULE_REF &&
           end->types == TYPE_ANY && steps++ < LIMIT_DEPTH)
        end = end->rules[0].u.schema;
    if (steps >= LIMIT_DEPTH)
        err_warn(
            all->err, (struct where){ .file = all->file, .pointer = s->pointer },
            "the references from here only lead round in a ring, so nothing will be "
            "enforced");
    else if (end != s)
        s->alias = end;
}

static void mark_rings(struct schemas *all)
{
    size_t count = map_count(all->by_node);
    struct schema **list = arena_array(all->arena, struct schema *, count + 1);
    struct str key;
    void *value;
    for (size_t i = 0; map_at(all->by_node, i, &key, &value); i++)
        list[i] = value;
    rings_mark(list, count, all->arena);
}

bool schemas_compile(struct schemas *all)
{
    unsigned errors = all->err->errors;
    struct work *first = all->todo;
    for (struct work *w = first; w; w = w->next)
        make_plan(all, w->schema);
    for (struct work *w = first; w; w = w->next)
        shorten(all, w->schema);
    mark_rings(all);
    all->todo = NULL;
    all->todo_end = &all->todo;
    return all->err->errors == errors;
}

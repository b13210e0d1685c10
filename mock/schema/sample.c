#include "schema/sample_parts.h"

#include "base/limits.h"
#include "schema/pattern_once.h"

enum {
    MOST_VALUES = 20000, /* one sample is a page, not a database */
    FREE_VALUES = 15000, /* below this many left, only what is required is made */
    DEEPEST_OBJECT = 4,  /* optional members are made this deep */
    DEEPEST_SCHEMA = 64, /* required ones this deep */
    MOST_TRIES = 24      /* for one more item unlike the others */
};

static cJSON *make(struct maker *m, const cJSON *schema, const char *name);

static bool generous(const struct maker *m)
{
    return m->s->size == SAMPLE_TYPICAL && m->objects <= DEEPEST_OBJECT &&
           m->left > FREE_VALUES;
}

static size_t count_of(const cJSON *flat, const char *name, size_t otherwise)
{
    const cJSON *n = json_member(flat, name);
    if (!json_is_number(n) || !(n->valuedouble >= 0))
        return otherwise;
    return n->valuedouble > MOST_VALUES ? MOST_VALUES + 1 : (size_t)n->valuedouble;
}

static bool is_required(const cJSON *flat, const char *name)
{
    const cJSON *list = json_member(flat, "required");
    for (const cJSON *r = list ? list->child : NULL; r; r = r->next)
        if (json_is_string(r) && strcmp(r->valuestring, name) == 0)
            return true;
    return false;
}

/* The schema for a member that `properties` does not name; NULL for "anything". */
static const cJSON *other_schema(struct maker *m, const cJSON *flat, const char *name)
{
    const cJSON *patterns = json_member(flat, "patternProperties");
    for (const cJSON *p = patterns ? patterns->child : NULL; p; p = p->next) {
        const char *why;
        struct pattern *c = pattern_compile_once(p->string, m->s->arena, &why);
        if (c && pattern_match(c, str(name), m->s->arena) == PATTERN_MATCHES)
            return p;
    }
    return json_member(flat, "additionalProperties");
}

/* Adds the member unless it is there. False when no value can be made. */
static bool add_member(struct maker *m, const cJSON *flat, cJSON *object,
                       const char *name)
{
    if (json_member(object, name))
        return true;
    const cJSON *schema = json_member(json_member(flat, "properties"), name);
    cJSON any = { .type = cJSON_True };
    if (!schema)
        schema = other_schema(m, flat, name);
    cJSON *value = make(m, schema ? schema : &any, name);
    if (value)
        json_set(m->s->arena, object, name, value);
    return value;
}

static bool add_required(struct maker *m, const cJSON *flat, cJSON *object)
{
    const cJSON *list = json_member(flat, "required");
    for (const cJSON *r = list ? list->child : NULL; r; r = r->next)
        if (json_is_string(r) && !add_member(m, flat, object, r->valuestring))
            return false;
    return true;
}

static void add_optional(struct maker *m, const cJSON *flat, cJSON *object)
{
    const cJSON *properties = json_member(flat, "properties");
    size_t most = count_of(flat, "maxProperties", SIZE_MAX);
    size_t least = count_of(flat, "minProperties", 0);
    size_t count = json_count(object);
    for (const cJSON *p = properties ? properties->child : NULL; p; p = p->next) {
        if (is_required(flat, p->string) || count >= most)
            continue;
        if (generous(m) || count < least)
            count += add_member(m, flat, object, p->string);
    }
}

static const char *extra_name(struct maker *m, const cJSON *flat, unsigned n)
{
    const cJSON *names = json_member(flat, "propertyNames");
    const cJSON *patterns = json_member(flat, "patternProperties");
    m->nth = n;
    cJSON *made = json_is_object(names) ? make(m, names, NULL) : NULL;
    if (json_is_string(made))
        return made->valuestring;
    const cJSON *other = json_member(flat, "additionalProperties");
    const char *text = NULL;
    if (other && other->type == cJSON_False && patterns && patterns->child)
        text = sample_of_pattern(m, patterns->child->string, n % 8 + 1);
    return text ? text : arena_printf(m->s->arena, "key%u", n + 1);
}

/* Members with names of our own: for minProperties, and one where the object is a map.
 */
static void add_extras(struct maker *m, const cJSON *flat, cJSON *object)
{
    size_t least = count_of(flat, "minProperties", 0);
    const cJSON *properties = json_member(flat, "properties");
    bool map = json_is_object(json_member(flat, "additionalProperties")) ||
               json_member(flat, "patternProperties");
    if (map && !least && generous(m) && !(properties && properties->child) &&
        count_of(flat, "maxProperties", 1) > 0)
        least = 1;
    unsigned nth = m->nth;
    for (unsigned n = 0; json_count(object) < least && n < 2 * least + 8; n++)
        add_member(m, flat, object, extra_name(m, flat, n));
    m->nth = nth;
}

static bool add_dependents(struct maker *m, const cJSON *flat, cJSON *object)
{
    const cJSON *all = json_member(flat, "dependentRequired");
    for (const cJSON *d = all ? all->child : NULL; d; d = d->next)
        for (const cJSON *r = json_member(object, d->string) ? d->child : NULL; r;
             r = r->next)
            if (json_is_string(r) && !add_member(m, flat, object, r->valuestring))
                return false;
    return true;
}

/* Members that an author wrote in an example of a part of an allOf. */
static void add_partial(struct maker *m, const cJSON *flat, cJSON *object)
{
    const cJSON *list = json_member(flat, SAMPLE_PARTIAL);
    const cJSON *properties = json_member(flat, "properties");
    for (const cJSON *e = list && !m->nth ? list->child : NULL; e; e = e->next)
        for (const cJSON *v = json_is_object(e) ? e->child : NULL; v; v = v->next) {
            const cJSON *schema = json_member(properties, v->string);
            cJSON *asked = json_object(m->s->arena);
            if (!schema || json_member(object, v->string) ||
                !sample_merge(m, asked, schema) || !sample_fits(m, asked, v))
                continue;
            if (is_required(flat, v->string) || m->s->size == SAMPLE_TYPICAL)
                json_set(m->s->arena, object, v->string, json_copy(m->s->arena, v));
        }
}

/* A Cat that is `allOf` a Pet says so in the property that Pet discriminates by. */
static void add_kind(struct maker *m, const cJSON *flat, cJSON *object)
{
    const cJSON *discriminator = json_member(flat, "discriminator");
    const char *property = json_member_text(discriminator, "propertyName");
    const cJSON *schema =
        json_member(json_member(flat, "properties"), property ? property : "");
    const char *kind = schema ? sample_kind(m, discriminator, m->origin) : NULL;
    cJSON *asked = json_object(m->s->arena);
    if (!kind || !sample_merge(m, asked, schema))
        return;
    cJSON *value = json_string(m->s->arena, str(kind));
    if (sample_fits(m, asked, value))
        json_set(m->s->arena, object, property, value);
}

static cJSON *make_object(struct maker *m, const cJSON *flat)
{
    cJSON *object = json_object(m->s->arena);
    m->objects++;
    add_kind(m, flat, object);
    add_partial(m, flat, object);
    bool ok = add_required(m, flat, object);
    if (ok) {
        add_optional(m, flat, object);
        add_extras(m, flat, object);
        ok = add_dependents(m, flat, object);
    }
    m->objects--;
    return ok ? object : NULL;
}

static bool contains(const cJSON *array, const cJSON *item)
{
    for (const cJSON *c = array->child; c; c = c->next)
        if (json_equal(c, item))
            return true;
    return false;
}

static const cJSON *nth_item(const cJSON *list, size_t n)
{
    const cJSON *c = list ? list->child : NULL;
    while (c && n--)
        c = c->next;
    return c;
}

/* The schema of the item at index; `items` as a list is what prefixItems was before. */
static const cJSON *item_schema(struct maker *m, const cJSON *flat, size_t index,
                                const cJSON *any)
{
    const cJSON *items = json_member(flat, "items");
    const cJSON *prefix = json_member(flat, "prefixItems");
    const cJSON *schema = nth_item(prefix, index);
    if (!schema && json_is_array(items))
        schema = nth_item(items, index);
    if (!schema)
        schema = items && !json_is_array(items) ? items : any;
    const cJSON *wanted = json_member(flat, "contains");
    if (!wanted || index >= count_of(flat, "minContains", 1))
        return schema;
    cJSON *both = json_object(m->s->arena), *list = json_array(m->s->arena);
    json_push(list, sample_alias(m, wanted));
    json_push(list, sample_alias(m, schema));
    json_set(m->s->arena, both, "allOf", list);
    return both;
}

/* One more item; unlike the others where they must differ. */
static bool add_item(struct maker *m, const cJSON *flat, cJSON *array, size_t index,
                     bool unique)
{
    cJSON any = { .type = cJSON_True };
    const cJSON *schema = item_schema(m, flat, index, &any);
    unsigned nth = m->nth;
    cJSON *item = NULL;
    for (unsigned i = 0; i < (unique ? MOST_TRIES : 1); i++) {
        if (unique)
            m->nth = nth + (unsigned)index + i;
        item = make(m, schema, NULL);
        if (!item || !unique || !contains(array, item))
            break;
        item = NULL;
    }
    m->nth = nth;
    if (item)
        json_push(array, item);
    return item;
}

static cJSON *make_array(struct maker *m, const cJSON *flat)
{
    size_t least = count_of(flat, "minItems", 0);
    size_t most = count_of(flat, "maxItems", SIZE_MAX);
    const cJSON *prefix = json_member(flat, "prefixItems");
    bool unique = json_is_true(json_member(flat, "uniqueItems"));
    if (json_member(flat, "contains") && least < count_of(flat, "minContains", 1))
        least = count_of(flat, "minContains", 1);
    size_t count = least;
    if (generous(m) && !count)
        count = prefix && prefix->child ? json_count(prefix) : 1;
    if (count > most)
        count = most;
    if (count > MOST_VALUES)
        return NULL;
    cJSON *array = json_array(m->s->arena);
    m->objects++;
    size_t made = 0;
    while (made < count && add_item(m, flat, array, made, unique))
        made++;
    m->objects--;
    return made >= least ? array : NULL;
}

static bool has_any(const cJSON *flat, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (json_member(flat, names[i]))
            return true;
    return false;
}

/* What kind of value the other keywords are about. */
static const char *guess_type(const cJSON *flat)
{
    static const char *const object[] = { "properties", "required",
                                          "additionalProperties", "patternProperties",
                                          "minProperties" };
    static const char *const array[] = { "items", "prefixItems", "minItems", "contains",
                                         "uniqueItems" };
    static const char *const number[] = { "minimum", "maximum", "exclusiveMinimum",
                                          "exclusiveMaximum", "multipleOf" };
    if (has_any(flat, object, COUNT(object)))
        return "object";
    if (has_any(flat, array, COUNT(array)))
        return "array";
    return has_any(flat, number, COUNT(number)) ? "number" : "string";
}

static cJSON *make_type(struct maker *m, const cJSON *flat, const char *type,
                        const char *name)
{
    if (strcmp(type, "object") == 0)
        return make_object(m, flat);
    if (strcmp(type, "array") == 0)
        return make_array(m, flat);
    if (strcmp(type, "string") == 0)
        return sample_text(m, flat, name);
    if (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)
        return sample_number(m, flat, name, *type == 'i');
    if (strcmp(type, "boolean") == 0)
        return json_bool(m->s->arena, (chance_below(m->s->chance, 2) + m->nth) % 2);
    return strcmp(type, "null") == 0 ? json_null(m->s->arena) : NULL;
}

static cJSON *make_typed(struct maker *m, const cJSON *flat, const char *name)
{
    const cJSON *types = json_member(flat, "type");
    if (!types)
        return make_type(m, flat, guess_type(flat), name);
    bool null = false;
    for (const cJSON *t = types->child; t; t = t->next) {
        if (!json_is_string(t))
            continue;
        if (strcmp(t->valuestring, "null") == 0) {
            null = true;
            continue;
        }
        cJSON *made = make_type(m, flat, t->valuestring, name);
        if (made)
            return made;
    }
    return null ? json_null(m->s->arena) : NULL;
}

/* The author's own value: the first of those listed that fits. */
static cJSON *first_fitting(struct maker *m, const cJSON *flat, const cJSON *list,
                            size_t skip)
{
    size_t count = list ? json_count(list) : 0;
    for (size_t i = 0; i < count; i++) {
        const cJSON *value = nth_item(list, (i + skip) % count);
        if (sample_fits(m, flat, value))
            return json_copy(m->s->arena, value);
    }
    return NULL;
}

static cJSON *make_flat(struct maker *m, const cJSON *flat, const char *name)
{
    const cJSON *list = json_member(flat, "enum");
    const cJSON *written = json_member(flat, SAMPLE_PARTIAL);
    cJSON *value = m->nth ? NULL : first_fitting(m, flat, written, 0);
    if (value)
        return value;
    if (list)
        return first_fitting(m, flat, list,
                             m->nth ? m->nth
                                    : chance_below(m->s->chance, json_count(list)));
    return make_typed(m, flat, name);
}

/* Takes the first set of branches off the flat schema and tries each in turn. */
static cJSON *make_choice(struct maker *m, const cJSON *flat, const char *name)
{
    const cJSON *choices = json_member(flat, SAMPLE_CHOICES);
    if (!choices || !choices->child)
        return make_flat(m, flat, name);
    for (const cJSON *branch = choices->child->child; branch; branch = branch->next) {
        cJSON *one = sample_flat_copy(m, flat);
        cJSON *rest = json_array(m->s->arena);
        for (const cJSON *c = choices->child->next; c; c = c->next)
            json_push(rest, sample_alias(m, c));
        json_set(m->s->arena, one, SAMPLE_CHOICES, rest);
        cJSON *made = sample_merge(m, one, branch) ? make_choice(m, one, name) : NULL;
        if (made)
            return made;
        if (!m->left)
            break;
        m->left--;
    }
    return NULL;
}

static const cJSON *origin_of(const struct maker *m, const cJSON *schema)
{
    const char *ref;
    for (int i = 0; i < LIMIT_DEPTH && (ref = json_member_text(schema, "$ref")); i++)
        schema = sample_follow(m, ref);
    return schema;
}

static cJSON *make(struct maker *m, const cJSON *schema, const char *name)
{
    if (!m->left || m->depth >= DEEPEST_SCHEMA)
        return NULL;
    cJSON *flat = json_object(m->s->arena);
    cJSON *value = NULL;
    const cJSON *outer = m->origin;
    m->origin = origin_of(m, schema);
    m->left--;
    m->depth++;
    if (sample_merge(m, flat, schema))
        value = make_choice(m, flat, name);
    m->depth--;
    m->origin = outer;
    return value;
}

cJSON *sample_make(const struct sampler *s, const cJSON *schema)
{
    struct maker m = { .s = s, .left = MOST_VALUES };
    return make(&m, schema, NULL);
}

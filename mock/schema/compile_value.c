#include "schema/making.h"

#include "doc/number.h"

void on_type(struct making *m, const cJSON *value, const struct keyword *k)
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
    bool old = m->language->dialect == DIALECT_OPENAPI_30;
    const cJSON *first = json_is_array(value) ? value->child : value;
    unsigned types = 0;
    for (const cJSON *one = first; one; one = json_is_array(value) ? one->next : NULL) {
        unsigned bits = 0;
        for (size_t i = 0; i < COUNT(names) && json_is_string(one); i++)
            if (strcmp(one->valuestring, names[i].name) == 0)
                bits = names[i].bits;
        if (!bits || (bits == TYPE_NULL && old))
            err_set(
                m->err, making_place(m, k->name),
                "expected one of object, array, string, number, integer, boolean%s, "
                "found %s",
                old ? "" : ", null",
                json_is_string(one) ? one->valuestring : json_kind(one));
        types |= bits;
    }
    if (!first)
        err_set(m->err, making_place(m, k->name),
                "expected a type or an array of types");
    m->schema->types = types;
    if (old && json_is_true(json_member(m->schema->node, "nullable")))
        m->schema->types |= TYPE_NULL;
}

/* Fills the table. False when brief hashes leave some of the values far from where one
 * looks for them first. */
static bool fill_choices(struct rule *r, const cJSON *values, bool brief)
{
    enum { FAR = 4 };
    size_t slots = r->u.set.count;
    r->u.set.brief = brief;
    memset(r->u.set.slots, 0, slots * sizeof(*r->u.set.slots));
    for (const cJSON *one = values->child; one; one = one->next) {
        struct str text = str(one->valuestring);
        int hash = json_is_string(one) ? choice_hash(text, brief) : listed_hash(one);
        size_t i = json_name_slot(hash, slots);
        for (size_t steps = 0; r->u.set.slots[i].value; i = (i + 1) & (slots - 1))
            if (steps++ == FAR && brief)
                return false;
        r->u.set.slots[i] = (struct choice){ one, text, hash };
    }
    return true;
}

void on_enum(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    if (!making_wants(m, value, json_is_array(value), "an array"))
        return;
    struct rule *r = making_rule(m, RULE_ENUM, TYPE_ANY, value);
    size_t count = json_count(value), slots = 8;
    while (slots < count * 2)
        slots *= 2;
    r->u.set.slots = arena_array(m->arena, struct choice, slots);
    r->u.set.count = slots;
    if (!fill_choices(r, value, true))
        fill_choices(r, value, false);
}

void on_const(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    making_rule(m, RULE_CONST, TYPE_ANY, value);
}

/* ---- numbers ---- */

static void add_bound(struct making *m, const cJSON *value, enum rule_kind kind)
{
    if (!making_wants(m, value, json_is_number(value), "a number"))
        return;
    struct rule *r = making_rule(m, kind, TYPE_NUMBER, value);
    /* Where the exclusive kind is a flag, it stands beside. */
    if (kind == RULE_EXCLUSIVE_MAXIMUM)
        r->keyword = "exclusiveMaximum";
    if (kind == RULE_EXCLUSIVE_MINIMUM)
        r->keyword = "exclusiveMinimum";
}

static bool is_flagged(const struct making *m, const char *exclusive)
{
    return dialect_bounds_are_flags(m->language->dialect) &&
           json_is_true(json_member(m->schema->node, exclusive));
}

void on_bound(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (strcmp(k->name, "maximum") == 0)
        add_bound(m, value,
                  is_flagged(m, "exclusiveMaximum") ? RULE_EXCLUSIVE_MAXIMUM
                                                    : RULE_MAXIMUM);
    else
        add_bound(m, value,
                  is_flagged(m, "exclusiveMinimum") ? RULE_EXCLUSIVE_MINIMUM
                                                    : RULE_MINIMUM);
}

void on_exclusive(struct making *m, const cJSON *value, const struct keyword *k)
{
    enum dialect dialect = m->language->dialect;
    if (dialect_bounds_are_flags(dialect))
        making_wants(m, value, json_is_bool(value),
                     arena_printf(m->arena, "true or false (as %s has it)",
                                  dialect_name(dialect)));
    else
        add_bound(m, value,
                  strcmp(k->name, "exclusiveMaximum") == 0 ? RULE_EXCLUSIVE_MAXIMUM
                                                           : RULE_EXCLUSIVE_MINIMUM);
}

void on_multiple_of(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (!making_wants(m, value, json_is_number(value), "a number"))
        return;
    cJSON *zero = json_integer(m->arena, 0);
    if (number_compare(value, zero) <= 0)
        err_set(m->err, making_place(m, k->name), "expected a number above 0");
    else
        making_rule(m, RULE_MULTIPLE_OF, TYPE_NUMBER, value);
}

/* ---- sizes ---- */

void on_size(struct making *m, const cJSON *value, const struct keyword *k)
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
    bool fits =
        json_is_number(value) && number_is_integer(value) && value->valuedouble >= 0;
    if (!making_wants(m, value, fits, "a whole number that is not negative"))
        return;
    double most = 9e15; /* any size past this is past every bound of ours, too */
    size_t size = (size_t)(value->valuedouble > most ? most : value->valuedouble);
    for (size_t i = 0; i < COUNT(sizes); i++)
        if (strcmp(k->name, sizes[i].name) == 0)
            making_rule(m, sizes[i].kind, sizes[i].types, value)->u.size = size;
}

/* ---- text ---- */

void on_pattern(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (!making_wants(m, value, json_is_string(value), "a string"))
        return;
    const char *why;
    struct pattern *p = pattern_compile(value->valuestring, m->arena, &why);
    if (p)
        making_rule(m, RULE_PATTERN, TYPE_STRING, value)->u.pattern = p;
    else
        err_set(m->err, making_place(m, k->name), "%s", why);
}

void on_format(struct making *m, const cJSON *value, const struct keyword *k)
{
    if (!making_wants(m, value, json_is_string(value), "a string") ||
        (m->annotate_formats &&
         !(m->language->vocabularies & VOCABULARY_FORMAT_ASSERTION)))
        return;
    const struct format *f = format_of(value->valuestring);
    if (f)
        making_rule(m, RULE_FORMAT, TYPE_STRING | TYPE_NUMBER, value)->u.format = f;
    else
        err_warn(m->err, making_place(m, k->name),
                 "the format \"%.60s\" is not known here and will not be enforced",
                 value->valuestring);
}

#include "schema/sample_parts.h"

#include "doc/number.h"
#include "schema/format.h"
#include "schema/pattern_once.h"

static bool type_allows(const cJSON *flat, const cJSON *value)
{
    const cJSON *types = json_member(flat, "type");
    const char *name = json_type_name(value);
    if (!types)
        return true;
    for (const cJSON *t = types->child; t; t = t->next) {
        if (!json_is_string(t))
            continue;
        bool number = strcmp(t->valuestring, "number") == 0 && json_is_number(value);
        if (number || strcmp(t->valuestring, name) == 0)
            return true;
    }
    return false;
}

static bool among(const cJSON *values, const cJSON *value)
{
    if (!json_is_array(values))
        return true;
    for (const cJSON *v = values->child; v; v = v->next)
        if (json_equal(v, value))
            return true;
    return false;
}

static bool count_fits(const cJSON *flat, const char *least, const char *most, size_t n)
{
    const cJSON *low = json_member(flat, least), *high = json_member(flat, most);
    return !(json_is_number(low) && (double)n < low->valuedouble) &&
           !(json_is_number(high) && (double)n > high->valuedouble);
}

static bool number_fits(const cJSON *flat, const cJSON *n)
{
    const cJSON *low = json_member(flat, "minimum"),
                *high = json_member(flat, "maximum");
    const cJSON *above = json_member(flat, "exclusiveMinimum");
    const cJSON *below = json_member(flat, "exclusiveMaximum");
    const cJSON *step = json_member(flat, "multipleOf");
    return !(json_is_number(low) && number_compare(n, low) < 0) &&
           !(json_is_number(high) && number_compare(n, high) > 0) &&
           !(json_is_number(above) && number_compare(n, above) <= 0) &&
           !(json_is_number(below) && number_compare(n, below) >= 0) &&
           !(json_is_number(step) && step->valuedouble > 0 &&
             !number_is_multiple(n, step));
}

static bool pattern_fits(const struct maker *m, const cJSON *flat, const cJSON *text)
{
    const char *pattern = json_member_text(flat, "pattern"), *why;
    if (!pattern)
        return true;
    struct pattern *p = pattern_compile_once(pattern, m->s->arena, &why);
    return !p ||
           pattern_match(p, str(text->valuestring), m->s->arena) == PATTERN_MATCHES;
}

static bool has_required(const cJSON *flat, const cJSON *object)
{
    const cJSON *required = json_member(flat, "required");
    for (const cJSON *r = required ? required->child : NULL; r; r = r->next)
        if (json_is_string(r) && !json_member(object, r->valuestring))
            return false;
    return true;
}

bool sample_fits(const struct maker *m, const cJSON *flat, const cJSON *value)
{
    const char *name = json_member_text(flat, "format");
    const struct format *format = name ? format_of(name) : NULL;
    if (!type_allows(flat, value) || !among(json_member(flat, "enum"), value) ||
        (format && !format_check(format, value)))
        return false;
    if (json_is_string(value))
        return count_fits(flat, "minLength", "maxLength",
                          utf8_length(value->valuestring)) &&
               pattern_fits(m, flat, value);
    if (json_is_number(value))
        return number_fits(flat, value);
    if (json_is_array(value))
        return count_fits(flat, "minItems", "maxItems", json_count(value));
    if (json_is_object(value))
        return count_fits(flat, "minProperties", "maxProperties", json_count(value)) &&
               has_required(flat, value);
    return true;
}

#include "schema/mutate_parts.h"

#include "schema/sample_parts.h"

#include <math.h>

/* A text longer than this is no way to show that it is too long. */
enum { LONGEST = 100000 };

/* Tries value in the place of what is there. */
bool mutator_try_value(struct mutator *x, const struct spot *at, const char *keyword,
                       cJSON *value)
{
    return value && mutator_may(x) &&
           mutator_try(x, mutator_put(x, at->pointer, value), keyword, at->pointer);
}

bool mutator_try_text(struct mutator *x, const struct spot *at, const char *keyword,
                      const char *text)
{
    return mutator_try_value(x, at, keyword, json_string(x->arena, str(text)));
}

static bool try_number(struct mutator *x, const struct spot *at, const char *keyword,
                       double value)
{
    return isfinite(value) &&
           mutator_try_value(x, at, keyword, json_number(x->arena, value));
}

static bool try_number_text(struct mutator *x, const struct spot *at,
                            const char *keyword, const char *text)
{
    return mutator_try_value(x, at, keyword, json_number_read(x->arena, str(text)));
}

/* One value of each type; NULL past the end. */
static cJSON *plain_value(struct mutator *x, size_t n)
{
    switch (n) {
    case 0:
        return json_string(x->arena, STR("neither"));
    case 1:
        return json_number(x->arena, 1.5);
    case 2:
        return json_bool(x->arena, true);
    case 3:
        return json_object(x->arena);
    case 4:
        return json_array(x->arena);
    case 5:
        return json_null(x->arena);
    case 6:
        return json_integer(x->arena, -1234567);
    case 7:
        return json_string(x->arena, STR(""));
    default:
        return NULL;
    }
}

static void try_plain(struct mutator *x, const struct spot *at, const char *keyword)
{
    cJSON *v;
    for (size_t i = 0; (v = plain_value(x, i)); i++)
        if (type_of(v) != type_of(at->value) && mutator_try_value(x, at, keyword, v))
            return;
    for (size_t i = 0; (v = plain_value(x, i)); i++)
        if (type_of(v) == type_of(at->value) && mutator_try_value(x, at, keyword, v))
            return;
}

void mutate_type(struct mutator *x, const struct spot *at)
{
    unsigned types = at->s->types;
    cJSON *v;
    for (size_t i = 0; types != TYPE_ANY && (v = plain_value(x, i)); i++) {
        unsigned type = type_of(v);
        bool other = type == TYPE_NUMBER ? !(types & TYPE_NUMBER) : !(types & type);
        if (other && mutator_try_value(x, at, "type", v))
            return;
    }
}

/* ---- values ---- */

static void not_listed(struct mutator *x, const struct spot *at, const char *keyword)
{
    struct arena *a = x->arena;
    if (json_is_string(at->value)) {
        if (!mutator_try_text(x, at, keyword,
                              arena_printf(a, "%s-other", at->value->valuestring)))
            mutator_try_text(x, at, keyword, "neither of these");
    } else if (json_is_number(at->value)) {
        for (int i = 1; i < 1000; i *= 10)
            if (try_number(x, at, keyword, at->value->valuedouble + i))
                return;
    } else {
        try_plain(x, at, keyword);
    }
}

const struct rule *mutator_rule_of(const struct schema *s, enum rule_kind kind)
{
    for (size_t i = 0; i < s->rule_count; i++)
        if (s->rules[i].kind == kind)
            return &s->rules[i];
    return NULL;
}

static void beyond(struct mutator *x, const struct spot *at, const struct rule *r,
                   int sign)
{
    double bound = r->value->valuedouble;
    const struct rule *step = mutator_rule_of(at->s, RULE_MULTIPLE_OF);
    double by = step ? step->value->valuedouble : 1;
    bool exclusive =
        r->kind == RULE_EXCLUSIVE_MAXIMUM || r->kind == RULE_EXCLUSIVE_MINIMUM;
    if (exclusive &&
        mutator_try_value(x, at, r->keyword, json_copy(x->arena, r->value)))
        return;
    double first = sign > 0 ? floor(bound / by) + 1 : ceil(bound / by) - 1;
    if (!try_number(x, at, r->keyword, first * by) &&
        !try_number(x, at, r->keyword, bound + sign) &&
        !try_number(x, at, r->keyword, bound + sign * 0.5) &&
        !try_number(x, at, r->keyword, bound + sign * fabs(bound)))
        try_number_text(x, at, r->keyword, sign > 0 ? "9e999" : "-9e999");
}

static void between_steps(struct mutator *x, const struct spot *at,
                          const struct rule *r)
{
    double v = at->value->valuedouble, step = r->value->valuedouble;
    const double by[] = { step / 2, -step / 2, 1, -1, step / 3, 0.5 };
    for (size_t i = 0; i < COUNT(by); i++)
        if (try_number(x, at, r->keyword, v + by[i]))
            return;
}

/* ---- texts ---- */

static void too_long(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const char *text = at->value->valuestring;
    size_t length = utf8_length(text), len = strlen(text), missing;
    if (r->u.size >= LONGEST || length > r->u.size)
        return;
    missing = r->u.size + 1 - length;
    const char fills[] = { len && !(text[len - 1] & 0x80) ? text[len - 1] : 'a', 'a',
                           '0', 'A' };
    for (size_t i = 0; i < COUNT(fills); i++) {
        char *fill = arena_take(x->arena, missing + 1);
        memset(fill, fills[i], missing);
        if (mutator_try_text(x, at, r->keyword,
                             arena_printf(x->arena, "%s%s", text, fill)) ||
            mutator_try_text(x, at, r->keyword,
                             arena_printf(x->arena, "%s%s", fill, text)))
            return;
    }
}

static void too_short(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const char *p = at->value->valuestring;
    for (size_t n = 0; n + 1 < r->u.size && *p; n++) {
        p++;
        while ((*p & 0xc0) == 0x80)
            p++;
    }
    struct str head = { at->value->valuestring, (size_t)(p - at->value->valuestring) };
    if (r->u.size)
        mutator_try_text(x, at, r->keyword, arena_copy(x->arena, head));
}

static void other_text(struct mutator *x, const struct spot *at, const struct rule *r)
{
    struct arena *a = x->arena;
    const char *v = json_is_string(at->value) ? at->value->valuestring : "";
    size_t length = utf8_length(v);
    static const char fills[] = "!_ a0A-";
    const char *more[] = { arena_printf(a, "%s!", v),
                           arena_printf(a, "!%s", v),
                           arena_printf(a, "%s ", v),
                           "not that",
                           "",
                           "!",
                           "\n" };
    for (size_t i = 0; json_is_string(at->value) && i < COUNT(more); i++)
        if (mutator_try_text(x, at, r->keyword, more[i]))
            return;
    for (size_t i = 0; json_is_string(at->value) && length < LONGEST && fills[i]; i++) {
        char *text = arena_take(a, length + 1);
        memset(text, fills[i], length);
        if (mutator_try_text(x, at, r->keyword, text))
            return;
    }
    static const char *const numbers[] = { "2147483648",
                                           "9223372036854775808",
                                           "18446744073709551616",
                                           "9e999",
                                           "0.5",
                                           "-1",
                                           "256" };
    for (size_t i = 0; json_is_number(at->value) && i < COUNT(numbers); i++)
        if (try_number_text(x, at, r->keyword, numbers[i]))
            return;
}

void mutate_rule(struct mutator *x, const struct spot *at, const struct rule *r)
{
    switch ((enum rule_kind)r->kind) {
    case RULE_ENUM:
    case RULE_CONST:
        not_listed(x, at, r->keyword);
        break;
    case RULE_MAXIMUM:
    case RULE_EXCLUSIVE_MAXIMUM:
        beyond(x, at, r, 1);
        break;
    case RULE_MINIMUM:
    case RULE_EXCLUSIVE_MINIMUM:
        beyond(x, at, r, -1);
        break;
    case RULE_MULTIPLE_OF:
        between_steps(x, at, r);
        break;
    case RULE_MAX_LENGTH:
        too_long(x, at, r);
        break;
    case RULE_MIN_LENGTH:
        too_short(x, at, r);
        break;
    case RULE_PATTERN:
    case RULE_FORMAT:
        other_text(x, at, r);
        break;
    case RULE_MAX_ITEMS:
        mutate_length(x, at, r, r->u.size + 1);
        break;
    case RULE_MIN_ITEMS:
        if (r->u.size)
            mutate_length(x, at, r, r->u.size - 1);
        break;
    case RULE_UNIQUE_ITEMS:
        mutate_unique(x, at, r);
        break;
    case RULE_ITEMS:
        if (r->u.items.rest && r->u.items.rest->never)
            mutate_more_items(x, at, "items");
        break;
    case RULE_CONTAINS:
        mutate_contains(x, at, r);
        mutate_max_contains(x, at, r);
        break;
    case RULE_MAX_PROPERTIES:
        mutate_size(x, at, r, r->u.size + 1);
        break;
    case RULE_MIN_PROPERTIES:
        if (r->u.size)
            mutate_size(x, at, r, r->u.size - 1);
        break;
    case RULE_OBJECT:
        mutate_object(x, at, r);
        break;
    case RULE_PROPERTY_NAMES:
        mutate_names(x, at, r);
        break;
    case RULE_DEPENDENT:
        mutate_dependent(x, at, r);
        break;
    case RULE_ONE_OF:
        mutate_two(x, at, r);
        try_plain(x, at, r->keyword);
        break;
    case RULE_ANY_OF:
        try_plain(x, at, r->keyword);
        break;
    case RULE_NOT:
        mutator_try_value(x, at, r->keyword,
                          mutator_sample(x, r->u.schema, false, NULL, 0));
        break;
    case RULE_DISCRIMINATOR:
        mutate_kind(x, at, r);
        break;
    case RULE_UNEVALUATED_ITEMS:
        if (r->u.schema->never)
            mutate_more_items(x, at, r->keyword);
        break;
    case RULE_UNEVALUATED_PROPERTIES:
        if (r->u.schema->never)
            mutate_unknown(x, at, r->keyword);
        break;
    case RULE_REF:
    case RULE_DYNAMIC_REF:
    case RULE_ALL_OF:
    case RULE_IF:
        break;
    }
}

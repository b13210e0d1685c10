#include "schema/making.h"

#include "doc/number.h"

void on_unique_items(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    if (making_wants(m, value, json_is_bool(value), "true or false") &&
        json_is_true(value))
        making_rule(m, RULE_UNIQUE_ITEMS, TYPE_ARRAY, value);
}

/* minContains or maxContains; `otherwise` where it is not there. */
static bool read_count(struct making *m, const char *keyword, size_t otherwise,
                       size_t *count)
{
    const cJSON *value = json_member(m->schema->node, keyword);
    *count = otherwise;
    if (!value || !keyword_in(keyword_of(keyword), m->language))
        return true;
    if (!making_wants(m, value,
                      json_is_number(value) && number_is_integer(value) &&
                          value->valuedouble >= 0 && value->valuedouble < 9e15,
                      "a whole number that is not negative"))
        return false;
    *count = (size_t)value->valuedouble;
    return true;
}

void on_contains(struct making *m, const cJSON *value, const struct keyword *k)
{
    (void)k;
    size_t min, max;
    if (!read_count(m, "minContains", 1, &min) ||
        !read_count(m, "maxContains", SIZE_MAX, &max))
        return;
    struct rule *r = making_rule(m, RULE_CONTAINS, TYPE_ARRAY, value);
    r->u.contains.schema = making_child_at(m, value);
    r->u.contains.min = min;
    r->u.contains.max = max;
    r->u.contains.looks = m->language->dialect != DIALECT_2019_09;
}

static const cJSON *member_in(const struct making *m, const char *keyword)
{
    return keyword_in(keyword_of(keyword), m->language)
               ? json_member(m->schema->node, keyword)
               : NULL;
}

/* prefixItems and items; before 2020-12, items as an array and additionalItems. */
void making_items(struct making *m)
{
    const cJSON *rest = member_in(m, "items"), *prefix = member_in(m, "prefixItems");
    if (json_is_array(rest) && keyword_in(keyword_of("additionalItems"), m->language)) {
        prefix = rest;
        rest = member_in(m, "additionalItems");
    }
    if (!rest && !prefix)
        return;
    struct rule *r = making_rule(m, RULE_ITEMS, TYPE_ARRAY, rest ? rest : prefix);
    if (rest) {
        r->u.items.rest = making_child_at(m, rest);
        if (json_is_bool(rest) && strcmp(rest->string, "additionalItems") == 0)
            ((struct schema *)(uintptr_t)r->u.items.rest)->boolean = true;
    }
    if (!prefix ||
        !making_wants(m, prefix, json_is_array(prefix), "an array of schemas"))
        return;
    size_t n = 0;
    r->u.items.prefix =
        arena_take(m->arena, (json_count(prefix) + 1) * sizeof(*r->u.items.prefix));
    for (const cJSON *one = prefix->child; one; one = one->next, n++)
        r->u.items.prefix[n] =
            making_child(m, one, arena_printf(m->arena, "/%s/%zu", prefix->string, n));
    r->u.items.prefix_count = n;
}

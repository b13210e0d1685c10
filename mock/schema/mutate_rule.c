#include "schema/mutate_parts.h"

#include "doc/number.h"
#include "doc/pointer.h"
#include "schema/sample_parts.h"

#include <math.h>

/* A text or a list longer than this is no way to show that it is too long. */
enum { LONGEST = 100000, MOST_ITEMS = 10000 };

/* Tries value in the place of what is there. */
static bool try_value(struct mutator *x, const struct spot *at, const char *keyword,
                      cJSON *value)
{
    return value && mutator_may(x) &&
           mutator_try(x, mutator_put(x, at->pointer, value), keyword, at->pointer);
}

static bool try_text(struct mutator *x, const struct spot *at, const char *keyword,
                     const char *text)
{
    return try_value(x, at, keyword, json_string(x->arena, str(text)));
}

static bool try_number(struct mutator *x, const struct spot *at, const char *keyword,
                       double value)
{
    return isfinite(value) && try_value(x, at, keyword, json_number(x->arena, value));
}

static bool try_number_text(struct mutator *x, const struct spot *at,
                            const char *keyword, const char *text)
{
    return try_value(x, at, keyword, json_number_read(x->arena, str(text)));
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
        if (type_of(v) != type_of(at->value) && try_value(x, at, keyword, v))
            return;
    for (size_t i = 0; (v = plain_value(x, i)); i++)
        if (type_of(v) == type_of(at->value) && try_value(x, at, keyword, v))
            return;
}

void mutate_type(struct mutator *x, const struct spot *at)
{
    unsigned types = at->s->types;
    cJSON *v;
    for (size_t i = 0; types != TYPE_ANY && (v = plain_value(x, i)); i++) {
        unsigned type = type_of(v);
        bool other = type == TYPE_NUMBER ? !(types & TYPE_NUMBER) : !(types & type);
        if (other && try_value(x, at, "type", v))
            return;
    }
}

/* ---- values ---- */

static void not_listed(struct mutator *x, const struct spot *at, const char *keyword)
{
    struct arena *a = x->arena;
    if (json_is_string(at->value)) {
        if (!try_text(x, at, keyword,
                      arena_printf(a, "%s-other", at->value->valuestring)))
            try_text(x, at, keyword, "neither of these");
    } else if (json_is_number(at->value)) {
        for (int i = 1; i < 1000; i *= 10)
            if (try_number(x, at, keyword, at->value->valuedouble + i))
                return;
    } else {
        try_plain(x, at, keyword);
    }
}

static const struct rule *rule_of(const struct schema *s, enum rule_kind kind)
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
    const struct rule *step = rule_of(at->s, RULE_MULTIPLE_OF);
    double by = step ? step->value->valuedouble : 1;
    bool exclusive =
        r->kind == RULE_EXCLUSIVE_MAXIMUM || r->kind == RULE_EXCLUSIVE_MINIMUM;
    if (exclusive && try_value(x, at, r->keyword, json_copy(x->arena, r->value)))
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
        if (try_text(x, at, r->keyword, arena_printf(x->arena, "%s%s", text, fill)) ||
            try_text(x, at, r->keyword, arena_printf(x->arena, "%s%s", fill, text)))
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
        try_text(x, at, r->keyword, arena_copy(x->arena, head));
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
        if (try_text(x, at, r->keyword, more[i]))
            return;
    for (size_t i = 0; json_is_string(at->value) && length < LONGEST && fills[i]; i++) {
        char *text = arena_take(a, length + 1);
        memset(text, fills[i], length);
        if (try_text(x, at, r->keyword, text))
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

/* ---- samples for what has to be there ---- */

/* A value for both schemas (the second may be NULL), the nth of several. */
static cJSON *sampled(struct mutator *x, const struct schema *a, bool no,
                      const struct schema *b, unsigned nth)
{
    struct sampler s = { .size = SAMPLE_REQUIRED,
                         .chance = x->chance,
                         .arena = x->arena };
    struct want wants[] = { { a, no }, { b, false } };
    struct maker m = sample_maker(&s);
    m.nth = nth;
    return sample_value(&m, wants, b ? 2 : 1, NULL);
}

/* ---- arrays ---- */

static cJSON *new_item(struct mutator *x, const struct spot *at, size_t index)
{
    const struct rule *r = rule_of(at->s, RULE_ITEMS);
    const struct schema *s = !r ? NULL
                             : index < r->u.items.prefix_count
                                 ? r->u.items.prefix[index]
                                 : r->u.items.rest;
    if (s && !s->never)
        return sampled(x, s, false, NULL, (unsigned)index + 1);
    return json_integer(x->arena, (int64_t)index);
}

static void resize(struct mutator *x, const struct spot *at, const struct rule *r,
                   size_t count)
{
    cJSON *array = json_copy(x->arena, at->value);
    size_t n = json_count(array);
    if (count > MOST_ITEMS)
        return;
    for (; n < count; n++) {
        cJSON *item = new_item(x, at, n);
        if (!item)
            return;
        json_push(array, item);
    }
    for (; n > count; n--) {
        cJSON *last = array->child;
        while (last->next)
            last = last->next;
        json_detach(array, last);
    }
    try_value(x, at, r->keyword, array);
}

static void add_twin(struct mutator *x, const struct spot *at, const struct rule *r)
{
    cJSON *array = json_copy(x->arena, at->value);
    cJSON *first = array->child ? array->child : NULL;
    if (!first) {
        cJSON *item = new_item(x, at, 0);
        if (!item)
            return;
        json_push(array, item);
        first = item;
    }
    json_push(array, json_copy(x->arena, first));
    if (try_value(x, at, r->keyword, array) || !first->next->next)
        return;
    array = json_copy(x->arena, at->value); /* as many as there were */
    json_detach(array, array->child->next);
    json_push(array, json_copy(x->arena, array->child));
    try_value(x, at, r->keyword, array);
}

static void too_few_contained(struct mutator *x, const struct spot *at,
                              const struct rule *r)
{
    const struct schema *s = r->u.contains.schema;
    cJSON *without = json_array(x->arena), *instead = json_array(x->arena);
    for (const cJSON *c = at->value->child; c; c = c->next) {
        bool fits = schema_check(s, c, x->direction, "", x->arena, NULL);
        cJSON *other = fits ? sampled(x, s, true, NULL, 0) : json_copy(x->arena, c);
        if (!fits)
            json_push(without, json_copy(x->arena, c));
        if (other)
            json_push(instead, other);
    }
    if (r->u.contains.min && !try_value(x, at, "contains", without))
        try_value(x, at, "contains", instead);
}

static void too_many_contained(struct mutator *x, const struct spot *at,
                               const struct rule *r)
{
    cJSON *array = json_copy(x->arena, at->value);
    if (r->u.contains.max >= MOST_ITEMS)
        return;
    for (size_t i = 0; i <= r->u.contains.max; i++) {
        cJSON *item = sampled(x, r->u.contains.schema, false, NULL, (unsigned)i);
        if (!item)
            return;
        json_push(array, item);
    }
    try_value(x, at, "maxContains", array);
}

static void add_item(struct mutator *x, const struct spot *at, const char *keyword)
{
    size_t n = json_count(at->value);
    cJSON *array = json_copy(x->arena, at->value);
    json_push(array, json_string(x->arena, STR("one more")));
    if (mutator_may(x))
        mutator_try(x, mutator_put(x, at->pointer, array), keyword,
                    arena_printf(x->arena, "%s/%zu", at->pointer, n));
}

/* ---- objects ---- */

/* With a member of that name, tried at the member's place or at the object's. */
static bool add_member(struct mutator *x, const struct spot *at, const char *keyword,
                       const char *name, cJSON *value, bool at_member)
{
    if (json_member(at->value, name) || !value || !mutator_may(x))
        return false;
    cJSON *object = json_copy(x->arena, at->value);
    json_set(x->arena, object, name, value);
    const char *pointer =
        at_member ? pointer_join(x->arena, at->pointer, name) : at->pointer;
    return mutator_try(x, mutator_put(x, at->pointer, object), keyword, pointer);
}

static void drop_member(struct mutator *x, const struct spot *at, const char *keyword,
                        const char *name)
{
    if (json_member(at->value, name) && mutator_may(x))
        mutator_try(x, mutator_put(x, pointer_join(x->arena, at->pointer, name), NULL),
                    keyword, at->pointer);
}

static void unknown_member(struct mutator *x, const struct spot *at,
                           const char *keyword)
{
    static const char *const names[] = { "unknown_member", "zzz", "x", "9", "!" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (add_member(x, at, keyword, names[i], json_bool(x->arena, true), true))
            return;
}

static void break_object(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const struct object_rule *o = r->u.object;
    for (size_t i = 0; i < o->required_count; i++)
        drop_member(x, at, "required", o->required[i]);
    if (o->additional && o->additional->never)
        unknown_member(x, at, "additionalProperties");
    struct str name;
    void *schema;
    for (size_t i = 0; map_at(at->s->declared, i, &name, &schema); i++)
        if (((const struct schema *)schema)->never)
            add_member(x, at, "false", name.ptr, json_bool(x->arena, true), true);
}

static void resize_members(struct mutator *x, const struct spot *at,
                           const struct rule *r, size_t count)
{
    cJSON *object = json_copy(x->arena, at->value);
    size_t n = json_count(object);
    const struct rule *own = rule_of(at->s, RULE_OBJECT);
    struct str name;
    void *schema;
    if (count > MOST_ITEMS)
        return;
    for (size_t i = 0; n < count && map_at(at->s->declared, i, &name, &schema); i++) {
        cJSON *v =
            json_member(object, name.ptr) ? NULL : sampled(x, schema, false, NULL, 0);
        if (v) {
            json_set(x->arena, object, name.ptr, v);
            n++;
        }
    }
    for (size_t i = 0; n < count && i < 2 * MOST_ITEMS; i++) {
        const char *extra = arena_printf(x->arena, "more%zu", i + 1);
        const struct schema *s = own ? own->u.object->additional : NULL;
        if (json_member(object, extra))
            continue;
        cJSON *v = s ? sampled(x, s, false, NULL, 0) : json_bool(x->arena, true);
        if (!v)
            return;
        json_set(x->arena, object, extra, v);
        n++;
    }
    for (; n > count; n--) {
        cJSON *last = object->child;
        while (last->next)
            last = last->next;
        json_detach(object, last);
    }
    try_value(x, at, r->keyword, object);
}

static void bad_name(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const struct rule *own = rule_of(at->s, RULE_OBJECT);
    const struct schema *s = own ? own->u.object->additional : NULL;
    for (unsigned i = 0; i < 4; i++) {
        cJSON *name = sampled(x, r->u.schema, true, NULL, i);
        cJSON *v = s ? sampled(x, s, false, NULL, 0) : json_bool(x->arena, true);
        if (json_is_string(name) &&
            add_member(x, at, r->keyword, name->valuestring, v, true))
            return;
    }
    static const char *const names[] = { "", "!", "Neither of these", "0", "_" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (add_member(x, at, r->keyword, names[i], json_bool(x->arena, true), true))
            return;
}

static void lonely_member(struct mutator *x, const struct spot *at,
                          const struct rule *r)
{
    for (const cJSON *d = r->value->child; d; d = d->next) {
        if (!json_is_array(d))
            continue;
        if (json_member(at->value, d->string)) {
            for (const cJSON *need = d->child; need; need = need->next)
                drop_member(x, at, r->keyword, need->valuestring);
            continue;
        }
        const struct schema *s = map_get(at->s->declared, str(d->string));
        cJSON *v = s ? sampled(x, s, false, NULL, 0) : json_bool(x->arena, true);
        if (d->child && !d->child->next)
            add_member(x, at, r->keyword, d->string, v, false);
    }
}

static void unknown_kind(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const char *name = r->u.discriminator.property;
    struct spot member = { at->s, json_member(at->value, name),
                           pointer_join(x->arena, at->pointer, name) };
    if (member.value)
        try_text(x, &member, "discriminator", "no-such-kind");
}

/* ---- compositions ---- */

static void fits_two(struct mutator *x, const struct spot *at, const struct rule *r)
{
    for (size_t i = 0; i < r->u.branches.count && i < 8; i++)
        for (size_t k = 0; k < i; k++) {
            cJSON *both =
                sampled(x, r->u.branches.list[k], false, r->u.branches.list[i], 0);
            if (both && try_value(x, at, r->keyword, both))
                return;
        }
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
        resize(x, at, r, r->u.size + 1);
        break;
    case RULE_MIN_ITEMS:
        if (r->u.size)
            resize(x, at, r, r->u.size - 1);
        break;
    case RULE_UNIQUE_ITEMS:
        add_twin(x, at, r);
        break;
    case RULE_ITEMS:
        if (r->u.items.rest && r->u.items.rest->never)
            add_item(x, at, "items");
        break;
    case RULE_CONTAINS:
        too_few_contained(x, at, r);
        too_many_contained(x, at, r);
        break;
    case RULE_MAX_PROPERTIES:
        resize_members(x, at, r, r->u.size + 1);
        break;
    case RULE_MIN_PROPERTIES:
        if (r->u.size)
            resize_members(x, at, r, r->u.size - 1);
        break;
    case RULE_OBJECT:
        break_object(x, at, r);
        break;
    case RULE_PROPERTY_NAMES:
        bad_name(x, at, r);
        break;
    case RULE_DEPENDENT:
        lonely_member(x, at, r);
        break;
    case RULE_ONE_OF:
        fits_two(x, at, r);
        try_plain(x, at, r->keyword);
        break;
    case RULE_ANY_OF:
        try_plain(x, at, r->keyword);
        break;
    case RULE_NOT:
        try_value(x, at, r->keyword, sampled(x, r->u.schema, false, NULL, 0));
        break;
    case RULE_DISCRIMINATOR:
        unknown_kind(x, at, r);
        break;
    case RULE_UNEVALUATED_ITEMS:
        if (r->u.schema->never)
            add_item(x, at, r->keyword);
        break;
    case RULE_UNEVALUATED_PROPERTIES:
        if (r->u.schema->never)
            unknown_member(x, at, r->keyword);
        break;
    case RULE_REF:
    case RULE_DYNAMIC_REF:
    case RULE_ALL_OF:
    case RULE_IF:
        break;
    }
}

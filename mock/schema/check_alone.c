#include "schema/checking.h"

#include "doc/number.h"

#include <assert.h>

/* ---- enum, const ---- */

static bool text_listed(const struct rule *r, const cJSON *value)
{
    const struct choice *slots = r->u.set.slots, *slot;
    size_t last = r->u.set.count - 1;
    struct str text = str(value->valuestring);
    int hash = choice_hash(text, r->u.set.brief);
    size_t i = json_name_slot(hash, last + 1);
    for (; (slot = &slots[i])->value; i = (i + 1) & last)
        if (slot->hash == hash && slot->text.len == text.len &&
            (slot->value->type & cJSON_String) && str_same_bytes(text.ptr, slot->text))
            return true;
    return false;
}

static NOT_INLINE bool value_listed(const struct rule *r, const cJSON *value)
{
    const struct choice *slots = r->u.set.slots;
    size_t last = r->u.set.count - 1;
    int hash = listed_hash(value);
    for (size_t i = json_name_slot(hash, last + 1); slots[i].value; i = (i + 1) & last)
        if (slots[i].hash == hash && json_equal(slots[i].value, value))
            return true;
    return false;
}

bool check_listed(const struct rule *r, const cJSON *value)
{
    if (r->kind == RULE_CONST)
        return json_equal(r->value, value);
    return value->type & cJSON_String ? text_listed(r, value) : value_listed(r, value);
}

/* ---- uniqueItems ---- */

static bool items_unique(struct checking *c, const cJSON *array)
{
    const struct salt *salt = arena_salt(c->arena);
    size_t count = json_count(array), slots = 16;
    if (count <= 8) {
        for (const cJSON *a = array->child; a; a = a->next)
            for (const cJSON *b = array->child; b != a; b = b->next)
                if (json_equal(a, b))
                    return false;
        return true;
    }
    while (slots < count * 2)
        slots *= 2;
    const cJSON **table = arena_take(c->arena, slots * sizeof(*table));
    for (const cJSON *a = array->child; a; a = a->next) {
        size_t i = json_hash(a, salt) & (slots - 1);
        for (; table[i]; i = (i + 1) & (slots - 1))
            if (json_equal(table[i], a))
                return false;
        table[i] = a;
    }
    return true;
}

/* ---- all ---- */

/* Bytes bound the characters of a text from both sides. */
static bool has_at_most(const char *text, size_t count)
{
    return strlen(text) <= count || utf8_length(text) <= count;
}

static bool has_at_least(const char *text, size_t count)
{
    size_t bytes = strlen(text);
    return bytes >= count && (bytes / 4 >= count || utf8_length(text) >= count);
}

bool check_alone(struct checking *c, const struct rule *r, const cJSON *v)
{
    switch (r->kind) {
    case RULE_ENUM:
    case RULE_CONST:
        return check_listed(r, v);
    case RULE_MAXIMUM:
        return number_compare(v, r->value) <= 0;
    case RULE_EXCLUSIVE_MAXIMUM:
        return number_compare(v, r->value) < 0;
    case RULE_MINIMUM:
        return number_compare(v, r->value) >= 0;
    case RULE_EXCLUSIVE_MINIMUM:
        return number_compare(v, r->value) > 0;
    case RULE_MULTIPLE_OF:
        return number_is_multiple(v, r->value);
    case RULE_MAX_LENGTH:
        return has_at_most(v->valuestring, r->u.size);
    case RULE_MIN_LENGTH:
        return has_at_least(v->valuestring, r->u.size);
    case RULE_MAX_ITEMS:
    case RULE_MAX_PROPERTIES:
        return json_count(v) <= r->u.size;
    case RULE_MIN_ITEMS:
    case RULE_MIN_PROPERTIES:
        return json_count(v) >= r->u.size;
    default:
        assert(r->kind == RULE_UNIQUE_ITEMS);
        return items_unique(c, v);
    }
}

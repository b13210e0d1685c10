#include "schema/mutate_parts.h"

#include "doc/pointer.h"
#include "schema/sample_parts.h"

/* A list longer than this is no way to show that it is too long. */
enum { MOST_ITEMS = 10000 };

/* ---- samples for what has to be there ---- */

/* A value for both schemas (the second may be NULL), the nth of several. */
cJSON *mutator_sample(struct mutator *x, const struct schema *a, bool no,
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
    const struct rule *r = mutator_rule_of(at->s, RULE_ITEMS);
    const struct schema *s = !r ? NULL
                             : index < r->u.items.prefix_count
                                 ? r->u.items.prefix[index]
                                 : r->u.items.rest;
    if (s && !s->never)
        return mutator_sample(x, s, false, NULL, (unsigned)index + 1);
    return json_integer(x->arena, (int64_t)index);
}

void mutate_length(struct mutator *x, const struct spot *at, const struct rule *r,
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
    mutator_try_value(x, at, r->keyword, array);
}

void mutate_unique(struct mutator *x, const struct spot *at, const struct rule *r)
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
    if (mutator_try_value(x, at, r->keyword, array) || !first->next->next)
        return;
    array = json_copy(x->arena, at->value); /* as many as there were */
    json_detach(array, array->child->next);
    json_push(array, json_copy(x->arena, array->child));
    mutator_try_value(x, at, r->keyword, array);
}

void mutate_contains(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const struct schema *s = r->u.contains.schema;
    cJSON *without = json_array(x->arena), *instead = json_array(x->arena);
    for (const cJSON *c = at->value->child; c; c = c->next) {
        bool fits = schema_check(s, c, x->direction, "", x->arena, NULL);
        cJSON *other =
            fits ? mutator_sample(x, s, true, NULL, 0) : json_copy(x->arena, c);
        if (!fits)
            json_push(without, json_copy(x->arena, c));
        if (other)
            json_push(instead, other);
    }
    if (r->u.contains.min && !mutator_try_value(x, at, "contains", without))
        mutator_try_value(x, at, "contains", instead);
}

void mutate_max_contains(struct mutator *x, const struct spot *at, const struct rule *r)
{
    cJSON *array = json_copy(x->arena, at->value);
    if (r->u.contains.max >= MOST_ITEMS)
        return;
    for (size_t i = 0; i <= r->u.contains.max; i++) {
        cJSON *item = mutator_sample(x, r->u.contains.schema, false, NULL, (unsigned)i);
        if (!item)
            return;
        json_push(array, item);
    }
    mutator_try_value(x, at, "maxContains", array);
}

void mutate_more_items(struct mutator *x, const struct spot *at, const char *keyword)
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

void mutate_unknown(struct mutator *x, const struct spot *at, const char *keyword)
{
    static const char *const names[] = { "unknown_member", "zzz", "x", "9", "!" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (add_member(x, at, keyword, names[i], json_bool(x->arena, true), true))
            return;
}

void mutate_object(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const struct object_rule *o = r->u.object;
    for (size_t i = 0; i < o->required_count; i++)
        drop_member(x, at, "required", o->required[i]);
    if (o->additional && o->additional->never)
        mutate_unknown(x, at, "additionalProperties");
    struct str name;
    void *schema;
    for (size_t i = 0; map_at(at->s->declared, i, &name, &schema); i++)
        if (((const struct schema *)schema)->never)
            add_member(x, at, "false", name.ptr, json_bool(x->arena, true), true);
}

void mutate_size(struct mutator *x, const struct spot *at, const struct rule *r,
                 size_t count)
{
    cJSON *object = json_copy(x->arena, at->value);
    size_t n = json_count(object);
    const struct rule *own = mutator_rule_of(at->s, RULE_OBJECT);
    struct str name;
    void *schema;
    if (count > MOST_ITEMS)
        return;
    for (size_t i = 0; n < count && map_at(at->s->declared, i, &name, &schema); i++) {
        cJSON *v = json_member(object, name.ptr)
                       ? NULL
                       : mutator_sample(x, schema, false, NULL, 0);
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
        cJSON *v = s ? mutator_sample(x, s, false, NULL, 0) : json_bool(x->arena, true);
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
    mutator_try_value(x, at, r->keyword, object);
}

void mutate_names(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const struct rule *own = mutator_rule_of(at->s, RULE_OBJECT);
    const struct schema *s = own ? own->u.object->additional : NULL;
    for (unsigned i = 0; i < 4; i++) {
        cJSON *name = mutator_sample(x, r->u.schema, true, NULL, i);
        cJSON *v = s ? mutator_sample(x, s, false, NULL, 0) : json_bool(x->arena, true);
        if (json_is_string(name) &&
            add_member(x, at, r->keyword, name->valuestring, v, true))
            return;
    }
    static const char *const names[] = { "", "!", "Neither of these", "0", "_" };
    for (size_t i = 0; i < COUNT(names); i++)
        if (add_member(x, at, r->keyword, names[i], json_bool(x->arena, true), true))
            return;
}

void mutate_dependent(struct mutator *x, const struct spot *at, const struct rule *r)
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
        cJSON *v = s ? mutator_sample(x, s, false, NULL, 0) : json_bool(x->arena, true);
        if (d->child && !d->child->next)
            add_member(x, at, r->keyword, d->string, v, false);
    }
}

void mutate_kind(struct mutator *x, const struct spot *at, const struct rule *r)
{
    const char *name = r->u.discriminator.property;
    struct spot member = { at->s, json_member(at->value, name),
                           pointer_join(x->arena, at->pointer, name) };
    if (member.value)
        mutator_try_text(x, &member, "discriminator", "no-such-kind");
}

/* ---- compositions ---- */

void mutate_two(struct mutator *x, const struct spot *at, const struct rule *r)
{
    for (size_t i = 0; i < r->u.branches.count && i < 8; i++)
        for (size_t k = 0; k < i; k++) {
            cJSON *both = mutator_sample(x, r->u.branches.list[k], false,
                                         r->u.branches.list[i], 0);
            if (both && mutator_try_value(x, at, r->keyword, both))
                return;
        }
}

#include "play/verbs.h"

#include "doc/pointer.h"

static bool is_verb(const char *name)
{
    static const char *const verbs[] = { "set", "add", "remove" };
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (strcmp(name, verbs[i]) == 0)
            return true;
    return false;
}

static bool speaks(const cJSON *value)
{
    for (const cJSON *m = json_is_object(value) ? value->child : NULL; m; m = m->next)
        if (!is_verb(m->string) || !json_is_array(m))
            return false;
    return json_is_object(value) && value->child;
}

/* What a key and the whole that it belongs to have in common: the item itself, its id,
 * or that of an object in it. */
static const cJSON *key_of(const cJSON *item)
{
    if (!json_is_object(item))
        return item;
    const cJSON *id = json_member(item, "id");
    for (const cJSON *m = item->child; m && !id; m = m->next)
        id = json_is_object(m) ? json_member(m, "id") : NULL;
    return id ? id : item;
}

static const cJSON *same_in(const cJSON *list, const cJSON *item)
{
    for (const cJSON *one = json_is_array(list) ? list->child : NULL; one;
         one = one->next)
        if (json_equal(key_of(one), key_of(item)))
            return one;
    return NULL;
}

static void take_all(cJSON *to, const cJSON *from, const cJSON *known,
                     const cJSON *unwanted, struct arena *arena)
{
    for (const cJSON *one = json_is_array(from) ? from->child : NULL; one;
         one = one->next) {
        const cJSON *was = same_in(known, one);
        if (!same_in(unwanted, one) && !same_in(to, one))
            json_push(to, json_copy(arena, was && !json_is_object(one) ? was : one));
    }
}

static cJSON *list_of(const cJSON *old, const cJSON *said, struct arena *arena)
{
    cJSON *out = json_array(arena);
    const cJSON *set = json_member(said, "set"),
                *unwanted = json_member(said, "remove");
    take_all(out, set ? set : old, old, unwanted, arena);
    take_all(out, json_member(said, "add"), old, unwanted, arena);
    return out;
}

const cJSON *verbs_spelt_out(const struct schema *schema, const cJSON *old,
                             const cJSON *patch, struct arena *arena)
{
    cJSON *out = NULL;
    for (const cJSON *m = json_is_object(patch) ? patch->child : NULL; m; m = m->next) {
        if (!speaks(m))
            continue;
        unsigned types = schema_types(schema, pointer_join(arena, "", m->string), NULL);
        if (!(types & TYPE_ARRAY) || (types & TYPE_OBJECT))
            continue;
        out = out ? out : json_copy(arena, patch);
        json_set(arena, out, m->string, list_of(json_member(old, m->string), m, arena));
    }
    return out ? out : patch;
}

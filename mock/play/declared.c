#include "play/declared.h"

#include "doc/document.h"
#include "doc/pointer.h"

const cJSON *declared_follow(const struct api *api, const cJSON *node,
                             struct arena *arena)
{
    const char *ref = json_member_text(node, "$ref");
    const char *pointer = ref ? pointer_of_fragment(arena, ref) : NULL;
    return pointer ? document_follow(api->root, &pointer, arena) : node;
}

const cJSON *declared_example(const struct api *api, const struct media *m,
                              struct str name, struct arena *arena)
{
    const cJSON *list = json_member(m->node, "examples");
    const cJSON *one = name.len ? json_member_str(list, name)
                       : list   ? list->child
                                : NULL;
    if (one)
        return json_member(declared_follow(api, one, arena), "value");
    return name.len ? NULL : json_member(m->node, "example");
}

cJSON *declared_sample(const struct api *api, const struct media *m,
                       const cJSON *schema, enum sample_size size,
                       struct chance *chance, struct arena *arena)
{
    bool own = !schema;
    struct sampler sampler = { .root = api->root,
                               .openapi_30 = api->dialect == DIALECT_OPENAPI_30,
                               .size = size,
                               .chance = chance,
                               .arena = arena };
    if (own && !(schema = json_member(m->node, "schema")))
        return NULL;
    cJSON *value = sample_make(&sampler, schema);
    if (value && own && size != SAMPLE_REQUIRED && m->schema &&
        !schema_check(m->schema, value, DIRECTION_RESPONSE, "", arena, NULL)) {
        sampler.size = SAMPLE_REQUIRED;
        value = sample_make(&sampler, schema);
    }
    return value;
}

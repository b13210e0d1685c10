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

cJSON *declared_sample(const struct media *m, const char *member, const char *text,
                       enum sample_size size, struct chance *chance,
                       struct arena *arena)
{
    struct sampler sampler = { .size = size,
                               .direction = DIRECTION_RESPONSE,
                               .member = member,
                               .text = text,
                               .chance = chance,
                               .arena = arena };
    return m->schema ? sample_make(&sampler, m->schema) : NULL;
}

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

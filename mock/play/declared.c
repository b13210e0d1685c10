#include "play/declared.h"

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

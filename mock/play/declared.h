/* declared.h — what a document itself gives for an answer: examples and samples. */
#ifndef PLAY_DECLARED_H
#define PLAY_DECLARED_H

#include "api/api.h"
#include "base/chance.h"
#include "schema/sample.h"

/* node, or what its "$ref" leads to inside the document; NULL when that is nothing. */
const cJSON *declared_follow(const struct api *api, const cJSON *node,
                             struct arena *arena);

/* The example of that name, or any example when name is empty; borrowed from the
 * document. NULL when there is none. */
const cJSON *declared_example(const struct api *api, const struct media *m,
                              struct str name, struct arena *arena);

/* A value made for a schema as written (m's own when schema is NULL), borrowed from
 * arena; NULL when none can be made. A typical value that turns out not to fit is made
 * again with required members only. */
cJSON *declared_sample(const struct api *api, const struct media *m,
                       const cJSON *schema, enum sample_size size,
                       struct chance *chance, struct arena *arena);

#endif

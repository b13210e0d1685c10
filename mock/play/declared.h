/* declared.h — what a document itself gives for an answer when it has no example. */
#ifndef PLAY_DECLARED_H
#define PLAY_DECLARED_H

#include "api/api.h"
#include "base/chance.h"
#include "schema/sample.h"

/* A value that fits m's schema, borrowed from arena; NULL when none was found or m has
 * no schema that is checked. With member it is an object that has that member with that
 * text; else member is NULL. */
cJSON *declared_sample(const struct media *m, const char *member, const char *text,
                       enum sample_size size, struct chance *chance,
                       struct arena *arena);

#endif

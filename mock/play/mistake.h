/* mistake.h — one thing that is wrong, as a problem (RFC 9457) lists it under `errors`:
 * pointer, in, keyword, expected, found, and spec for where the rule stands. */
#ifndef PLAY_MISTAKE_H
#define PLAY_MISTAKE_H

#include "api/place.h"

/* A finding about a value of api; prefix stands before its pointer. From arena. */
cJSON *mistake_of_finding(const struct finding *f, const char *prefix,
                          const struct api *api, struct places *places,
                          struct arena *arena);

/* Adds what no schema says to errors, unless LIMIT_FINDINGS are there. Texts are
 * copied. */
void mistake_add(cJSON *errors, struct arena *arena, const char *pointer,
                 const char *keyword, const char *expected, const char *found);

#endif

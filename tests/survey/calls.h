/* calls.h — the calls of a survey: what a document allows, written down. */
#ifndef SURVEY_CALLS_H
#define SURVEY_CALLS_H

#include "api/write.h"
#include "schema/mutate.h"
#include "schema/sample.h"

/* What one operation is asked. */
struct asked {
    const struct operation *op;
    const struct media *media; /* of the body; NULL: there is none */
    cJSON *input;
    struct request request;
};

/* A valid call of that size. False with *why when none was found, or it has no form on
 * the wire. Borrowed from arena. */
bool asked_make(struct asked *a, const struct operation *op, enum sample_size size,
                uint64_t seed, struct arena *arena, const char **why);

/* Writes input in place of a's own, with credentials. */
bool asked_write(const struct asked *a, const cJSON *input, struct arena *arena,
                 struct request *r, const char **why);

/* What a server would read there; *told: something was wrong before any schema was
 * asked. */
cJSON *asked_read(const struct asked *a, const struct request *r, struct arena *arena,
                  bool *told);

/* Whether the schemas accept such a tree. */
bool asked_fits(const struct asked *a, const cJSON *tree, struct arena *arena);

/* "GET /pets?limit=3" and the body's beginning, to be printed. */
const char *asked_text(const struct request *r, struct arena *arena);

#endif

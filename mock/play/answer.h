/* answer.h — what the mock says to one call, before it becomes bytes. */
#ifndef PLAY_ANSWER_H
#define PLAY_ANSWER_H

#include "api/api.h"
#include "api/call.h"

enum { ANSWER_HEADERS = 12 };

struct answer {
    int status;
    const cJSON *body;        /* NULL: none */
    const char *content_type; /* of the body */
    struct header headers[ANSWER_HEADERS];
    size_t header_count;
    const char *voice; /* who spoke: "behaviour", "refusal", "fault", … */
    const char *error; /* the name of the error, or NULL */
};

/* Adds a field, in place of an earlier one of that name; name and value are borrowed.
 */
void answer_header(struct answer *a, const char *name, struct str value);

/* RFC 9457: application/problem+json with type about:blank, title, status and detail
 * (NULL for none), from arena. */
void answer_problem(struct answer *a, int status, const char *detail,
                    struct arena *arena);

#endif

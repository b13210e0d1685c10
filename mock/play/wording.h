/* wording.h — how an API words an error.
 *
 * An error has a name, such as too_many_requests. The declared response of the
 * operation whose example, schema or description carries that name gives status and
 * body, so the answer fits the contract by construction. What the fixture says is
 * merged over it. */
#ifndef PLAY_WORDING_H
#define PLAY_WORDING_H

#include "play/answer.h"
#include "play/expression.h"
#include "play/fixture.h"

/* What a fixture says about one error; any part may be missing. */
struct error_plan {
    int status;
    const char *error;
    const struct body_template *body;
};

struct wordings {
    struct wording {
        const char *on;
        const struct condition *when; /* NULL: always */
        struct error_plan plan;
    } * list;
    size_t count;
};

/* Reads a record; err gets what is wrong. */
struct error_plan error_plan_read(struct naming *n, int status, const char *error,
                                  const char *body, struct where at);

/* The first entry for a kind of refusal or the name of an error whose condition holds;
 * NULL when there is none. */
const struct error_plan *wording_of(const struct wordings *w, const char *on,
                                    struct scope *s);

/* Where an operation declares an error of that name: the reply, and the body to start
 * from (an example, or a sample made with chance), which is NULL when the reply has no
 * JSON. status is 0 or the only status that will do. False when it declares none. */
bool error_find(const struct operation *op, const char *name, int status,
                struct chance *chance, struct arena *arena, const struct reply **reply,
                const cJSON **body);

/* '; did you mean "…"?' with the declared error whose name is nearest, or "". */
const char *error_question(const struct api *api, const struct operation *op,
                           const char *name, struct arena *arena);

/* Fills *a with the error that a plan means. detail goes into a problem+json when the
 * operation declares no body for it. op may be NULL (no such route). The status falls
 * back to what the name says, then to `status`. */
void error_answer(const struct error_plan *plan, const struct wordings *w,
                  struct scope *s, int status, const char *detail, struct answer *a);

#endif

/* play.h — who answers a call: the voices, asked in order.
 *
 *     limit and fault · refusal · preference · behaviour · example · sample
 *
 * The order is the array in play.c. Each voice may answer; the first that does is
 * heard. A fault never acts: it says what is to happen on the connection. */
#ifndef PLAY_PLAY_H
#define PLAY_PLAY_H

#include "api/prefer.h"
#include "api/route.h"
#include "play/world.h"

/* Why a call is refused before anyone looks at what it wants. */
struct refusal {
    const char *kind; /* "required", "parse_error", …; NULL: it is not refused */
    int status;
    const char *detail;
    /* For WWW-Authenticate, Allow, Accept (and Accept-Post, Accept-Patch) and
     * Accept-Encoding; NULL: no field. */
    const char *challenge, *allow, *accept, *accept_encoding;
    cJSON *choices; /* what the call could have meant, for a problem, or NULL */
};

/* One call on its way. All borrowed from the arena or the world. */
struct call {
    struct arena *arena;
    const struct request *request;
    struct str body; /* the request's, without Content-Encoding */
    struct world *world;
    struct namespace *ns;
    size_t api; /* SIZE_MAX: none is meant */
    struct route route;
    const cJSON *input;
    struct findings findings;
    struct findings warnings; /* what is taken, though the document does not say so */
    struct refusal refusal;
    /* filled by play_call */
    struct scope scope;
    struct answer answer;
    struct str bytes; /* of its body */
    enum preferred_return returns;
    bool settled;          /* the answer is checked and written */
    struct str key;        /* Idempotency-Key, when its answer is to be kept; or NULL */
    struct flight *flight; /* of that answer, until it is delivered; or NULL */
    bool replayed;         /* this is what an earlier call was answered with */
    void (*after)(void *what, bool answered); /* whoever else follows the answer */
    void *after_what;
    const char *broken; /* how it broke the contract, before it became a 500; or NULL */
    bool forced;        /* it breaks the contract as somebody wants it to */
    const struct fault *fault;
    int64_t delay_ms;
    enum connection connection;
    struct allowance allowance;
};

/* From here on the call is refused; the first reason counts. detail is borrowed, and
 * mended where a quotation in it is no text. */
void call_refuse(struct call *c, const char *kind, int status, const char *detail);

/* Fills answer and its bytes, broken, fault, delay and connection. The namespace's lock
 * is held while state is looked at, and given back on every way out, also when the
 * arena's limit is reached. */
void play_call(struct call *c);

/* The answer was delivered, or is not going to be: the last thing that is called. */
void play_delivered(struct call *c);

#endif

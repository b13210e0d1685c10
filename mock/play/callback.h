/* callback.h — what is to be called back for a call that was answered: the callbacks of
 * its operation, and what a behaviour's webhooks have to tell of it. */
#ifndef PLAY_CALLBACK_H
#define PLAY_CALLBACK_H

#include "api/callback.h"
#include "play/play.h"

/* One call to be made, ready to be sent. Borrowed from the call's arena and the API. */
struct posting {
    const char *name;       /* of the callback, or of the event */
    const char *expression; /* the URL, as written */
    const char *method;
    const struct operation *operation; /* what the receiver may answer; NULL: all */
    struct str url;  /* ptr NULL: it cannot be sent, and why says so */
    const char *why; /* NULL when it can */
    struct str body; /* ptr NULL: none */
    const char *content_type;
    struct header *headers;
    size_t header_count;
    unsigned within_ms;      /* for an answer; 0: as long as any call may take */
    const clock_ms *retries; /* without a 2xx, so long after the try before, again */
    size_t retry_count;
    /* Of a webhook: of which API, which, and the key of who is told. */
    size_t api, webhook;
    const char *key;
    bool listens;         /* webhook_heard wants to know of a 2xx */
    struct posting *next; /* in what one call tells */
};

/* The callbacks of c's operation, in the document's order; how many. The body is the
 * example of the callback's requestBody, in which runtime expressions become what they
 * name, else a sample that tells the instance which the call was about (about.h), and
 * says back what r answered and what was asked; drawn from the call's stream of chance.
 */
size_t callback_postings(struct call *c, const struct response *r,
                         struct posting **list);

/* webhook.c: who was told has answered with 2xx; its instance may change by that. api
 * and webhook are numbers in w, which must be what the message was made in; body is
 * NULL when it was no JSON. Takes ns's lock. */
void webhook_heard(struct world *w, struct namespace *ns, size_t api, size_t webhook,
                   const char *key, const cJSON *sent, const cJSON *body,
                   struct arena *arena);

#endif

/* callback.h — what is to be called back for a call that was answered. */
#ifndef PLAY_CALLBACK_H
#define PLAY_CALLBACK_H

#include "api/callback.h"
#include "play/play.h"

/* One callback, ready to be sent. Borrowed from the call's arena and the API. */
struct posting {
    const struct callback *callback;
    struct str url;  /* ptr NULL: it cannot be sent, and why says so */
    const char *why; /* NULL when it can */
    struct str body; /* ptr NULL: none */
    const char *content_type;
    struct header headers[LIMIT_HEADERS]; /* that it declares */
    size_t header_count;
};

/* The callbacks of c's operation, in the document's order; how many. The body is the
 * example of the callback's requestBody, else a sample that says back what was asked
 * and, before that, what r answered; drawn from the call's stream of chance. */
size_t callback_postings(struct call *c, const struct response *r,
                         struct posting **list);

#endif

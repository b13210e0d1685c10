/* outgoing.h — one HTTP call from the mock to somebody else, by libcurl.
 *
 * Nothing leaves this machine unless it was allowed: the host of the URL, as libcurl
 * reads it, is a loopback address or localhost, and so is the address it leads to; or
 * it is one of the allowed hosts. Other hosts are not even looked up. Redirects are not
 * followed, proxies of the environment not asked, and every call has bounds: time to
 * connect and in all, and bytes of the answer. */
#ifndef SERVE_OUTGOING_H
#define SERVE_OUTGOING_H

#include "base/arena.h"

#include <stdatomic.h>

struct outgoing;

struct outgoing_options {
    const char *const *allowed; /* hosts besides this machine; "*": any. Borrowed */
    size_t allowed_count;
    unsigned timeout_ms;     /* for one call; 0: LIMIT_CALLBACK_MS */
    const atomic_bool *stop; /* once it is true, calls are broken off */
};

/* For one thread. Owned by the caller, who calls outgoing_free. NULL when memory ran
 * out, or libcurl is not on this machine. */
struct outgoing *outgoing_new(const struct outgoing_options *options);
void outgoing_free(struct outgoing *o);

struct outgoing_call {
    const char *method, *url;
    const char *const *lines; /* header fields, "Name: value" */
    size_t line_count;
    struct str body;     /* ptr NULL: none */
    unsigned timeout_ms; /* 0: LIMIT_CALLBACK_MS; at most that of the options */
};

struct outgoing_answer {
    bool tried; /* also without an answer: it was not refused from the start */
    int status;
    const char *content_type; /* NULL when it has none */
    struct str body;          /* ptr is never NULL */
};

/* Sends and waits. False with *why when there is no answer, of which only tried is
 * filled then. All that is given back is
 * borrowed from arena. */
bool outgoing_send(struct outgoing *o, const struct outgoing_call *call,
                   struct arena *arena, struct outgoing_answer *answer,
                   const char **why);

#endif

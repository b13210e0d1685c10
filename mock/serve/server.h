/* server.h — bytes from sockets to requests, deliveries to bytes (the only civetweb.h).
 *
 * head.h reads what civetweb found, intake.h takes the body in, assemble.h puts the
 * answer together; here they meet the sockets.
 *
 * civetweb gives one thread to each connection; a thread has an arena of its own that
 * is reset for every call. Its 1.15 has known holes, and the code stays away from them:
 * no document root and no file is ever served, its form parser is not called, its URI
 * decoding is off, and a message whose length can be read in two ways is refused here.
 * No lock is held while a client is kept waiting. */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "api/call.h"
#include "base/error.h"

struct server;

struct server_options {
    const char *host; /* a numeric address, "127.0.0.1" or "::1" */
    unsigned port;    /* 0 picks a free one */
    size_t max_body;  /* bytes */
    unsigned body_ms; /* how long a body may take to arrive; 0: LIMIT_REQUEST_MS */
    /* Fills *d for *r. Everything in *d is borrowed from arena or stays until leave.
     * Called from many threads at once. */
    void (*handle)(void *context, const struct request *r, struct arena *arena,
                   struct delivery *d);
    /* Called before handle, and once its answer has been put together: what handle
     * works on has to stay as it is in between, where the client is never waited for.
     * Both may be NULL. */
    void (*enter)(void *context), (*leave)(void *context);
    void *context; /* borrowed; handed to all three */
};

/* Listens and starts answering. Owned by the caller, who calls server_stop. NULL and
 * err filled when the address cannot be had. */
struct server *server_start(const struct server_options *options, struct err *err);

/* The port that is listened on. */
unsigned server_port(const struct server *s);

/* Takes the server: no new connections, calls under way are answered (waiting at most
 * LIMIT_STOP_MS), then everything is closed. */
void server_stop(struct server *s);

#endif

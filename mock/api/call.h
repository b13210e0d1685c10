/* call.h — one request and what is to be delivered for it, as plain data.
 *
 * Everything here is borrowed from the arena of the call. Nothing here knows sockets:
 * serve/server fills a request from bytes, serve/handle fills a delivery from it. */
#ifndef API_CALL_H
#define API_CALL_H

#include "base/arena.h"
#include "base/limits.h"

#include <stdint.h>

/* One field line (RFC 9110, 5); names compare without case. */
struct header {
    struct str name, value;
};

struct request {
    struct str method;
    struct str path;  /* as sent, percent-encoded, starts with '/' */
    struct str query; /* as sent, behind '?'; ptr is NULL when there was none */
    struct header headers[LIMIT_HEADERS];
    size_t header_count;
    struct str body;      /* ptr is NULL when none was sent, or an empty one */
    bool body_over_limit; /* it was longer than max_body; body is empty then */
    bool body_cut_off;    /* the client stopped sending before the length it told */
    size_t max_body;      /* bytes; what the limit is */
};

enum { RESPONSE_HEADERS = 48 };

struct response {
    int status;
    struct header headers[RESPONSE_HEADERS];
    size_t header_count;
    struct str body; /* sent with Content-Length; not at all for HEAD, 204 and 304 */
};

/* What happens on the connection. A fault only fills this in; server.c acts. */
enum connection {
    CONNECTION_KEEP,  /* as HTTP says */
    CONNECTION_CLOSE, /* answered, then closed with "Connection: close" */
    CONNECTION_DROP,  /* closed without a byte of an answer */
    CONNECTION_RESET, /* broken off with a TCP reset, without a byte of an answer */
    CONNECTION_CUT /* closed after cut_after bytes of the body, the length told whole */
};

struct delivery {
    struct response response;
    int64_t delay_ms; /* before the first byte is sent; 0 to LIMIT_DELAY_MS */
    enum connection connection;
    size_t cut_after;
    /* Called once, when the answer is on the wire, or was broken off as told above
     * (answered), or could not be made. NULL: nothing follows. */
    void (*after)(void *what, bool answered);
    void *after_what;
};

/* The first field of that name, or {NULL, 0}; borrowed from the request. */
struct str request_header(const struct request *r, const char *name);

/* Adds a field; name and value are borrowed. Past RESPONSE_HEADERS nothing happens. */
void response_header(struct response *r, const char *name, struct str value);

/* The first field of that name, or {NULL, 0}. */
struct str response_header_of(const struct response *r, const char *name);

/* "Not Found" for 404 (RFC 9110, 15, and RFC 6585); "" for a code without a phrase. */
const char *status_phrase(int status);

/* 404 for "not_found": the phrase in small letters with '_'; 0 when no code has it. */
int status_of_name(struct str name);

#endif

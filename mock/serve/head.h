/* head.h — the head of a request: from the parts that the HTTP library found in it to a
 * struct request, or why it is refused.
 *
 * The library forgives more than is safe behind a proxy that reads otherwise (request
 * smuggling), so what it found is held against the bytes that it found it in, and a
 * message whose length can be told in two ways is refused (RFC 9112, 2.2, 5 and 6). */
#ifndef SERVE_HEAD_H
#define SERVE_HEAD_H

#include "api/call.h"

/* As it was found: texts inside of one buffer, each with a NUL behind it. */
struct head {
    const char *begin; /* of the buffer */
    const char *method, *target, *version;
    const char *query; /* where the library has cut it off the target; else NULL */
};

/* What it says of the bytes behind it, and of the connection. */
struct framing {
    bool chunked;            /* else told is the length of the body */
    unsigned long long told; /* bytes */
    bool expects;            /* the client waits for "100 Continue" */
    bool keep;               /* the connection, after the answer */
};

/* What a refused client is told; status is 0 when there is nothing to refuse. */
struct rejection {
    int status;
    const char *why;
};

/* Fills *r but for its body. Its header fields are there beforehand, as they were
 * found; their values lose the white space around them. All is borrowed from the
 * buffer. */
struct rejection head_read(const struct head *h, struct request *r, struct framing *f);

/* What to tell for the library's own refusals. It calls a head that does not fit into
 * its buffer malformed, too; overflowed says that the client has sent more than that.
 */
struct rejection head_rejected(int status, bool overflowed);

/* Whether calls with that method come through: civetweb itself answers 400 to methods
 * that it does not know. Those come as a POST with X-HTTP-Method-Override. */
bool method_taken(struct str method);

/* Whether it is a token (RFC 9110, 5.6.2), as the name of a field has to be. */
bool field_name_valid(struct str name);

#endif

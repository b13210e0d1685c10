/* assemble.h — an answer as the bytes that go out: head and body in one piece, so that
 * they leave in one write.
 *
 * How long it is and whether the connection stays is told here and nowhere else; a
 * field of an answer that would contradict it is left out. */
#ifndef SERVE_ASSEMBLE_H
#define SERVE_ASSEMBLE_H

#include "serve/head.h"

#include <time.h>

/* The field Date, as text that is written once a second; zeroed at first. */
struct date {
    time_t of;
    char text[32];
};

/* What the call has to do with how its answer looks. */
struct manner {
    struct date *date;
    bool keep;     /* the connection stays open */
    bool headless; /* no body is sent: it was a HEAD */
};

/* Borrowed from arena. */
struct str assemble(const struct delivery *d, struct manner m, struct arena *arena);

enum { REJECTION_BYTES = 1024 };

/* A refusal of the server's own as a problem (RFC 9457), which closes the connection:
 * how many bytes of text it takes. Needs no memory. no.why has nothing to escape. */
size_t assemble_rejection(struct rejection no, struct manner m,
                          char text[REJECTION_BYTES]);

#endif

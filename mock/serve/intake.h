/* intake.h — the body of a request, taken in as it comes.
 *
 * A body whose length is told is read into one piece of memory of that length; one that
 * comes in chunks into a piece that doubles, up to the limit. */
#ifndef SERVE_INTAKE_H
#define SERVE_INTAKE_H

#include "serve/head.h"

struct intake {
    /* Fills up to want bytes. Comes back with fewer than it was asked for only when
     * there will be no more; a chunked body ends with 0 or, broken off, with less. */
    int (*read)(void *connection, char *to, size_t want);
    void *connection;
    struct arena *arena;
};

/* Whether there is a body that will be read: none was told of, or more than
 * r->max_body; then *r says so. */
bool intake_wanted(const struct framing *f, struct request *r);

/* Fills r->body, or says there why it is not whole. */
void intake_read(const struct intake *in, const struct framing *f, struct request *r);

#endif

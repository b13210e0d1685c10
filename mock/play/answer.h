/* answer.h — what the mock says to one call, before it becomes bytes. */
#ifndef PLAY_ANSWER_H
#define PLAY_ANSWER_H

#include "api/api.h"
#include "api/call.h"
#include "base/clock.h"

enum { ANSWER_HEADERS = 32 };

struct posting;
struct store_collection;

struct answer {
    int status;
    const cJSON *body;        /* NULL: none, or text */
    struct str text;          /* bytes that are sent as they are; ptr NULL: body is */
    const char *content_type; /* of either */
    bool fits;                /* body is known to fit the declared schema */
    bool unworded;            /* an error that nobody has words for: a bare problem */
    bool single;              /* of a GET: one instance, no list */
    bool same;                /* of a change: what GET would answer from now on */
    bool dry;                 /* nothing was done: the call only asked for that */
    bool dated;               /* the instance says when it was changed: */
    clock_ms modified;
    struct header headers[ANSWER_HEADERS];
    size_t header_count;
    const char *voice; /* who spoke: "behaviour", "refusal", "fault", … */
    const char *error; /* the name of the error, or NULL */
    /* Where the operation has callbacks: the instance that the call has made, changed
     * or taken out, as a client sees it, and what it is one of; NULL: there is none. */
    const cJSON *about;
    const struct store_collection *about_of;
    struct posting *told; /* what others are told of it (play/callback.h), or NULL */
};

/* Adds a field, in place of an earlier one of that name; name and value are borrowed.
 */
void answer_header(struct answer *a, const char *name, struct str value);

/* What is sent for body or text: JSON, or in other media types a string's own bytes;
 * ptr is NULL when there is neither. From arena. */
struct str answer_bytes(const struct answer *a, struct arena *arena);

/* The same as the media type of op's reply has it written; op may be NULL. */
struct str answer_written(const struct operation *op, const struct answer *a,
                          struct arena *arena);

/* RFC 9457: application/problem+json with type about:blank, title, status and detail
 * (NULL for none; mended where a quotation in it is no text), from arena. */
void answer_problem(struct answer *a, int status, const char *detail,
                    struct arena *arena);

#endif

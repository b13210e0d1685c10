/* idempotency.h — answers that are kept under a client's key, so that a retry gets the
 * first one again (draft-ietf-httpapi-idempotency-key-header).
 *
 * One table belongs to a namespace and is used under its lock. A record is plain data.
 * While its call is still being answered, a record is in flight; who answers holds the
 * flight and lands it without any lock, however long that takes and whatever became of
 * the table meanwhile. */
#ifndef PLAY_IDEMPOTENCY_H
#define PLAY_IDEMPOTENCY_H

#include "api/call.h"
#include "base/clock.h"

/* What is kept of one call. Everything is borrowed: from the table where it gives one,
 * else from the caller. */
struct stored_answer {
    struct str api;       /* its name; keys of two APIs are two */
    struct str key;       /* without quotes */
    uint64_t fingerprint; /* of operation, path values, query and body */
    clock_ms expires;     /* on the namespace's clock */
    int status;
    struct header *fields; /* all but Content-Type and what delivering adds */
    size_t field_count;
    struct str content_type;
    struct str body; /* ptr NULL: none */
};

struct idempotency;
struct flight;

/* Empty; owned by the caller, who calls idempotency_free. NULL when memory ran out. */
struct idempotency *idempotency_new(void);
void idempotency_free(struct idempotency *t);

/* Forgets everything. */
void idempotency_clear(struct idempotency *t);

/* The record of that key, or NULL; what has expired is forgotten first. Borrowed until
 * the table is changed. *in_flight says whether its call is still being answered. */
const struct stored_answer *idempotency_find(struct idempotency *t, struct str api,
                                             struct str key, clock_ms now,
                                             bool *in_flight);

/* Keeps a copy, in place of an earlier one of that key; the oldest records make room.
 * With flight, the record is in flight until *flight, owned by the caller, is given to
 * flight_land. False when memory ran out; *flight is NULL then. */
bool idempotency_keep(struct idempotency *t, const struct stored_answer *answer,
                      struct flight **flight);

/* Forgets the record of that key, if there is one. */
void idempotency_forget(struct idempotency *t, struct str api, struct str key);

/* The call is answered. Takes the flight; by any thread, without a lock. NULL is fine.
 */
void flight_land(struct flight *f);

size_t idempotency_count(const struct idempotency *t);

/* The record at a place in order of their making, for those who keep them elsewhere;
 * NULL past the end. Walks there. */
const struct stored_answer *idempotency_at(const struct idempotency *t, size_t index);

#endif

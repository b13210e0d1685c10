/* condition.h — the conditional fields of a request (RFC 9110, 13).
 *
 * If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since are read from the
 * request and judged against what is there now. A field that cannot be read as its
 * grammar says matches nothing (entity tags) or is ignored (dates), as the RFC has it.
 */
#ifndef API_CONDITION_H
#define API_CONDITION_H

#include "api/call.h"
#include "base/clock.h"

/* The representation that GET of the target would answer with now. */
struct validators {
    bool exists;
    struct str etag; /* with its quotes, also W/"…"; ptr NULL: it has none */
    bool dated;      /* modified is known */
    clock_ms modified;
};

enum condition_verdict {
    CONDITION_MET,          /* or none was sent: the method goes on */
    CONDITION_NOT_MODIFIED, /* 304 */
    CONDITION_FAILED        /* 412 */
};

/* Whether one of the four fields was sent. */
bool conditions_sent(const struct request *r);

/* In the order of 13.2.2. *why is the name of the field that decided, when the verdict
 * is not CONDITION_MET. now is for years of two digits. */
enum condition_verdict conditions_check(const struct request *r,
                                        const struct validators *v, clock_ms now,
                                        const char **field);

/* Whether a field's value, a list of entity tags, has one that matches (8.8.3.2); weak:
 * by the weak comparison. False for a list that is malformed anywhere. */
bool etags_match(struct str list, struct str etag, bool weak);

#endif

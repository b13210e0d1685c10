/* prefer.h — what a client asks the mock to say (RFC 7240, with Prism's words).
 *
 *     Prefer: code=404, example="not found", dynamic=true, seed=7
 *     Prefer: return=minimal
 *     GET /pets?__code=404&__example=gone&__dynamic=true&__seed=7
 *
 * The field may stand several times; of a preference that stands twice the first counts
 * (RFC 7240, 2). The query's twins are for clients that cannot set a field; the field
 * beats them. */
#ifndef API_PREFER_H
#define API_PREFER_H

#include "api/call.h"

/* RFC 7240, 4.2; both at once are as good as none. */
enum preferred_return { RETURN_ANY, RETURN_MINIMAL, RETURN_REPRESENTATION };

struct preference {
    struct str code, example; /* ptr NULL: not asked for */
    bool dynamic;             /* made from the schema, though there are examples */
    bool has_seed;
    uint64_t seed; /* what the made answer is drawn from */
    enum preferred_return returns;
    const char *wrong; /* a sentence about a value that means nothing, or NULL */
};

/* False when the request asks for none of the four that choose an answer, or only for
 * dynamic=false; returns is filled either way. Texts
 * are borrowed from the request or arena. */
bool prefer_read(const struct request *r, struct arena *arena, struct preference *p);

/* What goes into Preference-Applied (RFC 7240, 3), from arena. status is the code that
 * was answered. */
struct str prefer_applied(const struct preference *p, int status, struct arena *arena);

/* Whether a query parameter is one of the twins; no document declares those. */
bool prefer_is_twin(struct str name);

#endif

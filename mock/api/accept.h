/* accept.h — which of the declared media types an answer has (RFC 9110, 12.5.1).
 *
 * Of the ranges that match a declared type the most specific one gives its weight; the
 * heaviest type wins, JSON before others where weights are equal, then the document's
 * order. No Accept is * / *. A parameter of a range counts only where the declared type
 * has one of that name. A range with a suffix, such as application/vnd.x+json, takes
 * plain JSON where nothing that is declared suits better: servers do the same. */
#ifndef API_ACCEPT_H
#define API_ACCEPT_H

#include "api/api.h"

struct offer {
    const struct media *media; /* NULL: no body */
    const char *type;          /* to be sent; no range, even where media is one */
};

/* The entry of a reply's content that the request wants most. False when it wants none
 * of them; *offer is then what it would have been without an Accept. A reply without
 * content suits everyone. */
bool accept_choose(const struct request *r, const struct reply *reply,
                   struct arena *arena, struct offer *offer);

/* Whether one of the operation's answers to a good call would suit. If not, *types are
 * the ones that there are, borrowed from arena. */
bool accept_any(const struct request *r, const struct operation *op,
                struct arena *arena, const char **types);

/* The entry of a reply's content for a type that accept_choose gave: the type itself,
 * else a range that it falls in. NULL when there is none. */
const struct media *reply_media(const struct reply *reply, const char *type);

/* "application/json, text/csv", borrowed from arena. */
const char *reply_types(const struct reply *reply, struct arena *arena);

#endif

/* jwt.h — the form of a JSON Web Token (RFC 7519, 7.2, in the compact form of RFC 7515,
 * 7.1): three parts in base64url, the first a JSON object with `alg`, the second one of
 * claims. Encrypted tokens (five parts) are not read. */
#ifndef API_JWT_H
#define API_JWT_H

#include "base/clock.h"
#include "doc/json.h"

struct jwt {
    const cJSON *header, *claims;
    const char *algorithm;
    const char *key_id;     /* `kid`, or NULL */
    struct str signed_part; /* what the signature is over */
    struct str signature;   /* as bytes */
};

/* False with a sentence in *why when the token is none. Borrowed from token and arena.
 */
bool jwt_read(struct str token, struct arena *arena, struct jwt *jwt, const char **why);

/* Whether `exp` is past or `nbf` still to come (RFC 7519, 4.1.4 and 4.1.5). */
bool jwt_expired(const struct jwt *jwt, clock_ms now);
bool jwt_early(const struct jwt *jwt, clock_ms now);

/* Whether the claims grant a scope: `scope` holds words (RFC 8693, 4.2), or `scp` or
 * `roles` or `permissions` a list. */
bool jwt_grants(const struct jwt *jwt, const char *scope);

#endif

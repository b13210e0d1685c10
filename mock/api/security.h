/* security.h — who is calling: presence and form of credentials.
 *
 * http bearer (RFC 6750) wants "Bearer" and a token of its characters, basic (RFC 7617)
 * base64 with a colon inside, apiKey a value that is not empty. Which token it is does
 * not matter here. */
#ifndef API_SECURITY_H
#define API_SECURITY_H

#include "api/api.h"

/* Whether the request satisfies one alternative of the operation's security. If not,
 * *why is a sentence and *challenge the value for WWW-Authenticate (RFC 9110, 11.6.1),
 * both borrowed from arena. */
bool security_check(const struct operation *op, const struct request *r,
                    struct arena *arena, const char **why, const char **challenge);

#endif

/* security.h — who is calling: the credentials of a call, judged.
 *
 * http bearer (RFC 6750), oauth2 and openIdConnect want "Bearer" and a token of its
 * characters, basic (RFC 7617) base64 with a colon inside, apiKey a value that is not
 * empty. Where the document says bearerFormat: JWT, a token has that form and is
 * neither past `exp` nor before `nbf`; a key that is a JWT is held to these, too. More
 * is asked only where a fixture knows it: then a token has to be one of its tokens, or
 * a JWT signed by one of its keys, and grant the scopes. */
#ifndef API_SECURITY_H
#define API_SECURITY_H

#include "api/api.h"
#include "base/clock.h"

struct signature_key;

/* What a fixture knows: who may come in. All borrowed. */
struct known_token {
    const char *text;            /* a token, a key, or "user:password" */
    const struct scheme *scheme; /* NULL: of every scheme */
    char **scopes;
    size_t scope_count;
    clock_ms expires; /* INT64_MAX: never */
};

struct known_key {
    const struct scheme *scheme; /* NULL: of every scheme that takes bearer tokens */
    const char *id;              /* the `kid` it signs for; NULL: any */
    struct signature_key *key;
};

struct guard {
    struct known_token *tokens;
    size_t token_count;
    struct known_key *keys;
    size_t key_count;
};

/* Why a call does not come in. */
struct denial {
    const char *kind;      /* "unauthenticated", "invalid_token", "token_expired" or
                              "insufficient_scope" */
    int status;            /* 401, or 403 for the last of them */
    const char *why;       /* a sentence */
    const char *challenge; /* for WWW-Authenticate (RFC 9110, 11.6.1) */
};

/* What time it is; asked only for a JSON Web Token and for a token that expires, since
 * the answer may have to come from a store. */
struct asked_clock {
    clock_ms (*now)(void *context);
    void *context;
};

/* Whether the request satisfies one alternative of the operation's security at a time.
 * If not, *denial tells of the alternative that came nearest, borrowed from arena. */
bool security_check(const struct operation *op, const struct request *r,
                    const struct guard *guard, struct asked_clock clock,
                    struct arena *arena, struct denial *denial);

/* Whether the fixture knows any token or key for a scheme. */
bool guard_knows(const struct guard *guard, const struct scheme *s);

#endif

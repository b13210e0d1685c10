/* write.h — from an input tree to a request: what param.h and body.h read, written.
 *
 * Every style, explode and place of OpenAPI (4.8.12) is written as its table says. What
 * the table leaves open, a value inside another in a query, stands in brackets as
 * clients write it: a[b][0]=1. What is written and then read gives the same tree where
 * text alone can tell the types apart; who needs to know reads it again. */
#ifndef API_WRITE_H
#define API_WRITE_H

#include "api/api.h"

/* Fills r's method, path, query, headers and body with what input says; base is put
 * before the path. media is the entry of op->bodies that the body is written as, NULL
 * when input has none. Members that no parameter declares are written as text. False
 * with a sentence in *why when a value has no form on the wire. Everything is borrowed
 * from arena, the operation and input. */
bool request_write(const struct operation *op, const struct media *media,
                   const cJSON *input, const char *base, struct arena *arena,
                   struct request *r, const char **why);

/* What a caller can show. */
struct credentials {
    const char *bearer; /* also for oauth2 and openIdConnect */
    const char *basic;  /* base64 of "user:password" (RFC 7617) */
    const char *key;
};

/* Adds what one alternative of `security` asks for, in the place where it asks. Schemes
 * that need is silent about are left alone. False when there is no room for it. */
bool credentials_write(const struct requirement *need, const struct credentials *own,
                       struct arena *arena, struct request *r);

#endif

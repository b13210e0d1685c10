/* runtime.h — OpenAPI's runtime expressions: text that a finished call fills in.
 *
 *     $url  $method  $statusCode
 *     $request.header.NAME  .query.NAME  .path.NAME  .body  .body#/pointer
 *     $response.header.NAME  .body  .body#/pointer
 *
 * A text is one expression, or has expressions in braces:
 * "{$request.body#/url}/data?id={$response.body#/id}", or none at all. Read once, at
 * load, then shared by all threads. Follows OpenAPI 3.1.1, 4.8.20.3. */
#ifndef API_RUNTIME_H
#define API_RUNTIME_H

#include "api/api.h"

struct runtime;

/* A call and its answer. All borrowed. */
struct exchange {
    const struct request *request;
    const cJSON *input; /* { path, query, header, cookie, body } */
    const struct response *response;
    const cJSON *body; /* of the response, or NULL */
};

/* Borrowed from arena, text too. NULL with *why when text has an expression that is
 * none. */
const struct runtime *runtime_read(const char *text, struct arena *arena,
                                   const char **why);

/* Why an expression is likely a slip: neither the schemas of the operation's request
 * nor those of its good answers describe what it names. NULL when all is described.
 * Not before the schemas are compiled. */
const char *runtime_doubt(const struct runtime *r, const struct operation *op,
                          struct arena *arena);

/* Whether a text holds an expression, and nothing that only looks like one. */
bool runtime_is(const char *text, struct arena *arena);

/* The text as a value: one expression alone has the value that it names, with its type;
 * of others a text is made. NULL when an expression has none. Borrowed from arena and
 * the exchange. */
const cJSON *runtime_value(const struct runtime *r, const struct exchange *x,
                           struct arena *arena);

/* The text as a URL. What an expression puts behind the authority is percent-encoded:
 * in the path all but '/', in the query all that separates there. {NULL, 0} with
 * *why when an expression has no value, or one that is no text, number or boolean, or
 * the whole is over LIMIT_CALLBACK_URL. From arena. */
struct str runtime_url(const struct runtime *r, const struct exchange *x,
                       struct arena *arena, const char **why);

#endif

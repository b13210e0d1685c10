/* param.h — from the text of a request to the input tree, typed by the schemas.
 *
 *     { "path": {…}, "query": {…}, "header": {…}, "cookie": {…}, "body": … }
 *
 * Every style, explode and place of OpenAPI (4.8.12) is read, and `content`. Declared
 * parameters take the type that their schema allows: "12" becomes 12 for an integer and
 * stays text otherwise, and text that has not the wanted form stays text, so that the
 * check can say what was found. Names of headers are in small letters. Query parameters
 * that nobody declared are kept as text. With `in: querystring`, "query" is that
 * parameter's value. A declared parameter that a call does not have takes the `default`
 * of its schema, which is what a receiver assumes (OpenAPI 3.0.4, 4.7.24.1; JSON Schema
 * 2020-12, validation, 9.2). */
#ifndef API_PARAM_H
#define API_PARAM_H

#include "api/param_text.h"
#include "api/route.h"
#include "doc/json.h"

/* An operation's parameters by the way in which they are looked for; made once, at load
 * (param_load.c). */
struct param_table {
    const struct map *query;         /* name → const struct param * */
    const struct param **pieces;     /* objects whose members stand in the query */
    const struct param **cookies;    /* every parameter in a cookie */
    const struct param **headers;    /* every parameter in a header */
    const struct param **path;       /* by their place in the template */
    const struct param *querystring; /* NULL: there is none */
    const struct map *keys;          /* query parameters that `security` names */
    size_t piece_count, cookie_count, header_count, path_count;
    bool split_cookies; /* a cookie may hold "a=1&b=2" of an exploded one */
};

/* The first value of that name as text, decoded; {NULL, 0} when there is none. Not for
 * PARAM_PATH. */
struct str request_value(const struct request *r, enum param_in in, const char *name,
                         struct arena *arena);

/* Fills the tree's path, query, header and cookie (the body is put in by the caller).
 * What breaks the contract before any schema is asked goes into findings: text that
 * cannot be decoded, a value that is there twice. What a server may take but the
 * document does not say goes into warnings: undeclared query parameters, lists in
 * another style. Borrowed from arena. */
cJSON *params_read(const struct route *route, const struct request *r,
                   struct arena *arena, struct findings *findings,
                   struct findings *warnings);

/* Once the schema was asked, too: takes back that a value is missing where one of the
 * first told findings says that it could not be read. */
void params_settle(struct findings *all, size_t told);

#endif

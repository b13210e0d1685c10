/* param.h — from the text of a request to the input tree, typed by the schemas.
 *
 *     { "path": {…}, "query": {…}, "header": {…}, "cookie": {…}, "body": … }
 *
 * Declared parameters take the type that their schema allows: "12" becomes 12 for an
 * integer and stays text otherwise, and text that has not the wanted form stays text,
 * so that the check can say what was found. Query parameters that nobody declared are
 * kept as text. Styles are OpenAPI's default ones (4.8.12): simple, and form with or
 * without explode. */
#ifndef API_PARAM_H
#define API_PARAM_H

#include "api/route.h"
#include "doc/json.h"

/* Decodes %XX, and '+' as a space when plus is set; *out is borrowed from arena (from
 * text when there was nothing to decode) and NUL-terminated only if it was decoded.
 * %00 becomes C0 80 as in doc/json.h. False for a broken escape or when the result is
 * not UTF-8. */
bool percent_decode(struct str text, bool plus, struct arena *arena, struct str *out);

/* The first value of that name as text, decoded; {NULL, 0} when there is none. Not for
 * PARAM_PATH. */
struct str request_value(const struct request *r, enum param_in in, const char *name,
                         struct arena *arena);

/* Fills the tree's path, query, header and cookie (the body is put in by the caller).
 * Text that cannot be decoded is told in findings. Borrowed from arena. */
cJSON *params_read(const struct route *route, const struct request *r,
                   struct arena *arena, struct findings *findings);

#endif

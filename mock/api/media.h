/* media.h — media types (RFC 9110, 8.3) and bodies of JSON. */
#ifndef API_MEDIA_H
#define API_MEDIA_H

#include "api/api.h"

/* application/json, or a subtype that ends in +json (RFC 6839); parameters do not
 * matter. */
bool media_is_json(struct str type);

/* The entry of an operation's request body that takes a Content-Type: the exact type
 * first, then ranges such as application/ *, then * / *. NULL when none does. */
const struct media *media_for(const struct operation *op, struct str content_type);

#endif

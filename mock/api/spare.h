/* spare.h — the components of a document that nothing refers to.
 *
 * What no operation leads to is neither compiled nor served, so api_load sees none of
 * its mistakes. Whoever checks a document wants to know them all the same: the next
 * operation may refer to it. A server does without, and starts sooner. */
#ifndef API_SPARE_H
#define API_SPARE_H

#include "api/api.h"

/* Reads and compiles every schema, parameter, request body, response, header and
 * callback under the document's `components` (OpenAPI 3.1.1, 4.8.7), and adds each
 * mistake that is not told yet to err, as a warning: what is served does not suffer by
 * it. What that needs is taken from arena, and stays until it goes. */
void api_check_spare(const struct api *api, struct arena *arena, struct err *err);

#endif

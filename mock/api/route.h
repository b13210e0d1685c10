/* route.h — which operation a path and a method mean.
 *
 * Paths are split at '/' as they were sent, so %2F stays inside a value; then each part
 * is percent-decoded. A literal segment beats a template, a template with more literal
 * text beats one with less. HEAD is answered by GET where no HEAD is declared. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/api.h"

struct routes;

/* Built once from an API's operations, borrowed from arena. Two templates that differ
 * only in their names are an error. */
const struct routes *routes_new(const struct api *api, struct arena *arena,
                                struct err *err);

struct route {
    const struct operation *operation; /* NULL when the path or method is not known */
    bool path_known;
    const char *allow; /* when only the method is not known: for the field Allow */
    struct str names[LIMIT_PATH_PARAMS];  /* borrowed from the document */
    struct str values[LIMIT_PATH_PARAMS]; /* as sent, still percent-encoded */
    size_t count;
};

/* path is without the server's base path. What route points to is borrowed from path,
 * the API and arena. */
void routes_match(const struct routes *routes, struct str method, struct str path,
                  struct arena *arena, struct route *route);

#endif

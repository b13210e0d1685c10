/* callback.h — what the API calls back after an operation has answered.
 *
 * A Callback Object maps a URL, which the call and its answer fill in, to a path item:
 * each of that item's operations is one callback here. Its operation says what is sent
 * (the request body, the header parameters) and what the receiver may answer. Follows
 * OpenAPI 3.1.1, 4.8.18. */
#ifndef API_CALLBACK_H
#define API_CALLBACK_H

#include "api/api.h"

struct runtime;

struct callback {
    const char *name;       /* its key in `callbacks` */
    const char *expression; /* the URL, as written */
    const char *pointer;    /* where that stands */
    const struct runtime *url;
    struct operation operation; /* not one of api->operations; its path is "" */
    const struct media *media;  /* the body that is sent; NULL: none */
    struct field *fields;       /* the header parameters */
    size_t field_count;
};

#endif

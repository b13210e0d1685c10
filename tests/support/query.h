/* query.h — the parameters of one request, read as an API declares them. */
#ifndef SUPPORT_QUERY_H
#define SUPPORT_QUERY_H

#include "text.h"

/* A document's one path, "/a", up to its parameters. */
#define PARAMETERS "paths:\n  /a:\n    get:\n      " DONE "\n      parameters:\n"

/* One request and what became of it. */
struct outcome {
    const cJSON *input;
    struct findings findings, warnings;
};

/* Reads a GET; query may be NULL. The test fails when the path leads nowhere. */
void read_call(struct arena *a, const struct api *api, const char *path,
               const char *query, const struct header *headers, size_t count,
               struct outcome *out);

/* The same for "/a" with nothing but a query. */
void read_query(struct arena *a, const struct api *api, const char *query,
                struct outcome *out);

/* "keyword pointer: sentence; …" of all findings. */
const char *told(const struct findings *all, struct arena *a);

#endif

/* write_parts.h — what the writers of requests share; for write*.c only. */
#ifndef API_WRITE_PARTS_H
#define API_WRITE_PARTS_H

#include "api/write.h"
#include "base/buffer.h"
#include "doc/uri.h"

struct writing {
    struct arena *arena;
    struct request *request;
    struct buffer query, cookie;
    const char *why; /* of the first value that has no form on the wire */
};

/* Keeps the first reason; always false. */
bool write_fails(struct writing *w, const char *why, ...)
    __attribute__((format(printf, 2, 3)));

/* A string as it is, anything else as JSON. */
struct str write_text(const cJSON *value, struct arena *arena);

/* One value in the place and style of its parameter: of a path into b, of all others
 * into w. */
bool write_path(struct writing *w, const struct param *p, const cJSON *value,
                struct buffer *b);
bool write_query(struct writing *w, const struct param *p, const cJSON *value);
bool write_header(struct writing *w, const struct param *p, const cJSON *value);
bool write_cookie(struct writing *w, const struct param *p, const cJSON *value);

/* "name=value", of a parameter that is not declared. */
bool write_pair(struct writing *w, struct buffer *b, const char *name,
                const cJSON *value);

/* Adds a field line. */
bool write_field(struct writing *w, const char *name, struct str value);

/* The body and its Content-Type. */
bool write_body(struct writing *w, const struct media *m, const cJSON *value);

#endif

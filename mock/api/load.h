/* load.h — the parts of reading an OpenAPI document; for api.c's family only. */
#ifndef API_LOAD_H
#define API_LOAD_H

#include "api/api.h"

/* A document being read. */
struct loading {
    struct api *api;
    struct arena *arena;
    struct err *err;
};

/* node after following "$ref"s; *pointer is where that is. Reports a reference that
 * leads nowhere and returns NULL. node may be NULL. */
const cJSON *load_follow(struct loading *l, const cJSON *node, const char **pointer);

/* The plan to be of a schema at pointer. */
const struct schema *load_schema(struct loading *l, const cJSON *node,
                                 const char *pointer);

/* An error at pointer + "/" + name (name may be NULL). Always false. */
bool load_error(struct loading *l, const char *pointer, const char *name,
                const char *why, ...) __attribute__((format(printf, 4, 5)));
void load_warn(struct loading *l, const char *pointer, const char *name,
               const char *why, ...) __attribute__((format(printf, 4, 5)));

/* "base/name", escaped. */
const char *load_join(struct loading *l, const char *base, const char *name);

void load_servers(struct loading *l); /* servers.c */
void load_schemes(struct loading *l); /* security.c */
void load_security(struct loading *l, struct operation *op, const cJSON *node);
/* operation.c: path_item stands at item_pointer, node at pointer. */
bool load_operation(struct loading *l, struct operation *op, const cJSON *path_item,
                    const char *item_pointer, const cJSON *node, const char *pointer);

#endif

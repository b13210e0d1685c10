/* load.h — the parts of reading an OpenAPI document; for api.c's family only. */
#ifndef API_LOAD_H
#define API_LOAD_H

#include "api/api.h"

/* A document being read. */
struct loading {
    struct api *api;
    struct arena *arena;
    struct err *err;
    struct map *shapes; /* pointer → struct shape *, of shape.c */
    bool in_callback;   /* what is read is called by the mock, not served by it */
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

/* The first entry of a map that stands at pointer; an error where it is another value.
 * Nothing, and the empty array that some generators write for it, has no entries. of
 * is what its entries are. */
const cJSON *load_map(struct loading *l, const cJSON *map, const char *pointer,
                      const char *of);

/* "base/name", escaped. */
const char *load_join(struct loading *l, const char *base, const char *name);

/* Warnings for members that the objects of OpenAPI do not have: a misspelt requestBody
 * would check nothing (grammar.c). */
void load_grammar(struct loading *l);

/* The examples of every reply, and a warning for each that does not fit its schema;
 * called once the schemas are compiled. */
void load_examples(struct loading *l);                /* example.c */
void load_fields(struct loading *l, struct reply *r); /* field.c */
void load_items(struct loading *l);                   /* item.c */
void load_servers(struct loading *l);                 /* servers.c */
void load_schemes(struct loading *l);                 /* security.c */
void load_security(struct loading *l, struct operation *op, const cJSON *node);

/* A schema of ours that stands for the one at pointer in the document, so that findings
 * name that place. */
cJSON *load_reference(struct loading *l, const char *pointer);

/* The parameters of an operation and of its path, and what is wrong with them. */
void load_params(struct loading *l, struct operation *op, const cJSON *path_item,
                 const char *item_pointer, const cJSON *node);

/* Whether they fit its path, and a querystring is alone (param_table.c). */
void params_check(struct loading *l, const struct operation *op);

/* Adds to properties the schemas of path, query, header and cookie; which of them are
 * required is returned. */
cJSON *params_schema(struct loading *l, const struct operation *op, cJSON *properties);

/* Once the schemas are compiled: types, and the tables that calls are read by. */
void load_param_tables(struct loading *l);
/* The entries of a `content` map that stands at pointer; media_load.c. */
struct media *load_media(struct loading *l, const cJSON *content, const char *pointer,
                         size_t *count);

/* The operations of a path item that stands at pointer (api.c); how many. With ops NULL
 * they are only counted, and mistakes are told; path is what they are to have. */
size_t load_item(struct loading *l, const char *path, const cJSON *item,
                 const char *pointer, struct operation *ops);

/* What an operation calls back (callback.c); the examples once all is compiled. */
void load_callbacks(struct loading *l, struct operation *op, const cJSON *all);
void load_callback_examples(struct loading *l);

/* example.c: the examples of one media type, which goes that way. */
void load_media_examples(struct loading *l, struct media *m, enum direction direction);

/* field.c: what a header or a parameter in header has, but for name and required. */
void load_field(struct loading *l, struct field *f, const cJSON *node,
                const char *pointer);

/* Whether a field is none for a document to fill in: it belongs to the connection. */
bool field_is_ours(const char *name);

/* operation.c: path_item stands at item_pointer, node at pointer. */
bool load_operation(struct loading *l, struct operation *op, const cJSON *path_item,
                    const char *item_pointer, const cJSON *node, const char *pointer);

#endif

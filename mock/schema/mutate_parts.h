/* mutate_parts.h — what mutate.c is made of; only for the mutate*.c files.
 *
 *     mutate.c        goes through schema and value together, and judges candidates
 *     mutate_rule.c   candidates that should break one rule */
#ifndef SCHEMA_MUTATE_PARTS_H
#define SCHEMA_MUTATE_PARTS_H

#include "schema/mutate.h"
#include "schema/plan.h"

/* A place in the value and the schema that is asked of it. */
struct spot {
    const struct schema *s;
    const cJSON *value;
    const char *pointer;
};

struct mutator {
    const struct schema *root;
    const cJSON *value;
    enum direction direction;
    struct chance *chance;
    struct arena *arena;
    size_t size;   /* nodes of the value */
    size_t left;   /* nodes that may still be copied */
    size_t visits; /* spots that may still be looked at */
    unsigned depth;
    struct mutations out;
};

/* The whole value with something else at the spot; with NULL, with nothing there. */
cJSON *mutator_put(struct mutator *x, const char *pointer, cJSON *instead);

/* Keeps candidate when keyword, at pointer, is all that it breaks. */
bool mutator_try(struct mutator *x, cJSON *candidate, const char *keyword,
                 const char *pointer);

/* Whether another candidate of that size may be made. */
bool mutator_may(struct mutator *x);

void mutate_type(struct mutator *x, const struct spot *at);
void mutate_rule(struct mutator *x, const struct spot *at, const struct rule *r);

#endif

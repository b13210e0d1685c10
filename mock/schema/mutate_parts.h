/* mutate_parts.h — what mutate.c is made of; only for the mutate*.c files.
 *
 *     mutate.c        goes through schema and value together, and judges candidates
 *     mutate_rule.c   candidates that should break one rule
 *     mutate_inside.c the same for arrays, objects and compositions */
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

/* Tries value (or the text) in the place of what is at the spot. */
bool mutator_try_value(struct mutator *x, const struct spot *at, const char *keyword,
                       cJSON *value);
bool mutator_try_text(struct mutator *x, const struct spot *at, const char *keyword,
                      const char *text);

const struct rule *mutator_rule_of(const struct schema *s, enum rule_kind kind);

/* A value that fits a (with no: does not fit) and b, which may be NULL; the nth of
 * several. NULL when none was found. */
cJSON *mutator_sample(struct mutator *x, const struct schema *a, bool no,
                      const struct schema *b, unsigned nth);

/* mutate_inside.c: so many items, two equal ones, too few or too many that fit
 * contains, one more; so many members, an unknown one, …; a value that fits two
 * branches. */
void mutate_length(struct mutator *x, const struct spot *at, const struct rule *r,
                   size_t count);
void mutate_unique(struct mutator *x, const struct spot *at, const struct rule *r);
void mutate_contains(struct mutator *x, const struct spot *at, const struct rule *r);
void mutate_max_contains(struct mutator *x, const struct spot *at,
                         const struct rule *r);
void mutate_more_items(struct mutator *x, const struct spot *at, const char *keyword);
void mutate_unknown(struct mutator *x, const struct spot *at, const char *keyword);
void mutate_object(struct mutator *x, const struct spot *at, const struct rule *r);
void mutate_size(struct mutator *x, const struct spot *at, const struct rule *r,
                 size_t count);
void mutate_names(struct mutator *x, const struct spot *at, const struct rule *r);
void mutate_dependent(struct mutator *x, const struct spot *at, const struct rule *r);
void mutate_kind(struct mutator *x, const struct spot *at, const struct rule *r);
void mutate_two(struct mutator *x, const struct spot *at, const struct rule *r);

void mutate_type(struct mutator *x, const struct spot *at);
void mutate_rule(struct mutator *x, const struct spot *at, const struct rule *r);

#endif

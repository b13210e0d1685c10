/* making.h — one schema while its plan is made; only for the files that compile.
 *
 *     compile.c          the work list, one plan, what is done when all are there
 *     compile_value.c    types, enum, numbers, text
 *     compile_array.c    items, contains
 *     compile_object.c   properties, required, dependencies
 *     compile_branch.c   references, allOf and its kin
 *     compile_discriminator.c */
#ifndef SCHEMA_MAKING_H
#define SCHEMA_MAKING_H

#include "schema/keyword.h"
#include "schema/plan.h"
#include "schema/resource.h"

struct making {
    struct schemas *all;
    struct schema *schema;
    const struct language *language;
    struct resources *resources;
    struct arena *arena;
    struct err *err;
    bool annotate_formats;
    bool chooses;        /* the discriminator was read */
    struct map *choices; /* what it chooses among; NULL when it does not */
    struct rule rules[RULE_UNEVALUATED_PROPERTIES + 8]; /* at most one for a keyword */
};

/* Where a keyword of this schema stands. */
struct where making_place(const struct making *m, const char *keyword);

/* The keyword's value has to be of a kind; reported when it is another. */
bool making_wants(struct making *m, const cJSON *value, bool fits, const char *what);

struct rule *making_rule(struct making *m, enum rule_kind kind, unsigned types,
                         const cJSON *value);

/* The plan of a schema in this one, at path ("/not", "/allOf/1") below it. */
const struct schema *making_child(struct making *m, const cJSON *node,
                                  const char *path);
/* The one that is the keyword's value. */
const struct schema *making_child_at(struct making *m, const cJSON *keyword);
/* A map from each member's name to the schema that is its value. */
const struct map *making_named(struct making *m, const cJSON *keyword);
/* The plan of the schema that a reference leads to; NULL, and reported, when it leads
 * nowhere. */
const struct schema *making_target(struct making *m, const char *keyword,
                                   const char *reference);
/* A plan for place, which a reference led to. */
const struct schema *making_at(struct making *m, const struct resource_place *place);

/* The last rule is dynamic: where it may lead is filled in when all resources are
 * known.
 */
void making_dynamic(struct making *m, const char *anchor);
/* Whether a discriminator chooses among the branches of this schema. */
bool making_discriminates(struct making *m);

keyword_compile on_type, on_enum, on_const, on_bound, on_exclusive, on_multiple_of,
    on_size, on_pattern, on_format, on_unique_items, on_contains, on_dependencies,
    on_dependent_required, on_dependent_schemas, on_ref, on_dynamic_ref, on_branches,
    on_discriminator, on_if, on_schema;

void making_items(struct making *m);
void making_object(struct making *m);

#endif

/* mutate.h — values that break a schema in exactly one way.
 *
 * From a schema and a value that fits it: changed copies, each of which breaks one
 * keyword at one place, as the checker's own findings say. Used to ask whether a server
 * refuses what its contract refuses. The same schema, value and chance give the same
 * list in the same order. */
#ifndef SCHEMA_MUTATE_H
#define SCHEMA_MUTATE_H

#include "base/chance.h"
#include "schema/schema.h"

struct mutation {
    const cJSON *value;  /* the whole value, changed at one place */
    const char *keyword; /* the one that was meant: "required", "propertyNames", … */
    /* What the checker says, the broken keyword's own finding: its pointer is the place
     * in the value, its schema_pointer the place in the document. A value that fits no
     * branch, or a name that is not allowed, has a finding of the schema below. */
    struct finding finding;
};

struct mutations {
    struct mutation *list; /* at most LIMIT_MUTATIONS */
    size_t count;
    size_t accepted; /* candidates that turned out to fit */
    size_t mixed;    /* candidates that break something else, or more */
    bool cut;        /* the bound was reached: there are more */
};

/* Everything is borrowed from arena, the schema and the value, which fits the
 * schema in that direction.
 */
struct mutations mutate(const struct schema *s, const cJSON *value,
                        enum direction direction, struct chance *chance,
                        struct arena *arena);

#endif

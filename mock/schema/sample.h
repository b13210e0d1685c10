/* sample.h — a value that fits a schema, the same for the same stream of chance.
 *
 * Works on the compiled plan, so references, dialects and patterns are what the checker
 * takes them for. What the author wrote comes first (`const`, `example`, `examples`,
 * `default`, `enum`); then a value made from the keywords and the member's name: an
 * email looks like one, and what was created comes before what was updated.
 *
 * The schemas that all apply to one value are put together and their alternatives are
 * tried in turn; a value whose fit does not follow from how it was made is checked
 * before it is given. Work and memory are bounded whatever the schema. */
#ifndef SCHEMA_SAMPLE_H
#define SCHEMA_SAMPLE_H

#include "base/chance.h"
#include "schema/schema.h"

enum sample_size {
    SAMPLE_REQUIRED,  /* only what is required */
    SAMPLE_TYPICAL,   /* every declared property, to a depth of four; arrays of one */
    SAMPLE_EVERYTHING /* deeper; arrays of two; a member that is not declared */
};

struct sampler {
    enum sample_size size;
    enum direction direction;  /* members that are not for it are left out */
    const char *member, *text; /* the value is an object whose member is that text; or
                                  NULL for any value */
    bool
        first; /* of listed values (enum) the first: "queued", "open", what begins so */
    struct chance *chance;
    struct arena *arena; /* the value is borrowed from it */
    const char **why; /* when no value was found: what stood in the way, where that is
                         known; borrowed from arena. May be NULL */
};

/* A value that fits the schema, or NULL when none was found: none does, or finding one
 * would take more than the bound. */
cJSON *sample_make(const struct sampler *s, const struct schema *schema);

#endif

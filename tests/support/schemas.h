/* schemas.h — schemas that stand in a test as text, and what fits them. */
#ifndef SUPPORT_SCHEMAS_H
#define SUPPORT_SCHEMAS_H

#include "schema/schema.h"

/* Schemas of "spec.json", a document that is there alone. */
struct schemas *schemas_of(struct arena *a, const cJSON *root, enum dialect dialect,
                           struct err *err);

/* The plan of a document that is one schema; err, filled anew, says what is wrong with
 * it. NULL when it is none. */
const struct schema *compile(struct arena *a, const cJSON *root, enum dialect dialect,
                             struct err *err);

/* The same of a text, or the test fails. */
const struct schema *must_compile(struct arena *a, const char *text,
                                  enum dialect dialect);

struct fit_row {
    const char *schema, *value;
    bool fits;
};

/* Fails the test for the first row that is not as it says. Both ways of asking have to
 * give the same answer, and a value that does not fit has to be told. */
void check_fits(struct arena *a, const struct fit_row *rows, size_t count,
                enum dialect dialect);

#endif

/* sample.h — a value that fits a schema, the same for the same stream of chance.
 *
 * Works on the schema as written (OpenAPI 3.0 and 3.1, JSON Schema 2020-12) and follows
 * references inside the document. What the author wrote comes first: `const`,
 * `example`, `examples`, `default`, `enum`; then a value made from `type`, bounds,
 * `format`, `pattern` where it is simple, and the member's name (an email looks like
 * one). */
#ifndef SCHEMA_SAMPLE_H
#define SCHEMA_SAMPLE_H

#include "base/chance.h"
#include "doc/json.h"

enum sample_size {
    SAMPLE_REQUIRED, /* only what `required` names */
    SAMPLE_TYPICAL   /* every declared property, to a depth of four; arrays of one */
};

struct sampler {
    const cJSON *root; /* the document that "#/…" references point into */
    bool
        openapi_30; /* `nullable`, boolean exclusiveMinimum, siblings of $ref ignored */
    enum sample_size size;
    struct chance *chance;
    struct arena *arena; /* the value is borrowed from it */
};

/* A value for the schema, or NULL when none can be made (`false`, a reference that
 * leads nowhere, required recursion without an end). The caller checks it: a schema can
 * ask for more than this knows. */
cJSON *sample_make(const struct sampler *s, const cJSON *schema);

#endif

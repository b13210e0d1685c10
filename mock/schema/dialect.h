/* dialect.h — which version of JSON Schema a schema is written in.
 *
 * A dialect says which keywords exist; a metaschema's $vocabulary can take some of them
 * away (2020-12 core, 8.1). The metaschemas of the known dialects are built in, so that
 * a reference to one needs no network. */
#ifndef SCHEMA_DIALECT_H
#define SCHEMA_DIALECT_H

#include "doc/json.h"
#include "doc/library.h"

enum dialect {
    DIALECT_4,
    DIALECT_6,
    DIALECT_7,
    DIALECT_2019_09,
    DIALECT_2020_12,
    DIALECT_OPENAPI_30, /* nullable, boolean exclusive bounds, $ref alone */
    DIALECT_OPENAPI_31  /* 2020-12 and the base vocabulary: discriminator, xml, … */
};

/* Bits of vocabularies; what the earlier drafts have goes by the same names. */
enum {
    VOCABULARY_CORE = 1,
    VOCABULARY_APPLICATOR = 2,
    VOCABULARY_UNEVALUATED = 4,
    VOCABULARY_VALIDATION = 8,
    VOCABULARY_METADATA = 16,
    VOCABULARY_FORMAT = 32,
    VOCABULARY_FORMAT_ASSERTION = 64, /* formats are judged, whatever the caller says */
    VOCABULARY_CONTENT = 128,
    VOCABULARY_OPENAPI = 256,
    VOCABULARY_ALL = 511 - VOCABULARY_FORMAT_ASSERTION
};

struct language {
    enum dialect dialect;
    unsigned vocabularies;
};

/* What uri, the value of a $schema or jsonSchemaDialect, stands for: a known dialect,
 * or one whose metaschema the library can bring. False when it is neither, or wants a
 * vocabulary that is not known here; *why says so, borrowed from arena. */
bool dialect_of(const char *uri, struct library *library, struct arena *arena,
                struct language *language, const char **why);

/* "JSON Schema 2020-12", "OpenAPI 3.0", … */
const char *dialect_name(enum dialect dialect);

/* Draft 7 and before, and OpenAPI 3.0: a $ref's siblings mean nothing. */
bool dialect_refs_stand_alone(enum dialect dialect);

/* Draft 4 and OpenAPI 3.0: `exclusiveMinimum: true` belongs to `minimum`. */
bool dialect_bounds_are_flags(enum dialect dialect);

/* All but draft 4 and OpenAPI 3.0: true and false are schemas everywhere. */
bool dialect_has_boolean_schemas(enum dialect dialect);

/* "$id", or "id" in draft 4. */
const char *dialect_id_keyword(enum dialect dialect);

/* The text of a built-in metaschema, or NULL; uri has no fragment. */
const char *metaschema_text(const char *uri);

#endif

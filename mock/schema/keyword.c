#include "schema/keyword.h"

#include "schema/making.h"

#include <stdlib.h>

enum {
    D4 = 1 << DIALECT_4,
    D6 = 1 << DIALECT_6,
    D7 = 1 << DIALECT_7,
    D19 = 1 << DIALECT_2019_09,
    D20 = 1 << DIALECT_2020_12,
    O30 = 1 << DIALECT_OPENAPI_30,
    O31 = 1 << DIALECT_OPENAPI_31,
    SINCE_20 = D20 | O31,
    SINCE_19 = D19 | SINCE_20,
    SINCE_7 = D7 | SINCE_19,
    SINCE_6 = D6 | SINCE_7,
    SINCE_4 = D4 | SINCE_6,
    ALL = O30 | SINCE_4
};

#define CORE VOCABULARY_CORE
#define APPLICATOR VOCABULARY_APPLICATOR
#define VALIDATION VOCABULARY_VALIDATION
#define METADATA VOCABULARY_METADATA
#define UNEVALUATED VOCABULARY_UNEVALUATED

/* By name, as bsearch wants it: `$` before letters, upper case before lower. `false` is
 * what a finding names where the schema is just that. */
static const struct keyword keywords[] = {
    { "$anchor", SINCE_19, CORE, SHAPE_OTHER, NULL, false },
    { "$comment", SINCE_7, CORE, SHAPE_OTHER, NULL, false },
    { "$defs", SINCE_19, CORE, SHAPE_NAMED, NULL, false },
    { "$dynamicAnchor", SINCE_20, CORE, SHAPE_OTHER, NULL, false },
    { "$dynamicRef", SINCE_20, CORE, SHAPE_OTHER, on_dynamic_ref, true },
    { "$id", SINCE_6, CORE, SHAPE_OTHER, NULL, false },
    { "$recursiveAnchor", D19, CORE, SHAPE_OTHER, NULL, false },
    { "$recursiveRef", D19, CORE, SHAPE_OTHER, on_dynamic_ref, true },
    { "$ref", ALL, CORE, SHAPE_OTHER, on_ref, true },
    { "$schema", SINCE_4, CORE, SHAPE_OTHER, NULL, false },
    { "$vocabulary", SINCE_19, CORE, SHAPE_OTHER, NULL, false },
    { "additionalItems", D4 | D6 | D7 | D19, APPLICATOR, SHAPE_SCHEMA, NULL, true },
    { "additionalProperties", ALL, APPLICATOR, SHAPE_SCHEMA, NULL, true },
    { "allOf", ALL, APPLICATOR, SHAPE_SCHEMAS, on_branches, true },
    { "anyOf", ALL, APPLICATOR, SHAPE_SCHEMAS, on_branches, true },
    { "const", SINCE_6, VALIDATION, SHAPE_OTHER, on_const, true },
    { "contains", SINCE_6, APPLICATOR, SHAPE_SCHEMA, on_contains, true },
    { "contentEncoding", SINCE_7, VOCABULARY_CONTENT, SHAPE_OTHER, NULL, false },
    { "contentMediaType", SINCE_7, VOCABULARY_CONTENT, SHAPE_OTHER, NULL, false },
    { "contentSchema", SINCE_19, VOCABULARY_CONTENT, SHAPE_SCHEMA, NULL, false },
    { "default", ALL, METADATA, SHAPE_OTHER, NULL, false },
    { "definitions", SINCE_4, CORE, SHAPE_NAMED, NULL, false },
    { "dependencies", SINCE_4, APPLICATOR, SHAPE_NAMED_OR_NAMES, on_dependencies,
      true },
    { "dependentRequired", SINCE_19, VALIDATION, SHAPE_OTHER, on_dependent_required,
      true },
    { "dependentSchemas", SINCE_19, APPLICATOR, SHAPE_NAMED, on_dependent_schemas,
      true },
    { "deprecated", SINCE_19 | O30, METADATA, SHAPE_OTHER, NULL, false },
    { "description", ALL, METADATA, SHAPE_OTHER, NULL, false },
    { "discriminator", O30 | O31, VOCABULARY_OPENAPI, SHAPE_OTHER, on_discriminator,
      true },
    { "else", SINCE_7, APPLICATOR, SHAPE_SCHEMA, NULL, true },
    { "enum", ALL, VALIDATION, SHAPE_OTHER, on_enum, true },
    { "example", O30 | O31, VOCABULARY_OPENAPI, SHAPE_OTHER, NULL, false },
    { "examples", SINCE_6, METADATA, SHAPE_OTHER, NULL, false },
    { "exclusiveMaximum", ALL, VALIDATION, SHAPE_OTHER, on_exclusive, true },
    { "exclusiveMinimum", ALL, VALIDATION, SHAPE_OTHER, on_exclusive, true },
    { "externalDocs", O30 | O31, VOCABULARY_OPENAPI, SHAPE_OTHER, NULL, false },
    { "format", ALL, VOCABULARY_FORMAT, SHAPE_OTHER, on_format, true },
    { "id", D4, CORE, SHAPE_OTHER, NULL, false },
    { "if", SINCE_7, APPLICATOR, SHAPE_SCHEMA, on_if, true },
    { "items", ALL, APPLICATOR, SHAPE_SCHEMA_OR_SCHEMAS, NULL, true },
    { "maxContains", SINCE_19, VALIDATION, SHAPE_OTHER, NULL, true },
    { "maxItems", ALL, VALIDATION, SHAPE_OTHER, on_size, true },
    { "maxLength", ALL, VALIDATION, SHAPE_OTHER, on_size, true },
    { "maxProperties", ALL, VALIDATION, SHAPE_OTHER, on_size, true },
    { "maximum", ALL, VALIDATION, SHAPE_OTHER, on_bound, true },
    { "minContains", SINCE_19, VALIDATION, SHAPE_OTHER, NULL, true },
    { "minItems", ALL, VALIDATION, SHAPE_OTHER, on_size, true },
    { "minLength", ALL, VALIDATION, SHAPE_OTHER, on_size, true },
    { "minProperties", ALL, VALIDATION, SHAPE_OTHER, on_size, true },
    { "minimum", ALL, VALIDATION, SHAPE_OTHER, on_bound, true },
    { "multipleOf", ALL, VALIDATION, SHAPE_OTHER, on_multiple_of, true },
    { "not", ALL, APPLICATOR, SHAPE_SCHEMA, on_schema, true },
    { "nullable", O30, VOCABULARY_OPENAPI, SHAPE_OTHER, NULL, true },
    { "oneOf", ALL, APPLICATOR, SHAPE_SCHEMAS, on_branches, true },
    { "pattern", ALL, VALIDATION, SHAPE_OTHER, on_pattern, true },
    { "patternProperties", SINCE_4, APPLICATOR, SHAPE_NAMED, NULL, true },
    { "prefixItems", SINCE_20, APPLICATOR, SHAPE_SCHEMAS, NULL, true },
    { "properties", ALL, APPLICATOR, SHAPE_NAMED, NULL, true },
    { "propertyNames", SINCE_6, APPLICATOR, SHAPE_SCHEMA, on_schema, true },
    { "readOnly", SINCE_7 | O30, METADATA, SHAPE_OTHER, NULL, true },
    { "required", ALL, VALIDATION, SHAPE_OTHER, NULL, true },
    { "then", SINCE_7, APPLICATOR, SHAPE_SCHEMA, NULL, true },
    { "title", ALL, METADATA, SHAPE_OTHER, NULL, false },
    { "type", ALL, VALIDATION, SHAPE_OTHER, on_type, true },
    { "unevaluatedItems", SINCE_19, UNEVALUATED, SHAPE_SCHEMA, on_schema, true },
    { "unevaluatedProperties", SINCE_19, UNEVALUATED, SHAPE_SCHEMA, on_schema, true },
    { "uniqueItems", ALL, VALIDATION, SHAPE_OTHER, on_unique_items, true },
    { "writeOnly", SINCE_7 | O30, METADATA, SHAPE_OTHER, NULL, true },
    { "xml", O30 | O31, VOCABULARY_OPENAPI, SHAPE_OTHER, NULL, false },
};

static int by_name(const void *name, const void *keyword)
{
    return strcmp(name, ((const struct keyword *)keyword)->name);
}

const struct keyword *keyword_of(const char *name)
{
    return bsearch(name, keywords, COUNT(keywords), sizeof(*keywords), by_name);
}

bool keyword_in(const struct keyword *k, const struct language *language)
{
    return (k->dialects >> language->dialect & 1) &&
           (k->vocabulary & language->vocabularies);
}

const char *keyword_nearest(const char *word, const struct language *language)
{
    const char *best = NULL;
    unsigned least = 3;
    for (size_t i = 0; i < COUNT(keywords); i++) {
        if (!keyword_in(&keywords[i], language))
            continue;
        unsigned d = str_distance(str(keywords[i].name), str(word));
        if (d && d < least) {
            least = d;
            best = keywords[i].name;
        }
    }
    return best;
}

/* The metaschemas of the known dialects: what each keyword's value has to look like,
 * under the identifiers that the specifications give them. */
#include "schema/dialect.h"

/* In the texts below they are JSON's words, not C's. */
#undef true
#undef false

/* JSON, as it stands. */
#define JSON(...) #__VA_ARGS__

/* clang-format off */
static const char draft_4[] = JSON({
  "id": "http://json-schema.org/draft-04/schema#",
  "$schema": "http://json-schema.org/draft-04/schema#",
  "definitions": {
    "schemaArray": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
    "positiveInteger": {"type": "integer", "minimum": 0},
    "positiveIntegerDefault0": {"allOf": [{"$ref": "#/definitions/positiveInteger"}, {"default": 0}]},
    "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
    "stringArray": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": true},
    "named": {"type": "object", "additionalProperties": {"$ref": "#"}, "default": {}},
    "orBoolean": {"anyOf": [{"type": "boolean"}, {"$ref": "#"}], "default": {}}
  },
  "type": "object",
  "properties": {
    "id": {"type": "string"}, "$schema": {"type": "string"}, "title": {"type": "string"},
    "description": {"type": "string"}, "default": {},
    "multipleOf": {"type": "number", "minimum": 0, "exclusiveMinimum": true},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "boolean"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "boolean"},
    "maxLength": {"$ref": "#/definitions/positiveInteger"},
    "minLength": {"$ref": "#/definitions/positiveIntegerDefault0"},
    "pattern": {"type": "string", "format": "regex"},
    "additionalItems": {"$ref": "#/definitions/orBoolean"},
    "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/schemaArray"}], "default": {}},
    "maxItems": {"$ref": "#/definitions/positiveInteger"},
    "minItems": {"$ref": "#/definitions/positiveIntegerDefault0"},
    "uniqueItems": {"type": "boolean", "default": false},
    "maxProperties": {"$ref": "#/definitions/positiveInteger"},
    "minProperties": {"$ref": "#/definitions/positiveIntegerDefault0"},
    "required": {"$ref": "#/definitions/stringArray"},
    "additionalProperties": {"$ref": "#/definitions/orBoolean"},
    "definitions": {"$ref": "#/definitions/named"},
    "properties": {"$ref": "#/definitions/named"},
    "patternProperties": {"$ref": "#/definitions/named"},
    "dependencies": {"type": "object",
      "additionalProperties": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/stringArray"}]}},
    "enum": {"type": "array", "minItems": 1, "uniqueItems": true},
    "type": {"anyOf": [{"$ref": "#/definitions/simpleTypes"},
      {"type": "array", "items": {"$ref": "#/definitions/simpleTypes"}, "minItems": 1, "uniqueItems": true}]},
    "format": {"type": "string"},
    "allOf": {"$ref": "#/definitions/schemaArray"}, "anyOf": {"$ref": "#/definitions/schemaArray"},
    "oneOf": {"$ref": "#/definitions/schemaArray"}, "not": {"$ref": "#"}
  },
  "dependencies": {"exclusiveMaximum": ["maximum"], "exclusiveMinimum": ["minimum"]},
  "default": {}
});

/* What drafts 6 and 7 share. */
#define SINCE_DRAFT_6 \
  "definitions": { \
    "schemaArray": {"type": "array", "minItems": 1, "items": {"$ref": "#"}}, \
    "nonNegativeInteger": {"type": "integer", "minimum": 0}, \
    "nonNegativeIntegerDefault0": {"allOf": [{"$ref": "#/definitions/nonNegativeInteger"}, {"default": 0}]}, \
    "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}, \
    "stringArray": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "default": []}, \
    "named": {"type": "object", "additionalProperties": {"$ref": "#"}, "default": {}} \
  }, \
  "type": ["object", "boolean"]
#define PROPERTIES_SINCE_DRAFT_6 \
    "$id": {"type": "string", "format": "uri-reference"}, \
    "$schema": {"type": "string", "format": "uri"}, \
    "$ref": {"type": "string", "format": "uri-reference"}, \
    "title": {"type": "string"}, "description": {"type": "string"}, "default": {}, \
    "examples": {"type": "array", "items": {}}, \
    "multipleOf": {"type": "number", "exclusiveMinimum": 0}, \
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"}, \
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"}, \
    "maxLength": {"$ref": "#/definitions/nonNegativeInteger"}, \
    "minLength": {"$ref": "#/definitions/nonNegativeIntegerDefault0"}, \
    "pattern": {"type": "string", "format": "regex"}, \
    "additionalItems": {"$ref": "#"}, \
    "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/schemaArray"}], "default": {}}, \
    "maxItems": {"$ref": "#/definitions/nonNegativeInteger"}, \
    "minItems": {"$ref": "#/definitions/nonNegativeIntegerDefault0"}, \
    "uniqueItems": {"type": "boolean", "default": false}, \
    "contains": {"$ref": "#"}, \
    "maxProperties": {"$ref": "#/definitions/nonNegativeInteger"}, \
    "minProperties": {"$ref": "#/definitions/nonNegativeIntegerDefault0"}, \
    "required": {"$ref": "#/definitions/stringArray"}, \
    "additionalProperties": {"$ref": "#"}, \
    "definitions": {"$ref": "#/definitions/named"}, \
    "properties": {"$ref": "#/definitions/named"}, \
    "patternProperties": {"$ref": "#/definitions/named", "propertyNames": {"format": "regex"}}, \
    "dependencies": {"type": "object", \
      "additionalProperties": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/stringArray"}]}}, \
    "propertyNames": {"$ref": "#"}, "const": {}, "enum": {"type": "array", "items": {}}, \
    "type": {"anyOf": [{"$ref": "#/definitions/simpleTypes"}, \
      {"type": "array", "items": {"$ref": "#/definitions/simpleTypes"}, "minItems": 1, "uniqueItems": true}]}, \
    "format": {"type": "string"}, \
    "allOf": {"$ref": "#/definitions/schemaArray"}, "anyOf": {"$ref": "#/definitions/schemaArray"}, \
    "oneOf": {"$ref": "#/definitions/schemaArray"}, "not": {"$ref": "#"}
#define TEXT(...) JSON(__VA_ARGS__)

static const char draft_6[] = TEXT({
  "$schema": "http://json-schema.org/draft-06/schema#",
  "$id": "http://json-schema.org/draft-06/schema#",
  SINCE_DRAFT_6,
  "properties": {PROPERTIES_SINCE_DRAFT_6},
  "default": {}
});

static const char draft_7[] = TEXT({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "http://json-schema.org/draft-07/schema#",
  SINCE_DRAFT_6,
  "properties": {PROPERTIES_SINCE_DRAFT_6,
    "$comment": {"type": "string"}, "readOnly": {"type": "boolean", "default": false},
    "writeOnly": {"type": "boolean", "default": false},
    "contentMediaType": {"type": "string"}, "contentEncoding": {"type": "string"},
    "if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"}},
  "default": {}
});

static const char core_2019[] = JSON({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/meta/core",
  "$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/core": true},
  "$recursiveAnchor": true,
  "type": ["object", "boolean"],
  "properties": {
    "$id": {"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"},
    "$schema": {"type": "string", "format": "uri"},
    "$anchor": {"type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$"},
    "$ref": {"type": "string", "format": "uri-reference"},
    "$recursiveRef": {"type": "string", "format": "uri-reference"},
    "$recursiveAnchor": {"type": "boolean", "default": false},
    "$vocabulary": {"type": "object", "propertyNames": {"type": "string", "format": "uri"},
      "additionalProperties": {"type": "boolean"}},
    "$comment": {"type": "string"},
    "$defs": {"type": "object", "additionalProperties": {"$recursiveRef": "#"}, "default": {}}
  }
});

static const char applicator_2019[] = JSON({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/meta/applicator",
  "$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/applicator": true},
  "$recursiveAnchor": true,
  "type": ["object", "boolean"],
  "properties": {
    "additionalItems": {"$recursiveRef": "#"}, "unevaluatedItems": {"$recursiveRef": "#"},
    "items": {"anyOf": [{"$recursiveRef": "#"}, {"$ref": "#/$defs/schemaArray"}]},
    "contains": {"$recursiveRef": "#"}, "additionalProperties": {"$recursiveRef": "#"},
    "unevaluatedProperties": {"$recursiveRef": "#"},
    "properties": {"$ref": "#/$defs/named"},
    "patternProperties": {"$ref": "#/$defs/named", "propertyNames": {"format": "regex"}},
    "dependentSchemas": {"$ref": "#/$defs/named"}, "propertyNames": {"$recursiveRef": "#"},
    "if": {"$recursiveRef": "#"}, "then": {"$recursiveRef": "#"}, "else": {"$recursiveRef": "#"},
    "allOf": {"$ref": "#/$defs/schemaArray"}, "anyOf": {"$ref": "#/$defs/schemaArray"},
    "oneOf": {"$ref": "#/$defs/schemaArray"}, "not": {"$recursiveRef": "#"}
  },
  "$defs": {
    "schemaArray": {"type": "array", "minItems": 1, "items": {"$recursiveRef": "#"}},
    "named": {"type": "object", "additionalProperties": {"$recursiveRef": "#"}, "default": {}}
  }
});

/* The members and definitions that the validation vocabularies of 2019-09 and 2020-12
 * share. */
#define VALIDATION_SINCE_2019 \
  "type": ["object", "boolean"], \
  "properties": { \
    "multipleOf": {"type": "number", "exclusiveMinimum": 0}, \
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"}, \
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"}, \
    "maxLength": {"$ref": "#/$defs/nonNegativeInteger"}, \
    "minLength": {"$ref": "#/$defs/nonNegativeIntegerDefault0"}, \
    "pattern": {"type": "string", "format": "regex"}, \
    "maxItems": {"$ref": "#/$defs/nonNegativeInteger"}, \
    "minItems": {"$ref": "#/$defs/nonNegativeIntegerDefault0"}, \
    "uniqueItems": {"type": "boolean", "default": false}, \
    "maxContains": {"$ref": "#/$defs/nonNegativeInteger"}, \
    "minContains": {"$ref": "#/$defs/nonNegativeInteger", "default": 1}, \
    "maxProperties": {"$ref": "#/$defs/nonNegativeInteger"}, \
    "minProperties": {"$ref": "#/$defs/nonNegativeIntegerDefault0"}, \
    "required": {"$ref": "#/$defs/stringArray"}, \
    "dependentRequired": {"type": "object", "additionalProperties": {"$ref": "#/$defs/stringArray"}}, \
    "const": {}, "enum": {"type": "array"}, \
    "type": {"anyOf": [{"$ref": "#/$defs/simpleTypes"}, \
      {"type": "array", "items": {"$ref": "#/$defs/simpleTypes"}, "minItems": 1, "uniqueItems": true}]} \
  }, \
  "$defs": { \
    "nonNegativeInteger": {"type": "integer", "minimum": 0}, \
    "nonNegativeIntegerDefault0": {"$ref": "#/$defs/nonNegativeInteger", "default": 0}, \
    "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}, \
    "stringArray": {"type": "array", "items": {"type": "string"}, "uniqueItems": true, "default": []} \
  }
#define METADATA_SINCE_2019 \
  "type": ["object", "boolean"], \
  "properties": { \
    "title": {"type": "string"}, "description": {"type": "string"}, "default": true, \
    "deprecated": {"type": "boolean", "default": false}, \
    "readOnly": {"type": "boolean", "default": false}, \
    "writeOnly": {"type": "boolean", "default": false}, \
    "examples": {"type": "array", "items": true} \
  }

static const char validation_2019[] = TEXT({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/meta/validation",
  "$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/validation": true},
  "$recursiveAnchor": true,
  VALIDATION_SINCE_2019
});

static const char metadata_2019[] = TEXT({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/meta/meta-data",
  "$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/meta-data": true},
  "$recursiveAnchor": true,
  METADATA_SINCE_2019
});

static const char format_2019[] = JSON({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/meta/format",
  "$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/format": true},
  "$recursiveAnchor": true,
  "type": ["object", "boolean"],
  "properties": {"format": {"type": "string"}}
});

static const char content_2019[] = JSON({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/meta/content",
  "$vocabulary": {"https://json-schema.org/draft/2019-09/vocab/content": true},
  "$recursiveAnchor": true,
  "type": ["object", "boolean"],
  "properties": {"contentMediaType": {"type": "string"}, "contentEncoding": {"type": "string"},
    "contentSchema": {"$recursiveRef": "#"}}
});

static const char draft_2019[] = JSON({
  "$schema": "https://json-schema.org/draft/2019-09/schema",
  "$id": "https://json-schema.org/draft/2019-09/schema",
  "$vocabulary": {
    "https://json-schema.org/draft/2019-09/vocab/core": true,
    "https://json-schema.org/draft/2019-09/vocab/applicator": true,
    "https://json-schema.org/draft/2019-09/vocab/validation": true,
    "https://json-schema.org/draft/2019-09/vocab/meta-data": true,
    "https://json-schema.org/draft/2019-09/vocab/format": false,
    "https://json-schema.org/draft/2019-09/vocab/content": true
  },
  "$recursiveAnchor": true,
  "allOf": [{"$ref": "meta/core"}, {"$ref": "meta/applicator"}, {"$ref": "meta/validation"},
    {"$ref": "meta/meta-data"}, {"$ref": "meta/format"}, {"$ref": "meta/content"}],
  "type": ["object", "boolean"],
  "properties": {
    "definitions": {"type": "object", "additionalProperties": {"$recursiveRef": "#"}, "default": {}},
    "dependencies": {"type": "object",
      "additionalProperties": {"anyOf": [{"$recursiveRef": "#"}, {"$ref": "meta/validation#/$defs/stringArray"}]}}
  }
});

static const char core_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/core",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {
    "$id": {"$ref": "#/$defs/uriReferenceString", "pattern": "^[^#]*#?$"},
    "$schema": {"$ref": "#/$defs/uriString"}, "$ref": {"$ref": "#/$defs/uriReferenceString"},
    "$anchor": {"$ref": "#/$defs/anchorString"}, "$dynamicRef": {"$ref": "#/$defs/uriReferenceString"},
    "$dynamicAnchor": {"$ref": "#/$defs/anchorString"},
    "$vocabulary": {"type": "object", "propertyNames": {"$ref": "#/$defs/uriString"},
      "additionalProperties": {"type": "boolean"}},
    "$comment": {"type": "string"},
    "$defs": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}}
  },
  "$defs": {
    "anchorString": {"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"},
    "uriString": {"type": "string", "format": "uri"},
    "uriReferenceString": {"type": "string", "format": "uri-reference"}
  }
});

static const char applicator_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/applicator",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/applicator": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {
    "prefixItems": {"$ref": "#/$defs/schemaArray"}, "items": {"$dynamicRef": "#meta"},
    "contains": {"$dynamicRef": "#meta"}, "additionalProperties": {"$dynamicRef": "#meta"},
    "properties": {"$ref": "#/$defs/named"},
    "patternProperties": {"$ref": "#/$defs/named", "propertyNames": {"format": "regex"}},
    "dependentSchemas": {"$ref": "#/$defs/named"}, "propertyNames": {"$dynamicRef": "#meta"},
    "if": {"$dynamicRef": "#meta"}, "then": {"$dynamicRef": "#meta"}, "else": {"$dynamicRef": "#meta"},
    "allOf": {"$ref": "#/$defs/schemaArray"}, "anyOf": {"$ref": "#/$defs/schemaArray"},
    "oneOf": {"$ref": "#/$defs/schemaArray"}, "not": {"$dynamicRef": "#meta"}
  },
  "$defs": {
    "schemaArray": {"type": "array", "minItems": 1, "items": {"$dynamicRef": "#meta"}},
    "named": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}, "default": {}}
  }
});

static const char unevaluated_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/unevaluated",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/unevaluated": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {"unevaluatedItems": {"$dynamicRef": "#meta"}, "unevaluatedProperties": {"$dynamicRef": "#meta"}}
});

static const char validation_2020[] = TEXT({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/validation",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/validation": true},
  "$dynamicAnchor": "meta",
  VALIDATION_SINCE_2019
});

static const char metadata_2020[] = TEXT({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/meta-data",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/meta-data": true},
  "$dynamicAnchor": "meta",
  METADATA_SINCE_2019
});

static const char format_annotation_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/format-annotation",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/format-annotation": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {"format": {"type": "string"}}
});

static const char format_assertion_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/format-assertion",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/format-assertion": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {"format": {"type": "string"}}
});

static const char content_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/meta/content",
  "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/content": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {"contentEncoding": {"type": "string"}, "contentMediaType": {"type": "string"},
    "contentSchema": {"$dynamicRef": "#meta"}}
});

static const char draft_2020[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://json-schema.org/draft/2020-12/schema",
  "$vocabulary": {
    "https://json-schema.org/draft/2020-12/vocab/core": true,
    "https://json-schema.org/draft/2020-12/vocab/applicator": true,
    "https://json-schema.org/draft/2020-12/vocab/unevaluated": true,
    "https://json-schema.org/draft/2020-12/vocab/validation": true,
    "https://json-schema.org/draft/2020-12/vocab/meta-data": true,
    "https://json-schema.org/draft/2020-12/vocab/format-annotation": true,
    "https://json-schema.org/draft/2020-12/vocab/content": true
  },
  "$dynamicAnchor": "meta",
  "allOf": [{"$ref": "meta/core"}, {"$ref": "meta/applicator"}, {"$ref": "meta/unevaluated"},
    {"$ref": "meta/validation"}, {"$ref": "meta/meta-data"}, {"$ref": "meta/format-annotation"},
    {"$ref": "meta/content"}],
  "type": ["object", "boolean"],
  "properties": {
    "definitions": {"type": "object", "additionalProperties": {"$dynamicRef": "#meta"}, "default": {}},
    "dependencies": {"type": "object",
      "additionalProperties": {"anyOf": [{"$dynamicRef": "#meta"}, {"$ref": "meta/validation#/$defs/stringArray"}]}},
    "$recursiveAnchor": {"type": "string"}, "$recursiveRef": {"type": "string"}
  }
});

static const char openapi_vocabulary[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://spec.openapis.org/oas/3.1/meta/base",
  "$vocabulary": {"https://spec.openapis.org/oas/3.1/vocab/base": true},
  "$dynamicAnchor": "meta",
  "type": ["object", "boolean"],
  "properties": {
    "example": true,
    "discriminator": {"type": "object", "required": ["propertyName"],
      "properties": {"propertyName": {"type": "string"},
        "mapping": {"type": "object", "additionalProperties": {"type": "string"}}}},
    "externalDocs": {"type": "object", "required": ["url"],
      "properties": {"url": {"type": "string", "format": "uri-reference"}, "description": {"type": "string"}}},
    "xml": {"type": "object",
      "properties": {"name": {"type": "string"}, "namespace": {"type": "string", "format": "uri"},
        "prefix": {"type": "string"}, "attribute": {"type": "boolean"}, "wrapped": {"type": "boolean"}}}
  }
});

static const char openapi_dialect[] = JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "https://spec.openapis.org/oas/3.1/dialect/base",
  "$vocabulary": {
    "https://json-schema.org/draft/2020-12/vocab/core": true,
    "https://json-schema.org/draft/2020-12/vocab/applicator": true,
    "https://json-schema.org/draft/2020-12/vocab/unevaluated": true,
    "https://json-schema.org/draft/2020-12/vocab/validation": true,
    "https://json-schema.org/draft/2020-12/vocab/meta-data": true,
    "https://json-schema.org/draft/2020-12/vocab/format-annotation": true,
    "https://json-schema.org/draft/2020-12/vocab/content": true,
    "https://spec.openapis.org/oas/3.1/vocab/base": false
  },
  "$dynamicAnchor": "meta",
  "allOf": [{"$ref": "https://json-schema.org/draft/2020-12/schema"},
    {"$ref": "https://spec.openapis.org/oas/3.1/meta/base"}]
});
/* clang-format on */

static const struct {
    const char *uri, *text;
} metaschemas[] = {
    { "http://json-schema.org/draft-04/schema", draft_4 },
    { "http://json-schema.org/draft-06/schema", draft_6 },
    { "http://json-schema.org/draft-07/schema", draft_7 },
    { "https://json-schema.org/draft/2019-09/schema", draft_2019 },
    { "https://json-schema.org/draft/2019-09/meta/core", core_2019 },
    { "https://json-schema.org/draft/2019-09/meta/applicator", applicator_2019 },
    { "https://json-schema.org/draft/2019-09/meta/validation", validation_2019 },
    { "https://json-schema.org/draft/2019-09/meta/meta-data", metadata_2019 },
    { "https://json-schema.org/draft/2019-09/meta/format", format_2019 },
    { "https://json-schema.org/draft/2019-09/meta/content", content_2019 },
    { "https://json-schema.org/draft/2020-12/schema", draft_2020 },
    { "https://json-schema.org/draft/2020-12/meta/core", core_2020 },
    { "https://json-schema.org/draft/2020-12/meta/applicator", applicator_2020 },
    { "https://json-schema.org/draft/2020-12/meta/unevaluated", unevaluated_2020 },
    { "https://json-schema.org/draft/2020-12/meta/validation", validation_2020 },
    { "https://json-schema.org/draft/2020-12/meta/meta-data", metadata_2020 },
    { "https://json-schema.org/draft/2020-12/meta/format-annotation",
      format_annotation_2020 },
    { "https://json-schema.org/draft/2020-12/meta/format-assertion",
      format_assertion_2020 },
    { "https://json-schema.org/draft/2020-12/meta/content", content_2020 },
    { "https://spec.openapis.org/oas/3.1/meta/base", openapi_vocabulary },
    { "https://spec.openapis.org/oas/3.1/dialect/base", openapi_dialect },
};

const char *metaschema_text(const char *uri)
{
    for (size_t i = 0; i < COUNT(metaschemas); i++)
        if (strcmp(uri, metaschemas[i].uri) == 0)
            return metaschemas[i].text;
    return NULL;
}

/* output.h — what a check found, in the standard forms (JSON Schema 2020-12 core, 12).
 *
 * flag says only whether the value is valid. basic is a flat list under `errors`.
 * detailed has the shape of the schema: a unit for each keyword that asks other
 * schemas, where a unit with one child is replaced by it. Each unit has valid,
 * keywordLocation (the way that was taken, through references),
 * absoluteKeywordLocation, instanceLocation, and error or errors. Annotations are not
 * collected. */
#ifndef SCHEMA_OUTPUT_H
#define SCHEMA_OUTPUT_H

#include "schema/schema.h"

enum output_form { OUTPUT_FLAG, OUTPUT_BASIC, OUTPUT_DETAILED };

/* The result of schema_check(s, …, findings), where findings were whole and no prefix
 * was given; none means valid. Borrowed from arena and from the findings. */
cJSON *output_make(enum output_form form, const struct schema *s,
                   const struct findings *findings, struct arena *arena);

/* The form of a name ("flag", "basic", "detailed"); false when there is none. */
bool output_form_read(const char *name, enum output_form *form);

#endif

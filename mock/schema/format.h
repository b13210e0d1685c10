/* format.h — the values of JSON Schema's `format`, one list: all of 2020-12 (which has
 * those of drafts 7 and 4), and OpenAPI's format registry.
 *
 * A format is judged for one kind of value (strings, or numbers for int32 and the
 * like); other values pass, as 2020-12 says (validation, 7.1). Formats without a
 * grammar (password, binary, html, …) are in the list and take everything. */
#ifndef SCHEMA_FORMAT_H
#define SCHEMA_FORMAT_H

#include "doc/json.h"

struct format;

/* The format of that name, or NULL for one that nobody here knows. Static data. */
const struct format *format_of(const char *name);

/* Whether value has the format. */
bool format_check(const struct format *f, const cJSON *value);

/* What a value should look like: "a date and time such as 2026-01-31T12:00:00Z". Static
 * text. */
const char *format_wanted(const struct format *f);

/* A text of the format; NULL for a format of numbers or without a grammar. Static. */
const char *format_example(const struct format *f);

#endif

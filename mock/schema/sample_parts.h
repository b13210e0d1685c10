/* sample_parts.h — what sample.c is made of; only for the sample_*.c files.
 *
 *     sample.c          structure: references, branches, objects, arrays
 *     sample_merge.c    many schemas that all apply, as one flat schema
 *     sample_text.c     strings: by format, pattern, name, length
 *     sample_pattern.c  a text that a simple pattern matches
 *     sample_number.c   numbers within their bounds
 *     sample_fit.c      whether a candidate fits a flat schema */
#ifndef SCHEMA_SAMPLE_PARTS_H
#define SCHEMA_SAMPLE_PARTS_H

#include "schema/sample.h"

struct maker {
    const struct sampler *s;
    unsigned left;       /* values that may still be made */
    unsigned merges;     /* schemas put together so far */
    unsigned depth;      /* schemas being sampled inside each other */
    unsigned objects;    /* objects being made inside each other */
    const cJSON *origin; /* the schema being sampled, as the document has it */
    unsigned nth;        /* which of several different values is wanted */
};

/* The schema that reference `ref` leads to, one step; NULL when it leads nowhere. */
const cJSON *sample_follow(const struct maker *m, const char *ref);

/* A flat schema: an object without $ref and allOf, whose keywords are what all of the
 * schemas put into it ask for together. `type` is an array, `const` is an `enum` of
 * one, a boolean exclusiveMinimum is a number. The branches of anyOf and oneOf wait
 * under SAMPLE_CHOICES, an array of arrays of schemas. Nodes are shared with the
 * document. */
#define SAMPLE_CHOICES " choices"
/* The examples of the schemas that were put together, which may each be partial. */
#define SAMPLE_PARTIAL " partial"

/* Adds what schema asks for. False when both cannot hold, or a reference leads nowhere.
 */
bool sample_merge(struct maker *m, cJSON *flat, const cJSON *schema);

/* The value of a discriminator that stands for the schema at target (a node of the
 * document); NULL when none does. */
const char *sample_kind(const struct maker *m, const cJSON *discriminator,
                        const cJSON *target);

/* A node that shares the children of another. */
cJSON *sample_alias(const struct maker *m, const cJSON *node);
cJSON *sample_flat_copy(const struct maker *m, const cJSON *flat);

/* Whether value keeps the keywords of flat that need no schema below it. */
bool sample_fits(const struct maker *m, const cJSON *flat, const cJSON *value);

/* NULL when none was found. */
cJSON *sample_text(struct maker *m, const cJSON *flat, const char *name);
cJSON *sample_number(struct maker *m, const cJSON *flat, const char *name, bool whole);

/* A text that pattern should match, with about `more` repetitions where it lets us
 * choose; NULL when it is beyond this. */
const char *sample_of_pattern(struct maker *m, const char *pattern, unsigned more);

/* A text of that format; NULL when none is known. */
const char *sample_of_format(struct maker *m, const char *format);

#endif

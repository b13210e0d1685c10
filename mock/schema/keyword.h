/* keyword.h — the keywords of every dialect, one table for all who read schemas. */
#ifndef SCHEMA_KEYWORD_H
#define SCHEMA_KEYWORD_H

#include "schema/dialect.h"

/* What stands under a keyword, so that schemas can be found in schemas. */
enum keyword_shape {
    SHAPE_OTHER,             /* no schema */
    SHAPE_SCHEMA,            /* one */
    SHAPE_SCHEMAS,           /* an array of them */
    SHAPE_NAMED,             /* an object of them */
    SHAPE_SCHEMA_OR_SCHEMAS, /* `items` before 2020-12 */
    SHAPE_NAMED_OR_NAMES     /* `dependencies`: schemas, or arrays of names */
};

struct making;
struct keyword;
typedef void keyword_compile(struct making *m, const cJSON *value,
                             const struct keyword *k);

struct keyword {
    const char *name;
    unsigned dialects; /* bit 1 << enum dialect for each that has it */
    unsigned vocabulary;
    enum keyword_shape shape;
    /* Adds its rule to the plan. NULL: it says something to people only, or another
     * keyword's rule reads it along. */
    keyword_compile *compile;
    bool asserts; /* a finding can name it */
};

/* NULL when no dialect has the word. */
const struct keyword *keyword_of(const char *name);

/* Whether the language has it. */
bool keyword_in(const struct keyword *k, const struct language *language);

/* The known keyword that word was probably meant to be, or NULL. */
const char *keyword_nearest(const char *word, const struct language *language);

#endif

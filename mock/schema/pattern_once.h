/* pattern_once.h — a pattern for a moment, as pattern.h for a whole run.
 *
 * pattern_compile lets PCRE2 make machine code, which takes longer than to interpret
 * the pattern a few times. */
#ifndef SCHEMA_PATTERN_ONCE_H
#define SCHEMA_PATTERN_ONCE_H

#include "schema/pattern.h"

/* As pattern_compile, without machine code. */
struct pattern *pattern_compile_once(const char *text, struct arena *arena,
                                     const char **why);

#endif

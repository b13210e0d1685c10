/* pattern.h — regular expressions of ECMA-262, matched by PCRE2 (the only pcre2.h).
 *
 * JSON Schema's `pattern` speaks ECMA-262 with the u flag and is not anchored. A
 * pattern is translated and compiled once, at load, and may then be matched by many
 * threads. */
#ifndef SCHEMA_PATTERN_H
#define SCHEMA_PATTERN_H

#include "base/arena.h"

struct pattern;

enum pattern_answer {
    PATTERN_MATCHES,
    PATTERN_DIFFERS,
    PATTERN_GAVE_UP /* LIMIT_PATTERN_STEPS or LIMIT_PATTERN_SUBJECT was reached */
};

/* Borrowed from arena (PCRE2's own memory too, and the machine code goes with it). NULL
 * when the text is no pattern that can be translated; *why then says so with the
 * offset, borrowed from arena. */
struct pattern *pattern_compile(const char *text, struct arena *arena,
                                const char **why);

/* Whether the pattern matches somewhere in subject (valid UTF-8, where C0 80 stands for
 * U+0000, see doc/json.h). What the match needs is taken from arena. */
enum pattern_answer pattern_match(const struct pattern *p, struct str subject,
                                  struct arena *arena);

#endif

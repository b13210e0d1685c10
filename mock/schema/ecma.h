/* ecma.h — a regular expression of ECMA-262 (u flag), spelled for PCRE2.
 *
 * Every construct is read by ECMA's grammar and written out so that PCRE2 can only take
 * it one way: punctuation becomes \x{…}, \d \w \s and the dot become explicit classes,
 * named groups become numbers. What PCRE2 knows and ECMA does not is refused here (\A,
 * a++, (?i), (*VERB)) or is literal in both ([[:alpha:]]).
 *
 * Kinder than the u flag where real documents need it, as ECMA's Annex B is: a brace
 * that opens no quantifier, a lone ] or }, an escaped punctuation mark, a class escape
 * at the end of a range ([\w-.]), a lookahead with a quantifier and an octal escape
 * (\07) are read as without that flag. Not so where Annex B would take for a plain
 * letter or number what was meant as something else (\Z, \a, \pL, \u12, \2 without a
 * second group): that is refused, since nobody would notice.
 *
 * A lookbehind may start anywhere, so whatever may be repeated at its start is written
 * as often as it has to be there: (?<=a*b+c) as (?<=bc). What is left has to be of a
 * fixed length for PCRE2, each alternative of its own.
 *
 * One difference stays: a group that is repeated remembers what it held the time
 * before, which ECMA forgets, as in (\1a){2}. */
#ifndef SCHEMA_ECMA_H
#define SCHEMA_ECMA_H

#include "base/arena.h"

struct ecma {
    struct str pcre;  /* for PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, without PCRE2_UCP */
    const char *why;  /* NULL when the text is a pattern */
    size_t offset;    /* in bytes, where it is not one */
    const char *text; /* what was translated; borrowed */
    unsigned *starts; /* for each byte of text: how long pcre was there */
};

/* Everything in the answer is borrowed from arena, and text. In text C0 80 stands for
 * U+0000 (doc/json.h). */
struct ecma ecma_translate(const char *text, struct arena *arena);

/* The place in text that gave the byte at pcre_offset. */
size_t ecma_offset(const struct ecma *e, size_t pcre_offset);

#endif

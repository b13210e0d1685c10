/* ecma_set.h — the parts of a pattern that stand for sets of code points: characters,
 * escapes, classes and Unicode properties. Only for ecma.c. */
#ifndef SCHEMA_ECMA_SET_H
#define SCHEMA_ECMA_SET_H

#include "base/buffer.h"

#include <stdint.h>

/* Goes through a text that ends in NUL and is valid but for C0 80. */
struct ecma_reader {
    const char *at;
    struct buffer out;
    const char *why; /* set once something is no pattern; at is then the place */
};

/* Always false, so that a reader can end in `return ecma_fail(...)`. */
bool ecma_fail(struct ecma_reader *r, const char *why);

/* The next code point of the text, which is not at its end. */
uint32_t ecma_next(struct ecma_reader *r);

/* Writes the set that a code point, a dot, an escape other than \b \B \k \1, or a class
 * stands for. The reader stands on its first byte and is left behind its last. */
void ecma_write_char(struct ecma_reader *r, uint32_t c);
void ecma_write_dot(struct ecma_reader *r);
bool ecma_escape(struct ecma_reader *r);
bool ecma_class(struct ecma_reader *r);

/* What comes between the braces of \p{…}, spelled for PCRE2 with its braces; NULL when
 * ECMA has no such property. *negated says that PCRE2 knows only its opposite. */
const char *ecma_property(struct str text, bool *negated, struct arena *arena);

#endif

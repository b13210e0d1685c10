/* format_chars.h — which characters the grammars of the formats let stand where, as one
 * table: a format is checked with every call. Only for format*.c. */
#ifndef SCHEMA_FORMAT_CHARS_H
#define SCHEMA_FORMAT_CHARS_H

#include "base/str.h"

#include <stdint.h>

enum {
    CHAR_DIGIT = 1 << 0,
    CHAR_ALPHA = 1 << 1,
    CHAR_HEX = 1 << 2,
    CHAR_LET_DIG_HYP = 1 << 3, /* RFC 1034, 3.5 */
    CHAR_ATEXT = 1 << 4,       /* RFC 5322, 3.2.3 */
    CHAR_TOKEN = 1 << 5,       /* tchar of RFC 9110, 5.6.2 */
    CHAR_BASE64 = 1 << 6,      /* RFC 4648, 4 */
    CHAR_BASE64URL = 1 << 7,   /* and 5 */
    CHAR_NAME = 1 << 8,        /* unreserved and sub-delims of RFC 3986 */
    CHAR_USER = 1 << 9,        /* and ":" */
    CHAR_SEGMENT = 1 << 10,    /* CHAR_NAME and "@" */
    CHAR_PATH = 1 << 11,       /* pchar and "/" */
    CHAR_QUERY = 1 << 12,      /* and "?" */
    CHAR_LITERAL = 1 << 13     /* literals of RFC 6570, 2.1, with erratum 6937 */
};

extern const uint16_t format_chars[256];

/* Whether c is in one of the sets; a byte of a longer character is in none. */
static inline bool char_is(char c, unsigned sets)
{
    return (format_chars[(unsigned char)c] & sets) != 0;
}

/* Reads the code point at the start of text: how many bytes it has; 0 when there is no
 * valid one, as for C0 80. */
size_t format_code_point(struct str text, uint32_t *c);

/* ucschar and iprivate of RFC 3987, 2.2. */
bool format_is_ucschar(uint32_t c);
bool format_is_private(uint32_t c);

#endif

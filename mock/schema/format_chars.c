#include "schema/format_chars.h"

#define BETWEEN(c, first, last) ((c) >= (first) && (c) <= (last))
#define DIGIT(c) BETWEEN(c, '0', '9')
#define ALPHA(c) (BETWEEN(c, 'a', 'z') || BETWEEN(c, 'A', 'Z'))
#define ALNUM(c) (DIGIT(c) || ALPHA(c))
#define HEX(c) (DIGIT(c) || BETWEEN(c, 'a', 'f') || BETWEEN(c, 'A', 'F'))

/* What token and atext have in common; they differ in = ? / and {}. */
#define MARK(c)                                                                       \
    ((c) == '!' || BETWEEN(c, '#', '\'') || (c) == '*' || (c) == '+' || (c) == '-' || \
     BETWEEN(c, '^', '`') || (c) == '|' || (c) == '~')
#define TOKEN(c) (ALNUM(c) || MARK(c) || (c) == '.')
#define ATEXT(c)                                                                    \
    (ALNUM(c) || MARK(c) || (c) == '/' || (c) == '=' || (c) == '?' || (c) == '{' || \
     (c) == '}')

#define UNRESERVED(c) (ALNUM(c) || (c) == '-' || (c) == '.' || (c) == '_' || (c) == '~')
#define NAME(c)                                                           \
    (UNRESERVED(c) || (c) == '!' || (c) == '$' || BETWEEN(c, '&', ',') || \
     (c) == ';' || (c) == '=')
#define PATH(c) (NAME(c) || (c) == ':' || (c) == '@' || (c) == '/')
#define LITERAL(c)                                                                   \
    (BETWEEN(c, '!', '~') && (c) != '"' && (c) != '%' && (c) != '<' && (c) != '>' && \
     (c) != '\\' && (c) != '^' && (c) != '`' && !BETWEEN(c, '{', '}'))

#define IN(set, flag) ((set) ? (flag) : 0)
#define C(c)                                                                      \
    IN(DIGIT(c), CHAR_DIGIT)                                                      \
    | IN(ALPHA(c), CHAR_ALPHA) | IN(HEX(c), CHAR_HEX) |                           \
        IN(ALNUM(c) || (c) == '-', CHAR_LET_DIG_HYP) | IN(ATEXT(c), CHAR_ATEXT) | \
        IN(TOKEN(c), CHAR_TOKEN) |                                                \
        IN(ALNUM(c) || (c) == '+' || (c) == '/', CHAR_BASE64) |                   \
        IN(ALNUM(c) || (c) == '-' || (c) == '_', CHAR_BASE64URL) |                \
        IN(NAME(c), CHAR_NAME) | IN(NAME(c) || (c) == ':', CHAR_USER) |           \
        IN(NAME(c) || (c) == '@', CHAR_SEGMENT) | IN(PATH(c), CHAR_PATH) |        \
        IN(PATH(c) || (c) == '?', CHAR_QUERY) | IN(LITERAL(c), CHAR_LITERAL)
#define C4(c) C(c), C((c) + 1), C((c) + 2), C((c) + 3)
#define C16(c) C4(c), C4((c) + 4), C4((c) + 8), C4((c) + 12)

const uint16_t format_chars[256] = {
    C16(0), C16(16), C16(32), C16(48), C16(64), C16(80), C16(96), C16(112),
};

size_t format_code_point(struct str text, uint32_t *c)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (!text.len)
        return 0;
    unsigned char lead = (unsigned char)text.ptr[0];
    size_t len = lead < 0x80   ? 1
                 : lead < 0xc0 ? 0
                 : lead < 0xe0 ? 2
                 : lead < 0xf0 ? 3
                 : lead < 0xf8 ? 4
                               : 0;
    if (!len || len > text.len)
        return 0;
    *c = len == 1 ? lead : lead & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char more = (unsigned char)text.ptr[i];
        if ((more & 0xc0) != 0x80)
            return 0;
        *c = *c << 6 | (more & 0x3f);
    }
    bool ok = *c >= least[len] && *c <= 0x10ffff && !BETWEEN(*c, 0xd800, 0xdfff);
    return ok ? len : 0;
}

bool format_is_ucschar(uint32_t c)
{
    if (c < 0x10000)
        return BETWEEN(c, 0xa0, 0xd7ff) || BETWEEN(c, 0xf900, 0xfdcf) ||
               BETWEEN(c, 0xfdf0, 0xffef);
    return (c & 0xffff) <= 0xfffd && c < 0xf0000 && !BETWEEN(c, 0xe0000, 0xe0fff);
}

bool format_is_private(uint32_t c)
{
    return BETWEEN(c, 0xe000, 0xf8ff) || (c >= 0xf0000 && (c & 0xffff) <= 0xfffd);
}

/* The words of a query: names, strings, integers, and what to say about mistakes. */
#include "base/limits.h"
#include "doc/jsonpath_parts.h"

#include <ctype.h>
#include <stdlib.h>

enum { MOST_INTEGER_DIGITS = 16 };
static const int64_t most_integer = 9007199254740991; /* I-JSON, RFC 7493, 2.2 */

static size_t character_bytes(const char *p)
{
    unsigned char c = (unsigned char)*p;
    return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
}

bool path_wrong(struct path_reader *r, const char *at, const char *why)
{
    r->error->offset = (size_t)(at - r->text);
    r->error->column = 1;
    for (const char *p = r->text; p < at; p++)
        r->error->column += ((unsigned char)*p & 0xc0) != 0x80;
    r->error->why = why;
    return false;
}

bool path_wanted(struct path_reader *r, const char *at, const char *wanted)
{
    const char *why;
    unsigned char c = (unsigned char)*at;
    if (!c)
        why = arena_printf(r->arena, "expected %s, found the end", wanted);
    else if (c < 0x20 || c == 0x7f)
        why = arena_printf(r->arena, "expected %s, found U+%04X", wanted, c);
    else
        why = arena_printf(r->arena, "expected %s, found %.*s", wanted,
                           (int)character_bytes(at), at);
    return path_wrong(r, at, why);
}

void path_space(struct path_reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')
        r->at++;
}

bool path_take(struct path_reader *r, const char *text)
{
    size_t n = strlen(text);
    if (strncmp(r->at, text, n) != 0)
        return false;
    r->at += n;
    return true;
}

bool path_part(struct path_reader *r)
{
    if (++r->parts <= LIMIT_JSONPATH_PARTS)
        return true;
    return path_wrong(r, r->at,
                      arena_printf(r->arena, "the query has more than %d parts",
                                   LIMIT_JSONPATH_PARTS));
}

bool path_enter(struct path_reader *r)
{
    if (++r->depth <= LIMIT_JSONPATH_DEPTH)
        return true;
    return path_wrong(r, r->at,
                      arena_printf(r->arena, "the query nests deeper than %d levels",
                                   LIMIT_JSONPATH_DEPTH));
}

bool path_integer(struct path_reader *r, int64_t *value)
{
    const char *start = r->at, *digits = start + (*start == '-');
    size_t n = strspn(digits, "0123456789");
    if (!n)
        return path_wanted(r, digits, "a digit");
    if (*digits == '0' && (n > 1 || digits > start))
        return path_wrong(r, start, "expected an integer without a zero in front");
    r->at = digits + n;
    *value = n > MOST_INTEGER_DIGITS ? INT64_MAX : strtoll(start, NULL, 10);
    if (*value > most_integer || *value < -most_integer)
        return path_wrong(r, start, "expected an integer of at most 9007199254740991");
    return true;
}

static bool hex4(struct path_reader *r, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        unsigned char c = (unsigned char)*r->at;
        if (!isxdigit(c))
            return path_wanted(r, r->at, "four hexadecimal digits after \\u");
        *value = *value * 16 + (uint32_t)(isdigit(c) ? c - '0' : tolower(c) - 'a' + 10);
    }
    return true;
}

/* Behind "\u". */
static bool unicode_escape(struct path_reader *r, struct buffer *b)
{
    const char *start = r->at - 2;
    uint32_t c, low;
    if (!hex4(r, &c))
        return false;
    if (c >= 0xdc00 && c <= 0xdfff)
        return path_wrong(r, start, "a low surrogate stands without its high one");
    if (c >= 0xd800 && c <= 0xdbff) {
        if (!path_take(r, "\\u"))
            return path_wanted(r, r->at, "\\u with the low surrogate");
        if (!hex4(r, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return path_wrong(r, start, "a high surrogate stands without its low one");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    utf8_add(b, c);
    return true;
}

static bool escape(struct path_reader *r, char quote, struct buffer *b)
{
    static const char from[] = "bfnrt/\\", to[] = "\b\f\n\r\t/\\";
    char c = *r->at;
    const char *known = c ? strchr(from, c) : NULL;
    if (c == 'u') {
        r->at++;
        return unicode_escape(r, b);
    }
    if (c != quote && !known)
        return path_wanted(r, r->at,
                           quote == '"' ? "one of \" b f n r t u / \\ after \\"
                                        : "one of ' b f n r t u / \\ after \\");
    buffer_add_char(b, known ? to[known - from] : c);
    r->at++;
    return true;
}

bool path_string(struct path_reader *r, const char **text)
{
    char quote = *r->at++;
    struct buffer b = buffer_in(r->arena, LIMIT_FILE_BYTES);
    while (*r->at != quote) {
        if ((unsigned char)*r->at < 0x20)
            return path_wanted(r, r->at,
                               *r->at         ? "an escape for a control character"
                               : quote == '"' ? "\" at the end of the string"
                                              : "' at the end of the string");
        if (*r->at != '\\') {
            buffer_add_char(&b, *r->at++);
            continue;
        }
        r->at++;
        if (!escape(r, quote, &b))
            return false;
    }
    r->at++;
    *text = buffer_str(&b).ptr;
    return true;
}

static bool starts_name(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

bool path_name(struct path_reader *r, const char **name)
{
    const char *start = r->at;
    if (!starts_name(*start))
        return path_wanted(r, start, "a name or *");
    while (starts_name(*r->at) || isdigit((unsigned char)*r->at))
        r->at++;
    *name = arena_copy(r->arena, (struct str){ start, (size_t)(r->at - start) });
    return true;
}

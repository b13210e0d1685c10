#include "doc/json.h"
#include "doc/pointer.h"
#include "schema/ecma.h"
#include "schema/format_chars.h"
#include "schema/format_rules.h"

/* More than a pattern of the longest text that ecma.h takes can need. */
#define SCRATCH_MEMORY ((size_t)64 * 1024 * 1024)

bool format_is_uuid(struct str text)
{
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !char_is(text.ptr[i], CHAR_HEX))
            return false;
    }
    return true;
}

static size_t run_of(struct str s, unsigned set)
{
    size_t n = 0;
    while (n < s.len && char_is(s.ptr[n], set))
        n++;
    return n;
}

/* What is left of the last bits may be anything: RFC 4648, 3.5 lets us. */
bool format_is_base64(struct str text)
{
    size_t end = text.len;
    if (text.len % 4)
        return false;
    while (end && text.len - end < 2 && text.ptr[end - 1] == '=')
        end--;
    return run_of(text, CHAR_BASE64) == end;
}

/* Padding may be left out, as nearly everybody does (RFC 4648, 3.2), but not half. */
bool format_is_base64url(struct str text)
{
    size_t n = run_of(text, CHAR_BASE64URL), pad = text.len - n;
    for (size_t i = n; i < text.len; i++)
        if (text.ptr[i] != '=')
            return false;
    return n % 4 != 1 && (!pad || (pad <= 2 && text.len % 4 == 0));
}

bool format_is_char(struct str text)
{
    return text.len && utf8_length(text.ptr) == 1;
}

bool format_is_boolean(struct str text)
{
    return str_is(text, "true") || str_is(text, "false");
}

static bool take_sign(struct str *s)
{
    bool sign = s->len && (s->ptr[0] == '+' || s->ptr[0] == '-');
    *s = str_from(*s, sign);
    return sign;
}

/* A numeric literal of SQL: "12", "-1.50", ".5", "1E-3". */
bool format_is_decimal(struct str text)
{
    take_sign(&text);
    size_t whole = run_of(text, CHAR_DIGIT), part = 0;
    text = str_from(text, whole);
    if (str_starts(text, STR("."))) {
        part = run_of(str_from(text, 1), CHAR_DIGIT);
        text = str_from(text, part + 1);
    }
    if (!whole && !part)
        return false;
    if (!text.len)
        return true;
    if (text.ptr[0] != 'e' && text.ptr[0] != 'E')
        return false;
    text = str_from(text, 1);
    take_sign(&text);
    return text.len && run_of(text, CHAR_DIGIT) == text.len;
}

bool format_is_decimal128(struct str text)
{
    return format_is_decimal(text) || str_is(text, "NaN") || str_is(text, "INF") ||
           str_is(text, "-INF");
}

bool format_is_pointer(struct str text)
{
    return pointer_valid(text.ptr);
}

/* Takes a number without leading zeros off *s. */
static bool take_count(struct str *s)
{
    size_t n = run_of(*s, CHAR_DIGIT);
    bool ok = n == 1 || (n > 1 && s->ptr[0] != '0');
    *s = str_from(*s, n);
    return ok;
}

bool format_is_relative_pointer(struct str text)
{
    if (!take_count(&text) || (take_sign(&text) && !take_count(&text)))
        return false;
    return str_is(text, "#") || pointer_valid(text.ptr);
}

/* Not pattern_compile: what PCRE2 cannot do (a lookbehind of any length) is a pattern
 * of ECMA-262 all the same. */
bool format_is_regex(struct str text)
{
    struct arena *scratch = arena_new(SCRATCH_MEMORY);
    bool ok = !ecma_translate(text.ptr, scratch).why;
    arena_free(scratch);
    return ok;
}

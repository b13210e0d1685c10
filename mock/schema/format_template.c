#include "schema/format_chars.h"
#include "schema/format_rules.h"

/* A URI template is literals and {expressions}; these go past one thing each. */

static bool skip_encoded(struct str *s)
{
    if (s->len < 3 || s->ptr[0] != '%' || !char_is(s->ptr[1], CHAR_HEX) ||
        !char_is(s->ptr[2], CHAR_HEX))
        return false;
    *s = str_from(*s, 3);
    return true;
}

static bool skip_literal(struct str *s)
{
    uint32_t c;
    size_t len = format_code_point(*s, &c);
    if (len == 1 && !char_is(s->ptr[0], CHAR_LITERAL))
        return skip_encoded(s);
    if (!len || (len > 1 && !format_is_ucschar(c) && !format_is_private(c)))
        return false;
    *s = str_from(*s, len);
    return true;
}

static bool skip_char(struct str *s, const char *any)
{
    if (!s->len || !s->ptr[0] || !strchr(any, s->ptr[0]))
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool skip_varchar(struct str *s)
{
    if (!s->len || !(char_is(s->ptr[0], CHAR_ALPHA | CHAR_DIGIT) || s->ptr[0] == '_'))
        return skip_encoded(s);
    *s = str_from(*s, 1);
    return true;
}

static bool skip_name(struct str *s)
{
    if (!skip_varchar(s))
        return false;
    for (;;) {
        bool dot = skip_char(s, ".");
        if (!skip_varchar(s))
            return !dot;
    }
}

/* ":1" to ":9999". */
static bool skip_prefix(struct str *s)
{
    size_t digits = 0;
    if (!s->len || s->ptr[0] == '0')
        return false;
    while (digits < s->len && char_is(s->ptr[digits], CHAR_DIGIT))
        digits++;
    *s = str_from(*s, digits);
    return digits >= 1 && digits <= 4;
}

/* Behind "{", with the "}". */
static bool skip_expression(struct str *s)
{
    skip_char(s, "+#./;?&=,!@|");
    do {
        if (!skip_name(s) || (skip_char(s, ":") ? !skip_prefix(s) : false))
            return false;
        skip_char(s, "*");
    } while (skip_char(s, ","));
    return skip_char(s, "}");
}

bool format_is_uri_template(struct str text)
{
    while (text.len)
        if (!(skip_char(&text, "{") ? skip_expression(&text) : skip_literal(&text)))
            return false;
    return true;
}

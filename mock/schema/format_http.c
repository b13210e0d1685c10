#include "schema/format_chars.h"
#include "schema/format_rules.h"

/* What stands in HTTP's fields: RFC 9110 and the structured fields of RFC 9651. */

static bool take(struct str *s, char c)
{
    if (!s->len || s->ptr[0] != c)
        return false;
    *s = str_from(*s, 1);
    return true;
}

static bool take_token(struct str *s)
{
    size_t n = 0;
    while (n < s->len && char_is(s->ptr[n], CHAR_TOKEN))
        n++;
    *s = str_from(*s, n);
    return n > 0;
}

/* Behind the opening quote: obs-text may stand there, a control character may not. */
static bool take_quoted(struct str *s)
{
    for (size_t i = 0; i < s->len; i++) {
        unsigned char c = (unsigned char)s->ptr[i];
        if (c == '"') {
            *s = str_from(*s, i + 1);
            return true;
        }
        if (c == '\\' && ++i < s->len)
            c = (unsigned char)s->ptr[i];
        if ((c < 32 && c != '\t') || c == 127)
            return false;
    }
    return false;
}

static void skip_space(struct str *s)
{
    while (take(s, ' ') || take(s, '\t'))
        ;
}

/* A "*" for a whole part needs no care: it is a token. */
bool format_is_media_range(struct str text)
{
    if (!take_token(&text) || !take(&text, '/') || !take_token(&text))
        return false;
    while (text.len) {
        skip_space(&text);
        if (!take(&text, ';'))
            return false;
        skip_space(&text);
        if (!text.len || text.ptr[0] == ';')
            continue;
        if (!take_token(&text) || !take(&text, '='))
            return false;
        if (take(&text, '"') ? !take_quoted(&text) : !take_token(&text))
            return false;
    }
    return true;
}

bool format_is_sf_string(struct str text)
{
    if (text.len < 2 || text.ptr[0] != '"' || text.ptr[text.len - 1] != '"')
        return false;
    for (size_t i = 1; i < text.len - 1; i++) {
        char c = text.ptr[i];
        if (c < 32 || c > 126 || c == '"')
            return false;
        if (c == '\\') {
            c = text.ptr[++i];
            if (i == text.len - 1 || (c != '"' && c != '\\'))
                return false;
        }
    }
    return true;
}

bool format_is_sf_token(struct str text)
{
    if (!text.len || !(char_is(text.ptr[0], CHAR_ALPHA) || text.ptr[0] == '*'))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!char_is(text.ptr[i], CHAR_TOKEN) && text.ptr[i] != ':' &&
            text.ptr[i] != '/')
            return false;
    return true;
}

bool format_is_sf_binary(struct str text)
{
    return text.len >= 2 && text.ptr[0] == ':' && text.ptr[text.len - 1] == ':' &&
           format_is_base64((struct str){ text.ptr + 1, text.len - 2 });
}

bool format_is_sf_boolean(struct str text)
{
    return str_is(text, "?0") || str_is(text, "?1");
}

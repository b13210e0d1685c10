#include "schema/format_chars.h"
#include "schema/format_rules.h"

struct scan {
    const char *at, *end;
    bool iri; /* RFC 3987: ucschar stands wherever unreserved does */
};

static bool next_is(const struct scan *s, char c)
{
    return s->at < s->end && *s->at == c;
}

static size_t foreign(const struct scan *s, bool private)
{
    uint32_t c;
    size_t len = format_code_point((struct str){ s->at, (size_t)(s->end - s->at) }, &c);
    return len && (format_is_ucschar(c) || (private && format_is_private(c))) ? len : 0;
}

/* Goes past what is in the set, percent-encoded, or allowed in an IRI. */
static void skip(struct scan *s, unsigned set, bool private)
{
    while (s->at < s->end) {
        size_t len = 0;
        if (char_is(*s->at, set))
            len = 1;
        else if (*s->at == '%')
            len = s->end - s->at >= 3 && char_is(s->at[1], CHAR_HEX) &&
                          char_is(s->at[2], CHAR_HEX)
                      ? 3
                      : 0;
        else if (s->iri && (*s->at & 0x80))
            len = foreign(s, private);
        if (!len)
            return;
        s->at += len;
    }
}

/* "v1.anything" between brackets. */
static bool is_future_address(struct str s)
{
    size_t i = 1;
    if (!s.len || (s.ptr[0] != 'v' && s.ptr[0] != 'V'))
        return false;
    while (i < s.len && char_is(s.ptr[i], CHAR_HEX))
        i++;
    if (i == 1 || i + 1 >= s.len || s.ptr[i] != '.')
        return false;
    for (i++; i < s.len; i++)
        if (!char_is(s.ptr[i], CHAR_USER))
            return false;
    return true;
}

static bool skip_host(struct scan *s)
{
    if (!next_is(s, '[')) {
        skip(s, CHAR_NAME, false);
        return true;
    }
    const char *close = memchr(s->at, ']', (size_t)(s->end - s->at));
    if (!close)
        return false;
    struct str address = { s->at + 1, (size_t)(close - s->at) - 1 };
    s->at = close + 1;
    return format_is_ipv6(address) || is_future_address(address);
}

/* Behind "//": whether an authority ends where a path, a query, a fragment or nothing
 * comes. */
static bool skip_authority(struct scan *s)
{
    const char *start = s->at;
    skip(s, CHAR_USER, false);
    s->at = next_is(s, '@') ? s->at + 1 : start;
    if (!skip_host(s))
        return false;
    if (next_is(s, ':'))
        for (s->at++; s->at < s->end && char_is(*s->at, CHAR_DIGIT);)
            s->at++;
    return s->at == s->end || next_is(s, '/') || next_is(s, '?') || next_is(s, '#');
}

static bool skip_scheme(struct scan *s)
{
    const char *p = s->at;
    if (p == s->end || !char_is(*p, CHAR_ALPHA))
        return false;
    while (p < s->end && (char_is(*p, CHAR_ALPHA | CHAR_DIGIT) || *p == '+' ||
                          *p == '-' || *p == '.'))
        p++;
    if (p == s->end || *p != ':')
        return false;
    s->at = p + 1;
    return true;
}

static bool is_reference(struct str text, bool iri, bool relative)
{
    struct scan s = { text.ptr, text.ptr + text.len, iri };
    bool scheme = skip_scheme(&s);
    if (!scheme && !relative)
        return false;
    if (s.end - s.at >= 2 && s.at[0] == '/' && s.at[1] == '/') {
        s.at += 2;
        if (!skip_authority(&s))
            return false;
    } else if (!scheme) {
        /* "1a:b" has no scheme; a colon may come after the first slash. */
        skip(&s, CHAR_SEGMENT, false);
        if (next_is(&s, ':'))
            return false;
    }
    skip(&s, CHAR_PATH, false);
    if (next_is(&s, '?')) {
        s.at++;
        skip(&s, CHAR_QUERY, true);
    }
    if (next_is(&s, '#')) {
        s.at++;
        skip(&s, CHAR_QUERY, false);
    }
    return s.at == s.end;
}

bool format_is_uri(struct str text)
{
    return is_reference(text, false, false);
}

bool format_is_uri_reference(struct str text)
{
    return is_reference(text, false, true);
}

bool format_is_iri(struct str text)
{
    return is_reference(text, true, false);
}

bool format_is_iri_reference(struct str text)
{
    return is_reference(text, true, true);
}

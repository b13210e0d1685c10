#include "schema/format_rules.h"

static bool alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool hex(char c)
{
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool among(char c, const char *any)
{
    return c && strchr(any, c);
}

/* Only unreserved, sub-delims, pct-encoded, and what is in also. */
static bool made_of(struct str s, const char *also)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '%') {
            if (s.len - i < 3 || !hex(s.ptr[i + 1]) || !hex(s.ptr[i + 2]))
                return false;
            i += 2;
        } else if (!alpha(c) && !digit(c) && !among(c, "-._~!$&'()*+,;=") &&
                   !among(c, also)) {
            return false;
        }
    }
    return true;
}

/* Takes what stands before the first of any (or the end) off *s. */
static struct str take_until(struct str *s, const char *any)
{
    size_t i = 0;
    while (i < s->len && !among(s->ptr[i], any))
        i++;
    struct str part = { s->ptr, i };
    *s = str_from(*s, i);
    return part;
}

/* "v1.anything" between brackets. */
static bool is_future_address(struct str s)
{
    size_t i = 1;
    if (!s.len || !among(s.ptr[0], "vV"))
        return false;
    while (i < s.len && hex(s.ptr[i]))
        i++;
    if (i == 1 || i + 1 >= s.len || s.ptr[i] != '.')
        return false;
    s = str_from(s, i + 1);
    return !memchr(s.ptr, '%', s.len) && made_of(s, ":");
}

static bool is_port(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!digit(s.ptr[i]))
            return false;
    return true;
}

/* What stands in brackets, and behind them nothing or a port. */
static bool is_bracketed_host(struct str s)
{
    s = str_from(s, 1);
    struct str address = take_until(&s, "]");
    if (!s.len || !(format_is_ipv6(address) || is_future_address(address)))
        return false;
    s = str_from(s, 1);
    return !s.len || (s.ptr[0] == ':' && is_port(str_from(s, 1)));
}

static bool is_authority(struct str s)
{
    struct str user = s;
    struct str before = take_until(&user, "@");
    if (user.len) {
        if (!made_of(before, ":"))
            return false;
        s = str_from(user, 1);
    }
    if (str_starts(s, STR("[")))
        return is_bracketed_host(s);
    struct str name = take_until(&s, ":");
    return made_of(name, "") && is_port(str_from(s, 1));
}

/* hier-part or relative-part, query and fragment. */
static bool is_rest(struct str s, bool relative)
{
    if (str_starts(s, STR("//"))) {
        s = str_from(s, 2);
        if (!is_authority(take_until(&s, "/?#")))
            return false;
    } else if (relative) {
        /* "a:b" would be a scheme; a colon may come after the first slash. */
        struct str rest = s;
        struct str first = take_until(&rest, "/?#");
        if (memchr(first.ptr, ':', first.len))
            return false;
    }
    if (!made_of(take_until(&s, "?#"), ":@/"))
        return false;
    if (str_starts(s, STR("?")) && !made_of(take_until(&s, "#"), ":@/?"))
        return false;
    return !s.len || made_of(str_from(s, 1), ":@/?");
}

static bool is_scheme(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!alpha(s.ptr[i]) &&
            (i == 0 || (!digit(s.ptr[i]) && !among(s.ptr[i], "+-."))))
            return false;
    return s.len > 0;
}

bool format_is_uri(struct str text)
{
    struct str scheme = take_until(&text, ":");
    return text.len && is_scheme(scheme) && is_rest(str_from(text, 1), false);
}

bool format_is_uri_reference(struct str text)
{
    return format_is_uri(text) || is_rest(text, true);
}

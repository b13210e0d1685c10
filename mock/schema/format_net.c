#include "schema/format_rules.h"

#include <arpa/inet.h>

enum {
    LABEL_MOST = 63, /* RFC 1035, 2.3.4 */
    NAME_MOST =
        253, /* 255 bytes on the wire: a length before each label, a 0 at the end */
    LOCAL_MOST = 64 /* RFC 5321, 4.5.3.1.1 */
};

static bool let_dig(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_label(struct str s)
{
    if (!s.len || s.len > LABEL_MOST || !let_dig(s.ptr[0]) ||
        !let_dig(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!let_dig(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    return true;
}

bool format_is_hostname(struct str text)
{
    struct str label;
    if (text.len > NAME_MOST)
        return false;
    while (str_split(&text, '.', &label))
        if (!is_label(label))
            return false;
    return true;
}

static bool is_address(int family, struct str text)
{
    char copy[INET6_ADDRSTRLEN];
    unsigned char bytes[sizeof(struct in6_addr)];
    if (text.len >= sizeof(copy) || memchr(text.ptr, '\0', text.len))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return inet_pton(family, copy, bytes) == 1;
}

bool format_is_ipv4(struct str text)
{
    return is_address(AF_INET, text);
}

bool format_is_ipv6(struct str text)
{
    return is_address(AF_INET6, text);
}

static bool is_atom(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!let_dig(s.ptr[i]) &&
            (!s.ptr[i] || !strchr("!#$%&'*+-/=?^_`{|}~", s.ptr[i])))
            return false;
    return s.len > 0;
}

static bool is_dot_string(struct str s)
{
    struct str atom;
    while (str_split(&s, '.', &atom))
        if (!is_atom(atom))
            return false;
    return true;
}

static bool is_quoted_string(struct str s)
{
    if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"')
        return false;
    bool escaped = false;
    for (size_t i = 1; i < s.len - 1; i++) {
        char c = s.ptr[i];
        if (c < 32 || c > 126 || (c == '"' && !escaped))
            return false;
        escaped = c == '\\' && !escaped;
    }
    return !escaped;
}

/* "[192.0.2.1]" or "[IPv6:2001:db8::1]": IANA has no third kind. */
static bool is_literal(struct str s)
{
    if (s.len < 2 || s.ptr[0] != '[' || s.ptr[s.len - 1] != ']')
        return false;
    s = (struct str){ s.ptr + 1, s.len - 2 };
    struct str tag = { s.ptr, s.len < 5 ? s.len : 5 };
    return str_equal_nocase(tag, STR("IPv6:")) ? format_is_ipv6(str_from(s, 5))
                                               : format_is_ipv4(s);
}

bool format_is_email(struct str text)
{
    /* A quoted local part may hold an @; a domain may not. */
    size_t at = text.len;
    while (at && text.ptr[at - 1] != '@')
        at--;
    if (!at)
        return false;
    struct str local = { text.ptr, at - 1 }, domain = str_from(text, at);
    return local.len <= LOCAL_MOST &&
           (is_dot_string(local) || is_quoted_string(local)) &&
           (format_is_hostname(domain) || is_literal(domain));
}

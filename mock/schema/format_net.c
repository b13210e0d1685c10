#include "doc/json.h"
#include "schema/format_chars.h"
#include "schema/format_rules.h"

#include <arpa/inet.h>

enum {
    LABEL_MOST = 63, /* RFC 1035, 2.3.4 */
    NAME_MOST =
        253, /* 255 bytes on the wire: a length before each label, a 0 at the end */
    LOCAL_MOST = 64 /* RFC 5321, 4.5.3.1.1 */
};

bool format_is_label(struct str s)
{
    if (!s.len || s.len > LABEL_MOST || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!char_is(s.ptr[i], CHAR_LET_DIG_HYP))
            return false;
    return true;
}

/* "xn--…" that is no A-label. */
static bool is_fake(struct str label)
{
    return label.len >= 4 && label.ptr[2] == '-' && label.ptr[3] == '-' &&
           str_equal_nocase((struct str){ label.ptr, 2 }, STR("xn")) &&
           !format_is_a_label(label);
}

/* SMTP knows nothing of A-labels: a mailbox may have any LDH labels. */
static bool is_domain(struct str text, bool smtp)
{
    struct str label;
    if (text.len > NAME_MOST)
        return false;
    while (str_split(&text, '.', &label))
        if (!format_is_label(label) || (!smtp && is_fake(label)))
            return false;
    return true;
}

bool format_is_hostname(struct str text)
{
    return is_domain(text, false);
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

static bool is_dot_string(struct str s, bool foreign)
{
    bool atom = false; /* a dot may stand behind an atom only, and not at the end */
    for (size_t i = 0; i < s.len; i++) {
        bool text = char_is(s.ptr[i], CHAR_ATEXT) || (foreign && (s.ptr[i] & 0x80));
        if (!text && (s.ptr[i] != '.' || !atom))
            return false;
        atom = text;
    }
    return atom;
}

static bool is_quoted_string(struct str s, bool foreign)
{
    if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"')
        return false;
    bool escaped = false;
    for (size_t i = 1; i < s.len - 1; i++) {
        char c = s.ptr[i];
        bool printable = c >= 32 && c <= 126;
        /* RFC 6531, 3.3: qtextSMTP grows, quoted-pairSMTP does not. */
        bool beyond = foreign && !escaped && (c & 0x80);
        if ((!printable && !beyond) || (c == '"' && !escaped))
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

static bool is_mailbox(struct str text, bool foreign)
{
    /* A quoted local part may hold an @; a domain may not. */
    size_t at = text.len;
    while (at && text.ptr[at - 1] != '@')
        at--;
    if (!at || at - 1 > LOCAL_MOST)
        return false;
    struct str local = { text.ptr, at - 1 }, domain = str_from(text, at);
    if (foreign && !utf8_valid(local))
        return false;
    return (is_dot_string(local, foreign) || is_quoted_string(local, foreign)) &&
           (is_domain(domain, true) || is_literal(domain) ||
            (foreign && format_is_idn_hostname(domain)));
}

bool format_is_email(struct str text)
{
    return is_mailbox(text, false);
}

bool format_is_idn_email(struct str text)
{
    return is_mailbox(text, true);
}

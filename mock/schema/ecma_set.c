#include "schema/ecma_set.h"

enum { LAST = 0x10ffff, SURROGATE_FIRST = 0xd800, SURROGATE_LAST = 0xdfff };

struct range {
    uint32_t first, last;
};

static const struct range digits[] = { { '0', '9' } };
static const struct range words[] = {
    { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' }
};
/* WhiteSpace and LineTerminator of ECMA-262 (12.2, 12.3). */
static const struct range spaces[] = {
    { 9, 13 },          { ' ', ' ' },       { 0xa0, 0xa0 },     { 0x1680, 0x1680 },
    { 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f },
    { 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
};

bool ecma_fail(struct ecma_reader *r, const char *why)
{
    r->why = why;
    return false;
}

uint32_t ecma_next(struct ecma_reader *r)
{
    uint32_t c = (unsigned char)*r->at++;
    if (c < 0x80)
        return c;
    int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    c &= 0x3fu >> more;
    for (; more; more--)
        c = c << 6 | ((unsigned char)*r->at++ & 0x3f);
    return c;
}

static bool letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool surrogate(uint32_t c)
{
    return c >= SURROGATE_FIRST && c <= SURROGATE_LAST;
}

/* An item of a class. A surrogate is in no text that UTF-8 can hold, and PCRE2 refuses
 * it: ranges are cut there. */
static void write_range(struct buffer *b, uint32_t first, uint32_t last)
{
    if (surrogate(first))
        first = SURROGATE_LAST + 1;
    if (surrogate(last))
        last = SURROGATE_FIRST - 1;
    if (first > last)
        return;
    buffer_printf(b, "\\x{%x}", first);
    if (last > first)
        buffer_printf(b, "-\\x{%x}", last);
}

static void write_ranges(struct buffer *b, const struct range *set, size_t count,
                         bool others)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        if (!others)
            write_range(b, set[i].first, set[i].last);
        else if (set[i].first > next)
            write_range(b, next, set[i].first - 1);
        next = set[i].last + 1;
    }
    if (others)
        write_range(b, next, LAST);
}

void ecma_write_char(struct ecma_reader *r, uint32_t c)
{
    if (surrogate(c))
        buffer_add_text(&r->out, "[^\\x{0}-\\x{10ffff}]");
    else if (letter(c) || (c >= '0' && c <= '9'))
        buffer_add_char(&r->out, (char)c);
    else
        buffer_printf(&r->out, "\\x{%x}", c);
}

void ecma_write_dot(struct ecma_reader *r)
{
    r->at++;
    buffer_add_text(&r->out, "[^\\x{a}\\x{d}\\x{2028}\\x{2029}]");
}

static bool hex_digits(struct ecma_reader *r, int count, uint32_t *value)
{
    uint32_t v = 0;
    const char *p = r->at;
    for (int i = 0; i < count; i++, p++) {
        int d = *p >= '0' && *p <= '9'   ? *p - '0'
                : *p >= 'a' && *p <= 'f' ? *p - 'a' + 10
                : *p >= 'A' && *p <= 'F' ? *p - 'A' + 10
                                         : -1;
        if (d < 0)
            return false;
        v = v << 4 | (uint32_t)d;
    }
    r->at = p;
    *value = v;
    return true;
}

static bool braced_code_point(struct ecma_reader *r, uint32_t *c)
{
    uint32_t digit;
    *c = 0;
    r->at++;
    if (*r->at == '}')
        return false;
    while (hex_digits(r, 1, &digit)) {
        *c = *c << 4 | digit;
        if (*c > LAST)
            return false;
    }
    return *r->at++ == '}';
}

/* Behind "\u". */
static bool unicode_escape(struct ecma_reader *r, uint32_t *c)
{
    if (*r->at == '{')
        return braced_code_point(r, c);
    if (!hex_digits(r, 4, c))
        return false;
    uint32_t low;
    const char *behind = r->at;
    if (*c < 0xd800 || *c > 0xdbff || r->at[0] != '\\' || r->at[1] != 'u')
        return true;
    r->at += 2;
    if (hex_digits(r, 4, &low) && low >= 0xdc00 && low <= 0xdfff)
        *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
    else
        r->at = behind;
    return true;
}

/* Behind "\0", which Annex B lets two more octal digits follow. */
static uint32_t octal_escape(struct ecma_reader *r)
{
    uint32_t c = 0;
    for (int i = 0; i < 2 && *r->at >= '0' && *r->at <= '7'; i++)
        c = c * 8 + (uint32_t)(*r->at++ - '0');
    return c;
}

/* The one character that an escape names; the reader stands behind the backslash. */
static bool escaped_char(struct ecma_reader *r, uint32_t *c)
{
    static const char names[] = "tnvfr", means[] = "\t\n\v\f\r";
    const char *start = r->at;
    if (!*start)
        return ecma_fail(r, "a backslash escapes nothing");
    *c = ecma_next(r);
    const char *named = *c && *c < 0x80 ? strchr(names, (int)*c) : NULL;
    if (named) {
        *c = (unsigned char)means[named - names];
        return true;
    }
    bool ok = true;
    if (*c == 'c') {
        ok = letter((unsigned char)*r->at);
        *c = ok ? (uint32_t)*r->at++ % 32 : 0;
    } else if (*c == 'x') {
        ok = hex_digits(r, 2, c);
    } else if (*c == 'u') {
        ok = unicode_escape(r, c);
    } else if (*c == '0') {
        *c = octal_escape(r);
    } else {
        ok = !letter(*c) && !(*c >= '0' && *c <= '9');
    }
    if (ok)
        return true;
    r->at = start;
    return ecma_fail(
        r, arena_printf(r->out.arena, "\\%c is no escape of ECMA-262", *start));
}

/* Behind "\p" or "\P". */
static bool write_property(struct ecma_reader *r, bool others)
{
    const char *start = r->at;
    const char *close = *start == '{' ? strchr(start, '}') : NULL;
    if (!close)
        return ecma_fail(r, "\\p is followed by a property in braces");
    bool negated;
    struct str name = { start + 1, (size_t)(close - start - 1) };
    const char *spelled = ecma_property(name, &negated, r->out.arena);
    if (!spelled)
        return ecma_fail(r, "this Unicode property is not known here");
    buffer_add_text(&r->out, others != negated ? "\\P" : "\\p");
    buffer_add_text(&r->out, spelled);
    r->at = close + 1;
    return true;
}

/* Writes what \d, \S, \p{…} and so on stand for, as items of a class. False without an
 * error when the escape, behind whose backslash the reader stands, is none of these. */
static bool write_set(struct ecma_reader *r)
{
    switch (*r->at++) {
    case 'd':
    case 'D':
        write_ranges(&r->out, digits, COUNT(digits), r->at[-1] == 'D');
        return true;
    case 'w':
    case 'W':
        write_ranges(&r->out, words, COUNT(words), r->at[-1] == 'W');
        return true;
    case 's':
    case 'S':
        write_ranges(&r->out, spaces, COUNT(spaces), r->at[-1] == 'S');
        return true;
    case 'p':
    case 'P':
        return write_property(r, r->at[-1] == 'P');
    default:
        r->at--;
        return false;
    }
}

bool ecma_escape(struct ecma_reader *r)
{
    size_t start = r->out.len;
    r->at++;
    buffer_add_char(&r->out, '[');
    bool set = write_set(r);
    if (set)
        buffer_add_char(&r->out, ']');
    if (set || r->why)
        return set;
    uint32_t c;
    r->out.len = start;
    if (!escaped_char(r, &c))
        return false;
    ecma_write_char(r, c);
    return true;
}

/* One end of a range, or one item. A set is written at once, and *set is true. */
static bool read_item(struct ecma_reader *r, uint32_t *c, bool *set)
{
    *set = false;
    if (*r->at != '\\') {
        *c = ecma_next(r);
        return true;
    }
    r->at++;
    *set = write_set(r);
    if (*set || r->why)
        return *set;
    if (*r->at == 'b') {
        r->at++;
        *c = '\b';
        return true;
    }
    return escaped_char(r, c);
}

static bool read_items(struct ecma_reader *r)
{
    uint32_t first, last;
    bool first_set, last_set;
    const char *start = r->at;
    if (!read_item(r, &first, &first_set))
        return false;
    if (r->at[0] != '-' || r->at[1] == ']' || !r->at[1]) {
        if (!first_set)
            write_range(&r->out, first, first);
        return true;
    }
    r->at++;
    if (!read_item(r, &last, &last_set))
        return false;
    if (!first_set && !last_set) {
        if (first <= last) {
            write_range(&r->out, first, last);
            return true;
        }
        r->at = start;
        return ecma_fail(r, "the range ends before it starts");
    }
    /* [\w-.]: the u flag refuses it, documents are full of it. */
    write_range(&r->out, '-', '-');
    if (!first_set)
        write_range(&r->out, first, first);
    if (!last_set)
        write_range(&r->out, last, last);
    return true;
}

bool ecma_class(struct ecma_reader *r)
{
    const char *open = r->at++;
    bool others = *r->at == '^';
    size_t start = r->out.len;
    r->at += others;
    buffer_add_text(&r->out, others ? "[^" : "[");
    size_t empty = r->out.len;
    while (*r->at && *r->at != ']')
        if (!read_items(r))
            return false;
    if (!*r->at) {
        r->at = open;
        return ecma_fail(r, "the class is not closed");
    }
    r->at++;
    bool nothing = r->out.len == empty;
    buffer_add_char(&r->out, ']');
    if (nothing && !r->out.full) {
        r->out.len = start;
        buffer_printf(&r->out, "[%s\\x{0}-\\x{10ffff}]", others ? "" : "^");
    }
    return true;
}

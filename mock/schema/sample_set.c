#include "schema/sample_set.h"

#include <stdlib.h>

static const uint32_t last = 0x10ffff;

void set_add(struct set *s, uint32_t low, uint32_t high)
{
    if (s->count < SET_RANGES && low <= high) {
        s->ranges[s->count].low = low;
        s->ranges[s->count++].high = high;
    }
}

static bool has(const struct set *s, uint32_t c)
{
    bool listed = false;
    for (unsigned i = 0; i < s->count && !listed; i++)
        listed = c >= s->ranges[i].low && c <= s->ranges[i].high;
    return listed != s->others && !(c >= 0xd800 && c < 0xe000) && c <= last;
}

/* What another set holds, or, when that one is all but something, what it lacks. */
static void add_set(struct set *s, const struct set *more)
{
    if (!more->others) {
        for (unsigned i = 0; i < more->count; i++)
            set_add(s, more->ranges[i].low, more->ranges[i].high);
        return;
    }
    for (uint32_t c = 0, start = 0; c <= 0x250; c++) {
        if (has(more, c))
            continue;
        if (c > start)
            set_add(s, start, c - 1);
        start = c + 1;
    }
    if (has(more, 0x4e2d))
        set_add(s, 0x4e00, 0x4fff);
}

/* ---- reading ---- */

static uint32_t next(const char **at)
{
    const unsigned char *p = (const unsigned char *)*at;
    unsigned more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;
    uint32_t c = more ? *p & (0x3fu >> more) : *p;
    for (p++; more && (*p & 0xc0) == 0x80; more--)
        c = c << 6 | (*p++ & 0x3f);
    *at = (const char *)p;
    return c;
}

bool set_char(const char **at, struct set *s)
{
    uint32_t c = next(at);
    set_add(s, c, c);
    return true;
}

static bool hex(const char **at, unsigned digits, uint32_t *value)
{
    char text[9] = "", *end;
    for (unsigned i = 0; i < digits && (*at)[i]; i++)
        text[i] = (*at)[i];
    *value = (uint32_t)strtoul(text, &end, 16);
    *at += digits;
    return end == text + digits;
}

static bool unicode_escape(const char **at, uint32_t *c)
{
    if (**at == '{') {
        char *end;
        *c = (uint32_t)strtoul(*at + 1, &end, 16);
        *at = end + (*end == '}');
        return *c <= last;
    }
    if (!hex(at, 4, c))
        return false;
    uint32_t low;
    if (*c >= 0xd800 && *c < 0xdc00 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        *at += 2;
        if (!hex(at, 4, &low))
            return false;
        *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
    }
    return *c <= last;
}

/* What a property's name starts with, and a few code points that have it. The first
 * that fits counts. */
static const struct property {
    const char *name;
    uint32_t low, high;
    bool letters;
} properties[] = {
    { "Lu", 'A', 'Z', true },
    { "Uppercase", 'A', 'Z', true },
    { "L", 'a', 'z', true },
    { "Alphabetic", 'a', 'z', true },
    { "Lowercase", 'a', 'z', true },
    { "Latin", 'a', 'z', true },
    { "Any", 'a', 'z', true },
    { "ID_", 'a', 'z', true },
    { "XID_", 'a', 'z', true },
    { "ASCII", 'a', 'z', true },
    { "N", '0', '9', false },
    { "Decimal", '0', '9', false },
    { "digit", '0', '9', false },
    { "Hex", '0', '9', false },
    { "Pd", '-', '-', false },
    { "Ps", '(', '(', false },
    { "Pe", ')', ')', false },
    { "P", '!', '!', false },
    { "Sc", '$', '$', false },
    { "S", '+', '+', false },
    { "Z", ' ', ' ', false },
    { "White", ' ', ' ', false },
    { "space", ' ', ' ', false },
    { "M", 0x300, 0x310, false },
    { "C", 1, 8, false },
    { "Greek", 0x3b1, 0x3c9, false },
    { "Cyrillic", 0x430, 0x44f, false },
    { "Han", 0x4e00, 0x4fff, false },
    { "Hiragana", 0x3042, 0x3090, false },
    { "Katakana", 0x30a2, 0x30f0, false },
    { "Arabic", 0x627, 0x63a, false },
    { "Hebrew", 0x5d0, 0x5ea, false },
    { "Emoji", 0x1f600, 0x1f640, false },
    { "Extended_Pict", 0x1f600, 0x1f640, false },
};

/* Names that start as others do. */
static const struct {
    const char *name, *means;
} property_words[] = {
    { "Letter", "L" },  { "Uppercase_Letter", "Lu" }, { "Lowercase_Letter", "L" },
    { "Number", "N" },  { "Punctuation", "P" },       { "punct", "P" },
    { "Symbol", "S" },  { "Separator", "Z" },         { "Mark", "M" },
    { "Control", "C" }, { "Currency_Symbol", "Sc" },  { "Dash_Punctuation", "Pd" }
};

static const struct property *property_of(struct str name)
{
    for (size_t i = 0; i < COUNT(property_words); i++)
        if (str_is(name, property_words[i].name))
            name = str(property_words[i].means);
    for (size_t i = 0; i < COUNT(properties); i++)
        if (str_starts(name, str(properties[i].name)))
            return &properties[i];
    return NULL;
}

/* Adds a few code points of a property ("{Lu}"), and for its opposite all that may have
 * it. */
static bool add_property(const char **at, struct set *s, bool opposite)
{
    const char *close = **at == '{' ? strchr(*at, '}') : NULL;
    if (!close)
        return false;
    struct str name = { *at + 1, (size_t)(close - *at - 1) }, before;
    struct str rest = name;
    if (memchr(name.ptr, '=', name.len) && str_split(&rest, '=', &before))
        name = rest;
    *at = close + 1;
    const struct property *p = property_of(name);
    if (!p)
        return false;
    struct set own = { .others = opposite };
    set_add(&own, p->low, p->high);
    if (opposite) {
        set_add(&own, 0x80, last);
        set_add(&own, 0, 0x1f);
    }
    if (opposite && p->letters) {
        set_add(&own, 'a', 'z');
        set_add(&own, 'A', 'Z');
    }
    add_set(s, &own);
    return true;
}

/* \d \w \s and their opposites; false for another letter. */
static bool shorthand(char letter, struct set *s)
{
    struct set own = { .others = !(letter & 0x20) };
    switch (letter | 0x20) {
    case 'd':
        set_add(&own, '0', '9');
        break;
    case 'w':
        set_add(&own, 'a', 'z');
        set_add(&own, 'A', 'Z');
        set_add(&own, '0', '9');
        set_add(&own, '_', '_');
        break;
    case 's':
        set_add(&own, ' ', ' ');
        set_add(&own, '\t', '\r');
        if (own.others) {
            set_add(&own, 0xa0, 0xa0);
            set_add(&own, 0x1680, 0x1680);
            set_add(&own, 0x2000, 0x200a);
            set_add(&own, 0x2028, 0x202f);
            set_add(&own, 0x3000, 0x3000);
        }
        break;
    default:
        return false;
    }
    add_set(s, &own);
    return true;
}

bool set_escape(const char **at, struct set *s, bool in_class)
{
    static const char names[] = "tnrvf", means[] = "\t\n\r\v\f";
    char c = **at;
    if (!c)
        return false;
    if (c == 'p' || c == 'P') {
        ++*at;
        return add_property(at, s, c == 'P');
    }
    if (shorthand(c, s)) {
        ++*at;
        return true;
    }
    const char *named = strchr(names, c);
    uint32_t code = 0;
    bool ok = true;
    if (named)
        code = (uint32_t)means[named - names], ++*at;
    else if (c == 'c' && (*at)[1])
        code = (*at)[1] & 0x1f, *at += 2;
    else if (c == 'x')
        ++*at, ok = hex(at, 2, &code);
    else if (c == 'u')
        ++*at, ok = unicode_escape(at, &code);
    else if (c == '0') /* up to three octal digits, as in ECMA's Annex B */
        for (int i = 0; i < 3 && **at >= '0' && **at <= '7'; i++, ++*at)
            code = code * 8 + (uint32_t)(**at - '0');
    else if (c == 'b' && in_class)
        code = 8, ++*at;
    else
        code = next(at);
    if (ok)
        set_add(s, code, code);
    return ok;
}

/* An item of a class; *single is its code point, or SET_NONE for a set of them. */
static bool class_item(const char **at, struct set *s, uint32_t *single)
{
    struct set own = { .count = 0 };
    bool escaped = **at == '\\';
    *at += escaped;
    if (!(escaped ? set_escape(at, &own, true) : set_char(at, &own)))
        return false;
    *single = own.count == 1 && own.ranges[0].low == own.ranges[0].high
                  ? own.ranges[0].low
                  : SET_NONE;
    add_set(s, &own);
    return true;
}

bool set_class(const char **at, struct set *s)
{
    s->others = **at == '^';
    *at += s->others;
    while (**at && **at != ']') {
        uint32_t from, to;
        if (!class_item(at, s, &from))
            return false;
        if ((*at)[0] != '-' || !(*at)[1] || (*at)[1] == ']')
            continue;
        ++*at;
        if (!class_item(at, s, &to))
            return false;
        if (from != SET_NONE && to != SET_NONE)
            set_add(s, from, to);
        else
            set_add(s, '-', '-');
    }
    *at += **at == ']';
    return true;
}

/* ---- drawing ---- */

static bool reads_well(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

uint32_t set_draw(const struct set *s, struct chance *chance)
{
    static const uint32_t far[] = { 0xe9, 0xdf, 0x3b1,  0x416,   0x4e2d, 0x1f600,
                                    0x80, 0xa0, 0x2028, 0x10000, 0x300,  '\t',
                                    '\n', '\r', 0x7f,   0x1,     0x0 };
    uint32_t some[128];
    unsigned good = 0, count = 0;
    if (!s->others && s->count == 1 && s->ranges[0].low == s->ranges[0].high)
        return s->ranges[0].low;
    for (uint32_t c = 0; c < 0x7f; c++)
        if (reads_well(c) && has(s, c))
            some[good++] = c;
    for (uint32_t c = ' '; c < 0x7f && !good; c++)
        if (has(s, c))
            some[count++] = c;
    count = good ? good : count;
    if (count)
        return some[chance_below(chance, count)];
    if (!s->others && s->count) {
        unsigned r = (unsigned)chance_below(chance, s->count);
        uint32_t width = s->ranges[r].high - s->ranges[r].low + 1;
        uint32_t c = s->ranges[r].low + (uint32_t)chance_below(chance, width);
        if (has(s, c))
            return c;
    }
    for (size_t i = 0; i < COUNT(far); i++)
        if (has(s, far[i]))
            return far[i];
    return SET_NONE;
}

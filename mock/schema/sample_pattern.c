#include "schema/sample_parts.h"

#include <stdlib.h>

enum { LONGEST = 4096, DEEPEST = 32, MOST_REPEATS = 2000, MOST_RANGES = 64 };

/* A small generator: literals, classes, groups, alternation and quantifiers, ASCII
 * only. It believes that the pattern is one (pattern.h refuses others) and promises
 * nothing: sample_text matches what comes out. */
struct writer {
    struct maker *m;
    const char *at;
    struct buffer out;
    unsigned more, depth;
    bool lost; /* something that is not understood */
};

static void alternatives(struct writer *w);

/* The printable ASCII characters that may come. */
struct set {
    bool has[128];
};

static void add(struct set *s, int first, int last)
{
    for (int c = first; c <= last && c < 128; c++)
        if (c >= 0)
            s->has[c] = true;
}

static void add_others(struct set *s, const struct set *of)
{
    for (int c = ' '; c < 127; c++)
        s->has[c] |= !of->has[c];
}

/* What \d, \W and so on stand for; false when letter is none of these. */
static bool add_escape(struct set *s, char letter)
{
    struct set some = { 0 };
    switch (letter | 0x20) {
    case 'd':
        add(&some, '0', '9');
        break;
    case 'w':
        add(&some, '0', '9'), add(&some, 'A', 'Z'), add(&some, 'a', 'z');
        some.has['_'] = true;
        break;
    case 's':
        some.has[' '] = true;
        break;
    default:
        return false;
    }
    if (letter & 0x20)
        for (int c = 0; c < 128; c++)
            s->has[c] |= some.has[c];
    else
        add_others(s, &some);
    return true;
}

static int hex_value(const char *p, int digits)
{
    char text[5] = "";
    memcpy(text, p, (size_t)digits);
    char *end;
    long v = strtol(text, &end, 16);
    return end == text + digits ? (int)v : -1;
}

/* A single character behind a backslash. */
static int escaped_char(struct writer *w)
{
    static const char names[] = "tnrvf", means[] = "\t\n\r\v\f";
    char c = *w->at++;
    const char *named = c ? strchr(names, c) : NULL;
    if (named)
        return means[named - names];
    if (c == 'c' && ((*w->at | 0x20) >= 'a' && (*w->at | 0x20) <= 'z'))
        return *w->at++ & 0x1f;
    int digits = c == 'x' ? 2 : c == 'u' && *w->at != '{' ? 4 : 0;
    if (digits && strlen(w->at) >= (size_t)digits) {
        int v = hex_value(w->at, digits);
        w->at += digits;
        return v;
    }
    if (!c || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
        w->lost = true;
    return c;
}

static void property(struct writer *w, struct set *s, bool others)
{
    struct set some = { 0 };
    const char *close = strchr(w->at, '}');
    if (!close) {
        w->lost = true;
        return;
    }
    char kind = w->at[1];
    if (kind == 'N')
        add(&some, '0', '9');
    else if (strncmp(w->at, "{Lu", 3) == 0)
        add(&some, 'A', 'Z');
    else if (kind == 'L' || kind == 'A')
        add(&some, 'a', 'z');
    else
        w->lost = true;
    w->at = close + 1;
    if (others)
        add_others(s, &some);
    else
        add(s, 0, -1), *s = some;
}

static int class_item(struct writer *w, struct set *s)
{
    if (*w->at != '\\')
        return (unsigned char)*w->at++;
    w->at++;
    if (*w->at == 'p' || *w->at == 'P') {
        struct set some = { 0 };
        w->at++;
        property(w, &some, w->at[-1] == 'P');
        for (int c = 0; c < 128; c++)
            s->has[c] |= some.has[c];
        return -1;
    }
    if (add_escape(s, *w->at)) {
        w->at++;
        return -1;
    }
    return escaped_char(w);
}

static void class(struct writer *w, struct set *s)
{
    struct set items = { 0 };
    bool others = *w->at == '^';
    w->at += others;
    while (*w->at && *w->at != ']') {
        int first = class_item(w, &items), last = first;
        if (first >= 0 && w->at[0] == '-' && w->at[1] && w->at[1] != ']') {
            w->at++;
            last = class_item(w, &items);
            if (last < 0) {
                items.has['-'] = true;
                last = first;
            }
        }
        if (first >= 0)
            add(&items, first, last);
    }
    w->at += *w->at == ']';
    if (others)
        add_others(s, &items);
    else
        *s = items;
}

static void write_one(struct writer *w, const struct set *s)
{
    char some[128];
    unsigned plain = 0, count = 0;
    /* Letters and digits read best; the rest only when there are none. */
    for (int c = 0; c < 128; c++)
        if (s->has[c] &&
            ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')))
            some[plain++] = (char)c;
    for (int c = 1; c < 128 && !plain; c++)
        if (s->has[c])
            some[count++] = (char)c;
    count = plain ? plain : count;
    if (count)
        buffer_add_char(&w->out, some[chance_below(w->m->s->chance, count)]);
    else
        w->lost = true;
}

/* Behind "(": what kind of group, and whether its text counts. */
static bool group_counts(struct writer *w)
{
    if (*w->at != '?')
        return true;
    w->at++;
    if (*w->at == ':')
        return w->at++, true;
    if (w->at[0] == '<' && w->at[1] != '=' && w->at[1] != '!') {
        const char *close = strchr(w->at, '>');
        w->at = close ? close + 1 : w->at + strlen(w->at);
        return true;
    }
    w->at += *w->at == '<' ? 2 : 1;
    return false;
}

static void group(struct writer *w)
{
    size_t before = w->out.len;
    bool counts = group_counts(w);
    if (++w->depth > DEEPEST)
        w->lost = true;
    else
        alternatives(w);
    w->depth--;
    w->at += *w->at == ')';
    if (!counts && w->out.len > before)
        w->out.len = before;
}

static void atom(struct writer *w)
{
    struct set s = { 0 };
    char c = *w->at++;
    if (c == '(') {
        group(w);
    } else if (c == '[') {
        class(w, &s);
        write_one(w, &s);
    } else if (c == '.') {
        add(&s, 'a', 'z');
        write_one(w, &s);
    } else if (c == '\\' && (*w->at == 'b' || *w->at == 'B')) {
        w->at++;
    } else if (c == '\\' && (*w->at == 'p' || *w->at == 'P')) {
        w->at++;
        property(w, &s, w->at[-1] == 'P');
        write_one(w, &s);
    } else if (c == '\\' && add_escape(&s, *w->at)) {
        w->at++;
        write_one(w, &s);
    } else if (c == '\\') {
        int one = escaped_char(w);
        if (one > 0 && one < 128)
            buffer_add_char(&w->out, (char)one);
        else
            w->lost = true;
    } else if (c != '^' && c != '$') {
        buffer_add_char(&w->out, c);
    }
}

static bool braces(const char *p, unsigned long *least, unsigned long *most,
                   const char **end)
{
    char *e;
    if (p[0] != '{' || p[1] < '0' || p[1] > '9')
        return false;
    *least = *most = strtoul(p + 1, &e, 10);
    if (*e == ',') {
        p = e + 1;
        *most = strtoul(p, &e, 10);
        if (e == p)
            e++, *most = MOST_REPEATS;
        if (p[0] == '}')
            e = NULL, *end = p + 1;
    }
    if (e)
        *end = e + 1;
    return !e || *e == '}';
}

static unsigned long repeats(struct writer *w)
{
    unsigned long least = 1, most = 1;
    const char *end = w->at;
    if (*w->at == '*' || *w->at == '+' || *w->at == '?') {
        least = *w->at == '+';
        most = *w->at == '?' ? 1 : MOST_REPEATS;
        end++;
    } else if (!braces(w->at, &least, &most, &end)) {
        return 1;
    }
    w->at = end + (*end == '?');
    unsigned long n = least + w->more;
    n = n > most ? most : n;
    return n > MOST_REPEATS ? MOST_REPEATS : n;
}

static void term(struct writer *w)
{
    const char *start = w->at;
    size_t before = w->out.len;
    atom(w);
    const char *behind = w->at;
    unsigned long n = repeats(w);
    const char *next = w->at;
    if (n == 0 && w->out.len > before)
        w->out.len = before;
    for (; n > 1 && !w->lost && !w->out.full; n--) {
        w->at = start;
        atom(w);
    }
    w->at = behind < next ? next : behind;
}

/* Writes one alternative; the others are written too, and taken back. */
static void alternatives(struct writer *w)
{
    uint64_t seen = 0;
    size_t start = w->out.len;
    struct str kept = STR("");
    do {
        while (*w->at && *w->at != '|' && *w->at != ')' && !w->lost && !w->out.full)
            term(w);
        if (chance_below(w->m->s->chance, ++seen) == 0 && w->out.len >= start)
            kept =
                str(arena_copy(w->m->s->arena, str_from(buffer_str(&w->out), start)));
        w->out.len = w->out.len > start ? start : w->out.len;
    } while (*w->at == '|' && !w->lost && *w->at++);
    buffer_add(&w->out, kept);
}

const char *sample_of_pattern(struct maker *m, const char *pattern, unsigned more)
{
    struct writer w = { .m = m, .at = pattern, .more = more };
    if (strlen(pattern) > LONGEST)
        return NULL;
    w.out = buffer_in(m->s->arena, LONGEST);
    alternatives(&w);
    if (w.lost || w.out.full || *w.at)
        return NULL;
    return arena_copy(m->s->arena, buffer_str(&w.out));
}

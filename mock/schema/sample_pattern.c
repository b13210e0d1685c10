#include "schema/sample_parts.h"

#include "schema/sample_set.h"

#include <stdlib.h>

enum {
    LONGEST = 4096,
    DEEPEST = 32,
    MOST_REPEATS = 2000,
    MOST_GROUPS = 64,
    MOST_AHEAD = 8
};

/* Writes a text that a pattern should match. It believes that the pattern is one
 * (pattern.h refuses others) and promises nothing: sample_text matches what comes out.
 *
 * What must lie ahead is laid over what comes there, one behind the other: of
 * (?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8} the first character becomes a letter, the second a
 * digit. What must lie behind is written; what must not lie around is left to luck. */
struct writer {
    struct maker *m;
    const char *pattern, *at;
    struct buffer out;
    unsigned more, depth;
    bool lost; /* something that is not understood */
    struct {
        size_t place; /* of its parenthesis in the pattern */
        struct str name, text;
    } groups[MOST_GROUPS];
    unsigned group_count;
    struct {
        size_t at;
        struct str text;
    } ahead[MOST_AHEAD];
    unsigned ahead_count;
};

static void alternatives(struct writer *w);

static void write_one(struct writer *w, const struct set *s)
{
    uint32_t c = set_draw(s, w->m->s->chance);
    if (c == SET_NONE)
        w->lost = true;
    else
        utf8_add(&w->out, c);
}

/* ---- groups ---- */

/* The groups that remember what they match, in the order of their parentheses. */
static void find_groups(struct writer *w)
{
    bool in_class = false;
    for (const char *p = w->pattern; *p && w->group_count < MOST_GROUPS; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        } else if (in_class || *p == '[') {
            in_class = *p != ']';
        } else if (*p == '(' &&
                   (p[1] != '?' || (p[2] == '<' && p[3] != '=' && p[3] != '!'))) {
            const char *close = p[1] == '?' ? strchr(p, '>') : NULL;
            if (close)
                w->groups[w->group_count].name =
                    (struct str){ p + 3, (size_t)(close - p - 3) };
            w->groups[w->group_count++].place = (size_t)(p - w->pattern);
        }
    }
}

static struct str since(const struct writer *w, size_t start)
{
    struct str text = str_from(buffer_str(&w->out), start);
    return str(arena_copy(w->m->s->arena, text));
}

static void cut(struct writer *w, size_t len)
{
    if (w->out.len > len)
        w->out.len = len;
}

/* Behind "(": what kind of group, and where its own text starts. */
static char group_kind(struct writer *w)
{
    if (*w->at != '?')
        return '(';
    const char *p = w->at + 1;
    bool behind = p[0] == '<' && (p[1] == '=' || p[1] == '!');
    const char *close = *p == '<' && !behind ? strchr(p, '>') : NULL;
    w->at = close ? close + 1 : p + (behind ? 2 : 1);
    return close ? '(' : behind ? (p[1] == '=' ? 'b' : '!') : *p;
}

static void group(struct writer *w)
{
    size_t before = w->out.len, place = (size_t)(w->at - 1 - w->pattern);
    unsigned more = w->more;
    char kind = group_kind(w);
    if (++w->depth > DEEPEST) {
        w->lost = true;
    } else {
        if (kind == '=')
            w->more = 0;
        alternatives(w);
        w->more = more;
    }
    w->depth--;
    w->at += *w->at == ')';
    if (kind == '=' && w->ahead_count < MOST_AHEAD) {
        w->ahead[w->ahead_count].at = before;
        w->ahead[w->ahead_count++].text = since(w, before);
    }
    if (kind == '=' || kind == '!')
        cut(w, before);
    for (unsigned i = 0; kind == '(' && i < w->group_count; i++)
        if (w->groups[i].place == place)
            w->groups[i].text = since(w, before);
}

/* \1 and \k<name>; false for another escape. */
static bool back_reference(struct writer *w)
{
    char *end;
    if (w->at[0] == 'k' && w->at[1] == '<' && strchr(w->at, '>')) {
        const char *close = strchr(w->at, '>');
        struct str name = { w->at + 2, (size_t)(close - w->at - 2) };
        w->at = close + 1;
        for (unsigned i = 0; i < w->group_count; i++)
            if (str_equal(w->groups[i].name, name))
                buffer_add(&w->out, w->groups[i].text);
        return true;
    }
    if (*w->at < '1' || *w->at > '9')
        return false;
    unsigned long n = strtoul(w->at, &end, 10);
    w->at = end;
    if (n <= w->group_count)
        buffer_add(&w->out, w->groups[n - 1].text);
    return true;
}

static void atom(struct writer *w)
{
    struct set s = { .count = 0 };
    char c = *w->at;
    if (c == '^' || c == '$') {
        w->at++;
        return;
    }
    bool escaped = c == '\\';
    w->at += c == '(' || c == '[' || c == '.' || escaped;
    if (c == '(') {
        group(w);
        return;
    }
    if (escaped && (*w->at == 'b' || *w->at == 'B')) {
        w->at++;
        return;
    }
    if (escaped && back_reference(w))
        return;
    bool ok = true;
    if (c == '[')
        ok = set_class(&w->at, &s);
    else if (c == '.')
        set_add(&s, 'a', 'z');
    else
        ok = escaped ? set_escape(&w->at, &s, false) : set_char(&w->at, &s);
    if (ok)
        write_one(w, &s);
    else
        w->lost = true;
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
    if (n == 0)
        cut(w, before);
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
            kept = since(w, start);
        cut(w, start);
    } while (*w->at == '|' && !w->lost && *w->at++);
    buffer_add(&w->out, kept);
}

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] & 0x80)
            return false;
    return true;
}

static void lay_ahead(struct writer *w)
{
    size_t end = 0;
    for (unsigned i = 0; i < w->ahead_count; i++) {
        size_t at = w->ahead[i].at > end ? w->ahead[i].at : end;
        struct str text = w->ahead[i].text;
        end = at + text.len;
        if (end > w->out.len || !is_ascii(text) || !is_ascii(buffer_str(&w->out)))
            return;
        memcpy(w->out.ptr + at, text.ptr, text.len);
    }
}

const char *sample_of_pattern(struct maker *m, const char *pattern, unsigned more)
{
    struct writer *w = arena_take(m->s->arena, sizeof(*w));
    *w = (struct writer){ .m = m, .pattern = pattern, .at = pattern, .more = more };
    if (strlen(pattern) > LONGEST)
        return NULL;
    w->out = buffer_in(m->s->arena, LONGEST);
    find_groups(w);
    alternatives(w);
    if (w->lost || w->out.full || *w->at)
        return NULL;
    lay_ahead(w);
    return arena_copy(m->s->arena, buffer_str(&w->out));
}

#include "schema/ecma.h"

#include "base/limits.h"
#include "doc/json.h"
#include "schema/ecma_set.h"

#include <stdlib.h>

/* PCRE2 counts the code it makes in 16 bits, so little that is longer than this would
 * compile; and \S is two bytes here and two hundred there. */
enum { LONGEST = 64 * 1024, LONGEST_PCRE = 1024 * 1024, MOST_REPEATS = 65535 };

enum group_kind { GROUP_PLAIN, GROUP_AHEAD, GROUP_BEHIND };

/* Where something starts in what is written, and how many capturing groups had been
 * opened by then. */
struct mark {
    size_t out;
    unsigned captures;
};

struct open_group {
    enum group_kind kind;
    const char *at;
    struct mark start, branch; /* of the group, and of its alternative */
};

struct state {
    struct ecma_reader r;
    bool repeatable;   /* a quantifier may stand here */
    struct mark atom;  /* what it would repeat */
    struct str *names; /* of the capturing groups, from 1; empty when it has none */
    unsigned groups, captures;
    unsigned depth;
    struct open_group open[LIMIT_DEPTH];
};

static bool valid_text(const char *text, struct arena *arena)
{
    size_t len = strlen(text);
    char *copy = arena_copy(arena, (struct str){ text, len });
    for (char *p = copy; (p = strstr(p, "\xc0\x80"));)
        *p++ = '0', *p++ = '0';
    return utf8_valid((struct str){ copy, len });
}

static bool name_char(char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80 || (!first && c >= '0' && c <= '9');
}

/* The name in "<name>"; empty when there is none. */
static struct str group_name(const char *p)
{
    size_t len = 0;
    if (*p++ != '<')
        return STR("");
    while (name_char(p[len], len == 0))
        len++;
    return (struct str){ p, p[len] == '>' ? len : 0 };
}

static bool captures(const char *p)
{
    return p[1] != '?' || (p[2] == '<' && p[3] != '=' && p[3] != '!');
}

static unsigned group_named(const struct state *s, struct str name)
{
    for (unsigned i = 1; i <= s->groups; i++)
        if (s->names[i].len && str_equal(s->names[i], name))
            return i;
    return 0;
}

/* References may stand before their group, so the groups are numbered first. */
static bool find_groups(struct state *s, const char *text, struct arena *arena)
{
    size_t most = 1;
    for (const char *p = text; *p; p++)
        most += *p == '(';
    s->names = arena_array(arena, struct str, most);
    bool class = false;
    for (const char *p = text; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '[' || *p == ']')
            class = *p == '[';
        else if (*p == '(' && !class && captures(p)) {
            struct str name = p[1] == '?' ? group_name(p + 2) : STR("");
            s->r.at = p;
            if (name.len && group_named(s, name))
                return ecma_fail(&s->r, "two groups have the same name");
            s->names[++s->groups] = name;
        }
    }
    s->r.at = text;
    return true;
}

static struct mark here(const struct state *s)
{
    return (struct mark){ s->r.out.len, s->captures };
}

static void push_group(struct state *s, const char *at, struct mark start,
                       enum group_kind kind)
{
    s->open[s->depth++] = (struct open_group){ kind, at, start, here(s) };
}

static bool open_group(struct state *s)
{
    static const struct {
        const char *text;
        enum group_kind kind;
    } kinds[] = { { "(?:", GROUP_PLAIN },
                  { "(?=", GROUP_AHEAD },
                  { "(?!", GROUP_AHEAD },
                  { "(?<=", GROUP_BEHIND },
                  { "(?<!", GROUP_BEHIND } };
    const char *at = s->r.at;
    struct mark start = here(s);
    if (s->depth == LIMIT_DEPTH)
        return ecma_fail(&s->r, "groups are nested too deeply");
    s->repeatable = false;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (strncmp(at, kinds[i].text, strlen(kinds[i].text)) != 0)
            continue;
        s->r.at += strlen(kinds[i].text);
        buffer_add_text(&s->r.out, kinds[i].text);
        push_group(s, at, start, kinds[i].kind);
        return true;
    }
    if (at[1] == '?') {
        struct str name = group_name(at + 2);
        if (!name.len)
            return ecma_fail(&s->r, at[2] == '<' ? "the group's name is no name"
                                                 : "ECMA-262 has no such group");
        s->r.at = name.ptr + name.len;
    }
    s->r.at++;
    s->captures++;
    buffer_add_char(&s->r.out, '(');
    push_group(s, at, start, GROUP_PLAIN);
    return true;
}

static bool close_group(struct state *s)
{
    if (!s->depth)
        return ecma_fail(&s->r, "this ) closes no group");
    const struct open_group *g = &s->open[--s->depth];
    s->repeatable = g->kind != GROUP_BEHIND;
    s->atom = g->start;
    s->r.at++;
    buffer_add_char(&s->r.out, ')');
    return true;
}

static bool write_reference(struct state *s, unsigned long group)
{
    if (group == 0 || group > s->groups)
        return ecma_fail(&s->r, "it refers to a group that is not there");
    buffer_printf(&s->r.out, "\\g{%lu}", group);
    s->repeatable = true;
    return true;
}

static bool read_escape(struct state *s)
{
    char c = s->r.at[1];
    if (c == 'b' || c == 'B') {
        buffer_add(&s->r.out, (struct str){ s->r.at, 2 });
        s->r.at += 2;
        s->repeatable = false;
        return true;
    }
    if (c >= '1' && c <= '9') {
        char *end;
        unsigned long group = strtoul(s->r.at + 1, &end, 10);
        if (!write_reference(s, group))
            return false;
        s->r.at = end;
        return true;
    }
    if (c == 'k') {
        struct str name = group_name(s->r.at + 2);
        if (!write_reference(s, name.len ? group_named(s, name) : 0))
            return false;
        s->r.at = name.ptr + name.len + 1;
        return true;
    }
    s->repeatable = true;
    return ecma_escape(&s->r);
}

/* "{2}", "{2,}" or "{2,5}" at p: where it ends; NULL when the brace is only a brace. */
static const char *braces(const char *p, unsigned long *least, unsigned long *most)
{
    char *end;
    if (*p != '{' || p[1] < '0' || p[1] > '9')
        return NULL;
    *least = *most = strtoul(p + 1, &end, 10);
    if (*end == ',') {
        const char *second = end + 1;
        *most = MOST_REPEATS;
        if (*second >= '0' && *second <= '9')
            *most = strtoul(second, &end, 10);
        else
            end++;
    }
    return *end == '}' ? end + 1 : NULL;
}

/* How often the last atom is written where it need not be there as often as it may: at
 * the start of a lookbehind, or of an alternative of it. And never, where it may not be
 * there at all: for (?:$|^a){0}$ PCRE2 would look only at the start. Atoms that capture
 * are left alone, since the other groups would get new numbers. */
static bool repeat_exactly(struct state *s, unsigned long least, unsigned long most)
{
    bool behind = s->depth && s->open[s->depth - 1].kind == GROUP_BEHIND &&
                  s->atom.out == s->open[s->depth - 1].branch.out;
    if (s->captures != s->atom.captures || (!behind && most > 0))
        return false;
    if (least > 0)
        buffer_printf(&s->r.out, "{%lu}", least);
    else if (!s->r.out.full)
        s->r.out.len = s->atom.out;
    return true;
}

static bool read_atom(struct state *s)
{
    s->atom = here(s);
    s->repeatable = true;
    if (*s->r.at == '\\')
        return read_escape(s);
    if (*s->r.at == '[')
        return ecma_class(&s->r);
    if (*s->r.at == '.')
        ecma_write_dot(&s->r);
    else
        ecma_write_char(&s->r, ecma_next(&s->r));
    return true;
}

static bool read_quantifier(struct state *s)
{
    unsigned long least = *s->r.at == '+', most = MOST_REPEATS;
    const char *end = s->r.at + 1;
    if (*s->r.at == '{') {
        end = braces(s->r.at, &least, &most);
        if (!end)
            return read_atom(s);
        if (least > MOST_REPEATS || most > MOST_REPEATS)
            return ecma_fail(&s->r, "more than 65535 repetitions cannot be counted");
        if (least > most)
            return ecma_fail(&s->r, "the quantifier's bounds are out of order");
    }
    if (!s->repeatable)
        return ecma_fail(&s->r, "there is nothing to repeat");
    end += *end == '?';
    if (!repeat_exactly(s, least, most))
        buffer_add(&s->r.out, (struct str){ s->r.at, (size_t)(end - s->r.at) });
    s->r.at = end;
    s->repeatable = false;
    return true;
}

static bool read_mark(struct state *s)
{
    bool branch = *s->r.at == '|' && s->depth;
    buffer_add_char(&s->r.out, *s->r.at++);
    s->repeatable = false;
    if (branch)
        s->open[s->depth - 1].branch = here(s);
    return true;
}

static bool read_term(struct state *s)
{
    switch (*s->r.at) {
    case '^':
    case '$':
    case '|':
        return read_mark(s);
    case '(':
        return open_group(s);
    case ')':
        return close_group(s);
    case '*':
    case '+':
    case '?':
    case '{':
        return read_quantifier(s);
    default:
        return read_atom(s);
    }
}

static void read_all(struct state *s, unsigned *starts, const char *text)
{
    while (*s->r.at && !s->r.out.full) {
        const char *start = s->r.at;
        size_t before = s->r.out.len;
        if (!read_term(s))
            return;
        while (start < s->r.at)
            starts[start++ - text] = (unsigned)before;
    }
    if (s->r.out.full)
        ecma_fail(&s->r, "the pattern is too long");
    else if (s->depth) {
        s->r.at = s->open[s->depth - 1].at;
        ecma_fail(&s->r, "the group is not closed");
    }
}

struct ecma ecma_translate(const char *text, struct arena *arena)
{
    struct ecma e = { .text = text };
    struct state s = { .r = { .at = text, .out = buffer_in(arena, LONGEST_PCRE) } };
    size_t len = strlen(text);
    if (len > LONGEST)
        ecma_fail(&s.r, "the pattern is too long");
    else if (!valid_text(text, arena))
        ecma_fail(&s.r, "the pattern is not UTF-8");
    else if (find_groups(&s, text, arena)) {
        e.starts = arena_array(arena, unsigned, len + 1);
        read_all(&s, e.starts, text);
    }
    e.why = s.r.why;
    e.offset = (size_t)(s.r.at - text);
    e.pcre = buffer_str(&s.r.out);
    return e;
}

size_t ecma_offset(const struct ecma *e, size_t pcre_offset)
{
    size_t i = 0;
    while (e->text[i] && e->text[i + 1] && e->starts[i + 1] <= pcre_offset)
        i++;
    return i;
}

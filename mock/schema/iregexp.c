#include "schema/iregexp.h"

#include "base/limits.h"
#include "base/map.h"
#include "schema/pattern.h"
#include "schema/pattern_once.h"

#include <ctype.h>

struct reading {
    const char *p;
    struct buffer out;
};

static void copy(struct reading *r, size_t bytes)
{
    buffer_add(&r->out, (struct str){ r->p, bytes });
    r->p += bytes;
}

/* "{" QuantExact [ "," [ QuantExact ] ] "}" */
static bool read_range(struct reading *r)
{
    const char *p = r->p + 1, *digits = p;
    while (isdigit((unsigned char)*p))
        p++;
    if (p == digits)
        return false;
    if (*p == ',')
        for (p++; isdigit((unsigned char)*p);)
            p++;
    if (*p != '}')
        return false;
    copy(r, (size_t)(p + 1 - r->p));
    return true;
}

/* \p{L}, \P{Lu} and so on: r->p is at the backslash. */
static bool read_category(struct reading *r)
{
    static const char *const categories[] = { "Llmotu", "Mcen",  "Ndlo", "Pcdefios",
                                              "Zlps",   "Sckmo", "Ccfno" };
    const char *p = r->p + 2;
    if (*p++ != '{')
        return false;
    for (size_t i = 0; i < COUNT(categories); i++) {
        if (*p != categories[i][0])
            continue;
        if (*++p && strchr(categories[i] + 1, *p))
            p++;
        if (*p != '}')
            return false;
        copy(r, (size_t)(p + 1 - r->p));
        return true;
    }
    return false;
}

static bool is_category(const struct reading *r)
{
    return r->p[0] == '\\' && (r->p[1] == 'p' || r->p[1] == 'P');
}

/* SingleCharEsc */
static bool read_escape(struct reading *r)
{
    if (!r->p[1] || !strchr("()*+-.?[\\]^nrt{|}", r->p[1]))
        return false;
    copy(r, 2);
    return true;
}

/* CCchar */
static bool read_class_char(struct reading *r)
{
    if (*r->p == '\\')
        return read_escape(r);
    if (!*r->p || strchr("-[]", *r->p))
        return false;
    do
        copy(r, 1);
    while (((unsigned char)*r->p & 0xc0) == 0x80);
    return true;
}

static bool read_class(struct reading *r)
{
    copy(r, 1);
    if (*r->p == '^')
        copy(r, 1);
    const char *first = r->p;
    while (*r->p != ']') {
        if (*r->p == '-') {
            if (r->p != first && r->p[1] != ']')
                return false;
            buffer_add_char(&r->out, '\\');
            copy(r, 1);
        } else if (is_category(r)) {
            if (!read_category(r))
                return false;
        } else {
            if (!read_class_char(r))
                return false;
            if (*r->p == '-' && r->p[1] != ']') {
                copy(r, 1);
                if (!read_class_char(r))
                    return false;
            }
        }
    }
    if (r->p == first)
        return false;
    copy(r, 1);
    return true;
}

/* An atom that is neither an opening nor a closing parenthesis. */
static bool read_atom(struct reading *r)
{
    switch (*r->p) {
    case '.':
        r->p++;
        buffer_add_text(&r->out, "[^\\n\\r]");
        return true;
    case '[':
        return read_class(r);
    case '\\':
        return is_category(r) ? read_category(r) : read_escape(r);
    case ']':
    case '{':
    case '}':
        return false;
    default:
        do
            copy(r, 1);
        while (((unsigned char)*r->p & 0xc0) == 0x80);
        return true;
    }
}

static bool read_all(struct reading *r)
{
    unsigned open = 0;
    bool atom = false; /* something stands there that may be repeated */
    while (*r->p) {
        if (*r->p == '(') {
            r->p++;
            buffer_add_text(&r->out, "(?:");
            open++;
            atom = false;
        } else if (*r->p == ')') {
            if (!open--)
                return false;
            copy(r, 1);
            atom = true;
        } else if (*r->p == '|') {
            copy(r, 1);
            atom = false;
        } else if (strchr("*+?{", *r->p)) {
            if (!atom)
                return false;
            if (*r->p != '{')
                copy(r, 1);
            else if (!read_range(r))
                return false;
            atom = false;
        } else {
            if (!read_atom(r))
                return false;
            atom = true;
        }
    }
    return !open;
}

const char *iregexp_ecma(const char *text, bool whole, struct arena *arena)
{
    struct reading r = { text, buffer_in(arena, LIMIT_FILE_BYTES) };
    if (whole)
        buffer_add_text(&r.out, "^(?:");
    if (!read_all(&r))
        return NULL;
    if (whole)
        buffer_add_text(&r.out, ")$");
    return r.out.full ? NULL : buffer_str(&r.out).ptr;
}

/* ---- what JSONPath asks ---------------------------------------------------------- */

struct known {
    struct pattern *pattern; /* NULL: no I-Regexp */
};

struct iregexps {
    struct arena *arena;
    struct map *whole, *part; /* text → struct known */
    const char *refused;
};

struct iregexps *iregexps_new(struct arena *arena)
{
    struct iregexps *all = arena_take(arena, sizeof(*all));
    *all = (struct iregexps){ arena, map_new(arena), map_new(arena), NULL };
    return all;
}

/* Without machine code: its memory would outlive the arena. */
static const struct known *compiled(struct iregexps *all, const char *text, bool whole)
{
    struct map *m = whole ? all->whole : all->part;
    struct known *k = map_get(m, str(text));
    if (k)
        return k;
    const char *ecma = iregexp_ecma(text, whole, all->arena), *why;
    k = arena_take(all->arena, sizeof(*k));
    k->pattern = ecma ? pattern_compile_once(ecma, all->arena, &why) : NULL;
    if (!k->pattern && !all->refused)
        all->refused = arena_copy(all->arena, str(text));
    map_put(m, str(text), k);
    return k;
}

const char *iregexps_refused(const struct iregexps *all)
{
    return all->refused;
}

enum jsonpath_answer iregexps_match(void *context, const char *pattern,
                                    struct str subject, bool whole)
{
    struct iregexps *all = context;
    const struct known *k = compiled(all, pattern, whole);
    if (!k->pattern)
        return JSONPATH_DIFFERS;
    switch (pattern_match(k->pattern, subject, all->arena)) {
    case PATTERN_MATCHES:
        return JSONPATH_MATCHES;
    case PATTERN_DIFFERS:
        return JSONPATH_DIFFERS;
    case PATTERN_GAVE_UP:
        return JSONPATH_GAVE_UP;
    }
    return JSONPATH_GAVE_UP;
}

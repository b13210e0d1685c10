/* Queries, segments and selectors as they are written (RFC 9535, 2.1 to 2.5). */
#include "doc/jsonpath.h"

#include "base/limits.h"
#include "doc/jsonpath_parts.h"

/* [start] ":" [end] [":" [step]]; start was read. */
static bool read_slice(struct path_reader *r, struct selector *s)
{
    s->kind = SELECTOR_SLICE;
    s->step = 1;
    path_space(r);
    if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')) {
        s->has_end = true;
        if (!path_integer(r, &s->end))
            return false;
        path_space(r);
    }
    if (!path_take(r, ":"))
        return true;
    path_space(r);
    if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
        return path_integer(r, &s->step);
    return true;
}

static bool read_index(struct path_reader *r, struct selector *s)
{
    s->kind = SELECTOR_INDEX;
    s->has_start = true;
    if (!path_integer(r, &s->start))
        return false;
    const char *end = r->at;
    path_space(r);
    if (path_take(r, ":"))
        return read_slice(r, s);
    r->at = end;
    return true;
}

static bool read_filter(struct path_reader *r, struct selector *s)
{
    s->kind = SELECTOR_FILTER;
    path_space(r);
    if (!path_enter(r))
        return false;
    s->filter = path_filter(r);
    r->depth--;
    return s->filter != NULL;
}

static bool read_selector(struct path_reader *r, struct selector *s)
{
    if (*r->at == '"' || *r->at == '\'') {
        s->kind = SELECTOR_NAME;
        return path_string(r, &s->name);
    }
    if (path_take(r, "*")) {
        s->kind = SELECTOR_WILDCARD;
        return true;
    }
    if (path_take(r, "?"))
        return read_filter(r, s);
    if (path_take(r, ":"))
        return read_slice(r, s);
    if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
        return read_index(r, s);
    return path_wanted(r, r->at, "a name in quotes, an index, a slice, * or ?");
}

static struct selector *add_selector(struct path_reader *r, struct selector ***end)
{
    struct selector *s = arena_take(r->arena, sizeof(*s));
    **end = s;
    *end = &s->next;
    return s;
}

static bool read_brackets(struct path_reader *r, struct selector **end)
{
    do {
        path_space(r);
        if (!path_part(r) || !read_selector(r, add_selector(r, &end)))
            return false;
        path_space(r);
    } while (path_take(r, ","));
    return path_take(r, "]") || path_wanted(r, r->at, "',' or ']'");
}

static bool read_segment(struct path_reader *r, struct segment *segment)
{
    struct selector **end = &segment->selectors;
    segment->descendant = path_take(r, "..");
    if (!segment->descendant && *r->at == '.')
        r->at++;
    else if (path_take(r, "["))
        return read_brackets(r, end);
    struct selector *s = add_selector(r, &end);
    if (path_take(r, "*")) {
        s->kind = SELECTOR_WILDCARD;
        return true;
    }
    s->kind = SELECTOR_NAME;
    return path_name(r, &s->name);
}

static bool is_singular(const struct segment *segment)
{
    const struct selector *s = segment->selectors;
    return !segment->descendant && !s->next &&
           (s->kind == SELECTOR_NAME || s->kind == SELECTOR_INDEX);
}

bool path_query(struct path_reader *r, struct query *query)
{
    struct segment **end = &query->segments;
    query->relative = *r->at++ == '@';
    query->singular = true;
    for (;;) {
        const char *before = r->at;
        path_space(r);
        if (*r->at != '.' && *r->at != '[') {
            r->at = before; /* space belongs to a query only between its segments */
            return true;
        }
        struct segment *segment = arena_take(r->arena, sizeof(*segment));
        if (!path_part(r) || !read_segment(r, segment))
            return false;
        query->singular = query->singular && is_singular(segment);
        *end = segment;
        end = &segment->next;
    }
}

struct jsonpath *jsonpath_read(const char *text, struct arena *arena,
                               struct jsonpath_error *error)
{
    struct path_reader r = { .text = text, .at = text, .arena = arena, .error = error };
    struct jsonpath *path = arena_take(arena, sizeof(*path));
    if (!utf8_valid(str(text)))
        return path_wrong(&r, text, "expected text in UTF-8 without U+0000"), NULL;
    if (*text != '$')
        return path_wanted(&r, text, "$, with which a query starts"), NULL;
    if (!path_query(&r, &path->query))
        return NULL;
    if (*r.at)
        return path_wanted(&r, r.at, "'.', '..', '[' or the end"), NULL;
    return path;
}

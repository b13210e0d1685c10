#include "api/route.h"

#include "api/param_text.h"
#include "base/map.h"

/* A tree with one level a segment:
 *
 *     (root) ── "pets" ── "new"          literal edges: a map
 *                   └──── {id}           template edges: in order of literal text
 *                           └── "toys"
 */
struct piece {
    struct str text; /* a literal, or the name of a value */
    bool value;
};

struct edge {
    struct edge *next;
    struct piece *pieces;
    size_t count, literal;
    struct node *to;
};

struct node {
    struct map *literals; /* decoded text → struct node */
    struct edge *templates;
    const struct operation **operations;
    size_t operation_count;
};

struct routes {
    struct node *root;
};

static struct node *new_node(struct arena *arena)
{
    struct node *n = arena_take(arena, sizeof(*n));
    n->literals = map_new(arena);
    return n;
}

static struct edge *edge_of(struct str segment, struct arena *arena)
{
    struct edge *e = arena_take(arena, sizeof(*e));
    e->pieces = arena_array(arena, struct piece, segment.len + 1);
    while (segment.len) {
        const char *open = memchr(segment.ptr, '{', segment.len);
        const char *close =
            open ? memchr(open, '}', segment.len - (size_t)(open - segment.ptr)) : NULL;
        size_t literal = close ? (size_t)(open - segment.ptr) : segment.len;
        if (literal) {
            e->pieces[e->count++] = (struct piece){ { segment.ptr, literal }, false };
            e->literal += literal;
        }
        if (!close)
            break;
        struct str name = { open + 1, (size_t)(close - open - 1) };
        e->pieces[e->count++] = (struct piece){ name, true };
        segment = str_from(segment, (size_t)(close + 1 - segment.ptr));
    }
    return e;
}

static bool same_shape(const struct edge *a, const struct edge *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->pieces[i].value != b->pieces[i].value ||
            (!a->pieces[i].value && !str_equal(a->pieces[i].text, b->pieces[i].text)))
            return false;
    return true;
}

static struct node *template_child(struct node *n, struct str segment,
                                   struct arena *arena)
{
    struct edge *e = edge_of(segment, arena), **at = &n->templates;
    for (struct edge *old = n->templates; old; old = old->next)
        if (same_shape(old, e))
            return old->to;
    while (*at && (*at)->literal >= e->literal)
        at = &(*at)->next;
    e->next = *at;
    e->to = new_node(arena);
    *at = e;
    return e->to;
}

static struct node *child_for(struct node *n, struct str segment, struct arena *arena)
{
    if (segment.len && memchr(segment.ptr, '{', segment.len))
        return template_child(n, segment, arena);
    struct str text = segment;
    percent_decode(segment, false, arena, &text);
    struct node *next = map_get(n->literals, text);
    if (!next) {
        next = new_node(arena);
        map_put(n->literals, text, next);
    }
    return next;
}

static void add(struct node *n, const struct operation *op, struct arena *arena,
                struct err *err)
{
    struct str rest = str(op->path + 1), segment;
    while (str_split(&rest, '/', &segment))
        n = child_for(n, segment, arena);
    for (size_t i = 0; i < n->operation_count; i++)
        if (strcmp(n->operations[i]->method, op->method) == 0)
            err_set(err, api_where(op->api, op->pointer),
                    "the path \"%.100s\" means the same as \"%.100s\"", op->path,
                    n->operations[i]->path);
    const struct operation **list =
        arena_array(arena, const struct operation *, n->operation_count + 1);
    if (n->operation_count)
        memcpy(list, n->operations, n->operation_count * sizeof(*list));
    list[n->operation_count++] = op;
    n->operations = list;
}

const struct routes *routes_new(const struct api *api, struct arena *arena,
                                struct err *err)
{
    struct routes *r = arena_take(arena, sizeof(*r));
    r->root = new_node(arena);
    for (size_t i = 0; i < api->operation_count; i++)
        add(r->root, &api->operations[i], arena, err);
    return r;
}

/* ---- matching ---- */

struct matching {
    struct str method;
    struct arena *arena;
    struct route *route;
    struct buffer allow;
};

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The byte that "%27" at the start of s stands for; -1: there is none. */
static int escaped(struct str s)
{
    const int high = s.len > 2 && s.ptr[0] == '%' ? hex_of(s.ptr[1]) : -1;
    const int low = high < 0 ? -1 : hex_of(s.ptr[2]);
    return low < 0 ? -1 : high * 16 + low;
}

/* How much of s a literal of a template is; 0: s does not begin with it. A client may
 * have encoded any of it, as in items(%27a%27), but for the ':' before a custom method:
 * encoded, that is part of a value (Google AIP-136). */
static size_t literal_in(struct str s, struct str literal)
{
    size_t at = 0;
    for (size_t i = 0; i < literal.len; i++) {
        const char c = literal.ptr[i];
        if (at < s.len && s.ptr[at] == c)
            at++;
        else if (c != ':' && escaped(str_from(s, at)) == (unsigned char)c)
            at += 3;
        else
            return 0;
    }
    return at;
}

/* Whether a segment fits a template; its values go behind the ones already there. */
static bool fits(const struct edge *e, size_t piece, struct str s, struct route *route,
                 size_t count)
{
    if (piece == e->count) {
        route->count = count;
        return s.len == 0;
    }
    const struct piece *p = &e->pieces[piece];
    const size_t literal = p->value ? 0 : literal_in(s, p->text);
    if (!p->value)
        return literal && fits(e, piece + 1, str_from(s, literal), route, count);
    if (count == LIMIT_PATH_PARAMS)
        return false;
    /* The last value takes all; one before a literal, as little as will do. */
    for (size_t len = piece + 1 == e->count ? s.len : 1; len && len <= s.len; len++) {
        route->values[count] = (struct str){ s.ptr, len };
        if (fits(e, piece + 1, str_from(s, len), route, count + 1))
            return true;
    }
    return false;
}

/* Adds a method to the list, once. */
static void allow(struct matching *m, const char *method)
{
    struct str rest = buffer_str(&m->allow), one;
    while (rest.len && str_split(&rest, ',', &one))
        if (str_is(str_trim(one), method))
            return;
    buffer_printf(&m->allow, "%s%s", m->allow.len ? ", " : "", method);
}

/* The names that the operation's own template gives to the values; another template of
 * the same shape may name them otherwise. */
static void name_values(struct route *route)
{
    size_t i = 0;
    for (const char *p = route->operation->path; i < route->count; i++) {
        const char *open = strchr(p, '{'), *close = strchr(open, '}');
        route->names[i] = (struct str){ open + 1, (size_t)(close - open - 1) };
        p = close;
    }
}

/* The operation of a method; HEAD is answered as GET (RFC 9110, 9.3.2). */
static const struct operation *operation_of(const struct node *n, struct str method)
{
    const struct operation *get = NULL;
    for (size_t i = 0; i < n->operation_count; i++) {
        if (str_is(method, n->operations[i]->method))
            return n->operations[i];
        if (strcmp(n->operations[i]->method, "GET") == 0)
            get = n->operations[i];
    }
    return str_is(method, "HEAD") ? get : NULL;
}

static bool arrive(struct matching *m, const struct node *n)
{
    if (!n->operation_count)
        return false;
    m->route->path_known = true;
    m->route->operation = operation_of(n, m->method);
    for (size_t i = 0; !m->route->operation && i < n->operation_count; i++) {
        allow(m, n->operations[i]->method);
        if (strcmp(n->operations[i]->method, "GET") == 0)
            allow(m, "HEAD");
    }
    return m->route->operation;
}

static bool descend(struct matching *m, const struct node *n, struct str rest)
{
    struct str segment, text;
    if (!str_split(&rest, '/', &segment))
        return arrive(m, n);
    size_t count = m->route->count;
    /* A segment that cannot be decoded is no literal; as a value, it is told later. */
    const struct node *literal = percent_decode(segment, false, m->arena, &text)
                                     ? map_get(n->literals, text)
                                     : NULL;
    if (literal && descend(m, literal, rest))
        return true;
    for (const struct edge *e = n->templates; e; e = e->next) {
        m->route->count = count;
        if (segment.len && fits(e, 0, segment, m->route, count) &&
            descend(m, e->to, rest))
            return true;
    }
    m->route->count = count;
    return false;
}

void routes_match(const struct routes *routes, struct str method, struct str path,
                  struct arena *arena, struct route *route)
{
    struct matching m = { .method = method, .arena = arena, .route = route };
    m.allow = buffer_in(arena, LIMIT_HEAD_BYTES);
    route->operation = NULL;
    route->path_known = false;
    route->count = 0;
    if (path.len && path.ptr[0] == '/')
        descend(&m, routes->root, str_from(path, 1));
    if (route->operation)
        name_values(route);
    route->allow = buffer_str(&m.allow).ptr;
}

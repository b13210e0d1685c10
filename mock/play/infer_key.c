#include "play/infer_parts.h"

#include "doc/pointer.h"
#include "play/echo.h"
#include "play/member.h"

/* The param of the path that stands for the key; NULL where calls carry it otherwise.
 */
static const struct deed *keyed(const struct group *g)
{
    for (const struct deed *d = g->deeds; d; d = d->next)
        if (d->param)
            return d;
    return NULL;
}

static const struct param *param_of(const struct deed *d)
{
    for (size_t i = 0; d && i < d->op->param_count; i++)
        if (d->op->params[i].in == PARAM_PATH &&
            strcmp(d->op->params[i].name, d->param) == 0)
            return &d->op->params[i];
    return NULL;
}

static const struct member *member_plain(struct finding_out *f, const struct group *g,
                                         const char *plain)
{
    const struct members *all = view_members(&f->look, g->schema);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        unsigned types = view_types(&f->look, m->view);
        bool scalar = !(types & (TYPE_OBJECT | TYPE_ARRAY | TYPE_BOOLEAN));
        if (scalar && strcmp(name_plain(f->look.arena, str(m->name)), plain) == 0)
            return m;
    }
    return NULL;
}

/* A link settles it: the item's parameter is that member of what created it. */
static const struct member *by_link(struct finding_out *f, const struct group *g)
{
    for (const struct hint *h = f->hints; h; h = h->next)
        for (const struct deed *to = g->deeds; to; to = to->next)
            for (const struct deed *from = g->deeds; from; from = from->next) {
                if (h->op != to->op || h->from != from->op || !to->param ||
                    strcmp(h->param, to->param) != 0 || !from->at)
                    continue;
                size_t n = strlen(from->at);
                if (strncmp(h->pointer, from->at, n) != 0 || h->pointer[n] != '/' ||
                    strchr(h->pointer + n + 1, '/'))
                    continue;
                const struct member *m =
                    view_member(&f->look, g->schema, h->pointer + n + 1);
                if (m)
                    return m;
            }
    return NULL;
}

/* "ip" of "reserved_ip", "Name" of "fileName"; "" where there is but one word, or a
 * choice of two ("idOrName"). */
static const char *last_word(const char *name)
{
    const char *last = "";
    for (const char *c = name; *c; c++) {
        const bool small = c > name && c[-1] >= 'a' && c[-1] <= 'z';
        if ((*c == '_' || *c == '-') && c[1])
            last = c + 1;
        else if (small && *c >= 'A' && *c <= 'Z')
            last = c;
        else
            continue;
        if (strncmp(last, "or_", 3) == 0 || strncmp(last, "Or", 2) == 0)
            return "";
    }
    return last;
}

static const struct member *by_param(struct finding_out *f, const struct group *g,
                                     const char *param)
{
    struct arena *arena = f->look.arena;
    const char *plain = name_plain(arena, str(param));
    const char *noun = name_singular(arena, str(g->noun));
    size_t n = strlen(noun), len = strlen(plain);
    const struct member *m = member_plain(f, g, plain);
    if (!m && len > n && strncmp(plain, noun, n) == 0)
        m = member_plain(f, g, plain + n);
    if (!m && len > 2 && strcmp(plain + len - 2, "id") == 0)
        m = member_plain(f, g, "id");
    /* {promotion_code} is whatever a promotion code is called by: its id. */
    if (!m && *last_word(param) &&
        (strcmp(plain, noun) != 0 || !member_plain(f, g, "id")))
        m = member_plain(f, g, name_plain(arena, str(last_word(param))));
    return m;
}

/* The same instances found at another path: its parameter says what the key is. */
static const struct member *by_sibling(struct finding_out *f, const struct group *g)
{
    for (const struct group *o = f->groups; o; o = o->next)
        if (o != g && o->deeds && keyed(o) && view_is_same(o->schema, g->schema))
            return by_param(f, o, keyed(o)->param);
    return NULL;
}

/* In /repos/{owner}/{repo} a text is no number that the server gave. */
static bool is_no_key(struct finding_out *f, const struct group *g,
                      const struct member *m, const struct param *param)
{
    const size_t n = g->path ? strlen(g->path) : 0;
    const unsigned whole = TYPE_INTEGER | TYPE_NUMBER;
    return n > 3 && strcmp(g->path + n - 3, "/{}") == 0 && param &&
           param->types == TYPE_STRING && !(view_types(&f->look, m->view) & ~whole);
}

static bool takes(const struct schema *s, const char *text, struct arena *arena)
{
    return !s || schema_check(s, json_string(arena, str(text)), DIRECTION_NONE, "",
                              arena, NULL);
}

/* Where new keys come from: the simplest text that the schema and the path allow. NULL:
 * a sample. */
static const char *source_of(struct finding_out *f, const struct group *g,
                             const struct view *key, const struct param *param)
{
    struct arena *arena = f->look.arena;
    unsigned types = key ? view_types(&f->look, *key) : param ? param->types : 0;
    const char *sequence = arena_printf(arena, "$sequence.%s", g->name);
    const char *format = key ? json_member_text(key->node, "format") : NULL;
    const char *noun = name_singular(arena, str(g->noun));
    const struct schema *plan = key ? infer_schema(f->look.api, key->place) : NULL;
    const struct schema *also = param ? param->plan : NULL;
    if ((types & (TYPE_INTEGER | TYPE_NUMBER)) && !(types & TYPE_STRING))
        return sequence;
    const struct {
        const char *example, *text;
    } ways[] = {
        { "00000000-0000-4000-8000-000000000000", "$uuid" },
        { arena_printf(arena, "%s-1", noun),
          arena_printf(arena, "%s-{%s}", noun, sequence) },
        { "00000000-0000-4000-8000-000000000000", "$uuid" },
        { "1", arena_printf(arena, "{%s}", sequence) },
    };
    for (size_t i = format && strcmp(format, "uuid") == 0 ? 0 : 1; i < COUNT(ways); i++)
        if (takes(plan, ways[i].example, arena) && takes(also, ways[i].example, arena))
            return ways[i].text;
    return NULL;
}

/* Whether the path wants keys of a pattern that the member knows nothing of. */
static bool is_astray(struct finding_out *f, const struct group *g,
                      const struct member *m, const struct param *param)
{
    const char *wanted = param ? json_member_text(param->schema, "pattern") : NULL;
    const char *own = json_member_text(m->view.node, "pattern");
    return wanted && !(own && strcmp(own, wanted) == 0) &&
           !source_of(f, g, &m->view, param);
}

const char *infer_called(struct finding_out *f, const struct group *g)
{
    for (const struct deed *d = g->deeds; d; d = d->next)
        if (d->role != ROLE_LIST && d->at && *d->at && !strchr(d->at + 1, '/'))
            return name_plain(f->look.arena, str(d->at));
    return name_singular(f->look.arena, str(g->noun));
}

/* The one member of a format that the path wants, too, and few things have: {ipv6}. */
static const struct member *by_format(struct finding_out *f, const struct group *g,
                                      const struct param *param)
{
    static const char *const formats[] = { "ipv4", "ipv6", "email", "hostname" };
    const struct members *all = view_members(&f->look, g->schema);
    const char *wanted = param ? json_member_text(param->schema, "format") : NULL;
    const struct member *only = NULL;
    if (!wanted || !name_is_one_of(wanted, formats, COUNT(formats)))
        return NULL;
    for (size_t i = 0; i < all->count; i++) {
        const char *own = json_member_text(all->list[i].view.node, "format");
        if (!own || strcmp(own, wanted) != 0)
            continue;
        if (only)
            return NULL;
        only = &all->list[i];
    }
    return only;
}

static const struct member *by_custom(struct finding_out *f, const struct group *g,
                                      const struct param *param)
{
    struct arena *arena = f->look.arena;
    const char *noun = name_singular(arena, str(g->noun)), *called = infer_called(f, g);
    const char *const names[] = {
        "id",
        "uuid",
        arena_printf(arena, "%sid", noun),
        arena_printf(arena, "%suuid", noun),
        arena_printf(arena, "%sid", called),
        "uid",
        "guid",
        "key",
        "slug",
        "code",
        "number",
        "name",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct member *m = member_plain(f, g, names[i]);
        if (m && !is_no_key(f, g, m, param) && !is_astray(f, g, m, param))
            return m;
    }
    const struct members *all = view_members(&f->look, g->schema);
    for (size_t i = 0; i < all->count; i++) {
        const char *format = json_member_text(all->list[i].view.node, "format");
        if (all->list[i].read_only && format && strcmp(format, "uuid") == 0)
            return &all->list[i];
    }
    return by_format(f, g, param);
}

/* Whether the client names them, and each call says whose they are. */
static bool is_within(struct finding_out *f, const struct group *g,
                      const struct member *m)
{
    bool named = infer_is_writable(f, g, m->name) && !m->read_only;
    for (const struct deed *d = g->deeds; d; d = d->next) {
        bool one = d->param || d->role == ROLE_CREATE;
        if (one && (!d->parent_count || d->parent_count != g->deeds->parent_count))
            return false;
        named = named || (d->param && d->role == ROLE_REPLACE &&
                          operation_status(d->op, 201, 201));
    }
    return named && keyed(g);
}

void infer_key(struct finding_out *f, struct group *g)
{
    struct arena *arena = f->look.arena;
    if (g->single) {
        g->key_hidden = true;
        g->key = INFER_ASIDE;
        g->key_why = "there is one; it is kept aside";
        return;
    }
    const struct deed *d = keyed(g);
    const struct param *param = param_of(d);
    const struct member *m = by_link(f, g);
    const char *why = "a link names it";
    if (!m && d) {
        m = by_param(f, g, d->param);
        why = arena_printf(arena, "the path's {%s}", d->param);
    }
    if (!m && !d) {
        m = by_sibling(f, g);
        why = "as elsewhere";
    }
    if (!m) {
        m = by_custom(f, g, param);
        why = "its name";
    }
    if (g->own) {
        g->key = g->own->key;
        g->key_why = "the behaviour file says so";
        return;
    }
    if (!m && member_free(g->schema.node)) {
        bool id = !d || strcmp(d->param, "id") == 0 || echo_names_id(d->param);
        g->key = pointer_join(arena, "", id ? "id" : d->param);
        g->key_default = source_of(f, g, NULL, param);
        why = d ? arena_printf(arena, "the path's {%s}", d->param) : "as ever";
    } else if (m) {
        g->key = pointer_join(arena, "", m->name);
        g->key_default = source_of(f, g, &m->view, param);
        g->within = g->key_default && is_within(f, g, m);
        if (g->within)
            why = arena_printf(arena, "%s, of one parent", why);
    } else {
        g->key_hidden = true;
        g->key = INFER_ASIDE;
        why = "no member is one; it is kept aside";
        g->key_default = source_of(f, g, NULL, param);
        if (!g->key_default && param && param->schema)
            g->key_plan = infer_unexampled(
                &f->look, view_of(&f->look, param->schema, param->schema_pointer));
    }
    g->key_why =
        arena_printf(arena, "%s; new ones: %s", why,
                     g->key_default ? g->key_default : "a sample of its schema");
}

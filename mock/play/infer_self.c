#include "play/infer_parts.h"

#include "base/limits.h"
#include "doc/pointer.h"

bool infer_is_links(struct finding_out *f, const struct member *m)
{
    return strcmp(name_plain(f->look.arena, str(m->name)), "links") == 0 &&
           view_is_object(&f->look, m->view);
}

static const struct member *links_in(struct finding_out *f, struct view v)
{
    const struct members *all = view_members(&f->look, v);
    for (size_t i = 0; i < all->count; i++)
        if (infer_is_links(f, &all->list[i]))
            return &all->list[i];
    return NULL;
}

/* Whether a link is a text; else it may be an object with one called href. */
static bool is_text(struct finding_out *f, const struct member *link)
{
    const unsigned types = view_types(&f->look, link->view);
    return !types || types & TYPE_STRING;
}

static const struct member *href_in(struct finding_out *f, const struct member *link)
{
    return view_member(&f->look, link->view, "href");
}

static bool is_absolute(const struct member *m)
{
    static const char *const formats[] = { "uri", "iri", "url" };
    const char *format = json_member_text(m->view.node, "format");
    return format && name_is_one_of(format, formats, COUNT(formats));
}

/* ---- instances ---- */

/* The member that a value of an item's path is kept in; NULL: none. */
static const char *kept_in(const struct group *g, const struct deed *get,
                           struct str param)
{
    if (get->param && str_is(param, get->param))
        return g->key;
    for (size_t i = 0; i < get->parent_count; i++)
        if (str_is(param, get->parents[i].param))
            return get->parents[i].member;
    return NULL;
}

/* The path of reading one, with what the instance has for its values. */
static char *path_of(struct finding_out *f, const struct group *g,
                     const struct deed *get, bool absolute)
{
    struct buffer b = buffer_in(f->look.arena, LIMIT_HEAD_BYTES);
    const char *rest = get->op->path, *open;
    buffer_add_text(&b, absolute ? "http://{$request.header.host}{$base}" : "{$base}");
    while ((open = strchr(rest, '{'))) {
        const char *close = strchr(open, '}');
        const struct str name = { open + 1, close ? (size_t)(close - open - 1) : 0 };
        const char *at = close ? kept_in(g, get, name) : NULL;
        if (!at)
            return NULL;
        buffer_printf(&b, "%.*s{$segment[$item#%s]}", (int)(open - rest), rest, at);
        rest = close + 1;
    }
    buffer_add_text(&b, rest);
    return arena_copy(f->look.arena, buffer_str(&b));
}

/* Whether the mock alone sets all of a member. */
static bool is_owned(const struct record_collection *c, const char *name)
{
    for (unsigned i = 0; i < c->owned_count; i++)
        if (c->owned[i][0] == '/' && strcmp(c->owned[i] + 1, name) == 0)
            return true;
    return false;
}

void infer_self(struct finding_out *f, struct group *g, struct record_collection *c)
{
    struct arena *arena = f->look.arena;
    const struct deed *get = deed_of(g, ROLE_GET);
    const struct member *links = links_in(f, g->schema);
    const struct member *self =
        links ? view_member(&f->look, links->view, "self") : NULL;
    const struct member *href = self ? href_in(f, self) : NULL;
    if (!get || !self || (!is_text(f, self) && !href))
        return;
    const char *at = pointer_join(arena, pointer_join(arena, "", links->name), "self");
    if (!is_text(f, self))
        at = pointer_join(arena, at, "href");
    char *to = path_of(f, g, get, is_absolute(is_text(f, self) ? self : href));
    if (!to)
        return;
    infer_add_default(arena, c, at, to);
    g->self = at;
    if (!is_owned(c, links->name))
        c->owned = infer_one_more(arena, c->owned, &c->owned_count, at);
}

/* ---- what is around them ---- */

/* Puts a URL at a link: alone, or as an object with it, which has its own expression.
 * NULL: nothing is known. */
static void put_link(struct finding_out *f, const struct member *link, cJSON *links,
                     const char *url, const char *object)
{
    struct arena *arena = f->look.arena;
    if (url && is_text(f, link)) {
        json_set(arena, links, link->name, json_string(arena, str(url)));
    } else if (object && href_in(f, link)) {
        json_set(arena, links, link->name, json_string(arena, str(object)));
    } else if (url && href_in(f, link)) {
        cJSON *one = json_object(arena);
        json_set(arena, one, "href", json_string(arena, str(url)));
        json_set(arena, links, link->name, one);
    }
}

void infer_page_links(struct finding_out *f, const struct member *m,
                      const struct record_step *list, cJSON *links)
{
    static const struct {
        const char *plain, *url, *whole, *object;
    } words[] = { { "next", "$page#/next_url", "$page#/next_uri", "$page#/next_link" },
                  { "prev", "$page#/prev_url", "$page#/prev_uri", "$page#/prev_link" },
                  { "previous", "$page#/prev_url", "$page#/prev_uri",
                    "$page#/prev_link" } };
    struct arena *arena = f->look.arena;
    const struct members *all = view_members(&f->look, m->view);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *link = &all->list[i];
        const char *plain = name_plain(arena, str(link->name));
        if (strcmp(plain, "self") == 0)
            put_link(f, link, links, "$target", NULL);
        for (size_t n = 0; list->turn && n < COUNT(words); n++)
            if (strcmp(plain, words[n].plain) == 0)
                put_link(f, link, links,
                         is_absolute(link) ? words[n].whole : words[n].url,
                         words[n].object);
    }
}

/* Where one is read or changed, that is where the call went. */
void infer_own_links(struct finding_out *f, const struct group *g, const struct deed *d,
                     cJSON *into)
{
    struct arena *arena = f->look.arena;
    const struct member *m = links_in(f, d->whole);
    const struct member *self = m ? view_member(&f->look, m->view, "self") : NULL;
    const char *url = d->role == ROLE_GET ? "$target"
                      : g->self           ? arena_printf(arena, "$one#%s", g->self)
                      : d->param          ? "$url"
                                          : NULL;
    cJSON *links = json_object(arena);
    if (!self || !url || !*d->at || json_member(into, m->name))
        return;
    put_link(f, self, links, url, NULL);
    if (links->child)
        json_set(arena, into, m->name, links);
}

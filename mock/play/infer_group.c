#include "play/infer_parts.h"

#include "doc/pointer.h"
#include "play/member.h"

struct deed *deed_of(const struct group *g, enum role role)
{
    for (struct deed *d = g->deeds; d; d = d->next)
        if (d->role == role)
            return d;
    return NULL;
}

/* ---- roles ---- */

static bool role_of_verb(const char *verb, enum role *role)
{
    static const struct {
        const char *verb;
        enum role role;
    } verbs[] = {
        { "create", ROLE_CREATE },   { "add", ROLE_CREATE },
        { "new", ROLE_CREATE },      { "insert", ROLE_CREATE },
        { "get", ROLE_GET },         { "info", ROLE_GET },
        { "read", ROLE_GET },        { "show", ROLE_GET },
        { "retrieve", ROLE_GET },    { "list", ROLE_LIST },
        { "all", ROLE_LIST },        { "update", ROLE_UPDATE },
        { "edit", ROLE_UPDATE },     { "patch", ROLE_UPDATE },
        { "modify", ROLE_UPDATE },   { "delete", ROLE_DELETE },
        { "remove", ROLE_DELETE },   { "destroy", ROLE_DELETE },
        { "replace", ROLE_REPLACE },
    };
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (strcmp(verbs[i].verb, verb) == 0) {
            *role = verbs[i].role;
            return true;
        }
    return false;
}

/* "pets.create": what before the last dot is done what behind it. */
static bool by_name(struct look *l, const char *text, const char **noun,
                    enum role *role)
{
    const char *dot = text ? strrchr(text, '.') : NULL;
    if (!dot || dot == text || !dot[1])
        return false;
    *noun = arena_copy(l->arena, (struct str){ text, (size_t)(dot - text) });
    return role_of_verb(name_plain(l->arena, str(dot + 1)), role);
}

static bool by_method(const struct operation *op, const struct trail *w,
                      enum role *role)
{
    static const struct {
        const char *method;
        bool item;
        enum role role;
    } rows[] = {
        { "POST", false, ROLE_CREATE },  { "GET", false, ROLE_LIST },
        { "GET", true, ROLE_GET },       { "PUT", true, ROLE_REPLACE },
        { "PATCH", true, ROLE_UPDATE },  { "POST", true, ROLE_UPDATE },
        { "DELETE", true, ROLE_DELETE }, { "PUT", false, ROLE_REPLACE },
        { "PATCH", false, ROLE_UPDATE }, { "DELETE", false, ROLE_DELETE },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (strcmp(op->method, rows[i].method) == 0 &&
            rows[i].item == (w->last != NULL)) {
            *role = rows[i].role;
            return true;
        }
    return false;
}

/* ---- groups ---- */

static struct group *group_at(struct finding_out *f, const char *path, const char *noun,
                              bool named)
{
    struct arena *arena = f->look.arena;
    const char *key = named ? arena_printf(arena, "by name %s", path) : path;
    struct group *g = map_get(f->by_path, str(key));
    if (g)
        return g;
    g = arena_take(arena, sizeof(*g));
    g->noun = noun;
    g->path = named ? NULL : path;
    g->last = &g->deeds;
    map_put(f->by_path, str(key), g);
    *f->last_group = g;
    f->last_group = &g->next;
    return g;
}

static void add_deed(struct finding_out *f, struct group *g, const struct operation *op,
                     enum role role, const struct trail *w)
{
    struct deed *d = arena_take(f->look.arena, sizeof(*d));
    d->op = op;
    d->role = role;
    d->claimed = f->claimed[op->index];
    d->status = role == ROLE_CREATE && operation_status(op, 201, 201)
                    ? 201
                    : operation_success(op);
    d->whole = view_answer(&f->look, op, d->status);
    if (w) {
        d->param = w->last;
        d->parent_count = w->parent_count;
        memcpy(d->parents, w->parents, sizeof(d->parents));
    }
    *g->last = d;
    g->last = &d->next;
}

/* "/recipient/create": what before the last slash is done what behind it. */
static bool by_last_word(struct look *l, const struct trail *w, const char **of,
                         enum role *role)
{
    const char *slash = w->noun && !w->last ? strrchr(w->path, '/') : NULL;
    if (!slash || slash == w->path || w->parent_count || w->strange)
        return false;
    *of = arena_copy(l->arena, (struct str){ w->path, (size_t)(slash - w->path) });
    return role_of_verb(name_plain(l->arena, str(w->noun)), role);
}

/* Whether such words make and find what the path before them calls: one alone
 * ("/cart/add") may mean anything. */
static bool is_spoken_of(struct finding_out *f, const char *path)
{
    bool makes = false, finds = false;
    for (size_t i = 0; i < f->look.api->operation_count && !(makes && finds); i++) {
        const struct operation *op = &f->look.api->operations[i];
        const size_t n = strlen(path);
        struct trail w;
        enum role role;
        const char *of;
        if (strncmp(op->path, path, n) != 0 || op->path[n] != '/')
            continue;
        trail_read(&f->look, op->path, &w);
        if (!by_last_word(&f->look, &w, &of, &role) || strcmp(of, path) != 0)
            continue;
        makes = makes || role == ROLE_CREATE;
        finds = finds || role == ROLE_GET || role == ROLE_LIST;
    }
    return makes && finds;
}

static void put_into_group(struct finding_out *f, const struct operation *op)
{
    struct look *l = &f->look;
    struct trail w;
    enum role role;
    const char *noun, *id = strchr(op->id, ' ') ? NULL : op->id;
    trail_read(l, op->path, &w);
    if (!w.last && w.noun && by_name(l, w.noun, &noun, &role)) {
        w.last = NULL;
        add_deed(f, group_at(f, noun, noun, true), op, role, NULL);
        return;
    }
    if (!w.last && by_name(l, id, &noun, &role)) {
        add_deed(f, group_at(f, noun, noun, true), op, role, NULL);
        return;
    }
    if (by_last_word(l, &w, &noun, &role) && is_spoken_of(f, noun)) {
        add_deed(f, group_at(f, noun, strrchr(noun, '/') + 1, true), op, role, NULL);
        return;
    }
    if (!w.last && w.noun && strchr(w.noun, '.'))
        f->in->why[op->index] =
            "its name is none for create, get, list, update or delete";
    else if (w.strange)
        f->in->why[op->index] = "its path is not that of a collection or an item";
    else if (!by_method(op, &w, &role))
        f->in->why[op->index] = "its method on such a path has no usual meaning";
    else
        add_deed(f, group_at(f, w.path, w.noun, false), op, role, &w);
}

/* ---- what is in an answer ---- */

static bool may_wrap(struct finding_out *f, const struct group *g, const char *name,
                     bool rows)
{
    static const char *const one[] = { "data",     "item",    "result",
                                       "object",   "record",  "entity",
                                       "resource", "payload", "response" };
    static const char *const many[] = { "data",    "items",   "results",  "records",
                                        "values",  "entries", "list",     "rows",
                                        "content", "objects", "elements", "resources",
                                        "edges",   "nodes",   "member" };
    const char *plain = name_plain(f->look.arena, str(name));
    return name_is_same(f->look.arena, str(name), str(g->noun)) ||
           (rows ? name_is_one_of(plain, many, COUNT(many))
                 : name_is_one_of(plain, one, COUNT(one)));
}

static bool looks_right(struct finding_out *f, struct view v, bool rows)
{
    if (!rows)
        return view_is_object(&f->look, v);
    return view_is_array(&f->look, v) &&
           view_is_object(&f->look, view_items(&f->look, v));
}

/* Whether the member tells how the call went, and nothing of what it was about. */
static bool is_about_the_call(struct finding_out *f, const struct member *m)
{
    static const char *const names[] = { "ok",       "success",   "successful",
                                         "error",    "errors",    "warning",
                                         "warnings", "message",   "messages",
                                         "msg",      "requestid", "responsemetadata" };
    return name_is_one_of(name_plain(f->look.arena, str(m->name)), names, COUNT(names));
}

/* The member of an answer that the instance, or the rows, are in. */
static const struct member *wrapped(struct finding_out *f, const struct group *g,
                                    struct view v, bool rows)
{
    const struct members *all = view_members(&f->look, v);
    const struct member *only = NULL;
    size_t fitting = 0, aside = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        const bool named = name_is_same(f->look.arena, str(m->name), str(g->noun));
        if (!named && is_about_the_call(f, m)) {
            aside++;
            continue;
        }
        if (!looks_right(f, m->view, rows) || infer_is_links(f, m))
            continue;
        if (may_wrap(f, g, m->name, rows))
            return m;
        if (g->schema.node &&
            view_is_same(rows ? view_items(&f->look, m->view) : m->view, g->schema))
            return m;
        only = m;
        fitting++;
    }
    return fitting == 1 && (rows || all->count - aside == 1) ? only : NULL;
}

/* Takes the instance (or, of a list, the rows) out of an answer: part and at. */
void infer_unwrap(struct finding_out *f, const struct group *g, struct deed *d)
{
    bool rows = d->role == ROLE_LIST;
    struct arena *arena = f->look.arena;
    d->at = NULL;
    d->part = (struct view){ NULL, "" };
    if (rows && looks_right(f, d->whole, true)) {
        d->at = "";
        d->part = view_items(&f->look, d->whole);
        return;
    }
    if (!view_is_object(&f->look, d->whole))
        return;
    if (!rows && g->schema.node && view_is_same(d->whole, g->schema)) {
        d->at = "";
        d->part = d->whole;
        return;
    }
    const struct member *m = wrapped(f, g, d->whole, rows);
    const struct members *all = view_members(&f->look, d->whole);
    /* An instance may have a member called data; what has an id is no envelope. */
    bool envelope = m && (rows || !view_member(&f->look, d->whole, "id"));
    if (envelope) {
        d->at = pointer_join(arena, "", m->name);
        d->part = rows ? view_items(&f->look, m->view) : m->view;
    } else if (!rows && (all->count || member_free(d->whole.node))) {
        d->at = "";
        d->part = d->whole;
    } else if (rows) {
        for (size_t i = 0; i < all->count && !d->part.node; i++) {
            struct view v = all->list[i].view;
            const bool may =
                view_is_object(&f->look, v) && !infer_is_links(f, &all->list[i]);
            const struct member *deep = may ? wrapped(f, g, v, true) : NULL;
            if (!deep)
                continue;
            d->at = pointer_join(arena, pointer_join(arena, "", all->list[i].name),
                                 deep->name);
            d->part = view_items(&f->look, deep->view);
        }
    }
}

bool infer_is_instance(struct finding_out *f, const struct group *g,
                       const struct deed *d)
{
    if (!d->part.node)
        return false;
    if (view_is_same(d->part, g->schema) ||
        (member_free(g->schema.node) && member_free(d->part.node)))
        return true;
    if (!g->key_hidden && view_member(&f->look, d->part, g->key + 1))
        return true;
    const struct members *all = view_members(&f->look, d->part);
    size_t common = 0;
    for (size_t i = 0; i < all->count; i++)
        common += view_member(&f->look, g->schema, all->list[i].name) != NULL;
    return common * 2 > all->count;
}

/* The schema of the instances: what reading one gives, or the nearest to it. */
void infer_find_schema(struct finding_out *f, struct group *g)
{
    static const enum role order[] = { ROLE_GET, ROLE_CREATE, ROLE_REPLACE, ROLE_UPDATE,
                                       ROLE_LIST };
    /* One that says nothing will do where none says more. */
    for (size_t i = 0; i < 2 * COUNT(order); i++)
        for (struct deed *d = g->deeds; d && !g->schema.node; d = d->next) {
            if (d->role != order[i % COUNT(order)])
                continue;
            infer_unwrap(f, g, d);
            if (d->part.node && (view_members(&f->look, d->part)->count ||
                                 (i >= COUNT(order) && member_free(d->part.node))))
                g->schema = d->part;
        }
    for (struct deed *d = g->deeds; d; d = d->next)
        infer_unwrap(f, g, d);
}

/* POST /animals/search finds; without a collection of animals it makes nothing. */
static bool is_a_question(struct finding_out *f, const struct group *g)
{
    static const char *const words[] = { "search", "query", "find", "filter",
                                         "lookup" };
    return g->path && !deed_of(g, ROLE_GET) &&
           name_is_one_of(name_plain(f->look.arena, str(g->noun)), words, COUNT(words));
}

static const char *not_viable(struct finding_out *f, const struct group *g)
{
    bool own = infer_own(f, g) != NULL, makes = g->single;
    for (const struct deed *d = g->deeds; d; d = d->next)
        makes = makes || ((d->role == ROLE_CREATE || d->role == ROLE_REPLACE) &&
                          (own || !d->claimed));
    bool reads = deed_of(g, ROLE_GET) || deed_of(g, ROLE_LIST);
    bool changes = deed_of(g, ROLE_UPDATE) || deed_of(g, ROLE_DELETE);
    if (!reads && !changes)
        return "nothing reads what it would make";
    if (!makes || is_a_question(f, g))
        return "no operation makes what it speaks of";
    if (!g->schema.node || !view_is_object(&f->look, g->schema) ||
        (!view_members(&f->look, g->schema)->count && !member_free(g->schema.node)))
        return "no answer says what an instance looks like";
    return NULL;
}

void infer_groups(struct finding_out *f)
{
    const struct api *api = f->look.api;
    for (size_t i = 0; i < api->operation_count; i++)
        put_into_group(f, &api->operations[i]);
    for (struct group *g = f->groups; g; g = g->next)
        infer_find_schema(f, g);
    infer_join(f);
    for (struct group *g = f->groups; g; g = g->next) {
        const char *why = g->deeds ? not_viable(f, g) : NULL;
        if (!why)
            continue;
        for (struct deed *d = g->deeds; d; d = d->next)
            f->in->why[d->op->index] = why;
        g->deeds = NULL;
    }
}

#include "play/infer_parts.h"

/* Some of g's deeds were taken out. */
static void find_end(struct group *g)
{
    for (g->last = &g->deeds; *g->last;)
        g->last = &(*g->last)->next;
}

/* ---- /owners/{id}/pets ---- */

/* Where the first of two values says whose an instance is (/repos/{owner}/{repo}), it
 * is the one below which others are made (/orgs/{org}/repos). */
static void share_parents(struct group *g, const struct group *o)
{
    const struct deed *get = deed_of(o, ROLE_GET);
    for (struct deed *d = g->deeds; d; d = d->next)
        for (size_t i = 0; i < d->parent_count && d->parent_count == get->parent_count;
             i++)
            if (!get->parents[i].item)
                d->parents[i].member = get->parents[i].member;
}

/* Whether what is made below an item of o, of the same kind of body, is of o's kind,
 * too: /tasks/{id}/subtasks has tasks. */
static bool makes_the_same(struct finding_out *f, const struct group *g,
                           const struct group *o)
{
    const size_t n = strlen(o->path);
    if (strncmp(g->path, o->path, n) != 0 || strncmp(g->path + n, "/{}/", 4) != 0)
        return false;
    const struct deed *a = deed_of(g, ROLE_CREATE), *b = deed_of(o, ROLE_CREATE);
    struct view sent = a ? view_body(&f->look, a->op) : (struct view){ NULL, "" };
    struct view also = b ? view_body(&f->look, b->op) : (struct view){ NULL, "" };
    const struct members *in = view_members(&f->look, sent);
    const struct members *too = view_members(&f->look, also);
    if (in->count == 1 && too->count == 1 &&
        view_is_object(&f->look, in->list[0].view)) {
        sent = in->list[0].view;
        also = too->list[0].view;
    }
    return view_is_same(sent, also);
}

/* A nested path without items of its own may speak of the items of another
 * (/pets/{id}). */
static void join_nested(struct finding_out *f, struct group *g)
{
    if (deed_of(g, ROLE_GET) || !g->deeds || !g->path || !g->schema.node)
        return;
    for (struct group *o = f->groups; o; o = o->next) {
        if (o == g || !o->path || !deed_of(o, ROLE_GET) ||
            !view_is_same(o->schema, g->schema) ||
            !(name_is_same(f->look.arena, str(o->noun), str(g->noun)) ||
              makes_the_same(f, g, o)))
            continue;
        share_parents(g, o);
        *o->last = g->deeds;
        o->last = g->last;
        g->deeds = NULL;
        g->last = &g->deeds;
        return;
    }
}

/* ---- /pets/findByStatus, /pets/createWithList ---- */

static bool is_search(struct finding_out *f, const char *noun)
{
    static const char *const verbs[] = { "find",   "search", "query",   "list",
                                         "filter", "lookup", "batchget" };
    const char *plain = name_plain(f->look.arena, str(noun));
    for (size_t i = 0; i < COUNT(verbs); i++)
        if (strncmp(plain, verbs[i], strlen(verbs[i])) == 0)
            return true;
    return false;
}

/* Whether the call may carry something that is called as a member of o's is. */
static bool filters(struct finding_out *f, const struct group *o,
                    const struct operation *op)
{
    const struct inputs *all = infer_inputs(f, op);
    const char *at;
    for (size_t i = 0; i < all->count; i++)
        if (infer_named(f, o, &all->list[i], &at))
            return true;
    return false;
}

static bool sends_many(struct finding_out *f, const struct group *o,
                       const struct deed *d)
{
    struct view items = view_items(&f->look, view_body(&f->look, d->op));
    const struct deed *makes = deed_of(o, ROLE_CREATE);
    return view_is_same(items, o->schema) ||
           (makes && view_is_same(items, view_body(&f->look, makes->op)));
}

/* Whether d, at a word below the collection o, lists or makes instances of it. */
static bool is_about(struct finding_out *f, const struct group *g,
                     const struct group *o, struct deed *d)
{
    const enum role role = d->role;
    const bool search = is_search(f, g->noun);
    if (d->param)
        return false;
    if (role == ROLE_CREATE && sends_many(f, o, d)) {
        infer_unwrap(f, o, d);
        return true;
    }
    if (role != ROLE_LIST && !(role == ROLE_CREATE && search))
        return false;
    d->role = ROLE_LIST;
    infer_unwrap(f, o, d);
    if (view_is_same(d->part, o->schema) && (search || filters(f, o, d->op)))
        return true;
    d->role = role;
    infer_unwrap(f, g, d);
    return false;
}

/* Those of g's deeds that belong to o become o's. */
static void move_deeds(struct finding_out *f, struct group *g, struct group *o,
                       bool (*belongs)(struct finding_out *f, const struct group *g,
                                       const struct group *o, struct deed *d))
{
    for (struct deed **at = &g->deeds; *at;) {
        struct deed *d = *at;
        if (!belongs(f, g, o, d)) {
            at = &d->next;
            continue;
        }
        *at = d->next;
        d->next = NULL;
        *o->last = d;
        o->last = &d->next;
    }
    find_end(g);
}

static void join_word(struct finding_out *f, struct group *g)
{
    const char *slash = g->path ? strrchr(g->path, '/') : NULL;
    struct group *o =
        slash ? map_get(f->by_path, (struct str){ g->path, (size_t)(slash - g->path) })
              : NULL;
    if (!o || !o->deeds || !o->schema.node || !deed_of(o, ROLE_GET))
        return;
    move_deeds(f, g, o, is_about);
}

/* ---- /orders/{id}/cancel ---- */

/* Whether all that the call sends is called as members of o's instances are. */
static bool sends_members(struct finding_out *f, const struct group *o,
                          const struct operation *op)
{
    const struct members *sent = view_members(&f->look, view_body(&f->look, op));
    for (size_t i = 0; i < sent->count; i++)
        if (!view_member(&f->look, o->schema, sent->list[i].name))
            return false;
    return sent->count > 0;
}

/* Whether d does something to an instance of o and answers with it. What an example
 * shows is more than we know. */
static bool acts_on(struct finding_out *f, const struct group *g, const struct group *o,
                    struct deed *d)
{
    const struct media *m = reply_json(operation_reply(d->op, d->status));
    const struct deed *get = deed_of(o, ROLE_GET);
    const enum role role = d->role;
    bool changes = role == ROLE_CREATE || role == ROLE_REPLACE || role == ROLE_UPDATE;
    if (d->param || !changes || !m || m->example_count ||
        d->parent_count != get->parent_count + 1)
        return false;
    d->role = sends_members(f, o, d->op) ? ROLE_UPDATE : ROLE_ACT;
    infer_unwrap(f, o, d);
    if (view_is_same(d->part, o->schema)) {
        d->param = d->parents[--d->parent_count].param;
        return true;
    }
    d->role = role;
    infer_unwrap(f, g, d);
    return false;
}

/* A word behind an item at which nothing is read is something that is done to it. */
static void join_action(struct finding_out *f, struct group *g)
{
    static const char item[] = "/{}";
    const char *slash = g->path ? strrchr(g->path, '/') : NULL;
    const size_t n = slash ? (size_t)(slash - g->path) : 0, tail = sizeof(item) - 1;
    struct group *o = NULL;
    if (n > tail && strncmp(slash - tail, item, tail) == 0)
        o = map_get(f->by_path, (struct str){ g->path, n - tail });
    if (!o || !o->schema.node || !deed_of(o, ROLE_GET) ||
        !deed_of(o, ROLE_GET)->param || deed_of(g, ROLE_LIST) || deed_of(g, ROLE_GET))
        return;
    move_deeds(f, g, o, acts_on);
}

/* ---- /settings ---- */

static bool is_at_item(const struct group *g)
{
    for (const struct deed *d = g->deeds; d; d = d->next)
        if (d->param)
            return true;
    return false;
}

static bool is_about_itself(const struct deed *d)
{
    return !d->param && (d->role == ROLE_REPLACE || d->role == ROLE_UPDATE ||
                         d->role == ROLE_DELETE);
}

/* What is read whole and changed whole at one path is a thing of which there is one. */
static bool is_single(struct finding_out *f, const struct group *g)
{
    const struct deed *read = deed_of(g, ROLE_LIST);
    bool same = false, changes = false;
    if (!read || !view_is_object(&f->look, read->whole) ||
        !view_members(&f->look, read->whole)->count || infer_own(f, g))
        return false;
    for (const struct deed *d = g->deeds; d; d = d->next) {
        bool change = d->role == ROLE_REPLACE || d->role == ROLE_UPDATE;
        changes = changes || change;
        same =
            same || (change && (view_is_same(view_body(&f->look, d->op), read->whole) ||
                                view_is_same(d->whole, read->whole)));
    }
    return changes && (same || !read->part.node);
}

/* Whether a call at the collection's own path says which instance it is about. */
static bool names_one(struct finding_out *f, const struct group *g,
                      const struct deed *d)
{
    struct arena *arena = f->look.arena;
    const char *noun = name_singular(arena, str(g->noun)), *plain = NULL;
    for (const struct deed *e = g->deeds; e && !plain; e = e->next)
        plain = e->param ? name_plain(arena, str(e->param)) : NULL;
    size_t n = strlen(noun);
    bool noun_first = plain && strncmp(plain, noun, n) == 0 && plain[n];
    const char *const names[] = { "id", arena_printf(arena, "%sid", noun),
                                  plain ? plain : "id", noun_first ? plain + n : "id" };
    return infer_input(f, d->op, names, COUNT(names)) != NULL;
}

/* Takes out of g what speaks of its path but of no instance. */
static void drop_pointless(struct finding_out *f, struct group *g)
{
    const bool items = is_at_item(g);
    for (struct deed **at = &g->deeds; *at;) {
        struct deed *d = *at;
        if (!is_about_itself(d) || (items && names_one(f, g, d))) {
            at = &d->next;
            continue;
        }
        f->in->why[d->op->index] =
            items ? "nothing in the call names one instance"
                  : "its method on such a path has no usual meaning";
        *at = d->next;
    }
    find_end(g);
}

static void settle_single(struct finding_out *f, struct group *g)
{
    bool itself = false;
    for (const struct deed *d = g->deeds; d; d = d->next)
        itself = itself || is_about_itself(d);
    if (!g->path || !itself)
        return;
    g->single = !is_at_item(g) && is_single(f, g);
    if (!g->single) {
        drop_pointless(f, g);
        return;
    }
    for (struct deed *d = g->deeds; d; d = d->next)
        if (d->role == ROLE_LIST)
            d->role = ROLE_GET;
    g->schema = (struct view){ NULL, "" };
    infer_find_schema(f, g);
}

void infer_join(struct finding_out *f)
{
    for (struct group *g = f->groups; g; g = g->next)
        join_action(f, g);
    for (struct group *g = f->groups; g; g = g->next)
        settle_single(f, g);
    for (struct group *g = f->groups; g; g = g->next)
        join_nested(f, g);
    for (struct group *g = f->groups; g; g = g->next)
        join_word(f, g);
}

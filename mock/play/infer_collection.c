#include "play/infer_parts.h"

#include "doc/pointer.h"

char **infer_one_more(struct arena *arena, char **list, unsigned *count,
                      const char *text)
{
    char **more = arena_array(arena, char *, *count + 1);
    if (*count)
        memcpy(more, list, *count * sizeof(*more));
    more[(*count)++] = arena_copy(arena, str(text));
    return more;
}

static bool holds_time(struct finding_out *f, const struct member *m)
{
    unsigned types = view_types(&f->look, m->view);
    const char *format = json_member_text(m->view.node, "format");
    if (format && types & TYPE_STRING)
        return strcmp(format, "date-time") == 0;
    return types & (TYPE_STRING | TYPE_INTEGER);
}

static bool is_created(const char *plain)
{
    static const char *const names[] = { "createdat",    "created",     "createdon",
                                         "createdate",   "createddate", "creationtime",
                                         "creationdate", "datecreated", "createtime",
                                         "timecreated",  "insertedat",  "createdtime" };
    return name_is_one_of(plain, names, COUNT(names));
}

static bool is_updated(const char *plain)
{
    static const char *const names[] = {
        "updatedat",    "updated",      "updatedon",      "modifiedat",  "modified",
        "modifieddate", "lastmodified", "updatetime",     "lastupdated", "dateupdated",
        "updateddate",  "modifiedon",   "lastmodifiedat", "updatedtime", "changedat"
    };
    return name_is_one_of(plain, names, COUNT(names));
}

/* A JSON Patch may set any. */
bool infer_is_writable(struct finding_out *f, const struct group *g, const char *name)
{
    bool bodies = false;
    for (const struct deed *d = g->deeds; d; d = d->next) {
        struct view body = view_body(&f->look, d->op);
        if (!body.node || d->role == ROLE_LIST || d->role == ROLE_GET ||
            d->role == ROLE_DELETE || d->role == ROLE_ACT)
            continue;
        bodies = true;
        if (view_is_array(&f->look, body) && d->role != ROLE_CREATE)
            return true;
        if (view_is_array(&f->look, body))
            body = view_items(&f->look, body);
        const struct members *all = view_members(&f->look, body);
        const struct member *m = view_member(&f->look, body, name);
        if (!all->count || (m && !m->read_only))
            return true;
        for (size_t i = 0; i < all->count; i++)
            if (view_is_object(&f->look, all->list[i].view) &&
                view_member(&f->look, all->list[i].view, name))
                return true;
    }
    return !bodies;
}

/* OpenAPI 3.0.4, 4.7.24.1: a default is what the receiver takes for a value that is not
 * there: as the request's schema says, else the instance's. */
char *infer_default(struct finding_out *f, const struct group *g,
                    const struct member *m)
{
    struct arena *arena = f->look.arena;
    const cJSON *given = NULL;
    for (const struct deed *d = g->deeds; d && !given; d = d->next) {
        bool makes = d->role == ROLE_CREATE || d->role == ROLE_REPLACE;
        struct view body =
            makes ? view_body(&f->look, d->op) : (struct view){ NULL, "" };
        const struct member *sent = view_member(&f->look, body, m->name);
        given = sent ? sent->given : NULL;
    }
    given = given ? given : m->given;
    if (!given || json_is_null(given))
        return NULL;
    /* Asked for only now: what is no schema, and so has no default, would be a mistake.
     */
    const struct schema *own = infer_schema(f->look.api, m->view.place);
    if (own && !schema_check(own, given, DIRECTION_NONE, "", arena, NULL))
        return NULL;
    const char *text =
        json_is_string(given) ? given->valuestring : json_text(given, arena).ptr;
    /* A fixture could not say these: an expression, and "5" where 5 may stand too. */
    struct json_error ignored;
    bool strange =
        json_is_string(given) &&
        view_types(&f->look, m->view) & ~(unsigned)(TYPE_STRING | TYPE_NULL) &&
        json_read(str(text), 1, arena, &ignored);
    return strange || strchr(text, '$') ? NULL : arena_copy(arena, str(text));
}

/* What a list shows unless it is asked for something else is what new instances are
 * like: open issues, available pets. By the name of the member; NULL: none. */
static struct map *listed_defaults(struct finding_out *f, const struct group *g)
{
    struct map *found = NULL;
    const char *at;
    for (const struct deed *d = g->deeds; d; d = d->next) {
        const struct inputs *all = d->role == ROLE_LIST ? infer_inputs(f, d->op) : NULL;
        for (size_t i = 0; all && i < all->count; i++) {
            const struct input *in = &all->list[i];
            const char *given = json_member_text(in->view.node, "default");
            bool filters = given && *given && !strchr(given, '$') &&
                           strcmp(given, "all") != 0 && !infer_is_paging(in);
            const struct member *m = filters ? infer_named(f, g, in, &at) : NULL;
            if (m && !found)
                found = map_new(f->look.arena);
            if (m)
                map_put(found, str(m->name), arena_copy(f->look.arena, str(given)));
        }
    }
    return found;
}

void infer_add_default(struct arena *arena, struct record_collection *c, const char *at,
                       char *to)
{
    struct record_set *more =
        arena_array(arena, struct record_set, c->defaults_count + 1);
    if (c->defaults_count)
        memcpy(more, c->defaults, c->defaults_count * sizeof(*more));
    more[c->defaults_count++] =
        (struct record_set){ .at = arena_copy(arena, str(at)), .to = to };
    c->defaults = more;
}

static void add_default(struct finding_out *f, const struct group *g,
                        struct record_collection *c, const struct member *m,
                        const char *at)
{
    char *to = infer_default(f, g, m);
    if (!to && m->required) /* it would be a sample */
        to = map_get(g->listed, str(m->name));
    if (to && strcmp(at, g->key) != 0)
        infer_add_default(f->look.arena, c, at, to);
}

static void add_member(struct finding_out *f, const struct group *g,
                       struct record_collection *c, const struct member *m,
                       const char *at, bool writable)
{
    static const char *const versions[] = { "version", "revision", "objectversion",
                                            "lockversion" };
    struct arena *arena = f->look.arena;
    const char *plain = name_plain(arena, str(m->name));
    if (!writable)
        c->owned = infer_one_more(arena, c->owned, &c->owned_count, at);
    if (is_created(plain) && holds_time(f, m))
        c->created = infer_one_more(arena, c->created, &c->created_count, at);
    else if (is_updated(plain) && holds_time(f, m))
        c->updated = infer_one_more(arena, c->updated, &c->updated_count, at);
    else if (!writable && view_types(&f->look, m->view) == TYPE_INTEGER &&
             !c->version && name_is_one_of(plain, versions, COUNT(versions)))
        c->version = arena_copy(arena, str(at));
    else
        add_default(f, g, c, m, at);
}

static void add_members(struct finding_out *f, const struct group *g,
                        struct record_collection *c)
{
    struct arena *arena = f->look.arena;
    const struct members *all = view_members(&f->look, g->schema);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        const char *at = pointer_join(arena, "", m->name);
        bool writable = !m->read_only && infer_is_writable(f, g, m->name);
        if (strcmp(at, g->key) != 0 || !writable)
            add_member(f, g, c, m, at, writable);
    }
    const struct member *in = view_attributes(&f->look, g->schema);
    const struct members *inner = in ? view_members(&f->look, in->view) : NULL;
    for (size_t i = 0; inner && i < inner->count; i++) {
        const struct member *m = &inner->list[i];
        const char *at =
            pointer_join(arena, pointer_join(arena, "", in->name), m->name);
        add_member(f, g, c, m, at, !m->read_only);
    }
}

/* What is sent of an instance: the whole body, an item of it, or what one member wraps.
 */
static struct view sent_view(struct finding_out *f, const struct group *g,
                             const struct deed *d)
{
    struct view v = view_body(&f->look, d->op);
    if (view_is_array(&f->look, v))
        v = view_items(&f->look, v);
    const struct member *wrapper = view_wrapper(&f->look, v, g->schema);
    return wrapper ? wrapper->view : v;
}

/* What may be sent, but no instance is said to have (a password, a mask of what is to
 * change), is not sent back. */
static void add_unseen(struct finding_out *f, const struct group *g,
                       struct record_collection *c)
{
    struct arena *arena = f->look.arena;
    for (const struct deed *d = g->deeds; d; d = d->next) {
        bool makes =
            d->role == ROLE_CREATE || d->role == ROLE_REPLACE || d->role == ROLE_UPDATE;
        const struct members *all = view_members(
            &f->look, makes ? sent_view(f, g, d) : (struct view){ NULL, "" });
        for (size_t i = 0; i < all->count; i++) {
            const char *at = pointer_join(arena, "", all->list[i].name);
            bool known = view_member(&f->look, g->schema, all->list[i].name);
            for (unsigned h = 0; h < c->hidden_count; h++)
                known = known || strcmp(c->hidden[h], at) == 0;
            if (!known)
                c->hidden = infer_one_more(arena, c->hidden, &c->hidden_count, at);
        }
    }
}

/* What the path calls those that the value is one of: "users" of /users/{id}. */
static struct str noun_of(const struct parent *p)
{
    struct str item = str(p->item ? p->item : "");
    if (item.len > 3 && strcmp(item.ptr + item.len - 3, "/{}") == 0)
        item.len -= 3;
    size_t at = item.len;
    while (at && item.ptr[at - 1] != '/')
        at--;
    return str_from(item, at);
}

/* Whether both may hold the same value. */
static bool may_agree(struct finding_out *f, const struct deed *d, const char *param,
                      const struct member *m)
{
    const unsigned whole = TYPE_INTEGER | TYPE_NUMBER;
    unsigned its = view_types(&f->look, m->view), types = 0;
    for (size_t i = 0; i < d->op->param_count; i++)
        if (d->op->params[i].in == PARAM_PATH &&
            strcmp(d->op->params[i].name, param) == 0)
            types = d->op->params[i].types;
    if (its & (TYPE_OBJECT | TYPE_ARRAY))
        return false;
    return !its || !types || its & types || (its & whole && types & whole);
}

/* The member that says whose an instance is: called as the path's value is, or after
 * what that is one of: user_id, and idUser, for /users/{id}. NULL: none. */
static const struct member *member_of_parent(struct finding_out *f,
                                             const struct group *g,
                                             const struct deed *d,
                                             const struct parent *p)
{
    struct arena *arena = f->look.arena;
    const char *plain = name_plain(arena, str(p->param));
    const char *noun = name_singular(arena, noun_of(p));
    const char *const names[] = { strlen(plain) > 2 ? plain : "",
                                  *noun ? arena_printf(arena, "%s%s", noun, plain) : "",
                                  *noun ? arena_printf(arena, "%sid", noun) : "",
                                  *noun ? arena_printf(arena, "id%s", noun) : "" };
    const struct members *all = view_members(&f->look, g->schema);
    for (size_t n = 0; n < COUNT(names); n++)
        for (size_t i = 0; *names[n] && i < all->count; i++) {
            const struct member *m = &all->list[i];
            if (strcmp(name_plain(arena, str(m->name)), names[n]) == 0 &&
                may_agree(f, d, p->param, m))
                return m;
        }
    return NULL;
}

/* A value of the path that instances have as a member is kept there, else aside. */
static void settle_parents(struct finding_out *f, struct group *g,
                           struct record_collection *c)
{
    struct arena *arena = f->look.arena;
    for (struct deed *d = g->deeds; d; d = d->next)
        for (size_t i = 0; i < d->parent_count; i++) {
            struct parent *p = &d->parents[i];
            const struct member *m = member_of_parent(f, g, d, p);
            if (m)
                p->member = pointer_join(arena, "", m->name);
            bool known = strncmp(p->member, "/path.", 6) != 0;
            for (unsigned h = 0; h < c->hidden_count; h++)
                known = known || strcmp(c->hidden[h], p->member) == 0;
            if (!known)
                c->hidden =
                    infer_one_more(arena, c->hidden, &c->hidden_count, p->member);
        }
}

/* Two of one parent have two keys; two of two parents may have the same. */
static void add_unique(struct finding_out *f, struct group *g,
                       struct record_collection *c)
{
    struct arena *arena = f->look.arena;
    struct record_unique *u = c->unique = arena_take(arena, sizeof(*u));
    c->unique_count = 1;
    for (size_t i = 0; i < g->deeds->parent_count; i++)
        u->pointers = infer_one_more(arena, u->pointers, &u->pointers_count,
                                     g->deeds->parents[i].member);
    u->pointers = infer_one_more(arena, u->pointers, &u->pointers_count, g->key);
}

/* A new key of a parent is drawn until it is new among all: a sequence gives one
 * number to both members. */
static void add_key(struct finding_out *f, struct group *g, struct record_collection *c)
{
    struct arena *arena = f->look.arena;
    struct record_behaviour *r = f->record;
    if (g->key_hidden || g->within)
        c->hidden = infer_one_more(arena, c->hidden, &c->hidden_count, INFER_ASIDE);
    if (g->within)
        add_unique(f, g, c);
    if (!g->key_default)
        return;
    c->defaults = arena_take(arena, 2 * sizeof(*c->defaults));
    const char *at[] = { g->key, INFER_ASIDE };
    for (size_t i = 0; i < (g->within ? 2 : 1); i++)
        c->defaults[c->defaults_count++] =
            (struct record_set){ .at = arena_copy(arena, str(at[i])),
                                 .to = arena_copy(arena, str(g->key_default)) };
    if (strstr(g->key_default, "$sequence."))
        r->sequences[r->sequences_count++] =
            (struct record_sequence){ arena_copy(arena, str(g->name)), 1 };
}

static void tell(struct finding_out *f, struct group *g,
                 const struct record_collection *c)
{
    struct buffer paths = buffer_in(f->look.arena, LIMIT_HEAD_BYTES);
    struct buffer note = buffer_in(f->look.arena, LIMIT_HEAD_BYTES);
    struct inferred *to = g->told;
    for (const struct deed *d = g->deeds; d; d = d->next) {
        bool said = false;
        for (const struct deed *e = g->deeds; e != d; e = e->next)
            said = said || strcmp(e->op->path, d->op->path) == 0;
        if (!said)
            buffer_printf(&paths, "%s%s", paths.len ? ", " : "", d->op->path);
    }
    const struct {
        const char *word;
        char *const *list;
        unsigned count;
    } lists[] = { { "kept aside", c->hidden, c->hidden_count },
                  { "made at", c->created, c->created_count },
                  { "changed at", c->updated, c->updated_count },
                  { "set by the mock alone", c->owned, c->owned_count } };
    for (size_t i = 0; i < COUNT(lists); i++)
        for (unsigned j = 0; j < lists[i].count; j++)
            buffer_printf(&note, "%s%s",
                          j          ? ", "
                          : note.len ? "; "
                                     : "",
                          j ? lists[i].list[j]
                            : arena_printf(f->look.arena, "%s: %s", lists[i].word,
                                           lists[i].list[j]));
    if (c->version)
        buffer_printf(&note, "%sversion: %s", note.len ? "; " : "", c->version);
    *to = (struct inferred){ .name = g->name,
                             .paths = buffer_str(&paths).ptr,
                             .key = g->key,
                             .why = g->key_why,
                             .schema = g->schema.place,
                             .key_plan = g->key_plan,
                             .note = note.len ? buffer_str(&note).ptr : "",
                             .own = g->own != NULL,
                             .group = g };
}

void infer_collection(struct finding_out *f, struct group *g)
{
    struct record_behaviour *r = f->record;
    struct record_collection spare = { 0 };
    struct record_collection *c =
        g->own ? &spare : &r->collections[r->collections_count++];
    settle_parents(f, g, c);
    if (!g->own) {
        c->name = arena_copy(f->look.arena, str(g->name));
        c->schema = arena_copy(f->look.arena, str(g->schema.place));
        c->key = arena_copy(f->look.arena, str(g->within ? INFER_ASIDE : g->key));
        c->complete = YES;
        add_key(f, g, c);
        g->listed = listed_defaults(f, g);
        add_members(f, g, c);
        add_unseen(f, g, c);
        infer_self(f, g, c);
    }
    tell(f, g, c);
}

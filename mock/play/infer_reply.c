/* infer_reply.c — what a call answers with once its deed is done. */
#include "play/infer_writing.h"

#include "doc/pointer.h"
#include "play/echo.h"
#include "play/member.h"

/* ---- what an answer says of itself ---- */

static bool is_flag(struct finding_out *f, const struct member *m)
{
    return view_types(&f->look, m->view) == TYPE_BOOLEAN;
}

static bool says_removed(struct finding_out *f, const struct member *m)
{
    static const char *const names[] = { "deleted", "isdeleted", "removed", "isremoved",
                                         "destroyed" };
    return is_flag(f, m) &&
           name_is_one_of(name_plain(f->look.arena, str(m->name)), names, COUNT(names));
}

/* Whether the call went well; NULL: the member says nothing about that. */
static cJSON *says_well(struct finding_out *f, const struct member *m)
{
    static const char *const bad[] = { "error",   "errors",   "failed",
                                       "iserror", "haserror", "haserrors" };
    static const char *const lists[] = { "errors", "warnings", "messages", "error" };
    static const char *const words[] = { "success", "ok", "succeeded" };
    struct arena *arena = f->look.arena;
    const char *plain = name_plain(arena, str(m->name));
    const cJSON *values = json_member(m->view.node, "enum");
    if (is_flag(f, m) && member_says_well(m->name))
        return json_bool(arena, true);
    if (is_flag(f, m) && name_is_one_of(plain, bad, COUNT(bad)))
        return json_bool(arena, false);
    if (m->required && view_is_array(&f->look, m->view) &&
        name_is_one_of(plain, lists, COUNT(lists)))
        return json_array(arena);
    for (const cJSON *v = strcmp(plain, "status") == 0 && values ? values->child : NULL;
         v; v = v->next)
        if (json_is_string(v) &&
            name_is_one_of(name_plain(arena, str(v->valuestring)), words, COUNT(words)))
            return json_copy(arena, v);
    return NULL;
}

void infer_say_well(struct finding_out *f, struct view v, cJSON *into)
{
    const struct members *all = view_members(&f->look, v);
    for (size_t i = 0; i < all->count; i++) {
        cJSON *says =
            json_member(into, all->list[i].name) ? NULL : says_well(f, &all->list[i]);
        if (says)
            json_set(f->look.arena, into, all->list[i].name, says);
    }
}

/* ---- bodies ---- */

/* Under what other name an answer has the key: {"petId": …} where GET says {"id": …}.
 * NULL: under its own, or none. */
static const char *key_elsewhere(struct writing *w, struct view v)
{
    struct look *l = &w->f->look;
    const char *noun = name_singular(w->arena, str(w->g->noun));
    const char *own = name_plain(w->arena, str(w->g->key)), *param = NULL;
    if (!w->g->key_hidden && view_member(l, v, w->g->key + 1))
        return NULL;
    for (const struct deed *d = w->g->deeds; d && !param; d = d->next)
        param = d->param ? name_plain(w->arena, str(d->param)) : NULL;
    const char *const names[] = { param ? param : "",
                                  arena_printf(w->arena, "%s%s", noun, own),
                                  arena_printf(w->arena, "%sid", noun),
                                  arena_printf(w->arena, "%suuid", noun),
                                  w->d->role == ROLE_CREATE ? "id" : "" };
    const struct members *all = view_members(l, v);
    for (size_t n = 0; n < COUNT(names); n++)
        for (size_t i = 0; i < all->count; i++)
            if (strcmp(name_plain(w->arena, str(all->list[i].name)), names[n]) == 0)
                return all->list[i].name;
    return NULL;
}

static void set_from_one(struct writing *w, cJSON *into, const char *name,
                         const char *at)
{
    json_set(w->arena, into, name,
             json_string(w->arena, str(arena_printf(w->arena, "$one#%s", at))));
}

/* Of the instance what that schema has, with the key under its name there. A removed
 * one is said to be that. */
static cJSON *some_of_it(struct writing *w, struct view v, const char *key)
{
    struct look *l = &w->f->look;
    const struct members *all = view_members(l, v);
    cJSON *tree = json_object(w->arena);
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        if (w->d->role == ROLE_DELETE && says_removed(w->f, m))
            json_set(w->arena, tree, m->name, json_bool(w->arena, true));
        else if (key && strcmp(m->name, key) == 0)
            set_from_one(w, tree, m->name, w->g->key);
        else if (view_member(l, w->g->schema, m->name))
            set_from_one(w, tree, m->name, pointer_join(w->arena, "", m->name));
    }
    return tree;
}

/* The instance, or what that part of the answer has of it; NULL: it is about something
 * else. */
static cJSON *part_of_it(struct writing *w, struct view v, bool instance)
{
    const struct members *all = view_members(&w->f->look, v);
    const char *key = key_elsewhere(w, v);
    bool removed = false;
    for (size_t i = 0; i < all->count; i++)
        removed = removed || says_removed(w->f, &all->list[i]);
    if (view_is_same(v, w->g->schema) || member_free(v.node))
        return instance ? json_string(w->arena, STR("$one")) : NULL;
    if (key || (removed && w->d->role == ROLE_DELETE))
        return some_of_it(w, v, key);
    return instance ? json_string(w->arena, STR("$one")) : NULL;
}

char *writing_body(struct writing *w)
{
    const struct deed *d = w->d;
    struct finding_out *f = w->f;
    if (!d->whole.node)
        return reply_json(operation_reply(d->op, d->status)) ? writing_text(w, "null")
                                                             : NULL;
    bool object = view_is_object(&f->look, d->whole);
    cJSON *part = d->part.node && (object || !*d->at)
                      ? part_of_it(w, d->part, infer_is_instance(f, w->g, d))
                      : NULL;
    if (part && !*d->at)
        return json_is_string(part) ? writing_text(w, "$one")
                                    : arena_copy(w->arena, json_text(part, w->arena));
    if (!part && !object)
        return writing_text(w, "null");
    cJSON *tree = json_object(w->arena);
    if (part)
        pointer_set(w->arena, tree, d->at, part);
    else if (!w->g->key_hidden && view_member(&f->look, d->whole, w->g->key + 1))
        set_from_one(w, tree, w->g->key + 1, w->g->key);
    if (part)
        infer_own_links(f, w->g, d, tree);
    infer_say_well(f, d->whole, tree);
    return arena_copy(w->arena, json_text(tree, w->arena));
}

struct record_step *writing_answer(struct writing *w, int status, char *body)
{
    struct record_step *s = writing_step(w);
    s->answer = status;
    s->body = body;
    s->shape = body ? YES : UNSET;
    return s;
}

/* Whether an answer of that status is, byte for byte, what GET of the instance says. */
static bool is_same(struct writing *w, int status)
{
    const struct deed *d = w->d, *get = deed_of(w->g, ROLE_GET);
    bool item =
        get && get->param && !get->claimed && infer_is_instance(w->f, w->g, get);
    if (!item ||
        (d->role == ROLE_CREATE ? status != 201 || !d->op->item
                                : !d->param || strcmp(d->op->path, get->op->path) != 0))
        return false;
    const struct media *own = reply_json(operation_reply(d->op, status));
    const struct media *its = reply_json(operation_reply(get->op, get->status));
    return own && its && strcmp(own->type, its->type) == 0 && d->at && get->at &&
           strcmp(d->at, get->at) == 0 &&
           view_is_same(view_answer(&w->f->look, d->op, status), get->whole);
}

void writing_whole(struct writing *w, struct record_step *s)
{
    s->same = is_same(w, s->answer) ? YES : UNSET;
}

static bool declares(const struct reply *r, struct str field)
{
    for (size_t i = 0; r && i < r->field_count; i++)
        if (str_equal_nocase(str(r->fields[i].name), field))
            return true;
    return false;
}

/* Where the instance that was made is found; below /pets.json, as a relative reference
 * (RFC 3986, 5.2). NULL: nowhere below the call's own path. */
static char *place_of(struct writing *w, const struct deed *get)
{
    const struct operation *op = w->d->op;
    const char *key = arena_printf(w->arena, "$one#%s", w->g->key);
    const char *end = op->path + operation_stem(op->path).len;
    const char *tail = trail_tail(w->arena, op->path, get->op->path, key);
    if (tail)
        return arena_printf(w->arena, "{$url}%s", tail);
    if (!op->item)
        return NULL;
    return *end ? arena_printf(w->arena, "%s/{%s}%s", w->g->noun, key,
                               strrchr(get->op->path, '}') + 1)
                : arena_printf(w->arena, "{$url}/{%s}", key);
}

/* The front finds a key called id, or as the path calls it, by itself: in the body of a
 * 201. A body that has no instance in it has none. */
void writing_location(struct writing *w, struct record_step *s, int status)
{
    const struct deed *d = w->d, *get = deed_of(w->g, ROLE_GET);
    char *where = d->role == ROLE_CREATE && get && get->param ? place_of(w, get) : NULL;
    bool found = status == 201 && d->op->item && infer_is_instance(w->f, w->g, d) &&
                 !w->g->key_hidden &&
                 (!*d->at || view_members(&w->f->look, d->whole)->count == 1) &&
                 ((strcmp(w->g->key, "/id") == 0 && get && get->param &&
                   echo_names_id(get->param)) ||
                  strcmp(w->g->key + 1, get && get->param ? get->param : "") == 0);
    if (!where || found ||
        (status != 201 && !declares(operation_reply(d->op, status), STR("Location"))))
        return;
    s->header = arena_take(w->arena, sizeof(*s->header));
    s->header[0] = (struct record_header){ writing_text(w, "Location"), where };
    s->header_count = 1;
}

#include "play/infer_writing.h"

#include "doc/pointer.h"

struct record_step *writing_step(struct writing *w)
{
    return &w->to->steps[w->to->steps_count++];
}

static struct record_error *error(struct writing *w, int status, const char *name)
{
    struct record_error *e = arena_take(w->arena, sizeof(*e));
    if (operation_status(w->d->op, status, status))
        e->error = writing_text(w, name);
    else
        e->status = status;
    return e;
}

/* ---- conditions ---- */

static void where(struct writing *w, struct record_step *s, const char *at, char *is)
{
    size_t room = s->list ? INFER_CONDITIONS : MOST_PARENTS + 1;
    if (!s->where)
        s->where = arena_take(w->arena, room * sizeof(*s->where));
    s->where[s->where_count++] =
        (struct record_where){ .at = writing_text(w, at), .is = is };
}

static void where_parents(struct writing *w, struct record_step *s)
{
    for (size_t i = 0; i < w->d->parent_count; i++)
        where(w, s, w->d->parents[i].member, writing_path(w, w->d->parents[i].param));
}

static void where_item(struct writing *w, struct record_step *s)
{
    where(w, s, w->g->key, w->key);
    where_parents(w, s);
}

/* Whose instances are spoken of has to be there, where that is known. */
static void find_parents(struct writing *w)
{
    for (size_t i = 0; i < w->d->parent_count; i++) {
        const struct parent *p = &w->d->parents[i];
        size_t n = p->item ? strlen(p->item) : 0;
        if (n < 4 || strcmp(p->item + n - 3, "/{}") != 0)
            continue;
        const struct group *of = map_get(w->f->by_path, (struct str){ p->item, n - 3 });
        if (!of || !of->deeds || !of->told || of->single || !deed_of(of, ROLE_GET))
            continue;
        struct record_step *s = writing_step(w);
        s->find = writing_text(w, of->name);
        s->as = arena_printf(w->arena, "parent%zu", i + 1);
        where(w, s, of->key, writing_path(w, p->param));
        const struct deed *got = deed_of(of, ROLE_GET);
        for (size_t j = 0; j < i && j < got->parent_count; j++)
            where(w, s, got->parents[j].member,
                  writing_path(w, w->d->parents[j].param));
        s->otherwise = error(w, 404, "not_found");
    }
}

static void make(struct writing *w, struct record_step *s, char *from)
{
    s->create = writing_text(w, w->g->name);
    s->as = writing_text(w, "one");
    s->merge = from;
    if (!from)
        writing_set_query(w, s);
    writing_set_respelled(w, s, from);
    for (size_t i = 0; i < w->d->parent_count; i++)
        writing_set(w, s, w->d->parents[i].member,
                    writing_path(w, w->d->parents[i].param));
    if (w->key)
        writing_set(w, s, w->g->key, w->key);
    if (w->key && w->d->role == ROLE_CREATE && !w->g->single)
        s->set[s->set_count - 1].when = arena_printf(w->arena, "%s != null", w->key);
    writing_set_made(w, s, from);
    s->otherwise = error(w, 409, "conflict");
}

static void create(struct writing *w, const char *when)
{
    struct record_step *s = writing_step(w);
    s->when = when ? writing_text(w, when) : NULL;
    make(w, s, writing_sent(w));
}

static void find_one(struct writing *w, bool needed)
{
    struct record_step *s = writing_step(w);
    s->find = writing_text(w, w->g->name);
    s->as = writing_text(w, "one");
    where_item(w, s);
    if (needed)
        s->otherwise = error(w, 404, "not_found");
}

/* Each item of the body is one. A name that an update has bound collects them. */
static const char *write_many(struct writing *w)
{
    struct record_step *none = writing_step(w), *all = writing_step(w), *one;
    none->update = writing_text(w, w->g->name);
    none->as = writing_text(w, "made");
    none->when = writing_text(w, "false");
    const char *kept = w->g->within ? INFER_ASIDE : w->g->key;
    where(w, none, kept, writing_text(w, "$request.body"));
    all->each = writing_text(w, "$request.body");
    all->as = writing_text(w, "sent");
    all->steps = one = arena_take(w->arena, 2 * sizeof(*one));
    all->steps_count = 2;
    make(w, &one[0], writing_text(w, "$sent"));
    one[1].update = writing_text(w, w->g->name);
    one[1].as = writing_text(w, "made");
    one[1].stamps = NO;
    where(w, &one[1], kept, arena_printf(w->arena, "$one#%s", kept));
    const struct deed *d = w->d;
    bool rows = view_is_array(&w->f->look, d->whole);
    bool first = d->whole.node && infer_is_instance(w->f, w->g, d) && !*d->at;
    writing_answer(w, d->status,
                   rows            ? writing_text(w, "$made")
                   : first         ? writing_text(w, "$made#/0")
                   : d->whole.node ? writing_text(w, "null")
                                   : NULL);
    return "makes one of each item";
}

static const char *write_create(struct writing *w)
{
    if (view_is_array(&w->f->look, view_body(&w->f->look, w->d->op)))
        return write_many(w);
    create(w, NULL);
    struct record_step *s = writing_answer(w, w->d->status, writing_body(w));
    writing_whole(w, s);
    writing_location(w, s, w->d->status);
    return w->g->single ? "makes it" : "makes one";
}

/* A thing that cannot be deleted is there from the start: the document says what it is
 * like until a call does. */
static const char *write_get(struct writing *w)
{
    const bool always = w->g->single && !deed_of(w->g, ROLE_DELETE);
    find_one(w, !always);
    struct record_step *s = writing_answer(w, w->d->status, writing_body(w));
    if (!always)
        return w->g->single ? "reads it, or 404" : "reads one, or 404";
    s->when = writing_text(w, "$one != null");
    return "reads it";
}

static const char *write_act(struct writing *w)
{
    find_one(w, true);
    writing_answer(w, w->d->status, writing_body(w));
    return "answers with one, or 404";
}

static void change(struct writing *w, const char *when)
{
    struct record_step *s = writing_step(w);
    s->when = when ? writing_text(w, when) : NULL;
    s->update = writing_text(w, w->g->name);
    s->as = writing_text(w, "changed");
    where_item(w, s);
    char *from = writing_sent(w);
    if (w->d->role == ROLE_REPLACE && !writing_is_partial(w))
        s->replace = from;
    else
        s->patch = from;
    if (!from)
        writing_set_query(w, s);
    if (s->replace)
        writing_set_unsaid(w, s, from);
    writing_set_respelled(w, s, from);
    if (w->g->within) /* no member that a body leaves alone by itself */
        writing_set(w, s, w->g->key, w->key);
}

static void write_changed(struct writing *w)
{
    find_one(w, true);
    change(w, NULL);
    find_one(w, true);
    writing_whole(w, writing_answer(w, w->d->status, writing_body(w)));
}

/* Changes what is there, else makes it. */
static void write_upsert(struct writing *w)
{
    const bool made = operation_status(w->d->op, 201, 201) != 0;
    int again = w->d->status;
    if (made && operation_status(w->d->op, 200, 200))
        again = 200;
    else if (made && operation_status(w->d->op, 204, 204))
        again = 204;
    find_one(w, false);
    create(w, "$one == null");
    w->to->steps[w->to->steps_count - 1].as = writing_text(w, "made");
    change(w, "$made == null");
    find_one(w, true);
    char *body = writing_body(w);
    struct record_step *s = writing_answer(w, made ? 201 : again, body);
    s->when = writing_text(w, "$made != null");
    writing_whole(w, s);
    writing_whole(w, writing_answer(w, again, again == 204 ? NULL : body));
}

static const char *write_update(struct writing *w)
{
    if (w->g->single) {
        write_upsert(w);
        return "changes it";
    }
    write_changed(w);
    return "changes one, or 404";
}

/* PUT makes what is not there where 201 is declared, or nothing else makes any. */
static const char *write_replace(struct writing *w)
{
    if (w->g->single)
        return write_update(w);
    if (!operation_status(w->d->op, 201, 201) && deed_of(w->g, ROLE_CREATE)) {
        write_changed(w);
        return writing_is_partial(w) ? "changes one, or 404" : "replaces one, or 404";
    }
    write_upsert(w);
    return "replaces one, or makes it";
}

/* Which of the parents in o's paths is an instance of g; MOST_PARENTS: none, or some of
 * o are also found without it. */
static size_t parent_in(const struct group *o, const struct group *g)
{
    size_t n = g->path ? strlen(g->path) : 0, place = MOST_PARENTS;
    for (const struct deed *d = n ? o->deeds : NULL; d; d = d->next) {
        size_t i = 0;
        while (i < d->parent_count &&
               !(d->parents[i].item && strncmp(d->parents[i].item, g->path, n) == 0 &&
                 strcmp(d->parents[i].item + n, "/{}") == 0))
            i++;
        if (i == d->parent_count || (place < MOST_PARENTS && i != place))
            return MOST_PARENTS;
        place = i;
    }
    return place;
}

/* What only paths below the item lead to goes with it: nothing could find it, until one
 * of the same key is made and has it all at once. */
static void remove_below(struct writing *w)
{
    size_t most = MOST_BELOW;
    for (const struct group *o = w->f->groups; o && most; o = o->next) {
        size_t place =
            o->deeds && !o->own && o != w->g ? parent_in(o, w->g) : MOST_PARENTS;
        if (place != w->d->parent_count)
            continue;
        struct record_step *s = writing_step(w);
        s->remove = writing_text(w, o->name);
        for (size_t i = 0; i < place; i++)
            where(w, s, o->deeds->parents[i].member,
                  writing_path(w, w->d->parents[i].param));
        where(w, s, o->deeds->parents[place].member, w->key);
        most--;
    }
}

static const char *write_delete(struct writing *w)
{
    find_one(w, true);
    if (w->d->param)
        remove_below(w);
    struct record_step *s = writing_step(w);
    s->remove = writing_text(w, w->g->name);
    where_item(w, s);
    writing_answer(w, w->d->status, writing_body(w));
    return w->g->single ? "removes it, or 404" : "removes one, or 404";
}

/* A caller who turns back gets the page that ends there. */
static const char *write_list(struct writing *w)
{
    struct record_step *back = writing_step(w), *s = writing_step(w),
                       *a = writing_step(w);
    struct listing l = { .step = s, .answer = a };
    s->list = writing_text(w, w->g->name);
    s->as = writing_text(w, "page");
    where_parents(w, s);
    a->answer = w->d->status;
    a->shape = YES;
    infer_list(w->f, w->g, w->d, &l);
    *back = *s;
    if (l.back) {
        back->cursor = l.back;
        back->mode = writing_text(w, "before");
        back->turn = NULL; /* its URL would have to lose a parameter */
        back->when = arena_printf(w->arena, "%s != null", l.back);
        s->when = arena_printf(w->arena, "%s == null", l.back);
    } else {
        *s = *a;
        w->to->steps_count--;
    }
    if (l.last_body) {
        struct record_step *last = writing_step(w), *before = last - 1;
        *last = *before;
        last->body = l.last_body;
        before->when = writing_text(w, "$page#/next_cursor != null");
    }
    return l.idle ? arena_printf(w->arena, "lists them; without effect: %s", l.idle)
                  : "lists them";
}

/* There is one for each parent: "photo/12". */
static char *key_of_single(struct writing *w)
{
    struct buffer b = buffer_in(w->arena, LIMIT_HEAD_BYTES);
    buffer_add_text(&b, w->g->noun);
    for (size_t i = 0; i < w->d->parent_count; i++)
        buffer_printf(&b, "/{$segment[$request.path.%s]}", w->d->parents[i].param);
    return arena_copy(w->arena, buffer_str(&b));
}

/* The key of the item that a call is about: in the path, else in query or body. */
static char *key_of(struct writing *w)
{
    if (w->g->single)
        return key_of_single(w);
    if (w->d->param)
        return writing_path(w, w->d->param);
    const char *noun = name_singular(w->arena, str(w->g->noun));
    const char *key = name_plain(w->arena, str(w->g->key));
    const char *called = infer_called(w->f, w->g);
    const char *const names[] = { key,
                                  arena_printf(w->arena, "%s%s", noun, key),
                                  arena_printf(w->arena, "%sid", noun),
                                  noun,
                                  "id",
                                  arena_printf(w->arena, "%sid", called),
                                  called };
    return infer_input(w->f, w->d->op, names, COUNT(names));
}

/* The key that a call which makes one may give it beside the body: ?petId=rex. */
static char *key_given(struct writing *w)
{
    const struct inputs *all = infer_inputs(w->f, w->d->op);
    const char *noun = name_singular(w->arena, str(w->g->noun));
    const char *name = arena_printf(w->arena, "%sid", noun);
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].query && strcmp(all->list[i].plain, name) == 0 &&
            !(all->list[i].types & (TYPE_OBJECT | TYPE_ARRAY)))
            return all->list[i].expression;
    return NULL;
}

const char *infer_steps(struct finding_out *f, struct group *g, const struct deed *d)
{
    static const char *(*const writers[])(struct writing *) = {
        [ROLE_CREATE] = write_create, [ROLE_GET] = write_get,
        [ROLE_LIST] = write_list,     [ROLE_REPLACE] = write_replace,
        [ROLE_UPDATE] = write_update, [ROLE_DELETE] = write_delete,
        [ROLE_ACT] = write_act,
    };
    struct record_behaviour *r = f->record;
    struct writing w = { .f = f, .arena = f->look.arena, .g = g, .d = d };
    bool one = g->single || (d->role != ROLE_CREATE && d->role != ROLE_LIST);
    w.key = one ? key_of(&w) : d->role == ROLE_CREATE ? key_given(&w) : NULL;
    if (one && !w.key)
        return "nothing in the call names one instance";
    if (d->role == ROLE_LIST && !d->part.node)
        return "its answer has no rows";
    if (d->role == ROLE_GET && !infer_is_instance(f, g, d))
        return "its answer is no instance";
    w.to = &r->operations[r->operations_count++];
    w.to->id = arena_printf(w.arena, "%s %s", d->op->method, d->op->path);
    w.to->steps = arena_take(w.arena, MOST_STEPS * sizeof(*w.to->steps));
    find_parents(&w);
    const char *does = writers[d->role](&w);
    f->in->does[d->op->index] = arena_printf(w.arena, "%s: %s", g->name, does);
    return NULL;
}

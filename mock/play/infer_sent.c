/* infer_sent.c — what a call gives an instance that it makes or changes. */
#include "play/infer_writing.h"

#include "base/limits.h"
#include "doc/pointer.h"

char *writing_text(struct writing *w, const char *of)
{
    return arena_copy(w->arena, str(of));
}

char *writing_path(struct writing *w, const char *param)
{
    return arena_printf(w->arena, "$request.path.%s", param);
}

/* The members of the instance that the query names: of a call without a body. */
static size_t members_in_query(struct writing *w, struct record_set *to)
{
    const struct inputs *all = infer_inputs(w->f, w->d->op);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct input *in = &all->list[i];
        const char *at;
        if (!in->query || !infer_named(w->f, w->g, in, &at) ||
            strcmp(at, w->g->key) == 0)
            continue;
        if (to)
            to[count] =
                (struct record_set){ .at = writing_text(w, at), .to = in->expression };
        count++;
    }
    return count;
}

/* What the call says in the place of a body, and room for its parents and the key. */
void writing_set_query(struct writing *w, struct record_step *s)
{
    const size_t count = members_in_query(w, NULL);
    s->set = arena_take(w->arena, (count + MOST_SETS) * sizeof(*s->set));
    s->set_count = (unsigned)members_in_query(w, s->set);
}

void writing_set(struct writing *w, struct record_step *s, const char *at, char *to)
{
    if (!s->set)
        s->set = arena_take(w->arena, MOST_SETS * sizeof(*s->set));
    s->set[s->set_count++] = (struct record_set){ .at = writing_text(w, at), .to = to };
}

/* ---- what is sent ---- */

/* The instance in a request: the whole body, or the one member that wraps it. */
char *writing_sent(struct writing *w)
{
    struct look *l = &w->f->look;
    struct view body = view_body(l, w->d->op);
    if (!body.node)
        return NULL;
    const struct member *wrapper = view_wrapper(l, body, w->g->schema);
    if (wrapper)
        return arena_printf(w->arena, "$request.body#%s",
                            pointer_join(w->arena, "", wrapper->name));
    return writing_text(w, "$request.body");
}

/* What the instance in a request may have, as writing_sent gives it in `from`. */
static struct view view_sent(struct writing *w, const char *from)
{
    struct look *l = &w->f->look;
    struct view v = view_body(l, w->d->op);
    const char *within = from ? strchr(from, '#') : NULL;
    if (view_is_array(l, v))
        v = view_items(l, v);
    if (!within)
        return v;
    const struct member *m = view_member(l, v, within + 2);
    return m ? m->view : (struct view){ NULL, "" };
}

static const char *spelled_in(struct writing *w, struct view v, const char *sent,
                              const char *at)
{
    const struct members *all = view_members(&w->f->look, v);
    const char *plain = name_plain(w->arena, str(sent));
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(name_plain(w->arena, str(all->list[i].name)), plain) == 0)
            return pointer_join(w->arena, at, all->list[i].name);
    return NULL;
}

/* Where the instance has a member that is spelled otherwise where it is sent
 * (FriendlyName for friendly_name), or stands deeper (in its attributes). NULL:
 * nowhere, or in its own place. */
static const char *respelled(struct writing *w, const char *sent)
{
    struct look *l = &w->f->look;
    const struct member *in = view_attributes(l, w->g->schema);
    if (view_member(l, w->g->schema, sent))
        return NULL;
    const char *at = spelled_in(w, w->g->schema, sent, "");
    if (!at && in)
        at = spelled_in(w, in->view, sent, pointer_join(w->arena, "", in->name));
    return at && strcmp(at, w->g->key) != 0 ? at : NULL;
}

void writing_set_respelled(struct writing *w, struct record_step *s, const char *from)
{
    const struct members *all = view_members(&w->f->look, view_sent(w, from));
    size_t count = 0;
    for (size_t i = 0; from && i < all->count; i++)
        count += respelled(w, all->list[i].name) != NULL;
    if (!count)
        return;
    struct record_set *list =
        arena_array(w->arena, struct record_set, s->set_count + count + MOST_SETS);
    if (s->set_count)
        memcpy(list, s->set, s->set_count * sizeof(*list));
    s->set = list;
    for (size_t i = 0; i < all->count; i++) {
        const char *at = respelled(w, all->list[i].name);
        if (!at)
            continue;
        char *to = arena_printf(w->arena, "%s%s%s", from, strchr(from, '#') ? "" : "#",
                                pointer_join(w->arena, "", all->list[i].name));
        writing_set(w, s, at, to);
        s->set[s->set_count - 1].when = arena_printf(w->arena, "%s != null", to);
    }
}

bool writing_is_partial(struct writing *w)
{
    struct look *l = &w->f->look;
    struct writing maker = *w;
    maker.d = deed_of(w->g, ROLE_CREATE);
    for (const struct deed *d = w->g->deeds; d; d = d->next)
        if (strcmp(d->op->method, "PATCH") == 0)
            return false;
    if (!maker.d || w->d->role != ROLE_REPLACE)
        return false;
    const struct view put = view_sent(w, writing_sent(w));
    const struct members *all =
        view_members(l, view_sent(&maker, writing_sent(&maker)));
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i], *may = view_member(l, put, m->name);
        if (m->required && !m->read_only && may && !may->required)
            return true;
    }
    return false;
}

/* The expression of a member of what is sent; NULL where no call may send it. */
static char *member_sent(struct writing *w, const char *from, const char *at)
{
    if (!from || !view_member(&w->f->look, view_sent(w, from), at + 1))
        return NULL;
    return arena_printf(w->arena, "%s%s%s", from, strchr(from, '#') ? "" : "#", at);
}

/* The key that the call gives, with whose it is before it: "ann/one". A slash in either
 * is none between them. */
static void set_within(struct writing *w, struct record_step *s, const char *from)
{
    struct buffer b = buffer_in(w->arena, LIMIT_HEAD_BYTES);
    const char *key = w->key ? w->key : member_sent(w, from, w->g->key);
    if (!w->g->within || !key)
        return;
    for (size_t i = 0; i < w->d->parent_count; i++)
        buffer_printf(&b, "{$segment[$request.path.%s]}/", w->d->parents[i].param);
    buffer_printf(&b, "{$segment[%s]}", key);
    writing_set(w, s, INFER_ASIDE, arena_copy(w->arena, buffer_str(&b)));
    s->set[s->set_count - 1].when = arena_printf(w->arena, "%s != null", key);
}

/* What an instance may tell of a file that was sent. */
static void set_told(struct writing *w, struct record_step *s, const char *part)
{
    static const struct {
        const char *plain, *told;
    } words[] = { { "filename", "file_name" },
                  { "name", "file_name" },
                  { "originalname", "file_name" },
                  { "title", "file_name" },
                  { "size", "size" },
                  { "filesize", "size" },
                  { "bytes", "size" },
                  { "length", "size" },
                  { "contentlength", "size" },
                  { "mimetype", "type" },
                  { "contenttype", "type" },
                  { "mediatype", "type" },
                  { "type", "type" } };
    const struct members *all = view_members(&w->f->look, w->g->schema);
    size_t told = 0;
    for (size_t i = 0; i < all->count && told < MOST_FILES; i++) {
        const char *plain = name_plain(w->arena, str(all->list[i].name));
        const char *at = pointer_join(w->arena, "", all->list[i].name);
        const char *given = member_sent(w, "$request.body", at);
        for (size_t n = 0; n < COUNT(words); n++) {
            if (strcmp(words[n].plain, plain) != 0 || strcmp(at, w->g->key) == 0 ||
                json_member(all->list[i].view.node, "enum"))
                continue;
            writing_set(w, s, at,
                        arena_printf(w->arena, "$part.%s#/%s", part, words[n].told));
            if (given)
                s->set[s->set_count - 1].when =
                    arena_printf(w->arena, "%s == null", given);
            told++;
        }
    }
}

/* A file that was sent is no part of the instance, unless that says so; it tells what
 * the first one is like. */
static void set_files(struct writing *w, struct record_step *s)
{
    const struct media *m = w->d->op->input_body;
    const struct members *all =
        view_members(&w->f->look, view_body(&w->f->look, w->d->op));
    size_t files = 0;
    for (size_t i = 0; m && m->kind == MEDIA_MULTIPART && i < all->count; i++) {
        const struct member *one = &all->list[i];
        const char *format = json_member_text(one->view.node, "format");
        const char *at = pointer_join(w->arena, "", one->name);
        bool file = (format && strcmp(format, "binary") == 0) ||
                    json_member(one->view.node, "contentMediaType");
        if (!file || view_member(&w->f->look, w->g->schema, one->name) ||
            strpbrk(one->name, "#[]{}") || files == MOST_FILES)
            continue;
        writing_set(w, s, at, writing_text(w, "$null"));
        if (!files++)
            set_told(w, s, one->name);
    }
}

/* What a body leaves out is the default again (null may be meant), and what it cannot
 * tell stays. */
void writing_set_unsaid(struct writing *w, struct record_step *s, const char *from)
{
    struct look *l = &w->f->look;
    const struct members *all = view_members(l, w->g->schema);
    struct record_set *list =
        arena_array(w->arena, struct record_set, all->count + MOST_SETS);
    unsigned count = 0, said = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct member *m = &all->list[i];
        const char *at = pointer_join(w->arena, "", m->name);
        char *sent = member_sent(w, from, at);
        bool null = view_types(l, m->view) & TYPE_NULL ||
                    json_is_true(json_member(m->view.node, "nullable"));
        bool kept = !infer_is_writable(w->f, w->g, m->name); /* as it is */
        char *to = !sent ? kept ? NULL : arena_printf(w->arena, "$item#%s", at)
                   : null || m->read_only ? NULL
                                          : infer_default(w->f, w->g, m);
        said += sent != NULL;
        if (to && strcmp(at, w->g->key) != 0)
            list[count++] = (struct record_set){
                .at = writing_text(w, at),
                .to = to,
                .when = sent ? arena_printf(w->arena, "%s == null", sent) : NULL
            };
    }
    if (count && said) {
        s->set = list;
        s->set_count = count;
    }
}

void writing_set_made(struct writing *w, struct record_step *s, const char *from)
{
    set_within(w, s, from);
    if (from)
        set_files(w, s);
}

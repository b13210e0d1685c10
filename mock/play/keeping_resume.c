/* keeping_resume.c — the namespaces that a keep has. */
#include "base/limits.h"
#include "play/keeping_parts.h"

struct resuming {
    struct world *w;
    struct err *err; /* NULL: nobody wants to know */
    bool full;
};

static bool make_one(void *context, const char *ns)
{
    struct resuming *r = context;
    if (*ns && !namespace_name_valid(str(ns))) {
        if (r->err)
            err_warn(r->err, keep_where(r->w->keep),
                     "a namespace whose name is none stays in the store unseen: "
                     "expected 1 to %d letters, digits, '-', '_' and '.', found %zu "
                     "bytes",
                     LIMIT_NAMESPACE_NAME, strlen(ns));
        return true; /* no call can name it */
    }
    struct namespace *made = namespace_enter(r->w, str(ns));
    if (made)
        namespace_leave(r->w, made);
    r->full = !made;
    return !r->full;
}

enum keep_answer world_learn(struct world *w)
{
    struct resuming r = { .w = w };
    return w->keep && keep_is_shared(w->keep) ? keep_namespaces(w->keep, make_one, &r)
                                              : KEEP_OK;
}

struct looking {
    struct str name;
    bool found;
};

static bool look_at(void *context, const char *ns)
{
    struct looking *l = context;
    l->found |= str_is(l->name, ns);
    return true;
}

bool world_keeps(struct world *w, struct str name)
{
    struct looking l = { .name = name };
    return w->keep && keep_namespaces(w->keep, look_at, &l) == KEEP_OK && l.found;
}

bool world_resume(struct world *w, struct err *err)
{
    struct resuming r = { .w = w, .err = err };
    const struct where at = keep_where(w->keep);
    const char *trouble = keep_trouble(w->keep);
    enum keep_answer answer = keep_namespaces(w->keep, make_one, &r);
    if (r.full) /* those that are given up stay where they are kept, however many */
        answer = KEEP_OK;
    struct namespace *list[LIMIT_NAMESPACES];
    size_t count = namespaces_enter(w, list);
    for (size_t i = 0; i < count; i++) {
        pthread_mutex_lock(&list[i]->lock);
        if (answer == KEEP_OK)
            answer = keeping_load(w, list[i], err);
        pthread_mutex_unlock(&list[i]->lock);
        namespace_leave(w, list[i]);
    }
    if (r.full)
        namespaces_give_up(w, 0);
    if (answer == KEEP_FULL)
        return err_set(err, at, "the store holds more than memory does%s%s",
                       *trouble ? ": " : "", trouble);
    return answer == KEEP_OK || err_set(err, at, "the store cannot be read%s%s",
                                        *trouble ? ": " : " at the moment", trouble);
}

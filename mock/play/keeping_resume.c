/* keeping_resume.c — the namespaces that a keep has. */
#include "base/limits.h"
#include "play/keeping_parts.h"

#include <stdio.h>
#include <stdlib.h>

struct resuming {
    struct world *w;
    struct err *err;
    bool full; /* what does not fit stays where it is kept, however many */
};

static bool make_one(void *context, const char *ns)
{
    struct resuming *r = context;
    if (*ns == ':' && namespace_name_valid(str(ns + 1)))
        return true; /* a snapshot, read when it is asked for */
    if (!namespace_name_valid(str(ns))) {
        err_warn(r->err, keep_where(r->w->keep),
                 "a namespace whose name is none stays in the store unseen: expected 1 "
                 "to %d letters, digits, '-', '_' and '.', found %zu bytes",
                 LIMIT_NAMESPACE_NAME, strlen(ns));
        return true;
    }
    struct namespace *made = namespace_enter(r->w, str(ns));
    if (made)
        namespace_leave(r->w, made);
    r->full = !made;
    return !r->full;
}

enum keep_answer world_keeps(struct world *w, struct str name, bool *kept)
{
    char ns[LIMIT_NAMESPACE_NAME + 2], documents[24] = "";
    enum keep_answer answer = KEEP_OK;
    if (w->keep && name.len < sizeof(ns)) {
        snprintf(ns, sizeof(ns), "%.*s", (int)name.len, name.ptr);
        answer = keep_read(w->keep, ns, "/documents", documents, sizeof(documents));
    }
    *kept = *documents;
    return answer;
}

/* ---- names ---- */

/* Names of two places, each in order, become one list. */
struct names {
    struct arena *arena;
    const char **list;
    size_t count;
};

enum { MOST_NAMES = LIMIT_NAMESPACES + 1 }; /* so that it is seen whether more follow */

static bool take_name(void *context, const char *ns)
{
    struct names *n = context;
    if (namespace_name_valid(str(ns)))
        n->list[n->count++] = arena_copy(n->arena, str(ns));
    return n->count < MOST_NAMES;
}

/* The arena may come to its limit only while the keep is not being asked. */
static enum keep_answer kept_names(struct world *w, const char *after, struct names *n)
{
    struct arena *own = arena_new(LIMIT_CALL_MEMORY);
    struct names found = { .arena = own,
                           .list = arena_array(own, const char *, MOST_NAMES) };
    enum keep_answer answer =
        w->keep ? keep_namespaces(w->keep, after ? after : "", take_name, &found)
                : KEEP_OK;
    if (setjmp(*arena_guard(n->arena))) {
        arena_free(own);
        arena_fail(n->arena);
    }
    for (size_t i = 0; i < found.count; i++)
        n->list[n->count++] = arena_copy(n->arena, str(found.list[i]));
    arena_unguard(n->arena);
    arena_free(own);
    return answer;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Where several servers share what is kept, what only one of them has in memory is no
 * more than the seed. */
static void known_names(struct world *w, const char *after, struct names *n)
{
    struct namespace *held[LIMIT_NAMESPACES];
    char(*names)[LIMIT_NAMESPACE_NAME + 2] =
        arena_take(n->arena, LIMIT_NAMESPACES * sizeof(*names));
    bool shared = w->keep && keep_is_shared(w->keep);
    size_t count = namespaces_enter(w, held);
    for (size_t i = 0; i < count; i++) {
        memcpy(names[i], held[i]->name, sizeof(names[i]));
        namespace_drop(w, held[i]);
        if ((!after || strcmp(names[i], after) > 0) && (!shared || !*names[i]))
            n->list[n->count++] = names[i];
    }
}

enum keep_answer namespaces_list(struct world *w, const char *after,
                                 struct arena *arena, const char ***list, size_t *count,
                                 bool *more)
{
    struct names n = { .arena = arena,
                       .list = arena_array(arena, const char *,
                                           MOST_NAMES + LIMIT_NAMESPACES) };
    enum keep_answer answer = kept_names(w, after, &n);
    known_names(w, after, &n);
    if (n.count)
        qsort(n.list, n.count, sizeof(*n.list), by_bytes);
    *list = n.list;
    *count = 0;
    for (size_t i = 0; i < n.count; i++)
        if (!*count || strcmp(n.list[*count - 1], n.list[i]) != 0)
            n.list[(*count)++] = n.list[i];
    *more = *count > LIMIT_NAMESPACES;
    if (*more)
        *count = LIMIT_NAMESPACES;
    return answer;
}

/* ---- at start ---- */

bool world_resume(struct world *w, struct err *err)
{
    struct resuming r = { .w = w, .err = err };
    const struct where at = keep_where(w->keep);
    const char *trouble = keep_trouble(w->keep);
    enum keep_answer answer = keep_namespaces(w->keep, "", make_one, &r);
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

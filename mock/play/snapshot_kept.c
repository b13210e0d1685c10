#include "play/snapshot_kept.h"

#include "base/limits.h"
#include "play/keeping.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* "/snapshot": the moment, instances, bytes and the namespace's name. */
#define ABOUT "%" PRId64 " %zu %zu %s"
enum { ABOUT_BYTES = 80 + LIMIT_NAMESPACE_NAME };

struct kept_name {
    char text[LIMIT_NAMESPACE_NAME + 2];
};

static struct kept_name kept_name(const char *name)
{
    struct kept_name n;
    snprintf(n.text, sizeof(n.text), ":%s", name);
    return n;
}

static void about_read(const char *text, struct snapshot *s, struct held *held)
{
    char *rest;
    s->made = strtoll(text, &rest, 10);
    held->instances = strtoull(rest, &rest, 10);
    held->bytes = strtoull(rest, &rest, 10);
    snprintf(s->of, sizeof(s->of), "%s", *rest == ' ' ? rest + 1 : rest);
    if (s->made <= 0 || s->made >= CLOCK_LATEST) /* nobody wrote that */
        s->made = *text ? 1 : 0;
}

enum keep_answer snapshot_read(struct world *w, struct snapshot *s, struct held *held)
{
    char about[ABOUT_BYTES];
    struct held ignored;
    enum keep_answer answer =
        keep_read(w->keep, kept_name(s->name).text, "/snapshot", about, sizeof(about));
    if (answer == KEEP_OK)
        about_read(about, s, held ? held : &ignored);
    return answer;
}

/* ---- all of them ---- */

struct listing {
    struct snapshot *list;
    size_t count;
};

static bool take_name(void *context, const char *ns)
{
    struct listing *l = context;
    if (*ns != ':' || l->count == LIMIT_SNAPSHOTS)
        return false;
    if (namespace_name_valid(str(ns + 1))) {
        l->list[l->count] = (struct snapshot){ .made = 0 };
        snprintf(l->list[l->count].name, sizeof(l->list->name), "%s", ns + 1);
        l->count++;
    }
    return true;
}

static int earlier(const void *a, const void *b)
{
    const struct snapshot *x = a, *y = b;
    return x->made != y->made ? (x->made > y->made) - (x->made < y->made)
                              : strcmp(x->name, y->name);
}

static enum keep_answer read_all(struct world *w, struct snapshot *list, size_t *count)
{
    struct listing l = { .list = list };
    size_t there = 0;
    enum keep_answer answer = keep_namespaces(w->keep, ":", take_name, &l);
    for (size_t i = 0; i < l.count && answer == KEEP_OK; i++) {
        answer = snapshot_read(w, &list[i], NULL);
        if (list[i].made)
            list[there++] = list[i];
    }
    *count = answer == KEEP_OK ? there : 0;
    return answer;
}

enum keep_answer snapshots_kept(struct world *w, struct snapshot *list,
                                struct held *held, size_t *count)
{
    enum keep_answer answer = read_all(w, list, count);
    if (*count)
        qsort(list, *count, sizeof(*list), earlier);
    for (size_t i = 0; i < *count && answer == KEEP_OK; i++)
        answer = snapshot_read(w, &list[i], &held[i]);
    return answer;
}

enum keep_answer snapshots_sum(struct world *w, struct snapshot_sum *sum)
{
    struct snapshot *list = calloc(LIMIT_SNAPSHOTS, sizeof(*list));
    struct held held;
    enum keep_answer answer = list ? read_all(w, list, &sum->count) : KEEP_FULL;
    for (size_t i = 0; i < sum->count && answer == KEEP_OK; i++) {
        answer = snapshot_read(w, &list[i], &held);
        if (strcmp(list[i].name, sum->but) == 0)
            sum->there = true;
        else
            held_add(&sum->held, held);
    }
    free(list);
    return answer;
}

/* ---- one of them ---- */

static bool make_known(struct world *w, struct namespace *state, const char *name)
{
    memcpy(state->name, kept_name(name).text, sizeof(state->name));
    return (state->keeping = keeping_new(w, state)) != NULL;
}

enum keep_answer snapshot_write(struct world *w, const struct snapshot *s,
                                struct held held)
{
    char about[ABOUT_BYTES];
    struct namespace *state = s->state;
    if (!make_known(w, state, s->name))
        return KEEP_FULL;
    snprintf(about, sizeof(about), ABOUT, s->made, held.instances, held.bytes, s->of);
    pthread_mutex_lock(&state->lock);
    state->keeping->snapshot = about;
    bool ok = namespace_overwrite(w, state, false);
    state->keeping->snapshot = NULL;
    pthread_mutex_unlock(&state->lock);
    return ok ? KEEP_OK : state->keeping->unkept;
}

struct namespace *snapshot_blank(struct world *w, struct str name)
{
    struct namespace *state = namespace_seeded(w);
    char text[LIMIT_NAMESPACE_NAME + 1];
    if (!state)
        return NULL;
    snprintf(text, sizeof(text), "%.*s", (int)name.len, name.ptr);
    if (make_known(w, state, text))
        return state;
    namespace_drop(w, state);
    return NULL;
}

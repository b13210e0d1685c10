#include "play/snapshot.h"

#include "base/limits.h"
#include "play/namespaces.h"

static struct snapshot *find(struct namespaces *all, struct str name)
{
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (str_is(name, all->snapshots[i].name))
            return &all->snapshots[i];
    return NULL;
}

static size_t instances_of(const struct world *w, const struct namespace *state)
{
    size_t n = 0;
    for (size_t i = 0; i < w->cast.count; i++)
        for (size_t c = 0; c < w->behaviours[i]->plan.collection_count; c++)
            n += store_count(state->stores[i], c);
    return n;
}

static size_t instances_beside(const struct world *w, const struct snapshot *but)
{
    const struct namespaces *all = w->namespaces;
    size_t n = 0;
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (&all->snapshots[i] != but)
            n += instances_of(w, all->snapshots[i].state);
    return n;
}

/* Puts state where old is, or at the end; what stood there is in *before. The table's
 * lock is held for writing. */
static enum snapshot_answer put(struct world *w, struct str name, const char *of,
                                struct namespace *state, struct namespace **before)
{
    static const struct clock real = { .still = false };
    struct namespaces *all = w->namespaces;
    struct snapshot *old = find(all, name);
    struct snapshot *at = old ? old : &all->snapshots[all->snapshot_count];
    if (!old && all->snapshot_count == LIMIT_SNAPSHOTS)
        return SNAPSHOT_FULL;
    if (instances_beside(w, old) + instances_of(w, state) > LIMIT_SNAPSHOT_INSTANCES)
        return SNAPSHOT_LARGE;
    *before = old ? old->state : NULL;
    *at = (struct snapshot){ .made = clock_now(&real), .state = state };
    memcpy(at->name, name.ptr, name.len);
    memcpy(at->of, of, strlen(of));
    all->snapshot_count += !old;
    return old ? SNAPSHOT_REPLACED : SNAPSHOT_MADE;
}

enum snapshot_answer snapshot_make(struct world *w, struct namespace *ns,
                                   struct str name)
{
    struct namespace *state = namespace_copy(w, ns), *over = state;
    if (!state)
        return SNAPSHOT_MEMORY;
    memcpy(state->name, name.ptr, name.len);
    pthread_rwlock_wrlock(&w->namespaces->lock);
    enum snapshot_answer answer = put(w, name, ns->name, state, &over);
    pthread_rwlock_unlock(&w->namespaces->lock);
    namespace_drop(w, over);
    return answer;
}

struct namespace *snapshot_hold(struct world *w, struct str name)
{
    pthread_rwlock_rdlock(&w->namespaces->lock);
    const struct snapshot *s = find(w->namespaces, name);
    struct namespace *state = s ? s->state : NULL;
    if (state)
        namespace_hold(state);
    pthread_rwlock_unlock(&w->namespaces->lock);
    return state;
}

bool snapshot_remove(struct world *w, struct str name)
{
    struct namespaces *all = w->namespaces;
    pthread_rwlock_wrlock(&all->lock);
    struct snapshot *s = find(all, name);
    struct namespace *state = s ? s->state : NULL;
    if (s) {
        size_t after = all->snapshot_count - (size_t)(s - all->snapshots) - 1;
        memmove(s, s + 1, after * sizeof(*s));
        all->snapshot_count--;
    }
    pthread_rwlock_unlock(&all->lock);
    namespace_drop(w, state);
    return state != NULL;
}

size_t snapshots_list(struct world *w, struct snapshot_about **list,
                      struct arena *arena)
{
    struct namespaces *all = w->namespaces;
    struct snapshot *seen = arena_array(arena, struct snapshot, LIMIT_SNAPSHOTS);
    size_t *instances = arena_array(arena, size_t, LIMIT_SNAPSHOTS);
    /* Nothing is taken from an arena under the lock. */
    pthread_rwlock_rdlock(&all->lock);
    size_t count = all->snapshot_count;
    for (size_t i = 0; i < count; i++) {
        seen[i] = all->snapshots[i];
        instances[i] = instances_of(w, seen[i].state);
    }
    pthread_rwlock_unlock(&all->lock);
    *list = arena_array(arena, struct snapshot_about, LIMIT_SNAPSHOTS);
    for (size_t i = 0; i < count; i++)
        (*list)[i] = (struct snapshot_about){ seen[i].name, seen[i].of, seen[i].made,
                                              instances[i] };
    return count;
}

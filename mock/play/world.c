#include "play/world.h"

#include "base/limits.h"
#include "play/keeping.h"
#include "play/namespaces.h"

#include <stdlib.h>

bool world_open(struct world *w)
{
    struct namespaces *all = w->namespaces = calloc(1, sizeof(*w->namespaces));
    w->places = places_new();
    if (!all || !w->places)
        return false;
    pthread_rwlock_init(&all->lock, NULL);
    pthread_mutex_init(&all->indexes, NULL);
    pthread_mutex_init(&all->snapshotting, NULL);
    struct namespace *first = namespace_enter(w, STR(""));
    if (first)
        namespace_leave(w, first);
    return first != NULL;
}

void world_close(struct world *w)
{
    struct namespaces *all = w->namespaces;
    places_free(w->places);
    w->places = NULL;
    if (!all)
        return;
    for (size_t i = 0; i < LIMIT_NAMESPACES; i++)
        namespace_drop(w, all->list[i]);
    for (size_t i = 0; i < all->snapshot_count; i++)
        namespace_drop(w, all->snapshots[i].state);
    pthread_rwlock_destroy(&all->lock);
    pthread_mutex_destroy(&all->indexes);
    pthread_mutex_destroy(&all->snapshotting);
    free(all);
    w->namespaces = NULL;
}

void world_move(struct world *to, struct world *from)
{
    to->namespaces = from->namespaces;
    from->namespaces = NULL;
}

const struct scenario *world_scenario(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->scenario_count; i++)
        if (strcmp(w->scenarios[i]->name, name) == 0)
            return w->scenarios[i];
    return NULL;
}

/* ---- the table ---- */

bool namespace_name_valid(struct str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!fine)
            return false;
    }
    return name.len >= 1 && name.len <= LIMIT_NAMESPACE_NAME;
}

/* Names of one hash make one list of all, which LIMIT_NAMESPACES keeps short. */
static struct namespace **place_of(struct namespaces *all, struct str name)
{
    struct namespace **at = &all->buckets[str_hash(name) % NAMESPACE_BUCKETS];
    while (*at && !str_is(name, (*at)->name))
        at = &(*at)->next;
    return at;
}

/* Who finds it under the table's lock is in it before anyone can take it out. */
static struct namespace *enter(struct namespace *ns)
{
    if (ns)
        namespace_hold(ns);
    return ns;
}

struct namespace *namespace_enter_known(struct world *w, struct str name)
{
    struct namespaces *all = w->namespaces;
    pthread_rwlock_rdlock(&all->lock);
    struct namespace *ns = enter(*place_of(all, name));
    pthread_rwlock_unlock(&all->lock);
    return ns;
}

struct namespace *namespace_enter_old(struct world *w, struct str name,
                                      enum keep_answer *asked)
{
    struct namespace *ns = namespace_enter_known(w, name);
    bool there;
    *asked = KEEP_OK;
    if (!w->keep || !name.len || (ns && !keep_is_shared(w->keep)))
        return ns;
    *asked = world_keeps(w, name, &there);
    if (*asked == KEEP_OK && there && (ns || (ns = namespace_enter(w, name))))
        return ns;
    if (*asked == KEEP_OK && there)
        *asked = KEEP_FULL;
    if (ns)
        namespace_leave(w, ns);
    return NULL;
}

void namespace_leave(struct world *w, struct namespace *ns)
{
    atomic_store_explicit(&ns->used_us, clock_monotonic_us(), memory_order_relaxed);
    namespace_drop(w, ns);
}

static bool take_index(struct namespaces *all, size_t *index)
{
    pthread_mutex_lock(&all->indexes);
    size_t i = 0;
    while (i < LIMIT_NAMESPACES && all->taken[i])
        i++;
    if (i < LIMIT_NAMESPACES)
        all->taken[i] = true;
    pthread_mutex_unlock(&all->indexes);
    *index = i;
    return i < LIMIT_NAMESPACES;
}

/* Puts ns (taken) into the table, whose lock is held for writing, under a name that is
 * not there. NULL when it is full. */
static struct namespace *add(struct world *w, struct str name, struct namespace *ns)
{
    struct namespaces *all = w->namespaces;
    bool ok = !w->keep || (ns->keeping = keeping_new(w, ns));
    if (!ok || !take_index(all, &ns->index)) {
        ns->index = SIZE_MAX;
        namespace_drop(w, ns);
        return NULL;
    }
    memcpy(ns->name, name.ptr, name.len);
    ns->name[name.len] = '\0';
    ns->made_us = clock_monotonic_us();
    atomic_init(&ns->used_us, ns->made_us);
    struct namespace **bucket = &all->buckets[str_hash(name) % NAMESPACE_BUCKETS];
    ns->next = *bucket;
    *bucket = all->list[ns->index] = ns;
    return ns;
}

/* Out of the table, whose lock is held for writing; the caller has its hold now. */
static struct namespace *take_out(struct namespaces *all, struct namespace **at)
{
    struct namespace *ns = *at;
    *at = ns->next;
    all->list[ns->index] = NULL;
    return ns;
}

struct namespace *namespace_enter(struct world *w, struct str name)
{
    struct namespaces *all = w->namespaces;
    struct namespace *ns = namespace_enter_known(w, name);
    if (ns)
        return ns;
    namespaces_expire(w);
    struct namespace *fresh = namespace_seeded(w);
    if (!fresh)
        return NULL;
    pthread_rwlock_wrlock(&all->lock);
    struct namespace *old = *place_of(all, name);
    ns = enter(old ? old : add(w, name, fresh));
    pthread_rwlock_unlock(&all->lock);
    if (old)
        namespace_drop(w, fresh);
    return ns;
}

/* What is made has to be kept before it is answered. */
static enum namespace_answer make_kept(struct world *w, struct str name,
                                       struct namespace *fresh, bool replace,
                                       enum keep_answer *kept)
{
    struct namespace *ns = namespace_enter_old(w, name, kept);
    enum namespace_answer answer = ns ? NAMESPACE_REPLACED : NAMESPACE_MADE;
    if (*kept != KEEP_OK) {
        answer = NAMESPACE_UNKEPT;
    } else if (ns && !replace) {
        answer = NAMESPACE_EXISTS;
    } else if (!ns && !(ns = namespace_enter(w, name))) {
        answer = NAMESPACE_FULL;
    } else if (!namespace_swap(w, ns, fresh)) {
        answer = NAMESPACE_UNKEPT;
        *kept = ns->keeping->unkept;
    }
    if (ns)
        namespace_leave(w, ns);
    namespace_drop(w, fresh);
    return answer;
}

enum namespace_answer namespace_make(struct world *w, struct str name,
                                     struct namespace *fresh, bool replace,
                                     enum keep_answer *kept)
{
    struct namespaces *all = w->namespaces;
    namespaces_expire(w);
    if (w->keep)
        return make_kept(w, name, fresh, replace, kept);
    pthread_rwlock_wrlock(&all->lock);
    struct namespace *old = enter(*place_of(all, name));
    bool added = !old && add(w, name, fresh);
    pthread_rwlock_unlock(&all->lock);
    if (!old)
        return added ? NAMESPACE_MADE : NAMESPACE_FULL;
    if (replace)
        namespace_swap(w, old, fresh);
    namespace_leave(w, old);
    namespace_drop(w, fresh);
    return replace ? NAMESPACE_REPLACED : NAMESPACE_EXISTS;
}

/* Back to the seed, of which nothing is kept. */
static enum namespace_answer forget_kept(struct world *w, struct str name,
                                         enum keep_answer *kept)
{
    struct namespace *ns = namespace_enter_old(w, name, kept);
    if (!ns)
        return *kept == KEEP_OK ? NAMESPACE_NONE : NAMESPACE_UNKEPT;
    bool ok = namespace_forget(w, ns);
    if (!ok)
        *kept = ns->keeping->unkept == KEEP_OK ? KEEP_FULL : ns->keeping->unkept;
    namespace_leave(w, ns);
    return ok ? NAMESPACE_REMOVED : NAMESPACE_UNKEPT;
}

enum namespace_answer namespace_remove(struct world *w, struct str name,
                                       enum keep_answer *kept)
{
    struct namespaces *all = w->namespaces;
    enum namespace_answer answer = NAMESPACE_NONE;
    *kept = KEEP_OK;
    if (w->keep && name.len)
        answer = forget_kept(w, name, kept);
    if (answer == NAMESPACE_UNKEPT)
        return answer;
    pthread_rwlock_wrlock(&all->lock);
    struct namespace **at = place_of(all, name);
    bool there = name.len && *at;
    /* Two of one name would not know of each other's changes. */
    bool stays = there && w->keep && atomic_load(&(*at)->holders) > 1;
    struct namespace *ns = there && !stays ? take_out(all, at) : NULL;
    pthread_rwlock_unlock(&all->lock);
    namespace_drop(w, ns);
    return there && !w->keep ? NAMESPACE_REMOVED : answer;
}

/* The table's lock is held, for writing when the answer is to last. */
static bool is_idle(struct namespace *ns, clock_ms idle, uint64_t now_us)
{
    uint64_t used = atomic_load_explicit(&ns->used_us, memory_order_relaxed);
    return *ns->name && now_us > used && now_us - used > (uint64_t)idle * 1000 &&
           atomic_load_explicit(&ns->holders, memory_order_acquire) == 1;
}

static bool any_idle(struct world *w, clock_ms idle, uint64_t now_us)
{
    struct namespaces *all = w->namespaces;
    bool any = false;
    pthread_rwlock_rdlock(&all->lock);
    for (size_t i = 0; i < LIMIT_NAMESPACES && !any; i++)
        any = all->list[i] && is_idle(all->list[i], idle, now_us);
    pthread_rwlock_unlock(&all->lock);
    return any;
}

size_t namespaces_give_up(struct world *w, clock_ms idle)
{
    struct namespaces *all = w->namespaces;
    uint64_t now_us = clock_monotonic_us();
    struct namespace *out = NULL;
    size_t count = 0;
    if (!any_idle(w, idle, now_us))
        return 0;
    pthread_rwlock_wrlock(&all->lock);
    for (size_t i = 0; i < LIMIT_NAMESPACES; i++) {
        struct namespace *ns = all->list[i];
        if (!ns || !is_idle(ns, idle, now_us))
            continue;
        take_out(all, place_of(all, str(ns->name)));
        ns->next = out;
        out = ns;
        count++;
    }
    pthread_rwlock_unlock(&all->lock);
    while (out) { /* freeing many instances takes a while */
        struct namespace *next = out->next;
        namespace_drop(w, out);
        out = next;
    }
    return count;
}

size_t namespaces_expire(struct world *w)
{
    return w->idle ? namespaces_give_up(w, w->idle) : 0;
}

size_t namespaces_enter(struct world *w, struct namespace **list)
{
    struct namespaces *all = w->namespaces;
    size_t n = 0;
    pthread_rwlock_rdlock(&all->lock);
    for (size_t i = 0; i < LIMIT_NAMESPACES; i++)
        if (all->list[i])
            list[n++] = enter(all->list[i]);
    pthread_rwlock_unlock(&all->lock);
    return n;
}

void namespaces_on_free(struct world *w, void (*gone)(void *what, size_t index),
                        void *what)
{
    w->namespaces->gone = gone;
    w->namespaces->gone_what = what;
}

size_t world_states(struct world *w, struct namespace **list)
{
    const struct namespaces *all = w->namespaces;
    size_t n = 0;
    for (size_t i = 0; i < LIMIT_NAMESPACES; i++)
        if (all->list[i])
            list[n++] = all->list[i];
    for (size_t i = 0; i < all->snapshot_count; i++)
        list[n++] = all->snapshots[i].state;
    return n;
}

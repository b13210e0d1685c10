#include "play/world.h"

#include "base/limits.h"
#include "play/idempotency.h"

#include <stdlib.h>

struct namespaces {
    pthread_rwlock_t lock;
    struct namespace *list[LIMIT_NAMESPACES];
    size_t count;
};

bool world_open(struct world *w)
{
    w->namespaces = calloc(1, sizeof(*w->namespaces));
    w->places = places_new();
    if (!w->namespaces || !w->places)
        return false;
    pthread_rwlock_init(&w->namespaces->lock, NULL);
    return world_namespace(w, STR("")) != NULL;
}

static void stores_free(struct world *w, struct store **stores)
{
    for (size_t i = 0; stores && i < w->cast.count; i++)
        store_free(stores[i]);
    free(stores);
}

static struct store **stores_from_seed(struct world *w)
{
    struct store **stores = calloc(w->cast.count + 1, sizeof(*stores));
    for (size_t i = 0; stores && i < w->cast.count; i++) {
        stores[i] = store_copy(w->behaviours[i]->seed);
        if (!stores[i]) {
            stores_free(w, stores);
            return NULL;
        }
    }
    return stores;
}

static void namespace_free(struct world *w, struct namespace *ns)
{
    if (!ns)
        return;
    namespace_stop(ns, "");
    stores_free(w, ns->stores);
    free(ns->calls);
    idempotency_free(ns->idempotency);
    pthread_mutex_destroy(&ns->lock);
    free(ns);
}

void world_close(struct world *w)
{
    struct namespaces *all = w->namespaces;
    places_free(w->places);
    w->places = NULL;
    if (!all)
        return;
    for (size_t i = 0; i < all->count; i++)
        namespace_free(w, all->list[i]);
    pthread_rwlock_destroy(&all->lock);
    free(all);
    w->namespaces = NULL;
}

void world_move(struct world *to, struct world *from)
{
    to->namespaces = from->namespaces;
    from->namespaces = NULL;
}

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

static struct namespace *find(const struct namespaces *all, struct str name)
{
    for (size_t i = 0; i < all->count; i++)
        if (str_is(name, all->list[i]->name))
            return all->list[i];
    return NULL;
}

static bool start_all(struct world *w, struct namespace *ns)
{
    for (size_t i = 0; i < w->started_count; i++)
        if (!namespace_start(ns, w->started[i], NULL))
            return false;
    return true;
}

static struct namespace *make(struct world *w, struct str name)
{
    struct namespace *ns = calloc(1, sizeof(*ns));
    if (!ns)
        return NULL;
    pthread_mutex_init(&ns->lock, NULL);
    memcpy(ns->name, name.ptr, name.len);
    ns->stores = stores_from_seed(w);
    ns->calls = calloc(w->cast.operations + 1, sizeof(*ns->calls));
    ns->idempotency = idempotency_new();
    if (ns->stores && ns->calls && ns->idempotency && start_all(w, ns))
        return ns;
    namespace_free(w, ns);
    return NULL;
}

struct namespace *world_namespace(struct world *w, struct str name)
{
    struct namespaces *all = w->namespaces;
    pthread_rwlock_rdlock(&all->lock);
    struct namespace *ns = find(all, name);
    pthread_rwlock_unlock(&all->lock);
    if (ns)
        return ns;
    pthread_rwlock_wrlock(&all->lock);
    ns = find(all, name);
    if (!ns && all->count < LIMIT_NAMESPACES && (ns = make(w, name))) {
        ns->index = all->count;
        all->list[all->count++] = ns;
    }
    pthread_rwlock_unlock(&all->lock);
    return ns;
}

size_t world_namespace_count(struct world *w)
{
    pthread_rwlock_rdlock(&w->namespaces->lock);
    size_t count = w->namespaces->count;
    pthread_rwlock_unlock(&w->namespaces->lock);
    return count;
}

struct namespace *world_namespace_at(struct world *w, size_t index)
{
    pthread_rwlock_rdlock(&w->namespaces->lock);
    struct namespace *ns =
        index < w->namespaces->count ? w->namespaces->list[index] : NULL;
    pthread_rwlock_unlock(&w->namespaces->lock);
    return ns;
}

bool namespace_reset(struct world *w, struct namespace *ns)
{
    struct store **stores = stores_from_seed(w);
    if (!stores)
        return false;
    namespace_stop(ns, "");
    stores_free(w, ns->stores);
    ns->stores = stores;
    memset(ns->calls, 0, w->cast.operations * sizeof(*ns->calls));
    ns->clock_offset = 0;
    ns->faults_made = 0;
    idempotency_clear(ns->idempotency);
    return start_all(w, ns);
}

bool namespace_start(struct namespace *ns, const struct scenario *s, struct arena *own)
{
    if (ns->running_count == LIMIT_FAULTS) {
        arena_free(own);
        return false;
    }
    struct running *r = running_new(s, own);
    if (r)
        ns->running[ns->running_count++] = r;
    return r != NULL;
}

size_t namespace_stop(struct namespace *ns, const char *name)
{
    size_t kept = 0, stopped = 0;
    for (size_t i = 0; i < ns->running_count; i++) {
        struct running *r = ns->running[i];
        if (!*name || strcmp(running_scenario(r)->name, name) == 0) {
            running_free(r);
            stopped++;
        } else {
            ns->running[kept++] = r;
        }
    }
    ns->running_count = kept;
    return stopped;
}

clock_ms namespace_now(const struct world *w, const struct namespace *ns)
{
    return clock_now(&w->clock) + ns->clock_offset;
}

const struct scenario *world_scenario(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->scenario_count; i++)
        if (strcmp(w->scenarios[i]->name, name) == 0)
            return w->scenarios[i];
    return NULL;
}

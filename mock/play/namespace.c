#include "play/idempotency.h"
#include "play/keeping.h"
#include "play/namespaces.h"

#include <stdlib.h>

static void stores_free(struct world *w, struct store **stores)
{
    for (size_t i = 0; stores && i < w->cast.count; i++)
        store_free(stores[i]);
    free(stores);
}

static void namespace_free(struct world *w, struct namespace *ns)
{
    namespace_stop(ns, "");
    stores_free(w, ns->stores);
    keeping_free(ns->keeping, w);
    free(ns->calls);
    idempotency_free(ns->idempotency);
    pthread_mutex_destroy(&ns->lock);
    free(ns);
}

/* Holds nothing yet. */
static struct namespace *bare(struct world *w)
{
    struct namespace *ns = calloc(1, sizeof(*ns));
    if (!ns)
        return NULL;
    pthread_mutex_init(&ns->lock, NULL);
    atomic_init(&ns->holders, 1);
    ns->index = SIZE_MAX;
    ns->stores = calloc(w->cast.count + 1, sizeof(struct store *));
    ns->calls = calloc(w->cast.operations + 1, sizeof(*ns->calls));
    ns->idempotency = idempotency_new();
    if (ns->stores && ns->calls && ns->idempotency)
        return ns;
    namespace_free(w, ns);
    return NULL;
}

struct namespace *namespace_seeded(struct world *w)
{
    struct namespace *ns = bare(w);
    bool ok = ns != NULL;
    for (size_t i = 0; ok && i < w->cast.count; i++)
        ok = (ns->stores[i] = store_copy(w->behaviours[i]->seed)) != NULL;
    for (size_t i = 0; ok && i < w->started_count; i++)
        ok = namespace_start(ns, w->started[i], NULL);
    if (ok)
        return ns;
    namespace_drop(w, ns);
    return NULL;
}

/* from's lock is held, or nobody changes it. */
static bool copy_into(struct world *w, struct namespace *ns,
                      const struct namespace *from)
{
    for (size_t i = 0; i < w->cast.count; i++)
        if (!(ns->stores[i] = store_copy(from->stores[i])))
            return false;
    for (size_t i = 0; i < from->running_count; i++)
        if (!(ns->running[ns->running_count] = running_copy(from->running[i])))
            return false;
        else
            ns->running_count++;
    memcpy(ns->calls, from->calls, w->cast.operations * sizeof(*ns->calls));
    ns->clock_offset = from->clock_offset;
    ns->faults_made = from->faults_made;
    ns->hands = from->hands;
    return true;
}

struct namespace *namespace_copy_held(struct world *w, const struct namespace *from)
{
    struct namespace *ns = bare(w);
    if (ns && copy_into(w, ns, from))
        return ns;
    namespace_drop(w, ns);
    return NULL;
}

struct namespace *namespace_copy(struct world *w, struct namespace *from,
                                 enum keep_answer *kept)
{
    pthread_mutex_lock(&from->lock);
    *kept = namespace_sync(w, from);
    struct namespace *ns = *kept == KEEP_OK ? namespace_copy_held(w, from) : NULL;
    pthread_mutex_unlock(&from->lock);
    return ns;
}

void namespace_drop(struct world *w, struct namespace *ns)
{
    if (!ns || atomic_fetch_sub_explicit(&ns->holders, 1, memory_order_acq_rel) != 1)
        return;
    struct namespaces *all = w->namespaces;
    if (ns->index != SIZE_MAX) {
        pthread_mutex_lock(&all->indexes);
        if (all->gone)
            all->gone(all->gone_what, ns->index);
        all->taken[ns->index] = false;
        pthread_mutex_unlock(&all->indexes);
    }
    namespace_free(w, ns);
}

/* The lock is held. */
static void exchange(struct namespace *ns, struct namespace *other)
{
    struct store **stores = ns->stores;
    uint64_t *calls = ns->calls, made = ns->faults_made, hands = ns->hands;
    int64_t offset = ns->clock_offset;
    struct idempotency *answers = ns->idempotency;
    ns->stores = other->stores;
    ns->calls = other->calls;
    ns->clock_offset = other->clock_offset;
    ns->idempotency = other->idempotency;
    ns->faults_made = other->faults_made;
    ns->hands = other->hands;
    size_t most = ns->running_count > other->running_count ? ns->running_count
                                                           : other->running_count;
    for (size_t i = 0; i < most; i++) {
        struct running *r = ns->running[i];
        ns->running[i] = other->running[i];
        other->running[i] = r;
    }
    size_t count = ns->running_count;
    ns->running_count = other->running_count;
    other->stores = stores;
    other->calls = calls;
    other->clock_offset = offset;
    other->idempotency = answers;
    other->faults_made = made;
    other->hands = hands;
    other->running_count = count;
}

void namespace_take(struct world *w, struct namespace *ns, struct namespace *other)
{
    exchange(ns, other);
    namespace_imported(w, ns);
}

void namespace_become(struct world *w, struct namespace *ns, struct namespace *other)
{
    exchange(ns, other);
    namespace_replaced(w, ns);
}

static bool swap(struct world *w, struct namespace *ns, struct namespace *other,
                 bool forget)
{
    pthread_mutex_lock(&ns->lock);
    exchange(ns, other);
    bool kept = namespace_overwrite(w, ns, forget);
    pthread_mutex_unlock(&ns->lock);
    return kept;
}

bool namespace_swap(struct world *w, struct namespace *ns, struct namespace *other)
{
    return swap(w, ns, other, false);
}

static bool start_over(struct world *w, struct namespace *ns, bool forget)
{
    struct namespace *fresh = namespace_seeded(w);
    bool kept = fresh && swap(w, ns, fresh, forget);
    namespace_drop(w, fresh);
    return kept;
}

bool namespace_reset(struct world *w, struct namespace *ns)
{
    return start_over(w, ns, false);
}

bool namespace_forget(struct world *w, struct namespace *ns)
{
    return start_over(w, ns, true);
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
    namespace_restarted(ns);
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
    if (stopped)
        namespace_restarted(ns);
    return stopped;
}

bool namespace_clock_move(const struct world *w, struct namespace *ns, int64_t offset)
{
    clock_ms now = clock_now(&w->clock) + offset;
    if (now < CLOCK_EARLIEST || now >= CLOCK_LATEST)
        return false;
    ns->clock_offset = offset;
    return true;
}

clock_ms namespace_now(const struct world *w, const struct namespace *ns)
{
    return clock_now(&w->clock) + ns->clock_offset;
}

#include "play/snapshot.h"

#include "base/limits.h"
#include "play/keeping.h"
#include "play/namespaces.h"
#include "play/snapshot_kept.h"

static struct snapshot *find(struct namespaces *all, struct str name)
{
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (str_is(name, all->snapshots[i].name))
            return &all->snapshots[i];
    return NULL;
}

static struct held held_by(const struct world *w, const struct namespace *state)
{
    struct held held = { 0 };
    for (size_t i = 0; i < w->cast.count; i++)
        for (size_t c = 0; c < w->behaviours[i]->plan.collection_count; c++) {
            held.instances += store_count(state->stores[i], c);
            held.bytes += store_bytes(state->stores[i], c);
        }
    return held;
}

static bool fits(struct held a, struct held b)
{
    return a.instances + b.instances <= LIMIT_SNAPSHOT_INSTANCES &&
           a.bytes + b.bytes <= LIMIT_SNAPSHOT_BYTES;
}

static struct held held_beside(const struct world *w, const struct snapshot *but)
{
    const struct namespaces *all = w->namespaces;
    struct held sum = { 0 };
    for (size_t i = 0; i < all->snapshot_count; i++)
        if (&all->snapshots[i] != but)
            held_add(&sum, held_by(w, all->snapshots[i].state));
    return sum;
}

/* Puts state where old is, or at the end; what stood there is in *before. The table's
 * lock is held for writing. */
static enum snapshot_answer put(struct world *w, const struct snapshot *made,
                                struct namespace **before)
{
    struct namespaces *all = w->namespaces;
    struct snapshot *old = find(all, str(made->name));
    struct snapshot *at = old ? old : &all->snapshots[all->snapshot_count];
    if (!old && all->snapshot_count == LIMIT_SNAPSHOTS)
        return SNAPSHOT_FULL;
    if (!w->keep && !fits(held_beside(w, old), held_by(w, made->state)))
        return SNAPSHOT_LARGE;
    *before = old ? old->state : NULL;
    *at = *made;
    all->snapshot_count += !old;
    return old ? SNAPSHOT_REPLACED : SNAPSHOT_MADE;
}

/* Takes it off the table; the caller has the table's hold of what is returned. */
static struct namespace *take_out(struct namespaces *all, struct str name)
{
    pthread_rwlock_wrlock(&all->lock);
    struct snapshot *s = find(all, name);
    struct namespace *state = s ? s->state : NULL;
    if (s) {
        size_t after = all->snapshot_count - (size_t)(s - all->snapshots) - 1;
        memmove(s, s + 1, after * sizeof(*s));
        all->snapshot_count--;
    }
    pthread_rwlock_unlock(&all->lock);
    return state;
}

/* ---- with a keep; all->snapshotting is held ---- */

/* Memory has it, if it has room for it; state's hold is the table's then. */
static void put_known(struct world *w, const struct snapshot *s)
{
    struct namespace *over = s->state;
    pthread_rwlock_wrlock(&w->namespaces->lock);
    put(w, s, &over);
    pthread_rwlock_unlock(&w->namespaces->lock);
    namespace_drop(w, over);
}

static enum snapshot_answer make_kept(struct world *w, struct snapshot *made,
                                      enum keep_answer *kept)
{
    struct snapshot_sum sum = { .but = made->name };
    *kept = snapshots_sum(w, &sum);
    if (*kept != KEEP_OK)
        return SNAPSHOT_UNKEPT;
    if (!sum.there && sum.count >= LIMIT_SNAPSHOTS)
        return SNAPSHOT_FULL;
    if (!fits(sum.held, held_by(w, made->state)))
        return SNAPSHOT_LARGE;
    *kept = snapshot_write(w, made, held_by(w, made->state));
    if (*kept != KEEP_OK)
        return SNAPSHOT_UNKEPT;
    namespace_hold(made->state);
    put_known(w, made);
    return sum.there ? SNAPSHOT_REPLACED : SNAPSHOT_MADE;
}

/* What is kept may be another one by now, or gone. */
static struct namespace *hold_kept(struct world *w, struct str name,
                                   enum keep_answer *kept)
{
    struct namespaces *all = w->namespaces;
    struct snapshot there = { .state = NULL };
    memcpy(there.name, name.ptr, name.len);
    *kept = snapshot_read(w, &there, NULL);
    if (*kept != KEEP_OK)
        return NULL;
    if (!there.made) {
        namespace_drop(w, take_out(all, name));
        return NULL;
    }
    pthread_rwlock_rdlock(&all->lock);
    const struct snapshot *known = find(all, name);
    there.state = known ? known->state : NULL;
    if (there.state)
        namespace_hold(there.state);
    pthread_rwlock_unlock(&all->lock);
    if (!there.state) {
        there.state = snapshot_blank(w, name);
        if (there.state) {
            namespace_hold(there.state);
            put_known(w, &there);
        }
    }
    if (!there.state) {
        *kept = KEEP_FULL;
        return NULL;
    }
    pthread_mutex_lock(&there.state->lock);
    *kept = namespace_sync(w, there.state);
    pthread_mutex_unlock(&there.state->lock);
    if (*kept == KEEP_OK)
        return there.state;
    namespace_drop(w, there.state);
    return NULL;
}

static bool remove_kept(struct world *w, struct str name, enum keep_answer *kept)
{
    struct namespace *state = hold_kept(w, name, kept);
    if (!state)
        return false;
    if (!namespace_forget(w, state))
        *kept = state->keeping->unkept == KEEP_OK ? KEEP_FULL : state->keeping->unkept;
    else
        namespace_drop(w, take_out(w->namespaces, name));
    namespace_drop(w, state);
    return *kept == KEEP_OK;
}

/* ---- for all ---- */

enum snapshot_answer snapshot_make(struct world *w, struct namespace *ns,
                                   struct str name, enum keep_answer *kept)
{
    static const struct clock real = { .still = false };
    struct namespaces *all = w->namespaces;
    struct snapshot made = { .made = clock_now(&real) };
    enum snapshot_answer answer;
    made.state = namespace_copy(w, ns, kept);
    if (!made.state)
        return *kept == KEEP_OK ? SNAPSHOT_MEMORY : SNAPSHOT_UNKEPT;
    memcpy(made.name, name.ptr, name.len);
    memcpy(made.of, ns->name, sizeof(made.of));
    struct namespace *over = made.state;
    if (w->keep) {
        pthread_mutex_lock(&all->snapshotting);
        answer = make_kept(w, &made, kept);
        pthread_mutex_unlock(&all->snapshotting);
    } else {
        memcpy(made.state->name, name.ptr, name.len);
        pthread_rwlock_wrlock(&all->lock);
        answer = put(w, &made, &over);
        pthread_rwlock_unlock(&all->lock);
    }
    namespace_drop(w, over);
    return answer;
}

struct namespace *snapshot_hold(struct world *w, struct str name,
                                enum keep_answer *kept)
{
    struct namespaces *all = w->namespaces;
    struct namespace *state = NULL;
    *kept = KEEP_OK;
    if (!namespace_name_valid(name))
        return NULL;
    if (w->keep) {
        pthread_mutex_lock(&all->snapshotting);
        state = hold_kept(w, name, kept);
        pthread_mutex_unlock(&all->snapshotting);
        return state;
    }
    pthread_rwlock_rdlock(&all->lock);
    const struct snapshot *s = find(all, name);
    state = s ? s->state : NULL;
    if (state)
        namespace_hold(state);
    pthread_rwlock_unlock(&all->lock);
    return state;
}

bool snapshot_remove(struct world *w, struct str name, enum keep_answer *kept)
{
    struct namespaces *all = w->namespaces;
    *kept = KEEP_OK;
    if (!namespace_name_valid(name))
        return false;
    if (w->keep) {
        pthread_mutex_lock(&all->snapshotting);
        bool removed = remove_kept(w, name, kept);
        pthread_mutex_unlock(&all->snapshotting);
        return removed;
    }
    struct namespace *state = take_out(all, name);
    namespace_drop(w, state);
    return state != NULL;
}

/* Nothing is taken from an arena under the lock. */
static size_t list_known(struct world *w, struct snapshot *seen, struct held *held)
{
    struct namespaces *all = w->namespaces;
    pthread_rwlock_rdlock(&all->lock);
    size_t count = all->snapshot_count;
    for (size_t i = 0; i < count; i++) {
        seen[i] = all->snapshots[i];
        held[i] = held_by(w, seen[i].state);
    }
    pthread_rwlock_unlock(&all->lock);
    return count;
}

enum keep_answer snapshots_list(struct world *w, struct snapshot_about **list,
                                size_t *count, struct arena *arena)
{
    struct snapshot *seen = arena_array(arena, struct snapshot, LIMIT_SNAPSHOTS);
    struct held *held = arena_array(arena, struct held, LIMIT_SNAPSHOTS);
    *list = arena_array(arena, struct snapshot_about, LIMIT_SNAPSHOTS);
    enum keep_answer answer = KEEP_OK;
    if (w->keep)
        answer = snapshots_kept(w, seen, held, count);
    else
        *count = list_known(w, seen, held);
    for (size_t i = 0; i < *count; i++)
        (*list)[i] = (struct snapshot_about){ seen[i].name, seen[i].of, seen[i].made,
                                              held[i].instances };
    return answer;
}

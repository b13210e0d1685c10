#include "play/carry.h"

#include "base/limits.h"
#include "base/map.h"
#include "play/keeping.h"
#include "play/misfit.h"

#include <stdlib.h>

struct carrying {
    struct world *to, *from;
    struct err *err;
    struct arena *arena;   /* until everything has gone over */
    struct arena *scratch; /* while one instance is looked at */
    size_t *was;           /* the number of each operation in `from`, or SIZE_MAX */
    const struct namespace *ns;
    const char *in_ns; /* for sentences: "" or " in the namespace …" */
};

/* What a namespace is to have; once they have changed places, what it had. */
struct kept {
    struct keeping *keeping;
    struct store **stores;
    uint64_t *calls;
    struct running **running;
    size_t running_count;
};

/* One API's instances of one namespace on their way. */
struct moving {
    const struct behaviour *now, *was;
    struct store *to;
    const struct store *from;
    struct shelf {
        size_t was; /* the collection in `from`; SIZE_MAX: it starts from its seed */
        struct misfits lost;
    } * shelves;
};

static size_t api_in(const struct world *w, const char *name)
{
    for (size_t i = 0; i < w->cast.count; i++)
        if (strcmp(w->cast.apis[i]->name, name) == 0)
            return i;
    return SIZE_MAX;
}

static size_t collection_in(const struct store_plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->collection_count; i++)
        if (strcmp(plan->collections[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static size_t sequence_in(const struct behaviour *b, const char *name)
{
    for (size_t i = 0; i < b->plan.sequence_count; i++)
        if (strcmp(b->sequences[i], name) == 0)
            return i;
    return SIZE_MAX;
}

/* ---- instances ---- */

/* An instance shows parts of those that it refers to, and so on for LIMIT_EMBED_DEPTH
 * of them: it may fit no more because another is gone. */
static void drop_all_unfit(struct carrying *c, struct moving *m)
{
    size_t dropped = 1;
    for (int pass = 0; dropped && pass <= LIMIT_EMBED_DEPTH; pass++) {
        dropped = 0;
        for (size_t x = 0; x < m->now->plan.collection_count; x++)
            if (m->shelves[x].was != SIZE_MAX)
                dropped += misfits_take_out(
                    &m->shelves[x].lost, m->now, m->to, x,
                    &(struct former){ m->was, m->from, m->shelves[x].was }, c->arena,
                    c->scratch);
    }
}

/* False when memory ran out. */
static bool share_all(struct carrying *c, struct moving *m, size_t x)
{
    struct shelf *shelf = &m->shelves[x];
    bool seed = shelf->was == SIZE_MAX;
    const struct store *from = seed ? m->now->seed : m->from;
    size_t y = seed ? x : shelf->was;
    for (size_t slot = 0; slot < store_slots(from, y); slot++) {
        const cJSON *tree = store_get(from, y, slot);
        if (!tree)
            continue;
        shelf->lost.had++;
        switch (store_share(m->to, x, from, y, slot)) {
        case STORE_OK:
            break;
        case STORE_TAKEN:
            misfit_note(&shelf->lost, misfit_key(&m->now->plan.collections[x], tree),
                        "another instance has the same key or unique value",
                        (struct where){ .file = m->now->api->file }, c->arena);
            break;
        case STORE_FULL:
            return false;
        }
    }
    return true;
}

static void tell_gone(struct carrying *c, const struct moving *m)
{
    for (size_t x = 0; x < m->now->plan.collection_count; x++) {
        const struct misfits *s = &m->shelves[x].lost;
        if (s->gone)
            err_warn(c->err, s->where,
                     "%zu of %zu instances of %s/%s%s no longer fit and are gone, "
                     "first \"%.80s\": %s",
                     s->gone, s->had, m->now->api->name,
                     m->now->plan.collections[x].name, c->in_ns, s->first, s->why);
    }
}

/* A sequence that no call has moved starts where the new seed left it, too. */
static void carry_sequences(struct moving *m)
{
    for (size_t i = 0; i < m->now->plan.sequence_count; i++) {
        int64_t next = store_sequence(m->now->seed, i);
        size_t old = sequence_in(m->was, m->now->sequences[i]);
        int64_t had = old == SIZE_MAX ? next : store_sequence(m->from, old);
        bool moved = old != SIZE_MAX && had != store_sequence(m->was->seed, old);
        store_sequence_set(m->to, i, moved && had > next ? had : next);
    }
}

/* Owned by the caller; NULL when memory ran out. */
static struct store *carry_store(struct carrying *c, size_t api)
{
    const struct behaviour *now = c->to->behaviours[api];
    size_t old = api_in(c->from, now->api->name);
    if (old == SIZE_MAX || c->ns->keeping)
        return store_copy(now->seed);
    struct moving m = { .now = now,
                        .was = c->from->behaviours[old],
                        .to = store_new(&now->plan),
                        .from = c->ns->stores[old] };
    m.shelves = arena_array(c->arena, struct shelf, now->plan.collection_count + 1);
    bool ok = m.to != NULL;
    for (size_t x = 0; ok && x < now->plan.collection_count; x++) {
        const struct store_collection *plan = &now->plan.collections[x];
        size_t was = collection_in(&m.was->plan, plan->name);
        bool stays = was != SIZE_MAX &&
                     strcmp(m.was->plan.collections[was].key, plan->key) == 0 &&
                     !store_untouched(m.from, m.was->seed, was);
        m.shelves[x].was = stays ? was : SIZE_MAX;
        ok = share_all(c, &m, x);
    }
    if (!ok) {
        store_free(m.to);
        return NULL;
    }
    drop_all_unfit(c, &m);
    carry_sequences(&m);
    tell_gone(c, &m);
    return m.to;
}

/* Collections that were changed by calls and have no place to go to. */
static void tell_homeless(struct carrying *c, size_t old)
{
    const struct behaviour *was = c->from->behaviours[old];
    size_t api = api_in(c->to, was->api->name);
    const struct behaviour *now = api == SIZE_MAX ? NULL : c->to->behaviours[api];
    for (size_t y = 0; y < was->plan.collection_count; y++) {
        const struct store_collection *plan = &was->plan.collections[y];
        const struct store *s = c->ns->stores[old];
        size_t x = now ? collection_in(&now->plan, plan->name) : SIZE_MAX;
        const char *key = x == SIZE_MAX ? NULL : now->plan.collections[x].key;
        if (!store_count(s, y) || store_untouched(s, was->seed, y) ||
            (key && strcmp(key, plan->key) == 0))
            continue;
        err_warn(c->err, (struct where){ .file = was->api->file },
                 "%zu instances of %s/%s%s are gone: %s%s", store_count(s, y),
                 was->api->name, plan->name, c->in_ns,
                 key   ? "what they are found by is now "
                 : now ? "there is no such collection any more"
                       : "the API is not served any more",
                 key ? key : "");
    }
}

/* ---- counts of calls ---- */

static const char *operation_name(const struct operation *op, struct arena *arena)
{
    return arena_printf(arena, "%s\n%s", op->api->name, op->id);
}

/* Which operation of `from` each operation of `to` was. */
static void match_operations(struct carrying *c)
{
    struct map *known = map_new(c->arena);
    const struct cast *was = &c->from->cast, *now = &c->to->cast;
    c->was = arena_array(c->arena, size_t, now->operations + 1);
    for (size_t i = 0; i < was->count; i++)
        for (size_t j = 0; j < was->apis[i]->operation_count; j++) {
            size_t *number = arena_take(c->arena, sizeof(*number));
            const struct operation *op = &was->apis[i]->operations[j];
            *number = was->first[i] + j;
            map_put(known, str(operation_name(op, c->arena)), number);
        }
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < now->apis[i]->operation_count; j++) {
            const struct operation *op = &now->apis[i]->operations[j];
            const size_t *number = map_get(known, str(operation_name(op, c->arena)));
            c->was[now->first[i] + j] = number ? *number : SIZE_MAX;
        }
}

/* ---- what goes wrong ---- */

static const struct scenario *read_again(const struct scenario *was,
                                         const struct cast *cast, struct arena *own,
                                         struct err *err)
{
    if (setjmp(*arena_guard(own)))
        return NULL;
    struct scenario *s = scenario_read_text(str(was->text), cast, own, err);
    if (s)
        s->name = arena_copy(own, str(was->name));
    arena_unguard(own);
    return s;
}

/* Reads a fault that was made by hand anew, for the operations as they are now. own is
 * the new one's arena (taken). NULL, and told, when it fits no more. */
static struct running *carry_fault(struct carrying *c, const struct running *before,
                                   struct arena *own)
{
    const struct scenario *was = running_scenario(before);
    struct err err = err_in(own);
    const struct scenario *now = read_again(was, &c->to->cast, own, &err);
    if (now)
        return running_again(before, now, own);
    err_warn(c->err, (struct where){ .file = NULL },
             "the fault \"%.80s\"%s is gone: %s", was->name, c->in_ns,
             err.first ? err.first->why : "it takes too much memory to read");
    arena_free(own);
    return NULL;
}

static struct running *carry_scenario(struct carrying *c, const struct running *before)
{
    const char *name = running_scenario(before)->name;
    const struct scenario *now = world_scenario(c->to, name);
    if (now)
        return running_again(before, now, NULL);
    err_warn(c->err, (struct where){ .file = running_scenario(before)->file },
             "the scenario \"%.80s\" ran%s and is gone", name, c->in_ns);
    return NULL;
}

static bool carry_running(struct carrying *c, struct kept *k)
{
    k->running = calloc(c->ns->running_count + 1, sizeof(struct running *));
    for (size_t i = 0; k->running && i < c->ns->running_count; i++) {
        const struct running *before = c->ns->running[i];
        struct running *r = running_scenario(before)->text
                                ? carry_fault(c, before, arena_new(LIMIT_FAULT_MEMORY))
                                : carry_scenario(c, before);
        if (r)
            k->running[k->running_count++] = r;
    }
    return k->running != NULL;
}

/* ---- namespaces ---- */

static bool carry_namespace(struct carrying *c, const struct namespace *ns,
                            struct kept *k)
{
    c->ns = ns;
    c->in_ns =
        *ns->name
            ? arena_printf(c->arena, " in the %s \"%s\"",
                           ns->index == SIZE_MAX ? "snapshot" : "namespace", ns->name)
            : "";
    k->stores = calloc(c->to->cast.count + 1, sizeof(struct store *));
    k->calls = calloc(c->to->cast.operations + 1, sizeof(*k->calls));
    if (!k->stores || !k->calls || !carry_running(c, k))
        return false;
    for (size_t i = 0; i < c->to->cast.operations; i++)
        k->calls[i] = c->was[i] == SIZE_MAX ? 0 : ns->calls[c->was[i]];
    for (size_t i = 0; i < c->to->cast.count; i++)
        if (!(k->stores[i] = carry_store(c, i)))
            return false;
    struct namespace becoming = { .stores = k->stores };
    if (ns->keeping && !(k->keeping = keeping_new(c->to, &becoming)))
        return false;
    for (size_t i = 0; i < c->from->cast.count && !ns->keeping; i++)
        tell_homeless(c, i);
    return true;
}

static void change_places(struct namespace *ns, struct kept *k)
{
    struct kept old = { ns->keeping, ns->stores, ns->calls, k->running,
                        ns->running_count };
    ns->keeping = k->keeping;
    ns->stores = k->stores;
    ns->calls = k->calls;
    for (size_t i = 0; i < ns->running_count; i++) { /* never fewer than k has */
        struct running *before = ns->running[i];
        ns->running[i] = i < k->running_count ? k->running[i] : NULL;
        old.running[i] = before;
    }
    ns->running_count = k->running_count;
    *k = old;
}

static void kept_done(struct kept *k, const struct world *of)
{
    for (size_t i = 0; k->stores && i < of->cast.count; i++)
        store_free(k->stores[i]);
    for (size_t i = 0; i < k->running_count; i++)
        running_free(k->running[i]);
    keeping_free(k->keeping, of);
    free(k->stores);
    free(k->calls);
    free(k->running);
}

/* What is kept is brought in as at start: an instance that does not fit now may fit the
 * next documents. When it cannot be had, the next calls ask for it. */
static void load_again(struct carrying *c, struct namespace **list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i]->keeping) {
            list[i]->keeping->fresh = false;
            keeping_load(c->to, list[i], c->err);
        }
}

bool world_carry(struct world *to, struct world *from, struct err *err)
{
    struct namespace *list[LIMIT_NAMESPACES + LIMIT_SNAPSHOTS];
    size_t count = world_states(from, list);
    struct kept *kept = calloc(count + 1, sizeof(*kept));
    struct carrying c = { .to = to,
                          .from = from,
                          .err = err,
                          .arena = arena_new(LIMIT_SPEC_MEMORY),
                          .scratch = arena_new(LIMIT_CALL_MEMORY) };
    to->places = places_new();
    bool ok = kept && to->places;
    match_operations(&c);
    for (size_t i = 0; ok && i < count; i++)
        ok = carry_namespace(&c, list[i], &kept[i]);
    for (size_t i = 0; ok && i < count; i++)
        change_places(list[i], &kept[i]);
    for (size_t i = 0; kept && i < count; i++)
        kept_done(&kept[i], ok ? from : to);
    if (ok)
        world_move(to, from);
    if (ok && to->keep)
        load_again(&c, list, count);
    free(kept);
    arena_free(c.scratch);
    arena_free(c.arena);
    return ok;
}

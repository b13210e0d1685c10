#include "play/keeping.h"

#include "base/limits.h"
#include "play/keeping_parts.h"

#include <stdlib.h>

/* ---- of one namespace ---- */

static void fix_stores(const struct world *w, struct namespace *ns)
{
    for (size_t i = 0; i < w->cast.count; i++)
        store_fix(ns->stores[i]);
}

struct keeping *keeping_new(const struct world *w, struct namespace *ns)
{
    struct keeping *k = calloc(1, sizeof(*k));
    if (!k || !(k->touched = calloc(w->cast.count + 1, sizeof(*k->touched)))) {
        free(k);
        return NULL;
    }
    fix_stores(w, ns);
    k->fresh = true;
    k->drew = SIZE_MAX;
    for (size_t i = 0; i < w->cast.count; i++) {
        k->touched[i] =
            calloc(w->behaviours[i]->plan.collection_count + 1, sizeof(bool));
        if (!k->touched[i]) {
            keeping_free(k, w);
            return NULL;
        }
    }
    return k;
}

static void forget_imported(struct keeping *k)
{
    while (k->imported) {
        struct imported *next = k->imported->next;
        free(k->imported);
        k->imported = next;
    }
}

void keeping_free(struct keeping *k, const struct world *w)
{
    if (!k)
        return;
    forget_imported(k);
    for (size_t i = 0; i < w->cast.count; i++)
        free(k->touched[i]);
    free(k->touched);
    free(k);
}

void namespace_restarted(struct namespace *ns)
{
    if (ns->keeping)
        ns->keeping->restarted = true;
}

void namespace_drew(struct namespace *ns, size_t operation)
{
    if (ns->keeping)
        ns->keeping->drew = operation;
}

void namespace_answered(struct namespace *ns, const struct stored_answer *answer)
{
    if (ns->keeping)
        ns->keeping->answer = *answer;
}

bool namespace_imports(struct namespace *ns, size_t api, size_t number, bool sequence)
{
    struct imported *one = ns->keeping ? malloc(sizeof(*one)) : NULL;
    if (!one)
        return !ns->keeping;
    *one = (struct imported){ ns->keeping->imported, api, number, sequence, 0 };
    if (!sequence)
        one->slots = store_slots(ns->stores[api], number);
    ns->keeping->imported = one;
    return true;
}

void namespace_imported(const struct world *w, struct namespace *ns)
{
    if (!ns->keeping)
        return;
    fix_stores(w, ns);
    ns->keeping->fresh = false;
}

/* ---- settled, or taken back ---- */

static void remember(struct outgoing *o)
{
    struct keeping *k = o->k;
    struct namespace *ns = o->ns;
    size_t c, slot;
    for (size_t api = 0; api < o->w->cast.count; api++) {
        const struct behaviour *b = o->w->behaviours[api];
        struct store *s = ns->stores[api];
        for (size_t i = 0; k->replaced && i < b->plan.collection_count; i++)
            k->touched[api][i] = !store_untouched(s, b->seed, i);
        if (!store_marked(s))
            continue;
        for (size_t i = 0; store_changed(s, i, &c, &slot); i++)
            k->touched[api][c] = true;
        store_keep(s);
    }
    for (const struct imported *i = k->imported; i; i = i->next)
        if (!i->sequence)
            k->touched[i->api][i->number] = true;
    forget_imported(k);
    for (size_t i = 0; i < ns->running_count; i++)
        running_settle(ns->running[i]);
    k->documents &= !k->forgotten;
    for (size_t i = 0; i < o->changes.count; i++) {
        k->documents |= strcmp(o->changes.list[i].name, "/documents") == 0;
        k->listed |= strcmp(o->changes.list[i].name, "/running/list") == 0;
    }
    k->answers = k->replaced ? idempotency_count(ns->idempotency)
                             : k->answers + (k->answer.key.ptr != NULL);
    k->replaced = k->restarted = k->forgotten = false;
    k->drew = SIZE_MAX;
    k->answer.key.ptr = NULL;
    k->clock_offset = ns->clock_offset;
}

void namespace_abandon(struct world *w, struct namespace *ns)
{
    struct keeping *k = ns->keeping;
    for (size_t api = 0; api < w->cast.count; api++)
        store_abandon(ns->stores[api]);
    if (!k)
        return;
    for (size_t i = 0; i < ns->running_count && !k->restarted && !k->replaced; i++)
        running_undo(ns->running[i]);
    /* What there was is only kept there. */
    if (k->replaced || k->restarted || k->imported) {
        k->place = (struct keep_place){ 0 };
        k->fresh = false;
    }
    forget_imported(k);
    k->replaced = k->restarted = false;
    k->drew = SIZE_MAX;
    k->answer.key.ptr = NULL;
    ns->clock_offset = k->clock_offset;
}

static enum keep_answer send(struct outgoing *o)
{
    struct arena *arena = o->changes.arena;
    if (setjmp(*arena_guard(arena)))
        return KEEP_FULL;
    keeping_gather(o);
    arena_unguard(arena);
    if (!o->changes.count && !o->changes.forget)
        return KEEP_OK;
    /* Who commits was not behind then. */
    const uint64_t asked = atomic_fetch_add(&o->k->asked, 1) + 1;
    enum keep_answer answer =
        keep_commit(o->w->keep, o->ns->name, &o->k->place, &o->changes);
    o->k->heard = answer == KEEP_OK ? asked : 0;
    return answer;
}

/* Reading leaves a mark, too. */
static bool store_is_changed(const struct behaviour *b, const struct store *s)
{
    size_t c, slot;
    for (size_t i = 0; i < b->plan.sequence_count; i++)
        if (store_sequence_moved(s, i))
            return true;
    return store_changed(s, 0, &c, &slot);
}

static bool anything_changed(const struct world *w, const struct namespace *ns)
{
    const struct keeping *k = ns->keeping;
    for (size_t api = 0; api < w->cast.count; api++)
        if (store_marked(ns->stores[api]) &&
            store_is_changed(w->behaviours[api], ns->stores[api]))
            return true;
    return k->replaced || k->restarted || k->imported || k->answer.key.ptr ||
           k->drew != SIZE_MAX || ns->clock_offset != k->clock_offset ||
           keeping_counted(ns);
}

enum keep_answer namespace_settle(struct world *w, struct namespace *ns)
{
    if (!ns->keeping || !anything_changed(w, ns)) {
        for (size_t api = 0; api < w->cast.count; api++)
            if (store_marked(ns->stores[api]))
                store_keep(ns->stores[api]);
        return KEEP_OK;
    }
    struct outgoing o = { .w = w,
                          .ns = ns,
                          .k = ns->keeping,
                          .changes = { .arena = arena_new(LIMIT_KEEP_MEMORY) } };
    enum keep_answer answer = send(&o);
    if (answer == KEEP_OK)
        remember(&o);
    else
        namespace_abandon(w, ns);
    arena_free(o.changes.arena);
    return answer;
}

static bool hear_nothing(void *context)
{
    (void)context;
    return true;
}

static bool hear_no_entry(void *context, const char *name, struct str value)
{
    (void)context, (void)name, (void)value;
    return true;
}

void namespace_replaced(struct world *w, struct namespace *ns)
{
    if (!ns->keeping)
        return;
    fix_stores(w, ns);
    ns->keeping->fresh = false;
    ns->keeping->replaced = true;
}

bool namespace_overwrite(struct world *w, struct namespace *ns, bool forget)
{
    static const struct keep_news void_news = { hear_nothing, hear_no_entry, NULL };
    struct keeping *k = ns->keeping;
    if (!k)
        return true;
    fix_stores(w, ns);
    k->fresh = false;
    k->unkept = KEEP_BEHIND;
    for (unsigned i = 0; k->unkept == KEEP_BEHIND && i < LIMIT_KEEP_TRIES; i++) {
        k->unkept = keep_pull(w->keep, ns->name, &k->place, &void_news);
        k->replaced = k->unkept == KEEP_OK;
        k->forgotten = forget;
        if (k->replaced)
            k->unkept = namespace_settle(w, ns);
    }
    k->forgotten = false;
    if (k->unkept != KEEP_OK)
        k->place = (struct keep_place){ 0 };
    return k->unkept == KEEP_OK;
}

uint64_t namespace_asked(const struct namespace *ns)
{
    return ns->keeping ? atomic_load(&ns->keeping->asked) : 0;
}

enum keep_answer namespace_sync_since(struct world *w, struct namespace *ns,
                                      uint64_t asked)
{
    const struct keeping *k = ns->keeping;
    if (!k || (k->heard > asked && k->place.version))
        return KEEP_OK;
    return keeping_load(w, ns, NULL);
}

enum keep_answer namespace_sync(struct world *w, struct namespace *ns)
{
    return namespace_sync_since(w, ns, UINT64_MAX);
}

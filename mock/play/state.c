#include "play/state.h"

#include "doc/pointer.h"
#include "play/callback.h"
#include "play/mistake.h"
#include "play/run.h"
#include "play/state_parts.h"

enum { MOST_REFERRERS = 10 };

bool state_find(const struct world *w, struct namespace *ns, struct str api,
                struct str collection, struct shelf_of *shelf)
{
    for (size_t i = 0; i < w->cast.count; i++) {
        const struct store_plan *plan = &w->behaviours[i]->plan;
        for (size_t c = 0;
             c < plan->collection_count && str_is(api, w->cast.apis[i]->name); c++)
            if (str_is(collection, plan->collections[c].name)) {
                *shelf =
                    (struct shelf_of){ w, i, c, namespace_now(w, ns), ns->stores[i] };
                return true;
            }
    }
    return false;
}

/* ---- keys ---- */

cJSON *state_key(const struct shelf_of *s, const char *text, struct arena *arena)
{
    unsigned types = schema_types(state_plan(s)->schema, state_plan(s)->key, NULL);
    cJSON *number =
        types && !(types & TYPE_STRING) ? json_number_read(arena, str(text)) : NULL;
    return number ? number : json_string(arena, str(text));
}

bool state_slot(const struct shelf_of *s, const char *text, struct arena *arena,
                size_t *slot)
{
    if (store_key(s->store, s->collection, text, slot))
        return true;
    size_t n, *slots;
    struct store_condition at_key = { .at = state_plan(s)->key,
                                      .value = json_number_read(arena, str(text)) };
    if (!at_key.value)
        return false;
    slots = store_find(s->store, s->collection, &at_key, 1, 0, 1, arena, &n);
    if (n)
        *slot = slots[0];
    return n;
}

/* ---- making ready ---- */

struct resolving {
    const struct shelf_of *s;
    const struct store_reference *r;
    struct arena *arena;
};

static struct scope scope_of(const struct shelf_of *s, struct chance *chance,
                             struct arena *arena)
{
    return (struct scope){ .arena = arena,
                           .store = s->store,
                           .format = state_behaviour(s)->format,
                           .now = s->now,
                           .chance = chance };
}

static bool resolve(cJSON *key, void *context)
{
    struct resolving *v = context;
    struct scope scope = scope_of(v->s, NULL, v->arena);
    instance_resolve(state_behaviour(v->s), v->r, key, &scope);
    return false;
}

void state_prepare(const struct shelf_of *s, cJSON *tree, struct arena *arena)
{
    const struct store_collection *plan = state_plan(s);
    struct chance chance = { 0 };
    struct scope scope = scope_of(s, &chance, arena);
    pointer_remove(tree, "/" STORE_BROKEN);
    for (size_t i = 0; i < plan->reference_count; i++) {
        struct resolving v = { s, &plan->references[i], arena };
        store_each_key(tree, v.r, resolve, &v);
    }
    instance_arm(state_behaviour(s), s->collection, tree, &scope);
}

/* ---- what is due ---- */

/* What was due may have begun the change. */
static void begin(struct store *s)
{
    if (!store_marked(s))
        store_mark(s);
}

static void happen(const struct shelf_of *s, struct chance chance, struct arena *arena)
{
    struct scope scope = scope_of(s, &chance, arena);
    struct answer said = { .status = 0 };
    struct run run = { .b = state_behaviour(s), .s = &scope, .a = &said };
    scope.drawn = arena_array(arena, int64_t, run.b->plan.sequence_count + 1);
    run_forget_draws(&run);
    begin(s->store);
    run_due(&run);
}

void state_due(const struct world *w, struct namespace *ns, struct arena *arena)
{
    clock_ms now = namespace_now(w, ns);
    size_t c, slot;
    for (size_t api = 0; api < w->cast.count; api++)
        if (store_due(ns->stores[api], now, &c, &slot))
            happen(&(struct shelf_of){ w, api, c, now, ns->stores[api] },
                   chance_of(w->seed, str(ns->name), STR("due"),
                             (uint64_t)now ^ (uint64_t)slot << 44),
                   arena);
}

/* ---- telling ---- */

/* In API i's behaviour, whose store has changed; into *end, which moves on. */
static void tell_of(const struct world *w, struct namespace *ns, size_t i, bool put,
                    struct posting ***end, struct arena *arena)
{
    static const struct request nothing = { .method = { "", 0 } };
    const struct behaviour *b = w->behaviours[i];
    struct answer said = { .status = 0 };
    clock_ms now = namespace_now(w, ns);
    struct chance chance = chance_of(w->seed, str(ns->name), STR("by hand"),
                                     ns->hands++ ^ (uint64_t)now << 20);
    struct scope scope = { .arena = arena,
                           .request = &nothing,
                           .store = ns->stores[i],
                           .format = b->format,
                           .now = now,
                           .chance = &chance,
                           .namespace = ns->name,
                           .drawn = arena_array(arena, int64_t,
                                                b->plan.sequence_count + 1) };
    struct run run = { .b = b, .s = &scope, .a = &said, .by_hand = put };
    run_tell(&run, 0);
    for (struct posting *p = said.told; p; p = p->next) {
        p->api = i;
        **end = p;
        *end = &p->next;
    }
}

struct posting *state_tell(const struct world *w, struct namespace *ns, bool put,
                           struct arena *arena)
{
    struct posting *first = NULL, **end = &first;
    for (size_t i = 0; i < w->cast.count; i++)
        if (store_marked(ns->stores[i]) && book_of(w->behaviours[i])->webhook_count)
            tell_of(w, ns, i, put, &end, arena);
    return first;
}

/* ---- putting ---- */

/* The instance that has tree's key, and not as an alias. */
static bool same_key(const struct shelf_of *s, const cJSON *tree, struct arena *arena,
                     size_t *slot)
{
    size_t n;
    const char *at = state_plan(s)->key;
    struct store_condition at_key = { .at = at, .value = pointer_get(tree, at) };
    size_t *slots = store_find(s->store, s->collection, &at_key, 1, 0, 1, arena, &n);
    if (!n || !json_equal(pointer_get(store_get(s->store, s->collection, slots[0]), at),
                          at_key.value))
        return false;
    *slot = slots[0];
    return true;
}

static enum store_answer put(const struct shelf_of *s, const cJSON *tree, bool there,
                             size_t *slot)
{
    return there ? store_replace(s->store, s->collection, *slot, tree)
                 : store_insert(s->store, s->collection, tree, slot);
}

enum state_answer state_put(const struct shelf_of *s, cJSON *tree, bool force,
                            const char *prefix, struct arena *arena, cJSON *errors,
                            const cJSON **stored)
{
    size_t slot = SIZE_MAX;
    bool there = same_key(s, tree, arena, &slot);
    begin(s->store);
    state_prepare(s, tree, arena);
    enum store_answer answer = put(s, tree, there, &slot);
    bool fine = answer == STORE_OK && state_check(s, slot, prefix, arena, errors);
    if (answer == STORE_OK && !fine && force) {
        json_set(arena, tree, STORE_BROKEN, json_bool(arena, true));
        answer = store_replace(s->store, s->collection, slot, tree);
    }
    if (answer != STORE_OK || (!fine && !force)) {
        store_undo(s->store);
        if (answer == STORE_TAKEN)
            state_tell_taken(s, tree, there ? slot : SIZE_MAX, prefix, arena, errors);
        return answer == STORE_TAKEN  ? STATE_TAKEN
               : answer == STORE_FULL ? STATE_FULL
                                      : STATE_BROKEN;
    }
    if (!same_key(s, tree, arena, &slot))
        return STATE_FULL;
    *stored = store_get(s->store, s->collection, slot);
    return there ? STATE_REPLACED : STATE_MADE;
}

/* ---- taking out ---- */

/* Instances of collection x that refer to key through r, but for the one at slot
 * itself. */
static void tell_referrers(const struct shelf_of *s, size_t slot, size_t x,
                           const struct store_reference *r, const cJSON *key,
                           struct arena *arena, cJSON *errors)
{
    const struct shelf_of other = { s->w, s->api, x, s->now, s->store };
    const struct store_condition refers = { .at = r->at.text,
                                            .value = key,
                                            .far = strstr(r->at.text, "/*") != NULL };
    size_t n,
        *slots = store_find(s->store, x, &refers, 1, 0, MOST_REFERRERS, arena, &n);
    for (size_t i = 0; i < n; i++) {
        if (x == s->collection && slots[i] == slot)
            continue;
        const char *base = pointer_join(arena, "", state_plan(&other)->name);
        base = pointer_join(arena, base, state_key_at(&other, slots[i], arena));
        mistake_add(errors, arena, arena_printf(arena, "%s%s", base, r->at.text),
                    "reference", "no instance that refers to what is deleted",
                    state_shown(key, arena));
    }
}

/* References that the behaviour says nothing about, or that it lets nobody break. */
static void tell_all_referrers(const struct shelf_of *s, size_t slot,
                               struct arena *arena, cJSON *errors)
{
    const struct store_plan *plan = &state_behaviour(s)->plan;
    const cJSON *key =
        store_key_of(state_plan(s), store_get(s->store, s->collection, slot));
    for (size_t x = 0; x < plan->collection_count && key; x++)
        for (size_t i = 0; i < plan->collections[x].reference_count; i++) {
            const struct store_reference *r = &plan->collections[x].references[i];
            bool stays =
                r->on_delete == ON_DELETE_NOTHING || r->on_delete == ON_DELETE_RESTRICT;
            for (size_t o = 0; o < r->of_count && stays; o++)
                if (r->of[o] == s->collection)
                    tell_referrers(s, slot, x, r, key, arena, errors);
        }
}

/* As a step of the behaviour would, with all that follows. */
static bool remove_whole(const struct shelf_of *s, size_t slot, struct arena *arena,
                         cJSON *errors)
{
    struct chance chance = { 0 };
    struct scope scope = scope_of(s, &chance, arena);
    struct answer said = { .status = 0 };
    struct run run = { .b = state_behaviour(s), .s = &scope, .a = &said };
    if (run_remove(&run, s->collection, &slot, 1))
        return true;
    mistake_add(errors, arena, "", "reference", "all that follows to be deleted, too",
                arena_printf(arena, "status %d", said.status));
    return false;
}

bool state_remove(const struct shelf_of *s, size_t slot, bool force,
                  struct arena *arena, cJSON *errors)
{
    if (!force)
        tell_all_referrers(s, slot, arena, errors);
    if (json_count(errors))
        return false;
    begin(s->store);
    if (force)
        store_remove(s->store, s->collection, slot);
    else if (!remove_whole(s, slot, arena, errors)) {
        store_undo(s->store);
        return false;
    }
    return true;
}

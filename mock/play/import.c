#include "doc/pointer.h"
#include "play/export.h"
#include "play/mistake.h"
#include "play/state.h"

/* Fits an int64_t with room to add. */
static const double MOST_OFFSET = 1e15;

/* What is being read into a namespace that nobody else sees yet. */
struct importing {
    struct world *w;
    struct namespace *ns;
    bool force, full;
    struct arena *arena;
    cJSON *errors;
};

static bool bad(struct importing *m, const char *pointer, const char *expected,
                const char *found)
{
    mistake_add(m->errors, m->arena, pointer, "import", expected, found);
    return false;
}

static const char *below(struct importing *m, const char *base, const char *name)
{
    return pointer_join(m->arena, base, name);
}

/* ---- instances ---- */

/* Puts one into the store without asking whether it fits: what it refers to may come
 * later. False when it cannot be. */
static bool take_instance(struct importing *m, const struct shelf_of *s,
                          const cJSON *given, const char *at)
{
    const struct store_collection *plan =
        &m->w->behaviours[s->api]->plan.collections[s->collection];
    const cJSON *key = store_key_of(plan, given);
    size_t slot;
    if (!json_is_object(given))
        return bad(m, at, "an instance (an object)", json_kind(given));
    if (!json_is_string(key) && !json_is_number(key))
        return bad(m, arena_printf(m->arena, "%s%s", at, plan->key),
                   arena_printf(m->arena, "the key of %s", plan->name),
                   key ? json_kind(key) : "nothing");
    switch (store_insert(s->store, s->collection, given, &slot)) {
    case STORE_OK:
        return true;
    case STORE_TAKEN:
        state_tell_taken(s, given, SIZE_MAX, at, m->arena, m->errors);
        return false;
    case STORE_FULL:
        m->full = true;
    }
    return false;
}

/* Checks the instance at slot, and marks it when it is broken. */
static void settle_instance(struct importing *m, const struct shelf_of *s, size_t slot,
                            const char *at)
{
    const cJSON *stored = store_get(s->store, s->collection, slot);
    cJSON *found = m->force ? json_array(m->arena) : m->errors;
    cJSON *tree = json_copy(m->arena, stored);
    state_prepare(s, tree, m->arena);
    if (!json_equal(tree, stored) &&
        store_replace(s->store, s->collection, slot, tree) != STORE_OK)
        m->full = true;
    if (state_check(s, slot, at, m->arena, found))
        return;
    /* Also where nothing is forced: those that show it are not blamed for it. */
    json_set(m->arena, tree, STORE_BROKEN, json_bool(m->arena, true));
    if (store_replace(s->store, s->collection, slot, tree) != STORE_OK)
        m->full = true;
}

/* ---- one API ---- */

/* The shelf in the new store; false when its name is not known. */
static bool known(struct importing *m, size_t api, const char *name, const char *at,
                  struct shelf_of *shelf)
{
    return state_find(m->w, m->ns, str(m->w->cast.apis[api]->name), str(name), shelf) ||
           bad(m, at, "a collection of this API", "none of that name");
}

/* What is not named is shared with the store before. */
static void keep_others(struct importing *m, size_t api, const struct store *before,
                        struct store *now, const cJSON *named)
{
    const struct store_plan *plan = &m->w->behaviours[api]->plan;
    for (size_t c = 0; c < plan->collection_count; c++) {
        if (json_member(named, plan->collections[c].name))
            continue;
        for (size_t slot = 0; slot < store_slots(before, c); slot++)
            if (store_get(before, c, slot) &&
                store_share(now, c, before, c, slot) != STORE_OK)
                m->full = true;
    }
    for (size_t i = 0; i < plan->sequence_count; i++)
        store_sequence_set(now, i, store_sequence(before, i));
}

static void read_sequences(struct importing *m, size_t api, const cJSON *list,
                           const char *at)
{
    const struct behaviour *b = m->w->behaviours[api];
    if (list && !json_is_object(list)) {
        bad(m, at, "an object", json_kind(list));
        return;
    }
    for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
        size_t i = 0;
        while (i < b->plan.sequence_count && strcmp(b->sequences[i], one->string) != 0)
            i++;
        bool whole = json_is_number(one) && one->valuedouble >= -9007199254740992.0 &&
                     one->valuedouble <= 9007199254740992.0 &&
                     one->valuedouble == (double)(int64_t)one->valuedouble;
        if (i == b->plan.sequence_count)
            bad(m, below(m, at, one->string), "a sequence of this API",
                "none of that name");
        else if (!whole)
            bad(m, below(m, at, one->string), "a whole number",
                json_text(one, m->arena).ptr);
        else
            store_sequence_set(m->ns->stores[api], i, (int64_t)one->valuedouble);
    }
}

static void read_instances(struct importing *m, size_t api, const cJSON *collections,
                           const char *at)
{
    struct shelf_of shelf;
    for (const cJSON *c = collections->child; c; c = c->next) {
        const char *base = below(m, at, c->string);
        size_t row = 0;
        if (!known(m, api, c->string, base, &shelf))
            continue;
        if (!json_is_array(c))
            bad(m, base, "an array of instances", json_kind(c));
        for (const cJSON *one = json_is_array(c) ? c->child : NULL; one;
             one = one->next)
            take_instance(m, &shelf, one,
                          arena_printf(m->arena, "%s/%zu", base, row++));
    }
    if (m->full || json_count(m->errors))
        return;
    for (const cJSON *c = collections->child; c; c = c->next) {
        const char *base = below(m, at, c->string);
        known(m, api, c->string, base, &shelf);
        for (size_t slot = 0; slot < store_slots(shelf.store, shelf.collection); slot++)
            settle_instance(m, &shelf, slot,
                            arena_printf(m->arena, "%s/%zu", base, slot));
    }
}

static void read_api(struct importing *m, size_t api, const cJSON *tree, const char *at)
{
    const cJSON *collections = json_member(tree, "collections");
    const cJSON *sequences = json_member(tree, "sequences");
    if (!json_is_object(tree) ||
        json_count(tree) > (collections ? 1u : 0u) + (sequences ? 1u : 0u)) {
        bad(m, at, "an object of collections and sequences", json_kind(tree));
        return;
    }
    if (json_is_object(collections)) {
        struct store *now = store_new(&m->w->behaviours[api]->plan);
        if (!now) {
            m->full = true;
            return;
        }
        struct store *before = m->ns->stores[api];
        m->ns->stores[api] = now; /* freed with the namespace, whatever comes */
        keep_others(m, api, before, now, collections);
        store_free(before);
        read_instances(m, api, collections, below(m, at, "collections"));
    } else if (collections) {
        bad(m, below(m, at, "collections"), "an object", json_kind(collections));
    }
    read_sequences(m, api, sequences, below(m, at, "sequences"));
}

/* ---- the whole ---- */

static void read_all(struct importing *m, const cJSON *tree)
{
    const cJSON *apis = json_member(tree, "apis");
    const cJSON *offset = json_member(tree, "clock_offset_ms");
    if (apis && !json_is_object(apis))
        bad(m, "/apis", "an object", json_kind(apis));
    for (const cJSON *one = json_is_object(apis) ? apis->child : NULL; one;
         one = one->next) {
        size_t api = 0;
        while (api < m->w->cast.count &&
               strcmp(m->w->cast.apis[api]->name, one->string) != 0)
            api++;
        const char *at = below(m, "/apis", one->string);
        if (api < m->w->cast.count)
            read_api(m, api, one, at);
        else
            bad(m, at, "an API that is served", "none of that name");
    }
    if (offset && !(json_is_number(offset) && offset->valuedouble >= -MOST_OFFSET &&
                    offset->valuedouble <= MOST_OFFSET &&
                    namespace_clock_move(m->w, m->ns, (int64_t)offset->valuedouble)))
        bad(m, "/clock_offset_ms", "milliseconds to a time from the year 1 to 9998",
            json_text(offset, m->arena).ptr);
    for (const cJSON *one = tree->child; one; one = one->next)
        if (one != apis && one != offset)
            bad(m, below(m, "", one->string), "apis or clock_offset_ms",
                "another member");
}

struct namespace *namespace_import(struct world *w, struct namespace *ns,
                                   const cJSON *tree, bool force, struct arena *arena,
                                   cJSON *errors)
{
    struct namespace *fresh = namespace_copy_held(w, ns);
    struct importing m = { w, fresh, force, false, arena, errors };
    if (!fresh)
        return NULL;
    if (setjmp(*arena_guard(arena))) {
        namespace_drop(w, fresh);
        arena_fail(arena);
    }
    read_all(&m, tree);
    arena_unguard(arena);
    if (!json_count(errors) && !m.full)
        return fresh;
    namespace_drop(w, fresh);
    return NULL;
}

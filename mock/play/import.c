#include "doc/pointer.h"
#include "play/export.h"
#include "play/keeping.h"
#include "play/mistake.h"
#include "play/state.h"

#include <stdlib.h>

/* Fits an int64_t with room to add. */
static const double MOST_OFFSET = 1e15;

/* What is being read into a namespace that nobody else sees yet. */
struct importing {
    struct world *w;
    struct namespace *ns;
    bool force, full;
    struct arena *arena;
    struct arena *row; /* given back behind each instance */
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

static const char *row_of(struct importing *m, const char *base, size_t row)
{
    return arena_printf(m->arena, "%s/%zu", base, row);
}

/* Puts one into the store without asking whether it fits: what it refers to may come
 * later. */
static void take_instance(struct importing *m, const struct shelf_of *s,
                          const cJSON *given, const char *base, size_t row)
{
    const struct store_collection *plan =
        &m->w->behaviours[s->api]->plan.collections[s->collection];
    const cJSON *key = store_key_of(plan, given);
    size_t slot;
    if (!json_is_object(given)) {
        bad(m, row_of(m, base, row), "an instance (an object)", json_kind(given));
        return;
    }
    if (!json_is_string(key) && !json_is_number(key)) {
        bad(m, arena_printf(m->arena, "%s/%zu%s", base, row, plan->key),
            arena_printf(m->arena, "the key of %s", plan->name),
            key ? json_kind(key) : "nothing");
        return;
    }
    switch (store_insert(s->store, s->collection, given, &slot)) {
    case STORE_OK:
        break;
    case STORE_TAKEN:
        state_tell_taken(s, given, SIZE_MAX, row_of(m, base, row), m->arena, m->errors);
        break;
    case STORE_FULL:
        m->full = true;
    }
}

/* Checks the instance at slot, and marks it when it is broken; found gets what is wrong
 * with it. All of it is from m->row. */
static void settle_instance(struct importing *m, const struct shelf_of *s, size_t slot,
                            const char *base, cJSON *found)
{
    const cJSON *stored = store_get(s->store, s->collection, slot);
    cJSON *tree = json_copy(m->row, stored);
    state_prepare(s, tree, m->row);
    if (!json_equal(tree, stored) &&
        store_replace(s->store, s->collection, slot, tree) != STORE_OK)
        m->full = true;
    if (state_check(s, slot, arena_printf(m->row, "%s/%zu", base, slot), m->row, found))
        return;
    /* Also where nothing is forced: those that show it are not blamed for it. */
    json_set(m->row, tree, STORE_BROKEN, json_bool(m->row, true));
    if (store_replace(s->store, s->collection, slot, tree) != STORE_OK)
        m->full = true;
}

static void settle_row(struct importing *m, const struct shelf_of *s, size_t slot,
                       const char *base)
{
    if (setjmp(*arena_guard(m->row)))
        arena_fail(m->arena);
    cJSON *found = json_array(m->row);
    settle_instance(m, s, slot, base, found);
    for (const cJSON *one = m->force ? NULL : found->child; one; one = one->next)
        if (json_count(m->errors) < LIMIT_FINDINGS)
            json_push(m->errors, json_copy(m->arena, one));
    arena_reset(m->row);
}

/* ---- one API ---- */

/* The shelf in the new store; false when its name is not known. */
static bool known(struct importing *m, size_t api, const char *name, const char *at,
                  struct shelf_of *shelf)
{
    return state_find(m->w, m->ns, str(m->w->cast.apis[api]->name), str(name), shelf) ||
           bad(m, at, "a collection of this API", "none of that name");
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
        store_empty(shelf.store, shelf.collection);
        for (const cJSON *one = json_is_array(c) ? c->child : NULL; one;
             one = one->next)
            take_instance(m, &shelf, one, base, row++);
    }
    if (m->full || json_count(m->errors))
        return;
    for (const cJSON *c = collections->child; c; c = c->next) {
        const char *base = below(m, at, c->string);
        known(m, api, c->string, base, &shelf);
        for (size_t slot = 0; slot < store_slots(shelf.store, shelf.collection); slot++)
            settle_row(m, &shelf, slot, base);
    }
    store_index_all(m->ns->stores[api]);
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
    if (json_is_object(collections))
        read_instances(m, api, collections, below(m, at, "collections"));
    else if (collections)
        bad(m, below(m, at, "collections"), "an object", json_kind(collections));
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

struct namespace *namespace_import(struct world *w, const struct namespace *ns,
                                   const cJSON *tree, bool force, struct arena *arena,
                                   cJSON *errors)
{
    struct namespace *fresh = namespace_copy_held(w, ns);
    struct importing m = { w, fresh, force, false, arena, NULL, errors };
    if (!fresh)
        return NULL;
    m.row = arena_new(LIMIT_CALL_MEMORY);
    if (setjmp(*arena_guard(arena))) {
        arena_free(m.row);
        namespace_drop(w, fresh);
        arena_fail(arena);
    }
    read_all(&m, tree);
    arena_unguard(arena);
    arena_free(m.row);
    if (!json_count(errors) && !m.full)
        return fresh;
    namespace_drop(w, fresh);
    return NULL;
}

/* ---- into a namespace that calls were made in meanwhile ---- */

static const cJSON *named_in(const struct world *w, size_t api, const cJSON *tree,
                             const char *what)
{
    return json_member(json_member(json_member(tree, "apis"), w->cast.apis[api]->name),
                       what);
}

/* Marks a collection, and all that its instances show something of. */
static void mark(const struct store_plan *plan, size_t c, bool *marks)
{
    if (marks[c])
        return;
    marks[c] = true;
    for (size_t i = 0; i < plan->collections[c].reference_count; i++) {
        const struct store_reference *r = &plan->collections[c].references[i];
        for (size_t k = 0; k < r->of_count; k++)
            mark(plan, r->of[k], marks);
    }
}

/* Whether the instances that imported ones refer to are still those that were there
 * when they were looked at. */
static bool stands(const struct store_plan *plan, const struct store *now,
                   const struct store *base, const cJSON *named)
{
    bool *marks = calloc(plan->collection_count + 1, sizeof(*marks)), same = marks;
    for (size_t c = 0; same && c < plan->collection_count; c++)
        if (json_member(named, plan->collections[c].name))
            mark(plan, c, marks);
    for (size_t c = 0; same && c < plan->collection_count; c++)
        same = !marks[c] || json_member(named, plan->collections[c].name) ||
               store_untouched(now, base, c);
    free(marks);
    return same;
}

bool namespace_import_into(struct world *w, struct namespace *ns,
                           const struct namespace *base, const struct namespace *made,
                           const cJSON *tree)
{
    for (size_t api = 0; api < w->cast.count; api++)
        if (!stands(&w->behaviours[api]->plan, ns->stores[api], base->stores[api],
                    named_in(w, api, tree, "collections")))
            return false;
    struct namespace *now = namespace_copy_held(w, ns);
    bool noted = true;
    if (!now)
        return false;
    for (size_t api = 0; api < w->cast.count; api++) {
        const struct behaviour *b = w->behaviours[api];
        const cJSON *named = named_in(w, api, tree, "collections");
        const cJSON *sequences = named_in(w, api, tree, "sequences");
        struct store *to = now->stores[api], *from = made->stores[api];
        for (size_t c = 0; c < b->plan.collection_count; c++)
            if (json_member(named, b->plan.collections[c].name)) {
                store_take(to, from, c);
                noted = namespace_imports(ns, api, c, false) && noted;
            }
        for (size_t i = 0; i < b->plan.sequence_count; i++)
            if (json_member(sequences, b->sequences[i])) {
                store_sequence_set(to, i, store_sequence(from, i));
                noted = namespace_imports(ns, api, i, true) && noted;
            }
    }
    if (json_member(tree, "clock_offset_ms"))
        now->clock_offset = made->clock_offset;
    namespace_take(w, ns, now);
    if (!noted)
        namespace_replaced(w, ns);
    namespace_drop(w, now);
    return true;
}

#include "play/state.h"

#include "doc/pointer.h"
#include "play/mistake.h"
#include "play/run.h"

enum { MOST_REFERRERS = 10, SHOWN = 80 };

static const struct behaviour *behaviour_of(const struct shelf_of *s)
{
    return s->w->behaviours[s->api];
}

static const struct store_collection *plan_of(const struct shelf_of *s)
{
    return &behaviour_of(s)->plan.collections[s->collection];
}

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
    unsigned types = schema_types(plan_of(s)->schema, plan_of(s)->key, NULL);
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
    struct store_condition at_key = { .at = plan_of(s)->key,
                                      .value = json_number_read(arena, str(text)) };
    if (!at_key.value)
        return false;
    slots = store_find(s->store, s->collection, &at_key, 1, 0, 1, arena, &n);
    if (n)
        *slot = slots[0];
    return n;
}

static const char *shown(const cJSON *value, struct arena *arena)
{
    return value ? arena_copy(arena, utf8_cut(json_text(value, arena), SHOWN))
                 : "nothing";
}

static const char *key_at(const struct shelf_of *s, size_t slot, struct arena *arena)
{
    const cJSON *key =
        pointer_get(store_get(s->store, s->collection, slot), plan_of(s)->key);
    return json_is_string(key) ? key->valuestring : shown(key, arena);
}

/* ---- references ---- */

struct visiting {
    const struct shelf_of *s;
    const struct store_reference *r;
    const cJSON *tree;
    const char *prefix;
    struct arena *arena;
    cJSON *errors;
};

static struct scope scope_of(const struct shelf_of *s, struct chance *chance,
                             struct arena *arena)
{
    return (struct scope){ .arena = arena,
                           .store = s->store,
                           .format = behaviour_of(s)->format,
                           .now = s->now,
                           .chance = chance };
}

static bool resolve(cJSON *key, void *context)
{
    struct visiting *v = context;
    struct scope scope = scope_of(v->s, NULL, v->arena);
    instance_resolve(behaviour_of(v->s), v->r, key, &scope);
    return false;
}

void state_prepare(const struct shelf_of *s, cJSON *tree, struct arena *arena)
{
    const struct store_collection *plan = plan_of(s);
    struct chance chance = { 0 };
    struct scope scope = scope_of(s, &chance, arena);
    pointer_remove(tree, "/" STORE_BROKEN);
    for (size_t i = 0; i < plan->reference_count; i++) {
        struct visiting v = { .s = s, .r = &plan->references[i], .arena = arena };
        store_each_key(tree, v.r, resolve, &v);
    }
    instance_arm(behaviour_of(s), s->collection, tree, &scope);
}

static const char *collections_of(const struct shelf_of *s,
                                  const struct store_reference *r, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < r->of_count; i++)
        buffer_printf(&b, "%s%s", i ? " or " : "",
                      behaviour_of(s)->plan.collections[r->of[i]].name);
    return buffer_str(&b).ptr;
}

/* The pointer of a node in tree, with base in front; NULL when it is not in there. */
static const char *pointer_to(const cJSON *tree, const cJSON *node, const char *base,
                              struct arena *arena)
{
    size_t index = 0;
    if (tree == node)
        return base;
    for (const cJSON *one = tree->child; one; one = one->next, index++) {
        const char *token =
            json_is_array(tree) ? arena_printf(arena, "%zu", index) : one->string;
        const char *found =
            pointer_to(one, node, pointer_join(arena, base, token), arena);
        if (found)
            return found;
    }
    return NULL;
}

static bool check_key(cJSON *key, void *context)
{
    struct visiting *v = context;
    size_t slot;
    for (size_t i = 0; json_is_string(key) && i < v->r->of_count; i++)
        if (store_key(v->s->store, v->r->of[i], key->valuestring, &slot))
            return false;
    mistake_add(v->errors, v->arena, pointer_to(v->tree, key, v->prefix, v->arena),
                "reference",
                arena_printf(v->arena, "the key of an instance of %s",
                             collections_of(v->s, v->r, v->arena)),
                shown(key, v->arena));
    return json_count(v->errors) >= LIMIT_FINDINGS;
}

static void check_references(const struct shelf_of *s, const cJSON *tree,
                             const char *prefix, struct arena *arena, cJSON *errors)
{
    const struct store_collection *plan = plan_of(s);
    for (size_t i = 0; i < plan->reference_count; i++) {
        struct visiting v = { s, &plan->references[i], tree, prefix, arena, errors };
        store_each_key(tree, v.r, check_key, &v);
    }
}

/* ---- checking ---- */

/* Whether a pointer leads into what stands at a pattern of pointer_each. */
static bool is_inside(const char *pointer, const char *pattern)
{
    struct str at = str(pointer), in = str(pattern), token, wanted;
    while (str_split(&in, '/', &wanted))
        if (!str_split(&at, '/', &token) ||
            (!str_is(wanted, "*") && !str_equal(token, wanted)))
            return false;
    return at.ptr != NULL;
}

/* Whether the place is inside of what a reference shows of another instance. */
static bool is_summed_up(const struct store_collection *plan, const char *pointer)
{
    for (size_t i = 0; i < plan->reference_count; i++)
        if (plan->references[i].keep_count &&
            is_inside(pointer, plan->references[i].at))
            return true;
    return false;
}

/* Whether it is told already that the reference at the pointer leads nowhere. */
static bool is_told(const cJSON *errors, const char *pointer)
{
    for (const cJSON *e = errors->child; e; e = e->next)
        if (strcmp(json_member_text(e, "pointer"), pointer) == 0 &&
            strcmp(json_member_text(e, "keyword"), "reference") == 0)
            return true;
    return false;
}

/* Adds a finding, unless it follows from what is told, or from another instance that
 * was stored broken on purpose. */
static void tell_finding(const struct shelf_of *s, const struct finding *f, bool broken,
                         const char *prefix, struct arena *arena, cJSON *errors)
{
    const char *pointer = arena_printf(arena, "%s%s", prefix, f->pointer);
    if ((broken && is_summed_up(plan_of(s), f->pointer)) || is_told(errors, pointer) ||
        json_count(errors) >= LIMIT_FINDINGS)
        return;
    json_push(errors,
              mistake_of_finding(f, prefix, behaviour_of(s)->api, s->w->places, arena));
}

/* The schema is asked about what a client would see. */
static void check_schema(const struct shelf_of *s, const cJSON *tree,
                         const char *prefix, struct arena *arena, cJSON *errors)
{
    struct findings found = { .arena = arena };
    bool broken = false;
    const cJSON *seen = store_render(s->store, s->collection, tree, arena, &broken);
    schema_check(plan_of(s)->schema, seen, DIRECTION_NONE, "", arena, &found);
    for (size_t i = 0; i < found.count; i++)
        tell_finding(s, &found.list[i], broken, prefix, arena, errors);
}

bool state_check(const struct shelf_of *s, size_t slot, const char *prefix,
                 struct arena *arena, cJSON *errors)
{
    const cJSON *tree = store_get(s->store, s->collection, slot);
    size_t before = json_count(errors);
    check_references(s, tree, prefix, arena, errors);
    check_schema(s, tree, prefix, arena, errors);
    return json_count(errors) == before;
}

/* The conditions that another instance with the same values would meet; none when the
 * index says nothing about tree. */
static size_t same_values(const struct shelf_of *s, const struct store_index *index,
                          const cJSON *tree, struct store_condition *same)
{
    if (!index->unique)
        return 0;
    for (size_t i = 0; i < index->count; i++) {
        const cJSON *value = pointer_get(tree, index->pointers[i]);
        if (!value || json_is_null(value))
            return 0;
        same[i] = (struct store_condition){ .at = index->pointers[i], .value = value };
    }
    for (size_t i = 0; i < index->where_count; i++) {
        if (!store_meets(s->store, s->collection, tree, &index->where[i]))
            return 0;
        same[index->count + i] = index->where[i];
    }
    return index->count + index->where_count;
}

void state_tell_taken(const struct shelf_of *s, const cJSON *tree, size_t own,
                      const char *prefix, struct arena *arena, cJSON *errors)
{
    const struct store_collection *plan = plan_of(s);
    for (size_t i = 0; i < plan->index_count; i++) {
        const struct store_index *index = &plan->indexes[i];
        struct store_condition *same = arena_array(arena, struct store_condition,
                                                   index->count + index->where_count);
        size_t count = same_values(s, index, tree, same), n = 0;
        size_t *slots =
            count ? store_find(s->store, s->collection, same, count, 0, 2, arena, &n)
                  : NULL;
        size_t other = n && slots[0] == own ? 1 : 0;
        for (size_t p = 0; p < index->count && n > other; p++)
            mistake_add(
                errors, arena, arena_printf(arena, "%s%s", prefix, index->pointers[p]),
                "unique",
                arena_printf(arena, "a value that no other instance of %s has",
                             plan->name),
                arena_printf(arena, "%s, which %s has", shown(same[p].value, arena),
                             key_at(s, slots[other], arena)));
    }
}

/* ---- putting ---- */

/* The instance that has tree's key, and not as an alias. */
static bool same_key(const struct shelf_of *s, const cJSON *tree, struct arena *arena,
                     size_t *slot)
{
    size_t n;
    const char *at = plan_of(s)->key;
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
    store_mark(s->store);
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
    const struct store_condition refers = { .at = r->at,
                                            .value = key,
                                            .far = strstr(r->at, "/*") != NULL };
    size_t n,
        *slots = store_find(s->store, x, &refers, 1, 0, MOST_REFERRERS, arena, &n);
    for (size_t i = 0; i < n; i++) {
        if (x == s->collection && slots[i] == slot)
            continue;
        const char *base = pointer_join(arena, "", plan_of(&other)->name);
        base = pointer_join(arena, base, key_at(&other, slots[i], arena));
        mistake_add(errors, arena, arena_printf(arena, "%s%s", base, r->at),
                    "reference", "no instance that refers to what is deleted",
                    shown(key, arena));
    }
}

/* References that the behaviour says nothing about, or that it lets nobody break. */
static void tell_all_referrers(const struct shelf_of *s, size_t slot,
                               struct arena *arena, cJSON *errors)
{
    const struct store_plan *plan = &behaviour_of(s)->plan;
    const cJSON *key =
        pointer_get(store_get(s->store, s->collection, slot), plan_of(s)->key);
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
    struct run run = { .b = behaviour_of(s), .s = &scope, .a = &said };
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
    store_mark(s->store);
    if (force)
        store_remove(s->store, s->collection, slot);
    else if (!remove_whole(s, slot, arena, errors)) {
        store_undo(s->store);
        return false;
    }
    return true;
}

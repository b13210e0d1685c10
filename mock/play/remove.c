#include "play/run.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/schema.h"

static const struct error_plan conflict = { .error = "conflict" };

/* What one step takes out, and what follows from that. */
struct removal {
    struct run *run;
    struct gone {
        size_t c;
        const cJSON *key;
    } * list;
    size_t count, room;
    size_t changed;
};

static bool too_many(struct removal *r)
{
    return run_fail(r->run, NULL, 507,
                    arena_printf(r->run->s->arena,
                                 "more than %d instances refer to what is deleted",
                                 LIMIT_CASCADE));
}

static bool take(struct removal *r, size_t c, size_t slot)
{
    struct arena *arena = r->run->s->arena;
    const cJSON *key = run_key(r->run, c, slot);
    if (r->count + r->changed > LIMIT_CASCADE)
        return too_many(r);
    if (r->count == r->room) {
        size_t room = r->room ? r->room * 2 : 16;
        struct gone *grown = arena_array(arena, struct gone, room);
        if (r->count)
            memcpy(grown, r->list, r->count * sizeof(*grown));
        r->list = grown;
        r->room = room;
    }
    r->list[r->count++] = (struct gone){ c, key ? json_copy(arena, key) : NULL };
    store_remove(r->run->s->store, c, slot);
    return true;
}

/* ---- nullify ---- */

struct nulling {
    const cJSON *key;
    struct arena *arena;
};

static bool is_gone(const cJSON *value, const struct nulling *n)
{
    return json_is_string(value) && json_equal(value, n->key);
}

/* The value at the end of a reference's place: a key becomes null, a list loses it. */
static bool null_value(cJSON *value, void *context)
{
    struct nulling *n = context;
    if (json_is_array(value)) {
        for (cJSON *one = value->child, *next; one; one = next) {
            next = one->next;
            if (is_gone(one, n))
                json_detach(value, one);
        }
    } else if (is_gone(value, n)) {
        json_become(value, json_null(n->arena));
    }
    return false;
}

/* Items of the list at `pattern` (up to its last "*") that have the key behind it. */
struct items {
    struct nulling *n;
    const char *rest;
};

static bool find_gone(cJSON *value, void *context)
{
    const struct nulling *n = context;
    if (!json_is_array(value))
        return is_gone(value, n);
    for (const cJSON *one = value->child; one; one = one->next)
        if (is_gone(one, n))
            return true;
    return false;
}

static bool drop_items(cJSON *list, void *context)
{
    struct items *i = context;
    for (cJSON *one = json_is_array(list) ? list->child : NULL, *next; one;
         one = next) {
        next = one->next;
        if (pointer_each(one, i->rest, find_gone, i->n))
            json_detach(list, one);
    }
    return false;
}

static const char *last_items(const char *pattern)
{
    const char *last = NULL;
    for (const char *p = pattern; (p = strstr(p, "/*")); p += 2)
        if (p[2] == '/' || !p[2])
            last = p;
    return last;
}

/* A member whose schema wants it is null from then on; others go. */
static void settle_member(struct run *run, size_t c, const char *at, cJSON *tree)
{
    struct arena *arena = run->s->arena;
    const cJSON *value = pointer_get(tree, at);
    if (!value || !json_is_null(value))
        return;
    cJSON *without = json_borrow(arena, tree);
    struct findings f = { .arena = arena };
    pointer_remove(without, at);
    schema_check(run->b->plan.collections[c].schema,
                 store_render(run->s->store, c, without, arena, NULL),
                 DIRECTION_RESPONSE, "", arena, &f);
    for (size_t i = 0; i < f.count; i++)
        if (strcmp(f.list[i].keyword, "required") == 0 && f.list[i].name &&
            strcmp(pointer_join(arena, f.list[i].pointer, f.list[i].name), at) == 0)
            return;
    json_become(tree, without);
}

static bool nullify(struct removal *r, size_t c, size_t slot,
                    const struct store_reference *ref, const cJSON *key)
{
    struct run *run = r->run;
    struct arena *arena = run->s->arena;
    struct nulling n = { key, arena };
    cJSON *tree = json_borrow(arena, store_get(run->s->store, c, slot));
    const char *last = last_items(ref->at.text);
    if (r->count + ++r->changed > LIMIT_CASCADE)
        return too_many(r);
    if (last) {
        char *list = arena_copy(
            arena, (struct str){ ref->at.text, (size_t)(last - ref->at.text) });
        struct items items = { &n, last + 2 };
        pointer_each(tree, list, drop_items, &items);
    } else {
        way_each(tree, &ref->at, null_value, &n);
        settle_member(run, c, ref->at.text, tree);
    }
    instance_stamp(run->b, c, tree, false, run->s);
    instance_arm(run->b, c, tree, run->s);
    if (store_replace(run->s->store, c, slot, tree) == STORE_OK)
        return true;
    return run_fail(run, NULL, 409, "what refers to it cannot be changed");
}

/* ---- references ---- */

static bool follow_reference(struct removal *r, const struct store_referrer *by,
                             const cJSON *key)
{
    const struct run *run = r->run;
    size_t n,
        *slots = store_referring(run->s->store, by, key, SIZE_MAX, run->s->arena, &n);
    for (size_t i = 0; i < n; i++)
        if (by->reference->on_delete == ON_DELETE_CASCADE
                ? !take(r, by->collection, slots[i])
                : !nullify(r, by->collection, slots[i], by->reference, key))
            return false;
    return true;
}

static bool check_restricted(struct removal *r, const struct store_referrer *by,
                             const cJSON *key)
{
    struct run *run = r->run;
    const struct store_reference *ref = by->reference;
    size_t n;
    store_referring(run->s->store, by, key, 1, run->s->arena, &n);
    return !n ||
           run_fail(run, ref->restricted ? ref->restricted : &conflict, 409,
                    arena_printf(run->s->arena, "%s of %s refers to it", ref->at.text,
                                 run->b->plan.collections[by->collection].name));
}

/* Does one thing for each reference to what is gone. */
static bool each_reference(struct removal *r, const struct gone gone, bool restricted)
{
    const struct store_collection *c = &r->run->b->plan.collections[gone.c];
    for (size_t i = 0; gone.key && i < c->referrer_count; i++) {
        const struct store_referrer *by = &c->referrers[i];
        if ((by->reference->on_delete == ON_DELETE_RESTRICT) != restricted)
            continue;
        if (restricted ? !check_restricted(r, by, gone.key)
                       : !follow_reference(r, by, gone.key))
            return false;
    }
    return true;
}

bool run_remove(struct run *run, size_t c, const size_t *slots, size_t count)
{
    struct removal r = { .run = run };
    for (size_t i = 0; i < count; i++)
        if (!take(&r, c, slots[i]))
            return false;
    for (size_t i = 0; i < r.count; i++)
        if (!each_reference(&r, r.list[i], false)) /* the list may grow */
            return false;
    /* Last, so that what goes with it is in nobody's way. */
    for (size_t i = 0; i < r.count; i++)
        if (!each_reference(&r, r.list[i], true))
            return false;
    return true;
}

bool run_delete(struct run *run, const struct step *step)
{
    size_t total = 0;
    for (size_t i = 0; i < step->of_count; i++) {
        size_t n, *slots = run_matches(run, step, step->of[i], 0, SIZE_MAX, &n);
        if (run->failed || !run_remove(run, step->of[i], slots, n))
            return false;
        total += n;
    }
    return total || !step->otherwise || run_miss(run, step);
}

/* state_check.c — what is wrong with an instance as it is stored. */
#include "doc/pointer.h"
#include "play/mistake.h"
#include "play/state_parts.h"
#include "play/taken.h"

enum { SHOWN = 80 };

const char *state_shown(const cJSON *value, struct arena *arena)
{
    return value ? arena_copy(arena, utf8_cut(json_text(value, arena), SHOWN))
                 : "nothing";
}

const char *state_key_at(const struct shelf_of *s, size_t slot, struct arena *arena)
{
    const cJSON *key =
        store_key_of(state_plan(s), store_get(s->store, s->collection, slot));
    return json_is_string(key) ? key->valuestring : state_shown(key, arena);
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

static const char *collections_of(const struct shelf_of *s,
                                  const struct store_reference *r, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < r->of_count; i++)
        buffer_printf(&b, "%s%s", i ? " or " : "",
                      state_behaviour(s)->plan.collections[r->of[i]].name);
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
    size_t c, slot;
    if (json_is_string(key) &&
        store_leads(v->s->store, v->r, key->valuestring, &c, &slot))
        return false;
    mistake_add(v->errors, v->arena, pointer_to(v->tree, key, v->prefix, v->arena),
                "reference",
                arena_printf(v->arena, "the key of an instance of %s",
                             collections_of(v->s, v->r, v->arena)),
                state_shown(key, v->arena));
    return json_count(v->errors) >= LIMIT_FINDINGS;
}

static void check_references(const struct shelf_of *s, const cJSON *tree,
                             const char *prefix, struct arena *arena, cJSON *errors)
{
    const struct store_collection *plan = state_plan(s);
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
            is_inside(pointer, plan->references[i].at.text))
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
    if ((broken && is_summed_up(state_plan(s), f->pointer)) ||
        is_told(errors, pointer) || json_count(errors) >= LIMIT_FINDINGS)
        return;
    json_push(errors, mistake_of_finding(f, prefix, state_behaviour(s)->api,
                                         s->w->places, arena));
}

/* The schema is asked about what a client would see. */
static void check_schema(const struct shelf_of *s, const cJSON *tree,
                         const char *prefix, struct arena *arena, cJSON *errors)
{
    struct findings found = { .arena = arena };
    bool broken = false;
    const cJSON *seen = store_render(s->store, s->collection, tree, arena, &broken);
    schema_check(state_plan(s)->schema, seen, DIRECTION_NONE, "", arena, &found);
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

void state_tell_taken(const struct shelf_of *s, const cJSON *tree, size_t own,
                      const char *prefix, struct arena *arena, cJSON *errors)
{
    const struct store_collection *plan = state_plan(s);
    struct taken t;
    for (size_t next = 0;
         taken_next(s->store, plan, s->collection, tree, own, &next, arena, &t);)
        for (size_t p = 0; p < t.index->count; p++) {
            const char *at = t.index->pointers[p];
            mistake_add(errors, arena, arena_printf(arena, "%s%s", prefix, at),
                        "unique",
                        arena_printf(arena, "a value that no other instance of %s has",
                                     plan->name),
                        arena_printf(arena, "%s, which %s has",
                                     state_shown(pointer_get(tree, at), arena),
                                     state_key_at(s, t.slot, arena)));
        }
}

#include "play/run.h"

#include "doc/patch.h"
#include "doc/pointer.h"
#include "play/taken.h"
#include "play/verbs.h"
#include "schema/sample.h"

static const struct error_plan conflict = { .error = "conflict" };
static const struct error_plan unprocessable = { .error = "unprocessable_content" };

void run_forget_draws(struct run *run)
{
    for (size_t i = 0; i < run->b->plan.sequence_count; i++)
        run->s->drawn[i] = -1;
}

static bool stored(struct run *run, const struct step *step, size_t c,
                   enum store_answer answer, const cJSON *tree, size_t slot)
{
    switch (answer) {
    case STORE_OK:
        return true;
    case STORE_TAKEN:
        return run_fail(run, step->otherwise, 409,
                        taken_text(run->s->store, &run->b->plan.collections[c], c, tree,
                                   slot, run->s->arena));
    case STORE_FULL:
        return run_fail(run, NULL, 507,
                        "the collection holds as many instances as it may");
    }
    return false;
}

/* A reference whose key leads nowhere. */
struct losing {
    const struct run *run;
    const struct store_reference *of;
    const cJSON *key;
};

static bool leads_nowhere(cJSON *key, void *context)
{
    struct losing *l = context;
    size_t c, slot;
    if (json_is_string(key) &&
        store_leads(l->run->s->store, l->of, key->valuestring, &c, &slot))
        return false;
    l->key = key;
    return true;
}

static const char *lost_text(const struct run *run, const struct store_reference *r,
                             cJSON *tree)
{
    enum { MOST_SAID = 100 }; /* bytes of a value */
    struct losing l = { .run = run, .of = r };
    struct arena *arena = run->s->arena;
    store_each_key(tree, r, leads_nowhere, &l);
    const struct str found =
        l.key ? utf8_cut(json_text(l.key, arena), MOST_SAID) : STR("nothing");
    return arena_printf(arena, "%s: expected the key of one of the %s, found %.*s",
                        r->at.text, run->b->plan.collections[r->of[0]].name,
                        (int)found.len, found.ptr);
}

static bool finish(struct run *run, const struct step *step, size_t c, cJSON *tree,
                   bool created)
{
    const struct store_reference *lost =
        instance_finish(run->b, c, tree, created, run->s);
    const char *wrong = instance_moments(run->b, c, tree, run->s);
    if (!step->quiet)
        instance_stamp(run->b, c, tree, created, run->s);
    if (wrong)
        return run_fail(
            run, NULL, 400,
            arena_printf(run->s->arena, "%s: expected a date and a time", wrong));
    if (!lost)
        return true;
    return run_fail(run, lost->otherwise, 400, lost_text(run, lost, tree));
}

/* ---- making ---- */

/* Draws for one key before it is given up; only keys that clients have taken are met
 * twice. */
enum { MOST_DRAWS = 1000 };

static const struct collection_rules *rules_of(const struct run *run, size_t c)
{
    return &book_of(run->b)->rules[c];
}

static bool is_taken(struct run *run, size_t c, const cJSON *key)
{
    const struct store_condition at_key = { .at = run->b->plan.collections[c].key,
                                            .value = key };
    size_t n;
    store_find(run->s->store, c, &at_key, 1, 0, 1, run->s->arena, &n);
    return n > 0;
}

/* A new key for tree where nothing has given it one: as the defaults say, else a
 * sample. One that another instance has is drawn again. */
static void draw_key(struct run *run, size_t c, cJSON *tree)
{
    const struct collection_rules *rules = rules_of(run, c);
    const char *at = run->b->plan.collections[c].key;
    struct scope *s = run->s;
    for (int i = 0; i < MOST_DRAWS; i++) {
        const cJSON *key = NULL;
        struct sampler sampler = { .size = SAMPLE_TYPICAL,
                                   .direction = DIRECTION_RESPONSE,
                                   .chance = s->chance,
                                   .arena = s->arena };
        for (size_t d = 0; !key && d < rules->default_count; d++)
            if (strcmp(rules->defaults[d].at.text, at) == 0)
                key = expression_value(rules->defaults[d].to, s);
        if (!key && rules->key)
            key = sample_make(&sampler, rules->key);
        if (key)
            pointer_set(s->arena, tree, at, json_copy(s->arena, key));
        if (!key || !is_taken(run, c, key))
            return;
        run_forget_draws(run);
    }
}

static void drop_owned(struct run *run, size_t c, cJSON *tree)
{
    const struct collection_rules *rules = rules_of(run, c);
    for (size_t i = 0; i < rules->owned_count; i++)
        way_remove(tree, &rules->owned[i]);
}

/* False when the instance cannot be made to fit; nothing is answered then, and the
 * document's own example is heard. */
static bool complete(struct run *run, size_t c, cJSON **tree, const cJSON *before)
{
    if (!rules_of(run, c)->complete)
        return true;
    *tree = instance_complete(run->b, c, *tree, before, run->s);
    return *tree != NULL;
}

/* What was made to fit, and is stored now, was asked already. */
static void note_complete(const struct run *run, size_t c, size_t slot)
{
    if (rules_of(run, c)->complete)
        store_note_fit(run->s->store, c, slot,
                       schema_mark(run->b->plan.collections[c].schema));
}

bool run_create(struct run *run, const struct step *step)
{
    size_t c = step->of[0], slot;
    const struct store_collection *plan = &run->b->plan.collections[c];
    const cJSON *given = step->merge ? expression_value(step->merge, run->s) : NULL;
    cJSON *tree = json_is_object(given) ? json_borrow(run->s->arena, given)
                                        : json_object(run->s->arena);
    run_forget_draws(run);
    drop_owned(run, c, tree);
    run_sets(run, step->set, step->set_count, c, tree);
    if (json_is_null(store_key_of(plan, tree)))
        pointer_remove(tree, plan->key);
    if (rules_of(run, c)->complete && !store_key_of(plan, tree))
        draw_key(run, c, tree);
    if (!finish(run, step, c, tree, true) || !complete(run, c, &tree, NULL))
        return false;
    instance_arm(run->b, c, tree, run->s);
    if (!stored(run, step, c, store_insert(run->s->store, c, tree, &slot), tree,
                SIZE_MAX))
        return false;
    note_complete(run, c, slot);
    run_bind_at(run, step, c, slot);
    return true;
}

/* ---- changing ---- */

/* The list that updates of one name append to. */
static cJSON *changed_list(struct run *run, const struct step *step)
{
    const struct binding *b = step->as ? scope_binding(run->s, step->as) : NULL;
    cJSON *list = json_array(run->s->arena);
    for (const cJSON *one = b && b->value ? b->value->child : NULL; one;
         one = one->next)
        json_push(list, json_same(run->s->arena, one));
    return list;
}

static void keep(struct run *run, const cJSON *old, cJSON *tree, const struct way *at,
                 size_t count)
{
    struct arena *arena = run->s->arena;
    for (size_t i = 0; i < count; i++) {
        const cJSON *was = way_get(old, &at[i]), *is = way_get(tree, &at[i]);
        if (!was)
            way_remove(tree, &at[i]);
        else if (!is || !json_equal(is, was)) /* else its place stays */
            way_set(arena, tree, &at[i], json_borrow(arena, was));
    }
}

/* What no call may change is as it was. */
static void keep_own(struct run *run, size_t c, const cJSON *old, cJSON *tree)
{
    const struct store_collection *plan = &run->b->plan.collections[c];
    const struct collection_rules *rules = rules_of(run, c);
    const struct way key = way_read(plan->key, run->s->arena);
    keep(run, old, tree, &key, 1);
    keep(run, old, tree, rules->owned, rules->owned_count);
    keep(run, old, tree, plan->hidden, plan->hidden_count);
}

static bool patched(struct run *run, const cJSON *old, const cJSON *patch, cJSON **tree)
{
    const char *why;
    switch (patch_apply(old, patch, run->s->arena, tree, &why)) {
    case PATCH_DONE:
        return true;
    case PATCH_MALFORMED:
        return run_fail(run, NULL, 400, why);
    case PATCH_NO_PLACE:
        return run_fail(run, &unprocessable, 422, why);
    case PATCH_TOO_LARGE:
        return run_fail(run, NULL, 413, why);
    case PATCH_DIFFERENT:
        return run_fail(run, &conflict, 409, why);
    }
    return false;
}

/* The instance as the call wants it, before sets, stamps and what has to be there. */
static bool changed_by(struct run *run, const struct step *step, size_t c,
                       const cJSON *old, cJSON **tree)
{
    const struct expression *e = step->patch     ? step->patch
                                 : step->replace ? step->replace
                                                 : step->merge;
    struct arena *arena = run->s->arena;
    const cJSON *value = e ? expression_value(e, run->s) : NULL;
    bool list = step->patch && json_is_array(value);
    if (!value) {
        *tree = json_borrow(arena, old);
        return true;
    }
    if (list) {
        if (!patched(run, old, value, tree))
            return false;
    } else if (step->replace) {
        *tree = json_borrow(arena, value);
    } else {
        const struct schema *schema = run->b->plan.collections[c].schema;
        *tree = patch_merge(old, verbs_spelt_out(schema, old, value, arena), arena);
    }
    if (!json_is_object(*tree))
        return run_fail(run, &unprocessable, 422, "/body: an instance is an object");
    keep_own(run, c, old, *tree);
    const struct finding *broken =
        step->replace || !rules_of(run, c)->complete
            ? NULL
            : instance_broken(run->b, c, *tree, list ? NULL : old, run->s);
    return !broken ||
           run_fail(run, &unprocessable, 422,
                    arena_printf(arena, "after the change, %s%s%s", broken->pointer,
                                 *broken->pointer ? ": " : "",
                                 finding_text(broken, arena)));
}

static bool change_one(struct run *run, const struct step *step, size_t c, size_t slot,
                       cJSON **tree)
{
    const cJSON *old = store_get(run->s->store, c, slot);
    if (!changed_by(run, step, c, old, tree))
        return false;
    run->s->item = old;
    run_sets(run, step->set, step->set_count, c, *tree);
    run->s->item = NULL;
    if (!finish(run, step, c, *tree, false) || !complete(run, c, tree, old))
        return false;
    instance_arm(run->b, c, *tree, run->s);
    if (!stored(run, step, c, store_replace(run->s->store, c, slot, *tree), *tree,
                slot))
        return false;
    note_complete(run, c, slot);
    return true;
}

bool run_update(struct run *run, const struct step *step)
{
    cJSON *changed = changed_list(run, step);
    size_t total = 0;
    for (size_t i = 0; i < step->of_count; i++) {
        size_t c = step->of[i], n;
        size_t *slots = run_matches(run, step, c, 0, SIZE_MAX, &n);
        if (run->failed)
            return false;
        total += n;
        for (size_t j = 0; j < n; j++) {
            cJSON *tree;
            if (!change_one(run, step, c, slots[j], &tree))
                return false;
            json_push(changed,
                      json_same(run->s->arena, store_get(run->s->store, c, slots[j])));
        }
    }
    run_bind(run, step, step->of[0], changed, true);
    return total || !step->otherwise || run_miss(run, step);
}

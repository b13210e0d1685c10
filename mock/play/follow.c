#include "play/run.h"

#include "base/limits.h"
#include "doc/pointer.h"

/* One chain under way: rows in the order in which they were reached. */
struct chain {
    struct run *run;
    const struct step *step;
    size_t c;
    struct store_condition *conditions; /* those of where, without `to`, and one more */
    size_t condition_count;
    struct store_condition *until;
    size_t until_count;
    size_t *slots, count, room;
    unsigned char *seen; /* a bit for each slot */
    bool ended;          /* the last of slots meets until */
    bool full;
};

static bool meets(const struct chain *c, size_t slot,
                  const struct store_condition *list, size_t count)
{
    const struct store *s = c->run->s->store;
    const cJSON *tree = store_get(s, c->c, slot);
    for (size_t i = 0; i < count; i++)
        if (!store_meets(s, c->c, tree, &list[i]))
            return false;
    return true;
}

static void reach(struct chain *c, size_t slot)
{
    struct arena *arena = c->run->s->arena;
    if (c->seen[slot / 8] & 1u << slot % 8 || c->ended || c->full)
        return;
    c->seen[slot / 8] |= (unsigned char)(1u << slot % 8);
    if (c->count == LIMIT_FOLLOWED) {
        c->full = true;
        return;
    }
    if (c->count == c->room) {
        size_t room = c->room ? c->room * 2 : 16;
        size_t *grown = arena_array(arena, size_t, room);
        if (c->count)
            memcpy(grown, c->slots, c->count * sizeof(*grown));
        c->slots = grown;
        c->room = room;
    }
    c->slots[c->count++] = slot;
    c->ended =
        c->step->follow->until.count > 0 && meets(c, slot, c->until, c->until_count);
}

static void reach_all(struct chain *c, const struct store_condition *list, size_t count)
{
    size_t n, *found = store_find(c->run->s->store, c->c, list, count, 0,
                                  LIMIT_FOLLOWED + 1, c->run->s->arena, &n);
    for (size_t i = 0; i < n; i++)
        reach(c, found[i]);
}

/* From one value at `from` to the rows that have it at `to`. */
static bool next_rows(cJSON *value, void *context)
{
    struct chain *c = context;
    if (json_is_array(value)) {
        for (cJSON *one = value->child; one; one = one->next)
            next_rows(one, context);
        return false;
    }
    if (!json_is_null(value)) {
        c->conditions[c->condition_count].value = value;
        reach_all(c, c->conditions, c->condition_count + 1);
    }
    return c->ended || c->full;
}

static size_t depth_of(const struct step_follow *f, struct scope *s)
{
    const cJSON *depth = f->depth ? expression_value(f->depth, s) : NULL;
    return json_is_number(depth) && depth->valuedouble >= 0 &&
                   depth->valuedouble < LIMIT_FOLLOWED
               ? (size_t)depth->valuedouble
               : LIMIT_FOLLOWED;
}

/* What meets where is level 1, what follows from it level 2, and so on. */
static void walk(struct chain *c)
{
    const struct step_follow *f = c->step->follow;
    size_t levels = depth_of(f, c->run->s), from = 0;
    for (size_t level = 1; level < levels && from < c->count; level++) {
        size_t past = c->count;
        for (; from < past && !c->ended && !c->full; from++)
            pointer_each(store_get(c->run->s->store, c->c, c->slots[from]), f->from,
                         next_rows, c);
        if (c->ended || c->full)
            return;
    }
}

/* Of what was reached, what meets `among` stays. */
static void keep_among(struct chain *c)
{
    const struct step_wheres *among = &c->step->follow->among;
    size_t count, kept = 0;
    struct store_condition *list =
        arena_array(c->run->s->arena, struct store_condition, among->count + 1);
    if (!run_conditions(c->run, c->step, among, c->c, list, &count))
        c->count = 0;
    for (size_t i = 0; i < c->count; i++)
        if (meets(c, c->slots[i], list, count))
            c->slots[kept++] = c->slots[i];
    c->count = kept;
}

bool run_follow(struct run *run, const struct step *step, size_t c, size_t **slots,
                size_t *count)
{
    const struct step_follow *f = step->follow;
    struct arena *arena = run->s->arena;
    struct chain chain = { .run = run, .step = step, .c = c };
    size_t first_count, kept = 0;
    struct store_condition *first =
        arena_array(arena, struct store_condition, step->where.count + 1);
    chain.until = arena_array(arena, struct store_condition, f->until.count + 1);
    chain.conditions =
        arena_array(arena, struct store_condition, step->where.count + 1);
    chain.seen = arena_take(arena, store_slots(run->s->store, c) / 8 + 1);
    *count = 0;
    if (!run_conditions(run, step, &step->where, c, first, &first_count) ||
        !run_conditions(run, step, &f->until, c, chain.until, &chain.until_count))
        return true;
    for (size_t i = 0; i < first_count; i++)
        if (strcmp(first[i].at, f->to) != 0)
            chain.conditions[kept++] = first[i];
    chain.condition_count = kept;
    chain.conditions[kept] =
        (struct store_condition){ .at = f->to, .far = strstr(f->to, "/*") != NULL };
    if (depth_of(f, run->s) > 0)
        reach_all(&chain, first, first_count);
    if (!chain.ended)
        walk(&chain);
    if (chain.full)
        return run_fail(run, NULL, 507,
                        arena_printf(arena, "the chain leads to more than %d instances",
                                     LIMIT_FOLLOWED));
    if (f->among.count)
        keep_among(&chain);
    *slots = chain.slots;
    *count = chain.count;
    if (f->until.count) {
        *slots = chain.slots ? chain.slots + chain.count - chain.ended : NULL;
        *count = chain.ended;
    }
    return true;
}

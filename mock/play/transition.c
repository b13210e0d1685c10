#include "play/run.h"

#include "base/limits.h"
#include "doc/pointer.h"

#include <stdlib.h>

/* What is kept in an instance for its transitions, out of clients' sight. */
#define NOTE "/$transition"
#define NOTE_RULE NOTE "/rule"
#define NOTE_SINCE NOTE "/since"
#define NOTE_READS NOTE "/reads"

static const struct collection_rules *rules_of(const struct behaviour *b, size_t c)
{
    return &book_of(b)->rules[c];
}

/* ---- which one waits ---- */

static size_t waiting(const struct collection_rules *rules, const cJSON *tree,
                      struct scope *s)
{
    const cJSON *item = s->item;
    size_t i = 0;
    s->item = tree;
    while (i < rules->transition_count &&
           !condition_holds(rules->transitions[i].when, s))
        i++;
    s->item = item;
    return i;
}

static int64_t number_at(const cJSON *tree, const char *pointer, int64_t otherwise)
{
    return json_whole(pointer_get(tree, pointer), otherwise);
}

static bool moment_at(const cJSON *tree, const char *pointer, clock_ms *ms)
{
    const cJSON *v = pointer_get(tree, pointer);
    return json_is_string(v) && clock_read(str(v->valuestring), ms);
}

void instance_arm(const struct behaviour *b, size_t c, cJSON *tree, struct scope *s)
{
    const struct collection_rules *rules = rules_of(b, c);
    if (!rules->transition_count)
        return;
    size_t i = waiting(rules, tree, s);
    bool same = number_at(tree, NOTE_RULE, -1) == (int64_t)i;
    clock_ms since = same ? number_at(tree, NOTE_SINCE, s->now) : s->now;
    int64_t reads = same ? number_at(tree, NOTE_READS, 0) : 0;
    pointer_remove(tree, NOTE);
    if (i == rules->transition_count)
        return;
    const struct transition *t = &rules->transitions[i];
    struct arena *arena = s->arena;
    pointer_set(arena, tree, NOTE_RULE, json_integer(arena, (int64_t)i));
    pointer_set(arena, tree, NOTE_SINCE, json_integer(arena, since));
    if (t->reads) {
        pointer_set(arena, tree, NOTE_READS, json_integer(arena, reads));
        return;
    }
    clock_ms from = since;
    if (!t->from || moment_at(tree, t->from, &from))
        pointer_set(arena, tree, STORE_DUE, json_integer(arena, from + t->after));
}

/* ---- making it happen ---- */

/* The one that waits for an instance, or NULL; a file that was loaded anew may know
 * others. */
static const struct transition *noted(const struct run *run, size_t c,
                                      const cJSON *tree)
{
    const struct collection_rules *rules = rules_of(run->b, c);
    size_t i = waiting(rules, tree, run->s);
    return i < rules->transition_count && number_at(tree, NOTE_RULE, -1) == (int64_t)i
               ? &rules->transitions[i]
               : NULL;
}

/* One that cannot happen, since the instance would be none, is not tried again. */
static void give_up(struct run *run, size_t c, size_t slot)
{
    cJSON *tree = json_copy(run->s->arena, store_get(run->s->store, c, slot));
    pointer_remove(tree, STORE_DUE);
    pointer_remove(tree, NOTE_READS);
    store_replace(run->s->store, c, slot, tree);
}

/* The instance as it is from that moment on. */
static void happen(struct run *run, size_t c, size_t slot, clock_ms moment)
{
    struct scope *s = run->s;
    const cJSON *old = store_get(s->store, c, slot);
    const struct transition *t = noted(run, c, old);
    const clock_ms now = s->now;
    cJSON *tree = json_copy(s->arena, old);
    s->now = moment;
    if (t) {
        run_forget_draws(run);
        s->item = old;
        run_sets(run, t->set, t->set_count, c, tree);
        s->item = NULL;
        run_forget_draws(run);
    }
    bool lost = instance_finish(run->b, c, tree, false, s) != NULL;
    if (t)
        instance_stamp(run->b, c, tree, false, s);
    pointer_remove(tree, NOTE);
    instance_arm(run->b, c, tree, s);
    /* What would happen again at that very moment would do so for ever. */
    if (number_at(tree, NOTE_RULE, -1) == number_at(old, NOTE_RULE, -1) &&
        number_at(tree, STORE_DUE, moment + 1) <= moment)
        pointer_remove(tree, STORE_DUE);
    s->now = now;
    if (lost || store_replace(s->store, c, slot, tree) != STORE_OK)
        give_up(run, c, slot);
}

void run_due(struct run *run)
{
    struct scope *s = run->s;
    size_t c, slot;
    for (int i = 0; i < LIMIT_TRANSITIONS && store_due(s->store, s->now, &c, &slot);
         i++) {
        const cJSON *tree = store_get(s->store, c, slot);
        happen(run, c, slot, number_at(tree, STORE_DUE, s->now));
    }
}

/* ---- reads ---- */

void run_note_read(struct run *run, size_t c, size_t slot)
{
    if (!run->only_reads || !rules_of(run->b, c)->counts_reads)
        return;
    if (run->read_count == run->read_room) {
        size_t room = run->read_room ? run->read_room * 2 : 16;
        struct run_read *grown = arena_array(run->s->arena, struct run_read, room);
        if (run->read_count)
            memcpy(grown, run->reads, run->read_count * sizeof(*grown));
        run->reads = grown;
        run->read_room = room;
    }
    run->reads[run->read_count++] = (struct run_read){ c, slot };
}

static int compare_reads(const void *x, const void *y)
{
    const struct run_read *a = x, *b = y;
    if (a->c != b->c)
        return a->c < b->c ? -1 : 1;
    return (a->slot > b->slot) - (a->slot < b->slot);
}

static void count_read(struct run *run, size_t c, size_t slot)
{
    struct scope *s = run->s;
    cJSON *tree = json_copy(s->arena, store_get(s->store, c, slot));
    const struct transition *t = noted(run, c, tree);
    int64_t reads = number_at(tree, NOTE_READS, -1) + 1;
    if (!t || !t->reads || !reads)
        return;
    if (reads >= (int64_t)t->reads) {
        happen(run, c, slot, s->now);
        return;
    }
    pointer_set(s->arena, tree, NOTE_READS, json_integer(s->arena, reads));
    store_replace(s->store, c, slot, tree);
}

void run_count_reads(struct run *run)
{
    const struct run_read *last = NULL;
    if (run->read_count)
        qsort(run->reads, run->read_count, sizeof(*run->reads), compare_reads);
    for (size_t i = 0; i < run->read_count; i++) {
        const struct run_read *one = &run->reads[i];
        if (!last || compare_reads(last, one) != 0)
            count_read(run, one->c, one->slot);
        last = one;
    }
}

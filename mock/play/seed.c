#include "play/seed.h"

#include "base/limits.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "play/taken.h"

/* Seeds being read. */
struct seeding {
    struct behaviour *b;
    const struct record_behaviour *record;
    const char *folder, *file;
    struct arena *arena;
    struct arena *each; /* while one file is read or one instance is checked */
    struct err *err;
};

static void seed_instance(struct seeding *r, size_t c, const char *path, size_t row,
                          const cJSON *tree, struct scope *s)
{
    struct where w = { .file = path, .pointer = arena_printf(r->each, "/%zu", row) };
    const struct store_collection *plan = &r->b->plan.collections[c];
    size_t slot;
    if (!json_is_object(tree)) {
        err_set(r->err, w, "expected an instance (an object), found %s",
                json_kind(tree));
        return;
    }
    if (!json_is_string(pointer_get(tree, plan->key))) {
        err_set(r->err, w, "expected a text at %s, the key of %s", plan->key,
                plan->name);
        return;
    }
    cJSON *copy = json_copy(r->each, tree);
    instance_stamp(r->b, c, copy, true, s);
    if (store_insert(r->b->seed, c, copy, &slot) == STORE_TAKEN)
        err_set(r->err, w, "%s",
                taken_text(r->b->seed, plan, c, copy, SIZE_MAX, r->each));
}

static const char *seed_path(struct seeding *r, const char *seed)
{
    return arena_printf(r->arena, "%s/%s", r->folder, seed);
}

static void read_instances(struct seeding *r, unsigned c, const char *path,
                           struct scope *s)
{
    size_t row = 0;
    const cJSON *list = document_read(path, r->each, r->err);
    if (!list)
        return;
    if (!json_is_array(list)) {
        err_set(r->err, (struct where){ .file = path, .pointer = "" },
                "expected an array of instances, found %s", json_kind(list));
        return;
    }
    for (const cJSON *one = list->child; one; one = one->next)
        seed_instance(r, c, path, row++, one, s);
}

static void read_seed(struct seeding *r, unsigned c, struct scope *s)
{
    const char *seed = r->record->collections[c].seed;
    if (!seed)
        return;
    if (strchr(seed, '/')) {
        struct where w = { .file = r->file,
                           .pointer =
                               arena_printf(r->arena, "/collections/%u/seed", c) };
        err_set(r->err, w, "expected the name of a file in the same folder");
        return;
    }
    arena_reset(r->each);
    if (setjmp(*arena_guard(r->each)))
        arena_fail(r->arena);
    read_instances(r, c, seed_path(r, seed), s);
}

/* Keys that lead somewhere are stored as keys; what a client would see has to fit. */
static void check_instance(struct seeding *r, unsigned c, size_t slot, const char *path,
                           struct scope *s)
{
    const struct store_collection *plan = &r->b->plan.collections[c];
    struct where w = { .file = path, .pointer = arena_printf(r->each, "/%zu", slot) };
    cJSON *tree = json_copy(r->each, store_get(r->b->seed, c, slot));
    const struct store_reference *lost = instance_finish(r->b, c, tree, false, s);
    if (lost) {
        w.pointer = arena_printf(r->each, "%s%s", w.pointer, lost->at.text);
        err_set(r->err, w, "the key here belongs to no instance");
        return;
    }
    instance_arm(r->b, c, tree, s);
    if (store_replace(r->b->seed, c, slot, tree) != STORE_OK)
        err_set(r->err, w, "the instance cannot be stored");
    struct findings findings = { .arena = r->each };
    const cJSON *shown = store_render(r->b->seed, c, tree, r->each, NULL);
    if (schema_check(plan->schema, shown, DIRECTION_NONE, "", r->each, &findings))
        return;
    for (size_t i = 0; i < findings.count; i++) {
        struct where f = w;
        f.pointer = arena_printf(r->each, "%s%s", w.pointer, findings.list[i].pointer);
        err_set(r->err, f, "%s", finding_text(&findings.list[i], r->each));
    }
}

static void check_seed(struct seeding *r, unsigned c, struct scope *s)
{
    const char *seed = r->record->collections[c].seed;
    const char *path = seed ? seed_path(r, seed) : NULL;
    for (size_t slot = 0; seed && slot < store_slots(r->b->seed, c); slot++) {
        arena_reset(r->each);
        if (setjmp(*arena_guard(r->each)))
            arena_fail(r->arena);
        check_instance(r, c, slot, path, s);
    }
}

static void load(struct seeding *r, clock_ms now)
{
    struct chance chance = { 0 };
    struct scope s = { .arena = r->each,
                       .store = r->b->seed,
                       .format = r->b->format,
                       .now = now,
                       .chance = &chance };
    const unsigned errors = r->err->errors, count = r->record->collections_count;
    for (unsigned c = 0; c < count; c++)
        read_seed(r, c, &s);
    for (unsigned c = 0; c < count && r->err->errors == errors; c++)
        check_seed(r, c, &s);
}

/* The store and err keep copies, so what is read goes when it was read. */
void seed_load(struct behaviour *b, const struct record_behaviour *record,
               const char *folder, const char *file, clock_ms now, struct arena *arena,
               struct err *err)
{
    struct arena *scratch = arena_new(LIMIT_SPEC_MEMORY),
                 *each = arena_new(LIMIT_SPEC_MEMORY);
    struct seeding r = { b, record, folder, file, scratch, each, err };
    if (setjmp(*arena_guard(scratch))) {
        arena_free(each);
        arena_free(scratch);
        arena_unguard(arena);
        arena_fail(arena);
    }
    if (setjmp(*arena_guard(arena))) {
        arena_free(each);
        arena_free(scratch);
        arena_fail(arena);
    }
    load(&r, now);
    arena_unguard(arena);
    arena_free(each);
    arena_free(scratch);
}

#include "play/reading.h"

#include "base/file.h"
#include "base/limits.h"
#include "play/doorkeeper.h"
#include "play/infer.h"
#include "play/seed.h"
#include "play/validator.h"

static void read_sequences(struct reading *r)
{
    unsigned count = r->record->sequences_count;
    int64_t *start = arena_array(r->arena, int64_t, count + 1);
    r->b->sequences = arena_array(r->arena, const char *, count + 1);
    for (unsigned i = 0; i < count; i++) {
        r->b->sequences[i] = r->record->sequences[i].name;
        start[i] = r->record->sequences[i].start ? r->record->sequences[i].start : 1;
    }
    r->b->plan.sequence_start = start;
    r->b->plan.shown = arena_take(r->arena, sizeof(*r->b->plan.shown));
    r->b->plan.sequence_count = count;
}

static void read_tables(struct reading *r)
{
    unsigned count = r->record->tables_count;
    struct table *list = arena_array(r->arena, struct table, count + 1);
    for (unsigned i = 0; i < count; i++) {
        const struct record_table *from = &r->record->tables[i];
        struct json_error why = { .why = "an object" };
        const cJSON *rows =
            json_read(str(from->rows), LIMIT_BODY_NODES, r->arena, &why);
        list[i] = (struct table){ from->name, rows };
        if (!json_is_object(rows))
            err_set(r->err, reading_at(r, "/tables/%/rows", i, 0),
                    "expected a JSON object: a value for each name%s%s",
                    rows ? "" : "; ", rows ? "" : why.why);
    }
    r->tables = list;
    r->table_count = count;
}

/* A kind of refusal, a keyword, or the name of an error that some operation declares.
 */
static void check_kind(struct reading *r, const char *on, struct where w)
{
    static const char *const kinds[] = {
        "no_route",
        "method_not_allowed",
        "unauthenticated",
        "media_type",
        "too_large",
        "body_missing",
        "parse_error",
        "invalid",
        "not_acceptable",
        "invalid_token",
        "token_expired",
        "insufficient_scope",
        "store_full",
        "store_unavailable",
        "precondition_failed",
        "precondition_required",
        "idempotency_key",
        "idempotency_key_in_use",
        "idempotency_key_reused",
    };
    const char *near = NULL;
    unsigned least = 4;
    if (schema_has_keyword(on))
        return;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        unsigned d = str_distance(str(kinds[i]), str(on));
        if (d == 0)
            return;
        if (d < least) {
            least = d;
            near = kinds[i];
        }
    }
    for (size_t i = 0; i < r->api->operation_count; i++) {
        const struct reply *reply;
        const cJSON *body;
        struct chance chance = { 0 };
        if (error_find(&r->api->operations[i], on, 0, &chance, r->arena, &reply, &body))
            return;
    }
    err_set(r->err, w,
            "\"%.60s\" is no kind of refusal, no keyword, and no operation declares an "
            "error of that name%s%s%s",
            on, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_wordings(struct reading *r)
{
    unsigned count = r->record->errors_count;
    struct wordings *w = &r->b->wordings;
    w->list = arena_take(r->arena, (count + 1) * sizeof(*w->list));
    for (unsigned i = 0; i < count; i++) {
        const struct record_wording *from = &r->record->errors[i];
        struct naming n = reading_naming(r);
        check_kind(r, from->on, reading_at(r, "/errors/%/on", i, 0));
        reading_bind_words(&n, "finding",
                           "name pointer keyword expected found expected_type "
                           "found_type message",
                           NULL);
        reading_bind_words(&n, "limit", "retry_after limit max_bytes", NULL);
        reading_bind_words(&n, "refusal", "kind detail", NULL);
        w->list[i].on = from->on;
        if (from->when)
            w->list[i].when =
                condition_read(&n, from->when, reading_at(r, "/errors/%/when", i, 0));
        w->list[i].plan = error_plan_read(&n, from->status, from->error, from->body,
                                          reading_at(r, "/errors/%", i, 0));
        w->count = i + 1;
    }
}

static void read_record(struct reading *r)
{
    struct behaviour *b = r->b;
    if (r->record->infer != NO) {
        r->inference = infer(r->api, r->record, r->arena, r->err);
        r->record = r->inference->record;
        b->inference = r->inference;
    }
    b->format = (struct timestamps){ 3, "Z" };
    if (r->record->timestamps) {
        b->format.digits = (unsigned)(r->record->timestamps->digits & 15);
        if (r->record->timestamps->utc)
            b->format.utc = r->record->timestamps->utc;
    }
}

/* What can be looked at is, so that all mistakes are told at once. */
static void read_all(struct reading *r, struct script_book *book)
{
    const struct script **scripts =
        arena_array(r->arena, const struct script *, r->api->operation_count + 1);
    r->b->scripts = scripts;
    read_sequences(r);
    read_tables(r);
    guard_read(&r->b->guard, r->api, r->record, r->folder, r->file, r->arena, r->err);
    bool compiled = read_collections(r);
    book->rules = r->rules;
    if (compiled) {
        read_wordings(r);
        read_operations(r, scripts);
        read_webhooks(r, book);
    }
}

static bool fill_seed(struct reading *r, clock_ms now)
{
    store_prepare(&r->b->plan, r->arena);
    r->b->seed = store_new(&r->b->plan);
    if (!r->b->seed)
        return err_set(r->err, (struct where){ .file = r->file }, "out of memory");
    seed_load(r->b, r->record, r->folder, r->file, now, r->arena, r->err);
    if (r->inference)
        infer_seed(r->inference, r->b, now);
    store_index_all(r->b->seed);
    return true;
}

static const char *file_in(const char *folder, struct arena *arena)
{
    return arena_printf(arena, "%s/behaviour.yaml", folder);
}

struct record_behaviour *behaviour_record(const char *folder, struct arena *arena,
                                          struct err *err)
{
    const char *file = file_in(folder, arena);
    file_saw(err, file);
    return file_exists(file) ? fixture_behaviour(file, arena, err) : NULL;
}

struct behaviour *behaviour_of(const struct api *api, const char *folder,
                               const struct record_behaviour *record, clock_ms now,
                               struct arena *arena, struct err *err)
{
    static const struct record_behaviour nothing;
    struct script_book *book = arena_take(arena, sizeof(*book));
    struct behaviour *b = &book->behaviour;
    unsigned errors = err->errors;
    struct reading *r = arena_take(arena, sizeof(*r));
    *r = (struct reading){ .api = api,
                           .folder = folder,
                           .arena = arena,
                           .err = err,
                           .b = b,
                           .record = record ? record : &nothing,
                           .file = file_in(folder, arena) };
    b->api = api;
    validator_targets(b, arena);
    /* Seed, keys and places are no memory of the arena: they go by hand when that has
     * no more. */
    r->places = arena_new(LIMIT_SPEC_MEMORY);
    if (setjmp(*arena_guard(arena))) {
        behaviour_done(b);
        arena_free(r->places);
        arena_fail(arena);
    }
    if (setjmp(*arena_guard(r->places)))
        arena_fail(arena);
    read_record(r);
    read_all(r, book);
    bool ok = err->errors == errors && fill_seed(r, now) && err->errors == errors;
    arena_unguard(arena);
    arena_free(r->places);
    if (ok)
        return b;
    behaviour_done(b);
    return NULL;
}

struct behaviour *behaviour_load(const struct api *api, const char *folder,
                                 clock_ms now, struct arena *arena, struct err *err)
{
    const unsigned errors = err->errors;
    const struct record_behaviour *record = behaviour_record(folder, arena, err);
    return err->errors == errors ? behaviour_of(api, folder, record, now, arena, err)
                                 : NULL;
}

void behaviour_done(struct behaviour *b)
{
    if (!b)
        return;
    store_free(b->seed);
    guard_done(&b->guard);
}

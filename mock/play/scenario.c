#include "play/scenario.h"

#include "base/limits.h"

struct reading {
    const char *path;
    const struct cast *cast;
    const char *api; /* only that one, or NULL */
    struct arena *arena;
    struct err *err;
};

static struct where at(struct reading *r, const char *list, unsigned i, const char *key)
{
    return (struct where){ .file = r->path,
                           .pointer =
                               arena_printf(r->arena, "/%s/%u/%s", list, i, key) };
}

static bool is_meant(const struct reading *r, size_t api)
{
    return !r->api || strcmp(r->cast->apis[api]->name, r->api) == 0;
}

/* The operations that `on` means, as a table over all operations. */
static bool *operations_of(struct reading *r, const char *on, struct where w)
{
    bool *table = arena_array(r->arena, bool, r->cast->operations + 1);
    const char *near = NULL;
    size_t found = 0;
    for (size_t i = 0; i < r->cast->count; i++) {
        const struct api *api = r->cast->apis[i];
        const struct operation *op;
        size_t next = 0;
        if (!is_meant(r, i))
            continue;
        for (size_t j = 0; strcmp(on, "*") == 0 && j < api->operation_count;
             j++, found++)
            table[r->cast->first[i] + j] = true;
        while ((op = api_operation(api, str(on), &next))) {
            table[r->cast->first[i] + op->index] = true;
            found++;
        }
    }
    for (size_t i = 0; i < r->cast->count && !found && !near; i++)
        if (is_meant(r, i))
            near = api_nearest_operation(r->cast->apis[i], str(on));
    if (!found)
        err_set(r->err, w,
                "no operation is called \"%.80s\" (an operationId, a path without its "
                "first slash, \"POST /path\" or \"*\")%s%s%s",
                on, near ? "; did you mean \"" : "", near ? near : "",
                near ? "\"?" : "");
    return table;
}

static const struct operation *operation_at(const struct cast *cast, size_t number)
{
    size_t i = cast->count - 1;
    while (i && cast->first[i] > number)
        i--;
    return &cast->apis[i]->operations[number - cast->first[i]];
}

/* Says which operations do not declare the error: it is sent, but outside their
 * contract. */
static void check_error(struct reading *r, const char *error, int status,
                        const bool *on, struct where w)
{
    const struct operation *first = NULL;
    size_t without = 0, with = 0;
    for (size_t i = 0; error && i < r->cast->operations; i++) {
        const struct reply *reply;
        const cJSON *body;
        struct chance chance = { 0 };
        if (!on[i])
            continue;
        const struct operation *op = operation_at(r->cast, i);
        if (error_find(op, error, status, &chance, r->arena, &reply, &body)) {
            with++;
            continue;
        }
        without++;
        if (!first)
            first = op;
    }
    if (!without)
        return;
    if (!with && !status && !status_of_name(str(error)))
        err_set(r->err, w, "no operation here declares the error \"%.60s\"%s", error,
                error_question(first->api, first, error, r->arena));
    else
        err_warn(
            r->err, w,
            "%zu operation%s (such as %s of %s) declare%s no \"%.60s\"; it will be "
            "sent as a problem outside the contract",
            without, without == 1 ? "" : "s", first->id, first->api->name,
            without == 1 ? "s" : "", error);
}

static int64_t duration(struct reading *r, const char *text, int64_t most,
                        struct where w)
{
    clock_ms ms = 0;
    if (text && (!clock_duration(str(text), &ms) || ms > most))
        err_set(r->err, w,
                "expected a time such as 250ms, 5s, 2m or 1h (at most %lld ms), found "
                "\"%.40s\"",
                (long long)most, text);
    return ms;
}

static struct error_plan read_error(struct reading *r, const char *error, int status,
                                    const char *body, struct where w)
{
    struct naming n = { .arena = r->arena, .err = r->err };
    n.names[0].name = "limit";
    n.name_count = 1;
    return error_plan_read(&n, status, error, body, w);
}

static int64_t count_of(struct reading *r, int value, int least, const char *key,
                        unsigned i)
{
    if (value < least)
        err_set(r->err, at(r, "faults", i, key), "expected %d or more, found %d", least,
                value);
    return value;
}

static void read_fault(struct reading *r, struct fault *f,
                       const struct record_fault *from, unsigned i)
{
    f->on = operations_of(r, from->on, at(r, "faults", i, "on"));
    f->skip = count_of(r, from->skip, 0, "skip", i);
    f->times = from->times ? count_of(r, *from->times, 0, "times", i) : -1;
    f->every = from->every ? count_of(r, *from->every, 1, "every", i) : 1;
    f->chance = from->chance ? *from->chance : 1;
    if (!(f->chance >= 0 && f->chance <= 1))
        err_set(r->err, at(r, "faults", i, "chance"), "expected a number from 0 to 1");
    f->delay_ms = duration(r, from->delay, LIMIT_DELAY_MS, at(r, "faults", i, "delay"));
    f->sigma = from->sigma;
    if (!(from->sigma >= 0 && from->sigma <= 3))
        err_set(r->err, at(r, "faults", i, "sigma"), "expected a number from 0 to 3");
    f->answers = from->error || from->status;
    f->commit = from->commit == YES;
    f->connection = from->connection;
    f->retry_after = from->retry_after
                         ? (duration(r, from->retry_after, LIMIT_DURATION_MS,
                                     at(r, "faults", i, "retry_after")) +
                            999) /
                               1000
                         : 1;
    f->error = read_error(r, from->error, from->status, from->body,
                          at(r, "faults", i, from->body ? "body" : "error"));
    check_error(r, from->error, from->status, f->on, at(r, "faults", i, "error"));
    if (!f->answers && !f->delay_ms && !f->connection)
        err_set(r->err, at(r, "faults", i, "on"),
                "the fault does nothing: expected an error, a status, a delay or a "
                "connection");
}

static void read_limit(struct reading *r, struct limit *l,
                       const struct record_limit *from, unsigned i)
{
    l->on = operations_of(r, from->on, at(r, "limits", i, "on"));
    l->requests = from->requests;
    if (from->requests < 1)
        err_set(r->err, at(r, "limits", i, "requests"), "expected 1 or more, found %d",
                from->requests);
    l->per_ms = duration(r, from->per, LIMIT_DURATION_MS, at(r, "limits", i, "per"));
    if (l->per_ms < 1)
        err_set(r->err, at(r, "limits", i, "per"), "expected a time above 0");
    l->by = from->by;
    if (l->by && strncmp(l->by, "/header/", 8) != 0 &&
        strncmp(l->by, "/query/", 7) != 0 && strncmp(l->by, "/path/", 6) != 0 &&
        strncmp(l->by, "/cookie/", 8) != 0 && strncmp(l->by, "/body/", 6) != 0)
        err_set(r->err, at(r, "limits", i, "by"),
                "expected a pointer into the call such as /header/authorization, found "
                "\"%.60s\"",
                l->by);
    const char *error = from->error ? from->error : "too_many_requests";
    l->error = read_error(r, error, 0, NULL, at(r, "limits", i, "error"));
    /* Nobody who says "five a second" claims that each operation declares a 429. */
    check_error(r, from->error, 0, l->on, at(r, "limits", i, "error"));
    l->x_headers = from->x_headers == YES;
}

static bool check_api(struct reading *r)
{
    for (size_t i = 0; i < r->cast->count; i++)
        if (is_meant(r, i))
            return true;
    return err_set(r->err, (struct where){ .file = r->path, .pointer = "/api" },
                   "no API is called \"%.60s\"", r->api);
}

struct scenario *scenario_read(const char *path, const struct record_scenario *record,
                               const struct cast *cast, struct arena *arena,
                               struct err *err)
{
    unsigned errors = err->errors;
    struct reading r = { path, cast, record->api, arena, err };
    struct scenario *s = arena_take(arena, sizeof(*s));
    s->name = record->name ? record->name : "";
    s->about = record->about ? record->about : "";
    s->file = path;
    if (!check_api(&r))
        return NULL;
    if (!record->faults_count && !record->limits_count)
        err_set(err, (struct where){ .file = path, .pointer = "" },
                "expected faults or limits, found neither");
    if (record->faults_count > LIMIT_FAULTS || record->limits_count > LIMIT_LIMITS) {
        err_set(err, (struct where){ .file = path, .pointer = "" },
                "expected at most %d faults and %d limits", LIMIT_FAULTS, LIMIT_LIMITS);
        return NULL;
    }
    s->faults = arena_array(arena, struct fault, record->faults_count + 1);
    s->limits = arena_array(arena, struct limit, record->limits_count + 1);
    for (unsigned i = 0; i < record->faults_count; i++)
        read_fault(&r, &s->faults[s->fault_count++], &record->faults[i], i);
    for (unsigned i = 0; i < record->limits_count; i++)
        read_limit(&r, &s->limits[s->limit_count++], &record->limits[i], i);
    return err->errors == errors ? s : NULL;
}

struct scenario *scenario_read_text(struct str text, const struct cast *cast,
                                    struct arena *arena, struct err *err)
{
    struct record_scenario *record = fixture_scenario_text("fault", text, arena, err);
    struct scenario *s =
        record ? scenario_read("fault", record, cast, arena, err) : NULL;
    if (s)
        s->text = arena_copy(arena, text);
    return s;
}

#include "serve/admin.h"

#include "api/param.h"
#include "doc/pointer.h"

#include <stdio.h>
#include <stdlib.h>

/* One question to the mock. */
struct question {
    struct service *service;
    struct namespace *ns;
    const struct request *request;
    struct arena *arena;
    struct answer *a;
    struct str values[2]; /* of the '*' in the route, decoded */
};

static void reply(struct question *q, int status, cJSON *body)
{
    q->a->status = status;
    q->a->body = body;
    q->a->content_type = "application/json";
}

static void problem(struct question *q, int status, const char *detail)
{
    answer_problem(q->a, status, detail, q->arena);
}

static cJSON *word(struct question *q, const char *text)
{
    return json_string(q->arena, str(text));
}

/* The namespace's lock, given back also when the arena's limit is reached. */
#define LOCKED(q)                             \
    pthread_mutex_lock(&(q)->ns->lock);       \
    if (setjmp(*arena_guard((q)->arena))) {   \
        pthread_mutex_unlock(&(q)->ns->lock); \
        arena_fail((q)->arena);               \
    }
#define UNLOCKED(q)            \
    arena_unguard((q)->arena); \
    pthread_mutex_unlock(&(q)->ns->lock)

/* The body as an object; NULL and a problem when it is none. */
static const cJSON *body_object(struct question *q)
{
    struct json_error why = { .why = "the body is empty" };
    const cJSON *body =
        q->request->body.len
            ? json_read(q->request->body, LIMIT_BODY_NODES, q->arena, &why)
            : NULL;
    if (json_is_object(body))
        return body;
    if (q->request->body_over_limit) {
        problem(
            q, 413,
            arena_printf(q->arena, "expected at most %zu bytes", q->request->max_body));
        return NULL;
    }
    problem(q, 400,
            body ? "expected a JSON object"
                 : arena_printf(q->arena,
                                "expected a JSON object: line %u, column %u: %s",
                                why.line, why.col, why.why));
    return NULL;
}

static void on_health(struct question *q)
{
    cJSON *body = json_object(q->arena);
    json_add(body, "status", word(q, "ok"));
    reply(q, 200, body);
}

static void on_version(struct question *q)
{
    cJSON *body = json_object(q->arena), *apis = json_array(q->arena);
    const struct cast *cast = &q->service->world->cast;
    for (size_t i = 0; i < cast->count; i++) {
        cJSON *api = json_object(q->arena);
        json_add(api, "name", word(q, cast->apis[i]->name));
        json_add(api, "title", word(q, cast->apis[i]->title));
        json_add(api, "version", word(q, cast->apis[i]->version));
        json_add(api, "operations",
                 json_integer(q->arena, (int64_t)cast->apis[i]->operation_count));
        json_push(apis, api);
    }
    json_add(body, "version", word(q, UNDERSTUDY_VERSION));
    json_add(body, "apis", apis);
    reply(q, 200, body);
}

static void on_reset(struct question *q)
{
    LOCKED(q);
    bool ok = namespace_reset(q->service->world, q->ns);
    UNLOCKED(q);
    journal_clear(q->service->journal, q->ns->index);
    if (ok)
        q->a->status = 204;
    else
        problem(q, 507, "there is no memory for the seed");
}

static void on_requests(struct question *q)
{
    struct journal_filter f = { .most = 0 };
    struct str limit = request_value(q->request, PARAM_QUERY, "limit", q->arena);
    struct str status = request_value(q->request, PARAM_QUERY, "status", q->arena);
    f.operation = request_value(q->request, PARAM_QUERY, "operation", q->arena);
    f.method = request_value(q->request, PARAM_QUERY, "method", q->arena);
    if (limit.ptr)
        f.most = strtoul(arena_copy(q->arena, limit), NULL, 10);
    if (status.ptr)
        f.status = atoi(arena_copy(q->arena, status));
    reply(q, 200, journal_list(q->service->journal, q->ns->index, &f, q->arena));
}

static void on_requests_delete(struct question *q)
{
    journal_clear(q->service->journal, q->ns->index);
    q->a->status = 204;
}

/* ---- state ---- */

static void on_state(struct question *q)
{
    const struct world *w = q->service->world;
    cJSON *body = json_object(q->arena);
    LOCKED(q);
    for (size_t i = 0; i < w->cast.count; i++) {
        cJSON *api = json_object(q->arena);
        const struct store_plan *plan = &w->behaviours[i]->plan;
        for (size_t c = 0; c < plan->collection_count; c++)
            json_add(api, plan->collections[c].name,
                     json_integer(q->arena, (int64_t)store_count(q->ns->stores[i], c)));
        json_add(body, w->cast.apis[i]->name, api);
    }
    UNLOCKED(q);
    reply(q, 200, body);
}

static bool find_collection(const struct world *w, const struct str *values,
                            size_t *api, size_t *collection)
{
    for (*api = 0; *api < w->cast.count; ++*api) {
        const struct store_plan *plan = &w->behaviours[*api]->plan;
        if (!str_is(values[0], w->cast.apis[*api]->name))
            continue;
        for (*collection = 0; *collection < plan->collection_count; ++*collection)
            if (str_is(values[1], plan->collections[*collection].name))
                return true;
    }
    return false;
}

/* Instances as they are stored: hidden members too, references as keys. */
static cJSON *instances(struct question *q, const struct store *s, size_t c)
{
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    size_t shown = 0;
    for (size_t i = 0; i < store_slots(s, c) && shown < LIMIT_LIST_ROWS; i++) {
        const cJSON *tree = store_get(s, c, i);
        if (!tree)
            continue;
        json_push(list, json_copy(q->arena, tree));
        shown++;
    }
    json_add(body, "instances", list);
    json_add(body, "total", json_integer(q->arena, (int64_t)store_count(s, c)));
    return body;
}

static void say_instances(struct question *q, struct store *const *store, size_t c)
{
    LOCKED(q);
    reply(q, 200, instances(q, *store, c));
    UNLOCKED(q);
}

static void on_collection(struct question *q)
{
    size_t api = 0, c = 0;
    if (!find_collection(q->service->world, q->values, &api, &c)) {
        problem(q, 404, "no such API or collection; GET /__admin/state lists them");
        return;
    }
    say_instances(q, q->ns->stores + api, c);
}

/* ---- scenarios and faults ---- */

static cJSON *running_json(struct question *q, const struct running *r)
{
    const struct scenario *s = running_scenario(r);
    cJSON *faults = json_array(q->arena);
    for (size_t i = 0; i < s->fault_count; i++) {
        int64_t seen, fired;
        cJSON *f = json_object(q->arena);
        running_counts(r, i, &seen, &fired);
        json_add(f, "seen", json_integer(q->arena, seen));
        json_add(f, "fired", json_integer(q->arena, fired));
        json_push(faults, f);
    }
    return faults;
}

static cJSON *scenario_json(struct question *q, const struct scenario *s)
{
    cJSON *out = json_object(q->arena);
    const struct running *running = NULL;
    for (size_t i = 0; i < q->ns->running_count; i++)
        if (running_scenario(q->ns->running[i]) == s)
            running = q->ns->running[i];
    json_add(out, "name", word(q, s->name));
    json_add(out, "about", word(q, s->about));
    json_add(out, "running", json_bool(q->arena, running != NULL));
    if (running)
        json_add(out, "faults", running_json(q, running));
    return out;
}

static void on_scenarios(struct question *q)
{
    const struct world *w = q->service->world;
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    json_add(body, "scenarios", list);
    LOCKED(q);
    for (size_t i = 0; i < w->scenario_count; i++)
        json_push(list, scenario_json(q, w->scenarios[i]));
    UNLOCKED(q);
    reply(q, 200, body);
}

static const struct scenario *named(struct question *q)
{
    const struct scenario *s =
        world_scenario(q->service->world, arena_copy(q->arena, q->values[0]));
    if (!s)
        problem(q, 404, "no such scenario; GET /__admin/scenarios lists them");
    return s;
}

static void on_scenario_start(struct question *q)
{
    const struct scenario *s = named(q);
    if (!s)
        return;
    LOCKED(q);
    namespace_stop(q->ns, s->name);
    bool ok = namespace_start(q->ns, s, NULL);
    cJSON *body = scenario_json(q, s);
    UNLOCKED(q);
    if (ok)
        reply(q, 200, body);
    else
        problem(q, 507, "as many scenarios and faults run as may");
}

static void on_scenario_stop(struct question *q)
{
    const struct scenario *s = named(q);
    if (!s)
        return;
    LOCKED(q);
    namespace_stop(q->ns, s->name);
    cJSON *body = scenario_json(q, s);
    UNLOCKED(q);
    reply(q, 200, body);
}

/* {"on": …} alone is one fault; otherwise {"faults": […], "limits": […]}. */
/* A fixture's body is JSON in a text; here the JSON itself may stand. */
static cJSON *with_text_bodies(struct question *q, const cJSON *body)
{
    cJSON *copy = json_copy(q->arena, body);
    cJSON *faults = json_member(copy, "faults");
    for (cJSON *f = faults ? faults->child : NULL; f; f = f->next) {
        const cJSON *words = json_member(f, "body");
        if (json_is_object(words))
            json_set(q->arena, f, "body",
                     json_string(q->arena, json_text(words, q->arena)));
    }
    return copy;
}

static struct str fault_text(struct question *q, const cJSON *body)
{
    if (!json_member(body, "on"))
        return json_text(with_text_bodies(q, body), q->arena);
    cJSON *whole = json_object(q->arena), *list = json_array(q->arena);
    json_push(list, json_copy(q->arena, body));
    json_add(whole, "faults", list);
    return json_text(with_text_bodies(q, whole), q->arena);
}

/* What libcyaml and the scenario's reader say of it, in one text. */
static void tell_mistakes(struct question *q, const struct err *err)
{
    struct buffer b = buffer_in(q->arena, LIMIT_HEAD_BYTES);
    for (const struct problem *p = err->first; p; p = p->next)
        if (!p->warning)
            buffer_printf(&b, "%s%s", b.len ? "; " : "", problem_text(p, q->arena));
    char *text = arena_copy(q->arena, buffer_str(&b));
    utf8_mend(text); /* what is quoted there is cut by bytes */
    problem(q, 400, text);
}

static void on_fault(struct question *q)
{
    const cJSON *body = body_object(q);
    if (!body)
        return;
    struct str text = fault_text(q, body);
    struct arena *own = arena_new(LIMIT_FAULT_MEMORY);
    struct err err = err_in(own);
    struct scenario *s = NULL;
    if (setjmp(*arena_guard(q->arena))) {
        arena_free(own);
        arena_fail(q->arena);
    }
    if (setjmp(*arena_guard(own))) {
        arena_unguard(q->arena);
        arena_free(own);
        problem(q, 413, "the fault is too large");
        return;
    }
    s = scenario_read_text(text, &q->service->world->cast, own, &err);
    if (!s) {
        tell_mistakes(q, &err);
        arena_unguard(q->arena);
        arena_free(own);
        return;
    }
    enum { NAME_BYTES = 32 };
    cJSON *out = json_object(q->arena);
    char *made = arena_take(own, NAME_BYTES);
    char *name = *s->name ? arena_copy(q->arena, str(s->name))
                          : arena_take(q->arena, NAME_BYTES);
    arena_unguard(own);
    arena_unguard(q->arena);

    /* Nothing in here takes from an arena; started, s may be freed by another call. */
    pthread_mutex_lock(&q->ns->lock);
    if (!*s->name) {
        snprintf(made, NAME_BYTES, "fault-%llu",
                 (unsigned long long)++q->ns->faults_made);
        memcpy(name, made, NAME_BYTES);
        s->name = made;
    }
    bool ok = namespace_start(q->ns, s, own);
    pthread_mutex_unlock(&q->ns->lock);
    if (!ok) {
        problem(q, 507, "as many scenarios and faults run as may");
        return;
    }
    json_add(out, "name", word(q, name));
    reply(q, 201, out);
}

static void on_faults(struct question *q)
{
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    json_add(body, "faults", list);
    LOCKED(q);
    for (size_t i = 0; i < q->ns->running_count; i++) {
        cJSON *one = json_object(q->arena);
        json_add(one, "name", word(q, running_scenario(q->ns->running[i])->name));
        json_add(one, "faults", running_json(q, q->ns->running[i]));
        json_push(list, one);
    }
    UNLOCKED(q);
    reply(q, 200, body);
}

static void on_faults_delete(struct question *q)
{
    LOCKED(q);
    namespace_stop(q->ns, "");
    UNLOCKED(q);
    q->a->status = 204;
}

static void on_fault_delete(struct question *q)
{
    const char *name = arena_copy(q->arena, q->values[0]);
    LOCKED(q);
    size_t stopped = *name ? namespace_stop(q->ns, name) : 0;
    UNLOCKED(q);
    if (stopped)
        q->a->status = 204;
    else
        problem(q, 404, "no fault or scenario of that name is running");
}

/* ---- clock and namespaces ---- */

static void say_clock(struct question *q)
{
    cJSON *body = json_object(q->arena);
    char now[CLOCK_TEXT];
    clock_write(namespace_now(q->service->world, q->ns), 3, "Z", now);
    json_add(body, "now", word(q, now));
    json_add(body, "still", json_bool(q->arena, q->service->world->clock.still));
    reply(q, 200, body);
}

static void on_clock(struct question *q)
{
    LOCKED(q);
    say_clock(q);
    UNLOCKED(q);
}

/* The years 0000 to 9999, less one at either end for what is added to the time. */
static const clock_ms EARLIEST = -62135596800000, LATEST = 253370764800000;

static void move_clock(struct question *q, bool to, clock_ms ms)
{
    LOCKED(q);
    clock_ms real = clock_now(&q->service->world->clock);
    clock_ms now = to ? ms : real + q->ns->clock_offset + ms;
    if (now >= EARLIEST && now < LATEST) {
        q->ns->clock_offset = now - real;
        say_clock(q);
    } else {
        problem(q, 400, "the clock goes from the year 1 to the year 9998");
    }
    UNLOCKED(q);
}

static void on_clock_set(struct question *q)
{
    const cJSON *body = body_object(q);
    if (!body)
        return;
    const char *advance = json_member_text(body, "advance");
    const char *now = json_member_text(body, "now");
    clock_ms ms;
    if (!(advance && !now && clock_duration(str(advance), &ms)) &&
        !(now && !advance && clock_read(str(now), &ms))) {
        problem(
            q, 400,
            "expected {\"advance\": \"5s\"} or {\"now\": \"2026-01-01T00:00:00Z\"}");
        return;
    }
    move_clock(q, now != NULL, ms);
}

static void on_namespaces(struct question *q)
{
    struct world *w = q->service->world;
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    for (size_t i = 0; i < world_namespace_count(w); i++)
        json_push(list, word(q, world_namespace_at(w, i)->name));
    json_add(body, "namespaces", list);
    reply(q, 200, body);
}

/* ---- the table ---- */

static const struct {
    const char *method, *path; /* '*' is one segment */
    void (*answer)(struct question *q);
} table[] = {
    { "GET", "/health", on_health },
    { "GET", "/version", on_version },
    { "POST", "/reset", on_reset },
    { "GET", "/requests", on_requests },
    { "DELETE", "/requests", on_requests_delete },
    { "GET", "/state", on_state },
    { "GET", "/state/*/*", on_collection },
    { "GET", "/scenarios", on_scenarios },
    { "POST", "/scenarios/*/start", on_scenario_start },
    { "POST", "/scenarios/*/stop", on_scenario_stop },
    { "GET", "/faults", on_faults },
    { "POST", "/faults", on_fault },
    { "DELETE", "/faults", on_faults_delete },
    { "DELETE", "/faults/*", on_fault_delete },
    { "GET", "/clock", on_clock },
    { "POST", "/clock", on_clock_set },
    { "GET", "/namespaces", on_namespaces },
};

static bool fits(struct question *q, const char *path, struct str asked)
{
    struct str want = str(path), a, b;
    size_t n = 0;
    for (;;) {
        bool more = str_split(&want, '/', &a), left = str_split(&asked, '/', &b);
        if (!more || !left)
            return more == left;
        if (!str_is(a, "*")) {
            if (!str_equal(a, b))
                return false;
        } else if (!percent_decode(b, false, q->arena, &q->values[n++])) {
            return false;
        }
    }
}

static bool may_ask(struct question *q)
{
    const char *token = q->service->admin_token;
    struct str given = request_header(q->request, "Authorization");
    if (q->service->admin_off) {
        problem(
            q, 403,
            "off loopback the admin API is closed; start with --admin-token to open "
            "it");
        return false;
    }
    if (!token)
        return true;
    if (str_starts(given, STR("Bearer ")) &&
        str_is(str_trim(str_from(given, 7)), token))
        return true;
    problem(q, 401, "the admin API wants Authorization: Bearer and the admin token");
    answer_header(q->a, "WWW-Authenticate", STR("Bearer"));
    return false;
}

void admin_handle(struct service *service, struct namespace *ns,
                  const struct request *r, struct str path, struct arena *arena,
                  struct answer *a)
{
    struct question q = { service, ns, r, arena, a, { { NULL, 0 } } };
    struct buffer allow = buffer_in(arena, LIMIT_HEAD_BYTES);
    a->voice = "admin";
    if (!may_ask(&q))
        return;
    for (size_t i = 0; i < COUNT(table); i++) {
        if (!fits(&q, table[i].path, path))
            continue;
        bool head = str_is(r->method, "HEAD") && strcmp(table[i].method, "GET") == 0;
        if (head || str_is(r->method, table[i].method)) {
            table[i].answer(&q);
            return;
        }
        buffer_printf(&allow, "%s%s", allow.len ? ", " : "", table[i].method);
    }
    if (!allow.len) {
        problem(&q, 404, "the admin API has no such path; README.md lists them");
        return;
    }
    problem(&q, 405, arena_printf(arena, "this path takes %s", buffer_str(&allow).ptr));
    answer_header(a, "Allow", buffer_str(&allow));
}

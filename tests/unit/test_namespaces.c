/* Namespaces and snapshots that come and go while calls are in them. Most of what they
 * do is in tests/cases/mock; here are their number, their age, and many threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "../support/hall.h"
#include "play/export.h"

static void forget(void *journal, size_t index)
{
    journal_clear(journal, index);
}

static int open_hall_of(void **state, const char *spec)
{
    hall_open(state, spec);
    struct service *service = &((struct hall *)*state)->stage.service;
    namespaces_on_free(service->world, forget, service->journal);
    return 0;
}

static int open_hall(void **state)
{
    return open_hall_of(state, "tests/data/library.yaml");
}

static int open_tasks(void **state)
{
    return open_hall_of(state, "tests/data/tasks.yaml");
}

static struct str send(struct hall *h, const char *method, const char *path,
                       const char *body, struct arena *arena, int *status)
{
    struct request r = { .method = str(method),
                         .path = str(path),
                         .body = body ? str(body) : (struct str){ NULL, 0 } };
    struct delivery d;
    r.headers[r.header_count++] =
        (struct header){ STR("Content-Type"), STR("application/json") };
    stage_send(&h->stage, &r, arena, &d);
    *status = d.response.status;
    return d.response.body;
}

static int ask(struct hall *h, const char *method, const char *path)
{
    int status;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    send(h, method, path, NULL, arena, &status);
    arena_free(arena);
    return status;
}

enum { IDLE_MS = 60 * 1000 };

/* As if nobody had used the namespace for longer than that. */
static void let_idle(struct world *w, const char *name)
{
    enum keep_answer asked;
    struct namespace *ns = namespace_enter_old(w, str(name), &asked);
    assert_non_null(ns);
    namespace_leave(w, ns);
    atomic_fetch_sub(&ns->used_us, 2 * IDLE_MS * 1000);
}

static void wait_ms(long ms)
{
    struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

/* "/~n#/x" with a digit in the place of '#'; from arena. */
static const char *numbered(const char *path, int digit, struct arena *arena)
{
    char *to = arena_copy(arena, str(path)), *at = strchr(to, '#');
    if (at)
        *at = (char)('0' + digit);
    return to;
}

/* ---- how many ---- */

/* A refusal says how to get room. */
static void is_refused_with_advice(struct hall *h, const char *method, const char *path)
{
    int status;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct str body = send(h, method, path, NULL, arena, &status);
    const char *text = arena_copy(arena, body);
    if (status != 507 || !strstr(text, "DELETE /__admin/namespaces/NAME") ||
        !strstr(text, "--namespace-idle"))
        fail_msg("%s %s: %d %s", method, path, status, text);
    arena_free(arena);
}

static void
past_the_last_namespace_a_new_one_is_refused_and_a_deleted_one_makes_room(void **state)
{
    struct hall *h = *state;
    char path[64];
    for (int i = 1; i < LIMIT_NAMESPACES; i++) {
        snprintf(path, sizeof(path), "/__admin/namespaces/n%d", i);
        assert_int_equal(ask(h, "POST", path), 201);
    }
    is_refused_with_advice(h, "POST", "/__admin/namespaces/more");
    is_refused_with_advice(h, "GET", "/~more/v2/books/978-0");
    assert_int_equal(ask(h, "GET", "/~n7/v2/books/978-0"), 200);
    assert_int_equal(ask(h, "DELETE", "/__admin/namespaces/n7"), 204);
    assert_int_equal(ask(h, "GET", "/~more/v2/books/978-0"), 200);
    assert_int_equal(ask(h, "GET", "/~n7/v2/books/978-0"), 507);
}

static void
past_the_last_snapshot_a_new_one_is_refused_and_an_old_one_is_replaced(void **state)
{
    struct hall *h = *state;
    char path[64];
    for (int i = 0; i < LIMIT_SNAPSHOTS; i++) {
        snprintf(path, sizeof(path), "/__admin/snapshots/s%d", i);
        assert_int_equal(ask(h, "PUT", path), 201);
    }
    assert_int_equal(ask(h, "PUT", "/__admin/snapshots/more"), 507);
    assert_int_equal(ask(h, "PUT", "/__admin/snapshots/s9"), 204);
    assert_int_equal(ask(h, "DELETE", "/__admin/snapshots/s9"), 204);
    assert_int_equal(ask(h, "PUT", "/__admin/snapshots/more"), 201);
}

/* ---- how long ---- */

static void
an_idle_namespace_goes_but_for_the_default_one_and_one_that_is_in_use(void **state)
{
    struct hall *h = *state;
    struct world *w = h->stage.service.world;
    ask(h, "GET", "/~left/v2/books/978-0");
    struct namespace *used = namespace_enter(w, STR("used"));
    w->idle = IDLE_MS;
    assert_int_equal(namespaces_expire(w), 0);
    let_idle(w, "left");
    let_idle(w, "used");
    assert_int_equal(namespaces_expire(w), 1);
    assert_null(namespace_enter_known(w, STR("left")));
    struct namespace *again = namespace_enter_known(w, STR("used"));
    assert_ptr_equal(again, used);
    namespace_leave(w, again);
    namespace_leave(w, used);
    assert_int_equal(namespaces_expire(w), 0); /* it was used just now */
    let_idle(w, "used");
    assert_int_equal(namespaces_expire(w), 1);
    assert_int_equal(ask(h, "GET", "/__admin/namespaces/default"), 200);
    w->idle = 0;
    ask(h, "GET", "/~stays/v2/books/978-0");
    let_idle(w, "stays");
    assert_int_equal(namespaces_expire(w), 0);
}

static void listing_namespaces_is_no_use_of_them(void **state)
{
    struct hall *h = *state;
    struct world *w = h->stage.service.world;
    ask(h, "GET", "/~left/v2/books/978-0");
    w->idle = IDLE_MS;
    let_idle(w, "left");
    assert_int_equal(ask(h, "GET", "/__admin/namespaces"), 200);
    assert_int_equal(ask(h, "GET", "/__admin/namespaces/left"), 200);
    assert_int_equal(namespaces_expire(w), 1);
}

static void
a_namespace_that_is_deleted_lives_on_for_the_call_that_is_in_it(void **state)
{
    struct hall *h = *state;
    struct world *w = h->stage.service.world;
    struct namespace *old = namespace_enter(w, STR("a"));
    assert_int_equal(ask(h, "DELETE", "/__admin/namespaces/a"), 204);
    struct namespace *new = namespace_enter(w, STR("a"));
    assert_ptr_not_equal(old, new);
    assert_int_not_equal(old->index, new->index);
    assert_int_equal(store_count(old->stores[0], 0), store_count(new->stores[0], 0));
    namespace_leave(w, new);
    namespace_leave(w, old);
}

static void a_new_namespace_has_nothing_of_the_journal_of_one_that_is_gone(void **state)
{
    struct hall *h = *state;
    int status;
    ask(h, "GET", "/~a/v2/books/978-0");
    struct str before = send(h, "GET", "/~a/__admin/requests", NULL, h->arena, &status);
    assert_non_null(strstr(before.ptr, "\"total\":1"));
    assert_int_equal(ask(h, "DELETE", "/__admin/namespaces/a"), 204);
    struct str after = send(h, "GET", "/~b/__admin/requests", NULL, h->arena, &status);
    assert_non_null(strstr(after.ptr, "\"total\":0"));
}

/* ---- many at once ---- */

enum { THREADS = 8, ROUNDS = 150 };

struct crowd {
    struct hall *hall;
    atomic_int next, strange;
    atomic_bool done;
};

/* One of few names, so that threads meet; everything that can happen to a namespace. */
static void *come_and_go(void *what)
{
    static const struct {
        const char *method, *path, *body;
    } calls[] = {
        { "GET", "/~n#/v2/books/978-0", NULL },
        { "POST", "/~n#/v2/books", "{\"isbn\": \"978-5\", \"title\": \"X\"}" },
        { "DELETE", "/__admin/namespaces/n#", NULL },
        { "PUT", "/__admin/namespaces/n#", "{\"from\": {\"snapshot\": \"s\"}}" },
        { "GET", "/__admin/namespaces", NULL },
        { "PUT", "/~n#/__admin/snapshots/s", NULL },
        { "POST", "/~n#/__admin/snapshots/s/restore", NULL },
        { "POST", "/~n#/__admin/faults", "{\"on\": \"getBook\", \"delay\": \"1ms\"}" },
        { "GET", "/~n#/__admin/export", NULL },
        { "POST", "/~n#/__admin/import", "{}" },
        { "POST", "/~n#/__admin/reset", NULL },
        { "PUT", "/~n#/__admin/state/library/books/978-9",
          "{\"isbn\": \"978-9\", \"title\": \"Y\"}" },
    };
    struct crowd *c = what;
    int me = atomic_fetch_add(&c->next, 1);
    for (int i = 0; i < ROUNDS; i++) {
        int n = me * 7 + i, status;
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        size_t which = (size_t)(n * 5 + i / 12) % COUNT(calls);
        send(c->hall, calls[which].method, numbered(calls[which].path, n % 3, arena),
             calls[which].body, arena, &status);
        if (status >= 500 || status == 400)
            atomic_fetch_add(&c->strange, 1);
        arena_free(arena);
    }
    return NULL;
}

static void *give_up_the_idle(void *what)
{
    struct crowd *c = what;
    while (!c->done) {
        namespaces_expire(c->hall->stage.service.world);
        wait_ms(1);
    }
    return NULL;
}

static void namespaces_come_and_go_under_many_calls(void **state)
{
    struct crowd c = { .hall = *state };
    pthread_t threads[THREADS], sweeper;
    c.hall->stage.service.world->idle = 1;
    assert_int_equal(ask(c.hall, "PUT", "/__admin/snapshots/s"), 201);
    pthread_create(&sweeper, NULL, give_up_the_idle, &c);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, come_and_go, &c);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    c.done = true;
    pthread_join(sweeper, NULL);
    assert_int_equal(c.strange, 0);
    wait_ms(5);
    namespaces_expire(c.hall->stage.service.world);
    int status;
    struct str left =
        send(c.hall, "GET", "/__admin/namespaces", NULL, c.hall->arena, &status);
    assert_null(strstr(left.ptr, "\"n0\""));
    assert_non_null(strstr(left.ptr, "\"default\""));
}

/* ---- an import ---- */

enum { BOOKS = 400 };

static void *add_books(void *what)
{
    struct crowd *c = what;
    for (int i = 0; i < BOOKS; i++) {
        char path[80];
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        int status;
        snprintf(path, sizeof(path), "/__admin/state/library/books/k%d", i);
        struct request r = { .method = STR("PUT"),
                             .path = str(path),
                             .query = STR("force"),
                             .body = STR("{}") };
        struct delivery d;
        stage_send(&c->hall->stage, &r, arena, &d);
        status = d.response.status;
        arena_free(arena);
        if (status != 201)
            atomic_fetch_add(&c->strange, 1);
    }
    c->done = true;
    return NULL;
}

static void an_import_loses_no_change_of_a_call_at_the_same_time(void **state)
{
    struct crowd c = { .hall = *state };
    pthread_t adder;
    int status;
    pthread_create(&adder, NULL, add_books, &c);
    while (!c.done) {
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        send(c.hall, "POST", "/__admin/import", "{\"apis\":{}}", arena, &status);
        arena_free(arena);
        assert_int_equal(status, 204);
    }
    pthread_join(adder, NULL);
    assert_int_equal(c.strange, 0);
    struct str all =
        send(c.hall, "GET", "/__admin/state", NULL, c.hall->arena, &status);
    assert_string_equal(all.ptr, "{\"library\":{\"books\":401}}");
}

/* Tasks refer to users and tags; nothing refers to jobs but a list of them. */
static void an_import_that_was_made_aside_keeps_what_calls_did_meanwhile(void **state)
{
    static const struct {
        const char *method, *path, *body;
        bool stands;
        const char *after; /* where it shows */
    } rows[] = {
        { "PUT", "/~n#/__admin/state/tasks/jobs/j9", "{\"kind\":\"k\"}", true,
          "\"j9\"" },
        { "PUT", "/~n#/__admin/state/tasks/links/l9", "{\"source\":\"t1\"}", true,
          "\"l9\"" },
        { "PUT", "/~n#/__admin/state/tasks/tasks/t9", "{}", true, NULL },
        { "POST", "/~n#/__admin/clock", "{\"advance\":\"2h\"}", true, "7200000" },
        { "PUT", "/~n#/__admin/state/tasks/users/u9", "{}", false, NULL },
        { "PUT", "/~n#/__admin/state/tasks/tags/g9", "{}", false, NULL },
    };
    struct hall *h = *state;
    struct world *w = h->stage.service.world;
    struct json_error ignored;
    const cJSON *tree = json_read(
        STR("{\"apis\":{\"tasks\":{\"collections\":{\"tasks\":[{\"id\":\"t7\","
            "\"kind\":\"bug\",\"title\":\"Seven\"}]},"
            "\"sequences\":{\"bug\":70}}}}"),
        100, h->arena, &ignored);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int status;
        const char *path = numbered(rows[i].path, (int)i, h->arena);
        struct namespace *ns =
            namespace_enter(w, str(arena_printf(h->arena, "n%zu", i)));
        struct namespace *base = namespace_copy_held(w, ns);
        cJSON *errors = json_array(h->arena);
        struct namespace *made =
            namespace_import(w, base, tree, false, h->arena, errors);
        assert_non_null(made);
        struct request r = { .method = str(rows[i].method),
                             .path = str(path),
                             .query = *rows[i].method == 'P' && rows[i].method[1] == 'U'
                                          ? STR("force")
                                          : STR(""),
                             .body = str(rows[i].body) };
        struct delivery d;
        r.headers[r.header_count++] =
            (struct header){ STR("Content-Type"), STR("application/json") };
        stage_send(&h->stage, &r, h->arena, &d);
        if (d.response.status != 200 && d.response.status != 201)
            fail_msg("row %zu: %d %s", i, d.response.status, d.response.body.ptr);
        if (namespace_import_into(w, ns, base, made, tree) != rows[i].stands)
            fail_msg("row %zu", i);
        const char *all =
            send(h, "GET", numbered("/~n#/__admin/export", (int)i, h->arena), NULL,
                 h->arena, &status)
                .ptr;
        bool imported = strstr(all, "\"t7\"") && strstr(all, "\"bug\":70") &&
                        !strstr(all, "\"t9\"");
        if (imported != rows[i].stands ||
            (rows[i].after && !strstr(all, rows[i].after)))
            fail_msg("row %zu: %s", i, all);
        namespace_drop(w, base);
        namespace_drop(w, made);
        namespace_leave(w, ns);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_hall, hall_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(past_the_last_namespace_a_new_one_is_refused_and_a_deleted_one_makes_room),
        TEST(past_the_last_snapshot_a_new_one_is_refused_and_an_old_one_is_replaced),
        TEST(an_idle_namespace_goes_but_for_the_default_one_and_one_that_is_in_use),
        TEST(listing_namespaces_is_no_use_of_them),
        TEST(a_namespace_that_is_deleted_lives_on_for_the_call_that_is_in_it),
        TEST(a_new_namespace_has_nothing_of_the_journal_of_one_that_is_gone),
        TEST(namespaces_come_and_go_under_many_calls),
        TEST(an_import_loses_no_change_of_a_call_at_the_same_time),
        cmocka_unit_test_setup_teardown(
            an_import_that_was_made_aside_keeps_what_calls_did_meanwhile, open_tasks,
            hall_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

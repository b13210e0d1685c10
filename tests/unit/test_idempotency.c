/* Answers that are kept under a key: the table and its bounds, and calls that come
 * while the first one is still being answered. */
#include "../support/hall.h"
#include "base/limits.h"
#include "play/idempotency.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static int table_up(void **state)
{
    *state = idempotency_new();
    return *state ? 0 : -1;
}

static int table_down(void **state)
{
    idempotency_free(*state);
    return 0;
}

static bool keep(struct idempotency *t, const char *key, struct str body,
                 clock_ms until)
{
    struct header fields[] = { { STR("Location"), STR("/a") },
                               { STR("ETag"), STR("") } };
    return idempotency_keep(t,
                            &(struct stored_answer){ .api = STR("pets"),
                                                     .key = str(key),
                                                     .fingerprint = 7,
                                                     .expires = until,
                                                     .status = 201,
                                                     .fields = fields,
                                                     .field_count = COUNT(fields),
                                                     .content_type = STR("text/plain"),
                                                     .body = body },
                            NULL);
}

static const struct stored_answer *find(struct idempotency *t, const char *key,
                                        clock_ms now)
{
    bool in_flight;
    return idempotency_find(t, STR("pets"), str(key), now, &in_flight);
}

static void a_record_is_kept_whole_until_it_expires(void **state)
{
    struct idempotency *t = *state;
    assert_null(find(t, "k", 0));
    assert_true(keep(t, "k", STR("body"), 100));
    const struct stored_answer *a = find(t, "k", 99);
    assert_non_null(a);
    assert_int_equal(a->status, 201);
    assert_int_equal(a->fingerprint, 7);
    assert_true(str_is(a->body, "body") && str_is(a->content_type, "text/plain"));
    assert_int_equal(a->field_count, 2);
    assert_true(str_is(a->fields[0].name, "Location") &&
                str_is(a->fields[0].value, "/a"));
    assert_null(find(t, "K", 99));
    assert_null(find(t, "k", 100));
    assert_int_equal(idempotency_count(t), 0);
}

static void a_key_of_another_api_is_another_key(void **state)
{
    bool in_flight;
    assert_true(keep(*state, "k", STR("body"), 100));
    assert_null(idempotency_find(*state, STR("shop"), STR("k"), 0, &in_flight));
}

static void a_key_that_is_kept_again_has_the_later_answer(void **state)
{
    struct idempotency *t = *state;
    assert_true(keep(t, "a", STR("1"), 100) && keep(t, "b", STR("2"), 100) &&
                keep(t, "a", STR("3"), 100));
    assert_int_equal(idempotency_count(t), 2);
    assert_true(str_is(find(t, "a", 0)->body, "3"));
    assert_true(str_is(idempotency_at(t, 0)->key, "b"));
    assert_true(str_is(idempotency_at(t, 1)->key, "a"));
    assert_null(idempotency_at(t, 2));
}

static void past_the_bound_the_oldest_is_forgotten(void **state)
{
    struct idempotency *t = *state;
    char key[32];
    for (int i = 0; i <= LIMIT_IDEMPOTENCY_KEYS; i++) {
        snprintf(key, sizeof(key), "key-%d", i);
        assert_true(keep(t, key, STR(""), 100));
    }
    assert_int_equal(idempotency_count(t), LIMIT_IDEMPOTENCY_KEYS);
    assert_null(find(t, "key-0", 0));
    assert_non_null(find(t, "key-1", 0));
    assert_non_null(find(t, key, 0));
    idempotency_clear(t);
    assert_null(find(t, key, 0));
    assert_true(keep(t, "again", STR(""), 100));
}

static void long_answers_push_others_out(void **state)
{
    static char bytes[LIMIT_IDEMPOTENCY_BYTES / 2];
    struct str half = { bytes, sizeof(bytes) - 4096 };
    assert_true(keep(*state, "a", half, 100) && keep(*state, "b", half, 100));
    assert_int_equal(idempotency_count(*state), 2);
    assert_true(keep(*state, "c", half, 100));
    assert_null(find(*state, "a", 0));
    assert_non_null(find(*state, "b", 0));
    assert_non_null(find(*state, "c", 0));
}

static void a_flight_lands_after_its_table_is_gone(void **state)
{
    struct idempotency *t = idempotency_new();
    struct flight *first, *second;
    bool in_flight = false;
    struct stored_answer a = { .key = STR("k"), .expires = 100 };
    (void)state;
    assert_true(idempotency_keep(t, &a, &first));
    assert_non_null(idempotency_find(t, a.api, a.key, 0, &in_flight));
    assert_true(in_flight);
    assert_true(idempotency_keep(t, &a, &second));
    flight_land(first); /* of a record that is no more */
    idempotency_find(t, a.api, a.key, 0, &in_flight);
    assert_true(in_flight);
    flight_land(second);
    idempotency_find(t, a.api, a.key, 0, &in_flight);
    assert_false(in_flight);
    assert_true(idempotency_keep(t, &a, &first));
    idempotency_free(t);
    flight_land(first);
}

/* ---- calls ---- */

static int hall_up(void **state)
{
    return hall_open(state, "tests/data/http.yaml");
}

static struct request call(const char *path, const char *body)
{
    struct request r = { .method = STR("POST"),
                         .path = str(path),
                         .body = str(body),
                         .max_body = LIMIT_BODY_BYTES };
    r.headers[r.header_count++] =
        (struct header){ STR("Content-Type"), STR("application/json") };
    r.headers[r.header_count++] = (struct header){ STR("Idempotency-Key"), STR("k") };
    return r;
}

static int status_of(struct hall *s, const char *path, const char *body)
{
    struct request r = call(path, body);
    struct delivery d;
    stage_send(&s->stage, &r, s->arena, &d);
    return d.response.status;
}

static void a_retry_is_409_until_the_first_answer_is_delivered(void **state)
{
    struct hall *s = *state;
    struct request r = call("/notes", "{\"title\":\"One\"}");
    struct delivery d = { .delay_ms = 0 };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    assert_int_equal(status_of(s, "/__admin/faults",
                               "{\"on\":\"addNote\",\"delay\":\"5s\",\"times\":1}"),
                     201);
    handle(&s->stage.service, &r, arena, &d);
    assert_int_equal(d.response.status, 201);
    assert_int_equal(d.delay_ms, 5000); /* the server waits now */
    assert_int_equal(status_of(s, "/notes", "{\"title\":\"One\"}"), 409);
    assert_int_equal(status_of(s, "/notes", "{\"title\":\"Two\"}"), 422);
    d.after(d.after_what, true);
    assert_int_equal(status_of(s, "/notes", "{\"title\":\"One\"}"), 201);
    arena_free(arena);
}

static void a_reset_while_an_answer_waits_forgets_its_key(void **state)
{
    struct hall *s = *state;
    struct request r = call("/notes", "{\"title\":\"One\"}");
    struct delivery d = { .delay_ms = 0 };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    handle(&s->stage.service, &r, arena, &d);
    assert_int_equal(status_of(s, "/__admin/reset", ""), 204);
    assert_int_equal(status_of(s, "/notes", "{\"title\":\"Two\"}"), 201);
    d.after(d.after_what, false);
    assert_int_equal(status_of(s, "/notes", "{\"title\":\"Two\"}"), 201);
    arena_free(arena);
}

/* False when that little memory did not do; ends as a server's call does. */
static bool do_in(struct hall *s, size_t bytes, const struct request *r)
{
    struct arena *arena = arena_new(bytes);
    struct delivery *d = arena_take(s->arena, sizeof(*d));
    bool done = false;
    if (!setjmp(*arena_guard(arena))) {
        handle(&s->stage.service, r, arena, d);
        done = true;
    }
    if (d->after)
        d->after(d->after_what, done);
    arena_free(arena);
    return done;
}

/* Wherever it breaks off, its retry makes it happen once, or tells that it has. */
static void a_call_that_runs_out_of_memory_happens_once_with_its_retry(void **state)
{
    enum { STEP = 256, MOST = 400 };
    struct hall *s = *state;
    struct request r = call("/notes", "{\"title\":\"One\"}"),
                   notes = { .path = STR("/notes") };
    struct json_error why;
    struct delivery d;
    bool done = false;
    notes.method = STR("GET");
    for (size_t i = 1; !done; i++) {
        assert_in_range(i, 1, MOST);
        /* What is made of the answer afterwards takes memory, too. */
        assert_int_equal(status_of(s, "/__admin/faults",
                                   "{\"on\":\"addNote\",\"status\":500,\"commit\":true,"
                                   "\"times\":1}"),
                         201);
        r.headers[1].value = str(arena_printf(s->arena, "key-%zu", i));
        done = do_in(s, i * STEP, &r);
        for (int tries = 0; tries < 3; tries++) {
            stage_send(&s->stage, &r, s->arena, &d);
            if (d.response.status == 201)
                break;
        }
        assert_int_equal(d.response.status, 201);
        stage_send(&s->stage, &notes, s->arena, &d);
        size_t count = json_count(json_read(d.response.body, 10000, s->arena, &why));
        if (count != i)
            fail_msg("%zu bytes: %zu notes, not %zu", i * STEP, count, i);
    }
}

/* ---- many at once ---- */

enum { CLIENTS = 16, ROUNDS = 40 };

struct crowd {
    struct service *service;
    pthread_barrier_t start;
    atomic_int made[ROUNDS], again[ROUNDS], waiting[ROUNDS], others;
};

/* In each round everyone sends the same call with the same key. */
static void *insist(void *what)
{
    struct crowd *w = what;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (int round = 0; round < ROUNDS; round++) {
        char key[24], body[64];
        struct delivery d = { .delay_ms = 0 };
        snprintf(key, sizeof(key), "round-%d", round);
        snprintf(body, sizeof(body), "{\"title\":\"%d\"}", round);
        struct request r = call("/notes", body);
        r.headers[1].value = str(key);
        pthread_barrier_wait(&w->start);
        arena_reset(arena);
        handle(w->service, &r, arena, &d);
        bool replayed = response_header_of(&d.response, "Idempotent-Replayed").ptr;
        atomic_fetch_add(d.response.status == 409   ? &w->waiting[round]
                         : d.response.status != 201 ? &w->others
                         : replayed                 ? &w->again[round]
                                                    : &w->made[round],
                         1);
        sched_yield(); /* still on its way for the others */
        if (d.after)
            d.after(d.after_what, true);
    }
    arena_free(arena);
    return NULL;
}

static void of_many_with_one_key_one_is_done(void **state)
{
    struct hall *s = *state;
    static struct crowd w;
    pthread_t threads[CLIENTS];
    w.service = &s->stage.service;
    pthread_barrier_init(&w.start, NULL, CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, insist, &w), 0);
    for (size_t i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&w.start);
    assert_int_equal(w.others, 0);
    for (int round = 0; round < ROUNDS; round++) {
        assert_int_equal(w.made[round], 1);
        assert_int_equal(w.again[round] + w.waiting[round], CLIENTS - 1);
    }
    struct request r = { .method = STR("GET"), .path = STR("/notes") };
    struct delivery d;
    struct json_error why;
    stage_send(&s->stage, &r, s->arena, &d);
    const cJSON *all = json_read(d.response.body, 10000, s->arena, &why);
    assert_int_equal(json_count(all), ROUNDS);
}

int main(void)
{
#define TABLE(name) cmocka_unit_test_setup_teardown(name, table_up, table_down)
#define TEST(name) cmocka_unit_test_setup_teardown(name, hall_up, hall_close)
    const struct CMUnitTest tests[] = {
        TABLE(a_record_is_kept_whole_until_it_expires),
        TABLE(a_key_of_another_api_is_another_key),
        TABLE(a_key_that_is_kept_again_has_the_later_answer),
        TABLE(past_the_bound_the_oldest_is_forgotten),
        TABLE(long_answers_push_others_out),
        cmocka_unit_test(a_flight_lands_after_its_table_is_gone),
        TEST(a_retry_is_409_until_the_first_answer_is_delivered),
        TEST(a_reset_while_an_answer_waits_forgets_its_key),
        TEST(a_call_that_runs_out_of_memory_happens_once_with_its_retry),
        TEST(of_many_with_one_key_one_is_done),
    };
    return cmocka_run_group_tests_name("idempotency", tests, NULL, NULL);
}

/* What is called back after an answer: read from the document, sent on loopback to a
 * receiver of this test, and told in the journal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/stage.h"
#include "../support/text.h"
#include "../support/wire.h"
#include "base/clock.h"
#include "base/limits.h"
#include "doc/pointer.h"
#include "serve/callback.h"

#define HOOKS "tests/data/hooks.yaml"

/* ---- a receiver --------------------------------------------------------------------
 */

enum { MOST_KEPT = 8, MOST_TEXT = 4096 };

/* Answers by the path: /hang never, /long without an end, /text, /json, /wrong, /error,
 * /redirect; all else with 204. Every connection is one call. */
struct receiver {
    int fd;
    unsigned port;
    pthread_t thread;
    atomic_uint calls;
    pthread_mutex_t lock;
    char kept[MOST_KEPT][MOST_TEXT]; /* the first ones, head and body */
};

static bool is_whole(const char *text)
{
    const char *head = strstr(text, "\r\n\r\n");
    const char *length = strstr(text, "Content-Length: ");
    size_t want = head && length && length < head ? strtoul(length + 16, NULL, 10) : 0;
    return head && strlen(head + 4) >= want;
}

static void say_without_end(int fd)
{
    char block[4096];
    memset(block, 'x', sizeof(block));
    say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    while (send(fd, block, sizeof(block), MSG_NOSIGNAL) > 0)
        ;
}

static void answer(const struct receiver *r, int fd, const char *text)
{
    char path[64] = "", line[256];
    sscanf(text, "%*s %63[^ ?]", path);
    if (strcmp(path, "/hang") == 0)
        while (recv(fd, line, sizeof(line), 0) > 0)
            ;
    else if (strcmp(path, "/long") == 0)
        say_without_end(fd);
    else if (strcmp(path, "/text") == 0)
        say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
                "\r\nok");
    else if (strcmp(path, "/json") == 0)
        say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                "Content-Length: 11\r\n\r\n{\"ok\":true}");
    else if (strcmp(path, "/wrong") == 0)
        say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                "Content-Length: 8\r\n\r\n{\"ok\":1}");
    else if (strcmp(path, "/error") == 0)
        say(fd, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
    else if (strcmp(path, "/redirect") == 0) {
        snprintf(line, sizeof(line),
                 "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\n"
                 "Content-Length: 0\r\n\r\n",
                 r->port);
        say(fd, line);
    } else {
        say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
    }
}

static void *receive(void *context)
{
    struct receiver *r = context;
    int fd;
    while ((fd = accept(r->fd, NULL, NULL)) >= 0) {
        char text[MOST_TEXT] = "";
        size_t len = 0;
        ssize_t got = 1;
        while (!is_whole(text) && len < sizeof(text) - 1 &&
               (got = recv(fd, text + len, sizeof(text) - 1 - len, 0)) > 0)
            text[len += (size_t)got] = '\0';
        pthread_mutex_lock(&r->lock);
        unsigned n = atomic_fetch_add(&r->calls, 1);
        if (n < MOST_KEPT)
            memcpy(r->kept[n], text, sizeof(text));
        pthread_mutex_unlock(&r->lock);
        answer(r, fd, text);
        close(fd);
    }
    return NULL;
}

static struct receiver *receiver_open(void)
{
    struct receiver *r = calloc(1, sizeof(*r));
    assert_non_null(r);
    r->fd = listen_on(&r->port);
    pthread_mutex_init(&r->lock, NULL);
    pthread_create(&r->thread, NULL, receive, r);
    return r;
}

static void receiver_close(struct receiver *r)
{
    shutdown(r->fd, SHUT_RDWR);
    pthread_join(r->thread, NULL);
    close(r->fd);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static const char *body_of(const struct receiver *r, unsigned n)
{
    const char *end = strstr(r->kept[n], "\r\n\r\n");
    return end ? end + 4 : "";
}

/* ---- the mock ----------------------------------------------------------------------
 */

struct play {
    struct stage stage;
    struct arena *arena;
    struct receiver *receiver;
};

static struct play *play_open_with(const char *document, unsigned timeout_ms)
{
    struct play *p = calloc(1, sizeof(*p));
    char program[] = "understudy", command[] = "serve", spec[64];
    char *words[] = { program, command, spec };
    const char *why = "";
    assert_non_null(p);
    snprintf(spec, sizeof(spec), "%s", document);
    p->arena = arena_new(LIMIT_SPEC_MEMORY);
    if (!stage_open(&p->stage, words, COUNT(words), p->arena, &why))
        fail_msg("%s", why);
    p->receiver = receiver_open();
    struct callbacks_options options = { .service = &p->stage.service,
                                         .reach = { .timeout_ms = timeout_ms },
                                         .quiet = true };
    p->stage.service.callbacks = callbacks_new(&options);
    assert_non_null(p->stage.service.callbacks);
    return p;
}

static struct play *play_open(unsigned timeout_ms)
{
    return play_open_with(HOOKS, timeout_ms);
}

static void play_close(struct play *p)
{
    callbacks_free(p->stage.service.callbacks);
    receiver_close(p->receiver);
    stage_done(&p->stage);
    arena_free(p->arena);
    free(p);
}

/* Subscribes with a URL at the receiver ("/path"), or a whole one. */
static void subscribe(struct play *p, const char *namespace, const char *url)
{
    char path[64], body[512], whole[256];
    struct delivery d;
    snprintf(whole, sizeof(whole), "http://127.0.0.1:%u%s", p->receiver->port, url);
    snprintf(path, sizeof(path), "%s%s/subscriptions", *namespace ? "/~" : "",
             namespace);
    snprintf(body, sizeof(body), "{\"name\":\"Ada\",\"url\":\"%s\"}",
             *url == '/' ? whole : url);
    struct request r = post_of(path, str(body));
    stage_send(&p->stage, &r, p->arena, &d);
    assert_int_equal(d.response.status, 201);
}

/* The first callback that the newest entry tells of. */
static const cJSON *outcome(struct play *p, size_t room)
{
    struct journal_filter newest = { .most = 1 };
    callbacks_settle(p->stage.service.callbacks);
    const cJSON *all = journal_list(p->stage.service.journal, room, &newest, p->arena);
    return pointer_get(all, "/requests/0/callbacks/0");
}

static void assert_tells(const cJSON *one, const char *member, const char *part)
{
    const char *text = json_member_text(one, member);
    if (!text || !strstr(text, part))
        fail_msg("expected %s with \"%s\", found \"%s\"", member, part,
                 text ? text : "nothing");
}

static double number_in(const cJSON *one, const char *member)
{
    const cJSON *n = json_member(one, member);
    return json_is_number(n) ? n->valuedouble : -1;
}

/* ---- firing ------------------------------------------------------------------------
 */

static void it_is_fired_once_with_what_the_document_says(void **state)
{
    struct play *p = play_open(0);
    (void)state;
    subscribe(p, "", "/hook");
    const cJSON *one = outcome(p, 0);
    assert_tells(one, "name", "created");
    assert_tells(one, "expression", "{$request.body#/url}?id={$response.body#/id}");
    assert_tells(one, "method", "POST");
    assert_int_equal(number_in(one, "status"), 204);
    assert_true(number_in(one, "duration_ms") > 0);
    assert_null(json_member(one, "findings"));
    assert_null(json_member(one, "error"));
    assert_int_equal(atomic_load(&p->receiver->calls), 1);

    const char *text = p->receiver->kept[0];
    const cJSON *sent = must_json(p->arena, body_of(p->receiver, 0));
    const char *id = json_member_text(sent, "id");
    assert_non_null(id);
    assert_ptr_equal(strstr(text, "POST /hook?id="), text);
    assert_non_null(strstr(text, arena_printf(p->arena, "/hook?id=%s ", id)));
    assert_tells(sent, "name", "Ada");
    assert_tells(sent, "event", "created");
    assert_null(json_member(sent, "secret"));
    assert_non_null(strstr(text, "\r\nX-Event: created\r\n"));
    assert_non_null(strstr(text, "\r\nX-Tries: 3\r\n"));
    assert_non_null(strstr(text, "\r\nContent-Type: application/json\r\n"));
    play_close(p);
}

static void it_is_not_fired_before_the_answer_nor_without_one(void **state)
{
    struct play *p = play_open(0);
    static const bool answered[] = { false, true };
    (void)state;
    for (size_t i = 0; i < COUNT(answered); i++) {
        struct delivery d = { .delay_ms = 0 };
        struct request r =
            post_of("/subscriptions",
                    str(arena_printf(
                        p->arena, "{\"name\":\"A\",\"url\":\"http://127.0.0.1:%u/\"}",
                        p->receiver->port)));
        r.max_body = 1000;
        handle(&p->stage.service, &r, p->arena, &d);
        assert_non_null(d.after);
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
        assert_int_equal(atomic_load(&p->receiver->calls), 0);
        d.after(d.after_what, answered[i]);
        callbacks_settle(p->stage.service.callbacks);
        assert_int_equal(atomic_load(&p->receiver->calls), answered[i]);
    }
    play_close(p);
}

static void only_a_good_answer_has_callbacks(void **state)
{
    struct play *p = play_open(0);
    struct delivery d;
    (void)state;
    struct request refused = post_of("/subscriptions", STR("{}"));
    stage_send(&p->stage, &refused, p->arena, &d);
    assert_null(d.after);
    struct request preferred = post_of("/subscriptions", STR("{\"name\":\"A\"}"));
    preferred.headers[preferred.header_count++] =
        (struct header){ STR("Prefer"), STR("code=404") };
    stage_send(&p->stage, &preferred, p->arena, &d);
    assert_int_equal(d.response.status, 404);
    assert_null(d.after);
    play_close(p);
}

static void a_retry_with_the_same_key_is_answered_and_fires_nothing(void **state)
{
    struct play *p = play_open(0);
    (void)state;
    for (int i = 0; i < 3; i++) {
        const char *body =
            arena_printf(p->arena, "{\"name\":\"A\",\"url\":\"http://127.0.0.1:%u/\"}",
                         p->receiver->port);
        struct request r = post_of("/subscriptions", str(body));
        struct delivery d;
        r.headers[r.header_count++] =
            (struct header){ STR("Idempotency-Key"), STR("k") };
        stage_send(&p->stage, &r, p->arena, &d);
        assert_int_equal(d.response.status, 201);
        assert_int_equal(
            response_header_of(&d.response, "Idempotent-Replayed").ptr != 0, i > 0);
        callbacks_settle(p->stage.service.callbacks);
        assert_int_equal(atomic_load(&p->receiver->calls), 1);
        assert_int_equal(outcome(p, 0) == NULL, i > 0);
    }
    play_close(p);
}

static void each_of_several_is_told_and_text_is_sent_as_it_is(void **state)
{
    struct play *p = play_open(0);
    struct delivery d;
    struct journal_filter any = { .most = 0 };
    (void)state;
    struct request r =
        post_of("/subscriptions",
                str(arena_printf(p->arena,
                                 "{\"name\":\"A\",\"also\":\"http://localhost:%u/b\"}",
                                 p->receiver->port)));
    stage_send(&p->stage, &r, p->arena, &d);
    assert_tells(outcome(p, 0), "error", "$request.body#/url has no value");
    const cJSON *all = journal_list(p->stage.service.journal, 0, &any, p->arena);
    const cJSON *list = pointer_get(all, "/requests/0/callbacks");
    assert_int_equal(json_count(list), 3);
    assert_int_equal(number_in(pointer_get(list, "/1"), "status"), 204);
    assert_int_equal(number_in(pointer_get(list, "/2"), "status"), 204);
    assert_int_equal(atomic_load(&p->receiver->calls), 2);
    assert_string_equal(body_of(p->receiver, 0), "plain words");
    assert_ptr_equal(strstr(p->receiver->kept[0], "PUT /b "), p->receiver->kept[0]);
    assert_ptr_equal(strstr(p->receiver->kept[1], "DELETE /b "), p->receiver->kept[1]);
    assert_null(strstr(p->receiver->kept[1], "Content-"));
    play_close(p);
}

static void the_same_calls_send_the_same_bytes(void **state)
{
    char bodies[2][MOST_TEXT];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct play *p = play_open(0);
        subscribe(p, "", "/");
        callbacks_settle(p->stage.service.callbacks);
        snprintf(bodies[i], MOST_TEXT, "%s", body_of(p->receiver, 0));
        play_close(p);
    }
    assert_non_null(strstr(bodies[0], "\"lucky\""));
    assert_string_equal(bodies[0], bodies[1]);
}

static void the_outcome_belongs_to_the_namespace_of_the_call(void **state)
{
    struct play *p = play_open(0);
    struct journal_filter any = { .most = 0 };
    (void)state;
    subscribe(p, "one", "/");
    struct namespace *one = namespace_enter(p->stage.service.world, STR("one"));
    size_t room = one->index;
    namespace_leave(p->stage.service.world, one);
    assert_int_equal(number_in(outcome(p, room), "status"), 204);
    const cJSON *other = journal_list(p->stage.service.journal, 0, &any, p->arena);
    assert_int_equal(json_count(json_member(other, "requests")), 0);
    play_close(p);
}

/* ---- where it may go ---------------------------------------------------------------
 */

static void another_machine_is_not_called(void **state)
{
    static const struct {
        const char *url; /* %u: the receiver's port */
        const char *why; /* NULL: it is called */
    } rows[] = {
        { "http://127.0.0.1:%u/", NULL },
        { "http://localhost:%u/", NULL },
        { "http://127.1:%u/", NULL },
        { "http://2130706433:%u/", NULL },
        { "http://192.0.2.1:%u/", "192.0.2.1 is not this machine" },
        { "http://0.0.0.0:%u/", "0.0.0.0 is not this machine" },
        { "http://127.0.0.1:%u@192.0.2.1/", "192.0.2.1 is not this machine" },
        { "http://127.0.0.1.example.test:%u/", "not this machine" },
        { "http://localhost.example.test:%u/", "not this machine" },
        { "http://[2001:db8::1]:%u/", "[2001:db8::1] is not this machine" },
        { "http://[::ffff:127.0.0.1]:%u/", "not this machine" },
        { "ftp://127.0.0.1:%u/", "only http and https are spoken" },
        { "file:///etc/hostname", "not fired" },
        { "/relative", "the URL has no host" },
        { "http://127.0.0.1:%u/a b", "no URL to go to" },
        { "", "not fired" },
    };
    struct receiver *r = receiver_open();
    struct outgoing_options options = { .timeout_ms = 2000 };
    struct outgoing *o = outgoing_new(&options);
    unsigned called = 0;
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        char url[128];
        const char *why = "", *port = strstr(rows[i].url, "%u");
        snprintf(url, sizeof(url), "%.*s", port ? (int)(port - rows[i].url) : 100,
                 rows[i].url);
        if (port)
            snprintf(url + strlen(url), 64, "%u%s", r->port, port + 2);
        struct outgoing_call call = { .method = "POST", .url = url };
        struct outgoing_answer a;
        bool ok = outgoing_send(o, &call, *state, &a, &why);
        called += !rows[i].why;
        if (ok != !rows[i].why || (!ok && !strstr(why, rows[i].why)))
            fail_msg("%s: %s", url, ok ? "was called" : why);
    }
    unsetenv("http_proxy");
    assert_int_equal(atomic_load(&r->calls), called);
    outgoing_free(o);
    receiver_close(r);
}

static void a_host_that_is_allowed_is_called(void **state)
{
    static const char *const lists[] = { "0.0.0.0", "*" };
    struct receiver *r = receiver_open();
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct outgoing_options options = { .allowed = &lists[i], .allowed_count = 1 };
        struct outgoing *o = outgoing_new(&options);
        const char *why = "";
        struct outgoing_answer a;
        /* Which is this machine, too, though not by name. */
        struct outgoing_call call = {
            .method = "POST", .url = arena_printf(*state, "http://0.0.0.0:%u/", r->port)
        };
        if (!outgoing_send(o, &call, *state, &a, &why))
            fail_msg("%s: %s", lists[i], why);
        outgoing_free(o);
    }
    assert_int_equal(atomic_load(&r->calls), 2);
    receiver_close(r);
}

static void a_redirect_is_an_outcome_and_not_followed(void **state)
{
    struct play *p = play_open(0);
    (void)state;
    subscribe(p, "", "/redirect");
    const cJSON *one = outcome(p, 0);
    assert_int_equal(number_in(one, "status"), 302);
    assert_tells(one, "findings", "the status 302 is not declared");
    assert_int_equal(atomic_load(&p->receiver->calls), 1);
    play_close(p);
}

/* ---- what comes back ---------------------------------------------------------------
 */

static void the_answer_of_the_receiver_is_checked(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *findings; /* NULL: none */
    } rows[] = {
        { "/", 204, NULL },
        { "/json", 200, NULL },
        { "/wrong", 200, "/ok: expected a boolean, found the number 1" },
        { "/text", 200, "expected application/json, found text/plain" },
        { "/error", 500, "the status 500 is not declared" },
    };
    struct play *p = play_open(0);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        subscribe(p, "", rows[i].path);
        const cJSON *one = outcome(p, 0);
        assert_int_equal(number_in(one, "status"), rows[i].status);
        if (rows[i].findings)
            assert_tells(one, "findings", rows[i].findings);
        else
            assert_null(json_member(one, "findings"));
    }
    play_close(p);
}

static void a_receiver_that_hangs_floods_or_is_gone_is_an_outcome(void **state)
{
    static const struct {
        const char *url, *error;
    } rows[] = {
        { "/hang", "timed out" },
        { "/long", "the answer is longer than" },
        { "http://127.0.0.1:1/", "onnect" },
    };
    struct play *p = play_open(300);
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        subscribe(p, "", rows[i].url);
        const cJSON *one = outcome(p, 0);
        assert_tells(one, "error", rows[i].error);
        assert_null(json_member(one, "status"));
    }
    subscribe(p, "", "/");
    assert_int_equal(number_in(outcome(p, 0), "status"), 204);
    play_close(p);
}

static void an_outcome_goes_to_no_other_entry_of_the_same_number(void **state)
{
    struct play *p = play_open(300);
    struct journal_filter any = { .most = 0 };
    struct delivery d;
    (void)state;
    subscribe(p, "", "/hang");
    journal_clear(p->stage.service.journal, 0);
    struct request r = post_of("/subscriptions", STR("{}"));
    stage_send(&p->stage, &r, p->arena, &d);
    callbacks_settle(p->stage.service.callbacks);
    const cJSON *all = journal_list(p->stage.service.journal, 0, &any, p->arena);
    assert_int_equal(json_count(json_member(all, "requests")), 1);
    assert_null(pointer_get(all, "/requests/0/callbacks"));
    play_close(p);
}

static void what_was_loaded_anew_is_not_asked(void **state)
{
    struct play *p = play_open(300);
    (void)state;
    subscribe(p, "", "/hang");
    subscribe(p, "", "/wrong");
    callbacks_forget(p->stage.service.callbacks);
    assert_tells(outcome(p, 0), "findings", "not checked");
    play_close(p);
}

/* ---- bounds ------------------------------------------------------------------------
 */

static void a_full_queue_is_told_and_a_stop_does_not_wait_for_it(void **state)
{
    struct play *p = play_open(60 * 1000);
    struct journal_filter newest = { .most = 1 };
    unsigned port = p->receiver->port;
    char body[256];
    struct delivery d;
    (void)state;
    snprintf(body, sizeof(body),
             "{\"name\":\"Ada\",\"url\":\"http://127.0.0.1:%u/hang\","
             "\"also\":\"http://127.0.0.1:%u/hang\"}",
             port, port);
    struct request r = post_of("/subscriptions", str(body));
    for (size_t i = 0; i <= LIMIT_CALLBACKS_WAITING / 2; i++) /* two by each call */
        stage_send(&p->stage, &r, p->arena, &d);
    const cJSON *all = journal_list(p->stage.service.journal, 0, &newest, p->arena);
    assert_tells(pointer_get(all, "/requests/0/callbacks/0"), "error",
                 "too many callbacks wait already");
    uint64_t started = clock_monotonic_us();
    play_close(p);
    /* Each alone would take a minute. */
    assert_true(clock_monotonic_us() - started < 20 * 1000 * 1000);
}

/* ---- what they tell --------------------------------------------------------------
 */

static void send_to_pets(struct play *p, const char *method, const char *path,
                         const char *type, const char *body, int status)
{
    char whole[128];
    struct delivery d;
    snprintf(whole, sizeof(whole), "tell=http://127.0.0.1:%u/", p->receiver->port);
    struct request r = post_of(path, str(body));
    r.method = str(method);
    r.query = str(whole);
    r.headers[0].value = str(type);
    if (!*body)
        r.body = (struct str){ NULL, 0 };
    stage_send(&p->stage, &r, p->arena, &d);
    assert_int_equal(d.response.status, status);
    callbacks_settle(p->stage.service.callbacks);
}

/* lucky, if it is there, is a sample. */
static void assert_told(struct play *p, unsigned n, const char *wanted)
{
    cJSON *found = must_json(p->arena, body_of(p->receiver, n));
    cJSON *lucky = json_member(found, "lucky");
    if (lucky && json_is_number(lucky) && lucky->valuedouble >= 1)
        json_detach(found, lucky);
    if (!found || !json_equal(found, must_json(p->arena, wanted)))
        fail_msg("%u: wanted %s, found %s", n, wanted, body_of(p->receiver, n));
}

static void it_tells_the_instance_that_the_call_was_about(void **state)
{
    struct play *p = play_open_with("tests/data/told.yaml", 0);
    const char *json = "application/json", *merge = "application/merge-patch+json";
    (void)state;
    send_to_pets(p, "POST", "/pets", json,
                 "{\"name\":\"Rex\",\"tags\":[\"a\"],\"secret\":\"s\"}", 201);
    /* Where the schema is the pet's, all of the pet, though an id is readOnly. */
    assert_told(p, 0,
                "{\"event\":{\"kind\":\"made\"},"
                "\"data\":{\"id\":1,\"name\":\"Rex\",\"tags\":[\"a\"]}}");
    /* Expressions of an example; what names nothing, or is none, stays. */
    assert_told(p, 1,
                "{\"id\":1,\"text\":\"Rex is 1, 201\",\"list\":[[\"a\"],"
                "\"costs $5 {really}\"],\"odd\":\"$request.body#/nothing\"}");
    assert_non_null(strstr(p->receiver->kept[1], "X-Pet: pet 1\r\n"));
    /* An answer without a body: as it is now, or as it was. */
    send_to_pets(p, "PATCH", "/pets/1", merge, "{\"weight\":7}", 204);
    assert_told(p, 2, "{\"id\":1,\"name\":\"Rex\",\"tags\":[\"a\"],\"weight\":7}");
    /* By the name alone: what the pet has of it. */
    send_to_pets(p, "DELETE", "/pets/1", json, "", 204);
    assert_told(p, 3, "{\"pet\":{\"id\":1,\"name\":\"Rex\",\"reason\":\"taken out\"}}");
    play_close(p);
}

static void a_receiver_that_is_slow_holds_up_no_other(void **state)
{
    struct play *p = play_open(60 * 1000);
    struct receiver *other = receiver_open();
    struct journal_filter all = { .most = 0 };
    (void)state;
    subscribe(p, "", "/hang");
    for (unsigned i = 0; i < MOST_KEPT; i++) {
        char url[64];
        snprintf(url, sizeof(url), "http://127.0.0.1:%u/%u", other->port, i);
        subscribe(p, "", url);
        subscribe(p, "", "/behind");
    }
    for (int tries = 0; tries < 6000 && atomic_load(&other->calls) < MOST_KEPT; tries++)
        nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
    assert_int_equal(atomic_load(&other->calls), MOST_KEPT);
    /* To one receiver in order, and each behind what it is slow to answer. */
    for (unsigned i = 0; i < MOST_KEPT; i++) {
        char line[32];
        snprintf(line, sizeof(line), "POST /%u?", i);
        pthread_mutex_lock(&other->lock);
        assert_non_null(strstr(other->kept[i], line));
        pthread_mutex_unlock(&other->lock);
    }
    assert_true(atomic_load(&p->receiver->calls) <= 1);
    const cJSON *told = journal_list(p->stage.service.journal, 0, &all, p->arena);
    assert_string_equal(
        json_member_text(pointer_get(told, "/requests/0/callbacks/0"), "name"), "also");
    play_close(p);
    receiver_close(other);
}

/* What malloc has given out: how much of it is resident is up to the threads that
 * happened to call. */
static size_t bytes_in_use(void)
{
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
}

static void send_many(struct play *p, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct arena *own = p->arena;
        p->arena = arena_new(LIMIT_SPEC_MEMORY);
        subscribe(p, "", "/");
        arena_free(p->arena);
        p->arena = own;
        if (i % 100 == 99)
            callbacks_settle(p->stage.service.callbacks);
    }
}

static void thousands_of_calls_do_not_grow_memory(void **state)
{
    struct play *p = play_open(0);
    (void)state;
    enum { WARM = LIMIT_JOURNAL + 1000, MORE = 3000 };
    send_many(p, WARM); /* the journal is full then, and every thread has called */
    size_t before = bytes_in_use();
    send_many(p, MORE);
    size_t after = bytes_in_use();
    assert_int_equal(atomic_load(&p->receiver->calls), WARM + MORE);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (after > before + 512 * 1024) /* half of what one outcome a call would take */
        fail_msg("%zu bytes, then %zu", before, after);
#else
    (void)before, (void)after; /* freed memory is kept aside; leaks are told */
#endif
    play_close(p);
}

int main(void)
{
#define TEST(name) cmocka_unit_test(name)
#define ARENA_TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(it_is_fired_once_with_what_the_document_says),
        TEST(it_is_not_fired_before_the_answer_nor_without_one),
        TEST(only_a_good_answer_has_callbacks),
        TEST(a_retry_with_the_same_key_is_answered_and_fires_nothing),
        TEST(each_of_several_is_told_and_text_is_sent_as_it_is),
        TEST(the_same_calls_send_the_same_bytes),
        TEST(the_outcome_belongs_to_the_namespace_of_the_call),
        ARENA_TEST(another_machine_is_not_called),
        ARENA_TEST(a_host_that_is_allowed_is_called),
        TEST(a_redirect_is_an_outcome_and_not_followed),
        TEST(the_answer_of_the_receiver_is_checked),
        TEST(a_receiver_that_hangs_floods_or_is_gone_is_an_outcome),
        TEST(an_outcome_goes_to_no_other_entry_of_the_same_number),
        TEST(what_was_loaded_anew_is_not_asked),
        TEST(it_tells_the_instance_that_the_call_was_about),
        TEST(a_receiver_that_is_slow_holds_up_no_other),
        TEST(a_full_queue_is_told_and_a_stop_does_not_wait_for_it),
        TEST(thousands_of_calls_do_not_grow_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

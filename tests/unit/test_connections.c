/* Connections and answers: what stays open, what is cut, and how a server ends. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/echo.h"
#include "../support/wire.h"
#include "base/clock.h"
#include "serve/server.h"

/* -- connections ------------------------------------------------------------------- */

static void requests_in_one_packet_are_answered_in_order(void **state)
{
    int fd = house_dial(*state);
    say(fd, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
            "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
            "POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            "2\r\nde\r\n0\r\n\r\n"
            "GET /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assert_string_equal(hear(fd)->body, "GET /1 - 0 none ");
    assert_string_equal(hear(fd)->body, "POST /2 - 3 abc");
    assert_string_equal(hear(fd)->body, "POST /3 - 2 de");
    assert_string_equal(hear(fd)->body, "GET /4 - 0 none ");
    assert_true(is_closed(fd));
    close(fd);
}

static void what_is_said_about_the_connection_is_done(void **state)
{
    static const struct {
        const char *version, *fields;
        bool keeps;
    } rows[] = {
        { "1.1", "", true },
        { "1.1", "Connection: keep-alive\r\n", true },
        { "1.1", "Connection: close\r\n", false },
        { "1.1", "Connection: Keep-Alive, TE\r\n", true },
        { "1.1", "Connection: TE,keep-alive\r\n", true },
        { "1.1", "Connection: keep-alive, close\r\n", false },
        { "1.1", "Connection: keep-alive\r\nConnection: close\r\n", false },
        { "1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", false },
        { "1.1", "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n", false },
        { "1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n", false },
        { "1.0", "", false },
        { "1.0", "Connection: keep-alive\r\n", true },
        { "1.0", "Connection: close\r\n", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        int fd = house_dial(*state);
        snprintf(text, sizeof(text), "GET /k HTTP/%s\r\nHost: h\r\n%s\r\n",
                 rows[i].version, rows[i].fields);
        say(fd, text);
        const struct reply *r = hear(fd);
        bool said = strstr(r->head, "\r\nConnection: keep-alive\r\n") != NULL;
        if (r->status != 200 || said != rows[i].keeps ||
            said == (strstr(r->head, "\r\nConnection: close\r\n") != NULL))
            fail_msg("HTTP/%s %s: %s", rows[i].version, rows[i].fields, r->head);
        if (said) {
            say(fd, "GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
            assert_string_equal(hear(fd)->body, "GET /again - 0 none ");
        } else {
            assert_true(is_closed(fd));
        }
        close(fd);
    }
    assert_string_equal(ask(*state, "GET /old HTTP/1.0\r\n\r\n")->body,
                        "GET /old - 0 none ");
}

static void many_kept_connections_are_served_side_by_side(void **state)
{
    enum { MANY = 256, EACH = 3 };
    int fds[MANY];
    for (int i = 0; i < MANY; i++)
        fds[i] = house_dial(*state);
    for (int round = 0; round < EACH; round++) {
        for (int i = 0; i < MANY; i++) {
            char text[128];
            snprintf(text, sizeof(text), "GET /%d/%d HTTP/1.1\r\nHost: h\r\n\r\n", i,
                     round);
            say(fds[i], text);
        }
        for (int i = 0; i < MANY; i++) {
            char want[64];
            snprintf(want, sizeof(want), "GET /%d/%d - 0 none ", i, round);
            assert_string_equal(hear(fds[i])->body, want);
        }
    }
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
}

static void a_slow_client_does_not_hold_up_another(void **state)
{
    static const char slow[] = "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n"
                               "\r\nabcde";
    int fd = house_dial(*state);
    for (size_t i = 0; i < sizeof(slow) - 1; i++) {
        say_bytes(fd, (struct str){ slow + i, 1 });
        nanosleep(&(struct timespec){ .tv_nsec = 1000 * 1000 }, NULL);
        uint64_t start = clock_monotonic_us();
        must_answer(*state);
        assert_true(clock_monotonic_us() - start < 10 * 1000 * 1000);
    }
    assert_string_equal(hear(fd)->body, "POST /slow - 5 abcde");
    close(fd);
}

/* -- answers ----------------------------------------------------------------------- */

static void head_has_the_fields_of_get_and_no_body(void **state)
{
    int fd = house_dial(*state);
    say(fd, "HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct reply *r = hear_for(fd, true);
    assert_int_equal(r->status, 200);
    assert_int_equal(r->told, strlen("HEAD /h - 0 none "));
    say(fd, "GET /after HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_string_equal(hear(fd)->body, "GET /after - 0 none ");
    say(fd, "HEAD /h HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n");
    assert_int_equal(hear_for(fd, true)->status, 400);
    assert_true(is_closed(fd));
    close(fd);
}

static void an_answer_without_content_has_no_length(void **state)
{
    int fd = house_dial(*state);
    say(fd,
        "GET /nothing HTTP/1.1\r\nHost: h\r\n\r\nGET /g HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct reply *r = hear(fd);
    assert_int_equal(r->status, 204);
    assert_int_equal(r->told, -1);
    assert_string_equal(hear(fd)->body, "GET /g - 0 none ");
    close(fd);
}

static void a_handler_cannot_break_the_framing(void **state)
{
    const struct reply *r = ask(*state, "GET /odd HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_string_equal(r->body, "GET /odd - 0 none ");
    assert_non_null(field(r, "\r\nX-Two: a  X-Three: b\r\n"));
    assert_null(field(r, "upgrade"));
    assert_null(field(r, "X Four"));
    assert_null(strstr(field(r, "\r\nContent-Length: "), "Content-Length"));
    assert_non_null(field(r, "\r\nDate: "));
    assert_non_null(field(r, " GMT\r\n"));
}

static void a_dropped_call_gets_no_byte(void **state)
{
    int fd = house_dial(*state);
    say(fd, "GET /drop HTTP/1.1\r\nHost: h\r\n\r\n");
    char c;
    assert_int_equal(recv(fd, &c, 1, 0), 0);
    close(fd);
}

static void a_cut_answer_tells_its_whole_length(void **state)
{
    int fd = house_dial(*state);
    say(fd, "GET /cut HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct reply *r = hear(fd);
    assert_int_equal(r->told, strlen("GET /cut - 0 none "));
    assert_string_equal(r->body, "GET ");
    assert_true(is_closed(fd));
    close(fd);
}

static void a_closing_answer_says_so(void **state)
{
    int fd = house_dial(*state);
    say(fd, "GET /close HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct reply *r = hear(fd);
    assert_string_equal(r->body, "GET /close - 0 none ");
    assert_non_null(field(r, "\r\nConnection: close\r\n"));
    assert_true(is_closed(fd));
    close(fd);
}

static void a_delayed_answer_comes_late(void **state)
{
    uint64_t start = clock_monotonic_us();
    assert_int_equal(ask(*state, "GET /delay HTTP/1.1\r\nHost: h\r\n\r\n")->status,
                     200);
    assert_true(clock_monotonic_us() - start >= 300 * 1000);
}

static int comes_to(const atomic_int *count, int wanted)
{
    for (int i = 0; i < 200 && atomic_load(count) < wanted; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
    return atomic_load(count);
}

static void what_follows_an_answer_waits_until_it_is_on_the_wire(void **state)
{
    struct house *h = *state;
    int fd = house_dial(h);
    int before = atomic_load(&h->calls);
    say(fd, "GET /follow HTTP/1.1\r\nHost: h\r\n\r\n");
    comes_to(&h->calls, before + 1); /* it is answered, and held back for a while */
    assert_int_equal(atomic_load(&h->answered), 0);
    assert_int_equal(hear(fd)->status, 200);
    assert_int_equal(comes_to(&h->answered, 1), 1);
    close(fd);
    ask(h, "GET /follow/dropped HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(comes_to(&h->answered, 2), 2);
    assert_int_equal(atomic_load(&h->given_up), 0);
    ask(h, "GET /follow/hungry HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_int_equal(comes_to(&h->given_up, 1), 1);
    assert_int_equal(atomic_load(&h->answered), 2);
}

static void a_call_that_wants_too_much_memory_is_refused(void **state)
{
    for (int i = 0; i < 2; i++) {
        const struct reply *r = ask(*state, "GET /hungry HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_int_equal(r->status, 500);
        assert_non_null(strstr(r->body, "memory"));
    }
    must_answer(*state);
}

static void a_call_may_recurse_deeply(void **state)
{
    for (int i = 0; i < 2; i++)
        assert_int_equal(ask(*state, "GET /deep HTTP/1.1\r\nHost: h\r\n\r\n")->status,
                         200);
}

static void a_client_that_leaves_in_the_middle_harms_nobody(void **state)
{
    for (int i = 0; i < 20; i++) {
        int fd = house_dial(*state);
        struct linger now = { .l_onoff = 1 };
        char some[100];
        say(fd, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_true(recv(fd, some, sizeof(some), 0) > 0);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close(fd);
    }
    must_answer(*state);
}

/* -- starting and stopping --------------------------------------------------------- */

static void *stop(void *server)
{
    server_stop(server);
    return NULL;
}

static void a_stop_answers_the_call_under_way(void **state)
{
    struct house h = { 0 };
    (void)state;
    house_open(&h);
    int fd = house_dial(&h);
    say(fd, "GET /work HTTP/1.1\r\nHost: h\r\n\r\n");
    while (atomic_load(&h.calls) == 0)
        nanosleep(&(struct timespec){ .tv_nsec = 1000 * 1000 }, NULL);
    pthread_t stopper;
    assert_int_equal(pthread_create(&stopper, NULL, stop, h.server), 0);
    const struct reply *r = hear(fd);
    assert_string_equal(r->body, "GET /work - 0 none ");
    assert_non_null(field(r, "\r\nConnection: close\r\n"));
    assert_true(is_closed(fd));
    pthread_join(stopper, NULL);
    close(fd);
}

static void a_stop_does_not_wait_for_quiet_connections_or_delays(void **state)
{
    struct house h = { 0 };
    int fds[40];
    (void)state;
    house_open(&h);
    for (size_t i = 0; i < COUNT(fds); i++) {
        fds[i] = house_dial(&h);
        say(fds[i], i % 2 ? "GET /q HTTP/1.1\r\nHost: h\r\n\r\n" : "GET /q HT");
        if (i % 2)
            assert_int_equal(hear(fds[i])->status, 200);
    }
    int late = house_dial(&h), before = atomic_load(&h.calls);
    say(late, "GET /late HTTP/1.1\r\nHost: h\r\n\r\n");
    while (atomic_load(&h.calls) == before)
        nanosleep(&(struct timespec){ .tv_nsec = 1000 * 1000 }, NULL);
    uint64_t start = clock_monotonic_us();
    server_stop(h.server);
    /* Waiting for the calls under way would take LIMIT_STOP_MS. */
    assert_true(clock_monotonic_us() - start < (LIMIT_STOP_MS - 1000) * 1000);
    assert_string_equal(hear(late)->body, "GET /late - 0 none ");
    close(late);
    for (size_t i = 0; i < COUNT(fds); i++)
        close(fds[i]);
}

static void a_body_that_trickles_is_cut_off_at_its_time(void **state)
{
    enum { MOST = 60 }; /* pieces, in three seconds or more */
    static const struct {
        const char *head, *piece;
    } rows[] = {
        { "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n", "x" },
        { "POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
          "1\r\nx\r\n" },
    };
    struct house h = { 0 };
    (void)state;
    house_open_for(&h, 400);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = house_dial(&h);
        struct pollfd answer = { .fd = fd, .events = POLLIN };
        say(fd, rows[i].head);
        int said = 0;
        for (; said < MOST && poll(&answer, 1, 50) == 0; said++)
            say(fd, rows[i].piece);
        assert_true(said < MOST);
        const struct reply *r = hear(fd);
        if (r->status != 200 || !strstr(r->body, " cut "))
            fail_msg("%s: %d %s", rows[i].piece, r->status, r->body);
        close(fd);
    }
    server_stop(h.server);
}

static void it_listens_on_ipv6_too(void **state)
{
    struct house h = { 0 };
    struct arena *arena = arena_new(64 * 1024);
    struct err err = err_in(arena);
    struct server_options options = { .host = "::1", .handle = echo, .context = &h };
    (void)state;
    h.server = server_start(&options, &err);
    if (h.server) {
        assert_true(server_port(h.server) > 0);
        server_stop(h.server);
    } else { /* a machine without it */
        assert_non_null(strstr(err.first->why, "cannot listen on ::1:0: "));
    }
    arena_free(arena);
}

static void an_address_that_cannot_be_had_is_an_error_that_names_it(void **state)
{
    struct house *h = *state;
    struct arena *arena = arena_new(64 * 1024);
    char taken[64];
    snprintf(taken, sizeof(taken), "cannot listen on 127.0.0.1:%u: another program",
             h->port);
    const struct {
        const char *host;
        unsigned port;
        const char *says;
    } rows[] = {
        { "127.0.0.1", h->port, taken },
        { "192.0.2.1", 0, "cannot listen on 192.0.2.1:0: this machine does not have" },
        { "localhost", 0, "numeric, like 127.0.0.1 or ::1, not \"localhost\"" },
        { "127.0.0.1", 70000, "a port is 0 to 65535, not 70000" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(arena);
        struct server_options options = { .host = rows[i].host,
                                          .port = rows[i].port,
                                          .handle = echo };
        assert_null(server_start(&options, &err));
        assert_int_equal(err.errors, 1);
        if (!strstr(err.first->why, rows[i].says))
            fail_msg("%s", err.first->why);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_in_one_packet_are_answered_in_order),
        cmocka_unit_test(what_is_said_about_the_connection_is_done),
        cmocka_unit_test(many_kept_connections_are_served_side_by_side),
        cmocka_unit_test(a_slow_client_does_not_hold_up_another),
        cmocka_unit_test(head_has_the_fields_of_get_and_no_body),
        cmocka_unit_test(an_answer_without_content_has_no_length),
        cmocka_unit_test(a_handler_cannot_break_the_framing),
        cmocka_unit_test(a_dropped_call_gets_no_byte),
        cmocka_unit_test(a_cut_answer_tells_its_whole_length),
        cmocka_unit_test(a_closing_answer_says_so),
        cmocka_unit_test(a_delayed_answer_comes_late),
        cmocka_unit_test(what_follows_an_answer_waits_until_it_is_on_the_wire),
        cmocka_unit_test(a_call_that_wants_too_much_memory_is_refused),
        cmocka_unit_test(a_call_may_recurse_deeply),
        cmocka_unit_test(a_body_that_trickles_is_cut_off_at_its_time),
        cmocka_unit_test(a_client_that_leaves_in_the_middle_harms_nobody),
        cmocka_unit_test(a_stop_answers_the_call_under_way),
        cmocka_unit_test(a_stop_does_not_wait_for_quiet_connections_or_delays),
        cmocka_unit_test(it_listens_on_ipv6_too),
        cmocka_unit_test(an_address_that_cannot_be_had_is_an_error_that_names_it),
    };
    return cmocka_run_group_tests(tests, shared_house_open, shared_house_close);
}

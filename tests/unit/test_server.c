/* What the server makes of the bytes that it is sent: targets, bodies, and messages
 * that are none or that could be read in two ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/echo.h"
#include "../support/wire.h"
#include "base/chance.h"

static char *filled(char with, size_t len)
{
    char *text = malloc(len + 1);
    assert_non_null(text);
    memset(text, with, len);
    text[len] = '\0';
    return text;
}

/* -- targets ----------------------------------------------------------------------- */

static void a_target_arrives_as_it_was_sent(void **state)
{
    static const struct {
        const char *target, *arrives;
    } rows[] = {
        { "/", "/ -" },
        { "/pets?", "/pets " },
        { "/pets?a=%20b&c=/?d", "/pets a=%20b&c=/?d" },
        { "/a%2Fb", "/a%2Fb -" },
        { "/a/../b/./c", "/a/../b/./c -" },
        { "/..%2f..%2fetc", "/..%2f..%2fetc -" },
        { "/../../../etc/passwd", "/../../../etc/passwd -" },
        { "/%", "/% -" },
        { "/%zz%00", "/%zz%00 -" },
        { "//", "// -" },
        { "//elsewhere.example/a", "//elsewhere.example/a -" },
        { "/folder/", "/folder/ -" },
        { "/folder/?/../", "/folder/ /../" },
        { "/a\\..\\b", "/a\\..\\b -" },
        { "http://elsewhere.example/abs?x=1", "/abs x=1" },
        { "HTTPS://elsewhere.example:1/", "/ -" },
        { "*", "* -" },
        { "/see?http://a/b", "/see http://a/b" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256], want[256];
        snprintf(text, sizeof(text), "OPTIONS %s HTTP/1.1\r\nHost: h\r\n\r\n",
                 rows[i].target);
        snprintf(want, sizeof(want), "OPTIONS %s 0 none ", rows[i].arrives);
        const struct reply *r = ask(*state, text);
        if (strcmp(r->body, want) != 0)
            fail_msg("%s came as %d %s", rows[i].target, r->status, r->body);
    }
}

static void a_target_at_the_server_itself_keeps_the_connection(void **state)
{
    struct house *h = *state;
    char text[256];
    int fd = house_dial(h);
    for (int i = 0; i < 2; i++) {
        snprintf(text, sizeof(text),
                 "GET http://127.0.0.1:%u/here?q HTTP/1.1\r\nHost: h\r\n\r\n", h->port);
        say(fd, text);
        assert_string_equal(hear(fd)->body, "GET /here q 0 none ");
    }
    close(fd);
}

static void a_long_target_is_answered_or_refused_by_its_length(void **state)
{
    enum { AROUND = sizeof("GET  HTTP/1.1\r\nHost: 123456\r\n\r\n") - 1 };
    static const struct {
        size_t len;
        int status;
    } rows[] = {
        { 1000, 200 },
        { 4095, 200 },
        { 4096, 200 },
        { 4097, 200 },
        { 16384, 200 },
        { LIMIT_HEAD_BYTES - AROUND - 1, 200 },
        { LIMIT_HEAD_BYTES - AROUND, 200 },
        { LIMIT_HEAD_BYTES - AROUND + 1, 431 },
        { 40000, 431 },
        { 1000000, 431 },
    };
    static const char *const shapes[] = { "/", "/../", "/%2f", "/d/?" };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < COUNT(shapes); j++) {
            char *target = filled('a', rows[i].len);
            memcpy(target, shapes[j], strlen(shapes[j]));
            target[rows[i].len - 1] = '/';
            int fd = house_dial(*state);
            say(fd, "GET ");
            say(fd, target);
            say(fd, " HTTP/1.1\r\nHost: 123456\r\n\r\n");
            const struct reply *r = hear(fd);
            if (r->status != rows[i].status)
                fail_msg("%zu bytes of %s: %d", rows[i].len, shapes[j], r->status);
            if (r->status == 431 && !strstr(r->head, "application/problem+json"))
                fail_msg("a refusal without a problem: %s", r->head);
            close(fd);
            free(target);
        }
    must_answer(*state);
}

/* -- bodies ------------------------------------------------------------------------ */

static void a_form_is_only_bytes(void **state)
{
    static const struct {
        const char *type, *body;
    } rows[] = {
        { "multipart/form-data; boundary=b", "--b" },
        { "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data" },
        { "multipart/form-data; boundary=b",
          "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--c--" },
        { "multipart/form-data; boundary=", "----\r\n\r\n" },
        { "multipart/form-data", "--\r\n--" },
        { "multipart/form-data; boundary=\"", "\r\n\r\n\r\n" },
        { "application/x-www-form-urlencoded", "a=%&b=%z&&=&%" },
        { "application/x-www-form-urlencoded", "=" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512], want[256];
        snprintf(text, sizeof(text),
                 "POST /form HTTP/1.1\r\nHost: h\r\nContent-Type: %s\r\n"
                 "Content-Length: %zu\r\n\r\n%s",
                 rows[i].type, strlen(rows[i].body), rows[i].body);
        snprintf(want, sizeof(want), "POST /form - %zu %s", strlen(rows[i].body),
                 rows[i].body);
        assert_string_equal(ask(*state, text)->body, want);
    }
}

static const struct reply *post_told(const struct house *h, size_t len)
{
    char head[128], *body = filled('b', len);
    int fd = house_dial(h);
    snprintf(head, sizeof(head),
             "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n\r\n", len);
    say(fd, head);
    say(fd, body);
    const struct reply *r = hear(fd);
    free(body);
    close(fd);
    return r;
}

static const struct reply *post_chunked(const struct house *h, size_t len, size_t each)
{
    int fd = house_dial(h);
    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (len > 0) {
        size_t n = len < each ? len : each;
        char size[32], *body = filled('b', n);
        snprintf(size, sizeof(size), "%zx\r\n", n);
        say(fd, size);
        say(fd, body);
        say(fd, "\r\n");
        free(body);
        len -= n;
    }
    say(fd, "0\r\n\r\n");
    const struct reply *r = hear(fd);
    close(fd);
    return r;
}

static void a_body_is_read_up_to_the_limit_and_not_a_byte_over(void **state)
{
    const char *at = "POST /p - 100000 bbb", *over = "POST /p - 0 none over ";
    const struct reply *r = post_told(*state, ECHO_MAX_BODY);
    assert_memory_equal(r->body, at, strlen(at));
    assert_string_equal(post_told(*state, ECHO_MAX_BODY + 1)->body, over);
    assert_non_null(
        strstr(post_told(*state, 50 * ECHO_MAX_BODY)->head, "Connection: close"));

    static const size_t each[] = { 999, 65536, ECHO_MAX_BODY + 1 };
    for (size_t i = 0; i < COUNT(each); i++) {
        r = post_chunked(*state, ECHO_MAX_BODY, each[i]);
        assert_memory_equal(r->body, at, strlen(at));
        assert_non_null(strstr(r->head, "Connection: keep-alive"));
        r = post_chunked(*state, ECHO_MAX_BODY + 1, each[i]);
        assert_string_equal(r->body, over);
        assert_non_null(strstr(r->head, "Connection: close"));
    }
}

/* Closing with unread bytes would make the kernel take the answer back. */
static void a_refused_upload_ends_without_a_reset(void **state)
{
    char *body = filled('b', 20 * ECHO_MAX_BODY), c;
    int fd = house_dial(*state);
    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    assert_true(say(fd, body));
    assert_string_equal(hear(fd)->body, "POST /p - 0 none over ");
    assert_int_equal(recv(fd, &c, 1, 0), 0);
    nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000 * 1000 }, NULL);
    int error = -1;
    socklen_t size = sizeof(error);
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    assert_int_equal(error, 0);
    free(body);
    close(fd);
}

static void chunks_are_put_together(void **state)
{
    int fd = house_dial(*state);
    const char *head =
        "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    say(fd, head);
    say(fd, "3\r\nabc\r\n1\r\nd\r\nA\r\n0123456789\r\n0\r\n\r\n");
    assert_string_equal(hear(fd)->body, "PUT /c - 14 abcd0123456789");
    say(fd, head);
    say(fd, "0\r\n\r\n");
    assert_string_equal(hear(fd)->body, "PUT /c - 0 none ");
    close(fd);
}

static void a_malformed_chunk_ends_the_body_and_the_connection(void **state)
{
    static const char *const rows[] = {
        "x\r\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        "3;name=value\r\nabc\r\n0\r\n\r\n",
        "3\r\nabcd\r\n0\r\n\r\n",
        "3\nabc\n0\n\n",
        "\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFF0\r\nabc\r\n0\r\n\r\n",
        "7FFFFFFFFFFFFFFF\r\nabc",
        "00000000000000000000000000000000000000000000000000000000000000000000003\r\n"
        "abc\r\n0\r\n\r\n",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = house_dial(*state);
        say(fd, "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        say(fd, rows[i]);
        say(fd, "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
        shutdown(fd, SHUT_WR);
        const struct reply *r = hear(fd);
        if (!strstr(r->body, " cut ") || !strstr(r->head, "Connection: close"))
            fail_msg("%s: %d %s", rows[i], r->status, r->body);
        assert_true(is_closed(fd));
        close(fd);
    }
    assert_int_equal(atomic_load(&((struct house *)*state)->smuggled), 0);
}

static void a_trailer_is_not_taken_for_a_request(void **state)
{
    struct house *h = *state;
    int fd = house_dial(h);
    say(fd,
        "POST /c HTTP/1.1\r\nHost: h\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n"
        "\r\n1\r\na\r\n0\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct reply *r = hear(fd);
    assert_string_equal(r->body, "POST /c - 1 a");
    assert_non_null(strstr(r->head, "Connection: close"));
    assert_true(is_closed(fd));
    assert_int_equal(atomic_load(&h->smuggled), 0);
    close(fd);
}

static void a_body_that_ends_early_is_said_to_be_cut_off(void **state)
{
    int fd = house_dial(*state);
    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    shutdown(fd, SHUT_WR);
    assert_string_equal(hear(fd)->body, "POST /p - 3 cut abc");
    assert_true(is_closed(fd));
    close(fd);
}

static void a_client_that_expects_it_is_told_to_go_on(void **state)
{
    int fd = house_dial(*state);
    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
            "Expect: 100-continue\r\n\r\n");
    assert_int_equal(hear(fd)->status, 100);
    say(fd, "abc");
    assert_string_equal(hear(fd)->body, "POST /p - 3 abc");

    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 100001\r\n"
            "Expect: 100-continue\r\n\r\n");
    assert_string_equal(hear(fd)->body, "POST /p - 0 none over ");
    assert_true(is_closed(fd));
    close(fd);
    assert_int_equal(ask(*state, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n"
                                 "Expect: a miracle\r\n\r\nabc")
                         ->status,
                     417);
}

/* -- refusals ---------------------------------------------------------------------- */

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"

static void a_message_that_can_be_read_in_two_ways_is_refused(void **state)
{
    static const struct {
        const char *fields;
        int status;
    } rows[] = {
        { "Host: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n", 400 },
        { "Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n", 400 },
        { "Host: h\r\nContent-Length: 0\r\nContent-Length: 37\r\n", 400 },
        { "Host: h\r\nContent-Length: +0\r\n", 400 },
        { "Host: h\r\nContent-Length: -1\r\n", 400 },
        { "Host: h\r\nContent-Length: 0x0\r\n", 400 },
        { "Host: h\r\nContent-Length: 0, 0\r\n", 400 },
        { "Host: h\r\nContent-Length: 1e1\r\n", 400 },
        { "Host: h\r\nContent-Length:\r\n", 400 },
        { "Host: h\r\nContent-Length: 99999999999999999999\r\n", 400 },
        { "Host: h\r\nContent-Length : 37\r\n", 400 },
        { "Host: h\r\nTransfer-Encoding: identity\r\n", 501 },
        { "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n", 400 },
        { "Host: h\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
          501 },
        { "Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
          501 },
        { "Host: h\r\nTransfer-Encoding : chunked\r\n", 400 },
        { "Host: h\r\nTransfer-Encoding:\tchunked\r\n", 400 },
        { "Host: h\r\n folded\r\nContent-Length: 37\r\n", 400 },
        { "Host: h\r\n: no name\r\nContent-Length: 37\r\n", 400 },
        { "Host: h\r\n\xc3\xa9: x\r\nContent-Length: 37\r\n", 400 },
        { " Host: h\r\nContent-Length: 37\r\n", 400 },
        { "Host: h\nContent-Length: 37\r\n", 400 },
        { "Host: h\r\nA: b\n\nContent-Length: 37\r\n", 400 },
        { "Host: h\r\nA: b\n\r\nContent-Length: 37\r\n", 400 },
        { "Host: h\r\nA: b\rContent-Length: 37\r\n", 400 },
        { "Host: h\r\nA(b): c\r\n", 400 },
        { "Host: h\r\nNo colon\r\n", 400 },
        { "Host: h\r\nHost: i\r\n", 400 },
        { "Accept: x\r\n", 400 },
    };
    struct house *h = *state;
    int before = atomic_load(&h->calls);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = house_dial(h);
        say(fd, "POST /two HTTP/1.1\r\n");
        say(fd, rows[i].fields);
        say(fd, "\r\n" SMUGGLED);
        const struct reply *r = hear(fd);
        if (r->status != rows[i].status)
            fail_msg("%s: %d, not %d", rows[i].fields, r->status, rows[i].status);
        char want[64];
        snprintf(want, sizeof(want), "\"status\":%d,\"detail\":\"", rows[i].status);
        assert_non_null(strstr(r->body, "{\"type\":\"about:blank\",\"title\":\""));
        assert_non_null(strstr(r->body, want));
        assert_non_null(
            strstr(r->head, "\r\nContent-Type: application/problem+json\r\n"));
        assert_non_null(strstr(r->head, "\r\nConnection: close\r\n"));
        if (!is_closed(fd))
            fail_msg("%s: the connection lives on", rows[i].fields);
        close(fd);
    }
    assert_int_equal(atomic_load(&h->calls), before);
    assert_int_equal(atomic_load(&h->smuggled), 0);
}

static void a_request_line_is_three_words_and_two_spaces(void **state)
{
    static const struct {
        const char *line;
        int status;
    } rows[] = {
        { "GET /", 400 },
        { "GET / HTTP/2.0", 505 },
        { "GET / HTTP/1.2", 505 },
        { "GET / http/1.1", 400 },
        { "GET  / HTTP/1.1", 400 },
        { "GET /  HTTP/1.1", 400 },
        { "GET / HTTP/1.1 ", 400 },
        { "GET \r\n/ HTTP/1.1", 400 },
        { "BREW / HTTP/1.1", 400 },
        { "get / HTTP/1.1", 400 },
        { "GET pets HTTP/1.1", 400 },
        { "GET /\xc3\xa9 HTTP/1.1", 400 },
        { "CONNECT h:80 HTTP/1.1", 400 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[128];
        snprintf(text, sizeof(text), "%s\r\nHost: h\r\n\r\n", rows[i].line);
        const struct reply *r = ask(*state, text);
        if (r->status != rows[i].status || !strstr(r->body, "\"detail\""))
            fail_msg("%s: %d %s", rows[i].line, r->status, r->body);
    }
}

static void fields_are_counted_and_none_is_lost(void **state)
{
    for (int count = LIMIT_HEADERS - 2; count <= LIMIT_HEADERS + 2; count++) {
        char text[8192] = "GET /n HTTP/1.1\r\nHost: h\r\n";
        for (int i = 1; i < count; i++)
            snprintf(text + strlen(text), 32, "X-%d: %d\r\n", i, i);
        strcat(text, "\r\n");
        int status = ask(*state, text)->status;
        if (status != (count < LIMIT_HEADERS ? 200 : 431))
            fail_msg("%d fields: %d", count, status);
    }
}

/* civetweb skips white space before a request, does not count it, and then reads on
 * in what the request before has left in the buffer. */
static void what_an_earlier_request_left_is_not_run_again(void **state)
{
    struct house *h = *state;
    const char *first = "POST /first HTTP/1.1\r\nHost: h\r\nContent-Length: 37\r\n\r\n";
    int fd = house_dial(h);
    char text[256];
    snprintf(text, sizeof(text), "%s%s", first, SMUGGLED "  ");
    assert_int_equal(strlen(SMUGGLED "  "), 37);
    say(fd, text);
    assert_int_equal(hear(fd)->status, 200);
    memset(text, ' ', sizeof(text));
    memcpy(text + strlen(first) - 4, "\r\n\r\n", 4);
    say_bytes(fd, (struct str){ text, strlen(first) });
    assert_int_equal(hear(fd)->status, 400);
    assert_int_equal(atomic_load(&h->smuggled), 0);
    close(fd);
}

static void an_empty_line_before_a_request_is_allowed(void **state)
{
    int fd = house_dial(*state);
    for (int i = 0; i < 3; i++) {
        say(fd, "\r\nGET /e HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_string_equal(hear(fd)->body, "GET /e - 0 none ");
    }
    close(fd);
}

/* -- noise ------------------------------------------------------------------------- */

static size_t noise_write(struct chance *c, char *out, size_t size)
{
    static const char *const words[] = {
        "GET ",
        "POST ",
        "/",
        " HTTP/1.1",
        "\r\n",
        "\r\n\r\n",
        "Host: h",
        ": ",
        "Content-Length: ",
        "%",
        "chunked",
        "Transfer-Encoding: ",
        "0",
        "99999999999999999999",
        "../",
        "?",
        "Expect: 100-continue",
        "\n",
        "Connection: ",
        "keep-alive",
        "FFFFFFFF",
        "*",
        "http://",
        "POST / HTTP/1.1\r\nHost: h\r\n",
    };
    size_t n = 0, parts = 1 + chance_below(c, 24);
    for (size_t i = 0; i < parts && n + 64 < size; i++) {
        if (chance_below(c, 4) == 0) {
            for (size_t j = chance_below(c, 16); j > 0; j--)
                out[n++] = (char)chance_below(c, 256);
        } else {
            const char *word = words[chance_below(c, COUNT(words))];
            memcpy(out + n, word, strlen(word));
            n += strlen(word);
        }
    }
    return n;
}

static void noise_leaves_the_server_answering(void **state)
{
    enum { TIMES = 10000 };
    struct chance c = chance_of(1, STR("noise"), STR("server"), 0);
    for (int i = 0; i < TIMES; i++) {
        char bytes[4096], sink[4096];
        size_t len = noise_write(&c, bytes, sizeof(bytes));
        struct linger now = { .l_onoff = 1 };
        int fd = house_dial(*state);
        say_bytes(fd, (struct str){ bytes, len });
        shutdown(fd, SHUT_WR);
        if (i % 8 == 0)
            while (recv(fd, sink, sizeof(sink), 0) > 0)
                continue;
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close(fd);
        if (i % 1000 == 0)
            must_answer(*state);
    }
    must_answer(*state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_target_arrives_as_it_was_sent),
        cmocka_unit_test(a_target_at_the_server_itself_keeps_the_connection),
        cmocka_unit_test(a_long_target_is_answered_or_refused_by_its_length),
        cmocka_unit_test(a_form_is_only_bytes),
        cmocka_unit_test(a_body_is_read_up_to_the_limit_and_not_a_byte_over),
        cmocka_unit_test(a_refused_upload_ends_without_a_reset),
        cmocka_unit_test(chunks_are_put_together),
        cmocka_unit_test(a_malformed_chunk_ends_the_body_and_the_connection),
        cmocka_unit_test(a_trailer_is_not_taken_for_a_request),
        cmocka_unit_test(a_body_that_ends_early_is_said_to_be_cut_off),
        cmocka_unit_test(a_client_that_expects_it_is_told_to_go_on),
        cmocka_unit_test(a_message_that_can_be_read_in_two_ways_is_refused),
        cmocka_unit_test(a_request_line_is_three_words_and_two_spaces),
        cmocka_unit_test(fields_are_counted_and_none_is_lost),
        cmocka_unit_test(what_an_earlier_request_left_is_not_run_again),
        cmocka_unit_test(an_empty_line_before_a_request_is_allowed),
        cmocka_unit_test(noise_leaves_the_server_answering),
    };
    return cmocka_run_group_tests(tests, shared_house_open, shared_house_close);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/chance.h"
#include "base/clock.h"
#include "serve/server.h"

enum { MAX_BODY = 100000, BIG = 8 * 1024 * 1024 };

/* -- a server with a handler that says what it was given --------------------------- */

struct house {
    struct server *server;
    unsigned port;
    atomic_int calls;    /* the handler was entered */
    atomic_int smuggled; /* for /smuggled, which no test asks for openly */
    atomic_int answered; /* what was to follow the answer to /follow came */
    atomic_int given_up; /* the same, though the answer was not made */
};

static void follow(void *what, bool answered)
{
    struct house *h = what;
    atomic_fetch_add(answered ? &h->answered : &h->given_up, 1);
}

static void echo_answer(const struct request *r, struct arena *arena,
                        struct response *answer)
{
    struct buffer b = buffer_in(arena, 2 * MAX_BODY);
    buffer_add(&b, r->method);
    buffer_add_char(&b, ' ');
    buffer_add(&b, r->path);
    buffer_add_char(&b, ' ');
    buffer_add(&b, r->query.ptr ? r->query : STR("-"));
    buffer_printf(&b, " %zu%s%s%s ", r->body.len, r->body.ptr ? "" : " none",
                  r->body_over_limit ? " over" : "", r->body_cut_off ? " cut" : "");
    buffer_add(&b, r->body);
    answer->status = 200;
    answer->body = buffer_str(&b);
    response_header(answer, "Content-Type", STR("text/plain"));
}

/* Half a kilobyte of stack a level, ten times what a thread of civetweb's has. */
static int descend(int levels)
{
    volatile char room[512] = { 0 };
    room[levels % 512] = 1;
    return levels ? descend(levels - 1) + room[0] : 0;
}

static void echo(void *context, const struct request *r, struct arena *arena,
                 struct delivery *d)
{
    struct house *h = context;
    atomic_fetch_add(&h->calls, 1);
    echo_answer(r, arena, &d->response);
    if (str_is(r->path, "/smuggled"))
        atomic_fetch_add(&h->smuggled, 1);
    if (str_starts(r->path, STR("/follow"))) {
        d->after = follow;
        d->after_what = h;
    }
    if (str_is(r->path, "/follow"))
        d->delay_ms = 1000;
    if (str_is(r->path, "/follow/dropped"))
        d->connection = CONNECTION_DROP;
    if (str_is(r->path, "/follow/hungry"))
        for (;;)
            arena_take_raw(arena, 1024 * 1024);
    if (str_is(r->path, "/drop"))
        d->connection = CONNECTION_DROP;
    if (str_is(r->path, "/close"))
        d->connection = CONNECTION_CLOSE;
    if (str_is(r->path, "/delay"))
        d->delay_ms = 300;
    if (str_is(r->path, "/late"))
        d->delay_ms = 60 * 1000;
    if (str_is(r->path, "/nothing"))
        d->response.status = 204;
    if (str_is(r->path, "/work"))
        nanosleep(&(struct timespec){ .tv_nsec = 400 * 1000 * 1000 }, NULL);
    if (str_is(r->path, "/deep"))
        descend(2000);
    if (str_is(r->path, "/hungry"))
        for (;;)
            arena_take_raw(arena, 1024 * 1024);
    if (str_is(r->path, "/big"))
        d->response.body = (struct str){ arena_take(arena, BIG), BIG };
    if (str_is(r->path, "/cut")) {
        d->connection = CONNECTION_CUT;
        d->cut_after = 4;
    }
    if (str_is(r->path, "/odd")) {
        response_header(&d->response, "Content-Length", STR("3"));
        response_header(&d->response, "connection", STR("upgrade"));
        response_header(&d->response, "X-Two", STR("a\r\nX-Three: b"));
        response_header(&d->response, "X Four", STR("c"));
    }
}

static void house_open_for(struct house *h, unsigned body_ms)
{
    struct arena *arena = arena_new(64 * 1024);
    struct err err = err_in(arena);
    struct server_options options = { .host = "127.0.0.1",
                                      .max_body = MAX_BODY,
                                      .body_ms = body_ms,
                                      .handle = echo,
                                      .context = h };
    h->server = server_start(&options, &err);
    if (!h->server)
        fail_msg("%s", err.first->why);
    h->port = server_port(h->server);
    arena_free(arena);
}

static void house_open(struct house *h)
{
    house_open_for(h, 0);
}

static int shared_house_open(void **state)
{
    struct house *h = calloc(1, sizeof(*h));
    house_open(h);
    *state = h;
    return 0;
}

static int shared_house_close(void **state)
{
    struct house *h = *state;
    server_stop(h->server);
    free(h);
    return 0;
}

/* -- the wire ---------------------------------------------------------------------- */

static int dial(const struct house *h)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)h->port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct timeval patience = { .tv_sec = 10 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        fail_msg("connect: %s", strerror(errno));
    return fd;
}

/* False when the server has hung up before it took everything. */
static bool say_bytes(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

static void say(int fd, const char *text)
{
    say_bytes(fd, text, strlen(text));
}

struct reply {
    int status; /* 0: the connection was closed without one */
    char head[4096];
    char body[2 * MAX_BODY];
    size_t len; /* bytes of body that came */
    long told;  /* Content-Length; -1 for none */
};

static const char *field(const struct reply *r, const char *name)
{
    const char *at = strstr(r->head, name);
    return at ? at + strlen(name) : NULL;
}

/* Reads one answer and not a byte more. */
static const struct reply *hear_for(int fd, bool head_only)
{
    static struct reply r;
    size_t n = 0;
    memset(&r, 0, sizeof(r.head) + sizeof(r.status));
    r.len = 0;
    r.told = -1;
    r.body[0] = '\0';
    while (n < sizeof(r.head) - 1 && recv(fd, r.head + n, 1, 0) == 1) {
        r.head[++n] = '\0';
        if (n >= 4 && strcmp(r.head + n - 4, "\r\n\r\n") == 0)
            break;
    }
    if (sscanf(r.head, "HTTP/1.1 %d", &r.status) != 1)
        return &r;
    const char *told = field(&r, "\r\nContent-Length: ");
    if (told)
        r.told = strtol(told, NULL, 10);
    long want = head_only || r.told > (long)sizeof(r.body) - 1 ? 0 : r.told;
    while ((long)r.len < want) {
        ssize_t got = recv(fd, r.body + r.len, (size_t)want - r.len, 0);
        if (got <= 0)
            break;
        r.len += (size_t)got;
    }
    r.body[r.len] = '\0';
    return &r;
}

static const struct reply *hear(int fd)
{
    return hear_for(fd, false);
}

/* True when the other side has closed, nothing more having come. */
static bool is_closed(int fd)
{
    char c;
    ssize_t n = recv(fd, &c, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
}

static void must_answer(const struct house *h)
{
    int fd = dial(h);
    say(fd, "GET /well HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_string_equal(hear(fd)->body, "GET /well - 0 none ");
    close(fd);
}

/* Sends text on a connection of its own and hears the answer. */
static const struct reply *ask(const struct house *h, const char *text)
{
    int fd = dial(h);
    say(fd, text);
    const struct reply *r = hear(fd);
    close(fd);
    return r;
}

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
    int fd = dial(h);
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
            int fd = dial(*state);
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
    int fd = dial(h);
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
    int fd = dial(h);
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
    const struct reply *r = post_told(*state, MAX_BODY);
    assert_memory_equal(r->body, at, strlen(at));
    assert_string_equal(post_told(*state, MAX_BODY + 1)->body, over);
    assert_non_null(
        strstr(post_told(*state, 50 * MAX_BODY)->head, "Connection: close"));

    static const size_t each[] = { 999, 65536, MAX_BODY + 1 };
    for (size_t i = 0; i < COUNT(each); i++) {
        r = post_chunked(*state, MAX_BODY, each[i]);
        assert_memory_equal(r->body, at, strlen(at));
        assert_non_null(strstr(r->head, "Connection: keep-alive"));
        r = post_chunked(*state, MAX_BODY + 1, each[i]);
        assert_string_equal(r->body, over);
        assert_non_null(strstr(r->head, "Connection: close"));
    }
}

/* Closing with unread bytes would make the kernel take the answer back. */
static void a_refused_upload_ends_without_a_reset(void **state)
{
    char *body = filled('b', 20 * MAX_BODY), c;
    int fd = dial(*state);
    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
    assert_true(say_bytes(fd, body, strlen(body)));
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
    int fd = dial(*state);
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
        int fd = dial(*state);
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
    int fd = dial(h);
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
    int fd = dial(*state);
    say(fd, "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    shutdown(fd, SHUT_WR);
    assert_string_equal(hear(fd)->body, "POST /p - 3 cut abc");
    assert_true(is_closed(fd));
    close(fd);
}

static void a_client_that_expects_it_is_told_to_go_on(void **state)
{
    int fd = dial(*state);
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
        int fd = dial(h);
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
    int fd = dial(h);
    char text[256];
    snprintf(text, sizeof(text), "%s%s", first, SMUGGLED "  ");
    assert_int_equal(strlen(SMUGGLED "  "), 37);
    say(fd, text);
    assert_int_equal(hear(fd)->status, 200);
    memset(text, ' ', sizeof(text));
    memcpy(text + strlen(first) - 4, "\r\n\r\n", 4);
    say_bytes(fd, text, strlen(first));
    assert_int_equal(hear(fd)->status, 400);
    assert_int_equal(atomic_load(&h->smuggled), 0);
    close(fd);
}

static void an_empty_line_before_a_request_is_allowed(void **state)
{
    int fd = dial(*state);
    for (int i = 0; i < 3; i++) {
        say(fd, "\r\nGET /e HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_string_equal(hear(fd)->body, "GET /e - 0 none ");
    }
    close(fd);
}

/* -- connections ------------------------------------------------------------------- */

static void requests_in_one_packet_are_answered_in_order(void **state)
{
    int fd = dial(*state);
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
        int fd = dial(*state);
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
        fds[i] = dial(*state);
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
    int fd = dial(*state);
    for (size_t i = 0; i < sizeof(slow) - 1; i++) {
        say_bytes(fd, slow + i, 1);
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
    int fd = dial(*state);
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
    int fd = dial(*state);
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
    int fd = dial(*state);
    say(fd, "GET /drop HTTP/1.1\r\nHost: h\r\n\r\n");
    char c;
    assert_int_equal(recv(fd, &c, 1, 0), 0);
    close(fd);
}

static void a_cut_answer_tells_its_whole_length(void **state)
{
    int fd = dial(*state);
    say(fd, "GET /cut HTTP/1.1\r\nHost: h\r\n\r\n");
    const struct reply *r = hear(fd);
    assert_int_equal(r->told, strlen("GET /cut - 0 none "));
    assert_string_equal(r->body, "GET ");
    assert_true(is_closed(fd));
    close(fd);
}

static void a_closing_answer_says_so(void **state)
{
    int fd = dial(*state);
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
    int fd = dial(h);
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
        int fd = dial(*state);
        struct linger now = { .l_onoff = 1 };
        char some[100];
        say(fd, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_true(recv(fd, some, sizeof(some), 0) > 0);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close(fd);
    }
    must_answer(*state);
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
        int fd = dial(*state);
        say_bytes(fd, bytes, len);
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
    int fd = dial(&h);
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
        fds[i] = dial(&h);
        say(fds[i], i % 2 ? "GET /q HTTP/1.1\r\nHost: h\r\n\r\n" : "GET /q HT");
        if (i % 2)
            assert_int_equal(hear(fds[i])->status, 200);
    }
    int late = dial(&h), before = atomic_load(&h.calls);
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
        int fd = dial(&h);
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
        cmocka_unit_test(noise_leaves_the_server_answering),
        cmocka_unit_test(a_stop_answers_the_call_under_way),
        cmocka_unit_test(a_stop_does_not_wait_for_quiet_connections_or_delays),
        cmocka_unit_test(it_listens_on_ipv6_too),
        cmocka_unit_test(an_address_that_cannot_be_had_is_an_error_that_names_it),
    };
    return cmocka_run_group_tests(tests, shared_house_open, shared_house_close);
}

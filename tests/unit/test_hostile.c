/* The whole mock, bundled APIs and real sockets, against clients that mean it no good:
 * every bound at its value and one over, bytes that are no text, noise, slow senders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../support/cost.h"
#include "../support/text.h"
#include "../support/wire.h"
#include "base/buffer.h"
#include "base/chance.h"
#include "base/clock.h"
#include "command/load.h"
#include "doc/json.h"
#include "serve/admin.h"
#include "serve/handle.h"
#include "serve/server.h"

#define FIELDS                                \
    "Host: h\r\nAuthorization: Bearer me\r\n" \
    "Content-Type: application/json\r\n"
#define PUT_INSTANCE "PUT /components/instances HTTP/1.1\r\n" FIELDS
#define CREATE_LINK "POST /links.create HTTP/1.1\r\n" FIELDS
#define WHEEL "cccccccc-0000-4000-8000-000000000001"

/* -- the mock ---------------------------------------------------------------------- */

struct house {
    struct loaded loaded;
    struct service service;
    struct server *server;
    unsigned port;
    struct arena *arena; /* for what a test builds and hears */
};

static void house_load(struct house *h)
{
    static const struct options o = { .specs = { "specs" }, .spec_count = 1 };
    *h = (struct house){ .arena = arena_new((size_t)1024 * 1024 * 1024) };
    if (!load(&h->loaded, &o))
        fail_msg("%s", h->loaded.err.first->why);
    h->service = (struct service){ .world = &h->loaded.world,
                                   .journal = journal_new(),
                                   .admin = admin_new(),
                                   .quiet = true };
    assert_non_null(h->service.journal);
    assert_true(world_open(&h->loaded.world));
}

static void house_done(struct house *h)
{
    load_done(&h->loaded);
    journal_free(h->service.journal);
    admin_free(h->service.admin);
    arena_free(h->arena);
}

static int shared_house_open(void **state)
{
    struct house *h = calloc(1, sizeof(*h));
    house_load(h);
    struct err err = err_in(h->arena);
    struct server_options options = { .host = "127.0.0.1",
                                      .max_body = LIMIT_BODY_BYTES,
                                      .handle = handle,
                                      .context = &h->service };
    h->server = server_start(&options, &err);
    if (!h->server)
        fail_msg("%s", err.first->why);
    h->port = server_port(h->server);
    *state = h;
    return 0;
}

static int shared_house_close(void **state)
{
    struct house *h = *state;
    server_stop(h->server);
    house_done(h);
    free(h);
    return 0;
}

static int each_test_begins(void **state)
{
    struct house *h = *state;
    arena_reset(h->arena);
    return 0;
}

/* -- the wire ---------------------------------------------------------------------- */

struct heard {
    int status; /* 0: the connection was closed without one */
    char head[4096];
    struct str body;
};

/* One answer and not a byte more. */
static struct heard *hear(const struct house *h, int fd)
{
    struct heard *r = arena_take(h->arena, sizeof(*r));
    size_t len = 0;
    r->status = hear_head(fd, r->head, sizeof(r->head));
    const char *told = strstr(r->head, "\r\nContent-Length: ");
    if (!r->status || !told)
        return r;
    size_t want = strtoul(told + strlen("\r\nContent-Length: "), NULL, 10);
    char *body = arena_take(h->arena, want + 1);
    for (ssize_t got; len < want && (got = recv(fd, body + len, want - len, 0)) > 0;)
        len += (size_t)got;
    r->body = (struct str){ body, len };
    return r;
}

static const char *told(const struct heard *r)
{
    return r->body.ptr ? r->body.ptr : "";
}

/* Whatever is refused is refused with JSON, and never with a contract of ours broken.
 */
static void must_be_sound(const struct house *h, const struct heard *r, const char *row)
{
    struct json_error why;
    if (r->body.len && !json_read(r->body, LIMIT_YAML_NODES, h->arena, &why))
        fail_msg("%s: line %u, column %u of the answer: %s", row, why.line, why.col,
                 why.why);
    if (strstr(r->head, "Understudy-Contract"))
        fail_msg("%s: %s", row, told(r));
}

static struct heard *ask(const struct house *h, struct str bytes)
{
    int fd = must_dial(h->port);
    say_bytes(fd, bytes);
    struct heard *r = hear(h, fd);
    close(fd);
    return r;
}

static void expect(const struct house *h, struct str bytes, int status,
                   const char *says, const char *row)
{
    const struct heard *r = ask(h, bytes);
    if (r->status != status || !strstr(told(r), says))
        fail_msg("%s: expected %d and \"%s\", got %d and %.300s", row, status, says,
                 r->status, told(r));
    must_be_sound(h, r, row);
}

/* Whoever is held up by another waits for LIMIT_REQUEST_MS, thirty seconds. */
static void must_be_healthy(const struct house *h)
{
    uint64_t start = clock_monotonic_us();
    expect(h, STR("GET /__admin/health HTTP/1.1\r\nHost: h\r\n\r\n"), 200,
           "{\"status\":\"ok\"}", "/__admin/health");
    assert_true(clock_monotonic_us() - start < 10 * 1000 * 1000);
}

static struct str with_body(const struct house *h, const char *head, struct str body)
{
    struct buffer b = buffer_in(h->arena, SIZE_MAX / 2);
    buffer_printf(&b, "%sContent-Length: %zu\r\n\r\n", head, body.len);
    buffer_add(&b, body);
    return buffer_str(&b);
}

/* -- bounds ------------------------------------------------------------------------ */

#define TARGET "GET /components?more="
#define TARGET_END " HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer me\r\n\r\n"
#define FIELD "GET /components HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer me\r\nX: "

static struct str target_of(const struct house *h, size_t head)
{
    return repeated(h->arena, TARGET, "a", head - strlen(TARGET TARGET_END),
                    TARGET_END);
}

static struct str field_of(const struct house *h, size_t head)
{
    return repeated(h->arena, FIELD, "a", head - strlen(FIELD "\r\n\r\n"), "\r\n\r\n");
}

static struct str fields_of(const struct house *h, size_t count)
{
    return repeated(
        h->arena, "GET /components HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer me\r\n",
        "X: a\r\n", count - 2, "\r\n");
}

static struct str body_of(const struct house *h, size_t bytes)
{
    return with_body(h, PUT_INSTANCE, repeated(h->arena, "{}", " ", bytes - 2, ""));
}

static struct str depth_of(const struct house *h, size_t depth)
{
    const char *open = repeated(h->arena, "{\"identifier\":", "[", depth - 1, "").ptr;
    return with_body(h, PUT_INSTANCE, repeated(h->arena, open, "]", depth - 1, "}"));
}

static struct str digits_of(const struct house *h, size_t digits)
{
    return with_body(h, PUT_INSTANCE,
                     repeated(h->arena, "{\"identifier\":", "7", digits, "}"));
}

static struct str nodes_of(const struct house *h, size_t nodes)
{
    return with_body(h, PUT_INSTANCE, repeated(h->arena, "[0", ",0", nodes - 2, "]"));
}

static struct str name_of(const struct house *h, size_t len)
{
    return repeated(h->arena,
                    "GET /__admin/health HTTP/1.1\r\nHost: h\r\nUnderstudy-Namespace: ",
                    "n", len, "\r\n\r\n");
}

static struct str prefix_of(const struct house *h, size_t len)
{
    return repeated(h->arena, "GET /~", "n", len,
                    "/__admin/health HTTP/1.1\r\nHost: h\r\n\r\n");
}

static void every_bound_holds_at_its_value_and_not_one_over(void **state)
{
    static const struct {
        const char *what;
        struct str (*request)(const struct house *h, size_t n);
        size_t most;
        int status;
        const char *says;
        int status_over;
        const char *says_over;
    } rows[] = {
        { "the request line", target_of, LIMIT_HEAD_BYTES, 200, "\"id\":", 431,
          "too long" },
        { "a header field", field_of, LIMIT_HEAD_BYTES, 200, "\"id\":", 431,
          "too long" },
        { "header fields", fields_of, LIMIT_HEADERS - 1, 200, "\"id\":", 431,
          "too many header fields" },
        { "the body", body_of, LIMIT_BODY_BYTES, 400, "the member \\\"identifier\\\"",
          413, "at most 4194304 bytes" },
        { "the body's depth", depth_of, LIMIT_DEPTH, 400,
          "expected a string, found an array", 400, "nested too deeply" },
        { "a number's digits", digits_of, LIMIT_NUMBER_DIGITS, 400,
          "expected a string, found the number 777", 400, "too many digits" },
        { "the body's values", nodes_of, LIMIT_BODY_NODES, 400,
          "expected an object, found an array", 400, "more values than are taken" },
        { "a namespace's name in a field", name_of, LIMIT_NAMESPACE_NAME, 200, "ok",
          400, "1 to 64 letters" },
        { "a namespace's name in the path", prefix_of, LIMIT_NAMESPACE_NAME, 200, "ok",
          400, "1 to 64 letters" },
    };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect(h, rows[i].request(h, rows[i].most), rows[i].status, rows[i].says,
               rows[i].what);
        expect(h, rows[i].request(h, rows[i].most + 1), rows[i].status_over,
               rows[i].says_over, rows[i].what);
        arena_reset(h->arena);
    }
    must_be_healthy(h);
}

static void a_body_far_over_the_bound_is_refused_however_it_is_told(void **state)
{
    const struct house *h = *state;
    expect(h, STR(PUT_INSTANCE "Content-Length: 9223372036854775807\r\n\r\n{"), 413,
           "at most", "a length of 2^63-1");
    expect(h, STR(PUT_INSTANCE "Content-Length: 9223372036854775808\r\n\r\n{"), 400,
           "Content-Length", "a length of 2^63");
    expect(h,
           STR("POST /__admin/faults HTTP/1.1\r\n" FIELDS
               "Content-Length: 4194305\r\n\r\n{"),
           413, "at most", "a fault");
    struct str chunk = repeated(h->arena,
                                PUT_INSTANCE "Transfer-Encoding: chunked\r\n\r\n"
                                             "400001\r\n",
                                " ", LIMIT_BODY_BYTES + 1, "\r\n0\r\n\r\n");
    expect(h, chunk, 413, "at most", "chunks");
}

static int status_of(struct house *h, const char *namespace)
{
    struct request r = { .method = STR("GET"),
                         .path = STR("/__admin/health"),
                         .headers = { { STR("Understudy-Namespace"), str(namespace) } },
                         .header_count = 1 };
    struct delivery d = { .delay_ms = 0 };
    handle(&h->service, &r, h->arena, &d);
    return d.response.status;
}

static void namespaces_have_an_end_and_those_that_are_there_go_on(void **state)
{
    struct house h;
    char name[32];
    (void)state;
    house_load(&h);
    for (int i = 1; i < LIMIT_NAMESPACES; i++) { /* the default one is there */
        snprintf(name, sizeof(name), "run-%d", i);
        assert_int_equal(status_of(&h, name), 200);
        arena_reset(h.arena);
    }
    assert_int_equal(status_of(&h, "one-more"), 507);
    assert_int_equal(status_of(&h, "run-1"), 200);
    house_done(&h);
}

/* -- bytes ------------------------------------------------------------------------- */

#define GET(target) "GET " target " HTTP/1.1\r\n" FIELDS "\r\n"
#define BYTES(literal)                  \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static void bytes_that_are_no_text_are_refused_where_they_stand(void **state)
{
    static const struct {
        const char *what;
        struct str request;
        int status;
        const char *says;
    } rows[] = {
        { "%00 in a query is U+0000", BYTES(GET("/components?name=%00")), 200, "[]" },
        { "%00 in a parameter's name", BYTES(GET("/components?%00=1")), 200, "[" },
        { "%FF in a query", BYTES(GET("/components?name=%FF")), 400,
          "percent-encoded" },
        { "half a character in a query", BYTES(GET("/components?name=%C3")), 400,
          "percent-encoded" },
        { "a surrogate in a query", BYTES(GET("/components?name=%ED%A0%80")), 400,
          "percent-encoded" },
        { "an overlong slash in a query", BYTES(GET("/components?name=%C0%AF")), 400,
          "percent-encoded" },
        { "a percent sign alone", BYTES(GET("/components?name=%")), 400,
          "percent-encoded" },
        { "a raw byte in a query", BYTES(GET("/components?name=\xff")), 400,
          "cannot be understood" },
        { "%00 in a path", BYTES(GET("/components%00")), 404, "no API" },
        { "%FF in a path", BYTES(GET("/components%FF")), 404, "no API" },
        { "a raw byte in a path", BYTES(GET("/components\xff")), 400,
          "cannot be understood" },
        { "%00 in an admin path", BYTES(GET("/__admin/state/serial/%00")), 404,
          "there is no collection" },
        { "%FF in an admin path", BYTES(GET("/__admin/state/serial/%FF")), 400,
          "percent-encoded" },
        { "a byte that is no text in a field",
          BYTES("PUT /components/instances HTTP/1.1\r\nvalidation-only: \xff\r\n" FIELDS
                "Content-Length: 2\r\n\r\n{}"),
          400, "/header" },
        { "a byte that is no text in the credentials",
          BYTES("GET /components HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
                "\xff\r\n\r\n"),
          401, "Bearer" },
        { "a byte that is no text in Content-Type",
          BYTES(
              "PUT /components/instances HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
              "me\r\nContent-Type: \xff\r\nContent-Length: 2\r\n\r\n{}"),
          400, "application/json" },
        { "a byte that is no text in Prefer",
          BYTES("GET /components HTTP/1.1\r\nPrefer: example=\xff\r\n" FIELDS "\r\n"),
          400, "Bad Request" },
        { "a byte that is no text in a namespace",
          BYTES("GET /components HTTP/1.1\r\nUnderstudy-Namespace: \xff\r\n" FIELDS
                "\r\n"),
          400, "a namespace" },
        { "a NUL in a field",
          BYTES("GET /components HTTP/1.1\r\nX: a\0b\r\n" FIELDS "\r\n"), 400, "" },
        { "a NUL in a target", BYTES("GET /comp\0nents HTTP/1.1\r\n" FIELDS "\r\n"),
          400, "" },
    };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(h, rows[i].request, rows[i].status, rows[i].says, rows[i].what);
}

static void a_body_that_can_be_read_in_two_ways_is_refused_with_its_place(void **state)
{
    static const struct {
        struct str body;
        const char *says;
    } rows[] = {
        { BYTES("{\"identifier\":\"a\",\"identifier\":\"b\"}"),
          "the member name \\\"identifier\\\" stands twice" },
        { BYTES("{\"identifier\":\"a\",\"\\u0069dentifier\":\"b\"}"), "stands twice" },
        { BYTES("{\"identifier\":\"\xff\"}"), "the string is not valid UTF-8" },
        { BYTES("{\"identifier\":\"\xc0\x80\"}"), "the string is not valid UTF-8" },
        { BYTES("{\"identifier\":\"\xed\xa0\x80\"}"), "the string is not valid UTF-8" },
        { BYTES("{\"identifier\":\"\\ud800\"}"), "a high surrogate without a low one" },
        { BYTES("{\"identifier\":\"a\0b\"}"), "a control character" },
        { BYTES("{\"identifier\":\"a\"}\0"), "expected nothing after the value" },
        { BYTES("\xef\xbb\xbf{}"), "expected a JSON value" },
        { BYTES("{\"identifier\":1e400}"), "found the number 1e400" },
        { BYTES("{\"identifier\":-1e400}"), "found the number -1e400" },
        { BYTES("{\"identifier\":1e99999999999999999999}"),
          "found the number 1e99999999999999999999" },
        { BYTES("{\"identifier\":01}"), "does not start with 0" },
        { BYTES("{\"identifier\":NaN}"), "expected a JSON value" },
        { BYTES("{\"identifier\":\"a\"}{}"), "expected nothing after the value" },
        { BYTES("{\"identifier\":"), "found the end of the text" },
    };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        expect(h, with_body(h, PUT_INSTANCE, rows[i].body), 400, rows[i].says,
               rows[i].says);
}

static void huge_numbers_and_nul_characters_come_back_as_they_were_sent(void **state)
{
    const struct house *h = *state;
    expect(h,
           with_body(
               h, "PUT /datasets HTTP/1.1\r\n" FIELDS,
               STR("{\"name\":\"huge \\u0000\",\"type\":\"NUMERICAL\",\"process_id\":"
                   "\"11111111-0000-4000-8000-000000000001\",\"lsl\":-1e400,"
                   "\"usl\":123456789012345678901234567890.5}")),
           200, "\"lsl\":-1e400,\"usl\":123456789012345678901234567890.5", "a dataset");
    expect(h, STR(GET("/datasets?name=huge%20%00")), 200, "\"huge \\u0000\"",
           "the list");
}

/* What a client sent is quoted in answers, shortened; never in the middle of a
 * character. */
static void a_long_text_is_quoted_without_cutting_a_character(void **state)
{
    static const struct {
        const char *head, *before, *after;
    } rows[] = {
        { CREATE_LINK, "{\"source\":\"TKT-1\",\"target\":\"ISS-1\",\"link_type\":\"",
          "\"}" },
        { PUT_INSTANCE, "{\"identifier\":\"a\",\"component_id\":\"" WHEEL "\",\"",
          "\":1}" },
        { CREATE_LINK, "{\"source\":\"TKT-1\",\"", "\":1}" },
        { PUT_INSTANCE, "{\"identifier\":[\"", "\"]}" },
        { PUT_INSTANCE, "{\"a\":{\"twice\":1,\"twice\":\"", "\"}}" },
        { "POST /__admin/faults HTTP/1.1\r\n" FIELDS, "{\"on\":\"",
          "\",\"status\":500}" },
        { "POST /__admin/faults HTTP/1.1\r\n" FIELDS, "{\"on\":\"*\",\"error\":\"",
          "\"}" },
        { "POST /__admin/faults HTTP/1.1\r\n" FIELDS, "{\"on\":\"*\",\"delay\":\"",
          "\"}" },
        { "POST /__admin/faults HTTP/1.1\r\n" FIELDS, "{\"", "\":1}" },
        { "POST /__admin/faults HTTP/1.1\r\n" FIELDS,
          "{\"on\":\"*\",\"status\":500,\"body\":\"$", "\"}" },
        { "POST /__admin/namespaces/x HTTP/1.1\r\n" FIELDS,
          "{\"from\":{\"namespace\":\"", "\"}}" },
        { "POST /__admin/namespaces/x HTTP/1.1\r\n" FIELDS,
          "{\"from\":{\"snapshot\":\"", "\"}}" },
    };
    static const char *const shifts[] = { "", "x", "xx", "xxx" };
    static const char *const letters[] = { "\xc3\xa9", "\xe2\x82\xac",
                                           "\xf0\x9f\x9a\xb2", "\\u0000" };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t s = 0; s < COUNT(shifts); s++)
            for (size_t l = 0; l < COUNT(letters); l++) {
                char before[256];
                snprintf(before, sizeof(before), "%s%s", rows[i].before, shifts[s]);
                struct str body =
                    repeated(h->arena, before, letters[l], 400, rows[i].after);
                const struct heard *r = ask(h, with_body(h, rows[i].head, body));
                if (r->status < 200 || r->status > 499)
                    fail_msg("%s: %d %s", before, r->status, told(r));
                must_be_sound(h, r, before);
            }
}

/* The same of the fields of a request, which may be no text at all. */
static void a_long_field_is_quoted_without_cutting_a_character(void **state)
{
    static const struct {
        const char *before, *after;
    } rows[] = {
        { "GET /components HTTP/1.1\r\n" FIELDS "Prefer: seed=", "\r\n\r\n" },
        { "PATCH /__admin/state/devrev/works/ISS-1 HTTP/1.1\r\nHost: h\r\n"
          "Content-Length: 2\r\nContent-Type: ",
          "\r\n\r\n{}" },
        { "PUT /components/instances HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n"
          "Authorization: Bearer me\r\nContent-Type: ",
          "\r\n\r\n{}" },
    };
    static const char *const shifts[] = { "", "x", "xx", "xxx" };
    static const char *const letters[] = { "\xc3\xa9", "\xe2\x82\xac",
                                           "\xf0\x9f\x9a\xb2", "\xff" };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t s = 0; s < COUNT(shifts); s++)
            for (size_t l = 0; l < COUNT(letters); l++) {
                char before[256];
                snprintf(before, sizeof(before), "%s%s", rows[i].before, shifts[s]);
                const struct heard *r =
                    ask(h, repeated(h->arena, before, letters[l], 200, rows[i].after));
                if (r->status < 400 || r->status > 499)
                    fail_msg("%s: %d %s", before, r->status, told(r));
                must_be_sound(h, r, before);
            }
}

/* -- holes that civetweb 1.15 has or had ------------------------------------------- */

static void what_breaks_civetweb_does_not_break_this(void **state)
{
    static const struct {
        const char *what, *request;
        int low, high;
    } rows[] = {
        { "up and out", GET("/../../../../../../etc/passwd"), 404, 404 },
        { "up and out, encoded", GET("/%2e%2e/%2e%2e/%2e%2e/etc/passwd"), 404, 404 },
        { "up and out, encoded twice", GET("/..%252f..%252fetc/passwd"), 404, 404 },
        { "up and out, backwards", GET("/..\\..\\etc\\passwd"), 404, 404 },
        { "up and out behind a namespace", GET("/~a/../../etc/passwd"), 404, 404 },
        { "a password file", GET("/.htpasswd"), 404, 404 },
        { "a folder", GET("/specs/"), 404, 404 },
        { "a program", GET("/cgi-bin/x.cgi"), 404, 404 },
        { "a page with programs in it", GET("/a.shtml"), 404, 404 },
        { "deleting a file", "DELETE /README.md HTTP/1.1\r\n" FIELDS "\r\n", 404, 405 },
        { "putting a file",
          "PUT /new.txt HTTP/1.1\r\n" FIELDS "Content-Length: 1\r\n\r\nx", 404, 405 },
        { "making a folder", "MKCOL /new HTTP/1.1\r\n" FIELDS "\r\n", 404, 501 },
        { "PROPFIND", "PROPFIND / HTTP/1.1\r\n" FIELDS "Depth: 1\r\n\r\n", 404, 501 },
        { "CONNECT", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", 400, 501 },
        { "TRACE", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 400, 501 },
        { "a websocket",
          "GET /components HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: "
          "websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
          "Sec-WebSocket-Version: 13\r\n\r\n",
          400, 426 },
        { "another host",
          "GET http://elsewhere.example/etc/passwd HTTP/1.1\r\n" FIELDS "\r\n", 404,
          404 },
        { "both lengths",
          PUT_INSTANCE
          "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          400, 400 },
        { "two lengths",
          PUT_INSTANCE "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", 400, 400 },
        { "a negative length", PUT_INSTANCE "Content-Length: -1\r\n\r\n{}", 400, 400 },
        { "a chunk that never ends",
          PUT_INSTANCE "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n{}", 400,
          413 },
        { "a form without an end",
          "POST /components HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
          "me\r\nContent-Type:"
          " multipart/form-data; boundary=b\r\nContent-Length: 60\r\n\r\n"
          "--b\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../x\"",
          400, 415 },
        { "a form with an empty boundary",
          "POST /components HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer "
          "me\r\nContent-Type:"
          " multipart/form-data; boundary=\r\nContent-Length: 6\r\n\r\n--\r\n--",
          400, 415 },
        { "a range",
          "GET /components HTTP/1.1\r\nRange: bytes=0-18446744073709551615\r\n" FIELDS
          "\r\n",
          200, 200 },
        { "a folded field", "GET /components HTTP/1.1\r\nX: a\r\n b\r\n" FIELDS "\r\n",
          400, 400 },
    };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        int fd = must_dial(h->port);
        say(fd, rows[i].request);
        shutdown(fd, SHUT_WR);
        const struct heard *r = hear(h, fd);
        close(fd);
        if (r->status < rows[i].low || r->status > rows[i].high ||
            strstr(told(r), "root:"))
            fail_msg("%s: %d %s", rows[i].what, r->status, told(r));
        must_be_sound(h, r, rows[i].what);
    }
    assert_true(access("new.txt", F_OK) != 0 && access("README.md", F_OK) == 0);
    must_be_healthy(h);
}

/* -- cost -------------------------------------------------------------------------- */

static struct str numbered(const struct house *h, const char *before, const char *ends,
                           size_t count, const char *after)
{
    struct buffer b = buffer_in(h->arena, SIZE_MAX / 2);
    buffer_add_text(&b, before);
    for (size_t i = 0; i < count; i++) {
        buffer_printf(&b, "%s\"%zx%s", i ? "," : "", i, ends);
    }
    buffer_add_text(&b, after);
    return buffer_str(&b);
}

static void a_large_body_costs_no_more_than_its_size(void **state)
{
    static const struct {
        const char *what, *head, *before, *ends, *after;
    } rows[] = {
        { "unknown members", PUT_INSTANCE, "{", "\":0", "}" },
        { "unknown members of a closed object", CREATE_LINK, "{", "\":0", "}" },
        { "values of a filter", "POST /works.list HTTP/1.1\r\n" FIELDS,
          "{\"owned_by\":[", "\"", "]}" },
        { "words that are no word", "POST /works.list HTTP/1.1\r\n" FIELDS,
          "{\"type\":[", "\"", "]}" },
        { "members of a fault", "POST /__admin/faults HTTP/1.1\r\n" FIELDS, "{", "\":0",
          "}" },
    };
    enum { MANY = 300000, MOST_SECONDS = 5 };
    const struct house *h = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str body =
            numbered(h, rows[i].before, rows[i].ends, MANY, rows[i].after);
        double start = process_seconds();
        const struct heard *r = ask(h, with_body(h, rows[i].head, body));
        double took = process_seconds() - start;
        if (r->status < 200 || r->status > 499 || took > MOST_SECONDS)
            fail_msg("%s: %d after %.1f s: %.200s", rows[i].what, r->status, took,
                     told(r));
        must_be_sound(h, r, rows[i].what);
        arena_reset(h->arena);
    }
}

static void places_are_told_however_often_a_call_is_refused(void **state)
{
    enum { TIMES = 4000 };
    struct house *h = *state;
    struct str query = repeated(h->arena, "", "%FF&", LIMIT_FINDINGS, "");
    for (int i = 0; i < TIMES; i++) {
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        struct request r = { .method = STR("GET"),
                             .path = STR("/components"),
                             .query = query,
                             .headers = { { STR("Authorization"), STR("Bearer me") } },
                             .header_count = 1 };
        struct delivery d = { .delay_ms = 0 };
        handle(&h->service, &r, arena, &d);
        bool fine = strstr(d.response.body.ptr, "\"spec\":\"specs/serial.yaml:");
        arena_free(arena);
        if (!fine)
            fail_msg("call %d has no place", i);
    }
}

/* -- noise ------------------------------------------------------------------------- */

static const char *const valid_requests[] = {
    PUT_INSTANCE
    "Content-Length: 79\r\n\r\n{\"identifier\": \"N-1\", \"component_id\": "
    "\"cccccccc-0000-4000-8000-000000000001\"}",
    CREATE_LINK
    "Content-Length: 70\r\n\r\n{\"source\": \"TKT-1\", \"target\": \"ISS-1\", "
    "\"link_type\": \"is_dependent_on\"}",
    GET("/components/instances?status=PLANNED&limit=3"),
    GET("/works.list?type=issue&type=ticket&limit=1"),
    GET("/~n/__admin/state/devrev/works"),
    "POST /works.list HTTP/1.1\r\n" FIELDS
    "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"limit\":\r\n2\r\n1}\r\n0\r\n\r\n",
    "GET /links.list HTTP/1.1\r\nPrefer: code=429, example=x\r\n" FIELDS "\r\n",
    "POST /__admin/clock HTTP/1.1\r\n" FIELDS
    "Content-Length: 17\r\n\r\n{\"advance\": \"5s\"}",
};

/* Bytes changed, lost, doubled or put in. */
static size_t mutated(struct chance *c, char *out, size_t size)
{
    const char *from = valid_requests[chance_below(c, COUNT(valid_requests))];
    size_t len = strlen(from), changes = 1 + chance_below(c, 6);
    memcpy(out, from, len);
    for (; changes > 0 && len + 64 < size; changes--) {
        size_t at = chance_below(c, len), n = 1 + chance_below(c, 24);
        if (n > len - at)
            n = len - at;
        switch (chance_below(c, 4)) {
        case 0:
            out[at] = (char)chance_below(c, 256);
            break;
        case 1:
            memmove(out + at, out + at + n, len - at - n);
            len -= n;
            break;
        case 2:
            memmove(out + at + n, out + at, len - at);
            len += n;
            break;
        default:
            memcpy(out + at, "\r\n\r\n\0\xff%%" + chance_below(c, 7), 1);
        }
        if (len == 0)
            break;
    }
    return len;
}

static size_t random_bytes(struct chance *c, char *out)
{
    size_t len = 1 + chance_below(c, 300);
    for (size_t i = 0; i < len; i++)
        out[i] = (char)chance_below(c, 256);
    return len;
}

static void noise_leaves_the_mock_answering(void **state)
{
    enum { TIMES = 10000 };
    const struct house *h = *state;
    struct chance c = chance_of(1, STR("noise"), STR("hostile"), 0);
    for (int i = 0; i < TIMES; i++) {
        char bytes[2048], sink[4096];
        size_t len =
            i % 4 ? mutated(&c, bytes, sizeof(bytes)) : random_bytes(&c, bytes);
        struct linger now = { .l_onoff = 1 };
        int fd = must_dial(h->port);
        say_bytes(fd, (struct str){ bytes, len });
        shutdown(fd, SHUT_WR);
        if (i % 4 == 1)
            while (recv(fd, sink, sizeof(sink), 0) > 0)
                continue;
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close(fd);
        if (i % 500 == 0)
            must_be_healthy(h);
    }
    must_be_healthy(h);
}

/* -- slow clients ------------------------------------------------------------------ */

static void slow_clients_do_not_hold_up_the_others(void **state)
{
    enum { SLOW = 200, ROUNDS = 10 };
    static const char *const starts[] = { "", "GET /comp", "GET / HTTP/1.1\r\nX: ",
                                          PUT_INSTANCE "Content-Length: 1000\r\n\r\n{",
                                          PUT_INSTANCE
                                          "Transfer-Encoding: chunked\r\n\r\n1" };
    const struct house *h = *state;
    int fds[SLOW];
    for (size_t i = 0; i < SLOW; i++) {
        fds[i] = must_dial(h->port);
        say_bytes(fds[i], str(starts[i % COUNT(starts)]));
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < SLOW; i++)
            say_bytes(fds[i], STR("0"));
        must_be_healthy(h);
        expect(h, STR(GET("/components")), 200, "[", "a call among slow ones");
    }
    for (size_t i = 0; i < SLOW; i++)
        close(fds[i]);
    must_be_healthy(h);
}

#define TEST(name) cmocka_unit_test_setup(name, each_test_begins)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_bound_holds_at_its_value_and_not_one_over),
        TEST(a_body_far_over_the_bound_is_refused_however_it_is_told),
        TEST(namespaces_have_an_end_and_those_that_are_there_go_on),
        TEST(bytes_that_are_no_text_are_refused_where_they_stand),
        TEST(a_body_that_can_be_read_in_two_ways_is_refused_with_its_place),
        TEST(huge_numbers_and_nul_characters_come_back_as_they_were_sent),
        TEST(a_long_text_is_quoted_without_cutting_a_character),
        TEST(a_long_field_is_quoted_without_cutting_a_character),
        TEST(what_breaks_civetweb_does_not_break_this),
        TEST(a_large_body_costs_no_more_than_its_size),
        TEST(places_are_told_however_often_a_call_is_refused),
        TEST(noise_leaves_the_mock_answering),
        TEST(slow_clients_do_not_hold_up_the_others),
    };
    return cmocka_run_group_tests(tests, shared_house_open, shared_house_close);
}

/* Requests: what is written is what was meant, in every style. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/text.h"
#include "api/body.h"
#include "api/param.h"
#include "api/security.h"
#include "api/write.h"

#define HEAD "openapi: 3.2.0\ninfo: {title: T, version: '1'}\n"

/* The request as text: "/a?b=1", then fields and the body. */
static const char *shown(const struct request *r, struct arena *a)
{
    struct buffer b = buffer_in(a, LIMIT_ANSWER_BYTES);
    buffer_add(&b, r->path);
    if (r->query.len)
        buffer_add_text(&b, "?");
    if (r->query.len)
        buffer_add(&b, r->query);
    for (size_t i = 0; i < r->header_count; i++)
        buffer_printf(&b, " %.*s: %.*s", (int)r->headers[i].name.len,
                      r->headers[i].name.ptr, (int)r->headers[i].value.len,
                      r->headers[i].value.ptr);
    if (r->body.len)
        buffer_add_text(&b, " | ");
    if (r->body.len)
        buffer_add(&b, r->body);
    return buffer_str(&b).ptr;
}

/* What a server reads of it. */
static const char *read_back(const struct api *api, const struct request *r,
                             struct arena *a)
{
    struct findings findings = { .arena = a }, warnings = { .arena = a };
    struct route route;
    struct body body;
    struct body_refusal no = { .kind = NULL };
    routes_match(api->routes, r->method, r->path, a, &route);
    if (!route.operation)
        return "no route";
    cJSON *tree = params_read(&route, r, a, &findings, &warnings);
    if (!body_read(route.operation, r, tree, a, &findings, &body, &no))
        return no.detail;
    return findings.count ? finding_text(&findings.list[0], a) : json_text(tree, a).ptr;
}

static void a_parameter_is_written_as_its_style_says(void **state)
{
    static const struct {
        const char *in, *rest, *value, *request; /* request NULL: cannot be said */
    } rows[] = {
        { "path", "schema: {type: string}", "\"a b/c\"", "/a/a%20b%2Fc" },
        { "path", "schema: {type: string}", "\"\"", NULL },
        { "path", "schema: {type: string}", "\"..\"", NULL },
        { "path", "schema: {type: array, items: {type: string}}", "[\"a,b\",\"c\"]",
          "/a/a%2Cb,c" },
        { "path", "schema: {type: object}", "{\"R\":\"1\",\"G\":\"2\"}", "/a/R,1,G,2" },
        { "path", "explode: true, schema: {type: object}", "{\"R\":\"1\",\"G\":\"2\"}",
          "/a/R=1,G=2" },
        { "path", "style: label, schema: {type: string}", "\"b.c\"", "/a/.b%2Ec" },
        { "path", "style: label, explode: true, schema: {type: array}",
          "[\"a.b\",\"c\"]", "/a/.a%2Eb.c" },
        { "path", "style: matrix, schema: {type: integer}", "5", "/a/;v=5" },
        { "path", "style: matrix, schema: {type: string}", "\"\"", "/a/;v" },
        { "path", "style: matrix, schema: {type: array}", "[\"a\",\"b\"]",
          "/a/;v=a,b" },
        { "path", "style: matrix, explode: true, schema: {type: array}",
          "[\"a\",\"b\"]", "/a/;v=a;v=b" },
        { "path", "style: matrix, explode: true, schema: {type: object}",
          "{\"R\":\"1\",\"G\":\"2\"}", "/a/;R=1;G=2" },
        { "path", "style: matrix, explode: true, schema: {type: array}", "[]", NULL },
        { "query", "schema: {type: boolean}", "true", "/a?v=true" },
        { "query", "schema: {type: string}", "\"a&b=c+\\u0000é\"",
          "/a?v=a%26b%3Dc%2B%00%C3%A9" },
        { "query", "schema: {type: array, items: {type: integer}}", "[1,2]",
          "/a?v=1&v=2" },
        { "query", "explode: false, schema: {type: array, items: {type: integer}}",
          "[1,2]", "/a?v=1,2" },
        { "query", "explode: false, schema: {type: array, items: {type: integer}}",
          "[]", "/a?v=" },
        { "query", "schema: {type: object, properties: {R: {type: integer}}}",
          "{\"R\":1}", "/a?R=1" },
        { "query", "schema: {type: object, properties: {R: {type: integer}}}", "{}",
          NULL },
        { "query", "style: spaceDelimited, explode: false, schema: {type: array}",
          "[\"a\",\"b\"]", "/a?v=a%20b" },
        { "query", "style: spaceDelimited, explode: false, schema: {type: array}",
          "[\"a b\",\"c\"]", NULL },
        { "query", "style: pipeDelimited, explode: false, schema: {type: array}",
          "[\"a b\",\"c\"]", "/a?v=a%20b%7Cc" },
        { "query",
          "style: deepObject, explode: true, schema: {type: object, properties: {b: "
          "{type: array, items: {type: object, properties: {c: {type: integer}}}}}}",
          "{\"b\":[{\"c\":1},{\"c\":2}]}",
          "/a?v%5Bb%5D%5B0%5D%5Bc%5D=1&v%5Bb%5D%5B1%5D"
          "%5Bc%5D=2" },
        { "query", "content: {application/json: {schema: {type: object}}}",
          "{\"a\":[1,{}]}", "/a?v=%7B%22a%22%3A%5B1%2C%7B%7D%5D%7D" },
        { "header", "schema: {type: integer}", "7", "/a v: 7" },
        { "header", "schema: {type: array, items: {type: string}}",
          "[\"a,b\",\"c\\\"d\",\"e\"]", "/a v: \"a,b\",\"c\\\"d\",e" },
        { "header", "schema: {type: string}", "\"a\\nb\"", NULL },
        { "header", "schema: {type: string}", "\" a\"", NULL },
        { "header", "explode: true, schema: {type: object}", "{\"R\":\"1\"}",
          "/a v: R=1" },
        { "cookie", "schema: {type: string}", "\"a;b\"", "/a Cookie: v=a%3Bb" },
        { "cookie", "style: cookie, schema: {type: string}", "\"a%b\"",
          "/a Cookie: v=a%b" },
        { "cookie", "style: cookie, schema: {type: string}", "\"a;b\"", NULL },
        { "cookie", "style: cookie, schema: {type: array, items: {type: integer}}",
          "[1,2]", "/a Cookie: v=1; v=2" },
        { "cookie", "explode: false, schema: {type: array, items: {type: integer}}",
          "[1,2]", "/a Cookie: v=1,2" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bool path = strcmp(rows[i].in, "path") == 0;
        const struct api *api = must_load(
            *state, arena_printf(*state,
                                 HEAD "paths:\n  /a%s:\n    get:\n"
                                      "      " DONE "\n"
                                      "      parameters:\n        - {name: v, in: %s, "
                                      "required: true, %s}\n",
                                 path ? "/{v}" : "", rows[i].in, rows[i].rest));
        cJSON *input =
            must_json(*state, "{\"path\":{},\"query\":{},\"header\":{},\"cookie\":{}}");
        json_set(*state, json_member(input, rows[i].in), "v",
                 must_json(*state, rows[i].value));
        struct request r;
        const char *why, *meant = json_text(input, *state).ptr;
        bool said =
            request_write(&api->operations[0], NULL, input, "", *state, &r, &why);
        if (!said && rows[i].request)
            fail_msg("%s %s: %s", rows[i].rest, rows[i].value, why);
        if (said && (!rows[i].request || strcmp(shown(&r, *state), rows[i].request)))
            fail_msg("%s %s: written as %s", rows[i].rest, rows[i].value,
                     shown(&r, *state));
        if (said && strcmp(read_back(api, &r, *state), meant) != 0)
            fail_msg("%s %s: read as %s", rows[i].rest, rows[i].value,
                     read_back(api, &r, *state));
    }
}

static void a_body_is_written_as_its_media_type(void **state)
{
    static const struct {
        const char *media, *value, *body; /* body NULL: cannot be said */
    } rows[] = {
        { "application/x-www-form-urlencoded: {schema: {type: object, required: [a], "
          "properties: {a: {type: object}, b: {type: string}}}, encoding: {a: {style: "
          "deepObject}}}",
          "{\"a\":{},\"b\":\"x\"}", NULL },
        { "application/json: {}", "{\"a\":[1]}",
          "Content-Type: application/json | {\"a\":[1]}" },
        { "application/x-www-form-urlencoded: {schema: {type: object, properties: {a: "
          "{anyOf: [{type: object, properties: {b: {type: integer}}}, {enum: "
          "['']}]}}}}",
          "{\"a\":{\"b\":1}}",
          "Content-Type: application/x-www-form-urlencoded | a%5Bb%5D=1" },
        { "application/x-www-form-urlencoded: {schema: {type: object, properties: {a: "
          "{anyOf: [{type: array, items: {type: integer}}, {enum: ['']}]}}}}",
          "{\"a\":[1]}",
          "Content-Type: application/x-www-form-urlencoded | a%5B0%5D=1" },
        { "application/x-www-form-urlencoded: {schema: {type: object, properties: {a: "
          "{type: object, properties: {b: {type: array, items: {type: string}}}}}}, "
          "encoding: {a: {style: deepObject}}}",
          "{\"a\":{\"b\":[\"x\"]}}",
          "Content-Type: application/x-www-form-urlencoded | a%5Bb%5D%5B0%5D=x" },
        { "application/x-www-form-urlencoded: {schema: {type: object}}", "{}", NULL },
        { "multipart/form-data: {schema: {type: object, properties: {f: {type: string, "
          "format: binary}, n: {type: array, items: {type: integer}}, o: {type: "
          "object, "
          "properties: {x: {type: boolean}}}}}}",
          "{\"f\":\"\\u00ff\",\"n\":[1,2],\"o\":{\"x\":true}}",
          "Content-Type: multipart/form-data; boundary=understudy0 | --understudy0\r\n"
          "Content-Disposition: form-data; name=\"f\"; filename=\"file\"\r\n"
          "Content-Type: application/octet-stream\r\n\r\n\xff\r\n--understudy0\r\n"
          "Content-Disposition: form-data; name=\"n\"\r\n\r\n1\r\n--understudy0\r\n"
          "Content-Disposition: form-data; name=\"n\"\r\n\r\n2\r\n--understudy0\r\n"
          "Content-Disposition: form-data; name=\"o\"\r\nContent-Type: "
          "application/json\r\n\r\n{\"x\":true}\r\n--understudy0--\r\n" },
        { "'image/*': {schema: {type: string}}", "\"\\u00ffa\"",
          "Content-Type: image/octet-stream | \xff"
          "a" },
        { "text/plain: {schema: {type: string}}", "\"a\"",
          "Content-Type: text/plain | a" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct api *api = must_load(
            *state, arena_printf(*state,
                                 HEAD "paths:\n  /a:\n    post:\n"
                                      "      " DONE "\n"
                                      "      requestBody:\n        required: true\n"
                                      "        content: {%s}\n",
                                 rows[i].media));
        const struct operation *op = &api->operations[0];
        cJSON *input =
            must_json(*state, "{\"path\":{},\"query\":{},\"header\":{},\"cookie\":{}}");
        json_set(*state, input, "body", must_json(*state, rows[i].value));
        struct request r;
        const char *why, *wanted = rows[i].body ? rows[i].body : "";
        bool said = request_write(op, &op->bodies[0], input, "/v1", *state, &r, &why);
        if (!said && rows[i].body)
            fail_msg("%s: %s", rows[i].media, why);
        if (!said)
            continue;
        assert_string_equal(shown(&r, *state),
                            arena_printf(*state, "/v1/a %s", wanted));
        r.path = STR("/a");
        assert_string_equal(read_back(api, &r, *state), json_text(input, *state).ptr);
    }
}

static clock_ms any_time(void *context)
{
    (void)context;
    return 0;
}

static void credentials_stand_where_security_asks_for_them(void **state)
{
    static const struct {
        const char *needs, *request;
    } rows[] = {
        { "bearer: []", "/a?q=1 Cookie: c=1 Authorization: Bearer t" },
        { "basic: []", "/a?q=1 Cookie: c=1 Authorization: Basic dTpw" },
        { "query: []", "/a?q=1&key=k Cookie: c=1" },
        { "header: []", "/a?q=1 Cookie: c=1 X-Key: k" },
        { "cookie: [], bearer: []",
          "/a?q=1 Cookie: c=1; key=k Authorization: Bearer t" },
    };
    static const struct credentials own = { "t", "dTpw", "k" };
    static const struct guard nobody = { .token_count = 0 };
    static const struct asked_clock clock = { any_time, NULL };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct api *api = must_load(
            *state,
            arena_printf(*state,
                         HEAD "paths:\n  /a:\n    get:\n"
                              "      " DONE "\n"
                              "      security: [{%s}]\n"
                              "components:\n  securitySchemes:\n"
                              "    bearer: {type: http, scheme: bearer}\n"
                              "    basic: {type: http, scheme: basic}\n"
                              "    query: {type: apiKey, in: query, name: key}\n"
                              "    header: {type: apiKey, in: header, name: X-Key}\n"
                              "    cookie: {type: apiKey, in: cookie, name: key}\n",
                         rows[i].needs));
        const struct operation *op = &api->operations[0];
        struct denial denial;
        struct request r;
        const char *why;
        assert_true(request_write(op, NULL,
                                  must_json(*state, "{\"query\":{\"q\":\"1\"},"
                                                    "\"cookie\":{\"c\":\"1\"}}"),
                                  "", *state, &r, &why));
        assert_false(security_check(op, &r, &nobody, clock, *state, &denial));
        assert_true(credentials_write(&op->security[0], &own, *state, &r));
        assert_string_equal(shown(&r, *state), rows[i].request);
        assert_true(security_check(op, &r, &nobody, clock, *state, &denial));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_parameter_is_written_as_its_style_says),
        TEST(a_body_is_written_as_its_media_type),
        TEST(credentials_stand_where_security_asks_for_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

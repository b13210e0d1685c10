/* Runtime expressions, and the callbacks of a document that are made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/stage.h"
#include "../support/text.h"
#include "api/callback.h"
#include "api/runtime.h"
#include "base/limits.h"

/* ---- runtime expressions -----------------------------------------------------------
 */

static void an_expression_is_filled_in_by_the_call_and_its_answer(void **state)
{
    static const struct {
        const char *text, *url; /* NULL: it has no value */
    } rows[] = {
        { "http://h/x", "http://h/x" },
        { "$request.body#/url", "http://127.0.0.1:9/a?b=c d" },
        { "{$request.body#/url}", "http://127.0.0.1:9/a?b=c d" },
        { "$request.query.to", "http://q/" },
        { "http://{$request.header.host}/", "http://mock:1/" },
        { "$url", "http://mock:1/pets/7?to=http%3A%2F%2Fq%2F" },
        { "http://h/{$method}/{$statusCode}", "http://h/POST/201" },
        { "http://h/{$request.path.id}/{$response.body#/id}", "http://h/7/a%20b%25/c" },
        { "http://h/?a={$response.body#/id}&n={$response.body#/n}",
          "http://h/?a=a%20b%25%2Fc&n=12" },
        { "http://h?u={$request.body#/url}",
          "http://h?u=http%3A%2F%2F127.0.0.1%3A9%2Fa%3Fb%3Dc%20d" },
        { "{$response.header.location}?t={$response.body#/t}", "http://l?t=true" },
        { "$response.body", NULL },
        { "$response.body#/none", NULL },
        { "$response.header.none", NULL },
        { "http://h/{$request.query.none}", NULL },
    };
    struct request r = post_of("/pets/7", STR(""));
    r.query = STR("to=http%3A%2F%2Fq%2F");
    r.headers[1].value = STR("mock:1");
    struct response answered = { .status = 201 };
    response_header(&answered, "Location", STR("http://l"));
    struct exchange x = {
        .request = &r,
        .input =
            must_json(*state, "{\"path\":{\"id\":7},\"query\":{\"to\":\"http://q/\"},"
                              "\"body\":{\"url\":\"http://127.0.0.1:9/a?b=c d\"}}"),
        .response = &answered,
        .body = must_json(*state, "{\"id\":\"a b%/c\",\"n\":12,\"t\":true}"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = "";
        const struct runtime *e = runtime_read(rows[i].text, *state, &why);
        if (!e)
            fail_msg("%s: %s", rows[i].text, why);
        struct str url = runtime_url(e, &x, *state, &why);
        bool same = rows[i].url ? url.ptr && str_is(url, rows[i].url) : !url.ptr;
        if (!same)
            fail_msg("%s: %.*s", rows[i].text, (int)url.len,
                     url.ptr ? url.ptr : "no value");
    }
}

static void what_cannot_stand_in_a_url_gives_none(void **state)
{
    static char many[LIMIT_CALLBACK_URL + 2];
    memset(many, 'a', sizeof(many) - 1);
    const struct {
        const char *value;
        bool url;
    } rows[] = {
        { "a\r\nX: b", true }, /* percent-encoded */
        { "\xff\xfe", true },  /* the same */
        { many, false },
    };
    struct response none = { .status = 200 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request r = post_of("/", STR(""));
        struct exchange x = { .request = &r, .response = &none };
        const char *why = "";
        r.headers[1].value = str(rows[i].value);
        struct str url =
            runtime_url(runtime_read("http://h/{$request.header.Host}", *state, &why),
                        &x, *state, &why);
        if (!url.ptr == rows[i].url || (url.ptr && strpbrk(url.ptr, " \r\n\xff")))
            fail_msg("row %zu: %s", i, url.ptr ? url.ptr : why);
        url = runtime_url(runtime_read("$request.header.Host", *state, &why), &x,
                          *state, &why);
        if (url.ptr && !utf8_valid(url))
            fail_msg("row %zu is no text", i);
    }
}

static const struct api *load_callbacks(const char *callbacks, struct arena *arena,
                                        struct err *err)
{
    const char *text = arena_printf(
        arena,
        "openapi: 3.1.0\ninfo: {title: T, version: \"1\"}\npaths:\n  /a:\n"
        "    post:\n      requestBody: {content: {application/json: {schema: "
        "{properties: {url: {type: string}}}}}}\n"
        "      responses: {'200': {description: OK, content: {application/json: "
        "{schema: {properties: {id: {}}}}}}}\n"
        "      callbacks:\n%s",
        callbacks);
    return load_text(arena, text, err);
}

#define SENT "{post: {responses: {default: {description: D}}}}\n"

static void a_mistake_in_a_callback_is_told_at_load_with_its_place(void **state)
{
    static const struct {
        const char *callbacks;
        bool warning;
        const char *why;
    } rows[] = {
        { "        c:\n          '{$request.bdy#/url}': " SENT, false,
          "\"$request.bdy#/url\" is no runtime expression: expected $request.body, "
          ".query.NAME, .path.NAME or .header.NAME" },
        { "        c:\n          '$request.body#url': " SENT, false,
          "expected a JSON pointer" },
        { "        c:\n          '{$request.body#/url': " SENT, false,
          "a { has no } behind it" },
        { "        c:\n          '{url}/x': " SENT, false,
          "\"url\" is no runtime expression" },
        { "        c:\n          '$response.query.a': " SENT, false,
          "expected $response.body or .header.NAME" },
        { "        c:\n          '$request.header.': " SENT, false,
          "is no runtime expression" },
        { "        c:\n          'http://h/': 7\n", false,
          "expected a path item (an object), found a number" },
        { "        c: 7\n", false, "expected a callback (an object), found a number" },
        { "        - 7\n", false, "expected an object of callbacks" },
        { "        c: {$ref: '#/components/callbacks/none'}\n", false,
          "leads nowhere" },
        { "        c:\n          '$request.body#/ulr': " SENT, true,
          "the request describes no /body/ulr; did you mean \"url\"?" },
        { "        c:\n          '$response.body#/ids': " SENT, true,
          "the response describes no /ids; did you mean \"id\"?" },
        { "        c:\n          '$request.body#/url':\n            post:\n"
          "              parameters: [{name: q, in: query, schema: {}}]\n"
          "              responses: {default: {description: D}}\n",
          true, "this one is not" },
        { "        c:\n          '$request.body#/url':\n            post:\n"
          "              callbacks: {}\n"
          "              responses: {default: {description: D}}\n",
          true, "may call back, too" },
        { "        c:\n          '$request.body#/url':\n            post:\n"
          "              requestBody: {content: {application/json: {schema: {type: "
          "string}, example: 7}}}\n"
          "              responses: {default: {description: D}}\n",
          true, "the example does not fit its schema" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(*state);
        const struct api *api = load_callbacks(rows[i].callbacks, *state, &err);
        const struct problem *p = err.first;
        if (!p || p->next || p->warning != rows[i].warning ||
            !api != !rows[i].warning || !strstr(p->why, rows[i].why) || p->at.line < 8)
            fail_msg("row %zu: line %u: %s", i, p ? p->at.line : 0,
                     p ? p->why : "nothing is told");
    }
}

static void a_callback_that_is_right_is_told_nothing_about(void **state)
{
    struct err err = err_in(*state);
    const struct api *api = api_load("tests/data/hooks.yaml", NULL, *state, &err);
    assert_null(err.first);
    const struct operation *op = &api->operations[0];
    assert_int_equal(api->operation_count, 1);
    assert_int_equal(op->callback_count, 3);
    assert_string_equal(op->callbacks[2].name, "also");
    assert_string_equal(op->callbacks[2].operation.method, "DELETE");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(an_expression_is_filled_in_by_the_call_and_its_answer),
        TEST(what_cannot_stand_in_a_url_gives_none),
        TEST(a_mistake_in_a_callback_is_told_at_load_with_its_place),
        TEST(a_callback_that_is_right_is_told_nothing_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

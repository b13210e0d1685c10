/* The parts of answering that a call alone does not show: what is read from texts, and
 * what is told at load. tests/cases/answers and tests/cases/security have the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "../support/folder.h"
#include "../support/text.h"
#include "api/api.h"
#include "api/jwt.h"
#include "api/prefer.h"
#include "base/base64.h"

/* ---- base64 ---------------------------------------------------------------------- */

static void base64_is_read_strictly(void **state)
{
    static const struct {
        enum base64 form;
        const char *text, *bytes; /* NULL: refused */
    } rows[] = {
        { BASE64, "", "" },
        { BASE64, "YQ==", "a" },
        { BASE64, "YQ", "a" },
        { BASE64, "YWI=", "ab" },
        { BASE64, "YWJj", "abc" },
        { BASE64, "+/+/", "\xfb\xff\xbf" },
        { BASE64, "YQ=", NULL },
        { BASE64, "YWJj=", NULL },
        { BASE64, "====", NULL },
        { BASE64, "Y", NULL },
        { BASE64, "YR==", NULL },
        { BASE64, "Y Q=", NULL },
        { BASE64, "-_-_", NULL },
        { BASE64_URL, "-_-_", "\xfb\xff\xbf" },
        { BASE64_URL, "YQ", "a" },
        { BASE64_URL, "YQ==", NULL },
        { BASE64_URL, "YR", NULL },
        { BASE64_URL, "+/+/", NULL },
        { BASE64_URL, "YWJjZ", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str bytes = { NULL, 0 };
        bool read = base64_read(str(rows[i].text), rows[i].form, *state, &bytes);
        if (read != (rows[i].bytes != NULL) || (read && !str_is(bytes, rows[i].bytes)))
            fail_msg("row %zu: \"%s\"", i, rows[i].text);
    }
}

/* ---- tokens ---------------------------------------------------------------------- */

static void a_token_without_times_is_always_in_time(void **state)
{
    /* {"alg":"none"} . {"exp":1000.5,"nbf":10} */
    struct str token = STR("eyJhbGciOiJub25lIn0.eyJleHAiOjEwMDAuNSwibmJmIjoxMH0.");
    struct str timeless = STR("eyJhbGciOiJub25lIn0.e30.");
    struct jwt jwt;
    const char *why;
    assert_true(jwt_read(token, *state, &jwt, &why));
    assert_string_equal(jwt.algorithm, "none");
    assert_true(jwt_early(&jwt, 9999));
    assert_false(jwt_early(&jwt, 10000));
    assert_false(jwt_expired(&jwt, 1000499));
    assert_true(jwt_expired(&jwt, 1000500));
    assert_true(jwt_read(timeless, *state, &jwt, &why));
    assert_false(jwt_early(&jwt, INT64_MIN));
    assert_false(jwt_expired(&jwt, INT64_MAX));
}

/* ---- preferences ----------------------------------------------------------------- */

static void what_was_preferred_is_told_back_as_a_token_or_a_quoted_string(void **state)
{
    static const struct {
        const char *field, *query, *applied; /* NULL: nothing was preferred */
    } rows[] = {
        { "code=200", "", "code=404" },
        { "example=\"a b\"", "", "example=\"a b\"" },
        { "example=\"a\\\"b\\\\c\"", "", "example=\"a\\\"b\\\\c\"" },
        { "example=\"a,b;c\", dynamic", "", "example=\"a,b;c\", dynamic=true" },
        { "example=\"\xc3\xa4\"", "", "example=\"??\"" },
        { "seed=0", "", "dynamic=true, seed=0" },
        { "seed=5,dynamic=false", "", "seed=5" },
        { "seed=18446744073709551615", "", "dynamic=true, seed=18446744073709551615" },
        { "", "__code=1&__seed=2", "code=404, dynamic=true, seed=2" },
        { "", "a=1&__example=x%20y", "example=\"x y\"" },
        { "", "a__code=1", NULL },
        { "example=", "", NULL },
        { "dynamic=false", "", NULL },
        { "return=minimal; foo=\"code=404\"", "", NULL },
        { ",,;=", "", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request r = { .query = str(rows[i].query), .header_count = 1 };
        struct preference p;
        r.headers[0] = (struct header){ STR("prefer"), str(rows[i].field) };
        bool any = prefer_read(&r, *state, &p);
        struct str applied = any ? prefer_applied(&p, 404, *state) : STR("");
        if (any != (rows[i].applied != NULL) || p.wrong ||
            (any && !str_is(applied, rows[i].applied)))
            fail_msg("row %zu: %s, %s: %.*s", i, rows[i].field, rows[i].query,
                     (int)applied.len, applied.ptr);
    }
}

/* ---- what is told at load -------------------------------------------------------- */

static const struct problem *warning_about(const struct err *err, const char *text)
{
    for (const struct problem *p = err->first; p; p = p->next)
        if (p->warning && strstr(p->why, text))
            return p;
    return NULL;
}

static void a_link_out_of_the_folder_is_no_file_beside_the_document(void **state)
{
    struct arena *arena = *state;
    struct err err = err_in(arena);
    const char *folder = folder_make(arena);
    folder_put(folder, "inner.json", "{}", arena);
    const char *spec =
        folder_put(folder, "in/spec.yaml",
                   "openapi: 3.1.0\n"
                   "info: {title: A, version: '1'}\n"
                   "paths:\n"
                   "  /a:\n"
                   "    get:\n"
                   "      responses:\n"
                   "        '200':\n"
                   "          description: A\n"
                   "          content: {application/json: {examples: {a: "
                   "{externalValue: link.json}}}}\n",
                   arena);
    assert_int_equal(
        symlink("../inner.json", arena_printf(arena, "%s/in/link.json", folder)), 0);
    struct api *api = api_load(spec, NULL, arena, &err);
    bool told = warning_about(&err, "it is outside the document's folder");
    size_t count = api ? api->operations[0].replies[0].media[0].example_count : 9;
    folder_remove(folder);
    assert_true(told);
    assert_int_equal(count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(base64_is_read_strictly),
        TEST(a_token_without_times_is_always_in_time),
        TEST(what_was_preferred_is_told_back_as_a_token_or_a_quoted_string),
        TEST(a_link_out_of_the_folder_is_no_file_beside_the_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

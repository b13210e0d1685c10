/* Names, patches, shapes, and what a document is taken to mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "../support/text.h"
#include "base/limits.h"
#include "doc/patch.h"
#include "play/infer_parts.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new(LIMIT_SPEC_MEMORY);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static cJSON *tree_of(const char *text)
{
    struct json_error why;
    cJSON *tree = json_read(str(text), LIMIT_BODY_NODES, arena, &why);
    if (!tree)
        fail_msg("%s: %s", text, why.why);
    return tree;
}

static void plural_and_singular_name_the_same(void **state)
{
    static const char *const rows[][2] = {
        { "pets", "pet" },          { "categories", "Category" },
        { "boxes", "box" },         { "addresses", "address" },
        { "people", "person" },     { "children", "child" },
        { "statuses", "status" },   { "bus", "bus" },
        { "news", "new" },          { "rev-orgs", "revOrg" },
        { "dev_users", "DevUser" }, { "analysis", "analysis" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (!name_is_same(arena, str(rows[i][0]), str(rows[i][1])))
            fail_msg("%s and %s are told apart: %s, %s", rows[i][0], rows[i][1],
                     name_singular(arena, str(rows[i][0])),
                     name_singular(arena, str(rows[i][1])));
    assert_false(name_is_same(arena, STR("pets"), STR("pests")));
}

/* RFC 7396, appendix A. */
static void a_merge_patch_merges_as_the_standard_says(void **state)
{
    static const char *const rows[][3] = {
        { "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
        { "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
        { "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
        { "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
        { "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
        { "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
        { "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
          "{\"a\":{\"b\":\"d\"}}" },
        { "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
        { "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
        { "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
        { "{\"a\":\"foo\"}", "null", "null" },
        { "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
        { "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
        { "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *got = patch_merge(tree_of(rows[i][0]), tree_of(rows[i][1]), arena);
        if (!json_equal(got, tree_of(rows[i][2])))
            fail_msg("%s by %s gave %s", rows[i][0], rows[i][1],
                     json_text(got, arena).ptr);
    }
}

/* RFC 6902, appendix A, and its corners. */
static void a_json_patch_is_applied_as_the_standard_says(void **state)
{
    static const struct {
        const char *target, *patch, *want;
        enum patch_answer answer;
    } rows[] = {
        { "{\"foo\":\"bar\"}", "[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
          "{\"baz\":\"qux\",\"foo\":\"bar\"}", PATCH_DONE },
        { "{\"foo\":[\"bar\",\"baz\"]}",
          "[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
          "{\"foo\":[\"bar\",\"qux\",\"baz\"]}", PATCH_DONE },
        { "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
          "[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}",
          PATCH_DONE },
        { "{\"foo\":[1,2,3]}",
          "[{\"op\":\"replace\",\"path\":\"/foo/2\",\"value\":9},"
          "{\"op\":\"replace\",\"path\":\"/foo/0\",\"value\":7}]",
          "{\"foo\":[7,2,9]}", PATCH_DONE },
        { "{\"foo\":[1]}",
          "[{\"op\":\"replace\",\"path\":\"/foo/0\",\"value\":7},"
          "{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":8}]",
          "{\"foo\":[7,8]}", PATCH_DONE },
        { "{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}"
          "}",
          "[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
          "{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}"
          "}",
          PATCH_DONE },
        { "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
          "[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
          "{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}", PATCH_DONE },
        { "{\"baz\":\"qux\"}",
          "[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", NULL,
          PATCH_DIFFERENT },
        { "{\"foo\":\"bar\"}",
          "[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
          "{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}", PATCH_DONE },
        { "{\"foo\":\"bar\"}",
          "[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL,
          PATCH_NO_PLACE },
        { "{\"/\":9,\"~1\":10}", "[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]",
          "{\"/\":9,\"~1\":10}", PATCH_DONE },
        { "{\"foo\":1}", "[{\"op\":\"add\",\"path\":\"\",\"value\":{\"a\":2}}]",
          "{\"a\":2}", PATCH_DONE },
        { "{\"a\":{\"b\":1}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
          NULL, PATCH_MALFORMED },
        { "{\"foo\":[1]}", "[{\"op\":\"add\",\"path\":\"/foo/2\",\"value\":1}]", NULL,
          PATCH_NO_PLACE },
        { "{}", "[{\"op\":\"add\",\"path\":\"/a\"}]", NULL, PATCH_MALFORMED },
        { "{}", "{\"op\":\"add\"}", NULL, PATCH_MALFORMED },
        { "{}", "[7]", NULL, PATCH_MALFORMED },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *got = NULL;
        const char *why;
        const cJSON *target = tree_of(rows[i].target);
        enum patch_answer answer =
            patch_apply(target, tree_of(rows[i].patch), arena, &got, &why);
        if (answer != rows[i].answer || !json_equal(target, tree_of(rows[i].target)))
            fail_msg("%s by %s: %d (%s)", rows[i].target, rows[i].patch, (int)answer,
                     why ? why : "");
        if (rows[i].want && !json_equal(got, tree_of(rows[i].want)))
            fail_msg("%s by %s gave %s", rows[i].target, rows[i].patch,
                     json_text(got, arena).ptr);
    }
}

static void a_json_patch_has_bounds(void **state)
{
    static const char *const rows[] = {
        "{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"}", /* doubles */
        "{\"op\":\"test\",\"path\":\"/x\",\"value\":1}",   /* is one too many */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *patch = json_array(arena), *got;
        const char *why;
        for (int n = 0; n <= LIMIT_PATCH_OPERATIONS - (i == 0); n++)
            json_push(patch, tree_of(rows[i]));
        if (patch_apply(tree_of("{\"x\":1}"), patch, arena, &got, &why) !=
            PATCH_TOO_LARGE)
            fail_msg("%s: %s", rows[i], why);
    }
}

/* ---- documents ---- */

static struct inference *inference_of(const char *paths, struct err *err)
{
    static const struct record_behaviour nothing;
    const char *text = arena_printf(
        arena,
        "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},"
        "\"paths\":%s}",
        paths);
    const struct api *api = load_text(arena, text, err);
    return api ? infer(api, &nothing, arena, err) : NULL;
}

#define THING                                                                        \
    "{\"content\":{\"application/"                                                   \
    "json\":{\"schema\":{\"type\":\"object\",\"properties\":"                        \
    "{\"id\":{\"type\":\"string\"},\"a\":{\"type\":\"string\"}}}}},\"description\":" \
    "\"d\"}"
#define MAKES                                                \
    "\"post\":{\"requestBody\":{\"content\":{\"application/" \
    "json\":{\"schema\":{\"type\":\"object\"}}}},"           \
    "\"responses\":{\"201\":" THING "}}"
#define ID                                                                            \
    "\"parameters\":[{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{" \
    "\"type\":\"string\"}}]"
#define READS "\"get\":{\"responses\":{\"200\":" THING "}}"

static void what_cannot_be_inferred_says_why(void **state)
{
    static const struct {
        const char *paths, *why;
    } rows[] = {
        { "{\"/a\":{" MAKES "},\"/a/{id}\":{" ID "," READS "}}", NULL },
        { "{\"/a/{id}\":{" ID "," READS "}}", "no operation makes" },
        { "{\"/a\":{" MAKES "}}", "nothing reads" },
        { "{\"/a\":{\"delete\":{\"responses\":{\"204\":{\"description\":\"d\"}}}}}",
          "no usual meaning" },
        { "{\"/a\":{\"post\":{\"responses\":{\"400\":{\"description\":\"d\"}}}}}",
          "nothing reads" },
        { "{\"/a.polish\":{" MAKES "}}", "its name is none" },
        { "{\"/a\":{\"post\":{\"responses\":{\"201\":{\"description\":\"d\"}}}},\"/a/"
          "{id}\":{" ID
          ",\"delete\":{\"responses\":{\"204\":{\"description\":\"d\"}}}}}",
          "no answer says what an instance looks like" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(arena);
        const struct inference *in = inference_of(rows[i].paths, &err);
        if (!in)
            fail_msg("%s: %s", rows[i].paths, err.first->why);
        if (!rows[i].why && (in->why[0] || !in->does[0]))
            fail_msg("%s: not inferred: %s", rows[i].paths, in->why[0]);
        if (rows[i].why && (!in->why[0] || !strstr(in->why[0], rows[i].why)))
            fail_msg("%s: %s, wanted %s", rows[i].paths, in->why[0], rows[i].why);
    }
}

static void a_link_that_leads_nowhere_is_told_with_its_place(void **state)
{
    static const struct {
        const char *link, *why; /* NULL: nothing is told */
    } rows[] = {
        { "{\"operationId\":\"getA\",\"parameters\":{\"id\":\"$response.body#/a\"}}",
          NULL },
        { "{\"operationId\":\"getA\",\"parameters\":{\"path.id\":\"$response.body#/"
          "a\"}}",
          NULL },
        { "{\"operationRef\":\"#/paths/~1a~1%7Bid%7D/get\"}", NULL },
        { "{\"operationId\":\"getB\"}", "there is no \"getB\"" },
        { "{\"operationId\":\"getA\",\"parameters\":{\"ib\":\"$response.body#/a\"}}",
          "no parameter \"ib\"" },
        { "{\"operationRef\":\"#/paths/~1nothing/get\"}", "leads to no operation" },
        { "{}", "neither" },
        { "{\"operationId\":\"getA\",\"parameters\":{\"id\":\"$respose.body#/a\"}}",
          "no runtime expression" },
        { "{\"operationId\":\"getA\",\"parameters\":{\"id\":\"$response.body#/ab\"}}",
          "describes no /ab" },
        { "{\"operationId\":\"getA\",\"parameters\":{\"id\":\"costs $5\"}}", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(arena);
        const struct inference *in = inference_of(
            arena_printf(
                arena,
                "{\"/a\":{\"post\":{\"responses\":{\"201\":{\"description\":\"d\","
                "\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\","
                "\"properties\":{\"id\":{\"type\":\"string\"},\"a\":{\"type\":"
                "\"string\"}}}}},"
                "\"links\":{\"l\":%s}}}}},\"/a/{id}\":{" ID
                ",\"get\":{\"operationId\":\"getA\",\"responses\":{\"200\":" THING
                "}}}}",
                rows[i].link),
            &err);
        assert_non_null(in);
        if (!rows[i].why && (err.warnings || err.errors))
            fail_msg("%s: told %s", rows[i].link, err.first->why);
        if (rows[i].why && (!err.warnings || !strstr(err.first->why, rows[i].why) ||
                            !strstr(err.first->at.pointer, "/links/l")))
            fail_msg("%s: told %s", rows[i].link,
                     err.first ? err.first->why : "nothing");
        bool names_it = i < 2;
        assert_string_equal(in->collections[0].key, names_it ? "/a" : "/id");
    }
}

/* Whatever a document says, inferring ends, and what is inferred can be read. */
static void schemas_that_lead_to_themselves_end(void **state)
{
    static const char *const schemas[] = {
        "{\"$ref\":\"#/paths/~1a/post/responses/201/content/application~1json/"
        "schema\"}",
        "{\"allOf\":[{\"$ref\":\"#/paths/~1a/post/responses/201/content/"
        "application~1json/schema\"}]}",
        "{\"type\":\"array\",\"items\":{\"$ref\":\"#/paths/~1a/post/responses/201/"
        "content/"
        "application~1json/schema\"}}",
        "{\"properties\":{\"data\":{\"$ref\":\"#/paths/~1a/post/responses/201/content/"
        "application~1json/schema\"}}}",
        "true",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(schemas); i++) {
        struct err err = err_in(arena);
        inference_of(
            arena_printf(arena,
                         "{\"/"
                         "a\":{\"get\":{\"responses\":{\"200\":{\"description\":\"d\","
                         "\"content\":"
                         "{\"application/"
                         "json\":{\"schema\":%s}}}}},\"post\":{\"responses\":{\"201\":"
                         "{\"description\":\"d\",\"content\":{\"application/"
                         "json\":{\"schema\":%s}}}}}}}",
                         schemas[i], schemas[i]),
            &err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plural_and_singular_name_the_same),
        cmocka_unit_test(a_merge_patch_merges_as_the_standard_says),
        cmocka_unit_test(a_json_patch_is_applied_as_the_standard_says),
        cmocka_unit_test(a_json_patch_has_bounds),
        cmocka_unit_test(what_cannot_be_inferred_says_why),
        cmocka_unit_test(a_link_that_leads_nowhere_is_told_with_its_place),
        cmocka_unit_test(schemas_that_lead_to_themselves_end),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

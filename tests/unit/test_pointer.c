/* Places in a tree: pointers, patterns of them, and patches, which name places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/cost.h"
#include "../support/text.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "doc/patch.h"
#include "doc/pointer.h"
#include "doc/way.h"

/* ---- pointers ---------------------------------------------------------------- */

static void a_pointer_leads_to_its_place_or_nowhere(void **state)
{
    static const struct {
        const char *pointer, *value;
    } rows[] = {
        { "/a/0", "1" },
        { "/a/2/b", "3" },
        { "/~1x~0y", "4" },
        { "/", "5" },
        { "/a/3", NULL },
        { "/a/00", NULL },
        { "/a/-", NULL },
        { "/a/-1", NULL },
        { "/a/+1", NULL },
        { "a", NULL },
        { "/b", NULL },
        { "/a/0/x", NULL },
        { "/~2", NULL },
        { "/t~", NULL },
        { "/t~0", "6" },
        { "/a/", NULL },
        { "/a/99999999999999999999", NULL },
        { "/a/*", NULL },
        { "/*", "8" },
        { "/*/b", NULL },
    };
    const cJSON *tree = must_json(*state, "{\"a\":[1,2,{\"b\":3}],\"/x~y\":4,\"\":5,"
                                          "\"t~\":6,\"~2\":7,\"*\":8}");
    const struct way whole = way_read("", *state);
    assert_ptr_equal(pointer_get(tree, ""), tree);
    assert_null(pointer_get(NULL, ""));
    assert_ptr_equal(way_get(tree, &whole), tree);
    assert_null(way_get(NULL, &whole));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *n = pointer_get(tree, rows[i].pointer);
        const char *got = text_of(n, *state);
        if (strcmp(got, rows[i].value ? rows[i].value : "nothing") != 0)
            fail_msg("%s leads to %s", rows[i].pointer, got);
        const struct way way = way_read(rows[i].pointer, *state);
        if (way_get(tree, &way) != n)
            fail_msg("%s leads elsewhere step by step", rows[i].pointer);
    }
}

/* What a pattern led to, one behind the other. */
struct seen {
    struct arena *arena;
    const char *text, *until;
};

static bool see(cJSON *node, void *context)
{
    struct seen *s = context;
    const char *text = text_of(node, s->arena);
    s->text = arena_printf(s->arena, "%s%s ", s->text, text);
    return strcmp(text, s->until) == 0;
}

static void a_pattern_leads_to_each_of_its_places(void **state)
{
    static const struct {
        const char *pattern, *until, *seen;
    } rows[] = {
        { "/a/*/b", "", "1 3 " },
        { "/a/*/b", "1", "1 " },
        { "/a/*", "", "{\"b\":1} {\"c\":2} {\"b\":3} [4,5] " },
        { "/a/*/*", "", "4 5 " },
        { "/a/3/*", "", "4 5 " },
        { "/*/d", "", "6 " },
        { "/a/*/b/x", "", "" },
        { "", "", "{\"a\":[{\"b\":1},{\"c\":2},{\"b\":3},[4,5]],\"*\":{\"d\":6}} " },
        { "a/*", "", "" },
        { "/~2", "", "" },
    };
    const cJSON *tree = must_json(
        *state, "{\"a\":[{\"b\":1},{\"c\":2},{\"b\":3},[4,5]],\"*\":{\"d\":6}}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const bool ends = *rows[i].until;
        const struct way way = way_read(rows[i].pattern, *state);
        struct seen seen = { *state, "", rows[i].until }, stepped = seen;
        if (pointer_each(tree, rows[i].pattern, see, &seen) != ends ||
            strcmp(seen.text, rows[i].seen) != 0)
            fail_msg("%s leads to %s", rows[i].pattern, seen.text);
        if (way_each(tree, &way, see, &stepped) != ends ||
            strcmp(stepped.text, rows[i].seen) != 0)
            fail_msg("%s leads to %s step by step", rows[i].pattern, stepped.text);
    }
}

static void pointer_set_makes_the_way_and_stops_at_what_blocks_it(void **state)
{
    static const struct {
        const char *tree, *pointer, *after;
    } rows[] = {
        { "{}", "/a", "{\"a\":9}" },
        { "{\"a\":1}", "/a", "{\"a\":9}" },
        { "{}", "/a/b~1c/d", "{\"a\":{\"b/c\":{\"d\":9}}}" },
        { "{\"a\":[1]}", "/a/-", "{\"a\":[1,9]}" },
        { "{\"a\":[{}]}", "/a/0/b", "{\"a\":[{\"b\":9}]}" },
        { "{\"a\":[]}", "/a/0/b", NULL },
        { "{\"a\":[]}", "/a/-/b", NULL },
        { "{\"a\":1}", "/a/b", NULL },
        { "{}", "", NULL },
        { "{}", "a", NULL },
        { "{}", "/~", NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *tree = must_json(*state, rows[i].tree);
        bool ok = pointer_set(*state, tree, rows[i].pointer, json_integer(*state, 9));
        if (ok != (rows[i].after != NULL) ||
            (ok && strcmp(text_of(tree, *state), rows[i].after) != 0))
            fail_msg("%s at %s: %s", rows[i].tree, rows[i].pointer,
                     text_of(tree, *state));
    }
}

static void pointer_remove_takes_only_what_is_there(void **state)
{
    cJSON *tree = must_json(*state, "{\"a\":[1,2,3],\"b\":{\"c\":1}}");
    static const char *const gone[] = { "/a/1", "/b/c", "/a/9", "/x/y", "", "/a/0" };
    for (size_t i = 0; i < COUNT(gone); i++)
        pointer_remove(tree, gone[i]);
    assert_string_equal(text_of(tree, *state), "{\"a\":[3],\"b\":{}}");
}

static void a_pointer_is_taken_apart_and_joined(void **state)
{
    const char *rest = "/a~1b//~01";
    assert_string_equal(pointer_token(&rest, *state), "a/b");
    assert_string_equal(pointer_token(&rest, *state), "");
    assert_string_equal(pointer_token(&rest, *state), "~1");
    assert_null(pointer_token(&rest, *state));
    assert_string_equal(pointer_join(*state, "/p", "~/x"), "/p/~0~1x");
    assert_string_equal(pointer_of_fragment(*state, "#/a%20b/%7e1"), "/a b/~1");
    assert_string_equal(pointer_of_fragment(*state, "#/100%"), "/100%");
    assert_string_equal(pointer_of_fragment(*state, "#"), "");
    assert_null(pointer_of_fragment(*state, "a.yaml#/b"));
    assert_true(pointer_valid(""));
    assert_true(pointer_valid("/~0~1/"));
    assert_false(pointer_valid("a"));
    assert_false(pointer_valid("/~2"));
    assert_false(pointer_valid("/a~"));
}

/* ---- patches ------------------------------------------------------------------ */

static void a_merge_says_the_same_for_few_members_and_for_many(void **state)
{
    enum { FEW = 3, MANY = 500 };
    for (size_t n = FEW; n <= MANY; n += MANY - FEW) {
        struct buffer old = buffer_in(*state, LIMIT_FILE_BYTES),
                      patch = buffer_in(*state, LIMIT_FILE_BYTES),
                      want = buffer_in(*state, LIMIT_FILE_BYTES);
        for (size_t i = 0; i < n; i++) {
            static const char *const patches[] = { "null", "{\"b\":2,\"a\":null}",
                                                   "7" };
            static const char *const becomes[] = { "", "{\"b\":2}", "7" };
            buffer_printf(&old, "%c\"m%zu\":{\"a\":1}", i ? ',' : '{', i);
            buffer_printf(&patch, "%c\"m%zu\":%s", i ? ',' : '{', i, patches[i % 3]);
            if (i % 3)
                buffer_printf(&want, "%c\"m%zu\":%s", i == 1 ? '{' : ',', i,
                              becomes[i % 3]);
        }
        buffer_add_text(&old, "}");
        buffer_add_text(&patch, ",\"new\":1,\"none\":null}");
        buffer_add_text(&want, ",\"new\":1}");
        const cJSON *after =
            patch_merge(must_json(*state, buffer_str(&old).ptr),
                        must_json(*state, buffer_str(&patch).ptr), *state);
        assert_string_equal(text_of(after, *state), buffer_str(&want).ptr);
        assert_non_null(json_member(after, "m2"));
        assert_null(json_member(after, "m0"));
    }
}

static void a_merge_of_many_members_takes_no_square_of_them(void **state)
{
    struct buffer b = buffer_in(*state, LIMIT_FILE_BYTES);
    for (size_t i = 0; i < 60000; i++)
        buffer_printf(&b, "%c\"m%zu\":1", i ? ',' : '{', i);
    buffer_add_text(&b, "}");
    const cJSON *tree = must_json(*state, buffer_str(&b).ptr);
    double start = thread_seconds();
    assert_true(json_equal(patch_merge(tree, tree, *state), tree));
    assert_true(thread_seconds() - start < 2);
}

static const char *after_add(struct arena *a, const char *path)
{
    const char *why;
    cJSON *result;
    const char *patch =
        arena_printf(a, "[{\"op\":\"add\",\"path\":\"%s\",\"value\":0}]", path);
    return patch_apply(must_json(a, "[1,2]"), must_json(a, patch), a, &result, &why) ==
                   PATCH_DONE
               ? text_of(result, a)
               : why;
}

static void a_patch_puts_an_item_where_it_says(void **state)
{
    static const struct {
        const char *path, *after;
    } cases[] = {
        { "/0", "[0,1,2]" },
        { "/1", "[1,0,2]" },
        { "/2", "[1,2,0]" },
        { "/-", "[1,2,0]" },
        { "/3", "/body/0/path: there is no place \"/3\"" },
        { "/x", "/body/0/path: there is no place \"/x\"" },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(after_add(*state, cases[i].path), cases[i].after);
}

static void a_patch_that_cannot_be_done_says_why(void **state)
{
    static const struct {
        const char *operation, *why;
    } rows[] = {
        { "7", "/body/0: expected an object with op and path, found 7" },
        { "{}", "/body/0/op: expected add, remove, replace, move, copy or test, found "
                "nothing" },
        { "{\"op\":\"frob\",\"path\":\"/a\"}",
          "/body/0/op: expected add, remove, replace, move, copy or test, found "
          "\"frob\"" },
        { "{\"op\":\"add\",\"path\":\"a\",\"value\":1}",
          "/body/0/path: expected a JSON Pointer such as /name, found \"a\"" },
        { "{\"op\":\"add\",\"path\":\"/a\"}",
          "/body/0/value: expected a value, found nothing" },
        { "{\"op\":\"test\",\"path\":\"/a\",\"value\":2}",
          "/body/0: the test expected 2, found 1" },
        { "{\"op\":\"test\",\"path\":\"/c\",\"value\":2}",
          "/body/0/path: there is no place \"/c\"" },
        { "{\"op\":\"remove\",\"path\":\"/b/-\"}",
          "/body/0/path: there is no place \"/b/-\"" },
        { "{\"op\":\"replace\",\"path\":\"/b/2\",\"value\":2}",
          "/body/0/path: there is no place \"/b/2\"" },
        { "{\"op\":\"copy\",\"from\":\"/c\",\"path\":\"/d\"}",
          "/body/0/from: there is no place \"/c\"" },
        { "{\"op\":\"move\",\"path\":\"/d\"}",
          "/body/0/from: expected a JSON Pointer such as /name, found nothing" },
        { "{\"op\":\"move\",\"from\":\"/b\",\"path\":\"/b/0\"}",
          "/body/0/path: expected a place outside of the one that is moved, found "
          "\"/b/0\"" },
    };
    const cJSON *target = must_json(*state, "{\"a\":1,\"b\":[1,2]}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why;
        cJSON *result;
        const cJSON *patch =
            must_json(*state, arena_printf(*state, "[%s]", rows[i].operation));
        if (patch_apply(target, patch, *state, &result, &why) == PATCH_DONE)
            fail_msg("%s was done", rows[i].operation);
        assert_string_equal(why, rows[i].why);
    }
}

/* A thousand operations at the front of many items. */
static void items_are_put_in_without_moving_all_others(void **state)
{
    struct buffer items = buffer_in(*state, LIMIT_FILE_BYTES),
                  patch = buffer_in(*state, LIMIT_FILE_BYTES);
    const char *why;
    cJSON *result;
    for (size_t i = 0; i < 300000; i++)
        buffer_add_text(&items, i ? ",1" : "[1");
    for (size_t i = 0; i < LIMIT_PATCH_OPERATIONS; i++)
        buffer_printf(&patch, "%c{\"op\":\"add\",\"path\":\"/0\",\"value\":%zu}",
                      i ? ',' : '[', i);
    buffer_add_text(&items, "]");
    buffer_add_text(&patch, "]");
    const cJSON *tree = must_json(*state, buffer_str(&items).ptr);
    const cJSON *operations = must_json(*state, buffer_str(&patch).ptr);
    double start = thread_seconds();
    assert_int_equal(patch_apply(tree, operations, *state, &result, &why), PATCH_DONE);
    assert_true(thread_seconds() - start < 2);
    assert_int_equal(json_count(result), 301000);
    assert_int_equal((int)result->child->valuedouble, LIMIT_PATCH_OPERATIONS - 1);
    assert_ptr_equal(result->child->next->prev, result->child);
}

/* The namespace waits meanwhile. */
static void a_patch_that_walks_to_far_places_again_and_again_is_refused(void **state)
{
    static const char *const far[] = {
        "{\"op\":\"test\",\"path\":\"/399999\",\"value\":1}",
        "{\"op\":\"add\",\"path\":\"/399999\",\"value\":1}",
        "{\"op\":\"replace\",\"path\":\"/399999\",\"value\":1}",
        "{\"op\":\"copy\",\"from\":\"/399999\",\"path\":\"/-\"}",
        "{\"op\":\"move\",\"from\":\"/399999\",\"path\":\"/0\"}",
    };
    struct buffer items = buffer_in(*state, LIMIT_FILE_BYTES);
    for (size_t i = 0; i < 400000; i++)
        buffer_add_text(&items, i ? ",1" : "[1");
    buffer_add_text(&items, "]");
    const cJSON *tree = must_json(*state, buffer_str(&items).ptr);
    for (size_t f = 0; f <= COUNT(far); f++) {
        const char *one =
            f < COUNT(far) ? far[f] : "{\"op\":\"add\",\"path\":\"/-\",\"value\":1}";
        struct buffer patch = buffer_in(*state, LIMIT_FILE_BYTES);
        const char *why = NULL;
        cJSON *result;
        for (size_t i = 0; i < LIMIT_PATCH_OPERATIONS; i++)
            buffer_printf(&patch, "%c%s", i ? ',' : '[', one);
        buffer_add_text(&patch, "]");
        const cJSON *operations = must_json(*state, buffer_str(&patch).ptr);
        double start = thread_seconds();
        enum patch_answer answer = patch_apply(tree, operations, *state, &result, &why);
        if (thread_seconds() - start > 2)
            fail_msg("%s: %g s", one, thread_seconds() - start);
        assert_int_equal(answer, f < COUNT(far) ? PATCH_TOO_LARGE : PATCH_DONE);
        if (why)
            assert_non_null(strstr(why, "pass more than 10000000 items and members"));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(a_pointer_leads_to_its_place_or_nowhere),
        TEST(a_pattern_leads_to_each_of_its_places),
        TEST(pointer_set_makes_the_way_and_stops_at_what_blocks_it),
        TEST(pointer_remove_takes_only_what_is_there),
        TEST(a_pointer_is_taken_apart_and_joined),
        TEST(a_merge_says_the_same_for_few_members_and_for_many),
        TEST(a_merge_of_many_members_takes_no_square_of_them),
        TEST(a_patch_puts_an_item_where_it_says),
        TEST(a_patch_that_cannot_be_done_says_why),
        TEST(items_are_put_in_without_moving_all_others),
        TEST(a_patch_that_walks_to_far_places_again_and_again_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

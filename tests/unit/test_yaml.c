/* YAML and documents: what is read, what is refused, and where in a text things stand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "../support/cost.h"
#include "../support/folder.h"
#include "../support/text.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/yaml.h"

/* ---- YAML -------------------------------------------------------------------- */

static void plain_scalars_resolve_by_the_core_schema(void **state)
{
    static const struct {
        const char *yaml, *json;
    } rows[] = {
        { "null", "null" },
        { "Null", "null" },
        { "~", "null" },
        { "nULL", "\"nULL\"" },
        { "true", "true" },
        { "FALSE", "false" },
        { "tRue", "\"tRue\"" },
        { "no", "\"no\"" },
        { "on", "\"on\"" },
        { "Yes", "\"Yes\"" },
        { "y", "\"y\"" },
        { "1:30", "\"1:30\"" },
        { "12", "12" },
        { "+12", "12" },
        { "-12", "-12" },
        { "007", "7" },
        { "-007", "-7" },
        { "000", "0" },
        { "-0", "-0" },
        { "+0", "0" },
        { "0o17", "15" },
        { "0o18", "\"0o18\"" },
        { "0x1F", "31" },
        { "0xff", "255" },
        { "0XFF", "\"0XFF\"" },
        { "-0x1", "\"-0x1\"" },
        { "0x", "\"0x\"" },
        { "0b1", "\"0b1\"" },
        { "1_000", "\"1_000\"" },
        { ".5", "0.5" },
        { "-.5", "-0.5" },
        { "+.5e1", "0.5e1" },
        { "12.", "12" },
        { "12.e3", "12e3" },
        { "012.50", "12.50" },
        { "3.10", "3.10" },
        { "1.0", "1.0" },
        { "1e400", "1e400" },
        { "1E+2", "1E+2" },
        { ".", "\".\"" },
        { "+", "\"+\"" },
        { "-.e1", "\"-.e1\"" },
        { "1e", "\"1e\"" },
        { "e1", "\"e1\"" },
        { "1.2.3", "\"1.2.3\"" },
        { "9007199254740993", "9007199254740993" },
        { "0xffffffffffffffff", "18446744073709551615" },
        { "0x10000000000000000000000000", "1267650600228229401496703205376" },
        { "0o0", "0" },
        { "2026-01-01", "\"2026-01-01\"" },
        { "2026-01-01T00:00:00Z", "\"2026-01-01T00:00:00Z\"" },
        { "=", "\"=\"" },
        { "inf", "\"inf\"" },
        { "NaN", "\"NaN\"" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_error why = { 0 };
        const cJSON *n = yaml_read(str(rows[i].yaml), *state, &why);
        const char *got = n ? text_of(n, *state) : why.why;
        if (strcmp(got, rows[i].json) != 0)
            fail_msg("%s became %s", rows[i].yaml, got);
    }
}

static void yaml_reads_as_the_tree_that_json_gives(void **state)
{
    static const struct {
        struct str yaml;
        const char *json;
    } rows[] = {
        { STR("a: 1\nb:\n- x\n- y: z\n"), "{\"a\":1,\"b\":[\"x\",{\"y\":\"z\"}]}" },
        { STR("---\na: 1\n...\n"), "{\"a\":1}" },
        { STR("%YAML 1.2\n---\na: 1\n"), "{\"a\":1}" },
        { STR("\xef\xbb\xbf"
              "a: 1"),
          "{\"a\":1}" },
        { STR("a: 1\r\nb: 2\r\n"), "{\"a\":1,\"b\":2}" },
        { STR("200: ok\ntrue: t\n~: n\n1.0: f\n"),
          "{\"200\":\"ok\",\"true\":\"t\",\"~\":\"n\",\"1.0\":\"f\"}" },
        { STR("a:\nb: ''\n"), "{\"a\":null,\"b\":\"\"}" },
        { STR("a: '12'\nb: \"true\"\nc: |\n  7\n"),
          "{\"a\":\"12\",\"b\":\"true\",\"c\":\"7\\n\"}" },
        { STR("a: >-\n  x\n  y\n"), "{\"a\":\"x y\"}" },
        { STR("\"a\\0b\": \"\\0\""), "{\"a\\u0000b\":\"\\u0000\"}" },
        { STR("{a: [1, ~], b: {}}"), "{\"a\":[1,null],\"b\":{}}" },
        { STR("- !!str 12\n- !!int \"12\"\n- !!float 3\n- !!null ''\n- !!bool "
              "'true'\n"),
          "[\"12\",12,3,null,true]" },
        { STR("a: !!seq [1]\nb: !!map {c: 1}\n"), "{\"a\":[1],\"b\":{\"c\":1}}" },
        { STR("a: &x {b: [1]}\nc: *x\nd: *x\n"),
          "{\"a\":{\"b\":[1]},\"c\":{\"b\":[1]},\"d\":{\"b\":[1]}}" },
        { STR("- &a 1\n- &b [*a, *a]\n- &a 2\n- [*a, *b]\n"), "[1,[1,1],2,[2,[1,1]]]" },
        { STR("&k a: 1\nb: *k\n*k : 2\n"), NULL },
        { STR("- &k 0x1F\n- *k : 2\n"), "[31,{\"0x1F\":2}]" },
        { STR("? a\n: 1\n? b\n"), "{\"a\":1,\"b\":null}" },
        { STR("'<<': 1\n"), "{\"<<\":1}" },
        { STR("a: <<\n"), "{\"a\":\"<<\"}" },
        { STR("# only\nx # c\n"), "\"x\"" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_error why = { 0 };
        const cJSON *n = yaml_read(rows[i].yaml, *state, &why);
        const char *got = n ? text_of(n, *state) : NULL;
        if (!got != !rows[i].json || (got && strcmp(got, rows[i].json) != 0))
            fail_msg("%s became %s", rows[i].yaml.ptr, got ? got : why.why);
    }
}

static void a_mistake_in_yaml_is_told_with_its_place(void **state)
{
    static const struct {
        struct str yaml;
        unsigned line, col;
        const char *why;
    } rows[] = {
        { STR(""), 1, 1, "the file is empty" },
        { STR("# nothing\n"), 2, 1, "the file is empty" },
        { STR("---\n"), 2, 1, "the file is empty" },
        { STR("a: 1\n---\nb: 2\n"), 2, 1, "a second document" },
        { STR("a: 1\nb: 2\na: 3\n"), 3, 1, "the key \"a\" stands twice" },
        { STR("a:\n  200: 1\n  '200': 2\n"), 3, 3, "the key \"200\" stands twice" },
        { STR("a: &x {}\nb:\n  <<: *x\n"), 3, 3, "the merge key << is YAML 1.1" },
        { STR("a: .inf\n"), 1, 4, "JSON has no number .inf" },
        { STR("a: -.INF\n"), 1, 4, "JSON has no number -.INF" },
        { STR("a: .NaN\n"), 1, 4, "JSON has no number .NaN" },
        { STR("a: !!float .nan\n"), 1, 4, "JSON has no number .nan" },
        { STR("a: !!int x\n"), 1, 4, "the tag !!int does not fit" },
        { STR("a: !!int 1.0\n"), 1, 4, "the tag !!int does not fit" },
        { STR("a: !!seq {}\n"), 1, 4, "the tag !!seq does not fit" },
        { STR("a: !!binary aGk=\n"), 1, 4, "the tag !!binary is not known" },
        { STR("a: !mine x\n"), 1, 4, "the tag !mine is not known" },
        { STR("a: *x\n"), 1, 4, "no &x stands before *x" },
        { STR("a: &x [1, *x]\n"), 1, 11, "*x stands inside the value it names" },
        { STR("a: &x {b: 1}\n*x : 1\n"), 2, 1, "a key is a text or a number" },
        { STR("[a]: 1\n"), 1, 1, "a key is a text or a number" },
        { STR("? {a: 1}\n: 2\n"), 1, 3, "a key is a text or a number" },
        { STR("a: 1\n\tb: 2\n"), 2, 1, "spaces, not with tabs" },
        { STR("a: b: c\n"), 1, 5, "mapping values are not allowed" },
        { STR("a: 1\n b: 2\n"), 2, 3, "mapping values" },
        { STR("a: \"x\n"), 2, 1, "unexpected end of stream" },
        { STR("a: [1\nb: 2\n"), 2, 2, "while parsing a flow sequence" },
        { STR("a: 1\nb: \xc3\xa9\xff\n"), 2, 5, "not valid UTF-8" },
        { STR("a: \xc0\x80\n"), 1, 4, "not valid UTF-8" },
        { STR("a: 1\nb: x\0y\n"), 2, 5, "U+0000" },
        { STR("a: \x01\n"), 1, 4, "U+0001" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_error why = { 0 };
        if (yaml_read(rows[i].yaml, *state, &why))
            fail_msg("%s was read", rows[i].yaml.ptr);
        if (why.line != rows[i].line || why.col != rows[i].col ||
            !strstr(why.why, rows[i].why))
            fail_msg("%s: %u:%u: %s", rows[i].yaml.ptr, why.line, why.col, why.why);
    }
}

static void the_offset_of_a_yaml_mistake_is_in_bytes(void **state)
{
    struct json_error why = { 0 };
    assert_null(yaml_read(STR("\xef\xbb\xbf\xc3\xa9: 1\n\xc3\xa9: 2\n"), *state, &why));
    assert_int_equal(why.offset, 3 + 6);
    assert_int_equal(why.line, 2);
    assert_int_equal(why.col, 1);
}

static void a_key_twice_is_found_among_many(void **state)
{
    struct buffer b = buffer_in(*state, LIMIT_FILE_BYTES);
    struct json_error why = { 0 };
    double start = thread_seconds();
    for (int i = 0; i < 100000; i++)
        buffer_printf(&b, "k%d: %d\n", i, i);
    assert_non_null(yaml_read(buffer_str(&b), *state, &why));
    buffer_add_text(&b, "k17: 0\n");
    assert_null(yaml_read(buffer_str(&b), *state, &why));
    assert_string_equal(why.why, "the key \"k17\" stands twice");
    assert_int_equal(why.line, 100001);
    assert_true(thread_seconds() - start < 10);
}

static void an_alias_bomb_is_refused_quickly(void **state)
{
    struct buffer b = buffer_in(*state, 4096);
    struct json_error why = { 0 };
    double start = thread_seconds();
    buffer_add_text(&b, "a0: &a0 [lol]\n");
    for (int i = 1; i < 20; i++) {
        buffer_printf(&b, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            buffer_printf(&b, "*a%d,", i - 1);
        buffer_add_text(&b, "]\n");
    }
    size_t before = arena_used(*state);
    assert_null(yaml_read(buffer_str(&b), *state, &why));
    assert_non_null(strstr(why.why, "with its aliases filled in"));
    assert_true(arena_used(*state) - before < 1024 * 1024);
    assert_true(thread_seconds() - start < 1);
}

static void yaml_depth_is_bounded_through_aliases_too(void **state)
{
    struct json_error why = { 0 };
    assert_non_null(yaml_read(nested(*state, "[", "]", LIMIT_DEPTH), *state, &why));
    assert_null(yaml_read(nested(*state, "[", "]", LIMIT_DEPTH + 1), *state, &why));
    assert_string_equal(why.why, "the text is nested too deeply");
    assert_null(yaml_read(repeated(*state, "", "- ", 100000, ""), *state, &why));
    assert_null(yaml_read(nested(*state, "{a: ", "}", 100000), *state, &why));

    for (int levels = LIMIT_DEPTH - 1; levels <= LIMIT_DEPTH; levels++) {
        struct buffer b = buffer_in(*state, LIMIT_FILE_BYTES);
        buffer_add_text(&b, "- &a1 []\n");
        for (int i = 2; i <= levels; i++)
            buffer_printf(&b, "- &a%d [*a%d]\n", i, i - 1);
        bool read = yaml_read(buffer_str(&b), *state, &why);
        if (read != (levels < LIMIT_DEPTH))
            fail_msg("%d levels in a list: %s", levels, read ? "read" : why.why);
    }
}

static void a_yaml_number_with_too_many_digits_is_refused(void **state)
{
    static const char *const prefixes[] = { "", "0x1", "1.", "0" };
    for (size_t i = 0; i < COUNT(prefixes); i++) {
        struct json_error why = { 0 };
        struct str digits = repeated(*state, "", "7", LIMIT_NUMBER_DIGITS + 1, "");
        const char *text = arena_printf(*state, "%s%s", prefixes[i], digits.ptr);
        if (yaml_read(str(text), *state, &why))
            fail_msg("%s…", prefixes[i]);
        assert_string_equal(why.why, "the number has too many digits");
    }
}

static const char some_yaml[] = "# c\n"
                                "a: 1\n"
                                "b/c:\n"
                                "  - x\n"
                                "  -   y: {z: 1, w: [2, 3]}\n"
                                "  - &n [ {q: 1} ]\n"
                                "\"d\\0\": *n\n"
                                "\xc3\xa9: {f: g}\n";
static const char some_json[] = "\n"
                                "\t{ \"a\" : 1,\n"
                                "\t\t\"b\\/c\":[ \"x,]\\\"\",\n"
                                "\t\t{\"y\":\t{\"z\":1,\"w\":[2,\t3]}}, [{}] ],\n"
                                "\"d\\u0000\": \"\\ud83d\\ude00\",\n"
                                "\"\xc3\xa9\": {\"f\": \"g\"}}\n";
static const struct {
    const char *text, *pointer;
    unsigned line, col;
} located[] = {
    { some_yaml, "", 2, 1 },
    { some_yaml, "/a", 2, 1 },
    { some_yaml, "/a/b/c", 2, 1 },
    { some_yaml, "/b~1c", 3, 1 },
    { some_yaml, "/b~1c/0", 4, 5 },
    { some_yaml, "/b~1c/1", 5, 7 },
    { some_yaml, "/b~1c/1/y/w", 5, 17 },
    { some_yaml, "/b~1c/1/y/w/1", 5, 24 },
    { some_yaml, "/b~1c/1/y/v", 5, 7 },
    { some_yaml, "/b~1c/2", 6, 5 },
    { some_yaml, "/b~1c/2/0/q", 6, 11 },
    { some_yaml, "/b~1c/9", 3, 1 },
    { some_yaml, "/b~1c/00", 3, 1 },
    { some_yaml, "/d\xc0\x80/0", 7, 1 },
    { some_yaml, "/\xc3\xa9/f", 8, 5 },
    { some_yaml, "/nowhere", 2, 1 },
    { some_json, "", 2, 2 },
    { some_json, "/a", 2, 4 },
    { some_json, "/b~1c", 3, 3 },
    { some_json, "/b~1c/0", 3, 12 },
    { some_json, "/b~1c/1/y", 4, 4 },
    { some_json, "/b~1c/1/y/w/1", 4, 24 },
    { some_json, "/b~1c/2/0", 4, 31 },
    { some_json, "/b~1c/7", 3, 3 },
    { some_json, "/d\xc0\x80", 5, 1 },
    { some_json, "/\xc3\xa9/f", 6, 7 },
    { some_json, "/nowhere", 2, 2 },
    { "\xef\xbb\xbf{\"a\": 1}", "/a", 1, 2 },
    { "\xef\xbb\xbf"
      "a: 1",
      "/a", 1, 1 },
    { "{a: 1, b: 2}", "/b", 1, 8 },
    { "[a, {b: c}]", "/1/b", 1, 6 },
    { "- 1\n-\n- 3", "/2", 3, 3 },
    { "text", "/a", 1, 1 },
    { "{\"a\": 1, \"\\0\": {\"b\": 2}}", "//b", 1,
      1 }, /* YAML, in which \0 is U+0000 */
};

static void a_pointer_is_located_in_a_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(located); i++) {
        unsigned line = 0, col = 0;
        bool found = yaml_locate(str(located[i].text), located[i].pointer, &line, &col);
        if (!found || line != located[i].line || col != located[i].col)
            fail_msg("row %zu, %s: %u:%u", i, located[i].pointer, line, col);
    }
}

/* Backwards, and with one that is no pointer among them. */
static void all_pointers_into_a_text_are_located_at_once(void **state)
{
    const char *const texts[] = { some_yaml, some_json };
    (void)state;
    for (size_t t = 0; t < COUNT(texts); t++) {
        struct place wanted[COUNT(located) + 1] = { { .pointer = "no pointer" } };
        size_t rows[COUNT(located) + 1], count = 1;
        for (size_t i = COUNT(located); i-- > 0;)
            if (located[i].text == texts[t]) {
                rows[count] = i;
                wanted[count++] = (struct place){ .pointer = located[i].pointer };
            }
        assert_true(count > 10);
        yaml_locate_all(str(texts[t]), wanted, count);
        assert_int_equal(wanted[0].line, 0);
        for (size_t i = 1; i < count; i++)
            if (wanted[i].line != located[rows[i]].line ||
                wanted[i].col != located[rows[i]].col)
                fail_msg("row %zu, %s: %u:%u", rows[i], wanted[i].pointer,
                         wanted[i].line, wanted[i].col);
    }
}

static void no_place_is_found_where_there_is_none(void **state)
{
    static const struct {
        const char *text, *pointer;
    } rows[] = {
        { "", "" },       { "# c\n", "" },    { "a: 1", "a" },
        { "a: 1", "/~" }, { "\tx: 1", "/x" }, { "\xff", "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned line, col;
        if (yaml_locate(str(rows[i].text), rows[i].pointer, &line, &col))
            fail_msg("%s in %s", rows[i].pointer, rows[i].text);
    }
}

/* ---- documents --------------------------------------------------------------- */

static void a_document_is_json_or_yaml_by_its_first_character(void **state)
{
    static const struct {
        const char *text, *json, *why;
    } rows[] = {
        { " \n{\"a\": 1}", "{\"a\":1}", NULL },
        { "\xef\xbb\xbf[1]", "[1]", NULL },
        { "a: [1, 0x10]", "{\"a\":[1,16]}", NULL },
        { "{a: 1}", NULL, ":1:2: expected a member name" },
        { "a: 1\na: 2", NULL, ":2:1: the key \"a\" stands twice" },
        { "", NULL, ":1:1: the file is empty" },
    };
    const char *folder = folder_make(*state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(*state);
        const char *path = folder_put(folder, "document", rows[i].text, *state);
        const cJSON *tree = document_read(path, *state, &err);
        const char *got =
            tree ? text_of(tree, *state) : problem_text(err.first, *state);
        if (tree ? !rows[i].json || strcmp(got, rows[i].json) != 0
                 : !rows[i].why || !strstr(got, rows[i].why))
            fail_msg("%s: %s", rows[i].text, got);
    }
    folder_remove(folder);
}

static void a_document_called_yaml_may_be_a_mapping_in_braces(void **state)
{
    static const struct {
        const char *text, *json, *why;
    } rows[] = {
        { "{a: 1}", "{\"a\":1}", NULL },
        { "{\"a\": 1,}", "{\"a\":1}", NULL },
        { "{a: 1", NULL, "1:2: expected a member name" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(*state);
        const cJSON *tree = document_parse("a.yaml", str(rows[i].text), *state, &err);
        if (rows[i].json)
            assert_string_equal(text_of(tree, *state), rows[i].json);
        else
            assert_non_null(strstr(problem_text(err.first, *state), rows[i].why));
    }
}

static void a_document_that_is_not_there_is_an_error(void **state)
{
    struct err err = err_in(*state);
    const char *folder = folder_make(*state);
    const char *path = arena_printf(*state, "%s/none.yaml", folder);
    assert_null(document_read(path, *state, &err));
    assert_int_equal(err.errors, 1);
    assert_string_equal(err.first->at.file, path);
    folder_remove(folder);
}

static void problems_with_a_pointer_get_their_line(void **state)
{
    struct err err = err_in(*state);
    const char *folder = folder_make(*state);
    const char *path = folder_put(folder, "one.yaml", "a: 1\nb:\n  c: 2\n", *state);
    const char *other = folder_put(folder, "two.json", "{\n \"b\": 2}\n", *state);
    const char *gone = arena_printf(*state, "%s/none.yaml", folder);
    err_set(&err, (struct where){ .file = path, .pointer = "/b/c" }, "wrong");
    err_set(&err, (struct where){ .file = other, .pointer = "/b" }, "other");
    err_set(&err, (struct where){ .file = path, .pointer = "/b/d" }, "missing");
    err_set(&err, (struct where){ .file = gone, .pointer = "/b" }, "gone");
    err_set(&err, (struct where){ .pointer = "/b" }, "no file");
    err_set(&err, (struct where){ .file = path, .line = 7, .col = 1, .pointer = "/a" },
            "known");
    document_place(&err);
    folder_remove(folder);
    static const struct {
        unsigned line, col;
    } places[] = { { 3, 3 }, { 2, 2 }, { 2, 1 }, { 0, 0 }, { 0, 0 }, { 7, 1 } };
    const struct problem *p = err.first;
    for (size_t i = 0; i < COUNT(places); i++, p = p->next)
        if (p->at.line != places[i].line || p->at.col != places[i].col)
            fail_msg("%s: %u:%u", p->why, p->at.line, p->at.col);
}

static const cJSON *read_within(struct str text, struct arena *arena)
{
    struct json_error ignored;
    if (setjmp(*arena_guard(arena)))
        return NULL;
    const cJSON *tree = yaml_read(text, arena, &ignored);
    arena_unguard(arena);
    return tree;
}

/* What is left behind, AddressSanitizer finds. */
static void a_text_that_runs_out_of_memory_leaves_nothing_behind(void **state)
{
    struct str text = repeated(*state, "", "key#: [a, {b: 1}]\n", 40, "");
    bool read = false;
    unsigned broken_off = 0;
    for (size_t limit = 0; !read && limit < 1024 * 1024; limit += 128) {
        struct arena *arena = arena_new(limit);
        read = read_within(text, arena);
        broken_off += !read;
        arena_free(arena);
    }
    assert_true(read && broken_off > 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(plain_scalars_resolve_by_the_core_schema),
        TEST(yaml_reads_as_the_tree_that_json_gives),
        TEST(a_mistake_in_yaml_is_told_with_its_place),
        TEST(the_offset_of_a_yaml_mistake_is_in_bytes),
        TEST(a_key_twice_is_found_among_many),
        TEST(an_alias_bomb_is_refused_quickly),
        TEST(yaml_depth_is_bounded_through_aliases_too),
        TEST(a_yaml_number_with_too_many_digits_is_refused),
        TEST(a_text_that_runs_out_of_memory_leaves_nothing_behind),
        TEST(a_pointer_is_located_in_a_text),
        TEST(all_pointers_into_a_text_are_located_at_once),
        TEST(no_place_is_found_where_there_is_none),
        TEST(a_document_is_json_or_yaml_by_its_first_character),
        TEST(a_document_called_yaml_may_be_a_mapping_in_braces),
        TEST(a_document_that_is_not_there_is_an_error),
        TEST(problems_with_a_pointer_get_their_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

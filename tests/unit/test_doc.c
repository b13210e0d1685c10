#include "../support/text.h"
#include "base/error.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/number.h"
#include "doc/patch.h"
#include "doc/pointer.h"
#include "doc/way.h"
#include "doc/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char *as_json(struct arena *a, const cJSON *tree)
{
    return json_text(tree, a).ptr;
}

/* text n times, then tail n times. */
static struct str nest(struct arena *a, const char *text, const char *tail, size_t n)
{
    struct buffer b = buffer_in(a, LIMIT_FILE_BYTES);
    for (size_t i = 0; i < n; i++)
        buffer_add_text(&b, text);
    for (size_t i = 0; i < n; i++)
        buffer_add_text(&b, tail);
    return buffer_str(&b);
}

static double seconds_since(clock_t start)
{
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* ---- JSON -------------------------------------------------------------------- */

static void what_json_reads_it_writes_back_alike(void **state)
{
    static const char *const rows[] = {
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "1.0",
        "1.50",
        "1e400",
        "-1e-400",
        "1E+2",
        "0.1",
        "9007199254740993",
        "123456789012345",
        "1234567890123456",
        "18446744073709551616",
        "\"\"",
        "\"\\u0000\"",
        "\"a\\u0000b\\u0000\"",
        "\"\\\"\\\\\\n\\r\\t\\u0001\"",
        "\"\xc3\xa9\xf0\x9f\x98\x80\"",
        "[]",
        "{}",
        "[[],{},[1,[2]]]",
        "{\"a\":1,\"A\":2,\"\":3}",
        "{\"\\u0000\":1}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *back = as_json(*state, must_json(*state, rows[i]));
        if (strcmp(back, rows[i]) != 0)
            fail_msg("%s came back as %s", rows[i], back);
    }
}

static void escapes_and_white_space_are_read(void **state)
{
    static const struct {
        const char *text, *back;
    } rows[] = {
        { " \t\r\n[ 1 ,\t2 ]\n", "[1,2]" },
        { "\"\\/\\b\\f\"", "\"/\\u0008\\u000c\"" },
        { "\"\\u00e9\\uD83D\\uDE00\"", "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
        { "{ \"a\" : { } }", "{\"a\":{}}" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *back = as_json(*state, must_json(*state, rows[i].text));
        if (strcmp(back, rows[i].back) != 0)
            fail_msg("%s came back as %s", rows[i].text, back);
    }
}

static void json_that_is_not_strict_is_refused_where_it_is_wrong(void **state)
{
    static const struct {
        struct str text;
        unsigned line, col;
        const char *why;
    } rows[] = {
        { STR(""), 1, 1, "end of the text" },
        { STR("   "), 1, 4, "end of the text" },
        { STR("1 2"), 1, 3, "nothing after" },
        { STR("{} x"), 1, 4, "nothing after" },
        { STR("null\0"), 1, 5, "0x00" },
        { STR("01"), 1, 1, "0 and another digit" },
        { STR("-01"), 1, 2, "0 and another digit" },
        { STR("1."), 1, 3, "a digit" },
        { STR(".5"), 1, 1, "a JSON value" },
        { STR("+1"), 1, 1, "a JSON value" },
        { STR("1e"), 1, 3, "a digit" },
        { STR("-"), 1, 2, "a digit" },
        { STR("NaN"), 1, 1, "a JSON value" },
        { STR("nul"), 1, 1, "a JSON value" },
        { STR("True"), 1, 1, "a JSON value" },
        { STR("'a'"), 1, 1, "a JSON value" },
        { STR("[1,]"), 1, 4, "a JSON value" },
        { STR("[1 2]"), 1, 4, "',' or ']'" },
        { STR("{\"a\":1,}"), 1, 8, "a member name" },
        { STR("{a:1}"), 1, 2, "a member name" },
        { STR("{\"a\" 1}"), 1, 6, "':'" },
        { STR("{\n \"a\": tru\n}"), 2, 7, "a JSON value" },
        { STR("\"a"), 1, 3, "a closing quote" },
        { STR("\"a\nb\""), 1, 3, "control character" },
        { STR("\"\\n\t\""), 1, 4, "control character" },
        { STR("\"\\x\""), 1, 3, "after a backslash" },
        { STR("\"\\u12g4\""), 1, 6, "four hexadecimal" },
        { STR("\"\\ud800\""), 1, 2, "high surrogate" },
        { STR("\"\\ud800\\u0041\""), 1, 2, "high surrogate" },
        { STR("\"\\udc00\""), 1, 2, "low surrogate" },
        { STR("\"\xff\""), 1, 2, "UTF-8" },
        { STR("\"\\n\xc0\x80\""), 1, 4, "UTF-8" },
        { STR("\"\xc0\x80\""), 1, 2, "UTF-8" },
        { STR("\"\xed\xa0\x80\""), 1, 2, "UTF-8" },
        { STR("\xef\xbb\xbf{}"), 1, 1, "0xEF" },
        { STR("// c\n1"), 1, 1, "a JSON value" },
        { STR("{\"a\":1,\"a\":2}"), 1, 1, "\"a\" stands twice" },
        { STR("{\"a\":1,\"\\u0061\":2}"), 1, 1, "\"a\" stands twice" },
        { STR("[{\"\xc3\xa9\":1}, x]"), 1, 11, "a JSON value" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_error why = { 0 };
        if (json_read(rows[i].text, LIMIT_BODY_NODES, *state, &why))
            fail_msg("%s was read", rows[i].text.ptr);
        if (why.line != rows[i].line || why.col != rows[i].col ||
            !strstr(why.why, rows[i].why))
            fail_msg("%s: %u:%u: %s", rows[i].text.ptr, why.line, why.col, why.why);
    }
}

static void a_name_twice_is_found_among_many(void **state)
{
    struct buffer b = buffer_in(*state, LIMIT_FILE_BYTES);
    struct json_error why = { 0 };
    buffer_add_text(&b, "{");
    for (int i = 0; i < 1000; i++)
        buffer_printf(&b, "\"n%d\":%d,", i, i);
    struct buffer good = b;
    buffer_add_text(&b, "\"n17\":0}");
    assert_null(json_read(buffer_str(&b), LIMIT_BODY_NODES, *state, &why));
    assert_non_null(strstr(why.why, "\"n17\" stands twice"));
    good.room = 0; /* the bytes behind are shared with b */
    buffer_add_text(&good, "\"n1000\":0}");
    assert_non_null(json_read(buffer_str(&good), LIMIT_BODY_NODES, *state, &why));
}

static void depth_and_number_of_values_are_bounded(void **state)
{
    struct json_error why = { 0 };
    assert_non_null(
        json_read(nest(*state, "[", "]", LIMIT_DEPTH), LIMIT_BODY_NODES, *state, &why));
    assert_null(json_read(nest(*state, "[", "]", LIMIT_DEPTH + 1), LIMIT_BODY_NODES,
                          *state, &why));
    assert_non_null(strstr(why.why, "nested too deeply"));
    assert_null(
        json_read(nest(*state, "[", "", 1000000), LIMIT_BODY_NODES, *state, &why));
    assert_non_null(json_read(STR("[1,2]"), 3, *state, &why));
    assert_null(json_read(STR("[1,2]"), 2, *state, &why));
    assert_non_null(strstr(why.why, "more values"));
}

static void a_number_with_too_many_digits_is_refused(void **state)
{
    struct json_error why = { 0 };
    struct str most = nest(*state, "1", "", LIMIT_NUMBER_DIGITS);
    struct str more = nest(*state, "1", "", LIMIT_NUMBER_DIGITS + 1);
    assert_non_null(json_read(most, 1, *state, &why));
    assert_null(json_read(more, 1, *state, &why));
    assert_non_null(strstr(why.why, "too many digits"));
}

static void members_are_found_by_their_exact_name(void **state)
{
    const cJSON *o = must_json(*state, "{\"a\":\"x\",\"A\":2,\"ab\":3,\"\":4}");
    assert_string_equal(json_member_text(o, "a"), "x");
    assert_null(json_member_text(o, "A"));
    assert_string_equal(as_json(*state, json_member(o, "A")), "2");
    assert_string_equal(as_json(*state, json_member(o, "")), "4");
    assert_null(json_member(o, "b"));
    assert_null(json_member(NULL, "a"));
    assert_null(json_member(json_member(o, "a"), "a"));
    assert_string_equal(as_json(*state, json_member_str(o, (struct str){ "abc", 2 })),
                        "3");
    assert_null(json_member_str(o, STR("abc")));
    /* A slice with a NUL in it is no member's name. */
    assert_null(json_member_str(o, STR("a\0\0\0\0")));
}

static void a_tree_is_changed_in_place(void **state)
{
    struct arena *a = *state;
    cJSON *o = must_json(a, "{\"a\":1,\"b\":2,\"c\":3}");
    json_set(a, o, "a", json_bool(a, true));
    json_set(a, o, "c", json_null(a));
    json_set(a, o, "d", json_string(a, STR("x")));
    json_add(o, "e", json_array(a));
    json_push(json_member(o, "e"), json_integer(a, INT64_MIN));
    json_push(json_member(o, "e"), json_integer(a, INT64_MAX));
    json_push(json_member(o, "e"), json_number(a, 0.1));
    assert_string_equal(as_json(a, o),
                        "{\"a\":true,\"b\":2,\"c\":null,\"d\":\"x\",\"e\":"
                        "[-9223372036854775808,9223372036854775807,0.1]}");
    json_detach(o, json_member(o, "a"));
    json_detach(o, json_member(o, "e"));
    json_detach(o, json_member(o, "c"));
    assert_string_equal(as_json(a, o), "{\"b\":2,\"d\":\"x\"}");
    assert_int_equal(json_count(o), 2);
    json_set(a, o, "b", json_object(a));
    json_detach(o, json_member(o, "d"));
    json_detach(o, json_member(o, "b"));
    json_push(o, json_null(a));
    assert_int_equal(json_count(o), 1);
}

static void must_find_all(const cJSON *tree)
{
    for (const cJSON *m = tree->child; m; m = m->next) {
        if (m->string && json_member(tree, m->string) != m)
            fail_msg("%s is not found", m->string);
        must_find_all(m);
    }
}

/* The hash in valueint is right on every way that a member can come by its name. */
static void a_member_is_found_however_it_got_its_name(void **state)
{
    struct arena *a = *state;
    struct json_error why;
    cJSON *o = must_json(a, "{\"a\":1,\"b\":{\"long name\":true,\"\":0},"
                            "\"\\u0000\\u00e9\":false,\"number\":12}");
    must_find_all(o);
    json_set(a, o, "new", json_integer(a, 7));
    json_set(a, o, "number", json_member(must_json(a, "{\"other\":3}"), "other"));
    json_add(o, "added", json_member(must_json(a, "{\"x\":{\"y\":1}}"), "x"));
    assert_true(pointer_set(a, o, "/made/on/the/way", json_bool(a, true)));
    must_find_all(o);
    assert_null(json_member(o, "other"));
    must_find_all(json_copy(a, o));
    cJSON *packed = json_pack(o, 0);
    must_find_all(packed);
    free(packed);
    cJSON *yaml =
        yaml_read(STR("a: &n {b: &t true, c: 1}\nd: *n\ne: *t\nf: [*n]\n"), a, &why);
    assert_non_null(yaml);
    must_find_all(yaml);
}

static void a_number_is_written_back_as_it_was(void **state)
{
    static const char *const rows[] = {
        "0",
        "-1",
        "1.5",
        "-0.25",
        "0.0001",
        "0.00001",
        "0.00012345",
        "1.50",
        "0.0",
        "-0",
        "-0.0",
        "100.0",
        "123456789012345",
        "1234567890123456",
        "-12345678901234.5",
        "12345678901234.56",
        "0.12345678901234",
        "0.123456789012345",
        "4.02",
        "1e2",
        "1.5E-3",
        "99999999999999.9",
        "0.1",
        "0.3",
        "2.675",
        "1000000000000.001",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *n = must_json(*state, rows[i]);
        assert_string_equal(as_json(*state, n), rows[i]);
        if (n->valuedouble != strtod(rows[i], NULL))
            fail_msg("%s is %.17g", rows[i], n->valuedouble);
    }
}

static void a_copy_and_a_pack_outlive_what_they_came_from(void **state)
{
    static const char text[] = "{\"a\":[1.0,\"\\u0000\",{\"b\":null}],\"c\":1e400}";
    struct arena *a = arena_new(LIMIT_SPEC_MEMORY);
    cJSON *copy = json_copy(*state, must_json(a, text));
    cJSON *packed = json_pack(must_json(a, text), 0);
    arena_free(a);
    assert_string_equal(as_json(*state, copy), text);
    assert_string_equal(as_json(*state, packed), text);
    free(packed);
}

static void equality_is_that_of_json_schema_and_hashes_agree(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        { "1", "1.0", true },
        { "100", "1e2", true },
        { "0", "-0", true },
        { "0", "0.0e5", true },
        { "1e400", "10e399", true },
        { "1e400", "1e401", false },
        { "9007199254740993", "9007199254740992", false },
        { "9007199254740993", "9007199254740993.0", true },
        { "0.1", "0.10", true },
        { "1", "\"1\"", false },
        { "1", "true", false },
        { "0", "false", false },
        { "null", "false", false },
        { "\"a\"", "\"A\"", false },
        { "\"a\\u0000\"", "\"a\"", false },
        { "[1,2]", "[1.0,2]", true },
        { "[1,2]", "[2,1]", false },
        { "[1]", "[1,1]", false },
        { "[]", "{}", false },
        { "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1.0}", true },
        { "{\"a\":1}", "{\"A\":1}", false },
        { "{\"a\":1}", "{\"a\":1,\"b\":1}", false },
    };
    const struct salt *s = arena_salt(*state);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *a = must_json(*state, rows[i].a),
                    *b = must_json(*state, rows[i].b);
        bool equal = json_equal(a, b);
        if (equal != rows[i].equal || equal != json_equal(b, a))
            fail_msg("%s and %s: %s", rows[i].a, rows[i].b,
                     equal ? "equal" : "unequal");
        if (equal && json_hash(a, s) != json_hash(b, s))
            fail_msg("%s and %s hash apart", rows[i].a, rows[i].b);
    }
}

static void a_value_is_named_by_its_kind_and_type(void **state)
{
    static const struct {
        const char *text, *kind, *type;
    } rows[] = {
        { "{}", "an object", "object" },  { "[]", "an array", "array" },
        { "\"\"", "a string", "string" }, { "1.0", "a number", "integer" },
        { "1.5", "a number", "number" },  { "true", "true", "boolean" },
        { "false", "false", "boolean" },  { "null", "null", "null" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *n = must_json(*state, rows[i].text);
        if (strcmp(json_kind(n), rows[i].kind) != 0 ||
            strcmp(json_type_name(n), rows[i].type) != 0)
            fail_msg("%s is %s, %s", rows[i].text, json_kind(n), json_type_name(n));
    }
}

/* ---- numbers ----------------------------------------------------------------- */

static void numbers_compare_by_their_mathematical_value(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } rows[] = {
        { "1", "2", -1 },
        { "-1", "-2", 1 },
        { "-1", "1", -1 },
        { "0", "-0.0", 0 },
        { "1.0", "1", 0 },
        { "9007199254740993", "9007199254740992", 1 },
        { "-9007199254740993", "-9007199254740992", -1 },
        { "0.1", "0.10000000000000000001", -1 },
        { "1e400", "1e399", 1 },
        { "-1e400", "1e-400", -1 },
        { "1e-400", "0", 1 },
        { "12.5e1", "125", 0 },
        { "0.001", "1e-3", 0 },
        { "1e99999999999999999999", "1", 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *a = must_json(*state, rows[i].a),
                    *b = must_json(*state, rows[i].b);
        int order = number_compare(a, b), back = number_compare(b, a);
        if ((order > 0) - (order < 0) != rows[i].order ||
            (back > 0) - (back < 0) != -rows[i].order)
            fail_msg("%s against %s: %d, %d", rows[i].a, rows[i].b, order, back);
    }
}

static void a_number_is_whole_however_it_is_written(void **state)
{
    static const struct {
        const char *text;
        bool whole;
    } rows[] = {
        { "1", true },      { "1.0", true },     { "1e2", true },
        { "1.5", false },   { "1.5e1", true },   { "15e-1", false },
        { "150e-1", true }, { "-0", true },      { "0.0e-9", true },
        { "1e400", true },  { "1e-400", false }, { "9007199254740993.5", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (number_is_integer(must_json(*state, rows[i].text)) != rows[i].whole)
            fail_msg("%s", rows[i].text);
}

static void multiples_are_judged_on_decimal_digits(void **state)
{
    static const struct {
        const char *value, *step;
        bool multiple;
    } rows[] = {
        { "4.02", "0.01", true },
        { "4.025", "0.01", false },
        { "0.3", "0.1", true },
        { "1.1", "0.1", true },
        { "-4.02", "0.01", true },
        { "0", "0.7", true },
        { "0.0", "3", true },
        { "10", "5", true },
        { "10", "4", false },
        { "10", "2.5", true },
        { "1", "2", false },
        { "1e308", "1e-2", true },
        { "9007199254740993", "2", false },
        { "9007199254740994", "2", true },
        { "1e-9", "1e-10", true },
        { "12391239123", "1e-8", true },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (number_is_multiple(must_json(*state, rows[i].value),
                               must_json(*state, rows[i].step)) != rows[i].multiple)
            fail_msg("%s of %s", rows[i].value, rows[i].step);
}

static void numbers_fit_bits_up_to_the_very_edge(void **state)
{
    static const struct {
        const char *text;
        bool in32, in64;
    } rows[] = {
        { "0", true, true },
        { "2147483647", true, true },
        { "2147483648", false, true },
        { "-2147483648", true, true },
        { "-2147483649", false, true },
        { "2147483647.0", true, true },
        { "1.5", false, false },
        { "9223372036854775807", false, true },
        { "9223372036854775808", false, false },
        { "-9223372036854775808", false, true },
        { "-9223372036854775809", false, false },
        { "9.223372036854775807e18", false, true },
        { "1e400", false, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const cJSON *n = must_json(*state, rows[i].text);
        if (number_fits_bits(n, 32) != rows[i].in32 ||
            number_fits_bits(n, 64) != rows[i].in64)
            fail_msg("%s", rows[i].text);
    }
}

static void number_text_is_the_shortest_that_reads_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        { 0.1, "0.1" },
        { 1.0 / 3, "0.3333333333333333" },
        { 5e-324, "4.94065645841247e-324" },
        { -2.5, "-2.5" },
        { 1e15, "1e+15" },
        { 42, "42" },
        { -0.0, "0" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[NUMBER_TEXT];
        const char *text = number_text(json_number(*state, rows[i].value), out);
        if (strcmp(text, rows[i].text) != 0)
            fail_msg("%s, not %s", text, rows[i].text);
    }
}

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
        const char *got = n ? as_json(*state, n) : "nothing";
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
    const char *text = as_json(s->arena, node);
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
            (ok && strcmp(as_json(*state, tree), rows[i].after) != 0))
            fail_msg("%s at %s: %s", rows[i].tree, rows[i].pointer,
                     as_json(*state, tree));
    }
}

static void pointer_remove_takes_only_what_is_there(void **state)
{
    cJSON *tree = must_json(*state, "{\"a\":[1,2,3],\"b\":{\"c\":1}}");
    static const char *const gone[] = { "/a/1", "/b/c", "/a/9", "/x/y", "", "/a/0" };
    for (size_t i = 0; i < COUNT(gone); i++)
        pointer_remove(tree, gone[i]);
    assert_string_equal(as_json(*state, tree), "{\"a\":[3],\"b\":{}}");
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

/* ---- UTF-8 ------------------------------------------------------------------- */

static void utf8_is_judged_as_rfc_3629_does(void **state)
{
    static const struct {
        const char *bytes;
        bool valid;
    } rows[] = {
        { "", true },
        { "abc\x7f", true },
        { "\xc2\x80", true },
        { "\xdf\xbf", true },
        { "\xe0\xa0\x80", true },
        { "\xed\x9f\xbf", true },
        { "\xee\x80\x80", true },
        { "\xf0\x90\x80\x80", true },
        { "\xf4\x8f\xbf\xbf", true },
        { "\x80", false },
        { "\xc0\x80", false },
        { "\xc1\xbf", false },
        { "\xc3", false },
        { "\xc3\x28", false },
        { "\xe0\x9f\xbf", false },
        { "\xed\xa0\x80", false },
        { "\xe2\x82", false },
        { "\xf0\x8f\xbf\xbf", false },
        { "\xf4\x90\x80\x80", false },
        { "\xf5\x80\x80\x80", false },
        { "\xff", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (utf8_valid(str(rows[i].bytes)) != rows[i].valid)
            fail_msg("row %zu", i);
}

static void code_points_are_written_and_counted(void **state)
{
    static const struct {
        uint32_t code_point;
        const char *bytes;
    } rows[] = {
        { 0, "\xc0\x80" },          { 'a', "a" },
        { 0x7f, "\x7f" },           { 0x80, "\xc2\x80" },
        { 0x7ff, "\xdf\xbf" },      { 0x800, "\xe0\xa0\x80" },
        { 0xffff, "\xef\xbf\xbf" }, { 0x10ffff, "\xf4\x8f\xbf\xbf" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer b = buffer_in(*state, 16);
        utf8_add(&b, rows[i].code_point);
        if (!str_is(buffer_str(&b), rows[i].bytes) || utf8_length(b.ptr) != 1)
            fail_msg("U+%04X", rows[i].code_point);
    }
    assert_int_equal(utf8_length("a\xc3\xa9\xf0\x9f\x98\x80\xc0\x80"), 4);
}

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
        const char *got = n ? as_json(*state, n) : why.why;
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
        const char *got = n ? as_json(*state, n) : NULL;
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
    clock_t start = clock();
    for (int i = 0; i < 100000; i++)
        buffer_printf(&b, "k%d: %d\n", i, i);
    assert_non_null(yaml_read(buffer_str(&b), *state, &why));
    buffer_add_text(&b, "k17: 0\n");
    assert_null(yaml_read(buffer_str(&b), *state, &why));
    assert_string_equal(why.why, "the key \"k17\" stands twice");
    assert_int_equal(why.line, 100001);
    assert_true(seconds_since(start) < 10);
}

static void an_alias_bomb_is_refused_quickly(void **state)
{
    struct buffer b = buffer_in(*state, 4096);
    struct json_error why = { 0 };
    clock_t start = clock();
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
    assert_true(seconds_since(start) < 1);
}

static void yaml_depth_is_bounded_through_aliases_too(void **state)
{
    struct json_error why = { 0 };
    assert_non_null(yaml_read(nest(*state, "[", "]", LIMIT_DEPTH), *state, &why));
    assert_null(yaml_read(nest(*state, "[", "]", LIMIT_DEPTH + 1), *state, &why));
    assert_string_equal(why.why, "the text is nested too deeply");
    assert_null(yaml_read(nest(*state, "- ", "", 100000), *state, &why));
    assert_null(yaml_read(nest(*state, "{a: ", "}", 100000), *state, &why));

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
        struct str digits = nest(*state, "7", "", LIMIT_NUMBER_DIGITS + 1);
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

/* Writes a file that the caller removes; path is borrowed from arena. */
static const char *temp_file(struct arena *a, const char *text)
{
    const char *folder = getenv("TMPDIR");
    char *path = arena_printf(a, "%s/test_doc.XXXXXX", folder ? folder : "/tmp");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return path;
}

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
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(*state);
        const char *path = temp_file(*state, rows[i].text);
        const cJSON *tree = document_read(path, *state, &err);
        unlink(path);
        const char *got =
            tree ? as_json(*state, tree) : problem_text(err.first, *state);
        if (tree ? !rows[i].json || strcmp(got, rows[i].json) != 0
                 : !rows[i].why || !strstr(got, rows[i].why))
            fail_msg("%s: %s", rows[i].text, got);
    }
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
            assert_string_equal(as_json(*state, tree), rows[i].json);
        else
            assert_non_null(strstr(problem_text(err.first, *state), rows[i].why));
    }
}

static void a_document_that_is_not_there_is_an_error(void **state)
{
    struct err err = err_in(*state);
    const char *path = temp_file(*state, "");
    unlink(path);
    assert_null(document_read(path, *state, &err));
    assert_int_equal(err.errors, 1);
    assert_string_equal(err.first->at.file, path);
}

static void problems_with_a_pointer_get_their_line(void **state)
{
    struct err err = err_in(*state);
    const char *path = temp_file(*state, "a: 1\nb:\n  c: 2\n");
    const char *other = temp_file(*state, "{\n \"b\": 2}\n");
    const char *gone = temp_file(*state, "");
    unlink(gone);
    err_set(&err, (struct where){ .file = path, .pointer = "/b/c" }, "wrong");
    err_set(&err, (struct where){ .file = other, .pointer = "/b" }, "other");
    err_set(&err, (struct where){ .file = path, .pointer = "/b/d" }, "missing");
    err_set(&err, (struct where){ .file = gone, .pointer = "/b" }, "gone");
    err_set(&err, (struct where){ .pointer = "/b" }, "no file");
    err_set(&err, (struct where){ .file = path, .line = 7, .col = 1, .pointer = "/a" },
            "known");
    document_place(&err);
    unlink(path);
    unlink(other);
    static const struct {
        unsigned line, col;
    } places[] = { { 3, 3 }, { 2, 2 }, { 2, 1 }, { 0, 0 }, { 0, 0 }, { 7, 1 } };
    const struct problem *p = err.first;
    for (size_t i = 0; i < COUNT(places); i++, p = p->next)
        if (p->at.line != places[i].line || p->at.col != places[i].col)
            fail_msg("%s: %u:%u", p->why, p->at.line, p->at.col);
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
        assert_string_equal(as_json(*state, after), buffer_str(&want).ptr);
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
    clock_t start = clock();
    assert_true(json_equal(patch_merge(tree, tree, *state), tree));
    assert_true(seconds_since(start) < 2);
}

static const char *after_add(struct arena *a, const char *path)
{
    const char *why;
    cJSON *result;
    const char *patch =
        arena_printf(a, "[{\"op\":\"add\",\"path\":\"%s\",\"value\":0}]", path);
    return patch_apply(must_json(a, "[1,2]"), must_json(a, patch), a, &result, &why) ==
                   PATCH_DONE
               ? as_json(a, result)
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
    clock_t start = clock();
    assert_int_equal(patch_apply(tree, operations, *state, &result, &why), PATCH_DONE);
    assert_true(seconds_since(start) < 2);
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
        clock_t start = clock();
        enum patch_answer answer = patch_apply(tree, operations, *state, &result, &why);
        if (seconds_since(start) > 2)
            fail_msg("%s: %g s", one, seconds_since(start));
        assert_int_equal(answer, f < COUNT(far) ? PATCH_TOO_LARGE : PATCH_DONE);
        if (why)
            assert_non_null(strstr(why, "pass more than 10000000 items and members"));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(what_json_reads_it_writes_back_alike),
        TEST(escapes_and_white_space_are_read),
        TEST(json_that_is_not_strict_is_refused_where_it_is_wrong),
        TEST(a_name_twice_is_found_among_many),
        TEST(depth_and_number_of_values_are_bounded),
        TEST(a_number_with_too_many_digits_is_refused),
        TEST(members_are_found_by_their_exact_name),
        TEST(a_tree_is_changed_in_place),
        TEST(a_member_is_found_however_it_got_its_name),
        TEST(a_number_is_written_back_as_it_was),
        TEST(a_copy_and_a_pack_outlive_what_they_came_from),
        TEST(equality_is_that_of_json_schema_and_hashes_agree),
        TEST(a_value_is_named_by_its_kind_and_type),
        TEST(numbers_compare_by_their_mathematical_value),
        TEST(a_number_is_whole_however_it_is_written),
        TEST(multiples_are_judged_on_decimal_digits),
        TEST(numbers_fit_bits_up_to_the_very_edge),
        TEST(number_text_is_the_shortest_that_reads_back),
        TEST(a_pointer_leads_to_its_place_or_nowhere),
        TEST(a_pattern_leads_to_each_of_its_places),
        TEST(pointer_set_makes_the_way_and_stops_at_what_blocks_it),
        TEST(pointer_remove_takes_only_what_is_there),
        TEST(a_pointer_is_taken_apart_and_joined),
        TEST(utf8_is_judged_as_rfc_3629_does),
        TEST(code_points_are_written_and_counted),
        TEST(plain_scalars_resolve_by_the_core_schema),
        TEST(yaml_reads_as_the_tree_that_json_gives),
        TEST(a_mistake_in_yaml_is_told_with_its_place),
        TEST(the_offset_of_a_yaml_mistake_is_in_bytes),
        TEST(a_key_twice_is_found_among_many),
        TEST(an_alias_bomb_is_refused_quickly),
        TEST(yaml_depth_is_bounded_through_aliases_too),
        TEST(a_yaml_number_with_too_many_digits_is_refused),
        TEST(a_merge_says_the_same_for_few_members_and_for_many),
        TEST(a_merge_of_many_members_takes_no_square_of_them),
        TEST(a_patch_puts_an_item_where_it_says),
        TEST(a_patch_that_cannot_be_done_says_why),
        TEST(items_are_put_in_without_moving_all_others),
        TEST(a_patch_that_walks_to_far_places_again_and_again_is_refused),
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

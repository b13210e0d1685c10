/* JSON: what is read, written, copied and compared; its numbers and its text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/text.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "doc/number.h"
#include "doc/pointer.h"
#include "doc/yaml.h"

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
        const char *back = text_of(must_json(*state, rows[i]), *state);
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
        const char *back = text_of(must_json(*state, rows[i].text), *state);
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
    assert_non_null(json_read(nested(*state, "[", "]", LIMIT_DEPTH), LIMIT_BODY_NODES,
                              *state, &why));
    assert_null(json_read(nested(*state, "[", "]", LIMIT_DEPTH + 1), LIMIT_BODY_NODES,
                          *state, &why));
    assert_non_null(strstr(why.why, "nested too deeply"));
    assert_null(json_read(repeated(*state, "", "[", 1000000, ""), LIMIT_BODY_NODES,
                          *state, &why));
    assert_non_null(json_read(STR("[1,2]"), 3, *state, &why));
    assert_null(json_read(STR("[1,2]"), 2, *state, &why));
    assert_non_null(strstr(why.why, "more values"));
}

static void a_number_with_too_many_digits_is_refused(void **state)
{
    struct json_error why = { 0 };
    struct str most = repeated(*state, "", "1", LIMIT_NUMBER_DIGITS, "");
    struct str more = repeated(*state, "", "1", LIMIT_NUMBER_DIGITS + 1, "");
    assert_non_null(json_read(most, 1, *state, &why));
    assert_null(json_read(more, 1, *state, &why));
    assert_non_null(strstr(why.why, "too many digits"));
}

static void members_are_found_by_their_exact_name(void **state)
{
    const cJSON *o = must_json(*state, "{\"a\":\"x\",\"A\":2,\"ab\":3,\"\":4}");
    assert_string_equal(json_member_text(o, "a"), "x");
    assert_null(json_member_text(o, "A"));
    assert_string_equal(text_of(json_member(o, "A"), *state), "2");
    assert_string_equal(text_of(json_member(o, ""), *state), "4");
    assert_null(json_member(o, "b"));
    assert_null(json_member(NULL, "a"));
    assert_null(json_member(json_member(o, "a"), "a"));
    assert_string_equal(text_of(json_member_str(o, (struct str){ "abc", 2 }), *state),
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
    assert_string_equal(text_of(o, a),
                        "{\"a\":true,\"b\":2,\"c\":null,\"d\":\"x\",\"e\":"
                        "[-9223372036854775808,9223372036854775807,0.1]}");
    json_detach(o, json_member(o, "a"));
    json_detach(o, json_member(o, "e"));
    json_detach(o, json_member(o, "c"));
    assert_string_equal(text_of(o, a), "{\"b\":2,\"d\":\"x\"}");
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
        assert_string_equal(text_of(n, *state), rows[i]);
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
    assert_string_equal(text_of(copy, *state), text);
    assert_string_equal(text_of(packed, *state), text);
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
        TEST(utf8_is_judged_as_rfc_3629_does),
        TEST(code_points_are_written_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

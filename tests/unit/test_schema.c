/* JSON Schema: one row for each way a value fits or fails to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/schemas.h"
#include "../support/text.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "schema/schema.h"

static void a_type_takes_the_values_of_its_kind(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"type\":\"integer\"}", "1", true },
        { "{\"type\":\"integer\"}", "1.0", true },
        { "{\"type\":\"integer\"}", "1e2", true },
        { "{\"type\":\"integer\"}", "1.5", false },
        { "{\"type\":\"integer\"}", "1e400", true },
        { "{\"type\":\"integer\"}", "9007199254740993", true },
        { "{\"type\":\"integer\"}", "\"1\"", false },
        { "{\"type\":\"number\"}", "1", true },
        { "{\"type\":\"number\"}", "1.5", true },
        { "{\"type\":\"number\"}", "true", false },
        { "{\"type\":\"string\"}", "\"\"", true },
        { "{\"type\":\"string\"}", "null", false },
        { "{\"type\":\"boolean\"}", "false", true },
        { "{\"type\":\"boolean\"}", "0", false },
        { "{\"type\":\"null\"}", "null", true },
        { "{\"type\":\"null\"}", "false", false },
        { "{\"type\":\"object\"}", "{}", true },
        { "{\"type\":\"object\"}", "[]", false },
        { "{\"type\":\"array\"}", "[]", true },
        { "{\"type\":\"array\"}", "{}", false },
        { "{\"type\":[\"string\",\"null\"]}", "null", true },
        { "{\"type\":[\"string\",\"null\"]}", "\"a\"", true },
        { "{\"type\":[\"string\",\"null\"]}", "1", false },
        { "{\"type\":[\"string\",\"integer\"]}", "1.5", false },
        { "{\"type\":[\"integer\",\"number\"]}", "1.5", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void enum_and_const_compare_deeply_and_exactly(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"const\":1}", "1.0", true },
        { "{\"const\":1}", "true", false },
        { "{\"const\":false}", "0", false },
        { "{\"const\":null}", "null", true },
        { "{\"const\":null}", "0", false },
        { "{\"const\":\"a\"}", "\"A\"", false },
        { "{\"const\":\"a\\u0000b\"}", "\"a\"", false },
        { "{\"const\":9007199254740993}", "9007199254740992", false },
        { "{\"const\":9007199254740993}", "9007199254740993.0", true },
        { "{\"const\":{\"a\":[1,{\"b\":2}],\"c\":3}}",
          "{\"c\":3,\"a\":[1,{\"b\":2.0}]}", true },
        { "{\"const\":{\"a\":1}}", "{\"a\":1,\"b\":1}", false },
        { "{\"const\":[1,2]}", "[2,1]", false },
        { "{\"enum\":[1,\"a\",null]}", "null", true },
        { "{\"enum\":[1,\"a\",null]}", "2", false },
        { "{\"enum\":[[false]]}", "[0]", false },
        { "{\"enum\":[]}", "1", false },
        /* More than four are looked up by hash. */
        { "{\"enum\":[1,2,3,4,5,{\"a\":[1]},\"x\"]}", "{\"a\":[1.0]}", true },
        { "{\"enum\":[1,2,3,4,5,{\"a\":[1]},\"x\"]}", "3e0", true },
        { "{\"enum\":[1,2,3,4,5,{\"a\":[1]},\"x\"]}", "6", false },
        { "{\"enum\":[1,2,3,4,18446744073709551616,6]}", "18446744073709551617",
          false },
        { "{\"enum\":[1,2,3,4,18446744073709551616,6]}", "18446744073709551616", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void numbers_are_bounded_exactly(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"maximum\":3}", "3.0", true },
        { "{\"maximum\":3}", "3.0000000000000000001", false },
        { "{\"maximum\":9007199254740992}", "9007199254740993", false },
        { "{\"minimum\":9007199254740993}", "9007199254740992", false },
        { "{\"minimum\":-1e400}", "-1e399", true },
        { "{\"minimum\":0}", "-0.0", true },
        { "{\"exclusiveMaximum\":3}", "3", false },
        { "{\"exclusiveMaximum\":3}", "2.9999999999999999999", true },
        { "{\"exclusiveMinimum\":3}", "3.0", false },
        { "{\"exclusiveMinimum\":3}", "3.1", true },
        { "{\"maximum\":3}", "\"4\"", true },
        { "{\"multipleOf\":0.01}", "4.02", true },
        { "{\"multipleOf\":0.01}", "4.025", false },
        { "{\"multipleOf\":0.0001}", "0.0075", true },
        { "{\"multipleOf\":0.0001}", "0.00751", false },
        { "{\"multipleOf\":2}", "9007199254740993", false },
        { "{\"multipleOf\":2}", "0", true },
        { "{\"multipleOf\":1.5}", "-4.5", true },
        { "{\"type\":\"integer\",\"multipleOf\":0.123456789}", "1e308", false },
        { "{\"multipleOf\":0.5}", "1e308", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void texts_are_measured_in_code_points(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"maxLength\":2}", "\"\xf0\x9f\x98\x80\xf0\x9f\x98\x80\"", true },
        { "{\"maxLength\":2}", "\"abc\"", false },
        { "{\"maxLength\":1}", "\"\\u0000\"", true },
        { "{\"maxLength\":0}", "\"\"", true },
        { "{\"maxLength\":2.0}", "\"ab\"", true },
        { "{\"maxLength\":1}", "12345", true },
        { "{\"minLength\":2}", "\"\xf0\x9f\x98\x80\"", false },
        { "{\"minLength\":2}", "\"e\xcc\x81\"", true },
        { "{\"maxLength\":1e300}", "\"a\"", true },
        { "{\"minLength\":1e300}", "\"a\"", false },
        { "{\"pattern\":\"b\"}", "\"abc\"", true },
        { "{\"pattern\":\"^b\"}", "\"abc\"", false },
        { "{\"pattern\":\"^\\\\p{Letter}+$\"}", "\"\xc3\xa9\"", true },
        { "{\"pattern\":\"a\\\\u0000b\"}", "\"a\\u0000b\"", true },
        { "{\"pattern\":\"^.$\"}", "\"\xf0\x9f\x98\x80\"", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void formats_are_enforced(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"format\":\"date-time\"}", "\"2026-01-31T12:00:00Z\"", true },
        { "{\"format\":\"date-time\"}", "\"2026-01-31 12:00:00\"", false },
        { "{\"format\":\"date\"}", "\"2025-02-29\"", false },
        { "{\"format\":\"time\"}", "\"12:00:00Z\"", true },
        { "{\"format\":\"duration\"}", "\"P\"", false },
        { "{\"format\":\"uuid\"}", "\"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"", true },
        { "{\"format\":\"uuid\"}", "\"3f2504e0-4f89-41d3-9a0c-0305e82c330\"", false },
        { "{\"format\":\"email\"}", "\"ada@example.com\"", true },
        { "{\"format\":\"email\"}", "\"ada\"", false },
        { "{\"format\":\"uri\"}", "\"/a\"", false },
        { "{\"format\":\"uri-reference\"}", "\"/a\"", true },
        { "{\"format\":\"hostname\"}", "\"-a\"", false },
        { "{\"format\":\"ipv4\"}", "\"1.2.3.256\"", false },
        { "{\"format\":\"ipv6\"}", "\"::1\"", true },
        { "{\"format\":\"int32\"}", "2147483648", false },
        { "{\"format\":\"int64\"}", "9223372036854775807", true },
        { "{\"format\":\"int64\"}", "9223372036854775808", false },
        { "{\"format\":\"double\"}", "1e400", false },
        { "{\"format\":\"byte\"}", "\"aGVsbG8=\"", true },
        { "{\"format\":\"byte\"}", "\"aGVsbG8\"", false },
        { "{\"format\":\"json-pointer\"}", "\"/a~2\"", false },
        { "{\"format\":\"regex\"}", "\"(\"", false },
        { "{\"format\":\"date\"}", "1", true },
        { "{\"format\":\"int32\"}", "\"x\"", true },
        { "{\"format\":\"never-heard-of\"}", "\"x\"", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void arrays_are_checked_item_by_item(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"items\":{\"type\":\"integer\"}}", "[1,2.0]", true },
        { "{\"items\":{\"type\":\"integer\"}}", "[1,\"2\"]", false },
        { "{\"items\":{\"type\":\"integer\"}}", "{\"0\":\"a\"}", true },
        { "{\"items\":false}", "[]", true },
        { "{\"items\":false}", "[1]", false },
        { "{\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "[\"a\"]",
          true },
        { "{\"prefixItems\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}",
          "[\"a\",\"b\"]", false },
        { "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":false}", "[\"a\"]",
          true },
        { "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":false}", "[\"a\",1]",
          false },
        { "{\"prefixItems\":[{\"type\":\"string\"}],\"items\":{\"type\":\"integer\"}}",
          "[\"a\",1,2]", true },
        { "{\"contains\":{\"const\":1}}", "[2,1]", true },
        { "{\"contains\":{\"const\":1}}", "[]", false },
        { "{\"contains\":{\"const\":1},\"minContains\":0}", "[]", true },
        { "{\"contains\":{\"const\":1},\"minContains\":2}", "[1]", false },
        { "{\"contains\":{\"const\":1},\"minContains\":2}", "[1,2,1]", true },
        { "{\"contains\":{\"const\":1},\"maxContains\":1}", "[1,1]", false },
        { "{\"contains\":{\"const\":1},\"maxContains\":1}", "[1,2]", true },
        { "{\"minContains\":3}", "[]", true },
        { "{\"minItems\":1}", "[]", false },
        { "{\"maxItems\":1}", "[1,2]", false },
        { "{\"maxItems\":1}", "\"ab\"", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void unique_items_differ_as_json_values(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"uniqueItems\":true}", "[1,2]", true },
        { "{\"uniqueItems\":true}", "[1,1.0]", false },
        { "{\"uniqueItems\":true}", "[1,true]", true },
        { "{\"uniqueItems\":true}", "[0,false]", true },
        { "{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},{\"b\":2.0,\"a\":1}]", false },
        { "{\"uniqueItems\":true}", "[[1],[true]]", true },
        { "{\"uniqueItems\":true}", "[{\"a\":false},{\"a\":0}]", true },
        { "{\"uniqueItems\":false}", "[1,1]", true },
        { "{\"uniqueItems\":true}", "[1,2,3,4,5,6,7,8,9,10,1.0]", false },
        { "{\"uniqueItems\":true}", "[1,2,3,4,5,6,7,8,9,10,true,\"1\",[1],null]",
          true },
        { "{\"uniqueItems\":true}",
          "[{\"a\":1,\"b\":2},2,3,4,5,6,7,8,9,{\"b\":2,\"a\":1}]", false },
        { "{\"uniqueItems\":true}", "\"aa\"", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void a_double_is_found_in_a_big_array(void **state)
{
    struct arena *a = *state;
    const struct schema *s =
        must_compile(a, "{\"uniqueItems\":true}", DIALECT_OPENAPI_31);
    cJSON *array = json_array(a);
    for (int i = 0; i < 100000; i++) {
        cJSON *item = json_object(a);
        json_add(item, "n", json_integer(a, i));
        json_push(array, item);
    }
    assert_true(schema_check(s, array, DIRECTION_NONE, "", a, NULL));
    json_push(array, must_json(a, "{\"n\":5.0}"));
    assert_false(schema_check(s, array, DIRECTION_NONE, "", a, NULL));
}

static void objects_are_checked_member_by_member(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"a\":1}", true },
        { "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"a\":\"1\"}", false },
        { "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"A\":\"1\"}", true },
        { "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "[]", true },
        { "{\"properties\":{\"a\":false}}", "{}", true },
        { "{\"properties\":{\"a\":false}}", "{\"a\":1}", false },
        { "{\"properties\":{\"\":{\"type\":\"integer\"}}}", "{\"\":\"x\"}", false },
        { "{\"properties\":{\"a\\u0000\":{\"type\":\"integer\"}}}", "{\"a\":\"x\"}",
          true },
        { "{\"properties\":{\"a\\u0000\":{\"type\":\"integer\"}}}",
          "{\"a\\u0000\":\"x\"}", false },
        { "{\"required\":[\"a\"]}", "{\"a\":null}", true },
        { "{\"required\":[\"a\"]}", "{}", false },
        { "{\"required\":[\"a\"]}", "1", true },
        { "{\"required\":[\"a\",\"a\"]}", "{\"a\":1}", true },
        { "{\"required\":[\"__proto__\",\"toString\"]}", "{}", false },
        { "{\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}}}",
          "{\"x-a\":1,\"y\":\"\"}", true },
        { "{\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}}}", "{\"x-a\":\"\"}",
          false },
        { "{\"properties\":{\"ab\":{\"minimum\":1}},\"patternProperties\":{\"a\":{"
          "\"maximum\":3},\"b\":{\"multipleOf\":2}}}",
          "{\"ab\":2}", true },
        { "{\"properties\":{\"ab\":{\"minimum\":1}},\"patternProperties\":{\"a\":{"
          "\"maximum\":3},\"b\":{\"multipleOf\":2}}}",
          "{\"ab\":3}", false },
        { "{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"a\":1}",
          true },
        { "{\"properties\":{\"a\":true},\"additionalProperties\":false}", "{\"b\":1}",
          false },
        { "{\"patternProperties\":{\"^x\":true},\"additionalProperties\":false}",
          "{\"x1\":1}", true },
        { "{\"additionalProperties\":{\"type\":\"integer\"}}", "{\"a\":\"\"}", false },
        { "{\"additionalProperties\":{}}", "{\"a\":\"\"}", true },
        { "{\"required\":[\"a\"],\"additionalProperties\":false}", "{\"a\":1}", false },
        { "{\"allOf\":[{\"properties\":{\"a\":{}}}],\"additionalProperties\":false}",
          "{\"a\":1}", false },
        { "{\"minProperties\":1}", "{}", false },
        { "{\"maxProperties\":1}", "{\"a\":1,\"b\":1}", false },
        { "{\"propertyNames\":{\"maxLength\":1}}", "{\"a\":1}", true },
        { "{\"propertyNames\":{\"maxLength\":1}}", "{\"ab\":1}", false },
        { "{\"propertyNames\":false}", "{}", true },
        { "{\"propertyNames\":false}", "{\"a\":1}", false },
        { "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"b\":1}", true },
        { "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1}", false },
        { "{\"dependentRequired\":{\"a\":[]}}", "{\"a\":1}", true },
        { "{\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}}", "{\"a\":1}", false },
        { "{\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}}", "{\"c\":1}", true },
        { "{\"dependentSchemas\":{\"a\":false}}", "{\"a\":1}", false },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void many_required_names_are_all_asked_for(void **state)
{
    struct arena *a = *state;
    cJSON *schema = json_object(a), *names = json_array(a), *value = json_object(a);
    for (int i = 0; i < 300; i++) {
        const char *name = arena_printf(a, "n%d", i);
        json_push(names, json_string(a, str(name)));
        json_add(value, name, json_integer(a, i));
    }
    json_add(schema, "required", names);
    const struct schema *s =
        must_compile(a, json_text(schema, a).ptr, DIALECT_OPENAPI_31);
    assert_true(schema_check(s, value, DIRECTION_NONE, "", a, NULL));
    json_detach(value, json_member(value, "n299"));
    assert_false(schema_check(s, value, DIRECTION_NONE, "", a, NULL));
}

static void branches_are_put_together(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "2", true },
        { "{\"allOf\":[{\"minimum\":1},{\"maximum\":3}]}", "4", false },
        { "{\"allOf\":[true,false]}", "1", false },
        { "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":2}]}", "2", true },
        { "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":2}]}", "1", false },
        { "{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":2}]}", "\"a\"", true },
        { "{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "4", true },
        { "{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "6", false },
        { "{\"oneOf\":[{\"multipleOf\":2},{\"multipleOf\":3}]}", "5", false },
        { "{\"oneOf\":[true,false,false]}", "1", true },
        { "{\"not\":{\"type\":\"string\"}}", "1", true },
        { "{\"not\":{\"type\":\"string\"}}", "\"\"", false },
        { "{\"not\":{}}", "1", false },
        { "{\"not\":{\"not\":{\"type\":\"string\"}}}", "\"\"", true },
        { "{\"if\":{\"minimum\":5},\"then\":{\"maximum\":9},\"else\":{\"maximum\":2}}",
          "7", true },
        { "{\"if\":{\"minimum\":5},\"then\":{\"maximum\":9},\"else\":{\"maximum\":2}}",
          "10", false },
        { "{\"if\":{\"minimum\":5},\"then\":{\"maximum\":9},\"else\":{\"maximum\":2}}",
          "3", false },
        { "{\"if\":{\"minimum\":5},\"else\":{\"maximum\":2}}", "7", true },
        { "{\"then\":false}", "1", true },
        { "{\"if\":false,\"then\":false}", "1", true },
        { "true", "1", true },
        { "false", "1", false },
        { "{}", "[1]", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void references_may_go_round_as_long_as_the_value_gets_smaller(void **state)
{
    static const char tree[] =
        "{\"$ref\":\"#/$defs/"
        "tree\",\"$defs\":{\"tree\":{\"type\":\"object\",\"required\":["
        "\"n\"],\"properties\":{\"n\":{\"type\":\"integer\"},\"below\":{\"items\":{"
        "\"$ref\":\"#/$defs/tree\"}}}}}}";
    static const struct fit_row rows[] = {
        { tree, "{\"n\":1,\"below\":[{\"n\":2,\"below\":[{\"n\":3}]}]}", true },
        { tree, "{\"n\":1,\"below\":[{\"n\":2,\"below\":[{\"n\":\"3\"}]}]}", false },
        { tree, "{\"n\":1,\"below\":[{}]}", false },
        { "{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
          "{\"a\":{\"a\":{}}}", true },
        { "{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"additionalProperties\":false}",
          "{\"a\":{\"b\":{}}}", false },
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/"
          "b\"},\"b\":{\"type\":"
          "\"string\"}}}",
          "\"x\"", true },
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/"
          "b\"},\"b\":{\"type\":"
          "\"string\"}}}",
          "1", false },
        { "{\"$ref\":\"#/$defs/a~1b%25\",\"$defs\":{\"a/b%\":{\"type\":\"string\"}}}",
          "1", false },
        /* Rings end at the depth bound, with a finding. */
        { "{\"$ref\":\"#\"}", "1", true }, /* asks nothing, and is told at load */
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/"
          "b\"},\"b\":{\"$ref\":"
          "\"#/$defs/a\"}}}",
          "1", true },
        { "{\"allOf\":[{\"$ref\":\"#\"}]}", "1", true },
        { "{\"allOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}],\"minimum\":2}", "1", false },
        { "{\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}", "1", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void what_stands_beside_a_reference_counts_in_3_1_alone(void **state)
{
    static const struct fit_row in_31[] = {
        { "{\"$ref\":\"#/$defs/"
          "a\",\"maximum\":3,\"$defs\":{\"a\":{\"type\":\"integer\"}}}",
          "4", false },
        { "{\"$ref\":\"#/$defs/"
          "a\",\"maximum\":3,\"$defs\":{\"a\":{\"type\":\"integer\"}}}",
          "3", true },
    };
    static const struct fit_row in_30[] = {
        { "{\"$ref\":\"#/x/a\",\"maximum\":3,\"x\":{\"a\":{\"type\":\"integer\"}}}",
          "4", true },
        { "{\"$ref\":\"#/x/a\",\"maximum\":3,\"x\":{\"a\":{\"type\":\"integer\"}}}",
          "\"\"", false },
        { "{\"$ref\":\"#/x/a\",\"nullable\":true,\"x\":{\"a\":{\"type\":\"integer\"}}}",
          "null", false },
    };
    check_fits(*state, in_31, COUNT(in_31), DIALECT_OPENAPI_31);
    check_fits(*state, in_30, COUNT(in_30), DIALECT_OPENAPI_30);
}

static void formats_can_be_left_to_people(void **state)
{
    struct arena *a = *state;
    const cJSON *root = must_json(a, "{\"format\":\"date\"}");
    struct library *library = library_new(NULL, NULL, a);
    struct schemas_options options = { DIALECT_OPENAPI_31, .annotate_formats = true };
    struct err err = err_in(a);
    struct schemas *all = schemas_new(
        library, library_add(library, "file:///a", "a", root), &options, a, &err);
    const struct schema *s = schemas_add(all, root, "");
    assert_true(schemas_compile(all));
    assert_true(
        schema_check(s, must_json(a, "\"never\""), DIRECTION_NONE, "", a, NULL));
    assert_false(
        schema_check(must_compile(a, "{\"format\":\"date\"}", DIALECT_OPENAPI_31),
                     must_json(a, "\"never\""), DIRECTION_NONE, "", a, NULL));
}

/* ---- what a finding holds; what it says stands in tests/findings ------------------
 */

static void every_way_in_which_a_value_fails_is_told_up_to_a_bound(void **state)
{
    struct arena *a = *state;
    const struct schema *s = must_compile(a,
                                          "{\"type\":\"object\",\"required\":[\"a\","
                                          "\"b\"],\"minProperties\":5,\"properties\":{"
                                          "\"c\":{\"type\":\"string\",\"maxLength\":1},"
                                          "\"d\":{\"type\":\"array\",\"items\":{"
                                          "\"type\":\"string\"}}}}",
                                          DIALECT_OPENAPI_31);
    struct findings all = { .arena = a };
    assert_false(schema_check(s, must_json(a, "{\"c\":\"xx\",\"d\":[1,2]}"),
                              DIRECTION_NONE, "", a, &all));
    assert_int_equal(all.count, 6);

    struct findings many = { .arena = a };
    cJSON *list = json_array(a), *value = json_object(a);
    for (int i = 0; i < 1000; i++)
        json_push(list, json_integer(a, i));
    json_add(value, "d", list);
    assert_false(schema_check(s, value, DIRECTION_NONE, "", a, &many));
    assert_int_equal(many.count, LIMIT_FINDINGS);
}

static void branches_inside_branches_are_told_within_bounds(void **state)
{
    enum { DEEP = 18, MOST_BYTES = 64 * 1024 * 1024 };
    struct arena *a = *state;
    const struct schema *s = must_compile(
        a,
        "{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#\"}},"
        "\"required\":[\"x\"]},{\"type\":\"object\",\"properties\":{\"a\":{"
        "\"$ref\":\"#\"}},\"required\":[\"y\"]}]}",
        DIALECT_2020_12);
    cJSON *value = must_json(a, "1");
    for (int i = 0; i < DEEP; i++) {
        cJSON *outer = json_object(a);
        json_add(outer, "a", value);
        value = outer;
    }
    size_t before = arena_used(a);
    struct findings all = { .arena = a };
    assert_false(schema_check(s, value, DIRECTION_NONE, "", a, &all));
    assert_true(all.count > 0);
    assert_true(arena_used(a) - before < MOST_BYTES);
}

static void a_finding_names_the_place_of_its_keyword(void **state)
{
    static const struct {
        const char *schema, *value, *place;
    } rows[] = {
        { "{\"properties\":{\"a\":{\"maximum\":1}}}", "{\"a\":2}",
          "/properties/a/maximum" },
        { "{\"$ref\":\"#/$defs/x\",\"$defs\":{\"x\":{\"type\":\"string\"}}}", "1",
          "/$defs/x/type" },
        { "{\"allOf\":[{},{\"required\":[\"a\"]}]}", "{}", "/allOf/1/required" },
        { "{\"items\":{\"enum\":[1]}}", "[2]", "/items/enum" },
        { "{\"prefixItems\":[{},{\"const\":1}]}", "[2,2]", "/prefixItems/1/const" },
        { "{\"patternProperties\":{\"a/b\":{\"const\":1}}}", "{\"a/b\":2}",
          "/patternProperties/a~1b/const" },
        { "{\"additionalProperties\":{\"minLength\":1}}", "{\"a\":\"\"}",
          "/additionalProperties/minLength" },
        { "{\"if\":true,\"then\":{\"not\":{}}}", "1", "/then/not" },
        { "{\"dependentSchemas\":{\"a\":{\"maxProperties\":1}}}", "{\"a\":1,\"b\":1}",
          "/dependentSchemas/a/maxProperties" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct schema *s =
            must_compile(*state, rows[i].schema, DIALECT_OPENAPI_31);
        struct findings all = { .arena = *state };
        assert_false(schema_check(s, must_json(*state, rows[i].value), DIRECTION_NONE,
                                  "", *state, &all));
        if (strcmp(all.list[0].schema_pointer, rows[i].place) != 0)
            fail_msg("%s: %s", rows[i].schema, all.list[0].schema_pointer);
    }
}

static void a_long_value_is_cut_short_in_a_sentence(void **state)
{
    struct arena *a = *state;
    const struct schema *s =
        must_compile(a, "{\"type\":\"integer\"}", DIALECT_OPENAPI_31);
    struct findings all = { .arena = a };
    struct buffer b = buffer_in(a, LIMIT_BODY_BYTES);
    for (int i = 0; i < 5000; i++)
        buffer_add_text(&b, "abcdefgh");
    assert_false(
        schema_check(s, json_string(a, buffer_str(&b)), DIRECTION_NONE, "", a, &all));
    assert_true(strlen(finding_text(&all.list[0], a)) < 200);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(a_type_takes_the_values_of_its_kind),
        TEST(enum_and_const_compare_deeply_and_exactly),
        TEST(numbers_are_bounded_exactly),
        TEST(texts_are_measured_in_code_points),
        TEST(formats_are_enforced),
        TEST(arrays_are_checked_item_by_item),
        TEST(unique_items_differ_as_json_values),
        TEST(a_double_is_found_in_a_big_array),
        TEST(objects_are_checked_member_by_member),
        TEST(many_required_names_are_all_asked_for),
        TEST(branches_are_put_together),
        TEST(references_may_go_round_as_long_as_the_value_gets_smaller),
        TEST(what_stands_beside_a_reference_counts_in_3_1_alone),
        TEST(formats_can_be_left_to_people),
        TEST(every_way_in_which_a_value_fails_is_told_up_to_a_bound),
        TEST(branches_inside_branches_are_told_within_bounds),
        TEST(a_finding_names_the_place_of_its_keyword),
        TEST(a_long_value_is_cut_short_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Schemas: one row for each way a value fits, fails to, or a schema is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/text.h"
#include "base/limits.h"
#include "schema/schema.h"

/* Schemas of a document that is there alone. */
static struct schemas *schemas_of(struct arena *a, const cJSON *root,
                                  enum dialect dialect, struct err *err)
{
    struct library *library = library_new(NULL, NULL, a);
    struct schemas_options options = { .dialect = dialect };
    const struct document *d =
        library_add(library, "file:///spec.json", "spec.json", root);
    return schemas_new(library, d, &options, a, err);
}

/* The plan of the schema at pointer in a document; err says what is wrong with it. */
static const struct schema *compile_at(struct arena *a, const char *document,
                                       const char *pointer, const cJSON *node,
                                       enum dialect dialect, struct err *err)
{
    const cJSON *root = must_json(a, document);
    *err = err_in(a);
    struct schemas *all = schemas_of(a, root, dialect, err);
    const struct schema *s = schemas_add(all, node ? node : root, pointer);
    schemas_compile(all);
    return s;
}

static const struct schema *must_compile(struct arena *a, const char *text,
                                         enum dialect dialect)
{
    struct err err;
    const struct schema *s = compile_at(a, text, "", NULL, dialect, &err);
    if (err.errors)
        fail_msg("%s was refused: %s", text, problem_text(err.first, a));
    return s;
}

/* ---- what fits ---------------------------------------------------------------- */

struct fit_row {
    const char *schema, *value;
    bool fits;
};

/* Both ways of asking give the same answer, and a value that does not fit is told. */
static void check_fits(struct arena *a, const struct fit_row *rows, size_t count,
                       enum dialect dialect)
{
    for (size_t i = 0; i < count; i++) {
        const struct schema *s = must_compile(a, rows[i].schema, dialect);
        const cJSON *value = must_json(a, rows[i].value);
        struct findings findings = { .arena = a };
        bool fits = schema_check(s, value, DIRECTION_NONE, "", a, &findings);
        if (fits != rows[i].fits ||
            fits != schema_check(s, value, DIRECTION_NONE, "", a, NULL))
            fail_msg("%s %s %s", rows[i].value, fits ? "fits" : "does not fit",
                     rows[i].schema);
        if (fits != (findings.count == 0))
            fail_msg("%s against %s: %zu findings", rows[i].value, rows[i].schema,
                     findings.count);
    }
}

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

static void openapi_3_0_has_its_own_words(void **state)
{
    static const struct fit_row rows[] = {
        { "{\"type\":\"string\",\"nullable\":true}", "null", true },
        { "{\"type\":\"string\",\"nullable\":true}", "1", false },
        { "{\"type\":\"string\",\"nullable\":false}", "null", false },
        { "{\"nullable\":true,\"type\":\"object\",\"properties\":{\"a\":{\"type\":"
          "\"integer\","
          "\"nullable\":true}}}",
          "{\"a\":null}", true },
        { "{\"type\":\"string\",\"nullable\":true,\"enum\":[\"a\"]}", "null", false },
        { "{\"type\":\"string\",\"nullable\":true,\"enum\":[\"a\",null]}", "null",
          true },
        { "{\"minimum\":3,\"exclusiveMinimum\":true}", "3", false },
        { "{\"minimum\":3,\"exclusiveMinimum\":true}", "3.1", true },
        { "{\"minimum\":3,\"exclusiveMinimum\":false}", "3", true },
        { "{\"maximum\":3,\"exclusiveMaximum\":true}", "3", false },
        { "{\"exclusiveMaximum\":true,\"maximum\":3}", "2", true },
        { "{\"exclusiveMaximum\":true}", "3", true },
        { "{\"additionalProperties\":false}", "{\"a\":1}", false },
        { "{\"additionalProperties\":true}", "{\"a\":1}", true },
        /* Words of 2020-12 alone are told at load and mean nothing. */
        { "{\"const\":1}", "2", true },
        { "{\"prefixItems\":[{\"type\":\"string\"}]}", "[1]", true },
        { "{\"patternProperties\":{\"a\":{\"type\":\"string\"}}}", "{\"a\":1}", true },
        { "{\"if\":{},\"then\":{\"type\":\"string\"}}", "1", true },
    };
    static const struct fit_row in_31[] = {
        { "{\"type\":\"string\",\"nullable\":true}", "null", false },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_30);
    check_fits(*state, in_31, COUNT(in_31), DIALECT_OPENAPI_31);
}

#define PETS                                                                           \
    "\"components\":{\"schemas\":{"                                                    \
    "\"Cat\":{\"type\":\"object\",\"required\":[\"kind\"],\"properties\":{\"kind\":{}" \
    ","                                                                                \
    "\"lives\":{\"type\":\"integer\"}}},"                                              \
    "\"Dog\":{\"type\":\"object\",\"required\":[\"kind\",\"bark\"],\"properties\":{"   \
    "\"kind\":{},\"bark\":{\"type\":\"string\"}}}}}"
#define CAT_OR_DOG                                        \
    "\"oneOf\":[{\"$ref\":\"#/components/schemas/Cat\"}," \
    "{\"$ref\":\"#/components/schemas/Dog\"}],"

static const char implicit_pets[] =
    "{" CAT_OR_DOG "\"discriminator\":{\"propertyName\":\"kind\"}," PETS "}";
static const char mapped_pets[] =
    "{" CAT_OR_DOG "\"discriminator\":{\"propertyName\":\"kind\",\"mapping\":{\"meow\":"
    "\"#/components/schemas/Cat\",\"woof\":\"Dog\"}}," PETS "}";

static void a_discriminator_chooses_the_branch(void **state)
{
    static const struct fit_row rows[] = {
        { implicit_pets, "{\"kind\":\"Cat\",\"lives\":9}", true },
        { implicit_pets, "{\"kind\":\"Cat\",\"lives\":\"nine\"}", false },
        { implicit_pets, "{\"kind\":\"Dog\",\"bark\":\"!\"}", true },
        { implicit_pets, "{\"kind\":\"Dog\"}", false },
        { implicit_pets, "{\"kind\":\"Cow\"}", false },
        { implicit_pets, "{\"kind\":1}", false },
        { implicit_pets, "{}", false },
        { mapped_pets, "{\"kind\":\"meow\"}", true },
        { mapped_pets, "{\"kind\":\"woof\"}", false },
        { mapped_pets, "{\"kind\":\"woof\",\"bark\":\"!\"}", true },
        /* A mapping adds names; the implicit ones stay (OpenAPI 3.1.1, 4.8.25). */
        { mapped_pets, "{\"kind\":\"Cat\"}", true },
        { mapped_pets, "{\"kind\":\"cow\"}", false },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_30);
}

#define SHUT(required, empty)                                                         \
    "{\"oneOf\":[{\"$ref\":\"#/components/schemas/empty\"},{\"$ref\":\"#/components/" \
    "schemas/Dog\"}],\"discriminator\":{\"propertyName\":\"kind\",\"mapping\":{"      \
    "\"none\":\"empty\",\"cow\":\"empty\",\"Dog\":\"Dog\"}}," required                \
    "\"properties\":{\"kind\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"}}," \
    "\"components\":{\"schemas\":{\"empty\":" empty ","                               \
    "\"Dog\":{\"properties\":{\"bark\":{\"type\":\"string\"}}}}}}"

static void a_chosen_branch_is_not_closed_against_what_chose_it(void **state)
{
    static const char shut[] =
        SHUT("\"required\":[\"kind\"],", "{\"additionalProperties\":false}");
    static const char kind_in_it[] = SHUT(
        "", "{\"properties\":{\"kind\":{},\"legs\":{\"type\":\"object\",\"additional"
            "Properties\":false}},\"additionalProperties\":false}");
    static const struct fit_row rows[] = {
        { shut, "{\"kind\":\"cow\",\"name\":\"Ann\"}", true },
        { shut, "{\"kind\":\"cow\",\"name\":1}", false },
        { shut, "{\"kind\":\"Dog\",\"bark\":1}", false },
        { shut, "{\"name\":\"Ann\"}", false },
        { kind_in_it, "{\"kind\":\"cow\"}", true },
        { kind_in_it, "{\"kind\":\"cow\",\"name\":\"Ann\"}", false },
        { kind_in_it, "{\"kind\":\"cow\",\"legs\":{\"left\":1}}", false },
        /* Nothing requires the kind, so a value need not tell it. */
        { kind_in_it, "{\"name\":\"Ann\"}", true },
        { kind_in_it, "{\"name\":1}", false },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_30);
}

static void a_default_mapping_takes_every_other_value(void **state)
{
    static const char pets[] =
        "{" CAT_OR_DOG
        "\"discriminator\":{\"propertyName\":\"kind\",\"defaultMapping\":"
        "\"Dog\"}," PETS "}";
    static const struct fit_row rows[] = {
        { pets, "{\"kind\":\"Cat\",\"lives\":9}", true },
        { pets, "{\"kind\":\"Cow\",\"bark\":\"!\"}", true },
        { pets, "{\"kind\":\"Cow\"}", false },
        { pets, "{\"bark\":\"!\"}", false }, /* Dog wants a kind itself */
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void
a_branch_written_in_place_is_chosen_by_the_values_of_its_member(void **state)
{
    static const char in_place[] = "{\"oneOf\":[{\"properties\":{\"k\":{\"const\":"
                                   "\"a\"},\"x\":{\"type\":\"string\"}}},"
                                   "{\"properties\":{\"k\":{\"enum\":[\"b\",\"c\"]},"
                                   "\"x\":{\"type\":\"integer\"}}}],"
                                   "\"discriminator\":{\"propertyName\":\"k\"}}";
    static const struct fit_row rows[] = {
        { in_place, "{\"k\":\"a\",\"x\":\"\"}", true },
        { in_place, "{\"k\":\"a\",\"x\":1}", false },
        { in_place, "{\"k\":\"c\",\"x\":1}", true },
        { in_place, "{\"k\":\"d\"}", false },
        { in_place, "{\"x\":1}", false },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

/* Cat is all of Pet, and Lion is all of Cat. */
#define FAMILY                                                                         \
    "\"components\":{\"schemas\":{\"Pet\":{\"required\":[\"name\"],\"discriminator\":" \
    "{\"propertyName\":\"kind\"}},"                                                    \
    "\"Cat\":{\"allOf\":[{\"$ref\":\"#/components/schemas/Pet\"},"                     \
    "{\"properties\":{\"lives\":{\"type\":\"integer\"}}}]},"                           \
    "\"Lion\":{\"allOf\":[{\"$ref\":\"#/components/schemas/Cat\"},"                    \
    "{\"required\":[\"mane\"]}]}}}"

static void a_parent_leads_to_the_components_that_are_all_of_it(void **state)
{
    static const char pet[] = "{\"$defs\":{}," FAMILY ",\"allOf\":[{\"$ref\":"
                              "\"#/components/schemas/Pet\"}]}";
    static const struct fit_row rows[] = {
        { pet, "{\"kind\":\"Cat\",\"name\":\"a\",\"lives\":9}", true },
        { pet, "{\"kind\":\"Cat\",\"name\":\"a\",\"lives\":\"9\"}", false },
        { pet, "{\"kind\":\"Cat\",\"lives\":9}", false },
        { pet, "{\"kind\":\"Lion\",\"name\":\"a\"}", false },
        { pet, "{\"kind\":\"Lion\",\"name\":\"a\",\"mane\":1}", true },
        { pet, "{\"kind\":\"Pet\",\"name\":\"a\"}", true },
        { pet, "{\"kind\":\"Cow\",\"name\":\"a\"}", false },
        /* Whether the member has to be there is for `required` to say. */
        { pet, "{\"name\":\"a\"}", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_OPENAPI_31);
}

static void a_discriminator_is_an_annotation_outside_openapi(void **state)
{
    static const struct fit_row rows[] = {
        { implicit_pets, "{\"kind\":\"Cow\"}", true },
    };
    check_fits(*state, rows, COUNT(rows), DIALECT_2020_12);
}

/* ---- which way a value goes ----------------------------------------------------- */

static void members_are_for_one_direction_only(void **state)
{
#define MARKED                                                          \
    "{\"properties\":{\"id\":{\"type\":\"string\",\"readOnly\":true},"  \
    "\"secret\":{\"type\":\"string\",\"writeOnly\":true},\"name\":{}}," \
    "\"required\":[\"id\",\"secret\",\"name\"]}"
    static const char direct[] = MARKED;
    static const char composed[] =
        "{\"allOf\":[{\"properties\":{\"id\":{\"allOf\":[{\"$ref\":\"#/x\"}]},"
        "\"secret\":{\"writeOnly\":true}}},{\"required\":[\"id\",\"secret\",\"name\"]}]"
        ","
        "\"x\":{\"readOnly\":true}}";
    static const struct {
        const char *schema, *value;
        enum direction direction;
        const char *keyword; /* NULL: fits */
    } rows[] = {
        { direct, "{\"secret\":\"s\",\"name\":1}", DIRECTION_REQUEST, NULL },
        { direct, "{\"id\":\"1\",\"secret\":\"s\",\"name\":1}", DIRECTION_REQUEST,
          "readOnly" },
        { direct, "{\"name\":1}", DIRECTION_REQUEST, "required" },
        { direct, "{\"id\":\"1\",\"name\":1}", DIRECTION_RESPONSE, NULL },
        { direct, "{\"id\":\"1\",\"secret\":\"s\",\"name\":1}", DIRECTION_RESPONSE,
          "writeOnly" },
        { direct, "{\"name\":1}", DIRECTION_RESPONSE, "required" },
        { direct, "{\"id\":\"1\",\"secret\":\"s\",\"name\":1}", DIRECTION_NONE, NULL },
        { direct, "{\"secret\":\"s\",\"name\":1}", DIRECTION_NONE, "required" },
        { composed, "{\"secret\":\"s\",\"name\":1}", DIRECTION_REQUEST, NULL },
        { composed, "{\"id\":\"1\",\"secret\":\"s\",\"name\":1}", DIRECTION_REQUEST,
          "readOnly" },
        { composed, "{\"id\":\"1\",\"name\":1}", DIRECTION_RESPONSE, NULL },
        { composed, "{\"id\":\"1\"}", DIRECTION_RESPONSE, "required" },
    };
    static const enum dialect dialects[] = { DIALECT_OPENAPI_30, DIALECT_OPENAPI_31 };
    for (size_t i = 0; i < COUNT(rows) * COUNT(dialects); i++) {
        enum dialect dialect = dialects[i / COUNT(rows)];
        size_t r = i % COUNT(rows);
        const struct schema *s = must_compile(*state, rows[r].schema, dialect);
        struct findings all = { .arena = *state };
        bool fits = schema_check(s, must_json(*state, rows[r].value), rows[r].direction,
                                 "", *state, &all);
        if (fits != !rows[r].keyword ||
            (!fits && strcmp(all.list[0].keyword, rows[r].keyword) != 0))
            fail_msg("%s against %s in direction %d: expected %s, found %s",
                     rows[r].value, rows[r].schema, rows[r].direction,
                     rows[r].keyword ? rows[r].keyword : "that it fits",
                     fits ? "that it fits" : all.list[0].keyword);
    }
}

/* ---- other documents ------------------------------------------------------------ */

struct shelf {
    struct arena *arena;
    unsigned brought;
};

static const cJSON *bring(void *context, const char *uri, const char **file,
                          const char **why)
{
    static const char *const documents[][2] = {
        { "http://example.test/types.json",
          "{\"$id\":\"http://example.test/types.json\",\"$defs\":{\"n\":{\"$anchor\":"
          "\"count\",\"type\":\"integer\"}}}" },
        { "http://example.test/bag.yaml",
          "{\"Pet\":{\"$ref\":\"types.json#count\"},\"Toy\":{\"$ref\":\"#/Pet\"}}" },
        { "http://example.test/broken.json", "{\"a\":{\"type\":\"nix\"}}" },
    };
    struct shelf *shelf = context;
    shelf->brought++;
    for (size_t i = 0; i < COUNT(documents); i++)
        if (strcmp(documents[i][0], uri) == 0) {
            *file = strrchr(documents[i][0], '/') + 1;
            return must_json(shelf->arena, documents[i][1]);
        }
    *why = "it is not on the shelf";
    return NULL;
}

static const struct schema *compile_with_shelf(struct shelf *shelf, const char *text,
                                               struct err *err)
{
    struct arena *a = shelf->arena;
    const cJSON *root = must_json(a, text);
    struct library *library = library_new(bring, shelf, a);
    struct schemas_options options = { .dialect = DIALECT_2020_12 };
    const struct document *d =
        library_add(library, "http://example.test/main.json", "main.json", root);
    *err = err_in(a);
    struct schemas *all = schemas_new(library, d, &options, a, err);
    const struct schema *s = schemas_add(all, root, "");
    schemas_compile(all);
    return s;
}

static void references_lead_into_other_documents_which_are_read_once(void **state)
{
    struct arena *a = *state;
    struct shelf shelf = { a, 0 };
    struct err err;
    const struct schema *s = compile_with_shelf(
        &shelf,
        "{\"properties\":{\"a\":{\"$ref\":\"types.json#/$defs/n\"},\"b\":{\"$ref\":"
        "\"bag.yaml#/Toy\"},\"c\":{\"$ref\":\"bag.yaml#/Pet\"}}}",
        &err);
    assert_int_equal(err.errors, 0);
    assert_int_equal(shelf.brought, 2);
    struct findings all = { .arena = a };
    assert_false(schema_check(s, must_json(a, "{\"a\":1,\"b\":\"\",\"c\":2}"),
                              DIRECTION_NONE, "", a, &all));
    assert_int_equal(all.count, 1);
    assert_string_equal(all.list[0].pointer, "/b");
    assert_string_equal(all.list[0].document->file, "types.json");
    assert_string_equal(all.list[0].schema_pointer, "/$defs/n/type");
}

static void a_mistake_in_another_document_names_that_document(void **state)
{
    static const struct {
        const char *schema, *file, *pointer, *why;
    } rows[] = {
        { "{\"$ref\":\"broken.json#/a\"}", "broken.json", "/a/type", "found nix" },
        { "{\"not\":{\"$ref\":\"gone.json\"}}", "main.json", "/not/$ref",
          "there is no document \"http://example.test/gone.json\" (it is not on the "
          "shelf)" },
        { "{\"$ref\":\"types.json#/$defs/m\"}", "main.json", "/$ref",
          "nothing stands at \"types.json#/$defs/m\"" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct shelf shelf = { *state, 0 };
        struct err err;
        compile_with_shelf(&shelf, rows[i].schema, &err);
        assert_int_equal(err.errors, 1);
        assert_string_equal(err.first->at.file, rows[i].file);
        assert_string_equal(err.first->at.pointer, rows[i].pointer);
        assert_non_null(strstr(err.first->why, rows[i].why));
    }
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

/* ---- schemas that are none ------------------------------------------------------ */

struct load_row {
    const char *schema, *pointer, *why;
};

static void check_problem(struct arena *a, const struct load_row *row,
                          enum dialect dialect, bool warning)
{
    struct err err;
    compile_at(a, row->schema, "", NULL, dialect, &err);
    if (err.errors != !warning || err.warnings != warning)
        fail_msg("%s: %u errors, %u warnings", row->schema, err.errors, err.warnings);
    const struct problem *p = err.first;
    if (strcmp(p->at.file, "spec.json") != 0 ||
        strcmp(p->at.pointer, row->pointer) != 0 || !strstr(p->why, row->why))
        fail_msg("%s: %s", row->schema, problem_text(p, a));
}

static void a_schema_that_is_none_is_an_error_with_its_place(void **state)
{
    static const struct load_row rows[] = {
        { "{\"type\":\"strnig\"}", "/type",
          "expected one of object, array, string, number, integer, boolean, null, "
          "found "
          "strnig" },
        { "{\"type\":1}", "/type", "found a number" },
        { "{\"type\":[\"string\",\"x\"]}", "/type", "found x" },
        { "{\"minLength\":-1}", "/minLength", "a whole number that is not negative" },
        { "{\"maxItems\":1.5}", "/maxItems", "a whole number that is not negative" },
        { "{\"minProperties\":\"1\"}", "/minProperties", "found a string" },
        { "{\"maximum\":\"1\"}", "/maximum", "expected a number, found a string" },
        { "{\"exclusiveMinimum\":true}", "/exclusiveMinimum",
          "expected a number, found true" },
        { "{\"multipleOf\":0}", "/multipleOf", "expected a number above 0" },
        { "{\"multipleOf\":-1}", "/multipleOf", "expected a number above 0" },
        { "{\"enum\":1}", "/enum", "expected an array, found a number" },
        { "{\"pattern\":\"(\"}", "/pattern", "" },
        { "{\"pattern\":\"^\\\\Z\"}", "/pattern", "" },
        { "{\"pattern\":1}", "/pattern", "expected a string" },
        { "{\"format\":1}", "/format", "expected a string" },
        { "{\"uniqueItems\":1}", "/uniqueItems", "true or false" },
        { "{\"required\":\"a\"}", "/required", "expected an array of names" },
        { "{\"required\":[1]}", "/required", "expected an array of names" },
        { "{\"properties\":[]}", "/properties", "expected an object, found an array" },
        { "{\"properties\":{\"a/b\":1}}", "/properties/a~1b",
          "expected a schema (an object), found a number" },
        { "{\"patternProperties\":{\"(\":{}}}", "/patternProperties", "" },
        { "{\"patternProperties\":[]}", "/patternProperties", "expected an object" },
        { "{\"additionalProperties\":\"no\"}", "/additionalProperties",
          "expected a schema (an object), found a string" },
        { "{\"propertyNames\":[]}", "/propertyNames", "expected a schema" },
        { "{\"dependentRequired\":{\"a\":\"b\"}}", "/dependentRequired",
          "an object of arrays of member names" },
        { "{\"dependentSchemas\":[]}", "/dependentSchemas", "expected an object" },
        { "{\"items\":[{}]}", "/items",
          "expected a schema (an object), found an array" },
        { "{\"prefixItems\":{}}", "/prefixItems", "expected an array of schemas" },
        { "{\"allOf\":[]}", "/allOf", "expected an array of schemas" },
        { "{\"anyOf\":{}}", "/anyOf", "expected an array of schemas" },
        { "{\"oneOf\":[1]}", "/oneOf/0", "expected a schema" },
        { "{\"not\":null}", "/not", "expected a schema (an object), found null" },
        { "{\"if\":1}", "/if", "expected a schema" },
        { "{\"$ref\":\"#/$defs/none\"}", "/$ref",
          "nothing stands at \"#/$defs/none\"" },
        { "{\"$ref\":\"other.yaml#/a\"}", "/$ref",
          "there is no document \"file:///other.yaml\" (only what was given is read)" },
        { "{\"$ref\":\"#none\"}", "/$ref", "nothing is called \"#none\" there" },
        { "{\"$ref\":\"a b\"}", "/$ref", "\"a b\" is no URI reference" },
        { "{\"$ref\":1}", "/$ref", "expected a string" },
        { "{\"items\":{\"properties\":{\"x\":{\"type\":\"nul\"}}}}",
          "/items/properties/x/type", "found nul" },
        { "{\"oneOf\":[{}],\"discriminator\":{\"mapping\":{}}}", "/discriminator",
          "expected an object with a propertyName" },
        { "{\"discriminator\":{\"propertyName\":\"k\",\"mapping\":{\"a\":\"A\"}}}",
          "/discriminator",
          "the mapping of \"a\" leads to \"A\", where nothing stands" },
    };
    static const struct load_row in_30[] = {
        { "{\"type\":\"null\"}", "/type", "integer, boolean, found null" },
        { "{\"exclusiveMinimum\":3}", "/exclusiveMinimum",
          "expected true or false (as OpenAPI 3.0 has it), found a number" },
        { "{\"properties\":{\"a\":true}}", "/properties/a",
          "expected a schema (an object), found true" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_problem(*state, &rows[i], DIALECT_OPENAPI_31, false);
    for (size_t i = 0; i < COUNT(in_30); i++)
        check_problem(*state, &in_30[i], DIALECT_OPENAPI_30, false);
}

static void what_will_not_be_enforced_is_a_warning_with_its_place(void **state)
{
    static const struct load_row rows[] = {
        { "{\"format\":\"colour\"}", "/format",
          "the format \"colour\" is not known here and will not be enforced" },
        { "{\"minLenght\":1}", "/minLenght", "did you mean \"minLength\"?" },
        { "{\"minimun\":1}", "/minimun",
          "the keyword \"minimun\" is not part of OpenAPI 3.1 and will not be "
          "enforced" },
        { "{\"$schema\":\"http://localhost/mine\"}", "/$schema",
          "\"http://localhost/mine\" is not known here (only what was given is read); "
          "read as OpenAPI 3.1" },
        { "{\"$defs\":{\"a\":{\"$id\":\"urn:a\"},\"b\":{\"$id\":\"urn:a\"}}}",
          "/$defs/b/$id", "another schema has the same identifier" },
        { "{\"oneOf\":[{\"type\":\"object\"}],\"discriminator\":{\"propertyName\":"
          "\"k\"}}",
          "/discriminator", "branch 0 of oneOf has no name that a \"k\" could choose" },
        { "{\"type\":\"string\",\"nullable\":true}", "/nullable", "is not part of" },
        { "{\"oneOf\":[{\"properties\":{\"k\":{\"const\":\"a\"}}},{\"properties\":{"
          "\"k\":{"
          "\"const\":\"b\"}}}],\"discriminator\":{\"propertyName\":\"k\",\"mapping\":{"
          "\"c\":\"#/$defs/c\"}},\"$defs\":{\"c\":{\"additionalProperties\":false}}}",
          "/discriminator",
          "forbids \"k\" by additionalProperties; such a branch is read as if it "
          "were open" },
    };
    static const struct load_row in_30[] = {
        { "{\"const\":1}", "/const",
          "the keyword \"const\" is not part of OpenAPI 3.0 and will not be enforced" },
        { "{\"patternProperties\":{}}", "/patternProperties",
          "is not part of OpenAPI 3.0" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_problem(*state, &rows[i], DIALECT_OPENAPI_31, true);
    for (size_t i = 0; i < COUNT(in_30); i++)
        check_problem(*state, &in_30[i], DIALECT_OPENAPI_30, true);
}

static void what_only_people_read_is_no_problem(void **state)
{
    static const char *const rows[] = {
        "{\"title\":\"a\",\"description\":\"b\",\"default\":1,\"deprecated\":true,"
        "\"examples\":"
        "[1],\"$comment\":\"c\",\"$defs\":{\"bad\":{\"type\":\"nix\"}}}",
        "{\"x-internal\":{\"type\":\"nix\"}}",
        "{\"readOnly\":false}",
        "{\"contentMediaType\":\"text/plain\",\"contentEncoding\":\"base64\"}",
        "{\"enum\":[{\"$ref\":\"#/none\"}],\"const\":{\"type\":\"nix\"}}",
        "{\"properties\":{\"$ref\":{\"type\":\"string\"},\"type\":{\"type\":\"string\"}"
        "}}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err;
        compile_at(*state, rows[i], "", NULL, DIALECT_OPENAPI_31, &err);
        if (err.errors || err.warnings)
            fail_msg("%s: %s", rows[i], problem_text(err.first, *state));
    }
}

static void every_mistake_of_a_schema_is_told(void **state)
{
    struct err err;
    compile_at(
        *state,
        "{\"type\":\"x\",\"minLength\":-1,\"items\":{\"$ref\":\"#/no\"},\"foo\":1}", "",
        NULL, DIALECT_OPENAPI_31, &err);
    assert_int_equal(err.errors, 3);
    assert_int_equal(err.warnings, 1);
}

static void the_same_node_has_one_plan_and_a_made_up_one_may_be_added(void **state)
{
    struct arena *a = *state;
    const cJSON *root = must_json(a, "{\"A\":{\"type\":\"string\"}}");
    struct err err = err_in(a);
    struct schemas *all = schemas_of(a, root, DIALECT_OPENAPI_31, &err);
    const struct schema *one = schemas_add(all, json_member(root, "A"), "/A");
    const struct schema *made = schemas_add(
        all, must_json(a, "{\"properties\":{\"x\":{\"$ref\":\"#/A\"}}}"), "/made/up");
    assert_ptr_equal(one, schemas_add(all, json_member(root, "A"), "/elsewhere"));
    assert_true(schemas_compile(all));
    assert_false(
        schema_check(made, must_json(a, "{\"x\":1}"), DIRECTION_NONE, "", a, NULL));
    assert_true(
        schema_check(made, must_json(a, "{\"x\":\"\"}"), DIRECTION_NONE, "", a, NULL));
    /* A second round makes only what is new. */
    const struct schema *late =
        schemas_add(all, must_json(a, "{\"type\":\"nul\"}"), "/late");
    assert_false(schemas_compile(all));
    assert_non_null(late);
    assert_true(schemas_compile(all));
}

/* ---- what a schema declares -------------------------------------------------------
 */

static void a_schema_describes_the_places_it_declares(void **state)
{
    enum { NONE = 0 };
    static const char person[] =
        "{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"},\"age\":{"
        "\"type\":["
        "\"integer\",\"null\"]},\"role\":{\"enum\":[\"a\",\"b\"]},\"kind\":{\"const\":"
        "1},"
        "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"boss\":{\"$"
        "ref\":\"#\"},"
        "\"free\":{\"type\":\"object\"},\"any\":{},\"never\":false}}";
    static const char mixed[] =
        "{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"string\"}}},{\"anyOf\":[{"
        "\"properties\":{"
        "\"b\":{\"type\":\"integer\"}}},{\"properties\":{\"b\":{\"type\":\"boolean\"}}}"
        "]},{\"if\":"
        "{},\"then\":{\"properties\":{\"c\":{\"type\":\"null\"}}}}]}";
    static const struct {
        const char *schema, *pointer;
        unsigned types;
        bool closed;
        const char *nearest;
    } rows[] = {
        { person, "", TYPE_OBJECT, false, NULL },
        { person, "/name", TYPE_STRING, false, NULL },
        { person, "/nmae", NONE, false, "name" },
        { person, "/colour", NONE, false, NULL },
        { person, "/age", TYPE_INTEGER | TYPE_NULL, false, NULL },
        { person, "/role", TYPE_ANY, true, NULL },
        { person, "/kind", TYPE_ANY, true, NULL },
        { person, "/tags/0", TYPE_STRING, false, NULL },
        { person, "/tags/-", TYPE_STRING, false, NULL },
        { person, "/tags/x", NONE, false, NULL },
        { person, "/boss/boss/name", TYPE_STRING, false, NULL },
        { person, "/boss/boss/nam", NONE, false, "name" },
        { person, "/free/whatever", TYPE_OBJECT, false, NULL },
        { person, "/any/whatever", TYPE_ANY, false, NULL },
        { person, "/never", NONE, false, NULL },
        { person, "/name/x", NONE, false, NULL },
        { mixed, "/a", TYPE_STRING, false, NULL },
        { mixed, "/b", TYPE_INTEGER | TYPE_BOOLEAN, false, NULL },
        { mixed, "/c", TYPE_NULL, false, NULL },
        { mixed, "/d", NONE, false, "a" },
        { implicit_pets, "/lives", TYPE_INTEGER, false, NULL },
        { mapped_pets, "/bark", TYPE_STRING, false, NULL },
        { "{\"additionalProperties\":{\"type\":\"integer\"}}", "/x", TYPE_INTEGER,
          false, NULL },
        { "{\"additionalProperties\":false}", "/x", NONE, false, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct schema *s =
            must_compile(*state, rows[i].schema, DIALECT_OPENAPI_31);
        struct schema_place place;
        bool described = schema_describe(s, rows[i].pointer, &place);
        bool wanted = rows[i].types != NONE;
        if (described != wanted)
            fail_msg("%s is %sdescribed by %s", rows[i].pointer,
                     described ? "" : "not ", rows[i].schema);
        if (wanted &&
            !(rows[i].types & TYPE_OBJECT && rows[i].pointer[0] &&
              strstr(rows[i].pointer, "whatever")) &&
            (place.types != rows[i].types || place.closed != rows[i].closed))
            fail_msg("%s: types %u, %s", rows[i].pointer, place.types,
                     place.closed ? "closed" : "open");
        const char *nearest = wanted || !place.nearest ? "" : place.nearest;
        if (strcmp(nearest, rows[i].nearest ? rows[i].nearest : "") != 0)
            fail_msg("%s: nearest is %s", rows[i].pointer, nearest);
    }
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
        TEST(openapi_3_0_has_its_own_words),
        TEST(a_discriminator_chooses_the_branch),
        TEST(a_chosen_branch_is_not_closed_against_what_chose_it),
        TEST(a_default_mapping_takes_every_other_value),
        TEST(a_branch_written_in_place_is_chosen_by_the_values_of_its_member),
        TEST(a_parent_leads_to_the_components_that_are_all_of_it),
        TEST(a_discriminator_is_an_annotation_outside_openapi),
        TEST(members_are_for_one_direction_only),
        TEST(references_lead_into_other_documents_which_are_read_once),
        TEST(a_mistake_in_another_document_names_that_document),
        TEST(formats_can_be_left_to_people),
        TEST(every_way_in_which_a_value_fails_is_told_up_to_a_bound),
        TEST(branches_inside_branches_are_told_within_bounds),
        TEST(a_finding_names_the_place_of_its_keyword),
        TEST(a_long_value_is_cut_short_in_a_sentence),
        TEST(a_schema_that_is_none_is_an_error_with_its_place),
        TEST(what_will_not_be_enforced_is_a_warning_with_its_place),
        TEST(what_only_people_read_is_no_problem),
        TEST(every_mistake_of_a_schema_is_told),
        TEST(the_same_node_has_one_plan_and_a_made_up_one_may_be_added),
        TEST(a_schema_describes_the_places_it_declares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

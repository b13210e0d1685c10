/* What a sample is like, beyond that it fits (test_sample.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/cost.h"
#include "../support/schemas.h"
#include "../support/text.h"
#include "base/clock.h"
#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/sample.h"

enum { SEEDS = 20 };

static cJSON *sampled(struct arena *a, const char *schema, struct sampler how,
                      uint64_t seed)
{
    struct chance chance = chance_of(seed, STR("n"), STR("o"), 1);
    const struct schema *s = must_compile(a, schema, DIALECT_OPENAPI_31);
    how.chance = &chance;
    how.arena = a;
    cJSON *made = sample_make(&how, s);
    if (made && !schema_check(s, made, how.direction, "", a, NULL))
        fail_msg("%s does not fit %s", json_text(made, a).ptr, schema);
    return made;
}

static clock_ms moment(const cJSON *value, const char *name)
{
    clock_ms ms = 0;
    const char *text = json_member_text(value, name);
    if (!text || !clock_read(str(text), &ms))
        fail_msg("%s is no moment: %s", name, text);
    return ms;
}

static void what_happens_later_has_a_later_date(void **state)
{
    const char *schema =
        "{\"properties\":{\"closed_at\":{\"format\":\"date-time\"},\"updated_at\":{"
        "\"format\":\"date-time\"},\"created_at\":{\"format\":\"date-time\"},"
        "\"expires_at\":{\"format\":\"date-time\"}}}";
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        cJSON *v =
            sampled(*state, schema, (struct sampler){ .size = SAMPLE_TYPICAL }, seed);
        assert_true(moment(v, "created_at") < moment(v, "updated_at"));
        assert_true(moment(v, "updated_at") < moment(v, "closed_at"));
        assert_true(moment(v, "closed_at") < moment(v, "expires_at"));
    }
}

static void a_value_has_only_what_travels_its_way(void **state)
{
    const char *schema = "{\"properties\":{\"id\":{\"readOnly\":true},\"password\":{"
                         "\"writeOnly\":true},\"name\":{}},\"required\":[\"id\","
                         "\"password\",\"name\"]}";
    static const struct {
        enum direction direction;
        bool id, password;
    } rows[] = { { DIRECTION_NONE, true, true },
                 { DIRECTION_REQUEST, false, true },
                 { DIRECTION_RESPONSE, true, false } };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (unsigned size = 0; size <= SAMPLE_EVERYTHING; size++) {
            struct sampler how = { .size = size, .direction = rows[i].direction };
            cJSON *v = sampled(*state, schema, how, 1);
            assert_non_null(json_member(v, "name"));
            assert_int_equal(json_member(v, "id") != NULL, rows[i].id);
            assert_int_equal(json_member(v, "password") != NULL, rows[i].password);
        }
}

static void a_larger_size_has_more(void **state)
{
    const char *schema = "{\"type\":\"object\",\"properties\":{\"a\":{},\"list\":{"
                         "\"type\":\"array\",\"items\":{}}},\"required\":[\"a\"]}";
    static const struct {
        enum sample_size size;
        size_t members, items;
    } rows[] = { { SAMPLE_REQUIRED, 1, 0 },
                 { SAMPLE_TYPICAL, 2, 1 },
                 { SAMPLE_EVERYTHING, 3, 2 } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *v = sampled(*state, schema, (struct sampler){ .size = rows[i].size }, 1);
        const cJSON *list = json_member(v, "list");
        assert_int_equal(json_count(v), rows[i].members);
        assert_int_equal(list ? json_count(list) : 0, rows[i].items);
    }
}

static void a_value_can_be_ordered_with_a_member(void **state)
{
    const char *schema =
        "{\"oneOf\":[{\"properties\":{\"type\":{\"const\":\"not_found\"}},\"required\":"
        "[\"type\"]},{\"properties\":{\"type\":{\"const\":\"forbidden\"},\"code\":{"
        "\"const\":7}},\"required\":[\"type\",\"code\"]}]}";
    struct sampler how = { .member = "type", .text = "forbidden" };
    cJSON *v = sampled(*state, schema, how, 1);
    assert_string_equal(json_text(v, *state).ptr,
                        "{\"type\":\"forbidden\",\"code\":7}");
    how.text = "unheard_of";
    assert_null(sampled(*state, schema, how, 1));
}

static void what_cannot_be_is_told(void **state)
{
    const char *schema = "{\"type\":\"object\",\"allOf\":[{\"required\":[\"kind\"]},{"
                         "\"additionalProperties\":false}]}";
    const char *why = NULL;
    assert_null(sampled(*state, schema, (struct sampler){ .why = &why }, 1));
    assert_string_equal(
        why, "\"kind\" is required, but /allOf/1/additionalProperties is false");
}

static void composed_schemas_have_values(void **state)
{
    /* The sample must be this. */
    static const char *const rows[][2] = {
        { "{\"not\":{\"type\":[\"string\",\"object\",\"array\",\"number\",\"boolean\"]}"
          "}",
          "null" },
        { "{\"enum\":[1,2,3],\"not\":{\"enum\":[1,2]}}", "3" },
        { "{\"type\":\"integer\",\"minimum\":1,\"not\":{\"minimum\":2}}", "1" },
        { "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1}},\"required\":["
          "\"a\"],\"if\":{\"properties\":{\"a\":{\"const\":1}}},\"then\":{"
          "\"properties\":"
          "{\"b\":{\"const\":2}},\"required\":[\"b\"]}}",
          "{\"a\":1,\"b\":2}" },
        { "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1}},"
          "\"dependentSchemas\":{\"a\":{\"properties\":{\"b\":{\"const\":2}},"
          "\"required\":[\"b\"]}}}",
          "{\"a\":1,\"b\":2}" },
        { "{\"type\":\"array\",\"prefixItems\":[{\"const\":1}],\"contains\":{\"const\":"
          "2},\"maxItems\":2}",
          "[1,2]" },
        { "{\"type\":\"array\",\"items\":{\"enum\":[1,2]},\"uniqueItems\":true,"
          "\"minItems\":2,\"contains\":{\"const\":2},\"maxContains\":1}",
          "[2,1]" },
        { "{\"type\":\"integer\",\"allOf\":[{\"multipleOf\":6},{\"multipleOf\":4}],"
          "\"exclusiveMinimum\":12,\"maximum\":24}",
          "24" },
        { "{\"type\":\"number\",\"multipleOf\":0.01,\"minimum\":4.02,\"maximum\":4.02}",
          "4.02" },
        { "{\"type\":\"integer\",\"exclusiveMinimum\":9007199254740992,\"maximum\":"
          "9007199254740993}",
          "9007199254740993" },
        { "{\"type\":\"object\",\"propertyNames\":{\"const\":\"k\"},\"minProperties\":"
          "1,"
          "\"additionalProperties\":{\"const\":1}}",
          "{\"k\":1}" },
        { "{\"type\":\"object\",\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}"
          "}"
          ",\"not\":{\"required\":[\"b\"]}}",
          "{\"a\":1}" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            cJSON *v = sampled(*state, rows[i][0],
                               (struct sampler){ .size = SAMPLE_TYPICAL }, seed);
            const char *text = text_of(v, *state);
            if (strcmp(text, rows[i][1]) != 0)
                fail_msg("%s: %s instead of %s", rows[i][0], text, rows[i][1]);
        }
}

static void what_no_array_can_be_is_no_array(void **state)
{
    const char *schema =
        "{\"contains\":{\"const\":1},\"minContains\":3,\"maxContains\":1}";
    cJSON *v = sampled(*state, schema, (struct sampler){ .size = SAMPLE_TYPICAL }, 1);
    assert_true(v && !json_is_array(v));
}

static void a_hopeless_schema_is_given_up_in_time(void **state)
{
    /* Thirty choices of which no combination holds; a ring that doubles. */
    struct buffer b = buffer_in(*state, LIMIT_BODY_BYTES);
    buffer_add_text(&b, "{\"type\":\"object\",\"allOf\":[");
    for (int i = 0; i < 30; i++)
        buffer_printf(
            &b, "{\"anyOf\":[{\"required\":[\"a%d\"]},{\"required\":[\"b%d\"]}]},", i,
            i);
    buffer_add_text(&b, "{\"maxProperties\":3}]}");
    const char *const rows[] = {
        b.ptr,
        "{\"required\":[\"l\",\"r\"],\"type\":\"object\",\"properties\":{\"l\":{\"$"
        "ref\":"
        "\"#\"},\"r\":{\"$ref\":\"#\"}}}",
        "{\"type\":\"array\",\"minItems\":1000000000}",
        "{\"type\":\"string\",\"minLength\":1000000000000}",
        "{\"type\":\"array\",\"uniqueItems\":true,\"items\":{\"type\":\"boolean\"},"
        "\"minItems\":3000}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        double start = thread_seconds();
        assert_null(sampled(*state, rows[i], (struct sampler){ .size = 1 }, 1));
        assert_true(thread_seconds() - start < 20);
    }
}

/* ---- what is in it ---- */

/* NULL too when the schema is none. */
static cJSON *sample_of(struct arena *a, const char *text, bool openapi_30,
                        enum sample_size size, uint64_t seed)
{
    struct chance chance = chance_of(seed, STR("n"), STR("o"), 1);
    struct err err;
    enum dialect dialect = openapi_30 ? DIALECT_OPENAPI_30 : DIALECT_OPENAPI_31;
    const struct schema *schema = compile(a, must_json(a, text), dialect, &err);
    struct sampler s = { .size = size, .chance = &chance, .arena = a };
    return schema ? sample_make(&s, schema) : NULL;
}

/* The sample must have at pointer exactly this; "?" for anything, "" for nothing. */
static void check_samples(struct arena *a, bool openapi_30, const char *const rows[][3],
                          size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            cJSON *made = sample_of(a, rows[i][0], openapi_30, SAMPLE_TYPICAL, seed);
            const cJSON *at = pointer_get(made, rows[i][1]);
            const char *got = at ? json_text(at, a).ptr : "";
            if (strcmp(rows[i][2], "?") == 0 ? !at : strcmp(got, rows[i][2]) != 0)
                fail_msg("%s: %s is %s", rows[i][0], rows[i][1], got);
        }
}

static void what_the_author_wrote_comes_first(void **state)
{
    static const char *const rows[][3] = {
        { "{\"const\":5,\"example\":6}", "", "5" },
        { "{\"type\":\"string\",\"example\":\"a\",\"default\":\"b\"}", "", "\"a\"" },
        { "{\"type\":\"string\",\"examples\":[\"c\",\"d\"]}", "", "\"c\"" },
        { "{\"type\":\"integer\",\"default\":7}", "", "7" },
        { "{\"type\":\"integer\",\"example\":\"no\",\"default\":7}", "", "7" },
        { "{\"enum\":[\"x\"]}", "", "\"x\"" },
        { "{\"properties\":{\"a\":{\"example\":[1]}}}", "/a", "[1]" },
        { "{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"integer\"}},\"required\":["
          "\"a\"],"
          "\"example\":{\"a\":3}},{\"properties\":{\"b\":{\"type\":\"null\"}},"
          "\"required\":[\"b\"]}]}",
          "/a", "3" },
    };
    check_samples(*state, false, rows, COUNT(rows));
}

static void structure_is_followed(void **state)
{
    static const char *const rows[][3] = {
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"const\":1}}}", "", "1" },
        { "{\"$ref\":\"#/$defs/b\"}", "", "" },
        { "{\"$ref\":\"#\"}", "", "?" },
        { "false", "", "" },
        { "true", "", "?" },
        { "{\"allOf\":[{\"type\":\"number\"},{\"enum\":[\"a\",2]}]}", "", "2" },
        { "{\"oneOf\":[false,{\"const\":2}]}", "", "2" },
        { "{\"anyOf\":[{\"const\":1},{\"const\":2}],\"enum\":[2,3]}", "", "2" },
        { "{\"type\":[\"null\",\"integer\"],\"minimum\":3,\"maximum\":3}", "", "3" },
        { "{\"type\":\"null\"}", "", "null" },
        { "{\"prefixItems\":[{\"const\":1},{\"const\":2}]}", "", "[1,2]" },
        { "{\"type\":\"array\",\"items\":{\"enum\":[1,2,3]},\"minItems\":3,"
          "\"uniqueItems\":true}",
          "/2", "?" },
        { "{\"type\":\"array\",\"items\":{\"const\":1},\"maxItems\":0}", "", "[]" },
        { "{\"contains\":{\"const\":4}}", "/0", "4" },
        { "{\"type\":\"array\",\"items\":{\"type\":\"boolean\"},\"minItems\":3,"
          "\"uniqueItems\":true}",
          "", "" },
        { "{\"type\":\"object\",\"required\":[\"z\"]}", "/z", "?" },
        { "{\"type\":\"object\",\"required\":[\"z\"],\"additionalProperties\":false}",
          "", "" },
        { "{\"additionalProperties\":{\"const\":1}}", "", "{\"key1\":1}" },
        { "{\"type\":\"object\",\"minProperties\":2,\"additionalProperties\":{"
          "\"const\":1}}",
          "", "{\"key1\":1,\"key2\":1}" },
        { "{\"maxProperties\":1,\"properties\":{\"a\":{\"const\":1},\"b\":{}}}", "",
          "{\"a\":1}" },
        { "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}}}",
          "/next/next", "?" },
        { "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}}}",
          "/next/next/next/next/next", "" },
        { "{\"required\":[\"n\"],\"properties\":{\"n\":{\"$ref\":\"#\"}}}", "/n", "?" },
        { "{\"type\":\"object\",\"required\":[\"n\"],\"properties\":{\"n\":{\"$ref\":"
          "\"#\"}}}",
          "", "" },
        { "{\"required\":[\"n\"],\"properties\":{\"n\":{\"anyOf\":[{\"$ref\":\"#\"},{"
          "\"type\":\"null\"}]}}}",
          "/n", "?" },
        { "{\"oneOf\":[{\"$ref\":\"#/components/schemas/"
          "Cat\"}],\"discriminator\":{\"propertyName\":\"kind\","
          "\"mapping\":{\"cat\":\"#/components/schemas/"
          "Cat\"}},\"components\":{\"schemas\":{\"Cat\":"
          "{\"type\":\"object\",\"properties\":{\"kind\":{\"type\":\"string\"}}}}}}",
          "/kind", "\"cat\"" },
        { "{\"type\":\"integer\",\"exclusiveMinimum\":1,\"exclusiveMaximum\":3}", "",
          "2" },
        { "{\"type\":\"number\",\"multipleOf\":0.1,\"minimum\":0.3,\"maximum\":0.3}",
          "", "0.3" },
        { "{\"type\":\"integer\",\"minimum\":1,\"maximum\":20,\"multipleOf\":15}", "",
          "15" },
        { "{\"type\":\"integer\",\"minimum\":-3,\"maximum\":-3}", "", "-3" },
        { "{\"type\":\"integer\",\"minimum\":9223372036854775807}", "",
          "9223372036854775807" },
        { "{\"type\":\"integer\",\"format\":\"int8\",\"minimum\":127}", "", "127" },
        { "{\"type\":\"string\",\"maxLength\":0}", "", "\"\"" },
        { "{\"minItems\":1000,\"uniqueItems\":true,\"items\":{\"type\":\"integer\"}}",
          "/999", "?" },
        { "{\"allOf\":[{\"$ref\":\"#/components/schemas/"
          "Pet\"}],\"components\":{\"schemas\":{\"Pet\":"
          "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/components/schemas/"
          "Dog\"},\"k\":{}},"
          "\"discriminator\":{\"propertyName\":\"k\"}},\"Dog\":{\"allOf\":[{\"$ref\":"
          "\"#/components/schemas/Pet\"}]}}}}",
          "/a/k", "\"Dog\"" },
        { "{\"pattern\":\"^a{3}-(b|b)\\\\.$\"}", "", "\"aaa-b.\"" },
    };
    check_samples(*state, false, rows, COUNT(rows));
}

static void the_dialect_of_3_0_is_understood(void **state)
{
    static const char *const rows[][3] = {
        { "{\"type\":\"integer\",\"minimum\":1,\"exclusiveMinimum\":true,\"maximum\":"
          "2}",
          "", "2" },
        { "{\"type\":\"string\",\"nullable\":true,\"enum\":[null]}", "", "null" },
        { "{\"type\":\"string\",\"nullable\":true,\"example\":null}", "", "null" },
        { "{\"$ref\":\"#/x\",\"const\":2,\"x\":{\"enum\":[1]}}", "", "1" },
        { "{\"nullable\":true,\"allOf\":[{\"type\":\"integer\",\"minimum\":4,"
          "\"maximum\":4}]}",
          "", "4" },
    };
    check_samples(*state, true, rows, COUNT(rows));
}

static void a_string_fits_its_pattern_format_and_length(void **state)
{
    static const char *const rows[] = {
        "\"pattern\":\"^[A-Z]{2}-\\\\d{4}$\"",
        "\"pattern\":\"^\\\\w+@[a-z]+\\\\.(com|org)$\"",
        "\"pattern\":\"^[a-z0-9]+(?:-[a-z0-9]+)*$\",\"minLength\":20,\"maxLength\":30",
        "\"pattern\":\"^[^\\\\s]+$\",\"minLength\":100",
        "\"pattern\":\"^(?!-)[a-z-]{1,10}$\"",
        "\"pattern\":\"^\\\\+?[1-9]\\\\d{1,14}$\"",
        "\"pattern\":\"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$\"",
        "\"pattern\":\"^\\\\p{Lu}\\\\p{L}*$\"",
        "\"pattern\":\"^$\"",
        "\"pattern\":\"x\",\"maxLength\":3",
        "\"pattern\":\"^(?=.*[A-Z])(?=.*\\\\d)[A-Za-z\\\\d]{8,}$\"",
        "\"pattern\":\"^(?=abc)[a-z]+(?<=xyz)$\"",
        "\"pattern\":\"^(?!admin)[a-z]{3,10}$\"",
        "\"pattern\":\"^(\\\\d{2})-\\\\1$\"",
        "\"pattern\":\"^(?<y>\\\\d{4})/\\\\k<y>$\"",
        "\"pattern\":\"^\\\\u{1F600}[\\\\u00e0-\\\\u00ff]{3}$\"",
        "\"pattern\":\"^\\\\p{Script=Greek}{4}\\\\P{L}+$\"",
        "\"pattern\":\"^[^\\\\x00-\\\\x7f]{2}$\",\"minLength\":2",
        "\"pattern\":\"^\\\\cA[\\\\b]\\\\0[^]$\"",
        "\"pattern\":\"^\\\\07[\\\\012]\\\\0101$\"",
        "\"minLength\":50",
        "\"maxLength\":2",
        "\"minLength\":3,\"maxLength\":3",
        "\"format\":\"uuid\"",
        "\"format\":\"date-time\"",
        "\"format\":\"date\"",
        "\"format\":\"time\"",
        "\"format\":\"duration\"",
        "\"format\":\"email\",\"maxLength\":40",
        "\"format\":\"uri\"",
        "\"format\":\"uri-reference\"",
        "\"format\":\"hostname\"",
        "\"format\":\"ipv4\"",
        "\"format\":\"ipv6\"",
        "\"format\":\"byte\"",
        "\"format\":\"json-pointer\"",
        "\"format\":\"relative-json-pointer\"",
        "\"format\":\"regex\"",
        "\"format\":\"password\",\"minLength\":12",
        "\"format\":\"iri\"",
        "\"format\":\"uri-template\"",
        "\"format\":\"idn-hostname\"",
        "\"format\":\"http-date\"",
        "\"format\":\"char\"",
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            char *text = arena_printf(*state, "{\"type\":\"string\",%s}", rows[i]);
            cJSON *schema = must_json(*state, text), *made;
            const char *why, *pattern = json_member_text(schema, "pattern");
            const char *format = json_member_text(schema, "format");
            const cJSON *least = json_member(schema, "minLength");
            const cJSON *most = json_member(schema, "maxLength");
            made = sample_of(*state, text, false, SAMPLE_TYPICAL, seed);
            assert_true(json_is_string(made));
            size_t length = utf8_length(made->valuestring);
            bool ok = (!format || format_check(format_of(format), made)) &&
                      (!least || (double)length >= least->valuedouble) &&
                      (!most || (double)length <= most->valuedouble) &&
                      (!pattern || pattern_match(pattern_compile(pattern, *state, &why),
                                                 str(made->valuestring),
                                                 *state) == PATTERN_MATCHES);
            if (!ok)
                fail_msg("%s: %s", text, made->valuestring);
        }
}

static void a_small_sample_has_only_what_is_required(void **state)
{
    const char *schema = "{\"properties\":{\"a\":{\"const\":1},\"b\":{\"const\":2}},"
                         "\"required\":[\"b\"]}";
    cJSON *made = sample_of(*state, schema, false, SAMPLE_REQUIRED, 1);
    assert_string_equal(json_text(made, *state).ptr, "{\"b\":2}");
}

static void the_same_chance_gives_the_same_sample(void **state)
{
    const char *schema = "{\"properties\":{\"id\":{\"format\":\"uuid\"},\"email\":{},"
                         "\"created_at\":{},\"price\":{\"type\":\"number\"}}}";
    cJSON *a = sample_of(*state, schema, false, SAMPLE_TYPICAL, 1);
    cJSON *b = sample_of(*state, schema, false, SAMPLE_TYPICAL, 1);
    cJSON *c = sample_of(*state, schema, false, SAMPLE_TYPICAL, 2);
    assert_true(json_equal(a, b));
    assert_false(json_equal(a, c));
    assert_true(format_check(format_of("email"), json_member(a, "email")));
    assert_true(format_check(format_of("date-time"), json_member(a, "created_at")));
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(what_the_author_wrote_comes_first),
        SENTENCE(structure_is_followed),
        SENTENCE(the_dialect_of_3_0_is_understood),
        SENTENCE(a_string_fits_its_pattern_format_and_length),
        SENTENCE(a_small_sample_has_only_what_is_required),
        SENTENCE(the_same_chance_gives_the_same_sample),
        SENTENCE(what_happens_later_has_a_later_date),
        SENTENCE(a_value_has_only_what_travels_its_way),
        SENTENCE(a_larger_size_has_more),
        SENTENCE(a_value_can_be_ordered_with_a_member),
        SENTENCE(what_cannot_be_is_told),
        SENTENCE(composed_schemas_have_values),
        SENTENCE(what_no_array_can_be_is_no_array),
        SENTENCE(a_hopeless_schema_is_given_up_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
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

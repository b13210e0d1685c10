/* What OpenAPI adds to JSON Schema: the words of 3.0, discriminators, and members that
 * go one way only; and the places that a schema declares. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/schemas.h"
#include "../support/text.h"
#include "schema/schema.h"

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
        TEST(openapi_3_0_has_its_own_words),
        TEST(a_discriminator_chooses_the_branch),
        TEST(a_chosen_branch_is_not_closed_against_what_chose_it),
        TEST(a_default_mapping_takes_every_other_value),
        TEST(a_branch_written_in_place_is_chosen_by_the_values_of_its_member),
        TEST(a_parent_leads_to_the_components_that_are_all_of_it),
        TEST(a_discriminator_is_an_annotation_outside_openapi),
        TEST(members_are_for_one_direction_only),
        TEST(a_schema_describes_the_places_it_declares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

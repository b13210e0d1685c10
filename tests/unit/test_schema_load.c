/* Schemas that are loaded: what is none, what will not be enforced, and what stands in
 * other documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/schemas.h"
#include "../support/text.h"
#include "schema/schema.h"

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

/* ---- schemas that are none ------------------------------------------------------ */

struct load_row {
    const char *schema, *pointer, *why;
};

static void check_problem(struct arena *a, const struct load_row *row,
                          enum dialect dialect, bool warning)
{
    struct err err;
    compile(a, must_json(a, row->schema), dialect, &err);
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
        compile(*state, must_json(*state, rows[i]), DIALECT_OPENAPI_31, &err);
        if (err.errors || err.warnings)
            fail_msg("%s: %s", rows[i], problem_text(err.first, *state));
    }
}

static void every_mistake_of_a_schema_is_told(void **state)
{
    struct err err;
    compile(*state,
            must_json(*state, "{\"type\":\"x\",\"minLength\":-1,\"items\":{\"$ref\":\"#"
                              "/no\"},\"foo\":1}"),
            DIALECT_OPENAPI_31, &err);
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

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(references_lead_into_other_documents_which_are_read_once),
        TEST(a_mistake_in_another_document_names_that_document),
        TEST(a_schema_that_is_none_is_an_error_with_its_place),
        TEST(what_will_not_be_enforced_is_a_warning_with_its_place),
        TEST(what_only_people_read_is_no_problem),
        TEST(every_mistake_of_a_schema_is_told),
        TEST(the_same_node_has_one_plan_and_a_made_up_one_may_be_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

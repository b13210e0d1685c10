/* Each mutation breaks the keyword that it names, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/schemas.h"
#include "../support/suite.h"
#include "../support/text.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"
#include "schema/mutate.h"

static struct mutations mutations_of(struct arena *a, const char *schema,
                                     const char *value)
{
    struct chance chance = chance_of(1, STR("n"), STR("o"), 1);
    const struct schema *s = must_compile(a, schema, DIALECT_OPENAPI_31);
    const cJSON *v = must_json(a, value);
    if (!schema_check(s, v, DIRECTION_NONE, "", a, NULL))
        fail_msg("%s does not fit %s", value, schema);
    return mutate(s, v, DIRECTION_NONE, &chance, a);
}

/* pointer may be NULL for any place. */
static const struct mutation *find(const struct mutations *all, const char *keyword,
                                   const char *pointer, const char *schema_pointer)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct mutation *m = &all->list[i];
        if (strcmp(m->keyword, keyword) == 0 &&
            (!pointer || strcmp(m->finding.pointer, pointer) == 0) &&
            strcmp(m->finding.schema_pointer, schema_pointer) == 0)
            return m;
    }
    return NULL;
}

static void a_keyword_is_broken_where_it_stands(void **state)
{
    static const struct {
        const char *schema, *value, *keyword, *pointer, *schema_pointer, *mutated;
    } rows[] = {
        { "{\"type\":\"integer\"}", "1", "type", "", "/type", "\"neither\"" },
        { "{\"enum\":[\"a\",\"b\"]}", "\"a\"", "enum", "", "/enum", "\"a-other\"" },
        { "{\"const\":3}", "3", "const", "", "/const", "4" },
        { "{\"maximum\":3}", "2", "maximum", "", "/maximum", "4" },
        { "{\"minimum\":3}", "5", "minimum", "", "/minimum", "2" },
        { "{\"exclusiveMaximum\":3}", "2", "exclusiveMaximum", "", "/exclusiveMaximum",
          "3" },
        { "{\"exclusiveMinimum\":3}", "4", "exclusiveMinimum", "", "/exclusiveMinimum",
          "3" },
        { "{\"multipleOf\":5,\"maximum\":10}", "10", "maximum", "", "/maximum", "15" },
        { "{\"multipleOf\":5}", "10", "multipleOf", "", "/multipleOf", "12.5" },
        { "{\"maxLength\":3}", "\"ab\"", "maxLength", "", "/maxLength", "\"abbb\"" },
        { "{\"minLength\":3}", "\"abcd\"", "minLength", "", "/minLength", "\"ab\"" },
        { "{\"pattern\":\"^[a-z]+$\"}", "\"ab\"", "pattern", "", "/pattern",
          "\"ab!\"" },
        { "{\"format\":\"date\"}", "\"2026-01-31\"", "format", "", "/format", NULL },
        { "{\"format\":\"int32\"}", "1", "format", "", "/format", "2147483648" },
        { "{\"required\":[\"a\",\"b\"]}", "{\"a\":1,\"b\":2}", "required", "",
          "/required", "{\"b\":2}" },
        { "{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}",
          "additionalProperties", "/unknown_member", "/additionalProperties",
          "{\"a\":1,\"unknown_member\":true}" },
        { "{\"properties\":{\"a\":{}},\"unevaluatedProperties\":false}", "{\"a\":1}",
          "unevaluatedProperties", "/unknown_member", "/unevaluatedProperties",
          "{\"a\":1,\"unknown_member\":true}" },
        { "{\"prefixItems\":[{}],\"unevaluatedItems\":false}", "[1]",
          "unevaluatedItems", "/1", "/unevaluatedItems", "[1,\"one more\"]" },
        { "{\"prefixItems\":[{}],\"items\":false}", "[1]", "items", "/1", "/items",
          "[1,\"one more\"]" },
        { "{\"maxItems\":1}", "[1]", "maxItems", "", "/maxItems", "[1,1]" },
        { "{\"minItems\":2}", "[1,2,3]", "minItems", "", "/minItems", "[1]" },
        { "{\"uniqueItems\":true}", "[1,2]", "uniqueItems", "", "/uniqueItems",
          "[1,2,1]" },
        { "{\"uniqueItems\":true,\"maxItems\":2}", "[1,2]", "uniqueItems", "",
          "/uniqueItems", "[1,1]" },
        { "{\"contains\":{\"const\":1}}", "[1,2]", "contains", "", "/contains", "[2]" },
        { "{\"contains\":{\"const\":1},\"minItems\":2}", "[1,2]", "contains", "",
          "/contains", NULL },
        { "{\"contains\":{\"const\":1},\"maxContains\":2}", "[1]", "maxContains", "",
          "/maxContains", "[1,1,1,1]" },
        { "{\"maxProperties\":1}", "{\"a\":1}", "maxProperties", "", "/maxProperties",
          "{\"a\":1,\"more1\":true}" },
        { "{\"minProperties\":2}", "{\"a\":1,\"b\":2}", "minProperties", "",
          "/minProperties", "{\"a\":1}" },
        { "{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "{\"a\":1}",
          "propertyNames", NULL, "/propertyNames/pattern", NULL },
        { "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{\"a\":1,\"b\":2}",
          "dependentRequired", "", "/dependentRequired", "{\"a\":1}" },
        { "{\"dependentRequired\":{\"a\":[\"b\"]}}", "{}", "dependentRequired", "",
          "/dependentRequired", "{\"a\":true}" },
        { "{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "\"a\"",
          "oneOf", "", "/oneOf", "1.5" },
        { "{\"oneOf\":[{\"minimum\":5},{\"maximum\":9}]}", "12", "oneOf", "", "/oneOf",
          NULL },
        { "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "\"a\"",
          "anyOf", "", "/anyOf", "1.5" },
        { "{\"not\":{\"const\":1}}", "2", "not", "", "/not", "1" },
        /* below references and compositions */
        { "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"properties\":{\"x\":{\"type\":"
          "\"integer\"}}}}}",
          "{\"x\":1}", "type", "/x", "/$defs/a/properties/x/type", NULL },
        { "{\"anyOf\":[{\"properties\":{\"x\":{\"maximum\":3}}}]}", "{\"x\":1}",
          "maximum", "/x", "/anyOf/0/properties/x/maximum", "{\"x\":4}" },
        { "{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]}}",
          "{\"a\":1,\"b\":1}", "required", "", "/then/required", "{\"a\":1}" },
        { "{\"items\":{\"maxLength\":1}}", "[\"a\",\"b\"]", "maxLength", "/1",
          "/items/maxLength", "[\"a\",\"bb\"]" },
        { "{\"additionalProperties\":{\"maxLength\":1}}", "{\"k\":\"a\"}", "maxLength",
          "/k", "/additionalProperties/maxLength", "{\"k\":\"aa\"}" },
        { "{\"patternProperties\":{\"^k\":{\"maxLength\":1}}}", "{\"k\":\"a\"}",
          "maxLength", "/k", "/patternProperties/^k/maxLength", "{\"k\":\"aa\"}" },
        { "{\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}}", "{\"a\":1,\"b\":2}",
          "required", "", "/dependentSchemas/a/required", "{\"a\":1}" },
        { "{\"oneOf\":[{\"$ref\":\"#/components/schemas/"
          "Cat\"}],\"discriminator\":{\"propertyName\":\"kind\"},\"components\":{"
          "\"schemas\":{\"Cat\":{\"required\":[\"kind\"],\"type\":\"object\"}}}}",
          "{\"kind\":\"Cat\"}", "discriminator", "/kind", "/discriminator",
          "{\"kind\":\"no-such-kind\"}" },
        { "{\"oneOf\":[{\"$ref\":\"#/components/schemas/"
          "Cat\"}],\"discriminator\":{\"propertyName\":\"kind\"},\"properties\":{"
          "\"kind\":{\"enum\":[\"Cat\"]}},\"components\":{\"schemas\":{\"Cat\":{"
          "\"required\":[\"kind\"],\"type\":\"object\"}}}}",
          "{\"kind\":\"Cat\"}", "discriminator", "/kind", "/discriminator",
          "{\"kind\":\"no-such-kind\"}" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mutations all = mutations_of(*state, rows[i].schema, rows[i].value);
        const struct mutation *m =
            find(&all, rows[i].keyword, rows[i].pointer, rows[i].schema_pointer);
        const char *text = text_of(m ? m->value : NULL, *state);
        if (!m || (rows[i].mutated && strcmp(text, rows[i].mutated) != 0))
            fail_msg("%s of %s: %s is broken by %s", rows[i].value, rows[i].schema,
                     rows[i].keyword, text);
    }
}

static void what_would_break_two_things_is_left_out(void **state)
{
    /* Without b, both required and minProperties would be broken. */
    struct mutations all =
        mutations_of(*state, "{\"required\":[\"a\",\"b\"],\"minProperties\":2}",
                     "{\"a\":1,\"b\":1}");
    assert_null(find(&all, "required", "", "/required"));
    assert_null(find(&all, "minProperties", "", "/minProperties"));
    assert_true(all.mixed >= 2);
}

static void the_same_chance_gives_the_same_list(void **state)
{
    const char *schema = "{\"type\":\"object\",\"propertyNames\":{\"maxLength\":4},"
                         "\"properties\":{\"a\":{\"oneOf\":[{\"minimum\":5},"
                         "{\"maximum\":9}]}},\"required\":[\"a\"]}";
    struct mutations a = mutations_of(*state, schema, "{\"a\":1}");
    struct mutations b = mutations_of(*state, schema, "{\"a\":1}");
    assert_true(a.count >= 3);
    assert_int_equal(a.count, b.count);
    for (size_t i = 0; i < a.count; i++)
        assert_true(json_equal(a.list[i].value, b.list[i].value));
}

static void a_large_value_has_a_bounded_list(void **state)
{
    struct buffer b = buffer_in(*state, LIMIT_BODY_BYTES);
    buffer_add_text(&b, "[0");
    for (int i = 1; i < 9000; i++)
        buffer_printf(&b, ",%d", i);
    buffer_add_char(&b, ']');
    struct mutations all = mutations_of(
        *state, "{\"items\":{\"type\":\"integer\",\"maximum\":9000}}", b.ptr);
    assert_true(all.cut);
    assert_true(all.count > 10 && all.count <= LIMIT_MUTATIONS);
}

/* ---- over the official suite ---- */

struct tally {
    size_t schemas, mutations, accepted, mixed;
};

static void mutate_group(struct tally *t, cJSON *group, struct arena *arena)
{
    cJSON *schema = json_member(group, "schema");
    cJSON *dialect = json_member(schema, "$schema");
    if (dialect)
        json_detach(schema, dialect);
    struct err err;
    const struct schema *s = compile(arena, schema, DIALECT_OPENAPI_31, &err);
    struct chance chance = chance_of(1, STR("n"), STR("o"), 1);
    for (const cJSON *c = json_member(group, "tests")->child; s && c; c = c->next) {
        const cJSON *data = json_member(c, "data");
        if (!schema_check(s, data, DIRECTION_NONE, "", arena, NULL))
            continue;
        struct mutations all = mutate(s, data, DIRECTION_NONE, &chance, arena);
        t->schemas++;
        t->mutations += all.count;
        t->accepted += all.accepted;
        t->mixed += all.mixed;
        for (size_t i = 0; i < all.count; i++) {
            struct findings f = { .arena = arena };
            if (schema_check(s, all.list[i].value, DIRECTION_NONE, "", arena, &f) ||
                f.count == 0)
                fail_msg("%s: %s: %s is accepted", json_text(schema, arena).ptr,
                         all.list[i].keyword, json_text(all.list[i].value, arena).ptr);
        }
    }
}

static void every_mutation_of_the_suite_is_refused(void **state)
{
    const char *folder = arena_printf(*state, "%s/tests/draft2020-12", suite_root());
    struct err err = err_in(*state);
    const char **paths;
    size_t count;
    struct tally t = { 0 };
    assert_true(file_list(folder, ".json", *state, &paths, &count, &err));
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
        cJSON *groups = document_read(paths[i], arena, &err);
        for (cJSON *g = groups ? groups->child : NULL; g; g = g->next)
            mutate_group(&t, g, arena);
        arena_free(arena);
    }
    print_message("# %zu values: %zu mutations; left out: %zu that fit all the same, "
                  "%zu that break something else too\n",
                  t.schemas, t.mutations, t.accepted, t.mixed);
    assert_true(t.mutations > 500);
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_keyword_is_broken_where_it_stands),
        SENTENCE(what_would_break_two_things_is_left_out),
        SENTENCE(the_same_chance_gives_the_same_list),
        SENTENCE(a_large_value_has_a_bounded_list),
        SENTENCE(every_mutation_of_the_suite_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

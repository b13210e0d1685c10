/* Values that are lent to many, and what is remembered of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/schemas.h"
#include "../support/text.h"
#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/schema.h"

/* tree with all its objects and arrays lent, their texts known as text or not at all.
 */
static cJSON *lent(const cJSON *tree, const char *text, struct arena *arena)
{
    cJSON *out = json_same(arena, tree);
    out->child = NULL;
    for (const cJSON *c = tree->child; c; c = c->next) {
        cJSON *m = lent(c, text, arena);
        json_push(out, m);
        m->string = c->string;
    }
    struct json_lent *as = arena_take(arena, sizeof(*as));
    as->text = text ? str(text) : (struct str){ NULL, 0 };
    if (json_is_array(tree) || json_is_object(tree))
        json_lend(out, as);
    return out;
}

static void what_is_lent_is_sent_as_its_text_or_as_it_is(void **state)
{
    static const char text[] = "{\"a\":[1,{\"b\":\"c\"}],\"d\":{}}";
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    const cJSON *tree = must_json(arena, text), *marked = lent(tree, "!", arena);
    cJSON *around = json_array(arena), *copy;
    assert_string_equal(json_text(lent(tree, NULL, arena), arena).ptr, text);
    json_push(around, json_same(arena, marked));
    json_push(around, json_same(arena, marked));
    assert_string_equal(json_text(around, arena).ptr, "[!,!]");
    assert_string_equal(json_text(json_share(arena, around), arena).ptr, "[!,!]");
    assert_ptr_equal(json_share(arena, around)->child->child, marked->child);
    assert_true(json_equal(marked, tree) && json_equal(marked, marked));
    const struct salt *salt = arena_salt(arena);
    assert_true(json_hash(marked, salt) == json_hash(tree, salt));
    /* A copy is an ordinary tree, which may be changed. */
    copy = json_copy(arena, marked);
    pointer_set(arena, copy, "/a/1/b", json_null(arena));
    assert_string_equal(json_text(copy, arena).ptr,
                        "{\"a\":[1,{\"b\":null}],\"d\":{}}");
    copy = json_pack(marked, 0);
    assert_string_equal(json_text(copy, arena).ptr, text);
    free(copy);
    (void)state;
    arena_free(arena);
}

static void a_fit_is_remembered_of_the_same_question_only(void **state)
{
    /* In the order of the rows, of one value. */
    static const struct {
        const char *at;
        enum direction direction;
        bool fits;
    } rows[] = {
        { "/$defs/x", DIRECTION_RESPONSE, true },
        { "/$defs/y", DIRECTION_RESPONSE, false },
        { "/$defs/closed", DIRECTION_RESPONSE, true },
        { "/$defs/not x", DIRECTION_RESPONSE, false },
        { "/$defs/x", DIRECTION_RESPONSE, true },
        { "/$defs/itself", DIRECTION_RESPONSE, false },
        { "/$defs/itself", DIRECTION_RESPONSE, false },
        { "/$defs/secret", DIRECTION_REQUEST, true },
        { "/$defs/secret", DIRECTION_RESPONSE, false },
    };
    static const char text[] =
        "{\"$defs\":{\"x\":{\"type\":\"object\",\"required\":[\"x\"],\"properties\":"
        "{\"x\":{}}},\"y\":{\"type\":\"object\",\"required\":[\"y\"]},\"closed\":"
        "{\"allOf\":[{\"$ref\":\"#/$defs/x\"}],\"unevaluatedProperties\":false},"
        "\"not x\":{\"not\":{\"$ref\":\"#/$defs/x\"}},\"itself\":{\"$ref\":"
        "\"#/$defs/"
        "itself\",\"not\":{\"required\":[\"x\"]}},\"secret\":{\"properties\":{\"x\":"
        "{\"writeOnly\":true}}}}}";
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    const cJSON *root = must_json(arena, text);
    struct schemas *all = schemas_of(arena, root, DIALECT_OPENAPI_31, &err);
    const struct schema *s[COUNT(rows)];
    for (size_t i = 0; i < COUNT(rows); i++)
        s[i] = schemas_add(all, pointer_get(root, rows[i].at), rows[i].at);
    assert_true(schemas_compile(all));
    const cJSON *value = lent(must_json(arena, "{\"x\":{}}"), NULL, arena);
    for (size_t i = 0; i < COUNT(rows); i++)
        if (schema_check(s[i], value, rows[i].direction, "", arena, NULL) !=
            rows[i].fits)
            fail_msg("row %zu: %s", i, rows[i].at);
    (void)state;
    arena_free(arena);
}

/* What a child fits depends on whom it is a child of. */
static void a_fit_is_not_remembered_in_a_dynamic_scope(void **state)
{
    static const char *const texts[] = {
        "{\"$id\":\"https://example.com/base\",\"$dynamicAnchor\":\"node\","
        "\"properties\":{\"child\":{\"$dynamicRef\":\"#node\"}}}",
        "{\"$id\":\"https://example.com/strict\",\"$dynamicAnchor\":\"node\","
        "\"$ref\":\"base\",\"required\":[\"x\"]}",
    };
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    struct schemas_options options = { .dialect = DIALECT_2020_12 };
    cJSON *root = json_object(arena), *defs = json_object(arena), *both[2];
    for (size_t i = 0; i < COUNT(texts); i++) {
        both[i] = must_json(arena, texts[i]);
        json_add(defs, i ? "strict" : "base", both[i]);
    }
    json_add(root, "$defs", defs);
    struct library *library = library_new(NULL, NULL, arena);
    const struct document *d =
        library_add(library, "https://example.com/", "own", root);
    struct schemas *all = schemas_new(library, d, &options, arena, &err);
    const struct schema *base = schemas_add(all, both[0], "/$defs/base");
    const struct schema *strict = schemas_add(all, both[1], "/$defs/strict");
    assert_true(schemas_compile(all));
    cJSON *child = lent(json_object(arena), NULL, arena);
    for (int i = 0; i < 4; i++) {
        cJSON *value = must_json(arena, "{\"x\":1}");
        json_add(value, "child", json_same(arena, child));
        assert_true(schema_check(i % 2 ? strict : base, value, DIRECTION_RESPONSE, "",
                                 arena, NULL) == (i % 2 == 0));
    }
    (void)state;
    arena_free(arena);
}

/* Whether an answer with that value fits a schema, all of which is gone afterwards. */
static bool fits(const char *schema, const cJSON *value)
{
    struct arena *a = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(a);
    struct library *library = library_new(NULL, NULL, a);
    struct schemas_options options = { .dialect = DIALECT_2020_12 };
    const cJSON *root = must_json(a, schema);
    struct schemas *all = schemas_new(
        library, library_add(library, "file:///a", "a", root), &options, a, &err);
    const struct schema *s = schemas_add(all, root, "");
    assert_true(schemas_compile(all));
    bool yes = schema_check(s, value, DIRECTION_RESPONSE, "", a, NULL);
    assert_true(schema_check(s, value, DIRECTION_RESPONSE, "", a, NULL) == yes);
    arena_free(a);
    return yes;
}

/* Documents are loaded again while instances stay, and memory is used again. */
static void what_fitted_a_schema_is_asked_anew_by_another_in_its_place(void **state)
{
    struct arena *a = arena_new(LIMIT_SPEC_MEMORY);
    const cJSON *value = lent(must_json(a, "{\"size\":5}"), NULL, a);
    for (int i = 0; i < 20; i++) {
        assert_true(fits("{\"properties\":{\"size\":{\"maximum\":6}}}", value));
        assert_false(fits("{\"properties\":{\"size\":{\"maximum\":4}}}", value));
    }
    (void)state;
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_lent_is_sent_as_its_text_or_as_it_is),
        cmocka_unit_test(a_fit_is_remembered_of_the_same_question_only),
        cmocka_unit_test(a_fit_is_not_remembered_in_a_dynamic_scope),
        cmocka_unit_test(what_fitted_a_schema_is_asked_anew_by_another_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Conditions, values, the store, faults and limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../support/text.h"
#include "doc/pointer.h"
#include "play/running.h"

/* ---- one small API ------------------------------------------------------------- */

static const char spec[] =
    "openapi: 3.1.0\n"
    "info: {title: Books, version: '1'}\n"
    "paths:\n"
    "  /books:\n"
    "    get:\n"
    "      operationId: list\n"
    "      parameters: [{name: limit, in: query, schema: {type: integer}}]\n"
    "      responses:\n"
    "        '200': {description: OK}\n"
    "        '429':\n"
    "          description: Slow down\n"
    "          content: {application/json: {example: {code: too_fast}}}\n"
    "    post:\n"
    "      operationId: add\n"
    "      parameters: [{name: X-Who, in: header, schema: {type: string}}]\n"
    "      requestBody:\n"
    "        content: {application/json: {schema: {$ref: "
    "'#/components/schemas/Book'}}}\n"
    "      responses:\n"
    "        '201': {description: Made}\n"
    "        '503': {description: Service Unavailable}\n"
    "components:\n"
    "  schemas:\n"
    "    Book:\n"
    "      type: object\n"
    "      properties:\n"
    "        id: {type: string}\n"
    "        title: {type: string}\n"
    "        pages: {type: integer}\n"
    "        tags: {type: array, items: {type: string}}\n"
    "        lent: {type: boolean}\n"
    "        note: {}\n";

struct desk {
    struct arena *arena;
    struct err err;
    struct api *api;
    const struct operation *operations[2];
    const struct api *apis[1];
    size_t first[1];
    struct cast cast;
    struct store_plan plan;
    struct store_collection book;
    const char *sequences[2];
    int64_t start[2];
    struct naming names;
    struct request request;
    struct chance chance;
    int64_t drawn[2];
    struct scope scope;
};

static int desk_up(void **state)
{
    struct desk *d = calloc(1, sizeof(*d));
    d->arena = arena_new(LIMIT_SPEC_MEMORY);
    d->err = err_in(d->arena);
    d->api = must_load(d->arena, spec);
    const cJSON *node = pointer_get(d->api->root, "/components/schemas/Book");
    d->book =
        (struct store_collection){ .name = "books",
                                   .schema = schemas_add(d->api->schemas, node,
                                                         "/components/schemas/Book"),
                                   .key = "/id" };
    assert_true(schemas_compile(d->api->schemas));
    d->sequences[0] = "shelf";
    d->start[0] = 7;
    d->plan = (struct store_plan){ .collections = &d->book,
                                   .collection_count = 1,
                                   .sequence_count = 1,
                                   .sequence_start = d->start };
    d->operations[0] = &d->api->operations[1]; /* the POST */
    d->apis[0] = d->api;
    d->cast = (struct cast){ d->apis, d->first, 1, d->api->operation_count };
    d->names = (struct naming){ .arena = d->arena,
                                .err = &d->err,
                                .api = d->api,
                                .operations = d->operations,
                                .operation_count = 1,
                                .plan = &d->plan,
                                .sequences = d->sequences };
    d->names.names[0].name = "book";
    d->names.names[0].collection = &d->book;
    d->names.names[1].name = "gone";
    d->names.name_count = 2;

    d->request = (struct request){ .method = STR("POST"), .path = STR("/books") };
    d->request.headers[0] = (struct header){ STR("X-Who"), STR("Ada") };
    d->request.headers[1] = (struct header){ STR("Other"), STR("1") };
    d->request.header_count = 2;
    d->drawn[0] = -1;
    d->scope = (struct scope){
        .arena = d->arena,
        .operation = d->operations[0],
        .request = &d->request,
        .input = must_json(
            d->arena,
            "{\"path\":{},\"query\":{\"limit\":5},\"header\":{\"X-Who\":\"Ada\"},"
            "\"cookie\":{},\"body\":{\"title\":\"Emma\",\"pages\":300,\"tags\":"
            "[\"a\",\"b\"],\"lent\":false,\"note\":null}}"),
        .format = { 3, "Z" },
        .now = 1000,
        .chance = &d->chance,
        .namespace = "room",
        .drawn = d->drawn
    };
    scope_bind(&d->scope,
               (struct binding){
                   .name = "book",
                   .value = must_json(d->arena, "{\"id\":\"b-1\",\"pages\":3e2}") });
    *state = d;
    return 0;
}

static int desk_down(void **state)
{
    struct desk *d = *state;
    arena_free(d->arena);
    free(d);
    return 0;
}

static const struct where here = { .file = "f.yaml", .pointer = "/at" };

/* ---- conditions ----------------------------------------------------------------- */

static void a_condition_holds_or_not(void **state)
{
    static const struct {
        const char *text;
        bool holds;
    } rows[] = {
        { "true", true },
        { "false", false },
        { "null", false },
        { "0", true },
        { "''", true },
        { "'false'", true },
        { "$book", true },
        { "$gone", false },
        { "$book#/title", false },
        { "$request.body#/lent", false },
        { "$request.body#/note", false },
        { "$request.body#/title", true },
        { "!$gone", true },
        { "!!$gone", false },
        { "! true", false },
        { "true && true", true },
        { "true && false", false },
        { "false && false", false },
        { "false || true", true },
        { "false || false", false },
        /* && binds closer than ||, and ! closest. */
        { "true || false && false", true },
        { "(true || false) && false", false },
        { "false && false || true", true },
        { "!false && false", false },
        { "!(false && false)", true },
        { "!$gone == true", true },
        { "1 < 2 && 2 < 3 || false", true },
        { "1 == 1", true },
        { "1 == 1.0", true },
        { "1 == '1'", false },
        { "1 != '1'", true },
        { "'a' == 'A'", true },
        { "'a' != 'A'", false },
        { "'a' == 'b'", false },
        { "true == true", true },
        { "true == 'true'", false },
        { "null == null", true },
        { "$gone == null", true },
        { "$gone != null", false },
        { "$request.body#/note == null", true },
        { "$request.body#/lent == null", false },
        { "$request.body#/lent == false", true },
        { "$book#/pages == 300", true },
        { "$book#/pages == $request.body#/pages", true },
        { "$request.body#/title == 'emma'", true },
        { "$request.body#/tags/1 == 'b'", true },
        { "$request.header.x-who == 'ada'", true },
        { "1 < 2", true },
        { "2 < 1", false },
        { "2 <= 2.0", true },
        { "2 >= 2", true },
        { "2 > 2", false },
        { "-1 < 0", true },
        { "1e400 > 1e399", true },
        { "9007199254740993 > 9007199254740992", true },
        { "'a' < 'B'", true },
        { "'2026-01-01' < '2026-02-01'", true },
        { "'10' < 9", false },
        { "'10' > 9", false },
        { "null < 1", false },
        { "null >= null", false },
        { "true > false", false },
        { "$gone < 1", false },
        { "1<2", true },
        { "  1\t==\n1  ", true },
        { "((((1 == 1))))", true },
        { "(1 == 1) == true", true },
        { "(1 == 2) == (3 == 4)", true },
        { "'&&' == '&&'", true },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct condition *c = condition_read(&d->names, rows[i].text, here);
        if (!c)
            fail_msg("%s: %s", rows[i].text, problem_text(d->err.last, d->arena));
        if (condition_holds(c, &d->scope) != rows[i].holds)
            fail_msg("%s %s", rows[i].text, rows[i].holds ? "does not hold" : "holds");
    }
}

static void a_condition_that_is_none_says_what_was_expected(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "", "expected a value in the condition \"\", found its end" },
        { "1 ==", "expected a value in the condition \"1 ==\", found its end" },
        { "== 1", "expected a value in the condition \"== 1\", found \"== 1\"" },
        { "1 = 1", "expected && or || in the condition \"1 = 1\", found \"= 1\"" },
        { "1 == 1 == 1", "expected && or ||" },
        { "1 && ", "expected a value" },
        { "true and false", "expected && or || in the condition" },
        { "(1 == 1", "expected \")\" in the condition \"(1 == 1\", found its end" },
        { "1 == 1)", "expected && or || in the condition \"1 == 1)\", found \")\"" },
        { "'a", "expected a closing ' in the condition" },
        { "title == 'a'",
          "expected $expression, 'text', a number, true, false or null" },
        { "\"a\" == 'a'", "expected $expression, 'text'" },
        { "01 == 1", "expected $expression, 'text'" },
        { "$nothing == 1",
          "$nothing: nothing before this step is bound to \"nothing\"" },
        { "$bok#/id == 'a'", "did you mean \"$book\"?" },
        { "$book#/titel == 'a'",
          "$book#/titel: the schema of books has no /titel; did you mean \"title\"?" },
        { "$request.body#/titel == 'a'",
          "has no /body/titel; did you mean \"title\"?" },
        { "$request.query.limit == 1", "the request has no /query/limit" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned before = d->err.errors;
        condition_read(&d->names, rows[i].text, here);
        if (d->err.errors != before + 1)
            fail_msg("%s: %u errors", rows[i].text, d->err.errors - before);
        if (!strstr(d->err.last->why, rows[i].why) ||
            strcmp(d->err.last->at.pointer, "/at") != 0)
            fail_msg("%s: %s", rows[i].text, d->err.last->why);
    }
}

static void a_condition_is_nested_no_deeper_than_its_bound(void **state)
{
    struct desk *d = *state;
    struct buffer b = buffer_in(d->arena, 100000);
    for (int i = 0; i < 20000; i++)
        buffer_add_text(&b, i % 2 ? "!" : "(");
    assert_null(condition_read(&d->names, buffer_str(&b).ptr, here));
    assert_non_null(strstr(d->err.last->why, "less nesting"));
}

/* ---- values -----------------------------------------------------------------------
 */

static void an_expression_has_its_value_with_its_type(void **state)
{
    static const struct {
        const char *text;
        unsigned types;
        const char *value; /* NULL: none */
    } rows[] = {
        { "$request.body#/title", TYPE_ANY, "\"Emma\"" },
        { "$request.body#/pages", TYPE_STRING, "300" },
        { "$request.body#/tags/0", TYPE_ANY, "\"a\"" },
        { "$request.body#/id", TYPE_ANY, NULL },
        { "$request.header.X-WHO", TYPE_ANY, "\"Ada\"" },
        { "$request.header.other", TYPE_ANY, "\"1\"" },
        { "$request.header.absent", TYPE_ANY, NULL },
        { "$input#/pages", TYPE_ANY, "300" },
        { "$book#/id", TYPE_ANY, "\"b-1\"" },
        { "$book", TYPE_ANY, "{\"id\":\"b-1\",\"pages\":3e2}" },
        { "$gone", TYPE_ANY, NULL },
        { "$gone#/a/b", TYPE_ANY, NULL },
        { "$method", TYPE_ANY, "\"POST\"" },
        { "$url", TYPE_ANY, "\"/books\"" },
        { "$namespace", TYPE_ANY, "\"room\"" },
        { "$now", TYPE_ANY, "\"1970-01-01T00:00:01.000Z\"" },
        { "BOOK-{$request.body#/pages}/{$book#/id}!", TYPE_STRING,
          "\"BOOK-300/b-1!\"" },
        { "{$gone}", TYPE_STRING, "\"\"" },
        { "{$request.body#/tags}", TYPE_STRING, "\"[\\\"a\\\",\\\"b\\\"]\"" },
        { "a {b} c", TYPE_STRING, "\"a {b} c\"" },
        { "plain", TYPE_ANY, "\"plain\"" },
        { "", TYPE_ANY, "\"\"" },
        { "false", TYPE_ANY, "false" },
        { "false", TYPE_STRING, "\"false\"" },
        { "false", TYPE_BOOLEAN, "false" },
        { "12", TYPE_STRING, "\"12\"" },
        { "12", TYPE_INTEGER, "12" },
        { "12", TYPE_ANY, "12" },
        { "1.50", TYPE_NUMBER, "1.50" },
        { "012", TYPE_ANY, "\"012\"" },
        { "null", TYPE_ANY, "null" },
        { "null", TYPE_STRING, "\"null\"" },
        { "null", TYPE_INTEGER, "null" },
        { "[]", TYPE_ARRAY, "[]" },
        { "[]", TYPE_STRING, "\"[]\"" },
        { "{\"a\": [1]}", TYPE_OBJECT, "{\"a\":[1]}" },
        { "\"quoted\"", TYPE_ANY, "\"\\\"quoted\\\"\"" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct expression *e =
            expression_read(&d->names, rows[i].text, rows[i].types, here);
        if (!e || d->err.errors)
            fail_msg("%s: %s", rows[i].text, problem_text(d->err.last, d->arena));
        const cJSON *value = expression_value(e, &d->scope);
        const char *text = text_of(value, d->arena);
        if (strcmp(text, rows[i].value ? rows[i].value : "nothing") != 0)
            fail_msg("%s is %s", rows[i].text, text);
    }
}

static void an_expression_that_is_none_says_why(void **state)
{
    static const struct {
        const char *text;
        unsigned types;
        const char *why;
    } rows[] = {
        { "$", TYPE_ANY, "nothing before this step is bound to \"\"" },
        { "$boook", TYPE_ANY, "did you mean \"$book\"?" },
        { "$item#/id", TYPE_ANY, "$item is not to be had here" },
        { "$book#id", TYPE_ANY, "expected a JSON pointer such as #/id" },
        { "$book#", TYPE_ANY, "expected a JSON pointer such as #/id" },
        { "$request.body#/a~2", TYPE_ANY, "expected a JSON pointer" },
        { "$request.boddy", TYPE_ANY, "expected $request.body, .query.NAME" },
        { "$request.path.id", TYPE_ANY, "the request has no /path/id" },
        { "$input#/isbn", TYPE_ANY, "the request has no /isbn" },
        { "$sequence.book", TYPE_ANY, "no sequence has that name" },
        { "a {$now", TYPE_STRING, "\"a {$now\" has a {$ without a }" },
        { "maybe", TYPE_BOOLEAN, "expected true or false, found \"maybe\"" },
        { "many", TYPE_INTEGER, "expected a number, found \"many\"" },
        { "x", TYPE_ARRAY, "expected an array as JSON, found \"x\"" },
        { "x", TYPE_OBJECT, "expected an object as JSON, found \"x\"" },
        { "\"12\"", TYPE_INTEGER, "expected a number" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        unsigned before = d->err.errors;
        expression_read(&d->names, rows[i].text, rows[i].types, here);
        if (d->err.errors != before + 1 || !strstr(d->err.last->why, rows[i].why))
            fail_msg("%s: %u errors, %s", rows[i].text, d->err.errors - before,
                     d->err.errors > before ? d->err.last->why : "");
    }
}

static void a_sequence_gives_one_number_in_one_step(void **state)
{
    struct desk *d = *state;
    const struct expression *e =
        expression_read(&d->names, "B-{$sequence.shelf}", TYPE_STRING, here);
    struct store *s = store_new(&d->plan);
    d->scope.store = s;
    for (int i = 0; i < 2; i++)
        assert_string_equal(expression_value(e, &d->scope)->valuestring, "B-7");
    d->drawn[0] = -1;
    assert_string_equal(expression_value(e, &d->scope)->valuestring, "B-8");
    store_free(s);
}

static void the_same_chance_gives_the_same_uuid(void **state)
{
    struct desk *d = *state;
    const struct expression *e = expression_read(&d->names, "$uuid", TYPE_STRING, here);
    d->chance = (struct chance){ 1 };
    const char *one = expression_value(e, &d->scope)->valuestring;
    const char *two = expression_value(e, &d->scope)->valuestring;
    d->chance = (struct chance){ 1 };
    assert_string_equal(expression_value(e, &d->scope)->valuestring, one);
    assert_string_not_equal(one, two);
    assert_int_equal(one[14], '4');
}

static void a_body_is_json_whose_strings_may_be_expressions(void **state)
{
    static const struct {
        const char *text, *value; /* value NULL: nothing */
    } rows[] = {
        { "{\"a\": \"$request.body#/pages\", \"b\": [1, \"$gone\", \"x {$method}\"]}",
          "{\"a\":300,\"b\":[1,\"x POST\"]}" },
        { "{\"a\": \"$gone\"}", "{}" },
        { "$book", "{\"id\":\"b-1\",\"pages\":3e2}" },
        { "$gone", NULL },
        { "\"$book#/id\"", "\"b-1\"" },
        { "[]", "[]" },
        { "{\"$book\": 1, \"n\": 1.0}", "{\"$book\":1,\"n\":1.0}" },
        { "null", "null" },
    };
    static const struct {
        const char *text, *why;
    } wrong[] = {
        { "{a: 1}", "expected JSON: expected a member name" },
        { "", "expected JSON" },
        { "{\"a\": \"$nope\"}", "is bound to \"nope\"" },
        { "[\"{$now\"]", "has a {$ without a }" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct body_template *t = template_read(&d->names, rows[i].text, here);
        if (!t)
            fail_msg("%s: %s", rows[i].text, problem_text(d->err.last, d->arena));
        const cJSON *value = template_value(t, &d->scope);
        const char *text = text_of(value, d->arena);
        if (strcmp(text, rows[i].value ? rows[i].value : "nothing") != 0)
            fail_msg("%s gives %s", rows[i].text, text);
    }
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (template_read(&d->names, wrong[i].text, here) ||
            !strstr(d->err.last->why, wrong[i].why))
            fail_msg("%s: %s", wrong[i].text, d->err.last ? d->err.last->why : "read");
}

static void a_name_bound_again_takes_the_place_of_the_first(void **state)
{
    struct desk *d = *state;
    size_t count = d->scope.binding_count;
    scope_bind(&d->scope, (struct binding){ .name = "book" });
    assert_int_equal(d->scope.binding_count, count);
    assert_null(scope_binding(&d->scope, "book")->value);
    assert_null(scope_binding(&d->scope, "other"));
    static char names[2 * SCOPE_BINDINGS][8];
    for (size_t i = 0; i < COUNT(names); i++) {
        snprintf(names[i], sizeof(names[i]), "n%zu", i);
        scope_bind(&d->scope, (struct binding){ .name = names[i] });
    }
    assert_int_equal(d->scope.binding_count, SCOPE_BINDINGS);
}

/* ---- the store --------------------------------------------------------------------
 */

static const char *at_id[] = { "/id" }, *at_alias[] = { "/alias" };
static const char *at_pair[] = { "/a", "/b" }, *at_n[] = { "/n" };
static struct store_index indexes[] = {
    { .pointers = at_id, .count = 1, .unique = true },
    { .pointers = at_alias, .count = 1, .unique = true },
    { .pointers = at_pair, .count = 2, .unique = true },
    { .pointers = at_n, .count = 1, .unique = false },
};
static struct store_collection shelves[] = {
    { .name = "things",
      .key = "/id",
      .aliases = at_alias,
      .alias_count = 1,
      .indexes = indexes,
      .index_count = COUNT(indexes) },
    { .name = "plain", .key = "/id", .indexes = indexes, .index_count = 1 },
};
static const int64_t starts[] = { 1, 100 };
static const struct store_plan plan = { .collections = shelves,
                                        .collection_count = COUNT(shelves),
                                        .sequence_count = COUNT(starts),
                                        .sequence_start = starts };

static size_t must_insert(struct store *s, size_t c, struct arena *a, const char *text)
{
    size_t slot = SIZE_MAX;
    enum store_answer answer = store_insert(s, c, must_json(a, text), &slot);
    if (answer != STORE_OK)
        fail_msg("%s: %d", text, (int)answer);
    return slot;
}

static void what_is_inserted_is_a_copy_found_by_key_and_alias(void **state)
{
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    cJSON *tree = must_json(d->arena, "{\"id\":\"a\",\"alias\":\"A-1\",\"n\":1}");
    size_t slot, found;
    assert_int_equal(store_insert(s, 0, tree, &slot), STORE_OK);
    json_set(d->arena, tree, "n", json_integer(d->arena, 2));
    assert_string_equal(json_text(store_get(s, 0, slot), d->arena).ptr,
                        "{\"id\":\"a\",\"alias\":\"A-1\",\"n\":1}");
    assert_true(store_key(s, 0, "a", &found) && found == slot);
    assert_true(store_key(s, 0, "A-1", &found) && found == slot);
    assert_false(store_key(s, 0, "A", &found));
    assert_false(store_key(s, 0, "", &found));
    assert_false(store_key(s, 1, "a", &found));
    assert_int_equal(store_count(s, 0), 1);
    assert_null(store_get(s, 0, slot + 1));
    store_remove(s, 0, slot);
    assert_int_equal(store_count(s, 0), 0);
    assert_null(store_get(s, 0, slot));
    assert_false(store_key(s, 0, "a", &found));
    store_free(s);
    store_free(NULL);
}

static void a_unique_value_belongs_to_one_instance(void **state)
{
    static const struct {
        const char *tree;
        enum store_answer answer;
    } rows[] = {
        { "{\"id\":\"a\",\"alias\":\"x\",\"a\":1,\"b\":2}", STORE_OK },
        { "{\"id\":\"a\"}", STORE_TAKEN },
        { "{\"id\":\"b\",\"alias\":\"x\"}", STORE_TAKEN },
        { "{\"id\":\"b\",\"a\":1.0,\"b\":2}", STORE_TAKEN },
        { "{\"id\":\"b\",\"a\":2,\"b\":1}", STORE_OK },
        { "{\"id\":\"c\",\"a\":1}", STORE_OK },
        { "{\"id\":\"d\",\"a\":1}", STORE_OK },
        { "{\"id\":\"e\",\"a\":1,\"b\":null}", STORE_OK },
        { "{\"id\":\"f\",\"a\":1,\"b\":null,\"alias\":null}", STORE_OK },
        { "{\"id\":\"A\"}", STORE_OK },
        { "{\"id\":\"g\",\"n\":1}", STORE_OK },
        { "{\"id\":\"h\",\"n\":1}", STORE_OK },
    };
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    size_t slot = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum store_answer got =
            store_insert(s, 0, must_json(d->arena, rows[i].tree), &slot);
        if (got != rows[i].answer)
            fail_msg("%s: %d", rows[i].tree, (int)got);
    }
    /* An instance is not in its own way, but others are. */
    assert_true(store_key(s, 0, "b", &slot));
    const cJSON *same = must_json(d->arena, "{\"id\":\"b\",\"a\":2,\"b\":1,\"n\":9}");
    assert_int_equal(store_replace(s, 0, slot, same), STORE_OK);
    const cJSON *other = must_json(d->arena, "{\"id\":\"b\",\"a\":1,\"b\":2}");
    assert_int_equal(store_replace(s, 0, slot, other), STORE_TAKEN);
    assert_string_equal(json_text(store_get(s, 0, slot), d->arena).ptr,
                        "{\"id\":\"b\",\"a\":2,\"b\":1,\"n\":9}");
    store_free(s);
}

static void what_was_done_since_the_mark_is_taken_back_whole(void **state)
{
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    size_t a = must_insert(s, 0, d->arena, "{\"id\":\"a\",\"n\":1}"), slot;
    size_t b = must_insert(s, 0, d->arena, "{\"id\":\"b\",\"n\":2}");
    assert_int_equal(store_next(s, 0), 1);
    store_mark(s);
    must_insert(s, 0, d->arena, "{\"id\":\"c\"}");
    store_replace(s, 0, a, must_json(d->arena, "{\"id\":\"z\",\"n\":7}"));
    store_replace(s, 0, a, must_json(d->arena, "{\"id\":\"y\",\"n\":8}"));
    store_remove(s, 0, b);
    size_t again = must_insert(s, 0, d->arena, "{\"id\":\"b\",\"n\":3}");
    store_remove(s, 0, again);
    assert_int_equal(store_next(s, 0), 2);
    assert_int_equal(store_next(s, 1), 100);
    assert_false(store_key(s, 0, "b", &slot));
    store_undo(s);
    assert_int_equal(store_count(s, 0), 2);
    assert_int_equal(store_slots(s, 0), 2);
    assert_string_equal(json_text(store_get(s, 0, a), d->arena).ptr,
                        "{\"id\":\"a\",\"n\":1}");
    assert_true(store_key(s, 0, "b", &slot) && slot == b);
    assert_false(store_key(s, 0, "c", &slot));
    assert_false(store_key(s, 0, "z", &slot));
    assert_false(store_key(s, 0, "y", &slot));
    assert_int_equal(store_next(s, 0), 2);
    assert_int_equal(store_next(s, 1), 100);

    store_abandon(s); /* no mark is set: nothing happens */
    store_mark(s);
    store_remove(s, 0, a);
    store_keep(s);
    store_mark(s);
    store_remove(s, 0, b);
    store_abandon(s);
    assert_int_equal(store_count(s, 0), 1);
    store_free(s);
}

static void a_copy_and_its_origin_change_apart(void **state)
{
    struct desk *d = *state;
    struct store *one = store_new(&plan);
    size_t a = must_insert(one, 0, d->arena, "{\"id\":\"a\",\"n\":1}"), slot;
    size_t b = must_insert(one, 0, d->arena, "{\"id\":\"b\",\"n\":1}");
    store_next(one, 0);
    struct store *two = store_copy(one);
    /* Nothing is copied until it is changed. */
    assert_ptr_equal(store_get(one, 0, a), store_get(two, 0, a));
    store_replace(two, 0, a, must_json(d->arena, "{\"id\":\"a\",\"n\":2}"));
    store_remove(one, 0, b);
    must_insert(two, 0, d->arena, "{\"id\":\"c\"}");
    assert_string_equal(json_text(store_get(one, 0, a), d->arena).ptr,
                        "{\"id\":\"a\",\"n\":1}");
    assert_true(store_key(two, 0, "b", &slot));
    assert_false(store_key(one, 0, "b", &slot));
    assert_false(store_key(one, 0, "c", &slot));
    assert_int_equal(store_next(one, 0), 2);
    assert_int_equal(store_next(one, 0), 3);
    assert_int_equal(store_next(two, 0), 2);
    store_free(one);
    assert_string_equal(json_text(store_get(two, 0, b), d->arena).ptr,
                        "{\"id\":\"b\",\"n\":1}");
    store_free(two);
}

static void instances_are_found_by_conditions_in_their_order(void **state)
{
    static const struct {
        const char *at, *value, *and_at, *and_value;
        size_t from, at_most;
        const char *ids;
    } rows[] = {
        { NULL, NULL, NULL, NULL, 0, 9, "abcd" },
        { NULL, NULL, NULL, NULL, 1, 2, "bc" },
        { NULL, NULL, NULL, NULL, 0, 0, "" },
        { "/n", "1", NULL, NULL, 0, 9, "abd" },
        { "/n", "1.0", NULL, NULL, 0, 1, "a" },
        { "/n", "1", NULL, NULL, 1, 9, "bd" },
        { "/n", "[2,3]", NULL, NULL, 0, 9, "c" },
        { "/n", "\"1\"", NULL, NULL, 0, 9, "" },
        { "/tags", "\"x\"", NULL, NULL, 0, 9, "ac" },
        { "/tags", "[\"y\",\"z\"]", NULL, NULL, 0, 9, "ab" },
        { "/tags/0", "\"x\"", NULL, NULL, 0, 9, "ac" },
        { "/deep/er", "true", NULL, NULL, 0, 9, "d" },
        { "/n", "1", "/tags", "\"y\"", 0, 9, "ab" },
        { "/n", "2", "/tags", "\"y\"", 0, 9, "" },
        { "/id", "\"b\"", NULL, NULL, 0, 9, "b" },
        { "/id", "\"B-1\"", NULL, NULL, 0, 9, "b" },
        { "/id", "\"b\"", NULL, NULL, 2, 9, "" },
        { "/id", "\"b\"", "/n", "2", 0, 9, "" },
        { "/id", "[\"a\",\"B-1\"]", NULL, NULL, 0, 9, "ab" },
        { "/alias", "\"B-1\"", NULL, NULL, 0, 9, "b" },
        { "/alias", "\"b\"", NULL, NULL, 0, 9, "" },
        { "/absent", "1", NULL, NULL, 0, 9, "" },
    };
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    must_insert(s, 0, d->arena, "{\"id\":\"a\",\"n\":1,\"tags\":[\"x\",\"y\"]}");
    must_insert(s, 0, d->arena,
                "{\"id\":\"b\",\"alias\":\"B-1\",\"n\":1,\"tags\":[\"y\"]}");
    must_insert(s, 0, d->arena, "{\"id\":\"c\",\"n\":2,\"tags\":[\"x\"]}");
    must_insert(s, 0, d->arena, "{\"id\":\"d\",\"n\":1,\"deep\":{\"er\":true}}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct store_condition c[2];
        size_t n = 0, found;
        if (rows[i].at)
            c[n++] =
                (struct store_condition){ .at = rows[i].at,
                                          .value = must_json(d->arena, rows[i].value) };
        if (rows[i].and_at)
            c[n++] = (struct store_condition){
                .at = rows[i].and_at, .value = must_json(d->arena, rows[i].and_value)
            };
        const size_t *slots =
            store_find(s, 0, c, n, rows[i].from, rows[i].at_most, d->arena, &found);
        char ids[8] = "";
        for (size_t k = 0; k < found; k++)
            ids[k] = json_member_text(store_get(s, 0, slots[k]), "id")[0];
        if (strcmp(ids, rows[i].ids) != 0)
            fail_msg("row %zu, %s %s: found \"%s\"", i, rows[i].at ? rows[i].at : "all",
                     rows[i].value ? rows[i].value : "", ids);
    }
    store_free(s);
}

static void an_index_that_met_an_array_misses_nothing(void **state)
{
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    size_t a = must_insert(s, 0, d->arena, "{\"id\":\"a\",\"n\":1,\"a\":1,\"b\":2}"),
           found;
    size_t b =
        must_insert(s, 0, d->arena, "{\"id\":\"b\",\"n\":[1,2],\"a\":1,\"b\":3}");
    struct store_condition n = { .at = "/n", .value = must_json(d->arena, "1") };
    struct store_condition pair[] = { { .at = "/b", .value = must_json(d->arena, "3") },
                                      { .at = "/a",
                                        .value = must_json(d->arena, "1.0") } };
    const size_t *slots = store_find(s, 0, &n, 1, 0, 9, d->arena, &found);
    assert_int_equal(found, 2);
    assert_int_equal(slots[0], a);
    assert_int_equal(slots[1], b);
    slots = store_find(s, 0, pair, 2, 0, 9, d->arena, &found);
    assert_int_equal(found, 1);
    assert_int_equal(slots[0], b);
    store_free(s);
}

/* The slots whose instance has n, counted by hand. */
static size_t scan(const struct store *s, size_t c, const cJSON *n, size_t *slots)
{
    size_t count = 0;
    for (size_t i = 0; i < store_slots(s, c); i++) {
        const cJSON *have = json_member(store_get(s, c, i), "n");
        if (have && json_equal(have, n))
            slots[count++] = i;
    }
    return count;
}

static void check_against_scan(struct desk *d, const struct store *s, int64_t n)
{
    static size_t by_hand[20000];
    const cJSON *value = json_integer(d->arena, n);
    struct store_condition c = { .at = "/n", .value = value };
    size_t found, count = scan(s, 0, value, by_hand);
    const size_t *slots = store_find(s, 0, &c, 1, 0, SIZE_MAX, d->arena, &found);
    if (found != count ||
        (count && memcmp(slots, by_hand, count * sizeof(*slots)) != 0))
        fail_msg("n = %d: %zu by the index, %zu by hand", (int)n, found, count);
}

static void check_keys(const struct store *s, const bool *there, size_t count)
{
    size_t live = 0;
    for (size_t i = 0; i < count; i++) {
        char id[32];
        size_t slot;
        snprintf(id, sizeof(id), "k%zu", i);
        bool found = store_key(s, 0, id, &slot);
        if (found != there[i] ||
            (found && strcmp(json_member_text(store_get(s, 0, slot), "id"), id) != 0))
            fail_msg("%s is %sfound", id, found ? "" : "not ");
        live += there[i];
    }
    assert_int_equal(store_count(s, 0), live);
}

/* One change at random; `there` follows which keys exist. */
static void change(struct desk *d, struct store *s, struct chance *chance, bool *there,
                   size_t keys)
{
    size_t k = (size_t)chance_below(chance, keys), slot;
    const char *tree =
        arena_printf(d->arena, "{\"id\":\"k%zu\",\"alias\":\"K%zu\",\"n\":%d}", k, k,
                     (int)chance_below(chance, 7));
    const char *id = arena_printf(d->arena, "k%zu", k);
    bool found = store_key(s, 0, id, &slot);
    assert_int_equal(found, there[k]);
    if (!found) {
        must_insert(s, 0, d->arena, tree);
        there[k] = true;
    } else if (chance_below(chance, 2)) {
        assert_int_equal(store_replace(s, 0, slot, must_json(d->arena, tree)),
                         STORE_OK);
    } else {
        store_remove(s, 0, slot);
        there[k] = false;
    }
}

static void the_indexes_agree_with_a_walk_through_all_instances(void **state)
{
    enum { KEYS = 300, ROUNDS = 400 };
    struct desk *d = *state;
    struct chance chance = { 42 };
    struct store *s = store_new(&plan);
    bool there[KEYS] = { false }, before[KEYS];
    for (int round = 0; round < ROUNDS; round++) {
        memcpy(before, there, sizeof(there));
        store_mark(s);
        size_t changes = (size_t)chance_below(&chance, 40);
        for (size_t i = 0; i < changes; i++)
            change(d, s, &chance, there, KEYS);
        if (chance_below(&chance, 3)) {
            store_keep(s);
        } else {
            store_undo(s);
            memcpy(there, before, sizeof(there));
        }
        if (chance_below(&chance, 20) == 0) {
            struct store *copy = store_copy(s);
            store_free(s);
            s = copy;
        }
        for (int n = 0; n < 8; n++)
            check_against_scan(d, s, n);
        check_keys(s, there, KEYS);
    }
    store_free(s);
}

static void the_slots_of_removed_instances_are_given_back(void **state)
{
    enum { MANY = 5000 };
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    static bool there[MANY];
    for (size_t i = 0; i < MANY; i++) {
        must_insert(s, 0, d->arena,
                    arena_printf(d->arena, "{\"id\":\"k%zu\",\"n\":%zu}", i, i % 7));
        there[i] = i % 10 == 0;
    }
    store_mark(s);
    for (size_t i = 0; i < MANY; i++)
        if (!there[i])
            store_remove(s, 0, i);
    assert_int_equal(store_slots(s, 0), MANY);
    store_keep(s);
    assert_int_equal(store_count(s, 0), MANY / 10);
    assert_int_equal(store_slots(s, 0), MANY / 10);
    check_keys(s, there, MANY);
    for (int n = 0; n < 8; n++)
        check_against_scan(d, s, n);
    /* The order in which they were made is kept. */
    for (size_t i = 0; i < store_slots(s, 0); i++)
        assert_string_equal(json_member_text(store_get(s, 0, i), "id"),
                            arena_printf(d->arena, "k%zu", i * 10));
    store_free(s);
}

static void a_client_sees_summaries_and_nothing_hidden(void **state)
{
    static const size_t users[] = { 1 };
    static struct way hidden[] = { { .text = "/secret" }, { .text = "/deep/secret" } };
    static struct way keep[] = { { .text = "/id" },
                                 { .text = "/name" },
                                 { .text = "/none" } };
    static struct store_reference references[] = {
        { .at.text = "/owner",
          .of = users,
          .of_count = 1,
          .keep = keep,
          .keep_count = 3 },
        { .at.text = "/friends",
          .of = users,
          .of_count = 1,
          .keep = keep,
          .keep_count = 3 },
        { .at.text = "/raw", .of = users, .of_count = 1 },
    };
    static struct store_collection two[2];
    static const struct store_plan own = { .collections = two, .collection_count = 2 };
    struct desk *d = *state;
    two[0] = two[1] = shelves[1];
    two[0].hidden = hidden;
    two[0].hidden_count = 2;
    two[0].references = references;
    two[0].reference_count = 3;
    store_prepare(&own, d->arena);
    struct store *s = store_new(&own);
    must_insert(s, 1, d->arena, "{\"id\":\"u\",\"name\":\"Ada\",\"age\":36}");
    const char *tree =
        "{\"id\":\"t\",\"secret\":1,\"deep\":{\"secret\":2,\"a\":3},\"owner\":\"u\","
        "\"friends\":[\"u\",\"lost\"],\"raw\":\"u\"}";
    const cJSON *shown = store_render(s, 0, must_json(d->arena, tree), d->arena, NULL);
    assert_string_equal(
        json_text(shown, d->arena).ptr,
        "{\"id\":\"t\",\"deep\":{\"a\":3},\"owner\":{\"id\":\"u\",\"name\":"
        "\"Ada\"},\"friends\":[{\"id\":\"u\",\"name\":\"Ada\"},\"lost\"],"
        "\"raw\":\"u\"}");
    store_free(s);
}

/* ---- faults ------------------------------------------------------------------------
 */

static struct scenario *must_scenario(struct desk *d, const char *yaml)
{
    struct record_scenario *record =
        fixture_scenario_text("s.yaml", str(yaml), d->arena, &d->err);
    struct scenario *s =
        record ? scenario_read("s.yaml", record, &d->cast, d->arena, &d->err) : NULL;
    if (!s)
        fail_msg("%s: %s", yaml, problem_text(d->err.last, d->arena));
    return s;
}

static void a_fault_happens_when_it_is_its_turn(void **state)
{
    static const struct {
        const char *fault, *calls; /* x: it happens; .: it does not */
    } rows[] = {
        { "status: 503", "xxxxxxxx" },
        { "status: 503, skip: 3", "...xxxxx" },
        { "status: 503, times: 2", "xx......" },
        { "status: 503, skip: 1, times: 2", ".xx....." },
        { "status: 503, every: 1", "xxxxxxxx" },
        { "status: 503, every: 3", "..x..x.." },
        { "status: 503, every: 2, skip: 1", "..x.x.x." },
        { "status: 503, every: 2, times: 2", ".x.x...." },
        { "status: 503, times: 0", "........" },
        { "delay: 1ms, chance: 1", "xxxxxxxx" },
        { "connection: drop, skip: 100", "........" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scenario *s = must_scenario(
            d, arena_printf(d->arena, "name: a\nfaults: [{on: add, %s}]\n",
                            rows[i].fault));
        struct running *r = running_new(s, NULL);
        struct chance chance = { 1 };
        char calls[16] = "";
        for (size_t k = 0; k < 8; k++) {
            calls[k] = running_fault(r, 1, &chance) ? 'x' : '.';
            assert_null(running_fault(r, 0, &chance)); /* another operation */
        }
        if (strcmp(calls, rows[i].calls) != 0)
            fail_msg("%s: %s", rows[i].fault, calls);
        running_free(r);
    }
}

static void a_fault_by_chance_is_the_same_for_the_same_seed(void **state)
{
    struct desk *d = *state;
    const struct scenario *s =
        must_scenario(d, "faults: [{on: '*', status: 503, chance: 0.25}]\n");
    bool first[2000];
    size_t fired = 0;
    for (int round = 0; round < 2; round++) {
        struct running *r = running_new(s, NULL);
        struct chance chance = { 99 };
        for (size_t i = 0; i < COUNT(first); i++) {
            bool happens = running_fault(r, 0, &chance) != NULL;
            if (round)
                assert_int_equal(happens, first[i]);
            first[i] = happens;
            fired += happens;
        }
        running_free(r);
    }
    assert_in_range(fired, 2 * 400, 2 * 600);
}

static void the_first_fault_happens_and_every_one_counts(void **state)
{
    struct desk *d = *state;
    const struct scenario *s =
        must_scenario(d, "faults: [{on: add, status: 503, times: 1}, {on: POST /books, "
                         "status: 500, skip: 2},"
                         " {on: books, delay: 5s}]\n");
    struct running *r = running_new(s, NULL);
    struct chance chance = { 1 };
    static const size_t happens[] = { 0, 2, 1, 1 };
    for (size_t i = 0; i < COUNT(happens); i++)
        assert_ptr_equal(running_fault(r, 1, &chance), &s->faults[happens[i]]);
    assert_ptr_equal(running_fault(r, 0, &chance), &s->faults[2]);
    static const int64_t counts[][2] = { { 4, 1 }, { 4, 2 }, { 5, 2 } };
    for (size_t i = 0; i < COUNT(counts); i++) {
        int64_t seen, fired;
        running_counts(r, i, &seen, &fired);
        if (seen != counts[i][0] || fired != counts[i][1])
            fail_msg("fault %zu: seen %d, fired %d", i, (int)seen, (int)fired);
    }
    assert_ptr_equal(running_scenario(r), s);
    running_free(r);
    running_free(NULL);
}

static void a_delay_is_spread_around_its_median_and_bounded(void **state)
{
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "faults: [{on: add, delay: 100ms}, {on: add, delay: 100ms, sigma: 0.5},"
           " {on: add, delay: 10m, sigma: 3}]\n");
    struct chance chance = { 7 };
    size_t below = 0;
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(fault_delay(&s->faults[0], &chance), 100);
        below += fault_delay(&s->faults[1], &chance) < 100;
        int64_t most = fault_delay(&s->faults[2], &chance);
        assert_true(most >= 0 && most <= LIMIT_DELAY_MS);
    }
    assert_in_range(below, 900, 1100);
}

/* ---- limits ------------------------------------------------------------------------
 */

static struct allowance call_at(struct desk *d, struct running *r, clock_ms now,
                                const char *who)
{
    struct allowance a = { 0 };
    d->scope.now = now;
    d->request.headers[0].value = str(who);
    running_allow(r, 1, &d->scope, &a);
    return a;
}

static void a_limit_allows_so_many_calls_in_a_window(void **state)
{
    static const struct {
        clock_ms now;
        const char *who;
        bool allowed;
        int64_t left, reset_ms;
    } rows[] = {
        { 1000, "ada", true, 1, 10000 },
        { 2000, "ada", true, 0, 9000 },
        { 3000, "ada", false, 0, 8000 },
        { 3000, "bob", true, 1, 10000 },
        { 10999, "ada", false, 0, 1 },
        { 11000, "ada", true, 1, 10000 },
        { 12999, "bob", true, 0, 1 },
        { 13000, "bob", true, 1, 10000 },
        { 13000, "Ada", true, 1, 10000 },
        { 13001, "", true, 1, 10000 },
        /* The clock was set back: a new window. */
        { 500, "ada", true, 1, 10000 },
    };
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "limits: [{on: '*', requests: 2, per: 10s, by: /header/x-who}]\n");
    struct running *r = running_new(s, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct allowance a = call_at(d, r, rows[i].now, rows[i].who);
        if (a.limit != &s->limits[0] || a.allowed != rows[i].allowed ||
            a.left != rows[i].left || a.reset_ms != rows[i].reset_ms ||
            a.reset_at != (rows[i].now + rows[i].reset_ms + 999) / 1000)
            fail_msg("row %zu: %s, %d left, %d ms", i, a.allowed ? "in" : "out",
                     (int)a.left, (int)a.reset_ms);
    }
    running_free(r);
}

static void the_tightest_limit_speaks_and_a_refused_call_counts_for_none(void **state)
{
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "limits: [{on: add, requests: 10, per: 1h},"
           " {on: add, requests: 2, per: 1s}, {on: list, requests: 1, per: 1s}]\n");
    struct running *r = running_new(s, NULL);
    static const struct {
        clock_ms now;
        bool allowed;
        size_t limit;
        int64_t left;
    } rows[] = {
        { 0, true, 1, 1 },     { 1, true, 1, 0 },    { 2, false, 1, 0 },
        { 3, false, 1, 0 },    { 1000, true, 1, 1 }, { 1001, true, 1, 0 },
        { 2000, true, 1, 1 },  { 2001, true, 1, 0 }, { 3000, true, 1, 1 },
        { 3001, true, 1, 0 },  { 4000, true, 0, 1 }, { 4001, true, 0, 0 },
        { 5000, false, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct allowance a = call_at(d, r, rows[i].now, "ada");
        if (a.allowed != rows[i].allowed || a.limit != &s->limits[rows[i].limit] ||
            a.left != rows[i].left)
            fail_msg("row %zu: %s by limit %d, %d left", i, a.allowed ? "in" : "out",
                     (int)(a.limit - s->limits), (int)a.left);
    }
    running_free(r);
}

static void no_limit_speaks_where_none_is_on_the_operation(void **state)
{
    struct desk *d = *state;
    const struct scenario *s =
        must_scenario(d, "limits: [{on: list, requests: 1, per: 1s}]\n");
    struct running *r = running_new(s, NULL);
    for (int i = 0; i < 3; i++) {
        struct allowance a = call_at(d, r, 0, "ada");
        assert_null(a.limit);
        assert_true(a.allowed);
    }
    running_free(r);
}

static void many_callers_cost_no_more_than_the_table(void **state)
{
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "limits: [{on: add, requests: 1, per: 1h, by: /header/x-who}]\n");
    struct running *r = running_new(s, NULL);
    char who[16];
    for (int i = 0; i < 5 * LIMIT_CALLERS; i++) {
        snprintf(who, sizeof(who), "w%d", i);
        assert_true(call_at(d, r, i, who).allowed);
        /* Who came a moment ago is not forgotten. */
        assert_false(call_at(d, r, i, who).allowed);
    }
    running_free(r);
}

static void callers_are_told_apart_by_a_place_in_the_call(void **state)
{
    static const struct {
        const char *pointer, *text;
    } rows[] = {
        { "/header/x-who", "Ada" },        { "/header/none", "" },
        { "/body/title", "Emma" },         { "/body/pages", "300" },
        { "/body/tags", "[\"a\",\"b\"]" }, { "/body/none", "" },
        { "/query/limit", "5" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = call_text(&d->scope, rows[i].pointer);
        if (!str_is(text, rows[i].text))
            fail_msg("%s: %.*s", rows[i].pointer, (int)text.len, text.ptr);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_up, desk_down)
    const struct CMUnitTest tests[] = {
        TEST(a_condition_holds_or_not),
        TEST(a_condition_that_is_none_says_what_was_expected),
        TEST(a_condition_is_nested_no_deeper_than_its_bound),
        TEST(an_expression_has_its_value_with_its_type),
        TEST(an_expression_that_is_none_says_why),
        TEST(a_sequence_gives_one_number_in_one_step),
        TEST(the_same_chance_gives_the_same_uuid),
        TEST(a_body_is_json_whose_strings_may_be_expressions),
        TEST(a_name_bound_again_takes_the_place_of_the_first),
        TEST(what_is_inserted_is_a_copy_found_by_key_and_alias),
        TEST(a_unique_value_belongs_to_one_instance),
        TEST(what_was_done_since_the_mark_is_taken_back_whole),
        TEST(a_copy_and_its_origin_change_apart),
        TEST(instances_are_found_by_conditions_in_their_order),
        TEST(an_index_that_met_an_array_misses_nothing),
        TEST(the_indexes_agree_with_a_walk_through_all_instances),
        TEST(the_slots_of_removed_instances_are_given_back),
        TEST(a_client_sees_summaries_and_nothing_hidden),
        TEST(a_fault_happens_when_it_is_its_turn),
        TEST(a_fault_by_chance_is_the_same_for_the_same_seed),
        TEST(the_first_fault_happens_and_every_one_counts),
        TEST(a_delay_is_spread_around_its_median_and_bounded),
        TEST(a_limit_allows_so_many_calls_in_a_window),
        TEST(the_tightest_limit_speaks_and_a_refused_call_counts_for_none),
        TEST(no_limit_speaks_where_none_is_on_the_operation),
        TEST(many_callers_cost_no_more_than_the_table),
        TEST(callers_are_told_apart_by_a_place_in_the_call),
    };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    store_prepare(&plan, arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}

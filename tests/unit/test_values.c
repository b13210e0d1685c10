/* What fixtures compute: conditions, expressions, and bodies with expressions in them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../support/desk.h"
#include "../support/text.h"
#include "base/buffer.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Fixture files: their shape, what an alias is, and what editors are told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/folder.h"
#include "../support/shelf.h"
#include "api/api.h"
#include "base/buffer.h"
#include "base/file.h"
#include "play/behaviour.h"
#include "play/fixture.h"
#include "play/scenario.h"

/* ---- the shape of the file ------------------------------------------------------- */

static void a_file_of_the_wrong_shape_is_told_with_its_place(void **state)
{
    static const struct mistake_row rows[] = {
        { "collectoins: []\n", NULL, 1, 1,
          "the key \"collectoins\" is not known here; did you mean \"collections\"?" },
        { "colours: []\n", NULL, 1, 1, "the key \"colours\" is not known here" },
        { BOOKS "operations:\n  - id: addBook\n    stesp: []\n", NULL, 5, 5,
          "the key \"stesp\" is not known here; did you mean \"steps\"?" },
        { ADD "      - create: books\n        otherwize: {status: 409}\n", NULL, 7, 9,
          "did you mean \"otherwise\"?" },
        { ADD "      - create: books\n        otherwise: {statos: 409}\n", NULL, 7, 21,
          "did you mean \"status\"?" },
        { "collections: 5\n", NULL, 1, 1, "expected a list, found 5" },
        { "collections: {a: b}\n", NULL, 1, 1, "expected a list, found a mapping" },
        { "collections: [a]\n", NULL, 1, 15,
          "expected a mapping of keys, found \"a\"" },
        { "collections:\n  - {name: [a], schema: Book, key: /isbn}\n", NULL, 2, 6,
          "expected text, found a list" },
        { ADD "      - answer: many\n", NULL, 6, 9,
          "expected a whole number, found \"many\"" },
        { ADD "      - answer: 20.5\n", NULL, 6, 9,
          "expected a whole number, found 20.5" },
        { BOOKS "operations:\n  - id: addBook\n    steps:\n", NULL, 5, 5,
          "expected a list, found nothing" },
        { BOOKS "operations:\n  - id: addBook\n    set: []\n", NULL, 5, 5,
          "the key \"set\" is not known in operation; it is a key of: transition, "
          "step" },
        { "infer: yse\n", NULL, 1, 1,
          "expected yes, no, true or false, found \"yse\"; did you mean \"yes\"?" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    references: [{at: /author, of: books, on_delete: casacde}]\n",
          NULL, 5, 43,
          "expected restrict, cascade or nullify, found \"casacde\"; did you mean "
          "\"cascade\"?" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    unique: [{at: []}]\n",
          NULL, 5, 15, "expected 1 items or more, at most 8, found 0" },
        { "sequences:\n  - {name: a, name: b}\n", NULL, 2, 15,
          "the key \"name\" stands twice" },
    };
    check_mistakes(*state, rows, COUNT(rows), "behaviour.yaml");
}

static void what_is_missing_is_told(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "collections:\n  - {name: books, schema: Book}\n",
          "the key \"key\" is missing" },
        { "collections:\n  - {name: a, key: /b}\n", "the key \"schema\" is missing" },
        { "operations:\n  - steps: []\n", "the key \"id\" is missing" },
        { ADD "      - find: books\n        where: [{at: /isbn}]\n",
          "expected is, is_not, minimum, maximum, exclusive_minimum, "
          "exclusive_maximum, "
          "contains, prefix or has, found none" },
        { "", "the file is empty" },
        { "# nothing\n", "the file is empty" },
    };
    struct shelf *s = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (shelf_load(s, rows[i].text, NULL) || s->err.errors != 1 ||
            !strstr(s->err.first->why, rows[i].why))
            fail_msg("%s\n%s", rows[i].text,
                     s->err.first ? problem_text(s->err.first, s->arena) : "loaded");
}

static void all_mistakes_of_shape_are_told_at_once(void **state)
{
    struct shelf *s = *state;
    assert_null(shelf_load(
        s, "collections:\n  - {nmae: books, key: /isbn}\ninfre: no\n", NULL));
    assert_int_equal(s->err.errors, 4);
    const struct problem *p = s->err.first;
    assert_string_equal(p->why,
                        "the key \"nmae\" is not known here; did you mean \"name\"?");
    assert_string_equal((p = p->next)->why, "the key \"name\" is missing");
    assert_string_equal((p = p->next)->why, "the key \"schema\" is missing");
    assert_int_equal((p = p->next)->at.line, 3);
}

static void an_alias_that_names_nothing_or_too_much_is_refused(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "sequences: *nothing\n", "nothing" },
        { "sequences:\n  - &one { name: a }\n  - *one\n"
          "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
          "b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
          "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
          "d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n"
          "e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
          "f: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n"
          "g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f, *f]\n"
          "h: &h [*g, *g, *g, *g, *g, *g, *g, *g, *g, *g]\n",
          "aliases filled in" },
    };
    struct shelf *s = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_null(shelf_load(s, rows[i].text, NULL));
        assert_int_equal(s->err.errors, 1);
        assert_non_null(strstr(s->err.first->why, rows[i].why));
    }
}

static void an_alias_stands_for_what_it_names(void **state)
{
    struct shelf *s = *state;
    struct behaviour *b = shelf_load(s,
                                     "collections:\n  - name: books\n    schema: Book\n"
                                     "    key: /isbn\n    created: &made [/made]\n"
                                     "    updated: *made\n",
                                     NULL);
    if (!b)
        fail_msg("%s", problem_text(s->err.first, s->arena));
    behaviour_done(b);
}

static void of_very_many_mistakes_the_first_are_told_at_once(void **state)
{
    struct shelf *s = *state;
    struct buffer b = buffer_in(s->arena, 1024 * 1024);
    buffer_add_text(&b, "{\"collections\": [1");
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&b, ",1");
    buffer_add_text(&b, "]}");
    assert_null(shelf_load(s, b.ptr, NULL));
    assert_int_equal(s->err.errors, 20);
    assert_int_equal(s->err.first->at.col, 18);
}

/* ---- memory ------------------------------------------------------------------- */

static struct behaviour *load_within(struct shelf *s, struct arena *arena,
                                     struct err *err)
{
    if (setjmp(*arena_guard(arena)))
        return NULL;
    *err = err_in(arena);
    struct behaviour *b = behaviour_load(s->api, s->folder, 0, arena, err);
    arena_unguard(arena);
    return b;
}

/* What is left behind, AddressSanitizer finds. */
static void a_load_that_runs_out_of_memory_leaves_nothing_behind(void **state)
{
    struct shelf *s = *state;
    struct behaviour *b = NULL;
    unsigned broken_off = 0;
    folder_put(s->folder, "behaviour.yaml", SEEDED, s->arena);
    folder_put(s->folder, "books.json",
               "[{\"isbn\": \"1\"}, {\"isbn\": \"2\"}, {\"isbn\": \"3\"}]", s->arena);
    for (size_t limit = 1024; !b && limit < 1024 * 1024; limit += 256) {
        struct arena *arena = arena_new(limit);
        struct err err;
        b = load_within(s, arena, &err);
        broken_off += !b;
        behaviour_done(b);
        arena_free(arena);
    }
    assert_non_null(b);
    assert_true(broken_off > 3);
}

/* ---- what editors are told ---------------------------------------------------------
 */

/* Every key has a line for editors, and stands in docs/fixtures.md. */
static void look_for_keys(const struct outline *o, const char *docs,
                          struct arena *arena, int depth)
{
    while (o->kind == OUTLINE_LIST)
        o = o->items;
    for (size_t i = 0; depth < 8 && o->kind == OUTLINE_KEYS && i < o->key_count; i++) {
        const char *key = o->keys[i].key;
        if (!outline_about(o->name, key))
            fail_msg("%s: %s is not described", o->name, key);
        if (!strstr(docs, arena_printf(arena, "`%s`", key)) &&
            !strstr(docs, arena_printf(arena, "`%s: ", key)))
            fail_msg("%s: docs/fixtures.md does not speak of %s", o->name, key);
        look_for_keys(o->keys[i].value, docs, arena, depth + 1);
    }
}

static void every_key_of_a_file_is_described(void **state)
{
    struct shelf *s = *state;
    struct str docs;
    assert_true(file_read("docs/fixtures.md", s->arena, &docs, &s->err));
    const char *text = arena_copy(s->arena, docs);
    look_for_keys(fixture_outline(FIXTURE_BEHAVIOUR, s->arena), text, s->arena, 0);
    look_for_keys(fixture_outline(FIXTURE_SCENARIO, s->arena), text, s->arena, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shelf_up, shelf_down)
    const struct CMUnitTest tests[] = {
        TEST(a_file_of_the_wrong_shape_is_told_with_its_place),
        TEST(what_is_missing_is_told),
        TEST(an_alias_that_names_nothing_or_too_much_is_refused),
        TEST(all_mistakes_of_shape_are_told_at_once),
        TEST(an_alias_stands_for_what_it_names),
        TEST(every_key_of_a_file_is_described),
        TEST(of_very_many_mistakes_the_first_are_told_at_once),
        TEST(a_load_that_runs_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

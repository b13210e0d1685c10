/* Behaviours, seeds and scenarios with a mistake: each is told where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "../support/folder.h"
#include "../support/shelf.h"
#include "api/api.h"
#include "doc/document.h"
#include "play/behaviour.h"
#include "play/fixture.h"
#include "play/scenario.h"

/* ---- names that lead nowhere -------------------------------------------------------
 */

static void a_name_that_the_document_does_not_have_is_told_with_its_place(void **state)
{
#define SUMMARY                                                         \
    "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n" \
    "    references:\n      - {at: /author, of: books, keep: [isbn, "
    static const struct mistake_row rows[] = {
        { "collections:\n  - {name: books, schema: Bok, key: /isbn}\n", NULL, 2, 19,
          "has no schema \"Bok\" in components/schemas; did you mean \"Book\"?" },
        { "collections:\n  - {name: books, schema: Book, key: /isnb}\n", NULL, 2, 33,
          "the schema of books has no /isnb; did you mean \"isbn\"?" },
        { "collections:\n  - {name: books, schema: Book, key: isbn}\n", NULL, 2, 33,
          "expected a JSON pointer such as /id, found \"isbn\"" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    aliases: [/code]\n",
          NULL, 5, 15, "the schema of books has no /code" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    unique: [{at: [/title]}, {at: [/isbn, /nix]}]\n",
          NULL, 5, 30, "the schema of books has no /nix" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    created: [/mode]\n",
          NULL, 5, 15, "did you mean \"made\"?" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    version: /revision\n",
          NULL, 5, 5, "has no /revision" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n    "
          "defaults:\n"
          "      - {at: /lent, to: maybe}\n",
          NULL, 6, 21, "expected true or false, found \"maybe\"" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    references:\n      - {at: /author, of: autors}\n",
          NULL, 6, 23, "no collection or group is called \"autors\"" },
        { "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
          "    summary: [isbn, /shelf/rwo]\n",
          NULL, 5, 21, "the schema of books has no \"/shelf/rwo\"" },
        { SUMMARY "/shelf/rwo]}\n", NULL, 6, 34, "has a member \"/shelf/rwo\"" },
        { SUMMARY "shelf, /shelf/row]}\n", NULL, 6, 34,
          "\"/shelf/row\" is in the summary already by \"shelf\"" },
        { SUMMARY "/shelf/row, /shelf]}\n", NULL, 6, 34,
          "\"/shelf\" is in the summary already by \"/shelf/row\"" },
        { SUMMARY "/loans/0/by]}\n", NULL, 6, 34,
          "a summary keeps a list as a whole, not \"/loans/0/by\"" },
        { BOOKS "  - {name: books, schema: Book, key: /isbn}\n", NULL, 3, 6,
          "the collection \"books\" stands twice" },
        { BOOKS "operations:\n  - id: adBook\n", NULL, 4, 5,
          "has no operation \"adBook\"; did you mean \"addBook\"?" },
        { BOOKS "operations:\n  - id: addBook\n    also: [nothing-like-it]\n", NULL, 5,
          12, "has no operation \"nothing-like-it\"" },
        { BOOKS "operations:\n  - id: addBook\n  - id: addBook\n", NULL, 5, 5,
          "the operation \"addBook\" has a behaviour already" },
        { ADD "      - find: boks\n", NULL, 6, 9,
          "no collection or group is called \"boks\"; did you mean \"books\"?" },
        { ADD "      - find: books\n        where: [{at: /titel, is: a}]\n", NULL, 7,
          18, "the schema of books has no /titel; did you mean \"title\"?" },
        { ADD "      - create: books\n        set: [{at: /nix, to: $input#/isbn}]\n",
          NULL, 7, 16, "the schema of books has no /nix" },
        { ADD "      - create: books\n        set: [{at: /pages, to: many}]\n", NULL, 7,
          28, "expected a number, found \"many\"" },
        { ADD "      - create: books\n        set: [{at: /isbn, to: "
              "$request.body#/isnb}]\n",
          NULL, 7, 27, "the request has no /body/isnb; did you mean \"isbn\"?" },
        { ADD "      - create: books\n        set: [{at: /isbn, to: $book#/isbn}]\n",
          NULL, 7, 27, "$book#/isbn: nothing before this step is bound to \"book\"" },
        { ADD "      - create: books\n        as: book\n      - answer: 201\n"
              "        body: $bok\n",
          NULL, 9, 9, "is bound to \"bok\"; did you mean \"$book\"?" },
        { ADD "      - create: books\n        as: book\n      - answer: 201\n"
              "        body: '{\"a\": \"$book#/isnb\"}'\n",
          NULL, 9, 9, "the schema of books has no /isnb" },
        { ADD "      - answer: 204\n", NULL, 6, 9,
          "addBook declares no response 204, but 201, 409" },
        { ADD "      - create: books\n        otherwise: {error: isbn_takn}\n", NULL, 7,
          21,
          "addBook declares no response for the error \"isbn_takn\"; did you mean "
          "\"isbn_taken\"?" },
        { ADD "      - create: books\n        set: [{at: /isbn, to: "
              "\"$table.isbn[a]\"}]\ntables: [{name: isbns, rows: '{}'}]\n",
          NULL, 7, 27, "no table has that name; did you mean \"isbns\"?" },
        { BOOKS "groups: [{name: all, of: [boks]}]\n", NULL, 3, 27,
          "no collection is called \"boks\"; did you mean \"books\"?" },
        { ADD "      - create: books\n        set: [{at: /isbn, to: "
              "$sequence.isnb}]\nsequences: [{name: isbn}]\n",
          NULL, 7, 27, "no sequence has that name; did you mean \"isbn\"?" },
        { ADD "      - find: books\n        where: [{at: /isbn, is: a}]\n"
              "        when: mach($input#/isbn, 'a')\n",
          NULL, 8, 9,
          "a condition has no function \"mach\", only match, search and length; did "
          "you mean \"match\"?" },
        { ADD "      - require: match($input#/isbn, 'a(')\n"
              "        otherwise: {status: 409}\n",
          NULL, 6, 9, "the pattern 'a(' cannot be used" },
        { BOOKS "before: [{on: [addBok], steps: []}]\n", NULL, 3, 16,
          "has no operation \"addBok\"; did you mean \"addBook\"?" },
        { ADD "      - create: books\n        otherwise: {error: isbn_taken, status: "
              "400}\n",
          NULL, 7, 21, "for the error \"isbn_taken\" with that status" },
        { ADD "      - list: books\n        among: [{at: /title, is: a}]\n", NULL, 7, 9,
          "among goes with follow, and without until" },
        { ADD "      - list: books\n        follow: {from: /isbn, to: /author}\n"
              "        among: [{at: /titel, is: a}]\n",
          NULL, 8, 18, "the schema of books has no /titel" },
        { ADD "      - create: books\n        otherwise: {body: '{}'}\n", NULL, 7, 9,
          "expected a status or an error" },
        { ADD "      - create: books\n        otherwise: {status: 200}\n", NULL, 7, 9,
          "expected a status from 400 to 599, found 200" },
        { ADD "      - list: books\n        as: page\n      - answer: 201\n"
              "        body: $page#/itmes\n",
          NULL, 9, 9,
          "$page#/itmes: there is no \"itmes\" in it; did you mean \"items\"?" },
        { BOOKS "errors:\n  - {on: required, body: '{\"a\": \"$finding#/nmae\"}'}\n",
          NULL, 4, 5, "there is no \"nmae\" in it; did you mean \"name\"?" },
        { ADD "      - answer: 201\n        body: {a: $request.body}\n", NULL, 7, 9,
          "expected text, found a mapping; JSON stands in quotes: '{\"a\": 1}'" },
        { ADD "      - find: books\n        where: [{at: /isbn, equals: a}]\n", NULL, 7,
          29,
          "the key \"equals\" is not known here; there are at, is, is_not, minimum, "
          "maximum, exclusive_minimum, exclusive_maximum, contains, prefix, has and "
          "when" },
        { "collections:\n  - {name: books, schema: Book, key: /isbn, alias: []}\n",
          NULL, 2, 45,
          "the key \"alias\" is not known here; did you mean \"aliases\"?" },
    };
    check_mistakes(*state, rows, COUNT(rows), "behaviour.yaml");
}

/* It is no error: other members may decide which values there are. */
static void a_literal_that_the_schema_does_not_list_is_a_warning(void **state)
{
    static const struct {
        const char *to, *why; /* NULL: nothing is told */
    } rows[] = {
        { "new", NULL },
        { "nwe", "/operations/0/steps/0/set/0/to: expected one of \"new\" or \"worn\", "
                 "found \"nwe\"; did you mean \"new\"?" },
        { "$null", NULL },
        { "$request.body#/title", NULL },
    };
    struct shelf *s = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *text =
            arena_printf(s->arena,
                         ADD "      - create: books\n        set: [{at: /state, to: "
                             "%s}]\n",
                         rows[i].to);
        struct behaviour *b = shelf_load(s, text, NULL);
        assert_non_null(b);
        behaviour_done(b);
        const char *why = s->err.first ? s->err.first->why : NULL;
        if (rows[i].why
                ? !why || !strstr(problem_text(s->err.first, s->arena), rows[i].why)
                : why != NULL)
            fail_msg("%s: %s", rows[i].to, why ? why : "nothing was told");
    }
}

static void a_webhook_that_makes_no_sense_is_told_with_its_place(void **state)
{
#define HOOK BOOKS "webhooks:\n  - to: books\n    as: one\n    url: $one#/title\n"
    static const struct mistake_row rows[] = {
        { HOOK "    events: [{name: a, created: books, deleted: books}]\n", NULL, 7, 14,
          "expected one of created, updated or deleted, found several" },
        { HOOK "    events: [{name: a}]\n", NULL, 7, 14,
          "expected one of created, updated or deleted, found none" },
        { HOOK "    events: [{name: a, created: boks}]\n", NULL, 7, 24,
          "no collection or group is called \"boks\"; did you mean \"books\"?" },
        { HOOK "    events: [{name: a, created: books, body: '{\"a\": "
               "\"$new#/isnb\"}'}]\n",
          NULL, 7, 40, "the schema of books has no /isnb; did you mean \"isbn\"?" },
        { HOOK "    events: [{name: a, updated: books, when: $nwe != null}]\n", NULL, 7,
          40, "is bound to \"nwe\"; did you mean \"$new\"?" },
        { HOOK "    within: 6s\n", NULL, 7, 5,
          "expected a duration of at most 5s, found \"6s\"" },
        { HOOK "    retry: [1s, soon]\n", NULL, 7, 5,
          "expected a duration such as 30s, found \"soon\"" },
        { HOOK "    retry: [1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s]\n",
          NULL, 7, 5, "expected at most 16 tries, found 17" },
        { HOOK "    schema: Boook\n", NULL, 7, 5,
          "has no schema \"Boook\" in components/schemas; did you mean \"Book\"?" },
        { HOOK "    sign: {header: X, key: $one#/pages, encoding: hx}\n", NULL, 7, 41,
          "expected hex or base64" },
        { HOOK "    answered: {when: $answr == null}\n", NULL, 7, 16,
          "is bound to \"answr\"; did you mean \"$answer\"?" },
        { HOOK "    answered: {set: [{at: /titel, to: $sent}]}\n", NULL, 7, 23,
          "the schema of books has no /titel; did you mean \"title\"?" },
        { BOOKS "webhooks: [{to: bks, as: one, url: a}]\n", NULL, 3, 13,
          "no collection or group is called \"bks\"" },
    };
    check_mistakes(*state, rows, COUNT(rows), "behaviour.yaml");
}

static void a_step_that_makes_no_sense_is_told_with_its_place(void **state)
{
    static const struct mistake_row rows[] = {
        { ADD "      - find: books\n        answer: 201\n", NULL, 6, 9,
          "expected one of find, create, update, delete, list, count, require, each or "
          "answer, found several" },
        { ADD "      - each: $request.body#/title\n        as: one\n", NULL, 6, 9,
          "an each step needs as and steps" },
        { ADD "      - answer: 201\n        as: one\n        steps: [{answer: 201}]\n",
          NULL, 8, 9, "only an each step has steps" },
        { ADD "      - each: $request.body#/title\n        as: one\n        steps:\n"
              "          - {find: books, as: book, where: [{at: /isbn, is: $two}]}\n",
          NULL, 9, 57, "is bound to \"two\"" },
        { ADD "      - each: $request.body#/title\n        as: one\n        steps:\n"
              "          - {find: books, as: book, where: [{at: /isbn, is: $one}]}\n"
              "      - {answer: 201, body: $book}\n",
          NULL, 10, 23, "is bound to \"book\"" },
        { ADD "      - {answer: 201, body: $part.title#/length}\n", NULL, 6, 23,
          "a part has /file_name, /type, /kind, /size and /digest" },
        { ADD "      - {answer: 201, body: $part.titel#/size}\n", NULL, 6, 23,
          "the request has no /body/titel" },
        { ADD "      - require: true\n", NULL, 6, 9, "a require step needs otherwise" },
        { ADD "      - require: 1 =\n        otherwise: {status: 409}\n", NULL, 6, 9,
          "expected && or || in the condition \"1 =\", found \"=\"" },
        { ADD "      - answer: 201\n        when: $book == null\n", NULL, 7, 9,
          "is bound to \"book\"" },
        { ADD "      - answer: 201\n        when: ''\n", NULL, 7, 9,
          "expected a value" },
        { ADD "      - answer: 201\n        body: '{a: 1}'\n", NULL, 7, 9,
          "expected JSON: expected a member name" },
        { ADD "      - list: books\n        page: -1\n", NULL, 7, 9, "expected 1 to" },
        { ADD "      - list: books\n        sort: title, -shelf.rwo\n", NULL, 7, 9,
          "\"shelf.rwo\" is no member to sort by; did you mean \"shelf.row\"?" },
        { BOOKS "operations:\n  - id: addBook\n    dry_run: (true\n", NULL, 5, 5,
          "expected \")\" in the condition" },
        { BOOKS "groups:\n  - {name: all, of: [books]}\noperations:\n  - id: addBook\n"
                "    steps: [{find: all}, {update: all}, {create: nothing}]\n",
          NULL, 7, 42, "no collection or group is called \"nothing\"" },
        { BOOKS "errors:\n  - {on: required, status: 99}\n", NULL, 4, 5,
          "expected a status from 400 to 599, found 99" },
        { BOOKS "errors:\n  - {on: required, body: '{\"a\": \"$findin#/name\"}'}\n",
          NULL, 4, 5, "did you mean \"$finding\"?" },
    };
    check_mistakes(*state, rows, COUNT(rows), "behaviour.yaml");
}

/* ---- seeds
 * --------------------------------------------------------------------------- */

static void a_seed_with_a_mistake_is_told_with_its_place(void **state)
{
    static const char with_reference[] =
        "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
        "    seed: books.json\n    references: [{at: /author, of: books}]\n";
    static const char with_unique[] =
        "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
        "    seed: books.json\n    unique: [{at: [/title, /pages]}]\n";
    static const struct mistake_row rows[] = {
        { SEEDED,
          "[\n {\"isbn\": \"1\"},\n {\"isbn\": \"2\", \"pages\": \"many\"}\n]\n", 3, 16,
          "expected an integer, found the string \"many\"" },
        { SEEDED, "[\n {\"isbn\": \"1\", \"titel\": \"Emma\"}\n]\n", 2, 16,
          "found \"titel\"; did you mean \"title\"?" },
        { SEEDED, "[{\"title\": \"Emma\"}]", 1, 2,
          "expected a text at /isbn, the key of books" },
        { SEEDED, "[{\"isbn\": 1}]", 1, 2,
          "expected a text at /isbn, the key of books" },
        { SEEDED, "[{\"isbn\": \"1\"}, 5]", 1, 17,
          "expected an instance (an object), found a number" },
        { SEEDED, "[{\"isbn\": \"1\"},\n {\"isbn\": \"1\"}]", 2, 2,
          "another of the books has /isbn \"1\"" },
        { with_unique,
          "[{\"isbn\": \"1\", \"title\": \"a\", \"pages\": 1},\n"
          " {\"isbn\": \"2\", \"title\": \"a\", \"pages\": 2},\n"
          " {\"isbn\": \"3\", \"title\": \"a\", \"pages\": 1.0}]",
          3, 2, "another of the books has /title \"a\" and /pages 1.0" },
        { with_reference,
          "[{\"isbn\": \"1\", \"author\": \"1\"},\n {\"isbn\": \"2\", \"author\": "
          "\"9\"}]",
          2, 16, "the key here belongs to no instance" },
        { SEEDED, "{\"isbn\": \"1\"}", 1, 1,
          "expected an array of instances, found an object" },
        { SEEDED, "[{\"isbn\": \"1\",}]", 1, 15, "expected a member name" },
        { SEEDED, "", 1, 1, "the file is empty" },
        { SEEDED, "[{\"isbn\": \"1\", \"isbn\": \"2\"}]", 1, 2, "stands twice" },
    };
    check_mistakes(*state, rows, COUNT(rows), "books.json");
}

static void a_seed_is_a_file_of_the_same_folder(void **state)
{
    static const struct mistake_row rows[] = {
        { "collections:\n  - {name: books, schema: Book, key: /isbn, seed: "
          "../books.json}\n",
          NULL, 2, 45, "expected the name of a file in the same folder" },
    };
    check_mistakes(*state, rows, COUNT(rows), "behaviour.yaml");
    struct shelf *s = *state;
    assert_null(
        shelf_load(s,
                   "collections:\n  - {name: books, schema: Book, key: /isbn, seed: "
                   "authors.json}\n",
                   NULL));
    assert_int_equal(s->err.errors, 1);
    assert_non_null(strstr(s->err.first->at.file, "authors.json"));
}

static void a_sound_behaviour_is_loaded_with_its_seed(void **state)
{
    struct shelf *s = *state;
    struct behaviour *b = shelf_load(
        s,
        "collections:\n  - name: books\n    schema: Book\n    key: /isbn\n"
        "    seed: books.json\n    created: [/made]\n    hidden: [/secret]\n"
        "    references: [{at: /author, of: books}]\n"
        "operations:\n  - id: addBook\n    steps:\n      - create: books\n"
        "        as: book\n        set: [{at: /isbn, to: $input#/isbn}]\n"
        "        otherwise: {error: isbn_taken}\n      - answer: 201\n"
        "        body: $book\n",
        "[{\"isbn\": \"2\", \"author\": \"1\"}, {\"isbn\": \"1\", \"secret\": 5}]");
    if (!b)
        fail_msg("%s", problem_text(s->err.first, s->arena));
    assert_int_equal(s->err.warnings, 0);
    assert_int_equal(store_count(b->seed, 0), 2);
    assert_string_equal(
        json_text(store_get(b->seed, 0, 1), s->arena).ptr,
        "{\"isbn\":\"1\",\"secret\":5,\"made\":\"1970-01-01T00:00:00.000Z\"}");
    assert_null(b->scripts[0]);
    assert_non_null(b->scripts[1]);
    behaviour_done(b);

    unlink(arena_printf(s->arena, "%s/behaviour.yaml", s->folder));
    b = behaviour_load(s->api, s->folder, 0, s->arena, &s->err);
    assert_non_null(b);
    assert_null(b->scripts[1]);
    behaviour_done(b);
}

/* ---- several mistakes
 * ------------------------------------------------------------------ */

struct place {
    unsigned line, col;
    const char *why;
};

static void check_places(struct shelf *s, const struct place *rows, size_t count)
{
    const struct problem *p = s->err.first;
    for (size_t i = 0; i < count; i++, p = p->next)
        if (!p || p->at.line != rows[i].line || p->at.col != rows[i].col ||
            !strstr(p->why, rows[i].why))
            fail_msg("row %zu: %s", i, p ? problem_text(p, s->arena) : "nothing");
    assert_int_equal(s->err.errors, count);
}

static void all_mistakes_in_operations_are_told_together(void **state)
{
    static const struct place rows[] = {
        { 6, 9, "\"boks\"" },
        { 7, 16, "has no /nix" },
        { 9, 9, "declares no response 204" },
        { 10, 5, "has no operation \"nope-at-all\"" },
    };
    struct shelf *s = *state;
    assert_null(shelf_load(s,
                           ADD "      - find: boks\n"
                               "      - set: [{at: /nix, to: $input#/isbn}]\n"
                               "        create: books\n"
                               "      - answer: 204\n"
                               "  - id: nope-at-all\n",
                           NULL));
    check_places(s, rows, COUNT(rows));
}

static void all_mistakes_in_seeds_are_told_together(void **state)
{
    static const struct place rows[] = {
        { 2, 16, "expected an integer" },
        { 3, 16, "expected a boolean" },
        { 3, 30, "found \"x\"" },
    };
    struct shelf *s = *state;
    assert_null(shelf_load(s, SEEDED,
                           "[\n {\"isbn\": \"1\", \"pages\": \"a\"},\n"
                           " {\"isbn\": \"2\", \"lent\": \"no\", \"x\": 1}\n]"));
    check_places(s, rows, COUNT(rows));
}

/* ---- scenarios
 * -------------------------------------------------------------------------- */

static struct scenario *load_scenario(struct shelf *s, const char *text)
{
    static size_t first[1];
    const struct api *apis[1] = { s->api };
    const struct cast cast = { apis, first, 1, s->api->operation_count };
    folder_put(s->folder, "behaviour.yaml", text, s->arena);
    s->err = err_in(s->arena);
    const char *path = arena_printf(s->arena, "%s/behaviour.yaml", s->folder);
    struct record_scenario *record = fixture_scenario(path, s->arena, &s->err);
    struct scenario *scenario =
        record ? scenario_read(path, record, &cast, s->arena, &s->err) : NULL;
    document_place(&s->err);
    return scenario;
}

static void a_mistake_in_a_scenario_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text;
        unsigned line, col;
        const char *why;
    } rows[] = {
        { "fautls: []\n", 1, 1, "did you mean \"faults\"?" },
        { "faults:\n  - {on: '*', dealy: 5s}\n", 2, 15, "did you mean \"delay\"?" },
        { "faults: 5\n", 1, 1, "expected a list, found 5" },
        { "faults:\n  - {on: '*', status: many}\n", 2, 15,
          "expected a whole number, found \"many\"" },
        { "faults:\n  - {on: '*', connection: dorp}\n", 2, 15,
          "expected drop, reset or cut, found \"dorp\"; did you mean \"drop\"?" },
        { "faults:\n  - {on: '*', status: 503, commit: perhaps}\n", 2, 28,
          "expected yes, no, true or false, found \"perhaps\"" },
        { "faults:\n  - {on: addBok, status: 503}\n", 2, 6,
          "no operation is called \"addBok\"" },
        { "api: spec\nfaults:\n  - {on: whatever, status: 503}\n", 3, 6,
          "no operation is called \"whatever\"" },
        { "api: other\n", 1, 1, "no API is called \"other\"" },
        { "faults:\n  - {on: '*', delay: soon, status: 503}\n", 2, 15,
          "expected a time such as 250ms, 5s, 2m or 1h (at most 600000 ms), found "
          "\"soon\"" },
        { "faults:\n  - {on: '*', delay: 11m}\n", 2, 15, "found \"11m\"" },
        { "faults:\n  - {on: '*', delay: -1s, status: 503}\n", 2, 15, "found \"-1s\"" },
        { "faults:\n  - {on: '*', status: 503, retry_after: x}\n", 2, 28,
          "expected a time such as" },
        { "faults:\n  - {on: '*', status: 503, chance: 1.5}\n", 2, 28,
          "expected a number from 0 to 1" },
        { "faults:\n  - {on: '*', delay: 1s, sigma: -1}\n", 2, 26,
          "expected a number from 0 to 3" },
        { "faults:\n  - {on: '*', status: 503, skip: -1}\n", 2, 28,
          "expected 0 or more, found -1" },
        { "faults:\n  - {on: '*', error: nonesuch}\n", 2, 15,
          "no operation here declares the error \"nonesuch\"" },
        { "faults:\n  - {on: '*', status: 503, body: '{a}'}\n", 2, 28,
          "expected JSON" },
        { "faults:\n  - {on: addBook}\n", 2, 6, "the fault does nothing" },
        { "limits:\n  - {on: '*', requests: 0, per: 1s}\n", 2, 15,
          "expected 1 or more, found 0" },
        { "limits:\n  - {on: '*', requests: 1, per: 0s}\n", 2, 28,
          "expected a time above 0" },
        { "limits:\n  - {on: '*', requests: 1, per: 1s, by: authorization}\n", 2, 37,
          "expected a pointer into the call such as /header/authorization" },
        { "limits:\n  - {on: '*', requests: 1, per: 1s, error: nonesuch}\n", 2, 37,
          "declares the error \"nonesuch\"" },
    };
    struct shelf *s = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scenario *scenario = load_scenario(s, rows[i].text);
        const struct problem *p = s->err.first;
        while (p && p->warning)
            p = p->next;
        if (scenario || s->err.errors != 1)
            fail_msg("%s\n%u errors: %s", rows[i].text, s->err.errors, p ? p->why : "");
        if (p->at.line != rows[i].line || p->at.col != rows[i].col ||
            !strstr(p->why, rows[i].why))
            fail_msg("%s\n%s", rows[i].text, problem_text(p, s->arena));
    }
}

static void an_error_outside_the_contract_is_a_warning(void **state)
{
    struct shelf *s = *state;
    assert_non_null(load_scenario(s, "faults:\n  - {on: '*', error: isbn_taken}\n"));
    assert_int_equal(s->err.warnings, 1);
    assert_non_null(strstr(s->err.first->why,
                           "1 operation (such as listBooks of spec) declares no "
                           "\"isbn_taken\"; it will be sent as a problem"));
    assert_int_equal(s->err.first->at.line, 2);
    assert_non_null(load_scenario(s, "faults: [{on: addBook, error: isbn_taken}]\n"));
    assert_int_equal(s->err.warnings, 0);
}

static void all_mistakes_of_a_fault_are_told_together(void **state)
{
    struct shelf *s = *state;
    assert_null(
        load_scenario(s, "faults:\n  - {on: nix, status: 503, skip: -1, delay: x}\n"));
    static const struct place places[] = {
        { 2, 6, "no operation is called \"nix\"" },
        { 2, 28, "expected 0 or more, found -1" },
        { 2, 38, "expected a time" },
    };
    check_places(s, places, COUNT(places));
}

/* ---- tokens and keys --------------------------------------------------------------
 */

static void a_token_or_key_that_means_nothing_is_told(void **state)
{
    static const struct mistake_row rows[] = {
        { "tokens: [{scheme: token}]\n", NULL, 1, 10, "the key \"token\" is missing" },
        { "tokens: [{token: a, scope: [b]}]\n", NULL, 1, 21,
          "the key \"scope\" is not known here; did you mean \"scopes\"?" },
        { "tokens: [{token: a, scheme: tokn}]\n", NULL, 1, 21,
          "has no security scheme \"tokn\"; did you mean \"token\"?" },
        { "tokens: [{token: a, expires: tomorrow}]\n", NULL, 1, 21,
          "expected a time such as 2026-01-01T00:00:00Z, found \"tomorrow\"" },
        { "keys: [{scheme: token}]\n", NULL, 1, 8,
          "expected either a secret or the file of a public key" },
        { "keys: [{secret: a, public: b.pem}]\n", NULL, 1, 8,
          "expected either a secret" },
        { "keys: [{public: b.pem}]\n", NULL, 1, 9, "there is no file" },
        { "keys: [{public: books.json}]\n", NULL, 1, 9,
          "expected an RSA or EC public key in PEM, found another file" },
        { "keys: [{secret: a, scheme: key}]\n", NULL, 1, 20,
          "the scheme \"key\" takes no bearer tokens" },
    };
    check_mistakes(*state, rows, COUNT(rows), "behaviour.yaml");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, shelf_up, shelf_down)
    const struct CMUnitTest tests[] = {
        TEST(a_name_that_the_document_does_not_have_is_told_with_its_place),
        TEST(a_literal_that_the_schema_does_not_list_is_a_warning),
        TEST(a_webhook_that_makes_no_sense_is_told_with_its_place),
        TEST(a_step_that_makes_no_sense_is_told_with_its_place),
        TEST(a_token_or_key_that_means_nothing_is_told),
        TEST(a_seed_with_a_mistake_is_told_with_its_place),
        TEST(a_seed_is_a_file_of_the_same_folder),
        TEST(a_sound_behaviour_is_loaded_with_its_seed),
        TEST(all_mistakes_in_operations_are_told_together),
        TEST(all_mistakes_in_seeds_are_told_together),
        TEST(a_mistake_in_a_scenario_is_told_with_its_place),
        TEST(an_error_outside_the_contract_is_a_warning),
        TEST(all_mistakes_of_a_fault_are_told_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Documents that are broken, huge or hostile: a clear error or a load, in bounded time
 * and memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/cost.h"
#include "../support/folder.h"
#include "../support/text.h"
#include "api/api.h"
#include "api/spare.h"
#include "base/file.h"
#include "base/limits.h"

#define JSON_HEAD "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"T\",\"version\":\"1\"},"

/* Far above what any of them takes, sanitizers and a busy machine included. */
enum { MOST_SECONDS = 20 };
#define MOST_BYTES ((size_t)400 * 1024 * 1024)

struct outcome {
    bool loaded;
    const char *why; /* the first error */
    size_t operations;
};

/* Loads the text from a file that is gone afterwards, within the bounds. */
static struct outcome load(const char *name, struct str text, struct arena *keep)
{
    const char *folder = folder_make(keep);
    const char *path = folder_put_bytes(folder, "spec", text, keep);
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    double started = thread_seconds();
    const struct api *api = api_load(path, NULL, arena, &err);
    if (api)
        api_check_spare(api, arena, &err);
    double took = thread_seconds() - started;
    folder_remove(folder);
    struct outcome out = { .loaded = api != NULL,
                           .why =
                               err.first ? arena_copy(keep, str(err.first->why)) : "",
                           .operations = api ? api->operation_count : 0 };
    if (!api && (!err.errors || !*out.why))
        fail_msg("%s: refused without a reason", name);
    if (took > MOST_SECONDS || arena_used(arena) > MOST_BYTES)
        fail_msg("%s: took %.1f s and %zu bytes", name, took, arena_used(arena));
    arena_free(arena);
    return out;
}

static void a_document_cut_off_anywhere_loads_or_says_why(void **state)
{
    static const char *const files[] = {
        "specs/devrev.yaml",       "specs/serial.yaml",      "tests/data/answers.yaml",
        "tests/data/pets.yaml",    "tests/data/params.yaml", "tests/data/bodies.yaml",
        "tests/data/guarded.yaml",
    };
    enum { EVERY = 1000 };
    for (size_t i = 0; i < COUNT(files); i++) {
        struct err err = err_in(*state);
        struct str text;
        if (!file_read(files[i], *state, &text, &err))
            fail_msg("%s", problem_text(err.first, *state));
        for (size_t length = 0; length < text.len; length += EVERY)
            load(arena_printf(*state, "%s to %zu", files[i], length),
                 (struct str){ text.ptr, length }, *state);
    }
}

static void nesting_without_end_is_refused(void **state)
{
    static const struct {
        const char *name, *head, *one;
    } rows[] = {
        { "JSON arrays", JSON_HEAD "\"x-a\":", "[" },
        { "JSON objects", JSON_HEAD "\"x-a\":", "{\"a\":" },
        { "YAML flow arrays", OPENAPI_31 "x-a: ", "[" },
        { "YAML flow objects", OPENAPI_31 "x-a: ", "{a: " },
        { "YAML block arrays", OPENAPI_31 "x-a:\n  ", "- " },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = repeated(*state, rows[i].head, rows[i].one, 20000, "");
        if (load(rows[i].name, text, *state).loaded)
            fail_msg("%s: loaded", rows[i].name);
    }
}

static void references_that_lead_round_load_or_say_why(void **state)
{
    static const struct {
        const char *name, *text;
        bool loads;
    } rows[] = {
        { "a schema of itself",
          "components: {schemas: {a: {$ref: '#/components/schemas/a'}}}", true },
        { "two schemas of each other",
          "components: {schemas: {a: {allOf: [{$ref: '#/components/schemas/b'}]}, b: "
          "{allOf: [{$ref: '#/components/schemas/a'}]}}}",
          true },
        { "a parameter of itself",
          "paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/a'}], " DONE
          "}}}\ncomponents: {parameters: {a: {$ref: '#/components/parameters/a'}}}",
          false },
        { "a path item of itself", "paths: {/a: {$ref: '#/paths/~1a'}}", false },
        { "a response of itself",
          "paths: {/a: {get: {responses: {'200': {$ref: "
          "'#/paths/~1a/get/responses/200'}}}}}",
          false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct outcome o =
            load(rows[i].name,
                 str(arena_printf(*state, OPENAPI_31 "%s\n", rows[i].text)), *state);
        if (o.loaded != rows[i].loads)
            fail_msg("%s: %s", rows[i].name, o.loaded ? "loaded" : o.why);
    }
}

/* Some generators write the empty array for a map without entries. */
static void a_list_where_a_map_is_expected_is_told(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "paths: {/a: {get: {responses: {'200': {description: A, content: [{}]}}}}}",
          "expected an object of media types, found an array" },
        { "paths: {/a: {get: {responses: {'200': {description: A, content: x}}}}}",
          "expected an object of media types, found a string" },
        { "paths: {/a: {get: {responses: {'200': {description: A, content: []}}}}}",
          "" },
        { "paths: {/a: {post: {requestBody: {content: [x]}, " DONE "}}}",
          "expected a request body with content" },
        { "components: {securitySchemes: [{type: http, scheme: basic}]}",
          "expected an object of security schemes, found an array" },
        { "components: {schemas: [{$id: 'http://a/'}]}",
          "expected an object of schemas, found an array; no operation leads here, so "
          "it hurts nobody yet" },
        { "components: {responses: [{description: A}]}",
          "expected an object of responses, found an array; no operation leads here, "
          "so it hurts nobody yet" },
        { "paths: {/a: {get: {parameters: [{name: a, in: query, schema: {oneOf: "
          "[{type: "
          "object}], discriminator: {propertyName: b, mapping: [c]}}}], " DONE "}}}",
          "branch 0 of oneOf has no name that a \"b\" could choose, so it is judged by "
          "oneOf alone" },
        { "paths: {/a: {get: {parameters: [{name: a, in: query, schema: {type: object, "
          "discriminator: {propertyName: b}}}], " DONE "}}}\ncomponents: {schemas: "
          "[{allOf: [{$ref: '#/paths/~1a/get/parameters/0/schema'}]}]}",
          "expected an object of schemas, found an array; no operation leads here, so "
          "it hurts nobody yet" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = str(arena_printf(*state, OPENAPI_31 "%s\n", rows[i].text));
        const char *why = load(rows[i].text, text, *state).why;
        if (strcmp(why, rows[i].why) != 0)
            fail_msg("%s: expected \"%s\", got \"%s\"", rows[i].text, rows[i].why, why);
    }
}

static void twenty_thousand_paths_load(void **state)
{
    enum { PATHS = 20000 };
    struct str text = repeated(*state, OPENAPI_31 "paths:\n",
                               "  /a#: {get: {" DONE "}}\n", PATHS, "");
    struct outcome o = load("paths", text, *state);
    if (o.operations != PATHS)
        fail_msg("%zu operations: %s", o.operations, o.why);
}

static void a_hundred_thousand_values_of_an_enum_load(void **state)
{
    struct str text = repeated(*state, OPENAPI_31 "components: {schemas: {a: {enum: [",
                               "v#, ", 100000, "last]}}}\n");
    struct outcome o = load("enum", text, *state);
    if (!o.loaded)
        fail_msg("%s", o.why);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    static const struct str rows[] = {
        { OPENAPI_31 "x-a: \xff\n", sizeof(OPENAPI_31 "x-a: \xff\n") - 1 },
        { OPENAPI_31 "x-a: \xc0\x80\n", sizeof(OPENAPI_31 "x-a: \xc0\x80\n") - 1 },
        { OPENAPI_31 "x-a: \xed\xa0\x80\n",
          sizeof(OPENAPI_31 "x-a: \xed\xa0\x80\n") - 1 },
        { OPENAPI_31 "x-a: \0b\n", sizeof(OPENAPI_31 "x-a: \0b\n") - 1 },
        { JSON_HEAD "\"x-a\":\"\xff\"}", sizeof(JSON_HEAD "\"x-a\":\"\xff\"}") - 1 },
        { JSON_HEAD "\"x-a\":\"\0\"}", sizeof(JSON_HEAD "\"x-a\":\"\0\"}") - 1 },
        { "\0\0\0\0", 4 },
        { "\xef\xbb\xbf", 3 },
        { "", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (load(arena_printf(*state, "row %zu", i), rows[i], *state).loaded)
            fail_msg("row %zu: loaded", i);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_document_cut_off_anywhere_loads_or_says_why),
        TEST(nesting_without_end_is_refused),
        TEST(references_that_lead_round_load_or_say_why),
        TEST(a_list_where_a_map_is_expected_is_told),
        TEST(twenty_thousand_paths_load),
        TEST(a_hundred_thousand_values_of_an_enum_load),
        TEST(bytes_that_are_no_text_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

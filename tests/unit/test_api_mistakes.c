/* OpenAPI documents that are wrong: each mistake is told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/folder.h"
#include "../support/text.h"
#include "api/spare.h"
#include "doc/document.h"

/* ---- documents that are wrong -------------------------------------------------- */

struct mistake_row {
    const char *text;
    unsigned line, col;
    const char *why;
};

static void check_mistakes(struct arena *a, const struct mistake_row *rows,
                           size_t count, bool warning)
{
    for (size_t i = 0; i < count; i++) {
        struct err err;
        const struct api *api = load_text(a, rows[i].text, &err);
        if (!api == warning || err.errors != !warning || err.warnings != warning)
            fail_msg("%s: %u errors, %u warnings, %s", rows[i].text, err.errors,
                     err.warnings, err.first ? err.first->why : "");
        const struct problem *p = err.first;
        if (p->at.line != rows[i].line || p->at.col != rows[i].col ||
            !strstr(p->why, rows[i].why))
            fail_msg("%s: %s", rows[i].text, problem_text(p, a));
    }
}

static void a_mistake_in_a_document_is_told_with_its_place(void **state)
{
    static const struct mistake_row rows[] = {
        { "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n", 1, 1,
          "this is Swagger 2.0; convert it to OpenAPI 3 first" },
        { OPENAPI_31 "paths: {}\nwebhooks:\n  made:\n    post:\n      requestBody: 1\n"
                     "      " DONE "\n",
          7, 7, "expected a request body with content" },
        { OPENAPI_31 "webhooks: {made: 1}\n", 3, 12,
          "expected a path item (an object), found a number" },
        { "info: {title: T, version: '1'}\npaths: {}\n", 1, 1,
          "expected openapi: 3.0.x, 3.1.x or 3.2.x" },
        { "paths: {}\nopenapi: 2.9.0\n", 2, 1,
          "expected openapi: 3.0.x, 3.1.x or 3.2.x, found 2.9.0" },
        { "paths: {}\nopenapi: 3.3.0\n", 2, 1, "found 3.3.0" },
        { "paths: {}\nopenapi: 3.1\n", 2, 1, "found a number" },
        { "- a\n", 1, 1, "expected an OpenAPI document (an object), found an array" },
        { "openapi: 3.1.0\npaths: {}\n", 1, 1,
          "expected info with a title and a version" },
        { "openapi: 3.1.0\npaths: {}\ninfo: {title: T}\n", 3, 1,
          "expected info with a title and a version" },
        { OPENAPI_31 "tags: []\n", 1, 1, "expected paths (an object)" },
        { OPENAPI_31 "paths: 5\n", 3, 1,
          "expected an object of paths, found a number" },
        { OPENAPI_31 "components: {}\npaths: [x]\n", 4, 1,
          "expected an object of paths, found an array" },
        { OPENAPI_31 "webhooks: told\n", 3, 1,
          "expected an object of webhooks, found a string" },
        { OPENAPI_31 "paths:\n  pets:\n    get: {" DONE "}\n", 4, 3,
          "a path starts with '/'" },
        { OPENAPI_31 "paths:\n  /pets: []\n", 4, 3,
          "expected a path item (an object), found an array" },
        { OPENAPI_31 "paths:\n  /pets:\n    get: yes\n", 5, 5,
          "expected an operation (an object), found a string" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      operationId: x\n      " DONE
                     "\n    put:\n      operationId: x\n      " DONE "\n",
          9, 7, "\"x\" is also the operationId of GET /a" },
        { OPENAPI_31 "paths:\n  /a/{id}:\n    get:\n      " DONE "\n", 5, 5,
          "the path has {id}, but no path parameter has that name" },
        { OPENAPI_31 "paths:\n  /a/{id:\n    get:\n      " DONE "\n", 5, 5,
          "has a { without a }" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      parameters:\n"
          "        - {name: id, in: path, required: true, schema: {}}\n      " DONE
          "\n",
          7, 11, "the path \"/a\" has no {id}" },
        { OPENAPI_31 "paths:\n  /a/{id}:\n    get:\n      parameters:\n"
                     "        - {name: id, in: path, schema: {}}\n      " DONE "\n",
          7, 11, "a path parameter needs required: true" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      parameters:\n        - {name: id}\n  "
          "    " DONE "\n",
          7, 11, "expected a parameter with name and in" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      parameters:\n"
                     "        - {name: id, in: body, schema: {}}\n      " DONE "\n",
          7, 22, "expected path, query, header or cookie, found \"body\"" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      parameters:\n"
                     "        - {$ref: '#/components/parameters/x'}\n      " DONE "\n",
          7, 12, "leads nowhere: nothing stands there" },
        { OPENAPI_31 "paths:\n  /a:\n    post:\n      requestBody: {$ref: "
                     "'other.yaml#/a'}\n      " DONE "\n",
          6, 21,
          "the reference \"other.yaml#/a\" leads nowhere: there is no such file" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      responses:\n        '200': {$ref: "
                     "'#/components/responses/x'}\n",
          7, 17, "leads nowhere: nothing stands there" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
                     "          description: OK\n          content:\n"
                     "            application/json:\n"
                     "              schema: {$ref: '#/components/schemas/X'}\n",
          11, 24, "nothing stands at \"#/components/schemas/X\"" },
        { OPENAPI_31
          "paths:\n  /a:\n    post:\n      requestBody: {required: true}\n      " DONE
          "\n",
          6, 7, "expected a request body with content" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        2xx: {description: a}\n",
          7, 9, "expected a status such as 200, 4XX or default, found \"2xx\"" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      responses:\n        '600': "
                     "{description: a}\n",
          7, 9, "found \"600\"" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        '20': {description: a}\n",
          7, 9, "found \"20\"" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      security: [{key: []}]\n      " DONE
                     "\n",
          6, 7,
          "the security scheme \"key\" is not declared in components/securitySchemes" },
        { OPENAPI_31 "paths: {}\ncomponents:\n  securitySchemes:\n    k: {name: x}\n",
          6, 5, "expected a security scheme with a type" },
        { OPENAPI_31
          "paths: {}\ncomponents:\n  securitySchemes:\n    k: {type: apiKey}\n",
          6, 5, "an apiKey scheme needs a name" },
        { OPENAPI_31 "paths: {}\nservers:\n  - url: https://{host}/\n", 5, 5,
          "the variable {host} has no default" },
        { OPENAPI_31 "paths: {}\nservers:\n  - description: x\n", 5, 5,
          "expected a server object with a url" },
        { OPENAPI_31
          "paths:\n  /a/{x}:\n    parameters: &p\n"
          "      - {name: x, in: path, required: true, schema: {}}\n"
          "    get:\n      " DONE "\n  /a/{y}:\n    parameters:\n"
          "      - {name: y, in: path, required: true, schema: {}}\n    get:\n "
          "     " DONE "\n",
          12, 5, "the path \"/a/{y}\" means the same as \"/a/{x}\"" },
        { OPENAPI_31 "paths:\n  /a:\n    get: {" DONE "}\n  /%61:\n    get: {" DONE
                     "}\n",
          7, 5, "the path \"/%61\" means the same as \"/a\"" },
        { "openapi: 3.1.0\ninfo: {title: T\n", 3, 1, "" },
        { "{\"openapi\": \"3.1.0\",\n \"paths\": {},\n \"info\": {\"title\": \"T\",}}",
          3, 24, "expected a member name" },
    };
    check_mistakes(*state, rows, COUNT(rows), false);
}

static void a_reference_that_leads_astray_is_told_where_it_stands(void **state)
{
#define ASTRAY "tests/data/astray/inside/"
    static const char *const told[] = {
        ASTRAY
        "api.yaml:5:15: /paths/~1outside/$ref: the reference \"../outside.yaml\" "
        "leads nowhere: it is outside the document's folder; --allow-folder lets "
        "it be read",
        ASTRAY "api.yaml:6:12: /paths/~1gone/$ref: the reference \"gone.yaml\" leads "
               "nowhere: there is no such file",
        ASTRAY "ring.yaml:2:6: /b/$ref: the reference leads nowhere: it goes round "
               "without an end",
        ASTRAY "api.yaml:8:11: /paths/~1net/$ref: the reference "
               "\"https://example.test/net.yaml\" leads nowhere: only files are read, "
               "nothing is fetched",
        ASTRAY "broken.yaml:2:20: /properties/a/type: expected one of object, array, "
               "string, number, integer, boolean, null, found nix",
    };
    struct err err = err_in(*state);
    assert_null(api_load(ASTRAY "api.yaml", NULL, *state, &err));
    document_place(&err);
    const struct problem *p = err.first;
    for (size_t i = 0; i < COUNT(told); i++, p = p->next) {
        assert_non_null(p);
        assert_string_equal(problem_text(p, *state), told[i]);
    }
    assert_null(p);
}

static void a_folder_that_is_allowed_may_be_referred_to(void **state)
{
    static const char *const allowed[] = { "tests/data/astray", NULL };
    struct api_options options = { .allowed = allowed };
    struct err err = err_in(*state);
    api_load(ASTRAY "api.yaml", &options, *state, &err);
    for (const struct problem *p = err.first; p; p = p->next)
        assert_null(strstr(p->why, "outside"));
}

static void what_will_not_be_done_is_a_warning_with_its_place(void **state)
{
    static const struct mistake_row rows[] = {
        { OPENAPI_31 "paths: {}\njsonSchemaDialect: urn:x\n", 4, 1,
          "is not known here" },
        { OPENAPI_31 "paths:\n  /a:\n    get: {}\n", 5, 5,
          "no responses are declared" },
        { OPENAPI_31 "paths:\n  /a:\n    post:\n      requestbody: {}\n      " DONE
                     "\n",
          6, 7,
          "\"requestbody\" is no member of an operation and has no effect; did you "
          "mean "
          "\"requestBody\"?" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
                     "          description: OK\n          content:\n"
                     "            text/plain: {shema: {}}\n",
          10, 26, "\"shema\" is no member of a media type" },
        { OPENAPI_31 "paths: {}\ncomponents:\n  headers:\n"
                     "    a: {schema: {}, x-mine: 1, certainlyNot: 1}\n",
          6, 32, "\"certainlyNot\" is no member of a header and has no effect" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      parameters:\n"
                     "        - {$ref: '#/components/parameters/p', required: true}\n"
                     "      " DONE "\ncomponents:\n  parameters:\n"
                     "    p: {name: q, in: query, schema: {}}\n",
          7, 47, "\"required\" stands beside a $ref and has no effect" },
        { OPENAPI_31 "paths:\n  /a:\n    query: {}\n", 5, 5,
          "OpenAPI 3.1 has no such method; it will not be served" },
        { OPENAPI_31
          "paths: {}\ncomponents:\n  securitySchemes:\n    k: {type: mutualTLS}\n",
          6, 5, "the security scheme \"k\" (mutualTLS) will not be enforced" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
          "          description: OK\n          content:\n            text/csv:\n"
          "              schema: {type: array}\n",
          10, 13, "how text/csv holds such a value is not known here" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
          "          description: OK\n          content:\n            text csv:\n"
          "              schema: {type: string}\n",
          10, 13, "\"text csv\" is no media type or range" },
        { OPENAPI_31 "paths:\n  /a:\n    post:\n      requestBody:\n        content:\n"
                     "          multipart/form-data:\n"
                     "            schema: {properties: {a: {}}}\n"
                     "            encoding:\n              b: {}\n      " DONE "\n",
          11, 15, "the schema has no property \"b\"" },
        { OPENAPI_31 "paths:\n  /a:\n    post:\n      requestBody:\n        content:\n"
                     "          application/json:\n"
                     "            encoding:\n              b: {}\n      " DONE "\n",
          9, 13, "only of forms and multipart bodies" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
          "          description: OK\n          content:\n"
          "            application/json:\n              schema: {type: string}\n"
          "              example: 12\n",
          12, 15,
          "the example does not fit its schema: expected a string, found the number "
          "12" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
          "          description: OK\n          content:\n"
          "            application/json:\n              schema: {required: [a]}\n"
          "              examples:\n                one: {value: {a: 1}}\n"
          "                two: {value: {}}\n",
          14, 17, "expected the member \"a\", found nothing" },
        { OPENAPI_31
          "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
          "          description: OK\n          content:\n"
          "            application/json:\n              schema: {type: string}\n"
          "              examples: {e: {$ref: '#/components/examples/E'}}\n"
          "components:\n  examples:\n    E: {value: 1}\n",
          15, 5, "the example does not fit its schema" },
    };
    check_mistakes(*state, rows, COUNT(rows), true);
}

/* As `check` does; *before is what api_load alone has told. */
static void load_thoroughly(struct arena *a, const char *text, struct err *err,
                            unsigned *before)
{
    const char *folder = folder_make(a);
    *err = err_in(a);
    const struct api *api = api_load(folder_put(folder, "spec", text, a), NULL, a, err);
    *before = err->errors + err->warnings;
    if (!api)
        fail_msg("%s: %s", text, err->first->why);
    api_check_spare(api, a, err);
    document_place(err);
    folder_remove(folder);
}

static void a_mistake_that_no_operation_leads_to_is_a_warning_for_who_asks(void **state)
{
#define COMPONENTS OPENAPI_31 "paths: {}\ncomponents:\n"
    static const struct mistake_row rows[] = {
        { COMPONENTS "  schemas:\n    A: {type: strnig}\n", 6, 9, "found strnig" },
        { COMPONENTS "  schemas:\n    A: {items: {$ref: '#/B'}}\n", 6, 17,
          "nothing stands at \"#/B\"" },
        { COMPONENTS "  schemas:\n    A: {format: odd}\n", 6, 9,
          "the format \"odd\" is not known here" },
        { COMPONENTS "  parameters:\n    A: {name: a, in: nowhere, schema: {}}\n", 6,
          18, "expected path, query, header or cookie, found \"nowhere\"" },
        { COMPONENTS "  parameters:\n    A: {name: a, in: path, schema: {}}\n", 6, 5,
          "a path parameter needs required: true" },
        { COMPONENTS
          "  parameters:\n    A: {name: a, in: query, schema: {type: integer, "
          "default: x}}\n",
          6, 53, "the default does not fit its schema" },
        { COMPONENTS "  requestBodies:\n    A: {description: none}\n", 6, 5,
          "expected a request body with content" },
        { COMPONENTS
          "  responses:\n    A:\n      description: OK\n      content:\n"
          "        application/json: {schema: {type: integer}, example: x}\n",
          9, 53, "the example does not fit its schema" },
        { COMPONENTS "  headers:\n    A: {schema: {minimum: x}}\n", 6, 18,
          "expected a number, found a string" },
        { COMPONENTS "  callbacks:\n    A: {'{$urk}': {post: {" DONE "}}}\n", 6, 9,
          "the URL of a callback" },
        { COMPONENTS
          "  callbacks:\n    A:\n      http://a/:\n        post:\n"
          "          " DONE "\n          requestBody:\n            content:\n"
          "              application/json: {schema: {type: integer}, example: x}\n",
          12, 59, "the example does not fit its schema" },
        { OPENAPI_31 "paths:\n  /a:\n    get:\n      responses:\n        '200':\n"
                     "          {$ref: '#/components/responses/R'}\ncomponents:\n"
                     "  responses:\n    R: {description: OK}\n"
                     "  schemas:\n    A: {minLength: -1}\n",
          13, 9, "expected a whole number that is not negative" },
    };
#undef COMPONENTS
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err;
        unsigned before;
        load_thoroughly(*state, rows[i].text, &err, &before);
        const struct problem *p = err.first;
        if (before || err.errors || err.warnings != 1 || p->at.line != rows[i].line ||
            p->at.col != rows[i].col || !strstr(p->why, rows[i].why))
            fail_msg("%s: %u before, %u errors, %u warnings, %s", rows[i].text, before,
                     err.errors, err.warnings, p ? problem_text(p, *state) : "");
    }
}

static void what_is_used_is_told_once_though_it_is_looked_at_twice(void **state)
{
    struct err err;
    unsigned before;
    load_thoroughly(*state,
                    OPENAPI_31
                    "paths:\n  /a:\n    get:\n      parameters:\n"
                    "        - {$ref: '#/components/parameters/P'}\n"
                    "      responses: {'200': {$ref: '#/components/responses/R'}}\n"
                    "components:\n"
                    "  parameters: {P: {name: p, in: query, schema: {format: a}}}\n"
                    "  responses:\n    R:\n      description: OK\n"
                    "      headers: {H: {$ref: '#/components/headers/H'}}\n"
                    "      content:\n        application/json:\n"
                    "          schema: {$ref: '#/components/schemas/S'}\n"
                    "          example: x\n"
                    "  headers: {H: {schema: {format: b}}}\n"
                    "  schemas: {S: {type: integer, format: c}}\n",
                    &err, &before);
    assert_int_equal(before, 4);
    assert_int_equal(err.warnings, before);
}

static void all_mistakes_of_a_document_are_told_together(void **state)
{
    static const char text[] =
        "openapi: 3.0.3\n"
        "info: {title: T}\n"
        "servers: [{url: '/{v}'}]\n"
        "paths:\n"
        "  /a/{id}:\n"
        "    get:\n"
        "      operationId: x\n"
        "      security: [{none: []}]\n"
        "      responses:\n"
        "        abc: {description: A}\n"
        "  /b:\n"
        "    get:\n"
        "      operationId: x\n"
        "      responses:\n"
        "        '200':\n"
        "          description: OK\n"
        "          content: {application/json: {schema: {type: strnig}}}\n";
    static const struct {
        unsigned line, col;
        const char *why;
    } rows[] = {
        { 2, 1, "info" },     { 3, 12, "{v}" }, { 6, 5, "{id}" },
        { 10, 9, "\"abc\"" }, { 8, 7, "none" }, { 13, 7, "also the operationId" },
        { 17, 49, "strnig" },
    };
    struct err err;
    assert_null(load_text(*state, text, &err));
    assert_int_equal(err.errors, COUNT(rows));
    const struct problem *p = err.first;
    for (size_t i = 0; i < COUNT(rows); i++, p = p->next)
        if (p->at.line != rows[i].line || p->at.col != rows[i].col ||
            !strstr(p->why, rows[i].why))
            fail_msg("row %zu: %s", i, problem_text(p, *state));
}

static void a_document_that_is_not_there_is_an_error_of_its_own(void **state)
{
    struct err err = err_in(*state);
    assert_null(api_load("/nowhere/at/all.yaml", NULL, *state, &err));
    assert_int_equal(err.errors, 1);
    assert_string_equal(err.first->at.file, "/nowhere/at/all.yaml");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(a_mistake_in_a_document_is_told_with_its_place),
        TEST(a_reference_that_leads_astray_is_told_where_it_stands),
        TEST(a_folder_that_is_allowed_may_be_referred_to),
        TEST(what_will_not_be_done_is_a_warning_with_its_place),
        TEST(a_mistake_that_no_operation_leads_to_is_a_warning_for_who_asks),
        TEST(what_is_used_is_told_once_though_it_is_looked_at_twice),
        TEST(all_mistakes_of_a_document_are_told_together),
        TEST(a_document_that_is_not_there_is_an_error_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "doc/pointer.h"
#include "text.h"

const struct where here = { .file = "f.yaml", .pointer = "/at" };

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

int desk_up(void **state)
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

int desk_down(void **state)
{
    struct desk *d = *state;
    arena_free(d->arena);
    free(d);
    return 0;
}

size_t must_insert(struct store *s, size_t collection, struct arena *a,
                   const char *text)
{
    size_t slot = SIZE_MAX;
    enum store_answer answer = store_insert(s, collection, must_json(a, text), &slot);
    if (answer != STORE_OK)
        fail_msg("%s: %d", text, (int)answer);
    return slot;
}

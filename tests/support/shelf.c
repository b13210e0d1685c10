#include "shelf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "doc/document.h"
#include "folder.h"
#include "text.h"

static const char spec[] =
    "openapi: 3.1.0\n"
    "info: {title: Books, version: '1'}\n"
    "paths:\n"
    "  /books:\n"
    "    get: {operationId: listBooks, responses: {'200': {description: OK}}}\n"
    "    post:\n"
    "      operationId: addBook\n"
    "      requestBody:\n"
    "        content: {application/json: {schema: {$ref: "
    "'#/components/schemas/Book'}}}\n"
    "      responses:\n"
    "        '201': {description: Made}\n"
    "        '409':\n"
    "          description: Taken\n"
    "          content: {application/json: {example: {code: isbn_taken}}}\n"
    "components:\n"
    "  securitySchemes:\n"
    "    token: {type: http, scheme: bearer}\n"
    "    key: {type: apiKey, in: header, name: X-Key}\n"
    "  schemas:\n"
    "    Book:\n"
    "      type: object\n"
    "      required: [isbn]\n"
    "      additionalProperties: false\n"
    "      properties:\n"
    "        isbn: {type: string}\n"
    "        title: {type: string}\n"
    "        pages: {type: integer}\n"
    "        lent: {type: boolean}\n"
    "        author: {type: string}\n"
    "        made: {type: string}\n"
    "        shelf: {type: object, properties: {row: {type: string}}}\n"
    "        loans: {type: array, items: {type: object, properties: {by: {type: "
    "string}}}}\n"
    "        state: {type: string, enum: [new, worn]}\n";

int shelf_up(void **state)
{
    struct shelf *s = calloc(1, sizeof(*s));
    s->arena = arena_new(LIMIT_SPEC_MEMORY);
    s->folder = folder_make(s->arena);
    s->api = must_load(s->arena, spec);
    *state = s;
    return 0;
}

int shelf_down(void **state)
{
    struct shelf *s = *state;
    folder_remove(s->folder);
    arena_free(s->arena);
    free(s);
    return 0;
}

struct behaviour *shelf_load(struct shelf *s, const char *behaviour, const char *seed)
{
    folder_put(s->folder, "behaviour.yaml", behaviour, s->arena);
    folder_put(s->folder, "books.json", seed ? seed : "[]", s->arena);
    s->err = err_in(s->arena);
    struct behaviour *b = behaviour_load(s->api, s->folder, 0, s->arena, &s->err);
    document_place(&s->err);
    return b;
}

void check_mistakes(struct shelf *s, const struct mistake_row *rows, size_t count,
                    const char *file)
{
    for (size_t i = 0; i < count; i++) {
        struct behaviour *b = shelf_load(s, rows[i].text, rows[i].seed);
        const struct problem *p = s->err.first;
        if (b || s->err.errors != 1)
            fail_msg("%s%s\n%u errors: %s", rows[i].text,
                     rows[i].seed ? rows[i].seed : "", s->err.errors, p ? p->why : "");
        const char *at = p->at.file ? strrchr(p->at.file, '/') : NULL;
        if (!at || strcmp(at + 1, file) != 0 || p->at.line != rows[i].line ||
            p->at.col != rows[i].col || !strstr(p->why, rows[i].why))
            fail_msg("%s%s\n%s", rows[i].text, rows[i].seed ? rows[i].seed : "",
                     problem_text(p, s->arena));
    }
}

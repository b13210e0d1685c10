/* Bodies of every kind. The first byte says which operation of tests/data/bodies.yaml
 * is called, with which type and coding; the rest is the body.
 *
 * Whatever is sent: a refusal with a status and a reason, or a tree that is JSON, that
 * its schema can be asked about, and that is written to something that can be read. */
#include "api/body.h"
#include "doc/xml.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *operation, *type, *coding;
} ways[] = {
    { "sendForm", "application/x-www-form-urlencoded", NULL },
    { "upload", "multipart/form-data; boundary=b", NULL },
    { "putXml", "application/xml", NULL },
    { "sendLines", "application/x-ndjson", NULL },
    { "sendLines", "application/json-seq", NULL },
    { "sendText", "text/plain; charset=iso-8859-1", NULL },
    { "sendText", "application/octet-stream", NULL },
    { "sendMixed", "multipart/mixed; boundary=b", NULL },
    { "sendAny", "text/xml", NULL },
    { "sendAny", "multipart/related; boundary=\"b\"", NULL },
    { "sendAny", "application/x-www-form-urlencoded", NULL },
    { "sendEither", "application/json", "gzip" },
    { "sendText", "text/plain", "deflate" },
    { "sendAny", "application/octet-stream", "deflate, gzip" },
    { "sendAny", NULL, NULL }, /* the type is the first line */
};

static struct api *api;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    (void)argc;
    (void)argv;
    api = api_load("tests/data/bodies.yaml", NULL, arena, &err);
    if (!api)
        exit(2);
    return 0;
}

static void insist(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* Text of a finding, in which U+0000 is C0 80 (json.h). */
static bool is_text(const char *text, struct arena *arena)
{
    struct json_error why;
    cJSON *string = json_string(arena, str(text));
    return *text && json_read(json_text(string, arena), 1, arena, &why);
}

static void check_tree(const struct media *m, const cJSON *tree, struct arena *arena)
{
    struct json_error why;
    struct xml_error xml;
    struct str bytes;
    struct findings findings = { .arena = arena };
    cJSON *again = json_read(json_text(tree, arena), 4 * LIMIT_BODY_NODES, arena, &why);
    insist(again && json_equal(tree, again), "a tree that is no JSON");
    if (m->schema)
        schema_check(m->schema, tree, DIRECTION_REQUEST, "/body", arena, &findings);
    for (size_t i = 0; i < findings.count; i++)
        insist(*finding_text(&findings.list[i], arena), "a finding without words");
    if (body_write(m, tree, arena, &bytes) && m->kind == MEDIA_XML)
        insist(xml_read(bytes, 4 * LIMIT_BODY_NODES, true, arena, &xml),
               "XML that is not read again");
}

static void call(size_t way, struct str body, struct arena *arena)
{
    struct request *r = arena_take(arena, sizeof(*r));
    struct str type = str(ways[way].type);
    size_t next = 0;
    *r = (struct request){ .method = STR("POST"), .max_body = 64 * 1024 };
    if (!ways[way].type && !str_split(&body, '\n', &type))
        return;
    r->headers[r->header_count++] = (struct header){ STR("Content-Type"), type };
    if (ways[way].coding)
        r->headers[r->header_count++] =
            (struct header){ STR("Content-Encoding"), str(ways[way].coding) };
    r->body = body;
    r->body_over_limit = body.len > r->max_body;
    const struct operation *op = api_operation(api, str(ways[way].operation), &next);
    struct findings findings = { .arena = arena };
    struct body_refusal why;
    struct body taken;
    cJSON *input = json_object(arena);
    if (!body_read(op, r, input, arena, &findings, &taken, &why)) {
        insist(why.kind && why.status >= 400 && why.status < 500 && *why.detail &&
                   utf8_valid(str(why.detail)),
               "a refusal without a reason");
        return;
    }
    for (size_t i = 0; i < findings.count; i++)
        insist(is_text(finding_text(&findings.list[i], arena), arena) &&
                   is_text(findings.list[i].pointer, arena),
               "a finding that is no text");
    if (json_member(input, "body"))
        check_tree(taken.media, json_member(input, "body"), arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct str body = { (const char *)data + 1, size - 1 };
    if (!setjmp(*arena_guard(arena)))
        call(data[0] % COUNT(ways), body, arena);
    arena_free(arena);
    return 0;
}

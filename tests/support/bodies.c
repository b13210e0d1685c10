#include "bodies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/body.h"
#include "base/limits.h"
#include "text.h"

const struct operation *operation_with(struct arena *a, const char *version,
                                       const char *content)
{
    const char *text = arena_printf(
        a,
        "openapi: %s\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    post:\n"
        "      requestBody: {content: {%s}}\n"
        "      responses: {'204': {description: Done}}\n"
        "components:\n  schemas:\n"
        "    Node: {type: object, properties: {v: {type: integer}, next: {$ref: "
        "'#/components/schemas/Node'}}}\n",
        version, content);
    return &must_load(a, text)->operations[0];
}

void add_header(struct request *r, const char *name, struct str value)
{
    if (value.ptr)
        r->headers[r->header_count++] = (struct header){ str(name), value };
}

const char *outcome(const struct operation *op, struct str type, struct str coding,
                    struct str body, struct arena *a)
{
    struct request r = { .method = STR("POST"), .body = body, .max_body = 100000 };
    struct findings findings = { .arena = a };
    struct body_refusal why;
    struct body taken;
    cJSON *input = json_object(a);
    add_header(&r, "Content-Type", type);
    add_header(&r, "Content-Encoding", coding);
    if (!body_read(op, &r, input, a, &findings, &taken, &why))
        return arena_printf(a, "%d %s", why.status, why.detail);
    const cJSON *tree = json_member(input, "body");
    size_t told = findings.count;
    if (tree && taken.media->schema)
        schema_check(taken.media->schema, tree, DIRECTION_REQUEST, "/body", a,
                     &findings);
    body_settle(&findings, told);
    if (!findings.count)
        return text_of(tree, a);
    struct buffer b = buffer_in(a, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < findings.count; i++)
        buffer_printf(&b, "%s%s: %s", i ? "; " : "", findings.list[i].pointer,
                      finding_text(&findings.list[i], a));
    return buffer_str(&b).ptr;
}

const struct str none = { NULL, 0 };

void check_rows(struct arena *a, const char *content, const char *type,
                const struct row *rows, size_t count)
{
    const struct operation *op = operation_with(a, "3.1.0", content);
    for (size_t i = 0; i < count; i++) {
        const char *found = outcome(op, str(type), none, str(rows[i].body), a);
        if (strcmp(found, rows[i].comes_to) != 0)
            fail_msg("%s\nwanted %s\nfound  %s", rows[i].body, rows[i].comes_to, found);
    }
}

/* Whatever a text of JSON holds, in every dialect it is compiled to a schema, or every
 * reason why not is told; what was compiled judges small values of each type, describes
 * its members, and leads a check nowhere but to an answer. */
#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/schema.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 256 * 1024 * 1024 };

static void judge(const struct schema *s, struct arena *arena)
{
    static const char *const values[] = {
        "null",
        "true",
        "0",
        "-1.5",
        "1e400",
        "\"\"",
        "\"a b\"",
        "[]",
        "{}",
        "[1,1]",
        "{\"a\":{\"b\":1},\"kind\":\"a\"}",
    };
    struct json_error ignored;
    for (size_t i = 0; i < COUNT(values); i++) {
        const cJSON *value = json_read(str(values[i]), 10, arena, &ignored);
        struct findings all = { .arena = arena };
        if (schema_check(s, value, DIRECTION_REQUEST, "", arena, &all) != !all.count)
            abort();
    }
    struct schema_place place = { .types = 0 };
    schema_describe(s, "/a/b", &place);
    schema_describe(s, "/0", &place);
}

static void compile(const cJSON *root, enum dialect dialect, struct arena *arena)
{
    struct err err = err_in(arena);
    struct library *library = library_new(NULL, NULL, arena);
    const struct document *document =
        library_add(library, "http://fuzz.test/schema", "fuzz.json", root);
    struct schemas_options options = { .dialect = dialect };
    struct schemas *all = schemas_new(library, document, &options, arena, &err);
    const struct schema *s = schemas_add(all, root, "");
    bool ok = schemas_compile(all);
    if (ok != !err.errors)
        abort();
    for (const struct problem *p = err.first; p; p = p->next)
        if (!p->why[0] || !p->at.pointer || !pointer_valid(p->at.pointer))
            abort();
    if (ok)
        judge(s, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_error ignored;
    for (int dialect = DIALECT_4; dialect <= DIALECT_OPENAPI_31; dialect++) {
        struct arena *arena = arena_new(MEMORY);
        if (!setjmp(*arena_guard(arena))) { /* a real start ends with a sentence */
            struct str text = { (const char *)data, size };
            const cJSON *root = json_read(text, LIMIT_BODY_NODES, arena, &ignored);
            if (root)
                compile(root, (enum dialect)dialect, arena);
        }
        arena_free(arena);
    }
    return 0;
}

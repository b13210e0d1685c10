/* A schema on one line and a value behind it: with findings and without the answer is
 * the same, a refusal has a finding, each finding has its sentence and a place that is
 * in the value, and a copy of the value is judged alike. */
#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/schema.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MEMORY = 256 * 1024 * 1024 };

static void check_finding(const struct finding *f, const cJSON *input,
                          struct arena *arena)
{
    if (!f->keyword || !f->schema_pointer || !pointer_valid(f->schema_pointer))
        abort();
    if (!finding_text(f, arena)[0] || !finding_expected(f, arena)[0] ||
        !finding_found(f, arena)[0])
        abort();
    if (f->found && !pointer_get(input, f->pointer))
        abort();
}

static void check(const struct schema *s, const cJSON *value, enum direction direction,
                  struct arena *arena)
{
    struct findings all = { .arena = arena };
    bool fits = schema_check(s, value, direction, "/body", arena, NULL);
    if (schema_check(s, value, direction, "/body", arena, &all) != fits ||
        fits != !all.count)
        abort();
    if (schema_check(s, json_copy(arena, value), direction, "", arena, NULL) != fits)
        abort();
    cJSON *input = json_object(arena);
    json_set(arena, input, "body", json_copy(arena, value));
    for (size_t i = 0; i < all.count; i++)
        check_finding(&all.list[i], input, arena);
}

static void run(struct str text, enum dialect dialect, struct arena *arena)
{
    struct str schema;
    struct json_error ignored;
    struct err err = err_in(arena);
    str_split(&text, '\n', &schema);
    const cJSON *root = json_read(schema, LIMIT_BODY_NODES, arena, &ignored);
    const cJSON *value =
        text.ptr ? json_read(text, LIMIT_BODY_NODES, arena, &ignored) : NULL;
    if (!root || !value)
        return;
    struct library *library = library_new(NULL, NULL, arena);
    const struct document *document =
        library_add(library, "http://fuzz.test/schema", "fuzz.json", root);
    struct schemas_options options = { .dialect = dialect };
    struct schemas *all = schemas_new(library, document, &options, arena, &err);
    const struct schema *s = schemas_add(all, root, "");
    if (!schemas_compile(all))
        return;
    check(s, value, DIRECTION_REQUEST, arena);
    check(s, value, DIRECTION_RESPONSE, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int dialect = DIALECT_4; dialect <= DIALECT_OPENAPI_31; dialect++) {
        struct arena *arena = arena_new(MEMORY);
        if (!setjmp(*arena_guard(arena)))
            run((struct str){ (const char *)data, size }, (enum dialect)dialect, arena);
        arena_free(arena);
    }
    return 0;
}

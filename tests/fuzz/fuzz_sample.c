/* fuzz_sample.c — a schema as JSON: whatever it asks for, a sample that fits or none,
 * in time; and each mutation of the sample is refused.
 *
 *     clang -fsanitize=fuzzer,address,undefined … tests/fuzz/fuzz_sample.c */
#include "schema/mutate.h"
#include "schema/sample.h"

#include <assert.h>
#include <stdint.h>

#define MEMORY ((size_t)1024 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sample(const struct schema *s, enum sample_size size, struct arena *arena)
{
    struct chance chance = chance_of(1, STR("fuzz"), STR("sample"), 1);
    struct sampler sampler = { .size = size, .chance = &chance, .arena = arena };
    cJSON *made = sample_make(&sampler, s);
    if (!made)
        return;
    assert(schema_check(s, made, DIRECTION_NONE, "", arena, NULL));
    if (size != SAMPLE_TYPICAL)
        return;
    struct mutations all = mutate(s, made, DIRECTION_NONE, &chance, arena);
    for (size_t i = 0; i < all.count && i < 20; i++)
        assert(!schema_check(s, all.list[i].value, DIRECTION_NONE, "", arena, NULL));
}

/* The first byte chooses the dialect. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4096)
        return 0;
    struct arena *arena = arena_new(MEMORY);
    struct json_error error = { 0 };
    struct err err = err_in(arena);
    struct str text = { (const char *)data + 1, size - 1 };
    cJSON *root = json_read(text, 2000, arena, &error);
    if (root) {
        struct library *library = library_new(NULL, NULL, arena);
        struct schemas_options options = { .dialect = (enum dialect)(
                                               data[0] % (DIALECT_OPENAPI_31 + 1)) };
        const struct document *d = library_add(library, "file:///f", "f", root);
        struct schemas *all = schemas_new(library, d, &options, arena, &err);
        const struct schema *s = schemas_add(all, root, "");
        if (schemas_compile(all))
            for (unsigned n = 0; n <= SAMPLE_EVERYTHING; n++)
                sample(s, n, arena);
    }
    arena_free(arena);
    return 0;
}

/* Whatever a file holds, it loads as an OpenAPI document or every reason why not is
 * told with a place that is in it. */
#include "api/api.h"
#include "api/spare.h"
#include "doc/document.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MEMORY = 512 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[64];

static void put(const uint8_t *data, size_t size)
{
    snprintf(path, sizeof(path), "/dev/shm/fuzz-document-%d.yaml", (int)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
}

static void load(struct arena *arena)
{
    struct err err = err_in(arena);
    struct api *api = api_load(path, NULL, arena, &err);
    if (!api && !err.errors)
        abort();
    if (api)
        api_check_spare(api, arena, &err);
    document_place(&err);
    for (const struct problem *p = err.first; p; p = p->next)
        if (!problem_text(p, arena)[0])
            abort();
    for (size_t i = 0; api && i < api->operation_count; i++) {
        const struct operation *op = &api->operations[i];
        struct findings findings = { .arena = arena };
        if (op->input)
            schema_check(op->input, json_object(arena), DIRECTION_NONE, "", arena,
                         &findings);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    put(data, size);
    if (!setjmp(*arena_guard(arena))) /* a real start ends with a sentence there */
        load(arena);
    arena_free(arena);
    remove(path);
    return 0;
}

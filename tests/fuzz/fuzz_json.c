/* What json_read takes, json_write gives back as the same tree. */
#include "base/limits.h"
#include "doc/json.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct json_error why = { 0 };
    struct str text = { (const char *)data, size };
    cJSON *tree = json_read(text, LIMIT_BODY_NODES, arena, &why);
    if (!tree && (!why.why || !why.line || !why.col || why.offset > size))
        abort();
    if (tree) {
        cJSON *packed = json_pack(tree, 0);
        cJSON *again =
            json_read(json_text(packed, arena), LIMIT_BODY_NODES, arena, &why);
        if (!again || !json_equal(tree, again) ||
            json_hash(tree, arena_salt(arena)) != json_hash(again, arena_salt(arena)))
            abort();
        free(packed);
    }
    arena_free(arena);
    return 0;
}

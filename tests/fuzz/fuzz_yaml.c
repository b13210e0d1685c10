/* What yaml_read takes can be written as JSON, and read back it is the same tree. */
#include "base/limits.h"
#include "doc/yaml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct json_error why = { 0 };
    cJSON *tree = yaml_read((struct str){ (const char *)data, size }, arena, &why);
    if (!tree && (!why.why || !why.line || !why.col || why.offset > size))
        abort();
    if (tree && json_count(tree) < 1000) {
        cJSON *again = json_read(json_text(tree, arena), LIMIT_YAML_NODES, arena, &why);
        if (!again || !json_equal(tree, again) ||
            json_hash(tree, arena_salt(arena)) != json_hash(again, arena_salt(arena)))
            abort();
    }
    arena_free(arena);
    return 0;
}

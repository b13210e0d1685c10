/* yaml_locate finds a place in every text that reads, and that place is in the text. A
 * pointer comes first, up to the first line feed. */
#include "base/limits.h"
#include "doc/yaml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct str text = { (const char *)data, size }, pointer;
    struct json_error ignored;
    unsigned line = 0, col = 0;
    if (!str_split(&text, '\n', &pointer) || !text.ptr)
        text = STR("");
    bool found = yaml_locate(text, arena_copy(arena, pointer), &line, &col);
    if (found && (!line || !col || line > text.len + 1 || col > text.len + 1))
        abort();
    if (!yaml_locate(text, "", &line, &col) && yaml_read(text, arena, &ignored))
        abort();
    arena_free(arena);
    return 0;
}

/* yaml_locate finds a place in every text that reads, and that place is in the text. A
 * pointer comes first, up to the first line feed. */
#include "base/limits.h"
#include "doc/yaml.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The pointer and the ways to it, each alone and all in one walk. */
static void check_together(struct str text, char *pointer, struct arena *arena)
{
    struct place places[16] = { { .pointer = pointer } };
    size_t count = 1;
    for (char *slash; count < COUNT(places) && (slash = strrchr(pointer, '/'));) {
        pointer = arena_copy(arena, (struct str){ pointer, (size_t)(slash - pointer) });
        places[count++].pointer = pointer;
    }
    yaml_locate_all(text, places, count);
    for (size_t i = 0; i < count; i++) {
        unsigned line, col;
        yaml_locate(text, places[i].pointer, &line, &col);
        if (line != places[i].line || col != places[i].col)
            abort();
    }
}

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
    if (yaml_read(text, arena, &ignored)) {
        if (!yaml_locate(text, "", &line, &col))
            abort();
        /* YAML that looks like JSON breaks off at another place for each pointer. */
        if (!strpbrk(arena_copy(arena, text), "{[") ||
            json_read(text, LIMIT_YAML_NODES, arena, &ignored))
            check_together(text, arena_copy(arena, pointer), arena);
    }
    arena_free(arena);
    return 0;
}

/* fuzz_jsonpath.c — a query, a NUL, a tree in JSON: a query is refused with its place,
 * or a search of the tree ends, and each node that it finds stands at its pointer.
 * Without a NUL the tree is one that has a bit of everything. */
#include "doc/pointer.h"
#include "schema/iregexp.h"

#include <stdlib.h>

#define MEMORY ((size_t)512 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char tree[] =
    "{\"a\":[0,1.50,-2,9007199254740993,\"a\",\"b\\u0000\",null,true,[],{}],"
    "\"b\":{\"a\":{\"b\":{\"c\":\"abc\"}},\"b\":[[1,2],[1,2]]},\"c\":\"a.*\",\"\":1}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    struct str rest = { (const char *)data, size }, text;
    struct jsonpath_error error = { 0, 0, NULL };
    struct json_error ignored;
    str_split(&rest, '\0', &text);
    cJSON *root = json_read(rest.ptr ? rest : str(tree), 10000, arena, &ignored);
    const char *query = arena_copy(arena, text);
    struct jsonpath *path = jsonpath_read(query, arena, &error);
    if (!path && (!error.why || !error.column || error.offset > text.len))
        abort();
    struct jsonpath_search search = { iregexps_match, iregexps_new(arena), 200000 };
    struct jsonpath_nodes found;
    const char *why = NULL;
    if (path && root && jsonpath_find(path, root, &search, arena, &found, &why)) {
        for (size_t i = 0; i < found.count; i++)
            if (pointer_get(root, found.list[i].pointer) != found.list[i].node)
                abort();
    } else if (path && root && !why) {
        abort();
    }
    arena_free(arena);
    return 0;
}

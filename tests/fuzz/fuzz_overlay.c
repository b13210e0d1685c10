/* fuzz_overlay.c — an overlay, a NUL, a document: every reason why it cannot be applied
 * is told, or the changed tree is one: bounded, its links whole, and each node of it
 * has a place in one of the two files. Without a NUL the document is a small one. */
#include "api/overlay.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/pointer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMORY ((size_t)512 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char small[] =
    "{\"openapi\":\"3.1.0\",\"paths\":{\"/a\":{\"get\":{\"tags\":[\"x\",\"y\"],"
    "\"parameters\":[{\"name\":\"p\"},{\"name\":\"q\"}]}},\"/b\":{}},\"x\":[[1],[2]]}";

static char path[64];

static void put(struct str text)
{
    snprintf(path, sizeof(path), "/dev/shm/fuzz-overlay-%d.yaml", (int)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(text.ptr, 1, text.len, f) != text.len || fclose(f) != 0)
        abort();
}

static void check_tree(const struct origins *origins, const cJSON *node,
                       const char *pointer, unsigned depth, struct arena *arena)
{
    struct where at = origins_where(origins, pointer, arena);
    size_t index = 0;
    if (depth > LIMIT_DEPTH || !at.file || !at.pointer || !pointer_valid(at.pointer))
        abort();
    for (const cJSON *c = node->child; c; c = c->next) {
        if (c->next ? c->next->prev != c : node->child->prev != c)
            abort();
        if (depth < 12) /* the pointers of a deep tree are long */
            check_tree(origins, c,
                       pointer_join(arena, pointer,
                                    json_is_array(node)
                                        ? arena_printf(arena, "%zu", index++)
                                        : c->string),
                       depth + 1, arena);
    }
}

static void apply(struct str document, struct arena *arena)
{
    struct err err = err_in(arena);
    cJSON *root = document_parse("api.yaml", document, arena, &err);
    if (!root)
        return;
    err = err_in(arena);
    struct overlay *o = overlay_read(path, arena, &err);
    struct origins *origins = origins_new("api.yaml", root, arena);
    bool ok = o && overlay_apply(o, root, "api.yaml", origins, arena, &err);
    if (ok != !err.errors)
        abort();
    document_place(&err);
    for (const struct problem *p = err.first; p; p = p->next)
        if (!problem_text(p, arena)[0])
            abort();
    if (ok && json_text(root, arena).len < 100000)
        check_tree(origins, root, "", 1, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    struct str rest = { (const char *)data, size }, overlay;
    str_split(&rest, '\0', &overlay);
    put(overlay);
    if (!setjmp(*arena_guard(arena))) /* a real start ends with a sentence there */
        apply(rest.ptr ? rest : str(small), arena);
    arena_free(arena);
    remove(path);
    return 0;
}

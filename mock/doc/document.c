#include "doc/document.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/yaml.h"

static bool is_called_yaml(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0);
}

cJSON *document_parse(const char *path, struct str text, struct arena *arena,
                      struct err *err)
{
    struct json_error why = { 0 };
    size_t i = 0;
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_from(text, 3);
    while (i < text.len && strchr(" \t\r\n", text.ptr[i]) && text.ptr[i])
        i++;
    bool json = i < text.len && (text.ptr[i] == '{' || text.ptr[i] == '[');
    cJSON *tree = json ? json_read(text, LIMIT_YAML_NODES, arena, &why)
                       : yaml_read(text, arena, &why);
    /* A document called YAML may be a mapping in braces. */
    struct json_error other;
    if (!tree && json && is_called_yaml(path))
        tree = yaml_read(text, arena, &other);
    if (!tree)
        err_set(err, (struct where){ .file = path, .line = why.line, .col = why.col },
                "%s", why.why);
    return tree;
}

/* The tree has texts of its own; that of the file goes. */
cJSON *document_read(const char *path, struct arena *arena, struct err *err)
{
    struct arena *aside = arena_new(LIMIT_SPEC_MEMORY);
    struct str text;
    if (setjmp(*arena_guard(arena))) {
        arena_free(aside);
        arena_fail(arena);
    }
    if (setjmp(*arena_guard(aside)))
        arena_fail(arena);
    cJSON *tree = file_read(path, aside, &text, err)
                      ? document_parse(path, text, arena, err)
                      : NULL;
    arena_unguard(arena);
    arena_free(aside);
    return tree;
}

static bool is_unplaced(const struct problem *p, const char *file)
{
    return p->at.file && p->at.pointer && !p->at.line &&
           (!file || strcmp(p->at.file, file) == 0);
}

/* From the first problem in a file on, all that are in it: one walk finds them all. */
static void place_file(struct problem *first, struct arena *arena)
{
    const char *file = first->at.file;
    struct err ignored = err_in(arena);
    struct str text;
    size_t count = 0;
    if (!file_exists(file) || !file_read(file, arena, &text, &ignored))
        return;
    for (const struct problem *p = first; p; p = p->next)
        count += is_unplaced(p, file);
    struct place *places = arena_array(arena, struct place, count), *next = places;
    for (const struct problem *p = first; p; p = p->next)
        if (is_unplaced(p, file))
            next++->pointer = p->at.pointer;
    yaml_locate_all(text, places, count);
    next = places;
    for (struct problem *p = first; p; p = p->next)
        if (is_unplaced(p, file)) {
            p->at.line = next->line;
            p->at.col = next++->col;
        }
}

void document_place(struct err *err)
{
    struct map *tried = map_new(err->arena);
    for (struct problem *p = err->first; p; p = p->next)
        if (is_unplaced(p, NULL) && !map_put(tried, str(p->at.file), p))
            place_file(p, err->arena);
}

#include "doc/library.h"

#include "base/limits.h"
#include "base/map.h"

struct library {
    library_fetch *fetch;
    void *context;
    struct arena *arena;
    struct map *documents; /* URI → struct document */
    struct map *missing;   /* URI → why */
};

struct library *library_new(library_fetch *fetch, void *context, struct arena *arena)
{
    struct library *l = arena_take(arena, sizeof(*l));
    *l = (struct library){ fetch, context, arena, map_new(arena), map_new(arena) };
    return l;
}

const struct document *library_add(struct library *library, const char *uri,
                                   const char *file, const cJSON *root)
{
    struct document *d = map_get(library->documents, str(uri));
    if (d)
        return d;
    d = arena_take(library->arena, sizeof(*d));
    *d = (struct document){ arena_copy(library->arena, str(uri)), file, root,
                            map_count(library->documents) };
    map_put(library->documents, str(uri), d);
    return d;
}

const struct document *library_known(const struct library *library, struct str uri)
{
    return map_get(library->documents, uri);
}

static const char *bring(struct library *l, const char *uri)
{
    const char *file = NULL, *why = "only what was given is read";
    if (!l->fetch)
        return why;
    if (map_count(l->documents) >= LIMIT_DOCUMENTS)
        return "too many documents are referred to";
    const cJSON *root = l->fetch(l->context, uri, &file, &why);
    if (!root)
        return why;
    library_add(l, uri, file ? file : arena_copy(l->arena, str(uri)), root);
    return NULL;
}

const struct document *library_find(struct library *library, const char *uri,
                                    const char **why)
{
    const struct document *d = map_get(library->documents, str(uri));
    if (d)
        return d;
    *why = map_get(library->missing, str(uri));
    if (!*why)
        *why = bring(library, uri);
    if (!*why)
        return map_get(library->documents, str(uri));
    map_put(library->missing, str(uri), (void *)(uintptr_t)*why);
    return NULL;
}

#include "api/source.h"

#include "base/file.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "doc/uri.h"

#include <limits.h>
#include <stdlib.h>

struct source {
    struct arena *arena;
    struct err *err;
    const char *base;     /* the folder of the document's URI */
    const char *shown;    /* the document's folder as the user named it */
    const char **folders; /* real paths of what may be read; the first is the document's
                             folder */
    size_t count;
};

static const char *folder_of(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(arena, (struct str){ path, (size_t)(slash - path) })
                 : ".";
}

static const char *real(const char *path, struct arena *arena)
{
    char buffer[PATH_MAX];
    return realpath(path, buffer) ? arena_copy(arena, str(buffer)) : NULL;
}

/* The part of path below folder, with its slash; NULL when it is outside. */
static const char *below(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    if (n == 1)
        return path; /* the root */
    return strncmp(path, folder, n) == 0 && path[n] == '/' ? path + n : NULL;
}

static const char *shown(const struct source *s, const char *path)
{
    const char *rest = s->count ? below(path, s->folders[0]) : NULL;
    if (!rest)
        return path;
    return strcmp(s->shown, ".") == 0 ? rest + 1
                                      : arena_printf(s->arena, "%s%s", s->shown, rest);
}

static const cJSON *bring(void *context, const char *uri, const char **file,
                          const char **why)
{
    struct source *s = context;
    const char *path = uri_path(s->arena, uri), *rest = below(uri, s->base);
    if (!path && rest && s->count)
        path =
            arena_printf(s->arena, "%s%s", s->folders[0], uri_decoded(s->arena, rest));
    if (!path) {
        *why = "only files are read, nothing is fetched";
        return NULL;
    }
    const char *there = real(path, s->arena);
    *why = "there is no such file";
    if (!there) {
        file_saw(s->err, path);
        return NULL;
    }
    path = there;
    bool allowed = false;
    for (size_t i = 0; i < s->count; i++)
        allowed = allowed || below(path, s->folders[i]);
    if (!allowed) {
        *why = "it is outside the document's folder; --allow-folder lets it be read";
        return NULL;
    }
    *file = shown(s, path);
    *why = "it cannot be read";
    return document_read(*file, s->arena, s->err);
}

struct library *source_library(const char *file, const char *uri,
                               const char *const *allowed, struct arena *arena,
                               struct err *err)
{
    size_t count = 1;
    for (const char *const *a = allowed; a && *a; a++)
        count++;
    struct source *s = arena_take(arena, sizeof(*s));
    *s = (struct source){ .arena = arena,
                          .err = err,
                          .shown = folder_of(file, arena),
                          .base = folder_of(uri, arena),
                          .folders = arena_array(arena, const char *, count) };
    const char *own = real(s->shown, arena);
    if (own)
        s->folders[s->count++] = own;
    for (const char *const *a = allowed; a && *a; a++) {
        const char *folder = real(*a, arena);
        if (folder)
            s->folders[s->count++] = folder;
        else
            err_set(err, (struct where){ .file = *a },
                    "this folder, which was allowed, is not there");
    }
    return library_new(bring, s, arena);
}

const struct document *source_place(struct library *library,
                                    const struct document *first, const char *place,
                                    const char **pointer)
{
    *pointer = place;
    if (!*place || *place == '/')
        return first;
    const char *mark = strchr(place, '#');
    *pointer = mark ? mark + 1 : "";
    struct str uri = { place, strcspn(place, "#") };
    return library_known(library, uri);
}

const cJSON *source_find(struct library *library, const struct document *first,
                         const char *reference, const char **place, struct arena *arena,
                         const char **why)
{
    const char *pointer;
    const struct document *from = source_place(library, first, *place, &pointer);
    if (!from)
        from = first;
    const char *uri = uri_resolve(arena, from->uri, reference);
    *why = "it is no URI reference";
    const struct document *to = !uri ? NULL
                                : strcmp(uri, from->uri) == 0
                                    ? from
                                    : library_find(library, uri, why);
    if (!to)
        return NULL;
    pointer = uri_fragment(arena, reference);
    *place = to == first ? pointer : arena_printf(arena, "%s#%s", to->uri, pointer);
    *why = "nothing stands there";
    return pointer_get(to->root, pointer);
}

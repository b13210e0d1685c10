#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"

static const struct suite_folder folders[] = {
    { "tests/draft2020-12", DIALECT_2020_12, false },
    { "tests/draft2020-12/optional", DIALECT_2020_12, true },
    { "tests/draft2020-12/optional/format", DIALECT_2020_12, true },
    { "tests/draft2019-09", DIALECT_2019_09, false },
    { "tests/draft2019-09/optional", DIALECT_2019_09, true },
    { "tests/draft2019-09/optional/format", DIALECT_2019_09, true },
    { "tests/draft7", DIALECT_7, false },
    { "tests/draft7/optional", DIALECT_7, true },
    { "tests/draft7/optional/format", DIALECT_7, true },
    { "tests/draft6", DIALECT_6, false },
    { "tests/draft6/optional", DIALECT_6, true },
    { "tests/draft6/optional/format", DIALECT_6, true },
    { "tests/draft4", DIALECT_4, false },
    { "tests/draft4/optional", DIALECT_4, true },
    { "tests/draft4/optional/format", DIALECT_4, true },
};

const char *suite_root(void)
{
    const char *named = getenv("UNDERSTUDY_SUITE");
    return named && *named
               ? named
               : "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance";
}

const struct suite_entry *suite_entries(struct arena *arena, size_t *count)
{
    struct suite_entry *all =
        arena_array(arena, struct suite_entry, LIMIT_FOLDER_FILES);
    *count = 0;
    for (size_t i = 0; i < COUNT(folders); i++) {
        struct err err = err_in(arena);
        const char *folder =
            arena_printf(arena, "%s/%s", suite_root(), folders[i].path);
        const char **paths;
        size_t n;
        if (!file_list(folder, ".json", arena, &paths, &n, &err)) {
            printf("not ok - the suite is not in %s\n", folder);
            return NULL;
        }
        for (size_t p = 0; p < n; p++) {
            const char *name =
                arena_printf(arena, "%s/%s", folders[i].path + strlen("tests/"),
                             file_stem(paths[p], arena));
            all[(*count)++] = (struct suite_entry){ paths[p], name, &folders[i] };
        }
    }
    return all;
}

const cJSON *suite_bring(void *context, const char *uri, const char **file,
                         const char **why)
{
    static const char remote[] = "http://localhost:1234/";
    struct suite_remotes *r = context;
    struct err err = err_in(r->arena);
    *why = "the suite has none";
    if (!str_starts(str(uri), str(remote)))
        return NULL;
    *file = arena_printf(r->arena, "%s/remotes/%s", r->root, uri + strlen(remote));
    return file_exists(*file) ? document_read(*file, r->arena, &err) : NULL;
}

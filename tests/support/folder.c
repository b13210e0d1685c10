#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

const char *folder_make(struct arena *arena)
{
    const char *in = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/understudy-XXXXXX", in ? in : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

const char *folder_put_bytes(const char *folder, const char *name, struct str bytes,
                             struct arena *arena)
{
    char *path = arena_printf(arena, "%s/%s", folder, name);
    for (char *p = path + strlen(folder) + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
    }
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
    return path;
}

const char *folder_put(const char *folder, const char *name, const char *text,
                       struct arena *arena)
{
    return folder_put_bytes(folder, name, str(text), arena);
}

static int remove_one(const char *path, const struct stat *about, int kind,
                      struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

void folder_remove(const char *folder)
{
    assert_int_equal(nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

#include "base/file.h"

#include "base/limits.h"
#include "base/map.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 || strcmp(path, "-") == 0;
}

bool file_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

void file_saw(struct err *err, const char *path)
{
    if (err->files)
        map_put(err->files, str(path), err->files);
}

/* Standard input can be read once and is asked for twice: for its text, and again for
 * the lines that an error names. Ends with the program. */
static struct arena *input_arena;
static struct str input;
static pthread_mutex_t input_lock = PTHREAD_MUTEX_INITIALIZER;

static bool read_stream(FILE *f, const char *path, struct arena *arena,
                        struct str *text, struct err *err)
{
    struct where at = { .file = path };
    bool ok = false;
    char *bytes = NULL;
    size_t len = 0, room = 0;
    for (;;) {
        if (len == room) {
            size_t more = room ? room * 2 : 64 * 1024;
            if (room > LIMIT_FILE_BYTES) {
                err_set(err, at, "expected at most %zu bytes, found more",
                        LIMIT_FILE_BYTES);
                goto out;
            }
            char *grown = realloc(bytes, more);
            if (!grown) {
                err_set(err, at, "cannot read: out of memory");
                goto out;
            }
            bytes = grown;
            room = more;
        }
        size_t got = fread(bytes + len, 1, room - len, f);
        len += got;
        if (got == 0)
            break;
    }
    if (ferror(f)) {
        err_set(err, at, "cannot read: %s", strerror(errno));
        goto out;
    }
    if (len > LIMIT_FILE_BYTES) {
        err_set(err, at, "expected at most %zu bytes, found %zu", LIMIT_FILE_BYTES,
                len);
        goto out;
    }
    *text = (struct str){ arena_copy(arena, (struct str){ bytes, len }), len };
    ok = true;
out:
    free(bytes);
    return ok;
}

static bool read_input(struct arena *arena, struct str *text, struct err *err)
{
    pthread_mutex_lock(&input_lock);
    if (!input_arena) {
        input_arena = arena_new(2 * LIMIT_FILE_BYTES);
        if (!read_stream(stdin, "-", input_arena, &input, err))
            input = (struct str){ "", 0 };
    }
    pthread_mutex_unlock(&input_lock);
    *text = (struct str){ arena_copy(arena, input), input.len };
    return true;
}

bool file_read(const char *path, struct arena *arena, struct str *text, struct err *err)
{
    struct where at = { .file = path };
    if (strcmp(path, "-") == 0)
        return read_input(arena, text, err);
    file_saw(err, path);
    if (file_is_folder(path))
        return err_set(err, at, "expected a file, found a folder");
    FILE *f = fopen(path, "rb");
    if (!f)
        return err_set(err, at, "cannot open: %s", strerror(errno));
    bool ok = read_stream(f, path, arena, text, err);
    fclose(f);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), s = strlen(suffix);
    return n > s && strcmp(name + n - s, suffix) == 0;
}

bool file_list(const char *folder, const char *suffix, struct arena *arena,
               const char ***paths, size_t *count, struct err *err)
{
    struct where at = { .file = folder };
    file_saw(err, arena_printf(arena, "%s/*%s", folder, suffix));
    DIR *dir = opendir(folder);
    if (!dir)
        return err_set(err, at, "cannot open the folder: %s", strerror(errno));

    const char **list = arena_array(arena, const char *, LIMIT_FOLDER_FILES);
    size_t n = 0;
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !ends_with(entry->d_name, suffix))
            continue;
        if (n == LIMIT_FOLDER_FILES)
            ok = err_set(err, at, "expected at most %d files", LIMIT_FOLDER_FILES);
        else
            list[n++] = arena_printf(arena, "%s/%s", folder, entry->d_name);
    }
    closedir(dir);
    qsort(list, n, sizeof(*list), by_name);
    *paths = list;
    *count = n;
    return ok;
}

const char *file_stem(const char *path, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot != name ? (size_t)(dot - name) : strlen(name);
    return arena_copy(arena, (struct str){ name, len });
}

#include "document.h"

#include "api/api.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool survey_cut(const char *path, size_t every)
{
    struct arena *keep = arena_new(LIMIT_SPEC_MEMORY), *one;
    struct err err = err_in(keep);
    struct str text;
    size_t loaded = 0, refused = 0, silent = 0, most = 0;
    uint64_t slowest = 0;
    char name[] = "/tmp/survey.XXXXXX";
    int fd = -1;
    if (!every || !file_read(path, keep, &text, &err) || (fd = mkstemp(name)) < 0) {
        printf("%s: cannot be read\n", path);
        arena_free(keep);
        return false;
    }
    for (size_t length = text.len / every * every;; length -= every) {
        size_t from = 0;
        if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
            break;
        while (from < length) {
            ssize_t n = write(fd, text.ptr + from, length - from);
            if (n <= 0)
                break;
            from += (size_t)n;
        }
        one = arena_new(LIMIT_SPEC_MEMORY);
        struct err own = err_in(one);
        uint64_t started = clock_monotonic_us();
        const struct api *api = api_load(name, NULL, one, &own);
        uint64_t took = clock_monotonic_us() - started;
        loaded += api != NULL;
        refused += !api && own.errors;
        silent += !api && !own.errors;
        slowest = took > slowest ? took : slowest;
        most = arena_used(one) > most ? arena_used(one) : most;
        arena_free(one);
        if (length < every)
            break;
    }
    close(fd);
    unlink(name);
    printf("%s: cut at every %zu bytes: %zu loaded, %zu refused with a reason, %zu "
           "without; at most %.1f MB and %.0f ms each\n",
           path, every, loaded, refused, silent, (double)most / 1e6,
           (double)slowest / 1e3);
    arena_free(keep);
    return !silent;
}

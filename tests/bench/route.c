/* route.c — what it takes to find an operation among many paths, beside among two.
 *
 * Prints the nanoseconds of one lookup in each, and the difference. Both documents are
 * made here; the paths that are asked for differ in their first, middle and last
 * segments, and half of them have a template. */
#include "api/route.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 1000, ROUNDS = 400 };

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * (int64_t)1000000000 + t.tv_nsec;
}

static const char *path_of(struct arena *arena, int i, const char *id)
{
    return i % 2 ? arena_printf(arena, "/area-%d/things/%s/parts-%d", i % 25, id, i)
                 : arena_printf(arena, "/area-%d/things-%d/all", i % 25, i);
}

static const struct api *api_with(int count, struct arena *arena)
{
    char name[] = "/tmp/understudy-route.XXXXXX";
    int fd = mkstemp(name);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!f)
        exit(1);
    fputs("openapi: 3.1.0\ninfo: {title: Many, version: '1'}\npaths:\n", f);
    for (int i = 0; i < count; i++)
        fprintf(f,
                "  %s:\n    get:\n      parameters: [%s]\n"
                "      responses: {'204': {description: Done}}\n",
                path_of(arena, i, "{id}"),
                i % 2 ? "{name: id, in: path, required: true, schema: {}}" : "");
    fclose(f);
    struct err err = err_in(arena);
    const struct api *api = api_load(name, NULL, arena, &err);
    unlink(name);
    if (!api) {
        fprintf(stderr, "%s\n", problem_text(err.first, arena));
        exit(1);
    }
    return api;
}

/* Nanoseconds of one lookup; the best round counts, since the machine may be busy. */
static double lookup(const struct api *api, int count, struct arena *arena)
{
    struct arena *call = arena_new(LIMIT_CALL_MEMORY);
    const char **paths = arena_array(arena, const char *, MANY);
    double best = 1e9;
    for (int i = 0; i < MANY; i++)
        paths[i] = path_of(arena, i % count, "4711");
    for (int round = 0; round < ROUNDS; round++) {
        int64_t start = now();
        for (int i = 0; i < MANY; i++) {
            struct route route;
            routes_match(api->routes, STR("GET"), str(paths[i]), call, &route);
            if (!route.operation)
                exit(1);
            arena_reset(call);
        }
        double took = (double)(now() - start) / MANY;
        best = took < best ? took : best;
    }
    arena_free(call);
    return best;
}

int main(void)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    double few = lookup(api_with(2, arena), 2, arena);
    double many = lookup(api_with(MANY, arena), MANY, arena);
    printf("finding an operation: %.0f ns among 2 paths, %.0f ns among %d (%+.0f ns)\n",
           few, many, MANY, many - few);
    arena_free(arena);
    return 0;
}

/* Whatever a user's behaviour or scenario holds, it loads beside the bundled Serial API
 * or every reason why not is told. The first letter of the input says which: 's' for a
 * scenario, 't' for a behaviour of tests/data/tasks.yaml, which has a use for every
 * word, anything else for one of Serial. */
#include "base/limits.h"
#include "doc/document.h"
#include "play/behaviour.h"
#include "play/fixture.h"
#include "play/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MEMORY = 256 * 1024 * 1024, RUNS_EACH = 500 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena *api_arena;
static struct err api_err; /* the API's schemas keep it */
static const struct api *serial, *tasks;
static char folder[64], path[96];

/* What a behaviour compiles lives as long as its API, so that is made anew sometimes.
 */
static bool load_apis(void)
{
    arena_free(api_arena);
    api_arena = arena_new(LIMIT_SPEC_MEMORY);
    api_err = err_in(api_arena);
    serial = api_load("specs/serial.yaml", NULL, api_arena, &api_err);
    tasks = api_load("tests/data/tasks.yaml", NULL, api_arena, &api_err);
    return serial && tasks;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    snprintf(folder, sizeof(folder), "/dev/shm/fuzz-fixture-%d", (int)getpid());
    snprintf(path, sizeof(path), "%s/behaviour.yaml", folder);
    return mkdir(folder, 0700) == 0 ? 0 : 2;
}

static void put(struct str text)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(text.ptr, 1, text.len, f) != text.len || fclose(f) != 0)
        abort();
}

static bool load_scenario(struct str text, struct arena *arena, struct err *err)
{
    const size_t first[] = { 0 };
    const struct cast cast = { &serial, first, 1, serial->operation_count };
    struct record_scenario *record = fixture_scenario_text("fault", text, arena, err);
    return record && scenario_read("fault", record, &cast, arena, err);
}

static bool load_behaviour(const struct api *api, struct str text, struct arena *arena,
                           struct err *err, struct behaviour **b)
{
    put(text);
    *b = behaviour_load(api, folder, 0, arena, err);
    return *b && !err->errors;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned runs;
    if (runs++ % RUNS_EACH == 0 && !load_apis())
        abort();
    struct arena *arena = arena_new(MEMORY);
    struct err err = err_in(arena);
    struct behaviour *b = NULL;
    struct str text = { (const char *)data, size };
    if (!size)
        text = STR("-");
    if (!setjmp(*arena_guard(arena))) { /* a real start ends with a sentence there */
        bool scenario = text.ptr[0] == 's';
        struct str rest = str_from(text, 1);
        const struct api *api = text.ptr[0] == 't' ? tasks : serial;
        bool ok = scenario ? load_scenario(rest, arena, &err)
                           : load_behaviour(api, rest, arena, &err, &b);
        if (!ok && !err.errors)
            abort();
        document_place(&err);
        for (const struct problem *p = err.first; p; p = p->next)
            if (!problem_text(p, arena)[0])
                abort();
    }
    behaviour_done(b);
    arena_free(arena);
    remove(path);
    return 0;
}

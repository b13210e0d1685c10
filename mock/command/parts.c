#include "command/parts.h"

#include "api/spare.h"
#include "base/file.h"
#include "base/map.h"
#include "serve/head.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* Calls that the server cannot take are said at load, like everything that is declared
 * and not done. */
static void warn_of_methods(struct part *p)
{
    for (size_t i = 0; i < p->api->operation_count; i++) {
        const struct operation *op = &p->api->operations[i];
        if (!method_taken(str(op->method)))
            err_warn(
                &p->err, api_written(p->api, op->pointer, p->arena),
                "the HTTP library refuses the method %s: call this operation with POST "
                "and \"X-HTTP-Method-Override: %s\"",
                op->method, op->method);
    }
}

static void load_behaviour(struct part *p)
{
    const char *folder = arena_printf(p->arena, "%s/%s", p->fixtures, p->api->name);
    file_saw(&p->err, arena_printf(p->arena, "%s/behaviour.yaml", folder));
    p->behaviour = behaviour_load(p->api, folder, p->seeded_at, p->arena, &p->err);
    if (!p->err.errors)
        return;
    behaviour_done(p->behaviour);
    p->behaviour = NULL;
}

static void part_load(struct part *p)
{
    p->arena = arena_new(LIMIT_SPEC_MEMORY);
    p->err = err_in(p->arena);
    if (setjmp(*arena_guard(p->arena))) {
        p->too_large = true;
        p->err.errors++;
        return;
    }
    p->err.files = map_new(p->arena);
    p->api = api_load(p->path, &p->options, p->arena, &p->err);
    if (p->api) {
        warn_of_methods(p);
        load_behaviour(p);
    }
    if (p->api && p->spare)
        api_check_spare(p->api, p->arena, &p->err);
    arena_unguard(p->arena);
}

struct loaders {
    struct part *parts;
    size_t count;
    atomic_size_t next;
};

static void *load_next(void *context)
{
    struct loaders *l = context;
    for (;;) {
        size_t i = atomic_fetch_add(&l->next, 1);
        if (i >= l->count)
            return NULL;
        part_load(&l->parts[i]);
    }
}

/* This thread is one of them, and the only one where no other can be had. */
void parts_load(struct part *parts, size_t count)
{
    struct loaders l = { .parts = parts, .count = count };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t helpers[LIMIT_LOADERS];
    pthread_attr_t attr;
    size_t helping = 0;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, LIMIT_LOADER_STACK_BYTES);
    while (helping < LIMIT_LOADERS && helping + 1 < count &&
           (long)helping + 1 < processors &&
           pthread_create(&helpers[helping], &attr, load_next, &l) == 0)
        helping++;
    pthread_attr_destroy(&attr);
    load_next(&l);
    for (size_t i = 0; i < helping; i++)
        pthread_join(helpers[i], NULL);
}

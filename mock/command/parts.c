#include "command/parts.h"

#include "api/spare.h"
#include "base/file.h"
#include "base/map.h"
#include "serve/head.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
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

/* One document and what of it is read so far. Its API and the file of its behaviour
 * know nothing of each other; the behaviour is made of both. */
struct loading {
    struct part *part;
    struct arena *arena; /* of the record; goes with the part's */
    struct err err;      /* in that arena */
    struct record_behaviour *record;
    const char *folder;
    bool too_large;
    enum { LOADING_BEGUN, LOADING_HALF, LOADING_READ, LOADING_TAKEN } state;
};

static void load_api(struct loading *l)
{
    struct part *p = l->part;
    if (setjmp(*arena_guard(p->arena))) {
        p->too_large = true;
        p->err.errors++;
        return;
    }
    p->api = api_load(p->path, &p->options, p->arena, &p->err);
    if (p->api)
        warn_of_methods(p);
    arena_unguard(p->arena);
}

static void load_record(struct loading *l)
{
    if (setjmp(*arena_guard(l->arena))) {
        l->too_large = true;
        l->err.errors++;
        return;
    }
    l->record = behaviour_record(l->folder, l->arena, &l->err);
    arena_unguard(l->arena);
}

static void load_behaviour(struct loading *l)
{
    struct part *p = l->part;
    if (!p->api)
        return;
    if (setjmp(*arena_guard(p->arena))) {
        p->too_large = true;
        p->err.errors++;
        return;
    }
    p->too_large = p->too_large || l->too_large;
    err_join(&p->err, &l->err);
    if (!l->err.errors)
        p->behaviour =
            behaviour_of(p->api, l->folder, l->record, p->seeded_at, p->arena, &p->err);
    if (p->err.errors) {
        behaviour_done(p->behaviour);
        p->behaviour = NULL;
    }
    if (p->spare)
        api_check_spare(p->api, p->arena, &p->err);
    arena_unguard(p->arena);
}

/* ---- by many threads ---- */

struct loaders {
    pthread_mutex_t lock;
    pthread_cond_t read; /* something was, so there may be more to do */
    struct loading *list;
    size_t count;
    size_t next; /* of what is to be read: each API and then its record */
    size_t made; /* so many behaviours were taken to be made */
};

struct task {
    void (*run)(struct loading *l); /* NULL: there is nothing left */
    struct loading *of;
};

static struct task ready_behaviour(struct loaders *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].state == LOADING_READ) {
            all->list[i].state = LOADING_TAKEN;
            all->made++;
            return (struct task){ load_behaviour, &all->list[i] };
        }
    return (struct task){ NULL, NULL };
}

/* Called with the lock held, which is given back while there is nothing to do yet. */
static struct task next_task(struct loaders *all)
{
    for (;;) {
        struct task t = ready_behaviour(all);
        if (t.run)
            return t;
        if (all->next < 2 * all->count) {
            size_t i = all->next++;
            return (struct task){ i % 2 ? load_record : load_api, &all->list[i / 2] };
        }
        if (all->made == all->count)
            return t;
        pthread_cond_wait(&all->read, &all->lock);
    }
}

static void *load_on(void *context)
{
    struct loaders *all = context;
    pthread_mutex_lock(&all->lock);
    for (struct task t; (t = next_task(all)).run;) {
        pthread_mutex_unlock(&all->lock);
        t.run(t.of);
        pthread_mutex_lock(&all->lock);
        if (t.run != load_behaviour && ++t.of->state == LOADING_READ)
            pthread_cond_broadcast(&all->read);
    }
    pthread_cond_broadcast(&all->read);
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

static void free_arena(void *arena)
{
    arena_free(arena);
}

static struct loading begin(struct part *p)
{
    p->arena = arena_new(LIMIT_SPEC_MEMORY);
    p->err = err_in(p->arena);
    p->err.files = map_new(p->arena);
    struct loading l = { .part = p, .arena = arena_new(LIMIT_SPEC_MEMORY) };
    l.err = err_in(l.arena);
    l.err.files = map_new(l.arena);
    l.folder = arena_printf(p->arena, "%s/%s", p->fixtures, p->options.name);
    arena_on_free(p->arena, free_arena, l.arena);
    return l;
}

/* This thread is one of them, and the only one where no other can be had. */
void parts_load(struct part *parts, size_t count)
{
    struct loaders all = { .lock = PTHREAD_MUTEX_INITIALIZER,
                           .read = PTHREAD_COND_INITIALIZER,
                           .list = calloc(count + 1, sizeof(*all.list)),
                           .count = count };
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t helpers[LIMIT_LOADERS];
    pthread_attr_t attr;
    size_t helping = 0;
    if (!all.list) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < count; i++)
        all.list[i] = begin(&parts[i]);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, LIMIT_LOADER_STACK_BYTES);
    while (helping < LIMIT_LOADERS && helping + 1 < 2 * count &&
           (long)helping + 1 < processors &&
           pthread_create(&helpers[helping], &attr, load_on, &all) == 0)
        helping++;
    pthread_attr_destroy(&attr);
    load_on(&all);
    for (size_t i = 0; i < helping; i++)
        pthread_join(helpers[i], NULL);
    free(all.list);
}

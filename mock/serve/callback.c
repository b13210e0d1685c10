#include "serve/callback.h"

#include "serve/callback_queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* What one call wants to have fired, until it is answered. */
struct batch {
    struct callbacks *callbacks;
    struct job *first;
};

/* ---- starting and stopping ---- */

static void release(struct callbacks *c)
{
    for (size_t i = 0; i < c->worker_count; i++)
        outgoing_free(c->workers[i].outgoing);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->changed);
    free(c);
}

struct callbacks *callbacks_new(const struct callbacks_options *options)
{
    struct callbacks *c = calloc(1, sizeof(*c));
    pthread_condattr_t steady;
    if (!c)
        return NULL;
    c->firing.service = options->service;
    c->firing.reach = options->reach;
    c->firing.reach.stop = &c->broken_off;
    c->quiet = options->quiet;
    c->end = &c->first;
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&c->changed, &steady);
    pthread_condattr_destroy(&steady);
    pthread_mutex_lock(&c->lock);
    bool started = worker_start(c);
    pthread_mutex_unlock(&c->lock);
    if (started)
        return c;
    release(c);
    return NULL;
}

/* How many of them would have been fired. */
static size_t drop(struct job *first)
{
    size_t count = 0;
    for (struct job *next; first; first = next) {
        next = first->next;
        count += !*first->why;
        free(first);
    }
    return count;
}

void callbacks_free(struct callbacks *c)
{
    struct timespec until;
    if (!c)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LIMIT_CALLBACK_STOP_MS / 1000;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_cond_broadcast(&c->changed);
    while (c->gone < c->worker_count &&
           pthread_cond_timedwait(&c->changed, &c->lock, &until) != ETIMEDOUT)
        ;
    atomic_store(&c->broken_off, true);
    pthread_mutex_unlock(&c->lock);
    for (size_t i = 0; i < c->worker_count; i++)
        pthread_join(c->workers[i].thread, NULL);
    size_t left = drop(c->first) + drop(c->again);
    if (left && !c->quiet)
        fprintf(stderr, "understudy: %zu callback%s not fired: the mock stops\n", left,
                left == 1 ? " was" : "s were");
    release(c);
}

void callbacks_forget(struct callbacks *c)
{
    if (c)
        atomic_fetch_add(&c->firing.load, 1);
}

void callbacks_look(struct callbacks *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->moves++;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

void callbacks_settle(struct callbacks *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->count > c->waiting || c->seen != c->moves)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

/* ---- queueing ---- */

static bool queue(struct callbacks *c, struct job *job)
{
    pthread_mutex_lock(&c->lock);
    bool fits = c->count < LIMIT_CALLBACKS_WAITING &&
                c->bytes + job->bytes <= LIMIT_CALLBACKS_BYTES;
    if (fits) {
        queue_add(c, job);
        c->count++;
        c->bytes += job->bytes;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return fits;
}

/* What a callback's operation has answered is told only once that is on the wire. What
 * a webhook tells has happened, whether or not the caller will ever know. */
static void after(void *what, bool answered)
{
    struct batch *batch = what;
    struct callbacks *c = batch->callbacks;
    for (struct job *job = batch->first, *next; job; job = next) {
        bool meant = answered || !job->operation;
        next = job->next;
        job->next = NULL;
        if (meant && queue(c, job))
            continue;
        if (meant)
            job_tell(&c->firing, job, 0, "not fired: too many callbacks wait already",
                     STR(""), 0);
        free(job);
    }
    free(batch);
}

/* A batch under way: all that is in it belongs to one entry of one namespace. */
struct filling {
    struct callbacks *callbacks;
    const char *namespace;
    struct journal_ref entry;
    struct batch *batch; /* made for the first */
    struct job **end;
    size_t count;
};

/* Adds a copy of one. */
static void add(struct filling *f, const struct posting *one, size_t api)
{
    struct job *job = job_new(one, f->namespace);
    if (job && !f->batch && (f->batch = calloc(1, sizeof(*f->batch)))) {
        f->batch->callbacks = f->callbacks;
        f->end = &f->batch->first;
    }
    if (!job || !f->batch) {
        free(job);
        return;
    }
    job->entry = f->entry;
    job->place = f->count++;
    job->api = api;
    job->load = atomic_load(&f->callbacks->firing.load);
    *f->end = job;
    f->end = &job->next;
}

static void fill_in(const struct filling *f, struct delivery *d)
{
    if (!f->batch)
        return;
    d->after = after;
    d->after_what = f->batch;
}

void callbacks_prepare(struct callbacks *c, struct call *call, struct journal_ref entry,
                       struct delivery *d)
{
    const struct operation *op = call->route.operation;
    struct posting *list;
    if (!c || !op)
        return;
    struct filling f = { .callbacks = c, .namespace = call->ns->name, .entry = entry };
    if (op->callback_count && d->response.status >= 200 && d->response.status <= 299) {
        size_t count = callback_postings(call, &d->response, &list);
        for (size_t i = 0; i < count; i++)
            add(&f, &list[i], call->api);
    }
    for (const struct posting *p = call->answer.told; p; p = p->next)
        add(&f, p, call->api);
    fill_in(&f, d);
}

void callbacks_tell(struct callbacks *c, const struct posting *list,
                    const char *namespace, struct journal_ref entry, struct delivery *d)
{
    struct filling f = { .callbacks = c, .namespace = namespace, .entry = entry };
    for (const struct posting *p = c ? list : NULL; p; p = p->next)
        add(&f, p, p->api);
    fill_in(&f, d);
}

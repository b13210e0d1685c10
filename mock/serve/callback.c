#include "serve/callback.h"

#include "serve/callback_job.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Room for what libcurl and the resolver want besides a check of a schema. */
enum { STACK_BYTES = LIMIT_STACK_BYTES + 512 * 1024 };

struct callbacks {
    struct firing firing;
    bool quiet;
    pthread_t thread;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t changed;
    struct job *first, **end;
    size_t count, bytes; /* queued, under way, or waiting for another try */
    size_t waiting;      /* of them */
    bool stopping, over;
    uint64_t moves, seen; /* how often a clock was moved, and how many of that count */
    atomic_bool broken_off;
    /* The thread's own: what waits for another try. */
    struct job *again;
    uint64_t look_us; /* when one of them may be due, as clock_monotonic_us */
};

/* What one call wants to have fired, until it is answered. */
struct batch {
    struct callbacks *callbacks;
    struct job *first;
};

/* ---- the thread ---- */

static void job_done(struct callbacks *c, struct job *job)
{
    pthread_mutex_lock(&c->lock);
    c->count--;
    c->bytes -= job->bytes;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    free(job);
}

static void now_waiting(struct callbacks *c, bool more)
{
    pthread_mutex_lock(&c->lock);
    c->waiting += more ? 1 : (size_t)-1;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

/* job (taken) is tried again later, unless its namespace has gone. */
static void job_again(struct callbacks *c, struct job *job)
{
    clock_ms now;
    if (!job_now(&c->firing, job, &now)) {
        job_done(c, job);
        return;
    }
    job->due = now + job->retries[job->attempt - 1];
    job->attempt++;
    job->next = c->again;
    c->again = job;
    c->look_us = 0;
    now_waiting(c, true);
}

/* One that is due now, or NULL; then c->look_us says when the next one may be. A clock
 * that is moved wakes the thread, and one that stands still is looked at seldom. */
static struct job *due_job(struct callbacks *c)
{
    enum { SELDOM_MS = 60 * 1000 };
    clock_ms soonest = SELDOM_MS, now;
    for (struct job **at = &c->again, *job; (job = *at) != NULL;) {
        bool there = job_now(&c->firing, job, &now);
        if (there && job->due > now) {
            if (job->due - now < soonest)
                soonest = job->due - now;
            at = &job->next;
            continue;
        }
        *at = job->next;
        now_waiting(c, false);
        if (there)
            return job;
        job_done(c, job);
    }
    c->look_us = clock_monotonic_us() + (uint64_t)soonest * 1000;
    return NULL;
}

/* The lock is held. */
static void wait_for_more(struct callbacks *c)
{
    struct timespec until = { .tv_sec = (time_t)(c->look_us / 1000000),
                              .tv_nsec = (long)(c->look_us % 1000000 * 1000) };
    if (c->again)
        pthread_cond_timedwait(&c->changed, &c->lock, &until);
    else
        pthread_cond_wait(&c->changed, &c->lock);
}

/* The next one, which stays counted until it is done; NULL when it is time to go. */
static struct job *next_job(struct callbacks *c)
{
    struct job *job = NULL;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        uint64_t moves = c->moves;
        bool look = moves != c->seen || clock_monotonic_us() >= c->look_us;
        if (c->again && look) {
            pthread_mutex_unlock(&c->lock);
            job = due_job(c);
            pthread_mutex_lock(&c->lock);
        }
        if (job)
            break;
        c->seen = moves;
        pthread_cond_broadcast(&c->changed);
        if (atomic_load(&c->broken_off) || (c->stopping && !c->first))
            break;
        if ((job = c->first)) {
            if (!(c->first = job->next))
                c->end = &c->first;
            break;
        }
        if (c->moves == moves)
            wait_for_more(c);
    }
    pthread_mutex_unlock(&c->lock);
    return job;
}

static void *work(void *context)
{
    struct callbacks *c = context;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (struct job *job; (job = next_job(c)) != NULL;) {
        bool done = job_fire(&c->firing, job, arena);
        arena_reset(arena);
        if (done)
            job_done(c, job);
        else
            job_again(c, job);
    }
    arena_free(arena);
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* Signals are for the thread that waits for them. */
static bool start(struct callbacks *c)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    if (pthread_attr_init(&attributes))
        return false;
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool ok = !pthread_attr_setstacksize(&attributes, STACK_BYTES) &&
              !pthread_create(&c->thread, &attributes, work, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return ok;
}

static void release(struct callbacks *c)
{
    outgoing_free(c->firing.outgoing);
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
    if (start(c))
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
    while (!c->over &&
           pthread_cond_timedwait(&c->changed, &c->lock, &until) != ETIMEDOUT)
        ;
    atomic_store(&c->broken_off, true);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
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
        *c->end = job;
        c->end = &job->next;
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

#include "serve/callback_queue.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* Room for what libcurl and the resolver want besides a check of a schema. */
enum { STACK_BYTES = LIMIT_STACK_BYTES + 512 * 1024 };

/* ---- the queue; the lock is held ---- */

void queue_add(struct callbacks *c, struct job *job)
{
    job->next = NULL;
    *c->end = job;
    c->end = &job->next;
}

static void forget(struct callbacks *c, struct job *job)
{
    c->count--;
    c->bytes -= job->bytes;
    free(job);
}

/* "http://127.0.0.1:9000": who is called, as far as a URL tells. */
static struct str receiver(const struct job *job)
{
    const char *host = strstr(job->url, "://");
    host = host ? host + 3 : job->url;
    return (struct str){ job->url, (size_t)(host - job->url) + strcspn(host, "/?#") };
}

static bool is_called(const struct callbacks *c, struct str who)
{
    for (size_t i = 0; i < c->worker_count; i++)
        if (c->workers[i].job && str_equal(receiver(c->workers[i].job), who))
            return true;
    return false;
}

/* The first whose receiver nobody is calling: what one receiver is told stays in order,
 * and one that is slow holds up none but itself. */
static struct job *take(struct callbacks *c)
{
    for (struct job **at = &c->first, *job; (job = *at) != NULL; at = &job->next) {
        if (is_called(c, receiver(job)))
            continue;
        if (!(*at = job->next))
            c->end = at;
        return job;
    }
    return NULL;
}

/* ---- another try ---- */

/* Those that were looked at: what is due now, what is not yet, what is to be forgotten.
 */
struct looked {
    struct job *due, *later, *gone;
    clock_ms soonest;
};

static void push_last(struct job **list, struct job *job)
{
    while (*list)
        list = &(*list)->next;
    job->next = NULL;
    *list = job;
}

static struct looked look_at(const struct callbacks *c, struct job *list)
{
    enum { SELDOM_MS = 60 * 1000 };
    struct looked l = { .soonest = SELDOM_MS };
    clock_ms now;
    for (struct job *job = list, *next; job; job = next) {
        next = job->next;
        if (!job_now(&c->firing, job, &now)) {
            push_last(&l.gone, job);
        } else if (job->due > now) {
            if (job->due - now < l.soonest)
                l.soonest = job->due - now;
            push_last(&l.later, job);
        } else {
            push_last(&l.due, job);
        }
    }
    return l;
}

/* What is due is queued; then c->look_us says when the next one may be. A clock that is
 * moved wakes somebody, and one that stands still is looked at seldom. The lock is
 * held, but not while the clocks are looked at. */
static void look(struct callbacks *c)
{
    uint64_t moves = c->moves;
    struct job *list = c->again, *next;
    c->again = NULL;
    c->looking = true;
    pthread_mutex_unlock(&c->lock);
    struct looked l = look_at(c, list);
    pthread_mutex_lock(&c->lock);
    c->look_us = c->again ? 0 : clock_monotonic_us() + (uint64_t)l.soonest * 1000;
    for (; l.due; l.due = next, c->waiting--) {
        next = l.due->next;
        queue_add(c, l.due);
    }
    for (; l.gone; l.gone = next, c->waiting--) {
        next = l.gone->next;
        forget(c, l.gone);
    }
    list = c->again;
    c->again = l.later;
    for (; list; list = next) {
        next = list->next;
        push_last(&c->again, list);
    }
    c->looking = false;
    c->seen = moves;
    pthread_cond_broadcast(&c->changed);
}

/* Nothing waits for a clock that was moved. */
static void settle_clock(struct callbacks *c)
{
    if (c->again || c->looking || c->seen == c->moves)
        return;
    c->seen = c->moves;
    pthread_cond_broadcast(&c->changed);
}

/* ---- the threads ---- */

static void wait_for_more(struct callbacks *c)
{
    struct timespec until = { .tv_sec = (time_t)(c->look_us / 1000000),
                              .tv_nsec = (long)(c->look_us % 1000000 * 1000) };
    if (c->again && !c->looking)
        pthread_cond_timedwait(&c->changed, &c->lock, &until);
    else
        pthread_cond_wait(&c->changed, &c->lock);
}

/* The next one, which stays counted until it is done; NULL when it is time to go. */
static struct job *next_job(struct worker *w)
{
    struct callbacks *c = w->callbacks;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        bool may_be_due = c->moves != c->seen || clock_monotonic_us() >= c->look_us;
        if (c->again && !c->looking && may_be_due) {
            look(c);
            continue;
        }
        settle_clock(c);
        if (atomic_load(&c->broken_off) || (c->stopping && !c->first))
            break;
        if ((w->job = take(c)))
            break;
        wait_for_more(c);
    }
    c->idle--;
    /* While this one calls, there is one for whoever else is to be called. */
    if (w->job && !c->idle && !c->stopping)
        worker_start(c);
    pthread_mutex_unlock(&c->lock);
    return w->job;
}

/* It is tried again later, unless that was all or its namespace has gone. */
static void put_away(struct worker *w, bool done)
{
    struct callbacks *c = w->callbacks;
    struct job *job = w->job;
    clock_ms now = 0;
    done = done || !job_now(&c->firing, job, &now);
    pthread_mutex_lock(&c->lock);
    w->job = NULL;
    c->idle++;
    if (done) {
        forget(c, job);
    } else {
        job->due = now + job->retries[job->attempt - 1];
        job->attempt++;
        push_last(&c->again, job);
        c->waiting++;
        c->look_us = 0;
    }
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

static void *work(void *context)
{
    struct worker *w = context;
    struct callbacks *c = w->callbacks;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    while (next_job(w)) {
        bool done = job_fire(&c->firing, &w->outgoing, w->job, arena);
        arena_reset(arena);
        put_away(w, done);
    }
    arena_free(arena);
    pthread_mutex_lock(&c->lock);
    c->gone++;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* Signals are for the thread that waits for them. */
bool worker_start(struct callbacks *c)
{
    struct worker *w = &c->workers[c->worker_count];
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    if (c->worker_count == LIMIT_CALLBACK_THREADS || pthread_attr_init(&attributes))
        return false;
    w->callbacks = c;
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool ok = !pthread_attr_setstacksize(&attributes, STACK_BYTES) &&
              !pthread_create(&w->thread, &attributes, work, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    c->worker_count += ok;
    c->idle += ok;
    return ok;
}

/* callback_queue.h — what waits to be fired, and the threads that fire it; for
 * callback.c, which fills the queue, and callback_work.c, which empties it, only. */
#ifndef SERVE_CALLBACK_QUEUE_H
#define SERVE_CALLBACK_QUEUE_H

#include "serve/callback_job.h"

#include <pthread.h>

/* One thread, and the receiver that it is calling. */
struct worker {
    struct callbacks *callbacks;
    pthread_t thread;
    struct outgoing *outgoing; /* NULL before it has fired one */
    struct job *job;           /* under way, or NULL */
};

struct callbacks {
    struct firing firing;
    bool quiet;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t changed;
    struct worker workers[LIMIT_CALLBACK_THREADS];
    size_t worker_count, idle, gone; /* made; of them, without a job; of them, over */
    struct job *first, **end;
    size_t count, bytes; /* queued, under way, or waiting for another try */
    size_t waiting;      /* of them */
    bool stopping;
    struct job *again;    /* what waits for another try */
    bool looking;         /* a worker has taken those out to look at the clock */
    uint64_t look_us;     /* when one of them may be due, as clock_monotonic_us */
    uint64_t moves, seen; /* how often a clock was moved, and how many of that count */
    atomic_bool broken_off;
};

/* These want the lock to be held. ---- */

/* Behind all others; taken. */
void queue_add(struct callbacks *c, struct job *job);

/* One more thread, if there may be: it ends when broken_off is set, or nothing is
 * queued and stopping is set. */
bool worker_start(struct callbacks *c);

#endif

#include "serve/watch.h"

#include "base/clock.h"
#include "serve/sockets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_EVERY_MS = 250 };

struct watch {
    pthread_t thread;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t stopped;
    bool stop;
    struct watched *first;
};

static uint64_t now_ms(void)
{
    return clock_monotonic_us() / 1000;
}

/* Under the worker's lock, so that it is this connection still. */
static void look_at(struct watched *one)
{
    pthread_mutex_lock(&one->lock);
    if (one->until_ms && now_ms() > one->until_ms) {
        one->until_ms = 0;
        socket_stop_reading(socket_find(one->port, one->remote, one->remote_port));
    }
    pthread_mutex_unlock(&one->lock);
}

static struct timespec next_look(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += LOOK_EVERY_MS * 1000 * 1000;
    t.tv_sec += t.tv_nsec / (1000 * 1000 * 1000);
    t.tv_nsec %= 1000 * 1000 * 1000;
    return t;
}

static void *look(void *context)
{
    struct watch *w = context;
    pthread_mutex_lock(&w->lock);
    while (!w->stop) {
        for (struct watched *one = w->first; one; one = one->next)
            look_at(one);
        struct timespec until = next_look();
        pthread_cond_timedwait(&w->stopped, &w->lock, &until);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void done(struct watch *w)
{
    pthread_cond_destroy(&w->stopped);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

struct watch *watch_new(void)
{
    struct watch *w = calloc(1, sizeof(*w));
    pthread_condattr_t clock;
    if (!w)
        return NULL;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&w->stopped, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&w->lock, NULL);
    if (pthread_create(&w->thread, NULL, look, w) == 0)
        return w;
    done(w);
    return NULL;
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->stopped);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    done(w);
}

void watch_join(struct watch *w, struct watched *one)
{
    pthread_mutex_init(&one->lock, NULL);
    pthread_mutex_lock(&w->lock);
    one->next = w->first;
    w->first = one;
    pthread_mutex_unlock(&w->lock);
}

void watch_leave(struct watch *w, struct watched *one)
{
    pthread_mutex_lock(&w->lock);
    struct watched **at = &w->first;
    while (*at && *at != one)
        at = &(*at)->next;
    if (*at)
        *at = one->next;
    pthread_mutex_unlock(&w->lock);
    pthread_mutex_destroy(&one->lock);
}

void watch_start(struct watched *one, unsigned port, const char *remote,
                 unsigned remote_port, uint64_t ms)
{
    pthread_mutex_lock(&one->lock);
    one->port = port;
    one->remote = remote;
    one->remote_port = remote_port;
    one->until_ms = now_ms() + ms;
    pthread_mutex_unlock(&one->lock);
}

void watch_stop(struct watched *one)
{
    pthread_mutex_lock(&one->lock);
    one->until_ms = 0;
    pthread_mutex_unlock(&one->lock);
}

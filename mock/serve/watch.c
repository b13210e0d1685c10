#include "serve/watch.h"

#include "base/clock.h"
#include "serve/sockets.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct watch {
    pthread_t thread;
    pthread_mutex_t lock; /* over the list */
    struct watched *first;
    atomic_bool stop;
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

static void *look(void *context)
{
    struct watch *w = context;
    while (!atomic_load(&w->stop)) {
        pthread_mutex_lock(&w->lock);
        for (struct watched *one = w->first; one; one = one->next)
            look_at(one);
        pthread_mutex_unlock(&w->lock);
        for (int i = 0; i < 10 && !atomic_load(&w->stop); i++)
            nanosleep(&(struct timespec){ .tv_nsec = 25 * 1000 * 1000 }, NULL);
    }
    return NULL;
}

struct watch *watch_new(void)
{
    struct watch *w = calloc(1, sizeof(*w));
    if (!w)
        return NULL;
    pthread_mutex_init(&w->lock, NULL);
    if (pthread_create(&w->thread, NULL, look, w) == 0)
        return w;
    pthread_mutex_destroy(&w->lock);
    free(w);
    return NULL;
}

void watch_free(struct watch *w)
{
    if (!w)
        return;
    atomic_store(&w->stop, true);
    pthread_join(w->thread, NULL);
    pthread_mutex_destroy(&w->lock);
    free(w);
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

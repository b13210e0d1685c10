/* For the kind of lock that lets a writer in before readers who came later. */
#define _GNU_SOURCE

#include "base/gate.h"

#include <pthread.h>
#include <stdlib.h>

struct gate {
    pthread_rwlock_t lock;
};

struct gate *gate_new(void)
{
    struct gate *g = calloc(1, sizeof(*g));
    pthread_rwlockattr_t kind;
    if (!g)
        return NULL;
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&g->lock, &kind);
    pthread_rwlockattr_destroy(&kind);
    return g;
}

void gate_free(struct gate *g)
{
    if (!g)
        return;
    pthread_rwlock_destroy(&g->lock);
    free(g);
}

void gate_enter(struct gate *g)
{
    pthread_rwlock_rdlock(&g->lock);
}

void gate_leave(struct gate *g)
{
    pthread_rwlock_unlock(&g->lock);
}

void gate_close(struct gate *g)
{
    pthread_rwlock_wrlock(&g->lock);
}

void gate_open(struct gate *g)
{
    pthread_rwlock_unlock(&g->lock);
}

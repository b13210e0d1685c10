#define _GNU_SOURCE /* sched_getcpu */

#include "base/lock.h"

#include "base/limits.h"

#include <sched.h>
#include <stdbool.h>

/* Tells the processor that this thread only waits. */
static void rest(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static bool take_while_looking(pthread_mutex_t *m, atomic_int *holder)
{
    enum { RESTS = 4 };
    for (int i = 0; i < LIMIT_LOOKS; i++) {
        if (pthread_mutex_trylock(m) == 0)
            return true;
        if (atomic_load_explicit(holder, memory_order_relaxed) == sched_getcpu())
            break;
        for (int r = 0; r < RESTS; r++)
            rest();
    }
    /* Once: whoever gives way again and again waits for its turn each time. */
    sched_yield();
    return pthread_mutex_trylock(m) == 0;
}

void lock_soon(pthread_mutex_t *m, atomic_int *holder)
{
    if (!take_while_looking(m, holder))
        pthread_mutex_lock(m);
    atomic_store_explicit(holder, sched_getcpu(), memory_order_relaxed);
}

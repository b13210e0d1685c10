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

static bool take_while_looking(pthread_mutex_t *m, struct lookout *l)
{
    enum { RESTS = 4 };
    for (int i = 0; i < LIMIT_LOOKS; i++) {
        if (pthread_mutex_trylock(m) == 0)
            return true;
        if (atomic_load_explicit(&l->holder, memory_order_relaxed) == sched_getcpu())
            break;
        for (int r = 0; r < RESTS; r++)
            rest();
    }
    return false;
}

/* Once, and few at a time: who gives way waits for a turn among all threads, and may
 * find the lock taken again by one that came later. Those who sleep are woken in turn.
 */
static bool take_after_others(pthread_mutex_t *m, struct lookout *l)
{
    bool may = atomic_fetch_add_explicit(&l->giving, 1, memory_order_relaxed) <
               LIMIT_GIVING_WAY;
    if (may)
        sched_yield();
    atomic_fetch_sub_explicit(&l->giving, 1, memory_order_relaxed);
    return may && pthread_mutex_trylock(m) == 0;
}

void lock_soon(pthread_mutex_t *m, struct lookout *l)
{
    if (!take_while_looking(m, l) && !take_after_others(m, l))
        pthread_mutex_lock(m);
    atomic_store_explicit(&l->holder, sched_getcpu(), memory_order_relaxed);
}

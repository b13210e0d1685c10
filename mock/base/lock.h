/* lock.h — taking a mutex that is held for microseconds.
 *
 * To sleep until it is free and to be woken costs more than most holders need, so who
 * finds it taken by a thread on another processor looks again for a moment first, and
 * then lets others that want this processor go on: mostly the holder, or a client that
 * is to send the next call, is among them. Who shares the processor with the holder
 * does that at once: while it looked, the holder could not go on. Only then it sleeps.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <pthread.h>
#include <stdatomic.h>

/* Of one mutex; zeroed at first. */
struct lookout {
    atomic_int holder; /* the processor of the last who took it */
    atomic_int giving; /* threads that let others go on */
};

/* Takes m, to which l belongs and which any pthread function gives back. */
void lock_soon(pthread_mutex_t *m, struct lookout *l);

#endif

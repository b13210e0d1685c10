/* lock.h — taking a mutex that is held for microseconds.
 *
 * To sleep until it is free and to be woken costs more than most holders need, so who
 * finds it taken by a thread on another processor looks again for a moment first. Who
 * shares the processor with the holder sleeps at once: while it looked, the holder
 * could not go on. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <pthread.h>
#include <stdatomic.h>

/* Takes m, which any pthread function gives back. *holder, which belongs to m and to
 * this function alone, is the processor of the last who took it so. */
void lock_soon(pthread_mutex_t *m, atomic_int *holder);

#endif

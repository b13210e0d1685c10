/* watch.h — an end for bodies that come too slowly.
 *
 * civetweb waits for a whole slice of a body and starts its clock anew with each byte,
 * so a client that sends a byte a second would hold a worker for hours. The watch looks
 * at all workers four times a second and closes the reading side of what is overdue. */
#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include <pthread.h>
#include <stdint.h>

struct watch;

/* One worker's reading; made and kept by the worker, zeroed before watch_join. */
struct watched {
    pthread_mutex_t lock;
    uint64_t until_ms; /* on the monotonic clock; 0: it is not reading */
    unsigned port, remote_port;
    const char *remote; /* borrowed while it reads */
    struct watched *next;
};

/* Owned by the caller, who calls watch_free when all have left. NULL when no thread
 * could be made. */
struct watch *watch_new(void);
void watch_free(struct watch *w);

void watch_join(struct watch *w, struct watched *one);
void watch_leave(struct watch *w, struct watched *one);

/* From here on the connection with these ends is closed for reading after ms
 * milliseconds, until watch_stop. */
void watch_start(struct watched *one, unsigned port, const char *remote,
                 unsigned remote_port, uint64_t ms);
void watch_stop(struct watched *one);

#endif

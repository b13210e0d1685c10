/* timers.h — which instances something is due for, earliest first; for store.c.
 *
 * An entry may be out of date: whoever takes the first one looks whether the instance
 * still says so, and drops it if not. */
#ifndef PLAY_TIMERS_H
#define PLAY_TIMERS_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    clock_ms at;
    uint32_t collection, slot;
};

/* Zeroed is empty and to be filled from the instances; timers_done empties it. */
struct timers {
    struct timer *heap;
    size_t count, room;
    bool filled; /* every instance that has something due is in it */
};

/* Memory running out makes it one that is to be filled again. */
void timers_add(struct timers *t, struct timer timer);

/* The earliest, of several at one moment the one that was made first; NULL when there
 * is none. */
const struct timer *timers_first(const struct timers *t);
void timers_drop_first(struct timers *t);
void timers_done(struct timers *t);

#endif

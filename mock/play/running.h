/* running.h — what a scenario that runs has counted, and what it says of a call.
 *
 * It is of one namespace, and under its lock. */
#ifndef PLAY_RUNNING_H
#define PLAY_RUNNING_H

#include "play/scenario.h"

struct running;

/* Owned by the caller, who calls running_free. own is the arena that the scenario lives
 * in when nobody else owns that (taken), or NULL. NULL when memory ran out. */
struct running *running_new(const struct scenario *scenario, struct arena *own);
void running_free(struct running *r);

/* running_new, with what `before` has counted: of the faults and limits at the same
 * places in their lists. */
struct running *running_again(const struct running *before,
                              const struct scenario *scenario, struct arena *own);

/* The same scenario with the same counts, which then go their own ways. Owned as by
 * running_new. */
struct running *running_copy(const struct running *from);

const struct scenario *running_scenario(const struct running *r);

/* How often a fault was met and done so far. */
void running_counts(const struct running *r, size_t fault, int64_t *seen,
                    int64_t *fired);

/* What a limit says of one call. */
struct allowance {
    const struct limit *limit;
    bool allowed;
    int64_t left;     /* calls */
    int64_t reset_ms; /* until the window ends; more than 0 */
    int64_t reset_at; /* Unix seconds, rounded up */
};

/* Counts a call against each limit that is on operation (counted through). *a is the
 * tightest one; its limit is NULL when none applies. Not counted when one refuses. */
void running_allow(struct running *r, size_t operation, struct scope *s,
                   struct allowance *a);

/* The first fault that happens to this call, or NULL. Every fault that is on the
 * operation counts it. */
const struct fault *running_fault(struct running *r, size_t operation,
                                  struct chance *chance);

/* ---- for counts that are kept elsewhere too (keeping.h) ---- */

/* The window of one caller, at a place of a limit's table. */
struct window {
    uint64_t caller;
    int64_t start, count; /* count 0: the place is free */
};

/* What a call has counted is settled: running_undo takes back what comes after. */
void running_settle(struct running *r);
void running_undo(struct running *r);

/* Whether faults were counted since then. */
bool running_faults_moved(const struct running *r);

/* The index-th window that may have moved since then; false past the last. */
bool running_window_moved(const struct running *r, size_t index, size_t *limit,
                          size_t *place);

/* How many places a limit's table has; what is at one; and to set it. False when there
 * is no such limit or place. */
size_t running_places(const struct running *r, size_t limit);
struct window running_window(const struct running *r, size_t limit, size_t place);
bool running_window_set(struct running *r, size_t limit, size_t place, struct window w);
bool running_fault_set(struct running *r, size_t fault, int64_t seen, int64_t fired);

/* The delay of a fault for this call, milliseconds, at most LIMIT_DELAY_MS. */
int64_t fault_delay(const struct fault *f, struct chance *chance);

/* The text at a pointer into the call (/header/authorization, /body/source), for
 * telling callers apart; "" when there is none. Borrowed from the scope. */
struct str call_text(struct scope *s, const char *pointer);

#endif

/* scenario.h — what goes wrong, and when: faults and limits.
 *
 * A scenario is read once and is the same for all namespaces; what it has counted is a
 * struct running, of one namespace and under its lock. */
#ifndef PLAY_SCENARIO_H
#define PLAY_SCENARIO_H

#include "play/expression.h"
#include "play/fixture.h"
#include "play/wording.h"

/* The APIs that are served, each with the number of its first operation when those of
 * all APIs are counted through. */
struct cast {
    const struct api *const *apis;
    const size_t *first;
    size_t count;
    size_t operations; /* of all of them */
};

struct fault {
    bool *on;                   /* by operation, counted through */
    int64_t skip, times, every; /* times: -1 for ever */
    double chance;              /* 1 unless said */
    int64_t delay_ms;
    double sigma; /* of the logarithm of the delay; 0: always the same */
    bool answers; /* it has an error or a status */
    bool commit;  /* the behaviour runs all the same */
    enum record_connection connection;
    struct error_plan error;
    int64_t retry_after; /* seconds */
};

struct limit {
    bool *on;
    int64_t requests, per_ms;
    const char *by; /* a pointer into the call, or NULL: everyone together */
    struct error_plan error;
    bool x_headers;
};

struct scenario {
    const char *name, *about, *file;
    const char *text; /* what it was read from; NULL when that is a file */
    struct fault *faults;
    size_t fault_count;
    struct limit *limits;
    size_t limit_count;
};

/* Reads and checks a record: every operation, error and pointer in it has to be there.
 * An error that no operation declares is a warning: it is sent all the same, as a
 * problem. Borrowed from arena; NULL when err got an error. */
struct scenario *scenario_read(const char *path, const struct record_scenario *record,
                               const struct cast *cast, struct arena *arena,
                               struct err *err);

/* Reads a scenario that was made by hand, YAML or JSON. As scenario_read. */
struct scenario *scenario_read_text(struct str text, const struct cast *cast,
                                    struct arena *arena, struct err *err);

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

/* scenario.h — what goes wrong, and when: faults and limits.
 *
 * A scenario is read once and is the same for all namespaces; what it has counted is a
 * struct running (running.h). */
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

#endif

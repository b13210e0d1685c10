/* journal.h — what was asked and what was said, remembered for a while.
 *
 * Each namespace has a ring of the last LIMIT_JOURNAL calls and a lock of its own.
 * Bodies are kept to LIMIT_JOURNAL_BODY bytes. A call is recorded before its answer is
 * sent: a client that has its answer finds itself here. */
#ifndef CONTRACT_JOURNAL_H
#define CONTRACT_JOURNAL_H

#include "api/call.h"
#include "base/clock.h"
#include "doc/json.h"

struct journal;

/* One call. Texts are borrowed by journal_add only while it runs. */
struct journal_entry {
    uint64_t number; /* from 1, in one namespace; given by journal_add */
    clock_ms at;     /* on the namespace's clock */
    struct str method, path, query, headers, body;
    struct str api, operation, voice, error, findings, warnings, answer;
    int status;
    bool broken; /* the mock's own answer did not fit the contract */
    uint64_t took_us;
    size_t bytes; /* of memory that it takes; given by journal_add */
};

/* Owned by the caller, who calls journal_free. NULL when memory ran out. */
struct journal *journal_new(void);
void journal_free(struct journal *j);

/* room is the namespace's index. Memory running out loses the entry. */
void journal_add(struct journal *j, size_t room, struct journal_entry e);

/* What a query asks for; empty texts and 0 mean any. */
struct journal_filter {
    struct str operation, method;
    int status;
    size_t most; /* the newest so many; 0: all */
};

/* {"requests": […], "matching": n, "total": n}: oldest first; matching counts what is
 * remembered and meets the filter, total every call since the last clearing. From
 * arena. */
cJSON *journal_list(struct journal *j, size_t room, const struct journal_filter *f,
                    struct arena *arena);

void journal_clear(struct journal *j, size_t room);

#endif

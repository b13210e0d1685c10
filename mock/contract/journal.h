/* journal.h — what was asked and what was said, remembered for a while.
 *
 * Each namespace has a ring of the last LIMIT_JOURNAL calls and a lock of its own.
 * Bodies are kept to LIMIT_JOURNAL_BODY bytes. A call is recorded before its answer is
 * sent: a client that has its answer finds itself here. What it called back is added to
 * its entry later, when it is known. */
#ifndef CONTRACT_JOURNAL_H
#define CONTRACT_JOURNAL_H

#include "api/call.h"
#include "base/clock.h"
#include "doc/json.h"
#include "schema/schema.h"

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
    size_t room;  /* of its own block; given by journal_add */
    struct journal_outcome *first, *last; /* of callbacks; by journal_callback */
};

/* Owned by the caller, who calls journal_free. NULL when memory ran out. */
struct journal *journal_new(void);
void journal_free(struct journal *j);

/* An entry that may be gone by now. */
struct journal_ref {
    size_t room;
    uint64_t clearing, number; /* number 0: there never was one */
};

/* room is the namespace's index. Memory running out loses the entry. */
struct journal_ref journal_add(struct journal *j, size_t room, struct journal_entry e);

/* What became of one callback. Texts are borrowed only while it is added. */
struct journal_callback {
    struct str name, expression, method, url;
    struct str error;    /* why it has no status; empty when it has one */
    struct str findings; /* what the receiver's answer had wrong */
    int status;
    unsigned attempt; /* from 1 */
    size_t place;     /* among those that the call has caused */
    uint64_t took_us;
};

/* Adds it to its entry: first attempts first, each in the order of places, whichever
 * was known first. Nothing happens when the entry is gone, or memory ran out. */
void journal_callback(struct journal *j, struct journal_ref to,
                      struct journal_callback c);

/* Whether its room has been cleared since then; the entry itself may be gone. */
bool journal_cleared(struct journal *j, struct journal_ref since);

/* Findings as an entry has them, "pointer: sentence; pointer: sentence"; from arena. */
struct str journal_findings(const struct findings *all, struct arena *arena);

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

/* keeping.h — a namespace and what a keep has of it.
 *
 * The memory stays the working copy, with all its indexes. A call, or a question to the
 * admin API, holds the namespace's lock and does
 *
 *     namespace_sync      what others have changed comes in (a shared keep), unless
 *                         somebody asked for it while this one waited for the lock
 *     …                   reads and changes the memory
 *     namespace_settle    what has changed goes out, before the answer does
 *
 * When that fails everything is taken back; KEEP_BEHIND wants all of it done again.
 * Without a keep both do next to nothing.
 *
 * Entries (keep.h), with names that are JSON pointers:
 *
 *     /documents                     what was served when this was written; there
 *                                    when the namespace is
 *     /collections/API/NAME:KEY      a call has changed the collection, so all of its
 *                                    instances are here; others have the seed's
 *     /instances/API/NAME:KEY/SLOT   an instance
 *     /sequences/API/NAME            the next number
 *     /calls/API/OPERATION           how many there were, once one has drawn
 *     /clock                         the offset, milliseconds
 *     /running/list                  scenarios and faults; absent: as started
 *     /running/made                  faults that were named by us
 *     /running/N/faults              [[seen, fired], …] of the one at N in the list
 *     /running/N/limits/LIMIT/PLACE  [caller, start, count] of one window
 *     /answers/N                     what a call with a key of its own was told
 *     /snapshot                      of a snapshot (snapshot.h): what it is
 *
 * A snapshot is kept as a namespace whose name begins with ':'.
 */
#ifndef PLAY_KEEPING_H
#define PLAY_KEEPING_H

#include "play/idempotency.h"
#include "play/keep.h"
#include "play/world.h"

#include <stdatomic.h>

/* A collection, or a sequence, that an import has put in the place of another. */
struct imported {
    struct imported *next;
    size_t api, number;
    bool sequence;
    size_t slots; /* of the collection that was there */
};

/* What a namespace knows of its keep. */
struct keeping {
    struct keep_place place;
    bool fresh;     /* just made: the memory is the seed's */
    bool replaced;  /* the whole state is another one */
    bool forgotten; /* and nothing of it is to be kept */
    bool restarted; /* other scenarios and faults run */
    bool documents; /* /documents is there and tells of what is served */
    bool listed;    /* /running/list is there */
    bool **touched; /* by API and collection: its instances are there */
    size_t drew;    /* the operation whose call drew at random; SIZE_MAX: none */
    struct stored_answer answer; /* of the call; no key: there is none to be kept */
    enum keep_answer unkept;     /* how the last overwriting went */
    uint64_t answers;            /* kept so far */
    const char *snapshot;        /* /snapshot; borrowed while it is made; else NULL */
    int64_t clock_offset;        /* as kept */
    uint64_t faults_made;        /* as kept */
    /* Questions to the keep are counted; the last that was answered with all there is
     * to know. */
    atomic_uint_least64_t asked;
    uint64_t heard;
    struct imported *imported; /* still to be settled; owned */
};

/* For a namespace that comes into the table as the seed has it; NULL when memory ran
 * out. */
struct keeping *keeping_new(const struct world *w, struct namespace *ns);
void keeping_free(struct keeping *k, const struct world *w);

/* After world_open, for a world with a keep: makes every namespace that is kept; where
 * there are more than LIMIT_NAMESPACES, they are made when they are called. What
 * does not fit what is served now stays where it is kept, and is a warning in err, with
 * the place in the documents that says why. False, with an error, when that cannot be
 * read. */
bool world_resume(struct world *w, struct err *err);

/* Whether a namespace of that name is kept, be it in memory or not. Takes no lock. */
enum keep_answer world_keeps(struct world *w, struct str name, bool *kept);

/* How often the namespace's keep was asked so far: for who is about to take the lock,
 * and then says namespace_sync_since. */
uint64_t namespace_asked(const struct namespace *ns);

/* These want the namespace's lock to be held. ---- */

enum keep_answer namespace_sync(struct world *w, struct namespace *ns);

/* The same for who came when it had been asked so often: where many wait for the lock,
 * what one of them asks after they all have come, or keeps, tells the others as much as
 * if each asked for itself. */
enum keep_answer namespace_sync_since(struct world *w, struct namespace *ns,
                                      uint64_t asked);

/* As namespace_sync; what cannot be taken in is told in err (NULL: to nobody). */
enum keep_answer keeping_load(struct world *w, struct namespace *ns, struct err *err);

enum keep_answer namespace_settle(struct world *w, struct namespace *ns);

/* Keeps the whole state in place of whatever there was, others' changes too; forget
 * keeps nothing, and then the state is the seed's. False when that cannot be: the next
 * sync brings back what is kept. */
bool namespace_overwrite(struct world *w, struct namespace *ns, bool forget);

/* The whole state is another one, which is still to be settled. */
void namespace_replaced(struct world *w, struct namespace *ns);

/* One collection or sequence is to be another one: to be said while ns has what there
 * was. False when memory ran out. */
bool namespace_imports(struct namespace *ns, size_t api, size_t number, bool sequence);

/* ns has what it was to get, still to be settled, and everything else as before. */
void namespace_imported(const struct world *w, struct namespace *ns);

/* Takes back what a call has done and not settled. */
void namespace_abandon(struct world *w, struct namespace *ns);

/* To be said by who changes what no store tells of: the list of what runs. */
void namespace_restarted(struct namespace *ns);
void namespace_drew(struct namespace *ns, size_t operation);

/* The call was told this, and any retry will be. Borrowed until it is settled. */
void namespace_answered(struct namespace *ns, const struct stored_answer *answer);

#endif

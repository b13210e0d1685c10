/* world.h — everything that is served, and the namespaces that its calls live in.
 *
 * The world is made at load and then only read. What changes while it runs belongs to a
 * namespace: instances, sequences, running scenarios, the clock's offset and the counts
 * of calls. Each has its own lock; two test runs never see each other.
 *
 * A namespace is made on first use and lives while it is in the table or somebody is
 * in it: who takes one out (by name, or because nobody came for a long time) never
 * frees it under a call. The default one, "", stays. */
#ifndef PLAY_WORLD_H
#define PLAY_WORLD_H

#include "api/place.h"
#include "base/lock.h"
#include "play/behaviour.h"
#include "play/keep.h"
#include "play/running.h"

#include <pthread.h>
#include <stdatomic.h>

struct idempotency;

struct namespace
{
    size_t index; /* below LIMIT_NAMESPACES; given anew only when this one is freed */
    char name[LIMIT_NAMESPACE_NAME + 2]; /* of a snapshot: with ':' before it */
    atomic_uint holders;                 /* the table, and who is in it */
    uint64_t made_us;                    /* clock_monotonic_us */
    atomic_ullong used_us;               /* when somebody last left it */
    struct namespace *next;              /* in the table */
    struct lookout lookout;              /* of the lock, for lock_soon */
    pthread_mutex_t lock;                /* over everything below */
    struct store **stores;               /* one for each API */
    uint64_t *calls;                     /* one for each operation, counted through */
    _Atomic int64_t clock_offset;        /* milliseconds; read without the lock, too */
    struct running *running[LIMIT_FAULTS];
    size_t running_count;
    struct keeping *keeping; /* keeping.h; NULL without a keep, and in no table */
    struct idempotency *idempotency; /* what calls with a key were answered */
    uint64_t faults_made; /* for the names of faults that were started by hand */
    uint64_t hands;       /* how often others were told of changes by hand */
};

struct world {
    struct arena *arena; /* of everything that was loaded; borrowed */
    struct cast cast;
    struct behaviour **behaviours; /* one for each API */
    struct scenario **scenarios;
    size_t scenario_count;
    const struct scenario **started; /* that every namespace starts with */
    size_t started_count;
    uint64_t seed;
    struct clock clock;
    bool stateless;
    bool strict;           /* what would be a warning about a call is a finding */
    struct keep *keep;     /* where namespaces are kept, or NULL; borrowed */
    uint64_t documents;    /* with a keep: a hash of all files that were read */
    clock_ms idle;         /* a namespace unused for so long goes; 0: it stays */
    struct places *places; /* world_open makes these */
    struct namespaces *namespaces;
};

/* Makes the namespaces' table; called once, after everything is loaded. world_close
 * frees it and everything in it. */
bool world_open(struct world *w);
void world_close(struct world *w);

/* Gives the table, with all that is in it, from one world to another that has none:
 * every namespace must fit its new world by then. */
void world_move(struct world *to, struct world *from);

/* The scenario of that name, or NULL. */
const struct scenario *world_scenario(const struct world *w, const char *name);

/* ---- the table ---- */

/* What the default namespace, "", is called where it needs a name. */
#define NAMESPACE_DEFAULT "default"

/* Letters, digits, '-', '_' and '.', 1 to LIMIT_NAMESPACE_NAME of them. */
bool namespace_name_valid(struct str name);

/* The namespace of that name, made from the seed on first use; "" is the default one.
 * The caller is in it until namespace_leave. NULL when there are LIMIT_NAMESPACES
 * already, none of them idle for too long, or memory ran out. Takes no namespace's
 * lock. */
struct namespace *namespace_enter(struct world *w, struct str name);

/* The same, but NULL when there is none, in memory or where namespaces are kept: where
 * several servers share that, only what is kept is there. *asked says how asking went
 * (KEEP_OK without a keep). */
struct namespace *namespace_enter_old(struct world *w, struct str name,
                                      enum keep_answer *asked);

void namespace_leave(struct world *w, struct namespace *ns);

/* All that there are, by index, at most LIMIT_NAMESPACES; the caller is in each and
 * leaves each. How many. */
size_t namespaces_enter(struct world *w, struct namespace **list);

enum namespace_answer {
    NAMESPACE_MADE,
    NAMESPACE_REPLACED,
    NAMESPACE_EXISTS, /* and was not to be replaced */
    NAMESPACE_UNKEPT, /* it cannot be kept, and *kept says why; nothing has changed */
    NAMESPACE_FULL,   /* LIMIT_NAMESPACES */
    NAMESPACE_REMOVED,
    NAMESPACE_NONE /* there is none of that name, or it is the default one */
};

/* Makes a namespace that starts as fresh (taken) is. One that is there becomes so when
 * replace is set. Takes its lock. */
enum namespace_answer namespace_make(struct world *w, struct str name,
                                     struct namespace *fresh, bool replace,
                                     enum keep_answer *kept);

/* Takes one out of the table, and out of where it is kept: the next call of that name
 * starts from the seed. */
enum namespace_answer namespace_remove(struct world *w, struct str name,
                                       enum keep_answer *kept);

/* The names, "" first, that are in memory or kept, in the order of their bytes, from
 * the first one behind after on (NULL: from ""), at most LIMIT_NAMESPACES, from arena.
 * *more says whether there are others. */
enum keep_answer namespaces_list(struct world *w, const char *after,
                                 struct arena *arena, const char ***list, size_t *count,
                                 bool *more);

/* The one of that name that is in memory, or NULL. The caller is in it. */
struct namespace *namespace_enter_known(struct world *w, struct str name);

/* Takes out all but the default one that nobody is in or has used for so long; how many
 * there were. */
size_t namespaces_give_up(struct world *w, clock_ms idle);

/* The same for w->idle. */
size_t namespaces_expire(struct world *w);

/* Has gone(what, index) called when a namespace is freed, before its index is given to
 * another. At most one can be told so. */
void namespaces_on_free(struct world *w, void (*gone)(void *what, size_t index),
                        void *what);

/* For who is alone in the world: all namespaces, and all that snapshots hold. list has
 * room for LIMIT_NAMESPACES + LIMIT_SNAPSHOTS; how many. */
size_t world_states(struct world *w, struct namespace **list);

/* ---- one namespace: what it holds ---- */

/* One that is in no table, as the seed has it. Owned by the caller, who calls
 * namespace_drop. NULL when memory ran out. */
struct namespace *namespace_seeded(struct world *w);

/* One that is in no table with the same state, whose instances are shared until one
 * side changes them. Takes from's lock. Owned as above; NULL when memory ran out, or
 * when *kept, which says why, is not KEEP_OK. */
struct namespace *namespace_copy(struct world *w, struct namespace *from,
                                 enum keep_answer *kept);

/* Gives up one holder; the last one frees it. NULL is fine. */
void namespace_drop(struct world *w, struct namespace *ns);

/* Changes a namespace's state as a whole: it and other, which is in no table, change
 * places. Everything that is no change of instances in a store goes through here.
 * Takes ns's lock. False when that cannot be kept (keeping.h, namespace_unkept says
 * why); then ns becomes what is kept of it. */
bool namespace_swap(struct world *w, struct namespace *ns, struct namespace *other);

/* As namespace_reset; and when it is kept, nothing of it, not even its name, is. */
bool namespace_forget(struct world *w, struct namespace *ns);

/* Back to the seed: instances, sequences, scenarios, counts and clock. False when
 * memory ran out, or as namespace_swap. Takes its lock. */
bool namespace_reset(struct world *w, struct namespace *ns);

/* These want the namespace's lock to be held. ---- */

/* As namespace_copy, of one whose state is up to date. */
struct namespace *namespace_copy_held(struct world *w, const struct namespace *from);

/* As namespace_swap, but a change like any other: it is settled, or abandoned, with
 * what else the caller does. */
void namespace_become(struct world *w, struct namespace *ns, struct namespace *other);

/* The same where other is a copy of ns but for what namespace_imports was told of
 * (keeping.h): that alone is to be kept anew. */
void namespace_take(struct world *w, struct namespace *ns, struct namespace *other);

/* Starts a scenario; own as in running_new. False when there are too many. */
bool namespace_start(struct namespace *ns, const struct scenario *s, struct arena *own);

/* Stops every running scenario of that name; how many there were. "" stops all. */
size_t namespace_stop(struct namespace *ns, const char *name);

/* Sets the clock's offset; false when that leads out of the years 1 to 9998. */
bool namespace_clock_move(const struct world *w, struct namespace *ns, int64_t offset);

/* ---- This one does not. */

clock_ms namespace_now(const struct world *w, const struct namespace *ns);

#endif

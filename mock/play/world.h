/* world.h — everything that is served, and the namespaces that its calls live in.
 *
 * The world is made at load and then only read. What changes while it runs belongs to a
 * namespace: instances, sequences, running scenarios, the clock's offset and the counts
 * of calls. Each has its own lock; two test runs never see each other. */
#ifndef PLAY_WORLD_H
#define PLAY_WORLD_H

#include "api/place.h"
#include "play/behaviour.h"
#include "play/scenario.h"

#include <pthread.h>

struct idempotency;

struct namespace
{
    size_t index; /* in order of making, below LIMIT_NAMESPACES */
    char name[LIMIT_NAMESPACE_NAME + 1];
    pthread_mutex_t lock;  /* over everything below */
    struct store **stores; /* one for each API */
    uint64_t *calls;       /* one for each operation, counted through */
    int64_t clock_offset;  /* milliseconds */
    struct running *running[LIMIT_FAULTS];
    size_t running_count;
    struct idempotency *idempotency; /* what calls with a key were answered */
    uint64_t faults_made; /* for the names of faults that were started by hand */
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

/* Letters, digits, '-', '_' and '.', 1 to LIMIT_NAMESPACE_NAME of them. */
bool namespace_name_valid(struct str name);

/* The namespace of that name, made from the seed on first use; lives as long as the
 * world. "" is the default one. NULL when there are LIMIT_NAMESPACES already or memory
 * ran out. Takes no namespace's lock. */
struct namespace *world_namespace(struct world *w, struct str name);

/* How many there are, and the one at index (in order of their making). */
size_t world_namespace_count(struct world *w);
struct namespace *world_namespace_at(struct world *w, size_t index);

/* These want the namespace's lock to be held. ---- */

/* Back to the seed: instances, sequences, scenarios, counts and clock. False when
 * memory ran out; then nothing has changed. */
bool namespace_reset(struct world *w, struct namespace *ns);

/* Starts a scenario; own as in running_new. False when there are too many. */
bool namespace_start(struct namespace *ns, const struct scenario *s, struct arena *own);

/* Stops every running scenario of that name; how many there were. "" stops all. */
size_t namespace_stop(struct namespace *ns, const char *name);

clock_ms namespace_now(const struct world *w, const struct namespace *ns);

/* The scenario of that name, or NULL. */
const struct scenario *world_scenario(const struct world *w, const char *name);

#endif

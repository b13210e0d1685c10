/* behaviour.h — how one API remembers: its collections, its operations' steps, its
 * words.
 *
 * Read from a folder (behaviour.yaml and the seeds beside it), checked against the spec
 * at load: an unknown operation, a property that the schema does not have, a seed that
 * breaks its schema is an error with its place. An API without such a folder has an
 * empty behaviour. */
#ifndef PLAY_BEHAVIOUR_H
#define PLAY_BEHAVIOUR_H

#include "api/security.h"
#include "play/answer.h"
#include "play/expression.h"
#include "play/wording.h"

struct inference;
struct record_behaviour;
struct script;

struct behaviour {
    const struct api *api;
    struct store_plan plan;
    const char **sequences;
    struct timestamps format;
    struct wordings wordings;
    struct guard guard;                /* whose keys behaviour_done frees */
    const struct script **scripts;     /* one per operation; NULL where it has none */
    struct store *seed;                /* what a new namespace starts with */
    const struct inference *inference; /* NULL: nothing was to be inferred */
    const struct operation **reads;    /* one per operation: GET of its path, or NULL */
};

/* folder need not exist. Everything but the seed and the keys is borrowed from arena;
 * behaviour_done frees those. NULL when err got an error. now stamps what the seeds
 * leave out. */
struct behaviour *behaviour_load(const struct api *api, const char *folder,
                                 clock_ms now, struct arena *arena, struct err *err);

/* The same in two halves, of which the first needs no API: what the file in folder
 * says, borrowed from arena; NULL when there is none, or err got an error. */
struct record_behaviour *behaviour_record(const char *folder, struct arena *arena,
                                          struct err *err);
struct behaviour *behaviour_of(const struct api *api, const char *folder,
                               const struct record_behaviour *record, clock_ms now,
                               struct arena *arena, struct err *err);

void behaviour_done(struct behaviour *b);

/* Runs an operation's steps as one transaction on s->store: all of it happens or none.
 * What happened can still be taken back: the store is left marked, and the caller calls
 * store_keep or store_undo (namespace_settle in keeping.h does). False when the
 * operation has no script or none of its steps answered; *a is then as it was, and
 * nothing has changed. */
bool behaviour_run(const struct behaviour *b, struct scope *s, struct answer *a);

/* The same, and then everything is as it was: only the answer is of interest. */
bool behaviour_peek(const struct behaviour *b, struct scope *s, struct answer *a);

/* Whether an operation remembers; whether it speaks of one instance, not of a list; and
 * whether its steps look at If-Match and its like by themselves. */
bool behaviour_knows(const struct behaviour *b, const struct operation *op);
bool behaviour_is_single(const struct behaviour *b, const struct operation *op);
bool behaviour_has_conditions(const struct behaviour *b, const struct operation *op);

#endif

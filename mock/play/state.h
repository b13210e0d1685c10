/* state.h — instances changed by hand, from outside of any operation.
 *
 * What is put is stored as it is given: nothing is stamped, drawn or filled in. It has
 * to fit as a seed does: what a client would see of it fits its schema, its unique
 * values are its own, and its references lead somewhere (an alias becomes the key).
 *
 * An instance may be stored broken on purpose. It carries the member STORE_BROKEN then,
 * which no client sees and every store, snapshot and export keeps, so that an answer
 * that it breaks is known to be meant (see play/run.c and serve/handle.c).
 *
 * All of it wants the namespace's lock, and is one change of the store (store_mark to
 * store_keep): it happens whole or not at all. An arena that comes to its limit goes
 * to its guard, which calls store_abandon. */
#ifndef PLAY_STATE_H
#define PLAY_STATE_H

#include "play/world.h"

struct posting;

/* One collection of one API in one namespace. */
struct shelf_of {
    const struct world *w;
    size_t api, collection;
    clock_ms now; /* of the namespace */
    struct store *store;
};

/* The collection of that name; false when there is none. */
bool state_find(const struct world *w, struct namespace *ns, struct str api,
                struct str collection, struct shelf_of *shelf);

/* The slot of the instance whose key (a text, or a number as it is written) or alias is
 * text; false when there is none. */
bool state_slot(const struct shelf_of *s, const char *text, struct arena *arena,
                size_t *slot);

/* The key as a value of the type that the collection's keys have. */
cJSON *state_key(const struct shelf_of *s, const char *text, struct arena *arena);

/* What is due by now happens, as it would before the next call: begins the change, if
 * there is anything. */
void state_due(const struct world *w, struct namespace *ns, struct arena *arena);

/* What webhooks tell of the changes since they were begun, by hand or because
 * something was due (play/callback.h); NULL when that is nothing. Before they are
 * kept. What was put counts though its version is as it was. */
struct posting *state_tell(const struct world *w, struct namespace *ns, bool put,
                           struct arena *arena);

enum state_answer {
    STATE_MADE,
    STATE_REPLACED,
    STATE_BROKEN, /* the schema or a reference; errors says how */
    STATE_TAKEN,  /* the key or a unique value; errors says which */
    STATE_FULL    /* LIMIT_INSTANCES or memory */
};

/* Puts tree, an object with a key, in the place of the instance of that key, or adds
 * it; aliases in it become keys. force stores it even when it is STATE_BROKEN, marked.
 * errors, an array, gets every mistake with prefix before its pointer. *stored is the
 * instance, borrowed from the store. */
enum state_answer state_put(const struct shelf_of *s, cJSON *tree, bool force,
                            const char *prefix, struct arena *arena, cJSON *errors,
                            const cJSON **stored);

/* Takes out what is at slot, with all that the behaviour lets follow. False, and errors
 * says which, when other instances refer to it and would go on doing so; force takes
 * it out, and nothing else, all the same. */
bool state_remove(const struct shelf_of *s, size_t slot, bool force,
                  struct arena *arena, cJSON *errors);

/* What is wrong with the instance at slot, its schema and its references, is added to
 * errors; whether nothing is. */
bool state_check(const struct shelf_of *s, size_t slot, const char *prefix,
                 struct arena *arena, cJSON *errors);

/* Makes tree ready to be stored: the mark of a broken one goes, aliases in references
 * become keys, and a transition begins to wait. */
void state_prepare(const struct shelf_of *s, cJSON *tree, struct arena *arena);

/* What of tree is another instance's already is added to errors. own is tree's slot,
 * SIZE_MAX for none. */
void state_tell_taken(const struct shelf_of *s, const cJSON *tree, size_t own,
                      const char *prefix, struct arena *arena, cJSON *errors);

#endif

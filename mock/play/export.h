/* export.h — a namespace's instances as JSON text, and back again.
 *
 *     { "clock_offset_ms": 0,
 *       "apis": { "serial": { "collections": { "links": [ {…}, … ] },
 *                             "sequences": { "issue": 7 } } } }
 *
 * Instances stand as they are stored: hidden members too, references as keys, in the
 * order in which they were made. Scenarios, counts of calls and the journal are no part
 * of it. */
#ifndef PLAY_EXPORT_H
#define PLAY_EXPORT_H

#include "play/world.h"

/* Appends all of it; b->full when it does not fit. ns's lock is held, or nobody changes
 * ns: it takes a while, so a copy is what to give. */
void namespace_export(const struct world *w, const struct namespace *ns,
                      struct buffer *b);

/* A namespace as tree says, where it says nothing as ns is. Every instance is checked
 * as state_put does (state.h), and errors gets every mistake with its place in tree;
 * force takes what breaks only schemas and references. Owned by the caller, who calls
 * namespace_drop; NULL when errors got one that counts, or with no error when memory
 * ran out. ns's lock is held, or nobody changes ns. */
struct namespace *namespace_import(struct world *w, const struct namespace *ns,
                                   const cJSON *tree, bool force, struct arena *arena,
                                   cJSON *errors);

/* That takes seconds when there are many instances. So it is made of a copy, base,
 * while ns answers calls; then ns, whose lock is held, becomes what tree says, and
 * keeps what calls have changed elsewhere. False when nothing was done: something has
 * changed that made may refer to. */
bool namespace_import_into(struct world *w, struct namespace *ns,
                           const struct namespace *base, const struct namespace *made,
                           const cJSON *tree);

#endif

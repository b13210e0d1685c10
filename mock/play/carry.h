/* carry.h — from one world into the next, when files were read anew.
 *
 * What calls have changed stays. A collection goes over when the new behaviour has one
 * of the same API, name and key; each of its instances then has to fit as it did
 * before: to its schema, and beside the others' unique values. A collection that no
 * call has changed starts from its new seed, as does one that is new; seeds are never
 * added to what was changed. A sequence goes on, a count of calls belongs to an
 * operationId, a scenario that runs goes on under its name, and a fault that was made
 * by hand is read anew. Whatever cannot go over is told. */
#ifndef PLAY_CARRY_H
#define PLAY_CARRY_H

#include "play/world.h"

/* Gives all namespaces of `from` to `to`, which is loaded but not opened; from is left
 * to world_close. What is lost is a warning in err, with the place in the documents
 * that says why. False when memory ran out: then nothing has changed. Nobody may use
 * either world meanwhile. */
bool world_carry(struct world *to, struct world *from, struct err *err);

#endif

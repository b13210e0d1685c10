/* seed.h — the instances that an API starts with; for behaviour.c only. */
#ifndef PLAY_SEED_H
#define PLAY_SEED_H

#include "play/script.h"

/* Reads the seeds that a behaviour's record names, in the same folder, into b->seed.
 * Every key has to lead somewhere, and what a client would see has to fit its schema;
 * err gets what does not, with its place. now stamps what the seeds leave out; file is
 * the record's. The arena's guard is called when there is no memory for what is read.
 */
void seed_load(struct behaviour *b, const struct record_behaviour *record,
               const char *folder, const char *file, clock_ms now, struct arena *arena,
               struct err *err);

#endif

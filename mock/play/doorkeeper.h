/* doorkeeper.h — who a fixture lets in: its tokens and keys, read for api/security. */
#ifndef PLAY_DOORKEEPER_H
#define PLAY_DOORKEEPER_H

#include "api/security.h"
#include "play/fixture.h"

/* Fills *guard from a behaviour's `tokens` and `keys`; every mistake goes to err. A
 * scheme whose scopes nobody can judge is a warning. file is what the record was read
 * from, folder where its keys are. Texts are borrowed from record and arena; guard_done
 * frees the keys. */
void guard_read(struct guard *guard, const struct api *api,
                const struct record_behaviour *record, const char *folder,
                const char *file, struct arena *arena, struct err *err);
void guard_done(struct guard *guard);

#endif

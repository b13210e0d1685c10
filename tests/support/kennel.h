/* kennel.h — the pets of tests/data/kennel in a folder of one's own, where they may be
 * changed: specs/pets.yaml and fixtures/pets. */
#ifndef SUPPORT_KENNEL_H
#define SUPPORT_KENNEL_H

#include "base/arena.h"

/* Copies them; the working folder is the repository's. */
void kennel_put(const char *folder, struct arena *arena);

/* Replaces the first `from` in a file, or the test fails; "" puts `to` in front. */
void kennel_edit(const char *folder, const char *name, const char *from, const char *to,
                 struct arena *arena);

#endif

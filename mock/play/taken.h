/* taken.h — which instance has a unique value already.
 *
 * The store refuses an instance whose key, alias or unique values are another's, in one
 * look at its indexes. Who wants to tell which ones asks here, afterwards. */
#ifndef PLAY_TAKEN_H
#define PLAY_TAKEN_H

#include "play/store.h"

/* A clash: the index whose values another instance has, and where that one is. */
struct taken {
    const struct store_index *index;
    size_t slot;
};

/* The first clash of tree, which is at `own` (SIZE_MAX: nowhere yet), with an index
 * from number *next on; *next is then behind it. False when there is none. */
bool taken_next(const struct store *s, const struct store_collection *plan, size_t c,
                const cJSON *tree, size_t own, size_t *next, struct arena *arena,
                struct taken *out);

/* The first clash as a sentence, for people; members that are hidden are left out.
 * Borrowed from arena. */
const char *taken_text(const struct store *s, const struct store_collection *plan,
                       size_t c, const cJSON *tree, size_t own, struct arena *arena);

#endif

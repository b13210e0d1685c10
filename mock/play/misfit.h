/* misfit.h — instances that a document or a behaviour no longer lets in; for what
 * brings stored instances into a world that was loaded anew. */
#ifndef PLAY_MISFIT_H
#define PLAY_MISFIT_H

#include "play/behaviour.h"

/* What one collection has lost; the first is told, the others are counted. */
struct misfits {
    size_t had, gone;
    const char *first, *why;
    struct where where;
};

/* Counts one; its key, why and where are copied into arena if it is the first. */
void misfit_note(struct misfits *m, const char *key, const char *why,
                 struct where where, struct arena *arena);

/* The key of an instance, for a sentence. */
const char *misfit_key(const struct store_collection *plan, const cJSON *tree);

/* A collection as it was. */
struct former {
    const struct behaviour *behaviour;
    const struct store *store;
    size_t collection;
};

/* Takes out of a collection what a client may not see so, by the same question that is
 * asked of a seed; with `was`, not what did not fit there either. How many there were.
 * scratch is reset for each. */
size_t misfits_take_out(struct misfits *m, const struct behaviour *b, struct store *s,
                        size_t collection, const struct former *was,
                        struct arena *arena, struct arena *scratch);

#endif

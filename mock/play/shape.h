/* shape.h — bringing a value as near to a schema as it has to be.
 *
 * What an instance holds and what a document wants to be answered are rarely the same
 * to the letter: an answer has members that nobody gave, or knows fewer than there are.
 * Work is bounded; the same value gives the same outcome. */
#ifndef PLAY_SHAPE_H
#define PLAY_SHAPE_H

#include "schema/sample.h"

/* tree, changed until it fits as an answer: members that the schema does not have are
 * left out, required ones that are missing come from spare (what was there before; may
 * be NULL) or else from a sample, and what is wrong gives way to a sample. null stands
 * for nothing: it goes where it does not fit. NULL when no way was found. */
cJSON *shape_fit(const struct schema *schema, cJSON *tree, const cJSON *spare,
                 struct chance *chance, struct arena *arena);

#endif

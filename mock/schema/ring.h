/* ring.h — schemas that lead back to themselves; for compile.c only. */
#ifndef SCHEMA_RING_H
#define SCHEMA_RING_H

#include "schema/plan.h"

/* Sets `ring` in each of the count schemas that can be reached from itself through
 * references and compositions alone, without a step into the value. list[i]->number is
 * i, and holds every schema that another one leads to. arena is for what is noted on
 * the way. */
void rings_mark(struct schema *const *list, size_t count, struct arena *arena);

#endif

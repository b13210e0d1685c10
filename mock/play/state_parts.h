/* state_parts.h — for state.c and state_check.c only. */
#ifndef PLAY_STATE_PARTS_H
#define PLAY_STATE_PARTS_H

#include "play/state.h"

static inline const struct behaviour *state_behaviour(const struct shelf_of *s)
{
    return s->w->behaviours[s->api];
}

static inline const struct store_collection *state_plan(const struct shelf_of *s)
{
    return &state_behaviour(s)->plan.collections[s->collection];
}

/* A value as a sentence shows it. */
const char *state_shown(const cJSON *value, struct arena *arena);

/* The key of what is at slot, in the same way. */
const char *state_key_at(const struct shelf_of *s, size_t slot, struct arena *arena);

#endif

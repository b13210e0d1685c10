/* verbs.h — lists that a change speaks of by verbs.
 *
 * Where an instance has a list, many APIs take an object in its place when it is
 * changed: { "set": […] } is the whole list, { "add": […], "remove": […] } what comes
 * and goes. */
#ifndef PLAY_VERBS_H
#define PLAY_VERBS_H

#include "doc/json.h"
#include "schema/schema.h"

/* patch, a merge patch of old (RFC 7396), with such objects turned into the lists that
 * they ask for, wherever schema has a list; patch itself when there are none. What is
 * on the list already, by its id or by being equal, stays as it is. From arena. */
const cJSON *verbs_spelt_out(const struct schema *schema, const cJSON *old,
                             const cJSON *patch, struct arena *arena);

#endif

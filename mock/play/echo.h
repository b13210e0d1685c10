/* echo.h — a made answer that says back what it was asked.
 *
 * A sample of a pet for GET /pets/7 should have the id 7, and the answer to a POST the
 * name that was posted. Members of the sample take the value of the input of the same
 * name: a path value first, then a member of the body, then a query value. The last
 * path value also goes to `id` when it is named for one (pet_id, petId). Where the
 * sample wraps one object, such as { "pet": {…} }, that is where it is looked. Nothing
 * is added, and a value that the schema does not take is left as it was. */
#ifndef PLAY_ECHO_H
#define PLAY_ECHO_H

#include "api/api.h"

/* value, which goes that way, changed in place. schema may be NULL: then everything is
 * taken. */
cJSON *echo_input(cJSON *value, const struct schema *schema, enum direction direction,
                  const struct operation *op, const cJSON *input, struct arena *arena);

/* Whether a name is one for ids: "pet_id", "petId", "pet-id". */
bool echo_names_id(const char *name);

#endif

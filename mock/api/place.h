/* place.h — file:line:col of a pointer into an API's document, found once.
 *
 * Finding a place reads the file anew, so each is remembered: clients tend to break the
 * same rule again and again. Safe from many threads. */
#ifndef API_PLACE_H
#define API_PLACE_H

#include "api/api.h"

struct places;

/* Owned by the caller, who calls places_free. */
struct places *places_new(void);
void places_free(struct places *p);

/* "specs/pets.yaml:41:7", or "specs/pets.yaml#/paths" when the place cannot be found;
 * lives as long as p. NULL once p's memory has run out. scratch is the caller's. */
const char *places_text(struct places *p, struct where at, struct arena *scratch);

#endif

/* astray.h — the path that was likely meant by one that leads nowhere.
 *
 * People forget the base path of the document's server, or write one for another; they
 * leave a slash at the end; and they slip. */
#ifndef SERVE_ASTRAY_H
#define SERVE_ASTRAY_H

#include "play/world.h"

/* "/v1/pets/7" for "/pets/7", "/v1/pets/7/" or "/v1/pet/7"; NULL when nothing is near.
 * path is percent-encoded, as it was sent. Borrowed from arena. */
const char *astray_path(const struct cast *cast, struct str path, struct arena *arena);

#endif

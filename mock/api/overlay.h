/* overlay.h — OpenAPI Overlays: changes to a document that somebody else keeps.
 *
 * Follows the Overlay Specification 1.0.0 and 1.1.0: a list of actions, each with a
 * target (JSONPath) and what is to become of what it selects: an update, a copy from
 * elsewhere in the document (1.1), or its removal. Read once, and then applied to trees
 * that were just read; nothing in a changed tree is shared with the overlay's own. */
#ifndef API_OVERLAY_H
#define API_OVERLAY_H

#include "api/origin.h"

struct overlay;

/* Reads an overlay in JSON or YAML. Everything is borrowed from arena; NULL when err
 * got an error. Members that the specification does not know are warned of. */
struct overlay *overlay_read(const char *file, struct arena *arena, struct err *err);

/* Whether `extends` names the document at path: the same file, or, where it is a URI
 * of another kind, a file of that name. False without `extends`. */
bool overlay_names(const struct overlay *o, const char *path, struct arena *arena);

/* Changes root, which was read from file, and remembers in origins what came from
 * where. New nodes are borrowed from arena. False when err got an error: root is then
 * changed in part. An action that changes nothing is a warning, and so is an `extends`
 * that names another document. */
bool overlay_apply(const struct overlay *o, cJSON *root, const char *file,
                   struct origins *origins, struct arena *arena, struct err *err);

#endif

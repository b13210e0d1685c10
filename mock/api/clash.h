/* clash.h — paths that two APIs have, so that a call cannot be told apart by its path
 * alone. Templates are compared by their shape: /pets/{id} is /pets/{name}. */
#ifndef API_CLASH_H
#define API_CLASH_H

#include "api/api.h"

struct clash {
    const struct api *one, *other; /* in the order in which they are served */
    const char *path;              /* the first such path, with its base */
    size_t count;                  /* how many there are */
};

/* One entry for each pair of APIs, borrowed from arena; *count of them. */
const struct clash *clashes_find(const struct api *const *apis, size_t api_count,
                                 struct arena *arena, size_t *count);

/* "pets and shop both have /things and 2 more paths; …", borrowed from arena. */
const char *clash_text(const struct clash *c, struct arena *arena);

#endif

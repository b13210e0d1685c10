/* admin.h — what tests and people may ask of the mock itself, under /__admin.
 *
 * The API is described by its own OpenAPI document, admin.yaml, which is part of the
 * program: paths are found by it, and calls and our own answers are checked against it,
 * as those of any API that is served. */
#ifndef SERVE_ADMIN_H
#define SERVE_ADMIN_H

#include "play/answer.h"
#include "serve/handle.h"

struct admin;

/* Read once. Owned by the caller, who calls admin_free. Ends the program when the
 * document is broken, which no user can mend. */
const struct admin *admin_new(void);
void admin_free(const struct admin *a);

/* path is what stands behind "/__admin". */
void admin_handle(struct service *service, struct namespace *ns,
                  const struct request *r, struct str path, struct arena *arena,
                  struct answer *a);

#endif

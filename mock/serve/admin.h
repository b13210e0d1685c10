/* admin.h — what tests and people may ask of the mock itself, under /__admin. */
#ifndef SERVE_ADMIN_H
#define SERVE_ADMIN_H

#include "play/answer.h"
#include "serve/handle.h"

/* path is what stands behind "/__admin". */
void admin_handle(struct service *service, struct namespace *ns,
                  const struct request *r, struct str path, struct arena *arena,
                  struct answer *a);

#endif

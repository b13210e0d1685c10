/* stage.h — the mock as `understudy serve` would start it, without a socket. */
#ifndef SUPPORT_STAGE_H
#define SUPPORT_STAGE_H

#include "command/load.h"
#include "serve/handle.h"

struct stage {
    struct options options;
    struct loaded loaded;
    struct service service;
};

/* words is what stands behind "understudy" on the command line. False, with the reasons
 * in *why (borrowed from arena), when it would not have started. Either way the caller
 * calls stage_done. */
bool stage_open(struct stage *s, char **words, int count, struct arena *arena,
                const char **why);
void stage_done(struct stage *s);

/* What the server does around handle(): a body over --max-body is not passed on, and
 * the arena of the call is gone afterwards. d is borrowed from arena. */
void stage_send(struct stage *s, struct request *r, struct arena *arena,
                struct delivery *d);

/* A POST of JSON to this machine's port 4010: Content-Type stands first, then Host. */
struct request post_of(const char *path, struct str body);

#endif

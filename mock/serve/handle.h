/* handle.h — the recipe for one call, which touches no socket.
 *
 * route → security → parameters and body → check → the voices → our own answer checked
 * → journal. Nearly every test runs through here. */
#ifndef SERVE_HANDLE_H
#define SERVE_HANDLE_H

#include "api/call.h"
#include "contract/journal.h"
#include "play/world.h"

struct callbacks;

struct service {
    struct world *world;
    struct gate *gate; /* whoever gives it another world closes this */
    struct journal *journal;
    struct callbacks *callbacks; /* NULL: none are fired */
    const struct admin *admin;   /* the admin API; NULL: there is none */
    const char *admin_token;     /* NULL: none is needed */
    bool admin_off;              /* not on loopback and no token: /__admin is closed */
    bool cors;                   /* pages of other origins may call */
    bool quiet;                  /* no line on standard error for a broken answer */
};

/* With LIMIT_NAMESPACES: why no call can have another namespace, and what to do. */
#define NAMESPACES_FULL                                                  \
    "there are %d namespaces already, and each was used lately; DELETE " \
    "/__admin/namespaces/NAME makes room, as does a shorter --namespace-idle"

/* context is a struct service. As server_options.handle wants it. */
void handle(void *context, const struct request *r, struct arena *arena,
            struct delivery *d);

/* What the server calls around it, so that all of a call sees one world: through the
 * service's gate and out again. */
void service_enter(void *context);
void service_leave(void *context);

#endif

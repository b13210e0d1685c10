/* choose.h — which API and which operation a call means.
 *
 * The Host field decides where it is a server's of one of the documents; then the name
 * of an API as the path's first segment; else the one API that has the path. */
#ifndef SERVE_CHOOSE_H
#define SERVE_CHOOSE_H

#include "play/play.h"

/* Fills c->api and c->route, for the path without its namespace. Without an operation
 * the call is refused: 404, or 405 where the path is known. */
void call_choose(struct call *c, struct str path);

#endif

/* cors.h — what a browser asks before it lets a page call the mock (the Fetch standard,
 * 3.3), on --cors only.
 *
 * Every origin may call, with credentials: the origin is sent back as it came, since
 * "*" allows none. The admin API stays closed to pages of other origins. */
#ifndef SERVE_CORS_H
#define SERVE_CORS_H

#include "api/call.h"

/* Whether the request is a preflight: OPTIONS with Origin and
 * Access-Control-Request-Method. */
bool cors_is_preflight(const struct request *r);

/* Answers a preflight. allow is the list of the path's methods, or "". The method that
 * was asked for is always let through, so that the page hears why it is refused. */
void cors_preflight(const struct request *r, const char *allow, struct arena *arena,
                    struct response *to);

/* Adds to the answer of a call what lets the page that sent it read it; nothing for a
 * call without Origin. */
void cors_allow(const struct request *r, struct arena *arena, struct response *to);

#endif

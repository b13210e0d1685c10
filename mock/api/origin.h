/* origin.h — where the parts of a document were written that an overlay brought or
 * moved.
 *
 * A tree carries no positions: a place in it is a file and a pointer. What comes from
 * an overlay stands in another file, and what is behind an item that was taken out of
 * an array stands at another index than before. Such nodes are remembered here, so that
 * an error about them still names the line that somebody wrote. */
#ifndef API_ORIGIN_H
#define API_ORIGIN_H

#include "base/error.h"
#include "doc/json.h"

struct origins;

/* All of root stands in file, at its own pointers. All is borrowed; so is the answer,
 * from arena. */
struct origins *origins_new(const char *file, const cJSON *root, struct arena *arena);

/* node and what is below it stands at a pointer (copied) of a file (borrowed). */
void origins_put(struct origins *o, const cJSON *node, const char *file,
                 const char *pointer);

/* Whether the node itself was put. */
bool origins_has(const struct origins *o, const cJSON *node);

/* Where that was written which now is at pointer in the tree; borrowed from arena and
 * o. Where nothing is there, behind the deepest that is. */
struct where origins_where(const struct origins *o, const char *pointer,
                           struct arena *arena);

/* Puts right the problems that are told of a pointer into root. */
void origins_settle(const struct origins *o, struct err *err);

#endif

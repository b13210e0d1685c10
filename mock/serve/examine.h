/* examine.h — what a call's operation says of it: who is calling, parameters and body
 * as one tree, and that tree held against the document.
 *
 * Who is calling is asked before anything is told of the rest. */
#ifndef SERVE_EXAMINE_H
#define SERVE_EXAMINE_H

#include "play/play.h"

/* For a call that has an operation. Fills c->input, c->body, findings and warnings, and
 * refuses the call where it breaks the contract. */
void call_examine(struct call *c);

#endif

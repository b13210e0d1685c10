/* worded.h — the operation's own answer to a call that is refused, filled with why.
 *
 * The fixture has no words for it, so the declared reply is: its example or a sample of
 * its schema, in which the members that errors have everywhere (detail, message, title,
 * status, errors, …) get what is to be said, one entry for each finding where there is
 * a list. Each is set only if the schema still holds. */
#ifndef PLAY_WORDED_H
#define PLAY_WORDED_H

#include "play/play.h"

/* Fills c->answer from the reply that the operation declares for status. False when it
 * declares none that can be written; *listed says whether every finding found a place.
 */
bool worded_refusal(struct call *c, int status, bool *listed);

/* The same for an error that a step, a fault or a limit has asked for without words:
 * the declared reply takes the place of the bare problem, whose detail it tells.
 * Nothing happens to other answers. */
void worded_error(struct call *c, bool *listed);

#endif

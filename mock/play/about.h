/* about.h — a made message that speaks of what a call was about.
 *
 * A document says what its callbacks look like, and a call has made, changed or taken
 * out an instance, or has answered with one. Where the schema of such a message, or of
 * an object in it, is that of the instance, or is called as one of its collection is
 * ({"pet": …} for pets), the instance is told there. */
#ifndef PLAY_ABOUT_H
#define PLAY_ABOUT_H

#include "play/answer.h"

/* value, a sample of schema, changed in place: objects of it become what a's answer is
 * about. reply is the schema of a->body, or NULL. Nothing is put where it fits neither
 * as what is sent nor as what is answered. */
void about_put(cJSON *value, const struct schema *schema, const struct answer *a,
               const struct schema *reply, struct arena *arena);

#endif

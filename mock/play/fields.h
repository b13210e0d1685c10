/* fields.h — the header fields of an answer that the document speaks of.
 *
 * Declared response headers are filled from their examples, else from their schemas:
 * all of them when the answer is the document's, the required ones when it is a
 * behaviour's or a refusal; nothing that was said already is said otherwise. 201 has a
 * Location when a path below the operation's own takes an id and the body has it. A
 * deprecated operation says so (RFC 9745). */
#ifndef PLAY_FIELDS_H
#define PLAY_FIELDS_H

#include "play/play.h"

/* c->answer is ready but for its fields; c->route has an operation. */
void fields_fill(struct call *c);

/* A value as the text of a field; {NULL, 0} when it is none that can be sent (RFC 9110,
 * 5.5). */
struct str field_text(const struct field *f, const cJSON *value, struct arena *arena);

#endif

/* validator.h — ETag and Last-Modified of what is answered (RFC 9110, 8.8).
 *
 * An answer that is one instance has a strong entity tag, made from the bytes that are
 * sent and their type, so that whatever shows in them counts. Last-Modified is known
 * where the instance is sent whole, nothing of another stands in it, and its collection
 * stamps the time of change. */
#ifndef PLAY_VALIDATOR_H
#define PLAY_VALIDATOR_H

#include "api/condition.h"
#include "play/play.h"

struct record_step;

/* At load: fills b->reads, for each operation the GET of its path, or NULL. */
void validator_targets(struct behaviour *b, struct arena *arena);

/* At load: whether the steps look at a conditional field by themselves. */
bool validator_own(const struct record_step *steps, unsigned count);

/* At load: the name whose value is a body template's whole, or its one member's; NULL
 * when there is more to it. Borrowed from arena. */
const char *validator_whole(const char *body, struct arena *arena);

/* When the instance that a name is bound to was changed, into a->dated and modified. */
void validator_stamp(const struct behaviour *b, struct scope *s, const char *name,
                     struct answer *a);

/* What GET of this call's target would answer now, and its validators; nothing is
 * changed by asking. v->exists is false when that is no 2xx. The namespace's lock is
 * held. */
void validator_peek(struct call *c, struct answer *a, struct validators *v);

/* Whether the call itself would be answered with 404 or 410 now. As validator_peek. */
bool validator_absent(struct call *c);

/* Those of the call's own answer, whose bytes are in c->bytes. */
void validator_of(struct call *c, struct validators *v);

/* Finds out whether an answer to a change is what GET would answer now, where nothing
 * at load has said so. The namespace's lock is held. */
void validator_compare(struct call *c);

#endif

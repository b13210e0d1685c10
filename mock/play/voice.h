/* voice.h — the voices of a call, one file each, and what they share; for play.c's
 * family only. Each fills c->answer and says true, or says false and leaves it to the
 * next one. The namespace's lock is held. */
#ifndef PLAY_VOICE_H
#define PLAY_VOICE_H

#include "play/play.h"

bool say_refusal(struct call *c);      /* refusal.c */
bool say_preference(struct call *c);   /* preference.c */
bool say_replay(struct call *c);       /* replay.c: what a key's first call was told */
bool say_precondition(struct call *c); /* precondition.c: 412 and 428 */
bool say_declared(struct call *c);     /* reply.c: an example, else a sample */

/* What a reply describes, as the client's Accept wants it: the example of that name,
 * else (with an empty name and dynamic unset) any example, else a sample. False when
 * there is no example of that name. */
bool reply_answer(struct call *c, const struct reply *reply, int status,
                  struct str example, bool dynamic);

/* The error that a plan means, in the API's words. */
void speak(struct call *c, const struct error_plan *plan, int status,
           const char *detail, const char *voice);

/* A refusal of that name in the fixture's words, else as the operation declares that
 * status, else as a problem. Always true, so that a voice can end in it. */
bool speak_refusal(struct call *c, const char *name, int status, const char *detail);

/* Binds $limit; limit is left out when 0. */
void bind_limit(struct call *c, int64_t retry_after, int64_t limit);

/* Keeps the answer under the call's key, if it has one. */
void replay_keep(struct call *c);

/* replay.c: the call is taken back, and with it what replay_keep did. */
void replay_forget(struct call *c);

/* settle.c: c->answer is checked and becomes c->bytes. */
void settle(struct call *c);

const struct wordings *wordings_of(const struct call *c);

#endif

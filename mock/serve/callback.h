/* callback.h — what calls cause to be called: the callbacks of their operations, and
 * what a behaviour's webhooks tell of them; each receiver in order, one after the
 * other.
 *
 * What is to be sent is made while the call is handled and copied, so that nothing of
 * the call has to stay. It is queued once the answer is on the wire, and threads of its
 * own fire it: to one receiver in the order of the calls, each bounded in time, to
 * LIMIT_CALLBACK_THREADS receivers at once, so that one which is slow holds up no
 * other. What became of it is added to the journal entry of the call that caused it.
 *
 * A webhook's message that got no 2xx may be tried again after a while, by the
 * namespace's clock, as everything else that takes time is: whoever moves the clock
 * need not wait. It is forgotten when the namespace is reset or deleted, or its journal
 * cleared. */
#ifndef SERVE_CALLBACK_H
#define SERVE_CALLBACK_H

#include "play/play.h"
#include "serve/handle.h"
#include "serve/outgoing.h"

struct callbacks;

struct callbacks_options {
    struct service *service;       /* borrowed; its world may change behind its gate */
    struct outgoing_options reach; /* `stop` is not looked at */
    bool quiet;                    /* not a word on standard error */
};

/* Starts the first thread. Owned by the caller, who calls callbacks_free once the
 * server has stopped. NULL when memory or threads ran out. */
struct callbacks *callbacks_new(const struct callbacks_options *options);

/* Waits for what is queued, LIMIT_CALLBACK_STOP_MS at most; what is left then is not
 * fired, and standard error says how much. NULL is fine. */
void callbacks_free(struct callbacks *c);

/* The callbacks of a call that was answered with 2xx go into d->after. */
void callbacks_prepare(struct callbacks *c, struct call *call, struct journal_ref entry,
                       struct delivery *d);

/* The same for what a change by hand has webhooks tell, a list by `next`, in the
 * namespace of that name. */
void callbacks_tell(struct callbacks *c, const struct posting *list,
                    const char *namespace, struct journal_ref entry,
                    struct delivery *d);

/* To be called, behind the closed gate, before an API that calls were answered from
 * goes: the answers to its callbacks are not looked at any more. NULL is fine. */
void callbacks_forget(struct callbacks *c);

/* A namespace's clock was moved: what waits for it is looked at. NULL is fine. */
void callbacks_look(struct callbacks *c);

/* Waits until nothing is queued or under way, but not for what is to be tried again
 * later; for tests. */
void callbacks_settle(struct callbacks *c);

#endif

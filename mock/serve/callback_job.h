/* callback_job.h — one call that is to be made, on its own; for the files callback*.c
 * only.
 *
 * What it says was made from the arena of the call that caused it and from the API that
 * was loaded then: here all of it is copied into one block. */
#ifndef SERVE_CALLBACK_JOB_H
#define SERVE_CALLBACK_JOB_H

#include "play/callback.h"
#include "serve/handle.h"
#include "serve/outgoing.h"

struct job {
    struct job *next;
    size_t bytes;
    struct journal_ref entry; /* of the call that caused it */
    size_t place;             /* among what that has caused */
    const char *namespace;
    size_t api;
    const struct operation *operation; /* of the load of that number; NULL: none */
    uint64_t load;
    const char *name, *expression, *method, *url, *why;
    const char **lines;
    size_t line_count;
    struct str body;
    unsigned within_ms;
    clock_ms *retries;
    size_t retry_count;
    unsigned attempt; /* the one that is next, from 1 */
    clock_ms due;     /* of a further one, on the namespace's clock */
    bool listens;
    size_t webhook;
    const char *key;
};

/* Owned by the caller, who frees it; NULL when memory ran out. */
struct job *job_new(const struct posting *from, const char *namespace);

/* ---- callback_fire.c ---- */

/* What the threads that fire them share. */
struct firing {
    struct service *service;
    struct outgoing_options reach;
    _Atomic uint64_t load; /* changed while the gate is closed */
};

/* Makes the call, and tells what became of it. Whether that is all: it went well, or is
 * not to be tried again. *outgoing is made when it is NULL; owned by the caller, who
 * calls outgoing_free. */
bool job_fire(struct firing *f, struct outgoing **outgoing, const struct job *job,
              struct arena *arena);

/* Adds an outcome to the entry of the call that caused it. */
void job_tell(struct firing *f, const struct job *job, int status, const char *error,
              struct str findings, uint64_t took_us);

/* The namespace's clock; false when the namespace is gone, or is not the one that it
 * was. */
bool job_now(const struct firing *f, const struct job *job, clock_ms *now);

#endif

/* admin_question.h — one question to the mock itself, and what every answer to one
 * needs; for the admin_*.c files only, each of which answers those of one kind. */
#ifndef SERVE_ADMIN_QUESTION_H
#define SERVE_ADMIN_QUESTION_H

#include "play/answer.h"
#include "play/keeping.h"
#include "serve/handle.h"

struct question {
    struct service *service;
    struct namespace *ns;
    const struct request *request;
    struct arena *arena;
    struct answer *a;
    const struct admin *admin;
    const struct operation *operation;
    struct str values[3];  /* of the path, in the order of the template, decoded */
    enum keep_answer kept; /* what was changed; else it is asked again, or refused */
    cJSON *body;           /* NULL: none, or the operation tells types apart */
};

/* Answers with JSON; body is borrowed. */
void question_reply(struct question *q, int status, cJSON *body);

/* Answers with a problem (RFC 9457). */
void question_problem(struct question *q, int status, const char *detail);

/* A text for an answer; copied. */
cJSON *question_word(struct question *q, const char *text);

/* The same with a list of what is wrong, each as a refusal tells it. */
void question_mistakes(struct question *q, int status, const char *detail,
                       cJSON *errors);

/* A value of the query, decoded; ptr is NULL when there is none. */
struct str question_value(struct question *q, const char *name);

/* ?name or ?name=true. */
bool question_flag(struct question *q, const char *name);

/* A number of the query, or otherwise. */
size_t question_number(struct question *q, const char *name, size_t otherwise);

/* The body; NULL, and a problem, when it is no JSON. */
cJSON *question_json(struct question *q, size_t most_nodes);

/* 404: what was looked for, under which name, the nearest of those that there are, and
 * what lists them. names are texts. */
void question_none(struct question *q, const char *what, struct str name,
                   const cJSON *names, const char *lists);

/* A value of the path as the name of a namespace or snapshot; NULL, and a problem, when
 * it can be none. */
const char *question_name(struct question *q, size_t value);

/* For LOCKED alone. */
void question_abandon(struct question *q);

/* {"serial": {"links": 3}}: how many instances there are. The lock is held. */
cJSON *question_counts(struct question *q);

/* The namespace's lock, with what others have changed; what is changed is kept, and
 * webhooks tell of it once the answer is there (?events=false: they do not). When the
 * arena's limit is reached, what was begun is taken back and the lock given back.
 */
#define LOCKED(q)                           \
    pthread_mutex_lock(&(q)->ns->lock);     \
    if (setjmp(*arena_guard((q)->arena))) { \
        question_abandon(q);                \
        arena_fail((q)->arena);             \
    }                                       \
    question_begin(q)
#define UNLOCKED(q)            \
    question_tell(q);          \
    arena_unguard((q)->arena); \
    question_end(q)

/* For LOCKED and UNLOCKED, and for who has the lock by himself: end gives it back. */
void question_begin(struct question *q);
void question_tell(struct question *q);
void question_end(struct question *q);

/* ---- who answers ---- */

/* admin_fault.c */
void admin_scenarios(struct question *q);
void admin_scenario_start(struct question *q);
void admin_scenario_stop(struct question *q);
void admin_faults(struct question *q);
void admin_fault_start(struct question *q);
void admin_fault_stop(struct question *q);
void admin_faults_stop(struct question *q);

/* admin_namespace.c */
void admin_namespaces(struct question *q);
void admin_namespace(struct question *q);
void admin_namespace_create(struct question *q);
void admin_namespace_put(struct question *q);
void admin_namespace_delete(struct question *q);
void admin_reset(struct question *q);
void admin_clock(struct question *q);
void admin_clock_set(struct question *q);

/* admin_snapshot.c */
void admin_snapshots(struct question *q);
void admin_snapshot(struct question *q);
void admin_snapshot_put(struct question *q);
void admin_snapshot_delete(struct question *q);
void admin_snapshot_restore(struct question *q);
void admin_export(struct question *q);
void admin_import(struct question *q);

/* admin_state.c */
void admin_state(struct question *q);
void admin_collection(struct question *q);
void admin_instance(struct question *q);
void admin_instance_put(struct question *q);
void admin_instance_patch(struct question *q);
void admin_instance_delete(struct question *q);

#endif

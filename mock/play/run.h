/* run.h — one run of a script; for run.c, change.c and page.c only. */
#ifndef PLAY_RUN_H
#define PLAY_RUN_H

#include "play/script.h"

struct run {
    const struct behaviour *b;
    struct scope *s;
    struct answer *a;
    bool answered, failed;
    bool only_reads;
    bool by_hand; /* no step has made the changes, so none has stamped them */
    struct run_read {
        size_t c, slot;
    } * reads; /* what was read and counts its reads */
    size_t read_count, read_room;
};

/* Answers with the error (NULL: a problem with that status and detail). Always false,
 * so that a failing step can end in `return run_fail(...)`. */
bool run_fail(struct run *run, const struct error_plan *plan, int status,
              const char *detail);

/* The same where a step has found nothing: 404, and the detail says what was looked
 * for. */
bool run_miss(struct run *run, const struct step *step);

/* The slots from `from` on whose instances meet the step's conditions. */
size_t *run_matches(struct run *run, const struct step *step, size_t c, size_t from,
                    size_t at_most, size_t *count);

/* The key of what is at slot as JSON, or NULL. */
const cJSON *run_key(const struct run *run, size_t c, size_t slot);

/* What the conditions come to now, in list. False when a value is absent, so that
 * nothing can meet them; a list and a count leave such a condition out instead. */
bool run_conditions(struct run *run, const struct step *step,
                    const struct step_wheres *where, size_t c,
                    struct store_condition *list, size_t *count);

/* follow.c: the slots of what meets the step's conditions and of what follows from
 * that, in the order in which they are reached; with `until`, no further than the first
 * that meets it, which is the only one then. False when there are more than
 * LIMIT_FOLLOWED; the call has its answer then. */
bool run_follow(struct run *run, const struct step *step, size_t c, size_t **slots,
                size_t *count);

/* remove.c: takes instances out, and does what the references to them say. */
bool run_remove(struct run *run, size_t c, const size_t *slots, size_t count);
bool run_delete(struct run *run, const struct step *step);

/* set.c: what a list of sets does to tree, an instance of c. */
void run_sets(struct run *run, const struct step_set *sets, size_t count, size_t c,
              cJSON *tree);

/* transition.c: what is due by now happens; what was read is counted, at the end of a
 * call that only reads. */
void run_due(struct run *run);
void run_note_read(struct run *run, size_t c, size_t slot);
void run_count_reads(struct run *run);

/* webhook.c: what has changed since that point of the store goes to who wants to be
 * told, into the answer's list; where the operation has callbacks, the answer gets what
 * they are about. What the steps have bound is forgotten. */
void run_tell(struct run *run, size_t point);

/* change.c: every sequence gives a new number next. */
void run_forget_draws(struct run *run);

/* change.c: the steps that make and change instances. */
bool run_create(struct run *run, const struct step *step);
bool run_update(struct run *run, const struct step *step);

/* Binds one instance to the name of a step. */
void run_bind_at(struct run *run, const struct step *step, size_t c, size_t slot);

/* Binds another outcome of a step to its name. */
void run_bind(struct run *run, const struct step *step, size_t c, const cJSON *value,
              bool list);

/* page.c */
bool run_list(struct run *run, const struct step *step);

#endif

/* keeping_parts.h — a namespace on its way to and from its keep; for the keeping*.c
 * files only. */
#ifndef PLAY_KEEPING_PARTS_H
#define PLAY_KEEPING_PARTS_H

#include "play/keeping.h"

/* ---- what goes out: keeping_write.c ---- */

struct outgoing {
    struct world *w;
    struct namespace *ns;
    struct keeping *k;
    struct keep_changes changes;
};

/* Gathers what has changed, or all that differs from the seed. */
void keeping_gather(struct outgoing *o);

/* Whether faults or limits have counted anything since it was settled. */
bool keeping_counted(const struct namespace *ns);

/* ---- what comes in: keeping_load.c ---- */

/* One entry, its name taken apart. */
struct item {
    struct item *next;
    const char *name; /* whole */
    char *tokens[5];  /* NULL where there are fewer */
    struct str value; /* ptr NULL: it goes */
};

struct misfits;

struct loading {
    struct world *w;
    struct namespace *ns;
    struct keeping *k;
    struct err *err;
    struct arena *arena;   /* all that was told; until it is taken in */
    struct arena *scratch; /* one instance */
    bool whole;
    struct item *first, **last;
    size_t count;
    /* what a whole load makes, to change places with what there was */
    struct store **stores;
    bool **touched;
    struct misfits **lost; /* by API and collection */
    bool misfits;          /* something stays where it is kept */
    bool fewer;            /* of what ran, not all runs */
    const char *in_ns;
};

/* Tells that an entry is of no use as it is; it stays where it is kept. */
void item_odd(struct loading *l, const struct item *i, const char *expected);

/* Whether an entry's name starts with that token. */
bool item_is(const struct item *i, const char *first);

/* A token as a number of at most so much; false when it is none. */
bool item_number(const char *token, uint64_t most, uint64_t *n);

/* keeping_counts.c: sequences, counts of calls, the clock, what runs with what it has
 * counted, answers for retries. */
void keeping_take_counts(struct loading *l);

/* ---- keeping_answers.c ---- */

/* An answer as text, from arena; ptr NULL when it is too large to be kept. */
struct str keeping_answer_write(const struct stored_answer *a, uint64_t number,
                                struct arena *arena);

/* The same backwards; everything is borrowed from arena. False when it is none. */
bool keeping_answer_read(struct str value, struct stored_answer *a, uint64_t *number,
                         struct arena *arena);

#endif

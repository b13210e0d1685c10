/* tally.h — how often what happened, with the first example of each. */
#ifndef SURVEY_TALLY_H
#define SURVEY_TALLY_H

#include "base/arena.h"

struct tally_row {
    const char *what, *example;
    size_t count;
};

struct tally {
    struct arena *arena; /* keeps the texts; borrowed */
    struct tally_row *rows;
    size_t count, room, total;
};

/* Counts one; what and example are copied when they are new. */
void tally_add(struct tally *t, const char *what, const char *example);

/* The most frequent first: count, what, example. */
void tally_print(struct tally *t, const char *head);

#endif

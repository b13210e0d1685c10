/* linear.h — whether what many clients saw at once could have happened one after the
 * other.
 *
 * A history is linearizable (Herlihy and Wing, 1990) when each call can be given one
 * moment between its start and its end, so that the calls in the order of these moments
 * are what a sequential model allows. The property is local: a history of many objects
 * has it if and only if the calls on each object, taken alone, have it. So each object
 * is searched by itself, which is what makes the search short.
 *
 * The search is Wing and Gong's (1993), with Lowe's (2017) memory of what was tried:
 * always take a call that started before every other one that is left had ended; where
 * none fits the model, go back. */
#ifndef SUPPORT_LINEAR_H
#define SUPPORT_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

/* One call that was made and answered. What the numbers mean, the model knows; an
 * object's state is one number, at first 0. */
struct linear_call {
    unsigned object;
    unsigned long start, end; /* of one clock for all clients; no two are equal */
    int kind;
    int status;   /* as it was answered */
    int expected; /* what the client had seen before */
    int value;    /* what it brought */
    int seen;     /* what the answer held */
};

/* Whether a call can be answered so in a state, and the state after it. */
typedef bool linear_model(const struct linear_call *call, int state, int *after);

enum linear_verdict {
    LINEAR,
    NOT_LINEAR,
    LINEAR_UNDECIDED /* the search was given up; a shorter history would tell */
};

/* Judges all calls of one object among count calls in any order. */
enum linear_verdict linear_check(const struct linear_call *calls, size_t count,
                                 unsigned object, linear_model *model);

#endif

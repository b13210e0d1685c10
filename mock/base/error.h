/* error.h — what went wrong, where, what was wanted and what was found.
 *
 * A struct err collects: loading reports every mistake it can find, not only the
 * first. The sentence is written once, where the fact is known, and shown unchanged.
 * A user's mistake is an err; our own is an assert. Used by one thread at a time. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/arena.h"

#include <stdarg.h>

struct map;

/* A place in a file that a user wrote. Texts are borrowed by err_set only while it
 * runs; it keeps its own copies. */
struct where {
    const char *file;    /* as the user named it; NULL when there is none */
    unsigned line, col;  /* 1-based; 0 when not known yet */
    const char *pointer; /* RFC 6901, into the document; NULL when there is none */
};

struct problem {
    struct problem *next;
    struct where at;
    const char *why;
    bool warning;
};

struct err {
    struct arena *arena; /* where the texts live; borrowed */
    struct problem *first, *last;
    unsigned errors, warnings; /* counted even past LIMIT_PROBLEMS */
    struct map *files; /* every path that was looked at, as file_saw says; NULL: nobody
                          wants to know */
};

/* An empty collection whose texts will be borrowed from arena. */
struct err err_in(struct arena *arena);

/* Adds an error, unless the same is there already. Always false, so that a failing
 * function can end in `return err_set(...)`. Past LIMIT_PROBLEMS only the count grows.
 */
bool err_set(struct err *err, struct where at, const char *why, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a warning: something that will not be enforced, or looks like a slip. */
void err_warn(struct err *err, struct where at, const char *why, ...)
    __attribute__((format(printf, 3, 4)));

/* What both do, for functions that take the arguments of a sentence themselves. */
void err_add(struct err *err, struct where at, bool warning, const char *why,
             va_list args) __attribute__((format(printf, 4, 0)));

/* Adds what another collection has, in its order, and the files that it saw. */
void err_join(struct err *err, const struct err *other);

/* "file:line:col: pointer: why" for one problem; borrowed from arena. Parts that are
 * not known are left out. */
const char *problem_text(const struct problem *p, struct arena *arena);

#endif

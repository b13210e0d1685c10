/* wanted.h — places that are looked for in a text, as a tree of the tokens of their
 * pointers, so that one walk through the text finds them all. For json_locate.c and
 * yaml_locate.c only. */
#ifndef DOC_WANTED_H
#define DOC_WANTED_H

#include "base/arena.h"

/* One step of one or more pointers. A walk takes what it meets out of the list of its
 * parent: what is left there is still looked for. */
struct wanted {
    struct wanted *up, *next, *children;
    const char *token;
    long index;         /* the token as an index of an array; -1 when it is none */
    unsigned line, col; /* 1-based; 0 until it was found */
};

/* The root of all; it stands for the whole text. */
struct wanted *wanted_new(struct arena *arena);

/* The node of a pointer (a valid one) that is looked for from now on. */
struct wanted *wanted_add(struct wanted *root, const char *pointer,
                          struct arena *arena);

/* The child that a member of that name or an item of that index is, taken out of its
 * parent's list; NULL when nobody looks for it. */
struct wanted *wanted_member(struct wanted *parent, struct str name);
struct wanted *wanted_item(struct wanted *parent, long index);

/* Itself where it was found, else its nearest ancestor that was. */
const struct wanted *wanted_found(const struct wanted *node);

#endif

/* pointer.h — JSON pointers (RFC 6901): the one way to name a place in a tree.
 *
 * "" is the whole tree, "/paths/~1pets/get" a member of a member. A pointer here is
 * text without the '#' of a URI fragment and without percent-encoding. */
#ifndef DOC_POINTER_H
#define DOC_POINTER_H

#include "doc/json.h"

/* The node at pointer, borrowed from the tree; NULL when there is none (also for a
 * pointer that is none). tree may be NULL. */
cJSON *pointer_get(const cJSON *tree, const char *pointer);

/* How many items and members are passed on the way to it, or to where it ends. */
size_t pointer_steps(const cJSON *tree, const char *pointer);

/* Shows every node that a pattern leads to: a pointer in which the token "*" is each
 * item of an array. visit ends it with true, which is the answer then. */
bool pointer_each(const cJSON *tree, const char *pattern,
                  bool (*visit)(cJSON *node, void *context), void *context);

/* Puts item (taken) at pointer, making the objects on the way that are not there. The
 * last token may be "-" for the end of an array, or the index of an item to replace.
 * False when the way is blocked by a value that is no object or array, or the pointer
 * is "" or none. */
bool pointer_set(struct arena *arena, cJSON *tree, const char *pointer, cJSON *item);

/* Takes what is at pointer out of the tree; nothing happens when nothing is there. */
void pointer_remove(cJSON *tree, const char *pointer);

/* "" or "/"-separated tokens with only ~0 and ~1 as escapes. */
bool pointer_valid(const char *pointer);

/* Takes the first token off *rest (which starts with '/') and returns it unescaped,
 * borrowed from arena; NULL at the end. */
char *pointer_token(const char **rest, struct arena *arena);

/* The index that a token names in an array; -1 when it names none. */
long pointer_index(const char *token);

/* Appends "/" and the escaped token. */
void pointer_add(struct buffer *b, struct str token);

/* base + "/" + escaped token, borrowed from arena. */
char *pointer_join(struct arena *arena, const char *base, const char *token);

/* The pointer of a "#…" URI fragment ("#/components/schemas/A%20b"), percent-decoded,
 * borrowed from arena; NULL when text does not start with '#'. */
char *pointer_of_fragment(struct arena *arena, const char *text);

#endif

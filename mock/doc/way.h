/* way.h — a JSON pointer that is followed again and again, taken apart once.
 *
 * What a document or a fixture points with is known at load; each call then follows it
 * many times. Its names are unescaped and hashed here, so that following it is a
 * comparison of numbers for each member that is passed. It leads where pointer_get and
 * pointer_each lead. */
#ifndef DOC_WAY_H
#define DOC_WAY_H

#include "doc/json.h"

struct way_token {
    const char *name; /* of a member */
    uint32_t len;     /* of the name */
    int hash;         /* json_name_hash of it */
    int32_t index;    /* of an item; -1 when the token names none */
    bool each;        /* "*": every item, for way_each */
};

/* Zeroed it leads to the tree itself. */
struct way {
    const char *text; /* the pointer as it is written */
    const struct way_token *list;
    uint32_t count;
    bool nowhere; /* the text is no pointer */
};

/* Of a pointer (borrowed), or a pattern of pointer_each; what it holds is borrowed from
 * arena. */
struct way way_read(const char *pointer, struct arena *arena);

/* What one token leads to; NULL when nothing is there. */
cJSON *way_go(const cJSON *tree, const struct way_token *to);

/* Whether it may lead to something in an object with those names (json_names). */
static inline bool way_may(const struct way *s, uint64_t names)
{
    return !s->count || json_may_have(names, s->list[0].hash);
}

/* As pointer_get. */
cJSON *way_get(const cJSON *tree, const struct way *s);

/* As pointer_each. */
bool way_each(const cJSON *tree, const struct way *s,
              bool (*visit)(cJSON *node, void *context), void *context);

/* As pointer_remove. */
void way_remove(cJSON *tree, const struct way *s);

/* As pointer_set, for a way that outlives the tree: it borrows their names. */
bool way_set(struct arena *arena, cJSON *tree, const struct way *s, cJSON *item);

#endif

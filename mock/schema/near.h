/* near.h — the word that was likely meant.
 *
 * A slip is one or two letters, a change of case, or the other habit of joining words
 * (userId, user_id, user-id). Short words must be nearer than long ones: "id" is not
 * meant by "ip". */
#ifndef SCHEMA_NEAR_H
#define SCHEMA_NEAR_H

#include "doc/json.h"

/* Far apart, as near_distance says it. */
enum { NEAR_NOT = 100 };

/* How far two words are apart when one may be a slip for the other; else NEAR_NOT. Two
 * equal words are NEAR_NOT: nothing slipped. */
unsigned near_distance(struct str a, struct str b);

/* The string of an array that is nearest to word; NULL when none is near. */
const char *near_item(const cJSON *array, const char *word);

/* Of words that are tried one after the other, the nearest. */
struct near {
    struct str word;
    const char *best; /* NULL: none is near */
    unsigned least;
};

struct near near_to(struct str word);
void near_try(struct near *n, const char *candidate);

/* '; did you mean "…"?' with `before` in front of the word, or "" when none is near.
 * Borrowed from arena. */
const char *near_question(const struct near *n, const char *before,
                          struct arena *arena);

#endif

/* member.h — what instances of a collection may have, as their plan says it. */
#ifndef PLAY_MEMBER_H
#define PLAY_MEMBER_H

#include "play/store.h"

/* Whether a pattern names a hidden member, or a part of one. */
bool member_hidden(const struct store_collection *c, const char *pattern);

/* The reference that a pattern leads through, with what is left of it behind that; NULL
 * when it leads through none. A list of keys may be passed with or without a token for
 * its items. */
const struct store_reference *member_through(const struct store_collection *c,
                                             const char *pattern, const char **rest);

/* The reference that a pattern is, or that it ends with where it leads through others
 * (depth of them so far); NULL when what stands there is no key. */
const struct store_reference *member_reference(const struct store_plan *plan, size_t c,
                                               const char *pattern, int depth);

/* Whether a schema, as it is written, says of objects that they may have anything, and
 * nothing else: {"type": "object"}. */
bool member_free(const cJSON *schema);

/* Whether a flag of that name, however it is spelled, says that a call went well: ok,
 * is_success. */
bool member_says_well(const char *name);

/* Whether instances of c, or those that they refer to, may have something at a pattern.
 * The nearest name is that of c's own schema. */
bool member_describe(const struct store_plan *plan, const struct store_collection *c,
                     const char *pattern, struct schema_place *place);

#endif

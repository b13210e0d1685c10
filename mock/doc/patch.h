/* patch.h — changing a tree by another: JSON Merge Patch (RFC 7396) and JSON Patch
 * (RFC 6902). Everything is borrowed from arena; what is given is not changed. */
#ifndef DOC_PATCH_H
#define DOC_PATCH_H

#include "doc/json.h"

/* target as patch wants it: null removes a member, an object is merged, anything else
 * takes the place of what was there. target may be NULL. The texts are those of both,
 * which have to stay. */
cJSON *patch_merge(const cJSON *target, const cJSON *patch, struct arena *arena);

enum patch_answer {
    PATCH_DONE,
    PATCH_MALFORMED, /* it is no JSON Patch */
    PATCH_NO_PLACE,  /* it names a place that is not there */
    PATCH_DIFFERENT, /* a test found another value */
    PATCH_TOO_LARGE  /* LIMIT_PATCH_…, LIMIT_BODY_NODES or LIMIT_DEPTH */
};

/* What the operations of a JSON Patch, done in order, make of target. Not PATCH_DONE:
 * *why tells which operation, and nothing is changed. */
enum patch_answer patch_apply(const cJSON *target, const cJSON *operations,
                              struct arena *arena, cJSON **result, const char **why);

#endif

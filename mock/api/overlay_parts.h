/* overlay_parts.h — an overlay taken apart; for overlay's family only. */
#ifndef API_OVERLAY_PARTS_H
#define API_OVERLAY_PARTS_H

#include "api/overlay.h"
#include "doc/jsonpath.h"

struct action {
    const char *pointer; /* in the overlay: "/actions/0" */
    const char *target_text, *copy_text;
    const struct jsonpath *target;
    const struct jsonpath *copy; /* where the value is from, or NULL */
    const cJSON *update;         /* the value itself, or NULL */
    bool remove;
};

struct overlay {
    const char *file;
    const char *extends; /* NULL: not said */
    bool old;            /* 1.0 */
    struct action *actions;
    size_t count;
};

#endif

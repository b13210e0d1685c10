/* store_view.h — what a store keeps of instances as they were shown; for store_view.c
 * and store_show.c only.
 *
 * What a client sees of an instance is kept, with its text, and shown again: a list
 * then costs a look at each row. A view knows the version that it shows and, of each
 * key that was replaced by a summary, the view of that:
 *
 *     row of a link ─┬─ source ── summary of a work ── owned_by ── summary of a user
 *                    └─ target ── summary of a part ── …
 *
 * It is fresh while all of these stand where they stood. That is asked, never told: so
 * a change that is taken back, or a store that takes another's place, needs no care.
 * Versions are held, so none is taken for a later one at its address. Views are kept
 * and asked for under the namespace's lock; a call that was lent one reads its node
 * without. */
#ifndef PLAY_STORE_VIEW_H
#define PLAY_STORE_VIEW_H

#include "play/store_parts.h"

/* What is asked for: an instance with all its members, or a summary of it. */
struct look {
    size_t c, slot;
    const struct way *keep; /* what the summary has; NULL: all */
    size_t keep_count;
    int depth; /* references that led here */
};

/* A key that is shown as a summary, or that leads nowhere. */
struct link {
    const struct store_reference *through;
    const char *key;
    struct view *to; /* held; NULL: nowhere */
    bool plain;      /* the key itself, of the first collection: nobody else has it */
};

/* One instance as it is shown, in one block with all that is its own:
 *     | view | links | nodes | text |
 * Other nodes and texts are those of the instance and of the views that it shows. */
struct view {
    atomic_uint holders; /* the table, views that show it, calls */
    struct look look;
    struct instance *of, *made_of; /* held: what it shows, and whose texts it has */
    bool broken;                   /* marked so, or one that is summed up in it is */
    uint64_t seen; /* it was fresh when the store had changed so often */
    size_t bytes, link_count;
    struct link *links;
    struct json_lent lent;
    cJSON node;
};

void view_hold(struct view *v);

/* What is held for a call until its arena is reset; NULL: none. */
struct lending {
    struct view *view;
    struct instance *instance;
};

/* A place to put both, which is taken first, since the arena may have none. */
struct lending *view_lending(struct arena *arena);

/* What is kept of it and fresh, borrowed from the store; NULL when nothing is. */
struct view *view_kept(struct store *s, const struct look *l);

/* Whether what is asked for, and not kept, is to be kept from now on. */
bool view_may_enter(struct store *s, const struct look *l);

/* Keeps v, which may enter, from now on, unless the store, or all of its plan, keep as
 * much as they may.
 */
void view_keep(struct store *s, struct view *v);

#endif

/* parts.h — documents loaded side by side, each with all that belongs to it.
 *
 * An API and its behaviour know nothing of the others, so each is loaded with an arena
 * and a collection of mistakes of its own, by as many threads as there are processors;
 * and the file of a behaviour is read beside its API. What comes of them is put
 * together in the order in which they were named. */
#ifndef COMMAND_PARTS_H
#define COMMAND_PARTS_H

#include "play/behaviour.h"

struct part {
    /* asked: all borrowed */
    const char *path;     /* of the document */
    const char *fixtures; /* the folder with a folder for each API */
    struct api_options options;
    clock_ms seeded_at; /* what stamps the seed */
    bool spare;         /* also look at what no operation leads to */
    /* told */
    struct arena *arena;         /* owned by the caller, who calls arena_free */
    struct err err;              /* in that arena */
    struct api *api;             /* NULL when it cannot be read */
    struct behaviour *behaviour; /* NULL when there was an error; owned by the caller,
                                    who calls behaviour_done */
    bool too_large;              /* it needs more than LIMIT_SPEC_MEMORY */
};

/* Comes back when all of them are loaded, or cannot be. */
void parts_load(struct part *parts, size_t count);

#endif

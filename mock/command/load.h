/* load.h — from what the command line names to a world.
 *
 * Specs and fixtures are found here: the bundled ones beside the program (in its source
 * tree, or in share/understudy where it is installed), a user's own where they say. */
#ifndef COMMAND_LOAD_H
#define COMMAND_LOAD_H

#include "command/options.h"
#include "play/world.h"

struct loaded {
    struct arena *arena;
    struct arena **parts; /* of each document, ended by NULL */
    struct err err; /* err.files: all that was looked at, with what is not there */
    struct world world;
    clock_ms seeded_at; /* what stamps the seeds */
    bool too_large;     /* more than LIMIT_SPEC_MEMORY was needed */
};

/* Loads everything and reports every mistake it can find in l->err, with places. False
 * when there was an error, or a warning under --strict. Either way the caller calls
 * load_done. */
bool load(struct loaded *l, const struct options *o);

/* The same while another load of the same options is in use: a seed that is as it was
 * has the same stamps. */
bool load_again(struct loaded *l, const struct options *o, const struct loaded *before);
void load_done(struct loaded *l);

/* A hash of all files that were read. */
uint64_t load_hash(const struct loaded *l);

/* Prints the problems, one line each; the same warning at many places is one line. With
 * errors_only, warnings are left out, unless --strict makes them as bad. */
void load_print(const struct loaded *l, bool errors_only, FILE *to);

/* The same for problems that came from elsewhere. */
void problems_print(const struct err *err, bool errors_only, FILE *to);

#endif

/* outline.h — what a typed file may hold, as data: for checking it, and for telling
 * editors.
 *
 * fixture.c makes outlines from the tables that libcyaml reads by, so the two cannot
 * disagree. */
#ifndef PLAY_OUTLINE_H
#define PLAY_OUTLINE_H

#include "base/error.h"
#include "doc/json.h"

/* One part may hold itself further down. */
enum outline_kind {
    OUTLINE_TEXT, /* any scalar */
    OUTLINE_WHOLE,
    OUTLINE_NUMBER,
    OUTLINE_WORD, /* one of some */
    OUTLINE_LIST,
    OUTLINE_KEYS
};

struct outline {
    enum outline_kind kind;
    const char **words; /* OUTLINE_WORD */
    size_t word_count;
    const struct outline *items; /* OUTLINE_LIST */
    size_t at_least, at_most;    /* items; 0: no bound */
    const char *name;            /* OUTLINE_KEYS: "step", "collection", … */
    const struct outline_key *keys;
    size_t key_count;
};

struct outline_key {
    const char *key;
    bool needed;
    const struct outline *value;
};

/* Whether a tree has the outline; text is what it was read from, for places. The
 * mistakes go to err, the first 20, with the nearest word where there is one. arena is
 * only for what the check needs. */
bool outline_check(const struct outline *o, const cJSON *tree, const char *path,
                   struct str text, struct arena *arena, struct err *err);

/* The same as a JSON Schema (2020-12) with a description of every key. */
cJSON *outline_schema(const struct outline *o, const char *title, struct arena *arena);

/* What a key of a part means, in one line; NULL when nothing is known. */
const char *outline_about(const char *part, const char *key);

#endif

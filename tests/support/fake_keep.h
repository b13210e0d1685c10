/* fake_keep.h — a keep that says what it is told to say, and remembers what it was
 * told.
 */
#ifndef SUPPORT_FAKE_KEEP_H
#define SUPPORT_FAKE_KEEP_H

#include "play/keeping_parts.h"

struct fake {
    struct keep keep;
    struct arena *arena;
    struct map *entries;
    enum keep_answer answers[LIMIT_KEEP_TRIES]; /* to the next commits; then KEEP_OK */
    size_t next, pulls, commits;
    enum keep_answer pull;
    /* What others did, told by the next pull. */
    struct keep_entry news[16];
    size_t news_count;
    bool whole;
    struct keep_entry behind_news; /* told after the next KEEP_BEHIND */
    const char *names[4];          /* of the namespaces that are kept */
    size_t name_count;
};

extern const struct keep_kind fake_kind;

/* What it holds under a name; NULL for nothing. */
const char *entry(const struct fake *f, const char *name);

#endif

/* script.h — a behaviour's steps as they were read; for behaviour.c and run.c only. */
#ifndef PLAY_SCRIPT_H
#define PLAY_SCRIPT_H

#include "play/behaviour.h"

enum step_kind {
    STEP_FIND,
    STEP_CREATE,
    STEP_UPDATE,
    STEP_DELETE,
    STEP_LIST,
    STEP_REQUIRE,
    STEP_ANSWER
};

struct step_where {
    const char *at;
    const struct expression *is;
};

struct step_set {
    const char *at;
    const struct expression *to;
};

struct step {
    enum step_kind kind;
    const size_t *of; /* collections: one, or those of a group */
    size_t of_count;
    const char *as;
    const struct condition *when;    /* NULL: always */
    const struct condition *require; /* STEP_REQUIRE */
    struct step_where *where;
    size_t where_count;
    struct step_set *set;
    size_t set_count;
    const struct error_plan *otherwise;
    const struct expression *limit, *cursor, *mode;
    size_t page; /* 0: all rows */
    int status;  /* STEP_ANSWER */
    const struct body_template *body;
    struct {
        const char *name;
        const struct expression *value;
    } * headers;
    size_t header_count;
};

struct script {
    struct step *steps;
    size_t count;
    const struct condition *dry_run;
};

/* What belongs to a collection but not to the store: for create and update. */
struct collection_rules {
    struct step_set *defaults;
    size_t default_count;
    const char **created, **updated;
    size_t created_count, updated_count;
    const char *version;
};

/* A behaviour with what only these two files know. */
struct script_book {
    struct behaviour behaviour; /* first, so that one is the other */
    struct collection_rules *rules;
};

static inline const struct script_book *book_of(const struct behaviour *b)
{
    return (const struct script_book *)(const void *)b;
}

/* Stamps, defaults and reference keys of an instance that is about to be stored.
 * Returns the reference that leads nowhere, or NULL when all is well. */
const struct store_reference *instance_finish(const struct behaviour *b, size_t c,
                                              cJSON *tree, bool created,
                                              struct scope *s);

/* Fills the collection's stamps in: created and updated times and the version of a new
 * instance where they are missing; the updated times and the version of an old one. */
void instance_stamp(const struct behaviour *b, size_t c, cJSON *tree, bool created,
                    struct scope *s);

#endif

/* script.h — a behaviour's steps as they were read; for behaviour.c and run.c only. */
#ifndef PLAY_SCRIPT_H
#define PLAY_SCRIPT_H

#include "doc/way.h"
#include "play/behaviour.h"

enum step_kind {
    STEP_FIND,
    STEP_CREATE,
    STEP_UPDATE,
    STEP_DELETE,
    STEP_LIST,
    STEP_COUNT,
    STEP_REQUIRE,
    STEP_ANSWER,
    STEP_EACH
};

struct step_where {
    const char *at;
    struct way way; /* the same */
    const struct expression *value;
    const struct condition *when; /* NULL: always */
    unsigned types;               /* of the member, of enum schema_type */
    bool keys;                    /* it is a reference in some of the collections */
    bool asked;                   /* value is what the call says, as it says it */
    enum match_test test;
    bool far; /* as in struct store_condition */
};

struct step_wheres {
    struct step_where *list;
    size_t count;
};

/* From one instance to the next: whose `to` is what the one before has at `from`. */
struct step_follow {
    const char *from, *to;
    const struct expression *depth; /* NULL: as far as it goes */
    struct step_wheres until;       /* where it ends */
    struct step_wheres among;       /* what counts of all that is reached */
};

enum set_verb { SET_TO, SET_ADD, SET_REMOVE };

struct step_set {
    struct way at;
    enum set_verb verb;
    const struct expression *to;   /* the value of the verb */
    const struct expression *each; /* the list for whose items `to` is said; or NULL */
    const struct expression *position;
    const char *by; /* where two items are the same when they have the same there */
    const struct condition *when;
};

/* What the name holds that a list step binds (page_told.c). */
#define PAGE_WORDS                                                                  \
    "items next_cursor prev_cursor count limit offset number has_more total pages " \
    "first last empty range link next_url prev_url " PAGE_SELDOM

/* Of these, what is made only for who asks for any of it. */
#define PAGE_SELDOM                                                              \
    "from to first_key last_key first_url last_url next_uri prev_uri first_uri " \
    "last_uri next_link prev_link"

struct step_header {
    const char *name;
    const struct expression *value;
};

struct step {
    enum step_kind kind;
    const size_t *of; /* collections: one, or those of a group */
    size_t of_count;
    const char *as;
    const struct condition *when;    /* NULL: always */
    const struct condition *require; /* STEP_REQUIRE */
    struct step_wheres where;
    const struct step_follow *follow; /* NULL: none */
    struct step_set *set;
    size_t set_count;
    const struct error_plan *otherwise;
    const struct expression *merge, *patch, *replace; /* whole values, or NULL */
    const struct expression *limit, *cursor, *mode;
    const struct expression *offset, *number, *sort, *order;
    const char *turn; /* the query parameter that turns the page; NULL: none */
    size_t page;      /* 0: all rows */
    bool total, from_zero;
    const bool *seldom; /* whether any of PAGE_SELDOM is asked for; NULL: no */
    const struct expression *each; /* STEP_EACH */
    struct step *steps;
    size_t step_count;
    int status; /* STEP_ANSWER */
    bool shape;
    bool same;         /* the body is what GET of the target, or of Location, says */
    const char *whole; /* the name whose instance the body is, or NULL */
    bool quiet;        /* STEP_UPDATE: times and version stay as they are */
    const struct body_template *body;
    struct step_header *headers;
    size_t header_count;
};

/* What happens to an instance by itself while `when` holds. */
struct transition {
    const struct condition *when;
    clock_ms after;   /* so much later */
    const char *from; /* than the date-time there; NULL: than it began to hold */
    size_t reads;     /* not 0: after so many reads instead */
    struct step_set *set;
    size_t set_count;
};

struct script {
    struct step *steps;
    size_t count;
    bool only_reads; /* no step makes, changes or deletes anything */
    const struct condition *dry_run;
    bool single;     /* it finds something and lists nothing */
    bool conditions; /* it looks at If-Match and its like by itself */
};

/* A member that gets the time. */
struct stamp {
    struct way at;
    bool seconds; /* since 1970, as a number; else as text */
};

/* What belongs to a collection but not to the store: for create and update. */
struct collection_rules {
    struct step_set *defaults;
    size_t default_count;
    struct stamp *created, *updated;
    size_t created_count, updated_count;
    struct way *moments; /* what a client sends as a date and a time */
    size_t moment_count;
    struct way version; /* without a text: none */
    struct way *owned;  /* members that no call may set */
    size_t owned_count;
    struct transition *transitions; /* the first whose `when` holds counts */
    size_t transition_count;
    bool counts_reads; /* one of them does */
    bool complete;
    const struct schema *key; /* of a complete collection: what a new key has to fit */
};

enum event_kind { EVENT_CREATED, EVENT_UPDATED, EVENT_DELETED };

struct webhook_event {
    const char *name;
    enum event_kind kind;
    size_t collection;
    const struct condition *when; /* NULL: always */
    const struct body_template *body;
};

/* Who is told of what calls have done, and how. */
struct webhook {
    struct step find; /* who is told: where in one collection, and under what name */
    struct step any;  /* who may be at all: of where, what is the same for all events */
    const struct schema *schema; /* of what is sent, or NULL */
    const char *expression;      /* the URL's, as written */
    const struct expression *url;
    struct step_header *header;
    size_t header_count;
    const struct expression *headers;  /* more of them, or NULL */
    const char *sign;                  /* the field; NULL: unsigned */
    const struct expression *sign_key; /* of the signature */
    bool key_base64, sign_base64;
    unsigned within_ms;
    clock_ms *retries; /* so long after the try before */
    size_t retry_count;
    const struct body_template *body;
    struct webhook_event *events;
    size_t event_count;
    bool listens; /* an answer may change who was told: */
    const struct condition *heard;
    struct step_set *set;
    size_t set_count;
};

/* A behaviour with what only these two files know. */
struct script_book {
    struct behaviour behaviour; /* first, so that one is the other */
    struct collection_rules *rules;
    struct webhook *webhooks;
    size_t webhook_count;
};

static inline const struct script_book *book_of(const struct behaviour *b)
{
    return (const struct script_book *)(const void *)b;
}

static inline size_t webhook_collection(const struct webhook *w)
{
    return w->find.of[0];
}

/* Stamps, defaults and reference keys of an instance that is about to be stored.
 * Returns the reference that leads nowhere, or NULL when all is well. */
const struct store_reference *instance_finish(const struct behaviour *b, size_t c,
                                              cJSON *tree, bool created,
                                              struct scope *s);

/* Brings the collection's times into one form. Returns the pointer of a text that is no
 * time, or NULL when all is well. */
const char *instance_moments(const struct behaviour *b, size_t c, cJSON *tree,
                             struct scope *s);

/* Makes the key of an alias that a reference's value is; false when it leads nowhere.
 */
bool instance_resolve(const struct behaviour *b, const struct store_reference *r,
                      cJSON *node, struct scope *s);

/* Fills the collection's stamps in: created and updated times and the version of a new
 * instance where they are missing; the updated times and the version of an old one. */
void instance_stamp(const struct behaviour *b, size_t c, cJSON *tree, bool created,
                    struct scope *s);

/* Notes in tree, which is about to be stored, which transition waits for it. */
void instance_arm(const struct behaviour *b, size_t c, cJSON *tree, struct scope *s);

/* tree (taken) with what its schema wants and nobody gave: from before (may be NULL),
 * else from a sample. It fits then, as an answer, without its hidden members. NULL when
 * no way was found. */
cJSON *instance_complete(const struct behaviour *b, size_t c, cJSON *tree,
                         const cJSON *before, struct scope *s);

/* The first way in which tree breaks its schema; with before, only a required member
 * that before has and tree lacks. NULL when there is none. */
const struct finding *instance_broken(const struct behaviour *b, size_t c,
                                      const cJSON *tree, const cJSON *before,
                                      struct scope *s);

#endif

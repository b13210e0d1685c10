/* fixture.h — the typed files that a user writes, as records.
 *
 * libcyaml puts them straight into these structs, once the file has been found to have
 * the outline that its tables give: a misspelt key or an unknown word is refused with
 * its line and column. What a text means (an expression, a condition, a pointer, JSON)
 * is decided by those who read the records. docs/fixtures.md describes every key.
 * Absent texts are NULL, absent numbers 0. All borrowed from the arena. */
#ifndef PLAY_FIXTURE_H
#define PLAY_FIXTURE_H

#include "base/error.h"
#include "play/outline.h"

enum yes_no { UNSET, YES, NO };

enum record_on_delete {
    ON_DELETE_UNSET,
    ON_DELETE_IS_RESTRICT,
    ON_DELETE_IS_CASCADE,
    ON_DELETE_IS_NULLIFY
};

struct record_where {
    char *at, *is, *is_not;
    char *minimum, *maximum, *exclusive_minimum, *exclusive_maximum;
    char *contains, *prefix, *has;
    char *when;
};

struct record_set {
    char *at, *to, *add, *remove;
    char *each, *by, *position, *when;
};

struct record_follow {
    char *from, *to, *depth;
};

struct record_header {
    char *name, *value;
};

struct record_error {
    int status;
    char *error, *body;
};

struct record_step {
    char *find, *create, *update, *remove, *list, *count, *require;
    char *as, *when;
    struct record_where *where;
    unsigned where_count;
    struct record_follow *follow; /* find, update, delete, list, count */
    struct record_where *until;   /* find, with follow */
    unsigned until_count;
    struct record_where *among; /* the same, with follow */
    unsigned among_count;
    struct record_set *set;
    unsigned set_count;
    struct record_error *otherwise;
    char *merge;                                 /* create, update */
    char *patch, *replace;                       /* update */
    enum yes_no stamps;                          /* update */
    char *limit, *cursor, *mode;                 /* list */
    char *offset, *number, *sort, *order, *turn; /* list */
    int page;                                    /* list: rows when no limit is said */
    enum yes_no total, from_zero;                /* list */
    int answer;
    char *body;
    enum yes_no shape; /* answer */
    enum yes_no same;  /* answer, of inferred steps: GET would say the same */
    char *each;
    struct record_step *steps; /* each */
    unsigned steps_count;
    struct record_header *header;
    unsigned header_count;
};

struct record_reference {
    char *at, *of;
    char **keep;
    unsigned keep_count;
    struct record_error *otherwise;
    enum record_on_delete on_delete;
    struct record_error *restricted;
};

struct record_unique {
    char **pointers;
    unsigned pointers_count;
    struct record_where *where;
    unsigned where_count;
};

struct record_transition {
    char *when, *after, *from;
    int reads;
    struct record_set *set;
    unsigned set_count;
};

struct record_collection {
    char *name, *schema, *key, *seed;
    char **aliases;
    unsigned aliases_count;
    struct record_unique *unique;
    unsigned unique_count;
    char **hidden;
    unsigned hidden_count;
    char **summary;
    unsigned summary_count;
    struct record_set *defaults;
    unsigned defaults_count;
    struct record_reference *references;
    unsigned references_count;
    struct record_transition *transitions;
    unsigned transitions_count;
    char **created, **updated, **moments;
    unsigned created_count, updated_count, moments_count;
    char *version;
    char **owned;
    unsigned owned_count;
    enum yes_no complete;
};

struct record_group {
    char *name;
    char **of;
    unsigned of_count;
};

struct record_sequence {
    char *name;
    int start;
};

struct record_wording {
    char *on, *when;
    int status;
    char *error, *body;
};

struct record_token {
    char *token, *scheme, *expires;
    char **scopes;
    unsigned scopes_count;
};

struct record_key {
    char *secret, *public, *scheme, *id;
};

struct record_operation {
    char *id;
    char **also;
    unsigned also_count;
    char *dry_run;
    struct record_step *steps;
    unsigned steps_count;
};

struct record_before {
    char **on;
    unsigned on_count;
    struct record_step *steps;
    unsigned steps_count;
};

enum record_encoding { ENCODING_UNSET, ENCODING_TEXT, ENCODING_BASE64, ENCODING_HEX };

struct record_sign {
    char *header, *key;
    enum record_encoding key_encoding, encoding;
};

struct record_event {
    char *name;
    char *created, *updated, *deleted;
    char *when, *body;
};

struct record_answered {
    char *when;
    struct record_set *set;
    unsigned set_count;
};

struct record_webhook {
    char *to, *as, *schema;
    struct record_where *where;
    unsigned where_count;
    char *url;
    struct record_header *header;
    unsigned header_count;
    char *headers;
    struct record_sign *sign;
    char *within;
    char **retry;
    unsigned retry_count;
    char *body;
    struct record_event *events;
    unsigned events_count;
    struct record_answered *answered;
};

struct record_table {
    char *name, *rows;
};

struct record_timestamps {
    int digits;
    char *utc;
};

struct record_behaviour {
    enum yes_no infer;
    struct record_timestamps *timestamps;
    struct record_sequence *sequences;
    unsigned sequences_count;
    struct record_table *tables;
    unsigned tables_count;
    struct record_collection *collections;
    unsigned collections_count;
    struct record_group *groups;
    unsigned groups_count;
    struct record_wording *errors;
    unsigned errors_count;
    struct record_token *tokens;
    unsigned tokens_count;
    struct record_key *keys;
    unsigned keys_count;
    struct record_before *before;
    unsigned before_count;
    struct record_operation *operations;
    unsigned operations_count;
    struct record_webhook *webhooks;
    unsigned webhooks_count;
};

enum record_connection {
    CONNECTION_UNSET,
    CONNECTION_IS_DROP,
    CONNECTION_IS_RESET,
    CONNECTION_IS_CUT
};

struct record_fault {
    char *on;
    int skip;
    int *times, *every;
    double *chance;
    char *delay;
    double sigma;
    char *error;
    int status;
    char *body;
    char *retry_after;
    enum yes_no commit;
    enum record_connection connection;
};

struct record_limit {
    char *on;
    int requests;
    char *per, *by, *error;
    enum yes_no x_headers;
};

struct record_scenario {
    char *name, *about, *api;
    struct record_fault *faults;
    unsigned faults_count;
    struct record_limit *limits;
    unsigned limits_count;
};

/* Each reads a file whole; NULL and an error with its place for every mistake in its
 * shape. */
struct record_behaviour *fixture_behaviour(const char *path, struct arena *arena,
                                           struct err *err);
struct record_scenario *fixture_scenario(const char *path, struct arena *arena,
                                         struct err *err);

/* The same for a text (YAML or JSON); path is only named in errors. */
struct record_scenario *fixture_scenario_text(const char *path, struct str text,
                                              struct arena *arena, struct err *err);

/* What such a file may hold. */
enum fixture_file { FIXTURE_BEHAVIOUR, FIXTURE_SCENARIO };
const struct outline *fixture_outline(enum fixture_file file, struct arena *arena);

#endif

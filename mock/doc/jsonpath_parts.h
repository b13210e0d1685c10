/* jsonpath_parts.h — a query taken apart; for jsonpath's family only.
 *
 *     $..book[?@.price < 10, -1]
 *     | |    |              └ selector: index
 *     | |    └ segment with two selectors, the first a filter: an expression
 *     | └ descendant segment with one selector: a name
 *     └ query from the root */
#ifndef DOC_JSONPATH_PARTS_H
#define DOC_JSONPATH_PARTS_H

#include "doc/jsonpath.h"

enum selector_kind {
    SELECTOR_NAME,
    SELECTOR_WILDCARD,
    SELECTOR_INDEX,
    SELECTOR_SLICE,
    SELECTOR_FILTER
};

struct selector {
    struct selector *next;
    enum selector_kind kind;
    const char *name;
    int64_t start, end, step; /* an index is in start */
    bool has_start, has_end;
    const struct expr *filter;
};

struct segment {
    struct segment *next;
    bool descendant;
    struct selector *selectors; /* one at least */
};

struct query {
    bool relative; /* from "@", the node that a filter looks at; else from "$" */
    bool singular; /* selects one node at most, by its form (2.3.5.1) */
    struct segment *segments;
};

struct jsonpath {
    struct query query;
};

/*    name    spelling takes gives: v a value, n nodes, l true or false */
#define FUNCTIONS(X)               \
    X(LENGTH, "length", "v", 'v')  \
    X(COUNT, "count", "n", 'v')    \
    X(MATCH, "match", "vv", 'l')   \
    X(SEARCH, "search", "vv", 'l') \
    X(VALUE, "value", "n", 'v')

#define ENUM_ITEM(name, text, takes, gives) FUNCTION_##name,
enum function { FUNCTIONS(ENUM_ITEM) FUNCTION_COUNT_ };
#undef ENUM_ITEM

enum comparison {
    COMPARE_EQUAL,
    COMPARE_DIFFERENT,
    COMPARE_LESS,
    COMPARE_LESS_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_EQUAL
};

enum expr_kind {
    EXPR_OR,  /* of all in first */
    EXPR_AND, /* of all in first */
    EXPR_NOT,
    EXPR_COMPARE, /* first and the one behind it */
    EXPR_QUERY,   /* a value where one is wanted, else whether it selects anything */
    EXPR_CALL,    /* the arguments in first */
    EXPR_LITERAL
};

struct expr {
    struct expr *next, *first;
    enum expr_kind kind;
    enum comparison comparison;
    enum function function;
    struct query query;
    cJSON *literal;
};

/* A query being read. Readers return false (or NULL) once *error is filled. */
struct path_reader {
    const char *text, *at;
    struct arena *arena;
    struct jsonpath_error *error;
    unsigned depth, parts;
};

/* jsonpath_text.c */

/* "expected WANTED, found …" at a place in the text. Always false. */
bool path_wanted(struct path_reader *r, const char *at, const char *wanted);
/* Another sentence. Always false. */
bool path_wrong(struct path_reader *r, const char *at, const char *why);
void path_space(struct path_reader *r);
bool path_take(struct path_reader *r, const char *text);
/* Counts one more segment, selector or expression. */
bool path_part(struct path_reader *r);
/* One level further in; whoever went in comes back with r->depth--. */
bool path_enter(struct path_reader *r);
bool path_integer(struct path_reader *r, int64_t *value);
bool path_string(struct path_reader *r, const char **text);
bool path_name(struct path_reader *r, const char **name);

/* jsonpath.c */
bool path_query(struct path_reader *r, struct query *query);

/* jsonpath_filter.c */
struct expr *path_filter(struct path_reader *r);

/* jsonpath_find.c: a search under way. */

/* A node with the way to it; these live on the stack. */
struct step {
    const struct step *up;
    cJSON *node;
    size_t index; /* in its parent */
};

struct run {
    struct jsonpath_search *search;
    const struct step *root;
    const char *why; /* it was given up */
};

struct hunt {
    struct run *run;
    /* Told of each node that is selected; false: enough. */
    bool (*found)(struct hunt *hunt, const struct step *at);
};

/* Takes steps off what is left; false when there are none left. */
bool run_spend(struct run *run, size_t steps);
/* False when the hunt was ended: by found, or for run->why. */
bool hunt_query(struct hunt *hunt, const struct query *query, const struct step *at);

/* jsonpath_test.c: whether a filter takes a node. */
bool run_test(struct run *run, const struct expr *e, const struct step *at);

#endif

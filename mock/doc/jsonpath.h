/* jsonpath.h — JSONPath (RFC 9535): the nodes of a tree that a query selects.
 *
 * All of the standard: child and descendant segments; name, wildcard, index, slice and
 * filter selectors; comparisons, existence tests, the logical operators and the
 * functions length, count, match, search and value. Numbers are compared exactly
 * (number.h), U+0000 is C0 80 as everywhere in trees (json.h).
 *
 * A query is read once and may then be asked of many trees by many threads. Whatever
 * the query and the tree, a search ends: it has so many steps to spend. */
#ifndef DOC_JSONPATH_H
#define DOC_JSONPATH_H

#include "doc/json.h"

struct jsonpath;

/* Why a text is no query: what was wanted and what was found. */
struct jsonpath_error {
    size_t offset;   /* in bytes, from 0 */
    unsigned column; /* in characters, from 1 */
    const char *why; /* borrowed from the arena that jsonpath_read was given */
};

/* Borrowed from arena; NULL and *error filled when text is not a well-formed and valid
 * query (RFC 9535, 2.1), nests deeper than LIMIT_JSONPATH_DEPTH or has more than
 * LIMIT_JSONPATH_PARTS parts. */
struct jsonpath *jsonpath_read(const char *text, struct arena *arena,
                               struct jsonpath_error *error);

enum jsonpath_answer { JSONPATH_MATCHES, JSONPATH_DIFFERS, JSONPATH_GAVE_UP };

/* Whether subject matches an I-Regexp (RFC 9485), as a whole or in some part of it. A
 * pattern that is no I-Regexp matches nothing. Regular expressions live above this
 * floor, so whoever searches brings them (schema/iregexp.h). */
typedef enum jsonpath_answer jsonpath_match(void *context, const char *pattern,
                                            struct str subject, bool whole);

/* One search, or several that share their steps. */
struct jsonpath_search {
    jsonpath_match *match; /* NULL: match() and search() are never true */
    void *context;         /* borrowed, for match */
    size_t steps;          /* how many more nodes may be looked at */
};

struct jsonpath_node {
    cJSON *node, *parent; /* borrowed from the tree; the root has no parent */
    const char *pointer;  /* where it stands (RFC 6901) */
    unsigned depth;       /* tokens of the pointer */
};

struct jsonpath_nodes {
    struct jsonpath_node *list; /* in the order of the standard, with duplicates */
    size_t count;
};

/* Fills *found, borrowed from arena: no node is an answer like any other. False with
 * *why when the search was given up: its steps are spent, LIMIT_JSONPATH_RESULTS nodes
 * were found, or a regular expression took too long. */
bool jsonpath_find(const struct jsonpath *path, cJSON *root,
                   struct jsonpath_search *search, struct arena *arena,
                   struct jsonpath_nodes *found, const char **why);

#endif

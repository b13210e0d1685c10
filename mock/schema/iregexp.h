/* iregexp.h — I-Regexp (RFC 9485), the regular expressions of JSONPath.
 *
 * A text is read by the grammar of the RFC, so what other dialects know and it does not
 * (\d, lookaheads, lazy quantifiers) is no I-Regexp; then it is a pattern of ECMA-262
 * by the mapping of its section 5.3. As in that mapping ^ and $ stand for the ends of
 * the text. */
#ifndef SCHEMA_IREGEXP_H
#define SCHEMA_IREGEXP_H

#include "doc/jsonpath.h"

/* The expressions of one search, each compiled once. Used by one thread at a time. */
struct iregexps;

/* Borrowed from arena. */
struct iregexps *iregexps_new(struct arena *arena);

/* For struct jsonpath_search; context is the struct iregexps. A text that is no
 * I-Regexp matches nothing, as RFC 9535 (2.4.6) says. */
enum jsonpath_answer iregexps_match(void *context, const char *pattern,
                                    struct str subject, bool whole);

/* The first text that was asked for and is no I-Regexp; NULL when there was none. */
const char *iregexps_refused(const struct iregexps *all);

/* The pattern of ECMA-262 that matches the same, anchored at both ends where whole is
 * set; NULL when text is no I-Regexp. Borrowed from arena. */
const char *iregexp_ecma(const char *text, bool whole, struct arena *arena);

#endif

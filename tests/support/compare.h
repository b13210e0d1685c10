/* compare.h — whether an answer holds what a case wants of it.
 *
 * What is wanted is a tree like the answer, with less in it: members that it does not
 * list may be anything, arrays have the same length and each item is compared in the
 * same way, other values are equal as JSON values. Some texts stand for more than
 * themselves:
 *
 *     $any              whatever is there
 *     $absent           the member is not there
 *     $uuid             a UUID in small letters
 *     $date-time        an RFC 3339 date and time
 *     $matches REGEX    text in which the POSIX extended expression is found
 *     $contains TEXT    text in which TEXT stands */
#ifndef SUPPORT_COMPARE_H
#define SUPPORT_COMPARE_H

#include "doc/json.h"

/* NULL when found holds what is wanted; else "/pointer: wanted …, found …", borrowed
 * from arena. found may be NULL; at is the pointer of both. */
const char *compare(const cJSON *wanted, const cJSON *found, const char *at,
                    struct arena *arena);

#endif

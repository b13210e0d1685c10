/* match.h — how two values compare: for conditions, filters and orders. */
#ifndef PLAY_MATCH_H
#define PLAY_MATCH_H

#include "doc/json.h"

/* What a filter asks of a value. */
enum match_test {
    MATCH_IS,
    MATCH_NOT,
    MATCH_MINIMUM,
    MATCH_MAXIMUM,
    MATCH_EXCLUSIVE_MINIMUM,
    MATCH_EXCLUSIVE_MAXIMUM,
    MATCH_CONTAINS,
    MATCH_PREFIX,
    MATCH_HAS /* an object that has all members of this one, each as MATCH_IS asks */
};

/* Which of the two comes first: numbers by value, dates and date-times of RFC 3339 by
 * the moment they name (a date is its first moment), other texts by their letters
 * without regard to case. False when such a pair has no order. */
bool match_order(const cJSON *a, const cJSON *b, int *order);

/* Whether have (NULL: nothing is there) stands the test. Where either side is an array,
 * one pair of their items is enough. What is not there is null. */
bool match_value(const cJSON *have, enum match_test test, const cJSON *want);

#endif

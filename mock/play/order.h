/* order.h — the order in which a sorted list has the values of a member.
 *
 * Numbers by value, then strings by their bytes, then false and true, then arrays and
 * objects, which are all alike, then what has no value (NULL or null): a total order,
 * so that a member of mixed types has one too. */
#ifndef PLAY_ORDER_H
#define PLAY_ORDER_H

#include "doc/json.h"

/* Less than, equal to or greater than 0. */
int order_compare(const cJSON *a, const cJSON *b);

/* A number with order_compare(a, b) <= 0 → order_number(a) <= order_number(b), which
 * tells most values apart without a look at them. */
uint64_t order_number(const cJSON *value);

/* Whether two values that this says of, and that have one number, compare as equal. */
bool order_exact(const cJSON *value);

/* Texts of one number are alike in so many bytes. What the next eight from a place on
 * are, as a number that rises with them; 0 in its last byte says that the text has
 * ended. */
#define ORDER_BYTES 7
uint64_t order_bytes(const char *text);

#endif

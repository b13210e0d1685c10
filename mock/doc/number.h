/* number.h — JSON numbers as they were written, compared exactly.
 *
 * A number node is a double, plus its written text where the double does not give it
 * back. The questions here are answered on the decimal digits whenever a double could
 * be wrong, so 9007199254740993 is not 9007199254740992 and 4.02 is a multiple of
 * 0.01. Nodes must be numbers. */
#ifndef DOC_NUMBER_H
#define DOC_NUMBER_H

#include "base/salt.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_TEXT = 32 };

/* Whether a double holds the value, which is whole and below 1e15: the usual case. */
static inline bool number_is_exact(const cJSON *n)
{
    double d = n->valuedouble;
    return !n->valuestring && d > -1e15 && d < 1e15 && d == (double)(int64_t)d;
}

/* The shortest text that reads back as the same number, into out (NUMBER_TEXT bytes)
 * unless the node holds its text. */
const char *number_text(const cJSON *n, char *out);

/* Less than, equal to or greater than 0, by mathematical value. */
int number_compare(const cJSON *a, const cJSON *b);

/* Whether the value is whole: 1.0 and 1e2 are, 1.5 is not. */
bool number_is_integer(const cJSON *n);

/* A hash with number_compare(a, b) == 0 → number_hash(a, s) == number_hash(b, s), on
 * all the digits: many numbers may share one double. */
uint64_t number_hash(const cJSON *n, const struct salt *s);

/* Whether value is a whole multiple of step, which is greater than 0. */
bool number_is_multiple(const cJSON *value, const cJSON *step);

/* Whether the value is whole and fits a signed integer of 32 or 64 bits. */
bool number_fits_bits(const cJSON *n, unsigned bits);

#endif

/* chance.h — random numbers that are the same for the same calls.
 *
 * A draw depends on (seed, namespace, operation, call number) and on how many draws
 * came before it in that call, never on which thread was first. Not for secrets. */
#ifndef BASE_CHANCE_H
#define BASE_CHANCE_H

#include "base/str.h"

#include <stdint.h>

struct chance {
    uint64_t state;
};

/* The stream of one call. */
struct chance chance_of(uint64_t seed, struct str namespace, struct str operation,
                        uint64_t call);

/* Evenly spread over 64 bits (SplitMix64). */
uint64_t chance_next(struct chance *c);

/* 0 <= x < 1. */
double chance_unit(struct chance *c);

/* 0 <= x < n; 0 when n is 0. */
uint64_t chance_below(struct chance *c, uint64_t n);

/* A version 4 UUID (RFC 9562) in lower case; out has 37 bytes. */
void chance_uuid(struct chance *c, char *out);

#endif

/* salt.h — hashes that a client cannot foresee.
 *
 * str_hash is the same in every run, which draws at random and ETags need, so whoever
 * has read it can write as many texts of one hash as they like: a table of those is
 * searched from end to end for each of them. Where keys may come from a client, a salt
 * that nobody else knows goes into the hash, at the latest when a table shows that it
 * was attacked. Nothing that is seen outside, an order included, may depend on it. */
#ifndef BASE_SALT_H
#define BASE_SALT_H

#include "base/str.h"

#include <stdint.h>

struct salt {
    uint64_t key[2];
};

/* A new one, from the system's random numbers. */
struct salt salt_draw(void);

/* SipHash-1-3 (Aumasson and Bernstein, 2012), as the tables of Python and Rust. */
uint64_t salt_hash(const struct salt *s, struct str text);

#endif

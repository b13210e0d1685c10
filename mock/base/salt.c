#include "base/salt.h"

#include "base/clock.h"

#include <sys/random.h>

struct salt salt_draw(void)
{
    /* A kernel without random numbers does not keep anybody from serving. */
    struct salt s = { { (uint64_t)clock_monotonic_us(), (uint64_t)(uintptr_t)&s } };
    ssize_t got = getrandom(&s, sizeof(s), 0);
    (void)got;
    return s;
}

static inline uint64_t turn(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void stir(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = turn(v[1], 13) ^ v[0];
    v[3] = turn(v[3], 16) ^ v[2];
    v[0] = turn(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = turn(v[1], 17) ^ v[2];
    v[3] = turn(v[3], 21) ^ v[0];
    v[2] = turn(v[2], 32);
}

static inline void take(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    stir(v);
    v[0] ^= word;
}

uint64_t salt_hash(const struct salt *s, struct str text)
{
    uint64_t v[4] = { s->key[0] ^ 0x736f6d6570736575, s->key[1] ^ 0x646f72616e646f6d,
                      s->key[0] ^ 0x6c7967656e657261, s->key[1] ^ 0x7465646279746573 };
    uint64_t word, last = 0;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        memcpy(&word, text.ptr + i, 8);
        take(v, word);
    }
    if (text.len)
        memcpy(&last, text.ptr + i, text.len - i);
    take(v, (uint64_t)text.len << 56 | last);
    v[2] ^= 0xff;
    stir(v);
    stir(v);
    stir(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

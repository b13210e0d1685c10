#include "base/chance.h"

struct chance chance_of(uint64_t seed, struct str namespace, struct str operation,
                        uint64_t call)
{
    struct chance c = { seed ^ str_hash(namespace) };
    c.state = chance_next(&c) ^ str_hash(operation);
    c.state = chance_next(&c) ^ call;
    c.state = chance_next(&c);
    return c;
}

uint64_t chance_next(struct chance *c)
{
    uint64_t z = (c->state += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

double chance_unit(struct chance *c)
{
    return (double)(chance_next(c) >> 11) * 0x1.0p-53;
}

uint64_t chance_below(struct chance *c, uint64_t n)
{
    return n ? (uint64_t)(((__uint128_t)chance_next(c) * n) >> 64) : 0;
}

void chance_uuid(struct chance *c, char *out)
{
    uint64_t a = chance_next(c), b = chance_next(c);
    a = (a & ~0xf000ull) | 0x4000ull;
    b = (b & ~(3ull << 62)) | (2ull << 62);
    for (size_t i = 0; i < 36; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            out[i] = '-';
            continue;
        }
        uint64_t *from = i < 18 ? &a : &b;
        out[i] = "0123456789abcdef"[*from >> 60];
        *from <<= 4;
    }
    out[36] = '\0';
}

#include "base/str.h"

#include <stdint.h>

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_equal_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str a)
{
    while (a.len && blank(a.ptr[0]))
        a.ptr++, a.len--;
    while (a.len && blank(a.ptr[a.len - 1]))
        a.len--;
    return a;
}

bool str_split(struct str *rest, char separator, struct str *part)
{
    if (!rest->ptr)
        return false;
    const char *at = rest->len ? memchr(rest->ptr, separator, rest->len) : NULL;
    if (!at) {
        *part = *rest;
        *rest = (struct str){ NULL, 0 };
        return true;
    }
    *part = (struct str){ rest->ptr, (size_t)(at - rest->ptr) };
    *rest = str_from(*rest, part->len + 1);
    return true;
}

bool str_digits(struct str *rest, size_t n, int64_t *value)
{
    if (rest->len < n)
        return false;
    *value = 0;
    for (size_t i = 0; i < n; i++) {
        if (rest->ptr[i] < '0' || rest->ptr[i] > '9')
            return false;
        *value = *value * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_from(*rest, n);
    return true;
}

/* The last bytes of a, fewer than eight, as the low ones of a word; no call of memcpy
 * with a length that varies. */
static unsigned long long tail_of(struct str a, size_t count)
{
    unsigned long long word = 0;
    if (count && a.len >= 8) {
        memcpy(&word, a.ptr + a.len - 8, 8);
        return word >> (8 * (8 - count));
    }
    const char *p = a.ptr;
    unsigned shift = 0;
    if (count & 4) {
        uint32_t four;
        memcpy(&four, p, 4);
        word = four;
        p += 4;
        shift = 32;
    }
    for (size_t i = 0; i < (count & 3); i++, shift += 8)
        word |= (unsigned long long)(unsigned char)p[i] << shift;
    return word;
}

unsigned long long str_hash(struct str a)
{
    /* Eight bytes a step, mixed by the multiplier and the final shifts of
     * SplitMix64: short keys dominate here, and they take one or two steps. */
    unsigned long long h = 0x9e3779b97f4a7c15ull ^ a.len;
    size_t i = 0;
    for (; i + 8 <= a.len; i += 8) {
        unsigned long long word;
        memcpy(&word, a.ptr + i, 8);
        h = (h ^ word) * 0xbf58476d1ce4e5b9ull;
        h ^= h >> 29;
    }
    h = (h ^ tail_of(a, a.len - i)) * 0x94d049bb133111ebull;
    return h ^ (h >> 31);
}

unsigned str_distance(struct str a, struct str b)
{
    enum { MOST = 64 };
    unsigned row[MOST + 1];
    if (a.len > MOST || b.len > MOST)
        return MOST;
    for (size_t j = 0; j <= b.len; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned above = row[j];
            unsigned best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[b.len];
}

/* str.h — text we did not make ourselves: a borrowed slice whose length is known.
 *
 * A struct str never owns its bytes; whoever fills one says in a comment how long
 * they live. The bytes need not end in NUL and may hold any byte. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Borrowed from text; NULL becomes the empty slice. */
static inline struct str str(const char *text)
{
    return (struct str){ text ? text : "", text ? strlen(text) : 0 };
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Whether the bytes at other, as many as a has, are those of a. For short texts on hot
 * paths, where a call of memcmp costs more than it compares. */
static inline bool str_same_bytes(const char *other, struct str a)
{
    unsigned long long x, y;
    unsigned v, w;
    if (a.len < 4) {
        for (size_t i = 0; i < a.len; i++)
            if (a.ptr[i] != other[i])
                return false;
        return true;
    }
    if (a.len < 8) {
        memcpy(&v, a.ptr, 4);
        memcpy(&w, other, 4);
        bool same = v == w;
        memcpy(&v, a.ptr + a.len - 4, 4);
        memcpy(&w, other + a.len - 4, 4);
        return same && v == w;
    }
    for (size_t i = 0; i + 8 < a.len; i += 8) {
        memcpy(&x, a.ptr + i, 8);
        memcpy(&y, other + i, 8);
        if (x != y)
            return false;
    }
    memcpy(&x, a.ptr + a.len - 8, 8);
    memcpy(&y, other + a.len - 8, 8);
    return x == y;
}

static inline bool str_is(struct str a, const char *text)
{
    return str_equal(a, str(text));
}

static inline bool str_starts(struct str a, struct str with)
{
    return a.len >= with.len && memcmp(a.ptr, with.ptr, with.len) == 0;
}

/* The slice from offset to the end; empty past the end. */
static inline struct str str_from(struct str a, size_t offset)
{
    if (offset > a.len)
        offset = a.len;
    return (struct str){ a.ptr + offset, a.len - offset };
}

/* ASCII only, as RFC 9110 wants for field names and schemes. */
bool str_equal_nocase(struct str a, struct str b);

/* Without the spaces and tabs (RFC 9110 OWS) at both ends; borrowed from a. */
struct str str_trim(struct str a);

/* Takes the part before the first separator off *rest and returns it; false once
 * *rest was used up. "a,b" gives "a", "b"; "" gives "" once. A *rest whose ptr is
 * NULL is used up. */
bool str_split(struct str *rest, char separator, struct str *part);

/* Takes exactly n digits, 18 at most, off the front of *rest. False, with *rest as it
 * was, when they are not there. */
bool str_digits(struct str *rest, size_t n, int64_t *value);

/* A 64-bit hash, the same in every run; not stable between versions. A client can write
 * texts that have one hash: see base/salt.h. */
unsigned long long str_hash(struct str a);

/* How many single-character edits turn a into b; used to name the nearest right
 * word in an error. Texts over 64 bytes count as far apart. */
unsigned str_distance(struct str a, struct str b);

#endif

/* inflate.h — bytes packed with deflate, unpacked within a bound (the only zlib.h).
 *
 * zlib's memory comes from the arena, so nothing leaks when the arena's limit ends the
 * call. A few kilobytes can hold a thousand times as much (deflate packs 1032 to 1 at
 * best), so the caller says how much may come out. There is no bound on the ratio:
 * below that size it would only refuse honest zeros. */
#ifndef BASE_INFLATE_H
#define BASE_INFLATE_H

#include "base/arena.h"

enum inflate_form {
    INFLATE_GZIP,   /* RFC 1952; members one after the other are one text */
    INFLATE_DEFLATE /* RFC 9110, 8.4.1.2: zlib (RFC 1950); also raw (RFC 1951), as some
                       clients send it */
};

enum inflate_end {
    INFLATE_WHOLE,
    INFLATE_BROKEN,  /* the bytes at *offset are not of that form */
    INFLATE_CUT,     /* they end too early */
    INFLATE_TOO_LONG /* more than limit bytes would come out */
};

/* Unpacks all of packed; *out is borrowed from arena. *offset is where in packed it
 * ended. */
enum inflate_end inflate_read(struct str packed, enum inflate_form form, size_t limit,
                              struct arena *arena, struct str *out, size_t *offset);

#endif

#include "base/inflate.h"

#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

enum { FIRST_ROOM = 16 * 1024, RAW = -MAX_WBITS, ZLIB = MAX_WBITS, GZIP = 16 };

static void *take(void *arena, unsigned count, unsigned size)
{
    return arena_take_raw(arena, (size_t)count * size);
}

static void give_back(void *arena, void *address)
{
    (void)arena;
    (void)address;
}

/* RFC 1950: the method is deflate and the first two bytes are a multiple of 31. */
static bool has_zlib_head(struct str s)
{
    if (s.len < 2)
        return false;
    unsigned first = (unsigned char)s.ptr[0], second = (unsigned char)s.ptr[1];
    return (first & 15) == Z_DEFLATED && (first * 256 + second) % 31 == 0;
}

/* What has come out so far. */
struct outcome {
    char *bytes;
    size_t len, room, limit;
};

/* Room for one byte more than the limit, so that reaching the limit is told from
 * passing it. */
static void grow(z_stream *z, struct outcome *o, struct arena *arena)
{
    size_t most = o->limit + 1;
    size_t room = !o->room ? FIRST_ROOM : o->room > most / 2 ? most : 2 * o->room;
    if (room > most)
        room = most;
    char *larger = arena_take_raw(arena, room + 1);
    if (o->len)
        memcpy(larger, o->bytes, o->len);
    o->bytes = larger;
    o->room = room;
    z->next_out = (Bytef *)larger + o->len;
    z->avail_out = (uInt)(room - o->len);
}

static enum inflate_end unpack(z_stream *z, struct outcome *o, bool members,
                               struct arena *arena)
{
    for (;;) {
        if (!z->avail_out)
            grow(z, o, arena);
        int got = inflate(z, Z_NO_FLUSH);
        o->len = o->room - z->avail_out;
        if (o->len > o->limit)
            return INFLATE_TOO_LONG;
        if (got == Z_STREAM_END && !z->avail_in)
            return INFLATE_WHOLE;
        if (got == Z_STREAM_END) {
            if (!members || *z->next_in != 0x1f || inflateReset(z) != Z_OK)
                return INFLATE_BROKEN;
        } else if (got != Z_OK && got != Z_BUF_ERROR) {
            return INFLATE_BROKEN;
        } else if (!z->avail_in && z->avail_out) {
            return INFLATE_CUT;
        }
    }
}

enum inflate_end inflate_read(struct str packed, enum inflate_form form, size_t limit,
                              struct arena *arena, struct str *out, size_t *offset)
{
    z_stream z = { .zalloc = take, .zfree = give_back, .opaque = arena };
    struct outcome o = { .limit = limit };
    bool gzip = form == INFLATE_GZIP;
    *out = (struct str){ "", 0 };
    *offset = 0;
    if (packed.len > UINT_MAX || limit >= UINT_MAX)
        return INFLATE_TOO_LONG;
    z.next_in = (const Bytef *)packed.ptr;
    z.avail_in = (uInt)packed.len;
    int window = gzip ? GZIP + ZLIB : has_zlib_head(packed) ? ZLIB : RAW;
    if (inflateInit2(&z, window) != Z_OK)
        return INFLATE_BROKEN;
    enum inflate_end end = unpack(&z, &o, gzip, arena);
    *offset = packed.len - z.avail_in;
    inflateEnd(&z);
    o.bytes[o.len] = '\0';
    *out = (struct str){ o.bytes, o.len };
    return end;
}

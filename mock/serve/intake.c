#include "serve/intake.h"

#include <string.h>

/* Bytes that are asked for at once. */
enum { READ_SLICE = 64 * 1024 };

static void over_limit(struct request *r)
{
    r->body = (struct str){ NULL, 0 };
    r->body_over_limit = true;
}

bool intake_wanted(const struct framing *f, struct request *r)
{
    if (!f->chunked && f->told > r->max_body)
        over_limit(r);
    return f->chunked || (f->told > 0 && !r->body_over_limit);
}

/* At most room bytes; *all tells whether the body ended. False when it broke off. */
static bool fill(const struct intake *in, bool chunked, char *to, size_t room,
                 size_t *len, bool *all)
{
    *all = false;
    while (*len < room) {
        size_t want = room - *len < READ_SLICE ? room - *len : READ_SLICE;
        int got = in->read(in->connection, to + *len, want);
        if (got < 0 || (got == 0 && !chunked))
            return false;
        *len += (size_t)got;
        *all = got == 0;
        if (*all)
            return true;
        if (!chunked && (size_t)got < want)
            return false;
    }
    return true;
}

static void read_told(const struct intake *in, size_t told, struct request *r)
{
    size_t len = 0;
    bool all;
    char *bytes = arena_take_raw(in->arena, told + 1);
    r->body_cut_off = !fill(in, false, bytes, told, &len, &all);
    bytes[len] = '\0';
    r->body = (struct str){ bytes, len };
}

static void read_chunked(const struct intake *in, struct request *r)
{
    size_t most = r->max_body + 1, len = 0;
    size_t room = most < READ_SLICE ? most : READ_SLICE;
    char *bytes = arena_take_raw(in->arena, room + 1);
    for (bool all = false; !all;) {
        if (!fill(in, true, bytes, room, &len, &all)) {
            r->body_cut_off = true;
            break;
        }
        if (len >= most) {
            over_limit(r);
            return;
        }
        if (len == room) {
            size_t twice = room > most / 2 ? most : 2 * room;
            char *larger = arena_take_raw(in->arena, twice + 1);
            memcpy(larger, bytes, len);
            bytes = larger;
            room = twice;
        }
    }
    bytes[len] = '\0';
    if (len > 0)
        r->body = (struct str){ bytes, len };
}

void intake_read(const struct intake *in, const struct framing *f, struct request *r)
{
    if (f->chunked)
        read_chunked(in, r);
    else
        read_told(in, (size_t)f->told, r);
}

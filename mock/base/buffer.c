#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

struct buffer buffer_in(struct arena *arena, size_t limit)
{
    return (struct buffer){ .limit = limit, .arena = arena };
}

static bool make_room(struct buffer *b, size_t more)
{
    if (b->full || more > b->limit || b->len + more > b->limit) {
        b->full = true;
        return false;
    }
    size_t need = b->len + more + 1;
    if (need <= b->room)
        return true;
    size_t room = b->room ? b->room * 2 : 256;
    if (room < need)
        room = need;
    char *bytes = arena_take_raw(b->arena, room);
    if (b->len)
        memcpy(bytes, b->ptr, b->len);
    b->ptr = bytes;
    b->room = room;
    return true;
}

void buffer_add(struct buffer *b, struct str text)
{
    if (!make_room(b, text.len))
        return;
    if (text.len)
        memcpy(b->ptr + b->len, text.ptr, text.len);
    b->len += text.len;
    b->ptr[b->len] = '\0';
}

void buffer_add_text(struct buffer *b, const char *text)
{
    buffer_add(b, str(text));
}

char *buffer_room(struct buffer *b, size_t more)
{
    return make_room(b, more) ? b->ptr + b->len : NULL;
}

/* Most texts fit where they are to stand, and are written once. */
void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t left = b->room - b->len;
    int len = vsnprintf(left ? b->ptr + b->len : NULL, left, format, args);
    size_t more = len > 0 ? (size_t)len : 0;
    va_end(args);
    if (make_room(b, more)) {
        if (more >= left)
            vsnprintf(b->ptr + b->len, more + 1, format, again);
        b->len += more;
    } else if (left) {
        b->ptr[b->len] = '\0';
    }
    va_end(again);
}

struct str buffer_str(const struct buffer *b)
{
    return b->ptr ? (struct str){ b->ptr, b->len } : STR("");
}

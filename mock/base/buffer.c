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

void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0 && make_room(b, (size_t)len)) {
        vsnprintf(b->ptr + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

struct str buffer_str(const struct buffer *b)
{
    return b->ptr ? (struct str){ b->ptr, b->len } : STR("");
}

/* buffer.h — text that grows while it is written.
 *
 * The bytes live in an arena and are borrowed from it; there is nothing to free. No
 * buffer exists without a maximum: past it the text stops growing and full is set,
 * which the writer checks once, at the end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include "base/arena.h"

struct buffer {
    char *ptr; /* always NUL-terminated once something was added */
    size_t len, room, limit;
    bool full;
    struct arena *arena;
};

/* An empty buffer that may grow to limit bytes. */
struct buffer buffer_in(struct arena *arena, size_t limit);

void buffer_add(struct buffer *b, struct str text);
void buffer_add_text(struct buffer *b, const char *text);

/* Room for so many bytes more at the end; the caller writes them there and adds to len
 * as many as it wrote, behind which a NUL fits as well. NULL when the buffer is full.
 */
char *buffer_room(struct buffer *b, size_t more);

static inline void buffer_add_char(struct buffer *b, char c)
{
    if (b->len + 1 >= b->room || b->len >= b->limit || b->full) {
        buffer_add(b, (struct str){ &c, 1 });
        return;
    }
    b->ptr[b->len++] = c;
    b->ptr[b->len] = '\0';
}

void buffer_printf(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What was written, borrowed from the arena; "" when nothing was. */
struct str buffer_str(const struct buffer *b);

#endif

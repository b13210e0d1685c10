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
void buffer_add_char(struct buffer *b, char c);
void buffer_printf(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What was written, borrowed from the arena; "" when nothing was. */
struct str buffer_str(const struct buffer *b);

#endif

#include "api/param_text.h"

#include "doc/json.h"

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The byte that "%XX" at offset i stands for; -1 when no escape is there. */
static int escape_at(struct str text, size_t i)
{
    if (i + 2 >= text.len || text.ptr[i] != '%' || hex(text.ptr[i + 1]) < 0 ||
        hex(text.ptr[i + 2]) < 0)
        return -1;
    return hex(text.ptr[i + 1]) << 4 | hex(text.ptr[i + 2]);
}

/* U+0000 is held as C0 80. */
static struct str without_nul(const char *bytes, size_t n, struct arena *arena)
{
    struct buffer b = buffer_in(arena, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        if (bytes[i])
            buffer_add_char(&b, bytes[i]);
        else
            utf8_add(&b, 0);
    }
    return buffer_str(&b);
}

bool percent_decode(struct str text, bool plus, struct arena *arena, struct str *out)
{
    *out = text;
    if (!text.len || (!memchr(text.ptr, '%', text.len) &&
                      !(plus && memchr(text.ptr, '+', text.len))))
        return utf8_valid(text);
    char *to = arena_take_raw(arena, text.len + 1);
    size_t n = 0;
    bool nul = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            int byte = escape_at(text, i);
            if (byte < 0)
                return false;
            c = (char)byte;
            i += 2;
        }
        nul = nul || !c;
        to[n++] = c;
    }
    to[n] = '\0';
    if (!utf8_valid((struct str){ to, n }))
        return false;
    *out = nul ? without_nul(to, n, arena) : (struct str){ to, n };
    return true;
}

/* The length of what stands for c at offset i: 1 as such, 3 encoded, 0 when it is not
 * there. */
static size_t char_at(struct str text, size_t i, char c, bool encoded)
{
    if (text.ptr[i] == c || (encoded && c == ' ' && text.ptr[i] == '+'))
        return 1;
    return encoded && escape_at(text, i) == (unsigned char)c ? 3 : 0;
}

static size_t separator_at(struct str text, size_t i, struct separator by)
{
    return by.c && i < text.len ? char_at(text, i, by.c, by.encoded) : 0;
}

/* Where the next separator is, from the start; text.len: nowhere. */
static size_t find(struct str text, struct separator by)
{
    if (by.c && !by.encoded) {
        const char *at = text.len ? memchr(text.ptr, by.c, text.len) : NULL;
        return at ? (size_t)(at - text.ptr) : text.len;
    }
    size_t i = 0;
    while (i < text.len && !separator_at(text, i, by))
        i++;
    return i;
}

static size_t past_blanks(struct str text, size_t i, bool blanks)
{
    while (blanks && i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t'))
        i++;
    return i;
}

/* The length of the separator behind a quoted item. Clients that encode a list as a
 * whole encode what separates, too; that means it where the next item begins with a
 * quote. */
static size_t separator_behind(const struct items *items, struct str text, size_t i)
{
    size_t n = separator_at(text, i, items->by);
    if (n || items->blanks || !items->by.c || i >= text.len)
        return n;
    n = char_at(text, i, items->by.c, true);
    return n && i + n < text.len && char_at(text, i + n, '"', true) ? n : 0;
}

/* The offset of the quote that ends an item which begins with one; 0 when none does.
 * *next is where the separator behind it stands. */
static size_t closing(const struct items *items, struct str text, size_t from,
                      size_t *next)
{
    for (size_t i = from; i < text.len; i++) {
        size_t quote = char_at(text, i, '"', true);
        if (!quote)
            continue;
        *next = past_blanks(text, i + quote, items->blanks);
        if (*next == text.len || separator_behind(items, text, *next))
            return i;
    }
    return 0;
}

bool items_next(struct items *items, struct str *item)
{
    struct str text = items->rest;
    if (!text.ptr)
        return false;
    text = str_from(text, past_blanks(text, 0, items->blanks));
    size_t open = items->quotes && text.len ? char_at(text, 0, '"', true) : 0;
    size_t at = 0, end = open ? closing(items, text, open, &at) : 0;
    items->quoted = end > 0;
    if (open && !end)
        items->quotes = false; /* no later item can end in one either */
    if (!end)
        at = find(text, items->by);
    *item = end ? (struct str){ text.ptr + open, end - open }
                : (struct str){ text.ptr, at };
    if (!end && items->blanks)
        *item = str_trim(*item);
    if (at < text.len)
        items->rest = str_from(text, at + (end ? separator_behind(items, text, at)
                                               : separator_at(text, at, items->by)));
    else
        items->rest = (struct str){ NULL, 0 };
    return true;
}

bool item_several(struct str text, struct separator by)
{
    return find(text, by) < text.len;
}

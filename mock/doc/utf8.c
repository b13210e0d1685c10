#include "doc/json.h"

size_t utf8_length(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

bool utf8_valid(struct str text)
{
    const unsigned char *p = (const unsigned char *)text.ptr, *end = p + text.len;
    while (p < end) {
        unsigned c = *p++;
        if (c < 0x80)
            continue;
        unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
        if (c < 0xc2 || c > 0xf4 || (size_t)(end - p) < more)
            return false;
        if ((c == 0xe0 && p[0] < 0xa0) || (c == 0xed && p[0] > 0x9f) ||
            (c == 0xf0 && p[0] < 0x90) || (c == 0xf4 && p[0] > 0x8f))
            return false;
        for (; more; more--)
            if ((*p++ & 0xc0) != 0x80)
                return false;
    }
    return true;
}

struct str utf8_cut(struct str text, size_t most)
{
    if (text.len <= most)
        return text;
    while (most && ((unsigned char)text.ptr[most] & 0xc0) == 0x80)
        most--;
    return (struct str){ text.ptr, most };
}

void utf8_mend(char *text)
{
    for (char *p = text; *p;) {
        size_t n = 1;
        if ((unsigned char)p[0] == 0xc0 && (unsigned char)p[1] == 0x80) {
            p += 2;
            continue;
        }
        while (n < 4 && p[n] && !utf8_valid((struct str){ p, n }))
            n++;
        if (!utf8_valid((struct str){ p, n })) {
            *p = '?';
            n = 1;
        }
        p += n;
    }
}

const char *utf8_mended(const char *text, struct arena *arena)
{
    if (utf8_valid(str(text)))
        return text;
    char *copy = arena_copy(arena, str(text));
    utf8_mend(copy);
    return copy;
}

size_t utf8_put(char *to, uint32_t c)
{
    if (c && c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

void utf8_add(struct buffer *b, uint32_t c)
{
    char out[4];
    buffer_add(b, (struct str){ out, utf8_put(out, c) });
}

bool utf8_is(const char *held, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!text.ptr[i]) {
            if (strncmp(held, "\xc0\x80", 2) != 0)
                return false;
            held += 2;
        } else if (*held++ != text.ptr[i]) {
            return false;
        }
    }
    return !*held;
}

#include "base/base64.h"

/* The six bits of a digit, or -1. */
static int digit(char c, enum base64 form)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (form == BASE64 ? '+' : '-'))
        return 62;
    if (c == (form == BASE64 ? '/' : '_'))
        return 63;
    return -1;
}

bool base64_read(struct str text, enum base64 form, struct arena *arena,
                 struct str *bytes)
{
    size_t whole = text.len, n = 0;
    while (form == BASE64 && text.len && text.ptr[text.len - 1] == '=')
        text.len--;
    size_t padding = whole - text.len;
    if (text.len % 4 == 1 || (padding && (padding > 2 || whole % 4)))
        return false;
    char *out = arena_take(arena, text.len / 4 * 3 + 4);
    unsigned held = 0, bits = 0;
    for (size_t i = 0; i < text.len; i++) {
        int d = digit(text.ptr[i], form);
        if (d < 0)
            return false;
        held = held << 6 | (unsigned)d;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (char)(held >> bits & 0xff);
        }
    }
    *bytes = (struct str){ out, n };
    return !(held & ((1U << bits) - 1));
}

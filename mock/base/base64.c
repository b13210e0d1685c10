#include "base/base64.h"

#include <stdint.h>

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

const char *base64_write(struct str bytes, struct arena *arena)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_take(arena, (bytes.len + 2) / 3 * 4 + 1), *to = out;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t three = (uint32_t)(unsigned char)bytes.ptr[i] << 16;
        if (left > 1)
            three |= (uint32_t)(unsigned char)bytes.ptr[i + 1] << 8;
        if (left > 2)
            three |= (unsigned char)bytes.ptr[i + 2];
        *to++ = digits[three >> 18];
        *to++ = digits[three >> 12 & 63];
        *to++ = left > 1 ? digits[three >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[three & 63] : '=';
    }
    *to = '\0';
    return out;
}

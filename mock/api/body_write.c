#include "api/body_parts.h"

/* A string of one character for each byte, as body.h has bytes, back to the bytes; text
 * that is none is written in UTF-8. */
static struct str bytes_of(const char *text, struct arena *arena)
{
    struct str all = str(text);
    char *to = arena_take_raw(arena, all.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < all.len; i++) {
        unsigned char c = (unsigned char)all.ptr[i];
        if (c >= 0xc4)
            return all;
        if (c >= 0xc0 && i + 1 < all.len)
            c = (unsigned char)(c << 6 | ((unsigned char)all.ptr[++i] & 0x3f));
        to[n++] = (char)c;
    }
    to[n] = '\0';
    return (struct str){ to, n };
}

/* C0 80 back to a NUL. */
static struct str text_of(const cJSON *value, struct arena *arena)
{
    if (!json_is_string(value))
        return json_text(value, arena);
    struct str all = str(value->valuestring);
    if (!strstr(value->valuestring, "\xc0\x80"))
        return all;
    char *to = arena_take_raw(arena, all.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < all.len; i++) {
        bool nul = all.ptr[i] == '\xc0';
        to[n++] = nul ? '\0' : all.ptr[i];
        i += nul;
    }
    to[n] = '\0';
    return (struct str){ to, n };
}

static void write_lines(struct buffer *b, const cJSON *value, bool sequence)
{
    const cJSON *one = json_is_array(value) ? value->child : value;
    for (; one; one = json_is_array(value) ? one->next : NULL) {
        if (sequence)
            buffer_add_char(b, '\x1e');
        json_write(b, one);
        buffer_add_char(b, '\n');
    }
}

bool body_write(const struct media *m, const cJSON *value, struct arena *arena,
                struct str *bytes)
{
    struct buffer b = buffer_in(arena, LIMIT_ANSWER_BYTES);
    switch (m->kind) {
    case MEDIA_JSON:
        *bytes = json_text(value, arena);
        return true;
    case MEDIA_LINES:
    case MEDIA_SEQUENCE:
        write_lines(&b, value, m->kind == MEDIA_SEQUENCE);
        break;
    case MEDIA_FORM:
        if (!json_is_object(value))
            return false;
        form_write(&b, m, value);
        break;
    case MEDIA_XML:
        if (!xml_body_write(&b, m->shape, value))
            return false;
        break;
    case MEDIA_TEXT:
        *bytes = text_of(value, arena);
        return true;
    case MEDIA_BYTES:
        if (!json_is_string(value))
            return false;
        *bytes = bytes_of(value->valuestring, arena);
        return true;
    case MEDIA_MULTIPART:
        return false;
    }
    *bytes = buffer_str(&b);
    return !b.full;
}

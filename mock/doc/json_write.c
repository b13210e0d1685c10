#include "doc/json.h"

#include "base/limits.h"
#include "doc/number.h"

/* Whether eight bytes have one that is not written as it is: below 0x20, '"', '\\', or
 * 0xc0, which begins U+0000. A byte of a word is 0 when its highest bit, and no lower
 * one that matters, comes out of (x - 1) & ~x. */
static bool has_special(const char *bytes)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t x, quote, back, nul;
    memcpy(&x, bytes, sizeof(x));
    quote = x ^ ones * '"';
    back = x ^ ones * '\\';
    nul = x ^ ones * 0xc0;
    return ((((x - ones * 0x20) & ~x) | ((quote - ones) & ~quote) |
             ((back - ones) & ~back) | ((nul - ones) & ~nul)) &
            tops) != 0;
}

static bool is_plain(const char *text, size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8)
        if (has_special(text + i))
            return false;
    for (; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0xc0)
            return false;
    }
    return true;
}

static void write_text(struct buffer *b, const char *text)
{
    size_t len = strlen(text);
    char *room = is_plain(text, len) ? buffer_room(b, len + 2) : NULL;
    if (room) {
        room[0] = '"';
        memcpy(room + 1, text, len);
        room[len + 1] = '"';
        room[len + 2] = '\0';
        b->len += len + 2;
        return;
    }
    buffer_add_char(b, '"');
    const char *run = text;
    for (const char *p = text;; p++) {
        unsigned char c = (unsigned char)*p;
        bool nul = c == 0xc0 && (unsigned char)p[1] == 0x80;
        if (c >= 0x20 && c != '"' && c != '\\' && !nul)
            continue;
        buffer_add(b, (struct str){ run, (size_t)(p - run) });
        if (!c)
            break;
        switch (c) {
        case '"':
            buffer_add(b, STR("\\\""));
            break;
        case '\\':
            buffer_add(b, STR("\\\\"));
            break;
        case '\n':
            buffer_add(b, STR("\\n"));
            break;
        case '\r':
            buffer_add(b, STR("\\r"));
            break;
        case '\t':
            buffer_add(b, STR("\\t"));
            break;
        default:
            buffer_printf(b, "\\u%04x", nul ? 0u : c);
        }
        p += nul;
        run = p + 1;
    }
    buffer_add_char(b, '"');
}

void json_write(struct buffer *b, const cJSON *n)
{
    if (json_is_lent(n) && json_lent_of(n)->text.ptr) {
        buffer_add(b, json_lent_of(n)->text);
        return;
    }
    switch (n->type & 0xff) {
    case cJSON_Object:
        buffer_add_char(b, '{');
        for (const cJSON *c = n->child; c; c = c->next) {
            write_text(b, c->string);
            buffer_add_char(b, ':');
            json_write(b, c);
            if (c->next)
                buffer_add_char(b, ',');
        }
        buffer_add_char(b, '}');
        return;
    case cJSON_Array:
        buffer_add_char(b, '[');
        for (const cJSON *c = n->child; c; c = c->next) {
            json_write(b, c);
            if (c->next)
                buffer_add_char(b, ',');
        }
        buffer_add_char(b, ']');
        return;
    case cJSON_String:
        write_text(b, n->valuestring);
        return;
    case cJSON_Number: {
        char text[NUMBER_TEXT];
        buffer_add_text(b, n->valuestring ? n->valuestring : number_text(n, text));
        return;
    }
    case cJSON_True:
        buffer_add(b, STR("true"));
        return;
    case cJSON_False:
        buffer_add(b, STR("false"));
        return;
    default:
        buffer_add(b, STR("null"));
    }
}

/* The bytes of those texts in a tree that are known. */
static size_t written_bytes(const cJSON *n)
{
    if (json_is_lent(n) && json_lent_of(n)->text.ptr)
        return json_lent_of(n)->text.len + 1;
    size_t bytes = 0;
    for (const cJSON *c = n->child; c; c = c->next)
        bytes += written_bytes(c);
    return bytes;
}

struct str json_text(const cJSON *tree, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_ANSWER_BYTES);
    size_t known = written_bytes(tree);
    if (known)
        buffer_room(&b, known + 256); /* a page is no text that grows */
    b.full = false;
    json_write(&b, tree);
    return buffer_str(&b);
}

/* keeping_answers.c — the answers that a namespace keeps for retries (idempotency.h),
 * as entries.
 *
 * They stand in a ring, /answers/0 to LIMIT_IDEMPOTENCY_KEYS - 1, so that the oldest
 * make room where they are kept as they do in memory. A value is netstrings ("3:abc,"),
 * since a body may be any bytes: the number of the answer, then what struct
 * stored_answer has. */
#include "play/keeping_parts.h"

#include "base/limits.h"
#include "play/idempotency.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void put(struct buffer *b, struct str text)
{
    buffer_printf(b, "%zu:", text.len);
    buffer_add(b, text);
    buffer_add_char(b, ',');
}

static void put_number(struct buffer *b, uint64_t n)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRIu64, n);
    put(b, str(text));
}

struct str keeping_answer_write(const struct stored_answer *a, uint64_t number,
                                struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_KEEP_VALUE);
    put_number(&b, number);
    put(&b, a->api);
    put(&b, a->key);
    put_number(&b, a->fingerprint);
    put_number(&b, (uint64_t)a->expires);
    put_number(&b, (uint64_t)a->status);
    put(&b, a->content_type);
    put_number(&b, a->body.ptr != NULL);
    put(&b, a->body);
    for (size_t i = 0; i < a->field_count; i++) {
        put(&b, a->fields[i].name);
        put(&b, a->fields[i].value);
    }
    return b.full ? (struct str){ NULL, 0 } : buffer_str(&b);
}

/* Takes the next netstring off *rest, as a copy that ends in NUL. */
static bool take(struct str *rest, struct str *text, struct arena *arena)
{
    size_t n = 0, i = 0;
    while (i < rest->len && rest->ptr[i] >= '0' && rest->ptr[i] <= '9' &&
           n <= LIMIT_KEEP_VALUE)
        n = n * 10 + (size_t)(rest->ptr[i++] - '0');
    if (!i || i >= rest->len || rest->ptr[i] != ':' || n > rest->len - i - 1 ||
        n + 1 > rest->len - i - 1 || rest->ptr[i + 1 + n] != ',')
        return false;
    struct str slice = { rest->ptr + i + 1, n };
    *text = (struct str){ arena_copy(arena, slice), n };
    *rest = str_from(*rest, i + n + 2);
    return true;
}

bool keeping_answer_read(struct str value, struct stored_answer *a, uint64_t *number,
                         struct arena *arena)
{
    enum {
        NUMBER,
        API,
        KEY,
        FINGERPRINT,
        EXPIRES,
        STATUS,
        TYPE,
        HAS_BODY,
        BODY,
        PARTS
    };
    struct str parts[PARTS], name, text;
    for (size_t i = 0; i < PARTS; i++)
        if (!take(&value, &parts[i], arena))
            return false;
    *number = strtoull(parts[NUMBER].ptr, NULL, 10);
    *a = (struct stored_answer){
        .api = parts[API],
        .key = parts[KEY],
        .fingerprint = strtoull(parts[FINGERPRINT].ptr, NULL, 10),
        .expires = (clock_ms)strtoull(parts[EXPIRES].ptr, NULL, 10),
        .status = (int)strtoul(parts[STATUS].ptr, NULL, 10),
        .content_type = parts[TYPE],
        .body = *parts[HAS_BODY].ptr == '1' ? parts[BODY] : (struct str){ NULL, 0 },
        .fields = arena_array(arena, struct header, ANSWER_HEADERS),
    };
    while (a->field_count < ANSWER_HEADERS && take(&value, &name, arena) &&
           take(&value, &text, arena))
        a->fields[a->field_count++] = (struct header){ name, text };
    return !value.len && a->status >= 200 && a->status <= 599;
}

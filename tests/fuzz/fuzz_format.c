/* fuzz_format.c — the name of a format, a NUL, any bytes: an answer; and no text that
 * is not ASCII, or holds U+0000, has a format whose RFC knows ASCII only.
 *
 *     clang -fsanitize=fuzzer,address,undefined … tests/fuzz/fuzz_format.c */
#include "schema/format.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define MEMORY ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const ascii_only[] = {
    "date-time", "date",       "time",          "duration",    "email",
    "uri",       "hostname",   "uri-reference", "ipv4",        "ipv6",
    "uuid",      "byte",       "base64url",     "decimal",     "decimal128",
    "boolean",   "time-local", "http-date",     "imf-fixdate", "date-time-local",
    "sf-string", "sf-token",   "sf-binary",     "sf-boolean",
};

static bool is_ascii(const char *text)
{
    while (*text && (unsigned char)*text < 0x80)
        text++;
    return !*text;
}

/* As a JSON string holds it, in a block of its own, so that reading past its end is
 * seen. Owned by the caller, who calls free. */
static char *held(struct str bytes, struct arena *arena)
{
    struct buffer b = buffer_in(arena, MEMORY / 4);
    for (size_t i = 0; i < bytes.len; i++)
        buffer_add(&b,
                   bytes.ptr[i] ? (struct str){ bytes.ptr + i, 1 } : STR("\xc0\x80"));
    char *text = malloc(b.len + 1);
    assert(text);
    memcpy(text, buffer_str(&b).ptr, b.len + 1);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    struct str input = { (const char *)data, size }, name;
    str_split(&input, '\0', &name);
    const struct format *f = format_of(arena_copy(arena, name));
    if (f && input.ptr) {
        char *text = held(input, arena);
        bool ok =
            format_check(f, &(cJSON){ .type = cJSON_String, .valuestring = text });
        for (size_t i = 0; i < COUNT(ascii_only); i++)
            assert(!ok || !str_is(name, ascii_only[i]) || is_ascii(text));
        free(text);
        const cJSON *number = json_number_read(arena, input);
        if (number)
            format_check(f, number);
    }
    arena_free(arena);
    return 0;
}

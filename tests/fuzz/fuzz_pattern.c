/* fuzz_pattern.c — a pattern, a NUL, a subject: whatever the bytes, an answer in time.
 *
 *     clang -fsanitize=fuzzer,address,undefined … tests/fuzz/fuzz_pattern.c */
#include "schema/pattern_once.h"

#include <assert.h>
#include <stdint.h>

#define MEMORY ((size_t)256 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    struct str input = { (const char *)data, size }, text, subject;
    const char *why = NULL;
    str_split(&input, '\0', &text);
    subject = input.ptr ? input : STR("aaaa\xc0\x80 b");
    /* Without machine code, into which the sanitizers do not see. */
    struct pattern *p = pattern_compile_once(arena_copy(arena, text), arena, &why);
    assert(p || (why && why[0]));
    if (p)
        pattern_match(p, subject, arena);
    arena_free(arena);
    return 0;
}

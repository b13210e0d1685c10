#include "schema/pattern.h"

#include "base/limits.h"
#include "schema/ecma.h"
#include "schema/pattern_once.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* What backtracking may take: by the interpreter, whose frames are 150 bytes or more,
 * and by machine code once PCRE2's own 32 KiB of stack are used up. */
enum { HEAP_KIB = 16 * 1024, FIRST_STACK = 256 * 1024, MOST_STACK = 16 * 1024 * 1024 };

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits; /* only read while matching: shared by threads */
    bool machine_code;
};

static void *take(size_t size, void *arena)
{
    return arena_take_raw(arena, size);
}

static void keep(void *memory, void *arena)
{
    /* The arena gives it back. */
    (void)memory;
    (void)arena;
}

static pcre2_code *compile(const struct ecma *e, pcre2_general_context *memory,
                           struct arena *arena, const char **why)
{
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
    int error;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)e->pcre.ptr, e->pcre.len, options,
                                     &error, &offset, context);
    if (!code) {
        PCRE2_UCHAR text[128] = "a lookbehind whose length varies cannot be matched";
        if (error != PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH)
            pcre2_get_error_message(error, text, sizeof(text));
        *why = arena_printf(arena, "%s at offset %zu", (char *)text,
                            ecma_offset(e, offset));
    }
    return code;
}

struct pattern *pattern_compile_once(const char *text, struct arena *arena,
                                     const char **why)
{
    struct ecma e = ecma_translate(text, arena);
    if (e.why) {
        *why = arena_printf(arena, "%s at offset %zu", e.why, e.offset);
        return NULL;
    }
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, arena);
    struct pattern *p = arena_take(arena, sizeof(*p));
    p->code = compile(&e, memory, arena, why);
    if (!p->code)
        return NULL;
    p->limits = pcre2_match_context_create(memory);
    pcre2_set_match_limit(p->limits, LIMIT_PATTERN_STEPS);
    pcre2_set_depth_limit(p->limits, LIMIT_PATTERN_STEPS);
    pcre2_set_heap_limit(p->limits, HEAP_KIB);
    return p;
}

/* Machine code lies outside the arena, in pages of its own. */
static void free_machine_code(void *pattern)
{
    pcre2_code_free(((struct pattern *)pattern)->code);
}

struct pattern *pattern_compile(const char *text, struct arena *arena, const char **why)
{
    struct pattern *p = pattern_compile_once(text, arena, why);
    if (!p)
        return NULL;
    arena_on_free(arena, free_machine_code, p);
    p->machine_code = pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE) == 0;
    return p;
}

static bool nul_at(struct str text, size_t i)
{
    return i + 1 < text.len && text.ptr[i] == '\xc0' && text.ptr[i + 1] == '\x80';
}

/* The subject with a real U+0000 for each C0 80. */
static struct str with_nuls(struct str text, struct arena *arena)
{
    if (!text.len || !memchr(text.ptr, '\xc0', text.len))
        return text;
    char *out = arena_take_raw(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool nul = nul_at(text, i);
        out[len++] = nul ? '\0' : text.ptr[i];
        i += nul;
    }
    return (struct str){ out, len };
}

static enum pattern_answer answer_of(int result)
{
    switch (result) {
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT:
    case PCRE2_ERROR_NOMEMORY:
        return PATTERN_GAVE_UP;
    default:
        return result >= 0 ? PATTERN_MATCHES : PATTERN_DIFFERS;
    }
}

/* The interpreter's frames come and go with malloc: in an arena they would pile up,
 * twenty kilobytes or more for each value of a body. */
static int interpret(const struct pattern *p, struct str subject)
{
    pcre2_match_data *found = pcre2_match_data_create(1, NULL);
    if (!found)
        return PCRE2_ERROR_NOMEMORY;
    int result = pcre2_match(p->code, (PCRE2_SPTR)subject.ptr, subject.len, 0, 0, found,
                             p->limits);
    pcre2_match_data_free(found);
    return result;
}

static int run(const struct pattern *p, struct str subject, struct arena *arena)
{
    pcre2_general_context *memory = pcre2_general_context_create(take, keep, arena);
    pcre2_match_data *found = pcre2_match_data_create(1, memory);
    PCRE2_SPTR text = (PCRE2_SPTR)subject.ptr;
    int result = pcre2_match(p->code, text, subject.len, 0, 0, found, p->limits);
    if (result != PCRE2_ERROR_JIT_STACKLIMIT)
        return result;

    /* `^(.|\n)*$` on a long text. A stack for every match would cost an mmap each. */
    pcre2_jit_stack *stack = pcre2_jit_stack_create(FIRST_STACK, MOST_STACK, NULL);
    if (!stack)
        return PCRE2_ERROR_NOMEMORY;
    pcre2_match_context *context = pcre2_match_context_create(memory);
    pcre2_set_match_limit(context, LIMIT_PATTERN_STEPS);
    pcre2_jit_stack_assign(context, NULL, stack);
    result = pcre2_match(p->code, text, subject.len, 0, 0, found, context);
    pcre2_jit_stack_free(stack);
    return result;
}

enum pattern_answer pattern_match(const struct pattern *p, struct str subject,
                                  struct arena *arena)
{
    if (subject.len > LIMIT_PATTERN_SUBJECT)
        return PATTERN_GAVE_UP;
    subject = with_nuls(subject, arena);
    int result = p->machine_code ? run(p, subject, arena) : interpret(p, subject);
    return answer_of(result);
}

#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum {
    ALIGN = 16,
    FIRST_BLOCK = 16 * 1024,
    LARGEST_BLOCK = 1024 * 1024,
    KEPT_BLOCK = 128 * 1024 /* each of some hundred workers keeps one */
};

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) char bytes[];
};

/* What else goes when the arena goes; taken from the arena itself. */
struct parting {
    struct parting *next;
    void (*done)(void *what);
    void *what;
};

struct arena {
    struct block *block; /* the newest; older ones hang behind it */
    struct parting *partings;
    size_t limit, used, next_size;
    bool salted;
    struct salt salt;
    unsigned guards;
    jmp_buf guard[6];
};

static void *must(void *p)
{
    if (!p) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    return p;
}

struct arena *arena_new(size_t limit)
{
    struct arena *a = must(calloc(1, sizeof(*a)));
    a->limit = limit;
    a->next_size = FIRST_BLOCK;
    return a;
}

void arena_fail(struct arena *a)
{
    if (a->guards)
        longjmp(a->guard[--a->guards], 1);
    fprintf(stderr, "understudy: a document needs more than %zu bytes of memory\n",
            a->limit);
    exit(2);
}

static void add_block(struct arena *a, size_t at_least)
{
    size_t size = a->next_size;
    if (size < at_least)
        size = at_least;
    else if (a->next_size < LARGEST_BLOCK)
        a->next_size *= 2;
    struct block *b = must(malloc(sizeof(*b) + size));
    *b = (struct block){ .next = a->block, .size = size };
    POISON(b->bytes, size);
    a->block = b;
}

void *arena_take_raw(struct arena *a, size_t size)
{
    if (size > a->limit || a->used + size > a->limit)
        arena_fail(a);
    size_t rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (!a->block || a->block->size - a->block->used < rounded)
        add_block(a, rounded);
    char *p = a->block->bytes + a->block->used;
    a->block->used += rounded;
    a->used += rounded;
    UNPOISON(p, size);
    return p;
}

void *arena_take(struct arena *a, size_t size)
{
    return memset(arena_take_raw(a, size), 0, size);
}

char *arena_copy(struct arena *a, struct str text)
{
    char *copy = arena_take_raw(a, text.len + 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

/* Most texts are short, and are written once. */
char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args, again;
    char first[256];
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(first, sizeof(first), format, args);
    size_t size = (size_t)(len < 0 ? 0 : len) + 1;
    va_end(args);
    char *text = arena_take_raw(a, size);
    if (len < 0)
        text[0] = '\0';
    else if (size <= sizeof(first))
        memcpy(text, first, size);
    else
        vsnprintf(text, size, format, again);
    va_end(again);
    return text;
}

void arena_on_free(struct arena *a, void (*done)(void *what), void *what)
{
    struct parting *p = arena_take_raw(a, sizeof(*p));
    *p = (struct parting){ .next = a->partings, .done = done, .what = what };
    a->partings = p;
}

static void part(struct arena *a)
{
    for (const struct parting *p = a->partings; p; p = p->next)
        p->done(p->what);
    a->partings = NULL;
}

void arena_reset(struct arena *a)
{
    part(a);
    /* One block survives, so that a worker that answers the same kind of call again
     * and again never goes back to malloc; a huge one does not. */
    struct block *keep = NULL;
    for (struct block *b = a->block, *next; b; b = next) {
        next = b->next;
        if (!keep && b->size <= KEPT_BLOCK)
            keep = b;
        else
            free(b);
    }
    if (keep) {
        keep->next = NULL;
        keep->used = 0;
        POISON(keep->bytes, keep->size);
    }
    a->block = keep;
    a->next_size = FIRST_BLOCK;
    a->used = 0;
    a->guards = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    part(a);
    for (struct block *b = a->block, *next; b; b = next) {
        next = b->next;
        UNPOISON(b->bytes, b->size);
        free(b);
    }
    free(a);
}

const struct salt *arena_salt(struct arena *a)
{
    if (!a->salted)
        a->salt = salt_draw();
    a->salted = true;
    return &a->salt;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}

jmp_buf *arena_guard(struct arena *a)
{
    assert(a->guards < sizeof(a->guard) / sizeof(a->guard[0]));
    return &a->guard[a->guards++];
}

void arena_unguard(struct arena *a)
{
    if (a->guards)
        a->guards--;
}

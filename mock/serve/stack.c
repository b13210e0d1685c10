#define _DEFAULT_SOURCE /* MAP_ANONYMOUS and what goes with it */

/* A fortified longjmp takes a jump to another stack for a mistake. */
#undef _FORTIFY_SOURCE

#include "serve/stack.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* The sanitizers keep books about stacks and want to be told of a change. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#define LEAVE(save, bottom, size) \
    __sanitizer_start_switch_fiber((save), (bottom), (size))
#define ARRIVE(save, bottom, size) \
    __sanitizer_finish_switch_fiber((save), (bottom), (size))
#else
#define LEAVE(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#define ARRIVE(save, bottom, size) ((void)(save), (void)(bottom), (void)(size))
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define FIBER_NEW() __tsan_create_fiber(0)
#define FIBER_FREE(fiber) __tsan_destroy_fiber(fiber)
#define FIBER_NOW() __tsan_get_current_fiber()
#define FIBER_GO(fiber) __tsan_switch_to_fiber((fiber), 0)
#else
#define FIBER_NEW() NULL
#define FIBER_FREE(fiber) ((void)(fiber))
#define FIBER_NOW() NULL
#define FIBER_GO(fiber) ((void)(fiber))
#endif

struct stack {
    char *memory; /* the guard page, then the stack */
    size_t size;
    ucontext_t start;    /* for the first call */
    jmp_buf own, caller; /* where each goes on, once it has been left */
    bool started;
    const void *caller_bottom; /* of the thread's stack, for AddressSanitizer */
    size_t caller_size;
    void *fiber, *caller_fiber; /* for ThreadSanitizer */
    void (*run)(void *context);
    void *context;
};

/* swapcontext would ask the system for the signals that are blocked, twice a call;
 * setjmp and longjmp change stacks within the program, once each has a frame on its
 * own.
 *
 * makecontext passes ints, so the pointer comes in two halves. */
static void loop(unsigned high, unsigned low)
{
    struct stack *s = (struct stack *)((uintptr_t)high << 32 | (uintptr_t)low);
    ARRIVE(NULL, &s->caller_bottom, &s->caller_size);
    for (;;) {
        void *books;
        s->run(s->context);
        LEAVE(&books, s->caller_bottom, s->caller_size);
        if (!_setjmp(s->own)) {
            FIBER_GO(s->caller_fiber);
            _longjmp(s->caller, 1);
        }
        ARRIVE(books, &s->caller_bottom, &s->caller_size);
    }
}

static bool prepare(struct stack *s)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    s->size = LIMIT_STACK_BYTES;
    s->memory = mmap(NULL, s->size + page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (s->memory == MAP_FAILED || mprotect(s->memory, page, PROT_NONE) != 0 ||
        getcontext(&s->start) != 0)
        return false;
    s->start.uc_stack.ss_sp = s->memory + page;
    s->start.uc_stack.ss_size = s->size;
    uintptr_t self = (uintptr_t)s;
    makecontext(&s->start, (void (*)(void))(uintptr_t)loop, 2, (unsigned)(self >> 32),
                (unsigned)self);
    s->fiber = FIBER_NEW();
    return true;
}

struct stack *stack_new(void)
{
    struct stack *s = calloc(1, sizeof(*s));
    if (s && prepare(s))
        return s;
    stack_free(s);
    return NULL;
}

void stack_free(struct stack *s)
{
    if (!s)
        return;
    if (s->memory && s->memory != MAP_FAILED)
        munmap(s->memory, s->size + (size_t)sysconf(_SC_PAGESIZE));
    if (s->fiber)
        FIBER_FREE(s->fiber);
    free(s);
}

void stack_call(struct stack *s, void (*run)(void *context), void *context)
{
    void *books;
    s->run = run;
    s->context = context;
    s->caller_fiber = FIBER_NOW();
    LEAVE(&books, s->start.uc_stack.ss_sp, s->start.uc_stack.ss_size);
    if (!_setjmp(s->caller)) {
        FIBER_GO(s->fiber);
        if (s->started)
            _longjmp(s->own, 1);
        s->started = true;
        setcontext(&s->start);
    }
    ARRIVE(books, NULL, NULL);
}

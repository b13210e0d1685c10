/* stack.h — room to recurse.
 *
 * Debian's civetweb gives its threads 100 KB of stack, which a deeply nested body and a
 * recursive schema together go through within their bounds (LIMIT_DEPTH and
 * LIMIT_SCHEMA_DEPTH). So each worker answers on a stack of its own. Its memory is
 * taken on the first call, and pages only as they are used; below it lies a page that
 * may not be touched. */
#ifndef SERVE_STACK_H
#define SERVE_STACK_H

#include <stdbool.h>

struct stack;

/* Owned by the caller, who calls stack_free. NULL when memory ran out. */
struct stack *stack_new(void);
void stack_free(struct stack *s);

/* Runs run(context) there and comes back when it has returned. Called by one thread for
 * all of the stack's life; longjmp must not lead out of run. */
void stack_call(struct stack *s, void (*run)(void *context), void *context);

#endif

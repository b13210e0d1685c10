/* arena.h — memory that is given back all at once.
 *
 * Each loaded spec owns one arena for the life of the server, and each worker owns
 * one that is reset when its response is on the wire. Code that builds a tree takes
 * from the arena and never frees, so it has no cleanup to get wrong. An arena is used
 * by one thread at a time. Under AddressSanitizer, bytes not taken are poisoned. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/salt.h"

struct arena;

/* Owned by the caller, who calls arena_free. limit is in bytes. Ends the program when
 * the system has no memory for the arena itself. */
struct arena *arena_new(size_t limit);

/* Zeroed bytes, aligned for any type, borrowed from the arena. Never NULL: past the
 * limit the call returns to the place set by arena_guard, or, where none was set,
 * ends the program with a message (loading is allowed to do that; serving is not). */
void *arena_take(struct arena *a, size_t size);

/* The same without zeroing, for bytes that are written at once. */
void *arena_take_raw(struct arena *a, size_t size);

/* Copies text and adds a NUL; borrowed from the arena. */
char *arena_copy(struct arena *a, struct str text);

/* As sprintf; borrowed from the arena. */
char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Has done(what) called when the arena is reset or freed, before any of its bytes is
 * given back, the latest first: for what a library keeps outside of it. */
void arena_on_free(struct arena *a, void (*done)(void *what), void *what);

/* Gives every byte back, keeps one block for reuse, and clears the guard. */
void arena_reset(struct arena *a);

/* Takes the arena and everything in it. NULL is fine. */
void arena_free(struct arena *a);

/* What the tables in this arena hash their keys with, drawn when it is first asked for;
 * borrowed from the arena, the same until it is freed. */
const struct salt *arena_salt(struct arena *a);

/* Bytes taken since the last reset. */
size_t arena_used(const struct arena *a);

/* Where arena_take goes back to (as longjmp does) when the limit is reached:
 *     if (setjmp(*arena_guard(a))) return too_much_memory();
 * Guards nest, six at most: going back takes the innermost off. The frame that set one
 * must still be there, or have called arena_unguard; arena_reset clears all. */
#include <setjmp.h>
jmp_buf *arena_guard(struct arena *a);
void arena_unguard(struct arena *a);

/* Goes on to the next guard, after the inner one has put its own things in order. */
_Noreturn void arena_fail(struct arena *a);

/* n items of type T, zeroed. */
#define arena_array(a, T, n) ((T *)arena_take((a), sizeof(T) * (n)))

#endif

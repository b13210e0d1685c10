#include "tally.h"

#include <stdio.h>
#include <stdlib.h>

void tally_add(struct tally *t, const char *what, const char *example)
{
    t->total++;
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->rows[i].what, what) == 0) {
            t->rows[i].count++;
            return;
        }
    if (t->count == t->room) {
        struct tally_row *old = t->rows;
        t->room = t->room ? 2 * t->room : 32;
        t->rows = arena_array(t->arena, struct tally_row, t->room);
        if (old)
            memcpy(t->rows, old, t->count * sizeof(*old));
    }
    t->rows[t->count++] =
        (struct tally_row){ .what = arena_copy(t->arena, str(what)),
                            .example = arena_copy(t->arena, str(example)),
                            .count = 1 };
}

static int by_count(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

void tally_print(struct tally *t, const char *head)
{
    if (!t->count)
        return;
    qsort(t->rows, t->count, sizeof(*t->rows), by_count);
    printf("  %s\n", head);
    for (size_t i = 0; i < t->count; i++)
        printf("    %7zu  %s\n             %s\n", t->rows[i].count, t->rows[i].what,
               t->rows[i].example);
}

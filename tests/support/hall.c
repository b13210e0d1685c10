#include "hall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

int hall_open(void **state, const char *spec)
{
    struct hall *h = calloc(1, sizeof(*h));
    const char *why = "";
    assert_non_null(h);
    h->arena = arena_new(LIMIT_SPEC_MEMORY);
    char *words[] = { arena_copy(h->arena, STR("understudy")),
                      arena_copy(h->arena, STR("serve")),
                      arena_copy(h->arena, str(spec)) };
    *state = h;
    if (!stage_open(&h->stage, words, COUNT(words), h->arena, &why))
        fail_msg("%s", why);
    return 0;
}

int hall_close(void **state)
{
    struct hall *h = *state;
    stage_done(&h->stage);
    arena_free(h->arena);
    free(h);
    return 0;
}

/* desk.h — a small API of books, a call of it (POST /books), and what is known while it
 * is answered: for what is read from fixtures, and what it then does. */
#ifndef SUPPORT_DESK_H
#define SUPPORT_DESK_H

#include "play/running.h"

struct desk {
    struct arena *arena;
    struct err err;
    struct api *api;
    const struct operation *operations[2];
    const struct api *apis[1];
    size_t first[1];
    struct cast cast;
    struct store_plan plan;
    struct store_collection book;
    const char *sequences[2];
    int64_t start[2];
    struct naming names;
    struct request request;
    struct chance chance;
    int64_t drawn[2];
    struct scope scope;
};

/* For cmocka_unit_test_setup_teardown: *state is a desk. */
int desk_up(void **state);
int desk_down(void **state);

/* Where a text stands that has no file. */
extern const struct where here;

/* The slot of an instance that is given as JSON; the test fails when it is refused. */
size_t must_insert(struct store *s, size_t collection, struct arena *a,
                   const char *text);

#endif

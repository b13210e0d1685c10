/* shelf.h — an API of books and a folder for its fixtures: for behaviours that are
 * loaded, and mistakes in them. */
#ifndef SUPPORT_SHELF_H
#define SUPPORT_SHELF_H

#include "play/behaviour.h"

/* Most rows are one of these and what follows it. */
#define BOOKS "collections:\n  - {name: books, schema: Book, key: /isbn}\n"
#define ADD BOOKS "operations:\n  - id: addBook\n    steps:\n"
#define SEEDED \
    "collections:\n  - {name: books, schema: Book, key: /isbn, seed: books.json}\n"

struct shelf {
    struct arena *arena;
    struct err err;
    const char *folder;
    struct api *api;
};

/* For cmocka_unit_test_setup_teardown: *state is a shelf. */
int shelf_up(void **state);
int shelf_down(void **state);

/* Loads a behaviour; seed NULL is an empty one. Places are found while its files are
 * there. */
struct behaviour *shelf_load(struct shelf *s, const char *behaviour, const char *seed);

struct mistake_row {
    const char *text, *seed; /* seed NULL: an empty one */
    unsigned line, col;
    const char *why;
};

/* Each row has to have this one mistake, in the file of that name. */
void check_mistakes(struct shelf *s, const struct mistake_row *rows, size_t count,
                    const char *file);

#endif

/* text.h — values and documents that stand in a test as text. */
#ifndef SUPPORT_TEXT_H
#define SUPPORT_TEXT_H

#include "api/api.h"

/* For cmocka_unit_test_setup_teardown: *state is an arena. */
int arena_up(void **state);
int arena_down(void **state);

/* A text that is JSON, or the test fails. */
cJSON *must_json(struct arena *a, const char *text);

/* The API of a document; its file is gone afterwards, and the places in err (filled
 * anew) were found before. NULL when there are mistakes. */
struct api *load_text(struct arena *a, const char *text, struct err *err);

/* The same, or the test fails with the first mistake. */
struct api *must_load(struct arena *a, const char *text);

#endif

/* text.h — values and documents that stand in a test as text, and long texts that are
 * made. */
#ifndef SUPPORT_TEXT_H
#define SUPPORT_TEXT_H

#include "api/api.h"

/* What a document begins with, and the responses of an operation that has one. */
#define OPENAPI_31 "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"
#define DONE "responses: {'204': {description: Done}}"

/* For cmocka_unit_test_setup_teardown: *state is an arena. */
int arena_up(void **state);
int arena_down(void **state);

/* before, then each so many times, then after; a '#' in each stands for its number,
 * from 0. */
struct str repeated(struct arena *a, const char *before, const char *each, size_t times,
                    const char *after);

/* open so many times, then close as often. */
struct str nested(struct arena *a, const char *open, const char *close, size_t depth);

/* A text that is JSON, or the test fails. */
cJSON *must_json(struct arena *a, const char *text);

/* A value as JSON; "nothing" for NULL. */
const char *text_of(const cJSON *value, struct arena *a);

/* The API of a document; its file is gone afterwards, and the places in err (filled
 * anew) were found before. NULL when there are mistakes. */
struct api *load_text(struct arena *a, const char *text, struct err *err);

/* The same, or the test fails with the first mistake. */
struct api *must_load(struct arena *a, const char *text);

#endif

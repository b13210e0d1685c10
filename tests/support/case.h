/* case.h — one file of tests/cases: calls in order, and what each is answered with.
 *
 * tests/cases/README.md says what stands in one. */
#ifndef SUPPORT_CASE_H
#define SUPPORT_CASE_H

#include "base/error.h"

#include <cjson/cJSON.h>

struct test_case {
    const char *path;
    const char *about; /* the sentence; the path when the file could not be read */
    const cJSON *tree; /* NULL then, and why says what is wrong */
    const char *why;
};

/* Everything is borrowed from arena and path. */
void case_read(struct test_case *c, const char *path, struct arena *arena);

/* NULL when all went as wanted; else the step, what was wanted and the whole answer, in
 * lines, borrowed from arena. */
const char *case_run(const struct test_case *c, struct arena *arena);

#endif

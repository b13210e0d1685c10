/* hall.h — a document on stage, for tests that call it. */
#ifndef SUPPORT_HALL_H
#define SUPPORT_HALL_H

#include "stage.h"

struct hall {
    struct stage stage;
    struct arena *arena; /* for what a test builds */
};

/* What a setup and a teardown of cmocka end in: *state is a hall. The test fails when
 * the document cannot be served. */
int hall_open(void **state, const char *spec);
int hall_close(void **state);

#endif

/* suite.h — the official JSON Schema Test Suite: where it lies, what is in it, and what
 * its schemas refer to. */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include "schema/schema.h"

/* A folder of the suite, and what its schemas are. */
struct suite_folder {
    const char *path; /* from the root, without an end: "tests/draft7/optional" */
    enum dialect dialect;
    bool formats; /* are judged */
};

#define SUITE_FOLDERS 15
extern const struct suite_folder suite_folders[SUITE_FOLDERS];

/* The copy that UNDERSTUDY_SUITE names, else the one that Debian brings. */
const char *suite_root(void);

/* The documents that the suite has for its schemas to refer to; context of
 * suite_bring, which is for library_new. */
struct suite_remotes {
    const char *root;
    struct arena *arena;
};

const cJSON *suite_bring(void *context, const char *uri, const char **file,
                         const char **why);

#endif

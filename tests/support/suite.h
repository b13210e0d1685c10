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

struct suite_entry {
    const char *path; /* of the file */
    const char *name; /* "draft7/optional/bignum" */
    const struct suite_folder *folder;
};

/* All files of the suite, borrowed from arena; NULL, with a line of TAP that says so,
 * when a folder is not there. */
const struct suite_entry *suite_entries(struct arena *arena, size_t *count);

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

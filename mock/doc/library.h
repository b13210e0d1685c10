/* library.h — the documents of one load: each is read once and known by its URI.
 *
 * Whoever makes a library says how to bring a document that is not in it yet; without
 * that nothing outside is ever read. */
#ifndef DOC_LIBRARY_H
#define DOC_LIBRARY_H

#include "doc/json.h"

/* Borrowed from the library's arena, or from whoever added it. */
struct document {
    const char *uri;  /* absolute, without a fragment */
    const char *file; /* as errors name it */
    const cJSON *root;
    size_t number; /* in the order in which they came */
};

struct library;

/* Brings the document at uri: its tree, or NULL with *why. *file is set to what errors
 * should call it. All of it has to outlive the library. */
typedef const cJSON *library_fetch(void *context, const char *uri, const char **file,
                                   const char **why);

/* fetch may be NULL. Borrowed from arena; context is borrowed. */
struct library *library_new(library_fetch *fetch, void *context, struct arena *arena);

/* Puts a document in under uri (copied; file and root are borrowed). The one that is
 * there already is returned where there is one. */
const struct document *library_add(struct library *library, const char *uri,
                                   const char *file, const cJSON *root);

/* The document that is in the library under uri, or NULL. */
const struct document *library_known(const struct library *library, struct str uri);

/* The document at uri, brought when it is not there yet (tried once only). NULL with
 * *why when there is none. */
const struct document *library_find(struct library *library, const char *uri,
                                    const char **why);

#endif

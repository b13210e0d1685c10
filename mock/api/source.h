/* source.h — the files that an OpenAPI document is made of.
 *
 * References may lead to files beside the document, each read once. Nothing is fetched
 * over a network, and a file outside the document's folder is read only when its folder
 * was allowed. */
#ifndef API_SOURCE_H
#define API_SOURCE_H

#include "base/error.h"
#include "doc/library.h"

/* A library that brings files for the document in file, which is known as uri: what
 * stands beside that is read from beside the file. allowed are the folders besides the
 * document's own, ended by NULL (NULL: none). All is borrowed. What is wrong in a file
 * is told to err.
 */
struct library *source_library(const char *file, const char *uri,
                               const char *const *allowed, struct arena *arena,
                               struct err *err);

/* A place in the documents of an API is a JSON pointer into the first of them, or
 * "URI#pointer" into another. Takes one apart: the document is NULL when the URI is not
 * known. */
const struct document *source_place(struct library *library,
                                    const struct document *first, const char *place,
                                    const char **pointer);

/* Where reference leads that stands in `from`: the node, and *place is changed to where
 * it stands. NULL with *why when it leads nowhere. */
const cJSON *source_find(struct library *library, const struct document *first,
                         const char *reference, const char **place, struct arena *arena,
                         const char **why);

#endif

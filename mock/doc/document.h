/* document.h — a file of JSON or YAML as a tree, and places in it.
 *
 * Trees carry no positions: an error carries the file and a pointer, and document_place
 * finds line and column only when the error is printed. */
#ifndef DOC_DOCUMENT_H
#define DOC_DOCUMENT_H

#include "base/error.h"
#include "doc/json.h"

/* Reads path: a text whose first character other than white space is { or [ is JSON,
 * any other is YAML. The tree is borrowed from arena; NULL and err filled on mistakes,
 * with line and column. */
cJSON *document_read(const char *path, struct arena *arena, struct err *err);

/* The same for a text that is already there; path is only named in errors. */
cJSON *document_parse(const char *path, struct str text, struct arena *arena,
                      struct err *err);

/* Fills line and col of every problem that has a file and a pointer but no line. Each
 * file is read once more; one that is gone is left as it is. */
void document_place(struct err *err);

#endif

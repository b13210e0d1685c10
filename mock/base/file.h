/* file.h — whole files and the names in a folder. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

/* Reads a whole file of at most LIMIT_FILE_BYTES; "-" is standard input, which is read
 * at the first call and kept. text is borrowed from arena and has
 * a NUL behind its last byte. */
bool file_read(const char *path, struct arena *arena, struct str *text,
               struct err *err);

/* The paths ("folder/name") of the files in a folder whose names end in suffix, sorted
 * by name; borrowed from arena. A folder that is not there is an error. */
bool file_list(const char *folder, const char *suffix, struct arena *arena,
               const char ***paths, size_t *count, struct err *err);

/* Standard input ("-") always does. */
bool file_exists(const char *path);
bool file_is_folder(const char *path);

/* Notes in err->files, where there is one, that what was loaded depends on path, which
 * need not exist; a last part such as "*.yaml" means all names that end so. file_read
 * and file_list do it by themselves. */
void file_saw(struct err *err, const char *path);

/* "pets" for "specs/pets.yaml"; borrowed from arena. */
const char *file_stem(const char *path, struct arena *arena);

#endif

/* folder.h — a temporary folder with files, for what is read from the disk. What the
 * system refuses fails the test. */
#ifndef SUPPORT_FOLDER_H
#define SUPPORT_FOLDER_H

#include "base/arena.h"

/* A new one in TMPDIR; its path is borrowed from arena. The caller calls
 * folder_remove. */
const char *folder_make(struct arena *arena);

/* Writes a file of that name, with folders in it perhaps, which are made; its path is
 * borrowed from arena. */
const char *folder_put(const char *folder, const char *name, const char *text,
                       struct arena *arena);

/* The same with bytes, which may be any. */
const char *folder_put_bytes(const char *folder, const char *name, struct str bytes,
                             struct arena *arena);

/* With all that is in it. */
void folder_remove(const char *folder);

#endif

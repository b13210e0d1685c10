/* map.h — text to pointer, for tables that are built once and then only read.
 *
 * Keys are copied into the arena; whoever chooses them cannot make it slow
 * (base/salt.h). Reading a finished map from many threads is safe. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

struct map;

/* Borrowed from the arena. */
struct map *map_new(struct arena *arena);

/* Stores value (borrowed) under key and returns what was there before, or NULL. */
void *map_put(struct map *m, struct str key, void *value);

/* What is stored under key; NULL when nothing is. m may be NULL. */
void *map_get(const struct map *m, struct str key);

size_t map_count(const struct map *m);

/* Entries in the order in which their keys were first put; key and value are borrowed.
 * False past the end. */
bool map_at(const struct map *m, size_t index, struct str *key, void **value);

#endif

/* yaml.h — YAML 1.2 documents as the same tree that JSON gives.
 *
 * Scalars follow the YAML 1.2 core schema (10.3): only true/false/null (and their
 * listed spellings), integers and floats are not text; `no`, `on`, `1:30` and dates
 * stay text, `0o17` and `0xff` are integers, `.inf`/`.nan` are refused (JSON has
 * neither). A number keeps its written text as in json.h (`3.10` is 3.1 as a number and
 * is written back `3.10`). Quoted and block scalars are text. Explicit tags !!str,
 * !!int, !!float,
 * !!bool, !!null, !!seq, !!map are honoured, others refused. Keys must be scalars and
 * become their text (`200:` is "200"); a key twice is an error. Anchors and aliases are
 * supported: an alias is a copy of the anchored node, bounded by LIMIT_YAML_NODES; an
 * alias to a node that contains it is an error. Merge keys (`<<`) are YAML 1.1: refused
 * with a sentence that says so. One document a text; `---` and `...` are fine. */
#ifndef DOC_YAML_H
#define DOC_YAML_H

#include "doc/json.h"

/* The tree, borrowed from arena; NULL and *error filled on any mistake. */
cJSON *yaml_read(struct str text, struct arena *arena, struct json_error *error);

/* A place that is looked for. */
struct place {
    const char *pointer;
    unsigned line, col; /* 1-based; 0 and 0 to be filled in */
};

/* Finds the line and column where the value at each pointer starts, or, for a member,
 * where its key starts; 0 stays where the pointer is none or the text cannot be read.
 * Where a pointer leads past what is there, the deepest ancestor that exists is given.
 * Reads the text anew, once for all of them: for printing errors. JSON is read too. The
 * pointers are meant to be some hundred at most. */
void yaml_locate_all(struct str text, struct place *places, size_t count);

/* The same for one; false when there is no such place. */
bool yaml_locate(struct str text, const char *pointer, unsigned *line, unsigned *col);

#endif

/* yaml_scalar.h — a scalar of YAML as a JSON value, by the core schema
 * (YAML 1.2.2, 10.3); for yaml.c.
 *
 * Only what looks like null, a boolean or a number there is one: `no`, `on` and
 * 2024-01-01 are texts. Numbers keep all their digits. */
#ifndef DOC_YAML_SCALAR_H
#define DOC_YAML_SCALAR_H

#include "doc/json.h"

/* What the tags of the core schema begin with. */
#define YAML_TAG "tag:yaml.org,2002:"

struct yaml_scalar {
    struct str text;
    const char *tag; /* "tag:yaml.org,2002:int"; NULL: none */
    bool plain;      /* without quotes, and no block */
};

/* Fills node from arena. False with a sentence in *why (borrowed from arena) when its
 * tag does not fit it, or it is a number that JSON does not have. */
bool yaml_scalar_read(const struct yaml_scalar *s, cJSON *node, struct arena *arena,
                      const char **why);

/* A text as trees have it: U+0000 becomes C0 80, see json.h. */
char *yaml_text(struct str text, struct arena *arena);

/* Why a tag cannot stand where it does, in a sentence. */
const char *yaml_tag_why(const char *tag, struct arena *arena);

#endif

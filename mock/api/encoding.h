/* encoding.h — the Encoding Objects of a form or multipart body (OpenAPI 3.0.4, 4.7.15;
 * 3.1.1, 4.8.15; 3.2.0, 4.15): how one member of the body stands in the text. */
#ifndef API_ENCODING_H
#define API_ENCODING_H

#include "api/load.h"
#include "api/media.h"
#include "api/shape.h"

enum encoding_style {
    ENCODING_BY_TYPE, /* none is given: the content type decides */
    ENCODING_FORM,
    ENCODING_SPACES,
    ENCODING_PIPES,
    ENCODING_DEEP
};

struct part_header {
    const char *name;
    bool required;
    const struct schema *schema; /* or NULL */
    const struct shape *shape;
    const char *pointer;
};

struct encoding {
    const char *name;         /* of the member */
    const char *content_type; /* as written; NULL: none is given */
    struct media_type *types; /* the same, one for each type or range of the list */
    size_t type_count;
    enum encoding_style style;
    bool explode;
    struct part_header *headers; /* of multipart */
    size_t header_count;
    const char *pointer;
};

/* Fills m->encodings from m->node; m->kind and m->shape are known. Mistakes and what
 * will not be enforced are told. */
void encodings_load(struct loading *l, struct media *m);

/* That of a member, or NULL. */
const struct encoding *encoding_of(const struct media *m, struct str name);

/* That of a part without a name, by its place, or NULL. */
const struct encoding *encoding_at(const struct media *m, size_t index);

/* Whether each value is JSON because the document says so; e may be NULL. */
bool encoding_is_json(const struct encoding *e);

#endif

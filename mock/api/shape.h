/* shape.h — what a schema says of how a value stands in text.
 *
 * "12" is a number or a text, `a=1&a=2` an array or a mistake, <b/> a member or an
 * item: forms, multipart and XML cannot be read without their schema. A shape is made
 * at load from the schema as written, through references and compositions. It is a hint
 * for reading and never a judge: where it is wrong, schema_check says what is wrong. */
#ifndef API_SHAPE_H
#define API_SHAPE_H

#include "api/load.h"
#include "base/map.h"

struct shape {
    unsigned types;             /* of enum schema_type; TYPE_ANY: nothing is said */
    struct map *members;        /* name → struct shape *; NULL: none are named */
    const struct shape *others; /* of members that are not named, or NULL */
    const struct shape *items;  /* NULL: nothing is said */
    const struct shape **first_items; /* prefixItems: of the first items */
    size_t first_count;
    bool binary;  /* a string of bytes: format: binary, or contentMediaType */
    bool encoded; /* contentEncoding, or format: byte: text that stands for bytes */
    const char *content_type; /* contentMediaType, or NULL */
    const char *component;    /* the last name of the $ref that led here, or NULL */
    const char *name, *space, *prefix; /* of xml, or NULL */
    bool attribute, wrapped, text;     /* of xml; text: nodeType text or cdata */
};

/* The shape of the schema at pointer; the same place gives the same shape. NULL for no
 * schema. Borrowed from the arena of loading. */
const struct shape *shape_of(struct loading *l, const cJSON *schema,
                             const char *pointer);

/* The shape of a member or item; NULL when nothing is known (s may be NULL). */
const struct shape *shape_member(const struct shape *s, struct str name);

const struct shape *shape_item(const struct shape *s, size_t index);

/* Whether a body of that kind can hold what the shape allows: bytes are a string, a
 * form is an object. If not, how it is to be read is not known. */
bool media_holds(enum media_kind kind, const struct shape *s);

static inline unsigned shape_types(const struct shape *s)
{
    return s ? s->types : TYPE_ANY;
}

/* Whether only the type (and null) will do; a shape of which nothing is known never. */
static inline bool shape_only(const struct shape *s, unsigned types)
{
    return (shape_types(s) & types) && !(shape_types(s) & ~(types | TYPE_NULL));
}

#endif

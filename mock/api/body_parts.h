/* body_parts.h — what the readers and writers of bodies share; for body*.c only. */
#ifndef API_BODY_PARTS_H
#define API_BODY_PARTS_H

#include "api/body.h"
#include "api/encoding.h"
#include "api/shape.h"
#include "doc/xml.h"

/* A body, or a part of one, being read. */
struct reading {
    const struct media *media;
    struct arena *arena;
    struct findings *findings;
    struct body_refusal *why;
    const char *pointer; /* of the value in the input tree */
};

/* Fills why with a parse error of the whole body; always NULL. */
cJSON *body_broken(struct reading *r, const char *detail, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a bound that is passed: 413. */
cJSON *body_too_large(struct reading *r, const char *detail, ...)
    __attribute__((format(printf, 2, 3)));

/* A finding at pointer: wanted is what was expected there. found may be NULL. */
void body_finding(struct reading *r, const char *pointer, const char *spec,
                  const char *wanted, cJSON *found);

/* Text as a value: the first of the wanted types whose form it has. Where a string will
 * do and so will a number, it is a number only if that is asked for by name. */
cJSON *value_of_text(struct str text, const struct shape *s, struct arena *arena);

/* Any bytes as a string: as they are when they are UTF-8 and textual, else one
 * character for each byte. */
cJSON *value_of_bytes(struct str bytes, bool textual, struct arena *arena);

/* Text for a place whose schema wants an object or an array: JSON; what is none stays
 * text and is told. */
cJSON *value_of_json(struct reading *r, const char *pointer, const char *spec,
                     struct str text);

/* Text for one member that is given by itself: JSON where its type calls for it. */
cJSON *value_of_member(struct reading *r, const char *pointer, const char *spec,
                       const struct shape *s, struct str text);

/* Puts value behind what is there, which becomes the first item of an array where it
 * stands if it is none yet. */
void array_add(cJSON *there, cJSON *value, struct arena *arena);

/* Puts value under name; what stands there already makes an array of both where the
 * schema allows one, else a finding. */
void member_put(struct reading *r, cJSON *object, const char *name,
                const struct shape *s, cJSON *value, const char *spec);

/* Splits text, which is decoded already, as the style says, into the items of the array
 * `name`. */
void member_put_list(struct reading *r, cJSON *object, const char *name,
                     const struct shape *s, const struct encoding *e, struct str text);

cJSON *form_read(struct reading *r, struct str text);
cJSON *multipart_read(struct reading *r, const struct media_type *type,
                      struct str bytes);
cJSON *lines_read(struct reading *r, struct str text);
cJSON *sequence_read(struct reading *r, struct str text);

/* A whole document; broken XML is refused. */
cJSON *xml_body_read(struct reading *r, struct str text, bool utf8);

/* A document that stands in one part, at r->pointer; NULL and *why when it is broken.
 * utf8: as xml_read has it. */
cJSON *xml_value_read(struct reading *r, const struct shape *s, struct str text,
                      bool utf8, struct xml_error *why);

/* Puts every item of from, an array, at the end of list; nothing for anything else. */
void push_all(cJSON *list, cJSON *from);

/* Makes *text UTF-8. *told: the client has said what it is. False for a charset that is
 * not known. */
bool body_to_utf8(struct str *text, const struct media_type *type, bool *told,
                  struct arena *arena);

void form_write(struct buffer *b, const struct media *m, const cJSON *value);
bool xml_body_write(struct buffer *b, const struct shape *s, const cJSON *value);

#endif

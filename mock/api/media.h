/* media.h — media types and ranges in parts (RFC 9110, 8.3 and 12.5.1), and which entry
 * of `content` takes a type. */
#ifndef API_MEDIA_H
#define API_MEDIA_H

#include "api/api.h"

enum { MEDIA_PARAMETERS = 8 }; /* those that follow are not looked at */

/* type/subtype; name=value… — borrowed from the text it was read from, but for a quoted
 * value that had a backslash in it. */
struct media_type {
    struct str type, subtype; /* "*" in a range */
    struct {
        struct str name, value; /* value without quotes */
    } parameters[MEDIA_PARAMETERS];
    size_t count;
};

/* False when text is no media type; what follows a malformed parameter is ignored. */
bool media_type_read(struct str text, struct arena *arena, struct media_type *m);

/* The value of a parameter; {NULL, 0} when it has none of that name. */
struct str media_type_parameter(const struct media_type *m, const char *name);

/* How well a range (or type) takes a type: 0 not at all; more for a type than for type/
 * * than for * / *, and more for each parameter that both have. A parameter that both
 * have with different values is no match; charset, boundary and q say nothing here. */
unsigned media_type_match(const struct media_type *range,
                          const struct media_type *type);

/* application/json, a subtype that ends in +json (RFC 6839), or text/json, which nobody
 * has registered and some documents have; parameters do not matter. */
bool media_is_json(struct str type);

/* What is read from such a type; of a range: MEDIA_TEXT for text/ *, else MEDIA_BYTES.
 */
enum media_kind media_kind_of(const struct media_type *m);

/* Whether it has a '*' for its type or subtype. */
bool media_type_is_range(const struct media_type *m);

/* The entry of an operation's request body that takes a Content-Type, the one that fits
 * best; the first of equals. NULL when none does. */
const struct media *media_for(const struct operation *op,
                              const struct media_type *type);

#endif

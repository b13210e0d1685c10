/* bodies.h — one operation with a request body, and what bodies come to there. */
#ifndef SUPPORT_BODIES_H
#define SUPPORT_BODIES_H

#include "api/api.h"

/* The operation of a document of that version of OpenAPI, whose request body has this
 * `content`. */
const struct operation *operation_with(struct arena *a, const char *version,
                                       const char *content);

/* Nothing when value is none. */
void add_header(struct request *r, const char *name, struct str value);

extern const struct str none;

/* What came of a body: its tree as JSON, or "400 detail", or the findings. */
const char *outcome(const struct operation *op, struct str type, struct str coding,
                    struct str body, struct arena *a);

/* The content of an XML body that has each word of the `xml` keyword. */
#define PET                                                                       \
    "application/xml: {schema: {type: object, xml: {name: pet}, "                 \
    "additionalProperties: false, properties: {"                                  \
    "id: {type: integer, xml: {attribute: true}}, name: {type: string}, "         \
    "born: {type: [integer, 'null'], xml: {name: year}}, "                        \
    "tags: {type: array, items: {type: string, xml: {name: tag}}}, "              \
    "toys: {type: array, xml: {wrapped: true, name: box}, items: {type: object, " \
    "xml: {name: toy}, properties: {cost: {type: number}}}}, "                    \
    "plain: {type: array, xml: {wrapped: true}, items: {type: integer}}, "        \
    "home: {type: string, xml: {namespace: 'urn:h', prefix: h}}}}}"

struct row {
    const char *body, *comes_to;
};

/* Fails the test for the first row that comes to something else. */
void check_rows(struct arena *a, const char *content, const char *type,
                const struct row *rows, size_t count);

#endif

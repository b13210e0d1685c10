/* xml.h — XML as a tree of elements (the only libxml2).
 *
 * Reading follows XML 1.0 and its namespaces, and is made for hostile input: no
 * document type (so no entities but the five of XML and no laughs), no network, no
 * files, bounded depth and size. Comments and processing instructions are left out.
 * Text is UTF-8 whatever the document was encoded in, and valid. */
#ifndef DOC_XML_H
#define DOC_XML_H

#include "doc/json.h"

struct xml_name {
    const char *name;   /* without prefix */
    const char *prefix; /* NULL when there is none */
    const char *space;  /* the namespace's URI; NULL when there is none */
};

struct xml_attribute {
    struct xml_attribute *next;
    struct xml_name is;
    struct str value;
};

struct xml_element {
    struct xml_element *next, *children;
    struct xml_name is;
    struct xml_attribute *attributes; /* without xmlns */
    struct str text; /* what stands directly in it, in order, put together */
    unsigned line;
};

struct xml_error {
    unsigned line, col; /* from 1 */
    const char *why;
};

/* The root, borrowed from arena; NULL and *error filled when the text is not
 * well-formed XML, has a document type, is deeper than LIMIT_DEPTH or has more than
 * most elements and attributes. utf8: the bytes are UTF-8 whatever the document says of
 * itself. */
struct xml_element *xml_read(struct str text, size_t most, bool utf8,
                             struct arena *arena, struct xml_error *error);

/* Appends text with <, >, &, quotes and what XML cannot hold escaped; a character that
 * XML forbids becomes U+FFFD. */
void xml_escape(struct buffer *b, struct str text);

/* Whether text is a name that an element or attribute may have, without a colon. */
bool xml_is_name(struct str text);

#endif

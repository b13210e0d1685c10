/* xml_scan.h — what would make libxml2 slow, found before it is asked; for xml.c only.
 *
 * It compares each attribute of a tag with every other one, so two hundred thousand of
 * them, which a body of ordinary length can hold, take it twenty seconds. */
#ifndef DOC_XML_SCAN_H
#define DOC_XML_SCAN_H

#include "base/str.h"

/* NULL, or why text is not read at all: more than LIMIT_XML_ATTRIBUTES in one tag, or
 * bytes that are no superset of ASCII, in which a tag cannot be seen. *offset is where.
 */
const char *xml_scan(struct str text, size_t *offset);

/* Whether a declared encoding is a superset of ASCII that is read. */
bool xml_scan_encoding(const char *name);

#endif

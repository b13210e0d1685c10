/* json_locate.h — where in a text of JSON a pointer leads. */
#ifndef DOC_JSON_LOCATE_H
#define DOC_JSON_LOCATE_H

#include "base/str.h"

/* Line and column (1-based) of the value at pointer, or of a member's name. Where the
 * pointer leads past what is there, the deepest ancestor that exists. False when the
 * text turns out not to be JSON. For printing an error: the text is walked through. */
bool json_locate(struct str text, const char *pointer, unsigned *line, unsigned *col);

#endif

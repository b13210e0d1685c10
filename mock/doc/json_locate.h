/* json_locate.h — where in a text of JSON pointers lead. */
#ifndef DOC_JSON_LOCATE_H
#define DOC_JSON_LOCATE_H

#include "doc/wanted.h"

/* Fills line and col of root and of what is wanted below it, as far as it is there: of
 * a value, or of a member's name. One walk through the text, ended when all is found.
 * False when the text turns out not to be JSON. */
bool json_locate(struct str text, struct wanted *root);

#endif

/* param_text.h — texts inside a URL or a header: escapes, and items between separators.
 *
 * Separators are looked for before anything is decoded (RFC 3986, 2.2), so %2C is part
 * of an item and ',' stands between two; but between two items in quotes %2C is a
 * separator as well. */
#ifndef API_PARAM_TEXT_H
#define API_PARAM_TEXT_H

#include "base/arena.h"

/* Decodes %XX, and '+' as a space when plus is set; *out is borrowed from arena (from
 * text when there was nothing to decode) and NUL-terminated only if it was decoded.
 * %00 becomes C0 80 as in doc/json.h. False for a broken escape or when the result is
 * not UTF-8. */
bool percent_decode(struct str text, bool plus, struct arena *arena, struct str *out);

/* What stands between two items. The space and the bar of spaceDelimited and
 * pipeDelimited cannot stand in a URL as such, so they come encoded: ' ' is also '+'
 * and %20, '|' also %7C. */
struct separator {
    char c; /* 0: there is none, the text is one item */
    bool encoded;
};

/* Items on their way out of a text: start with { text, by, quotes }. */
struct items {
    struct str rest; /* ptr NULL: used up */
    struct separator by;
    bool quotes; /* an item may stand in double quotes: '"' or %22 */
    bool blanks; /* and spaces and tabs around it mean nothing (RFC 9110, 5.6.1) */
    bool quoted; /* the one just taken did, and they were taken off */
};

/* Takes the next item, as str_split does. One that begins with a quote ends at the next
 * quote that a separator or the end follows; without such a quote it is like others. */
bool items_next(struct items *items, struct str *item);

/* Whether a separator is somewhere in text. */
bool item_several(struct str text, struct separator by);

#endif

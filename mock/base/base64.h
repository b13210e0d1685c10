/* base64.h — bytes from the text forms of RFC 4648, read strictly, and back. */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/arena.h"

enum base64 {
    BASE64,    /* RFC 4648, 4: '+' and '/'; padding may be left out */
    BASE64_URL /* RFC 4648, 5, as JOSE writes it: '-' and '_', never padded */
};

/* False for other characters, bits left over or wrong padding. bytes is borrowed from
 * arena and has a NUL behind its last byte. */
bool base64_read(struct str text, enum base64 form, struct arena *arena,
                 struct str *bytes);

/* The bytes as text, with padding (RFC 4648, 4). Borrowed from arena. */
const char *base64_write(struct str bytes, struct arena *arena);

#endif

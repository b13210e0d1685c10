/* uri.h — URI references put on their base, and files as URIs.
 *
 * Follows RFC 3986 section 5 and RFC 8089. URIs here are text without a fragment;
 * uri_fragment takes it off. */
#ifndef DOC_URI_H
#define DOC_URI_H

#include "base/arena.h"
#include "base/buffer.h"

/* What reference means where base is the base URI, without its fragment; borrowed from
 * arena. base may be "" (nothing is known): the reference is then kept as it is. NULL
 * when the reference is no URI reference (RFC 3986, 4.1). */
const char *uri_resolve(struct arena *arena, const char *base, const char *reference);

/* text with its percent-encoded bytes decoded, borrowed from arena. */
const char *uri_decoded(struct arena *arena, const char *text);

/* Punctuation that stands for itself anywhere (RFC 3986, 2.3), and what may stand in a
 * path beside it (3.3). */
#define URI_UNRESERVED "-._~"
#define URI_PATH URI_UNRESERVED "/!$&'()*+,;=:@"

/* Adds text, percent-encoded but for letters, digits and the characters of plain.
 * C0 80 is U+0000. */
void uri_encode(struct buffer *b, struct str text, const char *plain);

/* The fragment, percent-decoded, borrowed from arena: "" when there is none. */
const char *uri_fragment(struct arena *arena, const char *reference);

/* "file:///…" of a path, made absolute, borrowed from arena. */
const char *uri_of_file(struct arena *arena, const char *path);

/* The path of a file URI, borrowed from arena; NULL for other URIs. */
const char *uri_path(struct arena *arena, const char *uri);

#endif

/* multipart.h — the parts of a multipart body (RFC 2046, 5.1; RFC 7578).
 *
 * Lenient where the meaning is clear: lines may end in LF alone, what stands before the
 * first boundary is skipped, the last boundary may lack its "--", long header lines may
 * be folded, a backslash in a quoted file name is itself. Anything else is an error
 * with its offset: a part that runs to the end could be one that was cut off. */
#ifndef API_MULTIPART_H
#define API_MULTIPART_H

#include "api/call.h"

struct part {
    struct header headers[LIMIT_PART_HEADERS];
    size_t header_count;
    struct str name;      /* of Content-Disposition; ptr is NULL when there is none */
    struct str file_name; /* filename* (RFC 8187) before filename; ptr NULL: no file */
    struct str bytes;     /* borrowed from the body */
    size_t offset;        /* of the part in the body */
};

enum multipart_end {
    MULTIPART_PART, /* *part is filled */
    MULTIPART_DONE,
    MULTIPART_BROKEN,   /* why and offset say how */
    MULTIPART_TOO_LARGE /* a bound is passed; why says which */
};

struct multipart {
    struct str body, boundary;
    size_t at; /* behind the delimiter of the next part */
    size_t count;
    bool started, ended;
    const char *why;
    size_t offset;
};

/* Takes the next part off m, which starts with body and boundary. Texts are borrowed
 * from the body or from arena. */
enum multipart_end multipart_next(struct multipart *m, struct arena *arena,
                                  struct part *part);

/* The first field of that name, or {NULL, 0}. */
struct str part_header(const struct part *p, const char *name);

#endif

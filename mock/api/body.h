/* body.h — from the bytes of a request to /body of the input tree, typed by the schema.
 *
 *     bytes → Content-Encoding taken off → the entry of `content` that takes the type
 *           → UTF-8 → a tree
 *
 * What stands in the tree:
 *
 *   JSON                  its value
 *   JSON lines, json-seq  an array of the values
 *   a form                an object. Each text takes the type that its member's schema
 *                         allows; arrays are repeated, or joined as `encoding` says
 *                         (a[]=1 and a[0]=1 too); objects are a[b]=1 or JSON
 *   multipart             an object by the names of the parts, or an array of them in
 *                         order where the schema is of an array
 *   XML                   a value by the `xml` keyword; an element or attribute that no
 *                         property names stands under its own name
 *   text                  a string, or the number or boolean that the schema wants
 *   bytes                 a string with one character for each byte, U+0000 to U+00FF:
 *                         nothing is lost, and maxLength counts bytes. Bytes that an
 *                         entry of `content` describes as no string are left out
 *
 * A charset is UTF-8 unless told; us-ascii is read as UTF-8, iso-8859-1 is converted,
 * and every other one is refused. */
#ifndef API_BODY_H
#define API_BODY_H

#include "api/media.h"

/* Why a body cannot be read at all. */
struct body_refusal {
    const char *kind; /* "parse_error", "media_type", "too_large",
                         "body_missing"; NULL: it is not refused */
    int status;
    const char *detail;
    const char *accept;          /* 415: the media types that are declared */
    const char *accept_encoding; /* 415: the codings that are known */
};

/* What was taken for the body. */
struct body {
    const struct media *media; /* the entry of content; NULL: none, or no body */
    struct str bytes;          /* without Content-Encoding, as far as it came off */
};

/* Reads the body into input. What single members have wrong is told in findings, which
 * is borrowed from arena like everything else. False when why got a refusal. */
bool body_read(const struct operation *op, const struct request *r, cJSON *input,
               struct arena *arena, struct findings *findings, struct body *body,
               struct body_refusal *why);

/* Once the schema was asked, too: takes back what it says of places in the body that
 * one of the first told findings is about, since the value there is not what was meant.
 */
void body_settle(struct findings *all, size_t told);

/* The bytes of a value as that media type: JSON, JSON lines, a form, XML by the `xml`
 * keyword, text, bytes. False when it cannot be said that way: multipart, or bytes of
 * what is no string. *bytes is borrowed from arena. */
bool body_write(const struct media *m, const cJSON *value, struct arena *arena,
                struct str *bytes);

#endif

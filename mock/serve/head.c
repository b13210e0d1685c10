#include "serve/head.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define REJECT(status, why)   \
    return (struct rejection) \
    {                         \
        status, why           \
    }

bool field_name_valid(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) &&
            (!name.ptr[i] || !strchr("!#$%&'*+-.^_`|~", name.ptr[i])))
            return false;
    return name.len > 0;
}

static bool ends_with_crlf(const char *line, const char *next)
{
    return next == line + strlen(line) + 2;
}

/* Where the request line ends; NULL when it has more in it than its parts. */
static const char *line_end(const struct head *h)
{
    size_t skipped = (size_t)(h->method - h->begin);
    if (skipped != 0 && (skipped != 2 || memcmp(h->begin, "\r\n", 2) != 0))
        return NULL;
    const char *target_end = h->target + strlen(h->target);
    const char *query = target_end + 1;
    if (h->query == query) /* the '?' became a NUL */
        target_end = query + strlen(query);
    bool whole = h->target == h->method + strlen(h->method) + 1 &&
                 h->version == target_end + 1 + strlen("HTTP/");
    return whole ? h->version : NULL;
}

/* True when the head is made of the parts that civetweb found and nothing else.
 *
 * civetweb puts NULs behind the parts. It takes spaces where none may be, stops at the
 * first line that it cannot read and drops the rest, Content-Length included, and
 * skips white space before a request without counting it: then it may even find the
 * remains of the request that was in the buffer before. Each shows as a gap:
 *
 *     GET·/pets·HTTP/1.1··Host··a.b··Accept··*·/·*··CR·
 *        ^     ^        ^^    ^                   ^^  ^      one NUL each */
static bool head_is_whole(const struct head *h, const struct request *r)
{
    const char *line = line_end(h);
    if (!line)
        return false;
    for (size_t i = 0; i < r->header_count; i++) {
        struct str name = r->headers[i].name, value = r->headers[i].value;
        const char *colon = name.ptr + name.len;
        if (!ends_with_crlf(line, name.ptr) || (value.ptr > colon + 1 && !colon[1]))
            return false;
        line = value.ptr;
    }
    const char *end = line + strlen(line);
    if (end + 4 > h->begin + LIMIT_HEAD_BYTES)
        return false;
    /* With no fields at all, the last CR became a NUL too. */
    return !end[0] && !end[1] && end[2] == (r->header_count ? '\r' : '\0') && !end[3];
}

/* Takes the path and the query out of a target in any of its forms. */
static void target_read(const struct head *h, struct request *r)
{
    const char *query = h->query;
    struct str t = str(h->target);
    const char *mark = memchr(t.ptr, '?', t.len);
    if (mark) { /* civetweb cuts it off only in requests that it calls its own */
        query = mark + 1;
        t.len = (size_t)(mark - t.ptr);
    }
    const char *host = t.ptr[0] == '/' ? NULL : strstr(t.ptr, "://");
    if (host && host < t.ptr + t.len) {
        host += strlen("://");
        const char *path = memchr(host, '/', t.len - (size_t)(host - t.ptr));
        t = path ? str_from(t, (size_t)(path - t.ptr)) : STR("/");
    }
    r->path = t;
    r->query = query ? str(query) : (struct str){ NULL, 0 };
}

static bool length_read(struct str text, unsigned long long *length)
{
    *length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!isdigit((unsigned char)text.ptr[i]))
            return false;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (*length > ((unsigned long long)LLONG_MAX - digit) / 10)
            return false; /* civetweb would take it for another one */
        *length = *length * 10 + digit;
    }
    return text.len > 0;
}

static struct rejection fields_read(const struct head *h, struct request *r)
{
    size_t hosts = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        struct header *field = &r->headers[i];
        if (!field_name_valid(field->name))
            REJECT(400,
                   "the name of a header field has a character that is not allowed");
        field->value = str_trim(field->value);
        hosts += str_equal_nocase(field->name, STR("Host"));
    }
    if (hosts > 1 || (hosts == 0 && strcmp(h->version, "1.1") == 0))
        REJECT(400, "an HTTP/1.1 request has one Host field");
    return (struct rejection){ 0 };
}

/* Reads how the length of the body is told; there must be one way to read it. */
static struct rejection length_fields_read(const struct head *h,
                                           const struct request *r, struct framing *f)
{
    bool has_length = false;
    for (size_t i = 0; i < r->header_count; i++) {
        struct header field = r->headers[i];
        if (str_equal_nocase(field.name, STR("Content-Length"))) {
            unsigned long long length;
            if (!length_read(field.value, &length))
                REJECT(400, "Content-Length is not a number of bytes");
            if (has_length && length != f->told)
                REJECT(400, "Content-Length is given twice and differs");
            has_length = true;
            f->told = length;
        } else if (str_equal_nocase(field.name, STR("Transfer-Encoding"))) {
            if (f->chunked || !str_equal_nocase(field.value, STR("chunked")))
                REJECT(501, "the only Transfer-Encoding understood is chunked, once");
            f->chunked = true;
        }
    }
    if (f->chunked && has_length)
        REJECT(400, "a request has Content-Length or Transfer-Encoding, not both");
    if (f->chunked && strcmp(h->version, "1.1") != 0)
        REJECT(400, "HTTP/1.0 has no Transfer-Encoding");
    return (struct rejection){ 0 };
}

static struct rejection expectation_read(const struct head *h, const struct request *r,
                                         struct framing *f)
{
    struct str expect = request_header(r, "Expect");
    if (!expect.ptr || strcmp(h->version, "1.1") != 0)
        return (struct rejection){ 0 };
    if (!str_equal_nocase(expect, STR("100-continue")))
        REJECT(417, "the only expectation that can be met is 100-continue");
    f->expects = true;
    return (struct rejection){ 0 };
}

/* Whether the connection lives on. civetweb looks at the first Connection field only
 * and closes unless it has keep-alive in it; what is promised here must be kept there,
 * so anything unusual closes. */
static bool wants_keep(const struct head *h, const struct request *r, bool chunked)
{
    bool any = false, keep = false;
    for (size_t i = 0; i < r->header_count; i++) {
        if (!str_equal_nocase(r->headers[i].name, STR("Connection")))
            continue;
        struct str rest = r->headers[i].value, option;
        while (str_split(&rest, ',', &option)) {
            option = str_trim(option);
            if (str_equal_nocase(option, STR("keep-alive")))
                keep = keep || !any;
            else if (!str_equal_nocase(option, STR("te")))
                return false;
        }
        any = true;
    }
    /* civetweb can read past a trailer only by closing the connection. */
    if (chunked && request_header(r, "Trailer").ptr)
        return false;
    return any ? keep : strcmp(h->version, "1.1") == 0;
}

bool method_taken(struct str method)
{
    static const char *const known[] = {
        "GET",   "POST",  "PUT",      "DELETE",    "HEAD", "CONNECT", "OPTIONS",
        "PATCH", "MKCOL", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK",  "REPORT",
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_is(method, known[i]))
            return true;
    return false;
}

/* What civetweb refuses to read may come as a POST that says what it is. Other methods
 * mean themselves. */
static struct str method_read(const struct head *h, const struct request *r)
{
    struct str said = request_header(r, "X-HTTP-Method-Override");
    bool meant =
        strcmp(h->method, "POST") == 0 && field_name_valid(said) && !method_taken(said);
    return meant ? said : str(h->method);
}

struct rejection head_read(const struct head *h, struct request *r, struct framing *f)
{
    *f = (struct framing){ 0 };
    if (r->header_count >= LIMIT_HEADERS)
        REJECT(431, "there are too many header fields");
    if (!head_is_whole(h, r))
        REJECT(400, "a line of the head is malformed");
    target_read(h, r);
    struct rejection no = fields_read(h, r);
    if (!no.status)
        no = length_fields_read(h, r, f);
    if (!no.status)
        no = expectation_read(h, r, f);
    if (no.status)
        return no;
    r->method = method_read(h, r);
    f->keep = wants_keep(h, r, f->chunked);
    return no;
}

struct rejection head_rejected(int status, bool overflowed)
{
    switch (status) {
    case 411:
        REJECT(400, "Content-Length is not a number of bytes");
    case 505:
        REJECT(505, "HTTP/1.1 and HTTP/1.0 are spoken here");
    case 400:
    case 413:
        if (status == 413 || overflowed)
            REJECT(431, "the request line and header fields are too long");
        REJECT(400, "the request cannot be understood");
    default:
        REJECT(status, "the request cannot be served");
    }
}

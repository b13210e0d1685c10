#include "serve/assemble.h"

#include <stdio.h>
#include <string.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static struct str date_now(struct date *d)
{
    time_t now = time(NULL);
    if (now != d->of) {
        struct tm t;
        gmtime_r(&now, &t);
        strftime(d->text, sizeof(d->text), "%a, %d %b %Y %H:%M:%S GMT", &t);
        d->of = now;
    }
    return str(d->text);
}

/* Bytes being put one behind the other into a room known to be large enough. */
struct pen {
    char *at;
};

static void put(struct pen *p, struct str text)
{
    if (text.len)
        memcpy(p->at, text.ptr, text.len);
    p->at += text.len;
}

static void put_number(struct pen *p, unsigned long long n)
{
    char digits[24];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    put(p, (struct str){ digits + at, sizeof(digits) - at });
}

/* A value cannot end its line early, whatever it was made from. */
static void put_value(struct pen *p, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        *p->at++ = (c >= 0 && c < ' ' && c != '\t') || c == 0x7f ? ' ' : c;
    }
}

static bool is_ours(struct str name)
{
    return str_equal_nocase(name, STR("Content-Length")) ||
           str_equal_nocase(name, STR("Transfer-Encoding")) ||
           str_equal_nocase(name, STR("Connection"));
}

static void put_field(struct pen *p, struct header field)
{
    if (is_ours(field.name) || !field_name_valid(field.name))
        return;
    put(p, field.name);
    put(p, STR(": "));
    put_value(p, field.value);
    put(p, STR("\r\n"));
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

struct str assemble(const struct delivery *d, struct manner m, struct arena *arena)
{
    const struct response *r = &d->response;
    struct str phrase = str(status_phrase(r->status));
    struct str body = has_body(r->status) ? r->body : STR("");
    size_t room = 256 + phrase.len + body.len;
    for (size_t i = 0; i < r->header_count; i++)
        room += r->headers[i].name.len + r->headers[i].value.len + 4;

    char *start = arena_take_raw(arena, room);
    struct pen p = { start };
    put(&p, STR("HTTP/1.1 "));
    put_number(&p, (unsigned)r->status);
    put(&p, STR(" "));
    put(&p, phrase);
    put(&p, STR("\r\n"));
    if (!response_header_of(r, "Date").ptr) {
        put(&p, STR("Date: "));
        put(&p, date_now(m.date));
        put(&p, STR("\r\n"));
    }
    for (size_t i = 0; i < r->header_count; i++)
        put_field(&p, r->headers[i]);
    if (has_body(r->status)) {
        put(&p, STR("Content-Length: "));
        put_number(&p, body.len);
        put(&p, STR("\r\n"));
    }
    put(&p, m.keep ? STR("Connection: keep-alive\r\n\r\n")
                   : STR("Connection: close\r\n\r\n"));
    if (d->connection == CONNECTION_CUT && body.len > d->cut_after)
        body.len = d->cut_after;
    if (!m.headless)
        put(&p, body);
    return (struct str){ start, (size_t)(p.at - start) };
}

size_t assemble_rejection(struct rejection no, struct manner m,
                          char text[REJECTION_BYTES])
{
    char body[REJECTION_BYTES / 2];
    int len = snprintf(body, sizeof(body),
                       "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,"
                       "\"detail\":\"%s\"}",
                       status_phrase(no.status), no.status, no.why);
    return (size_t)snprintf(text, REJECTION_BYTES,
                            "HTTP/1.1 %d %s\r\nDate: %s\r\n"
                            "Content-Type: application/problem+json\r\n"
                            "Content-Length: %d\r\nConnection: close\r\n\r\n%s",
                            no.status, status_phrase(no.status), date_now(m.date).ptr,
                            len, m.headless ? "" : body);
}

#include "api/condition.h"

#include "api/http_date.h"

/* ---- entity tags ---- */

struct tag {
    bool weak;
    struct str opaque; /* with its quotes */
};

/* %x21, %x23-7E and what is above ASCII; a backslash escapes nothing. */
static bool is_etagc(char c)
{
    unsigned char u = (unsigned char)c;
    return u == 0x21 || (u >= 0x23 && u != 0x7f);
}

/* Takes one entity tag off the front of *s. */
static bool tag_take(struct str *s, struct tag *tag)
{
    tag->weak = str_starts(*s, STR("W/"));
    if (tag->weak)
        *s = str_from(*s, 2);
    if (!s->len || s->ptr[0] != '"')
        return false;
    size_t end = 1;
    while (end < s->len && is_etagc(s->ptr[end]))
        end++;
    if (end == s->len || s->ptr[end] != '"')
        return false;
    tag->opaque = (struct str){ s->ptr, end + 1 };
    *s = str_from(*s, end + 1);
    return true;
}

static void skip(struct str *s, const char *any)
{
    while (s->len && s->ptr[0] && strchr(any, s->ptr[0]))
        *s = str_from(*s, 1);
}

bool etags_match(struct str list, struct str etag, bool weak)
{
    struct tag own, one;
    bool match = false;
    if (!tag_take(&etag, &own) || etag.len)
        return false;
    for (;;) {
        skip(&list, " \t,"); /* empty elements are to be let be (5.6.1.2) */
        if (!list.len)
            return match;
        if (!tag_take(&list, &one))
            return false;
        skip(&list, " \t");
        if (list.len && list.ptr[0] != ',')
            return false;
        match = match || (str_equal(one.opaque, own.opaque) &&
                          (weak || !(one.weak || own.weak)));
    }
}

/* ---- the fields ---- */

enum { MATCH, NONE_MATCH, MODIFIED, UNMODIFIED, FIELDS };

static const char *const names[FIELDS] = { "If-Match", "If-None-Match",
                                           "If-Modified-Since", "If-Unmodified-Since" };

/* Which of the four fields a header is; FIELDS for others. */
static size_t field_of(struct str name)
{
    if (name.len < 8 || (name.ptr[0] | 0x20) != 'i' || name.ptr[2] != '-')
        return FIELDS;
    for (size_t i = 0; i < FIELDS; i++)
        if (str_equal_nocase(name, str(names[i])))
            return i;
    return FIELDS;
}

bool conditions_sent(const struct request *r)
{
    for (size_t i = 0; i < r->header_count; i++)
        if (field_of(r->headers[i].name) != FIELDS)
            return true;
    return false;
}

/* What the lines of If-Match or If-None-Match say together. */
struct wanted {
    bool sent, match;
};

static struct wanted tags_of(const struct request *r, size_t which,
                             const struct validators *v)
{
    struct wanted w = { false, false };
    for (size_t i = 0; i < r->header_count; i++) {
        if (field_of(r->headers[i].name) != which)
            continue;
        struct str value = str_trim(r->headers[i].value);
        bool weak = which == NONE_MATCH;
        w.sent = true;
        w.match = w.match ||
                  (v->exists && (str_is(value, "*") ||
                                 (v->etag.ptr && etags_match(value, v->etag, weak))));
    }
    return w;
}

/* A date that cannot be read, or that nothing can be compared with, was not sent. */
static bool date_of(const struct request *r, size_t which, const struct validators *v,
                    clock_ms now, clock_ms *date)
{
    struct str text = request_header(r, names[which]);
    return text.ptr && v->exists && v->dated &&
           http_date_read(str_trim(text), now, date);
}

enum condition_verdict conditions_check(const struct request *r,
                                        const struct validators *v, clock_ms now,
                                        const char **field)
{
    bool reads = str_is(r->method, "GET") || str_is(r->method, "HEAD");
    clock_ms second = v->modified - ((v->modified % 1000) + 1000) % 1000, date;
    struct wanted match = tags_of(r, MATCH, v), none = tags_of(r, NONE_MATCH, v);
    *field = names[MATCH];
    if (match.sent && !match.match)
        return CONDITION_FAILED;
    *field = names[UNMODIFIED];
    if (!match.sent && date_of(r, UNMODIFIED, v, now, &date) && second > date)
        return CONDITION_FAILED;
    *field = names[NONE_MATCH];
    if (none.sent && none.match)
        return reads ? CONDITION_NOT_MODIFIED : CONDITION_FAILED;
    *field = names[MODIFIED];
    if (!none.sent && reads && date_of(r, MODIFIED, v, now, &date) && second <= date)
        return CONDITION_NOT_MODIFIED;
    return CONDITION_MET;
}

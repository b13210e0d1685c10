#include "api/multipart.h"

#include "doc/json.h"

/* A boundary that was found. */
struct delimiter {
    size_t start; /* of what stands before it: its line end belongs to it */
    size_t end;   /* behind its line */
    bool last;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether a delimiter stands at `at`, the start of a line. */
static bool delimiter_at(const struct multipart *m, size_t at, struct delimiter *d)
{
    struct str rest = str_from(m->body, at);
    if (!str_starts(rest, STR("--")) || !str_starts(str_from(rest, 2), m->boundary))
        return false;
    size_t n = 2 + m->boundary.len;
    rest = str_from(rest, n);
    d->last = str_starts(rest, STR("--"));
    size_t i = d->last ? 2 : 0;
    while (i < rest.len && is_blank(rest.ptr[i]))
        i++;
    if (i == rest.len)
        d->last = true; /* nothing can follow */
    else if (rest.ptr[i] == '\n')
        i++;
    else if (rest.ptr[i] == '\r' && i + 1 < rest.len && rest.ptr[i + 1] == '\n')
        i += 2;
    else if (!d->last)
        return false; /* a longer word that only begins so */
    d->end = at + n + i;
    if (!d->last && d->end == m->body.len)
        d->last = true;
    d->start = at;
    if (at && m->body.ptr[at - 1] == '\n')
        d->start -= at > 1 && m->body.ptr[at - 2] == '\r' ? 2 : 1;
    return true;
}

/* The first delimiter at or behind `from`, which is the start of a line. */
static bool find_delimiter(const struct multipart *m, size_t from, struct delimiter *d)
{
    size_t least = from;
    while (from < m->body.len) {
        if (delimiter_at(m, from, d)) {
            if (d->start < least)
                d->start = least; /* an empty part */
            return true;
        }
        const char *feed = memchr(m->body.ptr + from, '\n', m->body.len - from);
        if (!feed)
            return false;
        from = (size_t)(feed - m->body.ptr) + 1;
    }
    return false;
}

static enum multipart_end broken(struct multipart *m, size_t offset, const char *why)
{
    m->why = why;
    m->offset = offset;
    m->ended = true;
    return MULTIPART_BROKEN;
}

static enum multipart_end too_large(struct multipart *m, size_t offset, const char *why)
{
    broken(m, offset, why);
    return MULTIPART_TOO_LARGE;
}

/* ---- header fields ---- */

/* Takes a line off *rest, without its end. */
static bool take_line(struct str *rest, struct str *line)
{
    if (!str_split(rest, '\n', line))
        return false;
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

/* A line that begins with white space goes on with the one before (RFC 5322, 2.2.3).
 * False when the value becomes too long. */
static bool unfold(struct str *value, struct str *rest, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_PART_HEAD_BYTES);
    struct str line;
    while (rest->ptr && rest->len && is_blank(*rest->ptr) && !b.full) {
        if (!b.len)
            buffer_add(&b, *value);
        take_line(rest, &line);
        buffer_add_char(&b, ' ');
        buffer_add(&b, str_trim(line));
    }
    if (b.len)
        *value = buffer_str(&b);
    return !b.full;
}

static enum multipart_end read_headers(struct multipart *m, struct str *text,
                                       struct arena *arena, struct part *p)
{
    struct str rest = *text, line;
    while (take_line(&rest, &line) && line.len) {
        size_t offset = (size_t)(line.ptr - m->body.ptr);
        size_t read = offset + line.len - p->offset;
        if (read > LIMIT_PART_HEAD_BYTES)
            return too_large(m, offset, "the header of a part is too long");
        struct str value = line, name;
        str_split(&value, ':', &name);
        if (!value.ptr || !str_trim(name).len || memchr(line.ptr, '\0', line.len))
            return broken(m, offset, "a line of a part's header has no name and colon");
        if (p->header_count == LIMIT_PART_HEADERS)
            return too_large(m, offset, "a part has too many header fields");
        value = str_trim(value);
        if (!unfold(&value, &rest, arena))
            return too_large(m, offset, "the header of a part is too long");
        p->headers[p->header_count++] = (struct header){ str_trim(name), value };
    }
    if (!rest.ptr && text->len && line.len)
        return broken(m, p->offset, "the header of a part has no empty line behind it");
    *text = rest.ptr ? rest : str_from(*text, text->len);
    return MULTIPART_PART;
}

struct str part_header(const struct part *p, const char *name)
{
    for (size_t i = 0; i < p->header_count; i++)
        if (str_equal_nocase(p->headers[i].name, str(name)))
            return p->headers[i].value;
    return (struct str){ NULL, 0 };
}

/* ---- Content-Disposition ---- */

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool percent(struct str s, size_t i, char *out)
{
    if (s.ptr[i] != '%' || i + 2 >= s.len || hex(s.ptr[i + 1]) < 0 ||
        hex(s.ptr[i + 2]) < 0)
        return false;
    *out = (char)(hex(s.ptr[i + 1]) * 16 + hex(s.ptr[i + 2]));
    return true;
}

/* Browsers write a quote as %22 and line ends as %0D %0A (WHATWG HTML, 4.10.21.8) and
 * leave other percent signs and backslashes as they are; others escape by backslash. */
static struct str quoted(struct str text, struct arena *arena)
{
    char *to = arena_take_raw(arena, text.len + 1), c;
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool escape = text.ptr[i] == '\\' && i + 1 < text.len &&
                      (text.ptr[i + 1] == '"' || text.ptr[i + 1] == '\\');
        if (percent(text, i, &c) && (c == '"' || c == '\r' || c == '\n')) {
            to[n++] = c;
            i += 2;
        } else {
            i += escape;
            to[n++] = text.ptr[i];
        }
    }
    to[n] = '\0';
    return (struct str){ to, n };
}

/* "UTF-8'en'na%C3%AFve" (RFC 8187); {NULL, 0} for another charset or form. */
static struct str extended(struct str text, struct arena *arena)
{
    struct str charset, language;
    str_split(&text, '\'', &charset);
    if (!text.ptr || !str_split(&text, '\'', &language) || !text.ptr ||
        !str_equal_nocase(charset, STR("utf-8")))
        return (struct str){ NULL, 0 };
    char *to = arena_take_raw(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (percent(text, i, &to[n]))
            i += 2;
        else
            to[n] = text.ptr[i];
        n++;
    }
    to[n] = '\0';
    return utf8_valid((struct str){ to, n }) ? (struct str){ to, n }
                                             : (struct str){ NULL, 0 };
}

/* Takes `name=value` or `name="value"` off *rest. */
static bool take_parameter(struct str *rest, struct arena *arena, struct str *name,
                           struct str *value)
{
    size_t n = 0;
    while (rest->len && (*rest->ptr == ';' || is_blank(*rest->ptr)))
        *rest = str_from(*rest, 1);
    while (n < rest->len && rest->ptr[n] != '=' && rest->ptr[n] != ';')
        n++;
    *name = str_trim((struct str){ rest->ptr, n });
    *value = STR("");
    bool given = n < rest->len && rest->ptr[n] == '=';
    *rest = str_trim(str_from(*rest, n + given));
    if (given && rest->len && *rest->ptr == '"') {
        size_t end = 1;
        while (end < rest->len && rest->ptr[end] != '"')
            end += rest->ptr[end] == '\\' && end + 1 < rest->len &&
                           (rest->ptr[end + 1] == '"' || rest->ptr[end + 1] == '\\')
                       ? 2
                       : 1;
        if (end > rest->len)
            end = rest->len;
        *value = quoted((struct str){ rest->ptr + 1, end - 1 }, arena);
        *rest = str_from(*rest, end + 1);
    } else if (given) {
        size_t end = 0;
        while (end < rest->len && rest->ptr[end] != ';')
            end++;
        *value = str_trim((struct str){ rest->ptr, end });
        *rest = str_from(*rest, end);
    }
    return name->len > 0;
}

static void read_disposition(struct part *p, struct arena *arena)
{
    struct str rest = part_header(p, "Content-Disposition"), kind, name, value;
    struct str plain = { NULL, 0 };
    if (!str_split(&rest, ';', &kind))
        return;
    while (rest.ptr && rest.len && take_parameter(&rest, arena, &name, &value)) {
        if (str_equal_nocase(name, STR("name")) && !p->name.ptr)
            p->name = value;
        else if (str_equal_nocase(name, STR("filename*")))
            p->file_name = extended(value, arena);
        else if (str_equal_nocase(name, STR("filename")))
            plain = value;
    }
    if (!p->file_name.ptr)
        p->file_name = plain;
}

/* ---- parts ---- */

static enum multipart_end start(struct multipart *m)
{
    struct delimiter d;
    m->started = true;
    if (!find_delimiter(m, 0, &d))
        return broken(m, 0, "the boundary of Content-Type is nowhere in the body");
    m->at = d.end;
    m->ended = d.last;
    return MULTIPART_PART;
}

enum multipart_end multipart_next(struct multipart *m, struct arena *arena,
                                  struct part *p)
{
    struct delimiter d;
    if (!m->started && start(m) == MULTIPART_BROKEN)
        return MULTIPART_BROKEN;
    if (m->ended)
        return MULTIPART_DONE;
    if (++m->count > LIMIT_PARTS)
        return too_large(m, m->at, "there are too many parts");
    *p = (struct part){ .offset = m->at };
    if (!find_delimiter(m, m->at, &d))
        return broken(m, m->at, "no boundary stands behind the last part");
    struct str text = { m->body.ptr + m->at, d.start - m->at };
    enum multipart_end end = read_headers(m, &text, arena, p);
    if (end != MULTIPART_PART)
        return end;
    p->bytes = text;
    read_disposition(p, arena);
    m->at = d.end;
    m->ended = d.last;
    return MULTIPART_PART;
}

#include "api/body_parts.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/inflate.h"

static bool refuse(struct body_refusal *why, const char *kind, int status,
                   const char *detail)
{
    *why = (struct body_refusal){ .kind = kind, .status = status, .detail = detail };
    return false;
}

__attribute__((format(printf, 2, 0))) static const char *
sentence(struct arena *arena, const char *format, va_list args)
{
    char text[1024];
    vsnprintf(text, sizeof(text), format, args);
    utf8_mend(text);
    return arena_copy(arena, str(text));
}

cJSON *body_broken(struct reading *r, const char *detail, ...)
{
    va_list args;
    va_start(args, detail);
    const char *text = sentence(r->arena, detail, args);
    va_end(args);
    refuse(r->why, "parse_error", 400, arena_printf(r->arena, "/body: %s", text));
    return NULL;
}

cJSON *body_too_large(struct reading *r, const char *detail, ...)
{
    va_list args;
    va_start(args, detail);
    const char *text = sentence(r->arena, detail, args);
    va_end(args);
    refuse(r->why, "too_large", 413, arena_printf(r->arena, "/body: %s", text));
    return NULL;
}

/* ---- Content-Encoding (RFC 9110, 8.4) ---- */

static bool is_coding(struct str name, const char *one, const char *other)
{
    return str_equal_nocase(name, str(one)) || str_equal_nocase(name, str(other));
}

static bool unknown_coding(struct str name, struct arena *arena,
                           struct body_refusal *why)
{
    const char *found = utf8_valid(name) ? arena_copy(arena, utf8_cut(name, 60)) : "?";
    refuse(why, "media_type", 415,
           arena_printf(arena,
                        "/header/content-encoding: expected gzip, deflate or "
                        "identity, found %s",
                        found));
    why->accept_encoding = "gzip, deflate, identity";
    return false;
}

/* Takes one coding off *body. */
static bool unpack(struct str *body, struct str name, size_t most, struct arena *arena,
                   struct body_refusal *why)
{
    size_t offset;
    bool gzip = is_coding(name, "gzip", "x-gzip");
    switch (inflate_read(*body, gzip ? INFLATE_GZIP : INFLATE_DEFLATE, most, arena,
                         body, &offset)) {
    case INFLATE_WHOLE:
        return true;
    case INFLATE_TOO_LONG:
        return refuse(
            why, "too_large", 413,
            arena_printf(arena, "/body: expected at most %zu bytes unpacked", most));
    case INFLATE_CUT:
        return refuse(why, "parse_error", 400,
                      arena_printf(arena,
                                   "/body: the %s text ends too early, after "
                                   "byte %zu",
                                   gzip ? "gzip" : "deflate", offset));
    case INFLATE_BROKEN:
        break;
    }
    return refuse(why, "parse_error", 400,
                  arena_printf(arena, "/body: the body is not %s: at byte %zu",
                               gzip ? "gzip" : "deflate", offset));
}

/* Several fields are one list (RFC 9110, 5.3); the last coding was put on last. */
static bool take_codings_off(const struct request *r, struct str *body,
                             struct arena *arena, struct body_refusal *why)
{
    struct str codings[LIMIT_CODINGS];
    size_t count = 0;
    for (size_t i = 0; i < r->header_count; i++) {
        struct str rest = r->headers[i].value, one;
        if (!str_equal_nocase(r->headers[i].name, STR("Content-Encoding")))
            continue;
        while (str_split(&rest, ',', &one)) {
            one = str_trim(one);
            if (!one.len || str_equal_nocase(one, STR("identity")))
                continue;
            if (!is_coding(one, "gzip", "x-gzip") &&
                !str_equal_nocase(one, STR("deflate")))
                return unknown_coding(one, arena, why);
            if (count == LIMIT_CODINGS)
                return refuse(why, "media_type", 415,
                              "/header/content-encoding: there are too many codings");
            codings[count++] = one;
        }
    }
    while (count)
        if (!unpack(body, codings[--count], r->max_body, arena, why))
            return false;
    return true;
}

/* ---- which type ---- */

static const char *types_of(const struct operation *op, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < op->body_count; i++)
        buffer_printf(&b, "%s%s", i ? ", " : "", op->bodies[i].type);
    return buffer_str(&b).ptr;
}

/* Fills *type, too. Most clients send what the document says, to the letter. */
static const struct media *media_of(const struct operation *op, struct str sent,
                                    struct arena *arena, struct media_type *type)
{
    for (size_t i = 0; i < op->body_count; i++)
        if (op->bodies[i].parsed && !media_type_is_range(op->bodies[i].parsed) &&
            str_equal_nocase(sent, str(op->bodies[i].type))) {
            *type = *op->bodies[i].parsed;
            return &op->bodies[i];
        }
    if (!sent.ptr || !media_type_read(str_trim(sent), arena, type) ||
        media_type_is_range(type))
        return NULL;
    return media_for(op, type);
}

static bool wrong_type(const struct operation *op, struct str sent, struct arena *arena,
                       struct body_refusal *why)
{
    const char *types = types_of(op, arena);
    const char *found =
        sent.ptr && utf8_valid(sent) ? arena_copy(arena, utf8_cut(sent, 100)) : "none";
    refuse(why, "media_type", 415,
           arena_printf(arena, "/header/content-type: expected %s, found %s", types,
                        found));
    why->accept = types;
    return false;
}

/* What is read from a body that a range takes: what the client says it is, as far as
 * the schema can hold that. A schema that only takes text is given the text. */
static enum media_kind kind_of(const struct media *m, const struct media_type *type)
{
    if (!m->parsed || !media_type_is_range(m->parsed))
        return m->kind;
    enum media_kind kind = media_kind_of(type);
    if (shape_only(m->shape, TYPE_STRING))
        return kind == MEDIA_BYTES || kind == MEDIA_MULTIPART || m->shape->binary
                   ? MEDIA_BYTES
                   : MEDIA_TEXT;
    return kind;
}

/* ---- charset ---- */

static struct str from_latin1(struct str text, struct arena *arena)
{
    char *to = arena_take_raw(arena, 2 * text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c >= 0x80)
            to[n++] = (char)(0xc0 | c >> 6);
        to[n++] = (char)(c < 0x80 ? c : 0x80 | (c & 0x3f));
    }
    to[n] = '\0';
    return (struct str){ to, n };
}

static bool is_one_of(struct str s, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_nocase(s, str(names[i])))
            return true;
    return false;
}

bool body_to_utf8(struct str *text, const struct media_type *type, bool *told,
                  struct arena *arena)
{
    static const char *const same[] = { "utf-8", "utf8", "us-ascii", "ascii" };
    static const char *const latin1[] = { "iso-8859-1", "iso8859-1", "latin1",
                                          "iso_8859-1", "l1" };
    struct str charset = media_type_parameter(type, "charset");
    *told = charset.ptr != NULL;
    if (!charset.ptr || is_one_of(charset, same, COUNT(same)))
        return true;
    if (!is_one_of(charset, latin1, COUNT(latin1)))
        return false;
    *text = from_latin1(*text, arena);
    return true;
}

static bool wrong_charset(const struct operation *op, const struct media_type *type,
                          struct arena *arena, struct body_refusal *why)
{
    struct str found = media_type_parameter(type, "charset");
    refuse(why, "media_type", 415,
           arena_printf(arena,
                        "/header/content-type: expected the charset utf-8, us-ascii "
                        "or iso-8859-1, found %s",
                        utf8_valid(found) ? arena_copy(arena, utf8_cut(found, 60))
                                          : "other bytes"));
    why->accept = types_of(op, arena);
    return false;
}

/* ---- reading ---- */

static cJSON *read_json(struct reading *r, struct str text)
{
    struct json_error why;
    cJSON *body = json_read(text, LIMIT_BODY_NODES, r->arena, &why);
    if (!body)
        body_broken(r, "the body is not JSON: line %u, column %u: %s", why.line,
                    why.col, why.why);
    return body;
}

static cJSON *read_text(struct reading *r, struct str text)
{
    if (!utf8_valid(text))
        return body_broken(r, "the body is not UTF-8 text");
    return value_of_text(text, r->media->shape, r->arena);
}

static cJSON *read_as(struct reading *r, enum media_kind kind,
                      const struct media_type *type, struct str body, bool utf8)
{
    const struct shape *shape = r->media->shape;
    switch (kind) {
    case MEDIA_JSON:
        return read_json(r, body);
    case MEDIA_LINES:
        return shape_only(shape, TYPE_STRING) ? read_text(r, body)
                                              : lines_read(r, body);
    case MEDIA_SEQUENCE:
        return shape_only(shape, TYPE_STRING) ? read_text(r, body)
                                              : sequence_read(r, body);
    case MEDIA_FORM:
        return form_read(r, body);
    case MEDIA_MULTIPART:
        return multipart_read(r, type, body);
    case MEDIA_XML:
        return xml_body_read(r, body, utf8);
    case MEDIA_TEXT:
        return read_text(r, body);
    case MEDIA_BYTES:
        return value_of_bytes(body, false, r->arena);
    }
    return NULL;
}

static bool read_media(const struct operation *op, struct reading *r, struct str sent,
                       const struct request *request, struct body *taken, cJSON *input)
{
    struct media_type type;
    const struct media *m = r->media = media_of(op, sent, r->arena, &type);
    if (!m)
        return wrong_type(op, sent, r->arena, r->why);
    taken->media = m;
    if (!take_codings_off(request, &taken->bytes, r->arena, r->why))
        return false;
    struct str body = taken->bytes;
    enum media_kind kind = kind_of(m, &type);
    bool told = false;
    if (kind != MEDIA_BYTES && kind != MEDIA_MULTIPART &&
        !body_to_utf8(&body, &type, &told, r->arena))
        return wrong_charset(op, &type, r->arena, r->why);
    bool known = kind == MEDIA_JSON || media_holds(kind, m->shape);
    if (!known && m->shape)
        return true; /* load has said so */
    cJSON *value = read_as(r, kind, &type, body, told);
    if (value)
        json_add(input, "body", value);
    return value != NULL;
}

bool body_read(const struct operation *op, const struct request *r, cJSON *input,
               struct arena *arena, struct findings *findings, struct body *body,
               struct body_refusal *why)
{
    *body = (struct body){ .bytes = r->body };
    *why = (struct body_refusal){ .kind = NULL };
    if (r->body_over_limit)
        return refuse(
            why, "too_large", 413,
            arena_printf(arena, "/body: expected at most %zu bytes", r->max_body));
    if (r->body_cut_off)
        return refuse(why, "parse_error", 400,
                      "/body: the body ends before its told length");
    if (!op->body_count)
        return true; /* the operation says nothing about a body */
    if (!r->body.len)
        return !op->body_required ||
               refuse(why, "body_missing", 400, "/body: expected a body, found none");
    struct reading reading = {
        .arena = arena, .findings = findings, .why = why, .pointer = "/body"
    };
    return read_media(op, &reading, request_header(r, "Content-Type"), r, body, input);
}

void body_settle(struct findings *all, size_t told)
{
    size_t kept = told;
    for (size_t i = told; i < all->count; i++) {
        const char *at = all->list[i].pointer;
        bool known = false;
        for (size_t j = 0; j < told && str_starts(str(at), STR("/body")); j++)
            known = known || strcmp(all->list[j].pointer, at) == 0;
        if (!known)
            all->list[kept++] = all->list[i];
    }
    all->count = kept;
}

/* Parameters, by the style values of OpenAPI 3.1.1, 4.8.12. */
#include "api/write_parts.h"

#include "api/media.h"

static bool is_nested(const cJSON *value)
{
    return json_is_object(value) || json_is_array(value);
}

static bool has_nested(const cJSON *value)
{
    for (const cJSON *c = is_nested(value) ? value->child : NULL; c; c = c->next)
        if (is_nested(c))
            return true;
    return false;
}

struct str write_text(const cJSON *value, struct arena *arena)
{
    return json_is_string(value) ? str(value->valuestring) : json_text(value, arena);
}

/* ---- one text ---- */

/* Fields, and cookies of the style of that name, are not percent-encoded. */
static bool is_raw(const struct param *p)
{
    return p->in == PARAM_HEADER || p->style == STYLE_COOKIE;
}

static bool raw(struct writing *w, const struct param *p, struct buffer *b,
                struct str text, const char *forbidden)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < ' ' && c != '\t') || c == 0x7f || c == 0xc0)
            return write_fails(w, "a control character cannot stand in a header");
        if (strchr(forbidden, c))
            return write_fails(w, "'%c' stands between values and cannot be in one", c);
    }
    if (str_trim(text).len != text.len)
        return write_fails(w, "blanks at the ends of a header's value are lost");
    (void)p;
    buffer_add(b, text);
    return true;
}

static bool put(struct writing *w, const struct param *p, struct buffer *b,
                struct str text, const char *forbidden)
{
    if (is_raw(p))
        return raw(w, p, b, text, forbidden);
    for (size_t i = 0; i < text.len; i++)
        if ((p->style == STYLE_SPACE && text.ptr[i] == ' ') ||
            (p->style == STYLE_PIPE && text.ptr[i] == '|'))
            return write_fails(w, "'%c' stands between values and cannot be in one",
                               text.ptr[i]);
    uri_encode(b, text, p->style == STYLE_LABEL ? "-_~" : URI_UNRESERVED);
    return true;
}

/* An item of a header's list, in quotes where a comma would end it (RFC 9110, 5.6.4).
 */
static bool put_quoted(struct writing *w, const struct param *p, struct buffer *b,
                       struct str text)
{
    bool plain = text.len && str_trim(text).len == text.len;
    for (size_t i = 0; i < text.len && plain; i++)
        plain = !strchr(",\"\\", text.ptr[i]);
    if (plain)
        return raw(w, p, b, text, "");
    buffer_add_char(b, '"');
    for (size_t i = 0; i < text.len; i++) {
        struct buffer one = buffer_in(w->arena, 2);
        if (text.ptr[i] != ' ' && text.ptr[i] != '\t' &&
            !raw(w, p, &one, (struct str){ text.ptr + i, 1 }, ""))
            return false;
        if (strchr("\"\\", text.ptr[i]))
            buffer_add_char(b, '\\');
        buffer_add_char(b, text.ptr[i]);
    }
    buffer_add_char(b, '"');
    return true;
}

/* ---- several values in one text ---- */

static const char *separator_of(const struct param *p)
{
    switch (p->style) {
    case STYLE_SPACE:
        return "%20";
    case STYLE_PIPE:
        return "%7C";
    case STYLE_LABEL:
        return p->explode ? "." : ",";
    case STYLE_SIMPLE:
    case STYLE_MATRIX:
    case STYLE_FORM:
    case STYLE_DEEP:
    case STYLE_COOKIE:
    case STYLE_COUNT:
        break;
    }
    return ",";
}

/* "a,b", "R,100,G,200" or "R=100,G=200". */
static bool put_joined(struct writing *w, const struct param *p, const cJSON *value,
                       bool pairs, struct buffer *b)
{
    const char *by = separator_of(p);
    bool array = json_is_array(value);
    for (const cJSON *c = value->child; c; c = c->next) {
        struct str text = write_text(c, w->arena);
        if (c != value->child)
            buffer_add_text(b, by);
        if (!array && (!put(w, p, b, str(c->string), pairs ? ",=" : ",")))
            return false;
        if (!array)
            buffer_add_text(b, pairs ? "=" : by);
        if (array && p->in == PARAM_HEADER ? !put_quoted(w, p, b, text)
                                           : !put(w, p, b, text, ","))
            return false;
    }
    return true;
}

/* A scalar, or several values joined; nothing with a value inside a value. */
static bool put_one(struct writing *w, const struct param *p, const cJSON *value,
                    bool pairs, struct buffer *b)
{
    if (p->media)
        return put(w, p, b,
                   media_is_json(str(p->media)) ? json_text(value, w->arena)
                                                : write_text(value, w->arena),
                   "");
    if (!is_nested(value))
        return put(w, p, b, write_text(value, w->arena),
                   p->style == STYLE_COOKIE ? ";" : "");
    if (has_nested(value))
        return write_fails(w, "a value inside another has no form in this style");
    return put_joined(w, p, value, pairs, b);
}

/* ---- path ---- */

/* ";color=blue;color=black", ";R=100;G=200", ";color=blue,black", ";color". */
static bool put_matrix(struct writing *w, const struct param *p, const cJSON *value,
                       struct buffer *b)
{
    bool apart = p->explode && is_nested(value) && !p->media;
    if (apart && has_nested(value))
        return write_fails(w, "a value inside another has no form in this style");
    if (apart && !value->child)
        return write_fails(w, "nothing stands for an empty list in this style");
    for (const cJSON *c = apart ? value->child : value; c; c = apart ? c->next : NULL) {
        bool member = apart && json_is_object(value);
        size_t before;
        buffer_add_char(b, ';');
        uri_encode(b, str(member ? c->string : p->name), URI_UNRESERVED);
        before = b->len;
        buffer_add_char(b, '=');
        if (!put_one(w, p, c, false, b))
            return false;
        if (!member && b->len == before + 1)
            b->len = before; /* ";color" */
    }
    return true;
}

bool write_path(struct writing *w, const struct param *p, const cJSON *value,
                struct buffer *b)
{
    size_t before = b->len;
    if (p->style == STYLE_MATRIX && !p->media)
        return put_matrix(w, p, value, b);
    if (p->style == STYLE_LABEL && !p->media)
        buffer_add_char(b, '.');
    if (!put_one(w, p, value, p->explode, b))
        return false;
    if (b->len == before)
        return write_fails(w, "an empty value leaves another path");
    struct str text = str_from(buffer_str(b), before);
    if (str_is(text, ".") || str_is(text, ".."))
        return write_fails(w, "\".\" and \"..\" are taken out of a path");
    return true;
}

/* ---- query ---- */

/* Puts what stands between two pairs, and a name as a pair begins. */
static void begin(struct buffer *b, const char *between, struct str name, bool encoded)
{
    if (b->len)
        buffer_add_text(b, between);
    if (encoded)
        uri_encode(b, name, URI_UNRESERVED);
    else
        buffer_add(b, name);
    buffer_add_char(b, '=');
}

/* name[b][0]=1 for all that is in value. */
static void put_tree(struct writing *w, const char *name, const cJSON *value)
{
    size_t n = 0;
    if (!is_nested(value)) {
        begin(&w->query, "&", STR(""), true);
        w->query.len--;
        buffer_add_text(&w->query, name);
        buffer_add_char(&w->query, '=');
        uri_encode(&w->query, write_text(value, w->arena), URI_UNRESERVED);
        return;
    }
    for (const cJSON *c = value->child; c; c = c->next, n++) {
        struct buffer key = buffer_in(w->arena, LIMIT_BODY_BYTES);
        buffer_printf(&key, "%s%%5B", name);
        if (c->string && json_is_object(value))
            uri_encode(&key, str(c->string), URI_UNRESERVED);
        else
            buffer_printf(&key, "%zu", n);
        buffer_add_text(&key, "%5D");
        put_tree(w, buffer_str(&key).ptr, c);
    }
}

/* An empty list or object below the first level leaves no trace in brackets. */
static bool has_empty(const cJSON *value)
{
    if (!is_nested(value))
        return false;
    for (const cJSON *c = value->child; c; c = c->next)
        if (has_empty(c))
            return true;
    return !value->child;
}

static bool put_in_brackets(struct writing *w, const struct param *p,
                            const cJSON *value)
{
    struct buffer name = buffer_in(w->arena, LIMIT_BODY_BYTES);
    if (has_empty(value))
        return write_fails(w, "nothing stands for an empty list or object in brackets");
    uri_encode(&name, str(p->name), URI_UNRESERVED);
    bool bare = json_is_object(value) && p->style != STYLE_DEEP;
    for (const cJSON *c = bare ? value->child : NULL; c; c = c->next) {
        struct buffer key = buffer_in(w->arena, LIMIT_BODY_BYTES);
        uri_encode(&key, str(c->string), URI_UNRESERVED);
        put_tree(w, buffer_str(&key).ptr, c);
    }
    if (!bare)
        put_tree(w, buffer_str(&name).ptr, value);
    return true;
}

/* Each item or member as a pair of its own, or all of it in one. */
static bool put_pairs(struct writing *w, const struct param *p, const cJSON *value,
                      struct buffer *b, const char *between)
{
    bool apart = p->explode && !p->media && is_nested(value) && value->child;
    if (apart && has_nested(value))
        return write_fails(w, "a value inside another has no form in this style");
    if (p->explode && !p->media && json_is_object(value) && !value->child)
        return write_fails(w, "nothing stands for an empty object in this style");
    for (const cJSON *c = apart ? value->child : value; c; c = apart ? c->next : NULL) {
        bool member = apart && json_is_object(value);
        begin(b, between, str(member ? c->string : p->name), p->style != STYLE_COOKIE);
        if (!put_one(w, p, c, false, b))
            return false;
    }
    return true;
}

/* `in: querystring`: a form's pairs, or the whole text of another type. */
static bool put_whole(struct writing *w, const struct param *p, const cJSON *value)
{
    if (!str_equal_nocase(str(p->media), STR("application/x-www-form-urlencoded")))
        return put_one(w, p, value, false, &w->query);
    if (!json_is_object(value) || has_empty(value))
        return write_fails(w, "only an object with values is a form");
    for (const cJSON *c = value->child; c; c = c->next) {
        struct buffer key = buffer_in(w->arena, LIMIT_BODY_BYTES);
        uri_encode(&key, str(c->string), URI_UNRESERVED);
        put_tree(w, buffer_str(&key).ptr, c);
    }
    return true;
}

bool write_query(struct writing *w, const struct param *p, const cJSON *value)
{
    if (p->in == PARAM_QUERYSTRING)
        return put_whole(w, p, value);
    bool brackets =
        !p->media && is_nested(value) && (p->style == STYLE_DEEP || has_nested(value));
    return brackets ? put_in_brackets(w, p, value)
                    : put_pairs(w, p, value, &w->query, "&");
}

/* ---- header and cookie ---- */

bool write_header(struct writing *w, const struct param *p, const cJSON *value)
{
    struct buffer b = buffer_in(w->arena, LIMIT_HEAD_BYTES);
    if (!put_one(w, p, value, p->explode, &b))
        return false;
    if (b.full)
        return write_fails(w, "a header is at most %d bytes long", LIMIT_HEAD_BYTES);
    return write_field(w, p->name, buffer_str(&b));
}

/* An exploded form is one cookie for all of its pairs, the style cookie one for each.
 */
bool write_cookie(struct writing *w, const struct param *p, const cJSON *value)
{
    struct buffer b = buffer_in(w->arena, LIMIT_HEAD_BYTES);
    if (!put_pairs(w, p, value, &b, p->style == STYLE_COOKIE ? "; " : "&"))
        return false;
    if (w->cookie.len)
        buffer_add_text(&w->cookie, "; ");
    buffer_add(&w->cookie, buffer_str(&b));
    return true;
}

bool write_pair(struct writing *w, struct buffer *b, const char *name,
                const cJSON *value)
{
    begin(b, b == &w->cookie ? "; " : "&", str(name), true);
    uri_encode(b, write_text(value, w->arena), URI_UNRESERVED);
    return true;
}

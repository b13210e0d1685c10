/* multipart/form-data (RFC 7578) and its kin, read by the schema's shape and
 * `encoding`. */
#include "api/body_parts.h"

#include "api/multipart.h"
#include "doc/pointer.h"

/* One part on its way into the tree. */
struct arriving {
    const struct part *part;
    const struct shape *shape; /* of the one value that it is */
    const struct encoding *encoding;
    const char *pointer;
    struct str sent; /* its Content-Type; ptr is NULL when it has none */
    struct media_type type;
    bool typed; /* type is what the client says */
};

static const char *spec_of(const struct arriving *a)
{
    return a->encoding ? a->encoding->pointer : NULL;
}

/* What the client says the part is matters only where the document says what it may be:
 * real clients send odd types. */
static void check_type(struct reading *r, struct arriving *a)
{
    const struct encoding *e = a->encoding;
    a->sent = part_header(a->part, "Content-Type");
    a->typed = a->sent.ptr && media_type_read(a->sent, r->arena, &a->type);
    if (!e || !e->type_count || !a->sent.ptr)
        return;
    for (size_t i = 0; a->typed && i < e->type_count; i++)
        if (media_type_match(&e->types[i], &a->type))
            return;
    body_finding(r, a->pointer, e->pointer,
                 arena_printf(r->arena, "a part of type %s", e->content_type),
                 value_of_bytes(utf8_cut(a->sent, 100), true, r->arena));
}

static void check_headers(struct reading *r, const struct arriving *a)
{
    const struct encoding *e = a->encoding;
    for (size_t i = 0; e && i < e->header_count; i++) {
        const struct part_header *h = &e->headers[i];
        struct str text = part_header(a->part, h->name);
        cJSON *into = json_object(r->arena);
        if (!text.ptr && h->required)
            body_finding(r, a->pointer, h->pointer,
                         arena_printf(r->arena, "the part's header %s", h->name), NULL);
        if (!text.ptr || !h->schema)
            continue;
        if (!utf8_valid(text)) {
            body_finding(r, a->pointer, h->pointer, "UTF-8 text",
                         value_of_bytes(text, false, r->arena));
            continue;
        }
        struct str rest = text, one;
        cJSON *value = NULL;
        if (shape_only(h->shape, TYPE_ARRAY)) {
            value = json_array(r->arena);
            while (str_split(&rest, ',', &one))
                json_push(value,
                          value_of_text(str_trim(one), h->shape->items, r->arena));
        } else {
            value = value_of_text(text, h->shape, r->arena);
        }
        json_add(into, h->name, value);
        schema_check(h->schema, value, DIRECTION_REQUEST, a->pointer, r->arena,
                     r->findings);
    }
}

static enum media_kind kind_of(const struct arriving *a)
{
    const struct encoding *e = a->encoding;
    if (a->typed)
        return media_kind_of(&a->type);
    if (e && e->type_count && !media_type_is_range(&e->types[0]))
        return media_kind_of(&e->types[0]);
    return MEDIA_TEXT; /* RFC 7578, 4.4 */
}

static cJSON *text_value(struct reading *r, const struct arriving *a)
{
    struct str text = a->part->bytes;
    bool told;
    bool known = !a->typed || body_to_utf8(&text, &a->type, &told, r->arena);
    if (!known || !utf8_valid(text)) {
        cJSON *value = value_of_bytes(text, false, r->arena);
        if (!a->part->file_name.ptr)
            body_finding(r, a->pointer, spec_of(a),
                         "text in UTF-8, us-ascii or iso-8859-1",
                         json_string(r->arena, STR("other bytes")));
        return value;
    }
    return value_of_member(r, a->pointer, spec_of(a), a->shape, text);
}

static cJSON *xml_value(struct reading *r, const struct arriving *a)
{
    struct reading inner = *r;
    struct xml_error why;
    inner.pointer = a->pointer;
    cJSON *value = xml_value_read(&inner, a->shape, a->part->bytes, false, &why);
    if (value)
        return value;
    value = value_of_bytes(a->part->bytes, true, r->arena);
    body_finding(r, a->pointer, spec_of(a),
                 arena_printf(r->arena, "XML (line %u, column %u: %s)", why.line,
                              why.col, why.why),
                 value);
    return value;
}

/* JSON for a member that is a text: the text that the JSON says, if it says one. */
static cJSON *json_text_value(struct reading *r, const struct arriving *a)
{
    struct json_error why;
    cJSON *value = json_read(a->part->bytes, LIMIT_BODY_NODES, r->arena, &why);
    return json_is_string(value) ? value
                                 : value_of_bytes(a->part->bytes, true, r->arena);
}

static cJSON *value_of_part(struct reading *r, const struct arriving *a)
{
    enum media_kind kind = kind_of(a);
    bool words = shape_only(a->shape, TYPE_STRING);
    if (words && a->shape->binary)
        return value_of_bytes(a->part->bytes, kind != MEDIA_BYTES, r->arena);
    switch (kind) {
    case MEDIA_JSON:
        return words ? json_text_value(r, a)
                     : value_of_json(r, a->pointer, spec_of(a), a->part->bytes);
    case MEDIA_XML:
        return words ? value_of_bytes(a->part->bytes, true, r->arena) : xml_value(r, a);
    case MEDIA_TEXT:
    case MEDIA_FORM:
    case MEDIA_LINES:
    case MEDIA_SEQUENCE:
        return text_value(r, a);
    case MEDIA_MULTIPART:
    case MEDIA_BYTES:
        break;
    }
    return shape_types(a->shape) & TYPE_STRING
               ? value_of_bytes(a->part->bytes, false, r->arena)
               : text_value(r, a);
}

/* ---- parts with names ---- */

/* An array stands in several parts, or joined in one text, or as JSON in one. */
static void put_list(struct reading *r, cJSON *object, struct arriving *a,
                     const char *name, const struct shape *s)
{
    bool file = a->part->file_name.ptr != NULL;
    bool text = kind_of(a) == MEDIA_TEXT && utf8_valid(a->part->bytes) &&
                !memchr(a->part->bytes.ptr, '\0', a->part->bytes.len);
    if (text && !file && !(s->items && s->items->binary)) {
        member_put_list(r, object, name, s, a->encoding, a->part->bytes);
        return;
    }
    cJSON *list = json_member(object, name);
    if (!list) {
        list = json_array(r->arena);
        json_add(object, name, list);
    }
    bool whole = kind_of(a) == MEDIA_JSON && !shape_only(s->items, TYPE_ARRAY) &&
                 str_starts(str_trim(a->part->bytes), STR("["));
    a->shape = whole ? s : s->items;
    a->pointer = pointer_join(r->arena, r->pointer, name);
    if (!whole)
        a->pointer = arena_printf(r->arena, "%s/%zu", a->pointer, json_count(list));
    cJSON *value = value_of_part(r, a);
    if (whole)
        push_all(list, value);
    else
        json_push(list, value);
}

/* "a[]" is how some clients name the items of a. */
static struct str member_name(const struct shape *s, struct str name)
{
    struct str bare = name;
    if (name.len > 2 && strncmp(name.ptr + name.len - 2, "[]", 2) == 0)
        bare.len -= 2;
    const struct shape *m = s ? map_get(s->members, bare) : NULL;
    return m && (m->types & TYPE_ARRAY) && !map_get(s->members, name) ? bare : name;
}

static void put_named(struct reading *r, cJSON *object, const struct part *p)
{
    if (!p->name.ptr || !utf8_valid(p->name) ||
        (p->name.len && memchr(p->name.ptr, '\0', p->name.len))) {
        struct str found = part_header(p, "Content-Disposition");
        body_finding(r, r->pointer, NULL,
                     arena_printf(r->arena,
                                  "a part (at byte %zu) with a name in its "
                                  "Content-Disposition",
                                  p->offset),
                     found.ptr ? value_of_bytes(utf8_cut(found, 100), true, r->arena)
                               : NULL);
        return;
    }
    struct str key = member_name(r->media->shape, p->name);
    const char *name = arena_copy(r->arena, key);
    const struct shape *s = shape_member(r->media->shape, key);
    struct arriving a = { .part = p,
                          .shape = s,
                          .encoding = encoding_of(r->media, key),
                          .pointer = pointer_join(r->arena, r->pointer, name) };
    check_type(r, &a);
    check_headers(r, &a);
    if (s && (s->types & TYPE_ARRAY) && !(s->types & TYPE_STRING))
        put_list(r, object, &a, name, s);
    else
        member_put(r, object, name, s, value_of_part(r, &a), spec_of(&a));
}

/* ---- parts in order ---- */

static void push_part(struct reading *r, cJSON *array, const struct part *p)
{
    size_t index = json_count(array);
    struct arriving a = { .part = p,
                          .shape = shape_item(r->media->shape, index),
                          .encoding = encoding_at(r->media, index) };
    a.pointer = arena_printf(r->arena, "%s/%zu", r->pointer, index);
    check_type(r, &a);
    check_headers(r, &a);
    json_push(array, value_of_part(r, &a));
}

/* Parts of anything but a form need no names: they are an array where the schema is of
 * one, or says nothing and the first part has no name. */
static bool is_array(const struct reading *r, const struct media_type *type,
                     const struct part *first)
{
    unsigned types = shape_types(r->media->shape);
    if (str_equal_nocase(type->subtype, STR("form-data")))
        return false;
    return !(types & TYPE_OBJECT) || (types == TYPE_ANY && !first->name.ptr);
}

static bool boundary_of(struct reading *r, const struct media_type *type,
                        struct str *boundary)
{
    *boundary = media_type_parameter(type, "boundary");
    if (boundary->len && boundary->len <= 200)
        return true;
    r->why->kind = "parse_error";
    r->why->status = 400;
    r->why->detail = "/header/content-type: expected a multipart type with a boundary";
    return false;
}

cJSON *multipart_read(struct reading *r, const struct media_type *type,
                      struct str bytes)
{
    struct multipart m = { .body = bytes };
    struct part *p = arena_take(r->arena, sizeof(*p));
    cJSON *tree = NULL;
    if (!boundary_of(r, type, &m.boundary))
        return NULL;
    for (;;) {
        switch (multipart_next(&m, r->arena, p)) {
        case MULTIPART_DONE:
            if (r->why->kind)
                return NULL;
            return tree ? tree : json_object(r->arena);
        case MULTIPART_BROKEN:
            return body_broken(r, "the body is not multipart: at byte %zu: %s",
                               m.offset, m.why);
        case MULTIPART_TOO_LARGE:
            return body_too_large(r, "at byte %zu: %s", m.offset, m.why);
        case MULTIPART_PART:
            break;
        }
        if (!tree)
            tree = is_array(r, type, p) ? json_array(r->arena) : json_object(r->arena);
        if (json_is_array(tree))
            push_part(r, tree, p);
        else
            put_named(r, tree, p);
    }
}

/* application/x-www-form-urlencoded (WHATWG URL, 5.1), read by the schema's shape. */
#include "api/body_parts.h"

#include "api/param_text.h"
#include "doc/pointer.h"
#include "doc/uri.h"

/* "a[b][0][]" in parts: "a", "b", "0", "". */
struct path {
    struct str parts[LIMIT_FORM_DEPTH];
    size_t count;
};

static bool path_read(struct str name, struct path *p)
{
    *p = (struct path){ .count = 0 };
    const char *open = name.len ? memchr(name.ptr, '[', name.len) : NULL;
    size_t head = open ? (size_t)(open - name.ptr) : 0;
    if (!head)
        return false;
    p->parts[p->count++] = (struct str){ name.ptr, head };
    for (struct str rest = str_from(name, head); rest.len;) {
        const char *close = memchr(rest.ptr, ']', rest.len);
        if (*rest.ptr != '[' || !close || p->count == LIMIT_FORM_DEPTH)
            return false;
        size_t len = (size_t)(close - rest.ptr);
        p->parts[p->count++] = (struct str){ rest.ptr + 1, len - 1 };
        rest = str_from(rest, len + 1);
    }
    return true;
}

static bool is_index(struct str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (part.ptr[i] < '0' || part.ptr[i] > '9')
            return false;
    return part.len < 6;
}

/* Whether the container that a part steps into is an array: "[]" and "[0]" are, unless
 * the schema wants an object there. */
static bool steps_into_array(const struct shape *s, struct str part)
{
    return is_index(part) && !shape_only(s, TYPE_OBJECT) &&
           (!part.len || (shape_types(s) & TYPE_ARRAY));
}

/* The item that an index names: one that is there, or the next one. */
static bool index_of(const cJSON *array, struct str part, size_t *index)
{
    size_t count = json_count(array), wanted = 0;
    for (size_t i = 0; i < part.len; i++)
        wanted = wanted * 10 + (size_t)(part.ptr[i] - '0');
    *index = part.len ? wanted : count;
    return *index <= count;
}

static cJSON *item_at(const cJSON *array, size_t index)
{
    cJSON *one = array->child;
    while (one && index--)
        one = one->next;
    return one;
}

static void unfit(struct reading *r, struct str name, const char *wanted)
{
    body_finding(r, r->pointer, NULL, wanted,
                 json_string(r->arena, utf8_cut(name, 100)));
}

/* Where the walk along a path has come to. */
struct place {
    cJSON *in; /* the object or array */
    const struct shape *shape;
};

/* The container below p that the part leads to, made when it is not there. NULL when
 * something else is. */
static cJSON *container(struct reading *r, struct place p, struct str part,
                        const struct shape *s, struct str next, struct str name)
{
    cJSON *there;
    size_t index = 0;
    bool array = steps_into_array(s, next);
    if (json_is_array(p.in)) {
        if (!index_of(p.in, part, &index)) {
            unfit(r, name, "an index that follows the one before");
            return NULL;
        }
        there = item_at(p.in, index);
    } else {
        there = json_member_str(p.in, part);
    }
    if (!there) {
        there = array ? json_array(r->arena) : json_object(r->arena);
        if (json_is_array(p.in))
            json_push(p.in, there);
        else
            json_add(p.in, arena_copy(r->arena, part), there);
    }
    if (array ? json_is_array(there) : json_is_object(there))
        return there;
    unfit(r, name, "one kind of value under each name");
    return NULL;
}

static void put_last(struct reading *r, struct place p, struct str part,
                     const struct shape *s, struct str text, struct str name)
{
    size_t index = 0;
    if (!json_is_array(p.in)) {
        member_put(r, p.in, arena_copy(r->arena, part), s,
                   value_of_member(r, r->pointer, NULL, s, text), NULL);
    } else if (!index_of(p.in, part, &index) || item_at(p.in, index)) {
        unfit(r, name, "an index that follows the one before");
    } else {
        json_push(p.in, value_of_member(r, r->pointer, NULL, s, text));
    }
}

static const struct shape *step(struct place p, struct str part)
{
    if (json_is_array(p.in))
        return p.shape ? p.shape->items : NULL;
    return shape_member(p.shape, part);
}

static void put_path(struct reading *r, cJSON *object, const struct path *path,
                     struct str text, struct str name)
{
    struct place p = { object, r->media->shape };
    for (size_t i = 0; i + 1 < path->count; i++) {
        const struct shape *s = step(p, path->parts[i]);
        p.in = container(r, p, path->parts[i], s, path->parts[i + 1], name);
        p.shape = s;
        if (!p.in)
            return;
    }
    struct str last = path->parts[path->count - 1];
    put_last(r, p, last, step(p, last), text, name);
}

/* "a,1,b,2" of style form without explode. */
static cJSON *joined_object(struct reading *r, const struct shape *s, struct str text)
{
    cJSON *object = json_object(r->arena);
    struct str name, value;
    while (text.len && str_split(&text, ',', &name)) {
        if (!str_split(&text, ',', &value))
            value = STR("");
        json_set(r->arena, object, arena_copy(r->arena, name),
                 value_of_text(value, shape_member(s, name), r->arena));
    }
    return object;
}

static void put_member(struct reading *r, cJSON *object, struct str key,
                       struct str text)
{
    const struct shape *s = shape_member(r->media->shape, key);
    const struct encoding *e = encoding_of(r->media, key);
    const char *name = arena_copy(r->arena, key);
    const char *spec = e ? e->pointer : NULL;
    const char *pointer = pointer_join(r->arena, r->pointer, name);
    unsigned types = shape_types(s);
    bool list = (types & TYPE_ARRAY) && !(types & TYPE_STRING);
    if (list)
        member_put_list(r, object, name, s, e, text);
    else if (encoding_is_json(e))
        member_put(r, object, name, s, value_of_json(r, pointer, spec, text), spec);
    else if (shape_only(s, TYPE_OBJECT) && e && e->style == ENCODING_FORM &&
             !e->explode)
        member_put(r, object, name, s, joined_object(r, s, text), spec);
    else
        member_put(r, object, name, s, value_of_member(r, pointer, spec, s, text),
                   spec);
}

/* An exploded object of style form stands in the form as its own members. */
static bool put_exploded(struct reading *r, cJSON *object, struct str key,
                         struct str text)
{
    for (size_t i = 0; i < r->media->encoding_count; i++) {
        const struct encoding *e = &r->media->encodings[i];
        const struct shape *s = shape_member(r->media->shape, str(e->name));
        const struct shape *member = s ? map_get(s->members, key) : NULL;
        if (e->style != ENCODING_FORM || !e->explode || !member)
            continue;
        cJSON *inner = json_member(object, e->name);
        if (!inner) {
            inner = json_object(r->arena);
            json_add(object, e->name, inner);
        }
        if (json_is_object(inner))
            member_put(r, inner, arena_copy(r->arena, key), member,
                       value_of_text(text, member, r->arena), e->pointer);
        return true;
    }
    return false;
}

static void put(struct reading *r, cJSON *object, struct str name, struct str text)
{
    struct path path;
    const struct shape *s = r->media->shape;
    if (!(s && map_get(s->members, name))) {
        if (path_read(name, &path)) {
            put_path(r, object, &path, text, name);
            return;
        }
        if (put_exploded(r, object, name, text))
            return;
    }
    put_member(r, object, name, text);
}

cJSON *form_read(struct reading *r, struct str text)
{
    cJSON *object = json_object(r->arena);
    struct str pair, name, value;
    size_t count = 0;
    while (str_split(&text, '&', &pair)) {
        if (!pair.len)
            continue;
        if (++count > LIMIT_FORM_VALUES)
            return body_too_large(r, "expected at most %d values", LIMIT_FORM_VALUES);
        struct str sent = pair;
        str_split(&pair, '=', &name);
        value = pair.ptr ? pair : STR("");
        if (percent_decode(name, true, r->arena, &name) &&
            percent_decode(value, true, r->arena, &value) &&
            !(name.len && memchr(name.ptr, '\0', name.len)))
            put(r, object, name, value);
        else
            body_finding(r, r->pointer, NULL, "percent-encoded UTF-8",
                         value_of_bytes(utf8_cut(sent, 100), true, r->arena));
    }
    return r->why->kind ? NULL : object;
}

/* ---- writing ---- */

static void write_text(struct buffer *b, struct str text)
{
    struct str word;
    for (bool first = true; text.ptr && str_split(&text, ' ', &word); first = false) {
        if (!first)
            buffer_add_char(b, '+');
        uri_encode(b, word, "-._*");
    }
}

static void write_pair(struct buffer *b, struct str name, const cJSON *value)
{
    if (b->len)
        buffer_add_char(b, '&');
    buffer_add(b, name);
    buffer_add_char(b, '=');
    write_text(b, json_is_string(value) ? str(value->valuestring)
                                        : json_text(value, b->arena));
}

/* a[b][0]=1 for everything in value; name is encoded already. */
static void write_tree(struct buffer *b, struct str name, const cJSON *value)
{
    bool array = json_is_array(value);
    size_t n = 0;
    if (!array && !json_is_object(value)) {
        write_pair(b, name, value);
        return;
    }
    for (const cJSON *v = value->child; v; v = v->next) {
        struct buffer key = buffer_in(b->arena, b->limit);
        buffer_add(&key, name);
        buffer_add_text(&key, "%5B");
        if (array)
            buffer_printf(&key, "%zu", n++);
        else
            write_text(&key, str(v->string));
        buffer_add_text(&key, "%5D");
        write_tree(b, buffer_str(&key), v);
    }
}

/* Where a string would do as well, JSON would be one: then brackets say what is meant.
 */
static bool in_brackets(const struct media *m, const struct encoding *e,
                        const cJSON *value)
{
    unsigned types = shape_types(shape_member(m->shape, str(value->string)));
    if (!json_is_array(value) && !json_is_object(value))
        return false;
    return (e && e->style == ENCODING_DEEP) ||
           (!encoding_is_json(e) && types != TYPE_ANY && (types & TYPE_STRING));
}

void form_write(struct buffer *b, const struct media *m, const cJSON *value)
{
    for (const cJSON *v = value->child; v; v = v->next) {
        const struct encoding *e = encoding_of(m, str(v->string));
        struct buffer name = buffer_in(b->arena, b->limit);
        write_text(&name, str(v->string));
        if (in_brackets(m, e, v)) {
            write_tree(b, buffer_str(&name), v);
            continue;
        }
        bool list = json_is_array(v) && !encoding_is_json(e);
        for (const cJSON *one = list ? v->child : NULL; one; one = one->next)
            write_pair(b, buffer_str(&name), one);
        if (!list)
            write_pair(b, buffer_str(&name), v);
    }
}

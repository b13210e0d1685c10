#include "api/body_parts.h"

#include "doc/pointer.h"

void body_finding(struct reading *r, const char *pointer, const char *spec,
                  const char *wanted, cJSON *found)
{
    findings_add(r->findings,
                 (struct finding){ .pointer = pointer,
                                   .keyword = "encoding",
                                   .schema_pointer = spec ? spec : r->media->pointer,
                                   .found = found,
                                   .note = wanted });
}

/* U+0000 as json.h holds it. */
static struct str without_nul(struct str text, struct arena *arena)
{
    if (!text.len || !memchr(text.ptr, '\0', text.len))
        return text;
    size_t nuls = 0, n = 0;
    for (size_t i = 0; i < text.len; i++)
        nuls += !text.ptr[i];
    char *to = arena_take_raw(arena, text.len + nuls);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i]) {
            to[n++] = text.ptr[i];
        } else {
            to[n++] = (char)0xc0;
            to[n++] = (char)0x80;
        }
    }
    return (struct str){ to, n };
}

cJSON *value_of_text(struct str text, const struct shape *s, struct arena *arena)
{
    unsigned types = shape_types(s);
    struct str bare = str_trim(text);
    if (types == TYPE_ANY)
        return json_string(arena, without_nul(text, arena));
    if (types & TYPE_BOOLEAN) {
        if (str_is(bare, "true"))
            return json_bool(arena, true);
        if (str_is(bare, "false"))
            return json_bool(arena, false);
    }
    if (types & (TYPE_NUMBER | TYPE_INTEGER)) {
        cJSON *n = json_number_read(arena, bare);
        if (n)
            return n;
    }
    if ((types & TYPE_NULL) &&
        (str_is(bare, "null") || !(bare.len || types & TYPE_STRING)))
        return json_null(arena);
    return json_string(arena, without_nul(text, arena));
}

cJSON *value_of_bytes(struct str bytes, bool textual, struct arena *arena)
{
    if (textual && utf8_valid(bytes))
        return json_string(arena, without_nul(bytes, arena));
    char *to = arena_take_raw(arena, 2 * bytes.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];
        if (c && c < 0x80) {
            to[n++] = (char)c;
        } else { /* 0 becomes C0 80, as json.h wants it */
            to[n++] = (char)(0xc0 | c >> 6);
            to[n++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return json_string(arena, (struct str){ to, n });
}

cJSON *value_of_json(struct reading *r, const char *pointer, const char *spec,
                     struct str text)
{
    struct json_error why;
    cJSON *value = json_read(text, LIMIT_BODY_NODES, r->arena, &why);
    if (value)
        return value;
    value = value_of_bytes(text, true, r->arena);
    body_finding(r, pointer, spec,
                 arena_printf(r->arena, "JSON (line %u, column %u: %s)", why.line,
                              why.col, why.why),
                 value);
    return value;
}

cJSON *value_of_member(struct reading *r, const char *pointer, const char *spec,
                       const struct shape *s, struct str text)
{
    if (shape_only(s, TYPE_OBJECT | TYPE_ARRAY) && text.len)
        return value_of_json(r, pointer, spec, text);
    return value_of_text(text, s, r->arena);
}

static void told_again(struct reading *r, const char *pointer, const char *spec)
{
    findings_add(r->findings,
                 (struct finding){ .pointer = pointer,
                                   .keyword = "explode",
                                   .schema_pointer = spec ? spec : r->media->pointer,
                                   .found = json_string(r->arena, STR("several")),
                                   .note = "one value" });
}

void array_add(cJSON *there, cJSON *value, struct arena *arena)
{
    if (!json_is_array(there)) {
        cJSON *first = json_null(arena);
        json_become(first, there);
        json_become(there, json_array(arena));
        json_push(there, first);
    }
    json_push(there, value);
}

void member_put(struct reading *r, cJSON *object, const char *name,
                const struct shape *s, cJSON *value, const char *spec)
{
    cJSON *there = json_member(object, name);
    if (!there)
        json_add(object, name, value);
    else if (shape_types(s) & TYPE_ARRAY)
        array_add(there, value, r->arena);
    else
        told_again(r, pointer_join(r->arena, r->pointer, name), spec);
}

static char separator_of(const struct encoding *e)
{
    enum encoding_style style = e ? e->style : ENCODING_BY_TYPE;
    return style == ENCODING_SPACES ? ' ' : style == ENCODING_PIPES ? '|' : ',';
}

void push_all(cJSON *list, cJSON *from)
{
    for (cJSON *one = json_is_array(from) ? from->child : NULL, *next; one;
         one = next) {
        next = one->next;
        json_push(list, one);
    }
}

void member_put_list(struct reading *r, cJSON *object, const char *name,
                     const struct shape *s, const struct encoding *e, struct str text)
{
    cJSON *list = json_member(object, name);
    const char *pointer = pointer_join(r->arena, r->pointer, name);
    const char *spec = e ? e->pointer : NULL;
    const struct shape *item = s ? s->items : NULL;
    bool words = shape_types(item) & TYPE_STRING;
    if (!list) {
        list = json_array(r->arena);
        json_add(object, name, list);
    }
    if (!json_is_array(list)) {
        told_again(r, pointer, spec);
        return;
    }
    if (!text.len && !words)
        return; /* an empty list */
    /* Numbers joined by commas can mean nothing else, whatever the style. */
    bool joined = e && e->style != ENCODING_BY_TYPE && !e->explode;
    bool json = encoding_is_json(e) || shape_only(item, TYPE_OBJECT | TYPE_ARRAY);
    if (text.len && (json || !words) && *text.ptr == '[' &&
        !shape_only(item, TYPE_ARRAY)) {
        push_all(list, value_of_json(r, pointer, spec, text));
    } else if (json) {
        const char *at = arena_printf(r->arena, "%s/%zu", pointer, json_count(list));
        json_push(list, value_of_json(r, at, spec, text));
    } else if (joined || !words) {
        struct str one;
        size_t most = LIMIT_BODY_NODES;
        while (most && str_split(&text, separator_of(e), &one)) {
            json_push(list, value_of_text(one, item, r->arena));
            most--;
        }
        if (!most)
            body_too_large(r, "expected at most %d items in one array",
                           LIMIT_BODY_NODES);
    } else {
        json_push(list, value_of_text(text, item, r->arena));
    }
}

#include "api/encoding.h"

static void load_types(struct loading *l, struct encoding *e, const cJSON *node)
{
    const cJSON *list = json_member(node, "contentType");
    if (!list)
        return;
    if (!json_is_string(list)) {
        load_error(l, e->pointer, "contentType", "expected a text, found %s",
                   json_kind(list));
        return;
    }
    struct str rest = str(list->valuestring), one;
    size_t most = 1;
    for (size_t i = 0; i < rest.len; i++)
        most += rest.ptr[i] == ',';
    e->types = arena_array(l->arena, struct media_type, most);
    while (str_split(&rest, ',', &one)) {
        if (media_type_read(str_trim(one), l->arena, &e->types[e->type_count])) {
            e->type_count++;
            continue;
        }
        load_error(l, e->pointer, "contentType",
                   "expected media types such as image/png or image/*, found \"%.60s\"",
                   list->valuestring);
        return;
    }
    e->content_type = list->valuestring;
}

static void load_style(struct loading *l, struct encoding *e, const cJSON *node)
{
    static const struct {
        const char *name;
        enum encoding_style style;
    } styles[] = { { "form", ENCODING_FORM },
                   { "spaceDelimited", ENCODING_SPACES },
                   { "pipeDelimited", ENCODING_PIPES },
                   { "deepObject", ENCODING_DEEP } };
    const char *name = json_member_text(node, "style");
    const cJSON *explode = json_member(node, "explode");
    const cJSON *reserved = json_member(node, "allowReserved");
    if (name || explode || reserved)
        e->style = ENCODING_FORM;
    for (size_t i = 0; name && i < COUNT(styles); i++) {
        if (strcmp(styles[i].name, name) == 0) {
            e->style = styles[i].style;
            name = NULL;
        }
    }
    if (name)
        load_error(l, e->pointer, "style",
                   "expected form, spaceDelimited, pipeDelimited or deepObject, found "
                   "\"%.40s\"",
                   name);
    e->explode = explode ? json_is_true(explode) : e->style <= ENCODING_FORM;
}

static void load_headers(struct loading *l, struct encoding *e, const cJSON *headers)
{
    const char *base = load_join(l, e->pointer, "headers");
    e->headers = arena_array(l->arena, struct part_header, json_count(headers));
    for (const cJSON *one = headers->child; one; one = one->next) {
        const char *pointer = load_join(l, base, one->string);
        const cJSON *node = load_follow(l, one, &pointer);
        if (!node || str_equal_nocase(str(one->string), STR("content-type")))
            continue; /* "described separately and SHALL be ignored" */
        struct part_header *h = &e->headers[e->header_count++];
        const cJSON *schema = json_member(node, "schema");
        *h = (struct part_header){ .name = one->string, .pointer = pointer };
        h->required = json_is_true(json_member(node, "required"));
        if (schema) {
            const char *at = load_join(l, pointer, "schema");
            h->schema = load_schema(l, schema, at);
            h->shape = shape_of(l, schema, at);
        } else if (json_member(node, "content")) {
            load_warn(l, pointer, "content",
                      "only a part's header with a schema is checked; this one must "
                      "only be there if it is required");
        }
    }
}

static bool has_member(const struct shape *s, const char *name)
{
    return !s || !s->members || map_get(s->members, str(name)) || s->others;
}

static void load_one(struct loading *l, struct encoding *e, const char *name,
                     const cJSON *node, const char *pointer, bool multipart)
{
    *e = (struct encoding){ .name = name, .pointer = pointer };
    load_types(l, e, node);
    load_style(l, e, node);
    const cJSON *headers = json_member(node, "headers");
    if (json_is_object(headers) && headers->child && multipart)
        load_headers(l, e, headers);
    else if (json_is_object(headers) && headers->child)
        load_warn(l, e->pointer, "headers", "a form's members have no headers");
}

/* OpenAPI 3.2: parts without names are known by their place. */
static void load_places(struct loading *l, struct media *m)
{
    const cJSON *prefix = json_member(m->node, "prefixEncoding");
    const cJSON *item = json_member(m->node, "itemEncoding");
    const char *base = load_join(l, m->pointer, "prefixEncoding");
    size_t count = json_is_array(prefix) ? json_count(prefix) : 0;
    struct encoding *all = arena_array(l->arena, struct encoding, count + 1);
    for (const cJSON *one = count ? prefix->child : NULL; one; one = one->next) {
        size_t i = m->prefix_encoding_count++;
        load_one(l, &all[i], "", one, arena_printf(l->arena, "%s/%zu", base, i), true);
    }
    m->prefix_encodings = all;
    if (json_is_object(item)) {
        load_one(l, &all[count], "", item, load_join(l, m->pointer, "itemEncoding"),
                 true);
        m->item_encoding = &all[count];
    }
}

static void useless(struct loading *l, const struct media *m, const char *keyword,
                    const char *of)
{
    if (json_member(m->node, keyword))
        load_warn(l, m->pointer, keyword, "%s says something only of %s", keyword, of);
}

void encodings_load(struct loading *l, struct media *m)
{
    const cJSON *list = json_member(m->node, "encoding");
    const char *base = load_join(l, m->pointer, "encoding");
    bool multipart = m->kind == MEDIA_MULTIPART;
    if (multipart) {
        load_places(l, m);
    } else {
        useless(l, m, "prefixEncoding", "multipart bodies");
        useless(l, m, "itemEncoding", "multipart bodies");
        if (m->kind != MEDIA_FORM)
            useless(l, m, "encoding", "forms and multipart bodies");
    }
    if (!json_is_object(list) || (!multipart && m->kind != MEDIA_FORM))
        return;
    struct encoding *all = arena_array(l->arena, struct encoding, json_count(list));
    for (const cJSON *one = list->child; one; one = one->next) {
        struct encoding *e = &all[m->encoding_count++];
        load_one(l, e, one->string, one, load_join(l, base, one->string), multipart);
        if (!has_member(m->shape, one->string))
            load_warn(l, e->pointer, NULL, "the schema has no property \"%.60s\"",
                      one->string);
    }
    m->encodings = all;
}

const struct encoding *encoding_of(const struct media *m, struct str name)
{
    for (size_t i = 0; i < m->encoding_count; i++)
        if (str_is(name, m->encodings[i].name))
            return &m->encodings[i];
    return NULL;
}

bool encoding_is_json(const struct encoding *e)
{
    return e && e->style == ENCODING_BY_TYPE && e->type_count &&
           media_kind_of(&e->types[0]) == MEDIA_JSON;
}

const struct encoding *encoding_at(const struct media *m, size_t index)
{
    return index < m->prefix_encoding_count ? &m->prefix_encodings[index]
                                            : m->item_encoding;
}

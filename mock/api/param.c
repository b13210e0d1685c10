#include "api/param.h"

#include "doc/pointer.h"

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool percent_decode(struct str text, bool plus, struct arena *arena, struct str *out)
{
    *out = text;
    if (!text.len || (!memchr(text.ptr, '%', text.len) &&
                      !(plus && memchr(text.ptr, '+', text.len))))
        return utf8_valid(text);
    /* %00 is three bytes in and two out, so the text never grows. */
    char *to = arena_take_raw(arena, text.len + 1);
    size_t n = 0;
    bool nul = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            if (i + 2 >= text.len || hex(text.ptr[i + 1]) < 0 ||
                hex(text.ptr[i + 2]) < 0)
                return false;
            c = (char)(hex(text.ptr[i + 1]) << 4 | hex(text.ptr[i + 2]));
            i += 2;
        }
        nul = nul || !c;
        to[n++] = c;
    }
    to[n] = '\0';
    if (!utf8_valid((struct str){ to, n }))
        return false;
    *out = (struct str){ to, n };
    if (!nul)
        return true;
    struct buffer b = buffer_in(arena, text.len + 1);
    for (size_t i = 0; i < n; i++) {
        if (to[i])
            buffer_add_char(&b, to[i]);
        else
            utf8_add(&b, 0);
    }
    *out = buffer_str(&b);
    return true;
}

/* "a=1" → name "a", value "1"; both decoded. False when either cannot be. */
static bool decode_pair(struct str pair, struct arena *arena, struct str *name,
                        struct str *value)
{
    struct str raw;
    str_split(&pair, '=', &raw);
    if (!pair.ptr)
        pair = STR("");
    return percent_decode(raw, true, arena, name) &&
           percent_decode(pair, true, arena, value);
}

/* RFC 6265, 4.2.1: pairs with "; " between them. */
static bool next_cookie(struct str *rest, struct str *name, struct str *value)
{
    struct str pair;
    if (!rest->len || !str_split(rest, ';', &pair))
        return false;
    pair = str_trim(pair);
    str_split(&pair, '=', name);
    *value = pair.ptr ? pair : STR("");
    return true;
}

struct str request_value(const struct request *r, enum param_in in, const char *name,
                         struct arena *arena)
{
    struct str rest, pair, key, value;
    switch (in) {
    case PARAM_HEADER:
        return request_header(r, name);
    case PARAM_QUERY:
        rest = r->query;
        while (str_split(&rest, '&', &pair))
            if (decode_pair(pair, arena, &key, &value) && str_is(key, name))
                return value;
        break;
    case PARAM_COOKIE:
        rest = request_header(r, "Cookie");
        while (next_cookie(&rest, &key, &value))
            if (str_is(key, name))
                return value;
        break;
    case PARAM_PATH:
        break;
    }
    return (struct str){ NULL, 0 };
}

/* Text as the first of the wanted types whose form it has. */
static cJSON *typed(struct str text, unsigned types, struct arena *arena)
{
    if (types & TYPE_BOOLEAN) {
        if (str_is(text, "true"))
            return json_bool(arena, true);
        if (str_is(text, "false"))
            return json_bool(arena, false);
    }
    if (types & (TYPE_NUMBER | TYPE_INTEGER)) {
        cJSON *n = json_number_read(arena, text);
        if (n)
            return n;
    }
    if ((types & TYPE_NULL) && str_is(text, "null"))
        return json_null(arena);
    return json_string(arena, text);
}

/* "a,1,b,2" (explode: a=1,b=2) as an object; types of members are not known here. */
static cJSON *object_of(const struct param *p, struct str text, struct arena *arena)
{
    cJSON *object = json_object(arena);
    struct str name, value;
    while (str_split(&text, ',', &name)) {
        if (p->explode) {
            struct str rest = name;
            str_split(&rest, '=', &name);
            value = rest.ptr ? rest : STR("");
        } else if (!str_split(&text, ',', &value)) {
            value = STR("");
        }
        json_set(arena, object, arena_copy(arena, name),
                 typed(value, TYPE_BOOLEAN | TYPE_NUMBER, arena));
    }
    return object;
}

static void add_items(cJSON *array, const struct param *p, struct str text, bool split,
                      struct arena *arena)
{
    struct str item;
    if (!split) {
        json_push(array, typed(text, p->item_types, arena));
        return;
    }
    if (!text.len)
        return;
    while (str_split(&text, ',', &item))
        json_push(array, typed(item, p->item_types, arena));
}

/* One value of a parameter goes into its place; an array takes further ones. */
static void put(cJSON *into, const struct param *p, struct str text,
                struct arena *arena)
{
    if (p->types & TYPE_ARRAY && !(p->types & TYPE_STRING)) {
        cJSON *array = json_member(into, p->name);
        if (!array) {
            array = json_array(arena);
            json_add(into, p->name, array);
        }
        bool repeated = p->explode && (p->in == PARAM_QUERY || p->in == PARAM_COOKIE);
        add_items(array, p, text, !repeated, arena);
        return;
    }
    if (json_member(into, p->name))
        return; /* the first one counts */
    if (p->types & TYPE_OBJECT && !(p->types & TYPE_STRING))
        json_add(into, p->name, object_of(p, text, arena));
    else
        json_add(into, p->name, typed(text, p->types, arena));
}

static const struct param *param_named(const struct operation *op, enum param_in in,
                                       struct str name)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in == in && str_is(name, p->name))
            return p;
    }
    return NULL;
}

static void undecodable(struct findings *findings, const char *in, struct str text,
                        const char *schema_pointer)
{
    struct arena *arena = findings->arena;
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    buffer_printf(&b, "/%s", in);
    findings_add(findings, (struct finding){
                               .pointer = buffer_str(&b).ptr,
                               .keyword = "encoding",
                               .schema_pointer = schema_pointer,
                               .found = json_string(
                                   arena, utf8_valid(text) ? text : STR("other bytes")),
                               .note = "percent-encoded UTF-8" });
}

static void too_many(struct findings *findings, const struct operation *op)
{
    struct arena *arena = findings->arena;
    findings_add(findings,
                 (struct finding){ .pointer = "/query",
                                   .keyword = "maxProperties",
                                   .schema_pointer = op->pointer,
                                   .expected = json_integer(arena, LIMIT_QUERY_VALUES),
                                   .found = json_string(arena, STR("more")) });
}

static void read_path(cJSON *into, const struct route *route, struct arena *arena,
                      struct findings *findings)
{
    const struct operation *op = route->operation;
    for (size_t i = 0; i < route->count; i++) {
        const struct param *p = param_named(op, PARAM_PATH, route->names[i]);
        struct str value;
        if (!percent_decode(route->values[i], false, arena, &value))
            undecodable(findings, "path", route->values[i], op->pointer);
        else if (p)
            put(into, p, value, arena);
    }
}

/* An exploded object of form style stands in the query as its members: ?a=1&b=2. */
static bool put_member(cJSON *into, const struct operation *op, struct str name,
                       struct str value, struct arena *arena)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in != PARAM_QUERY || !p->explode || !(p->types & TYPE_OBJECT) ||
            !json_member_str(json_member(p->schema, "properties"), name))
            continue;
        cJSON *object = json_member(into, p->name);
        if (!object) {
            object = json_object(arena);
            json_add(into, p->name, object);
        }
        json_set(arena, object, arena_copy(arena, name),
                 typed(value, TYPE_BOOLEAN | TYPE_NUMBER, arena));
        return true;
    }
    return false;
}

static void read_query(cJSON *into, const struct operation *op, struct str query,
                       struct arena *arena, struct findings *findings)
{
    struct str pair, name, value;
    size_t count = 0;
    while (str_split(&query, '&', &pair)) {
        if (!pair.len)
            continue;
        if (count++ == LIMIT_QUERY_VALUES) {
            too_many(findings, op);
            return;
        }
        if (!decode_pair(pair, arena, &name, &value)) {
            undecodable(findings, "query", pair, op->pointer);
            continue;
        }
        const struct param *p = param_named(op, PARAM_QUERY, name);
        if (p)
            put(into, p, value, arena);
        else if (!put_member(into, op, name, value, arena) &&
                 !json_member_str(into, name))
            json_set(arena, into, arena_copy(arena, name), json_string(arena, value));
    }
}

static void read_rest(cJSON *headers, cJSON *cookies, const struct operation *op,
                      const struct request *r, struct arena *arena,
                      struct findings *findings)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in != PARAM_HEADER && p->in != PARAM_COOKIE)
            continue;
        struct str value = request_value(r, p->in, p->name, arena);
        if (!value.ptr)
            continue;
        if (!utf8_valid(value))
            undecodable(findings, param_in_name(p->in), value, op->pointer);
        else
            put(p->in == PARAM_HEADER ? headers : cookies, p, value, arena);
    }
}

cJSON *params_read(const struct route *route, const struct request *r,
                   struct arena *arena, struct findings *findings)
{
    cJSON *input = json_object(arena), *path = json_object(arena);
    cJSON *query = json_object(arena), *header = json_object(arena);
    cJSON *cookie = json_object(arena);
    json_add(input, "path", path);
    json_add(input, "query", query);
    json_add(input, "header", header);
    json_add(input, "cookie", cookie);
    read_path(path, route, arena, findings);
    read_query(query, route->operation, r->query, arena, findings);
    read_rest(header, cookie, route->operation, r, arena, findings);
    return input;
}

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

/* One parameter's text on its way into the tree. */
struct placing {
    cJSON *into; /* the object of its place */
    const struct operation *op;
    const struct param *param;
    struct arena *arena;
    struct findings *findings;
};

static void undecodable(struct findings *findings, const char *in, struct str text,
                        const char *schema_pointer)
{
    struct arena *arena = findings->arena;
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    buffer_printf(&b, "/%s", in);
    cJSON *found = json_string(arena, utf8_valid(text) ? text : STR("other bytes"));
    findings_add(findings, (struct finding){ .pointer = buffer_str(&b).ptr,
                                             .keyword = "encoding",
                                             .schema_pointer = schema_pointer,
                                             .found = found,
                                             .note = "percent-encoded UTF-8" });
}

/* Decodes text as its place wants it: headers are not percent-encoded. */
static bool decode(const struct placing *p, struct str text, struct str *out)
{
    enum param_in in = p->param->in;
    bool ok = in == PARAM_HEADER || in == PARAM_COOKIE
                  ? (*out = text, utf8_valid(text))
                  : percent_decode(text, in == PARAM_QUERY, p->arena, out);
    if (!ok)
        undecodable(p->findings, param_in_name(in), text, p->param->pointer);
    return ok;
}

/* What the schema allows for a member of an object parameter. */
static unsigned member_types(const struct placing *p, struct str name)
{
    struct schema_place place;
    const char *pointer = arena_printf(p->arena, "/%s", param_in_name(p->param->in));
    pointer = pointer_join(p->arena, pointer, p->param->name);
    pointer = pointer_join(p->arena, pointer, arena_copy(p->arena, name));
    return schema_describe(p->op->input, pointer, &place) ? place.types : 0;
}

static void put_member(const struct placing *p, cJSON *object, struct str name,
                       struct str value)
{
    json_set(p->arena, object, arena_copy(p->arena, name),
             typed(value, member_types(p, name), p->arena));
}

/* "a,1,b,2" (explode: a=1,b=2) as an object. */
static void put_object(const struct placing *p, struct str text)
{
    cJSON *object = json_object(p->arena);
    struct str name, value;
    while (str_split(&text, ',', &name)) {
        if (p->param->explode) {
            value = name;
            str_split(&value, '=', &name);
            if (!value.ptr)
                value = STR("");
        } else if (!str_split(&text, ',', &value)) {
            value = STR("");
        }
        if (decode(p, name, &name) && decode(p, value, &value))
            put_member(p, object, name, value);
    }
    json_set(p->arena, p->into, p->param->name, object);
}

/* Commas are looked for before %2C becomes one. */
static void put_items(const struct placing *p, struct str text)
{
    const struct param *param = p->param;
    bool repeated =
        param->explode && (param->in == PARAM_QUERY || param->in == PARAM_COOKIE);
    cJSON *array = json_member(p->into, param->name);
    struct str item;
    if (!array) {
        array = json_array(p->arena);
        json_add(p->into, param->name, array);
    }
    if (!text.len && !repeated)
        return;
    while (repeated ? text.ptr != NULL : str_split(&text, ',', &item)) {
        if (repeated) {
            item = text;
            text = (struct str){ NULL, 0 };
        }
        if (param->in == PARAM_HEADER)
            item = str_trim(item);
        if (decode(p, item, &item))
            json_push(array, typed(item, param->item_types, p->arena));
    }
}

/* A value that may stand once stands again. */
static void told_again(const struct placing *p)
{
    const char *pointer = arena_printf(p->arena, "/%s", param_in_name(p->param->in));
    findings_add(
        p->findings,
        (struct finding){ .pointer = pointer_join(p->arena, pointer, p->param->name),
                          .keyword = "explode",
                          .schema_pointer = p->param->pointer,
                          .found = json_string(p->arena, STR("several")),
                          .note = "one value" });
}

/* text is as sent, not decoded. */
static void put(const struct placing *p, struct str text)
{
    const struct param *param = p->param;
    bool textual = param->types & TYPE_STRING;
    struct str value;
    if ((param->types & TYPE_ARRAY) && !textual)
        put_items(p, text);
    else if (json_member(p->into, param->name))
        told_again(p);
    else if ((param->types & TYPE_OBJECT) && !textual)
        put_object(p, text);
    else if (decode(p, text, &value))
        json_add(p->into, param->name, typed(value, param->types, p->arena));
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
        if (p)
            put(&(struct placing){ into, op, p, arena, findings }, route->values[i]);
    }
}

/* An exploded object of form style stands in the query as its members: ?a=1&b=2. */
static bool put_exploded(struct placing *p, struct str name, struct str value)
{
    for (size_t i = 0; i < p->op->param_count; i++) {
        p->param = &p->op->params[i];
        if (p->param->in != PARAM_QUERY || !p->param->explode ||
            !(p->param->types & TYPE_OBJECT) || !member_types(p, name))
            continue;
        cJSON *object = json_member(p->into, p->param->name);
        if (!object) {
            object = json_object(p->arena);
            json_add(p->into, p->param->name, object);
        }
        put_member(p, object, name, value);
        return true;
    }
    return false;
}

static void read_pair(struct placing *p, struct str pair)
{
    struct str raw, name, value;
    str_split(&pair, '=', &raw);
    struct str text = pair.ptr ? pair : STR("");
    if (!percent_decode(raw, true, p->arena, &name)) {
        undecodable(p->findings, "query", raw, p->op->pointer);
        return;
    }
    p->param = param_named(p->op, PARAM_QUERY, name);
    if (p->param) {
        put(p, text);
        return;
    }
    if (!percent_decode(text, true, p->arena, &value))
        undecodable(p->findings, "query", text, p->op->pointer);
    else if (!put_exploded(p, name, value) && !json_member_str(p->into, name))
        json_set(p->arena, p->into, arena_copy(p->arena, name),
                 json_string(p->arena, value));
}

static void read_query(cJSON *into, const struct operation *op, struct str query,
                       struct arena *arena, struct findings *findings)
{
    struct placing p = { into, op, NULL, arena, findings };
    struct str pair;
    size_t count = 0;
    while (str_split(&query, '&', &pair)) {
        if (!pair.len)
            continue;
        if (count++ == LIMIT_QUERY_VALUES) {
            too_many(findings, op);
            return;
        }
        read_pair(&p, pair);
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
        cJSON *into = p->in == PARAM_HEADER ? headers : cookies;
        if (value.ptr)
            put(&(struct placing){ into, op, p, arena, findings }, value);
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

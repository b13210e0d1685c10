#include "api/load.h"

#include "api/media.h"
#include "doc/pointer.h"

const char *param_in_name(enum param_in in)
{
    static const char *const names[] = { "path", "query", "header", "cookie" };
    return names[in];
}

static const struct {
    const char *name;
    enum param_in in;
    const char *style;
} places[] = {
    { "path", PARAM_PATH, "simple" },
    { "query", PARAM_QUERY, "form" },
    { "header", PARAM_HEADER, "simple" },
    { "cookie", PARAM_COOKIE, "form" },
};

/* The types that a parameter's schema allows. The schema is compiled later, so its
 * `type` is looked at as written, through references and compositions. */
static unsigned types_of(struct loading *l, const cJSON *schema, const char *pointer,
                         int depth)
{
    static const struct {
        const char *name;
        unsigned type;
    } names[] = {
        { "string", TYPE_STRING }, { "integer", TYPE_INTEGER },
        { "number", TYPE_NUMBER }, { "boolean", TYPE_BOOLEAN },
        { "array", TYPE_ARRAY },   { "object", TYPE_OBJECT },
        { "null", TYPE_NULL },
    };
    static const char *const parts[] = { "allOf", "anyOf", "oneOf" };
    unsigned types = 0;
    if (depth > 8 || !(schema = load_follow(l, schema, &pointer)))
        return 0;
    const cJSON *type = json_member(schema, "type");
    for (const cJSON *t = json_is_array(type) ? type->child : type; t;
         t = json_is_array(type) ? t->next : NULL)
        for (size_t i = 0; i < COUNT(names) && json_is_string(t); i++)
            if (strcmp(t->valuestring, names[i].name) == 0)
                types |= names[i].type;
    for (size_t i = 0; i < COUNT(parts); i++) {
        const cJSON *list = json_member(schema, parts[i]);
        for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
            types |= types_of(l, one, pointer, depth + 1);
    }
    return types;
}

static const cJSON *items_of(struct loading *l, const cJSON *schema,
                             const char *pointer)
{
    schema = load_follow(l, schema, &pointer);
    return json_member(schema, "items");
}

static bool load_param(struct loading *l, struct param *p, const cJSON *node,
                       const char *pointer)
{
    const char *name = json_member_text(node, "name");
    const char *in = json_member_text(node, "in");
    if (!name || !in)
        return load_error(l, pointer, NULL, "expected a parameter with name and in");
    size_t i = 0;
    while (i < COUNT(places) && strcmp(places[i].name, in) != 0)
        i++;
    if (i == COUNT(places))
        return load_error(l, pointer, "in",
                          "expected path, query, header or cookie, found \"%.40s\"",
                          in);
    *p = (struct param){ .name = name, .in = places[i].in, .pointer = pointer };
    p->required = json_is_true(json_member(node, "required"));
    if (p->in == PARAM_PATH && !p->required)
        load_error(l, pointer, NULL, "a path parameter needs required: true");

    const char *style = json_member_text(node, "style");
    const cJSON *explode = json_member(node, "explode");
    bool form = strcmp(places[i].style, "form") == 0;
    p->explode = explode ? json_is_true(explode) : form;
    p->schema = json_member(node, "schema");
    if (style && strcmp(style, places[i].style) != 0) {
        load_warn(
            l, pointer, "style",
            "the style \"%.40s\" is not read yet; the parameter will not be checked",
            style);
        p->schema = NULL;
    } else if (!p->schema) {
        load_warn(l, pointer, NULL,
                  "only parameters with a schema are checked; this one will not be");
    }
    if (p->schema) {
        const char *at = load_join(l, pointer, "schema");
        p->types = types_of(l, p->schema, at, 0);
        p->item_types = types_of(l, items_of(l, p->schema, at), at, 0);
    }
    return true;
}

/* OpenAPI 4.8.12: these three are described by other means; a parameter of that name
 * is ignored. */
static bool is_ignored(const struct param *p)
{
    static const char *const names[] = { "accept", "content-type", "authorization" };
    for (size_t i = 0; i < COUNT(names) && p->in == PARAM_HEADER; i++)
        if (str_equal_nocase(str(p->name), str(names[i])))
            return true;
    return false;
}

static void add_params(struct loading *l, struct operation *op, const cJSON *list,
                       const char *pointer)
{
    size_t i = 0;
    for (const cJSON *one = list ? list->child : NULL; one; one = one->next, i++) {
        const char *at = arena_printf(l->arena, "%s/parameters/%zu", pointer, i);
        const cJSON *node = load_follow(l, one, &at);
        struct param p;
        if (!node || !load_param(l, &p, node, at) || is_ignored(&p))
            continue;
        size_t j = 0;
        while (j < op->param_count &&
               (strcmp(op->params[j].name, p.name) != 0 || op->params[j].in != p.in))
            j++;
        op->params[j] = p; /* the operation's own takes the place of the path's */
        if (j == op->param_count)
            op->param_count++;
    }
}

static bool has_param(const struct operation *op, struct str name)
{
    for (size_t i = 0; i < op->param_count; i++)
        if (op->params[i].in == PARAM_PATH && str_is(name, op->params[i].name))
            return true;
    return false;
}

static void check_template(struct loading *l, const struct operation *op)
{
    struct str names[LIMIT_PATH_PARAMS];
    size_t count = 0;
    for (const char *p = strchr(op->path, '{'); p; p = strchr(p, '{')) {
        const char *end = strchr(p, '}');
        if (!end) {
            load_error(l, op->pointer, NULL, "the path \"%.100s\" has a { without a }",
                       op->path);
            return;
        }
        struct str name = { p + 1, (size_t)(end - p - 1) };
        if (!has_param(op, name))
            load_error(l, op->pointer, "parameters",
                       "the path has {%.*s}, but no path parameter has that name",
                       (int)name.len, name.ptr);
        if (count == LIMIT_PATH_PARAMS) {
            load_error(l, op->pointer, NULL, "expected at most %d values in a path",
                       LIMIT_PATH_PARAMS);
            return;
        }
        names[count++] = name;
        p = end;
    }
    for (size_t i = 0; i < op->param_count; i++) {
        bool used = op->params[i].in != PARAM_PATH;
        for (size_t j = 0; j < count; j++)
            used = used || str_is(names[j], op->params[i].name);
        if (!used)
            load_error(l, op->params[i].pointer, NULL,
                       "the path \"%.100s\" has no {%.60s}", op->path,
                       op->params[i].name);
    }
}

static struct media *load_content(struct loading *l, const cJSON *content,
                                  const char *pointer, size_t *count)
{
    struct media *list = arena_array(l->arena, struct media, json_count(content) + 1);
    for (const cJSON *one = content ? content->child : NULL; one; one = one->next) {
        struct media *m = &list[(*count)++];
        m->type = one->string;
        m->json = media_is_json(str(one->string));
        m->node = one;
        m->pointer = load_join(l, pointer, one->string);
        const cJSON *schema = json_member(one, "schema");
        if (!schema)
            continue;
        if (m->json)
            m->schema = load_schema(l, schema, load_join(l, m->pointer, "schema"));
        else
            load_warn(l, m->pointer, NULL,
                      "only JSON is checked against its schema; this will not be");
    }
    return list;
}

static void load_body(struct loading *l, struct operation *op, const cJSON *node)
{
    const char *pointer = load_join(l, op->pointer, "requestBody");
    const cJSON *body = load_follow(l, node, &pointer);
    if (!body)
        return;
    op->body_required = json_is_true(json_member(body, "required"));
    const cJSON *content = json_member(body, "content");
    if (!json_is_object(content)) {
        load_error(l, pointer, NULL, "expected a request body with content");
        return;
    }
    op->bodies =
        load_content(l, content, load_join(l, pointer, "content"), &op->body_count);
}

/* "Too Many Requests" → "too_many_requests", so that an error can be asked for by name
 * where a document gives its answers no schema. */
static const char *name_of(struct loading *l, const char *description)
{
    char *name = arena_copy(l->arena, str(description ? description : ""));
    for (char *p = name; *p; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
        else if (*p == ' ' || *p == '-')
            *p = '_';
    }
    return name;
}

static bool load_status(struct reply *r, const char *key)
{
    r->key = key;
    if (strcmp(key, "default") == 0) {
        r->high = 999;
        return true;
    }
    if (strlen(key) != 3 || key[0] < '1' || key[0] > '5')
        return false;
    if (strcmp(key + 1, "XX") == 0) {
        r->low = (key[0] - '0') * 100;
        r->high = r->low + 99;
        return true;
    }
    if (key[1] < '0' || key[1] > '9' || key[2] < '0' || key[2] > '9')
        return false;
    r->low = r->high = (key[0] - '0') * 100 + (key[1] - '0') * 10 + (key[2] - '0');
    return true;
}

static void load_replies(struct loading *l, struct operation *op,
                         const cJSON *responses)
{
    const char *base = load_join(l, op->pointer, "responses");
    if (!json_is_object(responses) || !responses->child) {
        load_warn(l, op->pointer, NULL,
                  "no responses are declared, so answers cannot be checked");
        return;
    }
    op->replies = arena_array(l->arena, struct reply, json_count(responses));
    for (const cJSON *one = responses->child; one; one = one->next) {
        struct reply *r = &op->replies[op->reply_count];
        const char *pointer = load_join(l, base, one->string);
        if (strncmp(one->string, "x-", 2) == 0)
            continue;
        if (!load_status(r, one->string)) {
            load_error(l, pointer, NULL,
                       "expected a status such as 200, 4XX or default, found \"%.40s\"",
                       one->string);
            continue;
        }
        r->node = load_follow(l, one, &pointer);
        if (!r->node)
            continue;
        r->pointer = pointer;
        r->name = name_of(l, json_member_text(r->node, "description"));
        r->headers = json_member(r->node, "headers");
        r->media = load_content(l, json_member(r->node, "content"),
                                load_join(l, pointer, "content"), &r->media_count);
        op->reply_count++;
    }
}

/* A reference to the schema below pointer. */
static cJSON *schema_ref(struct loading *l, const char *pointer)
{
    cJSON *ref = json_object(l->arena);
    struct buffer b = buffer_in(l->arena, LIMIT_FILE_BYTES);
    const char *inside =
        !*pointer || *pointer == '/' ? pointer : strchr(pointer, '#') + 1;
    buffer_add(&b, (struct str){ pointer, (size_t)(inside - pointer) });
    if (inside == pointer)
        buffer_add_char(&b, '#');
    for (const char *p = inside; *p; p++)
        buffer_add_text(&b, *p == '%' ? "%25" : (const char[]){ *p, '\0' });
    buffer_add_text(&b, "/schema");
    json_add(ref, "$ref", json_string(l->arena, buffer_str(&b)));
    return ref;
}

/* { "type": "object", "properties": {…}, "required": […] } over some parameters, each a
 * reference to its schema in the document, so that findings name that place. */
static cJSON *params_schema(struct loading *l, const struct operation *op,
                            enum param_in in)
{
    cJSON *schema = json_object(l->arena), *properties = json_object(l->arena);
    cJSON *required = json_array(l->arena);
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in != in || !p->schema)
            continue;
        json_set(l->arena, properties, p->name, schema_ref(l, p->pointer));
        if (p->required)
            json_push(required, json_string(l->arena, str(p->name)));
    }
    json_add(schema, "type", json_string(l->arena, STR("object")));
    json_add(schema, "properties", properties);
    if (required->child)
        json_add(schema, "required", required);
    return schema;
}

/* One schema over the whole call, so that a pointer such as /query/limit or
 * /body/source names the same thing everywhere. */
static void make_input(struct loading *l, struct operation *op)
{
    cJSON *all = json_object(l->arena), *properties = json_object(l->arena);
    for (size_t i = 0; i < COUNT(places); i++)
        json_add(properties, places[i].name, params_schema(l, op, places[i].in));
    for (size_t i = 0; i < op->body_count; i++) {
        if (!op->bodies[i].schema || json_member(properties, "body"))
            continue;
        json_add(properties, "body", schema_ref(l, op->bodies[i].pointer));
    }
    json_add(all, "type", json_string(l->arena, STR("object")));
    json_add(all, "properties", properties);
    op->input = load_schema(l, all, op->pointer);
}

bool load_operation(struct loading *l, struct operation *op, const cJSON *path_item,
                    const char *item_pointer, const cJSON *node, const char *pointer)
{
    const char *method_name = node->string;
    op->pointer = pointer;
    if (!(node = load_follow(l, node, &op->pointer)))
        return false;
    if (!json_is_object(node))
        return load_error(l, op->pointer, NULL,
                          "expected an operation (an object), found %s",
                          json_kind(node));
    char *method = arena_copy(l->arena, str(method_name));
    for (char *p = method; *p; p++)
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - ('a' - 'A'));
    op->method = method;
    const char *id = json_member_text(node, "operationId");
    op->id = id ? id : arena_printf(l->arena, "%s %s", op->method, op->path);
    op->summary = json_member_text(node, "summary");

    const cJSON *shared = json_member(path_item, "parameters");
    const cJSON *own = json_member(node, "parameters");
    op->params =
        arena_array(l->arena, struct param, json_count(shared) + json_count(own) + 1);
    add_params(l, op, shared, item_pointer);
    add_params(l, op, own, op->pointer);
    check_template(l, op);
    if (json_member(node, "requestBody"))
        load_body(l, op, json_member(node, "requestBody"));
    load_replies(l, op, json_member(node, "responses"));
    load_security(l, op, node);
    if (json_member(node, "callbacks"))
        load_warn(l, op->pointer, "callbacks", "callbacks are not fired");
    make_input(l, op);
    return true;
}

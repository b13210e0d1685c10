#include "api/load.h"

static const struct {
    const char *name;
    const char *member; /* of the input tree */
    enum param_style style;
} places[] = {
    [PARAM_PATH] = { "path", "path", STYLE_SIMPLE },
    [PARAM_QUERY] = { "query", "query", STYLE_FORM },
    [PARAM_HEADER] = { "header", "header", STYLE_SIMPLE },
    [PARAM_COOKIE] = { "cookie", "cookie", STYLE_FORM },
    [PARAM_QUERYSTRING] = { "querystring", "query", STYLE_FORM },
};

#define TABLE_ROW(member, text, where) [STYLE_##member] = { text, where },
static const struct {
    const char *name;
    unsigned where;
} styles[] = { PARAM_STYLES(TABLE_ROW) };
#undef TABLE_ROW

const char *param_in_name(enum param_in in)
{
    return places[in].member;
}

/* ---- one parameter ---- */

/* The value of a member that is true or false. */
static bool truth(struct loading *l, const cJSON *node, const char *pointer,
                  const char *name, bool otherwise)
{
    const cJSON *value = json_member(node, name);
    if (value && !json_is_bool(value))
        load_error(l, pointer, name, "expected true or false, found %s",
                   json_kind(value));
    return json_is_bool(value) ? json_is_true(value) : otherwise;
}

static void since_32(struct loading *l, const char *pointer, const char *name,
                     const char *what)
{
    if (l->api->minor < 2)
        load_warn(l, pointer, name, "%s came with OpenAPI 3.2; it is read as there",
                  what);
}

/* "simple, label or matrix" */
static const char *styles_of(struct loading *l, enum param_in in)
{
    struct buffer b = buffer_in(l->arena, LIMIT_PROBLEM_TEXT);
    size_t left = 0;
    for (size_t i = 0; i < STYLE_COUNT; i++)
        left += styles[i].where >> in & 1;
    for (size_t i = 0; i < STYLE_COUNT; i++) {
        if (!(styles[i].where >> in & 1))
            continue;
        buffer_printf(&b, "%s%s", styles[i].name,
                      left > 2    ? ", "
                      : left == 2 ? " or "
                                  : "");
        left--;
    }
    return buffer_str(&b).ptr;
}

static void load_style(struct loading *l, struct param *p, const cJSON *node)
{
    const cJSON *style = json_member(node, "style");
    const char *name = json_is_string(style) ? style->valuestring : NULL;
    size_t i = 0;
    p->style = places[p->in].style;
    if (style) {
        while (name && i < STYLE_COUNT && strcmp(styles[i].name, name) != 0)
            i++;
        if (!name || i == STYLE_COUNT || !(styles[i].where >> p->in & 1))
            load_error(l, p->pointer, "style",
                       "expected %s for a parameter in %s, found %s%.40s%s",
                       styles_of(l, p->in), places[p->in].name, name ? "\"" : "",
                       name ? name : json_kind(style), name ? "\"" : "");
        else
            p->style = (enum param_style)i;
    }
    if (p->style == STYLE_COOKIE)
        since_32(l, p->pointer, "style", "the style cookie");
    bool form = p->style == STYLE_FORM || p->style == STYLE_COOKIE;
    p->explode = truth(l, node, p->pointer, "explode", form);
}

static void load_content(struct loading *l, struct param *p, const cJSON *content)
{
    const char *pointer = load_join(l, p->pointer, "content");
    if (!json_is_object(content) || !content->child) {
        load_error(l, p->pointer, "content", "expected one media type, found %s",
                   json_is_object(content) ? "none" : json_kind(content));
        return;
    }
    if (content->child->next)
        load_warn(l, p->pointer, "content",
                  "expected one media type, found several; only \"%.60s\" is read",
                  content->child->string);
    p->media = content->child->string;
    pointer = load_join(l, pointer, p->media);
    const cJSON *media = load_follow(l, content->child, &pointer);
    p->schema = json_member(media, "schema");
    p->schema_pointer = load_join(l, pointer, "schema");
}

static void load_described(struct loading *l, struct param *p, const cJSON *node)
{
    const cJSON *content = json_member(node, "content");
    const cJSON *schema = json_member(node, "schema");
    if (p->in == PARAM_QUERYSTRING && (schema || !content)) {
        load_error(l, p->pointer, NULL,
                   "a parameter in querystring is described by content, not by a "
                   "schema");
        return;
    }
    if (schema && content)
        load_warn(l, p->pointer, "content",
                  "a parameter has a schema or content, not both; the schema is used");
    if (schema || !content) {
        p->schema = schema;
        p->schema_pointer = load_join(l, p->pointer, "schema");
    } else {
        load_content(l, p, content);
    }
    if (!schema && !content)
        load_warn(l, p->pointer, NULL,
                  "expected a schema or content; without one, any text will do");
    if (!p->schema)
        p->schema_pointer = NULL;
    else
        p->plan = load_schema(l, p->schema, p->schema_pointer);
}

static const char *small(struct loading *l, const char *name)
{
    char *copy = arena_copy(l->arena, str(name));
    for (char *p = copy; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
    return copy;
}

/* OpenAPI 4.8.12: these three are described by other means; a parameter of that name
 * is ignored. */
static bool is_ignored(const struct param *p)
{
    static const char *const names[] = { "accept", "content-type", "authorization" };
    for (size_t i = 0; i < COUNT(names) && p->in == PARAM_HEADER; i++)
        if (strcmp(p->name, names[i]) == 0)
            return true;
    return false;
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
    *p = (struct param){ .name = name, .in = (enum param_in)i, .pointer = pointer };
    if (p->in == PARAM_HEADER)
        p->name = small(l, name);
    if (is_ignored(p)) {
        load_warn(l, pointer, NULL,
                  "a header parameter \"%s\" is ignored; %s says what it is to be",
                  name,
                  strcmp(p->name, "accept") == 0         ? "the responses' content"
                  : strcmp(p->name, "content-type") == 0 ? "the request body's content"
                                                         : "security");
        return false;
    }
    if (p->in == PARAM_QUERYSTRING)
        since_32(l, pointer, "in", "a parameter in querystring");
    p->required = truth(l, node, pointer, "required", false);
    if (p->in == PARAM_PATH && !p->required)
        load_error(l, pointer, NULL, "a path parameter needs required: true");
    p->empty_allowed = truth(l, node, pointer, "allowEmptyValue", false);
    if (p->empty_allowed && p->in != PARAM_QUERY) {
        load_warn(l, pointer, "allowEmptyValue",
                  "only a parameter in query may have it; it is ignored");
        p->empty_allowed = false;
    }
    load_style(l, p, node);
    load_described(l, p, node);
    return true;
}

/* ---- all of an operation ---- */

static void add_params(struct loading *l, struct operation *op, const cJSON *list,
                       const char *pointer)
{
    size_t i = 0, before = op->param_count;
    if (list && !json_is_array(list)) {
        load_error(l, pointer, "parameters", "expected an array, found %s",
                   json_kind(list));
        return;
    }
    for (const cJSON *one = list ? list->child : NULL; one; one = one->next, i++) {
        const char *at = arena_printf(l->arena, "%s/parameters/%zu", pointer, i);
        const char *listed = at;
        const cJSON *node = load_follow(l, one, &at);
        struct param p;
        if (!node || !load_param(l, &p, node, at))
            continue;
        size_t j = 0;
        while (j < op->param_count &&
               (strcmp(op->params[j].name, p.name) != 0 || op->params[j].in != p.in))
            j++;
        if (j >= before && j < op->param_count)
            load_error(l, listed, NULL, "a parameter \"%.60s\" in %s is listed before",
                       p.name, places[p.in].name);
        op->params[j] = p; /* the operation's own takes the place of the path's */
        if (j == op->param_count)
            op->param_count++;
    }
}

void load_params(struct loading *l, struct operation *op, const cJSON *path_item,
                 const char *item_pointer, const cJSON *node)
{
    const cJSON *shared = json_member(path_item, "parameters");
    const cJSON *own = json_member(node, "parameters");
    op->params =
        arena_array(l->arena, struct param, json_count(shared) + json_count(own) + 1);
    add_params(l, op, shared, item_pointer);
    add_params(l, op, own, op->pointer);
    params_check(l, op);
}

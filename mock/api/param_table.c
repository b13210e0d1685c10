/* What the parameters of an operation are together: the names in its path, one schema,
 * and the tables that calls are read by. */
#include "api/load.h"

#include "api/param.h"
#include "api/source.h"
#include "base/map.h"
#include "doc/library.h"

/* ---- the path and the query ---- */

static const struct param *path_param(const struct operation *op, struct str name)
{
    for (size_t i = 0; i < op->param_count; i++)
        if (op->params[i].in == PARAM_PATH && str_is(name, op->params[i].name))
            return &op->params[i];
    return NULL;
}

/* The names between braces in a path, in order; false when it is no template. */
static bool template_names(const char *path, struct str names[LIMIT_PATH_PARAMS],
                           size_t *count)
{
    *count = 0;
    for (const char *p = strchr(path, '{'); p; p = strchr(p, '{')) {
        const char *end = strchr(p, '}');
        if (!end || *count == LIMIT_PATH_PARAMS)
            return false;
        names[(*count)++] = (struct str){ p + 1, (size_t)(end - p - 1) };
        p = end;
    }
    return true;
}

static bool is_among(struct str name, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(names[i], name))
            return true;
    return false;
}

static void check_template(struct loading *l, const struct operation *op)
{
    struct str names[LIMIT_PATH_PARAMS];
    size_t count;
    if (!template_names(op->path, names, &count)) {
        if (count == LIMIT_PATH_PARAMS)
            load_error(l, op->pointer, NULL, "expected at most %d values in a path",
                       LIMIT_PATH_PARAMS);
        else
            load_error(l, op->pointer, NULL, "the path \"%.100s\" has a { without a }",
                       op->path);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_among(names[i], names, i))
            load_error(l, op->pointer, NULL, "the path \"%.100s\" has {%.*s} twice",
                       op->path, (int)names[i].len, names[i].ptr);
        else if (!path_param(op, names[i]))
            load_error(l, op->pointer, "parameters",
                       "the path has {%.*s}, but no path parameter has that name",
                       (int)names[i].len, names[i].ptr);
    }
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in == PARAM_PATH && !is_among(str(p->name), names, count))
            load_error(l, p->pointer, NULL, "the path \"%.100s\" has no {%.60s}",
                       op->path, p->name);
    }
}

/* A querystring parameter is the whole query, so it is alone there. */
static void check_querystring(struct loading *l, const struct operation *op)
{
    const struct param *whole = NULL;
    for (size_t i = 0; i < op->param_count; i++)
        if (op->params[i].in == PARAM_QUERYSTRING && !whole)
            whole = &op->params[i];
        else if (op->params[i].in == PARAM_QUERYSTRING)
            load_error(l, op->params[i].pointer, "in",
                       "another parameter is the whole query already");
    for (size_t i = 0; whole && i < op->param_count; i++)
        if (op->params[i].in == PARAM_QUERY)
            load_error(l, op->params[i].pointer, "in",
                       "there is a parameter in querystring (\"%.60s\"), which is the "
                       "whole query",
                       whole->name);
}

void params_check(struct loading *l, const struct operation *op)
{
    check_template(l, op);
    check_querystring(l, op);
}

/* ---- as one schema ---- */

cJSON *load_reference(struct loading *l, const char *pointer)
{
    cJSON *ref = json_object(l->arena);
    struct buffer b = buffer_in(l->arena, LIMIT_FILE_BYTES);
    bool other = *pointer && *pointer != '/';
    size_t uri = other ? strcspn(pointer, "#") : 0;
    /* Whole, since the schema that refers may stand in another document. */
    if (other)
        buffer_add(&b, (struct str){ pointer, uri });
    else
        buffer_add_text(&b, l->api->document->uri);
    buffer_add_char(&b, '#');
    for (const char *p = pointer + uri + other; *p; p++)
        buffer_add_text(&b, *p == '%' ? "%25" : (const char[]){ *p, '\0' });
    json_add(ref, "$ref", json_string(l->arena, buffer_str(&b)));
    return ref;
}

/* What a parameter's schema, or what it refers to, says by a keyword. By an $id or an
 * anchor a reference may lead elsewhere than OpenAPI's own do: that is for the compiler
 * to know, and to tell when it leads nowhere. */
static const cJSON *said_by(struct loading *l, const struct param *p,
                            const char *keyword)
{
    const cJSON *node = p->schema, *said = json_member(node, keyword);
    const char *place = p->schema_pointer, *ref, *why;
    for (int i = 0; !said && i < LIMIT_DEPTH; i++) {
        if (!(ref = json_member_text(node, "$ref")))
            return NULL;
        node =
            source_find(l->api->library, l->api->document, ref, &place, l->arena, &why);
        said = json_member(node, keyword);
    }
    return said;
}

/* readOnly is about properties (4.8.24.4), and a parameter is none though it stands as
 * one in the input: behind a composition it is not seen. */
static cJSON *schema_of(struct loading *l, const struct param *p)
{
    if (!p->schema)
        return json_object(l->arena);
    cJSON *ref = load_reference(l, p->schema_pointer), *any, *wrapped;
    if (!json_is_true(said_by(l, p, "readOnly")))
        return ref;
    any = json_array(l->arena);
    wrapped = json_object(l->arena);
    json_push(any, ref);
    json_add(wrapped, "anyOf", any);
    return wrapped;
}

/* { "type": "object", "properties": {…}, "required": […] } over the parameters of one
 * place, each a reference to its schema, so that findings name that. */
static cJSON *place_schema(struct loading *l, const struct operation *op,
                           enum param_in in)
{
    cJSON *schema = json_object(l->arena), *properties = json_object(l->arena);
    cJSON *required = json_array(l->arena);
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in != in)
            continue;
        json_add(properties, p->name, schema_of(l, p));
        if (p->required && !p->empty_allowed)
            json_push(required, json_string(l->arena, str(p->name)));
    }
    json_add(schema, "type", json_string(l->arena, STR("object")));
    json_add(schema, "properties", properties);
    if (required->child)
        json_add(schema, "required", required);
    return schema;
}

cJSON *params_schema(struct loading *l, const struct operation *op, cJSON *properties)
{
    cJSON *required = json_array(l->arena);
    bool whole = false;
    for (enum param_in in = PARAM_PATH; in <= PARAM_COOKIE; in++)
        json_add(properties, param_in_name(in), place_schema(l, op, in));
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        if (p->in != PARAM_QUERYSTRING)
            continue;
        whole = true;
        json_set(l->arena, properties, "query", schema_of(l, p));
        if (p->required)
            json_push(required, json_string(l->arena, STR("query")));
    }
    /* The places are there in every call, so that a sample has them too. */
    for (enum param_in in = PARAM_PATH; in <= PARAM_COOKIE; in++)
        if (in != PARAM_QUERY || !whole)
            json_push(required, json_string(l->arena, str(param_in_name(in))));
    return required;
}

/* ---- tables ---- */

static void find_types(struct loading *l, struct param *p)
{
    p->types = p->item_types = TYPE_ANY;
    if (!p->plan)
        return;
    p->types = schema_types(p->plan, "", &p->closed);
    if (p->types & TYPE_ARRAY) {
        bool first_closed;
        p->item_types = schema_types(p->plan, "/-", &p->item_closed);
        p->positional = schema_types(p->plan, "/0", &first_closed) != p->item_types ||
                        first_closed != p->item_closed;
    }
    if (p->style == STYLE_DEEP && !p->media && p->types &&
        !(p->types & (TYPE_OBJECT | TYPE_ARRAY)))
        load_warn(l, p->pointer, "style",
                  "deepObject is for objects, and the schema has none; it is read as "
                  "form");
}

/* null, "" and [] are how documents write that there is none. */
static bool says_nothing(const cJSON *value)
{
    return !value || json_is_null(value) || (json_is_array(value) && !value->child) ||
           (json_is_string(value) && !*value->valuestring);
}

/* What a call without the parameter means. One that does not fit would have every such
 * call refused. */
static void find_assumed(struct loading *l, struct param *p)
{
    const cJSON *value = said_by(l, p, "default");
    struct findings findings = { .arena = l->arena, .limit = 1 };
    if (!value && p->plan) /* where an $id led */
        value = json_member(schema_node(p->plan), "default");
    if (says_nothing(value) || p->required)
        return;
    if (schema_check(p->plan, value, DIRECTION_REQUEST, "", l->arena, &findings))
        p->assumed = value;
    else
        load_warn(l, p->schema_pointer,
                  json_member(p->schema, "default") ? "default" : NULL,
                  "the default does not fit its schema, so a call without \"%.60s\" "
                  "has none: %s",
                  p->name, finding_text(&findings.list[0], l->arena));
}

static bool is_in_pieces(const struct param *p)
{
    return p->plan && !p->media && p->explode && p->types != TYPE_ANY &&
           (p->types & TYPE_OBJECT) && p->style != STYLE_DEEP;
}

static void sort_in(struct param_table *t, struct map *query, const struct param *p)
{
    /* map_put's value is not const; whoever reads the map gets it as const again. */
    union {
        const struct param *in;
        void *out;
    } u = { .in = p };
    switch (p->in) {
    case PARAM_QUERY:
        map_put(query, str(p->name), u.out);
        if (is_in_pieces(p))
            t->pieces[t->piece_count++] = p;
        break;
    case PARAM_HEADER:
        t->headers[t->header_count++] = p;
        break;
    case PARAM_COOKIE:
        t->cookies[t->cookie_count++] = p;
        t->split_cookies =
            t->split_cookies ||
            (p->style == STYLE_FORM && p->explode && !p->media &&
             p->types != TYPE_ANY && (p->types & (TYPE_ARRAY | TYPE_OBJECT)));
        break;
    case PARAM_QUERYSTRING:
        t->querystring = p;
        break;
    case PARAM_PATH:
        break;
    }
}

static const struct map *keys_of(struct loading *l, const struct operation *op)
{
    struct map *keys = map_new(l->arena);
    for (size_t i = 0; i < op->security_count; i++)
        for (size_t j = 0; j < op->security[i].count; j++) {
            const struct scheme *s = op->security[i].needs[j].scheme;
            if (s->kind == SCHEME_API_KEY && s->in == PARAM_QUERY)
                map_put(keys, str(s->param_name), keys);
        }
    return keys;
}

static void make_table(struct loading *l, struct operation *op)
{
    struct param_table *t = arena_take(l->arena, sizeof(*t));
    struct map *query = map_new(l->arena);
    struct str names[LIMIT_PATH_PARAMS];
    const struct param **lists =
        arena_array(l->arena, const struct param *, 3 * op->param_count + 1);
    t->pieces = lists;
    t->cookies = lists + op->param_count;
    t->headers = lists + 2 * op->param_count;
    for (size_t i = 0; i < op->param_count; i++) {
        find_types(l, &op->params[i]);
        find_assumed(l, &op->params[i]);
        sort_in(t, query, &op->params[i]);
    }
    template_names(op->path, names, &t->path_count);
    t->path = arena_array(l->arena, const struct param *, t->path_count + 1);
    for (size_t i = 0; i < t->path_count; i++)
        t->path[i] = path_param(op, names[i]);
    t->query = query;
    t->keys = keys_of(l, op);
    op->table = t;
}

void load_param_tables(struct loading *l)
{
    for (size_t i = 0; i < l->api->operation_count; i++)
        make_table(l, &l->api->operations[i]);
}

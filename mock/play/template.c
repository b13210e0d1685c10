#include "play/expression.h"

#include "base/limits.h"

/* The shape of the tree as it was written, with an expression where a string is one. */
struct body_template {
    const cJSON *node;
    struct expression *expression; /* NULL: the node itself, or its children */
    struct body_template **children;
    size_t count;
};

static struct body_template *build(struct naming *n, const cJSON *node, struct where at)
{
    struct body_template *t = arena_take(n->arena, sizeof(*t));
    t->node = node;
    if (json_is_string(node) &&
        (node->valuestring[0] == '$' || strstr(node->valuestring, "{$")))
        t->expression = expression_read(n, node->valuestring, TYPE_STRING, at);
    t->children = arena_array(n->arena, struct body_template *, json_count(node) + 1);
    for (const cJSON *c = node->child; c; c = c->next)
        t->children[t->count++] = build(n, c, at);
    return t;
}

struct body_template *template_read(struct naming *n, const char *json, struct where at)
{
    struct json_error why;
    unsigned errors = n->err->errors;
    /* A body that is one expression may stand without quotes. */
    cJSON *tree = json[0] == '$'
                      ? json_string(n->arena, str(json))
                      : json_read(str(json), LIMIT_BODY_NODES, n->arena, &why);
    if (!tree) {
        err_set(n->err, at, "expected JSON: %s (line %u, column %u of the text)",
                why.why, why.line, why.col);
        return NULL;
    }
    struct body_template *t = build(n, tree, at);
    return n->err->errors == errors ? t : NULL;
}

struct body_template *template_of(struct naming *n, const cJSON *tree, struct where at)
{
    unsigned errors = n->err->errors;
    struct body_template *t = build(n, tree, at);
    return n->err->errors == errors ? t : NULL;
}

cJSON *template_value(const struct body_template *t, struct scope *s)
{
    if (t->expression) {
        const cJSON *value = expression_value(t->expression, s);
        return value ? json_share(s->arena, value) : NULL;
    }
    bool array = json_is_array(t->node);
    if (!array && !json_is_object(t->node))
        return json_same(s->arena, t->node);
    cJSON *out = array ? json_array(s->arena) : json_object(s->arena);
    for (size_t i = 0; i < t->count; i++) {
        cJSON *value = template_value(t->children[i], s);
        if (!value && s->nulls)
            value = json_null(s->arena);
        if (!value)
            continue;
        if (array)
            json_push(out, value);
        else
            json_add_as(out, t->children[i]->node, value);
    }
    return out;
}

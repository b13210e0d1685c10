#include "api/callback.h"

#include "api/load.h"
#include "api/runtime.h"
#include "api/source.h"
#include "doc/library.h"
#include "doc/pointer.h"

/* The callbacks of one operation, being read. */
struct calling {
    struct loading *l;
    struct callback *list;
    size_t count;
};

static const cJSON *node_at(struct loading *l, const char *place)
{
    const char *inside;
    const struct document *d =
        source_place(l->api->library, l->api->document, place, &inside);
    return pointer_get(d ? d->root : l->api->root, inside);
}

/* JSON if there is any, else the first one. */
static const struct media *media_of(const struct operation *op)
{
    for (size_t i = 0; i < op->body_count; i++)
        if (op->bodies[i].json)
            return &op->bodies[i];
    return op->body_count ? &op->bodies[0] : NULL;
}

static void load_headers(struct loading *l, struct callback *c)
{
    const struct operation *op = &c->operation;
    c->fields = arena_array(l->arena, struct field, op->param_count + 1);
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        const cJSON *node = node_at(l, p->pointer);
        const char *name = json_member_text(node, "name");
        if (p->in != PARAM_HEADER) {
            load_warn(l, p->pointer, NULL,
                      "of a callback's parameters, those in header are sent; this one "
                      "is not");
            continue;
        }
        if (field_is_ours(p->name) || strcmp(p->name, "host") == 0)
            continue;
        struct field *f = &c->fields[c->field_count++];
        f->name = name ? name : p->name;
        f->required = p->required;
        load_field(l, f, node, p->pointer);
    }
}

/* Every operation of the path item that stands behind a URL. */
static void load_item_of(struct calling *c, const char *name, const cJSON *node,
                         const char *pointer, const struct runtime *url)
{
    size_t count = load_item(c->l, "", node, pointer, NULL);
    if (c->count + count > LIMIT_CALLBACKS) {
        load_error(c->l, pointer, NULL,
                   "an operation may have %d callbacks; there are more",
                   LIMIT_CALLBACKS);
        return;
    }
    struct operation *ops = arena_array(c->l->arena, struct operation, count + 1);
    count = load_item(c->l, "", node, pointer, ops);
    for (size_t i = 0; i < count; i++) {
        struct callback *one = &c->list[c->count++];
        *one = (struct callback){ .name = name,
                                  .expression = node->string,
                                  .pointer = pointer,
                                  .url = url,
                                  .operation = ops[i],
                                  .media = media_of(&ops[i]) };
        load_headers(c->l, one);
    }
}

static void load_callback(struct calling *c, const cJSON *node, const char *pointer)
{
    const char *name = node->string;
    node = load_follow(c->l, node, &pointer);
    if (node && !json_is_object(node))
        load_error(c->l, pointer, NULL, "expected a callback (an object), found %s",
                   json_kind(node));
    for (const cJSON *one = json_is_object(node) ? node->child : NULL; one;
         one = one->next) {
        const char *why, *at = load_join(c->l, pointer, one->string);
        if (strncmp(one->string, "x-", 2) == 0)
            continue;
        const struct runtime *url = runtime_read(one->string, c->l->arena, &why);
        if (url)
            load_item_of(c, name, one, at, url);
        else
            load_error(c->l, at, NULL, "the URL of a callback: %s", why);
    }
}

void load_callbacks(struct loading *l, struct operation *op, const cJSON *all)
{
    const char *base = load_join(l, op->pointer, "callbacks");
    struct calling c = { .l = l };
    if (l->in_callback) {
        load_warn(l, op->pointer, "callbacks",
                  "what is called back may call back, too; that is not looked at");
        return;
    }
    if (!json_is_object(all)) {
        load_error(l, base, NULL, "expected an object of callbacks, found %s",
                   json_kind(all));
        return;
    }
    l->in_callback = true;
    c.list = arena_array(l->arena, struct callback, LIMIT_CALLBACKS);
    for (const cJSON *one = all->child; one; one = one->next)
        if (strncmp(one->string, "x-", 2) != 0)
            load_callback(&c, one, load_join(l, base, one->string));
    l->in_callback = false;
    op->callbacks = c.list;
    op->callback_count = c.count;
}

void load_callback_examples(struct loading *l)
{
    for (size_t i = 0; i < l->api->operation_count; i++) {
        const struct operation *op = &l->api->operations[i];
        for (size_t n = 0; n < op->callback_count; n++) {
            const struct callback *c = &op->callbacks[n];
            const char *doubt = runtime_doubt(c->url, op, l->arena);
            if (doubt)
                load_warn(l, c->pointer, NULL, "%s", doubt);
            for (size_t b = 0; b < c->operation.body_count; b++)
                load_media_examples(l, &c->operation.bodies[b], DIRECTION_REQUEST);
        }
    }
}

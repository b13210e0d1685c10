#include "api/load.h"

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
        load_media(l, content, load_join(l, pointer, "content"), &op->body_count);
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
    const cJSON *first = json_is_object(responses) ? responses->child : NULL;
    bool all = true;
    op->replies =
        arena_array(l->arena, struct reply, (first ? json_count(responses) : 0) + 1);
    for (const cJSON *one = first; one; one = one->next) {
        struct reply *r = &op->replies[op->reply_count];
        const char *pointer = load_join(l, base, one->string);
        if (strncmp(one->string, "x-", 2) == 0)
            continue;
        if (!load_status(r, one->string)) {
            load_error(l, pointer, NULL,
                       "expected a status such as 200, 4XX or default, found \"%.40s\"",
                       one->string);
            all = false;
            continue;
        }
        r->node = load_follow(l, one, &pointer);
        all = all && r->node;
        if (!r->node)
            continue;
        r->pointer = pointer;
        r->name = name_of(l, json_member_text(r->node, "description"));
        load_fields(l, r);
        r->media = load_media(l, json_member(r->node, "content"),
                              load_join(l, pointer, "content"), &r->media_count);
        op->reply_count++;
    }
    if (!all || operation_success(op))
        return;
    load_warn(l, first ? base : op->pointer, NULL,
              first ? "no answer to a good call is declared; 204 stands in for it"
                    : "no responses are declared, so answers cannot be checked; 204 "
                      "stands in for them");
    op->replies[op->reply_count++] = (struct reply){ .key = "204",
                                                     .low = 204,
                                                     .high = 204,
                                                     .name = "no_content",
                                                     .node = json_object(l->arena),
                                                     .pointer = base };
}

/* One schema over the whole call, so that a pointer such as /query/limit or
 * /body/source names the same thing everywhere. */
static void make_input(struct loading *l, struct operation *op)
{
    cJSON *all = json_object(l->arena), *properties = json_object(l->arena);
    cJSON *required = params_schema(l, op, properties);
    for (size_t i = 0; i < op->body_count; i++) {
        const struct media *m = &op->bodies[i];
        bool whole = m->schema && m->kind != MEDIA_LINES && m->kind != MEDIA_SEQUENCE &&
                     json_member(m->node, "schema");
        if (whole && (!op->input_body || (m->json && !op->input_body->json)))
            op->input_body = m;
    }
    if (op->input_body)
        json_add(properties, "body",
                 load_reference(l, load_join(l, op->input_body->pointer, "schema")));
    json_add(all, "type", json_string(l->arena, STR("object")));
    json_add(all, "properties", properties);
    if (required->child)
        json_add(all, "required", required);
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
    op->deprecated = json_is_true(json_member(node, "deprecated"));

    load_params(l, op, path_item, item_pointer, node);
    if (json_member(node, "requestBody"))
        load_body(l, op, json_member(node, "requestBody"));
    load_replies(l, op, json_member(node, "responses"));
    load_security(l, op, node);
    if (json_member(node, "callbacks"))
        load_callbacks(l, op, json_member(node, "callbacks"));
    make_input(l, op);
    return true;
}

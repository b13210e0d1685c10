#include "api/spare.h"

#include "api/callback.h"
#include "api/load.h"

/* An operation is made up for each component that is no schema, and refers to it; then
 * it is read like any other. */
struct spare {
    struct loading l;
    struct api
        api; /* as the document's, with these operations and schemas of its own */
};

static cJSON *texts(struct spare *s, const char *name, const char *value)
{
    cJSON *node = json_object(s->l.arena);
    json_add(node, name, json_string(s->l.arena, str(value)));
    return node;
}

static cJSON *only(struct spare *s, const char *name, cJSON *value)
{
    cJSON *node = json_object(s->l.arena);
    json_add(node, name, value);
    return node;
}

static cJSON *reply(struct spare *s, const char *status, cJSON *node)
{
    if (!node)
        node = texts(s, "description", "Made up");
    return only(s, status, node);
}

static cJSON *in_parameters(struct spare *s, cJSON *ref, const char *name)
{
    (void)name;
    cJSON *list = json_array(s->l.arena);
    json_push(list, ref);
    return list;
}

static cJSON *itself(struct spare *s, cJSON *ref, const char *name)
{
    (void)s;
    (void)name;
    return ref;
}

static cJSON *in_replies(struct spare *s, cJSON *ref, const char *name)
{
    (void)name;
    return reply(s, "200", ref);
}

static cJSON *in_headers(struct spare *s, cJSON *ref, const char *name)
{
    cJSON *node = texts(s, "description", "Made up");
    json_add(node, "headers", only(s, name, ref));
    return reply(s, "200", node);
}

static cJSON *in_callbacks(struct spare *s, cJSON *ref, const char *name)
{
    return only(s, name, ref);
}

/* Where an operation refers to each kind. */
static const struct {
    const char *kind, *member;
    cJSON *(*wrap)(struct spare *s, cJSON *ref, const char *name);
} kinds[] = {
    { "parameters", "parameters", in_parameters },
    { "requestBodies", "requestBody", itself },
    { "responses", "responses", in_replies },
    { "headers", "responses", in_headers },
    { "callbacks", "callbacks", in_callbacks },
};

/* A parameter of the path wants a path that has it. */
static const char *path_for(struct spare *s, const char *pointer, const cJSON *node)
{
    node = load_follow(&s->l, node, &pointer);
    const char *in = json_member_text(node, "in"),
               *name = json_member_text(node, "name");
    bool of_path = in && name && strcmp(in, "path") == 0;
    return of_path ? arena_printf(s->l.arena, "/{%s}", name) : "/";
}

static void add_operation(struct spare *s, size_t kind, const cJSON *component)
{
    const char *base = arena_printf(s->l.arena, "/components/%s", kinds[kind].kind);
    const char *pointer = load_join(&s->l, base, component->string);
    cJSON *node = json_object(s->l.arena);
    cJSON *item = only(s, "post", node);
    const char *member = kinds[kind].member;
    json_add(node, member,
             kinds[kind].wrap(s, load_reference(&s->l, pointer), component->string));
    if (strcmp(member, "responses") != 0)
        json_add(node, "responses", reply(s, "204", NULL));
    struct operation *op = &s->api.operations[s->api.operation_count];
    *op = (struct operation){ .api = &s->api,
                              .path = path_for(s, pointer, component),
                              .index = s->api.operation_count };
    s->api.operation_count += load_operation(&s->l, op, item, base, node, pointer);
}

static void read_all(struct spare *s, const cJSON *components)
{
    static const char base[] = "/components/schemas";
    const cJSON *one =
        load_map(&s->l, json_member(components, "schemas"), base, "schemas");
    size_t count = 0;
    for (; one; one = one->next)
        load_schema(&s->l, one, load_join(&s->l, base, one->string));
    for (size_t k = 0; k < COUNT(kinds); k++)
        count += json_count(json_member(components, kinds[k].kind));
    s->api.operations = arena_array(s->l.arena, struct operation, count + 1);
    for (size_t k = 0; k < COUNT(kinds); k++) {
        one = load_map(&s->l, json_member(components, kinds[k].kind),
                       load_join(&s->l, "/components", kinds[k].kind), kinds[k].kind);
        for (; one; one = one->next)
            if (strncmp(one->string, "x-", 2) != 0)
                add_operation(s, k, one);
    }
}

/* What can be asked once everything is compiled. */
static void look_at_examples(struct spare *s)
{
    load_param_tables(&s->l);
    load_examples(&s->l);
    for (size_t i = 0; i < s->api.operation_count; i++) {
        const struct operation *op = &s->api.operations[i];
        for (size_t n = 0; n < op->callback_count; n++) {
            const struct operation *called = &op->callbacks[n].operation;
            for (size_t b = 0; b < called->body_count; b++)
                load_media_examples(&s->l, &called->bodies[b], DIRECTION_REQUEST);
        }
    }
}

void api_check_spare(const struct api *api, struct arena *arena, struct err *err)
{
    const cJSON *components = json_member(api->root, "components");
    struct schemas_options in = { .dialect = api->dialect };
    struct err own = err_in(arena);
    struct spare s = { .l = { .arena = arena, .err = &own }, .api = *api };
    s.l.api = &s.api;
    s.api.operation_count = 0;
    s.api.schemas = schemas_new(api->library, api->document, &in, arena, &own);
    read_all(&s, components);
    if (schemas_compile(s.api.schemas) && !own.errors)
        look_at_examples(&s);
    for (const struct problem *p = own.first; p; p = p->next)
        err_warn(err, p->at, "%s%s", p->why,
                 p->warning ? "" : "; no operation leads here, so it hurts nobody yet");
}

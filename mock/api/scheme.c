#include "api/load.h"
#include "doc/pointer.h"

static void load_scheme(struct loading *l, struct scheme *s, const cJSON *node,
                        const char *pointer)
{
    const char *type = json_member_text(node, "type");
    const char *http = json_member_text(node, "scheme");
    const char *in = json_member_text(node, "in");
    s->kind = SCHEME_OTHER;
    if (!type) {
        load_error(l, pointer, NULL, "expected a security scheme with a type");
    } else if (strcmp(type, "http") == 0 && http &&
               str_equal_nocase(str(http), STR("bearer"))) {
        const char *format = json_member_text(node, "bearerFormat");
        s->kind = SCHEME_BEARER;
        s->jwt = format && str_equal_nocase(str(format), STR("JWT"));
    } else if (strcmp(type, "http") == 0 && http &&
               str_equal_nocase(str(http), STR("basic"))) {
        s->kind = SCHEME_BASIC;
    } else if (strcmp(type, "apiKey") == 0) {
        s->param_name = json_member_text(node, "name");
        s->in = in && strcmp(in, "query") == 0    ? PARAM_QUERY
                : in && strcmp(in, "cookie") == 0 ? PARAM_COOKIE
                                                  : PARAM_HEADER;
        if (s->param_name)
            s->kind = SCHEME_API_KEY;
        else
            load_error(l, pointer, NULL, "an apiKey scheme needs a name");
    } else if (strcmp(type, "oauth2") == 0 || strcmp(type, "openIdConnect") == 0) {
        s->kind = SCHEME_OAUTH;
        s->flows = type[1] == 'a' ? json_member(node, "flows") : NULL;
    } else {
        load_warn(l, pointer, NULL,
                  "the security scheme \"%.60s\" (%s%s%s) will not be enforced",
                  s->name, type, http ? " " : "", http ? http : "");
    }
}

void load_schemes(struct loading *l)
{
    static const char base[] = "/components/securitySchemes";
    const cJSON *all = pointer_get(l->api->root, base);
    l->api->schemes = arena_array(l->arena, struct scheme, json_count(all) + 1);
    for (const cJSON *one = load_map(l, all, base, "security schemes"); one;
         one = one->next) {
        const char *pointer = load_join(l, base, one->string);
        struct scheme *s = &l->api->schemes[l->api->scheme_count++];
        s->name = one->string;
        s->pointer = pointer;
        const cJSON *node = load_follow(l, one, &pointer);
        if (node)
            load_scheme(l, s, node, pointer);
    }
}

static const struct scheme *scheme_named(const struct api *api, const char *name)
{
    for (size_t i = 0; i < api->scheme_count; i++)
        if (strcmp(api->schemes[i].name, name) == 0)
            return &api->schemes[i];
    return NULL;
}

/* Whether a flow of the scheme declares the scope; true where no flow says anything. */
static bool declares(const struct scheme *s, const char *scope)
{
    bool said = false;
    for (const cJSON *f = s->flows ? s->flows->child : NULL; f; f = f->next) {
        const cJSON *scopes = json_member(f, "scopes");
        if (json_member(scopes, scope))
            return true;
        said = said || scopes;
    }
    return !said;
}

static void load_need(struct loading *l, struct need *need, const cJSON *node,
                      const char *pointer)
{
    need->scopes = arena_array(l->arena, const char *, json_count(node) + 1);
    for (const cJSON *one = json_is_array(node) ? node->child : NULL; one;
         one = one->next) {
        if (!json_is_string(one))
            continue;
        need->scopes[need->scope_count++] = one->valuestring;
        if (!declares(need->scheme, one->valuestring))
            load_warn(l, pointer, NULL,
                      "no flow of the security scheme \"%.60s\" declares the scope "
                      "\"%.60s\"",
                      need->scheme->name, one->valuestring);
    }
}

static void load_requirement(struct loading *l, struct requirement *r,
                             const cJSON *node, const char *pointer)
{
    if (!json_is_object(node)) {
        load_error(l, pointer, NULL,
                   "expected security requirements (objects), found %s",
                   json_kind(node));
        return;
    }
    r->needs = arena_array(l->arena, struct need, json_count(node) + 1);
    for (const cJSON *one = node->child; one; one = one->next) {
        const struct scheme *s = scheme_named(l->api, one->string);
        if (!s) {
            load_error(l, pointer, NULL,
                       "the security scheme \"%.60s\" is not declared in "
                       "components/securitySchemes",
                       one->string);
            continue;
        }
        r->needs[r->count].scheme = s;
        load_need(l, &r->needs[r->count++], one, pointer);
    }
}

void load_security(struct loading *l, struct operation *op, const cJSON *node)
{
    const cJSON *list = json_member(node, "security");
    const char *pointer = load_join(l, list ? op->pointer : "", "security");
    if (!list)
        list = json_member(l->api->root, "security");
    op->security = arena_array(l->arena, struct requirement, json_count(list) + 1);
    for (const cJSON *one = list ? list->child : NULL; one; one = one->next)
        load_requirement(l, &op->security[op->security_count++], one, pointer);
}

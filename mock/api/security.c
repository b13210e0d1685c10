#include "api/security.h"

#include "api/load.h"
#include "api/param.h"

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
        s->kind = SCHEME_BEARER;
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
    } else {
        load_warn(l, pointer, NULL,
                  "the security scheme \"%.60s\" (%s%s%s) will not be enforced",
                  s->name, type, http ? " " : "", http ? http : "");
    }
}

void load_schemes(struct loading *l)
{
    const cJSON *all =
        json_member(json_member(l->api->root, "components"), "securitySchemes");
    l->api->schemes = arena_array(l->arena, struct scheme, json_count(all) + 1);
    for (const cJSON *one = all ? all->child : NULL; one; one = one->next) {
        const char *pointer = load_join(l, "/components/securitySchemes", one->string);
        struct scheme *s = &l->api->schemes[l->api->scheme_count++];
        s->name = one->string;
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

void load_security(struct loading *l, struct operation *op, const cJSON *node)
{
    const cJSON *list = json_member(node, "security");
    const char *pointer = load_join(l, list ? op->pointer : "", "security");
    if (!list)
        list = json_member(l->api->root, "security");
    op->security = arena_array(l->arena, struct requirement, json_count(list) + 1);
    for (const cJSON *one = list ? list->child : NULL; one; one = one->next) {
        struct requirement *r = &op->security[op->security_count++];
        r->schemes = arena_array(l->arena, const struct scheme *, json_count(one) + 1);
        if (!json_is_object(one)) {
            load_error(l, pointer, NULL,
                       "expected security requirements (objects), found %s",
                       json_kind(one));
            continue;
        }
        for (const cJSON *name = one->child; name; name = name->next) {
            const struct scheme *s = scheme_named(l->api, name->string);
            if (s)
                r->schemes[r->count++] = s;
            else
                load_error(l, pointer, NULL,
                           "the security scheme \"%.60s\" is not declared in "
                           "components/securitySchemes",
                           name->string);
        }
    }
}

/* The credentials behind an auth scheme's word; ptr is NULL when the word is another.
 */
static struct str after_word(struct str value, const char *word)
{
    struct str name;
    value = str_trim(value);
    if (!value.len || !str_split(&value, ' ', &name) ||
        !str_equal_nocase(name, str(word)) || !value.ptr)
        return (struct str){ NULL, 0 };
    return str_trim(value);
}

static bool is_token68(struct str t)
{
    size_t end = t.len;
    while (end && t.ptr[end - 1] == '=')
        end--;
    for (size_t i = 0; i < end; i++) {
        char c = t.ptr[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || strchr("-._~+/", c);
        if (!fine || !c)
            return false;
    }
    return end > 0;
}

/* Whether base64 text holds a colon once decoded, which is all that basic asks. */
static bool has_colon(struct str t)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, held = 0;
    for (size_t i = 0; i < t.len && t.ptr[i] != '='; i++) {
        const char *at = t.ptr[i] ? strchr(digits, t.ptr[i]) : NULL;
        if (!at)
            return false;
        bits = bits << 6 | (unsigned)(at - digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            if ((bits >> held & 0xff) == ':')
                return true;
        }
    }
    return false;
}

static const char *lacks(const struct scheme *s, const struct request *r,
                         struct arena *arena)
{
    struct str value = request_header(r, "Authorization"), credentials;
    switch (s->kind) {
    case SCHEME_BEARER:
        if (!value.ptr)
            return "expected \"Authorization: Bearer <token>\", found no Authorization";
        credentials = after_word(value, "Bearer");
        return is_token68(credentials)
                   ? NULL
                   : "expected \"Authorization: Bearer <token>\", found another form";
    case SCHEME_BASIC:
        if (!value.ptr)
            return "expected \"Authorization: Basic <base64 of user:password>\", found "
                   "no Authorization";
        credentials = after_word(value, "Basic");
        return credentials.ptr && has_colon(credentials)
                   ? NULL
                   : "expected \"Authorization: Basic <base64 of user:password>\", "
                     "found another form";
    case SCHEME_API_KEY:
        value = request_value(r, s->in, s->param_name, arena);
        if (value.ptr && str_trim(value).len)
            return NULL;
        return arena_printf(arena, "expected the %s \"%s\" with a key, found %s",
                            s->in == PARAM_QUERY    ? "query parameter"
                            : s->in == PARAM_COOKIE ? "cookie"
                                                    : "header",
                            s->param_name, value.ptr ? "it empty" : "none");
    case SCHEME_OTHER:
        return NULL;
    }
    return NULL;
}

static const char *challenge_of(const struct operation *op)
{
    for (size_t i = 0; i < op->security_count; i++)
        for (size_t j = 0; j < op->security[i].count; j++) {
            if (op->security[i].schemes[j]->kind == SCHEME_BEARER)
                return "Bearer";
            if (op->security[i].schemes[j]->kind == SCHEME_BASIC)
                return "Basic realm=\"understudy\", charset=\"UTF-8\"";
        }
    return "ApiKey"; /* RFC 9110 wants a challenge in every 401; there is no better word
                      */
}

bool security_check(const struct operation *op, const struct request *r,
                    struct arena *arena, const char **why, const char **challenge)
{
    const char *first = NULL;
    for (size_t i = 0; i < op->security_count; i++) {
        const char *missing = NULL;
        for (size_t j = 0; j < op->security[i].count && !missing; j++)
            missing = lacks(op->security[i].schemes[j], r, arena);
        if (!missing)
            return true;
        if (!first)
            first = missing;
    }
    if (!op->security_count)
        return true;
    *why = first;
    *challenge = challenge_of(op);
    return false;
}

#include "calls.h"

#include "api/body.h"
#include "api/param.h"
#include "base/limits.h"

/* A token of the form of a JWT, which is one of the form of any bearer token; it says
 * {"alg":"HS256","typ":"JWT"} and {"sub":"understudy"}. */
static const struct credentials own = {
    .bearer = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1bmRlcnN0dWR5In0."
              "c2lnbmF0dXJl",
    .basic = "dXNlcjpwYXNzd29yZA==",
    .key = "survey",
};

static cJSON *sample(const struct schema *s, enum sample_size size, uint64_t seed,
                     const struct operation *op, struct arena *arena)
{
    struct chance chance = chance_of(seed, STR("survey"), str(op->id), 1);
    struct sampler sampler = {
        .size = size, .direction = DIRECTION_REQUEST, .chance = &chance, .arena = arena
    };
    return s ? sample_make(&sampler, s) : json_string(arena, STR("a text"));
}

bool asked_write(const struct asked *a, const cJSON *input, struct arena *arena,
                 struct request *r, const char **why)
{
    const struct operation *op = a->op;
    if (!request_write(op, a->media, input, op->api->servers[0].base, arena, r, why))
        return false;
    *why = "no room for credentials";
    r->max_body = LIMIT_BODY_BYTES;
    return !op->security_count || credentials_write(&op->security[0], &own, arena, r);
}

bool asked_make(struct asked *a, const struct operation *op, enum sample_size size,
                uint64_t seed, struct arena *arena, const char **why)
{
    *a = (struct asked){ .op = op, .media = op->input_body };
    a->input = sample(op->input, size, seed, op, arena);
    *why = "no value fits the schemas";
    if (!a->input)
        return false;
    if (!a->media && op->body_count)
        a->media = &op->bodies[0];
    if (a->media && op->body_required && !json_member(a->input, "body")) {
        cJSON *body = sample(a->media->schema, size, seed, op, arena);
        if (!body)
            return false;
        json_set(arena, a->input, "body", body);
    }
    return asked_write(a, a->input, arena, &a->request, why);
}

cJSON *asked_read(const struct asked *a, const struct request *r, struct arena *arena,
                  bool *told)
{
    struct findings findings = { .arena = arena }, warnings = { .arena = arena };
    struct str base = str(a->op->api->servers[0].base);
    struct route route;
    struct body body;
    struct body_refusal no = { .kind = NULL };
    *told = true;
    routes_match(a->op->api->routes, r->method, str_from(r->path, base.len), arena,
                 &route);
    if (route.operation != a->op)
        return NULL;
    cJSON *tree = params_read(&route, r, arena, &findings, &warnings);
    bool read = body_read(a->op, r, tree, arena, &findings, &body, &no);
    *told = !read || findings.count;
    return tree;
}

bool asked_fits(const struct asked *a, const cJSON *tree, struct arena *arena)
{
    return schema_check(a->op->input, tree, DIRECTION_REQUEST, "", arena, NULL);
}

const char *asked_text(const struct request *r, struct arena *arena)
{
    enum { MOST = 300 };
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    struct str type = request_header(r, "Content-Type");
    buffer_printf(&b, "%.*s %.*s%s%.*s", (int)r->method.len, r->method.ptr,
                  (int)r->path.len, r->path.ptr, r->query.len ? "?" : "",
                  (int)r->query.len, r->query.len ? r->query.ptr : "");
    if (r->body.len)
        buffer_printf(&b, "  %.*s: %.*s", (int)type.len, type.ptr ? type.ptr : "",
                      (int)r->body.len, r->body.ptr);
    struct str all = buffer_str(&b);
    char *text =
        arena_copy(arena, (struct str){ all.ptr, all.len < MOST ? all.len : MOST });
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    return text;
}

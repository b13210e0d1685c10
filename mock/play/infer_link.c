#include "play/infer_parts.h"

#include "api/runtime.h"
#include "api/source.h"
#include "doc/pointer.h"
#include "schema/near.h"

/* OpenAPI 3.1.1, 4.8.20: a link names an operation by its id or by a reference. */
static const struct operation *target(struct finding_out *f, const cJSON *link,
                                      const char *place)
{
    const struct api *api = f->look.api;
    const char *id = json_member_text(link, "operationId"),
               *why = "no operation stands there";
    const char *ref = json_member_text(link, "operationRef");
    for (size_t i = 0; id && i < api->operation_count; i++)
        if (strcmp(api->operations[i].id, id) == 0)
            return &api->operations[i];
    if (id) {
        const char *near = api_nearest_operation(api, str(id));
        err_warn(f->err,
                 api_where(api, arena_printf(f->look.arena, "%s/operationId", place)),
                 "the link leads to no operation: there is no \"%.80s\"%s%s%s", id,
                 near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
        return NULL;
    }
    if (!ref) {
        err_warn(f->err, api_where(api, place),
                 "the link names neither an operationId nor an operationRef");
        return NULL;
    }
    const char *at = place;
    const cJSON *node =
        source_find(api->library, api->document, ref, &at, f->look.arena, &why);
    for (size_t i = 0; node && i < api->operation_count; i++)
        if (strcmp(api->operations[i].pointer, at) == 0)
            return &api->operations[i];
    err_warn(f->err,
             api_where(api, arena_printf(f->look.arena, "%s/operationRef", place)),
             "the link to \"%.120s\" leads to no operation: %s", ref,
             node ? "none stands there" : why);
    return NULL;
}

/* "petId" or "path.petId" of op. */
static const struct param *param_named(const struct operation *op, const char *name)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct param *p = &op->params[i];
        const char *in = param_in_name(p->in);
        size_t n = strlen(in);
        if (strcmp(p->name, name) == 0 ||
            (strncmp(name, in, n) == 0 && name[n] == '.' &&
             strcmp(p->name, name + n + 1) == 0))
            return p;
    }
    return NULL;
}

static void warn_no_param(struct finding_out *f, const struct operation *op,
                          const char *name, const char *place)
{
    struct near near = near_to(str(name));
    for (size_t i = 0; i < op->param_count; i++)
        near_try(&near, op->params[i].name);
    err_warn(f->err, api_where(f->look.api, place), "%s has no parameter \"%.60s\"%s",
             op->id, name, near_question(&near, "", f->look.arena));
}

/* A value that is no expression is itself. What a body has is judged for good answers:
 * those of others are not asked for. */
static void doubt_value(struct finding_out *f, const struct operation *from, bool good,
                        const cJSON *value, const char *place)
{
    const char *why = NULL;
    if (!json_is_string(value) || !strchr(value->valuestring, '$'))
        return;
    const struct runtime *r = runtime_read(value->valuestring, f->look.arena, &why);
    if (r && good)
        why = runtime_doubt(r, from, f->look.arena);
    if (why)
        err_warn(f->err, api_where(f->look.api, place),
                 "the link cannot be followed: %s", why);
}

static void read_link(struct finding_out *f, const struct operation *from, bool good,
                      const cJSON *link, const char *place)
{
    static const char body[] = "$response.body#";
    struct arena *arena = f->look.arena;
    struct view v = view_of(&f->look, link, place);
    const struct operation *op = v.node ? target(f, v.node, v.place) : NULL;
    const cJSON *parameters = json_member(v.node, "parameters");
    if (!v.node)
        err_warn(f->err, api_where(f->look.api, place), "the link leads nowhere");
    for (const cJSON *p = op && json_is_object(parameters) ? parameters->child : NULL;
         p; p = p->next) {
        const struct param *param = param_named(op, p->string);
        const char *at =
            pointer_join(arena, pointer_join(arena, v.place, "parameters"), p->string);
        doubt_value(f, from, good, p, at);
        if (!param) {
            warn_no_param(f, op, p->string, at);
            continue;
        }
        if (!json_is_string(p) ||
            strncmp(p->valuestring, body, sizeof(body) - 1) != 0 ||
            param->in != PARAM_PATH)
            continue;
        struct hint *h = arena_take(arena, sizeof(*h));
        *h = (struct hint){ from, op, param->name, p->valuestring + sizeof(body) - 1,
                            f->hints };
        f->hints = h;
    }
}

void infer_links(struct finding_out *f)
{
    const struct api *api = f->look.api;
    for (size_t i = 0; i < api->operation_count; i++) {
        const struct operation *op = &api->operations[i];
        for (size_t r = 0; r < op->reply_count; r++) {
            const cJSON *links = json_member(op->replies[r].node, "links");
            if (!json_is_object(links))
                continue;
            const char *base =
                pointer_join(f->look.arena, op->replies[r].pointer, "links");
            for (const cJSON *one = links->child; one; one = one->next)
                read_link(f, op, op->replies[r].low / 100 == 2, one,
                          pointer_join(f->look.arena, base, one->string));
        }
    }
}

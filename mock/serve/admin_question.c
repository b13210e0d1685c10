#include "serve/admin_question.h"

#include "api/param.h"
#include "play/state.h"
#include "schema/near.h"

#include <stdlib.h>

void question_reply(struct question *q, int status, cJSON *body)
{
    q->a->status = status;
    q->a->body = body;
    q->a->content_type = "application/json";
}

void question_problem(struct question *q, int status, const char *detail)
{
    answer_problem(q->a, status, detail, q->arena);
}

void question_mistakes(struct question *q, int status, const char *detail,
                       cJSON *errors)
{
    question_problem(q, status, detail);
    cJSON *body = json_copy(q->arena, q->a->body);
    json_add(body, "errors", errors);
    q->a->body = body;
}

cJSON *question_word(struct question *q, const char *text)
{
    return json_string(q->arena, str(text));
}

struct str question_value(struct question *q, const char *name)
{
    return request_value(q->request, PARAM_QUERY, name, q->arena);
}

bool question_flag(struct question *q, const char *name)
{
    struct str value = question_value(q, name);
    return value.ptr && !str_is(value, "false");
}

size_t question_number(struct question *q, const char *name, size_t otherwise)
{
    struct str value = question_value(q, name);
    return value.ptr ? strtoul(arena_copy(q->arena, value), NULL, 10) : otherwise;
}

cJSON *question_json(struct question *q, size_t most_nodes)
{
    struct json_error why = { .why = "the body is empty" };
    cJSON *body = q->request->body.len
                      ? json_read(q->request->body, most_nodes, q->arena, &why)
                      : NULL;
    if (body)
        return body;
    if (q->request->body_over_limit)
        question_problem(
            q, 413,
            arena_printf(q->arena, "expected at most %zu bytes", q->request->max_body));
    else
        question_problem(q, 400,
                         arena_printf(q->arena, "expected JSON: line %u, column %u: %s",
                                      why.line, why.col, why.why));
    return NULL;
}

/* As much of a name as a sentence takes. */
static const char *cut(struct question *q, struct str name)
{
    enum { SHOWN = 80 };
    return arena_copy(q->arena, utf8_cut(name, SHOWN));
}

void question_none(struct question *q, const char *what, struct str name,
                   const cJSON *names, const char *lists)
{
    const char *shown = cut(q, name);
    const char *near = names ? near_item(names, shown) : NULL;
    question_problem(q, 404,
                     arena_printf(q->arena,
                                  "there is no %s \"%s\" (%s lists them)%s%s%s", what,
                                  shown, lists, near ? "; did you mean \"" : "",
                                  near ? near : "", near ? "\"?" : ""));
}

const char *question_name(struct question *q, size_t value)
{
    if (namespace_name_valid(q->values[value]))
        return arena_copy(q->arena, q->values[value]);
    question_problem(
        q, 400,
        arena_printf(q->arena,
                     "expected a name of 1 to %d letters, digits, '-', '_' "
                     "and '.', found \"%s\"",
                     LIMIT_NAMESPACE_NAME, cut(q, q->values[value])));
    return NULL;
}

void question_abandon(struct question *q)
{
    namespace_abandon(q->service->world, q->ns);
    pthread_mutex_unlock(&q->ns->lock);
}

void question_begin(struct question *q)
{
    q->kept = namespace_sync(q->service->world, q->ns);
}

void question_tell(struct question *q)
{
    bool silent = str_is(question_value(q, "events"), "false");
    if (q->kept == KEEP_OK && !silent)
        q->a->told = state_tell(q->service->world, q->ns,
                                !str_is(q->request->method, "DELETE"), q->arena);
}

void question_end(struct question *q)
{
    if (q->kept == KEEP_OK)
        q->kept = namespace_settle(q->service->world, q->ns);
    else
        namespace_abandon(q->service->world, q->ns);
    pthread_mutex_unlock(&q->ns->lock);
}

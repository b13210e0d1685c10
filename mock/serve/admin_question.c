#include "serve/admin_question.h"

#include "api/param.h"

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
    return value.ptr && !str_is(value, "false") && !str_is(value, "0");
}

bool question_number(struct question *q, const char *name, size_t most, size_t *number)
{
    struct str value = question_value(q, name);
    if (!value.ptr)
        return true;
    size_t n = 0;
    for (size_t i = 0; i < value.len && n <= most; i++) {
        unsigned digit = (unsigned char)value.ptr[i] - (unsigned)'0';
        n = digit <= 9 ? n * 10 + digit : most + 1;
    }
    if (value.len && n <= most) {
        *number = n;
        return true;
    }
    question_problem(q, 400,
                     arena_printf(q->arena,
                                  "/query/%s: expected a whole number up to %zu, found "
                                  "%.40s",
                                  name, most, value.len ? value.ptr : "nothing"));
    return false;
}

const cJSON *question_json(struct question *q, size_t most_nodes)
{
    struct json_error why = { .why = "the body is empty" };
    const cJSON *body = q->request->body.len
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

const cJSON *question_body(struct question *q)
{
    const cJSON *body = question_json(q, LIMIT_BODY_NODES);
    if (!body || json_is_object(body))
        return body;
    question_problem(
        q, 400,
        arena_printf(q->arena, "expected a JSON object, found %s", json_kind(body)));
    return NULL;
}

const char *question_name(struct question *q, size_t value)
{
    if (namespace_name_valid(q->values[value]))
        return arena_copy(q->arena, q->values[value]);
    question_problem(q, 400, "a name has 1 to 64 letters, digits, '-', '_' and '.'");
    return NULL;
}

void question_abandon(struct question *q)
{
    for (size_t i = 0; i < q->service->world->cast.count; i++)
        store_abandon(q->ns->stores[i]);
    pthread_mutex_unlock(&q->ns->lock);
}

#include "serve/admin_document.h"

#include "api/accept.h"
#include "api/param.h"
#include "play/mistake.h"

struct str admin_document(void)
{
    static const char text[] =
#include "admin.yaml.inc"
        ;
    return (struct str){ text, sizeof(text) - 1 };
}

static const char *sentence(const struct finding *f, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s", f->pointer, *f->pointer ? ": " : "",
                        finding_text(f, arena));
}

static void refuse(struct question *q, const struct findings *found)
{
    cJSON *errors = json_array(q->arena);
    for (size_t i = 0; i < found->count; i++)
        json_push(errors, mistake_of_finding(&found->list[i], "", q->admin->api,
                                             q->service->world->places, q->arena));
    question_mistakes(q, 400, sentence(&found->list[0], q->arena), errors);
}

/* A body is JSON, whatever type it says it has: `curl -d` says it is a form. Where
 * there are several types to tell apart, the answer does that. */
static bool read_body(struct question *q, cJSON *input)
{
    bool none = !q->request->body.len && !q->request->body_over_limit;
    if (q->operation->body_count != 1 || (none && !q->operation->body_required))
        return true;
    q->body = question_json(q, LIMIT_IMPORT_NODES);
    if (q->body)
        json_add(input, "body", q->body);
    return q->body != NULL;
}

/* A slip in a parameter's name would be passed over; what begins with '/' is a filter.
 */
static void add_undeclared(struct findings *found, const struct findings *ignored)
{
    for (size_t i = 0; i < ignored->count; i++)
        if (strcmp(ignored->list[i].keyword, "additionalProperties") == 0 &&
            *ignored->list[i].name != '/')
            findings_add(found, ignored->list[i]);
}

bool document_takes(struct question *q, const struct route *route)
{
    struct findings found = { .arena = q->arena }, ignored = { .arena = q->arena };
    cJSON *input = params_read(route, q->request, q->arena, &found, &ignored);
    size_t told = found.count;
    if (!read_body(q, input))
        return false;
    schema_check(q->operation->input, input, DIRECTION_REQUEST, "", q->arena, &found);
    params_settle(&found, told);
    add_undeclared(&found, &ignored);
    if (found.count)
        refuse(q, &found);
    return !found.count;
}

void document_gives(struct question *q)
{
    struct answer *a = q->a;
    struct findings found = { .arena = q->arena };
    const struct reply *reply = operation_reply(q->operation, a->status);
    const struct media *m = reply_media(reply, a->content_type);
    if (reply &&
        (!a->body || !m || !m->schema ||
         schema_check(m->schema, a->body, DIRECTION_RESPONSE, "", q->arena, &found)))
        return;
    question_problem(q, 500,
                     arena_printf(q->arena,
                                  "the answer %d to %s breaks the document: %s",
                                  a->status, q->operation->id,
                                  reply ? sentence(&found.list[0], q->arena)
                                        : "the status is not declared"));
    answer_header(a, "Understudy-Contract", STR("broken"));
}

void admin_openapi_json(struct question *q)
{
    question_reply(q, 200, NULL);
    q->a->body = q->admin->api->root;
}

void admin_openapi_yaml(struct question *q)
{
    question_reply(q, 200, NULL);
    q->a->text = q->admin->text;
    q->a->content_type = "application/yaml";
}

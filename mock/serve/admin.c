#include "serve/admin.h"

#include "api/param_text.h"
#include "serve/admin_document.h"

#include <stdio.h>
#include <stdlib.h>

static void on_health(struct question *q)
{
    cJSON *body = json_object(q->arena);
    json_add(body, "status", question_word(q, "ok"));
    question_reply(q, 200, body);
}

static void on_version(struct question *q)
{
    cJSON *body = json_object(q->arena), *apis = json_array(q->arena);
    const struct cast *cast = &q->service->world->cast;
    for (size_t i = 0; i < cast->count; i++) {
        cJSON *api = json_object(q->arena);
        json_add(api, "name", question_word(q, cast->apis[i]->name));
        json_add(api, "title", question_word(q, cast->apis[i]->title));
        json_add(api, "version", question_word(q, cast->apis[i]->version));
        json_add(api, "operations",
                 json_integer(q->arena, (int64_t)cast->apis[i]->operation_count));
        json_push(apis, api);
    }
    json_add(body, "version", question_word(q, UNDERSTUDY_VERSION));
    json_add(body, "apis", apis);
    question_reply(q, 200, body);
}

static void on_requests(struct question *q)
{
    struct journal_filter f = { .most = 0 };
    f.operation = question_value(q, "operation");
    f.method = question_value(q, "method");
    f.most = question_number(q, "limit", 0);
    f.status = (int)question_number(q, "status", 0);
    question_reply(q, 200,
                   journal_list(q->service->journal, q->ns->index, &f, q->arena));
}

static void on_requests_delete(struct question *q)
{
    journal_clear(q->service->journal, q->ns->index);
    q->a->status = 204;
}

/* ---- the table ---- */

static const struct {
    const char *operation; /* its operationId in admin.yaml */
    void (*answer)(struct question *q);
} table[] = {
    { "getHealth", on_health },
    { "getVersion", on_version },
    { "getOpenapiJson", admin_openapi_json },
    { "getOpenapiYaml", admin_openapi_yaml },
    { "reset", admin_reset },
    { "listRequests", on_requests },
    { "clearRequests", on_requests_delete },
    { "getState", admin_state },
    { "listInstances", admin_collection },
    { "getInstance", admin_instance },
    { "putInstance", admin_instance_put },
    { "patchInstance", admin_instance_patch },
    { "deleteInstance", admin_instance_delete },
    { "exportNamespace", admin_export },
    { "importNamespace", admin_import },
    { "listScenarios", admin_scenarios },
    { "startScenario", admin_scenario_start },
    { "stopScenario", admin_scenario_stop },
    { "listFaults", admin_faults },
    { "startFault", admin_fault_start },
    { "stopFaults", admin_faults_stop },
    { "stopFault", admin_fault_stop },
    { "getClock", admin_clock },
    { "setClock", admin_clock_set },
    { "listNamespaces", admin_namespaces },
    { "getNamespace", admin_namespace },
    { "createNamespace", admin_namespace_create },
    { "putNamespace", admin_namespace_put },
    { "deleteNamespace", admin_namespace_delete },
    { "listSnapshots", admin_snapshots },
    { "getSnapshot", admin_snapshot },
    { "putSnapshot", admin_snapshot_put },
    { "deleteSnapshot", admin_snapshot_delete },
    { "restoreSnapshot", admin_snapshot_restore },
};

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "understudy: mock/serve/admin.yaml: %s\n", why);
    abort();
}

const struct admin *admin_new(void)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    struct admin *a = arena_take(arena, sizeof(*a));
    struct api_options options = { .name = "admin", .text = admin_document() };
    *a = (struct admin){ .arena = arena, .text = options.text };
    a->api = api_load("/__admin/openapi.yaml", &options, arena, &err);
    if (!a->api || err.first)
        give_up(problem_text(err.first, arena));
    a->answers = arena_take(arena, COUNT(table) * sizeof(*a->answers));
    if (a->api->operation_count != COUNT(table))
        give_up("it has not the operations of admin.c");
    for (size_t i = 0; i < COUNT(table); i++) {
        size_t at = 0;
        const struct operation *op =
            api_operation(a->api, str(table[i].operation), &at);
        if (!op)
            give_up(table[i].operation);
        a->answers[op->index] = table[i].answer;
    }
    return a;
}

void admin_free(const struct admin *a)
{
    if (a)
        arena_free(a->arena);
}

static bool may_ask(struct question *q)
{
    const char *token = q->service->admin_token;
    struct str given = request_header(q->request, "Authorization");
    if (q->service->admin_off) {
        question_problem(
            q, 403,
            "off loopback the admin API is closed; start with --admin-token to open "
            "it");
        return false;
    }
    if (!token)
        return true;
    if (str_starts(given, STR("Bearer ")) &&
        str_is(str_trim(str_from(given, 7)), token))
        return true;
    question_problem(q, 401,
                     "the admin API wants Authorization: Bearer and the admin token");
    answer_header(q->a, "WWW-Authenticate", STR("Bearer"));
    return false;
}

/* Another server may have been first; then all of it is asked again. */
static void answer_kept(struct question *q, void (*one)(struct question *q))
{
    const struct answer before = *q->a;
    unsigned tries = 0;
    do {
        *q->a = before;
        q->kept = KEEP_OK;
        one(q);
    } while (q->kept == KEEP_BEHIND && ++tries < LIMIT_KEEP_TRIES);
    if (q->kept == KEEP_OK)
        return;
    *q->a = before;
    question_problem(q, q->kept == KEEP_FULL ? 507 : 503, keep_answer_text(q->kept));
    if (q->kept != KEEP_FULL)
        answer_header(q->a, "Retry-After", STR("1"));
}

/* Answers what the document takes: a path that cannot be decoded it does not. */
static void answer(struct question *q, const struct route *route)
{
    if (!document_takes(q, route))
        return;
    for (size_t i = 0; i < route->count && i < COUNT(q->values); i++)
        percent_decode(route->values[i], false, q->arena, &q->values[i]);
    answer_kept(q, q->admin->answers[q->operation->index]);
}

void admin_handle(struct service *service, struct namespace *ns,
                  const struct request *r, struct str path, struct arena *arena,
                  struct answer *a)
{
    struct question q = { .service = service,
                          .ns = ns,
                          .request = r,
                          .arena = arena,
                          .a = a,
                          .admin = service->admin };
    struct route route;
    a->voice = "admin";
    if (!may_ask(&q))
        return;
    routes_match(q.admin->api->routes, r->method, path, arena, &route);
    if (!route.path_known) {
        question_problem(&q, 404,
                         "the admin API has no such path; GET /__admin/openapi.yaml "
                         "lists them");
        return;
    }
    if (!route.operation) {
        question_problem(&q, 405,
                         arena_printf(arena, "this path takes %s", route.allow));
        answer_header(a, "Allow", str(route.allow));
        return;
    }
    q.operation = route.operation;
    answer(&q, &route);
    document_gives(&q);
}

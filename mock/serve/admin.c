#include "serve/admin.h"

#include "api/param_text.h"
#include "serve/admin_question.h"

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
    struct str limit = question_value(q, "limit");
    struct str status = question_value(q, "status");
    f.operation = question_value(q, "operation");
    f.method = question_value(q, "method");
    if (limit.ptr)
        f.most = strtoul(arena_copy(q->arena, limit), NULL, 10);
    if (status.ptr)
        f.status = atoi(arena_copy(q->arena, status));
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
    const char *method, *path; /* '*' is one segment */
    void (*answer)(struct question *q);
} table[] = {
    { "GET", "/health", on_health },
    { "GET", "/version", on_version },
    { "POST", "/reset", admin_reset },
    { "GET", "/requests", on_requests },
    { "DELETE", "/requests", on_requests_delete },
    { "GET", "/state", admin_state },
    { "GET", "/state/*/*", admin_collection },
    { "GET", "/state/*/*/*", admin_instance },
    { "PUT", "/state/*/*/*", admin_instance_put },
    { "PATCH", "/state/*/*/*", admin_instance_patch },
    { "DELETE", "/state/*/*/*", admin_instance_delete },
    { "GET", "/export", admin_export },
    { "POST", "/import", admin_import },
    { "GET", "/scenarios", admin_scenarios },
    { "POST", "/scenarios/*/start", admin_scenario_start },
    { "POST", "/scenarios/*/stop", admin_scenario_stop },
    { "GET", "/faults", admin_faults },
    { "POST", "/faults", admin_fault_start },
    { "DELETE", "/faults", admin_faults_stop },
    { "DELETE", "/faults/*", admin_fault_stop },
    { "GET", "/clock", admin_clock },
    { "POST", "/clock", admin_clock_set },
    { "GET", "/namespaces", admin_namespaces },
    { "GET", "/namespaces/*", admin_namespace },
    { "POST", "/namespaces/*", admin_namespace_create },
    { "PUT", "/namespaces/*", admin_namespace_put },
    { "DELETE", "/namespaces/*", admin_namespace_delete },
    { "GET", "/snapshots", admin_snapshots },
    { "GET", "/snapshots/*", admin_snapshot },
    { "PUT", "/snapshots/*", admin_snapshot_put },
    { "DELETE", "/snapshots/*", admin_snapshot_delete },
    { "POST", "/snapshots/*/restore", admin_snapshot_restore },
};

static bool fits(struct question *q, const char *path, struct str asked)
{
    struct str want = str(path), a, b;
    size_t n = 0;
    for (;;) {
        bool more = str_split(&want, '/', &a), left = str_split(&asked, '/', &b);
        if (!more || !left)
            return more == left;
        if (!str_is(a, "*")) {
            if (!str_equal(a, b))
                return false;
        } else if (!percent_decode(b, false, q->arena, &q->values[n++])) {
            return false;
        }
    }
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

void admin_handle(struct service *service, struct namespace *ns,
                  const struct request *r, struct str path, struct arena *arena,
                  struct answer *a)
{
    struct question q = { service, ns, r, arena, a, { { NULL, 0 } } };
    struct buffer allow = buffer_in(arena, LIMIT_HEAD_BYTES);
    a->voice = "admin";
    if (!may_ask(&q))
        return;
    for (size_t i = 0; i < COUNT(table); i++) {
        if (!fits(&q, table[i].path, path))
            continue;
        bool head = str_is(r->method, "HEAD") && strcmp(table[i].method, "GET") == 0;
        if (head || str_is(r->method, table[i].method)) {
            table[i].answer(&q);
            return;
        }
        buffer_printf(&allow, "%s%s", allow.len ? ", " : "", table[i].method);
    }
    if (!allow.len) {
        question_problem(&q, 404,
                         "the admin API has no such path; docs/admin.md lists them");
        return;
    }
    question_problem(&q, 405,
                     arena_printf(arena, "this path takes %s", buffer_str(&allow).ptr));
    answer_header(a, "Allow", buffer_str(&allow));
}

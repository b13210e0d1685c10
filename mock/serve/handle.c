#include "serve/handle.h"

#include "api/accept.h"
#include "api/body.h"
#include "api/param.h"
#include "api/security.h"
#include "base/gate.h"
#include "play/keeping.h"
#include "play/play.h"
#include "serve/admin.h"
#include "serve/callback.h"
#include "serve/cors.h"

#include <stdio.h>

static void refuse(struct call *c, const char *kind, int status, const char *detail)
{
    if (c->refusal.kind)
        return;
    c->refusal.kind = kind;
    c->refusal.status = status;
    c->refusal.detail = detail;
}

/* ---- which namespace, which API ---- */

/* "/~NAME/rest" → NAME; *path becomes "/rest". */
static struct str take_prefix(struct str *path)
{
    struct str rest, name;
    if (!str_starts(*path, STR("/~")))
        return (struct str){ NULL, 0 };
    rest = str_from(*path, 2);
    str_split(&rest, '/', &name);
    *path = rest.ptr ? (struct str){ rest.ptr - 1, rest.len + 1 } : STR("/");
    return name;
}

static struct namespace *namespace_of(struct service *service, const struct request *r,
                                      struct str *path, struct arena *arena,
                                      struct answer *a)
{
    struct str name = take_prefix(path);
    if (!name.ptr)
        name = request_header(r, "Understudy-Namespace");
    if (!name.ptr || str_is(name, NAMESPACE_DEFAULT))
        name = STR("");
    else if (!namespace_name_valid(name)) {
        answer_problem(
            a, 400,
            "a namespace has a name of 1 to 64 letters, digits, '-', '_' and "
            "'.'",
            arena);
        return NULL;
    }
    struct namespace *ns = namespace_enter(service->world, name);
    if (!ns)
        answer_problem(a, 507,
                       arena_printf(arena,
                                    "there are %d namespaces already; DELETE "
                                    "/__admin/namespaces/NAME makes room, as does a "
                                    "shorter --namespace-idle",
                                    LIMIT_NAMESPACES),
                       arena);
    return ns;
}

/* Below one of the API's base paths, or as it stands when loose; the operation that the
 * path and the method mean is in *route. */
static bool route_in(const struct api *api, const struct request *r, struct str path,
                     bool loose, struct arena *arena, struct route *route)
{
    struct route miss = { .operation = NULL };
    for (size_t i = 0; i <= api->server_count; i++) {
        struct str base = i < api->server_count ? str(api->servers[i].base) : STR("");
        if (i == api->server_count && !loose)
            break;
        if (!str_starts(path, base))
            continue;
        routes_match(api->routes, r->method, str_from(path, base.len), arena, route);
        if (route->operation)
            return true;
        if (route->path_known)
            miss = *route;
    }
    *route = miss;
    return miss.path_known;
}

static size_t api_by_host(const struct cast *cast, const struct request *r)
{
    struct str rest = request_header(r, "Host"), host = rest;
    if (rest.ptr && (!rest.len || rest.ptr[0] != '['))
        str_split(&rest, ':', &host);
    for (size_t i = 0; i < cast->count && host.ptr; i++)
        for (size_t j = 0; j < cast->apis[i]->server_count; j++) {
            struct str server = str(cast->apis[i]->servers[j].host);
            if (server.len && str_equal_nocase(server, host))
                return i;
        }
    return SIZE_MAX;
}

/* "/NAME/rest" → the API of that name; *path becomes "/rest". */
static size_t api_by_prefix(const struct cast *cast, struct str *path)
{
    struct str rest = str_from(*path, 1), name;
    str_split(&rest, '/', &name);
    for (size_t i = 0; i < cast->count; i++)
        if (str_is(name, cast->apis[i]->name)) {
            *path = rest.ptr ? (struct str){ rest.ptr - 1, rest.len + 1 } : STR("/");
            return i;
        }
    return SIZE_MAX;
}

static const char *names_of(const struct cast *cast, const bool *which,
                            struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < cast->count; i++)
        if (!which || which[i])
            buffer_printf(&b, "%s/%s", b.len ? ", " : "", cast->apis[i]->name);
    return buffer_str(&b).ptr;
}

/* The ways to say which of several APIs is meant. */
static cJSON *choices_of(const struct cast *cast, const bool *which, struct str path,
                         struct arena *arena)
{
    cJSON *list = json_array(arena);
    for (size_t i = 0; i < cast->count; i++) {
        const struct api *api = cast->apis[i];
        if (!which[i])
            continue;
        cJSON *one = json_object(arena);
        const char *own =
            arena_printf(arena, "/%s%.*s", api->name, (int)path.len, path.ptr);
        json_add(one, "api", json_string(arena, str(api->name)));
        json_add(one, "title", json_string(arena, str(api->title)));
        if (utf8_valid(path))
            json_add(one, "path", json_string(arena, str(own)));
        if (api->servers[0].host[0])
            json_add(one, "host", json_string(arena, str(api->servers[0].host)));
        json_push(list, one);
    }
    return list;
}

/* By path alone: the one API that has it. */
static void choose_by_path(struct call *c, struct str path)
{
    const struct cast *cast = &c->world->cast;
    bool *has = arena_array(c->arena, bool, cast->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < cast->count; i++) {
        struct route route;
        has[i] = route_in(cast->apis[i], c->request, path, false, c->arena, &route);
        if (has[i]) {
            c->api = i;
            c->route = route;
            count++;
        }
    }
    if (count == 1)
        return;
    c->api = cast->count == 1 ? 0 : SIZE_MAX;
    c->route = (struct route){ .operation = NULL };
    if (count) {
        refuse(c, "no_route", 404,
               arena_printf(c->arena,
                            "several APIs have this path; say which by one of the "
                            "prefixes %s or by the Host field",
                            names_of(cast, has, c->arena)));
        c->refusal.choices = choices_of(cast, has, path, c->arena);
    } else
        refuse(c, "no_route", 404,
               arena_printf(c->arena, "no API served here has this path; there are %s",
                            names_of(cast, NULL, c->arena)));
}

static void choose(struct call *c, struct str path)
{
    const struct cast *cast = &c->world->cast;
    struct str own = path;
    c->api = api_by_host(cast, c->request);
    bool by_host = c->api != SIZE_MAX;
    if (!by_host)
        c->api = api_by_prefix(cast, &own);
    size_t named = c->api;
    if (named == SIZE_MAX) {
        choose_by_path(c, path);
    } else if (!route_in(cast->apis[named], c->request, own, !by_host, c->arena,
                         &c->route)) {
        /* A path may begin with the API's own name and mean no prefix: /pets of pets.
         */
        if (!by_host)
            choose_by_path(c, path);
        if (!c->route.path_known) {
            c->api = named;
            c->refusal = (struct refusal){ .kind = NULL };
            refuse(c, "no_route", 404,
                   arena_printf(c->arena, "%s has no such path",
                                cast->apis[named]->title));
        }
    }
    if (c->refusal.kind || c->route.operation)
        return;
    refuse(c, "method_not_allowed", 405,
           arena_printf(c->arena, "this path takes %s", c->route.allow));
    c->refusal.allow = c->route.allow;
}

/* ---- the input tree ---- */

/* The schema of the whole input is of one entry of the body's content; a body of
 * another is checked for itself. */
static void check_input(struct call *c, cJSON *input, const struct media *m)
{
    const struct operation *op = c->route.operation;
    cJSON *body = m && m != op->input_body ? json_member(input, "body") : NULL;
    if (body)
        json_detach(input, body);
    schema_check(op->input, input, DIRECTION_REQUEST, "", c->arena, &c->findings);
    if (!body)
        return;
    json_add(input, "body", body);
    if (m->schema)
        schema_check(m->schema, body, DIRECTION_REQUEST, "/body", c->arena,
                     &c->findings);
}

/* --strict: what would be a warning is a finding. */
static void condemn(struct call *c)
{
    for (size_t i = 0; i < c->warnings.count; i++)
        findings_add(&c->findings, c->warnings.list[i]);
    c->warnings.count = 0;
}

/* Servers that share a store share its clock, too. A store that is away is told of by
 * play_call, whatever comes of this. */
static clock_ms shared_now(void *context)
{
    struct call *c = context;
    if (c->world->keep) {
        pthread_mutex_lock(&c->ns->lock);
        namespace_sync(c->world, c->ns);
        pthread_mutex_unlock(&c->ns->lock);
    }
    return namespace_now(c->world, c->ns);
}

static bool comes_in(struct call *c)
{
    const struct operation *op = c->route.operation;
    struct denial denial;
    if (!op->security_count ||
        security_check(op, c->request, &c->world->behaviours[c->api]->guard,
                       (struct asked_clock){ shared_now, c }, c->arena, &denial))
        return true;
    refuse(c, denial.kind, denial.status, denial.why);
    c->refusal.challenge = denial.challenge;
    return false;
}

/* Order of the questions: who is calling is asked before anything is read. */
static void examine(struct call *c)
{
    const char *why;
    const struct operation *op = c->route.operation;
    cJSON *input =
        params_read(&c->route, c->request, c->arena, &c->findings, &c->warnings);
    c->input = input;
    if (!comes_in(c)) {
        c->findings.count = c->warnings.count = 0;
        return;
    }
    struct body_refusal no;
    struct body body;
    bool read = body_read(op, c->request, input, c->arena, &c->findings, &body, &no);
    c->body = body.bytes;
    if (!read) {
        refuse(c, no.kind, no.status, no.detail);
        c->refusal.accept = no.accept;
        c->refusal.accept_encoding = no.accept_encoding;
        c->findings.count = 0;
        return;
    }
    size_t told = c->findings.count;
    check_input(c, input, body.media);
    params_settle(&c->findings, told);
    body_settle(&c->findings, told);
    if (c->world->strict)
        condemn(c);
    if (c->findings.count)
        refuse(c, c->findings.list[0].keyword, 0, NULL);
    else if (!accept_any(c->request, op, c->arena, &why))
        refuse(c, "not_acceptable", 406,
               arena_printf(c->arena, "/header/accept: this answer can be had as %s",
                            why));
}

/* ---- our own answer ---- */

static void deliver(const struct answer *a, struct str bytes, struct delivery *d)
{
    d->response.status = a->status;
    if (a->body || a->text.ptr) {
        d->response.body = bytes;
        response_header(&d->response, "Content-Type", str(a->content_type));
    }
    for (size_t i = 0; i < a->header_count; i++)
        d->response.headers[d->response.header_count++] = a->headers[i];
}

static struct str header_lines(const struct request *r, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_JOURNAL_BODY);
    for (size_t i = 0; i < r->header_count; i++) {
        buffer_add(&b, r->headers[i].name);
        buffer_add(&b, STR(":"));
        buffer_add(&b, r->headers[i].value);
        buffer_add(&b, STR("\n"));
    }
    return buffer_str(&b);
}

/* Warnings change no answer, so they go into a field of ours. */
static void warnings_header(const struct call *c, struct response *r)
{
    enum { MOST = 2000 };
    if (!c->warnings.count)
        return;
    struct str all = journal_findings(&c->warnings, c->arena);
    char *text = arena_copy(c->arena, utf8_cut(all, MOST));
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            *p = '?';
    response_header(r, "Understudy-Warnings", str(text));
}

static struct journal_ref record(struct service *service, const struct call *c,
                                 const struct delivery *d, bool broken,
                                 uint64_t started)
{
    const struct operation *op = c->route.operation;
    const struct request *r = c->request;
    return journal_add(
        service->journal, c->ns->index,
        (struct journal_entry){
            .at = c->scope.now,
            .method = r->method,
            .path = r->path,
            .query = r->query,
            .headers = header_lines(r, c->arena),
            .body = c->body,
            .api = str(c->api == SIZE_MAX ? "" : c->world->cast.apis[c->api]->name),
            .operation = str(op ? op->id : ""),
            .voice = str(c->answer.voice),
            .error = str(c->answer.error),
            .findings = journal_findings(&c->findings, c->arena),
            .warnings = journal_findings(&c->warnings, c->arena),
            .answer = d->response.body,
            .status = c->answer.status,
            .broken = broken,
            .took_us = clock_monotonic_us() - started });
}

/* OPTIONS where the document declares none (RFC 9110, 9.3.7), and preflights, which a
 * browser sends without credentials. */
static bool answer_options(struct service *service, struct call *c, struct delivery *d)
{
    bool preflight = service->cors && cors_is_preflight(c->request);
    const char *allow = c->route.allow ? c->route.allow : "";
    bool known = c->refusal.kind && strcmp(c->refusal.kind, "method_not_allowed") == 0;
    if (!preflight && !(known && str_is(c->request->method, "OPTIONS")))
        return false;
    c->answer.voice = "options";
    c->answer.status = 204;
    c->scope.now = namespace_now(c->world, c->ns);
    c->refusal.kind = NULL;
    d->response.status = 204;
    if (preflight)
        cors_preflight(c->request, allow, c->arena, &d->response);
    else
        response_header(&d->response, "Allow",
                        str(arena_printf(c->arena, "%s, OPTIONS", allow)));
    if (service->cors && !preflight)
        cors_allow(c->request, c->arena, &d->response);
    return true;
}

/* A call's last hook: its answer is on the wire, or never will be. */
static void delivered(void *what, bool answered)
{
    struct call *c = what;
    play_delivered(c);
    if (c->after)
        c->after(c->after_what, answered);
}

/* Whoever put a hook into d is called from ours. */
static void hook(struct call *c, struct delivery *d)
{
    c->after = d->after == delivered ? NULL : d->after;
    c->after_what = d->after_what;
    d->after = delivered;
    d->after_what = c;
}

static void answer_call(struct service *service, struct namespace *ns,
                        const struct request *r, struct str path, struct arena *arena,
                        struct delivery *d)
{
    uint64_t started = clock_monotonic_us();
    struct call *c = arena_take(arena, sizeof(*c));
    c->arena = arena;
    c->request = r;
    c->body = r->body;
    c->world = service->world;
    c->ns = ns;
    c->findings.arena = c->warnings.arena = arena;
    choose(c, path);
    if (answer_options(service, c, d)) {
        record(service, c, d, false, started);
        return;
    }
    if (c->route.operation)
        examine(c);
    hook(c, d); /* whatever breaks off from here on, its key is set free */
    play_call(c);
    if (c->broken && !service->quiet)
        fprintf(stderr, "understudy: %s\n", c->broken);
    deliver(&c->answer, c->bytes, d);
    warnings_header(c, &d->response);
    if (service->cors)
        cors_allow(r, arena, &d->response);
    d->delay_ms = c->delay_ms;
    d->connection = c->connection;
    if (d->connection == CONNECTION_CUT)
        d->cut_after = d->response.body.len / 2;
    struct journal_ref entry = record(service, c, d, c->broken || c->forced, started);
    if (!c->replayed)
        callbacks_prepare(service->callbacks, c, entry, d);
    if (c->flight)
        hook(c, d);
    else if (d->after == delivered)
        d->after = NULL;
}

static void handle_in(struct service *service, struct namespace *ns,
                      const struct request *r, struct str path, struct arena *arena,
                      struct delivery *d)
{
    struct answer a = { .status = 0 };
    struct str admin = STR("/__admin");
    if (!str_starts(path, admin) ||
        (path.len > admin.len && path.ptr[admin.len] != '/')) {
        answer_call(service, ns, r, path, arena, d);
        return;
    }
    admin_handle(service, ns, r, str_from(path, admin.len), arena, &a);
    deliver(&a, answer_bytes(&a, arena), d);
}

void handle(void *context, const struct request *r, struct arena *arena,
            struct delivery *d)
{
    struct service *service = context;
    struct str path = r->path;
    struct answer a = { .status = 0 };
    struct namespace *ns = namespace_of(service, r, &path, arena, &a);
    if (!ns) {
        deliver(&a, answer_bytes(&a, arena), d);
        return;
    }
    if (setjmp(*arena_guard(arena))) {
        namespace_leave(service->world, ns);
        arena_fail(arena);
    }
    handle_in(service, ns, r, path, arena, d);
    arena_unguard(arena);
    namespace_leave(service->world, ns);
}

void service_enter(void *context)
{
    struct service *service = context;
    gate_enter(service->gate);
}

void service_leave(void *context)
{
    struct service *service = context;
    gate_leave(service->gate);
}

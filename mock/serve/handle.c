#include "serve/handle.h"

#include "base/gate.h"
#include "play/play.h"
#include "serve/admin.h"
#include "serve/callback.h"
#include "serve/choose.h"
#include "serve/cors.h"
#include "serve/examine.h"

#include <stdio.h>

/* ---- which namespace ---- */

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
        answer_problem(a, 507, arena_printf(arena, NAMESPACES_FULL, LIMIT_NAMESPACES),
                       arena);
    return ns;
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
    call_choose(c, path);
    if (answer_options(service, c, d)) {
        record(service, c, d, false, started);
        return;
    }
    if (c->route.operation)
        call_examine(c);
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

/* What is asked of the mock itself is in the journal only where others are told of what
 * it has changed: what became of that has to stand somewhere. */
static void tell(struct service *service, struct namespace *ns, const struct request *r,
                 const struct answer *a, struct delivery *d, uint64_t started)
{
    struct journal_entry entry = { .at = namespace_now(service->world, ns),
                                   .method = r->method,
                                   .path = r->path,
                                   .query = r->query,
                                   .body = r->body,
                                   .voice = str(a->voice),
                                   .answer = d->response.body,
                                   .status = a->status,
                                   .took_us = clock_monotonic_us() - started };
    if (a->told && service->callbacks)
        callbacks_tell(service->callbacks, a->told, ns->name,
                       journal_add(service->journal, ns->index, entry), d);
}

static void handle_in(struct service *service, struct namespace *ns,
                      const struct request *r, struct str path, struct arena *arena,
                      struct delivery *d)
{
    uint64_t started = clock_monotonic_us();
    struct answer a = { .status = 0 };
    struct str admin = STR("/__admin");
    if (!str_starts(path, admin) ||
        (path.len > admin.len && path.ptr[admin.len] != '/')) {
        answer_call(service, ns, r, path, arena, d);
        return;
    }
    admin_handle(service, ns, r, str_from(path, admin.len), arena, &a);
    deliver(&a, answer_bytes(&a, arena), d);
    tell(service, ns, r, &a, d, started);
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

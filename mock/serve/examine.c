#include "serve/examine.h"

#include "api/accept.h"
#include "api/body.h"
#include "api/param.h"
#include "api/security.h"
#include "play/keeping.h"
#include "play/sort.h"

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

/* What lists cannot be sorted by. */
static void examine_sort(struct call *c)
{
    struct scope s = { .arena = c->arena,
                       .operation = c->route.operation,
                       .request = c->request,
                       .body = c->body,
                       .input = c->input };
    if (!c->world->stateless)
        sort_examine(c->world->behaviours[c->api], &s, &c->warnings);
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
    call_refuse(c, denial.kind, denial.status, denial.why);
    c->refusal.challenge = denial.challenge;
    return false;
}

void call_examine(struct call *c)
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
        call_refuse(c, no.kind, no.status, no.detail);
        c->refusal.accept = no.accept;
        c->refusal.accept_encoding = no.accept_encoding;
        c->findings.count = 0;
        return;
    }
    size_t told = c->findings.count;
    check_input(c, input, body.media);
    params_settle(&c->findings, told);
    body_settle(&c->findings, told);
    examine_sort(c);
    if (c->world->strict)
        condemn(c);
    if (c->findings.count)
        call_refuse(c, c->findings.list[0].keyword, 0, NULL);
    else if (!accept_any(c->request, op, c->arena, &why))
        call_refuse(c, "not_acceptable", 406,
                    arena_printf(c->arena,
                                 "/header/accept: this answer can be had as %s", why));
}

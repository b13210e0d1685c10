#include "play/voice.h"

#include "api/accept.h"
#include "doc/pointer.h"
#include "play/mistake.h"
#include "play/worded.h"

/* The document's own word for a kind of value: what an error about JSON types names. */
static const char *plain_type(const cJSON *v)
{
    return !v                  ? "nothing"
           : json_is_null(v)   ? "null"
           : json_is_bool(v)   ? "bool"
           : json_is_number(v) ? "number"
           : json_is_string(v) ? "string"
           : json_is_array(v)  ? "array"
                               : "object";
}

static const char *plain_expected(const cJSON *type)
{
    /* `enum` expects values of any kind, which name no type. */
    const cJSON *first = json_is_array(type) ? type->child : type;
    const char *t = json_is_string(first) ? first->valuestring : "object";
    return strcmp(t, "integer") == 0   ? "number"
           : strcmp(t, "boolean") == 0 ? "bool"
                                       : t;
}

/* The name of the member that a finding is about: its own, or the last of its pointer
 * that is no index. */
static const char *member_of(const struct finding *f, struct arena *arena)
{
    const char *rest = f->pointer, *name = "", *token;
    if (f->name)
        return f->name;
    while ((token = pointer_token(&rest, arena)))
        if (token[0] < '0' || token[0] > '9')
            name = token;
    return name;
}

static void bind_finding(struct call *c, const struct finding *f)
{
    struct arena *arena = c->arena;
    cJSON *v = json_object(arena);
    json_add(v, "pointer", json_string(arena, str(f->pointer)));
    json_add(v, "keyword", json_string(arena, str(f->keyword)));
    json_add(v, "name", json_string(arena, str(member_of(f, arena))));
    json_add(v, "message", json_string(arena, str(finding_text(f, arena))));
    if (f->expected)
        json_add(v, "expected", json_copy(arena, f->expected));
    if (f->found)
        json_add(v, "found", json_copy(arena, f->found));
    json_add(v, "found_type", json_string(arena, str(plain_type(f->found))));
    json_add(v, "expected_type", json_string(arena, str(plain_expected(f->expected))));
    scope_bind(&c->scope, (struct binding){ .name = "finding", .value = v });
}

static cJSON *finding_problems(struct call *c)
{
    cJSON *errors = json_array(c->arena);
    for (size_t i = 0; i < c->findings.count; i++)
        json_push(errors, mistake_of_finding(&c->findings.list[i], "",
                                             c->world->cast.apis[c->api],
                                             c->world->places, c->arena));
    return errors;
}

/* All that is wrong is that If-Match, or its like, is needed and was not sent. */
static bool lacks_condition(const struct findings *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->list[i];
        if (strcmp(f->keyword, "required") != 0 || strcmp(f->pointer, "/header") != 0 ||
            !f->name || strncmp(f->name, "if-", 3) != 0)
            return false;
    }
    return found->count > 0;
}

/* The declared answer to a call that breaks the contract: 422, else 400, else default;
 * 428 where it is declared and nothing but a condition is missing. */
static int refusal_status(const struct call *c)
{
    static const int tries[] = { 422, 400 };
    const struct operation *op = c->route.operation;
    if (operation_status(op, 428, 428) && lacks_condition(&c->findings))
        return 428;
    for (size_t i = 0; i < COUNT(tries); i++)
        if (operation_status(op, tries[i], tries[i]))
            return tries[i];
    return 400;
}

/* What a kind is worded as where it has no words of its own. */
static const char *kin_of(const char *kind)
{
    static const char *const kin[][2] = {
        { "token_expired", "invalid_token" },
        { "invalid_token", "unauthenticated" },
        { "insufficient_scope", "forbidden" },
    };
    for (size_t i = 0; i < COUNT(kin); i++)
        if (strcmp(kind, kin[i][0]) == 0)
            return kin[i][1];
    return NULL;
}

/* The error of that name, where the operation declares one (token_expired). */
static const struct error_plan *declared_error(struct call *c, const char *name)
{
    const struct reply *reply;
    const cJSON *body;
    struct chance draws = *c->scope.chance;
    if (!c->route.operation || !kin_of(name) ||
        !error_find(c->route.operation, name, c->refusal.status, &draws, c->arena,
                    &reply, &body))
        return NULL;
    struct error_plan *plan = arena_take(c->arena, sizeof(*plan));
    plan->error = name;
    return plan;
}

static const struct error_plan *wording_for(struct call *c)
{
    const struct error_plan *p = NULL;
    for (const char *kind = c->refusal.kind; kind && !p; kind = kin_of(kind)) {
        p = wording_of(wordings_of(c), kind, &c->scope);
        if (!p)
            p = declared_error(c, kind);
    }
    if (!p && c->findings.count)
        p = wording_of(wordings_of(c), "invalid", &c->scope);
    return p;
}

/* Where the body has no place for them, the findings go into a field of ours. */
static void findings_header(struct call *c)
{
    enum { MOST = 2000 };
    struct buffer b = buffer_in(c->arena, MOST);
    for (size_t i = 0; i < c->findings.count; i++)
        buffer_printf(&b, "%s%s: %s", i ? "; " : "", c->findings.list[i].pointer,
                      finding_text(&c->findings.list[i], c->arena));
    char *text = arena_copy(c->arena, buffer_str(&b));
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            *p = '?';
    if (c->findings.count)
        answer_header(&c->answer, "Understudy-Findings", str(text));
}

static void bind_refusal(struct call *c)
{
    cJSON *v = json_object(c->arena);
    json_add(v, "kind", json_string(c->arena, str(c->refusal.kind)));
    json_add(v, "detail", json_string(c->arena, str(c->refusal.detail)));
    scope_bind(&c->scope, (struct binding){ .name = "refusal", .value = v });
}

/* Every finding as a list of its own, where the body is a problem (RFC 9457, 3.2) whose
 * schema, if it has one, takes an extension. */
static bool add_errors(struct call *c)
{
    struct answer *a = &c->answer;
    const struct operation *op = c->route.operation;
    const struct media *m =
        op ? reply_media(operation_reply(op, a->status), a->content_type) : NULL;
    if (!a->body || strcmp(a->content_type, "application/problem+json") != 0)
        return false;
    cJSON *body = json_copy(c->arena, a->body);
    json_set(c->arena, body, "errors", finding_problems(c));
    if (m && m->schema &&
        !schema_check(m->schema, body, DIRECTION_RESPONSE, "", c->arena, NULL))
        return false;
    a->body = body;
    return true;
}

static void say_findings(struct call *c, bool listed)
{
    if (c->findings.count && !listed && !add_errors(c))
        findings_header(c);
}

static void say_problem(struct call *c, int status)
{
    answer_problem(&c->answer, status, c->refusal.detail, c->arena);
    if (!c->refusal.choices)
        return;
    cJSON *body = json_copy(c->arena, c->answer.body);
    json_add(body, "choices", c->refusal.choices);
    c->answer.body = body;
}

/* What a body may be (RFC 9110, 12.5.1; RFC 5789, 3.1; W3C Linked Data Platform, 7.1).
 */
static void accept_headers(struct call *c, const char *types)
{
    answer_header(&c->answer, "Accept", str(types));
    if (str_is(c->request->method, "POST"))
        answer_header(&c->answer, "Accept-Post", str(types));
    if (str_is(c->request->method, "PATCH"))
        answer_header(&c->answer, "Accept-Patch", str(types));
}

bool say_refusal(struct call *c)
{
    struct refusal *r = &c->refusal;
    if (!r->kind)
        return false;
    int status = r->status ? r->status : refusal_status(c);
    bool listed = false;
    bind_limit(c, 1, 0);
    if (c->findings.count) {
        bind_finding(c, &c->findings.list[0]);
        const struct finding *f = &c->findings.list[0];
        r->detail = arena_printf(c->arena, "%s%s%s", f->pointer,
                                 *f->pointer ? ": " : "", finding_text(f, c->arena));
    }
    bind_refusal(c);
    const struct error_plan *plan = wording_for(c);
    if (plan) {
        speak(c, plan, status, r->detail, "refusal");
        worded_error(c, &listed);
    } else if (!worded_refusal(c, status, &listed)) {
        say_problem(c, status);
    }
    c->answer.voice = "refusal";
    if (!c->answer.error)
        c->answer.error = r->kind;
    say_findings(c, listed);
    if (r->challenge)
        answer_header(&c->answer, "WWW-Authenticate", str(r->challenge));
    if (r->allow)
        answer_header(&c->answer, "Allow", str(r->allow));
    if (r->accept)
        accept_headers(c, r->accept);
    if (r->accept_encoding)
        answer_header(&c->answer, "Accept-Encoding", str(r->accept_encoding));
    return true;
}

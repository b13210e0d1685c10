/* What was answered becomes what is sent: checked against the document, written as
 * bytes, and given what HTTP itself has to say about it. */
#include "api/accept.h"
#include "api/http_date.h"
#include "play/fields.h"
#include "play/validator.h"
#include "play/voice.h"
#include "play/worded.h"

/* Whether what the mock is about to say fits the declared response; a mistake of ours,
 * or of a fixture, is found here and never served in silence. What somebody stored
 * broken on purpose, to see a client meet it, is served as it is. */
static void check_contract(struct call *c)
{
    const struct operation *op = c->route.operation;
    struct answer *a = &c->answer;
    const struct reply *reply = op ? operation_reply(op, a->status) : NULL;
    const struct media *m = reply_media(reply, a->content_type);
    if (!m || !m->schema || !a->body || a->text.ptr || a->fits)
        return;
    struct findings findings = { .arena = c->arena };
    if (schema_check(m->schema, a->body, DIRECTION_RESPONSE, "", c->arena, &findings))
        return;
    if (c->scope.broken) {
        answer_header(a, "Understudy-Contract", STR("forced"));
        c->forced = true;
        return;
    }
    struct buffer b = buffer_in(c->arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < findings.count; i++)
        buffer_printf(&b, "%s%s: %s", i ? "; " : "", findings.list[i].pointer,
                      finding_text(&findings.list[i], c->arena));
    c->broken = arena_printf(
        c->arena, "the %s's answer %d to %s breaks the contract of %s: %s", a->voice,
        a->status, op->id, c->world->cast.apis[c->api]->name, buffer_str(&b).ptr);
    a->header_count = 0;
    answer_problem(a, 500, c->broken, c->arena);
    answer_header(a, "Understudy-Contract", STR("broken"));
    a->error = "broken_contract";
}

static void add_validators(struct call *c, const struct validators *v)
{
    if (v->etag.ptr)
        answer_header(&c->answer, "ETag", v->etag);
    if (!v->dated)
        return;
    char *date = arena_take(c->arena, HTTP_DATE_TEXT);
    http_date_write(v->modified, date);
    answer_header(&c->answer, "Last-Modified", str(date));
}

static void leave_body_out(struct call *c)
{
    c->answer.body = NULL;
    c->answer.text = c->bytes = (struct str){ NULL, 0 };
}

/* A GET is judged when its answer is there (RFC 9110, 13.2); a change was before it was
 * made. */
static void judge_read(struct call *c, const struct validators *v)
{
    const char *field;
    bool listed, reads = strcmp(c->route.operation->method, "GET") == 0;
    if (!reads || !c->answer.single || c->answer.status != 200 ||
        !conditions_sent(c->request) ||
        behaviour_has_conditions(c->world->behaviours[c->api], c->route.operation))
        return;
    switch (conditions_check(c->request, v, c->scope.now, &field)) {
    case CONDITION_MET:
        return;
    case CONDITION_NOT_MODIFIED:
        c->answer.status = 304;
        leave_body_out(c);
        return;
    case CONDITION_FAILED:
        speak_refusal(c, "precondition_failed", 412,
                      arena_printf(c->arena, "/header/%s: this has the ETag %.*s",
                                   field, (int)v->etag.len,
                                   v->etag.ptr ? v->etag.ptr : ""));
        worded_error(c, &listed);
        c->bytes = answer_written(c->route.operation, &c->answer, c->arena);
        return;
    }
}

/* ---- Prefer: return ---- */

static bool changes(const struct operation *op)
{
    static const char *const methods[] = { "POST", "PUT", "PATCH", "DELETE" };
    for (size_t i = 0; op && i < COUNT(methods); i++)
        if (strcmp(op->method, methods[i]) == 0)
            return true;
    return false;
}

/* By itself or in a range; default is for errors. */
static bool declares(const struct operation *op, int status)
{
    const struct reply *reply = operation_reply(op, status);
    return reply && reply->low;
}

static struct str said(const struct answer *a, const char *name)
{
    for (size_t i = 0; i < a->header_count; i++)
        if (str_equal_nocase(a->headers[i].name, str(name)))
            return a->headers[i].value;
    return (struct str){ NULL, 0 };
}

static void applied(struct call *c, const char *what)
{
    struct str before = said(&c->answer, "Preference-Applied");
    answer_header(&c->answer, "Preference-Applied",
                  str(before.len ? arena_printf(c->arena, "%.*s, %s", (int)before.len,
                                                before.ptr, what)
                                 : what));
}

/* Without its body, an answer is 204 where that is declared and no other code was asked
 * for; a 201 stays one, as its Location still says what was made. False when the
 * document allows neither. */
static bool made_minimal(struct call *c)
{
    struct answer *a = &c->answer;
    if (!a->body && !a->text.ptr)
        return true;
    bool created = a->status == 201 && said(a, "Location").ptr;
    bool asked_for = strcmp(a->voice, "preference") == 0;
    if (!created &&
        (asked_for || a->status != 200 || !declares(c->route.operation, 204)))
        return false;
    leave_body_out(c);
    if (created)
        return true;
    a->status = 204;
    fields_fill(c);
    return true;
}

static void apply_return(struct call *c)
{
    const struct answer *a = &c->answer;
    if (c->world->stateless || c->replayed || a->status < 200 || a->status > 299 ||
        !changes(c->route.operation))
        return;
    switch (c->returns) {
    case RETURN_ANY:
        return;
    case RETURN_MINIMAL:
        if (made_minimal(c))
            applied(c, "return=minimal");
        return;
    case RETURN_REPRESENTATION:
        if (a->body || a->text.ptr)
            applied(c, "return=representation");
        return;
    }
}

void settle(struct call *c)
{
    struct validators v;
    if (c->settled)
        return;
    c->settled = true;
    check_contract(c);
    c->bytes = answer_written(c->route.operation, &c->answer, c->arena);
    if (c->answer.single || c->answer.same) {
        validator_of(c, &v);
        add_validators(c, &v);
        judge_read(c, &v);
    }
    apply_return(c);
}

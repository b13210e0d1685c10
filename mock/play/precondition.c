#include "play/validator.h"
#include "play/voice.h"

static const char *why_failed(struct call *c, const struct validators *v,
                              const char *field)
{
    if (!v->exists)
        return arena_printf(c->arena,
                            "/header/%s: GET of this path would answer with nothing "
                            "now, so nothing matches",
                            field);
    return arena_printf(
        c->arena, "/header/%s: what GET of this path would answer now %s%.*s", field,
        v->etag.ptr ? "has the ETag " : "has no ETag",
        (int)(v->etag.len < 100 ? v->etag.len : 100), v->etag.ptr ? v->etag.ptr : "");
}

/* Changes are judged before they are made, under the lock that they are made under. The
 * status that the call would have anyway comes first (RFC 9110, 13.2.1): what is not
 * there is 404, not 412. */
bool say_precondition(struct call *c)
{
    const struct operation *op = c->route.operation;
    struct validators there;
    struct answer a;
    const char *field;
    if (c->world->stateless || strcmp(op->method, "GET") == 0 ||
        strcmp(op->method, "HEAD") == 0 ||
        !behaviour_knows(c->world->behaviours[c->api], op))
        return false;
    if (!conditions_sent(c->request))
        return operation_status(op, 428, 428) &&
               speak_refusal(
                   c, "precondition_required", 428,
                   "this call wants If-Match (or If-None-Match: * for what is new)");
    if (behaviour_has_conditions(c->world->behaviours[c->api], op))
        return false;
    validator_peek(c, &a, &there);
    if (conditions_check(c->request, &there, c->scope.now, &field) == CONDITION_MET)
        return false;
    if (!there.exists && validator_absent(c))
        return false;
    return speak_refusal(c, "precondition_failed", 412, why_failed(c, &there, field));
}

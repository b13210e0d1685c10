/* A call with an Idempotency-Key is answered once; who tries again gets that answer. */
#include "play/keeping.h"
#include "play/voice.h"

#include "play/idempotency.h"

static bool declares_key(const struct operation *op)
{
    for (size_t i = 0; i < op->param_count; i++)
        if (op->params[i].in == PARAM_HEADER &&
            strcmp(op->params[i].name, "idempotency-key") == 0)
            return true;
    return false;
}

/* The draft's key is a string of RFC 9651, in quotes; most clients send it bare. */
static struct str key_of(const struct call *c)
{
    const struct operation *op = c->route.operation;
    struct str key = request_header(c->request, "Idempotency-Key");
    if (!key.ptr || (strcmp(op->method, "POST") != 0 &&
                     strcmp(op->method, "PATCH") != 0 && !declares_key(op)))
        return (struct str){ NULL, 0 };
    key = str_trim(key);
    if (key.len >= 2 && key.ptr[0] == '"' && key.ptr[key.len - 1] == '"')
        key = (struct str){ key.ptr + 1, key.len - 2 };
    return key;
}

/* Two calls are the same when they mean the same thing and bring the same bytes. */
static uint64_t fingerprint_of(const struct call *c)
{
    uint64_t parts[4 + LIMIT_PATH_PARAMS];
    size_t n = 0;
    parts[n++] = str_hash(str(c->route.operation->id));
    parts[n++] = str_hash(c->request->query.ptr ? c->request->query : STR(""));
    parts[n++] = str_hash(c->body.ptr ? c->body : STR(""));
    for (size_t i = 0; i < c->route.count; i++)
        parts[n++] = str_hash(c->route.values[i]);
    return str_hash((struct str){ (const char *)parts, n * sizeof(*parts) });
}

/* The table may change as soon as the lock is given back. */
static struct str kept(struct call *c, struct str text)
{
    return text.ptr ? (struct str){ arena_copy(c->arena, text), text.len } : text;
}

static void say_again(struct call *c, const struct stored_answer *stored)
{
    struct answer *a = &c->answer;
    a->status = stored->status;
    a->content_type = arena_copy(c->arena, stored->content_type);
    a->text = kept(c, stored->body);
    a->voice = "replay";
    for (size_t i = 0; i < stored->field_count; i++)
        answer_header(a, kept(c, stored->fields[i].name).ptr,
                      kept(c, stored->fields[i].value));
    answer_header(a, "Idempotent-Replayed", STR("true"));
    c->replayed = true;
}

bool say_replay(struct call *c)
{
    struct str key = key_of(c);
    bool in_flight = false;
    if (!key.ptr || c->world->stateless)
        return false;
    if (!key.len || key.len > LIMIT_IDEMPOTENCY_KEY)
        return speak_refusal(c, "idempotency_key", 400,
                             arena_printf(c->arena,
                                          "/header/idempotency-key: expected 1 to %d "
                                          "characters, found %zu",
                                          LIMIT_IDEMPOTENCY_KEY, key.len));
    struct str api = str(c->route.operation->api->name);
    const struct stored_answer *stored =
        idempotency_find(c->ns->idempotency, api, key, c->scope.now, &in_flight);
    if (!stored) {
        c->key = key;
        return false;
    }
    if (stored->fingerprint != fingerprint_of(c))
        return speak_refusal(
            c, "idempotency_key_reused", 422,
            "/header/idempotency-key: this key came with another call before; "
            "expected the same operation, path, query and body");
    if (in_flight)
        return speak_refusal(
            c, "idempotency_key_in_use", 409,
            "/header/idempotency-key: the first call with this key is still "
            "being answered");
    say_again(c, stored);
    return true;
}

/* What was not done is not kept: a server's errors, a condition that does not hold, a
 * call that only asked what would happen. */
void replay_keep(struct call *c)
{
    struct answer *a = &c->answer;
    if (!c->key.ptr || a->status >= 500 || a->status == 412 || a->status == 428 ||
        a->dry)
        return;
    const struct stored_answer stored = {
        .api = str(c->route.operation->api->name),
        .key = c->key,
        .fingerprint = fingerprint_of(c),
        .expires = c->scope.now + LIMIT_IDEMPOTENCY_MS,
        .status = a->status,
        .fields = a->headers,
        .field_count = a->header_count,
        .content_type = str(a->content_type),
        .body = a->body || a->text.ptr ? c->bytes : (struct str){ NULL, 0 },
    };
    if (idempotency_keep(c->ns->idempotency, &stored, &c->flight))
        namespace_answered(c->ns, &stored);
}

void replay_forget(struct call *c)
{
    if (!c->flight)
        return;
    idempotency_forget(c->ns->idempotency, str(c->route.operation->api->name), c->key);
    flight_land(c->flight);
    c->flight = NULL;
}

#include "play/play.h"

#include "doc/pointer.h"
#include "play/declared.h"

#include <stdio.h>

static const struct operation *operation_of(const struct call *c)
{
    return c->route.operation;
}

static size_t number_of(const struct call *c)
{
    return c->world->cast.first[c->api] + operation_of(c)->index;
}

static const struct wordings *wordings_of(const struct call *c)
{
    static const struct wordings none;
    return c->api == SIZE_MAX ? &none : &c->world->behaviours[c->api]->wordings;
}

/* ---- limits and faults ---- */

static void bind_limit(struct call *c, int64_t retry_after, int64_t limit)
{
    cJSON *value = json_object(c->arena);
    json_add(value, "retry_after", json_integer(c->arena, retry_after));
    if (limit)
        json_add(value, "limit", json_integer(c->arena, limit));
    json_add(value, "max_bytes", json_integer(c->arena, (int64_t)c->request->max_body));
    scope_bind(&c->scope, (struct binding){ .name = "limit", .value = value });
}

/* The fields of draft-ietf-httpapi-ratelimit-headers, and the older X- ones on wish. */
static void limit_headers(struct call *c, const struct allowance *a)
{
    const struct limit *l = a->limit;
    long long reset = (a->reset_ms + 999) / 1000;
    struct arena *arena = c->arena;
    answer_header(&c->answer, "RateLimit",
                  str(arena_printf(arena, "\"default\";r=%lld;t=%lld",
                                   (long long)a->left, reset)));
    answer_header(
        &c->answer, "RateLimit-Policy",
        str(arena_printf(arena, "\"default\";q=%lld;w=%lld", (long long)l->requests,
                         (long long)((l->per_ms + 999) / 1000))));
    if (!l->x_headers)
        return;
    answer_header(&c->answer, "X-RateLimit-Limit",
                  str(arena_printf(arena, "%lld", (long long)l->requests)));
    answer_header(&c->answer, "X-RateLimit-Remaining",
                  str(arena_printf(arena, "%lld", (long long)a->left)));
    answer_header(&c->answer, "X-RateLimit-Reset",
                  str(arena_printf(arena, "%lld", (long long)a->reset_at)));
}

static void speak(struct call *c, const struct error_plan *plan, int status,
                  const char *detail, const char *voice)
{
    error_answer(plan, wordings_of(c), &c->scope, status, detail, &c->answer);
    c->answer.voice = voice;
}

/* As speak, for words of a scenario, which may be stopped and freed as soon as the
 * namespace's lock is given back. */
static void speak_scripted(struct call *c, const struct error_plan *plan, int status,
                           const char *detail, const char *voice)
{
    struct answer *a = &c->answer;
    speak(c, plan, status, detail, voice);
    if (a->body)
        a->body = json_copy(c->arena, a->body);
    if (a->error)
        a->error = arena_copy(c->arena, str(a->error));
}

static bool say_limit(struct call *c)
{
    for (size_t i = 0; i < c->ns->running_count; i++) {
        struct allowance a;
        running_allow(c->ns->running[i], number_of(c), &c->scope, &a);
        if (!a.limit)
            continue;
        c->allowance = a;
        if (a.allowed)
            continue;
        bind_limit(c, (a.reset_ms + 999) / 1000, a.limit->requests);
        speak_scripted(c, &a.limit->error, 429, "too many requests in this window",
                       "limit");
        return true;
    }
    return false;
}

static void say_fault_error(struct call *c)
{
    bind_limit(c, c->fault->retry_after, 0);
    c->answer.header_count = 0;
    speak_scripted(c, &c->fault->error, 500, "this answer was scripted by a scenario",
                   "fault");
}

static bool say_fault(struct call *c)
{
    static const enum connection connections[] = {
        [CONNECTION_UNSET] = CONNECTION_KEEP,
        [CONNECTION_IS_DROP] = CONNECTION_DROP,
        [CONNECTION_IS_RESET] = CONNECTION_RESET,
        [CONNECTION_IS_CUT] = CONNECTION_CUT,
    };
    for (size_t i = 0; i < c->ns->running_count && !c->fault; i++)
        c->fault = running_fault(c->ns->running[i], number_of(c), c->scope.chance);
    if (!c->fault)
        return false;
    c->delay_ms = fault_delay(c->fault, c->scope.chance);
    c->connection = connections[c->fault->connection];
    bool unanswered =
        c->connection == CONNECTION_DROP || c->connection == CONNECTION_RESET;
    if (c->fault->commit || (!c->fault->answers && !unanswered))
        return false; /* the others speak first */
    if (c->fault->answers)
        say_fault_error(c);
    else
        answer_problem(&c->answer, 503, "the connection is dropped", c->arena);
    c->answer.voice = "fault";
    return true;
}

static bool say_disturbance(struct call *c)
{
    if (!operation_of(c))
        return false;
    return say_limit(c) || say_fault(c);
}

/* ---- refusals ---- */

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
    const char *t = json_is_array(type) && type->child ? type->child->valuestring
                    : json_is_string(type)             ? type->valuestring
                                                       : "object";
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

static cJSON *finding_problem(struct call *c, const struct finding *f)
{
    struct arena *arena = c->arena;
    const struct api *api = c->world->cast.apis[c->api];
    cJSON *e = json_object(arena);
    const char *in = arena_copy(arena, str(f->pointer + (*f->pointer == '/')));
    size_t len = strcspn(in, "/");
    json_add(e, "pointer", json_string(arena, str(f->pointer)));
    json_add(e, "in", json_string(arena, (struct str){ in, len }));
    json_add(e, "keyword", json_string(arena, str(f->keyword)));
    json_add(e, "expected", json_string(arena, str(finding_expected(f, arena))));
    json_add(e, "found", json_string(arena, str(finding_found(f, arena))));
    const char *place = places_text(c->world->places, api_finding_where(api, f));
    if (place)
        json_add(e, "spec", json_string(arena, str(place)));
    return e;
}

static cJSON *finding_problems(struct call *c)
{
    cJSON *errors = json_array(c->arena);
    for (size_t i = 0; i < c->findings.count; i++)
        json_push(errors, finding_problem(c, &c->findings.list[i]));
    return errors;
}

/* The declared answer to a call that breaks the contract: 422, else 400, else default.
 */
static int refusal_status(const struct operation *op)
{
    static const int tries[] = { 422, 400 };
    for (size_t i = 0; i < COUNT(tries); i++)
        if (operation_status(op, tries[i], tries[i]))
            return tries[i];
    return 400;
}

static const struct error_plan *wording_for(const struct call *c)
{
    const struct error_plan *p = wording_of(wordings_of(c), c->refusal.kind);
    if (!p && c->findings.count)
        p = wording_of(wordings_of(c), "invalid");
    return p;
}

/* A declared answer that the fixture has no words for: a sample of its schema, with the
 * detail where the schema has a place for a sentence. */
static bool declared_refusal(struct call *c, int status)
{
    static const char *const places[] = { "detail", "message", "error", "title" };
    const struct operation *op = operation_of(c);
    const struct reply *reply = op ? operation_reply(op, status) : NULL;
    const struct media *m = reply_json(reply);
    if (!m || !m->schema)
        return false;
    cJSON *body =
        declared_sample(m, NULL, NULL, SAMPLE_REQUIRED, c->scope.chance, c->arena);
    if (!body)
        return false;
    for (size_t i = 0; i < COUNT(places); i++) {
        struct schema_place place;
        char pointer[32];
        snprintf(pointer, sizeof(pointer), "/%s", places[i]);
        if (!json_is_object(body) || !schema_describe(m->schema, pointer, &place) ||
            !(place.types & TYPE_STRING) || place.closed)
            continue;
        cJSON *trial = json_copy(c->arena, body);
        json_set(c->arena, trial, places[i],
                 json_string(c->arena, str(c->refusal.detail)));
        if (!schema_check(m->schema, trial, DIRECTION_RESPONSE, "", c->arena, NULL))
            continue;
        body = trial;
        break;
    }
    if (!schema_check(m->schema, body, DIRECTION_RESPONSE, "", c->arena, NULL))
        return false;
    c->answer.status = status;
    c->answer.body = body;
    c->answer.content_type = m->type;
    return true;
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

static bool say_refusal(struct call *c)
{
    struct refusal *r = &c->refusal;
    if (!r->kind)
        return false;
    const struct operation *op = operation_of(c);
    int status = r->status ? r->status : refusal_status(op);
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
    } else if (!declared_refusal(c, status)) {
        answer_problem(&c->answer, status, r->detail, c->arena);
    }
    c->answer.voice = "refusal";
    if (!c->answer.error)
        c->answer.error = r->kind;
    bool problem = strcmp(c->answer.content_type, "application/problem+json") == 0;
    if (problem && c->findings.count) {
        cJSON *body = json_copy(c->arena, c->answer.body);
        json_set(c->arena, body, "errors", finding_problems(c));
        c->answer.body = body;
    } else {
        findings_header(c);
    }
    if (r->challenge)
        answer_header(&c->answer, "WWW-Authenticate", str(r->challenge));
    if (r->allow)
        answer_header(&c->answer, "Allow", str(r->allow));
    return true;
}

/* ---- what the client prefers (RFC 7240, with Prism's words) ---- */

struct preference {
    struct str code, example, dynamic;
};

static void read_preference(const struct request *r, struct preference *p)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (!str_equal_nocase(r->headers[i].name, STR("Prefer")))
            continue;
        struct str rest = r->headers[i].value, part, inner, name;
        while (str_split(&rest, ',', &part))
            while (str_split(&part, ';', &inner)) {
                inner = str_trim(inner);
                str_split(&inner, '=', &name);
                struct str value = inner.ptr ? str_trim(inner) : STR("");
                if (value.len > 1 && value.ptr[0] == '"' &&
                    value.ptr[value.len - 1] == '"')
                    value = (struct str){ value.ptr + 1, value.len - 2 };
                name = str_trim(name);
                if (str_equal_nocase(name, STR("code")))
                    p->code = value;
                else if (str_equal_nocase(name, STR("example")))
                    p->example = value;
                else if (str_equal_nocase(name, STR("dynamic")))
                    p->dynamic = value;
            }
    }
}

static void unknown_preference(struct call *c, const char *what, struct str value)
{
    const struct operation *op = operation_of(c);
    struct buffer b = buffer_in(c->arena, LIMIT_HEAD_BYTES);
    buffer_printf(&b, "Prefer asks for %s=%.*s, which %s does not declare; it declares",
                  what, (int)(value.len < 100 ? value.len : 100), value.ptr, op->id);
    for (size_t i = 0; i < op->reply_count; i++)
        buffer_printf(&b, "%s %s", i ? "," : "", op->replies[i].key);
    const char *detail = buffer_str(&b).ptr;
    answer_problem(&c->answer, 400, utf8_valid(str(detail)) ? detail : NULL, c->arena);
}

static int lowest_success(const struct operation *op)
{
    int status = operation_status(op, 200, 299);
    return status ? status : 200;
}

/* The answer that a reply describes: the example of that name, else any example, else a
 * sample. False when there is no such example. */
static bool say_reply(struct call *c, const struct reply *reply, int status,
                      struct str example, bool dynamic)
{
    const struct operation *op = operation_of(c);
    const struct media *m = reply_json(reply);
    c->answer.status = status;
    c->answer.body = NULL;
    if (!m)
        return !example.len;
    c->answer.content_type = m->type;
    if (!dynamic)
        c->answer.body = declared_example(op->api, m, example, c->arena);
    c->answer.voice = c->answer.body ? "example" : "sample";
    if (!c->answer.body && example.len)
        return false;
    if (!c->answer.body)
        c->answer.body =
            declared_sample(m, NULL, NULL, SAMPLE_TYPICAL, c->scope.chance, c->arena);
    return true;
}

/* An error can also be asked for by its name where no example carries it. */
static bool say_named(struct call *c, int status, struct str name)
{
    const struct reply *reply;
    const cJSON *body;
    const char *text = arena_copy(c->arena, name);
    if (!error_find(operation_of(c), text, status, c->scope.chance, c->arena, &reply,
                    &body))
        return false;
    struct error_plan plan = { .error = text, .status = reply->low };
    bind_limit(c, 1, 0);
    speak(c, &plan, reply->low, NULL, "preference");
    return true;
}

static bool say_preference(struct call *c)
{
    const struct operation *op = operation_of(c);
    struct preference p = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
    read_preference(c->request, &p);
    if (!p.code.ptr && !p.example.ptr && !p.dynamic.ptr)
        return false;
    bool dynamic = str_equal_nocase(p.dynamic, STR("true"));
    int status = lowest_success(op);
    c->answer.voice = "preference";
    if (p.code.ptr) {
        const char *code = arena_copy(c->arena, p.code);
        status = strlen(code) == 3 && strspn(code, "0123456789") == 3
                     ? (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0')
                     : 0;
    }
    bool final = status >= 200 && status <= 599;
    const struct reply *reply = final ? operation_reply(op, status) : NULL;
    if (!reply) {
        unknown_preference(c, "code", p.code);
        return true;
    }
    bool said = (status >= 400 && p.example.len && say_named(c, status, p.example)) ||
                (!p.code.ptr && p.example.len && say_named(c, 0, p.example)) ||
                say_reply(c, reply, status, p.example, dynamic);
    if (!said) {
        unknown_preference(c, "example", p.example);
        return true;
    }
    if (status == 429 || status == 503)
        answer_header(&c->answer, "Retry-After", STR("1"));
    answer_header(&c->answer, "Preference-Applied",
                  p.code.ptr ? str(arena_printf(c->arena, "code=%d", c->answer.status))
                             : STR("example"));
    c->answer.voice = "preference";
    return true;
}

/* ---- the mock's own answers ---- */

static bool say_behaviour(struct call *c)
{
    return !c->world->stateless &&
           behaviour_run(c->world->behaviours[c->api], &c->scope, &c->answer);
}

static bool say_declared(struct call *c)
{
    const struct operation *op = operation_of(c);
    int status = lowest_success(op);
    const struct reply *reply = operation_reply(op, status);
    if (reply && say_reply(c, reply, status, (struct str){ NULL, 0 }, false))
        return true;
    answer_problem(
        &c->answer, 501,
        arena_printf(c->arena, "%s declares no answer that could be made", op->id),
        c->arena);
    return true;
}

static bool (*const voices[])(struct call *c) = {
    say_disturbance, say_refusal, say_preference, say_behaviour, say_declared,
};

static void prepare(struct call *c)
{
    const struct operation *op = operation_of(c);
    uint64_t number = op ? c->ns->calls[number_of(c)]++ : 0;
    struct chance *chance = arena_take(c->arena, sizeof(*chance));
    *chance =
        chance_of(c->world->seed, str(c->ns->name), str(op ? op->id : ""), number);
    c->scope = (struct scope){ .arena = c->arena,
                               .operation = op,
                               .request = c->request,
                               .input = c->input,
                               .format = { 3, "Z" },
                               .now = namespace_now(c->world, c->ns),
                               .chance = chance,
                               .namespace = c->ns->name };
    if (c->api == SIZE_MAX)
        return;
    c->scope.store = c->ns->stores[c->api];
    c->scope.format = c->world->behaviours[c->api]->format;
}

static void ask(struct call *c)
{
    prepare(c);
    for (size_t i = 0; i < COUNT(voices); i++)
        if (voices[i](c))
            break;
    if (c->fault && c->fault->answers && c->fault->commit && !c->refusal.kind)
        say_fault_error(c); /* it happened; the client cannot know */
    if (c->allowance.limit)
        limit_headers(c, &c->allowance);
}

void play_call(struct call *c)
{
    pthread_mutex_lock(&c->ns->lock);
    if (setjmp(*arena_guard(c->arena))) {
        if (c->api != SIZE_MAX)
            store_abandon(c->ns->stores[c->api]);
        pthread_mutex_unlock(&c->ns->lock);
        arena_fail(c->arena);
    }
    ask(c);
    arena_unguard(c->arena);
    pthread_mutex_unlock(&c->ns->lock);
}

#include "base/limits.h"
#include "base/lock.h"
#include "play/fields.h"
#include "play/idempotency.h"
#include "play/keeping.h"
#include "play/validator.h"
#include "play/voice.h"
#include "play/worded.h"

#include <time.h>

static const struct operation *operation_of(const struct call *c)
{
    return c->route.operation;
}

static size_t number_of(const struct call *c)
{
    return c->world->cast.first[c->api] + operation_of(c)->index;
}

const struct wordings *wordings_of(const struct call *c)
{
    static const struct wordings none;
    return c->api == SIZE_MAX ? &none : &c->world->behaviours[c->api]->wordings;
}

void call_refuse(struct call *c, const char *kind, int status, const char *detail)
{
    if (c->refusal.kind)
        return;
    c->refusal.kind = kind;
    c->refusal.status = status;
    c->refusal.detail = detail ? utf8_mended(detail, c->arena) : NULL;
}

/* ---- limits and faults ---- */

void bind_limit(struct call *c, int64_t retry_after, int64_t limit)
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

void speak(struct call *c, const struct error_plan *plan, int status,
           const char *detail, const char *voice)
{
    error_answer(plan, wordings_of(c), &c->scope, status, detail, &c->answer);
    c->answer.voice = voice;
}

bool speak_refusal(struct call *c, const char *name, int status, const char *detail)
{
    const struct error_plan plan = { .error = name };
    bool worded = wording_of(wordings_of(c), name, &c->scope) != NULL;
    speak(c, worded ? &plan : NULL, status, detail, "refusal");
    c->answer.error = name;
    return true;
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

/* ---- the mock's own answers ---- */

static bool say_behaviour(struct call *c)
{
    if (c->world->stateless ||
        !behaviour_run(c->world->behaviours[c->api], &c->scope, &c->answer))
        return false;
    validator_compare(c);
    return true;
}

static bool (*const voices[])(struct call *c) = {
    say_disturbance,  say_refusal,   say_preference, say_replay,
    say_precondition, say_behaviour, say_declared,
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
                               .body = c->body,
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

/* An answer's error in the API's words, and the fields that the document wants. */
static void complete(struct call *c)
{
    bool listed;
    if (!operation_of(c))
        return;
    worded_error(c, &listed);
    fields_fill(c);
}

/* What is kept for a retry is the true answer, whatever a fault then makes of it; it is
 * kept under the lock under which it became true. */
static void ask(struct call *c)
{
    prepare(c);
    const struct chance undrawn = *c->scope.chance;
    for (size_t i = 0; i < COUNT(voices); i++)
        if (voices[i](c))
            break;
    if (operation_of(c) && c->scope.chance->state != undrawn.state)
        namespace_drew(c->ns, number_of(c)); /* no later call may draw the same */
    bool lie = c->fault && c->fault->answers && c->fault->commit && !c->refusal.kind;
    if (!lie || c->key.ptr)
        complete(c);
    if (c->key.ptr) {
        settle(c);
        replay_keep(c);
    }
    if (lie) { /* it happened; the client cannot know */
        say_fault_error(c);
        complete(c);
        c->settled = false;
    }
    if (c->allowance.limit)
        limit_headers(c, &c->allowance);
}

/* ---- kept ---- */

/* Nothing of it has happened; in the API's own words where it has some. */
static void say_unkept(struct call *c, enum keep_answer why)
{
    bool full = why == KEEP_FULL;
    prepare(c);
    c->refusal.kind = full ? "store_full" : "store_unavailable";
    c->refusal.status = full ? 507 : 503;
    c->refusal.detail = keep_answer_text(why);
    c->findings.count = 0;
    say_refusal(c);
    if (!full)
        answer_header(&c->answer, "Retry-After", STR("1"));
    if (operation_of(c))
        fields_fill(c);
}

/* Longer the more often the others were first, and never the same for two of them. */
static void let_others_go_first(const struct call *c, unsigned tries)
{
    struct chance draw = { clock_monotonic_us() ^ (uintptr_t)c };
    uint64_t most = (uint64_t)tries * 100;
    if (most > LIMIT_KEEP_PAUSE_US)
        most = LIMIT_KEEP_PAUSE_US;
    struct timespec pause = { .tv_nsec = (long)(chance_below(&draw, most) * 1000) };
    nanosleep(&pause, NULL);
}

/* As ask, until what came of it is kept. The call came when the keep had been asked so
 * often. */
static void ask_and_keep(struct call *c, uint64_t asked)
{
    struct call *before = arena_take_raw(c->arena, sizeof(*before));
    uint64_t *calls = operation_of(c) ? &c->ns->calls[number_of(c)] : NULL;
    enum keep_answer answer = KEEP_BEHIND;
    *before = *c;
    for (unsigned tries = 1; answer == KEEP_BEHIND && tries <= LIMIT_KEEP_TRIES;
         tries++) {
        if (tries > 1)
            let_others_go_first(c, tries);
        answer = tries > 1 ? namespace_sync(c->world, c->ns)
                           : namespace_sync_since(c->world, c->ns, asked);
        if (answer != KEEP_OK)
            break;
        uint64_t count = calls ? *calls : 0;
        ask(c);
        answer = namespace_settle(c->world, c->ns);
        if (answer == KEEP_OK)
            return;
        if (calls)
            *calls = count;
        replay_forget(c);
        *c = *before;
    }
    say_unkept(c, answer);
}

void play_call(struct call *c)
{
    const uint64_t asked = namespace_asked(c->ns);
    lock_soon(&c->ns->lock, &c->ns->lookout);
    if (setjmp(*arena_guard(c->arena))) {
        replay_forget(c); /* its answer may be kept already */
        namespace_abandon(c->world, c->ns);
        pthread_mutex_unlock(&c->ns->lock);
        arena_fail(c->arena);
    }
    if (c->world->keep) {
        ask_and_keep(c, asked);
    } else {
        ask(c);
        if (c->api != SIZE_MAX && store_marked(c->ns->stores[c->api]))
            store_keep(c->ns->stores[c->api]);
    }
    arena_unguard(c->arena);
    pthread_mutex_unlock(&c->ns->lock);
    settle(c);
}

void play_delivered(struct call *c)
{
    flight_land(c->flight);
    c->flight = NULL;
}

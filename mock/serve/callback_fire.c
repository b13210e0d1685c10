#include "api/accept.h"
#include "serve/callback_job.h"

/* ---- the world ----
 *
 * What is served is looked at inside the gate, so that it stays until that is done. No
 * lock is held while the gate is waited for. */

static struct world *enter(const struct firing *f)
{
    if (f->service->gate)
        service_enter(f->service);
    return f->service->world;
}

static void leave(const struct firing *f)
{
    if (f->service->gate)
        service_leave(f->service);
}

bool job_now(const struct firing *f, const struct job *job, clock_ms *now)
{
    if (journal_cleared(f->service->journal, job->entry))
        return false;
    struct world *w = enter(f);
    enum keep_answer asked;
    struct namespace *ns = namespace_enter_old(w, str(job->namespace), &asked);
    if (ns) {
        pthread_mutex_lock(&ns->lock);
        *now = namespace_now(w, ns);
        pthread_mutex_unlock(&ns->lock);
        namespace_leave(w, ns);
    }
    leave(f);
    return ns;
}

/* ---- outcomes ---- */

void job_tell(struct firing *f, const struct job *job, int status, const char *error,
              struct str findings, uint64_t took_us)
{
    journal_callback(f->service->journal, job->entry,
                     (struct journal_callback){ .name = str(job->name),
                                                .expression = str(job->expression),
                                                .method = str(job->method),
                                                .url = str(job->url),
                                                .error = str(error),
                                                .findings = findings,
                                                .status = status,
                                                .attempt = job->attempt,
                                                .place = job->place,
                                                .took_us = took_us });
}

static cJSON *json_of(const struct outgoing_answer *a, struct arena *arena,
                      struct json_error *why)
{
    return json_read(a->body, LIMIT_BODY_NODES, arena, why);
}

static struct str findings_of(const struct operation *op,
                              const struct outgoing_answer *a, struct arena *arena)
{
    const struct reply *reply = operation_reply(op, a->status);
    if (!reply)
        return op->reply_count ? str(arena_printf(
                                     arena, "the status %d is not declared", a->status))
                               : STR("");
    if (!reply->media_count || (!a->body.len && !a->content_type))
        return STR("");
    struct str type, rest = str(a->content_type);
    str_split(&rest, ';', &type);
    const struct media *m = reply_media(reply, arena_copy(arena, str_trim(type)));
    if (!m)
        return str(arena_printf(arena, "expected %s, found %.100s",
                                reply_types(reply, arena),
                                a->content_type ? a->content_type : "no Content-Type"));
    if (!m->json)
        return STR("");
    struct json_error why;
    const cJSON *body = json_of(a, arena, &why);
    if (!body)
        return str(arena_printf(arena, "the body is not JSON: line %u, column %u: %s",
                                why.line, why.col, why.why));
    struct findings all = { .arena = arena };
    if (m->schema)
        schema_check(m->schema, body, DIRECTION_RESPONSE, "", arena, &all);
    return journal_findings(&all, arena);
}

/* The API may have been loaded anew since; then what it declared is gone. */
static struct str judged(struct firing *f, const struct job *job,
                         const struct outgoing_answer *a, struct arena *arena)
{
    struct str findings = STR("not checked: the document was loaded anew meanwhile");
    if (!job->operation)
        return STR("");
    enter(f);
    if (setjmp(*arena_guard(arena))) {
        leave(f);
        return STR("not checked: that needs more memory than there is for it");
    }
    if (job->load == atomic_load(&f->load))
        findings = findings_of(job->operation, a, arena);
    arena_unguard(arena);
    leave(f);
    return findings;
}

/* Who was told may change by what it has answered. */
static void listen(struct firing *f, const struct job *job,
                   const struct outgoing_answer *a, struct arena *arena)
{
    struct json_error why;
    enum keep_answer asked;
    struct world *w = enter(f);
    struct namespace *volatile ns = NULL; /* also behind a longjmp */
    if (setjmp(*arena_guard(arena))) {
        if (ns)
            namespace_leave(w, ns);
        leave(f);
        return;
    }
    if (job->load == atomic_load(&f->load) &&
        !journal_cleared(f->service->journal, job->entry))
        ns = namespace_enter_old(w, str(job->namespace), &asked);
    if (ns) {
        const cJSON *sent = json_read(job->body, LIMIT_BODY_NODES, arena, &why);
        webhook_heard(w, ns, job->api, job->webhook, job->key, sent,
                      json_of(a, arena, &why), arena);
        namespace_leave(w, ns);
    }
    arena_unguard(arena);
    leave(f);
}

bool job_fire(struct firing *f, struct outgoing **outgoing, const struct job *job,
              struct arena *arena)
{
    struct outgoing_call call = { .method = job->method,
                                  .url = job->url,
                                  .lines = job->lines,
                                  .line_count = job->line_count,
                                  .body = job->body,
                                  .timeout_ms = job->within_ms };
    struct outgoing_answer answer;
    const char *why = job->why;
    if (*why) {
        job_tell(f, job, 0, arena_printf(arena, "not fired: %s", why), STR(""), 0);
        return true;
    }
    /* Most documents have no callbacks: libcurl is only set up for those that do. */
    if (!*outgoing && !(*outgoing = outgoing_new(&f->reach))) {
        job_tell(f, job, 0, "not fired: libcurl cannot be opened", STR(""), 0);
        return true;
    }
    uint64_t started = clock_monotonic_us();
    bool answered = outgoing_send(*outgoing, &call, arena, &answer, &why);
    uint64_t took = clock_monotonic_us() - started;
    bool good = answered && answer.status >= 200 && answer.status <= 299;
    if (good && job->listens)
        listen(f, job, &answer, arena); /* whoever finds it told finds it done */
    if (answered)
        job_tell(f, job, answer.status, "", judged(f, job, &answer, arena), took);
    else
        job_tell(f, job, 0, why, STR(""), took);
    return good || !answer.tried || job->attempt > job->retry_count;
}

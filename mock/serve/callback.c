#include "serve/callback.h"

#include "api/accept.h"
#include "api/callback.h"
#include "play/callback.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Room for what libcurl and the resolver want besides a check of a schema. */
enum { STACK_BYTES = LIMIT_STACK_BYTES + 512 * 1024 };

/* One callback and its texts, in one block. */
struct job {
    struct job *next;
    size_t bytes;
    struct journal_ref entry;
    const struct operation *operation; /* of the callback; of the load of that number */
    uint64_t load;
    const char *name, *expression, *method, *url, *why;
    const char **lines;
    size_t line_count;
    struct str body;
};

struct callbacks {
    struct callbacks_options options;
    struct outgoing *outgoing; /* the thread's; NULL before the first one is fired */
    pthread_t thread;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t changed;
    struct job *first, **end;
    size_t count, bytes; /* queued or under way */
    bool stopping, over;
    atomic_bool broken_off;
    pthread_mutex_t loading; /* held while something of a load is looked at */
    _Atomic uint64_t load;   /* changed under that lock */
};

/* What one call wants to have fired, until it is answered. */
struct batch {
    struct callbacks *callbacks;
    struct job *first;
};

/* ---- packing ---- */

/* Texts one behind the other: counted first, then copied. */
struct packer {
    char *to; /* NULL: only counted */
    size_t bytes;
};

static void put(struct packer *p, struct str text)
{
    p->bytes += text.len;
    if (!p->to || !text.len)
        return;
    memcpy(p->to, text.ptr, text.len);
    p->to += text.len;
}

static const char *pack(struct packer *p, struct str text)
{
    const char *start = p->to;
    put(p, text);
    put(p, (struct str){ "", 1 });
    return start;
}

static const char *pack_line(struct packer *p, struct str name, struct str value)
{
    char *start = p->to;
    put(p, name);
    put(p, STR(": "));
    pack(p, value);
    for (char *c = start; c && *c; c++) /* no value ends its line early */
        if ((unsigned char)*c < ' ')
            *c = ' ';
    return start;
}

static void pack_all(struct packer *p, struct job *job, const struct posting *from)
{
    job->name = pack(p, str(from->callback->name));
    job->expression = pack(p, str(from->callback->expression));
    job->method = pack(p, str(from->callback->operation.method));
    job->url = pack(p, from->url.ptr ? from->url : STR(""));
    job->why = pack(p, str(from->why));
    for (size_t i = 0; i < from->header_count; i++) {
        const char *line = pack_line(p, from->headers[i].name, from->headers[i].value);
        if (job->lines)
            job->lines[job->line_count++] = line;
    }
    if (from->content_type) {
        const char *line = pack_line(p, STR("Content-Type"), str(from->content_type));
        if (job->lines)
            job->lines[job->line_count++] = line;
    }
    if (from->body.ptr)
        job->body = (struct str){ pack(p, from->body), from->body.len };
}

/* Owned by the caller; NULL when memory ran out. */
static struct job *packed(const struct posting *from)
{
    struct job blank = { .next = NULL };
    struct packer p = { .to = NULL };
    size_t lines = (from->header_count + 1) * sizeof(char *);
    pack_all(&p, &blank, from);
    size_t bytes = sizeof(struct job) + lines + p.bytes;
    struct job *job = malloc(bytes);
    if (!job)
        return NULL;
    *job = (struct job){ .bytes = bytes, .operation = &from->callback->operation };
    job->lines = (const char **)(job + 1);
    p.to = (char *)(job + 1) + lines;
    pack_all(&p, job, from);
    return job;
}

/* ---- outcomes ---- */

static void tell(struct callbacks *c, const struct job *job, int status,
                 const char *error, struct str findings, uint64_t took_us)
{
    journal_callback(c->options.journal, job->entry,
                     (struct journal_callback){ .name = str(job->name),
                                                .expression = str(job->expression),
                                                .method = str(job->method),
                                                .url = str(job->url),
                                                .error = str(error),
                                                .findings = findings,
                                                .status = status,
                                                .took_us = took_us });
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
    const cJSON *body = json_read(a->body, LIMIT_BODY_NODES, arena, &why);
    if (!body)
        return str(arena_printf(arena, "the body is not JSON: line %u, column %u: %s",
                                why.line, why.col, why.why));
    struct findings all = { .arena = arena };
    if (m->schema)
        schema_check(m->schema, body, DIRECTION_RESPONSE, "", arena, &all);
    return journal_findings(&all, arena);
}

/* The API may have been loaded anew since; then what it declared is gone. */
static struct str judged(struct callbacks *c, const struct job *job,
                         const struct outgoing_answer *a, struct arena *arena)
{
    struct str findings = STR("not checked: the document was loaded anew meanwhile");
    pthread_mutex_lock(&c->loading);
    if (setjmp(*arena_guard(arena))) {
        pthread_mutex_unlock(&c->loading);
        return STR("not checked: that needs more memory than there is for it");
    }
    if (job->load == atomic_load(&c->load))
        findings = findings_of(job->operation, a, arena);
    arena_unguard(arena);
    pthread_mutex_unlock(&c->loading);
    return findings;
}

static void fire(struct callbacks *c, const struct job *job, struct arena *arena)
{
    struct outgoing_call call = { .method = job->method,
                                  .url = job->url,
                                  .lines = job->lines,
                                  .line_count = job->line_count,
                                  .body = job->body };
    struct outgoing_answer answer;
    const char *why = job->why;
    if (*why) {
        tell(c, job, 0, arena_printf(arena, "not fired: %s", why), STR(""), 0);
        return;
    }
    /* Most documents have no callbacks: libcurl is only set up for those that do. */
    if (!c->outgoing && !(c->outgoing = outgoing_new(&c->options.reach))) {
        tell(c, job, 0, "not fired: libcurl cannot be opened", STR(""), 0);
        return;
    }
    uint64_t started = clock_monotonic_us();
    bool answered = outgoing_send(c->outgoing, &call, arena, &answer, &why);
    uint64_t took = clock_monotonic_us() - started;
    if (answered)
        tell(c, job, answer.status, "", judged(c, job, &answer, arena), took);
    else
        tell(c, job, 0, why, STR(""), took);
}

/* ---- the thread ---- */

/* The first one, which stays counted until it is done; NULL when it is time to go. */
static struct job *next_job(struct callbacks *c)
{
    pthread_mutex_lock(&c->lock);
    while (!c->first && !c->stopping)
        pthread_cond_wait(&c->changed, &c->lock);
    struct job *job = atomic_load(&c->broken_off) ? NULL : c->first;
    if (job && !(c->first = job->next))
        c->end = &c->first;
    pthread_mutex_unlock(&c->lock);
    return job;
}

static void job_done(struct callbacks *c, struct job *job)
{
    pthread_mutex_lock(&c->lock);
    c->count--;
    c->bytes -= job->bytes;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    free(job);
}

static void *work(void *context)
{
    struct callbacks *c = context;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (struct job *job; (job = next_job(c)) != NULL;) {
        fire(c, job, arena);
        arena_reset(arena);
        job_done(c, job);
    }
    arena_free(arena);
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* Signals are for the thread that waits for them. */
static bool start(struct callbacks *c)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    sigfillset(&all);
    if (pthread_attr_init(&attributes))
        return false;
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool ok = !pthread_attr_setstacksize(&attributes, STACK_BYTES) &&
              !pthread_create(&c->thread, &attributes, work, c);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return ok;
}

static void release(struct callbacks *c)
{
    outgoing_free(c->outgoing);
    pthread_mutex_destroy(&c->loading);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->changed);
    free(c);
}

struct callbacks *callbacks_new(const struct callbacks_options *options)
{
    struct callbacks *c = calloc(1, sizeof(*c));
    pthread_condattr_t steady;
    if (!c)
        return NULL;
    c->options = *options;
    c->options.reach.stop = &c->broken_off;
    c->end = &c->first;
    pthread_mutex_init(&c->lock, NULL);
    pthread_mutex_init(&c->loading, NULL);
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&c->changed, &steady);
    pthread_condattr_destroy(&steady);
    if (start(c))
        return c;
    release(c);
    return NULL;
}

/* How many of them would have been fired. */
static size_t drop(struct job *first)
{
    size_t count = 0;
    for (struct job *next; first; first = next) {
        next = first->next;
        count += !*first->why;
        free(first);
    }
    return count;
}

void callbacks_free(struct callbacks *c)
{
    struct timespec until;
    if (!c)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LIMIT_CALLBACK_STOP_MS / 1000;
    pthread_mutex_lock(&c->lock);
    c->stopping = true;
    pthread_cond_broadcast(&c->changed);
    while (!c->over &&
           pthread_cond_timedwait(&c->changed, &c->lock, &until) != ETIMEDOUT)
        ;
    atomic_store(&c->broken_off, true);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
    size_t left = drop(c->first);
    if (left && !c->options.quiet)
        fprintf(stderr, "understudy: %zu callback%s not fired: the mock stops\n", left,
                left == 1 ? " was" : "s were");
    release(c);
}

void callbacks_forget(struct callbacks *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->loading);
    atomic_fetch_add(&c->load, 1);
    pthread_mutex_unlock(&c->loading);
}

void callbacks_settle(struct callbacks *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->count)
        pthread_cond_wait(&c->changed, &c->lock);
    pthread_mutex_unlock(&c->lock);
}

/* ---- queueing ---- */

static bool queue(struct callbacks *c, struct job *job)
{
    pthread_mutex_lock(&c->lock);
    bool fits = c->count < LIMIT_CALLBACKS_WAITING &&
                c->bytes + job->bytes <= LIMIT_CALLBACKS_BYTES;
    if (fits) {
        *c->end = job;
        c->end = &job->next;
        c->count++;
        c->bytes += job->bytes;
        pthread_cond_broadcast(&c->changed);
    }
    pthread_mutex_unlock(&c->lock);
    return fits;
}

static void after(void *what, bool answered)
{
    struct batch *batch = what;
    struct callbacks *c = batch->callbacks;
    for (struct job *job = batch->first, *next; job; job = next) {
        next = job->next;
        job->next = NULL;
        if (answered && queue(c, job))
            continue;
        if (answered)
            tell(c, job, 0, "not fired: too many callbacks wait already", STR(""), 0);
        free(job);
    }
    free(batch);
}

void callbacks_prepare(struct callbacks *c, struct call *call, struct journal_ref entry,
                       struct delivery *d)
{
    const struct operation *op = call->route.operation;
    struct posting *list;
    if (!c || !op || !op->callback_count || d->response.status < 200 ||
        d->response.status > 299)
        return;
    size_t count = callback_postings(call, &d->response, &list);
    uint64_t load = atomic_load(&c->load);
    struct batch *batch = calloc(1, sizeof(*batch));
    struct job **end = batch ? &batch->first : NULL;
    for (size_t i = 0; end && i < count; i++) {
        struct job *job = packed(&list[i]);
        if (!job)
            continue;
        job->entry = entry;
        job->load = load;
        *end = job;
        end = &job->next;
    }
    if (!batch)
        return;
    batch->callbacks = c;
    d->after = after;
    d->after_what = batch;
}

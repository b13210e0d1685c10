#include "play/keep_redis_link.h"

#include "base/clock.h"
#include "base/limits.h"
#include "play/keep_redis_url.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { WHY_BYTES = 256 };

struct redis_link {
    redisContext *redis;
    uint64_t session;
    bool used; /* it may have been closed at the other end since */
    struct redis_link *next;
};

struct redis_links {
    struct redis_url url;
    char *where;
    pthread_mutex_t lock; /* over what follows */
    struct redis_link *idle;
    uint64_t down_until; /* clock_monotonic_us: until then nobody tries again */
    char sha[SCRIPT_COUNT][41];
};

/* ---- links ---- */

static struct timeval milliseconds(int64_t ms)
{
    return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
}

static void link_free(struct redis_link *l)
{
    if (!l)
        return;
    redisFree(l->redis);
    free(l);
}

/* NULL for anything that is no answer: the link is broken then, or says an error. */
static redisReply *answer_of(void *reply)
{
    redisReply *r = reply;
    if (!r || r->type != REDIS_REPLY_ERROR)
        return r;
    freeReplyObject(r);
    return NULL;
}

static bool say(struct redis_link *l, const char *const *words, int count)
{
    union {
        const char *const *in;
        const char **out;
    } u = { .in = words };
    redisReply *r = answer_of(redisCommandArgv(l->redis, count, u.out, NULL));
    freeReplyObject(r);
    return r != NULL;
}

static bool log_in(const struct redis_links *k, struct redis_link *l)
{
    char db[24];
    snprintf(db, sizeof(db), "%ld", k->url.db);
    const char *with_user[] = { "AUTH", k->url.user, k->url.password };
    const char *without[] = { "AUTH", k->url.password };
    const char *select[] = { "SELECT", db };
    if (k->url.password && !(k->url.user ? say(l, with_user, 3) : say(l, without, 2)))
        return false;
    return !k->url.db || say(l, select, 2);
}

/* A server that is started again has another run_id: what it then has may be older than
 * what we know. */
static bool learn_session(struct redis_link *l)
{
    redisReply *r = answer_of(redisCommand(l->redis, "INFO server"));
    const char *id = r && r->str ? strstr(r->str, "run_id:") : NULL;
    if (id)
        l->session = str_hash((struct str){ id, strcspn(id, "\r\n") });
    freeReplyObject(r);
    return id != NULL;
}

static bool load_scripts(struct redis_links *k, struct redis_link *l)
{
    for (size_t i = 0; i < SCRIPT_COUNT; i++) {
        redisReply *r =
            answer_of(redisCommand(l->redis, "SCRIPT LOAD %s", redis_scripts[i]));
        bool ok = r && r->type == REDIS_REPLY_STRING && r->len == 40;
        if (ok) {
            pthread_mutex_lock(&k->lock);
            memcpy(k->sha[i], r->str, 41);
            pthread_mutex_unlock(&k->lock);
        }
        freeReplyObject(r);
        if (!ok)
            return false;
    }
    return true;
}

/* NULL, with a sentence in *why (of at least WHY_BYTES bytes, or NULL), when there is
 * none to be had. */
static struct redis_link *link_new(struct redis_links *k, char *why)
{
    struct redis_link *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    l->redis = redisConnectWithTimeout(k->url.host, k->url.port,
                                       milliseconds(LIMIT_KEEP_CONNECT_MS));
    bool up =
        l->redis && !l->redis->err &&
        redisSetTimeout(l->redis, milliseconds(LIMIT_KEEP_COMMAND_MS)) == REDIS_OK;
    const char *what = "cannot be reached";
    if (up && !log_in(k, l))
        what = "does not let us in (password or database)", up = false;
    else if (up && !(learn_session(l) && load_scripts(k, l)))
        what = "does not do what is asked of it", up = false;
    if (up)
        return l;
    if (why)
        snprintf(why, WHY_BYTES, "%s%s%s", what, l->redis && l->redis->err ? ": " : "",
                 l->redis && l->redis->err ? l->redis->errstr : "");
    if (l->redis)
        link_free(l);
    else
        free(l);
    return NULL;
}

/* An idle link, else a new one; none while the server is known to be away, so that who
 * waits for a namespace does not wait for a time-out each. */
struct redis_link *redis_link_take(struct redis_links *k)
{
    pthread_mutex_lock(&k->lock);
    struct redis_link *l = k->idle;
    if (l)
        k->idle = l->next;
    bool down = !l && clock_monotonic_us() < k->down_until;
    pthread_mutex_unlock(&k->lock);
    if (l || down)
        return l;
    l = link_new(k, NULL);
    pthread_mutex_lock(&k->lock);
    k->down_until = l ? 0 : clock_monotonic_us() + (uint64_t)LIMIT_KEEP_AWAY_MS * 1000;
    pthread_mutex_unlock(&k->lock);
    return l;
}

void redis_link_give(struct redis_links *k, struct redis_link *l)
{
    l->used = true;
    pthread_mutex_lock(&k->lock);
    l->next = k->idle;
    k->idle = l;
    pthread_mutex_unlock(&k->lock);
}

/* What broke one has broken all that were open. */
void redis_link_lose(struct redis_links *k, struct redis_link *l)
{
    link_free(l);
    pthread_mutex_lock(&k->lock);
    struct redis_link *idle = k->idle;
    k->idle = NULL;
    pthread_mutex_unlock(&k->lock);
    while (idle) {
        struct redis_link *next = idle->next;
        link_free(idle);
        idle = next;
    }
}

uint64_t redis_link_session(const struct redis_link *l)
{
    return l->session;
}

/* ---- commands ---- */

struct redis_words redis_words_new(struct arena *arena, size_t room)
{
    return (struct redis_words){ .arena = arena,
                                 .list = arena_take_raw(arena, room * sizeof(char *)),
                                 .lengths =
                                     arena_take_raw(arena, room * sizeof(size_t)),
                                 .room = room };
}

void redis_word(struct redis_words *w, struct str text)
{
    w->list[w->count] = text.ptr;
    w->lengths[w->count++] = text.len;
}

/* "EVALSHA", the script, and all keys of a namespace. */
struct redis_words redis_words_script(struct redis_links *k, enum script script,
                                      const char *ns, size_t more, struct arena *arena)
{
    struct redis_words w = redis_words_new(arena, more + 3 + COUNT(redis_keys));
    char sha[sizeof(k->sha[script])];
    pthread_mutex_lock(&k->lock); /* under which nothing is taken from an arena */
    memcpy(sha, k->sha[script], sizeof(sha));
    pthread_mutex_unlock(&k->lock);
    redis_word(&w, STR("EVALSHA"));
    redis_word(&w, str(arena_copy(arena, str(sha))));
    redis_word(&w, str(arena_printf(arena, "%zu", COUNT(redis_keys))));
    for (size_t i = 0; i < COUNT(redis_keys); i++)
        redis_word(&w, str(arena_printf(arena, "understudy:%s:%s", ns, redis_keys[i])));
    return w;
}

void redis_word_number(struct redis_words *w, uint64_t n)
{
    redis_word(w, str(arena_printf(w->arena, "%" PRIu64, n)));
}

struct redisReply *redis_run(struct redis_link *l, const struct redis_words *w)
{
    return redisCommandArgv(l->redis, (int)w->count, w->list, w->lengths);
}

bool redis_scripts_forgotten(struct redis_links *k, struct redis_link *l,
                             const struct redisReply *r)
{
    const char *error = r ? redis_reply_error(r) : NULL;
    return error && str_starts(str(error), STR("NOSCRIPT")) && load_scripts(k, l);
}

/* One that was idle may be gone, and scripts may have been forgotten, so a second one
 * is tried when nothing was done yet. */
struct redisReply *redis_run_safely(struct redis_links *k, const struct redis_words *w,
                                    struct redis_link **link)
{
    for (;;) {
        struct redis_link *l = redis_link_take(k);
        *link = NULL;
        if (!l)
            return NULL;
        bool used = l->used;
        redisReply *r = redis_run(l, w);
        if (redis_scripts_forgotten(k, l, r)) {
            freeReplyObject(r);
            r = redis_run(l, w);
        }
        if (r) {
            *link = l;
            return r;
        }
        redis_link_lose(k, l);
        if (!used)
            return NULL;
    }
}

/* ---- what is said ---- */

void redis_reply_free(struct redisReply *r)
{
    freeReplyObject(r);
}

const char *redis_reply_error(const struct redisReply *r)
{
    return r->type == REDIS_REPLY_ERROR ? r->str : NULL;
}

bool redis_reply_is_list(const struct redisReply *r, size_t n)
{
    return r->type == REDIS_REPLY_ARRAY && (n == SIZE_MAX || r->elements == n);
}

size_t redis_reply_count(const struct redisReply *r)
{
    return r->type == REDIS_REPLY_ARRAY ? r->elements : 0;
}

struct redisReply *redis_reply_at(const struct redisReply *r, size_t i)
{
    return r->element[i];
}

struct str redis_reply_text(const struct redisReply *r)
{
    return r->type == REDIS_REPLY_STRING ? (struct str){ r->str, r->len }
                                         : (struct str){ NULL, 0 };
}

bool redis_reply_is_nothing(const struct redisReply *r)
{
    return r->type == REDIS_REPLY_NIL;
}

static int by_bytes(const void *a, const void *b)
{
    struct str x = redis_reply_text(*(redisReply *const *)a);
    struct str y = redis_reply_text(*(redisReply *const *)b);
    return strcmp(x.ptr ? x.ptr : "", y.ptr ? y.ptr : "");
}

void redis_reply_sort(struct redisReply *r)
{
    if (redis_reply_count(r))
        qsort(r->element, r->elements, sizeof(*r->element), by_bytes);
}

/* ---- open and close ---- */

void redis_links_close(struct redis_links *k)
{
    if (!k)
        return;
    while (k->idle) {
        struct redis_link *next = k->idle->next;
        link_free(k->idle);
        k->idle = next;
    }
    pthread_mutex_destroy(&k->lock);
    free(k->where);
    redis_url_done(&k->url);
    free(k);
}

const char *redis_links_where(const struct redis_links *k)
{
    return k->where;
}

static bool open_links(struct redis_links *k, const char *url, struct err *err)
{
    char why[WHY_BYTES];
    const struct where at = { .file = NULL };
    if (!redis_url_read(&k->url, url))
        return err_set(err, at,
                       "--store: expected redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]");
    size_t room = strlen(k->url.host) + 48;
    if ((k->where = malloc(room)))
        snprintf(k->where, room, "redis://%s:%d/%ld", k->url.host, k->url.port,
                 k->url.db);
    struct redis_link *l = link_new(k, why);
    if (!l)
        return err_set(err, at, "--store: the server at %s:%d, database %ld, %s",
                       k->url.host, k->url.port, k->url.db, why);
    redis_link_give(k, l);
    return true;
}

struct redis_links *redis_links_open(const char *url, struct err *err)
{
    struct redis_links *k = calloc(1, sizeof(*k));
    if (!k) {
        err_set(err, (struct where){ .file = NULL }, "out of memory");
        return NULL;
    }
    pthread_mutex_init(&k->lock, NULL);
    if (open_links(k, url, err))
        return k;
    redis_links_close(k);
    return NULL;
}

#include "play/keep.h"

#include "base/chance.h"
#include "base/clock.h"
#include "base/limits.h"
#include "play/keep_redis_scripts.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { WHY_BYTES = 256 };

struct link {
    redisContext *redis;
    uint64_t session; /* which life of which server is at the other end */
    bool used;        /* it may have been closed there since */
    struct link *next;
};

struct keep_redis {
    struct keep keep;
    char *host, *user, *password; /* NULL: none */
    char *where;
    int port;
    long db;
    pthread_mutex_t lock; /* over what follows */
    struct link *idle;
    uint64_t down_until; /* clock_monotonic_us: until then nobody tries again */
    char sha[SCRIPT_COUNT][41];
    uint64_t server;               /* who we are: at random */
    atomic_uint_least64_t commits; /* ours so far */
};

/* ---- links ---- */

static struct timeval milliseconds(int64_t ms)
{
    return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
}

static void link_free(struct link *l)
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

static bool say(struct link *l, const char *const *words, int count)
{
    union {
        const char *const *in;
        const char **out;
    } u = { .in = words };
    redisReply *r = answer_of(redisCommandArgv(l->redis, count, u.out, NULL));
    freeReplyObject(r);
    return r != NULL;
}

static bool log_in(const struct keep_redis *k, struct link *l)
{
    char db[24];
    snprintf(db, sizeof(db), "%ld", k->db);
    const char *with_user[] = { "AUTH", k->user, k->password };
    const char *without[] = { "AUTH", k->password };
    const char *select[] = { "SELECT", db };
    if (k->password && !(k->user ? say(l, with_user, 3) : say(l, without, 2)))
        return false;
    return !k->db || say(l, select, 2);
}

/* A server that is started again has another run_id: what it then has may be older than
 * what we know. */
static bool learn_session(struct link *l)
{
    redisReply *r = answer_of(redisCommand(l->redis, "INFO server"));
    const char *id = r && r->str ? strstr(r->str, "run_id:") : NULL;
    if (id)
        l->session = str_hash((struct str){ id, strcspn(id, "\r\n") });
    freeReplyObject(r);
    return id != NULL;
}

static bool load_scripts(struct keep_redis *k, struct link *l)
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
static struct link *link_new(struct keep_redis *k, char *why)
{
    struct link *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    l->redis =
        redisConnectWithTimeout(k->host, k->port, milliseconds(LIMIT_KEEP_CONNECT_MS));
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
static struct link *link_take(struct keep_redis *k)
{
    pthread_mutex_lock(&k->lock);
    struct link *l = k->idle;
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

static void link_give(struct keep_redis *k, struct link *l)
{
    l->used = true;
    pthread_mutex_lock(&k->lock);
    l->next = k->idle;
    k->idle = l;
    pthread_mutex_unlock(&k->lock);
}

/* What broke one has broken all that were open. */
static void link_lose(struct keep_redis *k, struct link *l)
{
    link_free(l);
    pthread_mutex_lock(&k->lock);
    struct link *idle = k->idle;
    k->idle = NULL;
    pthread_mutex_unlock(&k->lock);
    while (idle) {
        struct link *next = idle->next;
        link_free(idle);
        idle = next;
    }
}

/* ---- scripts ---- */

/* What a script is called with. */
struct words {
    struct arena *arena;
    const char **list;
    size_t *lengths;
    size_t count, room;
};

static struct words words_new(struct arena *arena, size_t room)
{
    return (struct words){ .arena = arena,
                           .list = arena_take_raw(arena, room * sizeof(char *)),
                           .lengths = arena_take_raw(arena, room * sizeof(size_t)),
                           .room = room };
}

static void word(struct words *w, struct str text)
{
    w->list[w->count] = text.ptr;
    w->lengths[w->count++] = text.len;
}

/* "EVALSHA", the script, and all keys of a namespace. */
static struct words call_of(struct keep_redis *k, enum script script, const char *ns,
                            size_t more, struct arena *arena)
{
    struct words w = words_new(arena, more + 3 + COUNT(redis_keys));
    char sha[sizeof(k->sha[script])];
    pthread_mutex_lock(&k->lock); /* under which nothing is taken from an arena */
    memcpy(sha, k->sha[script], sizeof(sha));
    pthread_mutex_unlock(&k->lock);
    word(&w, STR("EVALSHA"));
    word(&w, str(arena_copy(arena, str(sha))));
    word(&w, str(arena_printf(arena, "%zu", COUNT(redis_keys))));
    for (size_t i = 0; i < COUNT(redis_keys); i++)
        word(&w, str(arena_printf(arena, "understudy:%s:%s", ns, redis_keys[i])));
    return w;
}

static void word_number(struct words *w, uint64_t n)
{
    word(w, str(arena_printf(w->arena, "%" PRIu64, n)));
}

static redisReply *run(struct link *l, const struct words *w)
{
    return redisCommandArgv(l->redis, (int)w->count, w->list, w->lengths);
}

/* A server that is full says so; one that forgot the scripts, is only read from, or is
 * loading, is away as far as we are concerned. */
static enum keep_answer refusal_of(const redisReply *r)
{
    return r->str && strncmp(r->str, "OOM", 3) == 0 ? KEEP_FULL : KEEP_MISSING;
}

static bool starts(const redisReply *r, const char *word_)
{
    return r && r->type == REDIS_REPLY_ERROR && str_starts(str(r->str), str(word_));
}

/* As run, on a link that is there: one that was idle may be gone, and scripts may have
 * been forgotten, so a second one is tried when nothing was done yet. */
static redisReply *run_safely(struct keep_redis *k, const struct words *w,
                              struct link **link)
{
    for (;;) {
        struct link *l = link_take(k);
        *link = NULL;
        if (!l)
            return NULL;
        bool used = l->used;
        redisReply *r = run(l, w);
        if (starts(r, "NOSCRIPT") && load_scripts(k, l)) {
            freeReplyObject(r);
            r = run(l, w);
        }
        if (r) {
            *link = l;
            return r;
        }
        link_lose(k, l);
        if (!used)
            return NULL;
    }
}

/* ---- pull ---- */

static struct str text_of(const redisReply *r)
{
    return r->type == REDIS_REPLY_STRING ? (struct str){ r->str, r->len }
                                         : (struct str){ NULL, 0 };
}

static bool tell_pairs(const redisReply *list, const struct keep_news *news)
{
    for (size_t i = 0; i + 1 < list->elements; i += 2)
        if (!news->entry(news->context, list->element[i]->str,
                         text_of(list->element[i + 1])))
            return false;
    return true;
}

static bool tell_gone(const redisReply *list, const struct keep_news *news)
{
    for (size_t i = 0; i < list->elements; i++)
        if (!news->entry(news->context, list->element[i]->str, (struct str){ NULL, 0 }))
            return false;
    return true;
}

/* [version, line, "same" | "some" | "whole", [name, value, …], [name, …]] */
static enum keep_answer take_news(const redisReply *r, struct keep_place *place,
                                  const struct keep_news *news)
{
    if (r->type == REDIS_REPLY_ERROR)
        return refusal_of(r);
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 5)
        return KEEP_MISSING;
    redisReply *const *e = r->element;
    bool whole = strcmp(e[2]->str, "whole") == 0;
    if ((whole && !news->whole(news->context)) || !tell_pairs(e[3], news) ||
        !tell_gone(e[4], news)) {
        *place = (struct keep_place){ 0 };
        return KEEP_FULL;
    }
    place->version = strtoull(e[0]->str, NULL, 10);
    snprintf(place->line, sizeof(place->line), "%s", e[1]->str);
    return KEEP_OK;
}

static enum keep_answer redis_pull(struct keep *keep, const char *ns,
                                   struct keep_place *place,
                                   const struct keep_news *news)
{
    struct keep_redis *k = (struct keep_redis *)keep;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct link *l;
    struct words w = call_of(k, SCRIPT_PULL, ns, 2, arena);
    enum keep_answer answer = KEEP_MISSING;
    word_number(&w, place->version);
    word(&w, str(place->line));
    redisReply *r = run_safely(k, &w, &l);
    if (l && place->session != l->session && place->version) {
        /* What it says is counted from another life; asked again from the start. */
        *place = (struct keep_place){ .session = l->session };
        freeReplyObject(r);
        link_give(k, l);
        arena_free(arena);
        return redis_pull(keep, ns, place, news);
    }
    if (l) {
        answer = take_news(r, place, news);
        place->session = l->session;
        link_give(k, l);
    }
    freeReplyObject(r);
    arena_free(arena);
    return answer;
}

/* ---- commit ---- */

static void pause_ms(long ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

static enum keep_answer take_place(const redisReply *r, struct keep_place *place)
{
    if (r->type == REDIS_REPLY_ERROR)
        return refusal_of(r);
    if (r->type != REDIS_REPLY_ARRAY || r->elements != 2)
        return KEEP_MISSING;
    if (!*r->element[0]->str)
        return KEEP_BEHIND;
    place->version = strtoull(r->element[0]->str, NULL, 10);
    snprintf(place->line, sizeof(place->line), "%s", r->element[1]->str);
    return KEEP_OK;
}

/* The link broke before it told: the server is asked whether it has the commit. Where
 * it has not, it will not take it later either, since the namespace has moved on by
 * then. */
static enum keep_answer resolve(struct keep_redis *k, const char *ns, const char *id,
                                struct keep_place *place)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    uint64_t until = clock_monotonic_us() + (uint64_t)LIMIT_KEEP_RESOLVE_MS * 1000;
    do {
        struct link *l;
        struct words w = call_of(k, SCRIPT_RESOLVE, ns, 1, arena);
        word(&w, str(id));
        redisReply *r = run_safely(k, &w, &l);
        if (l) {
            enum keep_answer answer = take_place(r, place);
            uint64_t session = l->session;
            freeReplyObject(r);
            link_give(k, l);
            if (answer == KEEP_OK || answer == KEEP_BEHIND) {
                place->session = session;
                arena_free(arena);
                return answer;
            }
        }
        pause_ms(LIMIT_KEEP_AWAY_MS / 4);
    } while (clock_monotonic_us() < until);
    arena_free(arena);
    return KEEP_UNKNOWN;
}

static struct words commit_words(struct keep_redis *k, const char *ns, const char *id,
                                 const struct keep_place *place,
                                 const struct keep_changes *c)
{
    struct words w = call_of(k, SCRIPT_COMMIT, ns, 6 + 2 * c->count, c->arena);
    word_number(&w, place->version);
    word(&w, str(place->line));
    word(&w, str(id));
    word(&w, !c->forget ? STR("nothing") : *c->forget ? STR("some") : STR("all"));
    word(&w, str(c->forget ? c->forget : ""));
    word(&w, str(ns));
    for (size_t i = 0; i < c->count; i++) {
        const struct keep_entry *e = &c->list[i];
        word(&w,
             str(arena_printf(c->arena, "%c%s", e->value.ptr ? '+' : '-', e->name)));
        word(&w, e->value.ptr ? e->value : STR(""));
    }
    return w;
}

static enum keep_answer redis_commit(struct keep *keep, const char *ns,
                                     struct keep_place *place,
                                     const struct keep_changes *changes)
{
    struct keep_redis *k = (struct keep_redis *)keep;
    char id[48];
    if (changes->count > LIMIT_KEEP_REDIS_ENTRIES)
        return KEEP_FULL;
    snprintf(id, sizeof(id), "%016" PRIx64 "-%" PRIx64, k->server,
             atomic_fetch_add(&k->commits, 1));
    if (setjmp(*arena_guard(changes->arena)))
        return KEEP_FULL; /* nothing was sent */
    struct words w = commit_words(k, ns, id, place, changes);
    arena_unguard(changes->arena);
    struct link *l = link_take(k);
    if (!l)
        return KEEP_MISSING;
    if (l->session != place->session) {
        link_give(k, l);
        return KEEP_BEHIND;
    }
    redisReply *r = run(l, &w);
    if (!r) {
        link_lose(k, l);
        return resolve(k, ns, id, place);
    }
    bool forgotten = starts(r, "NOSCRIPT") && load_scripts(k, l);
    enum keep_answer answer = forgotten ? KEEP_BEHIND : take_place(r, place);
    freeReplyObject(r);
    link_give(k, l);
    return answer;
}

static enum keep_answer redis_namespaces(struct keep *keep,
                                         bool (*one)(void *context, const char *ns),
                                         void *context)
{
    struct keep_redis *k = (struct keep_redis *)keep;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct words w = words_new(arena, 2);
    struct link *l;
    enum keep_answer answer = KEEP_MISSING;
    word(&w, STR("SMEMBERS"));
    word(&w, STR("understudy:namespaces"));
    redisReply *r = run_safely(k, &w, &l);
    if (l && r->type == REDIS_REPLY_ARRAY) {
        answer = KEEP_OK;
        for (size_t i = 0; answer == KEEP_OK && i < r->elements; i++)
            if (!one(context, r->element[i]->str))
                answer = KEEP_FULL;
    }
    freeReplyObject(r);
    if (l)
        link_give(k, l);
    arena_free(arena);
    return answer;
}

/* ---- open and close ---- */

static void redis_close(struct keep *keep)
{
    struct keep_redis *k = (struct keep_redis *)keep;
    while (k->idle) {
        struct link *next = k->idle->next;
        link_free(k->idle);
        k->idle = next;
    }
    pthread_mutex_destroy(&k->lock);
    free(k->where);
    free(k->host);
    free(k->user);
    free(k->password);
    free(k);
}

/* %41 is A; NULL for no text or when memory ran out. */
static char *decoded(struct str text)
{
    char *out = text.ptr ? malloc(text.len + 1) : NULL, *to = out;
    unsigned c;
    for (size_t i = 0; out && i < text.len; i++) {
        char two[3] = { 0 };
        if (text.ptr[i] == '%' && i + 2 < text.len)
            memcpy(two, text.ptr + i + 1, 2);
        if (two[0] && sscanf(two, "%2x", &c) == 1) {
            *to++ = (char)c;
            i += 2;
        } else {
            *to++ = text.ptr[i];
        }
    }
    if (out)
        *to = '\0';
    return out;
}

static bool whole_number(struct str text, long most, long *n)
{
    *n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || *n > most)
            return false;
        *n = *n * 10 + (text.ptr[i] - '0');
    }
    return text.len && *n <= most;
}

/* "[USER][:PASSWORD]@HOST[:PORT][/DB]"; the last @ ends the password. */
static bool read_url(struct keep_redis *k, struct str rest)
{
    struct str place, who = { NULL, 0 }, host, user;
    const char *at = NULL;
    long port = 6379;
    str_split(&rest, '/', &place);
    for (size_t i = 0; i < place.len; i++)
        if (place.ptr[i] == '@')
            at = place.ptr + i;
    if (at) {
        who = (struct str){ place.ptr, (size_t)(at - place.ptr) };
        place = str_from(place, who.len + 1);
        str_split(&who, ':', &user);
        k->user = user.len ? decoded(user) : NULL;
        k->password = decoded(who);
    }
    if (place.len && place.ptr[0] == '[') {
        place = str_from(place, 1);
        str_split(&place, ']', &host);
        if (place.ptr && place.len && place.ptr[0] == ':')
            place = str_from(place, 1);
        else if (place.len)
            return false;
        else
            place.ptr = NULL;
    } else {
        str_split(&place, ':', &host);
    }
    if (place.ptr && (!whole_number(place, 65535, &port) || !port))
        return false;
    if (rest.ptr && rest.len && !whole_number(rest, 1000000, &k->db))
        return false;
    k->port = (int)port;
    k->host = host.len ? decoded(host) : NULL;
    return k->host != NULL;
}

static bool open_redis(struct keep_redis *k, const char *url, struct err *err)
{
    char why[WHY_BYTES];
    const char *rest = strstr(url, "://") + 3;
    const struct where at = { .file = NULL };
    if (!read_url(k, str(rest)))
        return err_set(err, at,
                       "--store: expected redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]");
    size_t room = strlen(k->host) + 48;
    if ((k->where = malloc(room)))
        snprintf(k->where, room, "redis://%s:%d/%ld", k->host, k->port, k->db);
    k->keep.where = k->where;
    struct link *l = link_new(k, why);
    if (!l)
        return err_set(err, at, "--store: the server at %s:%d, database %ld, %s",
                       k->host, k->port, k->db, why);
    link_give(k, l);
    return true;
}

struct keep *keep_redis_open(const char *url, struct err *err)
{
    static const struct keep_kind kind = { .shared = true,
                                           .close = redis_close,
                                           .pull = redis_pull,
                                           .commit = redis_commit,
                                           .namespaces = redis_namespaces };
    struct keep_redis *k = calloc(1, sizeof(*k));
    struct timespec now;
    if (!k) {
        err_set(err, (struct where){ .file = NULL }, "out of memory");
        return NULL;
    }
    k->keep.kind = &kind;
    pthread_mutex_init(&k->lock, NULL);
    clock_gettime(CLOCK_REALTIME, &now);
    struct chance draw = { (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20 ^
                           (uint64_t)(uintptr_t)k };
    k->server = chance_next(&draw);
    if (open_redis(k, url, err))
        return &k->keep;
    redis_close(&k->keep);
    return NULL;
}

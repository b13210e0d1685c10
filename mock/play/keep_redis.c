#include "play/keep.h"

#include "base/chance.h"
#include "base/clock.h"
#include "base/limits.h"
#include "play/keep_redis_link.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct keep_redis {
    struct keep keep;
    struct redis_links *links;
    uint64_t server;               /* who we are: at random */
    atomic_uint_least64_t commits; /* ours so far */
};

/* A server that is full says so; one that forgot the scripts, is only read from, or is
 * loading, is away as far as we are concerned. */
static enum keep_answer refusal_of(const char *error)
{
    return strncmp(error, "OOM", 3) == 0 ? KEEP_FULL : KEEP_MISSING;
}

/* ---- pull ---- */

static bool tell_pairs(const struct redisReply *list, const struct keep_news *news)
{
    for (size_t i = 0; i + 1 < redis_reply_count(list); i += 2) {
        struct str name = redis_reply_text(redis_reply_at(list, i));
        if (name.ptr && !news->entry(news->context, name.ptr,
                                     redis_reply_text(redis_reply_at(list, i + 1))))
            return false;
    }
    return true;
}

static bool tell_gone(const struct redisReply *list, const struct keep_news *news)
{
    for (size_t i = 0; i < redis_reply_count(list); i++) {
        struct str name = redis_reply_text(redis_reply_at(list, i));
        if (name.ptr && !news->entry(news->context, name.ptr, (struct str){ NULL, 0 }))
            return false;
    }
    return true;
}

/* [version, line, "same" | "some" | "whole", [name, value, …], [name, …]] */
static enum keep_answer take_news(const struct redisReply *r, struct keep_place *place,
                                  const struct keep_news *news)
{
    struct str head[3];
    if (redis_reply_error(r))
        return refusal_of(redis_reply_error(r));
    if (!redis_reply_is_list(r, 5))
        return KEEP_MISSING;
    for (size_t i = 0; i < COUNT(head); i++)
        if (!(head[i] = redis_reply_text(redis_reply_at(r, i))).ptr)
            return KEEP_MISSING;
    if ((str_is(head[2], "whole") && !news->whole(news->context)) ||
        !tell_pairs(redis_reply_at(r, 3), news) ||
        !tell_gone(redis_reply_at(r, 4), news)) {
        *place = (struct keep_place){ 0 };
        return KEEP_FULL;
    }
    place->version = strtoull(head[0].ptr, NULL, 10);
    snprintf(place->line, sizeof(place->line), "%s", head[1].ptr);
    return KEEP_OK;
}

static enum keep_answer redis_pull(struct keep *keep, const char *ns,
                                   struct keep_place *place,
                                   const struct keep_news *news)
{
    struct keep_redis *k = (struct keep_redis *)keep;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct redis_link *l;
    struct redis_words w = redis_words_script(k->links, SCRIPT_PULL, ns, 2, arena);
    enum keep_answer answer = KEEP_MISSING;
    redis_word_number(&w, place->version);
    redis_word(&w, str(place->line));
    struct redisReply *r = redis_run_safely(k->links, &w, &l);
    if (l && place->session != redis_link_session(l) && place->version) {
        /* What it says is counted from another life; asked again from the start. */
        *place = (struct keep_place){ .session = redis_link_session(l) };
        redis_reply_free(r);
        redis_link_give(k->links, l);
        arena_free(arena);
        return redis_pull(keep, ns, place, news);
    }
    if (l) {
        answer = take_news(r, place, news);
        place->session = redis_link_session(l);
        redis_link_give(k->links, l);
    }
    redis_reply_free(r);
    arena_free(arena);
    return answer;
}

/* ---- commit ---- */

static void pause_ms(long ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

static enum keep_answer take_place(const struct redisReply *r, struct keep_place *place)
{
    if (redis_reply_error(r))
        return refusal_of(redis_reply_error(r));
    if (!redis_reply_is_list(r, 2))
        return KEEP_MISSING;
    struct str version = redis_reply_text(redis_reply_at(r, 0));
    struct str line = redis_reply_text(redis_reply_at(r, 1));
    if (!version.ptr || !line.ptr)
        return KEEP_MISSING;
    if (!version.len)
        return KEEP_BEHIND;
    if (str_is(version, "full"))
        return KEEP_FULL;
    place->version = strtoull(version.ptr, NULL, 10);
    snprintf(place->line, sizeof(place->line), "%s", line.ptr);
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
        struct redis_link *l;
        struct redis_words w =
            redis_words_script(k->links, SCRIPT_RESOLVE, ns, 1, arena);
        redis_word(&w, str(id));
        struct redisReply *r = redis_run_safely(k->links, &w, &l);
        if (l) {
            enum keep_answer answer = take_place(r, place);
            uint64_t session = redis_link_session(l);
            redis_reply_free(r);
            redis_link_give(k->links, l);
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

static struct redis_words commit_words(struct keep_redis *k, const char *ns,
                                       const char *id, const struct keep_place *place,
                                       const struct keep_changes *c)
{
    struct redis_words w =
        redis_words_script(k->links, SCRIPT_COMMIT, ns, 7 + 2 * c->count, c->arena);
    redis_word_number(&w, place->version);
    redis_word(&w, str(place->line));
    redis_word(&w, str(id));
    redis_word(&w, !c->forget ? STR("nothing") : *c->forget ? STR("some") : STR("all"));
    redis_word(&w, str(c->forget ? c->forget : ""));
    redis_word(&w, str(ns));
    redis_word_number(&w, LIMIT_KEPT_NAMESPACES);
    for (size_t i = 0; i < c->count; i++) {
        const struct keep_entry *e = &c->list[i];
        redis_word(
            &w, str(arena_printf(c->arena, "%c%s", e->value.ptr ? '+' : '-', e->name)));
        redis_word(&w, e->value.ptr ? e->value : STR(""));
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
    struct redis_words w = commit_words(k, ns, id, place, changes);
    arena_unguard(changes->arena);
    struct redis_link *l = redis_link_take(k->links);
    if (!l)
        return KEEP_MISSING;
    if (redis_link_session(l) != place->session) {
        redis_link_give(k->links, l);
        return KEEP_BEHIND;
    }
    struct redisReply *r = redis_run(l, &w);
    if (!r) {
        redis_link_lose(k->links, l);
        return resolve(k, ns, id, place);
    }
    bool forgotten = redis_scripts_forgotten(k->links, l, r);
    enum keep_answer answer = forgotten ? KEEP_BEHIND : take_place(r, place);
    redis_reply_free(r);
    redis_link_give(k->links, l);
    return answer;
}

/* ---- names, and one entry ---- */

/* A reply that the caller frees, or NULL. */
static struct redisReply *ask(struct keep_redis *k, const char *const *list,
                              size_t count)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct redis_words w = redis_words_new(arena, count);
    struct redis_link *l;
    for (size_t i = 0; i < count; i++)
        redis_word(&w, str(list[i]));
    struct redisReply *r = redis_run_safely(k->links, &w, &l);
    if (l)
        redis_link_give(k->links, l);
    arena_free(arena);
    return r;
}

static enum keep_answer redis_read(struct keep *keep, const char *ns, const char *name,
                                   char *value, size_t room)
{
    char key[LIMIT_NAMESPACE_NAME + 32];
    snprintf(key, sizeof(key), "understudy:%s:state", ns);
    const char *const words[] = { "HGET", key, name };
    struct redisReply *r = ask((struct keep_redis *)keep, words, COUNT(words));
    struct str text = r ? redis_reply_text(r) : (struct str){ NULL, 0 };
    bool known = text.ptr || (r && redis_reply_is_nothing(r));
    snprintf(value, room, "%s", text.ptr ? text.ptr : "");
    redis_reply_free(r);
    return known ? KEEP_OK : KEEP_MISSING;
}

static enum keep_answer redis_namespaces(struct keep *keep, const char *after,
                                         bool (*one)(void *context, const char *ns),
                                         void *context)
{
    const char *const words[] = { "SMEMBERS", "understudy:namespaces" };
    struct redisReply *r = ask((struct keep_redis *)keep, words, COUNT(words));
    bool list = r && redis_reply_is_list(r, SIZE_MAX), more = list;
    if (list)
        redis_reply_sort(r);
    for (size_t i = 0; more && i < redis_reply_count(r); i++) {
        struct str name = redis_reply_text(redis_reply_at(r, i));
        more = !name.ptr || strcmp(name.ptr, after) <= 0 || one(context, name.ptr);
    }
    redis_reply_free(r);
    return list ? KEEP_OK : KEEP_MISSING;
}

/* ---- open and close ---- */

static void redis_close(struct keep *keep)
{
    struct keep_redis *k = (struct keep_redis *)keep;
    redis_links_close(k->links);
    free(k);
}

struct keep *keep_redis_open(const char *url, struct err *err)
{
    static const struct keep_kind kind = { .shared = true,
                                           .close = redis_close,
                                           .pull = redis_pull,
                                           .commit = redis_commit,
                                           .namespaces = redis_namespaces,
                                           .read = redis_read };
    struct keep_redis *k = calloc(1, sizeof(*k));
    struct timespec now;
    if (!k) {
        err_set(err, (struct where){ .file = NULL }, "out of memory");
        return NULL;
    }
    k->keep.kind = &kind;
    clock_gettime(CLOCK_REALTIME, &now);
    struct chance draw = { (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 20 ^
                           (uint64_t)(uintptr_t)k };
    k->server = chance_next(&draw);
    k->links = redis_links_open(url, err);
    if (k->links) {
        k->keep.where = redis_links_where(k->links);
        return &k->keep;
    }
    redis_close(&k->keep);
    return NULL;
}

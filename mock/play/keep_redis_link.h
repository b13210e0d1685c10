/* keep_redis_link.h — talking to the Redis that a URL names: connections, commands,
 * what is said to them; for keep_redis.c, which knows nothing of hiredis.
 *
 * Links are kept open and may be used by many threads, each by one at a time. */
#ifndef PLAY_KEEP_REDIS_LINK_H
#define PLAY_KEEP_REDIS_LINK_H

#include "base/error.h"
#include "play/keep_redis_scripts.h"

#include <stdint.h>

struct redis_links;
struct redis_link;
struct redisReply;

/* Owned by the caller, who calls redis_links_close; NULL and err filled when the URL is
 * none, or nobody answers there. */
struct redis_links *redis_links_open(const char *url, struct err *err);
void redis_links_close(struct redis_links *k);

/* "redis://HOST:PORT/DB"; borrowed. */
const char *redis_links_where(const struct redis_links *k);

/* ---- a command ---- */

/* Its words, borrowed from arena, and by who sends it from everyone else. */
struct redis_words {
    struct arena *arena;
    const char **list;
    size_t *lengths;
    size_t count, room;
};

struct redis_words redis_words_new(struct arena *arena, size_t room);
void redis_word(struct redis_words *w, struct str text);
void redis_word_number(struct redis_words *w, uint64_t n);

/* "EVALSHA", the script, and all keys of a namespace, with room for so many more. */
struct redis_words redis_words_script(struct redis_links *k, enum script script,
                                      const char *ns, size_t more, struct arena *arena);

/* ---- sending it ---- */

/* An idle link, else a new one; NULL while the server is known to be away. The caller
 * gives it back, or loses it when it broke. */
struct redis_link *redis_link_take(struct redis_links *k);
void redis_link_give(struct redis_links *k, struct redis_link *l);
void redis_link_lose(struct redis_links *k, struct redis_link *l);

/* Which life of which server is at the other end. */
uint64_t redis_link_session(const struct redis_link *l);

/* The reply, owned by the caller, who calls redis_reply_free; NULL: the link broke. */
struct redisReply *redis_run(struct redis_link *l, const struct redis_words *w);

/* The same for a command that may be sent twice, on a link that is there, and that the
 * caller gives back; NULL and *link NULL when there is none. */
struct redisReply *redis_run_safely(struct redis_links *k, const struct redis_words *w,
                                    struct redis_link **link);

/* Whether the reply is that a script was forgotten; it is known again then. */
bool redis_scripts_forgotten(struct redis_links *k, struct redis_link *l,
                             const struct redisReply *r);

/* ---- what is said ---- */

void redis_reply_free(struct redisReply *r);

/* The error that it is, or NULL. */
const char *redis_reply_error(const struct redisReply *r);

/* Its items when it is a list of n, or of any number when n is SIZE_MAX. */
bool redis_reply_is_list(const struct redisReply *r, size_t n);
size_t redis_reply_count(const struct redisReply *r);
struct redisReply *redis_reply_at(const struct redisReply *r, size_t i);

/* Its text, borrowed; ptr NULL when it is none. */
struct str redis_reply_text(const struct redisReply *r);
bool redis_reply_is_nothing(const struct redisReply *r);

/* Puts the texts of a list in the order of their bytes. */
void redis_reply_sort(struct redisReply *r);

#endif

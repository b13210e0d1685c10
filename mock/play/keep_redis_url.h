/* keep_redis_url.h — the URL of a Redis, taken apart. */
#ifndef PLAY_KEEP_REDIS_URL_H
#define PLAY_KEEP_REDIS_URL_H

#include "base/str.h"

struct redis_url {
    char *host, *user, *password; /* NULL: none */
    int port;
    long db;
};

/* "redis://[USER][:PASSWORD]@HOST[:PORT][/DB]", or with another scheme; the last @ ends
 * the password. False when it is none; redis_url_done is wanted either way. */
bool redis_url_read(struct redis_url *u, const char *url);
void redis_url_done(struct redis_url *u);

#endif

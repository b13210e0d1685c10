#include "play/keep_redis_url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

bool redis_url_read(struct redis_url *u, const char *url)
{
    struct str rest = str(strstr(url, "://") + 3);
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
        u->user = user.len ? decoded(user) : NULL;
        u->password = decoded(who);
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
    if (rest.ptr && rest.len && !whole_number(rest, 1000000, &u->db))
        return false;
    u->port = (int)port;
    u->host = host.len ? decoded(host) : NULL;
    return u->host != NULL;
}

void redis_url_done(struct redis_url *u)
{
    free(u->host);
    free(u->user);
    free(u->password);
}

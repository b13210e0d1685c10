#include "serve/cors.h"

#include "base/buffer.h"

bool cors_is_preflight(const struct request *r)
{
    return str_is(r->method, "OPTIONS") && request_header(r, "Origin").ptr &&
           request_header(r, "Access-Control-Request-Method").ptr;
}

/* Caches may not give one origin's answer to another. */
static void add_vary(struct response *to, struct str more, struct arena *arena)
{
    for (size_t i = 0; i < to->header_count; i++) {
        struct header *h = &to->headers[i];
        if (!str_equal_nocase(h->name, STR("Vary")))
            continue;
        h->value = str(arena_printf(arena, "%.*s, %.*s", (int)h->value.len,
                                    h->value.ptr, (int)more.len, more.ptr));
        return;
    }
    response_header(to, "Vary", more);
}

static void add_origin(const struct request *r, struct response *to)
{
    response_header(to, "Access-Control-Allow-Origin", request_header(r, "Origin"));
    response_header(to, "Access-Control-Allow-Credentials", STR("true"));
}

void cors_preflight(const struct request *r, const char *allow, struct arena *arena,
                    struct response *to)
{
    struct str method = request_header(r, "Access-Control-Request-Method");
    struct str fields = request_header(r, "Access-Control-Request-Headers");
    struct str network = request_header(r, "Access-Control-Request-Private-Network");
    struct str rest = str(allow), one;
    bool listed = false;
    while (*allow && str_split(&rest, ',', &one))
        listed = listed || str_equal(str_trim(one), method);
    to->status = 204;
    add_origin(r, to);
    response_header(to, "Access-Control-Allow-Methods",
                    listed
                        ? str(allow)
                        : str(arena_printf(arena, "%s%s%.*s", allow, *allow ? ", " : "",
                                           (int)method.len, method.ptr)));
    if (fields.len)
        response_header(to, "Access-Control-Allow-Headers", fields);
    if (str_is(network, "true"))
        response_header(to, "Access-Control-Allow-Private-Network", STR("true"));
    response_header(to, "Access-Control-Max-Age", STR("600"));
    add_vary(to,
             STR("Origin, Access-Control-Request-Method, "
                 "Access-Control-Request-Headers"),
             arena);
}

void cors_allow(const struct request *r, struct arena *arena, struct response *to)
{
    struct buffer names = buffer_in(arena, LIMIT_HEAD_BYTES);
    if (!request_header(r, "Origin").ptr)
        return;
    for (size_t i = 0; i < to->header_count; i++) {
        buffer_add_text(&names, names.len ? ", " : "");
        buffer_add(&names, to->headers[i].name);
    }
    add_origin(r, to);
    if (names.len)
        response_header(to, "Access-Control-Expose-Headers", buffer_str(&names));
    add_vary(to, STR("Origin"), arena);
}

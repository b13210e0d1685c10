#include "api/load.h"

/* The template with each {variable} replaced by its default (OpenAPI 4.8.5). */
static const char *filled(struct loading *l, const cJSON *server, const char *pointer)
{
    const char *url = json_member_text(server, "url");
    if (!url) {
        load_error(l, pointer, NULL, "expected a server object with a url");
        return "";
    }
    struct buffer b = buffer_in(l->arena, LIMIT_HEAD_BYTES);
    for (const char *p = url; *p; p++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (!end) {
            buffer_add_char(&b, *p);
            continue;
        }
        struct str name = { p + 1, (size_t)(end - p - 1) };
        const cJSON *variable = json_member_str(json_member(server, "variables"), name);
        const char *value = json_member_text(variable, "default");
        if (!value)
            load_error(l, pointer, "url", "the variable {%.*s} has no default",
                       (int)name.len, name.ptr);
        buffer_add_text(&b, value ? value : "");
        p = end;
    }
    return buffer_str(&b).ptr;
}

static struct server_url parse(struct loading *l, const char *url)
{
    struct server_url s = { .url = url, .host = "", .base = "" };
    const char *scheme = strstr(url, "://"), *path = url;
    if (scheme) {
        const char *host = scheme + 3;
        path = host + strcspn(host, "/?#");
        size_t len = strcspn(host, ":/?#");
        if (*host == '[')
            len = strcspn(host, "]") + 1;
        s.host = arena_copy(l->arena, (struct str){ host, len });
    }
    size_t len = strcspn(path, "?#");
    while (len && path[len - 1] == '/')
        len--;
    if (len)
        s.base =
            arena_printf(l->arena, "%s%.*s", *path == '/' ? "" : "/", (int)len, path);
    return s;
}

void load_servers(struct loading *l)
{
    const cJSON *servers = json_member(l->api->root, "servers");
    size_t n = json_count(servers);
    l->api->servers = arena_array(l->arena, struct server_url, n + 1);
    if (!json_is_array(servers) || !n) {
        l->api->servers[l->api->server_count++] = parse(l, "/");
        return;
    }
    size_t i = 0;
    for (const cJSON *one = servers->child; one; one = one->next, i++) {
        const char *pointer = arena_printf(l->arena, "/servers/%zu", i);
        l->api->servers[l->api->server_count++] = parse(l, filled(l, one, pointer));
    }
}

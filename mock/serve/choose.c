#include "serve/choose.h"

#include "serve/astray.h"

/* Below one of the API's base paths, or as it stands when loose; the operation that the
 * path and the method mean is in *route. */
static bool route_in(const struct api *api, const struct request *r, struct str path,
                     bool loose, struct arena *arena, struct route *route)
{
    struct route miss = { .operation = NULL };
    for (size_t i = 0; i <= api->server_count; i++) {
        struct str base = i < api->server_count ? str(api->servers[i].base) : STR("");
        if (i == api->server_count && !loose)
            break;
        if (!str_starts(path, base))
            continue;
        routes_match(api->routes, r->method, str_from(path, base.len), arena, route);
        if (route->operation)
            return true;
        if (route->path_known)
            miss = *route;
    }
    *route = miss;
    return miss.path_known;
}

static size_t api_by_host(const struct cast *cast, const struct request *r)
{
    struct str rest = request_header(r, "Host"), host = rest;
    if (rest.ptr && (!rest.len || rest.ptr[0] != '['))
        str_split(&rest, ':', &host);
    for (size_t i = 0; i < cast->count && host.ptr; i++)
        for (size_t j = 0; j < cast->apis[i]->server_count; j++) {
            struct str server = str(cast->apis[i]->servers[j].host);
            if (server.len && str_equal_nocase(server, host))
                return i;
        }
    return SIZE_MAX;
}

/* "/NAME/rest" → the API of that name; *path becomes "/rest". */
static size_t api_by_prefix(const struct cast *cast, struct str *path)
{
    struct str rest = str_from(*path, 1), name;
    str_split(&rest, '/', &name);
    for (size_t i = 0; i < cast->count; i++)
        if (str_is(name, cast->apis[i]->name)) {
            *path = rest.ptr ? (struct str){ rest.ptr - 1, rest.len + 1 } : STR("/");
            return i;
        }
    return SIZE_MAX;
}

static const char *names_of(const struct cast *cast, const bool *which,
                            struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    for (size_t i = 0; i < cast->count; i++)
        if (!which || which[i])
            buffer_printf(&b, "%s/%s", b.len ? ", " : "", cast->apis[i]->name);
    return buffer_str(&b).ptr;
}

/* The ways to say which of several APIs is meant. */
static cJSON *choices_of(const struct cast *cast, const bool *which, struct str path,
                         struct arena *arena)
{
    cJSON *list = json_array(arena);
    for (size_t i = 0; i < cast->count; i++) {
        const struct api *api = cast->apis[i];
        if (!which[i])
            continue;
        cJSON *one = json_object(arena);
        const char *own =
            arena_printf(arena, "/%s%.*s", api->name, (int)path.len, path.ptr);
        json_add(one, "api", json_string(arena, str(api->name)));
        json_add(one, "title", json_string(arena, str(api->title)));
        if (utf8_valid(path))
            json_add(one, "path", json_string(arena, str(own)));
        if (api->servers[0].host[0])
            json_add(one, "host", json_string(arena, str(api->servers[0].host)));
        json_push(list, one);
    }
    return list;
}

/* Where the caller wanted to go, as far as one can tell. */
static const char *meant(struct call *c, struct str path)
{
    const struct cast *cast = &c->world->cast;
    const char *near = astray_path(cast, path, c->arena);
    if (near)
        return arena_printf(c->arena, "; did you mean %.200s?", near);
    return arena_printf(c->arena,
                        "; `understudy routes` lists those that there are, "
                        "each of which is also below %s",
                        names_of(cast, NULL, c->arena));
}

/* By path alone: the one API that has it. */
static void choose_by_path(struct call *c, struct str path)
{
    const struct cast *cast = &c->world->cast;
    bool *has = arena_array(c->arena, bool, cast->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < cast->count; i++) {
        struct route route;
        has[i] = route_in(cast->apis[i], c->request, path, false, c->arena, &route);
        if (has[i]) {
            c->api = i;
            c->route = route;
            count++;
        }
    }
    if (count == 1)
        return;
    c->api = cast->count == 1 ? 0 : SIZE_MAX;
    c->route = (struct route){ .operation = NULL };
    if (count) {
        call_refuse(c, "no_route", 404,
                    arena_printf(c->arena,
                                 "several APIs have this path; say which by one of the "
                                 "prefixes %s or by the Host field",
                                 names_of(cast, has, c->arena)));
        c->refusal.choices = choices_of(cast, has, path, c->arena);
        return;
    }
    call_refuse(
        c, "no_route", 404,
        arena_printf(c->arena, "no API served here has this path%s", meant(c, path)));
}

void call_choose(struct call *c, struct str path)
{
    const struct cast *cast = &c->world->cast;
    struct str own = path;
    c->api = api_by_host(cast, c->request);
    bool by_host = c->api != SIZE_MAX;
    if (!by_host)
        c->api = api_by_prefix(cast, &own);
    size_t named = c->api;
    if (named == SIZE_MAX) {
        choose_by_path(c, path);
    } else if (!route_in(cast->apis[named], c->request, own, !by_host, c->arena,
                         &c->route)) {
        /* A path may begin with the API's own name and mean no prefix: /pets of pets.
         */
        if (!by_host)
            choose_by_path(c, path);
        if (!c->route.path_known) {
            c->api = named;
            c->refusal = (struct refusal){ .kind = NULL };
            call_refuse(c, "no_route", 404,
                        arena_printf(c->arena, "%s has no such path%s",
                                     cast->apis[named]->title, meant(c, own)));
        }
    }
    if (c->refusal.kind || c->route.operation)
        return;
    call_refuse(c, "method_not_allowed", 405,
                arena_printf(c->arena, "this path takes %s", c->route.allow));
    c->refusal.allow = c->route.allow;
}

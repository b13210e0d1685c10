#include "query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/param.h"
#include "base/limits.h"

void read_call(struct arena *a, const struct api *api, const char *path,
               const char *query, const struct header *headers, size_t count,
               struct outcome *out)
{
    struct request r = { .method = STR("GET") };
    struct route route;
    if (query)
        r.query = str(query);
    for (size_t i = 0; i < count; i++)
        r.headers[r.header_count++] = headers[i];
    routes_match(api->routes, STR("GET"), str(path), a, &route);
    if (!route.operation)
        fail_msg("%s leads nowhere", path);
    *out = (struct outcome){ .findings = { .arena = a }, .warnings = { .arena = a } };
    out->input = params_read(&route, &r, a, &out->findings, &out->warnings);
}

void read_query(struct arena *a, const struct api *api, const char *query,
                struct outcome *out)
{
    read_call(a, api, "/a", query, NULL, 0, out);
}

const char *told(const struct findings *all, struct arena *a)
{
    struct buffer b = buffer_in(a, LIMIT_BODY_BYTES);
    for (size_t i = 0; i < all->count; i++)
        buffer_printf(&b, "%s%s %s: %s", i ? "; " : "", all->list[i].keyword,
                      all->list[i].pointer, finding_text(&all->list[i], a));
    return buffer_str(&b).ptr;
}

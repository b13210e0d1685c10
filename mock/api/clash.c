#include "api/clash.h"

#include "base/map.h"

/* "/pets/{id}" as "/pets/{}". */
static struct str shape_of(const char *base, const char *path, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    bool inside = false;
    buffer_add_text(&b, base);
    for (const char *p = path; *p; p++) {
        if (!inside || *p == '}')
            buffer_add_char(&b, *p);
        inside = *p == '{' || (inside && *p != '}');
    }
    return buffer_str(&b);
}

struct finding_clashes {
    struct arena *arena;
    struct map *seen; /* shape → the first API that has it */
    struct clash *list;
    size_t count;
};

static void note(struct finding_clashes *f, const struct api *one,
                 const struct api *other, const char *path)
{
    struct clash *c = f->list;
    while (c < f->list + f->count && (c->one != one || c->other != other))
        c++;
    if (c == f->list + f->count) {
        *c = (struct clash){ one, other, path, 0 };
        f->count++;
    }
    c->count++;
}

static void add(struct finding_clashes *f, const struct api *api, const char *base)
{
    struct map *own = map_new(f->arena);
    for (size_t i = 0; i < api->operation_count; i++) {
        struct str shape = shape_of(base, api->operations[i].path, f->arena);
        const struct api **here = arena_take(f->arena, sizeof(*here));
        *here = api;
        if (map_put(own, shape, here))
            continue; /* another method of the same path */
        const struct api **before = map_get(f->seen, shape);
        if (!before)
            map_put(f->seen, shape, here);
        else if (*before != api)
            note(f, *before, api,
                 arena_printf(f->arena, "%s%s", base, api->operations[i].path));
    }
}

const struct clash *clashes_find(const struct api *const *apis, size_t api_count,
                                 struct arena *arena, size_t *count)
{
    struct finding_clashes f = { .arena = arena, .seen = map_new(arena) };
    f.list = arena_array(arena, struct clash, api_count * api_count + 1);
    for (size_t i = 0; i < api_count; i++)
        for (size_t s = 0; s < apis[i]->server_count; s++)
            add(&f, apis[i], apis[i]->servers[s].base);
    *count = f.count;
    return f.list;
}

const char *clash_text(const struct clash *c, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    buffer_printf(&b, "%s and %s both have %s", c->one->name, c->other->name, c->path);
    if (c->count > 2)
        buffer_printf(&b, " and %zu more paths", c->count - 1);
    else if (c->count > 1)
        buffer_add_text(&b, " and another path");
    buffer_printf(&b, "; say which by the prefix /%s or /%s, or by the Host field",
                  c->one->name, c->other->name);
    return buffer_str(&b).ptr;
}

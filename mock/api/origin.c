#include "api/origin.h"

#include "base/map.h"
#include "doc/pointer.h"

struct origins {
    const char *file;
    const cJSON *root;
    struct arena *arena;
    struct map *nodes; /* address → struct where */
};

struct origins *origins_new(const char *file, const cJSON *root, struct arena *arena)
{
    struct origins *o = arena_take(arena, sizeof(*o));
    *o = (struct origins){ file, root, arena, map_new(arena) };
    return o;
}

static struct str key_of(const cJSON *const *node)
{
    return (struct str){ (const char *)node, sizeof(*node) };
}

void origins_put(struct origins *o, const cJSON *node, const char *file,
                 const char *pointer)
{
    struct where *at = arena_take(o->arena, sizeof(*at));
    *at = (struct where){ .file = file, .pointer = arena_copy(o->arena, str(pointer)) };
    map_put(o->nodes, key_of(&node), at);
}

bool origins_has(const struct origins *o, const cJSON *node)
{
    return map_get(o->nodes, key_of(&node)) != NULL;
}

static const cJSON *child(const cJSON *node, const char *token)
{
    if (json_is_object(node))
        return json_member(node, token);
    long index = json_is_array(node) ? pointer_index(token) : -1;
    const cJSON *item = index < 0 ? NULL : node->child;
    while (item && index-- > 0)
        item = item->next;
    return item;
}

struct where origins_where(const struct origins *o, const char *pointer,
                           struct arena *arena)
{
    struct where from = { .file = o->file, .pointer = "" };
    const char *rest = pointer, *below = pointer;
    const cJSON *node = map_count(o->nodes) ? o->root : NULL;
    for (char *token; node && (token = pointer_token(&rest, arena));) {
        node = child(node, token);
        const struct where *put = node ? map_get(o->nodes, key_of(&node)) : NULL;
        if (put) {
            from = *put;
            below = rest;
        }
    }
    if (below != pointer)
        from.pointer = arena_printf(arena, "%s%s", from.pointer, below);
    else
        from.pointer = pointer;
    return from;
}

void origins_settle(const struct origins *o, struct err *err)
{
    for (struct problem *p = err->first; p; p = p->next)
        if (p->at.file && p->at.pointer && !p->at.line &&
            strcmp(p->at.file, o->file) == 0)
            p->at = origins_where(o, p->at.pointer, err->arena);
}

#include "doc/wanted.h"

#include "doc/json.h"
#include "doc/pointer.h"

struct wanted *wanted_new(struct arena *arena)
{
    struct wanted *root = arena_take(arena, sizeof(*root));
    root->token = "";
    return root;
}

struct wanted *wanted_add(struct wanted *root, const char *pointer, struct arena *arena)
{
    struct wanted *at = root;
    for (char *token; (token = pointer_token(&pointer, arena));) {
        struct wanted *child = at->children;
        while (child && strcmp(child->token, token) != 0)
            child = child->next;
        if (!child) {
            child = arena_take(arena, sizeof(*child));
            *child = (struct wanted){ .up = at,
                                      .next = at->children,
                                      .token = token,
                                      .index = pointer_index(token) };
            at->children = child;
        }
        at = child;
    }
    return at;
}

static struct wanted *take(struct wanted **link)
{
    struct wanted *child = *link;
    if (child)
        *link = child->next;
    return child;
}

struct wanted *wanted_member(struct wanted *parent, struct str name)
{
    struct wanted **link = &parent->children;
    while (*link && !utf8_is((*link)->token, name))
        link = &(*link)->next;
    return take(link);
}

struct wanted *wanted_item(struct wanted *parent, long index)
{
    struct wanted **link = &parent->children;
    while (*link && (*link)->index != index)
        link = &(*link)->next;
    return take(link);
}

const struct wanted *wanted_found(const struct wanted *node)
{
    while (!node->line && node->up)
        node = node->up;
    return node;
}

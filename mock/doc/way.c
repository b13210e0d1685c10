#include "doc/way.h"

#include "doc/pointer.h"

struct way way_read(const char *pointer, struct arena *arena)
{
    struct way s = { .text = pointer, .nowhere = !pointer_valid(pointer) };
    size_t room = 0;
    for (const char *p = pointer; *p; p++)
        room += *p == '/';
    if (s.nowhere || !room)
        return s;
    struct way_token *list = arena_array(arena, struct way_token, room);
    for (const char *token; (token = pointer_token(&pointer, arena));) {
        const struct str name = str(token);
        list[s.count++] = (struct way_token){ .name = token,
                                              .len = (uint32_t)name.len,
                                              .hash = json_name_hash(name),
                                              .index = (int32_t)pointer_index(token),
                                              .each = str_is(name, "*") };
    }
    s.list = list;
    return s;
}

static struct str name_of(const struct way_token *t)
{
    return (struct str){ t->name, t->len };
}

cJSON *way_go(const cJSON *tree, const struct way_token *to)
{
    cJSON *at = tree->child;
    int32_t index = to->index;
    if (json_is_object(tree)) {
        while (at && !json_is_named(at, name_of(to), to->hash))
            at = at->next;
        return at;
    }
    if (!json_is_array(tree) || index < 0)
        return NULL;
    while (at && index-- > 0)
        at = at->next;
    return at;
}

/* The tree is the caller's to change or not; the first step drops the const as strchr
 * does. */
union start {
    const cJSON *in;
    cJSON *out;
};

cJSON *way_get(const cJSON *tree, const struct way *s)
{
    union start at = { .in = s->nowhere ? NULL : tree };
    for (size_t i = 0; at.out && i < s->count; i++)
        at.out = way_go(at.out, &s->list[i]);
    return at.out;
}

static bool each_from(cJSON *at, const struct way *s, size_t i,
                      bool (*visit)(cJSON *node, void *context), void *context)
{
    for (; at && i < s->count; i++) {
        if (s->list[i].each && json_is_array(at)) {
            for (cJSON *one = at->child, *next; one; one = next) {
                next = one->next; /* visit may take it out */
                if (each_from(one, s, i + 1, visit, context))
                    return true;
            }
            return false;
        }
        at = way_go(at, &s->list[i]);
    }
    return at && visit(at, context);
}

bool way_each(const cJSON *tree, const struct way *s,
              bool (*visit)(cJSON *node, void *context), void *context)
{
    union start at = { .in = s->nowhere ? NULL : tree };
    return each_from(at.out, s, 0, visit, context);
}

void way_remove(cJSON *tree, const struct way *s)
{
    cJSON *parent = NULL, *at = s->nowhere ? NULL : tree;
    for (size_t i = 0; at && i < s->count; i++) {
        parent = at;
        at = way_go(at, &s->list[i]);
    }
    if (at && parent)
        json_detach(parent, at);
}

bool way_set(struct arena *arena, cJSON *tree, const struct way *s, cJSON *item)
{
    if (s->nowhere || !s->count)
        return false;
    const struct way_token *to = s->list, *last = &s->list[s->count - 1];
    for (; to < last; to++) {
        cJSON *next = way_go(tree, to);
        if (json_is_object(tree) && (!next || json_is_null(next))) {
            next = json_object(arena);
            json_put(tree, name_of(to), to->hash, next);
        }
        if (!next)
            return false;
        tree = next;
    }
    if (json_is_object(tree)) {
        json_put(tree, name_of(to), to->hash, item);
        return true;
    }
    cJSON *old = way_go(tree, to);
    if (old)
        json_replace(tree, old, item);
    else if (json_is_array(tree) && str_is(name_of(to), "-"))
        json_push(tree, item);
    else
        return false;
    return true;
}

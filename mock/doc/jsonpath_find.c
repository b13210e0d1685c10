/* What the segments of a query select (RFC 9535, 2.3 and 2.5).
 *
 * Each node goes through all the segments before the next one does: that gives the
 * order of the standard, keeps the way to a node on the stack, and lets an existence
 * test end with the first node that it finds. The stack is bounded by the depth of the
 * tree and the parts of the query. */
#include "base/limits.h"
#include "doc/jsonpath_parts.h"
#include "doc/pointer.h"

bool run_spend(struct run *run, size_t steps)
{
    if (run->why)
        return false;
    if (steps <= run->search->steps) {
        run->search->steps -= steps;
        return true;
    }
    run->search->steps = 0;
    run->why = "it looks at too many nodes";
    return false;
}

static bool walk(struct hunt *hunt, const struct segment *segment,
                 const struct step *at);

/* Goes on behind segment with a child of at. */
static bool enter(struct hunt *hunt, const struct segment *segment,
                  const struct step *at, cJSON *child, size_t index)
{
    struct step below = { at, child, index };
    return walk(hunt, segment->next, &below);
}

static bool select_name(struct hunt *hunt, const struct segment *segment,
                        const struct step *at, const char *name)
{
    if (!json_is_object(at->node))
        return true;
    for (cJSON *m = at->node->child; m; m = m->next) {
        if (!run_spend(hunt->run, 1))
            return false;
        if (strcmp(m->string, name) == 0)
            return enter(hunt, segment, at, m, 0);
    }
    return true;
}

static bool select_children(struct hunt *hunt, const struct segment *segment,
                            const struct step *at, const struct expr *filter)
{
    size_t index = 0;
    for (cJSON *c = at->node->child; c; c = c->next, index++) {
        struct step child = { at, c, index };
        if (!run_spend(hunt->run, 1))
            return false;
        bool taken = !filter || run_test(hunt->run, filter, &child);
        if (hunt->run->why || (taken && !walk(hunt, segment->next, &child)))
            return false;
    }
    return true;
}

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* first, first + step, … up to but not including end (2.3.4.2.2). */
static bool select_every(struct hunt *hunt, const struct segment *segment,
                         const struct step *at, int64_t first, int64_t end,
                         int64_t step)
{
    cJSON *item = at->node->child;
    int64_t here = 0;
    for (int64_t i = first; step > 0 ? i < end : i > end; i += step) {
        for (; here < i; here++)
            item = item->next;
        for (; here > i; here--)
            item = item->prev;
        if (!enter(hunt, segment, at, item, (size_t)i))
            return false;
    }
    return true;
}

static bool select_items(struct hunt *hunt, const struct segment *segment,
                         const struct step *at, const struct selector *s)
{
    if (!json_is_array(at->node))
        return true;
    int64_t count = (int64_t)json_count(at->node);
    if (!run_spend(hunt->run, 2 * (size_t)count))
        return false;
    int64_t start = s->start < 0 ? count + s->start : s->start;
    int64_t end = s->end < 0 ? count + s->end : s->end;
    if (s->kind == SELECTOR_INDEX)
        return start < 0 || start >= count ||
               select_every(hunt, segment, at, start, start + 1, 1);
    if (s->step > 0)
        return select_every(hunt, segment, at,
                            s->has_start ? clamp(start, 0, count) : 0,
                            s->has_end ? clamp(end, 0, count) : count, s->step);
    if (s->step < 0)
        return select_every(hunt, segment, at,
                            s->has_start ? clamp(start, -1, count - 1) : count - 1,
                            s->has_end ? clamp(end, -1, count - 1) : -1, s->step);
    return true;
}

static bool select_by(struct hunt *hunt, const struct segment *segment,
                      const struct step *at, const struct selector *s)
{
    switch (s->kind) {
    case SELECTOR_NAME:
        return select_name(hunt, segment, at, s->name);
    case SELECTOR_WILDCARD:
    case SELECTOR_FILTER:
        return select_children(hunt, segment, at, s->filter);
    case SELECTOR_INDEX:
    case SELECTOR_SLICE:
        return select_items(hunt, segment, at, s);
    }
    return true;
}

static bool walk(struct hunt *hunt, const struct segment *segment,
                 const struct step *at)
{
    if (!segment)
        return hunt->found(hunt, at);
    for (const struct selector *s = segment->selectors; s; s = s->next)
        if (!run_spend(hunt->run, 1) || !select_by(hunt, segment, at, s))
            return false;
    if (!segment->descendant)
        return true;
    size_t index = 0;
    for (cJSON *c = at->node->child; c; c = c->next, index++) {
        struct step child = { at, c, index };
        if (!run_spend(hunt->run, 1) || !walk(hunt, segment, &child))
            return false;
    }
    return true;
}

bool hunt_query(struct hunt *hunt, const struct query *query, const struct step *at)
{
    return walk(hunt, query->segments, query->relative ? at : hunt->run->root);
}

/* ---- the nodes that are found ---------------------------------------------------- */

struct gathering {
    struct hunt hunt; /* first: found is called with it */
    struct arena *arena;
    struct jsonpath_nodes *nodes;
    size_t room;
    struct buffer pointer; /* of the last one */
};

static unsigned add_pointer(struct buffer *b, const struct step *at)
{
    if (!at->up)
        return 0;
    unsigned depth = add_pointer(b, at->up) + 1;
    if (json_is_array(at->up->node))
        buffer_printf(b, "/%zu", at->index);
    else
        pointer_add(b, str(at->node->string));
    return depth;
}

static bool gather(struct hunt *hunt, const struct step *at)
{
    struct gathering *g = (struct gathering *)hunt;
    struct jsonpath_nodes *nodes = g->nodes;
    if (nodes->count == LIMIT_JSONPATH_RESULTS) {
        hunt->run->why = "it selects too many nodes";
        return false;
    }
    if (nodes->count == g->room) {
        struct jsonpath_node *old = nodes->list;
        g->room = g->room ? 2 * g->room : 16;
        nodes->list = arena_array(g->arena, struct jsonpath_node, g->room);
        if (old)
            memcpy(nodes->list, old, nodes->count * sizeof(*old));
    }
    g->pointer.len = 0;
    unsigned depth = add_pointer(&g->pointer, at);
    nodes->list[nodes->count++] =
        (struct jsonpath_node){ at->node, at->up ? at->up->node : NULL,
                                arena_copy(g->arena, buffer_str(&g->pointer)), depth };
    return true;
}

bool jsonpath_find(const struct jsonpath *path, cJSON *root,
                   struct jsonpath_search *search, struct arena *arena,
                   struct jsonpath_nodes *found, const char **why)
{
    struct step top = { NULL, root, 0 };
    struct run run = { search, &top, NULL };
    struct gathering g = {
        { &run, gather }, arena, found, 0, buffer_in(arena, LIMIT_FILE_BYTES)
    };
    *found = (struct jsonpath_nodes){ NULL, 0 };
    hunt_query(&g.hunt, &path->query, &top);
    *why = run.why;
    return !run.why;
}

#include "schema/ring.h"

/* Tarjan's strongly connected components: a component of more than one schema, or of
 * one that leads to itself, is a ring. */
struct search {
    struct schema *const *list;
    size_t *order, *low; /* 0: not met yet */
    bool *on_stack;
    size_t *stack, stacked, met;
    unsigned depth;
};

/* A chain of references longer than this is taken for a ring, which only costs time. */
enum { DEEPEST = 4000 };

static void visit(struct search *x, size_t i);

static void go(struct search *x, size_t from, const struct schema *to)
{
    if (!to)
        return;
    size_t next = to->number;
    if (next == from)
        x->list[from]->ring = true;
    if (!x->order[next]) {
        visit(x, next);
        if (x->low[next] < x->low[from])
            x->low[from] = x->low[next];
    } else if (x->on_stack[next] && x->order[next] < x->low[from]) {
        x->low[from] = x->order[next];
    }
}

static void go_all(struct search *x, size_t from, const struct map *to)
{
    struct str key;
    void *value;
    for (size_t i = 0; map_at(to, i, &key, &value); i++)
        go(x, from, value);
}

static void follow(struct search *x, size_t i, const struct rule *r)
{
    switch ((enum rule_kind)r->kind) {
    case RULE_REF:
    case RULE_NOT:
        go(x, i, r->u.schema);
        break;
    case RULE_ALL_OF:
    case RULE_ANY_OF:
    case RULE_ONE_OF:
        for (size_t b = 0; b < r->u.branches.count; b++)
            go(x, i, r->u.branches.list[b]);
        break;
    case RULE_IF:
        go(x, i, r->u.choice.test);
        go(x, i, r->u.choice.then);
        go(x, i, r->u.choice.otherwise);
        break;
    case RULE_DISCRIMINATOR:
        go(x, i, r->u.discriminator.otherwise);
        go_all(x, i, r->u.discriminator.by_value);
        break;
    case RULE_DEPENDENT:
        go_all(x, i, r->u.dependents);
        break;
    case RULE_DYNAMIC_REF:
        go(x, i, r->u.dynamic.first);
        for (size_t t = 0; t < r->u.dynamic.count; t++)
            go(x, i, r->u.dynamic.list[t].schema);
        break;
    default:
        break; /* looks at a part of the value, or at nothing */
    }
}

static void visit(struct search *x, size_t i)
{
    struct schema *s = x->list[i];
    x->order[i] = x->low[i] = ++x->met;
    if (x->depth >= DEEPEST) {
        s->ring = true;
        return;
    }
    x->depth++;
    x->on_stack[i] = true;
    x->stack[x->stacked++] = i;
    for (size_t r = 0; r < s->rule_count; r++)
        follow(x, i, &s->rules[r]);
    x->depth--;
    if (x->low[i] != x->order[i])
        return;
    bool several = x->stack[x->stacked - 1] != i;
    for (size_t last = SIZE_MAX; last != i;) {
        last = x->stack[--x->stacked];
        x->on_stack[last] = false;
        if (several)
            x->list[last]->ring = true;
    }
}

void rings_mark(struct schema *const *list, size_t count, struct arena *arena)
{
    struct search x = { .list = list };
    x.order = arena_array(arena, size_t, count + 1);
    x.low = arena_array(arena, size_t, count + 1);
    x.stack = arena_array(arena, size_t, count + 1);
    x.on_stack = arena_array(arena, bool, count + 1);
    for (size_t i = 0; i < count; i++)
        if (!x.order[i])
            visit(&x, i);
}

#include "schema/plan.h"

#include "base/limits.h"

/* The way through a schema is followed on the plan; the same schema can be met again
 * without a step of the pointer, so the depth is bounded. */
struct walk {
    struct schema_place *place;
    bool found;
    unsigned least;
};

static void visit(struct walk *w, const struct schema *s, const char *pointer,
                  int depth);

static void arrive(struct walk *w, const struct schema *s)
{
    w->found = true;
    w->place->types |= s->types;
    for (size_t i = 0; i < s->rule_count; i++)
        if (s->rules[i].kind == RULE_ENUM || s->rules[i].kind == RULE_CONST)
            w->place->closed = true;
}

static bool is_index(const char *p, size_t len)
{
    if (len == 1 && *p == '-')
        return true;
    for (size_t i = 0; i < len; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return len > 0;
}

static void anything(struct walk *w)
{
    w->found = true;
    w->place->types = TYPE_ANY;
}

static void step_item(struct walk *w, const struct rule *r, const char *token,
                      size_t len, const char *rest, int depth)
{
    size_t index = 0;
    for (size_t i = 0; i < len && *token != '-' && index < 1000000; i++)
        index = index * 10 + (size_t)(token[i] - '0');
    if (*token != '-' && index < r->u.items.prefix_count)
        visit(w, r->u.items.prefix[index], rest, depth);
    else if (r->u.items.rest)
        visit(w, r->u.items.rest, rest, depth);
}

/* Which patterns a name matches is not asked; any of them may describe it. */
static void step_undeclared(struct walk *w, const struct object_rule *o,
                            const char *rest, int depth)
{
    if (o->open)
        anything(w);
    for (size_t i = 0; i < o->pattern_count; i++)
        visit(w, o->patterns[i].schema, rest, depth);
    if (o->additional && !o->additional->never)
        visit(w, o->additional, rest, depth);
}

/* Names with '/' or '~' are not asked for in fixtures' pointers; others are compared as
 * they are. */
static void step(struct walk *w, const struct schema *s, const char *token, size_t len,
                 const char *rest, int depth)
{
    struct str name = { token, len }, key;
    void *value;
    const struct schema *next = map_get(s->declared, name);
    if (next)
        visit(w, next, rest, depth);
    for (size_t i = 0; !next && map_at(s->declared, i, &key, &value); i++) {
        unsigned d = str_distance(key, name);
        if (d < w->least) {
            w->least = d;
            w->place->nearest = key.ptr;
        }
    }
    if ((s->types & TYPE_OBJECT) && !s->rule_count)
        anything(w); /* an object of which nothing is said */
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        if (r->kind == RULE_ITEMS && is_index(token, len))
            step_item(w, r, token, len, rest, depth);
        if (r->kind == RULE_OBJECT && !next)
            step_undeclared(w, r->u.object, rest, depth);
    }
}

static void visit_parts(struct walk *w, const struct schema *s, const char *pointer,
                        int depth)
{
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        struct str key;
        void *value;
        switch ((enum rule_kind)r->kind) {
        case RULE_REF:
            visit(w, r->u.schema, pointer, depth);
            break;
        case RULE_DYNAMIC_REF:
            visit(w, r->u.dynamic.first, pointer, depth);
            break;
        case RULE_ALL_OF:
        case RULE_ANY_OF:
        case RULE_ONE_OF:
            for (size_t j = 0; j < r->u.branches.count; j++)
                visit(w, r->u.branches.list[j], pointer, depth);
            break;
        case RULE_DISCRIMINATOR:
            for (size_t j = 0; map_at(r->u.discriminator.by_value, j, &key, &value);
                 j++)
                visit(w, value, pointer, depth);
            break;
        case RULE_IF:
            if (r->u.choice.then)
                visit(w, r->u.choice.then, pointer, depth);
            if (r->u.choice.otherwise)
                visit(w, r->u.choice.otherwise, pointer, depth);
            break;
        default:
            break;
        }
    }
}

static void visit(struct walk *w, const struct schema *s, const char *pointer,
                  int depth)
{
    if (depth > 32 || s->never)
        return;
    if (s->alias)
        s = s->alias;
    if (!*pointer) {
        bool composed = false;
        for (size_t i = 0; i < s->rule_count; i++)
            composed = composed || s->rules[i].kind == RULE_REF ||
                       s->rules[i].kind == RULE_ALL_OF ||
                       s->rules[i].kind == RULE_ANY_OF ||
                       s->rules[i].kind == RULE_ONE_OF;
        if (!composed || s->types != TYPE_ANY)
            arrive(w, s);
        if (composed)
            visit_parts(w, s, pointer, depth + 1);
        return;
    }
    const char *token = pointer + 1, *end = token;
    while (*end && *end != '/')
        end++;
    step(w, s, token, (size_t)(end - token), end, depth + 1);
    visit_parts(w, s, pointer, depth + 1);
}

bool schema_describe(const struct schema *s, const char *pointer,
                     struct schema_place *place)
{
    *place = (struct schema_place){ 0 };
    struct walk w = { .place = place, .least = 4 };
    visit(&w, s, pointer, 0);
    return w.found;
}

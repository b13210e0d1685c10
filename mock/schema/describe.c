#include "schema/plan.h"

#include "base/limits.h"

/* The way through a schema is followed on the plan; the same schema can be met again
 * without a step of the pointer, so depth and steps are bounded. */
struct walk {
    const char *nearest;
    unsigned least; /* edits of the nearest name yet; 0: it is not asked for */
    unsigned steps; /* left */
    bool closed;
};

enum { MOST_DEPTH = 32, MOST_STEPS = 4096 };

/* What is said of a place: nothing, or types. All of it holds, or one of it does. */
struct said {
    bool found;
    unsigned types;
};

static void also(struct said *a, struct said b)
{
    if (b.found)
        *a = (struct said){ true, a->found ? a->types & b.types : b.types };
}

static void or_else(struct said *a, struct said b)
{
    if (b.found)
        *a = (struct said){ true, a->types | b.types };
}

static struct said visit(struct walk *w, const struct schema *s, const char *pointer,
                         int depth);

static bool is_index(const char *p, size_t len)
{
    if (len == 1 && (*p == '-' || *p == '*'))
        return true;
    for (size_t i = 0; i < len; i++)
        if (p[i] < '0' || p[i] > '9')
            return false;
    return len > 0;
}

static const struct said anything = { true, TYPE_ANY };

static struct said step_item(struct walk *w, const struct rule *r, const char *token,
                             size_t len, const char *rest, int depth)
{
    size_t index = 0;
    bool any = *token == '-' || *token == '*';
    for (size_t i = 0; i < len && !any && index < 1000000; i++)
        index = index * 10 + (size_t)(token[i] - '0');
    if (!any && index < r->u.items.prefix_count)
        return visit(w, r->u.items.prefix[index], rest, depth);
    if (r->u.items.rest)
        return visit(w, r->u.items.rest, rest, depth);
    return (struct said){ 0 };
}

/* Which patterns a name matches is not asked; any of them may describe it. */
static struct said step_undeclared(struct walk *w, const struct object_rule *o,
                                   const char *rest, int depth)
{
    struct said all = { 0 };
    if (o->open)
        all = anything;
    for (size_t i = 0; i < o->pattern_count; i++)
        or_else(&all, visit(w, o->patterns[i].schema, rest, depth));
    if (o->additional && !o->additional->never)
        or_else(&all, visit(w, o->additional, rest, depth));
    return all;
}

static void look_for_nearest(struct walk *w, const struct schema *s, struct str name)
{
    struct str key;
    void *value;
    for (size_t i = 0; w->least && map_at(s->declared, i, &key, &value); i++) {
        size_t apart = key.len < name.len ? name.len - key.len : key.len - name.len;
        if (apart >= w->least)
            continue;
        unsigned d = str_distance(key, name);
        if (d < w->least) {
            w->least = d;
            w->nearest = key.ptr;
        }
    }
}

/* Names with '/' or '~' are not asked for in fixtures' pointers; others are compared as
 * they are. */
static struct said step(struct walk *w, const struct schema *s, const char *token,
                        size_t len, const char *rest, int depth)
{
    struct str name = { token, len };
    struct said all = { 0 };
    const struct schema *next = map_get(s->declared, name);
    if (next)
        all = visit(w, next, rest, depth);
    else
        look_for_nearest(w, s, name);
    if ((s->types & TYPE_OBJECT) && !s->rule_count)
        or_else(&all, anything); /* an object of which nothing is said */
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        if (r->kind == RULE_ITEMS && is_index(token, len))
            or_else(&all, step_item(w, r, token, len, rest, depth));
        if (r->kind == RULE_OBJECT && !next)
            or_else(&all, step_undeclared(w, r->u.object, rest, depth));
    }
    return all;
}

static struct said one_of(struct walk *w, const struct schema **list, size_t count,
                          const char *pointer, int depth)
{
    struct said any = { 0 };
    for (size_t i = 0; i < count; i++)
        or_else(&any, visit(w, list[i], pointer, depth));
    return any;
}

/* What one rule says of the place: an alternative adds to what may be there, everything
 * else narrows it. */
static struct said part(struct walk *w, const struct rule *r, const char *pointer,
                        int depth)
{
    struct said all = { 0 };
    struct str key;
    void *value;
    switch ((enum rule_kind)r->kind) {
    case RULE_REF:
        return visit(w, r->u.schema, pointer, depth);
    case RULE_DYNAMIC_REF:
        return visit(w, r->u.dynamic.first, pointer, depth);
    case RULE_ALL_OF:
        for (size_t j = 0; j < r->u.branches.count; j++)
            also(&all, visit(w, r->u.branches.list[j], pointer, depth));
        return all;
    case RULE_ANY_OF:
    case RULE_ONE_OF:
        return one_of(w, r->u.branches.list, r->u.branches.count, pointer, depth);
    case RULE_DISCRIMINATOR:
        for (size_t j = 0; map_at(r->u.discriminator.by_value, j, &key, &value); j++)
            or_else(&all, visit(w, value, pointer, depth));
        return all;
    case RULE_IF:
        if (r->u.choice.then)
            or_else(&all, visit(w, r->u.choice.then, pointer, depth));
        if (r->u.choice.otherwise)
            or_else(&all, visit(w, r->u.choice.otherwise, pointer, depth));
        return all;
    default:
        return all;
    }
}

static struct said visit(struct walk *w, const struct schema *s, const char *pointer,
                         int depth)
{
    struct said all = { 0 };
    if (depth > MOST_DEPTH || !w->steps || s->never)
        return all;
    w->steps--;
    if (s->alias)
        s = s->alias;
    if (*pointer) {
        const char *token = pointer + 1, *end = token;
        while (*end && *end != '/')
            end++;
        all = step(w, s, token, (size_t)(end - token), end, depth + 1);
    } else {
        all = (struct said){ true, s->types };
    }
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        if (!*pointer && (r->kind == RULE_ENUM || r->kind == RULE_CONST))
            w->closed = true;
        also(&all, part(w, r, pointer, depth + 1));
    }
    return all;
}

bool schema_describe(const struct schema *s, const char *pointer,
                     struct schema_place *place)
{
    struct walk w = { .steps = MOST_STEPS };
    struct said all = visit(&w, s, pointer, 0);
    *place = (struct schema_place){ all.types, w.closed, NULL };
    if (all.found)
        return true;
    w = (struct walk){ .least = 4, .steps = MOST_STEPS };
    visit(&w, s, pointer, 0);
    place->nearest = w.nearest;
    return false;
}

bool schema_declares(const struct schema *s, const char *pointer)
{
    struct walk w = { .steps = MOST_STEPS };
    return visit(&w, s, pointer, 0).found;
}

unsigned schema_types(const struct schema *s, const char *pointer, bool *closed)
{
    struct walk w = { .steps = MOST_STEPS };
    struct said all = visit(&w, s, pointer, 0);
    if (closed)
        *closed = w.closed;
    return all.types;
}

/* ---- as written ---- */

const cJSON *schema_node(const struct schema *s)
{
    for (int i = 0; i < LIMIT_DEPTH; i++) {
        if (s->alias)
            s = s->alias;
        if (s->rule_count == 0 || s->rules[0].kind != RULE_REF ||
            json_count(s->node) != 1)
            break;
        s = s->rules[0].u.schema;
    }
    return s->node;
}

static const struct schema *member(const struct schema *s, struct str name, int depth)
{
    if (s->alias)
        s = s->alias;
    const struct schema *found = map_get(s->declared, name);
    for (size_t i = 0; !found && depth < 8 && i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        bool many =
            r->kind == RULE_ALL_OF || r->kind == RULE_ANY_OF || r->kind == RULE_ONE_OF;
        if (r->kind == RULE_REF)
            found = member(r->u.schema, name, depth + 1);
        for (size_t b = 0; many && !found && b < r->u.branches.count; b++)
            found = member(r->u.branches.list[b], name, depth + 1);
    }
    return found;
}

const struct schema *schema_member(const struct schema *s, const char *name)
{
    return member(s, str(name), 0);
}

static bool allows(const struct schema *s, const char *text)
{
    const cJSON *node = schema_node(s);
    const char *constant = json_member_text(node, "const");
    const cJSON *values = json_member(node, "enum");
    for (const cJSON *v = values ? values->child : NULL; v; v = v->next)
        if (json_is_string(v) && strcmp(v->valuestring, text) == 0)
            return true;
    return constant && strcmp(constant, text) == 0;
}

static const char *member_allowing(const struct schema *s, const char *text, int depth)
{
    if (s->alias)
        s = s->alias;
    struct str name;
    void *declared;
    for (size_t i = 0; map_at(s->declared, i, &name, &declared); i++)
        if (allows(declared, text))
            return name.ptr;
    for (size_t i = 0; depth < 8 && i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        const char *member = NULL;
        bool many =
            r->kind == RULE_ALL_OF || r->kind == RULE_ANY_OF || r->kind == RULE_ONE_OF;
        if (r->kind == RULE_REF)
            member = member_allowing(r->u.schema, text, depth + 1);
        for (size_t b = 0; many && !member && b < r->u.branches.count; b++)
            member = member_allowing(r->u.branches.list[b], text, depth + 1);
        if (member)
            return member;
    }
    return NULL;
}

const char *schema_member_allowing(const struct schema *s, const char *text)
{
    return member_allowing(s, text, 0);
}

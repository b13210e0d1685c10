#include "schema/sample_parts.h"

#include "doc/number.h"

/* A vector that others may share grows by moving. */
#define GROW(m, list)                                                              \
    do {                                                                           \
        if ((list)->count == (list)->room) {                                       \
            void *old = (list)->at;                                                \
            (list)->room = (list)->count ? (list)->count * 2 : 4;                  \
            (list)->at =                                                           \
                arena_take_raw((m)->s->arena, (list)->room * sizeof(*(list)->at)); \
            if (old)                                                               \
                memcpy((list)->at, old, (list)->count * sizeof(*(list)->at));      \
        }                                                                          \
    } while (0)

void wants_add(const struct maker *m, struct wants *list, struct want w)
{
    GROW(m, list);
    list->at[list->count++] = w;
}

static void asks_add(const struct maker *m, struct asks *list, struct ask a)
{
    GROW(m, list);
    list->at[list->count++] = a;
}

void goal_ask(const struct maker *m, struct goal *g, struct ask a)
{
    asks_add(m, &g->asks, a);
}

static void goal_defer(const struct maker *m, struct goal *g, struct want w)
{
    wants_add(m, &g->later, w);
    g->doubt = true;
}

static void add_example(const struct maker *m, struct goal *g, const cJSON *value)
{
    GROW(m, &g->examples);
    g->examples.at[g->examples.count++] = value;
}

struct goal goal_fork(const struct goal *g)
{
    struct goal f = *g;
    f.seen.room = f.seen.count;
    f.asks.room = f.asks.count;
    f.choices.room = f.choices.count;
    f.later.room = f.later.count;
    f.examples.room = f.examples.count;
    return f;
}

bool goal_bound(struct goal *g, enum rule_kind kind, const cJSON *n)
{
    const cJSON **bound = kind == RULE_MINIMUM             ? &g->least
                          : kind == RULE_MAXIMUM           ? &g->most
                          : kind == RULE_EXCLUSIVE_MINIMUM ? &g->above
                                                           : &g->below;
    bool lower = kind == RULE_MINIMUM || kind == RULE_EXCLUSIVE_MINIMUM;
    if (!*bound || (number_compare(n, *bound) > 0) == lower)
        *bound = n;
    return true;
}

static void keep_from(size_t range[2], size_t from)
{
    range[0] = range[0] > from ? range[0] : from;
}

static void keep_to(size_t range[2], size_t to)
{
    range[1] = range[1] < to ? range[1] : to;
}

/* Examples and the like, which the plan does not hold. */
static void note_author(const struct maker *m, struct goal *g, const struct schema *s)
{
    const cJSON *usual = NULL;
    for (const cJSON *k = s->node->child; k; k = k->next) {
        if (k->string[0] != 'e' && k->string[0] != 'd')
            continue;
        if (strcmp(k->string, "example") == 0)
            add_example(m, g, k);
        else if (strcmp(k->string, "examples") == 0 && json_is_array(k))
            for (const cJSON *e = k->child; e; e = e->next)
                add_example(m, g, e);
        else if (strcmp(k->string, "default") == 0)
            usual = k;
    }
    if (usual)
        add_example(m, g, usual);
}

static bool add_all(struct maker *m, struct goal *g, const struct rule *r)
{
    for (size_t i = 0; i < r->u.branches.count; i++)
        if (!goal_add(m, g, (struct want){ r->u.branches.list[i], false }))
            return false;
    return true;
}

/* The outermost resource that was entered and has the anchor decides. */
const struct schema *goal_dynamic(const struct maker *m, const struct rule *r)
{
    for (unsigned i = 0; i < m->scope_count; i++)
        for (size_t k = 0; k < r->u.dynamic.count; k++)
            if (r->u.dynamic.list[k].resource == m->scopes[i])
                return r->u.dynamic.list[k].schema;
    return r->u.dynamic.first;
}

static void enter(struct maker *m, const struct resource *r)
{
    for (unsigned i = 0; i < m->scope_count; i++)
        if (m->scopes[i] == r)
            return;
    m->scoped = true;
    if (m->scope_count < COUNT(m->scopes))
        m->scopes[m->scope_count++] = r;
}

static bool add_rule(struct maker *m, struct goal *g, const struct schema *s,
                     const struct rule *r)
{
    struct ask ask = { .kind = ASK_RULE, .s = s, .rule = r };
    switch ((enum rule_kind)r->kind) {
    case RULE_MINIMUM:
    case RULE_EXCLUSIVE_MINIMUM:
    case RULE_MAXIMUM:
    case RULE_EXCLUSIVE_MAXIMUM:
        return goal_bound(g, r->kind, r->value);
    case RULE_MAX_LENGTH:
        keep_to(g->length, r->u.size);
        return true;
    case RULE_MIN_LENGTH:
        keep_from(g->length, r->u.size);
        return true;
    case RULE_MAX_ITEMS:
        keep_to(g->items, r->u.size);
        return true;
    case RULE_MIN_ITEMS:
        keep_from(g->items, r->u.size);
        return true;
    case RULE_MAX_PROPERTIES:
        keep_to(g->members, r->u.size);
        return true;
    case RULE_MIN_PROPERTIES:
        keep_from(g->members, r->u.size);
        return true;
    case RULE_UNIQUE_ITEMS:
        g->unique = true;
        return true;
    case RULE_REF:
        return goal_add(m, g, (struct want){ r->u.schema, false });
    case RULE_DYNAMIC_REF:
        g->doubt = true;
        return goal_add(m, g, (struct want){ goal_dynamic(m, r), false });
    case RULE_ALL_OF:
        return add_all(m, g, r);
    case RULE_NOT:
        return goal_add(m, g, (struct want){ r->u.schema, true });
    case RULE_ANY_OF:
    case RULE_ONE_OF:
    case RULE_IF:
    case RULE_DISCRIMINATOR:
        asks_add(m, &g->choices, ask);
        return true;
    case RULE_CONTAINS:
        g->doubt = g->doubt || r->u.contains.max != SIZE_MAX;
        break;
    case RULE_UNEVALUATED_ITEMS:
    case RULE_UNEVALUATED_PROPERTIES:
        g->doubt = true;
        break;
    case RULE_ENUM:
    case RULE_CONST:
    case RULE_MULTIPLE_OF:
    case RULE_PATTERN:
    case RULE_FORMAT:
    case RULE_ITEMS:
    case RULE_OBJECT:
    case RULE_PROPERTY_NAMES:
    case RULE_DEPENDENT:
        break;
    }
    goal_ask(m, g, ask);
    return true;
}

/* What must not hold: done at once where there is only one way. */
static bool refuse(struct maker *m, struct goal *g, const struct schema *s)
{
    if (s->never)
        return true;
    if (s->rule_count == 0) {
        g->types &= ~s->types;
        return g->types;
    }
    if (s->types == TYPE_ANY && refusal_count(s) == 2)
        return refusal_take(m, g, s, 1);
    goal_defer(m, g, (struct want){ s, true });
    return true;
}

static bool add_plan(struct maker *m, struct goal *g, struct want w)
{
    if (w.no)
        return refuse(m, g, w.s);
    if (w.s->never)
        return false;
    g->types &= w.s->types;
    if (!g->types)
        return false;
    if (json_is_object(w.s->node))
        note_author(m, g, w.s);
    for (size_t i = 0; i < w.s->rule_count; i++)
        if ((rule_types(&w.s->rules[i]) & g->types) &&
            !add_rule(m, g, w.s, &w.s->rules[i]))
            return false;
    return true;
}

bool goal_add(struct maker *m, struct goal *g, struct want w)
{
    if (w.s->alias && !w.no && json_is_object(w.s->node))
        note_author(m, g, w.s);
    if (w.s->alias)
        w.s = w.s->alias;
    for (unsigned i = 0; i < g->seen.count; i++)
        if (g->seen.at[i].s == w.s)
            return g->seen.at[i].no == w.no;
    wants_add(m, &g->seen, w);
    unsigned scopes = m->scope_count;
    if (w.s->scope)
        enter(m, w.s->scope);
    bool ok = add_plan(m, g, w);
    if (m->leaves)
        m->scope_count = scopes;
    return ok;
}

bool goal_open(struct maker *m, struct goal *g, const struct want *wants,
               unsigned count)
{
    *g = (struct goal){ .roots = wants,
                        .root_count = count,
                        .types = TYPE_ANY,
                        .length = { 0, SIZE_MAX },
                        .items = { 0, SIZE_MAX },
                        .members = { 0, SIZE_MAX } };
    for (unsigned i = 0; i < count; i++)
        if (!goal_add(m, g, wants[i]))
            return false;
    return true;
}

/* ---- choices ---- */

/* The last way is to be of a type that the rule is not about. */
size_t choice_count(const struct ask *choice)
{
    const struct rule *r = choice->rule;
    switch ((enum rule_kind)r->kind) {
    case RULE_DISCRIMINATOR:
        return json_count(r->u.discriminator.values) + 1 + r->u.discriminator.optional;
    case RULE_IF:
        return 2 + 1;
    default:
        return r->u.branches.count + 1;
    }
}

static bool take_branch(struct maker *m, struct goal *g, const struct rule *r, size_t n)
{
    for (size_t i = 0; r->kind == RULE_ONE_OF && i < r->u.branches.count; i++)
        if (i != n && !goal_add(m, g, (struct want){ r->u.branches.list[i], true }))
            return false;
    return goal_add(m, g, (struct want){ r->u.branches.list[n], false });
}

static bool take_kind(struct maker *m, struct goal *g, const struct rule *r, size_t n)
{
    const cJSON *value = r->u.discriminator.values->child;
    while (value && n--)
        value = value->next;
    const struct schema *s =
        map_get(r->u.discriminator.by_value, str(value ? value->valuestring : ""));
    if (!s)
        return false;
    goal_ask(m, g,
             (struct ask){ .kind = ASK_MEMBER,
                           .name = r->u.discriminator.property,
                           .value = value });
    return goal_add(m, g, (struct want){ s, false });
}

/* A Cat that is `allOf` a Pet is a Cat before it is any other pet. */
size_t choice_start(const struct goal *g, const struct ask *choice)
{
    const struct rule *r = choice->rule;
    size_t way = 0;
    if (r->kind != RULE_DISCRIMINATOR || !r->u.discriminator.optional)
        return 0;
    for (const cJSON *v = r->u.discriminator.values->child; v; v = v->next, way++) {
        const struct schema *s =
            map_get(r->u.discriminator.by_value, str(v->valuestring));
        for (unsigned i = 0; s && s != choice->s && i < g->seen.count; i++)
            if (g->seen.at[i].s == (s->alias ? s->alias : s) && !g->seen.at[i].no)
                return way;
    }
    way = 0;
    for (const cJSON *v = r->u.discriminator.values->child; v; v = v->next, way++)
        if (map_get(r->u.discriminator.by_value, str(v->valuestring)) == choice->s)
            return way;
    return 0;
}

static bool take_if(struct maker *m, struct goal *g, const struct rule *r, bool held)
{
    const struct schema *next = held ? r->u.choice.then : r->u.choice.otherwise;
    return goal_add(m, g, (struct want){ r->u.choice.test, !held }) &&
           (!next || goal_add(m, g, (struct want){ next, false }));
}

bool choice_take(struct maker *m, struct goal *g, const struct ask *choice, size_t way)
{
    const struct rule *r = choice->rule;
    if (r->kind == RULE_DISCRIMINATOR && way == json_count(r->u.discriminator.values) &&
        r->u.discriminator.optional) {
        goal_ask(
            m, g,
            (struct ask){ .kind = ASK_NO_MEMBER, .name = r->u.discriminator.property });
        const struct schema *otherwise = r->u.discriminator.otherwise;
        return !otherwise || goal_add(m, g, (struct want){ otherwise, false });
    }
    if (way + 1 == choice_count(choice)) {
        g->types &= ~rule_types(r);
        return g->types;
    }
    g->types &= rule_types(r);
    if (!g->types)
        return false;
    switch ((enum rule_kind)r->kind) {
    case RULE_DISCRIMINATOR:
        return take_kind(m, g, r, way);
    case RULE_IF:
        return take_if(m, g, r, way == 0);
    default:
        return take_branch(m, g, r, way);
    }
}

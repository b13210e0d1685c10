#include "schema/sample_parts.h"

enum {
    MOST_GOALS = 20000, /* one sample is a page, not a database */
    FREE_GOALS = 15000, /* below this many left, only what is required is made */
    USUAL_DEPTH = 12,   /* values inside each other, at first */
    MOST_DEPTH = 64,    /* and where that is not enough */
    RETRIES = 3,        /* for a value that did not fit */
    CHECK_COST = 4      /* goals that finding so is worth */
};

bool sample_generous(const struct maker *m)
{
    unsigned deepest = m->s->size == SAMPLE_EVERYTHING ? 6 : 4;
    return m->s->size != SAMPLE_REQUIRED && !m->lean && m->objects <= deepest &&
           m->left > FREE_GOALS;
}

bool sample_holds(const struct maker *m, const struct want *wants, unsigned count,
                  const cJSON *value)
{
    for (unsigned i = 0; i < count; i++)
        if (schema_check(wants[i].s, value, m->s->direction, "", m->s->arena, NULL) ==
            wants[i].no)
            return false;
    return true;
}

static bool fits(const struct maker *m, const struct goal *g, const cJSON *value)
{
    const char *member = m->depth == 1 ? m->s->member : NULL;
    const char *text = member ? json_member_text(value, member) : NULL;
    return (!member || (text && strcmp(text, m->s->text) == 0)) &&
           sample_holds(m, g->roots, g->root_count, value);
}

/* ---- what is listed ---- */

static cJSON *author_value(const struct maker *m, struct goal *g)
{
    while (g->tried < g->examples.count) {
        const cJSON *e = g->examples.at[g->tried++];
        if (!m->nth && fits(m, g, e))
            return json_copy(m->s->arena, e);
    }
    return NULL;
}

static const struct ask *closed_list(const struct goal *g)
{
    const struct ask *best = NULL;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind != ASK_RULE || a->no)
            continue;
        if (a->rule->kind == RULE_CONST)
            return a;
        if (a->rule->kind == RULE_ENUM &&
            (!best || json_count(a->rule->value) < json_count(best->rule->value)))
            best = a;
    }
    return best;
}

static cJSON *listed_value(struct maker *m, const struct goal *g, const struct ask *a)
{
    if (a->rule->kind == RULE_CONST)
        return fits(m, g, a->rule->value) ? json_copy(m->s->arena, a->rule->value)
                                          : NULL;
    size_t count = json_count(a->rule->value);
    size_t start = m->nth        ? m->nth
                   : m->s->first ? 0
                                 : chance_below(m->s->chance, count);
    const cJSON *v = a->rule->value->child;
    for (size_t i = count ? start % count : 0; i; i--)
        v = v->next;
    for (size_t i = 0; i < count; i++, v = v->next) {
        if (!v)
            v = a->rule->value->child;
        if (fits(m, g, v))
            return json_copy(m->s->arena, v);
    }
    return NULL;
}

/* ---- types ---- */

/* What kind of value the rules are about. */
static unsigned guess_type(const struct goal *g)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        switch (a->kind) {
        case ASK_ITEM:
        case ASK_TWINS:
            return TYPE_ARRAY;
        case ASK_MEMBER:
        case ASK_NO_MEMBER:
        case ASK_EXTRA:
        case ASK_NAME:
            return TYPE_OBJECT;
        case ASK_RULE:
            if (a->rule->types == TYPE_OBJECT || a->rule->types == TYPE_ARRAY ||
                a->rule->types == TYPE_STRING)
                return a->rule->types;
            if (a->rule->types == TYPE_NUMBER)
                return TYPE_INTEGER;
        }
    }
    if (g->members[0] || g->members[1] != SIZE_MAX)
        return TYPE_OBJECT;
    if (g->items[0] || g->items[1] != SIZE_MAX || g->unique)
        return TYPE_ARRAY;
    bool bound = g->least || g->most || g->above || g->below;
    return bound ? TYPE_INTEGER : TYPE_STRING;
}

/* The types in the order in which they are tried: as an author listed them. */
static size_t order_types(const struct goal *g, unsigned order[8])
{
    static const struct {
        const char *name;
        unsigned type;
    } names[] = { { "string", TYPE_STRING },   { "object", TYPE_OBJECT },
                  { "array", TYPE_ARRAY },     { "number", TYPE_NUMBER },
                  { "integer", TYPE_INTEGER }, { "boolean", TYPE_BOOLEAN },
                  { "null", TYPE_NULL } };
    size_t count = 0;
    const cJSON *list = NULL;
    for (unsigned i = 0; i < g->seen.count && !json_is_array(list); i++)
        if (!g->seen.at[i].no)
            list = json_member(g->seen.at[i].s->node, "type");
    order[count++] = g->types == TYPE_ANY || !json_is_array(list) ? guess_type(g) : 0;
    for (const cJSON *t = json_is_array(list) ? list->child : NULL; t; t = t->next)
        for (size_t i = 0; i + 1 < COUNT(names) && count < 7; i++)
            if (json_is_string(t) && strcmp(t->valuestring, names[i].name) == 0)
                order[count++] = names[i].type;
    unsigned have = 0;
    for (size_t i = 0; i < count; i++)
        have |= order[i];
    for (size_t i = 0; i < COUNT(names) && count < 8; i++)
        if (!(have & names[i].type))
            order[count++] = names[i].type;
    return count;
}

static cJSON *make_type(struct maker *m, struct goal *g, unsigned type,
                        const char *name)
{
    switch (type) {
    case TYPE_OBJECT:
        return sample_object(m, g);
    case TYPE_ARRAY:
        return sample_array(m, g);
    case TYPE_STRING:
        return sample_text(m, g, name);
    case TYPE_INTEGER:
    case TYPE_NUMBER:
        return sample_number(m, g, name);
    case TYPE_BOOLEAN:
        return json_bool(m->s->arena, (chance_below(m->s->chance, 2) + m->nth) % 2);
    default:
        return json_null(m->s->arena);
    }
}

/* Whether the goal says what the value must not be, in a way that no maker heeds. */
static bool has_refusals(const struct goal *g)
{
    for (unsigned i = 0; i < g->asks.count; i++)
        if (g->asks.at[i].kind == ASK_RULE && g->asks.at[i].no)
            return true;
    return false;
}

/* Breaks the first waiting schema that holds for value, in each way in turn. */
static cJSON *break_later(struct maker *m, const struct goal *g, const cJSON *value,
                          const char *name)
{
    for (unsigned i = 0; i < g->later.count; i++) {
        const struct schema *s = g->later.at[i].s;
        if (!schema_check(s, value, m->s->direction, "", m->s->arena, NULL))
            continue;
        size_t ways = refusal_count(s);
        for (size_t way = 0; way < ways && m->left; way++) {
            struct goal f = goal_fork(g);
            f.later.room = 0;
            f.later.at = arena_array(m->s->arena, struct want, g->later.count);
            f.later.count = 0;
            for (unsigned k = 0; k < g->later.count; k++)
                if (k != i)
                    f.later.at[f.later.count++] = g->later.at[k];
            f.later.room = f.later.count;
            cJSON *made =
                refusal_take(m, &f, s, way) ? sample_solve(m, &f, name) : NULL;
            if (made)
                return made;
        }
        return NULL;
    }
    return NULL;
}

/* A value of that type: as it comes, then leaner, then another. */
static cJSON *make_fitting(struct maker *m, const struct goal *g, unsigned type,
                           const char *name)
{
    bool lean = m->lean, doubt = g->doubt || has_refusals(g);
    unsigned nth = m->nth;
    cJSON *value = NULL;
    for (int i = 0; i < RETRIES && m->left; i++) {
        struct goal f = goal_fork(g);
        f.types = type;
        m->lean = lean || i > 0;
        m->nth = nth + (i > 1 ? 1 : 0);
        value = make_type(m, &f, type, name);
        if (!value || !doubt || fits(m, g, value))
            break;
        m->left -= m->left < CHECK_COST ? m->left : CHECK_COST;
        cJSON *other =
            i == 0 || i == RETRIES - 1 ? break_later(m, &f, value, name) : NULL;
        value = other;
        if (other)
            break;
    }
    m->lean = lean;
    m->nth = nth;
    return value;
}

static cJSON *make_typed(struct maker *m, struct goal *g, const char *name)
{
    unsigned order[8];
    size_t count = order_types(g, order);
    cJSON *value = NULL;
    for (size_t i = 0; i < count && !value && m->left; i++)
        if (g->types & order[i])
            value = make_fitting(m, g, order[i], name);
    return value;
}

/* Takes the first choice and tries each way to keep it. */
static cJSON *solve_choice(struct maker *m, const struct goal *g, const char *name)
{
    struct ask choice = g->choices.at[0];
    size_t ways = choice_count(&choice), start = m->nth + choice_start(g, &choice);
    unsigned scopes = m->scope_count;
    for (size_t i = 0; i < ways && m->left; i++) {
        struct goal f = goal_fork(g);
        f.choices.at++;
        f.choices.count--;
        f.choices.room = f.choices.count;
        /* The last way stays the last. */
        size_t way = i + 1 < ways ? (i + start) % (ways - 1) : i;
        cJSON *made =
            choice_take(m, &f, &choice, way) ? sample_solve(m, &f, name) : NULL;
        if (made)
            return made;
        m->scope_count = scopes;
    }
    return NULL;
}

cJSON *sample_solve(struct maker *m, struct goal *g, const char *name)
{
    if (!m->left)
        return NULL;
    m->left--;
    cJSON *value = author_value(m, g);
    if (value)
        return value;
    const struct ask *list = closed_list(g);
    if (list)
        return listed_value(m, g, list);
    while (g->choices.count && !(rule_types(g->choices.at[0].rule) & g->types)) {
        g->choices.at++;
        g->choices.count--;
        g->choices.room = g->choices.count;
    }
    return g->choices.count ? solve_choice(m, g, name) : make_typed(m, g, name);
}

/* The member that the whole was ordered with. */
static void ask_member(const struct maker *m, struct goal *g)
{
    g->types &= TYPE_OBJECT;
    goal_ask(m, g,
             (struct ask){ .kind = ASK_MEMBER,
                           .name = m->s->member,
                           .value = json_string(m->s->arena, str(m->s->text)) });
}

cJSON *sample_value(struct maker *m, const struct want *wants, unsigned count,
                    const char *name)
{
    struct goal g;
    if (!m->left || m->depth >= m->deepest)
        return NULL;
    m->depth++;
    unsigned scopes = m->scope_count;
    cJSON *value = NULL;
    if (goal_open(m, &g, wants, count)) {
        if (m->depth == 1 && m->s->member)
            ask_member(m, &g);
        value = g.types ? sample_solve(m, &g, name) : NULL;
    }
    m->depth--;
    m->scope_count = scopes;
    return value;
}

struct maker sample_maker(const struct sampler *s)
{
    /* Seconds from 2020 to 2029: of chance, not of the clock. */
    const uint64_t first = 1577836800, ten_years = (uint64_t)3652 * 24 * 3600;
    return (struct maker){ .s = s,
                           .deepest = USUAL_DEPTH,
                           .left = MOST_GOALS,
                           .moment = first + chance_below(s->chance, ten_years) };
}

cJSON *sample_make(const struct sampler *s, const struct schema *schema)
{
    struct want want = { schema, false };
    struct maker m = sample_maker(s);
    cJSON *value = sample_value(&m, &want, 1, NULL);
    for (int i = 0; i < 2 && !value; i++) {
        m.lean = true;
        m.leaves = i > 0;
        m.left = MOST_GOALS;
        m.deepest = MOST_DEPTH;
        value = sample_value(&m, &want, 1, NULL);
        if (!m.scoped)
            break;
    }
    return value;
}

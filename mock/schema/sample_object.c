#include "schema/sample_parts.h"

enum { MOST_MEMBERS = 20000 };

static const struct object_rule *object_of(const struct ask *a)
{
    const struct rule *r = ask_rule(a, RULE_OBJECT);
    return r ? r->u.object : NULL;
}

static bool add_required(struct maker *m, const struct goal *g, cJSON *object)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        const struct object_rule *o = object_of(a);
        for (size_t k = 0; o && k < o->required_count; k++)
            if (!member_add(m, g, object, o->required[k], false))
                return false;
        if (a->kind == ASK_MEMBER && !member_add(m, g, object, a->name, false))
            return false;
    }
    return true;
}

/* The names that must come with a member, when it is there. */
static const cJSON *needed_with(const cJSON *dependent, const cJSON *object)
{
    bool there = json_is_array(dependent) && json_member(object, dependent->string);
    return there ? dependent->child : NULL;
}

/* Adds what must come with what is there; false when one of these cannot. */
static bool add_companions(struct maker *m, const struct goal *g, cJSON *object)
{
    size_t before;
    do {
        before = json_count(object);
        for (unsigned i = 0; i < g->asks.count; i++) {
            if (!ask_rule(&g->asks.at[i], RULE_DEPENDENT))
                continue;
            for (const cJSON *d = g->asks.at[i].rule->value->child; d; d = d->next)
                for (const cJSON *r = needed_with(d, object); r; r = r->next)
                    if (!member_add(m, g, object, r->valuestring, false))
                        return false;
        }
    } while (json_count(object) > before);
    return true;
}

static bool has_companions(const struct goal *g)
{
    for (unsigned i = 0; i < g->asks.count; i++)
        if (ask_rule(&g->asks.at[i], RULE_DEPENDENT))
            return true;
    return false;
}

/* Takes off the members past the first count. */
static void cut_members(cJSON *object, size_t count)
{
    while (json_count(object) > count) {
        cJSON *last = object->child;
        while (last->next)
            last = last->next;
        json_detach(object, last);
    }
}

/* A member that nothing asks for, with all that must come with it, or nothing. */
static bool add_free(struct maker *m, const struct goal *g, cJSON *object,
                     const char *name)
{
    size_t before = json_count(object);
    if (before >= g->members[1] || !member_add(m, g, object, name, true))
        return false;
    if (!has_companions(g))
        return true;
    if (add_companions(m, g, object) && json_count(object) <= g->members[1])
        return true;
    cut_members(object, before);
    return false;
}

static void add_declared(struct maker *m, const struct goal *g, cJSON *object)
{
    size_t count = json_count(object);
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct map *declared =
            object_of(&g->asks.at[i]) ? g->asks.at[i].s->declared : NULL;
        struct str name;
        void *schema;
        for (size_t k = 0; declared && map_at(declared, k, &name, &schema); k++) {
            const struct schema *s = schema;
            if (s->never || (!sample_generous(m) && count >= g->members[0]) ||
                member_is_required(g, name.ptr) || json_member(object, name.ptr))
                continue;
            if (add_free(m, g, object, name.ptr))
                count = json_count(object);
        }
    }
}

/* ---- names of our own ---- */

static const char *text_of_names(struct maker *m, const struct goal *g)
{
    struct wants w = { 0 };
    for (unsigned i = 0; i < g->asks.count; i++)
        if (ask_rule(&g->asks.at[i], RULE_PROPERTY_NAMES))
            wants_add(m, &w, (struct want){ g->asks.at[i].rule->u.schema, false });
        else if (g->asks.at[i].kind == ASK_NAME)
            wants_add(m, &w, g->asks.at[i].want);
    if (!w.count)
        return NULL;
    cJSON *made = sample_value(m, w.at, w.count, NULL);
    return json_is_string(made) ? made->valuestring : NULL;
}

static const char *name_of_pattern(struct maker *m, const struct goal *g, unsigned n)
{
    unsigned count = 0;
    for (int round = 0; round < 2; round++) {
        unsigned k = 0;
        for (unsigned i = 0; i < g->asks.count; i++) {
            const struct object_rule *o = object_of(&g->asks.at[i]);
            const cJSON *p = o && o->pattern_count ? json_member(g->asks.at[i].s->node,
                                                                 "patternProperties")
                                                   : NULL;
            for (const cJSON *c = p ? p->child : NULL; c; c = c->next, k++)
                if (round && k == n % count)
                    return sample_of_pattern(m, c->string, n / count % 8 + 1);
        }
        count = k;
        if (!count)
            return NULL;
    }
    return NULL;
}

static void add_extras(struct maker *m, const struct goal *g, cJSON *object,
                       size_t least)
{
    unsigned nth = m->nth;
    for (unsigned n = 0; json_count(object) < least && n < 2 * least + 16; n++) {
        m->nth = n;
        const char *names[3] = { text_of_names(m, g), name_of_pattern(m, g, n),
                                 arena_printf(m->s->arena, "key%u", n + 1) };
        m->nth = nth;
        for (size_t i = 0; i < COUNT(names); i++)
            if (names[i] && !json_member(object, names[i]) &&
                add_free(m, g, object, names[i]))
                break;
    }
    m->nth = nth;
}

/* Whether the members are free in number, as in a map from names to values. */
static bool is_map(const struct goal *g)
{
    bool map = false;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct object_rule *o = object_of(&g->asks.at[i]);
        if (!o)
            continue;
        if (map_count(g->asks.at[i].s->declared))
            return false;
        map = map || (o->additional && !o->additional->never) || o->pattern_count;
    }
    return map;
}

static bool is_open(const struct goal *g)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct object_rule *o = object_of(&g->asks.at[i]);
        if (o && o->additional && o->additional->never)
            return false;
        if (ask_rule(&g->asks.at[i], RULE_UNEVALUATED_PROPERTIES))
            return false;
    }
    return true;
}

static size_t members_wanted(const struct maker *m, const struct goal *g,
                             const cJSON *object)
{
    if (!sample_generous(m))
        return g->members[0];
    size_t more = 0;
    if (is_map(g) && !object->child)
        more = m->s->size == SAMPLE_EVERYTHING ? 2 : 1;
    else if (m->s->size == SAMPLE_EVERYTHING && m->objects == 1 && is_open(g))
        more = json_count(object) + 1;
    return more > g->members[0] ? more : g->members[0];
}

/* Members that break what a refused schema asked for. */
static bool add_breaking(struct maker *m, const struct goal *g, cJSON *object)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind == ASK_NAME) {
            const char *name = text_of_names(m, g);
            if (!name || !member_add(m, g, object, name, false))
                return false;
        }
        if (a->kind != ASK_EXTRA)
            continue;
        struct goal f = goal_fork(g);
        bool done = false;
        for (unsigned n = 0; n < 8 && !done; n++) {
            const char *name = arena_printf(m->s->arena, "key%u", n + 1);
            if (map_get(a->s->declared, str(name)) || json_member(object, name))
                continue;
            goal_ask(m, &f,
                     (struct ask){ .kind = ASK_MEMBER, .name = name, .want = a->want });
            done = member_add(m, &f, object, name, false);
        }
        if (!done)
            return false;
    }
    return true;
}

/* ---- dependent schemas ---- */

static bool is_open_already(const struct goal *g, const struct schema *s)
{
    const struct schema *end = s->alias ? s->alias : s;
    for (unsigned i = 0; i < g->seen.count; i++)
        if (g->seen.at[i].s == end && !g->seen.at[i].no)
            return true;
    return false;
}

/* A member of object whose schema for the whole object was not opened yet. */
static const char *dependent_of(const struct goal *g, const cJSON *object,
                                const struct schema **s)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        if (!ask_rule(&g->asks.at[i], RULE_DEPENDENT))
            continue;
        for (const cJSON *d = g->asks.at[i].rule->value->child; d; d = d->next) {
            if (json_is_array(d))
                continue;
            *s = map_get(g->asks.at[i].rule->u.dependents, str(d->string));
            if (json_member(object, d->string) && *s && !is_open_already(g, *s))
                return d->string;
        }
    }
    return NULL;
}

static cJSON *fill(struct maker *m, const struct goal *g)
{
    cJSON *object = json_object(m->s->arena);
    if (!add_required(m, g, object) || !add_breaking(m, g, object) ||
        !add_companions(m, g, object))
        return NULL;
    add_declared(m, g, object);
    add_extras(m, g, object, members_wanted(m, g, object));
    size_t count = json_count(object);
    return count >= g->members[0] && count <= g->members[1] ? object : NULL;
}

/* With what a member that is there asks of the whole, else without that member. */
static cJSON *with_dependents(struct maker *m, const struct goal *g, cJSON *object)
{
    const struct schema *s;
    const char *name = object ? dependent_of(g, object, &s) : NULL;
    if (!name)
        return object;
    struct goal f = goal_fork(g);
    goal_ask(m, &f, (struct ask){ .kind = ASK_MEMBER, .name = name });
    cJSON *made =
        goal_add(m, &f, (struct want){ s, false }) ? sample_solve(m, &f, NULL) : NULL;
    if (made || member_is_required(g, name))
        return made;
    f = goal_fork(g);
    goal_ask(m, &f, (struct ask){ .kind = ASK_NO_MEMBER, .name = name });
    return sample_solve(m, &f, NULL);
}

cJSON *sample_object(struct maker *m, struct goal *g)
{
    if (g->members[0] > MOST_MEMBERS || g->members[0] > g->members[1])
        return NULL;
    m->objects++;
    cJSON *object = fill(m, g);
    m->objects--;
    return with_dependents(m, g, object);
}

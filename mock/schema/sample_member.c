#include "schema/sample_parts.h"

static const struct object_rule *object_of(const struct ask *a)
{
    const struct rule *r = ask_rule(a, RULE_OBJECT);
    return r ? r->u.object : NULL;
}

static bool forbidden(const struct goal *g, const char *name)
{
    for (unsigned i = 0; i < g->asks.count; i++)
        if (g->asks.at[i].kind == ASK_NO_MEMBER &&
            strcmp(g->asks.at[i].name, name) == 0)
            return true;
    return false;
}

bool member_is_required(const struct goal *g, const char *name)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        const struct object_rule *o = object_of(a);
        if (a->kind == ASK_MEMBER && strcmp(a->name, name) == 0)
            return true;
        for (size_t k = 0; o && k < o->required_count; k++)
            if (strcmp(o->required[k], name) == 0)
                return true;
    }
    return false;
}

/* What the schema itself asks of the member; true when it says anything of it. */
static bool own_wants(const struct maker *m, const struct schema *s,
                      const struct object_rule *o, const char *name, struct wants *into)
{
    const struct schema *p = map_get(s->declared, str(name));
    bool known = p;
    if (p && into)
        wants_add(m, into, (struct want){ p, false });
    for (size_t i = 0; i < o->pattern_count; i++) {
        if (pattern_match(o->patterns[i].pattern, str(name), m->s->arena) !=
            PATTERN_MATCHES)
            continue;
        known = true;
        if (into)
            wants_add(m, into, (struct want){ o->patterns[i].schema, false });
    }
    return known;
}

/* All that has to hold for a member of that name. */
static struct wants member_wants(const struct maker *m, const struct goal *g,
                                 const char *name)
{
    struct wants w = { 0 };
    bool looked_at = false;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        const struct object_rule *o = object_of(a);
        if (a->kind == ASK_MEMBER && a->want.s && strcmp(a->name, name) == 0)
            wants_add(m, &w, a->want);
        if (!o)
            continue;
        bool known = own_wants(m, a->s, o, name, &w);
        if (!known && o->additional)
            wants_add(m, &w, (struct want){ o->additional, false });
        looked_at = looked_at || known || o->additional || o->open;
    }
    for (unsigned i = 0; i < g->asks.count && !looked_at; i++)
        if (ask_rule(&g->asks.at[i], RULE_UNEVALUATED_PROPERTIES))
            wants_add(m, &w, (struct want){ g->asks.at[i].rule->u.schema, false });
    return w;
}

static bool name_allowed(const struct maker *m, const struct goal *g, const char *name)
{
    if (forbidden(g, name))
        return false;
    cJSON *text = NULL;
    for (unsigned i = 0; i < g->asks.count; i++) {
        if (!ask_rule(&g->asks.at[i], RULE_PROPERTY_NAMES))
            continue;
        if (!text)
            text = json_string(m->s->arena, str(name));
        if (!schema_check(g->asks.at[i].rule->u.schema, text, m->s->direction, "",
                          m->s->arena, NULL))
            return false;
    }
    return true;
}

/* Whether a member must not be sent in this direction. */
static bool is_hidden(const struct maker *m, const struct wants *w)
{
    for (unsigned i = 0; i < w->count; i++)
        if (!w->at[i].no && (w->at[i].s->hidden & m->s->direction))
            return true;
    return false;
}

/* What the value has to be, or what an author wrote in an example of the whole. */
static cJSON *given_value(const struct maker *m, const struct goal *g, const char *name,
                          const struct wants *w)
{
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind == ASK_MEMBER && a->value && strcmp(a->name, name) == 0)
            return sample_holds(m, w->at, w->count, a->value)
                       ? json_copy(m->s->arena, a->value)
                       : NULL;
    }
    for (unsigned i = 0; i < g->examples.count && !m->nth; i++) {
        const cJSON *v = json_member(g->examples.at[i], name);
        if (v && sample_holds(m, w->at, w->count, v))
            return json_copy(m->s->arena, v);
    }
    return NULL;
}

static bool is_fixed(const struct goal *g, const char *name)
{
    for (unsigned i = 0; i < g->asks.count; i++)
        if (g->asks.at[i].kind == ASK_MEMBER && g->asks.at[i].value &&
            strcmp(g->asks.at[i].name, name) == 0)
            return true;
    return false;
}

/* Tells of a member that must be there and must not. */
static void tell_clash(const struct maker *m, const char *name, const struct wants *w)
{
    for (unsigned i = 0; m->s->why && i < w->count; i++)
        if (w->at[i].s->never && !w->at[i].no)
            *m->s->why =
                arena_printf(m->s->arena, "\"%.100s\" is required, but %.300s is false",
                             name, w->at[i].s->pointer);
}

/* Adds the member unless it is there. False when no value can be made. */
bool member_add(struct maker *m, const struct goal *g, cJSON *object, const char *name,
                bool optional)
{
    if (json_member(object, name))
        return true;
    struct wants w = member_wants(m, g, name);
    if (is_hidden(m, &w))
        return !optional; /* nor is it required then */
    if (!name_allowed(m, g, name))
        return false;
    cJSON *value = given_value(m, g, name, &w);
    if (!value && !is_fixed(g, name))
        value = sample_value(m, w.at, w.count, name);
    if (value)
        json_add(object, name, value);
    else if (!optional)
        tell_clash(m, name, &w);
    return value;
}

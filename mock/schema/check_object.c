#include "schema/checking.h"

/* ---- which member is which ---- */

const struct property *check_property(const struct object_rule *o, const char *name)
{
    struct str text = str(name);
    int hash = json_name_hash(text);
    const struct property *p;
    if (!o->slots)
        return NULL;
    size_t i = json_name_slot(hash, o->slots);
    for (; (p = o->table[i]); i = (i + 1) & (o->slots - 1))
        if (p->hash == hash && str_equal(p->name, text))
            return p;
    return NULL;
}

/* Members mostly come in the order in which they are declared, some left out: next is
 * where the one before m suggests to look first. */
static NOT_INLINE const struct property *
property_of(const struct object_rule *o, const struct property *next, const cJSON *m)
{
    const struct property *p = next, *end = o->list + o->count;
    int hash = m->valueint;
    for (end = end - p > 4 ? p + 4 : end; p < end; p++)
        if (p->hash == hash && json_is_named(m, p->name, hash))
            return p;
    if (!o->slots)
        return NULL;
    size_t i = json_name_slot(hash, o->slots);
    for (; (p = o->table[i]); i = (i + 1) & (o->slots - 1))
        if (json_is_named(m, p->name, p->hash))
            return p;
    return NULL;
}

/* ---- members ---- */

/* Whether a pattern of patternProperties takes the member. */
static bool check_patterns(struct checking *c, const struct object_rule *o,
                           const cJSON *member, const struct path *at, bool *ok)
{
    bool matched = false;
    for (size_t i = 0; i < o->pattern_count; i++) {
        enum pattern_answer a =
            pattern_match(o->patterns[i].pattern, str(member->string), c->arena);
        if (a != PATTERN_MATCHES)
            continue;
        matched = true;
        if (!check_value(c, o->patterns[i].schema, member, at))
            *ok = false;
    }
    return matched;
}

/* Whether schema s, or one that is asked of the same value, declares the member and
 * hides it in this direction. Only asked where a required member is missing. */
static bool hides(const struct checking *c, const struct schema *s, const char *name,
                  int depth)
{
    if (!s || depth > 16)
        return false;
    if (s->alias)
        s = s->alias;
    const struct schema *declared = map_get(s->declared, str(name));
    if (declared && (declared->hidden & c->direction))
        return true;
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        if (r->kind == RULE_REF && hides(c, r->u.schema, name, depth + 1))
            return true;
        bool many =
            r->kind == RULE_ALL_OF || r->kind == RULE_ANY_OF || r->kind == RULE_ONE_OF;
        for (size_t b = 0; many && b < r->u.branches.count; b++)
            if (hides(c, r->u.branches.list[b], name, depth + 1))
                return true;
    }
    return false;
}

static bool is_excused(const struct checking *c, const struct schema *s,
                       const char *name, const struct path *at)
{
    return c->direction &&
           (hides(c, s, name, 0) || hides(c, at ? at->schema : c->whole, name, 0));
}

/* Whether the closed schema is a branch that a discriminator has chosen by a member
 * which the branch does not have: no value would ever fit. What is beside the branches
 * was meant to stand in each, so it is not closed then (a warning at load says so). */
static bool is_shut_out(const struct checking *c, const struct object_rule *o,
                        const cJSON *object)
{
    return c->chosen == object && !check_property(o, c->chooser);
}

/* A member of which more has to be asked, or that is not declared. *taken becomes
 * whether some keyword has looked at it. */
static NOT_INLINE bool check_member(struct checking *c, const struct schema *s,
                                    const struct object_rule *o,
                                    const struct schema *declared, const cJSON *object,
                                    const cJSON *m, const struct path *at, bool *taken)
{
    struct path here = { at, m->string, 0, declared ? declared : o->additional };
    bool ok = true;
    if (declared && (declared->hidden & c->direction))
        ok = c->findings && tell_hidden(c, declared, m, &here);
    else if (declared)
        ok = check_value(c, declared, m, &here);
    bool matched = o->pattern_count && check_patterns(c, o, m, &here, &ok);
    *taken = declared || matched || o->additional || o->open;
    if (declared || matched || !o->additional)
        return ok;
    if (o->additional->never)
        return is_shut_out(c, o, object) ||
               (c->findings && tell_unknown(c, s, o, object, m, &here));
    return check_value(c, o->additional, m, &here);
}

/* Which of the required members are missing, once a count has shown that some are. */
static NOT_INLINE bool check_required(struct checking *c, const struct schema *s,
                                      const struct object_rule *o, const cJSON *value,
                                      const struct path *at)
{
    bool *seen = arena_array(c->arena, bool, o->required_count), ok = true;
    for (const cJSON *m = value->child; m; m = m->next) {
        const struct property *p = property_of(o, o->list, m);
        if (p && p->required >= 0)
            seen[p->required] = true;
    }
    for (size_t i = 0; i < o->required_count; i++)
        if (!seen[i] && !is_excused(c, s, o->required[i], at))
            ok = c->findings && tell_missing(c, s, o, value, o->required[i], at);
    return ok;
}

bool check_object(struct checking *c, const struct schema *s,
                  const struct object_rule *o, const cJSON *value,
                  const struct path *at)
{
    const struct property *next = o->list, *end = next + o->count;
    struct looked *l = looked_at(c, value);
    size_t index = 0, missing = o->required_count;
    bool ok = true;
    for (const cJSON *m = value->child; m; m = m->next, index++) {
        const struct property *p =
            next < end && json_is_named(m, next->name, next->hash)
                ? next
                : property_of(o, next, m);
        bool fits = true, taken = true;
        if (p) {
            next = p + 1;
            missing -= p->required >= 0;
        }
        if (!p || !p->schema || p->schema->hidden || o->pattern_count) {
            fits = check_member(c, s, o, p ? p->schema : NULL, value, m, at, &taken);
        } else if (!is_plain(p->plain, m)) {
            struct path here = { at, m->string, 0, p->schema };
            fits = check_more(c, p->schema, m, &here);
        }
        if (l && taken)
            looked_mark(l, index);
        if (fits)
            continue;
        if (!c->findings)
            return false;
        ok = false;
    }
    /* No name stands twice, so a count tells. */
    return (!missing || check_required(c, s, o, value, at)) && ok;
}

/* ---- names ---- */

bool check_names(struct checking *c, const struct rule *r, const cJSON *value,
                 const struct path *at)
{
    bool ok = true, outer = c->of_name;
    c->of_name = true;
    for (const cJSON *m = value->child; m && (ok || c->findings); m = m->next) {
        cJSON *name = json_string(c->arena, str(m->string));
        struct path here = { at, m->string, 0, r->u.schema };
        if (!check_value(c, r->u.schema, name, &here))
            ok = false;
    }
    c->of_name = outer;
    return ok;
}

bool check_dependents(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *value, const struct path *at)
{
    bool ok = true;
    for (const cJSON *one = r->value->child; one; one = one->next) {
        if (!json_member(value, one->string))
            continue;
        if (!json_is_array(one)) {
            ok =
                check_value(c, map_get(r->u.dependents, str(one->string)), value, at) &&
                ok;
            continue;
        }
        for (const cJSON *need = one->child; need; need = need->next)
            if (!json_member(value, need->valuestring))
                ok = c->findings &&
                     tell_dependent(c, s, r, need->valuestring, one->string, at);
    }
    return ok;
}

#include "schema/checking.h"

#include "base/limits.h"

#include <stdatomic.h>

/* The dynamic scope (2020-12 core, 7.1): the resources that were entered, as far as
 * they have dynamic anchors. */
struct scope {
    const struct scope *up;
    const struct resource *resource;
};

/* A schema that leads to itself without a step into the value (a parent whose
 * discriminator leads to a child that is all of the parent) is met again while it is
 * being asked: it then asks nothing more than it already does. */
struct frame {
    const struct frame *up;
    const struct schema *schema;
    const cJSON *value;
};

/* Always false. Most of the time nothing but the answer is wanted. */
static bool found(struct checking *c, const struct schema *s, const struct path *at,
                  struct finding f)
{
    return c->findings ? tell(c, s, at, f) : false;
}

static COLD bool rule_broken(struct checking *c, const struct schema *s,
                             const struct rule *r, const cJSON *value,
                             const struct path *at, const char *note)
{
    return found(c, s, at,
                 (struct finding){ .keyword = r->keyword,
                                   .expected = r->value,
                                   .found = value,
                                   .note = note });
}

static COLD bool given_up(struct checking *c, const struct schema *s,
                          const cJSON *value, const struct path *at, const char *why)
{
    return found(c, s, at,
                 (struct finding){ .keyword = "$ref", .found = value, .note = why });
}

/* The same question without telling. What a schema that does not fit has looked at does
 * not count. */
bool check_quietly(struct checking *c, const struct schema *s, const cJSON *value,
                   const struct path *at)
{
    struct findings *findings = c->findings;
    struct looked *l = looked_at(c, value);
    uint64_t *before = NULL;
    if (l) {
        before = arena_array(c->arena, uint64_t, l->words);
        memcpy(before, l->bits, l->words * sizeof(*before));
    }
    c->findings = NULL;
    bool fits = check_value(c, s, value, at);
    c->findings = findings;
    if (l && !fits)
        memcpy(l->bits, before, l->words * sizeof(*before));
    return fits;
}

static NOT_INLINE bool check_items(struct checking *c, const struct rule *r,
                                   const cJSON *value, const struct path *at)
{
    struct looked *l = looked_at(c, value);
    bool ok = true;
    size_t i = 0;
    for (const cJSON *item = value->child; item; item = item->next, i++) {
        const struct schema *s =
            i < r->u.items.prefix_count ? r->u.items.prefix[i] : r->u.items.rest;
        struct path here = { at, NULL, i, s };
        if (!s)
            break; /* nor is there one for those behind */
        looked_mark(l, i);
        if (check_value(c, s, item, &here))
            continue;
        if (!c->findings)
            return false;
        ok = false;
    }
    return ok;
}

static bool check_contains(struct checking *c, const struct schema *s,
                           const struct rule *r, const cJSON *value,
                           const struct path *at)
{
    size_t hits = 0, i = 0;
    for (const cJSON *item = value->child; item; item = item->next, i++) {
        struct path here = { at, NULL, i, r->u.contains.schema };
        if (!check_quietly(c, r->u.contains.schema, item, &here))
            continue;
        if (r->u.contains.looks)
            looked_mark(looked_at(c, value), i);
        hits++;
    }
    if (hits >= r->u.contains.min && hits <= r->u.contains.max)
        return true;
    return c->findings && tell_contains(c, s, r, value, at, hits);
}

static bool check_any(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *value, const struct path *at)
{
    size_t fitting = 0;
    for (size_t i = 0; i < r->u.branches.count; i++) {
        fitting += check_quietly(c, r->u.branches.list[i], value, at);
        if (fitting && r->kind == RULE_ANY_OF && !looked_at(c, value))
            return true;
        if (fitting > 1 && r->kind == RULE_ONE_OF)
            break;
    }
    if (fitting == 1 || (fitting && r->kind == RULE_ANY_OF))
        return true;
    return c->findings && tell_branches(c, s, r, value, at, fitting > 0);
}

static bool check_discriminator(struct checking *c, const struct schema *s,
                                const struct rule *r, const cJSON *value,
                                const struct path *at)
{
    const char *name = r->u.discriminator.property;
    const cJSON *member = json_member(value, name);
    const struct schema *otherwise = r->u.discriminator.otherwise;
    if (!member && otherwise)
        return check_value(c, otherwise, value, at);
    if (!member)
        return r->u.discriminator.optional ||
               (c->findings && tell_undecided(c, s, r, at));
    struct path here = { at, name, 0, NULL };
    const struct schema *branch =
        json_is_string(member)
            ? map_get(r->u.discriminator.by_value, str(member->valuestring))
            : NULL;
    if (!branch && otherwise)
        return check_value(c, otherwise, value, at);
    if (!branch)
        return c->findings && tell_undecidable(c, s, r, member, &here);
    const cJSON *outer = c->chosen;
    const char *chooser = c->chooser;
    c->chosen = value;
    c->chooser = name;
    bool ok = check_value(c, branch, value, at);
    c->chosen = outer;
    c->chooser = chooser;
    return ok;
}

static bool check_unevaluated(struct checking *c, const struct schema *s,
                              const struct rule *r, const cJSON *value,
                              const struct path *at)
{
    struct looked *l = looked_at(c, value);
    bool ok = true;
    size_t i = 0;
    for (const cJSON *m = value->child; m && (ok || c->findings); m = m->next, i++) {
        struct path here = { at, m->string, i, r->u.schema };
        if (l->bits[i / 64] >> (i % 64) & 1)
            continue;
        looked_mark(l, i);
        if (!r->u.schema->never) {
            if (!check_value(c, r->u.schema, m, &here))
                ok = false;
        } else {
            ok = c->findings && tell_unevaluated(c, s, r, m, &here);
        }
    }
    return ok;
}

/* The outermost resource of the dynamic scope that has the anchor decides. */
static const struct schema *dynamic_target(const struct checking *c,
                                           const struct rule *r)
{
    const struct schema *target = r->u.dynamic.first;
    for (const struct scope *x = c->scope; x; x = x->up)
        for (size_t i = 0; i < r->u.dynamic.count; i++)
            if (r->u.dynamic.list[i].resource == x->resource)
                target = r->u.dynamic.list[i].schema;
    return target;
}

static COLD bool tell_alone(struct checking *c, const struct schema *s,
                            const struct rule *r, const cJSON *v, const struct path *at)
{
    if (!c->findings)
        return false;
    if (r->kind == RULE_ENUM || r->kind == RULE_CONST)
        return tell_unlisted(c, s, r, v, at);
    return r->kind == RULE_UNIQUE_ITEMS ? tell_same(c, s, r, v, at)
                                        : rule_broken(c, s, r, v, at, NULL);
}

/* The rules behind those. */
static NOT_INLINE bool check_rule(struct checking *c, const struct schema *s,
                                  const struct rule *r, const cJSON *v,
                                  const struct path *at)
{
    bool ok = true;
    switch (r->kind) {
    case RULE_PATTERN: {
        enum pattern_answer a =
            pattern_match(r->u.pattern, str(v->valuestring), c->arena);
        if (a == PATTERN_GAVE_UP)
            return rule_broken(c, s, r, v, at, "matching was given up at its bound");
        ok = a == PATTERN_MATCHES;
        break;
    }
    case RULE_FORMAT:
        return format_check(r->u.format, v) ||
               rule_broken(c, s, r, v, at, format_wanted(r->u.format));
    case RULE_ITEMS:
        return check_items(c, r, v, at);
    case RULE_CONTAINS:
        return check_contains(c, s, r, v, at);
    case RULE_OBJECT:
        return check_object(c, s, r->u.object, v, at);
    case RULE_PROPERTY_NAMES:
        return check_names(c, r, v, at);
    case RULE_DEPENDENT:
        return check_dependents(c, s, r, v, at);
    case RULE_REF:
        return check_value(c, r->u.schema, v, at);
    case RULE_DYNAMIC_REF:
        return check_value(c, dynamic_target(c, r), v, at);
    case RULE_ALL_OF:
        for (size_t i = 0; i < r->u.branches.count && (ok || c->findings); i++)
            ok = check_value(c, r->u.branches.list[i], v, at) && ok;
        return ok;
    case RULE_ANY_OF:
    case RULE_ONE_OF:
        return check_any(c, s, r, v, at);
    case RULE_NOT:
        ok = !check_quietly(c, r->u.schema, v, at);
        break;
    case RULE_IF: {
        bool held = check_quietly(c, r->u.choice.test, v, at);
        const struct schema *next = held ? r->u.choice.then : r->u.choice.otherwise;
        return !next || check_value(c, next, v, at);
    }
    case RULE_DISCRIMINATOR:
        return check_discriminator(c, s, r, v, at);
    case RULE_UNEVALUATED_ITEMS:
    case RULE_UNEVALUATED_PROPERTIES:
        return check_unevaluated(c, s, r, v, at);
    }
    return ok || rule_broken(c, s, r, v, at, NULL);
}

static bool type_fits(unsigned types, unsigned type, const cJSON *value)
{
    if (type != TYPE_NUMBER || (types & TYPE_NUMBER))
        return types & type;
    return (types & TYPE_INTEGER) &&
           (number_is_exact(value) || number_is_integer(value));
}

static bool is_open(const struct frame *f, const struct schema *s, const cJSON *value)
{
    for (; f; f = f->up)
        if (f->schema == s && f->value == value)
            return true;
    return false;
}

static NOT_INLINE bool check_rules(struct checking *c, const struct schema *s,
                                   const cJSON *value, const struct path *at)
{
    unsigned type = type_of(value);
    bool ok = true;
    for (const struct rule *r = s->rules, *end = r + s->rule_count; r < end; r++) {
        if (!(r->types & type))
            continue;
        bool fits = r->kind > RULE_LAST_ALONE
                        ? check_rule(c, s, r, value, at)
                        : check_alone(c, r, value) || tell_alone(c, s, r, value, at);
        if (fits)
            continue;
        if (!c->findings)
            return false;
        ok = false;
    }
    return ok;
}

/* Notes what is looked at meanwhile, and hands it on to whoever asks of the same value.
 */
static bool check_looking(struct checking *c, const struct schema *s,
                          const cJSON *value, const struct path *at)
{
    struct looked own = { .up = c->looked, .value = value };
    own.words = json_count(value) / 64 + 1;
    own.bits = arena_array(c->arena, uint64_t, own.words);
    c->looked = &own;
    bool ok = check_rules(c, s, value, at);
    c->looked = own.up;
    struct looked *outer = looked_at(c, value);
    for (size_t i = 0; ok && outer && i < own.words; i++)
        outer->bits[i] |= own.bits[i];
    return ok;
}

/* What has to be known while the schema is asked. */
static NOT_INLINE bool check_within(struct checking *c, const struct schema *s,
                                    const cJSON *value, const struct path *at)
{
    struct frame frame = { c->open, s, value };
    struct scope scope = { c->scope, s->scope };
    bool ok = true;
    if (s->scope && (!c->scope || c->scope->resource != s->scope))
        c->scope = &scope;
    if (s->ring)
        c->open = &frame;
    if (!s->ring || !is_open(frame.up, s, value))
        ok = s->unevaluated && value->child ? check_looking(c, s, value, at)
                                            : check_rules(c, s, value, at);
    c->open = frame.up;
    c->scope = scope.up;
    return ok;
}

static NOT_INLINE bool check_here(struct checking *c, const struct schema *s,
                                  const cJSON *value, const struct path *at)
{
    if (s->never)
        return found(c, s, at, (struct finding){ .keyword = "false", .found = value });
    if (s->types != TYPE_ANY && !type_fits(s->types, type_of(value), value))
        return found(c, s, at,
                     (struct finding){ .keyword = "type",
                                       .expected = json_member(s->node, "type"),
                                       .found = value });
    if (!s->rule_count)
        return true;
    if (c->depth == LIMIT_SCHEMA_DEPTH)
        return given_up(c, s, value, at, "its references go round without an end");
    if (++c->steps > LIMIT_SCHEMA_STEPS)
        return given_up(c, s, value, at, "checking was given up at its bound");
    c->depth++;
    bool ok = s->ring || s->scope || s->unevaluated ? check_within(c, s, value, at)
                                                    : check_rules(c, s, value, at);
    c->depth--;
    return ok;
}

/* The way is kept step by step, so a reference is one, too. */
static COLD bool check_telling(struct checking *c, const struct schema *s,
                               const cJSON *value, const struct path *at)
{
    struct trail here = { .up = c->trail, .schema = s, .at = at };
    c->trail = &here;
    bool fits = check_here(c, s, value, at);
    c->trail = here.up;
    return fits;
}

/* The usual schemas of objects and arrays go one level down in the value, whose depth
 * is bounded: they leave here by a jump, and are not counted in c->depth. */
static inline bool check_once(struct checking *c, const struct schema *s,
                              const cJSON *value, const struct path *at)
{
    if (c->findings)
        return check_telling(c, s, value, at);
    const struct schema *t = s->alias ? s->alias : s;
    const struct rule *only = s->only;
    if (!(s->single & value->type))
        return check_here(c, t, value, at);
    if (s->only_kind == RULE_ENUM)
        return check_listed(only, value);
    if (s->only_kind <= RULE_LAST_ALONE)
        return check_alone(c, only, value);
    if (c->steps >= LIMIT_SCHEMA_STEPS)
        return check_here(c, t, value, at);
    c->steps++;
    if (s->only_kind == RULE_OBJECT)
        return check_object(c, t, only->u.object, value, at);
    if (s->only_kind == RULE_ITEMS)
        return check_items(c, only, value, at);
    return check_here(c, t, value, at);
}

/* Whether all that is asked of an answer's value at this place is s, and nothing above
 * has a say in it: no dynamic scope, and no schema of the same value that is still
 * being asked. */
static bool is_asked_alone(const struct checking *c, const struct schema *s,
                           const cJSON *value, const struct path *at)
{
    if (s != (at ? at->schema : c->whole) || c->scope ||
        c->direction != DIRECTION_RESPONSE)
        return false;
    for (const struct frame *f = c->open; f; f = f->up)
        if (f->value == value)
            return false;
    return true;
}

uint64_t schema_mark(const struct schema *s)
{
    return (s->alias ? s->alias : s)->mark;
}

/* A value that many answers show need not be asked the same each time. */
static NOT_INLINE bool check_lent(struct checking *c, const struct schema *s,
                                  const cJSON *value, const struct path *at)
{
    struct json_lent *l = json_lent_of(value);
    const uint64_t mark = schema_mark(s);
    bool alone = is_asked_alone(c, s, value, at);
    if (alone && atomic_load_explicit(&l->fits, memory_order_relaxed) == mark)
        return true;
    bool fits = check_once(c, s, value, at);
    if (alone && fits)
        atomic_store_explicit(&l->fits, mark, memory_order_relaxed);
    return fits;
}

bool check_more(struct checking *c, const struct schema *s, const cJSON *value,
                const struct path *at)
{
    return json_is_lent(value) && !c->findings ? check_lent(c, s, value, at)
                                               : check_once(c, s, value, at);
}

bool schema_check(const struct schema *s, const cJSON *value, enum direction direction,
                  const char *prefix, struct arena *arena, struct findings *findings)
{
    /* Most values fit, and saying so needs no paths; the second look tells. */
    /* Member by member: as a whole it would be zeroed by an instruction that takes
     * longer than a small check. */
    struct checking c;
    c.arena = arena;
    c.findings = NULL;
    c.prefix = prefix;
    c.depth = 0;
    c.steps = 0;
    c.direction = direction;
    c.whole = s;
    c.looked = NULL;
    c.chosen = NULL;
    c.chooser = NULL;
    c.scope = NULL;
    c.open = NULL;
    c.trail = NULL;
    c.asked = 0;
    c.of_name = false;
    if (check_value(&c, s, value, NULL))
        return true;
    if (!findings)
        return false;
    c.findings = findings;
    c.depth = 0;
    c.looked = NULL;
    check_value(&c, s, value, NULL);
    return false;
}

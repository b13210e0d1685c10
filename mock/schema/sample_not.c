#include "schema/sample_parts.h"

/* In how many ways a rule can be broken. */
static size_t ways_of(const struct schema *s, const struct rule *r)
{
    switch ((enum rule_kind)r->kind) {
    case RULE_ALL_OF:
        return r->u.branches.count;
    case RULE_ONE_OF: /* none, or the first that fits and another */
        return 1 + (r->u.branches.count ? r->u.branches.count - 1 : 0);
    case RULE_IF:
        return 2;
    case RULE_ITEMS:
        return r->u.items.prefix_count + 1;
    case RULE_CONTAINS:
        return 2;
    case RULE_OBJECT:
        return r->u.object->required_count + map_count(s->declared) +
               r->u.object->pattern_count + 1;
    case RULE_DEPENDENT:
        return json_count(r->value);
    case RULE_DISCRIMINATOR:
        return 1 + json_count(r->u.discriminator.values);
    default:
        return 1;
    }
}

/* Way 0 is to be of another type. */
size_t refusal_count(const struct schema *s)
{
    size_t n = 1;
    for (size_t i = 0; i < s->rule_count; i++)
        n += ways_of(s, &s->rules[i]);
    return n;
}

static bool all_but(struct maker *m, struct goal *g, const struct rule *r)
{
    for (size_t i = 0; i < r->u.branches.count; i++)
        if (!goal_add(m, g, (struct want){ r->u.branches.list[i], true }))
            return false;
    return true;
}

static bool refuse_one_of(struct maker *m, struct goal *g, const struct rule *r,
                          size_t way)
{
    if (way == 0)
        return all_but(m, g, r);
    return goal_add(m, g, (struct want){ r->u.branches.list[0], false }) &&
           goal_add(m, g, (struct want){ r->u.branches.list[way], false });
}

static bool refuse_if(struct maker *m, struct goal *g, const struct rule *r, size_t way)
{
    const struct schema *next = way ? r->u.choice.otherwise : r->u.choice.then;
    return next && goal_add(m, g, (struct want){ r->u.choice.test, way == 1 }) &&
           goal_add(m, g, (struct want){ next, true });
}

/* Always true, so that a refusal can end in it. */
static bool refuse_by(struct maker *m, struct goal *g, struct ask ask)
{
    goal_ask(m, g, ask);
    return true;
}

static bool refuse_items(struct maker *m, struct goal *g, const struct rule *r,
                         size_t way)
{
    const struct schema *s =
        way < r->u.items.prefix_count ? r->u.items.prefix[way] : r->u.items.rest;
    if (!s)
        return false;
    return refuse_by(
        m, g, (struct ask){ .kind = ASK_ITEM, .index = way, .want = { s, true } });
}

static void member_breaks(const struct maker *m, struct goal *g, const char *name,
                          const struct schema *s)
{
    goal_ask(m, g,
             (struct ask){ .kind = ASK_MEMBER, .name = name, .want = { s, true } });
}

static bool refuse_object(struct maker *m, struct goal *g, const struct schema *s,
                          const struct rule *r, size_t way)
{
    const struct object_rule *o = r->u.object;
    struct str name;
    void *property;
    if (way < o->required_count)
        return refuse_by(
            m, g, (struct ask){ .kind = ASK_NO_MEMBER, .name = o->required[way] });
    way -= o->required_count;
    if (map_at(s->declared, way, &name, &property)) {
        member_breaks(m, g, name.ptr, property);
        return true;
    }
    way -= map_count(s->declared);
    if (way < o->pattern_count) {
        const cJSON *p = json_member(s->node, "patternProperties");
        const cJSON *c = p ? p->child : NULL;
        for (size_t i = 0; c && i < way; i++)
            c = c->next;
        const char *text = c ? sample_of_pattern(m, c->string, 1) : NULL;
        if (!text)
            return false;
        member_breaks(m, g, text, o->patterns[way].schema);
        return true;
    }
    if (!o->additional)
        return false;
    return refuse_by(
        m, g,
        (struct ask){ .kind = ASK_EXTRA, .s = s, .want = { o->additional, true } });
}

static bool refuse_dependent(struct maker *m, struct goal *g, const struct rule *r,
                             size_t way)
{
    const cJSON *one = r->value->child;
    while (one && way--)
        one = one->next;
    if (!one)
        return false;
    goal_ask(m, g, (struct ask){ .kind = ASK_MEMBER, .name = one->string });
    if (!json_is_array(one))
        return goal_add(
            m, g, (struct want){ map_get(r->u.dependents, str(one->string)), true });
    if (!one->child)
        return false;
    return refuse_by(
        m, g, (struct ask){ .kind = ASK_NO_MEMBER, .name = one->child->valuestring });
}

static bool refuse_size(size_t range[2], size_t size, bool at_most)
{
    if (!at_most && size == 0)
        return false;
    size_t least = at_most ? size + 1 : 0, most = at_most ? SIZE_MAX : size - 1;
    range[0] = range[0] > least ? range[0] : least;
    range[1] = range[1] < most ? range[1] : most;
    return range[0] <= range[1];
}

static size_t own_prefix(const struct schema *s)
{
    for (size_t i = 0; i < s->rule_count; i++)
        if (s->rules[i].kind == RULE_ITEMS)
            return s->rules[i].u.items.prefix_count;
    return 0;
}

/* What holds where a bound does not. */
static enum rule_kind opposite(enum rule_kind bound)
{
    return bound == RULE_MAXIMUM             ? RULE_EXCLUSIVE_MINIMUM
           : bound == RULE_EXCLUSIVE_MAXIMUM ? RULE_MINIMUM
           : bound == RULE_MINIMUM           ? RULE_EXCLUSIVE_MAXIMUM
                                             : RULE_MAXIMUM;
}

static bool refuse_rule(struct maker *m, struct goal *g, const struct schema *s,
                        const struct rule *r, size_t way)
{
    struct ask ask = { .kind = ASK_RULE, .no = true, .s = s, .rule = r };
    switch ((enum rule_kind)r->kind) {
    case RULE_MAXIMUM:
    case RULE_EXCLUSIVE_MAXIMUM:
    case RULE_MINIMUM:
    case RULE_EXCLUSIVE_MINIMUM:
        return goal_bound(g, opposite(r->kind), r->value);
    case RULE_MAX_LENGTH:
    case RULE_MIN_LENGTH:
        return refuse_size(g->length, r->u.size, r->kind == RULE_MAX_LENGTH);
    case RULE_MAX_ITEMS:
    case RULE_MIN_ITEMS:
        return refuse_size(g->items, r->u.size, r->kind == RULE_MAX_ITEMS);
    case RULE_MAX_PROPERTIES:
    case RULE_MIN_PROPERTIES:
        return refuse_size(g->members, r->u.size, r->kind == RULE_MAX_PROPERTIES);
    case RULE_UNIQUE_ITEMS:
        return refuse_by(m, g, (struct ask){ .kind = ASK_TWINS });
    case RULE_REF:
        return goal_add(m, g, (struct want){ r->u.schema, true });
    case RULE_DYNAMIC_REF:
        g->doubt = true;
        return goal_add(m, g, (struct want){ goal_dynamic(m, r), true });
    case RULE_NOT:
        return goal_add(m, g, (struct want){ r->u.schema, false });
    case RULE_ALL_OF:
        return goal_add(m, g, (struct want){ r->u.branches.list[way], true });
    case RULE_ANY_OF:
        return all_but(m, g, r);
    case RULE_ONE_OF:
        return refuse_one_of(m, g, r, way);
    case RULE_IF:
        return refuse_if(m, g, r, way);
    case RULE_ITEMS:
        return refuse_items(m, g, r, way);
    case RULE_OBJECT:
        return refuse_object(m, g, s, r, way);
    case RULE_PROPERTY_NAMES:
        return refuse_by(
            m, g, (struct ask){ .kind = ASK_NAME, .want = { r->u.schema, true } });
    case RULE_DEPENDENT:
        return refuse_dependent(m, g, r, way);
    case RULE_DISCRIMINATOR:
        /* An unknown kind says no; a known one whose branch does not hold, too. */
        ask =
            (struct ask){ .kind = ASK_NO_MEMBER, .name = r->u.discriminator.property };
        return refuse_by(m, g, ask) && way == 0;
    case RULE_CONTAINS:
        ask.index = way; /* 0: too few; 1: too many */
        if (way == 0 ? r->u.contains.min == 0 : r->u.contains.max == SIZE_MAX)
            return false;
        break;
    case RULE_UNEVALUATED_ITEMS:
        return refuse_by(m, g,
                         (struct ask){ .kind = ASK_ITEM,
                                       .index = own_prefix(s),
                                       .want = { r->u.schema, true } });
    case RULE_UNEVALUATED_PROPERTIES:
        ask = (struct ask){ .kind = ASK_EXTRA, .s = s, .want = { r->u.schema, true } };
        return refuse_by(m, g, ask);
    case RULE_ENUM:
    case RULE_CONST:
    case RULE_MULTIPLE_OF:
    case RULE_PATTERN:
    case RULE_FORMAT:
        break;
    }
    return refuse_by(m, g, ask);
}

bool refusal_take(struct maker *m, struct goal *g, const struct schema *s, size_t way)
{
    if (way == 0) {
        g->types &= ~s->types;
        return s->types != TYPE_ANY && g->types;
    }
    way--;
    for (size_t i = 0; i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        size_t ways = ways_of(s, r);
        if (way < ways) {
            g->types &= rule_types(r);
            return g->types && refuse_rule(m, g, s, r, way);
        }
        way -= ways;
    }
    return false;
}

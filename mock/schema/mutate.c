#include "schema/mutate_parts.h"

#include "base/limits.h"
#include "doc/pointer.h"

enum { MOST_NODES = 500000, MOST_VISITS = 20000, DEEPEST = 64 };

static void visit(struct mutator *x, struct spot at);

static size_t nodes_of(const cJSON *tree)
{
    size_t n = 1;
    for (const cJSON *c = tree->child; c; c = c->next)
        n += nodes_of(c);
    return n;
}

bool mutator_may(struct mutator *x)
{
    if (x->left < x->size || x->out.count >= LIMIT_MUTATIONS) {
        x->out.cut = true;
        return false;
    }
    x->left -= x->size;
    return true;
}

cJSON *mutator_put(struct mutator *x, const char *pointer, cJSON *instead)
{
    if (!*pointer)
        return instead;
    cJSON *all = json_copy(x->arena, x->value), *at = pointer_get(all, pointer);
    if (!at)
        return NULL;
    if (!instead) {
        pointer_remove(all, pointer);
        return all;
    }
    json_become(at, instead);
    return all;
}

static bool is_composition(const char *keyword)
{
    return strcmp(keyword, "oneOf") == 0 || strcmp(keyword, "anyOf") == 0;
}

static bool is_within(const char *pointer, const char *outer)
{
    size_t len = strlen(outer);
    return strncmp(pointer, outer, len) == 0 &&
           (pointer[len] == '\0' || pointer[len] == '/');
}

static bool same_place(const struct finding *a, const struct finding *b)
{
    const char *x = a->name ? a->name : "", *y = b->name ? b->name : "";
    return strcmp(a->keyword, b->keyword) == 0 && strcmp(a->pointer, b->pointer) == 0 &&
           strcmp(x, y) == 0;
}

/* Whether a finding at the same place says the same: a kind that does not exist is in
 * no enum of kinds either. */
static bool says_the_same(const struct finding *f, const char *keyword,
                          const char *pointer)
{
    return strcmp(keyword, "discriminator") == 0 && strcmp(f->pointer, pointer) == 0 &&
           (strcmp(f->keyword, "enum") == 0 || strcmp(f->keyword, "const") == 0);
}

/* The finding that is the keyword's; NULL when there is none or another one, too. A
 * composition around the place says that its branches do not fit, and is no other one;
 * nor is what a branch says when the composition is meant. */
static const struct finding *only_finding(const struct findings *all,
                                          const char *keyword, const char *pointer)
{
    const struct finding *own = NULL;
    bool composed = is_composition(keyword),
         names = strcmp(keyword, "propertyNames") == 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *f = &all->list[i];
        bool meant = strcmp(f->pointer, pointer) == 0 &&
                     (strcmp(f->keyword, keyword) == 0 || names ||
                      strcmp(f->keyword, "false") == 0);
        if (own && composed && is_within(f->pointer, pointer))
            continue;
        if (!meant && is_composition(f->keyword) && is_within(pointer, f->pointer))
            continue;
        if (!meant && says_the_same(f, keyword, pointer))
            continue;
        if (!meant || (own && !same_place(own, f)))
            return NULL;
        own = own ? own : f;
    }
    return own;
}

static bool is_known(const struct mutations *all, const char *keyword,
                     const struct finding *f)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct mutation *m = &all->list[i];
        if (strcmp(m->keyword, keyword) == 0 && same_place(&m->finding, f) &&
            (m->finding.note == f->note ||
             (m->finding.note && f->note && strcmp(m->finding.note, f->note) == 0)))
            return true;
    }
    return false;
}

bool mutator_try(struct mutator *x, cJSON *candidate, const char *keyword,
                 const char *pointer)
{
    /* What an enum says as well is only told by the discriminator when all is told. */
    struct findings findings = { .arena = x->arena,
                                 .whole = strcmp(keyword, "discriminator") == 0 };
    if (!candidate)
        return false;
    if (schema_check(x->root, candidate, x->direction, "", x->arena, &findings)) {
        x->out.accepted++;
        return false;
    }
    const struct finding *f = only_finding(&findings, keyword, pointer);
    if (!f) {
        x->out.mixed++;
        return false;
    }
    if (!is_known(&x->out, keyword, f))
        x->out.list[x->out.count++] =
            (struct mutation){ .value = candidate, .keyword = keyword, .finding = *f };
    return true;
}

/* ---- going through ---- */

static void visit_members(struct mutator *x, const struct spot *at,
                          const struct rule *r)
{
    const struct object_rule *o = r->u.object;
    for (const cJSON *c = at->value->child; c; c = c->next) {
        struct spot to = { map_get(at->s->declared, str(c->string)), c,
                           pointer_join(x->arena, at->pointer, c->string) };
        bool known = to.s;
        if (known)
            visit(x, to);
        for (size_t i = 0; i < o->pattern_count; i++)
            if (pattern_match(o->patterns[i].pattern, str(c->string), x->arena) ==
                PATTERN_MATCHES) {
                known = true;
                to.s = o->patterns[i].schema;
                visit(x, to);
            }
        to.s = o->additional;
        if (!known && to.s)
            visit(x, to);
    }
}

static void visit_items(struct mutator *x, const struct spot *at, const struct rule *r)
{
    size_t i = 0;
    for (const cJSON *c = at->value->child; c; c = c->next, i++) {
        const struct schema *s =
            i < r->u.items.prefix_count ? r->u.items.prefix[i] : r->u.items.rest;
        if (s)
            visit(x, (struct spot){ s, c,
                                    arena_printf(x->arena, "%s/%zu", at->pointer, i) });
    }
}

static bool holds(struct mutator *x, const struct schema *s, const cJSON *value)
{
    return schema_check(s, value, x->direction, "", x->arena, NULL);
}

static void visit_if(struct mutator *x, const struct spot *at, const struct schema *s)
{
    if (s && holds(x, s, at->value))
        visit(x, (struct spot){ s, at->value, at->pointer });
}

/* The schemas that a rule leads to and that hold for the value. */
static void descend(struct mutator *x, const struct spot *at, const struct rule *r)
{
    switch ((enum rule_kind)r->kind) {
    case RULE_OBJECT:
        visit_members(x, at, r);
        break;
    case RULE_ITEMS:
        visit_items(x, at, r);
        break;
    case RULE_REF:
        visit_if(x, at, r->u.schema);
        break;
    case RULE_ALL_OF:
    case RULE_ANY_OF:
    case RULE_ONE_OF:
        for (size_t i = 0; i < r->u.branches.count; i++)
            visit_if(x, at, r->u.branches.list[i]);
        break;
    case RULE_IF: {
        bool held = holds(x, r->u.choice.test, at->value);
        visit_if(x, at, held ? r->u.choice.then : r->u.choice.otherwise);
        break;
    }
    case RULE_DISCRIMINATOR: {
        const char *kind = json_member_text(at->value, r->u.discriminator.property);
        const struct schema *s =
            kind ? map_get(r->u.discriminator.by_value, str(kind)) : NULL;
        visit_if(x, at, s ? s : r->u.discriminator.otherwise);
        break;
    }
    case RULE_DEPENDENT:
        for (const cJSON *d = r->value->child; d; d = d->next)
            if (!json_is_array(d) && json_member(at->value, d->string))
                visit_if(x, at, map_get(r->u.dependents, str(d->string)));
        break;
    default:
        break;
    }
}

static void visit(struct mutator *x, struct spot at)
{
    if (at.s->alias)
        at.s = at.s->alias;
    if (!x->visits || x->depth >= DEEPEST) {
        x->out.cut = true;
        return;
    }
    x->visits--;
    x->depth++;
    unsigned type = type_of(at.value);
    mutate_type(x, &at);
    for (size_t i = 0; i < at.s->rule_count; i++)
        if (at.s->rules[i].types & type)
            mutate_rule(x, &at, &at.s->rules[i]);
    for (size_t i = 0; i < at.s->rule_count; i++)
        if (at.s->rules[i].types & type)
            descend(x, &at, &at.s->rules[i]);
    x->depth--;
}

struct mutations mutate(const struct schema *s, const cJSON *value,
                        enum direction direction, struct chance *chance,
                        struct arena *arena)
{
    struct mutator x = { .root = s,
                         .value = value,
                         .direction = direction,
                         .chance = chance,
                         .arena = arena,
                         .size = nodes_of(value),
                         .left = MOST_NODES,
                         .visits = MOST_VISITS };
    x.out.list = arena_array(arena, struct mutation, LIMIT_MUTATIONS);
    visit(&x, (struct spot){ s, value, "" });
    return x.out;
}

#include "schema/checking.h"

#include "base/limits.h"
#include "schema/near.h"

enum { MOST_COMPARED = 16 }; /* findings of one branch with those of another */

/* What speaks for a branch having been meant; the fields stand in order of weight. */
struct rank {
    bool type;       /* the value has a type that it takes */
    size_t misfits;  /* members whose const or enum says: not this one */
    size_t fits;     /* ... this one */
    size_t depth;    /* how deep its deepest finding lies */
    size_t findings; /* that are not only about branches inside */
};

struct branch {
    const struct schema *schema;
    struct findings findings;
    struct rank rank;
};

static const struct schema *meaning(const struct schema *s)
{
    return s->alias ? s->alias : s;
}

static size_t depth_of(const struct finding *f)
{
    size_t n = 0;
    for (const char *p = f->pointer; *p; p++)
        n += *p == '/';
    /* An unknown member is a fault of the object that it stands in. */
    bool unknown = f->name && n && strcmp(f->keyword, "required") != 0 &&
                   strcmp(f->keyword, "dependentRequired") != 0;
    return n - unknown;
}

static bool is_at(const struct finding *f, const char *pointer)
{
    return strcmp(f->pointer, pointer) == 0;
}

/* The const or enum that a schema has for one of its members; NULL when it has none. */
static const struct rule *choice_of(const struct schema *s, const char *name, int depth)
{
    s = meaning(s);
    const struct rule *choice = NULL;
    for (size_t i = 0; i < s->rule_count && depth < 8 && !choice; i++) {
        const struct rule *r = &s->rules[i];
        if (r->kind == RULE_REF)
            choice = choice_of(r->u.schema, name, depth + 1);
        for (size_t j = 0; r->kind == RULE_ALL_OF && j < r->u.branches.count; j++)
            choice =
                choice ? choice : choice_of(r->u.branches.list[j], name, depth + 1);
        if (r->kind != RULE_OBJECT)
            continue;
        const struct property *p = check_property(r->u.object, name);
        const struct schema *m = p && p->schema ? meaning(p->schema) : NULL;
        for (size_t j = 0; m && j < m->rule_count && !choice; j++)
            if (m->rules[j].kind == RULE_CONST || m->rules[j].kind == RULE_ENUM)
                choice = &m->rules[j];
    }
    return choice;
}

static struct rank rank_of(const struct branch *b, const cJSON *value,
                           const char *pointer)
{
    struct rank r = { .type = true };
    for (size_t i = 0; i < b->findings.count; i++) {
        const struct finding *f = &b->findings.list[i];
        size_t depth = depth_of(f);
        const char *as = f->as ? f->as : f->keyword;
        if (is_at(f, pointer) && (strcmp(as, "type") == 0 || strcmp(as, "false") == 0))
            r.type = false;
        if (f->nearest)
            continue;
        r.findings++;
        r.depth = depth > r.depth ? depth : r.depth;
    }
    int looks = 0;
    const cJSON *m = json_is_object(value) ? value->child : NULL;
    for (; m && looks < LIMIT_NEAR; m = m->next, looks++) {
        const struct rule *choice = choice_of(b->schema, m->string, 0);
        if (choice && check_listed(choice, m))
            r.fits++;
        else if (choice)
            r.misfits++;
    }
    return r;
}

/* Above 0 when a speaks louder than b. */
static int rank_compare(const struct rank *a, const struct rank *b)
{
    if (a->type != b->type)
        return a->type - b->type;
    if (a->misfits != b->misfits)
        return a->misfits < b->misfits ? 1 : -1;
    if (a->fits != b->fits)
        return a->fits > b->fits ? 1 : -1;
    if (a->depth != b->depth)
        return a->depth > b->depth ? 1 : -1;
    return (a->findings < b->findings) - (a->findings > b->findings);
}

/* Whether only this branch can have been meant: its type alone is right, or the members
 * that tell branches apart name it and no other. */
static bool is_clear(const struct branch *list, size_t count, size_t best)
{
    const struct rank *r = &list[best].rank;
    bool type = r->type, chosen = r->type && r->fits && !r->misfits;
    for (size_t i = 0; i < count; i++) {
        if (i == best)
            continue;
        type = type && !list[i].rank.type;
        chosen = chosen && (list[i].rank.misfits || !list[i].rank.type);
    }
    return (type || chosen) && list[best].findings.count;
}

static void add_values(struct arena *arena, cJSON *into, const cJSON *from, bool list)
{
    const cJSON *one = list && json_is_array(from) ? from->child : from;
    for (; one; one = one == from ? NULL : one->next) {
        bool known = false;
        for (const cJSON *k = into->child; k && !known; k = k->next)
            known = json_equal(k, one);
        if (!known)
            json_push(into, json_copy(arena, one));
    }
}

/* When each branch asks for nothing but a type, or for nothing but one of some values:
 * all of those together, and in *as which it is. Else NULL. */
static const cJSON *simple_choice(struct checking *c, const struct branch *list,
                                  size_t count, const char *pointer, const char **as)
{
    cJSON *all = json_array(c->arena);
    *as = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = list[i].findings.list;
        if (list[i].findings.count != 1 || !is_at(f, pointer) || f->of_name)
            return NULL;
        bool is_const = strcmp(f->keyword, "const") == 0;
        const char *kind = f->as ? f->as : is_const ? "enum" : f->keyword;
        if ((strcmp(kind, "type") != 0 && strcmp(kind, "enum") != 0) ||
            (*as && strcmp(kind, *as) != 0))
            return NULL;
        *as = kind;
        add_values(c->arena, all, f->expected, !is_const);
    }
    return all;
}

/* The member that every branch of a type that fits gives a const or enum, none of which
 * it has; in *values those that there are. NULL when there is no such member. */
static const cJSON *wrong_choice(struct checking *c, const struct branch *list,
                                 size_t count, const cJSON *value, cJSON **values)
{
    int looks = 0;
    const cJSON *m = json_is_object(value) ? value->child : NULL;
    for (; m && looks < LIMIT_NEAR; m = m->next, looks++) {
        size_t i = 0;
        *values = json_array(c->arena);
        for (; i < count; i++) {
            const struct rule *r = choice_of(list[i].schema, m->string, 0);
            if (!list[i].rank.type)
                continue;
            if (!r || check_listed(r, m))
                break;
            add_values(c->arena, *values, r->value, r->kind == RULE_ENUM);
        }
        if (i == count && (*values)->child)
            return m;
    }
    return NULL;
}

static const cJSON *fitting(struct checking *c, const struct rule *r,
                            const cJSON *value, const struct path *at)
{
    cJSON *places = json_array(c->arena);
    for (size_t i = 0; i < r->u.branches.count; i++) {
        const struct schema *s = r->u.branches.list[i];
        if (check_quietly(c, s, value, at))
            json_push(places, json_string(c->arena, str(meaning(s)->pointer)));
    }
    return places;
}

static struct branch *ask_branches(struct checking *c, const struct rule *r,
                                   const cJSON *value, const struct path *at)
{
    struct findings *all = c->findings;
    const char *pointer = tell_pointer(c, at);
    struct branch *list = arena_array(c->arena, struct branch, r->u.branches.count + 1);
    for (size_t i = 0; i < r->u.branches.count; i++) {
        list[i].schema = r->u.branches.list[i];
        list[i].findings = (struct findings){ .arena = c->arena };
        c->findings = &list[i].findings;
        check_value(c, list[i].schema, value, at);
        list[i].rank = rank_of(&list[i], value, pointer);
    }
    c->findings = all;
    return list;
}

static bool has_finding(const struct findings *all, const struct finding *f)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *g = &all->list[i];
        bool named =
            f->name && g->name ? strcmp(f->name, g->name) == 0 : f->name == g->name;
        if (named && is_at(g, f->pointer) && strcmp(f->keyword, g->keyword) == 0)
            return true;
    }
    return false;
}

/* Whether all that is wrong by a is wrong by b, too, and more: then a was meant,
 * however deep the rest lies. */
static bool is_nearer(const struct branch *a, const struct branch *b)
{
    if (a->findings.count >= b->findings.count || a->findings.count > MOST_COMPARED)
        return false;
    for (size_t i = 0; i < a->findings.count; i++)
        if (!has_finding(&b->findings, &a->findings.list[i]))
            return false;
    return true;
}

static size_t best_of(const struct branch *list, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        const struct branch *a = &list[i], *b = &list[best];
        const bool alike = a->rank.type == b->rank.type &&
                           a->rank.misfits == b->rank.misfits &&
                           a->rank.fits == b->rank.fits;
        if (alike && (is_nearer(a, b) || is_nearer(b, a)))
            best = is_nearer(a, b) ? i : best;
        else if (rank_compare(&a->rank, &b->rank) > 0)
            best = i;
    }
    return best;
}

bool tell_branches(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at, bool too_many)
{
    size_t count = r->u.branches.count;
    struct finding f = { .keyword = r->keyword, .found = value, .count = count };
    if (tell_is_full(c))
        return false;
    if (too_many) {
        f.fitting = fitting(c, r, value, at);
        return tell(c, s, at, f);
    }
    if (c->findings->whole) {
        tell(c, s, at, f);
        for (size_t i = 0; i < count; i++)
            check_value(c, r->u.branches.list[i], value, at);
        return false;
    }
    c->asked += count;
    if (c->asked > LIMIT_BRANCHES_ASKED)
        return tell(c, s, at, f);
    struct branch *list = ask_branches(c, r, value, at);
    const char *as;
    f.expected = simple_choice(c, list, count, tell_pointer(c, at), &as);
    if (f.expected) {
        f.as = as;
        if (json_is_string(value) && strcmp(f.as, "enum") == 0)
            f.near = near_item(f.expected, value->valuestring);
        return tell(c, s, at, f);
    }
    cJSON *values;
    const cJSON *member = wrong_choice(c, list, count, value, &values);
    if (member) {
        struct path here = { at, member->string, 0, NULL };
        f.as = "enum";
        f.expected = values;
        f.found = member;
        if (json_is_string(member))
            f.near = near_item(values, member->valuestring);
        return tell(c, s, &here, f);
    }
    size_t best = best_of(list, count);
    f.nearest = meaning(list[best].schema)->pointer;
    if (!is_clear(list, count, best))
        tell(c, s, at, f);
    for (size_t i = 0; i < list[best].findings.count; i++)
        findings_add(c->findings, list[best].findings.list[i]);
    return false;
}

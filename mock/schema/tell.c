#include "schema/checking.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/near.h"

/* ---- places ---- */

static void add_path(struct buffer *b, const struct path *at)
{
    if (!at)
        return;
    add_path(b, at->up);
    if (at->name)
        pointer_add(b, str(at->name));
    else
        buffer_printf(b, "/%zu", at->index);
}

static const char *pointer_text(const struct checking *c, const struct path *at)
{
    struct buffer b = buffer_in(c->arena, LIMIT_BODY_BYTES);
    buffer_add_text(&b, c->prefix);
    add_path(&b, at);
    return buffer_str(&b).ptr;
}

/* Whether the rule leads to that schema by reference. */
static bool refers(const struct rule *r, const struct schema *to)
{
    struct str name;
    void *branch;
    bool found = r->kind == RULE_REF && r->u.schema == to;
    if (r->kind == RULE_DYNAMIC_REF)
        found = r->u.dynamic.first == to;
    for (size_t i = 0; r->kind == RULE_DYNAMIC_REF && i < r->u.dynamic.count; i++)
        found = found || r->u.dynamic.list[i].schema == to;
    for (size_t i = 0; r->kind == RULE_DISCRIMINATOR &&
                       map_at(r->u.discriminator.by_value, i, &name, &branch);
         i++)
        found = found || branch == to;
    return found;
}

/* From a schema to one that it asks: to a part of it by the part's place, to any other
 * by the keyword that refers to it. */
static const char *way_of(const struct checking *c, const struct trail *from,
                          const struct trail *to)
{
    const struct schema *s = from->schema;
    size_t n = strlen(s->pointer);
    for (size_t i = 0; i < s->rule_count && from->at == to->at; i++)
        if (refers(&s->rules[i], to->schema))
            return pointer_join(c->arena, "",
                                s->rules[i].kind == RULE_DISCRIMINATOR
                                    ? "discriminator"
                                    : s->rules[i].keyword);
    bool inside = s->resource->document == to->schema->resource->document &&
                  strncmp(s->pointer, to->schema->pointer, n) == 0 &&
                  to->schema->pointer[n] == '/';
    return inside ? to->schema->pointer + n
                  : pointer_join(c->arena, "", to->schema->pointer);
}

static const struct schema_step *step_of(const struct checking *c, struct trail *t)
{
    if (!t || t->made)
        return t ? t->made : NULL;
    struct schema_step *s = arena_take(c->arena, sizeof(*s));
    *s = (struct schema_step){ .up = step_of(c, t->up),
                               .way = t->up ? way_of(c, t->up, t) : "",
                               .schema = t->schema,
                               .pointer = pointer_text(c, t->at) };
    t->made = s;
    return s;
}

/* Past the bound, nothing is made ready that nobody will read. */
static bool is_full(struct checking *c)
{
    size_t limit = c->findings->limit ? c->findings->limit : LIMIT_FINDINGS;
    if (c->findings->count >= limit)
        c->findings->full = true;
    return c->findings->full;
}

/* Whether it was said already that this value is none of those that are allowed: a
 * member that chooses a schema often has an enum, too. */
static bool is_said(const struct findings *all, const struct finding *f)
{
    bool choice =
        f->as ? strcmp(f->as, "enum") == 0 : strcmp(f->keyword, "discriminator") == 0;
    for (size_t i = 0; choice && !all->whole && i < all->count; i++)
        if ((strcmp(all->list[i].keyword, "enum") == 0 ||
             strcmp(all->list[i].keyword, "const") == 0) &&
            strcmp(all->list[i].pointer, f->pointer) == 0)
            return true;
    return false;
}

bool tell(struct checking *c, const struct schema *s, const struct path *at,
          struct finding f)
{
    if (is_full(c))
        return false;
    f.pointer = pointer_text(c, at);
    if (is_said(c->findings, &f))
        return false;
    f.document = s->resource->document;
    f.step = step_of(c, c->trail);
    f.of_name = c->of_name;
    if (!f.schema_pointer)
        f.schema_pointer = strcmp(f.keyword, "false") == 0
                               ? s->pointer
                               : pointer_join(c->arena, s->pointer, f.keyword);
    findings_add(c->findings, f);
    return false;
}

/* ---- members ---- */

/* The declared name that is not there and that a member may have been meant by. */
static const char *meant(const struct object_rule *o, const cJSON *object,
                         const char *member)
{
    const char *best = NULL;
    unsigned least = NEAR_NOT;
    for (size_t i = 0; i < o->slots; i++) {
        const struct property *p = &o->table[i];
        if (!p->name)
            continue;
        unsigned d = near_distance(str(p->name), str(member));
        if (d < least && !json_member(object, p->name)) {
            least = d;
            best = p->name;
        }
    }
    return best;
}

/* The member that is not declared and that may be a slip for a missing one. */
static const char *slip_for(const struct object_rule *o, const cJSON *object,
                            const char *missing)
{
    const char *best = NULL;
    unsigned least = NEAR_NOT;
    int looks = 0;
    for (const cJSON *m = object->child; m && looks < LIMIT_NEAR;
         m = m->next, looks++) {
        unsigned d = near_distance(str(m->string), str(missing));
        if (d < least && !check_property(o, m->string)) {
            least = d;
            best = m->string;
        }
    }
    return best;
}

/* NULL when patterns say which there are, too. */
static cJSON *declared_names(const struct checking *c, const struct schema *s,
                             const struct object_rule *o)
{
    enum { MOST = 9 }; /* more are not listed in a sentence */
    cJSON *names = json_array(c->arena);
    struct str name;
    void *value;
    for (size_t i = 0; i < MOST && map_at(s->declared, i, &name, &value); i++)
        json_push(names, json_string(c->arena, name));
    return o->pattern_count ? NULL : names;
}

bool tell_unknown(struct checking *c, const struct schema *s,
                  const struct object_rule *o, const cJSON *object, const cJSON *member,
                  const struct path *at)
{
    if (is_full(c))
        return false;
    const char *near = meant(o, object, member->string);
    const struct property *p = near ? check_property(o, near) : NULL;
    const char *slip =
        p && p->required >= 0 && !c->findings->whole ? slip_for(o, object, near) : NULL;
    if (slip && strcmp(slip, member->string) == 0)
        return false; /* said once, by what is missing */
    struct finding f = { .keyword = "additionalProperties",
                         .expected = declared_names(c, s, o),
                         .found = member,
                         .name = member->string,
                         .near = near };
    return tell(c, s, at, f);
}

bool tell_missing(struct checking *c, const struct schema *s,
                  const struct object_rule *o, const cJSON *object, const char *name,
                  const struct path *at)
{
    if (is_full(c))
        return false;
    const char *slip = slip_for(o, object, name);
    struct finding f = { .keyword = "required", .name = name, .near = slip };
    return tell(c, s, at, f);
}

bool tell_dependent(struct checking *c, const struct schema *s, const struct rule *r,
                    const char *name, const char *because, const struct path *at)
{
    if (is_full(c))
        return false;
    struct finding f = { .keyword = r->keyword, .name = name };
    f.note = arena_printf(c->arena, "since \"%.60s\" is there", because);
    return tell(c, s, at, f);
}

bool tell_unevaluated(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *value, const struct path *at)
{
    if (is_full(c))
        return false;
    struct finding f = { .keyword = r->keyword, .found = value, .name = at->name };
    struct schema_place place;
    const char *pointer = at->name ? pointer_join(c->arena, "", at->name) : NULL;
    if (pointer && !schema_describe(s, pointer, &place) && place.nearest &&
        near_distance(str(at->name), str(place.nearest)) != NEAR_NOT)
        f.near = place.nearest;
    return tell(c, s, at, f);
}

bool tell_hidden(struct checking *c, const struct schema *s, const cJSON *value,
                 const struct path *at)
{
    bool request = c->direction == DIRECTION_REQUEST;
    struct finding f = { .keyword = request ? "readOnly" : "writeOnly",
                         .found = value,
                         .name = at->name };
    return tell(c, s, at, f);
}

/* ---- values ---- */

bool tell_unlisted(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at)
{
    struct finding f = { .keyword = r->keyword, .expected = r->value, .found = value };
    if (r->kind == RULE_ENUM && json_is_string(value))
        f.near = near_item(r->value, value->valuestring);
    return tell(c, s, at, f);
}

bool tell_same(struct checking *c, const struct schema *s, const struct rule *r,
               const cJSON *value, const struct path *at)
{
    enum { MOST = 64 }; /* each is compared with all before it */
    if (is_full(c))
        return false;
    struct finding f = { .keyword = r->keyword, .expected = r->value, .found = value };
    size_t i = 0;
    for (const cJSON *a = value->child; a && i < MOST && !f.note; a = a->next, i++) {
        size_t j = 0;
        for (const cJSON *b = value->child; b != a && !f.note; b = b->next, j++)
            if (json_equal(a, b))
                f.note = arena_printf(c->arena, "items %zu and %zu are the same", j, i);
    }
    return tell(c, s, at, f);
}

bool tell_contains(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at, size_t hits)
{
    if (is_full(c))
        return false;
    bool few = hits < r->u.contains.min;
    const char *keyword = few ? "minContains" : "maxContains";
    const cJSON *bound = json_member(s->node, keyword);
    struct finding f = { .keyword = bound ? keyword : "contains",
                         .expected = bound ? bound : json_integer(c->arena, 1),
                         .found = value,
                         .count = hits };
    return tell(c, s, at, f);
}

/* ---- discriminators ---- */

bool tell_undecided(struct checking *c, const struct schema *s, const struct rule *r,
                    const struct path *at)
{
    struct finding f = { .keyword = "required",
                         .schema_pointer =
                             pointer_join(c->arena, s->pointer, "discriminator"),
                         .name = r->u.discriminator.property,
                         .note = "which tells the schemas apart" };
    return tell(c, s, at, f);
}

bool tell_undecidable(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *member, const struct path *at)
{
    struct finding f = { .keyword = "discriminator",
                         .expected = r->u.discriminator.values,
                         .found = member };
    if (json_is_string(member))
        f.near = near_item(f.expected, member->valuestring);
    return tell(c, s, at, f);
}

/* ---- branches ---- */

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

/* The member that every branch gives a const or enum, none of which it has; in *values
 * those that there are. NULL when there is no such member. */
static const cJSON *wrong_choice(struct checking *c, const struct branch *list,
                                 size_t count, const cJSON *value, cJSON **values)
{
    int looks = 0;
    const cJSON *m = json_is_object(value) ? value->child : NULL;
    for (; m && looks < LIMIT_NEAR; m = m->next, looks++) {
        cJSON *all = json_array(c->arena);
        size_t i = 0;
        for (; i < count; i++) {
            const struct rule *r = choice_of(list[i].schema, m->string, 0);
            if (!r || check_listed(r, m))
                break;
            add_values(c->arena, all, r->value, r->kind == RULE_ENUM);
        }
        *values = all;
        if (i == count)
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
    const char *pointer = pointer_text(c, at);
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

static size_t best_of(const struct branch *list, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (rank_compare(&list[i].rank, &list[best].rank) > 0)
            best = i;
    return best;
}

bool tell_branches(struct checking *c, const struct schema *s, const struct rule *r,
                   const cJSON *value, const struct path *at, bool too_many)
{
    size_t count = r->u.branches.count;
    struct finding f = { .keyword = r->keyword, .found = value, .count = count };
    if (is_full(c))
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
    f.expected = simple_choice(c, list, count, pointer_text(c, at), &as);
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

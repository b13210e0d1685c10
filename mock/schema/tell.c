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

const char *tell_pointer(const struct checking *c, const struct path *at)
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
    if (r->kind == RULE_DISCRIMINATOR)
        found = r->u.discriminator.otherwise == to;
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
                               .pointer = tell_pointer(c, t->at) };
    t->made = s;
    return s;
}

bool tell_is_full(struct checking *c)
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
    if (tell_is_full(c))
        return false;
    f.pointer = tell_pointer(c, at);
    if (is_said(c->findings, &f))
        return false;
    f.document = s->resource->document;
    f.step = c->findings->whole ? step_of(c, c->trail) : NULL;
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
    for (size_t i = 0; i < o->count; i++) {
        const struct property *p = &o->list[i];
        unsigned d = near_distance(p->name, str(member));
        if (d < least && !json_member_str(object, p->name)) {
            least = d;
            best = p->name.ptr;
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
    if (tell_is_full(c))
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
    if (tell_is_full(c))
        return false;
    const char *slip = slip_for(o, object, name);
    struct finding f = { .keyword = "required", .name = name, .near = slip };
    return tell(c, s, at, f);
}

bool tell_dependent(struct checking *c, const struct schema *s, const struct rule *r,
                    const char *name, const char *because, const struct path *at)
{
    if (tell_is_full(c))
        return false;
    struct finding f = { .keyword = r->keyword, .name = name };
    f.note = arena_printf(c->arena, "since \"%.60s\" is there", because);
    return tell(c, s, at, f);
}

bool tell_unevaluated(struct checking *c, const struct schema *s, const struct rule *r,
                      const cJSON *value, const struct path *at)
{
    if (tell_is_full(c))
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
    if (tell_is_full(c))
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
    if (tell_is_full(c))
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

#include "schema/making.h"

#include "base/limits.h"
#include "doc/pointer.h"
#include "schema/ring.h"

#include <stdatomic.h>

struct work {
    struct work *next;
    struct schema *schema;
};

/* A $dynamicRef whose targets are not all known yet. */
struct waiting {
    struct waiting *next;
    struct schema *schema;
    size_t rule;
    const char *anchor;
};

struct schemas {
    const struct document *document;
    struct schemas_options options;
    struct arena *arena;
    struct err *err;
    struct resources *resources;
    const struct resource *whole; /* the document */
    struct map *by_node;          /* the address of a node → struct schema */
    struct work *todo, **todo_end;
    struct waiting *waiting;
};

struct schemas *schemas_new(struct library *library, const struct document *document,
                            const struct schemas_options *options, struct arena *arena,
                            struct err *err)
{
    struct schemas *all = arena_take(arena, sizeof(*all));
    struct language language = { options->dialect, VOCABULARY_ALL };
    *all = (struct schemas){ .document = document,
                             .options = *options,
                             .arena = arena,
                             .err = err,
                             .resources = resources_new(library, arena, err),
                             .by_node = map_new(arena) };
    all->whole = resources_whole(all->resources, document, language);
    all->todo_end = &all->todo;
    return all;
}

static const char *joined(struct arena *arena, struct str above, struct str path)
{
    char *pointer = arena_take_raw(arena, above.len + path.len + 1);
    memcpy(pointer, above.ptr, above.len);
    memcpy(pointer + above.len, path.ptr, path.len);
    pointer[above.len + path.len] = '\0';
    return pointer;
}

/* Documents are loaded side by side. */
static _Atomic(uint64_t) marks;

static struct schema *add(struct schemas *all, const struct resource *resource,
                          const cJSON *node, const char *above, const char *path)
{
    struct str key = { (const char *)&node, sizeof(node) };
    struct schema *s = map_get(all->by_node, key);
    if (s)
        return s;
    s = arena_take(all->arena, sizeof(*s));
    s->pointer = joined(all->arena, str(above), str(path));
    s->node = node;
    s->resource = resources_of(all->resources, node, resource);
    s->types = TYPE_ANY;
    s->number = map_count(all->by_node);
    s->mark = 1 + atomic_fetch_add_explicit(&marks, 1, memory_order_relaxed);
    map_put(all->by_node, key, s);

    struct work *w = arena_take(all->arena, sizeof(*w));
    w->schema = s;
    *all->todo_end = w;
    all->todo_end = &w->next;
    return s;
}

static const struct schema *add_at(struct schemas *all,
                                   const struct resource_place *place)
{
    resources_note(all->resources, place);
    return add(all, place->resource, place->node, place->pointer, "");
}

const struct schema *schemas_add(struct schemas *all, const cJSON *node,
                                 const char *pointer)
{
    return add_at(all, &(struct resource_place){ node, pointer, all->whole });
}

const struct schema *schemas_add_in(struct schemas *all,
                                    const struct document *document, const cJSON *node,
                                    const char *pointer)
{
    const struct resource *whole =
        resources_whole(all->resources, document, all->whole->language);
    return add_at(all, &(struct resource_place){ node, pointer, whole });
}

const struct schema *schemas_find(struct schemas *all, const char *reference,
                                  const char **why)
{
    struct resource_place place;
    bool found = resources_find(all->resources, all->whole, reference, &place, why);
    return found ? add_at(all, &place) : NULL;
}

/* ---- what the keywords ask of the schema being made ---- */

struct where making_place(const struct making *m, const char *keyword)
{
    return (struct where){ .file = m->schema->resource->document->file,
                           .pointer =
                               pointer_join(m->arena, m->schema->pointer, keyword) };
}

bool making_wants(struct making *m, const cJSON *value, bool fits, const char *what)
{
    if (!fits)
        err_set(m->err, making_place(m, value->string), "expected %s, found %s", what,
                json_kind(value));
    return fits;
}

struct rule *making_rule(struct making *m, enum rule_kind kind, unsigned types,
                         const cJSON *value)
{
    struct rule *r = &m->rules[m->schema->rule_count++];
    *r = (struct rule){ .kind = (uint8_t)kind,
                        .types = (uint8_t)types,
                        .keyword = value->string,
                        .value = value };
    return r;
}

const struct schema *making_child(struct making *m, const cJSON *node, const char *path)
{
    return add(m->all, m->schema->resource, node, m->schema->pointer, path);
}

const struct schema *making_child_at(struct making *m, const cJSON *keyword)
{
    return making_child(m, keyword, pointer_join(m->arena, "", keyword->string));
}

const struct map *making_named(struct making *m, const cJSON *keyword)
{
    struct map *names = map_new(m->arena);
    const char *path = pointer_join(m->arena, "", keyword->string);
    for (const cJSON *one = keyword->child; one; one = one->next) {
        const struct schema *s =
            making_child(m, one, pointer_join(m->arena, path, one->string));
        map_put(names, str(one->string), (void *)(uintptr_t)s);
    }
    return names;
}

const struct schema *making_at(struct making *m, const struct resource_place *place)
{
    return add_at(m->all, place);
}

const struct schema *making_target(struct making *m, const char *keyword,
                                   const char *reference)
{
    struct resource_place place;
    const char *why;
    if (resources_find(m->resources, m->schema->resource, reference, &place, &why))
        return add_at(m->all, &place);
    err_set(m->err, making_place(m, keyword), "%s", why);
    return NULL;
}

void making_dynamic(struct making *m, const char *anchor)
{
    struct waiting *w = arena_take(m->arena, sizeof(*w));
    *w = (struct waiting){ m->all->waiting, m->schema, m->schema->rule_count - 1,
                           anchor };
    m->all->waiting = w;
}

/* ---- one plan ---- */

static void on_keyword(struct making *m, const cJSON *value)
{
    const struct keyword *k = keyword_of(value->string);
    if (k && keyword_in(k, m->language)) {
        if (k->compile)
            k->compile(m, value, k);
        return;
    }
    if (strncmp(value->string, "x-", 2) == 0)
        return;
    const char *near = keyword_nearest(value->string, m->language);
    err_warn(m->err, making_place(m, value->string),
             "the keyword \"%.60s\" is not part of %s and will not be enforced%s%s%s",
             value->string, dialect_name(m->language->dialect),
             near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* By kind: the cheap questions first, since most values that fail, fail there; what is
 * left unevaluated last. */
static void sort_rules(struct schema *s)
{
    for (size_t i = 1; i < s->rule_count; i++) {
        struct rule r = s->rules[i];
        size_t j = i;
        for (; j > 0 && s->rules[j - 1].kind > r.kind; j--)
            s->rules[j] = s->rules[j - 1];
        s->rules[j] = r;
    }
}

static void make_plan(struct schemas *all, struct schema *s)
{
    const struct language *language = &s->resource->language;
    struct making m = { .all = all,
                        .schema = s,
                        .language = language,
                        .resources = all->resources,
                        .arena = all->arena,
                        .err = all->err,
                        .annotate_formats = all->options.annotate_formats };
    if (json_is_bool(s->node) &&
        (s->boolean || dialect_has_boolean_schemas(language->dialect))) {
        s->never = !json_is_true(s->node);
        return;
    }
    if (!json_is_object(s->node)) {
        struct where at = { .file = s->resource->document->file,
                            .pointer = s->pointer };
        err_set(all->err, at, "expected a schema (an object), found %s",
                json_kind(s->node));
        return;
    }
    const cJSON *ref = json_member(s->node, "$ref");
    if (ref && dialect_refs_stand_alone(language->dialect)) {
        on_keyword(&m, ref);
    } else {
        for (const cJSON *k = s->node->child; k; k = k->next)
            on_keyword(&m, k);
        making_items(&m);
        making_object(&m);
    }
    s->rules = arena_array(all->arena, struct rule, s->rule_count);
    memcpy(s->rules, m.rules, s->rule_count * sizeof(*s->rules));
}

/* ---- when all are there ---- */

static size_t add_targets(struct schemas *all, const char *anchor,
                          struct dynamic_target *list)
{
    struct resource_place place;
    size_t n = 0;
    for (; resources_with_anchor(all->resources, anchor, n, &place); n++)
        if (list)
            list[n] = (struct dynamic_target){ place.resource, add_at(all, &place) };
        else
            add_at(all, &place);
    return n;
}

/* Every resource with the anchor may be the outermost one; making its plan can bring
 * resources with more of them. */
static void make_plans(struct schemas *all)
{
    struct work **next = &all->todo;
    for (bool more = true; more;) {
        for (; *next; next = &(*next)->next)
            make_plan(all, (*next)->schema);
        for (struct waiting *w = all->waiting; w; w = w->next)
            add_targets(all, w->anchor, NULL);
        more = *next;
    }
    for (struct waiting *w = all->waiting; w; w = w->next) {
        struct rule *r = &w->schema->rules[w->rule];
        size_t count = add_targets(all, w->anchor, NULL);
        r->u.dynamic.list = arena_array(all->arena, struct dynamic_target, count + 1);
        r->u.dynamic.count = add_targets(all, w->anchor, r->u.dynamic.list);
    }
}

/* A schema that is only a reference stands for its target; a ring of nothing but
 * references asks nothing. A resource with dynamic anchors has to be entered. */
static void shorten(struct schemas *all, struct schema *s)
{
    const struct schema *end = s;
    int steps = 0;
    while (end->rule_count == 1 && end->rules[0].kind == RULE_REF &&
           end->types == TYPE_ANY && !end->resource->dynamic && steps++ < LIMIT_DEPTH)
        end = end->rules[0].u.schema;
    if (steps >= LIMIT_DEPTH)
        err_warn(all->err,
                 (struct where){ .file = s->resource->document->file,
                                 .pointer = s->pointer },
                 "the references from here only lead round in a ring, so nothing will "
                 "be enforced");
    else if (end != s)
        s->alias = end;
}

static bool is_marked(const struct schema *s, const char *keyword)
{
    const struct language *language = &s->resource->language;
    return json_is_true(json_member(s->node, keyword)) &&
           keyword_in(keyword_of(keyword), language) &&
           !(dialect_refs_stand_alone(language->dialect) &&
             json_member(s->node, "$ref"));
}

/* Directions that the schema, or one that it is all of, forbids. */
static uint8_t hidden_in(const struct schema *s, int depth)
{
    unsigned hidden = 0;
    if (is_marked(s, "readOnly"))
        hidden |= DIRECTION_REQUEST;
    if (is_marked(s, "writeOnly"))
        hidden |= DIRECTION_RESPONSE;
    for (size_t i = 0; depth < 16 && i < s->rule_count; i++) {
        const struct rule *r = &s->rules[i];
        if (r->kind == RULE_REF)
            hidden |= hidden_in(r->u.schema, depth + 1);
        for (size_t b = 0; r->kind == RULE_ALL_OF && b < r->u.branches.count; b++)
            hidden |= hidden_in(r->u.branches.list[b], depth + 1);
    }
    return (uint8_t)hidden;
}

/* What the check may take for granted at a glance. */
static uint8_t plain_for(const struct schema *s)
{
    static const int types[] = { cJSON_False,  cJSON_True,  cJSON_NULL,  cJSON_Number,
                                 cJSON_String, cJSON_Array, cJSON_Object };
    unsigned plain = 0, rules = 0;
    for (size_t i = 0; i < s->rule_count; i++)
        rules |= s->rules[i].types;
    unsigned asked = s->never ? TYPE_ANY : rules | (TYPE_ANY & ~s->types);
    for (size_t i = 0; i < COUNT(types); i++)
        if (!(type_of(&(cJSON){ .type = types[i] }) & asked))
            plain |= (unsigned)types[i];
    /* Where `number` stands, the types have both bits. */
    if ((s->types & TYPE_INTEGER) && !s->never && !(rules & TYPE_NUMBER))
        plain |= PLAIN_WHOLE;
    return (uint8_t)plain;
}

static void mark_single(struct schema *s)
{
    const struct schema *plan = s->alias ? s->alias : s;
    bool one =
        plan->rule_count == 1 && !plan->ring && !plan->scope && !plan->unevaluated;
    for (unsigned type = cJSON_False; one && type <= cJSON_Object; type *= 2)
        if (type_of(&(cJSON){ .type = (int)type }) & plan->types & plan->rules->types)
            s->single |= (uint8_t)type;
    s->only = plan->rules;
    s->only_kind = one ? plan->rules->kind : 0;
}

static void mark_plain_members(struct object_rule *o)
{
    for (size_t i = 0; i < o->count; i++) {
        struct property *p = &o->list[i];
        if (p->schema && !p->schema->hidden && !o->pattern_count)
            p->plain = p->schema->plain;
    }
}

static void mark_rings(struct schemas *all)
{
    size_t count = map_count(all->by_node);
    struct arena *aside = arena_new(LIMIT_SPEC_MEMORY);
    if (setjmp(*arena_guard(aside))) {
        arena_free(aside);
        arena_fail(all->arena);
    }
    struct schema **list = arena_array(aside, struct schema *, count + 1);
    struct str key;
    void *value;
    for (size_t i = 0; map_at(all->by_node, i, &key, &value); i++)
        list[i] = value;
    rings_mark(list, count, aside);
    arena_free(aside);
}

bool schemas_compile(struct schemas *all)
{
    unsigned errors = all->err->errors;
    make_plans(all);
    for (struct work *w = all->todo; w; w = w->next) {
        sort_rules(w->schema);
        w->schema->scope = w->schema->resource->dynamic ? w->schema->resource : NULL;
        w->schema->hidden = hidden_in(w->schema, 0);
    }
    for (struct work *w = all->todo; w; w = w->next)
        shorten(all, w->schema);
    for (struct work *w = all->todo; w; w = w->next)
        w->schema->plain = plain_for(w->schema->alias ? w->schema->alias : w->schema);
    mark_rings(all);
    for (struct work *w = all->todo; w; w = w->next) {
        struct schema *s = w->schema;
        mark_single(s);
        for (size_t i = 0; i < s->rule_count; i++)
            if (s->rules[i].kind == RULE_OBJECT)
                mark_plain_members(s->rules[i].u.object);
    }
    all->todo = NULL;
    all->todo_end = &all->todo;
    all->waiting = NULL;
    return all->err->errors == errors;
}

bool schema_has_keyword(const char *word)
{
    const struct keyword *k = keyword_of(word);
    return k && k->asserts;
}

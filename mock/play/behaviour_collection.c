#include "play/reading.h"

#include "doc/pointer.h"
#include "play/infer.h"
#include "schema/near.h"

/* A name in components/schemas, or a pointer to any other. Never NULL, so that more
 * mistakes can be found. */
static const struct schema *schema_of(struct reading *r, const char *name,
                                      struct where w)
{
    const struct schema *found = NULL;
    if (*name == '/' || strchr(name, '#')) {
        found = infer_schema(r->api, name);
        if (!found)
            err_set(r->err, w, "%s has no schema at \"%.100s\"", r->api->file, name);
        if (found)
            return found;
    }
    const char *pointer = pointer_join(r->arena, "/components/schemas", name);
    const cJSON *node = pointer_get(r->api->root, pointer);
    if (node)
        return schemas_add(r->api->schemas, node, pointer);
    struct near near = near_to(str(name));
    const cJSON *all = pointer_get(r->api->root, "/components/schemas");
    for (const cJSON *m = all ? all->child : NULL; m; m = m->next)
        near_try(&near, m->string);
    err_set(r->err, w, "%s has no schema \"%.60s\" in components/schemas%s",
            r->api->file, name, near_question(&near, "", r->arena));
    return schemas_add(r->api->schemas, json_object(r->arena), pointer);
}

/* What new keys of an inferred collection fit that are no member. */
static const struct schema *plan_aside(const struct reading *r, const char *name)
{
    const struct inference *in = r->inference;
    for (size_t i = 0; in && i < in->collection_count; i++)
        if (!in->collections[i].own && strcmp(in->collections[i].name, name) == 0)
            return in->collections[i].key_plan;
    return NULL;
}

static void read_schema(struct reading *r, struct store_collection *c,
                        const struct record_collection *record, unsigned i)
{
    c->schema =
        schema_of(r, record->schema, reading_at(r, "/collections/%/schema", i, 0));
    if (record->complete == YES && record->key &&
        (*record->schema == '/' || strchr(record->schema, '#')))
        r->rules[i].key =
            infer_key_schema(r->api, record->schema, record->key, r->arena);
    if (!r->rules[i].key)
        r->rules[i].key = plan_aside(r, record->name);
}

static bool same_pointers(const struct store_index *x, const char **pointers,
                          size_t count)
{
    if (x->where_count)
        return false;
    for (size_t i = 0; i < count && x->count == count; i++)
        if (strcmp(x->pointers[i], pointers[i]) != 0)
            return false;
    return x->count == count;
}

static void add_index(struct reading *r, struct store_collection *c,
                      struct store_index index)
{
    struct store_index *grown =
        arena_array(r->arena, struct store_index, c->index_count + 1);
    if (c->index_count)
        memcpy(grown, c->indexes, c->index_count * sizeof(*grown));
    grown[c->index_count++] = index;
    c->indexes = grown;
}

void reading_index(struct reading *r, struct store_collection *c, const char **pointers,
                   size_t count, bool unique)
{
    for (size_t i = 0; i < c->index_count; i++)
        if (same_pointers(&c->indexes[i], pointers, count)) {
            c->indexes[i].unique = c->indexes[i].unique || unique;
            return;
        }
    add_index(
        r, c,
        (struct store_index){ .pointers = pointers, .count = count, .unique = unique });
}

/* Unique only among the instances that meet conditions, which know no call. */
static void read_unique_where(struct reading *r, struct store_collection *c,
                              const struct record_unique *u, unsigned i, unsigned j)
{
    struct where w =
        reading_below(r, reading_at(r, "/collections/%/unique/%", i, j), "where");
    size_t own = (size_t)(c - r->b->plan.collections);
    struct naming n = reading_naming(r);
    struct step_wheres all =
        reading_wheres(r, &n, &own, 1, u->where, u->where_count, w);
    struct store_condition *list =
        arena_array(r->arena, struct store_condition, all.count + 1);
    for (size_t k = 0; k < all.count; k++) {
        list[k] = (struct store_condition){ .at = all.list[k].at,
                                            .test = all.list[k].test,
                                            .far = all.list[k].far };
        list[k].value =
            all.list[k].value ? expression_literal(all.list[k].value) : NULL;
        if ((all.list[k].value && !list[k].value) || all.list[k].when)
            err_set(r->err, w, "expected values that are no expressions, and no when");
        if (!list[k].value)
            return;
    }
    const char **pointers = reading_texts(r, u->pointers, u->pointers_count);
    add_index(r, c,
              (struct store_index){ .pointers = pointers,
                                    .count = u->pointers_count,
                                    .unique = true,
                                    .where = list,
                                    .where_count = all.count });
}

static void read_indexes(struct reading *r, struct store_collection *c,
                         const struct record_collection *record, unsigned i)
{
    struct schema_place place;
    const char **key = arena_array(r->arena, const char *, 1);
    key[0] = c->key = record->key;
    reading_member(r, c, c->key, reading_at(r, "/collections/%/key", i, 0), &place);
    reading_index(r, c, key, 1, true);
    c->aliases = reading_texts(r, record->aliases, record->aliases_count);
    c->alias_count = record->aliases_count;
    for (unsigned j = 0; j < record->aliases_count; j++) {
        reading_member(r, c, c->aliases[j],
                       reading_at(r, "/collections/%/aliases/%", i, j), &place);
        reading_index(r, c, &c->aliases[j], 1, true);
    }
    for (unsigned j = 0; j < record->unique_count; j++) {
        const struct record_unique *u = &record->unique[j];
        for (unsigned k = 0; k < u->pointers_count; k++)
            reading_member(r, c, u->pointers[k],
                           reading_at(r, "/collections/%/unique/%", i, j), &place);
        if (!u->where_count)
            reading_index(r, c, reading_texts(r, u->pointers, u->pointers_count),
                          u->pointers_count, true);
        else
            read_unique_where(r, c, u, i, j);
    }
}

static struct stamp *read_stamps(struct reading *r, const struct store_collection *c,
                                 char **at, unsigned count, struct where w)
{
    struct stamp *list = arena_array(r->arena, struct stamp, count + 1);
    for (unsigned i = 0; i < count; i++) {
        struct where here = w;
        struct schema_place place;
        here.pointer = arena_printf(r->places, "%s/%u", w.pointer, i);
        reading_member(r, c, at[i], here, &place);
        list[i].at = way_read(at[i], r->arena);
        unsigned types = schema_types(c->schema, at[i], NULL);
        list[i].seconds =
            !(types & TYPE_STRING) && types & (TYPE_NUMBER | TYPE_INTEGER);
    }
    return list;
}

static void read_rules(struct reading *r, struct store_collection *c,
                       const struct record_collection *record, unsigned i)
{
    struct collection_rules *rules = &r->rules[i];
    struct naming n = reading_naming(r);
    struct schema_place place;
    n.item = c;
    rules->defaults = reading_sets(r, &n, c, record->defaults, record->defaults_count,
                                   reading_at(r, "/collections/%/defaults", i, 0));
    rules->default_count = record->defaults_count;
    for (unsigned j = 0; j < record->defaults_count; j++)
        if (rules->defaults[j].verb != SET_TO || rules->defaults[j].each)
            err_set(r->err, reading_at(r, "/collections/%/defaults/%", i, j),
                    "a default has only at, to and when");
    rules->created = read_stamps(r, c, record->created, record->created_count,
                                 reading_at(r, "/collections/%/created", i, 0));
    rules->created_count = record->created_count;
    rules->updated = read_stamps(r, c, record->updated, record->updated_count,
                                 reading_at(r, "/collections/%/updated", i, 0));
    rules->updated_count = record->updated_count;
    rules->moments = reading_pointers(r, record->moments, record->moments_count);
    rules->moment_count = record->moments_count;
    for (unsigned j = 0; j < record->moments_count; j++)
        reading_member(r, c, record->moments[j],
                       reading_at(r, "/collections/%/moments/%", i, j), &place);
    rules->owned = reading_pointers(r, record->owned, record->owned_count);
    rules->owned_count = record->owned_count;
    rules->complete = record->complete == YES;
    if (record->version) {
        rules->version = way_read(record->version, r->arena);
        reading_member(r, c, record->version,
                       reading_at(r, "/collections/%/version", i, 0), &place);
    }
}

/* Only what a collection's transitions need is in the tree, where no client sees it. */
static void hide(struct reading *r, struct store_collection *c, const char *pointer)
{
    struct way *grown = arena_array(r->arena, struct way, c->hidden_count + 2);
    if (c->hidden_count)
        memcpy(grown, c->hidden, c->hidden_count * sizeof(*grown));
    grown[c->hidden_count++].text = pointer;
    c->hidden = grown;
}

static void read_transition(struct reading *r, struct store_collection *c,
                            const struct record_transition *from, struct transition *to,
                            struct where w)
{
    struct naming n = reading_naming(r);
    struct schema_place place;
    n.item = c;
    to->when = condition_read(&n, from->when, reading_below(r, w, "when"));
    to->from = from->from;
    to->reads = from->reads > 0 ? (size_t)from->reads : 0;
    if (from->from)
        reading_member(r, c, from->from, reading_below(r, w, "from"), &place);
    if (!from->after == !from->reads || from->reads < 0)
        err_set(r->err, w,
                "a transition has after (a duration) or reads (a number, 1 "
                "or more)");
    if (from->after && !clock_duration(str(from->after), &to->after))
        err_set(r->err, reading_below(r, w, "after"),
                "expected a duration such as 30s, found \"%.60s\"", from->after);
    if (from->from && !from->after)
        err_set(r->err, reading_below(r, w, "from"), "from goes with after");
    to->set =
        reading_sets(r, &n, c, from->set, from->set_count, reading_below(r, w, "set"));
    to->set_count = from->set_count;
}

static void read_transitions(struct reading *r, struct store_collection *c,
                             const struct record_collection *record, unsigned i)
{
    struct collection_rules *rules = &r->rules[i];
    rules->transition_count = record->transitions_count;
    rules->transitions =
        arena_array(r->arena, struct transition, rules->transition_count + 1);
    for (unsigned j = 0; j < record->transitions_count; j++) {
        read_transition(r, c, &record->transitions[j], &rules->transitions[j],
                        reading_at(r, "/collections/%/transitions/%", i, j));
        rules->counts_reads = rules->counts_reads || record->transitions[j].reads;
    }
    if (!record->transitions_count)
        return;
    c->timed = true;
    hide(r, c, "/$transition");
}

static void check_groups(struct reading *r)
{
    for (unsigned i = 0; i < r->record->groups_count; i++)
        for (unsigned j = 0; j < r->record->groups[i].of_count; j++) {
            const char *name = r->record->groups[i].of[j];
            struct near near = near_to(str(name));
            for (size_t c = 0; c < r->b->plan.collection_count; c++)
                near_try(&near, r->b->plan.collections[c].name);
            if (reading_collection(r, name) == SIZE_MAX)
                err_set(r->err, reading_at(r, "/groups/%/of/%", i, j),
                        "no collection is called \"%.60s\"%s", name,
                        near_question(&near, "", r->arena));
        }
}

static bool is_inferred(const struct reading *r, unsigned collection)
{
    return r->inference && collection >= r->inference->first_collection;
}

/* After aside: puts err back, and marks the collection when it is not what it should
 * be.
 */
static void settle(struct reading *r, const char *name, const struct err *own,
                   struct err *err)
{
    r->err = err;
    for (size_t i = 0; own->errors && i < r->inference->collection_count; i++)
        if (strcmp(r->inference->collections[i].name, name) == 0)
            r->inference->collections[i].broken = true;
}

bool read_collections(struct reading *r)
{
    const struct record_behaviour *record = r->record;
    struct store_plan *plan = &r->b->plan;
    plan->salt = *arena_salt(r->arena);
    plan->collections =
        arena_array(r->arena, struct store_collection, record->collections_count + 1);
    r->rules =
        arena_array(r->arena, struct collection_rules, record->collections_count + 1);
    for (unsigned i = 0; i < record->collections_count; i++) {
        struct store_collection *c = &plan->collections[i];
        c->name = record->collections[i].name;
        if (reading_collection(r, c->name) != SIZE_MAX)
            err_set(r->err, reading_at(r, "/collections/%/name", i, 0),
                    "the collection \"%.60s\" stands twice", c->name);
        plan->collection_count = i + 1;
        read_schema(r, c, &record->collections[i], i);
    }
    r->sent = arena_array(r->arena, const struct schema *, record->webhooks_count + 1);
    for (unsigned i = 0; i < record->webhooks_count; i++)
        if (record->webhooks[i].schema)
            r->sent[i] = schema_of(r, record->webhooks[i].schema,
                                   reading_at(r, "/webhooks/%/schema", i, 0));
    check_groups(r);
    /* Pointers can be looked at only when every schema has its plan. */
    if (!schemas_compile(r->api->schemas))
        return false;
    for (unsigned i = 0; i < record->collections_count; i++) {
        struct store_collection *c = &plan->collections[i];
        c->hidden = reading_pointers(r, record->collections[i].hidden,
                                     record->collections[i].hidden_count);
        c->hidden_count = record->collections[i].hidden_count;
        c->summary = reading_kept(r, record->collections[i].summary,
                                  record->collections[i].summary_count);
        c->summary_count = record->collections[i].summary_count;
        struct err own, *err = reading_aside(r, is_inferred(r, i), &own);
        read_indexes(r, c, &record->collections[i], i);
        settle(r, c->name, &own, err);
    }
    for (unsigned i = 0; i < record->collections_count; i++) {
        struct err own, *err = reading_aside(r, is_inferred(r, i), &own);
        reading_check_summary(r, &plan->collections[i], i);
        reading_references(r, &plan->collections[i], &record->collections[i], i);
        read_rules(r, &plan->collections[i], &record->collections[i], i);
        read_transitions(r, &plan->collections[i], &record->collections[i], i);
        settle(r, plan->collections[i].name, &own, err);
    }
    return true;
}

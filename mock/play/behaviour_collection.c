#include "play/reading.h"

#include "doc/pointer.h"
#include "play/infer.h"

static void read_schema(struct reading *r, struct store_collection *c,
                        const struct record_collection *record, unsigned i)
{
    if (*record->schema == '/' || strchr(record->schema, '#')) {
        c->schema = infer_schema(r->api, record->schema);
        if (!c->schema)
            err_set(r->err, reading_at(r, "/collections/%/schema", i, 0),
                    "%s has no schema at \"%.100s\"", r->api->file, record->schema);
        if (record->complete == YES && record->key)
            r->rules[i].key =
                infer_key_schema(r->api, record->schema, record->key, r->arena);
        if (c->schema)
            return;
    }
    const char *pointer = pointer_join(r->arena, "/components/schemas", record->schema);
    const cJSON *node = pointer_get(r->api->root, pointer);
    if (node) {
        c->schema = schemas_add(r->api->schemas, node, pointer);
        return;
    }
    err_set(r->err, reading_at(r, "/collections/%/schema", i, 0),
            "%s has no schema \"%.60s\" in components/schemas", r->api->file,
            record->schema);
    c->schema = schemas_add(r->api->schemas, json_object(r->arena), pointer);
}

static bool same_pointers(const struct store_index *x, const char **pointers,
                          size_t count)
{
    for (size_t i = 0; i < count && x->count == count; i++)
        if (strcmp(x->pointers[i], pointers[i]) != 0)
            return false;
    return x->count == count;
}

void reading_index(struct reading *r, struct store_collection *c, const char **pointers,
                   size_t count, bool unique)
{
    for (size_t i = 0; i < c->index_count; i++)
        if (same_pointers(&c->indexes[i], pointers, count)) {
            c->indexes[i].unique = c->indexes[i].unique || unique;
            return;
        }
    struct store_index *grown =
        arena_array(r->arena, struct store_index, c->index_count + 1);
    if (c->index_count)
        memcpy(grown, c->indexes, c->index_count * sizeof(*grown));
    grown[c->index_count++] = (struct store_index){ pointers, count, unique };
    c->indexes = grown;
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
        reading_index(r, c, reading_texts(r, u->pointers, u->pointers_count),
                      u->pointers_count, true);
    }
}

/* Each member of a summary has to be one that some of the collections have. */
static void check_keep(struct reading *r, const struct record_reference *from,
                       const struct store_reference *to, struct where w)
{
    for (unsigned k = 0; k < from->keep_count; k++) {
        const char *pointer = pointer_join(r->arena, "", from->keep[k]);
        bool known = to->of_count == 0;
        for (size_t i = 0; i < to->of_count && !known; i++) {
            const struct store_collection *c = &r->b->plan.collections[to->of[i]];
            struct schema_place place;
            known = reading_hidden(c, pointer) ||
                    schema_describe(c->schema, pointer, &place);
        }
        if (!known)
            err_set(r->err, w, "nothing that %s refers to has a member \"%.60s\"",
                    from->at, from->keep[k]);
    }
}

static void read_references(struct reading *r, struct store_collection *c,
                            const struct record_collection *record, unsigned i)
{
    c->reference_count = record->references_count;
    c->references =
        arena_array(r->arena, struct store_reference, c->reference_count + 1);
    for (unsigned j = 0; j < record->references_count; j++) {
        const struct record_reference *from = &record->references[j];
        struct store_reference *to = &c->references[j];
        struct where w = reading_at(r, "/collections/%/references/%", i, j);
        struct schema_place place;
        struct naming n = reading_naming(r);
        to->at = from->at;
        reading_member(r, c, to->at, reading_below(r, w, "at"), &place);
        to->of =
            reading_collections(r, from->of, &to->of_count, reading_below(r, w, "of"));
        check_keep(r, from, to, reading_below(r, w, "keep"));
        to->keep = reading_texts(r, from->keep, from->keep_count);
        to->keep_count = from->keep_count;
        to->otherwise = reading_otherwise(r, &n, from->otherwise, w);
    }
}

struct step_set *reading_sets(struct reading *r, struct naming *n,
                              const struct store_collection *c,
                              const struct record_set *from, unsigned count,
                              struct where w)
{
    struct step_set *list = arena_array(r->arena, struct step_set, count + 1);
    for (unsigned i = 0; i < count; i++) {
        struct where here = w;
        struct schema_place place;
        here.pointer = arena_printf(r->arena, "%s/%u/at", w.pointer, i);
        reading_member(r, c, from[i].at, here, &place);
        for (size_t k = 0; k < c->reference_count; k++)
            if (strcmp(c->references[k].at, from[i].at) == 0)
                place.types = TYPE_ANY; /* stored as keys, whatever is sent */
        here.pointer = arena_printf(r->arena, "%s/%u/to", w.pointer, i);
        list[i].at = from[i].at;
        list[i].to = expression_read(n, from[i].to, place.types, here);
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
    rules->created = reading_texts(r, record->created, record->created_count);
    rules->created_count = record->created_count;
    rules->updated = reading_texts(r, record->updated, record->updated_count);
    rules->updated_count = record->updated_count;
    rules->version = record->version;
    rules->owned = reading_texts(r, record->owned, record->owned_count);
    rules->owned_count = record->owned_count;
    rules->complete = record->complete == YES;
    for (unsigned j = 0; j < record->created_count; j++)
        reading_member(r, c, record->created[j],
                       reading_at(r, "/collections/%/created/%", i, j), &place);
    for (unsigned j = 0; j < record->updated_count; j++)
        reading_member(r, c, record->updated[j],
                       reading_at(r, "/collections/%/updated/%", i, j), &place);
    if (record->version)
        reading_member(r, c, record->version,
                       reading_at(r, "/collections/%/version", i, 0), &place);
}

static void check_groups(struct reading *r)
{
    for (unsigned i = 0; i < r->record->groups_count; i++)
        for (unsigned j = 0; j < r->record->groups[i].of_count; j++)
            if (reading_collection(r, r->record->groups[i].of[j]) == SIZE_MAX)
                err_set(r->err, reading_at(r, "/groups/%/of/%", i, j),
                        "no collection is called \"%.60s\"",
                        r->record->groups[i].of[j]);
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
    check_groups(r);
    /* Pointers can be looked at only when every schema has its plan. */
    if (!schemas_compile(r->api->schemas))
        return false;
    for (unsigned i = 0; i < record->collections_count; i++) {
        struct store_collection *c = &plan->collections[i];
        c->hidden = reading_texts(r, record->collections[i].hidden,
                                  record->collections[i].hidden_count);
        c->hidden_count = record->collections[i].hidden_count;
        struct err own, *err = reading_aside(r, is_inferred(r, i), &own);
        read_indexes(r, c, &record->collections[i], i);
        settle(r, c->name, &own, err);
    }
    for (unsigned i = 0; i < record->collections_count; i++) {
        struct err own, *err = reading_aside(r, is_inferred(r, i), &own);
        read_references(r, &plan->collections[i], &record->collections[i], i);
        read_rules(r, &plan->collections[i], &record->collections[i], i);
        settle(r, plan->collections[i].name, &own, err);
    }
    return true;
}

#include "play/script.h"

#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "play/doorkeeper.h"
#include "play/infer.h"
#include "play/seed.h"
#include "play/validator.h"

#include <stdio.h>

/* A behaviour being read. */
struct reading {
    const struct api *api;
    const char *file, *folder;
    struct arena *arena;
    struct err *err;
    const struct record_behaviour *record;
    struct behaviour *b;
    struct collection_rules *rules;
    unsigned errors;             /* of err, before this behaviour */
    struct inference *inference; /* NULL: nothing is to be inferred */
};

static struct where at(struct reading *r, const char *format, unsigned i, unsigned j)
{
    /* format is one of the literals below, with %u for the indexes. */
    char pointer[128];
    size_t n = 0;
    unsigned next = i;
    for (const char *p = format; *p && n < sizeof(pointer) - 12; p++) {
        if (*p != '%') {
            pointer[n++] = *p;
            continue;
        }
        n += (size_t)snprintf(pointer + n, sizeof(pointer) - n, "%u", next);
        next = j;
    }
    pointer[n] = '\0';
    return (struct where){ .file = r->file,
                           .pointer = arena_copy(r->arena, str(pointer)) };
}

static struct where below(struct reading *r, struct where w, const char *key)
{
    w.pointer = arena_printf(r->arena, "%s/%s", w.pointer, key);
    return w;
}

static struct naming naming_of(struct reading *r)
{
    return (struct naming){ .arena = r->arena,
                            .err = r->err,
                            .api = r->api,
                            .plan = &r->b->plan,
                            .sequences = r->b->sequences };
}

static void bind_name(struct naming *n, const char *name,
                      const struct store_collection *collection)
{
    for (size_t i = 0; i < n->name_count; i++)
        if (strcmp(n->names[i].name, name) == 0) {
            n->names[i].collection = collection;
            return;
        }
    if (n->name_count == SCOPE_BINDINGS)
        return;
    n->names[n->name_count].name = name;
    n->names[n->name_count++].collection = collection;
}

/* ---- collections ---- */

static bool is_hidden(const struct store_collection *c, const char *pointer)
{
    for (size_t i = 0; i < c->hidden_count; i++)
        if (strcmp(c->hidden[i], pointer) == 0)
            return true;
    return false;
}

/* Whether a pointer names a member that instances may have. */
static bool check_member(struct reading *r, const struct store_collection *c,
                         const char *pointer, struct where w,
                         struct schema_place *place)
{
    *place = (struct schema_place){ .types = TYPE_ANY };
    if (!pointer_valid(pointer) || !*pointer)
        return err_set(r->err, w,
                       "expected a JSON pointer such as /id, found \"%.60s\"", pointer);
    if (is_hidden(c, pointer))
        return true;
    if (schema_describe(c->schema, pointer, place))
        return true;
    const char *near = place->nearest;
    return err_set(r->err, w, "the schema of %s has no %s%s%s%s", c->name, pointer,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

static const char **texts(struct reading *r, char **from, unsigned count)
{
    const char **list = arena_array(r->arena, const char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        list[i] = from[i];
    return list;
}

/* A slip in what was inferred is no mistake of the user's: its errors go to an err of
 * its own, and what has any is dropped. */
static struct err *aside(struct reading *r, bool inferred, struct err *own)
{
    struct err *before = r->err;
    *own = err_in(r->arena);
    if (inferred)
        r->err = own;
    return before;
}

static void read_schema(struct reading *r, struct store_collection *c,
                        const struct record_collection *record, unsigned i)
{
    if (*record->schema == '/' || strchr(record->schema, '#')) {
        c->schema = infer_schema(r->api, record->schema);
        if (!c->schema)
            err_set(r->err, at(r, "/collections/%/schema", i, 0),
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
    err_set(r->err, at(r, "/collections/%/schema", i, 0),
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

static void add_index(struct reading *r, struct store_collection *c,
                      const char **pointers, size_t count, bool unique)
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
    check_member(r, c, c->key, at(r, "/collections/%/key", i, 0), &place);
    add_index(r, c, key, 1, true);
    c->aliases = texts(r, record->aliases, record->aliases_count);
    c->alias_count = record->aliases_count;
    for (unsigned j = 0; j < record->aliases_count; j++) {
        check_member(r, c, c->aliases[j], at(r, "/collections/%/aliases/%", i, j),
                     &place);
        add_index(r, c, &c->aliases[j], 1, true);
    }
    for (unsigned j = 0; j < record->unique_count; j++) {
        const struct record_unique *u = &record->unique[j];
        for (unsigned k = 0; k < u->pointers_count; k++)
            check_member(r, c, u->pointers[k], at(r, "/collections/%/unique/%", i, j),
                         &place);
        add_index(r, c, texts(r, u->pointers, u->pointers_count), u->pointers_count,
                  true);
    }
}

static size_t collection_named(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->b->plan.collection_count; i++)
        if (strcmp(r->b->plan.collections[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The collections that a name means: itself, or those of a group. */
static const size_t *collections_of(struct reading *r, const char *name, size_t *count,
                                    struct where w)
{
    size_t *list = arena_array(r->arena, size_t, r->b->plan.collection_count + 1);
    size_t one = collection_named(r, name);
    *count = 0;
    if (one != SIZE_MAX) {
        list[(*count)++] = one;
        return list;
    }
    const char *near = NULL;
    unsigned least = 4;
    for (unsigned i = 0; i < r->record->groups_count; i++) {
        const struct record_group *g = &r->record->groups[i];
        if (strcmp(g->name, name) != 0)
            continue;
        for (unsigned j = 0; j < g->of_count && *count < r->b->plan.collection_count;
             j++)
            if ((one = collection_named(r, g->of[j])) != SIZE_MAX)
                list[(*count)++] = one;
        return list;
    }
    for (size_t i = 0; i < r->b->plan.collection_count; i++) {
        unsigned d = str_distance(str(r->b->plan.collections[i].name), str(name));
        if (d < least) {
            least = d;
            near = r->b->plan.collections[i].name;
        }
    }
    err_set(r->err, w, "no collection or group is called \"%.60s\"%s%s%s", name,
            near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return list;
}

static const struct error_plan *read_otherwise(struct reading *r, struct naming *n,
                                               const struct record_error *e,
                                               struct where w)
{
    if (!e)
        return NULL;
    struct error_plan *plan = arena_take(r->arena, sizeof(*plan));
    w = below(r, w, "otherwise");
    *plan = error_plan_read(n, e->status, e->error, e->body, w);
    if (!e->status && !e->error)
        err_set(r->err, w, "expected a status or an error");
    for (size_t i = 0; i < n->operation_count && e->error; i++) {
        const struct reply *reply;
        const cJSON *body;
        struct chance chance = { 0 };
        if (error_find(n->operations[i], e->error, e->status, &chance, r->arena, &reply,
                       &body))
            continue;
        err_set(r->err, below(r, w, "error"),
                "%s declares no response for the error \"%.60s\"%s",
                n->operations[i]->id, e->error, e->status ? " with that status" : "");
    }
    return plan;
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
            known =
                is_hidden(c, pointer) || schema_describe(c->schema, pointer, &place);
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
        struct where w = at(r, "/collections/%/references/%", i, j);
        struct schema_place place;
        struct naming n = naming_of(r);
        to->at = from->at;
        check_member(r, c, to->at, below(r, w, "at"), &place);
        to->of = collections_of(r, from->of, &to->of_count, below(r, w, "of"));
        check_keep(r, from, to, below(r, w, "keep"));
        to->keep = texts(r, from->keep, from->keep_count);
        to->keep_count = from->keep_count;
        to->otherwise = read_otherwise(r, &n, from->otherwise, w);
    }
}

static struct step_set *read_sets(struct reading *r, struct naming *n,
                                  const struct store_collection *c,
                                  const struct record_set *from, unsigned count,
                                  struct where w)
{
    struct step_set *list = arena_array(r->arena, struct step_set, count + 1);
    for (unsigned i = 0; i < count; i++) {
        struct where here = w;
        struct schema_place place;
        here.pointer = arena_printf(r->arena, "%s/%u/at", w.pointer, i);
        check_member(r, c, from[i].at, here, &place);
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
    struct naming n = naming_of(r);
    struct schema_place place;
    n.item = c;
    rules->defaults = read_sets(r, &n, c, record->defaults, record->defaults_count,
                                at(r, "/collections/%/defaults", i, 0));
    rules->default_count = record->defaults_count;
    rules->created = texts(r, record->created, record->created_count);
    rules->created_count = record->created_count;
    rules->updated = texts(r, record->updated, record->updated_count);
    rules->updated_count = record->updated_count;
    rules->version = record->version;
    rules->owned = texts(r, record->owned, record->owned_count);
    rules->owned_count = record->owned_count;
    rules->complete = record->complete == YES;
    for (unsigned j = 0; j < record->created_count; j++)
        check_member(r, c, record->created[j], at(r, "/collections/%/created/%", i, j),
                     &place);
    for (unsigned j = 0; j < record->updated_count; j++)
        check_member(r, c, record->updated[j], at(r, "/collections/%/updated/%", i, j),
                     &place);
    if (record->version)
        check_member(r, c, record->version, at(r, "/collections/%/version", i, 0),
                     &place);
}

static void check_groups(struct reading *r)
{
    for (unsigned i = 0; i < r->record->groups_count; i++)
        for (unsigned j = 0; j < r->record->groups[i].of_count; j++)
            if (collection_named(r, r->record->groups[i].of[j]) == SIZE_MAX)
                err_set(r->err, at(r, "/groups/%/of/%", i, j),
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

static bool read_collections(struct reading *r)
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
        if (collection_named(r, c->name) != SIZE_MAX)
            err_set(r->err, at(r, "/collections/%/name", i, 0),
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
        c->hidden = texts(r, record->collections[i].hidden,
                          record->collections[i].hidden_count);
        c->hidden_count = record->collections[i].hidden_count;
        struct err own, *err = aside(r, is_inferred(r, i), &own);
        read_indexes(r, c, &record->collections[i], i);
        settle(r, c->name, &own, err);
    }
    for (unsigned i = 0; i < record->collections_count; i++) {
        struct err own, *err = aside(r, is_inferred(r, i), &own);
        read_references(r, &plan->collections[i], &record->collections[i], i);
        read_rules(r, &plan->collections[i], &record->collections[i], i);
        settle(r, plan->collections[i].name, &own, err);
    }
    return true;
}

static void read_sequences(struct reading *r)
{
    unsigned count = r->record->sequences_count;
    int64_t *start = arena_array(r->arena, int64_t, count + 1);
    r->b->sequences = arena_array(r->arena, const char *, count + 1);
    for (unsigned i = 0; i < count; i++) {
        r->b->sequences[i] = r->record->sequences[i].name;
        start[i] = r->record->sequences[i].start ? r->record->sequences[i].start : 1;
    }
    r->b->plan.sequence_start = start;
    r->b->plan.sequence_count = count;
}

/* ---- operations ---- */

static enum step_kind kind_of(struct reading *r, const struct record_step *s,
                              const char **name, struct where w)
{
    const struct {
        const char *text;
        enum step_kind kind;
    } kinds[] = { { s->find, STEP_FIND },     { s->create, STEP_CREATE },
                  { s->update, STEP_UPDATE }, { s->remove, STEP_DELETE },
                  { s->list, STEP_LIST },     { s->require, STEP_REQUIRE } };
    enum step_kind kind = STEP_ANSWER;
    unsigned count = s->answer != 0;
    *name = NULL;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].text) {
            *name = kinds[i].text;
            kind = kinds[i].kind;
            count++;
        }
    if (count != 1)
        err_set(
            r->err, w,
            "expected one of find, create, update, delete, list, require or answer, "
            "found %s",
            count ? "several" : "none");
    return kind;
}

/* A closed set of values alone would only make long lists. */
static bool is_selective(const struct store_collection *c, const char *pointer)
{
    struct schema_place place = { .types = TYPE_STRING };
    if (!is_hidden(c, pointer) && !schema_describe(c->schema, pointer, &place))
        return false;
    return !(place.types & (TYPE_BOOLEAN | TYPE_ARRAY)) && !place.closed;
}

/* What conditions look for gets an index, so that finding does not walk through all
 * instances: one over all of a step's members, or, for a list, whose filters may be
 * left out, one over each. */
static void want_indexes(struct reading *r, const struct step *step)
{
    for (size_t i = 0; i < step->of_count; i++) {
        struct store_collection *c = &r->b->plan.collections[step->of[i]];
        const char **all = arena_array(r->arena, const char *, step->where_count + 1);
        bool selective = false;
        for (size_t w = 0; w < step->where_count; w++) {
            bool good = is_selective(c, step->where[w].at);
            all[w] = step->where[w].at;
            selective = selective || good;
            if (good && step->kind == STEP_LIST)
                add_index(r, c, &all[w], 1, false);
        }
        if (selective && step->kind != STEP_LIST)
            add_index(r, c, all, step->where_count, false);
    }
}

static void read_where(struct reading *r, struct naming *n, struct step *to,
                       const struct record_step *from, struct where w)
{
    to->where_count = from->where_count;
    to->where = arena_array(r->arena, struct step_where, to->where_count + 1);
    for (unsigned i = 0; i < from->where_count; i++) {
        struct schema_place place = { .types = TYPE_ANY };
        unsigned described = 0;
        struct where here = w;
        const char *pointer = from->where[i].at;
        here.pointer = arena_printf(r->arena, "%s/where/%u/at", w.pointer, i);
        for (size_t c = 0; c < to->of_count; c++) {
            const struct store_collection *of = &r->b->plan.collections[to->of[c]];
            struct schema_place one;
            bool last = c + 1 == to->of_count && !described;
            if (is_hidden(of, pointer)) {
                described++;
            } else if (schema_describe(of->schema, pointer, &one)) {
                place.types = described ? place.types | one.types : one.types;
                described++;
            } else if (last) {
                check_member(r, of, pointer, here, &one);
            }
        }
        if (place.types & (TYPE_OBJECT | TYPE_ARRAY))
            place.types = TYPE_ANY; /* an item, or a reference's key */
        to->where[i].at = pointer;
        to->where[i].types = place.types;
        here.pointer = arena_printf(r->arena, "%s/where/%u/is", w.pointer, i);
        to->where[i].is = expression_read(n, from->where[i].is, place.types, here);
    }
    want_indexes(r, to);
}

static const struct expression *read_optional(struct naming *n, const char *text,
                                              struct where w)
{
    return text ? expression_read(n, text, TYPE_ANY, w) : NULL;
}

static void read_answer(struct reading *r, struct naming *n, struct step *to,
                        const struct record_step *from, struct where w)
{
    to->status = from->answer;
    for (size_t i = 0; i < n->operation_count; i++)
        if (!operation_reply(n->operations[i], from->answer))
            err_set(r->err, below(r, w, "answer"), "%s declares no response %d",
                    n->operations[i]->id, from->answer);
    if (from->body)
        to->body = template_read(n, from->body, below(r, w, "body"));
    to->whole = validator_whole(from->body, r->arena);
    to->header_count = from->header_count;
    to->headers = arena_take(r->arena, (to->header_count + 1) * sizeof(*to->headers));
    for (unsigned i = 0; i < from->header_count; i++) {
        to->headers[i].name = from->header[i].name;
        to->headers[i].value = expression_read(n, from->header[i].value, TYPE_STRING,
                                               below(r, w, "header"));
    }
}

static void read_step(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, struct where w)
{
    const char *name;
    to->kind = kind_of(r, from, &name, w);
    to->as = from->as;
    if (from->when)
        to->when = condition_read(n, from->when, below(r, w, "when"));
    if (to->kind == STEP_REQUIRE) {
        to->require = name ? condition_read(n, name, below(r, w, "require")) : NULL;
        if (!from->otherwise)
            err_set(r->err, w, "a require step needs otherwise");
    } else if (to->kind != STEP_ANSWER && name) {
        static const char *const keys[] = { "find", "create", "update", "delete",
                                            "list" };
        to->of = collections_of(r, name, &to->of_count, below(r, w, keys[to->kind]));
        if (to->kind == STEP_CREATE && to->of_count > 1)
            err_set(r->err, w, "an instance is made in one collection, not in a group");
    }
    const struct store_collection *c =
        to->of_count ? &r->b->plan.collections[to->of[0]] : NULL;
    read_where(r, n, to, from, w);
    if (c) {
        n->item = to->kind == STEP_UPDATE ? c : NULL;
        to->set = read_sets(r, n, c, from->set, from->set_count, below(r, w, "set"));
        to->set_count = from->set_count;
        n->item = NULL;
    }
    to->otherwise = read_otherwise(r, n, from->otherwise, w);
    to->merge = read_optional(n, from->merge, below(r, w, "merge"));
    to->patch = read_optional(n, from->patch, below(r, w, "patch"));
    to->replace = read_optional(n, from->replace, below(r, w, "replace"));
    to->offset = read_optional(n, from->offset, below(r, w, "offset"));
    to->number = read_optional(n, from->number, below(r, w, "number"));
    to->sort = read_optional(n, from->sort, below(r, w, "sort"));
    to->order = read_optional(n, from->order, below(r, w, "order"));
    to->turn = from->turn;
    to->total = from->total == YES;
    to->from_zero = from->from_zero == YES;
    to->shape = from->shape == YES;
    to->same = from->same == YES;
    to->limit = read_optional(n, from->limit, below(r, w, "limit"));
    to->cursor = read_optional(n, from->cursor, below(r, w, "cursor"));
    to->mode = read_optional(n, from->mode, below(r, w, "mode"));
    if (from->page < 0 || from->page > LIMIT_LIST_ROWS)
        err_set(r->err, below(r, w, "page"), "expected 1 to %d rows", LIMIT_LIST_ROWS);
    to->page = from->page > 0 ? (size_t)from->page : 0;
    if (to->kind == STEP_ANSWER)
        read_answer(r, n, to, from, w);
    if (from->as)
        bind_name(n, from->as,
                  to->of_count == 1 &&
                          (to->kind == STEP_FIND || to->kind == STEP_CREATE)
                      ? c
                      : NULL);
}

static void read_operation(struct reading *r, const struct record_operation *record,
                           unsigned index, const struct script **scripts)
{
    struct script *script = arena_take(r->arena, sizeof(*script));
    const struct operation **ops =
        arena_array(r->arena, const struct operation *, record->also_count + 1);
    struct naming n = naming_of(r);
    for (unsigned i = 0; i <= record->also_count; i++) {
        const char *id = i ? record->also[i - 1] : record->id;
        size_t next = 0;
        const struct operation *op = api_operation(r->api, str(id), &next);
        struct where w = i ? at(r, "/operations/%/also/%", index, i - 1)
                           : at(r, "/operations/%/id", index, 0);
        if (!op) {
            const char *near = api_nearest_operation(r->api, str(id));
            err_set(r->err, w, "%s has no operation \"%.80s\"%s%s%s", r->api->file, id,
                    near ? "; did you mean \"" : "", near ? near : "",
                    near ? "\"?" : "");
            continue;
        }
        if (scripts[op->index])
            err_set(r->err, w, "the operation \"%.80s\" has a behaviour already", id);
        scripts[op->index] = script;
        ops[n.operation_count++] = op;
    }
    n.operations = ops;
    script->count = record->steps_count;
    script->steps = arena_array(r->arena, struct step, script->count + 1);
    if (record->dry_run)
        script->dry_run = condition_read(&n, record->dry_run,
                                         at(r, "/operations/%/dry_run", index, 0));
    for (unsigned i = 0; i < record->steps_count; i++)
        read_step(r, &n, &script->steps[i], &record->steps[i],
                  at(r, "/operations/%/steps/%", index, i));
    bool finds = false, lists = false;
    for (size_t i = 0; i < script->count; i++) {
        finds = finds || script->steps[i].kind == STEP_FIND;
        lists = lists || script->steps[i].kind == STEP_LIST;
    }
    script->single = finds && !lists;
    script->conditions = validator_own(record);
}

/* An inferred operation that cannot be read is answered from the document, and routes
 * --state says why. */
static void read_inferred(struct reading *r, unsigned i, const struct script **scripts)
{
    struct inference *in = r->inference;
    const struct record_operation *o = &r->record->operations[i];
    size_t next = 0;
    const struct operation *op = api_operation(r->api, str(o->id), &next);
    struct err own, *err = aside(r, true, &own);
    bool broken = false;
    for (size_t c = 0; c < in->collection_count; c++)
        broken = broken || (in->collections[c].broken && op &&
                            strncmp(in->does[op->index], in->collections[c].name,
                                    strlen(in->collections[c].name)) == 0);
    read_operation(r, o, i, scripts);
    r->err = err;
    if (!op || (!own.errors && !broken))
        return;
    scripts[op->index] = NULL;
    in->does[op->index] = NULL;
    in->why[op->index] = own.first ? own.first->why : "its collection cannot be kept";
}

static void read_operations(struct reading *r, const struct script **scripts)
{
    for (unsigned i = 0; i < r->record->operations_count; i++)
        if (r->inference && i >= r->inference->first_operation)
            read_inferred(r, i, scripts);
        else
            read_operation(r, &r->record->operations[i], i, scripts);
}

/* A kind of refusal, a keyword, or the name of an error that some operation declares.
 */
static void check_kind(struct reading *r, const char *on, struct where w)
{
    static const char *const kinds[] = {
        "no_route",
        "method_not_allowed",
        "unauthenticated",
        "media_type",
        "too_large",
        "body_missing",
        "parse_error",
        "invalid",
        "not_acceptable",
        "invalid_token",
        "token_expired",
        "insufficient_scope",
        "precondition_failed",
        "precondition_required",
    };
    const char *near = NULL;
    unsigned least = 4;
    if (schema_has_keyword(on))
        return;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        unsigned d = str_distance(str(kinds[i]), str(on));
        if (d == 0)
            return;
        if (d < least) {
            least = d;
            near = kinds[i];
        }
    }
    for (size_t i = 0; i < r->api->operation_count; i++) {
        const struct reply *reply;
        const cJSON *body;
        struct chance chance = { 0 };
        if (error_find(&r->api->operations[i], on, 0, &chance, r->arena, &reply, &body))
            return;
    }
    err_set(r->err, w,
            "\"%.60s\" is no kind of refusal, no keyword, and no operation declares an "
            "error of that name%s%s%s",
            on, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_wordings(struct reading *r)
{
    unsigned count = r->record->errors_count;
    struct wordings *w = &r->b->wordings;
    w->list = arena_take(r->arena, (count + 1) * sizeof(*w->list));
    for (unsigned i = 0; i < count; i++) {
        const struct record_wording *from = &r->record->errors[i];
        struct naming n = naming_of(r);
        check_kind(r, from->on, at(r, "/errors/%/on", i, 0));
        bind_name(&n, "finding", NULL);
        bind_name(&n, "limit", NULL);
        bind_name(&n, "refusal", NULL);
        w->list[i].on = from->on;
        w->list[i].plan = error_plan_read(&n, from->status, from->error, from->body,
                                          at(r, "/errors/%", i, 0));
        w->count = i + 1;
    }
}

/* ---- the whole ---- */

struct behaviour *behaviour_load(const struct api *api, const char *folder,
                                 clock_ms now, struct arena *arena, struct err *err)
{
    static const struct record_behaviour nothing;
    unsigned errors = err->errors;
    struct script_book *book = arena_take(arena, sizeof(*book));
    struct behaviour *b = &book->behaviour;
    struct reading r = { .api = api,
                         .folder = folder,
                         .arena = arena,
                         .err = err,
                         .b = b,
                         .errors = errors };
    const struct script **scripts =
        arena_array(arena, const struct script *, api->operation_count + 1);
    b->api = api;
    b->scripts = scripts;
    validator_targets(b, arena);
    b->format = (struct timestamps){ 3, "Z" };
    r.file = arena_printf(arena, "%s/behaviour.yaml", folder);
    r.record = file_exists(r.file) ? fixture_behaviour(r.file, arena, err) : &nothing;
    if (!r.record)
        return NULL;
    if (r.record->infer != NO) {
        r.inference = infer(api, r.record, arena, err);
        r.record = r.inference->record;
        b->inference = r.inference;
    }
    if (r.record->timestamps) {
        b->format.digits = (unsigned)(r.record->timestamps->digits & 15);
        if (r.record->timestamps->utc)
            b->format.utc = r.record->timestamps->utc;
    }
    read_sequences(&r);
    guard_read(&b->guard, api, r.record, folder, r.file, arena, err);
    /* What can be looked at is, so that all mistakes are told at once. */
    bool compiled = read_collections(&r);
    book->rules = r.rules;
    if (compiled) {
        read_wordings(&r);
        read_operations(&r, scripts);
    }
    if (err->errors != errors)
        goto out;
    b->seed = store_new(&b->plan);
    if (!b->seed) {
        err_set(err, (struct where){ .file = r.file }, "out of memory");
        goto out;
    }
    seed_load(b, r.record, folder, r.file, now, arena, err);
    if (r.inference)
        infer_seed(r.inference, b, now);
    if (err->errors == errors)
        return b;
out:
    behaviour_done(b);
    return NULL;
}

void behaviour_done(struct behaviour *b)
{
    if (!b)
        return;
    store_free(b->seed);
    guard_done(&b->guard);
}

#include "play/reading.h"

#include "doc/pointer.h"
#include "play/member.h"
#include "schema/near.h"

#include <stdio.h>

struct where reading_at(struct reading *r, const char *format, unsigned i, unsigned j)
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
                           .pointer = arena_copy(r->places, str(pointer)) };
}

struct where reading_below(struct reading *r, struct where w, const char *key)
{
    w.pointer = pointer_join(r->places, w.pointer, key);
    return w;
}

struct naming reading_naming(struct reading *r)
{
    return (struct naming){ .arena = r->arena,
                            .err = r->err,
                            .api = r->api,
                            .plan = &r->b->plan,
                            .tables = r->tables,
                            .table_count = r->table_count,
                            .sequences = r->b->sequences };
}

void reading_bind(struct naming *n, const char *name,
                  const struct store_collection *collection)
{
    for (size_t i = 0; i < n->name_count; i++)
        if (strcmp(n->names[i].name, name) == 0) {
            n->names[i].collection = collection;
            n->names[i].words = n->names[i].seldom = NULL;
            return;
        }
    if (n->name_count == SCOPE_BINDINGS)
        return;
    n->names[n->name_count].name = name;
    n->names[n->name_count].words = n->names[n->name_count].seldom = NULL;
    n->names[n->name_count].asked = NULL;
    n->names[n->name_count++].collection = collection;
}

const bool *reading_bind_words(struct naming *n, const char *name, const char *words,
                               const char *seldom)
{
    reading_bind(n, name, NULL);
    for (size_t i = 0; i < n->name_count; i++) {
        if (strcmp(n->names[i].name, name) != 0)
            continue;
        n->names[i].words = words;
        n->names[i].seldom = seldom;
        if (!n->names[i].asked) /* one for all that are bound to the name */
            n->names[i].asked = arena_take(n->arena, sizeof(bool));
        return n->names[i].asked;
    }
    return NULL;
}

bool reading_member(struct reading *r, const struct store_collection *c,
                    const char *pointer, struct where w, struct schema_place *place)
{
    *place = (struct schema_place){ .types = TYPE_ANY };
    if (!pointer_valid(pointer) || !*pointer)
        return err_set(r->err, w,
                       "expected a JSON pointer such as /id, found \"%.60s\"", pointer);
    if (member_hidden(c, pointer))
        return true;
    if (schema_describe(c->schema, pointer, place))
        return true;
    if (member_free(schema_node(c->schema))) {
        place->types = TYPE_ANY;
        return true;
    }
    const char *near = place->nearest;
    return err_set(r->err, w, "the schema of %s has no %s%s%s%s", c->name, pointer,
                   near ? "; did you mean \"" : "", near ? near : "",
                   near ? "\"?" : "");
}

const char **reading_texts(struct reading *r, char **from, unsigned count)
{
    const char **list = arena_array(r->arena, const char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        list[i] = from[i];
    return list;
}

struct way *reading_pointers(struct reading *r, char **from, unsigned count)
{
    struct way *list = arena_array(r->arena, struct way, count + 1);
    for (unsigned i = 0; i < count; i++)
        list[i] = way_read(from[i], r->arena);
    return list;
}

struct step_header *reading_headers(struct reading *r, struct naming *n,
                                    const struct record_header *from, unsigned count,
                                    struct where w)
{
    struct step_header *list = arena_array(r->arena, struct step_header, count + 1);
    for (unsigned i = 0; i < count; i++) {
        struct str name = str(from[i].name);
        struct expression *e = expression_read(n, from[i].value, TYPE_STRING, w);
        bool url = str_equal_nocase(name, STR("Location")) ||
                   str_equal_nocase(name, STR("Content-Location"));
        list[i] = (struct step_header){ from[i].name, url ? expression_url(e) : e };
    }
    return list;
}

/* A slip in what was inferred is no mistake of the user's: its errors go to an err of
 * its own, and what has any is dropped. */
struct err *reading_aside(struct reading *r, bool inferred, struct err *own)
{
    struct err *before = r->err;
    *own = err_in(r->arena);
    if (inferred)
        r->err = own;
    return before;
}

size_t reading_collection(const struct reading *r, const char *name)
{
    for (size_t i = 0; i < r->b->plan.collection_count; i++)
        if (strcmp(r->b->plan.collections[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

/* The collections that a name means: itself, or those of a group. */
const size_t *reading_collections(struct reading *r, const char *name, size_t *count,
                                  struct where w)
{
    size_t *list = arena_array(r->arena, size_t, r->b->plan.collection_count + 1);
    size_t one = reading_collection(r, name);
    *count = 0;
    if (one != SIZE_MAX) {
        list[(*count)++] = one;
        return list;
    }
    struct near near = near_to(str(name));
    for (unsigned i = 0; i < r->record->groups_count; i++) {
        const struct record_group *g = &r->record->groups[i];
        near_try(&near, g->name);
        if (strcmp(g->name, name) != 0)
            continue;
        for (unsigned j = 0; j < g->of_count && *count < r->b->plan.collection_count;
             j++)
            if ((one = reading_collection(r, g->of[j])) != SIZE_MAX)
                list[(*count)++] = one;
        return list;
    }
    for (size_t i = 0; i < r->b->plan.collection_count; i++)
        near_try(&near, r->b->plan.collections[i].name);
    err_set(r->err, w, "no collection or group is called \"%.60s\"%s", name,
            near_question(&near, "", r->arena));
    return list;
}

static bool declares(struct reading *r, const struct operation *op,
                     const struct record_error *e)
{
    const struct reply *reply;
    const cJSON *body;
    struct chance chance = { 0 };
    return error_find(op, e->error, e->status, &chance, r->arena, &reply, &body);
}

const struct error_plan *reading_otherwise(struct reading *r, struct naming *n,
                                           const struct record_error *e, struct where w)
{
    return reading_error(r, n, e, reading_below(r, w, "otherwise"));
}

const struct error_plan *reading_error(struct reading *r, struct naming *n,
                                       const struct record_error *e, struct where w)
{
    if (!e)
        return NULL;
    struct error_plan *plan = arena_take(r->arena, sizeof(*plan));
    *plan = error_plan_read(n, e->status, e->error, e->body, w);
    if (!e->status && !e->error)
        err_set(r->err, w, "expected a status or an error");
    size_t known = 0;
    for (size_t i = 0; i < n->operation_count && e->error; i++)
        known += declares(r, n->operations[i], e);
    for (size_t i = 0; i < n->operation_count && e->error; i++) {
        if (r->shared ? known > 0 : declares(r, n->operations[i], e))
            continue;
        err_set(r->err, reading_below(r, w, "error"),
                "%s declares no response for the error \"%.60s\"%s%s",
                n->operations[i]->id, e->error, e->status ? " with that status" : "",
                error_question(r->api, n->operations[i], e->error, r->arena));
    }
    return plan;
}

#include "play/reading.h"

#include "base/limits.h"
#include "play/infer.h"
#include "play/validator.h"

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
    if (!reading_hidden(c, pointer) && !schema_describe(c->schema, pointer, &place))
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
                reading_index(r, c, &all[w], 1, false);
        }
        if (selective && step->kind != STEP_LIST)
            reading_index(r, c, all, step->where_count, false);
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
            if (reading_hidden(of, pointer)) {
                described++;
            } else if (schema_describe(of->schema, pointer, &one)) {
                place.types = described ? place.types | one.types : one.types;
                described++;
            } else if (last) {
                reading_member(r, of, pointer, here, &one);
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
            err_set(r->err, reading_below(r, w, "answer"), "%s declares no response %d",
                    n->operations[i]->id, from->answer);
    if (from->body)
        to->body = template_read(n, from->body, reading_below(r, w, "body"));
    to->whole = validator_whole(from->body, r->arena);
    to->header_count = from->header_count;
    to->headers = arena_take(r->arena, (to->header_count + 1) * sizeof(*to->headers));
    for (unsigned i = 0; i < from->header_count; i++) {
        to->headers[i].name = from->header[i].name;
        to->headers[i].value = expression_read(n, from->header[i].value, TYPE_STRING,
                                               reading_below(r, w, "header"));
    }
}

static void read_step(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, struct where w)
{
    const char *name;
    to->kind = kind_of(r, from, &name, w);
    to->as = from->as;
    if (from->when)
        to->when = condition_read(n, from->when, reading_below(r, w, "when"));
    if (to->kind == STEP_REQUIRE) {
        to->require =
            name ? condition_read(n, name, reading_below(r, w, "require")) : NULL;
        if (!from->otherwise)
            err_set(r->err, w, "a require step needs otherwise");
    } else if (to->kind != STEP_ANSWER && name) {
        static const char *const keys[] = { "find", "create", "update", "delete",
                                            "list" };
        to->of = reading_collections(r, name, &to->of_count,
                                     reading_below(r, w, keys[to->kind]));
        if (to->kind == STEP_CREATE && to->of_count > 1)
            err_set(r->err, w, "an instance is made in one collection, not in a group");
    }
    const struct store_collection *c =
        to->of_count ? &r->b->plan.collections[to->of[0]] : NULL;
    read_where(r, n, to, from, w);
    if (c) {
        n->item = to->kind == STEP_UPDATE ? c : NULL;
        to->set = reading_sets(r, n, c, from->set, from->set_count,
                               reading_below(r, w, "set"));
        to->set_count = from->set_count;
        n->item = NULL;
    }
    to->otherwise = reading_otherwise(r, n, from->otherwise, w);
    to->merge = read_optional(n, from->merge, reading_below(r, w, "merge"));
    to->patch = read_optional(n, from->patch, reading_below(r, w, "patch"));
    to->replace = read_optional(n, from->replace, reading_below(r, w, "replace"));
    to->offset = read_optional(n, from->offset, reading_below(r, w, "offset"));
    to->number = read_optional(n, from->number, reading_below(r, w, "number"));
    to->sort = read_optional(n, from->sort, reading_below(r, w, "sort"));
    to->order = read_optional(n, from->order, reading_below(r, w, "order"));
    to->turn = from->turn;
    to->total = from->total == YES;
    to->from_zero = from->from_zero == YES;
    to->shape = from->shape == YES;
    to->same = from->same == YES;
    to->limit = read_optional(n, from->limit, reading_below(r, w, "limit"));
    to->cursor = read_optional(n, from->cursor, reading_below(r, w, "cursor"));
    to->mode = read_optional(n, from->mode, reading_below(r, w, "mode"));
    if (from->page < 0 || from->page > LIMIT_LIST_ROWS)
        err_set(r->err, reading_below(r, w, "page"), "expected 1 to %d rows",
                LIMIT_LIST_ROWS);
    to->page = from->page > 0 ? (size_t)from->page : 0;
    if (to->kind == STEP_ANSWER)
        read_answer(r, n, to, from, w);
    if (from->as)
        reading_bind(n, from->as,
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
    struct naming n = reading_naming(r);
    for (unsigned i = 0; i <= record->also_count; i++) {
        const char *id = i ? record->also[i - 1] : record->id;
        size_t next = 0;
        const struct operation *op = api_operation(r->api, str(id), &next);
        struct where w = i ? reading_at(r, "/operations/%/also/%", index, i - 1)
                           : reading_at(r, "/operations/%/id", index, 0);
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
        script->dry_run = condition_read(
            &n, record->dry_run, reading_at(r, "/operations/%/dry_run", index, 0));
    for (unsigned i = 0; i < record->steps_count; i++)
        read_step(r, &n, &script->steps[i], &record->steps[i],
                  reading_at(r, "/operations/%/steps/%", index, i));
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
    struct err own, *err = reading_aside(r, true, &own);
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

void read_operations(struct reading *r, const struct script **scripts)
{
    for (unsigned i = 0; i < r->record->operations_count; i++)
        if (r->inference && i >= r->inference->first_operation)
            read_inferred(r, i, scripts);
        else
            read_operation(r, &r->record->operations[i], i, scripts);
}

#include "play/reading.h"

#include "base/limits.h"
#include "play/infer.h"
#include "play/sort.h"
#include "play/validator.h"

#include <fnmatch.h>

static enum step_kind kind_of(struct reading *r, const struct record_step *s,
                              const char **name, struct where w)
{
    const struct {
        const char *text;
        enum step_kind kind;
    } kinds[] = { { s->find, STEP_FIND },       { s->create, STEP_CREATE },
                  { s->update, STEP_UPDATE },   { s->remove, STEP_DELETE },
                  { s->list, STEP_LIST },       { s->count, STEP_COUNT },
                  { s->require, STEP_REQUIRE }, { s->each, STEP_EACH } };
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
        err_set(r->err, w,
                "expected one of find, create, update, delete, list, count, require, "
                "each or answer, found %s",
                count ? "several" : "none");
    return kind;
}

static const struct expression *read_optional(struct naming *n, const char *text,
                                              struct where w)
{
    return text ? expression_read(n, text, TYPE_ANY, w) : NULL;
}

static const char *replies_of(const struct operation *op, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_PROBLEM_TEXT);
    for (size_t i = 0; i < op->reply_count; i++)
        buffer_printf(&b, "%s%s", b.len ? ", " : "", op->replies[i].key);
    return b.len ? arena_copy(arena, buffer_str(&b)) : "none";
}

static void read_answer(struct reading *r, struct naming *n, struct step *to,
                        const struct record_step *from, struct where w)
{
    to->status = from->answer;
    for (size_t i = 0; i < n->operation_count; i++)
        if (!operation_reply(n->operations[i], from->answer))
            err_set(r->err, reading_below(r, w, "answer"),
                    "%s declares no response %d, but %s", n->operations[i]->id,
                    from->answer, replies_of(n->operations[i], r->arena));
    if (from->body)
        to->body = template_read(n, from->body, reading_below(r, w, "body"));
    to->whole = validator_whole(from->body, r->arena);
    to->header_count = from->header_count;
    to->headers = reading_headers(r, n, from->header, from->header_count,
                                  reading_below(r, w, "header"));
}

static void read_step(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, struct where w);

/* The names that the steps within bind are gone behind them. */
static void read_each(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, struct where w)
{
    const size_t outside = n->name_count;
    to->each = read_optional(n, from->each, reading_below(r, w, "each"));
    if (!from->as || !from->steps_count)
        err_set(r->err, w, "an each step needs as and steps");
    if (from->as)
        reading_bind(n, from->as, NULL);
    to->steps = arena_array(r->arena, struct step, from->steps_count + 1);
    for (; to->step_count < from->steps_count; to->step_count++) {
        struct where here = w;
        here.pointer =
            arena_printf(r->arena, "%s/steps/%zu", w.pointer, to->step_count);
        read_step(r, n, &to->steps[to->step_count], &from->steps[to->step_count], here);
    }
    if (n->name_count > outside)
        n->name_count = outside;
}

/* What the step's own word says, as text: a condition, or a collection. */
static void read_word(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, const char *text, struct where w)
{
    static const char *const keys[] = { "find",   "create", "update",
                                        "delete", "list",   "count" };
    if (to->kind == STEP_REQUIRE) {
        to->require =
            text ? condition_read(n, text, reading_below(r, w, "require")) : NULL;
        if (!from->otherwise)
            err_set(r->err, w, "a require step needs otherwise");
    } else if (to->kind != STEP_ANSWER && text) {
        to->of = reading_collections(r, text, &to->of_count,
                                     reading_below(r, w, keys[to->kind]));
        if (to->kind == STEP_CREATE && to->of_count > 1)
            err_set(r->err, w, "an instance is made in one collection, not in a group");
    }
}

/* Which rows of a list are told, and in which order. */
static void read_page(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, struct where w)
{
    to->offset = read_optional(n, from->offset, reading_below(r, w, "offset"));
    to->number = read_optional(n, from->number, reading_below(r, w, "number"));
    to->sort = read_optional(n, from->sort, reading_below(r, w, "sort"));
    if (to->of_count && to->kind == STEP_LIST)
        sort_check(r->b, to, r->arena, r->err, reading_below(r, w, "sort"));
    to->order = read_optional(n, from->order, reading_below(r, w, "order"));
    to->turn = from->turn;
    to->total = from->total == YES;
    to->from_zero = from->from_zero == YES;
    to->limit = read_optional(n, from->limit, reading_below(r, w, "limit"));
    to->cursor = read_optional(n, from->cursor, reading_below(r, w, "cursor"));
    to->mode = read_optional(n, from->mode, reading_below(r, w, "mode"));
    if (from->page < 0 || from->page > LIMIT_LIST_ROWS)
        err_set(r->err, reading_below(r, w, "page"), "expected 1 to %d rows",
                LIMIT_LIST_ROWS);
    to->page = from->page > 0 ? (size_t)from->page : 0;
}

static void read_step(struct reading *r, struct naming *n, struct step *to,
                      const struct record_step *from, struct where w)
{
    const char *name;
    to->kind = kind_of(r, from, &name, w);
    to->as = from->as;
    if (from->when)
        to->when = condition_read(n, from->when, reading_below(r, w, "when"));
    if (to->kind == STEP_EACH) {
        read_each(r, n, to, from, w);
        return;
    }
    if (from->steps_count)
        err_set(r->err, reading_below(r, w, "steps"), "only an each step has steps");
    read_word(r, n, to, from, name, w);
    const struct store_collection *c =
        to->of_count ? &r->b->plan.collections[to->of[0]] : NULL;
    to->where = reading_wheres(r, n, to->of, to->of_count, from->where,
                               from->where_count, reading_below(r, w, "where"));
    to->follow = reading_follow(r, n, to, from, w);
    reading_want_indexes(r, to);
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
    to->shape = from->shape == YES;
    to->same = from->same == YES;
    to->quiet = from->stamps == NO;
    read_page(r, n, to, from, w);
    if (to->kind == STEP_ANSWER)
        read_answer(r, n, to, from, w);
    if (from->as && to->kind == STEP_LIST)
        to->seldom = reading_bind_words(n, from->as, PAGE_WORDS, PAGE_SELDOM);
    else if (from->as)
        reading_bind(n, from->as,
                     to->of_count == 1 &&
                             (to->kind == STEP_FIND || to->kind == STEP_CREATE)
                         ? c
                         : NULL);
}

static bool only_reads(const struct step *step)
{
    for (size_t i = 0; i < step->step_count; i++)
        if (!only_reads(&step->steps[i]))
            return false;
    return step->kind != STEP_CREATE && step->kind != STEP_UPDATE &&
           step->kind != STEP_DELETE;
}

static void read_steps(struct reading *r, struct naming *n, struct script *script,
                       const struct record_step *from, unsigned count, struct where w)
{
    for (unsigned i = 0; i < count; i++) {
        struct where here = w;
        here.pointer = arena_printf(r->arena, "%s/steps/%u", w.pointer, i);
        struct step *to = &script->steps[script->count++];
        read_step(r, n, to, &from[i], here);
        script->only_reads = script->only_reads && only_reads(to);
    }
}

/* ---- before ---- */

/* Steps of several operations, and the names that they bind. */
struct shared {
    bool *of; /* for each operation of the API */
    struct script script;
    struct naming names;
};

static bool is_meant(const struct operation *op, const char *pattern,
                     struct arena *arena)
{
    return fnmatch(pattern, op->id, FNM_NOESCAPE) == 0 ||
           fnmatch(pattern, op->path + 1, FNM_NOESCAPE) == 0 ||
           fnmatch(pattern, arena_printf(arena, "%s %s", op->method, op->path),
                   FNM_NOESCAPE) == 0;
}

static size_t mean(struct reading *r, const char *pattern, bool *of)
{
    size_t found = 0, next = 0;
    const struct operation *op;
    if (strchr(pattern, '*')) {
        for (size_t i = 0; i < r->api->operation_count; i++)
            if (is_meant(&r->api->operations[i], pattern, r->arena)) {
                of[i] = true;
                found++;
            }
        return found;
    }
    while ((op = api_operation(r->api, str(pattern), &next))) {
        of[op->index] = true;
        found++;
    }
    return found;
}

static void no_operation(struct reading *r, const char *id, struct where w)
{
    const char *near = api_nearest_operation(r->api, str(id));
    err_set(r->err, w, "%s has no operation \"%.80s\"%s%s%s", r->api->file, id,
            near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void read_shared(struct reading *r, struct shared *to,
                        const struct record_before *from, unsigned index)
{
    const size_t count = r->api->operation_count;
    const struct operation **ops =
        arena_array(r->arena, const struct operation *, count + 1);
    to->of = arena_array(r->arena, bool, count + 1);
    to->names = reading_naming(r);
    for (unsigned i = 0; i < from->on_count; i++)
        if (!mean(r, from->on[i], to->of))
            no_operation(r, from->on[i], reading_at(r, "/before/%/on/%", index, i));
    for (size_t i = 0; i < count; i++)
        if (to->of[i])
            ops[to->names.operation_count++] = &r->api->operations[i];
    to->names.operations = ops;
    to->script.only_reads = true;
    to->script.steps = arena_array(r->arena, struct step, from->steps_count + 1);
    r->shared = true;
    read_steps(r, &to->names, &to->script, from->steps, from->steps_count,
               reading_at(r, "/before/%", index, 0));
    r->shared = false;
    to->script.conditions = validator_own(from->steps, from->steps_count);
}

static const struct shared *read_before(struct reading *r)
{
    struct shared *list =
        arena_array(r->arena, struct shared, r->record->before_count + 1);
    for (unsigned i = 0; i < r->record->before_count; i++)
        read_shared(r, &list[i], &r->record->before[i], i);
    return list;
}

/* How many of the operations begin with these steps. */
static size_t beginners(const struct shared *before, const struct naming *n)
{
    size_t of = 0;
    for (size_t k = 0; k < n->operation_count; k++)
        of += before->of[n->operations[k]->index];
    return of;
}

/* Puts what comes before into a script of these operations: all of them or none. */
static void begin_with(struct reading *r, const struct shared *before, struct naming *n,
                       struct script *script)
{
    for (unsigned i = 0; i < r->record->before_count; i++) {
        size_t of = beginners(&before[i], n);
        if (!of)
            continue;
        if (of != n->operation_count)
            err_set(r->err, reading_at(r, "/before/%/on", i, 0),
                    "%s shares its steps with an operation that this is not for",
                    n->operations[0]->id);
        memcpy(script->steps + script->count, before[i].script.steps,
               before[i].script.count * sizeof(*script->steps));
        script->count += before[i].script.count;
        script->conditions = script->conditions || before[i].script.conditions;
        script->only_reads = script->only_reads && before[i].script.only_reads;
        for (size_t k = 0; k < before[i].names.name_count; k++)
            reading_bind(n, before[i].names.names[k].name,
                         before[i].names.names[k].collection);
    }
}

static struct script *script_new(struct reading *r, const struct shared *before,
                                 struct naming *n, size_t own)
{
    struct script *script = arena_take(r->arena, sizeof(*script));
    size_t room = own;
    for (unsigned i = 0; i < r->record->before_count; i++)
        if (beginners(&before[i], n))
            room += before[i].script.count;
    script->steps = arena_array(r->arena, struct step, room + 1);
    script->only_reads = true;
    if (n->operation_count)
        begin_with(r, before, n, script);
    return script;
}

/* An operation that has no steps of its own still begins with what all begin with. */
static void read_others(struct reading *r, const struct shared *before,
                        const struct script **scripts)
{
    for (size_t i = 0; i < r->api->operation_count && r->record->before_count; i++) {
        const struct operation *op = &r->api->operations[i];
        struct naming n = reading_naming(r);
        n.operations = &op;
        n.operation_count = 1;
        if (scripts[i])
            continue;
        struct script *script = script_new(r, before, &n, 0);
        scripts[i] = script->count ? script : NULL;
    }
}

/* ---- operations ---- */

/* A path without a method means every operation that it has. */
static void claim(struct reading *r, const char *id, struct where w,
                  const struct operation **ops, size_t *count,
                  const struct script **scripts)
{
    size_t next = 0, found = 0;
    const struct operation *op;
    for (; (op = api_operation(r->api, str(id), &next)); found++) {
        bool own = false;
        for (size_t i = 0; i < *count; i++)
            own = own || ops[i] == op;
        if (scripts[op->index] || own)
            err_set(r->err, w, "the operation \"%.80s\" has a behaviour already", id);
        else
            ops[(*count)++] = op;
    }
    if (!found)
        no_operation(r, id, w);
}

static void read_operation(struct reading *r, const struct record_operation *record,
                           unsigned index, const struct shared *before,
                           const struct script **scripts)
{
    const struct operation **ops =
        arena_array(r->arena, const struct operation *, r->api->operation_count + 1);
    struct naming n = reading_naming(r);
    claim(r, record->id, reading_at(r, "/operations/%/id", index, 0), ops,
          &n.operation_count, scripts);
    for (unsigned i = 0; i < record->also_count; i++)
        claim(r, record->also[i], reading_at(r, "/operations/%/also/%", index, i), ops,
              &n.operation_count, scripts);
    n.operations = ops;
    struct script *script = script_new(r, before, &n, record->steps_count);
    for (size_t i = 0; i < n.operation_count; i++)
        scripts[ops[i]->index] = script;
    if (record->dry_run)
        script->dry_run = condition_read(
            &n, record->dry_run, reading_at(r, "/operations/%/dry_run", index, 0));
    read_steps(r, &n, script, record->steps, record->steps_count,
               reading_at(r, "/operations/%", index, 0));
    bool finds = false, lists = false;
    for (size_t i = 0; i < script->count; i++) {
        finds = finds || script->steps[i].kind == STEP_FIND;
        lists = lists || script->steps[i].kind == STEP_LIST;
    }
    script->single = finds && !lists;
    script->conditions =
        script->conditions || validator_own(record->steps, record->steps_count);
}

/* An inferred operation that cannot be read is answered from the document, and routes
 * --state says why. */
static void read_inferred(struct reading *r, unsigned i, const struct shared *before,
                          const struct script **scripts)
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
    read_operation(r, o, i, before, scripts);
    r->err = err;
    if (!op || (!own.errors && !broken))
        return;
    scripts[op->index] = NULL;
    in->does[op->index] = NULL;
    in->why[op->index] = own.first ? own.first->why : "its collection cannot be kept";
}

void read_operations(struct reading *r, const struct script **scripts)
{
    const struct shared *before = read_before(r);
    for (unsigned i = 0; i < r->record->operations_count; i++)
        if (r->inference && i >= r->inference->first_operation)
            read_inferred(r, i, before, scripts);
        else
            read_operation(r, &r->record->operations[i], i, before, scripts);
    read_others(r, before, scripts);
}

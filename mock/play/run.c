#include "play/run.h"

#include "api/accept.h"
#include "base/limits.h"
#include "play/member.h"
#include "play/shape.h"
#include "play/validator.h"

#include <stdlib.h>

bool run_fail(struct run *run, const struct error_plan *plan, int status,
              const char *detail)
{
    error_answer(plan, &run->b->wordings, run->s, status, detail, run->a);
    run->answered = run->failed = true;
    return false;
}

/* What was looked for, as a sentence. */
static const char *missing(struct run *run, const struct step *step)
{
    enum { MOST_SAID = 100 }; /* bytes of a value */
    struct buffer b = buffer_in(run->s->arena, LIMIT_HEAD_BYTES);
    bool said = false;
    buffer_add_text(&b, "nothing was found");
    for (size_t i = 0; i < step->where.count; i++) {
        const struct step_where *w = &step->where.list[i];
        const cJSON *value = expression_value(w->value, run->s);
        if (w->test != MATCH_IS || store_hides(run->s->store, step->of[0], w->at))
            continue;
        if (!value) {
            buffer_printf(&b, "; the call says nothing for %s", w->at);
            break;
        }
        const struct str text = utf8_cut(json_text(value, run->s->arena), MOST_SAID);
        buffer_printf(&b, "%s %s %.*s", said ? " and" : ": there is none with", w->at,
                      (int)text.len, text.ptr);
        said = true;
    }
    return buffer_str(&b).ptr;
}

bool run_miss(struct run *run, const struct step *step)
{
    run_fail(run, step->otherwise, 404, NULL);
    if (run->a->unworded) /* an API with words of its own has no place for ours */
        answer_problem(run->a, run->a->status, missing(run, step), run->s->arena);
    return false;
}

const cJSON *run_key(const struct run *run, size_t c, size_t slot)
{
    return store_key_of(&run->b->plan.collections[c],
                        store_get(run->s->store, c, slot));
}

/* ---- conditions of find, update, delete and list ---- */

/* A value that is compared with a reference's key may be an alias. */
static const cJSON *as_key(struct run *run, size_t c, const struct step_where *w,
                           const cJSON *value)
{
    const struct store_reference *r =
        w->keys ? member_reference(&run->b->plan, c, w->at, 0) : NULL;
    if (!r)
        return value;
    cJSON *copy = json_borrow(run->s->arena, value);
    if (json_is_array(copy))
        for (cJSON *one = copy->child; one; one = one->next)
            instance_resolve(run->b, r, one, run->s);
    else
        instance_resolve(run->b, r, copy, run->s);
    return copy;
}

/* A parameter is not always declared with the type of the member that it is compared
 * with: "7" means 7 where only numbers are, and the other way round. */
static const cJSON *as_type(struct run *run, const cJSON *value, unsigned types)
{
    const cJSON *other = NULL;
    if (json_is_string(value) && !(types & TYPE_STRING) &&
        (types & (TYPE_NUMBER | TYPE_INTEGER)))
        other = json_number_read(run->s->arena, str(value->valuestring));
    else if (json_is_string(value) && !(types & TYPE_STRING) && (types & TYPE_BOOLEAN))
        other = strcmp(value->valuestring, "true") == 0 ? json_bool(run->s->arena, true)
                : strcmp(value->valuestring, "false") == 0
                    ? json_bool(run->s->arena, false)
                    : NULL;
    else if (json_is_number(value) && types &&
             !(types & ~(unsigned)(TYPE_STRING | TYPE_NULL)))
        other = json_string(run->s->arena, json_text(value, run->s->arena));
    return other ? other : value;
}

/* A list of one thing wants that thing, of which an index knows. */
static const cJSON *as_one(const cJSON *value)
{
    const cJSON *only = json_is_array(value) ? value->child : NULL;
    return only && !only->next && !json_is_null(only) && !json_is_array(only) ? only
                                                                              : value;
}

bool run_conditions(struct run *run, const struct step *step,
                    const struct step_wheres *where, size_t c,
                    struct store_condition *list, size_t *count)
{
    bool optional = step->kind == STEP_LIST || step->kind == STEP_COUNT;
    *count = 0;
    for (size_t i = 0; i < where->count; i++) {
        const struct step_where *w = &where->list[i];
        if (w->when && !condition_holds(w->when, run->s))
            continue;
        const cJSON *value = as_type(run, expression_value(w->value, run->s), w->types);
        /* Nor does a list without items ask for anything: many clients send one for
         * every filter that is not set. */
        if (optional && (!value || (w->asked && json_is_array(value) && !value->child)))
            continue;
        if (!value)
            return false;
        list[(*count)++] =
            (struct store_condition){ .at = w->at,
                                      .way = &w->way,
                                      .value = as_one(as_key(run, c, w, value)),
                                      .test = w->test,
                                      .far = w->far };
    }
    return true;
}

static int compare_slots(const void *x, const void *y)
{
    const size_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* The part of what was followed that a page asks for, in the order of making. */
static size_t *followed(struct run *run, const struct step *step, size_t c, size_t from,
                        size_t at_most, size_t *count)
{
    size_t *slots, n, first = 0;
    *count = 0;
    if (!run_follow(run, step, c, &slots, &n) || !n)
        return NULL;
    qsort(slots, n, sizeof(*slots), compare_slots);
    while (first < n && slots[first] < from)
        first++;
    *count = n - first < at_most ? n - first : at_most;
    return slots + first;
}

size_t *run_matches(struct run *run, const struct step *step, size_t c, size_t from,
                    size_t at_most, size_t *count)
{
    struct store_condition *list =
        arena_array(run->s->arena, struct store_condition, step->where.count + 1);
    size_t n;
    *count = 0;
    if (step->follow)
        return followed(run, step, c, from, at_most, count);
    if (!run_conditions(run, step, &step->where, c, list, &n))
        return NULL;
    return store_find(run->s->store, c, list, n, from, at_most, run->s->arena, count);
}

/* ---- steps ---- */

void run_bind_at(struct run *run, const struct step *step, size_t c, size_t slot)
{
    if (step->as)
        scope_bind(run->s, (struct binding){ .name = step->as,
                                             .value = store_get(run->s->store, c, slot),
                                             .instances = true,
                                             .collection = c,
                                             .slot = slot });
}

void run_bind(struct run *run, const struct step *step, size_t c, const cJSON *value,
              bool list)
{
    if (step->as)
        scope_bind(run->s, (struct binding){ .name = step->as,
                                             .value = value,
                                             .instances = true,
                                             .list = list,
                                             .collection = c });
}

static bool run_find(struct run *run, const struct step *step)
{
    for (size_t i = 0; i < step->of_count; i++) {
        size_t n, *slots;
        if (!step->follow)
            slots = run_matches(run, step, step->of[i], 0, 1, &n);
        else if (!run_follow(run, step, step->of[i], &slots, &n))
            return false;
        if (!n)
            continue;
        if (step->follow) /* the end of the chain */
            slots += n - 1;
        run_bind_at(run, step, step->of[i], slots[0]);
        run_note_read(run, step->of[i], slots[0]);
        return true;
    }
    run_bind(run, step, step->of[0], NULL, false);
    return !step->otherwise || run_miss(run, step);
}

/* How many instances meet the step's conditions. */
static size_t tally(struct run *run, const struct step *step, size_t c)
{
    struct store_condition *list =
        arena_array(run->s->arena, struct store_condition, step->where.count + 1);
    size_t n;
    if (step->follow) {
        run_matches(run, step, c, 0, SIZE_MAX, &n);
        return n;
    }
    return run_conditions(run, step, &step->where, c, list, &n)
               ? store_tally(run->s->store, c, list, n, run->s->arena)
               : 0;
}

static bool run_count(struct run *run, const struct step *step)
{
    size_t total = 0;
    for (size_t i = 0; i < step->of_count; i++)
        total += tally(run, step, step->of[i]);
    if (step->as)
        scope_bind(run->s, (struct binding){
                               .name = step->as,
                               .value = json_integer(run->s->arena, (int64_t)total) });
    return !run->failed;
}

/* The body brought into the form that the document declares; what nobody gave is always
 * sampled alike, so that reading twice gives the same. */
static bool shaped(struct run *run, const struct media *m)
{
    struct chance still = { 0 };
    struct answer *a = run->a;
    struct arena *arena = run->s->arena;
    if (!schema_check(m->schema, a->body, DIRECTION_RESPONSE, "", arena, NULL))
        a->body = shape_fit(m->schema, json_copy(arena, a->body), NULL, &still, arena);
    a->fits = a->body != NULL; /* so it need not be asked again */
    return a->fits;
}

/* Of several types that a reply declares, the one that the client wants most, if a tree
 * can be written so; else JSON. */
static const struct media *wanted(const struct run *run, const struct reply *reply,
                                  const struct media *json, const char **type)
{
    static const bool written[] = { [MEDIA_JSON] = true,
                                    [MEDIA_LINES] = true,
                                    [MEDIA_SEQUENCE] = true,
                                    [MEDIA_XML] = true,
                                    [MEDIA_BYTES] = false };
    struct offer offer;
    if (!reply || reply->media_count < 2 ||
        !accept_choose(run->s->request, reply, run->s->arena, &offer) || !offer.media ||
        !written[offer.media->kind])
        return json;
    *type = offer.type;
    return offer.media;
}

static bool run_answer(struct run *run, const struct step *step)
{
    struct answer *a = run->a;
    const struct answer before = *a;
    const struct reply *reply = operation_reply(run->s->operation, step->status);
    const struct media *json = reply_json(reply), *m;
    a->status = step->status;
    a->content_type = json                          ? json->type
                      : reply && reply->media_count ? reply->media[0].type
                                                    : "application/json";
    m = wanted(run, reply, json, &a->content_type);
    run->s->rendered = true;
    run->s->nulls = step->shape;
    a->body = step->body ? template_value(step->body, run->s) : NULL;
    run->s->nulls = false;
    /* What was broken on purpose is not mended here. */
    if (step->shape && a->body && m && m->schema && !run->s->broken &&
        !shaped(run, m)) {
        *a = before; /* the document's own example will have to do */
        run->s->rendered = false;
        return false;
    }
    for (size_t i = 0; i < step->header_count; i++) {
        const cJSON *value = expression_value(step->headers[i].value, run->s);
        if (json_is_string(value))
            answer_header(a, step->headers[i].name, str(value->valuestring));
    }
    run->s->rendered = false;
    run->answered = true;
    a->same = step->same && m == json;
    validator_stamp(run->b, run->s, step->whole, a);
    return false;
}

static bool run_step(struct run *run, const struct step *step);

/* What the steps within bind for the first time is forgotten after each turn. */
static bool run_each(struct run *run, const struct step *step)
{
    const cJSON *list = expression_value(step->each, run->s);
    const size_t outside = run->s->binding_count;
    bool on = true;
    if (!json_is_array(list))
        return true;
    if (json_count(list) > LIMIT_TURNS)
        return run_fail(
            run, NULL, 413,
            arena_printf(run->s->arena, "more than %d items at once", LIMIT_TURNS));
    for (const cJSON *item = list->child; item && on; item = item->next) {
        scope_bind(run->s, (struct binding){ .name = step->as, .value = item });
        for (size_t i = 0; i < step->step_count && on; i++)
            on = run_step(run, &step->steps[i]);
        run->s->binding_count = outside;
    }
    return on;
}

static bool run_step(struct run *run, const struct step *step)
{
    if (step->when && !condition_holds(step->when, run->s)) {
        if (step->as && step->kind != STEP_EACH && !scope_binding(run->s, step->as))
            run_bind(run, step, step->of_count ? step->of[0] : 0,
                     step->kind == STEP_UPDATE ? json_array(run->s->arena) : NULL,
                     step->kind == STEP_UPDATE);
        return true;
    }
    switch (step->kind) {
    case STEP_FIND:
        return run_find(run, step);
    case STEP_CREATE:
        return run_create(run, step);
    case STEP_UPDATE:
        return run_update(run, step);
    case STEP_DELETE:
        return run_delete(run, step);
    case STEP_LIST:
        return run_list(run, step);
    case STEP_COUNT:
        return run_count(run, step);
    case STEP_REQUIRE:
        return condition_holds(step->require, run->s) ||
               run_fail(run, step->otherwise, 400, "a condition does not hold");
    case STEP_ANSWER:
        return run_answer(run, step);
    case STEP_EACH:
        return run_each(run, step);
    }
    return true;
}

static int64_t *sequences_of(const struct behaviour *b, const struct scope *s)
{
    int64_t *list = arena_array(s->arena, int64_t, b->plan.sequence_count + 1);
    for (size_t i = 0; i < b->plan.sequence_count; i++)
        list[i] = store_sequence(s->store, i);
    return list;
}

/* A call may peek when it has run: what it has changed is seen, and stays. */
static bool perform(const struct behaviour *b, struct scope *s, struct answer *a,
                    bool peek)
{
    const struct script *script = b->scripts[s->operation->index];
    struct run run = { .b = b, .s = s, .a = a };
    if (!script)
        return false;
    s->drawn = arena_array(s->arena, int64_t, b->plan.sequence_count + 1);
    for (size_t i = 0; i < b->plan.sequence_count; i++)
        s->drawn[i] = -1;
    run.only_reads = script->only_reads;
    bool inside = store_marked(s->store);
    size_t point = store_point(s->store);
    int64_t *sequences = inside ? sequences_of(b, s) : NULL;
    if (!inside)
        store_mark(s->store);
    run_due(&run);
    for (size_t i = 0; i < script->count; i++)
        if (!run_step(&run, &script->steps[i]))
            break;
    a->dry = script->dry_run && condition_holds(script->dry_run, s);
    bool keep = run.answered && !run.failed && !peek && !a->dry;
    if (keep) {
        run_count_reads(&run);
        run_tell(&run, point);
    } else if (inside) {
        store_undo_to(s->store, point);
        for (size_t i = 0; i < b->plan.sequence_count; i++)
            store_sequence_set(s->store, i, sequences[i]);
    } else {
        store_undo(s->store);
    }
    if (run.answered) {
        a->voice = run.failed ? "refusal" : "behaviour";
        a->single = script->single && !run.failed;
    }
    return run.answered;
}

bool behaviour_run(const struct behaviour *b, struct scope *s, struct answer *a)
{
    return perform(b, s, a, false);
}

bool behaviour_peek(const struct behaviour *b, struct scope *s, struct answer *a)
{
    return perform(b, s, a, true);
}

bool behaviour_knows(const struct behaviour *b, const struct operation *op)
{
    return b->scripts[op->index] != NULL;
}

bool behaviour_is_single(const struct behaviour *b, const struct operation *op)
{
    return b->scripts[op->index] && b->scripts[op->index]->single;
}

bool behaviour_has_conditions(const struct behaviour *b, const struct operation *op)
{
    return b->scripts[op->index] && b->scripts[op->index]->conditions;
}

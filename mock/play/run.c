#include "play/script.h"

#include "base/limits.h"
#include "doc/pointer.h"

#include <stdlib.h>

/* One run of a script. */
struct run {
    const struct behaviour *b;
    struct scope *s;
    struct answer *a;
    bool answered, failed;
};

static bool fail(struct run *run, const struct error_plan *plan, int status,
                 const char *detail)
{
    error_answer(plan, &run->b->wordings, run->s, status, detail, run->a);
    run->answered = run->failed = true;
    return false;
}

static void forget_draws(struct run *run)
{
    for (size_t i = 0; i < run->b->plan.sequence_count; i++)
        run->s->drawn[i] = -1;
}

/* ---- instances ---- */

static const char *key_text(const struct behaviour *b, size_t c, size_t slot,
                            const struct store *s)
{
    const cJSON *key = pointer_get(store_get(s, c, slot), b->plan.collections[c].key);
    return json_is_string(key) ? key->valuestring : "";
}

/* The key that a text means in a reference's collections; NULL when it means none. */
static const char *resolved(const struct behaviour *b, const struct store_reference *r,
                            const char *text, const struct store *s)
{
    size_t slot;
    for (size_t i = 0; i < r->of_count; i++)
        if (store_key(s, r->of[i], text, &slot))
            return key_text(b, r->of[i], slot, s);
    return NULL;
}

static bool resolve_node(const struct behaviour *b, const struct store_reference *r,
                         cJSON *node, struct scope *s)
{
    const char *key =
        json_is_string(node) ? resolved(b, r, node->valuestring, s->store) : NULL;
    if (key)
        node->valuestring = arena_copy(s->arena, str(key));
    return key != NULL;
}

const struct store_reference *instance_finish(const struct behaviour *b, size_t c,
                                              cJSON *tree, bool created,
                                              struct scope *s)
{
    const struct store_collection *plan = &b->plan.collections[c];
    const struct collection_rules *rules = &book_of(b)->rules[c];
    if (created) {
        s->item = tree;
        for (size_t i = 0; i < rules->default_count; i++) {
            const cJSON *value = pointer_get(tree, rules->defaults[i].at)
                                     ? NULL
                                     : expression_value(rules->defaults[i].to, s);
            if (value)
                pointer_set(s->arena, tree, rules->defaults[i].at,
                            json_copy(s->arena, value));
        }
        s->item = NULL;
    }
    for (size_t i = 0; i < plan->reference_count; i++) {
        const struct store_reference *r = &plan->references[i];
        cJSON *value = pointer_get(tree, r->at);
        if (!value || json_is_null(value))
            continue;
        if (!json_is_array(value)) {
            if (!resolve_node(b, r, value, s))
                return r;
            continue;
        }
        for (cJSON *one = value->child; one; one = one->next)
            if (!resolve_node(b, r, one, s))
                return r;
    }
    return NULL;
}

void instance_stamp(const struct behaviour *b, size_t c, cJSON *tree, bool created,
                    struct scope *s)
{
    const struct collection_rules *rules = &book_of(b)->rules[c];
    struct arena *arena = s->arena;
    char now[CLOCK_TEXT];
    clock_write(s->now, s->format.digits, s->format.utc, now);
    const cJSON *first = NULL;
    for (size_t i = 0; created && i < rules->created_count; i++) {
        if (!pointer_get(tree, rules->created[i]))
            pointer_set(arena, tree, rules->created[i], json_string(arena, str(now)));
        if (!first)
            first = pointer_get(tree, rules->created[i]);
    }
    for (size_t i = 0; i < rules->updated_count; i++)
        if (!created)
            pointer_set(arena, tree, rules->updated[i], json_string(arena, str(now)));
        else if (!pointer_get(tree, rules->updated[i]))
            pointer_set(arena, tree, rules->updated[i],
                        first ? json_copy(arena, first) : json_string(arena, str(now)));
    if (!rules->version)
        return;
    const cJSON *old = pointer_get(tree, rules->version);
    int64_t version = json_is_number(old) ? (int64_t)old->valuedouble : 0;
    if (!created || !old)
        pointer_set(arena, tree, rules->version, json_integer(arena, version + 1));
}

/* Absent: left alone. null: taken away. */
static void apply_sets(struct run *run, const struct step *step, cJSON *tree)
{
    for (size_t i = 0; i < step->set_count; i++) {
        const cJSON *value = expression_value(step->set[i].to, run->s);
        if (!value)
            continue;
        if (json_is_null(value))
            pointer_remove(tree, step->set[i].at);
        else
            pointer_set(run->s->arena, tree, step->set[i].at,
                        json_copy(run->s->arena, value));
    }
}

static bool stored(struct run *run, const struct step *step, enum store_answer answer)
{
    switch (answer) {
    case STORE_OK:
        return true;
    case STORE_TAKEN:
        return fail(run, step->otherwise, 409, "a value that must be unique is taken");
    case STORE_FULL:
        return fail(run, NULL, 507, "the collection holds as many instances as it may");
    }
    return false;
}

static bool finish(struct run *run, size_t c, cJSON *tree, bool created)
{
    const struct store_reference *lost =
        instance_finish(run->b, c, tree, created, run->s);
    instance_stamp(run->b, c, tree, created, run->s);
    if (!lost)
        return true;
    return fail(run, lost->otherwise, 400,
                arena_printf(run->s->arena,
                             "%s refers to something that does not exist", lost->at));
}

/* ---- conditions of find, update, delete and list ---- */

/* A value that is compared with a reference's key may be an alias. */
static const cJSON *as_key(struct run *run, size_t c, const char *at,
                           const cJSON *value)
{
    const struct store_collection *plan = &run->b->plan.collections[c];
    for (size_t i = 0; i < plan->reference_count; i++) {
        const struct store_reference *r = &plan->references[i];
        if (strcmp(r->at, at) != 0)
            continue;
        cJSON *copy = json_copy(run->s->arena, value);
        if (json_is_array(copy))
            for (cJSON *one = copy->child; one; one = one->next)
                resolve_node(run->b, r, one, run->s);
        else
            resolve_node(run->b, r, copy, run->s);
        return copy;
    }
    return value;
}

/* False when a value is absent, so that nothing can be met; a list leaves such a
 * condition out instead. */
static bool conditions_of(struct run *run, const struct step *step, size_t c,
                          struct store_condition *list, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < step->where_count; i++) {
        const cJSON *value = expression_value(step->where[i].is, run->s);
        if (!value && step->kind == STEP_LIST)
            continue;
        if (!value)
            return false;
        list[*count].at = step->where[i].at;
        list[(*count)++].value = as_key(run, c, step->where[i].at, value);
    }
    return true;
}

static size_t *matches(struct run *run, const struct step *step, size_t c, size_t from,
                       size_t at_most, size_t *count)
{
    struct store_condition *list =
        arena_array(run->s->arena, struct store_condition, step->where_count + 1);
    size_t n;
    *count = 0;
    if (!conditions_of(run, step, c, list, &n))
        return NULL;
    return store_find(run->s->store, c, list, n, from, at_most, run->s->arena, count);
}

/* ---- steps ---- */

static void bind(struct run *run, const struct step *step, size_t c, const cJSON *value,
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
        size_t n, *slots = matches(run, step, step->of[i], 0, 1, &n);
        if (!n)
            continue;
        bind(run, step, step->of[i], store_get(run->s->store, step->of[i], slots[0]),
             false);
        return true;
    }
    bind(run, step, step->of[0], NULL, false);
    return !step->otherwise || fail(run, step->otherwise, 404, "nothing was found");
}

static bool run_create(struct run *run, const struct step *step)
{
    cJSON *tree = json_object(run->s->arena);
    size_t c = step->of[0], slot;
    forget_draws(run);
    apply_sets(run, step, tree);
    if (!finish(run, c, tree, true) ||
        !stored(run, step, store_insert(run->s->store, c, tree, &slot)))
        return false;
    bind(run, step, c, store_get(run->s->store, c, slot), false);
    return true;
}

/* The list that updates of one name append to. */
static cJSON *changed_list(struct run *run, const struct step *step)
{
    const struct binding *b = step->as ? scope_binding(run->s, step->as) : NULL;
    cJSON *list = json_array(run->s->arena);
    for (const cJSON *one = b && b->value ? b->value->child : NULL; one;
         one = one->next)
        json_push(list, json_copy(run->s->arena, one));
    return list;
}

static bool run_update(struct run *run, const struct step *step)
{
    cJSON *changed = changed_list(run, step);
    size_t total = 0;
    for (size_t i = 0; i < step->of_count; i++) {
        size_t c = step->of[i], n;
        size_t *slots = matches(run, step, c, 0, SIZE_MAX, &n);
        total += n;
        for (size_t j = 0; j < n; j++) {
            cJSON *tree =
                json_copy(run->s->arena, store_get(run->s->store, c, slots[j]));
            run->s->item = store_get(run->s->store, c, slots[j]);
            apply_sets(run, step, tree);
            run->s->item = NULL;
            if (!finish(run, c, tree, false) ||
                !stored(run, step, store_replace(run->s->store, c, slots[j], tree)))
                return false;
            json_push(changed, json_copy(run->s->arena, tree));
        }
    }
    bind(run, step, step->of[0], changed, true);
    return total || !step->otherwise ||
           fail(run, step->otherwise, 404, "nothing was found");
}

static bool run_delete(struct run *run, const struct step *step)
{
    size_t total = 0;
    for (size_t i = 0; i < step->of_count; i++) {
        size_t n, *slots = matches(run, step, step->of[i], 0, SIZE_MAX, &n);
        for (size_t j = 0; j < n; j++)
            store_remove(run->s->store, step->of[i], slots[j]);
        total += n;
    }
    return total || !step->otherwise ||
           fail(run, step->otherwise, 404, "nothing was found");
}

/* A cursor is opaque to clients: slot and key of the row it stands at, as hexadecimal.
 * The key finds the row after others came and went; the slot, when it went itself. */
static cJSON *cursor_of(struct run *run, size_t c, size_t slot)
{
    struct buffer b = buffer_in(run->s->arena, LIMIT_HEAD_BYTES);
    const char *text = arena_printf(run->s->arena, "%zu:%s", slot,
                                    key_text(run->b, c, slot, run->s->store));
    for (const char *p = text; *p; p++)
        buffer_printf(&b, "%02x", (unsigned char)*p);
    return json_string(run->s->arena, buffer_str(&b));
}

static bool cursor_read(struct run *run, size_t c, const char *text, size_t *slot)
{
    size_t len = strlen(text);
    char *plain = arena_take(run->s->arena, len / 2 + 1), *end;
    for (size_t i = 0; i + 1 < len; i += 2) {
        const char pair[] = { text[i], text[i + 1], '\0' };
        plain[i / 2] = (char)strtol(pair, &end, 16);
        if (*end || !plain[i / 2])
            return false;
    }
    *slot = strtoull(plain, &end, 10);
    if (len % 2 || end == plain || *end != ':')
        return false;
    store_key(run->s->store, c, end + 1, slot);
    return true;
}

static const char *text_of(const struct expression *e, struct scope *s)
{
    const cJSON *value = e ? expression_value(e, s) : NULL;
    return json_is_string(value) && value->valuestring[0] ? value->valuestring : NULL;
}

static bool run_list(struct run *run, const struct step *step)
{
    struct scope *s = run->s;
    const char *cursor = text_of(step->cursor, s), *mode = text_of(step->mode, s);
    const cJSON *asked = step->limit ? expression_value(step->limit, s) : NULL;
    bool before = mode && strcmp(mode, "before") == 0;
    size_t c = step->of[0], limit = step->page ? step->page : LIMIT_LIST_ROWS;
    size_t anchor = before ? SIZE_MAX : 0, n;
    if (json_is_number(asked) && asked->valuedouble >= 1 &&
        asked->valuedouble < LIMIT_LIST_ROWS)
        limit = (size_t)asked->valuedouble;
    if (cursor && !cursor_read(run, c, cursor, &anchor))
        return fail(run, step->otherwise, 400, "the cursor is none that was given out");

    size_t from = cursor && !before ? anchor + 1 : 0;
    size_t *slots = matches(run, step, c, from, before ? SIZE_MAX : limit + 1, &n);
    size_t first = 0, past = n < limit ? n : limit;
    if (before) {
        while (n && slots[n - 1] >= anchor)
            n--;
        past = n;
        first = n > limit ? n - limit : 0;
    }
    cJSON *page = json_object(s->arena), *items = json_array(s->arena);
    json_add(page, "items", items);
    for (size_t i = first; i < past; i++)
        json_push(items, store_render(s->store, c, store_get(s->store, c, slots[i]),
                                      s->arena));
    if (first < past && (before ? cursor != NULL : past < n))
        json_add(page, "next_cursor", cursor_of(run, c, slots[past - 1]));
    if (first < past && (before ? first > 0 : cursor != NULL))
        json_add(page, "prev_cursor", cursor_of(run, c, slots[first]));
    scope_bind(s,
               (struct binding){ .name = step->as ? step->as : "page", .value = page });
    return true;
}

static bool run_answer(struct run *run, const struct step *step)
{
    struct answer *a = run->a;
    a->status = step->status;
    run->s->rendered = true;
    a->body = step->body ? template_value(step->body, run->s) : NULL;
    const struct reply *reply = operation_reply(run->s->operation, step->status);
    const struct media *m = reply_json(reply);
    a->content_type = m ? m->type : "application/json";
    for (size_t i = 0; i < step->header_count; i++) {
        const cJSON *value = expression_value(step->headers[i].value, run->s);
        if (json_is_string(value))
            answer_header(a, step->headers[i].name, str(value->valuestring));
    }
    run->s->rendered = false;
    run->answered = true;
    return false;
}

static bool run_step(struct run *run, const struct step *step)
{
    if (step->when && !condition_holds(step->when, run->s)) {
        if (step->as && !scope_binding(run->s, step->as))
            bind(run, step, step->of_count ? step->of[0] : 0,
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
    case STEP_REQUIRE:
        return condition_holds(step->require, run->s) ||
               fail(run, step->otherwise, 400, "a condition does not hold");
    case STEP_ANSWER:
        return run_answer(run, step);
    }
    return true;
}

bool behaviour_run(const struct behaviour *b, struct scope *s, struct answer *a)
{
    const struct script *script = b->scripts[s->operation->index];
    struct run run = { .b = b, .s = s, .a = a };
    if (!script)
        return false;
    s->drawn = arena_array(s->arena, int64_t, b->plan.sequence_count + 1);
    forget_draws(&run);
    store_mark(s->store);
    for (size_t i = 0; i < script->count; i++)
        if (!run_step(&run, &script->steps[i]))
            break;
    bool keep = run.answered && !run.failed &&
                !(script->dry_run && condition_holds(script->dry_run, s));
    if (keep)
        store_keep(s->store);
    else
        store_undo(s->store);
    if (run.answered)
        a->voice = run.failed ? "refusal" : "behaviour";
    return run.answered;
}

#include "play/run.h"

#include "doc/pointer.h"

/* One `set` of a step under way. */
struct setting {
    struct run *run;
    const struct step_set *set;
    size_t c;
};

/* ---- aliases in what lists are given ---- */

struct resolving {
    struct run *run;
    const struct store_reference *r;
};

static bool resolve(cJSON *key, void *context)
{
    struct resolving *to = context;
    instance_resolve(to->run->b, to->r, key, to->run->s);
    return false; /* one that leads nowhere is found when the instance is finished */
}

/* What a reference's place has left behind that of a list's items; NULL when it does
 * not stand in them. */
static const char *inside(const struct store_reference *r, const char *list)
{
    size_t len = strlen(list);
    if (strncmp(r->at.text, list, len) != 0)
        return NULL;
    if (!r->at.text[len])
        return "";
    return strncmp(r->at.text + len, "/*", 2) == 0 ? r->at.text + len + 2 : NULL;
}

/* Items are compared by their keys, so aliases in new ones become keys first. */
static void resolve_item(const struct setting *to, cJSON *item)
{
    const struct store_collection *plan = &to->run->b->plan.collections[to->c];
    for (size_t i = 0; i < plan->reference_count; i++) {
        struct resolving one = { to->run, &plan->references[i] };
        const char *rest = inside(one.r, to->set->at.text);
        bool is_key = rest && to->set->by && strcmp(rest, to->set->by) == 0;
        if (rest && (is_key && json_is_string(item)))
            resolve(item, &one);
        else if (rest)
            pointer_each(item, rest, resolve, &one);
    }
}

/* ---- lists ---- */

static bool has_all(const cJSON *have, const cJSON *part)
{
    for (const cJSON *m = part->child; m; m = m->next) {
        const cJSON *own = json_member(have, m->string);
        if (!own || !json_equal(own, m))
            return false;
    }
    return true;
}

/* Whether an item is the one that another value means. */
static bool is_same(const struct setting *to, const cJSON *item, const cJSON *other)
{
    const char *by = to->set->by;
    if (by) {
        const cJSON *have = pointer_get(item, by);
        const cJSON *want = json_is_object(other) ? pointer_get(other, by) : other;
        return have && want && json_equal(have, want);
    }
    if (to->set->verb == SET_REMOVE && json_is_object(item) && json_is_object(other))
        return has_all(item, other);
    return json_equal(item, other);
}

static void insert(cJSON *list, cJSON *item, size_t place)
{
    cJSON *next = list->child;
    for (; next && place; place--)
        next = next->next;
    if (!next) {
        json_push(list, item);
        return;
    }
    item->next = next;
    item->prev = next->prev;
    if (next == list->child)
        list->child = item;
    else
        next->prev->next = item;
    next->prev = item;
}

static void take_out(const struct setting *to, cJSON *list, const cJSON *other)
{
    for (cJSON *item = list->child, *next; item; item = next) {
        next = item->next;
        if (is_same(to, item, other))
            json_detach(list, item);
    }
}

/* An item that is there already is taken anew where it stands, or is moved. */
static void add_item(const struct setting *to, cJSON *list, cJSON *item,
                     const cJSON *position)
{
    if (position && position->valuedouble >= 0) {
        take_out(to, list, item);
        insert(list, item,
               position->valuedouble < 1e9 ? (size_t)position->valuedouble : SIZE_MAX);
        return;
    }
    for (cJSON *have = list->child; have; have = have->next)
        if (is_same(to, have, item)) {
            json_become(have, item);
            return;
        }
    json_push(list, item);
}

static void change_list(const struct setting *to, cJSON *tree, cJSON *value)
{
    struct scope *s = to->run->s;
    const struct step_set *set = to->set;
    cJSON *list = way_get(tree, &set->at), *next;
    const cJSON *position = set->position ? expression_value(set->position, s) : NULL;
    int64_t at = 0;
    if (!json_is_number(position))
        position = NULL;
    if (!json_is_array(list)) {
        if (set->verb == SET_REMOVE)
            return;
        list = json_array(s->arena);
        way_set(s->arena, tree, &set->at, list);
    }
    cJSON *one = json_is_array(value) ? value->child : value;
    for (; one; one = next) {
        next = json_is_array(value) ? one->next : NULL;
        resolve_item(to, one);
        if (set->verb == SET_REMOVE) {
            take_out(to, list, one);
            continue;
        }
        one->next = one->prev = NULL;
        add_item(to, list, one,
                 position ? json_integer(s->arena, json_whole(position, 0) + at++)
                          : NULL);
    }
}

/* ---- values ---- */

/* `to` for each item of a list; one value that is no list counts as its only item. */
static cJSON *mapped(const struct step_set *set, struct scope *s)
{
    const cJSON *list = expression_value(set->each, s);
    if (!list || json_is_null(list))
        return list ? json_null(s->arena) : NULL;
    cJSON *out = json_array(s->arena);
    const cJSON *one = json_is_array(list) ? list->child : list;
    for (; one; one = json_is_array(list) ? one->next : NULL) {
        s->each = one;
        const cJSON *value = expression_value(set->to, s);
        if (value)
            json_push(out, json_borrow(s->arena, value));
    }
    s->each = NULL;
    return out;
}

static cJSON *value_of(const struct step_set *set, struct scope *s)
{
    if (set->each)
        return mapped(set, s);
    const cJSON *value = expression_value(set->to, s);
    return value ? json_borrow(s->arena, value) : NULL;
}

/* Absent: left alone. null: taken away. */
void run_sets(struct run *run, const struct step_set *sets, size_t count, size_t c,
              cJSON *tree)
{
    for (size_t i = 0; i < count; i++) {
        const struct setting to = { run, &sets[i], c };
        if (to.set->when && !condition_holds(to.set->when, run->s))
            continue;
        cJSON *value = value_of(to.set, run->s);
        if (!value)
            continue;
        if (to.set->verb != SET_TO) {
            if (!json_is_null(value))
                change_list(&to, tree, value);
        } else if (json_is_null(value)) {
            pointer_remove(tree, to.set->at.text);
        } else {
            way_set(run->s->arena, tree, &to.set->at, value);
        }
    }
}

#include "api/media.h"
#include "api/param_text.h"
#include "doc/patch.h"
#include "doc/pointer.h"
#include "play/mistake.h"
#include "play/state.h"
#include "serve/admin_question.h"

void admin_state(struct question *q)
{
    LOCKED(q);
    state_due(q->service->world, q->ns, q->arena);
    cJSON *body = question_counts(q);
    UNLOCKED(q);
    question_reply(q, 200, body);
}

/* The collection that the path names, with all that is due by now; false, and a
 * problem, when there is none. The lock is held. */
static bool find_shelf(struct question *q, struct shelf_of *shelf)
{
    state_due(q->service->world, q->ns, q->arena);
    if (state_find(q->service->world, q->ns, q->values[0], q->values[1], shelf))
        return true;
    const struct world *w = q->service->world;
    cJSON *apis = json_array(q->arena), *collections = json_array(q->arena);
    bool known = false;
    for (size_t i = 0; i < w->cast.count; i++) {
        const struct store_plan *plan = &w->behaviours[i]->plan;
        bool meant = str_is(q->values[0], w->cast.apis[i]->name);
        json_push(apis, question_word(q, w->cast.apis[i]->name));
        for (size_t c = 0; meant && c < plan->collection_count; c++)
            json_push(collections, question_word(q, plan->collections[c].name));
        known |= meant;
    }
    question_none(q, known ? "collection" : "API", q->values[known ? 1 : 0],
                  known ? collections : apis, "GET /__admin/state");
    return false;
}

static const struct store_collection *plan_of(const struct shelf_of *s)
{
    return &s->w->behaviours[s->api]->plan.collections[s->collection];
}

/* ---- a page of instances ---- */

struct filter {
    struct store_condition list[LIMIT_QUERY_VALUES];
    size_t count;
};

/* What a value of a query may mean: the text, or the JSON that it is. */
static const cJSON *meant(struct question *q, struct str text)
{
    struct json_error why;
    cJSON *word = json_string(q->arena, text);
    cJSON *json = json_read(text, 1, q->arena, &why);
    if (!json || json_is_string(json))
        return word;
    cJSON *either = json_array(q->arena);
    json_push(either, word);
    json_push(either, json);
    return either;
}

/* ?/state=open&/owner/id=7: names that are JSON pointers. False, and a problem, when a
 * value cannot be read. */
static bool read_filter(struct question *q, struct filter *f)
{
    struct str rest = q->request->query, pair, name, value;
    while (rest.ptr && str_split(&rest, '&', &pair)) {
        str_split(&pair, '=', &name);
        value = pair.ptr ? pair : STR("");
        if (!percent_decode(name, true, q->arena, &name) ||
            !percent_decode(value, true, q->arena, &value)) {
            question_problem(q, 400, "/query: expected percent-encoded UTF-8");
            return false;
        }
        if (!str_starts(name, STR("/")))
            continue;
        const char *at = arena_copy(q->arena, name);
        if (!pointer_valid(at) || f->count == COUNT(f->list)) {
            question_problem(q, 400,
                             arena_printf(q->arena,
                                          "/query: %.80s is no JSON pointer, or one "
                                          "too many",
                                          at));
            return false;
        }
        f->list[f->count++] = (struct store_condition){
            .at = at, .value = meant(q, value), .far = strstr(at, "/*") != NULL
        };
    }
    return true;
}

static cJSON *page(struct question *q, const struct shelf_of *s, const struct filter *f,
                   size_t offset, size_t limit)
{
    cJSON *body = json_object(q->arena), *list = json_array(q->arena);
    size_t n, *slots = store_find(s->store, s->collection, f->list, f->count, 0,
                                  SIZE_MAX, q->arena, &n);
    for (size_t i = offset; i < n && i - offset < limit; i++)
        json_push(list,
                  json_copy(q->arena, store_get(s->store, s->collection, slots[i])));
    json_add(body, "instances", list);
    json_add(body, "total", json_integer(q->arena, (int64_t)n));
    if (n > offset && n - offset > limit)
        json_add(body, "next_offset",
                 json_integer(q->arena, (int64_t)(offset + limit)));
    return body;
}

void admin_collection(struct question *q)
{
    struct shelf_of shelf;
    struct filter *f = arena_take(q->arena, sizeof(*f));
    size_t offset = question_number(q, "offset", 0);
    size_t limit = question_number(q, "limit", LIMIT_LIST_ROWS);
    if (!read_filter(q, f))
        return;
    LOCKED(q);
    if (find_shelf(q, &shelf))
        question_reply(q, 200, page(q, &shelf, f, offset, limit));
    UNLOCKED(q);
}

/* ---- one instance ---- */

static bool find_slot(struct question *q, const struct shelf_of *s, const char *key,
                      size_t *slot)
{
    if (state_slot(s, key, q->arena, slot))
        return true;
    question_problem(q, 404,
                     arena_printf(q->arena, "%s has no instance of the key \"%s\"",
                                  plan_of(s)->name,
                                  arena_copy(q->arena, utf8_cut(str(key), 80))));
    return false;
}

static cJSON *copy_at(struct question *q, const struct shelf_of *s, size_t slot)
{
    return json_copy(q->arena, store_get(s->store, s->collection, slot));
}

void admin_instance(struct question *q)
{
    struct shelf_of shelf;
    size_t slot;
    const char *key = arena_copy(q->arena, q->values[2]);
    LOCKED(q);
    if (find_shelf(q, &shelf) && find_slot(q, &shelf, key, &slot))
        question_reply(q, 200, copy_at(q, &shelf, slot));
    UNLOCKED(q);
}

/* ---- changing one ---- */

static void store(struct question *q, const struct shelf_of *s, cJSON *tree)
{
    const cJSON *stored = NULL;
    cJSON *errors = json_array(q->arena);
    switch (state_put(s, tree, question_flag(q, "force"), "/body", q->arena, errors,
                      &stored)) {
    case STATE_MADE:
        question_reply(q, 201, json_copy(q->arena, stored));
        break;
    case STATE_REPLACED:
        question_reply(q, 200, json_copy(q->arena, stored));
        break;
    case STATE_BROKEN:
        question_mistakes(q, 422,
                          "the instance would be broken; ?force stores it all the same",
                          errors);
        break;
    case STATE_TAKEN:
        question_mistakes(q, 409, "the key or a unique value is another instance's",
                          errors);
        break;
    case STATE_FULL:
        question_problem(q, 507, "the collection holds as many instances as it may");
        break;
    }
}

/* Whether tree is an instance of the key that the path names; one that has none gets
 * it. */
static bool fits_path(struct question *q, const struct shelf_of *s, cJSON *tree,
                      const cJSON *key)
{
    const char *at = plan_of(s)->key;
    cJSON *errors = json_array(q->arena);
    const char *wanted = json_text(key, q->arena).ptr;
    if (!json_is_object(tree)) {
        mistake_add(errors, q->arena, "/body", "type", "an object", json_kind(tree));
    } else {
        const cJSON *own = pointer_get(tree, at);
        if (!own && pointer_set(q->arena, tree, at, json_copy(q->arena, key)))
            return true;
        if (own && json_equal(own, key))
            return true;
        mistake_add(errors, q->arena, arena_printf(q->arena, "/body%s", at), "key",
                    arena_printf(q->arena, "%s, the key in the path", wanted),
                    own ? json_text(own, q->arena).ptr : "nothing");
    }
    question_mistakes(q, 422, "the body is no instance of that key", errors);
    return false;
}

/* change gives what an instance becomes, from what it is (NULL: it is not there yet)
 * and the body; NULL, and a problem, when that is nothing. */
static void change_instance(struct question *q, const cJSON *body,
                            cJSON *(*change)(struct question *q, const cJSON *old,
                                             const cJSON *body),
                            bool create)
{
    struct shelf_of shelf;
    size_t slot;
    const char *name = arena_copy(q->arena, q->values[2]);
    LOCKED(q);
    if (find_shelf(q, &shelf)) {
        const cJSON *old = NULL;
        if (state_slot(&shelf, name, q->arena, &slot))
            old = copy_at(q, &shelf, slot);
        cJSON *tree = old || create ? change(q, old, body) : NULL;
        if (!old && !create)
            find_slot(q, &shelf, name, &slot); /* says that there is none */
        else if (tree && fits_path(q, &shelf, tree,
                                   old ? store_key_of(plan_of(&shelf), old)
                                       : state_key(&shelf, name, q->arena)))
            store(q, &shelf, tree);
    }
    UNLOCKED(q);
}

static cJSON *replaced(struct question *q, const cJSON *old, const cJSON *body)
{
    (void)old;
    return json_copy(q->arena, body);
}

static cJSON *merged(struct question *q, const cJSON *old, const cJSON *body)
{
    return patch_merge(old, body, q->arena);
}

static cJSON *patched(struct question *q, const cJSON *old, const cJSON *body)
{
    const char *why;
    cJSON *tree;
    switch (patch_apply(old, body, q->arena, &tree, &why)) {
    case PATCH_DONE:
        return tree;
    case PATCH_MALFORMED:
        question_problem(q, 400, why);
        break;
    case PATCH_NO_PLACE:
        question_problem(q, 422, why);
        break;
    case PATCH_DIFFERENT:
        question_problem(q, 409, why);
        break;
    case PATCH_TOO_LARGE:
        question_problem(q, 413, why);
        break;
    }
    return NULL;
}

void admin_instance_put(struct question *q)
{
    change_instance(q, q->body, replaced, true);
}

static bool is_type(struct question *q, const char *type)
{
    struct media_type is, want;
    struct str given = request_header(q->request, "Content-Type");
    return given.ptr && media_type_read(given, q->arena, &is) &&
           media_type_read(str(type), q->arena, &want) && media_type_match(&want, &is);
}

/* RFC 5789, 2.2 and 3.1. */
void admin_instance_patch(struct question *q)
{
    static const char merge[] = "application/merge-patch+json",
                      patch[] = "application/json-patch+json",
                      both[] =
                          "application/merge-patch+json, application/json-patch+json";
    bool steps = is_type(q, patch);
    if (!steps && !is_type(q, merge) && !is_type(q, "application/json")) {
        struct str given = request_header(q->request, "Content-Type");
        question_problem(
            q, 415,
            arena_printf(
                q->arena,
                "/header/content-type: expected one of %s, application/json, found %s",
                both,
                given.ptr ? json_text(json_string(q->arena, given), q->arena).ptr
                          : "nothing"));
        answer_header(q->a, "Accept-Patch", str(both));
        return;
    }
    const cJSON *body = question_json(q, LIMIT_BODY_NODES);
    if (body)
        change_instance(q, body, steps ? patched : merged, false);
}

void admin_instance_delete(struct question *q)
{
    struct shelf_of shelf;
    size_t slot;
    const char *key = arena_copy(q->arena, q->values[2]);
    cJSON *errors = json_array(q->arena);
    bool force = question_flag(q, "force");
    LOCKED(q);
    if (find_shelf(q, &shelf) && find_slot(q, &shelf, key, &slot)) {
        if (state_remove(&shelf, slot, force, q->arena, errors))
            q->a->status = 204;
        else
            question_mistakes(q, 409,
                              "instances refer to it; ?force deletes it all the same",
                              errors);
    }
    UNLOCKED(q);
}

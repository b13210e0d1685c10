#include "doc/patch.h"

#include "base/limits.h"
#include "base/map.h"
#include "doc/pointer.h"

/* The members of an object by name, the first of each; NULL when looking through all of
 * them so many times costs nothing. */
static struct map *table_of(const cJSON *object, size_t times, struct arena *arena)
{
    enum { FEW = 4096 };
    if (json_count(object) * times <= FEW)
        return NULL;
    struct map *table = map_new(arena);
    for (cJSON *m = object->child; m; m = m->next)
        if (!map_get(table, str(m->string)))
            map_put(table, str(m->string), m);
    return table;
}

static cJSON *merge(const cJSON *target, const cJSON *patch, struct arena *arena,
                    int depth)
{
    if (!json_is_object(patch) || depth > LIMIT_DEPTH)
        return json_borrow(arena, patch);
    cJSON *out =
        json_is_object(target) ? json_borrow(arena, target) : json_object(arena);
    struct map *table = table_of(out, json_count(patch), arena);
    for (const cJSON *m = patch->child; m; m = m->next) {
        struct str name = str(m->string);
        cJSON *old = table ? map_get(table, name) : json_member_str(out, name);
        cJSON *now = json_is_null(m) ? NULL : merge(old, m, arena, depth + 1);
        if (now && old) {
            json_become(old, now);
            continue;
        }
        if (now)
            json_add(out, m->string, now);
        else if (old)
            json_detach(out, old);
        if (table)
            map_put(table, name, now);
    }
    return out;
}

cJSON *patch_merge(const cJSON *target, const cJSON *patch, struct arena *arena)
{
    return merge(target, patch, arena, 0);
}

/* ---- RFC 6902 ---- */

/* A patch under way; the tree may become another one, as "" is a place too. */
struct patching {
    struct arena *arena;
    cJSON *tree;
    size_t copied; /* nodes; a tree that is copied into itself doubles */
    size_t steps;  /* past items and members */
};

/* Adds the nodes of tree to *count until that passes the bound; false when it does, or
 * when tree is too deep. */
static bool count_nodes(const cJSON *tree, size_t *count, int depth)
{
    if (++*count > LIMIT_BODY_NODES || depth > LIMIT_DEPTH)
        return false;
    for (const cJSON *c = tree->child; c; c = c->next)
        if (!count_nodes(c, count, depth + 1))
            return false;
    return true;
}

/* The node that holds the last token of a pointer, and that token. */
static cJSON *holder_of(struct patching *p, const char *pointer, char **token)
{
    const char *last = strrchr(pointer, '/');
    if (!last)
        return NULL;
    char *head =
        arena_copy(p->arena, (struct str){ pointer, (size_t)(last - pointer) });
    *token = pointer_token(&last, p->arena);
    return pointer_get(p->tree, head);
}

static bool insert(cJSON *array, const char *token, cJSON *value)
{
    const bool last = strcmp(token, "-") == 0;
    const long at = last ? 0 : pointer_index(token);
    cJSON *before = array->child;
    if (at < 0)
        return false;
    for (long i = 0; !last && i < at; i++) {
        if (!before)
            return false; /* behind the end */
        before = before->next;
    }
    if (last || !before) {
        json_push(array, value);
        return true;
    }
    value->next = before;
    value->prev = before->prev;
    if (before == array->child)
        array->child = value;
    else
        before->prev->next = value;
    before->prev = value;
    return true;
}

static bool add(struct patching *p, const char *pointer, const cJSON *value)
{
    char *token;
    cJSON *copy = json_copy(p->arena, value);
    if (!*pointer) {
        p->tree = copy;
        return true;
    }
    cJSON *holder = holder_of(p, pointer, &token);
    if (json_is_array(holder))
        return insert(holder, token, copy);
    if (!json_is_object(holder))
        return false;
    json_set(p->arena, holder, token, copy);
    return true;
}

static bool take_out(struct patching *p, const char *pointer)
{
    if (!*pointer || !pointer_get(p->tree, pointer))
        return false;
    pointer_remove(p->tree, pointer);
    return true;
}

static bool put_in_place(struct patching *p, const char *pointer, const cJSON *value)
{
    if (!pointer_get(p->tree, pointer))
        return false;
    if (!*pointer)
        return add(p, pointer, value);
    return pointer_set(p->arena, p->tree, pointer, json_copy(p->arena, value));
}

/* A place cannot be moved into itself (4.4). */
static bool is_inside(const char *path, const char *from)
{
    size_t n = strlen(from);
    return strncmp(path, from, n) == 0 && path[n] == '/';
}

/* Whether the way to a place may still be gone: each is as long as its array. */
static bool is_near(struct patching *p, const char *pointer)
{
    p->steps += pointer ? pointer_steps(p->tree, pointer) : 0;
    return p->steps <= LIMIT_PATCH_STEPS;
}

static enum patch_answer operate(struct patching *p, const cJSON *operation)
{
    const char *op = json_member_text(operation, "op");
    const char *path = json_member_text(operation, "path");
    const char *from = json_member_text(operation, "from");
    const cJSON *value = json_member(operation, "value");
    if (!op || !path || !pointer_valid(path) || (from && !pointer_valid(from)))
        return PATCH_MALFORMED;
    if (!is_near(p, path) || !is_near(p, from))
        return PATCH_TOO_LARGE;
    bool remove = strcmp(op, "remove") == 0, move = strcmp(op, "move") == 0;
    if (remove)
        return take_out(p, path) ? PATCH_DONE : PATCH_NO_PLACE;
    if (move || strcmp(op, "copy") == 0) {
        const cJSON *source = from ? pointer_get(p->tree, from) : NULL;
        if (!from || (move && is_inside(path, from)))
            return PATCH_MALFORMED;
        if (!source)
            return PATCH_NO_PLACE;
        if (strcmp(path, from) == 0)
            return PATCH_DONE;
        if (!count_nodes(source, &p->copied, 0))
            return PATCH_TOO_LARGE;
        source = json_copy(p->arena, source);
        if (move && !take_out(p, from))
            return PATCH_NO_PLACE;
        return add(p, path, source) ? PATCH_DONE : PATCH_NO_PLACE;
    }
    if (!value)
        return PATCH_MALFORMED;
    if (strcmp(op, "add") == 0)
        return add(p, path, value) ? PATCH_DONE : PATCH_NO_PLACE;
    if (strcmp(op, "replace") == 0)
        return put_in_place(p, path, value) ? PATCH_DONE : PATCH_NO_PLACE;
    if (strcmp(op, "test") != 0)
        return PATCH_MALFORMED;
    const cJSON *there = pointer_get(p->tree, path);
    if (!there)
        return PATCH_NO_PLACE;
    return json_equal(there, value) ? PATCH_DONE : PATCH_DIFFERENT;
}

enum patch_answer patch_apply(const cJSON *target, const cJSON *operations,
                              struct arena *arena, cJSON **result, const char **why)
{
    struct patching p = { .arena = arena, .tree = json_copy(arena, target) };
    size_t number = 0;
    *why = NULL;
    if (!json_is_array(operations)) {
        *why = "expected a JSON Patch (an array of operations)";
        return PATCH_MALFORMED;
    }
    if (json_count(operations) > LIMIT_PATCH_OPERATIONS) {
        *why = arena_printf(arena, "expected at most %d operations",
                            LIMIT_PATCH_OPERATIONS);
        return PATCH_TOO_LARGE;
    }
    for (const cJSON *one = operations->child; one; one = one->next, number++) {
        static const char *const reasons[] = {
            [PATCH_MALFORMED] = "is no operation of a JSON Patch",
            [PATCH_NO_PLACE] = "names a place that is not there",
            [PATCH_DIFFERENT] = "tests for another value than is there",
            [PATCH_TOO_LARGE] = "copies more than a value may hold",
        };
        enum patch_answer answer = operate(&p, one);
        if (answer == PATCH_DONE)
            continue;
        *why =
            p.steps > LIMIT_PATCH_STEPS
                ? arena_printf(arena,
                               "/body/%zu and those before it pass more than %zu items "
                               "and members on the way to their places",
                               number, LIMIT_PATCH_STEPS)
                : arena_printf(arena, "/body/%zu %s", number, reasons[answer]);
        return answer;
    }
    size_t count = 0;
    if (!count_nodes(p.tree, &count, 0)) {
        *why = "the value would be too deep or too large";
        return PATCH_TOO_LARGE;
    }
    *result = p.tree;
    return PATCH_DONE;
}

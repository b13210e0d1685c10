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
    const char *why;
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

/* ---- what is wrong with an operation, as "/body/3" goes on ---- */

enum { MOST_SAID = 100 }; /* bytes of a value */

static struct str said(struct patching *p, const cJSON *value)
{
    return value ? utf8_cut(json_text(value, p->arena), MOST_SAID) : STR("nothing");
}

static enum patch_answer malformed(struct patching *p, const char *at,
                                   const char *wanted, const cJSON *found)
{
    const struct str text = said(p, found);
    p->why = arena_printf(p->arena, "%s%s: expected %s, found %.*s", *at ? "/" : "", at,
                          wanted, (int)text.len, text.ptr);
    return PATCH_MALFORMED;
}

static enum patch_answer nowhere(struct patching *p, const cJSON *operation,
                                 const char *member)
{
    const struct str text = said(p, json_member(operation, member));
    p->why = arena_printf(p->arena, "/%s: there is no place %.*s", member,
                          (int)text.len, text.ptr);
    return PATCH_NO_PLACE;
}

static enum patch_answer different(struct patching *p, const cJSON *wanted,
                                   const cJSON *found)
{
    const struct str want = said(p, wanted), is = said(p, found);
    p->why = arena_printf(p->arena, ": the test expected %.*s, found %.*s",
                          (int)want.len, want.ptr, (int)is.len, is.ptr);
    return PATCH_DIFFERENT;
}

/* ---- one operation ---- */

/* Where the member names a place, as far as that can be seen; else what is wrong. */
static enum patch_answer place_in(struct patching *p, const cJSON *operation,
                                  const char *member)
{
    const char *text = json_member_text(operation, member);
    if (!text || !pointer_valid(text))
        return malformed(p, member, "a JSON Pointer such as /name",
                         json_member(operation, member));
    p->steps += pointer_steps(p->tree, text);
    return p->steps <= LIMIT_PATCH_STEPS ? PATCH_DONE : PATCH_TOO_LARGE;
}

static enum patch_answer carry(struct patching *p, const cJSON *operation, bool move)
{
    enum patch_answer answer = place_in(p, operation, "from");
    const char *path = json_member_text(operation, "path");
    const char *from = json_member_text(operation, "from");
    if (answer != PATCH_DONE)
        return answer;
    const cJSON *source = pointer_get(p->tree, from);
    if (move && is_inside(path, from))
        return malformed(p, "path", "a place outside of the one that is moved",
                         json_member(operation, "path"));
    if (!source)
        return nowhere(p, operation, "from");
    if (strcmp(path, from) == 0)
        return PATCH_DONE;
    if (!count_nodes(source, &p->copied, 0))
        return PATCH_TOO_LARGE;
    source = json_copy(p->arena, source);
    if (move && !take_out(p, from))
        return nowhere(p, operation, "from");
    return add(p, path, source) ? PATCH_DONE : nowhere(p, operation, "path");
}

static enum patch_answer operate(struct patching *p, const cJSON *operation)
{
    static const char ops[] = "add, remove, replace, move, copy or test";
    if (!json_is_object(operation))
        return malformed(p, "", "an object with op and path", operation);
    const char *op = json_member_text(operation, "op");
    const cJSON *value = json_member(operation, "value");
    if (!op)
        return malformed(p, "op", ops, json_member(operation, "op"));
    enum patch_answer answer = place_in(p, operation, "path");
    if (answer != PATCH_DONE)
        return answer;
    const char *path = json_member_text(operation, "path");
    const bool move = strcmp(op, "move") == 0;
    if (strcmp(op, "remove") == 0)
        return take_out(p, path) ? PATCH_DONE : nowhere(p, operation, "path");
    if (move || strcmp(op, "copy") == 0)
        return carry(p, operation, move);
    const bool adds = strcmp(op, "add") == 0, puts = strcmp(op, "replace") == 0;
    if (!adds && !puts && strcmp(op, "test") != 0)
        return malformed(p, "op", ops, json_member(operation, "op"));
    if (!value)
        return malformed(p, "value", "a value", NULL);
    if (adds)
        return add(p, path, value) ? PATCH_DONE : nowhere(p, operation, "path");
    if (puts)
        return put_in_place(p, path, value) ? PATCH_DONE
                                            : nowhere(p, operation, "path");
    const cJSON *there = pointer_get(p->tree, path);
    if (!there)
        return nowhere(p, operation, "path");
    return json_equal(there, value) ? PATCH_DONE : different(p, value, there);
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
        enum patch_answer answer = operate(&p, one);
        if (answer == PATCH_DONE)
            continue;
        *why =
            p.steps > LIMIT_PATCH_STEPS
                ? arena_printf(arena,
                               "/body/%zu and those before it pass more than %zu items "
                               "and members on the way to their places",
                               number, LIMIT_PATCH_STEPS)
            : answer == PATCH_TOO_LARGE
                ? arena_printf(arena, "/body/%zu copies more than a value may hold",
                               number)
                : arena_printf(arena, "/body/%zu%s", number, p.why);
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

/* A pointer, a line feed, a tree in JSON, and behind another line feed a patch of that.
 *
 * A pointer that is taken apart once (doc/way.h) leads where the text leads, removes
 * and sets the same, and is the same text again when it is put together. A patch is
 * done or told why not, leaves its target as it was, and what it makes is bounded. */
#include "base/limits.h"
#include "doc/patch.h"
#include "doc/pointer.h"
#include "doc/way.h"

#include <stdio.h>
#include <stdlib.h>

enum { MEMORY = 256 * 1024 * 1024, MOST_SEEN = 4096, MOST_TOKENS = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

struct seen {
    const cJSON *nodes[MOST_SEEN];
    size_t count;
};

static bool see(cJSON *node, void *context)
{
    struct seen *seen = context;
    seen->nodes[seen->count++] = node;
    return seen->count == MOST_SEEN;
}

static void check_look(const cJSON *tree, const char *pointer, const struct way *way,
                       struct arena *arena)
{
    struct seen *a = arena_take(arena, sizeof(*a)), *b = arena_take(arena, sizeof(*b));
    insist(pointer_get(tree, pointer) == way_get(tree, way), "they lead elsewhere");
    insist(way_get(tree, way) == NULL || pointer_valid(pointer), "what is none leads");
    insist(pointer_steps(tree, pointer) <= json_text(tree, arena).len,
           "too many steps");
    insist(pointer_each(tree, pointer, see, a) == way_each(tree, way, see, b) &&
               a->count == b->count &&
               memcmp(a->nodes, b->nodes, a->count * sizeof(*a->nodes)) == 0,
           "they show others");
}

static void check_change(const cJSON *tree, const char *pointer, const struct way *way,
                         struct arena *arena)
{
    cJSON *a = json_copy(arena, tree), *b = json_copy(arena, tree);
    pointer_remove(a, pointer);
    way_remove(b, way);
    insist(json_equal(a, b), "they remove others");
    insist(!*pointer || !way_get(tree, way) || json_count(a) < json_count(tree) ||
               strchr(pointer + 1, '/'),
           "what is removed is there");
    a = json_copy(arena, tree);
    b = json_copy(arena, tree);
    cJSON *item = json_string(arena, STR("new"));
    bool set = way_set(arena, b, way, item);
    insist(pointer_set(arena, a, pointer, json_string(arena, STR("new"))) == set,
           "one of them can be set");
    insist(json_equal(a, b), "they set others");
    insist(!set || way_get(b, way) == item ||
               (way->count && strcmp(way->list[way->count - 1].name, "-") == 0),
           "what was set is not there");
}

static void check_text(const char *pointer, struct arena *arena)
{
    struct buffer b = buffer_in(arena, SIZE_MAX / 2);
    const char *rest = pointer, *joined = "";
    for (const char *token; (token = pointer_token(&rest, arena));) {
        pointer_add(&b, str(token));
        joined = pointer_join(arena, joined, token);
    }
    insist(str_is(buffer_str(&b), pointer) && strcmp(joined, pointer) == 0,
           "it is another text");
}

static size_t count_all(const cJSON *tree, unsigned depth)
{
    size_t count = 1;
    insist(depth <= LIMIT_DEPTH, "it is too deep");
    for (const cJSON *one = tree->child; one; one = one->next)
        count += count_all(one, depth + 1);
    return count;
}

static void check_patch(const cJSON *tree, const cJSON *patch, struct arena *arena)
{
    const cJSON *before = json_copy(arena, tree);
    const char *why = NULL;
    cJSON *made = NULL;
    enum patch_answer answer = patch_apply(tree, patch, arena, &made, &why);
    insist(json_equal(tree, before), "the target was changed");
    if (answer == PATCH_DONE)
        insist(made && count_all(made, 1) <= LIMIT_BODY_NODES, "it makes too much");
    else
        insist(why && *why, "no reason is told");
    made = patch_merge(tree, patch, arena);
    count_all(made, 1);
    insist(json_equal(tree, before), "merging has changed the target");
    insist(json_equal(made, patch_merge(made, patch, arena)), "merging twice differs");
}

static void check(struct str text, struct arena *arena)
{
    struct json_error why;
    struct str pointer, line;
    if (!str_split(&text, '\n', &pointer) || !str_split(&text, '\n', &line) ||
        !utf8_valid(pointer))
        return;
    const char *p = arena_copy(arena, pointer);
    const cJSON *tree = json_read(line, LIMIT_BODY_NODES, arena, &why);
    if (!tree)
        return;
    const struct way way = way_read(p, arena);
    check_look(tree, p, &way, arena);
    if (way.count <= MOST_TOKENS)
        check_change(tree, p, &way, arena);
    if (pointer_valid(p))
        check_text(p, arena);
    const cJSON *patch =
        text.len ? json_read(text, LIMIT_BODY_NODES, arena, &why) : NULL;
    if (patch)
        check_patch(tree, patch, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(MEMORY);
    if (!setjmp(*arena_guard(arena)))
        check((struct str){ (const char *)data, size }, arena);
    arena_free(arena);
    return 0;
}

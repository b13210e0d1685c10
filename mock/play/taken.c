#include "play/taken.h"

#include "base/limits.h"
#include "doc/pointer.h"

enum { MOST_SAID = 100 }; /* bytes of a value */

/* The conditions that another instance with the same values would meet; none when the
 * index says nothing about tree. */
static size_t same_values(const struct store *s, size_t c,
                          const struct store_index *index, const cJSON *tree,
                          struct store_condition *same)
{
    if (!index->unique)
        return 0;
    for (size_t i = 0; i < index->count; i++) {
        const cJSON *value = pointer_get(tree, index->pointers[i]);
        if (!value || json_is_null(value))
            return 0;
        same[i] = (struct store_condition){ .at = index->pointers[i], .value = value };
    }
    for (size_t i = 0; i < index->where_count; i++) {
        if (!store_meets(s, c, tree, &index->where[i]))
            return 0;
        same[index->count + i] = index->where[i];
    }
    return index->count + index->where_count;
}

bool taken_next(const struct store *s, const struct store_collection *plan, size_t c,
                const cJSON *tree, size_t own, size_t *next, struct arena *arena,
                struct taken *out)
{
    while (*next < plan->index_count) {
        const struct store_index *index = &plan->indexes[(*next)++];
        struct store_condition *same = arena_array(arena, struct store_condition,
                                                   index->count + index->where_count);
        size_t count = same_values(s, c, index, tree, same), n = 0;
        size_t *slots = count ? store_find(s, c, same, count, 0, 2, arena, &n) : NULL;
        size_t other = n && slots[0] == own ? 1 : 0;
        if (n <= other)
            continue;
        *out = (struct taken){ index, slots[other] };
        return true;
    }
    return false;
}

const char *taken_text(const struct store *s, const struct store_collection *plan,
                       size_t c, const cJSON *tree, size_t own, struct arena *arena)
{
    struct taken t;
    for (size_t next = 0; taken_next(s, plan, c, tree, own, &next, arena, &t);) {
        struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
        for (size_t i = 0; i < t.index->count; i++) {
            const char *at = t.index->pointers[i];
            struct str text =
                utf8_cut(json_text(pointer_get(tree, at), arena), MOST_SAID);
            if (!store_hides(s, c, at))
                buffer_printf(&b, "%s%s %.*s", b.len ? " and " : "", at, (int)text.len,
                              text.ptr);
        }
        if (b.len)
            return arena_printf(arena, "another of the %s has %.*s", plan->name,
                                (int)b.len, buffer_str(&b).ptr);
    }
    return arena_printf(arena, "a value that is unique among the %s is another's",
                        plan->name);
}

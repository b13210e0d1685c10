#include "play/page.h"

#include "base/limits.h"

#include <stdlib.h>

cJSON *page_cursor(const struct paging *p, size_t slot)
{
    static const char digits[] = "0123456789abcdef";
    struct arena *arena = p->run->s->arena;
    struct buffer b = buffer_in(arena, LIMIT_HEAD_BYTES);
    struct row row = page_row(p, slot);
    const cJSON *key = run_key(p->run, p->c, slot);
    cJSON *all = json_array(arena);
    json_push(all, json_integer(arena, (int64_t)slot));
    json_push(all, key ? json_copy(arena, key) : json_null(arena));
    for (size_t i = 0; i < p->sort_count; i++)
        json_push(all,
                  row.values[i] ? json_copy(arena, row.values[i]) : json_null(arena));
    struct str text = json_text(all, arena);
    for (size_t i = 0; i < text.len; i++) {
        buffer_add_char(&b, digits[(unsigned char)text.ptr[i] >> 4]);
        buffer_add_char(&b, digits[text.ptr[i] & 15]);
    }
    return json_string(arena, buffer_str(&b));
}

static bool slot_of_key(const struct paging *p, const cJSON *key, size_t *slot)
{
    const struct store_condition at_key = { .at = p->run->b->plan.collections[p->c].key,
                                            .value = key };
    size_t n, *found = store_find(p->run->s->store, p->c, &at_key, 1, 0, 1,
                                  p->run->s->arena, &n);
    if (n)
        *slot = found[0];
    return n > 0;
}

static const cJSON *cursor_tree(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    char *plain = arena_take(arena, len / 2 + 1), *end;
    struct json_error ignored;
    for (size_t i = 0; i + 1 < len; i += 2) {
        const char pair[] = { text[i], text[i + 1], '\0' };
        plain[i / 2] = (char)strtol(pair, &end, 16);
        if (*end)
            return NULL;
    }
    const cJSON *tree = len % 2 ? NULL
                                : json_read((struct str){ plain, len / 2 },
                                            LIMIT_HEAD_BYTES, arena, &ignored);
    return json_is_array(tree) && json_is_number(tree->child) && tree->child->next
               ? tree
               : NULL;
}

/* Some clients put a cursor in quotes, as they do with the items of a list; none that
 * was given out has any. */
static const char *unquoted(struct arena *arena, const char *text)
{
    size_t len = strlen(text);
    if (len < 2 || text[0] != '"' || text[len - 1] != '"')
        return text;
    return arena_copy(arena, (struct str){ text + 1, len - 2 });
}

bool page_cursor_read(const struct paging *p, const char *text, struct row *row)
{
    struct arena *arena = p->run->s->arena;
    text = unquoted(arena, text);
    const cJSON *tree = cursor_tree(arena, text);
    size_t slot;
    if (!tree) {
        const cJSON *number = json_number_read(arena, str(text));
        bool known = slot_of_key(p, json_string(arena, str(text)), &slot) ||
                     (number && slot_of_key(p, number, &slot));
        *row = known ? page_row(p, slot) : *row;
        return known;
    }
    if (slot_of_key(p, tree->child->next, &slot)) {
        *row = page_row(p, slot);
        return true;
    }
    double at = tree->child->valuedouble;
    const cJSON *value = tree->child->next->next;
    *row = (struct row){ .slot = at >= 0 && at < 1e9 ? (size_t)at : 0, .paging = p };
    for (size_t i = 0; i < p->sort_count && value; i++, value = value->next)
        row->values[i] = value;
    return true;
}

/* How libFuzzer changes an input that is a tree, for the targets that take documents:
 * part by part, since of bytes that are changed at random few are still a document. */
#include "base/chance.h"
#include "base/limits.h"
#include "doc/json.h"
#include "doc/yaml.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

enum { MOST_NODES = 20000, MOST_TEXT = 64, MOST_STEPS = 4 };

struct part {
    cJSON *node, *parent;
};

struct parts {
    struct part list[MOST_NODES];
    size_t count;
};

static void collect(struct parts *p, cJSON *node, cJSON *parent)
{
    if (p->count == MOST_NODES)
        return;
    p->list[p->count++] = (struct part){ node, parent };
    for (cJSON *one = node->child; one; one = one->next)
        collect(p, one, node);
}

/* A scalar that is wrong in most places, or the text that was there a little changed.
 */
static cJSON *another(const cJSON *old, struct chance *chance, struct arena *arena)
{
    static const char *const values[] = {
        "null", "true", "false", "0",     "-1",       "1.5",         "1e400",
        "{}",   "[]",   "\"\"",  "\"x\"", "\"{id}\"", "\"\\u0000\"", "9007199254740993"
    };
    struct json_error why;
    uint8_t text[MOST_TEXT + 1] = { 0 };
    size_t pick = chance_below(chance, 2 * COUNT(values));
    if (pick < COUNT(values) || !json_is_string(old) ||
        strlen(old->valuestring) > MOST_TEXT)
        return json_read(str(values[pick % COUNT(values)]), 1, arena, &why);
    size_t len = strlen(old->valuestring);
    memcpy(text, old->valuestring, len);
    text[LLVMFuzzerMutate(text, len, MOST_TEXT)] = '\0';
    utf8_mend((char *)text);
    return json_string(arena, str((const char *)text));
}

static void change(cJSON *root, struct parts *p, struct chance *chance,
                   struct arena *arena)
{
    p->count = 0;
    collect(p, root, NULL);
    const struct part a = p->list[chance_below(chance, p->count)],
                      b = p->list[chance_below(chance, p->count)];
    if (!a.parent)
        return;
    switch (chance_below(chance, 5)) {
    case 0:
        json_detach(a.parent, a.node);
        return;
    case 1:
        json_become(a.node, json_copy(arena, b.node));
        return;
    case 2: /* beside its neighbours under another one's name */
        if (json_is_object(a.parent) && json_is_object(b.parent))
            json_set(arena, a.parent, b.node->string, json_copy(arena, a.node));
        return;
    case 3:
        if (json_is_object(a.node) && json_is_object(b.parent))
            json_set(arena, a.node, b.node->string, json_copy(arena, b.node));
        else if (json_is_array(a.node))
            json_push(a.node, json_copy(arena, b.node));
        return;
    default:
        json_become(a.node, another(a.node, chance, arena));
    }
}

static size_t change_tree(uint8_t *data, size_t size, size_t most,
                          struct chance *chance, struct arena *arena)
{
    struct json_error why;
    struct parts *p = arena_take(arena, sizeof(*p));
    cJSON *root = yaml_read((struct str){ (const char *)data, size }, arena, &why);
    if (!root)
        return 0;
    for (size_t steps = 1 + chance_below(chance, MOST_STEPS); steps; steps--)
        change(root, p, chance, arena);
    const struct str text = json_text(root, arena);
    if (text.len > most)
        return 0;
    memcpy(data, text.ptr, text.len);
    return text.len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct chance chance = chance_of(seed, STR("trees"), STR(""), 0);
    volatile size_t made = 0;
    if (chance_below(&chance, 8) && !setjmp(*arena_guard(arena)))
        made = change_tree(data, size, most, &chance, arena);
    arena_free(arena);
    return made ? made : LLVMFuzzerMutate(data, size, most);
}

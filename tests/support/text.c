#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "doc/document.h"
#include "folder.h"

int arena_up(void **state)
{
    *state = arena_new(LIMIT_SPEC_MEMORY);
    return 0;
}

int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}

struct str repeated(struct arena *a, const char *before, const char *each, size_t times,
                    const char *after)
{
    struct buffer b = buffer_in(a, LIMIT_FILE_BYTES);
    const char *number = strchr(each, '#');
    buffer_add_text(&b, before);
    for (size_t i = 0; i < times; i++) {
        const char *rest = each;
        for (const char *at = number; at; rest = at + 1, at = strchr(rest, '#')) {
            buffer_add(&b, (struct str){ rest, (size_t)(at - rest) });
            buffer_printf(&b, "%zu", i);
        }
        buffer_add_text(&b, rest);
    }
    buffer_add_text(&b, after);
    assert_false(b.full);
    return buffer_str(&b);
}

struct str nested(struct arena *a, const char *open, const char *close, size_t depth)
{
    return repeated(a, "", open, depth, repeated(a, "", close, depth, "").ptr);
}

cJSON *must_json(struct arena *a, const char *text)
{
    struct json_error why = { 0 };
    cJSON *tree = json_read(str(text), LIMIT_YAML_NODES, a, &why);
    if (!tree)
        fail_msg("%s: %u:%u: %s", text, why.line, why.col, why.why);
    return tree;
}

const char *text_of(const cJSON *value, struct arena *a)
{
    return value ? json_text(value, a).ptr : "nothing";
}

struct api *load_text(struct arena *a, const char *text, struct err *err)
{
    const char *folder = folder_make(a);
    *err = err_in(a);
    struct api *api = api_load(folder_put(folder, "spec", text, a), NULL, a, err);
    document_place(err);
    folder_remove(folder);
    return api;
}

struct api *must_load(struct arena *a, const char *text)
{
    struct err *err = arena_take(a, sizeof(*err)); /* the API's schemas keep it */
    struct api *api = load_text(a, text, err);
    if (!api)
        fail_msg("%s\n%s", text, problem_text(err->first, a));
    return api;
}

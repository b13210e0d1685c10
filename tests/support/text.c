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

cJSON *must_json(struct arena *a, const char *text)
{
    struct json_error why = { 0 };
    cJSON *tree = json_read(str(text), LIMIT_YAML_NODES, a, &why);
    if (!tree)
        fail_msg("%s: %u:%u: %s", text, why.line, why.col, why.why);
    return tree;
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

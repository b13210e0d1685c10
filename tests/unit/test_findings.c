/* What is said of a value that breaks its schema: every group of tests/findings is a
 * test, named by its sentence. Run from the root of the repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "doc/document.h"
#include "schema/output.h"

static const char folder[] = "tests/findings";

struct group {
    const char *file;
    const cJSON *tree;
    struct map *said; /* keywords */
};

static void known_keys(const cJSON *object, const char *const *keys, size_t count,
                       const char *file)
{
    for (const cJSON *m = object->child; m; m = m->next) {
        size_t i = 0;
        while (i < count && strcmp(keys[i], m->string) != 0)
            i++;
        if (i == count)
            fail_msg("%s: there is no key \"%s\"", file, m->string);
    }
}

static const struct schema *compile(const struct group *g, struct arena *arena)
{
    static const struct {
        const char *name;
        enum dialect dialect;
    } dialects[] = {
        { "2020-12", DIALECT_2020_12 },
        { "draft7", DIALECT_7 },
        { "openapi-3.0", DIALECT_OPENAPI_30 },
        { "openapi-3.1", DIALECT_OPENAPI_31 },
    };
    const char *name = json_member_text(g->tree, "dialect");
    size_t d = 0;
    while (name && d < COUNT(dialects) && strcmp(dialects[d].name, name) != 0)
        d++;
    assert_true(d < COUNT(dialects));
    const cJSON *root = json_member(g->tree, "schema");
    struct err err = err_in(arena);
    struct schemas_options options = { .dialect = dialects[d].dialect };
    struct library *library = library_new(NULL, NULL, arena);
    const struct document *document =
        library_add(library, "https://example.com/", g->file, root);
    struct schemas *all = schemas_new(library, document, &options, arena, &err);
    const struct schema *s = schemas_add(all, root, "");
    if (!schemas_compile(all))
        fail_msg("%s", problem_text(err.first, arena));
    return s;
}

static enum direction direction_of(const struct group *g)
{
    const char *way = json_member_text(g->tree, "direction");
    return !way                          ? DIRECTION_NONE
           : strcmp(way, "request") == 0 ? DIRECTION_REQUEST
                                         : DIRECTION_RESPONSE;
}

static const char *told(const struct findings *all, struct map *said)
{
    struct buffer b = buffer_in(all->arena, LIMIT_BODY_BYTES);
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *f = &all->list[i];
        map_put(said, str(f->keyword), said);
        buffer_printf(&b, "%s%s%s [%s]\n", f->pointer, *f->pointer ? ": " : "",
                      finding_text(f, all->arena), f->schema_pointer);
    }
    return arena_copy(all->arena, buffer_str(&b));
}

/* More than a line of cmocka's can hold. */
static void differs(const struct group *g, const cJSON *value, const char *what,
                    const char *wanted, const char *found, struct arena *arena)
{
    const char *const texts[] = { json_text(value, arena).ptr, wanted, found };
    static const char *const titles[] = { "value", "wanted", "found" };
    printf("# %s: %s\n", g->file, what);
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct str rest = str(texts[i]), line;
        while (str_split(&rest, '\n', &line))
            printf("# %-7s %.*s\n", titles[i], (int)line.len, line.ptr);
    }
    fflush(stdout);
    fail();
}

/* Where a row asks for one, the standard output of the same check. */
static void check_output(const struct group *g, const struct schema *s,
                         const cJSON *row, const char *form_name, struct arena *arena)
{
    const cJSON *value = json_member(row, "value");
    const cJSON *wanted = json_member(row, form_name);
    struct findings all = { .arena = arena, .whole = true };
    enum output_form form;
    assert_true(output_form_read(form_name, &form));
    schema_check(s, value, direction_of(g), "", arena, &all);
    const cJSON *made = output_make(form, s, &all, arena);
    if (wanted && !json_equal(made, wanted))
        differs(g, value, form_name, json_text(wanted, arena).ptr,
                json_text(made, arena).ptr, arena);
    if (json_is_true(json_member(made, "valid")) != !all.count)
        fail_msg("%s: %s: %s is not whether it fits", g->file,
                 json_text(value, arena).ptr, form_name);
}

static void says_what_its_rows_say(void **state)
{
    static const char *const in_group[] = { "about", "dialect", "direction", "schema",
                                            "rows" };
    static const char *const in_row[] = { "value", "says", "basic", "detailed" };
    const struct group *g = *state;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    known_keys(g->tree, in_group, COUNT(in_group), g->file);
    const struct schema *s = compile(g, arena);
    const cJSON *rows = json_member(g->tree, "rows");
    assert_true(json_count(rows) > 0);
    for (const cJSON *row = rows->child; row; row = row->next) {
        known_keys(row, in_row, COUNT(in_row), g->file);
        const cJSON *value = json_member(row, "value");
        const char *says = json_member_text(row, "says");
        struct findings all = { .arena = arena };
        assert_true(value && says);
        bool fits = schema_check(s, value, direction_of(g), "", arena, &all);
        const char *found = told(&all, g->said);
        if (fits != !*says || strcmp(found, says) != 0)
            differs(g, value, "says", says, found, arena);
        check_output(g, s, row, "flag", arena);
        check_output(g, s, row, "basic", arena);
        check_output(g, s, row, "detailed", arena);
    }
    arena_free(arena);
}

/* Those of which a finding can be; `then`, `items` and others speak by what stands in
 * them. */
static void every_keyword_has_a_row(void **state)
{
    static const char *const keywords[] = {
        "type",
        "enum",
        "const",
        "maximum",
        "minimum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "multipleOf",
        "maxLength",
        "minLength",
        "pattern",
        "format",
        "maxItems",
        "minItems",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "maxProperties",
        "minProperties",
        "required",
        "additionalProperties",
        "dependentRequired",
        "anyOf",
        "oneOf",
        "not",
        "discriminator",
        "unevaluatedItems",
        "unevaluatedProperties",
        "dependencies",
        "readOnly",
        "writeOnly",
        "false",
    };
    const struct map *said = *state;
    for (size_t i = 0; i < COUNT(keywords); i++)
        if (!map_get(said, str(keywords[i])))
            fail_msg("no row of %s is about %s", folder, keywords[i]);
}

int main(void)
{
    enum { MOST = 1000 };
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    const char **paths;
    size_t count, n = 0;
    struct CMUnitTest *tests = arena_array(arena, struct CMUnitTest, MOST + 1);
    struct group *groups = arena_array(arena, struct group, MOST);
    struct map *said = map_new(arena);
    if (!file_list(folder, ".yaml", arena, &paths, &count, &err) || !count) {
        printf("not ok - nothing is in %s; run from the root of the repository\n",
               folder);
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        const cJSON *tree = document_read(paths[i], arena, &err);
        if (!tree) {
            printf("not ok - %s\n", problem_text(err.first, arena));
            return 1;
        }
        for (const cJSON *g = tree->child; g && n < MOST; g = g->next, n++) {
            groups[n] = (struct group){ paths[i], g, said };
            tests[n] = (struct CMUnitTest){ .name = json_member_text(g, "about"),
                                            .test_func = says_what_its_rows_say,
                                            .initial_state = &groups[n] };
        }
    }
    tests[n++] = (struct CMUnitTest){ .name = "every keyword has a row",
                                      .test_func = every_keyword_has_a_row,
                                      .initial_state = said };
    int failed = _cmocka_run_group_tests("findings", tests, n, NULL, NULL);
    arena_free(arena);
    return failed;
}

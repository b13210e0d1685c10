/* The official suite's tests of output formats, draft 2020-12 and 2019-09: each group
 * is a test. Every form of output has to fit the drafts' own schema of outputs, and
 * what the suite wants of a form has to be there.
 *
 * Debian's libtest-json-schema-acceptance-perl brings them; UNDERSTUDY_SUITE names
 * another copy (the folder that holds output-tests/). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../support/suite.h"
#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"
#include "schema/output.h"

static const char *const drafts[] = { "2020-12", "2019-09" };
static const char *const forms[] = { "flag", "basic", "detailed" };

struct group {
    const char *root, *draft, *file;
    const cJSON *tree;
    struct tally *tally;
    struct arena *arena; /* of all groups */
};

struct tally {
    unsigned judged, left_out;
};

/* The schema of outputs, which the suite's schemas refer to. */
static const cJSON *bring(void *context, const char *uri, const char **file,
                          const char **why)
{
    const struct group *g = context;
    struct err err = err_in(g->arena);
    *why = "the suite has none";
    if (!strstr(uri, "/output/schema"))
        return NULL;
    *file = arena_printf(g->arena, "%s/output-tests/draft%s/output-schema.json",
                         g->root, g->draft);
    return document_read(*file, g->arena, &err);
}

static const struct schema *compile(struct group *g, const cJSON *node,
                                    struct arena *arena)
{
    struct err err = err_in(arena);
    struct library *library = library_new(bring, g, arena);
    struct schemas_options options = { .dialect = DIALECT_2020_12 };
    const struct document *d =
        library_add(library, "https://json-schema.org/tests/content", g->file, node);
    struct schemas *all = schemas_new(library, d, &options, arena, &err);
    const struct schema *s = schemas_add(all, node, "");
    if (!schemas_compile(all))
        fail_msg("%s", problem_text(err.first, arena));
    return s;
}

static void must_fit(struct group *g, const cJSON *schema, const cJSON *output,
                     struct arena *arena)
{
    const struct schema *s = compile(g, schema, arena);
    struct findings all = { .arena = arena };
    if (schema_check(s, output, DIRECTION_NONE, "", arena, &all))
        return;
    printf("# %s\n# %s: %s\n", json_text(output, arena).ptr, all.list[0].pointer,
           finding_text(&all.list[0], arena));
    fflush(stdout);
    fail();
}

static void check_test(struct group *g, const struct schema *s, const cJSON *test,
                       struct arena *arena)
{
    const char *any_text = arena_printf(
        arena, "{\"$ref\":\"https://json-schema.org/draft/%s/output/schema#/$defs/",
        g->draft);
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct findings all = { .arena = arena, .whole = true };
        enum output_form form;
        struct json_error error = { 0 };
        assert_true(output_form_read(forms[i], &form));
        schema_check(s, json_member(test, "data"), DIRECTION_NONE, "", arena, &all);
        const cJSON *output = output_make(form, s, &all, arena);
        const char *text = arena_printf(arena, "%s%s\"}", any_text, forms[i]);
        must_fit(g, json_read(str(text), 100, arena, &error), output, arena);
        const cJSON *wanted = json_member(json_member(test, "output"), forms[i]);
        const cJSON *required = json_member(wanted, "required");
        if (!wanted)
            continue;
        /* Annotations are not collected. */
        if (required && strcmp(required->child->valuestring, "annotations") == 0) {
            g->tally->left_out++;
            continue;
        }
        g->tally->judged++;
        must_fit(g, wanted, output, arena);
    }
}

static void the_output_is_what_the_suite_wants(void **state)
{
    struct group *g = *state;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    const struct schema *s = compile(g, json_member(g->tree, "schema"), arena);
    const cJSON *tests = json_member(g->tree, "tests");
    assert_true(json_count(tests) > 0);
    for (const cJSON *t = tests->child; t; t = t->next)
        check_test(g, s, t, arena);
    arena_free(arena);
}

int main(void)
{
    enum { MOST = 200 };
    const char *root = suite_root();
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct CMUnitTest *tests = arena_array(arena, struct CMUnitTest, MOST);
    struct group *groups = arena_array(arena, struct group, MOST);
    struct tally tally = { 0, 0 };
    size_t n = 0;
    for (size_t d = 0; d < COUNT(drafts); d++) {
        struct err err = err_in(arena);
        const char **paths,
            *folder =
                arena_printf(arena, "%s/output-tests/draft%s/content", root, drafts[d]);
        size_t count;
        if (!file_list(folder, ".json", arena, &paths, &count, &err)) {
            printf("not ok - the suite has no %s\n", folder);
            return 1;
        }
        for (size_t p = 0; p < count; p++) {
            const cJSON *tree = document_read(paths[p], arena, &err);
            for (const cJSON *g = tree ? tree->child : NULL; g && n < MOST;
                 g = g->next, n++) {
                groups[n] =
                    (struct group){ root, drafts[d], paths[p], g, &tally, arena };
                tests[n].name = arena_printf(arena, "%s: %s", drafts[d],
                                             json_member_text(g, "description"));
                tests[n].test_func = the_output_is_what_the_suite_wants;
                tests[n].initial_state = &groups[n];
            }
        }
    }
    int failed = _cmocka_run_group_tests("output", tests, n, NULL, NULL);
    printf("# %u outputs judged, %u left out: they want annotations\n", tally.judged,
           tally.left_out);
    arena_free(arena);
    return failed || !tally.judged;
}

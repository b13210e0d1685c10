/* The official JSON Schema Test Suite: each of its files is a test.
 *
 * Debian's libtest-json-schema-acceptance-perl brings it; UNDERSTUDY_SUITE names
 * another copy (the folder that holds tests/ and remotes/). Every required test of the
 * drafts below is judged, and the optional ones for what we claim; documents that
 * schemas refer to come from the suite's own remotes/. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../support/suite.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "schema/output.h"

/* Optional files that are not judged, and why. No required one may stand here. */
static const struct {
    const char *path, *why;
} left_out[] = {
    { "draft4/optional/zeroTerminatedFloats.json",
      "1.0 is an integer in every draft here, as later ones have it" },
    { "draft7/optional/content.json",
      "contentEncoding and contentMediaType say something to people only" },
};

struct suite_file {
    const char *root; /* of the suite */
    const char *path;
    const struct suite_folder *folder;
    unsigned tests, failed;
};

static const char *why_left_out(const char *path)
{
    for (size_t i = 0; i < COUNT(left_out); i++)
        if (strstr(path, left_out[i].path) && strstr(path, "/optional/"))
            return left_out[i].why;
    return NULL;
}

/* ---- judging ---- */

/* A value that does not fit has something to tell, in each way of telling, and
 * what is told stands where it says. */
static bool is_told(const struct schema *s, const cJSON *data, struct arena *arena)
{
    struct findings near = { .arena = arena };
    struct findings whole = { .arena = arena, .whole = true };
    bool fits = schema_check(s, data, DIRECTION_NONE, "", arena, &near);
    schema_check(s, data, DIRECTION_NONE, "", arena, &whole);
    for (size_t i = 0; i < whole.count; i++)
        if (!pointer_get(whole.list[i].document->root, whole.list[i].schema_pointer))
            return false;
    const cJSON *output = output_make(OUTPUT_DETAILED, s, &whole, arena);
    return fits == !near.count && fits == !whole.count &&
           fits == json_is_true(json_member(output, "valid")) &&
           whole.count >= near.count;
}

static cJSON *lent(const cJSON *tree, struct arena *arena)
{
    cJSON *out = json_same(arena, tree);
    out->child = NULL;
    for (const cJSON *c = tree->child; c; c = c->next) {
        cJSON *m = lent(c, arena);
        json_push(out, m);
        m->string = c->string;
    }
    if (json_is_array(tree) || json_is_object(tree))
        json_lend(out, arena_take(arena, sizeof(struct json_lent)));
    return out;
}

/* What a value that is lent was found to fit changes no verdict. */
static bool is_judged_alike(const struct schema *s, const cJSON *data,
                            struct arena *arena)
{
    const cJSON *again = lent(data, arena);
    bool fits = schema_check(s, data, DIRECTION_RESPONSE, "", arena, NULL);
    for (int i = 0; i < 3; i++)
        if (schema_check(s, again, DIRECTION_RESPONSE, "", arena, NULL) != fits)
            return false;
    return true;
}

static void check_group(struct suite_file *f, const cJSON *group, struct arena *arena)
{
    const cJSON *schema = json_member(group, "schema");
    struct err err = err_in(arena);
    struct suite_remotes remotes = { f->root, arena };
    struct library *library = library_new(suite_bring, &remotes, arena);
    struct schemas_options options = {
        .dialect = f->folder->dialect,
        .annotate_formats = !f->folder->formats,
    };
    const struct document *d = library_add(library, "suite:group", f->path, schema);
    struct schemas *all = schemas_new(library, d, &options, arena, &err);
    const struct schema *s = schemas_add(all, schema, "");
    bool compiled = schemas_compile(all);
    for (const cJSON *t = json_member(group, "tests")->child; t; t = t->next) {
        const cJSON *data = json_member(t, "data");
        bool wanted = json_is_true(json_member(t, "valid"));
        f->tests++;
        if (compiled &&
            schema_check(s, data, DIRECTION_NONE, "", arena, NULL) == wanted &&
            is_told(s, data, arena) && is_judged_alike(s, data, arena))
            continue;
        f->failed++;
        print_message(
            "%s: %s: %s: %s: %s\n", f->path, json_member_text(group, "description"),
            json_member_text(t, "description"),
            wanted ? "should be valid" : "should be invalid",
            compiled ? json_text(data, arena).ptr : problem_text(err.first, arena));
    }
}

static void a_file_of_the_suite_is_judged_as_it_says(void **state)
{
    struct suite_file *f = *state;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    cJSON *groups = document_read(f->path, arena, &err);
    assert_non_null(groups);
    for (cJSON *g = groups->child; g; g = g->next)
        check_group(f, g, arena);
    assert_true(f->tests > 0 || !groups->child);
    arena_free(arena);
    assert_int_equal(f->failed, 0);
}

int main(void)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    size_t count, n = 0;
    unsigned judged = 0, out = 0;
    const struct suite_entry *entries = suite_entries(arena, &count);
    if (!entries)
        return 1;
    struct suite_file *files = arena_array(arena, struct suite_file, count);
    struct CMUnitTest *tests = arena_array(arena, struct CMUnitTest, count);
    for (size_t i = 0; i < count; i++) {
        const char *path = entries[i].path;
        if (why_left_out(path)) {
            printf("# left out: %s: %s\n", path, why_left_out(path));
            out++;
            continue;
        }
        files[n] = (struct suite_file){ suite_root(), path, entries[i].folder, 0, 0 };
        tests[n] =
            (struct CMUnitTest){ .name = entries[i].name,
                                 .test_func = a_file_of_the_suite_is_judged_as_it_says,
                                 .initial_state = &files[n] };
        n++;
    }
    int failed = _cmocka_run_group_tests("suite", tests, n, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        judged += files[i].tests;
    printf("# %u tests judged; %u files left out\n", judged, out);
    arena_free(arena);
    return failed;
}

/* The official JSON Schema Test Suite, draft 2020-12, required tests: each file is a
 * test.
 *
 * Debian's libtest-json-schema-acceptance-perl brings it; UNDERSTUDY_SUITE names
 * another copy. A group whose schema uses what will not be enforced, as the loader
 * itself says, is left out and counted; every other group has to be judged as the suite
 * says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "doc/document.h"
#include "schema/schema.h"

static const char debian[] =
    "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests/draft2020-12";

/* Files that are not judged, and why. */
static const struct {
    const char *file, *why;
} left_out[] = {
    { "format", "it wants formats to be annotations; here they are asserted" },
};

/* The required tests of one file. */
struct suite_file {
    const char *path;
    unsigned groups, skipped, tests;
};

static bool is_left_out(const char *path)
{
    struct arena *arena = arena_new(64 * 1024);
    const char *stem = file_stem(path, arena);
    bool found = false;
    for (size_t i = 0; i < COUNT(left_out); i++)
        found = found || strcmp(left_out[i].file, stem) == 0;
    arena_free(arena);
    return found;
}

/* The dialect that the suite names in every schema is the one that is read. */
static void drop_dialect(cJSON *schema)
{
    cJSON *dialect = json_member(schema, "$schema");
    if (json_is_string(dialect) &&
        strcmp(dialect->valuestring, "https://json-schema.org/draft/2020-12/schema") ==
            0)
        json_detach(schema, dialect);
}

/* Unknown keywords are annotations and change no answer. */
static bool is_fully_enforced(const struct err *err)
{
    for (const struct problem *p = err->first; p; p = p->next)
        if (!p->warning || !strstr(p->why, "is not part of"))
            return false;
    return true;
}

static void check_group(struct suite_file *f, cJSON *group, struct arena *arena)
{
    cJSON *schema = json_member(group, "schema");
    struct err err = err_in(arena);
    drop_dialect(schema);
    struct schemas *all = schemas_new(schema, f->path, DIALECT_2020_12, arena, &err);
    const struct schema *s = schemas_add(all, schema, "");
    f->groups++;
    if (!schemas_compile(all) || !is_fully_enforced(&err)) {
        f->skipped++;
        return;
    }
    for (const cJSON *t = json_member(group, "tests")->child; t; t = t->next) {
        const cJSON *data = json_member(t, "data");
        bool wanted = json_is_true(json_member(t, "valid"));
        f->tests++;
        if (schema_check(s, data, "", arena, NULL) != wanted)
            fail_msg("%s: %s: %s: %s should be %s", f->path,
                     json_member_text(group, "description"),
                     json_member_text(t, "description"), json_text(data, arena).ptr,
                     wanted ? "valid" : "invalid");
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
    arena_free(arena);
}

int main(void)
{
    const char *folder =
        getenv("UNDERSTUDY_SUITE") ? getenv("UNDERSTUDY_SUITE") : debian;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    const char **paths;
    size_t count, n = 0;
    if (!file_list(folder, ".json", arena, &paths, &count, &err)) {
        printf("not ok - the suite is not in %s\n", folder);
        return 1;
    }
    struct CMUnitTest *tests = arena_array(arena, struct CMUnitTest, count + 1);
    struct suite_file *files = arena_array(arena, struct suite_file, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(paths[i]))
            continue;
        files[n].path = paths[i];
        tests[n] =
            (struct CMUnitTest){ .name = file_stem(paths[i], arena),
                                 .test_func = a_file_of_the_suite_is_judged_as_it_says,
                                 .initial_state = &files[n] };
        n++;
    }
    int failed = _cmocka_run_group_tests("suite", tests, n, NULL, NULL);
    unsigned groups = 0, skipped = 0, judged = 0;
    for (size_t i = 0; i < n; i++) {
        groups += files[i].groups;
        skipped += files[i].skipped;
        judged += files[i].tests;
    }
    printf("# %u tests judged; %u of %u groups left out, since the loader says that it "
           "does not enforce what they use\n",
           judged, skipped, groups);
    for (size_t i = 0; i < COUNT(left_out); i++)
        printf("# left out: %s.json: %s\n", left_out[i].file, left_out[i].why);
    arena_free(arena);
    return failed;
}

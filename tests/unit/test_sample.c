/* A sample of every schema of the official suite that any value fits is accepted by the
 * checker: each size, several seeds. See test_suite.c for where the suite is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../support/suite.h"
#include "base/limits.h"
#include "doc/document.h"
#include "schema/sample.h"

enum { SEEDS = 5, SIZES = SAMPLE_EVERYTHING + 1 };

/* Groups for which no sample is found, and why. */
static const struct {
    const char *file, *group, *why;
} unreachable[] = {
    { NULL, NULL, NULL },
};

struct suite_file {
    const char *root; /* of the suite */
    const char *path;
    const struct suite_folder *folder;
    unsigned groups, broken, unsatisfiable, samples, missed;
};

static bool is_unreachable(const char *path, const char *group)
{
    for (size_t i = 0; i < COUNT(unreachable); i++)
        if (unreachable[i].file && strstr(path, unreachable[i].file) &&
            strcmp(unreachable[i].group, group) == 0)
            return true;
    return false;
}

static bool is_satisfiable(const cJSON *group)
{
    for (const cJSON *t = json_member(group, "tests")->child; t; t = t->next)
        if (json_is_true(json_member(t, "valid")))
            return true;
    return false;
}

/* ---- sampling ---- */

static void sample_group(struct suite_file *f, cJSON *group, struct arena *arena)
{
    static const char *const sizes[] = { "required", "typical", "everything" };
    cJSON *schema = json_member(group, "schema");
    const char *name = json_member_text(group, "description");
    struct err err = err_in(arena);
    struct suite_remotes remotes = { f->root, arena };
    struct library *library = library_new(suite_bring, &remotes, arena);
    struct schemas_options options = { .dialect = f->folder->dialect,
                                       .annotate_formats = !f->folder->formats };
    const struct document *d = library_add(library, "suite:group", f->path, schema);
    struct schemas *all = schemas_new(library, d, &options, arena, &err);
    const struct schema *s = schemas_add(all, schema, "");
    f->groups++;
    if (!schemas_compile(all)) {
        f->broken++;
        return;
    }
    if (!is_satisfiable(group)) {
        f->unsatisfiable++;
        return;
    }
    for (unsigned size = 0; size < SIZES; size++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct chance chance = chance_of(seed, STR("n"), STR("o"), 1);
            struct sampler sampler = { .size = size,
                                       .chance = &chance,
                                       .arena = arena };
            cJSON *made = sample_make(&sampler, s);
            bool ok = made && schema_check(s, made, DIRECTION_NONE, "", arena, NULL);
            f->samples++;
            if (!ok && is_unreachable(f->path, name)) {
                f->missed++;
                return;
            }
            if (!ok)
                fail_msg("%s: %s: %s, seed %u: %s", f->path, name, sizes[size],
                         (unsigned)seed,
                         made ? json_text(made, arena).ptr : "no sample");
        }
}

static void every_schema_of_the_file_has_samples(void **state)
{
    struct suite_file *f = *state;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    cJSON *groups = document_read(f->path, arena, &err);
    assert_non_null(groups);
    for (cJSON *g = groups->child; g; g = g->next)
        sample_group(f, g, arena);
    arena_free(arena);
}

static void print_sum(const struct suite_file *files, size_t count)
{
    struct suite_file sum = { .path = NULL };
    for (size_t i = 0; i < count; i++) {
        sum.groups += files[i].groups;
        sum.broken += files[i].broken;
        sum.unsatisfiable += files[i].unsatisfiable;
        sum.samples += files[i].samples;
        sum.missed += files[i].missed;
    }
    printf("# %u groups: %u samples; %u groups that no value fits, %u that do not "
           "compile, %u without a sample\n",
           sum.groups, sum.samples, sum.unsatisfiable, sum.broken, sum.missed);
    for (size_t i = 0; i < COUNT(unreachable) && unreachable[i].file; i++)
        printf("# without a sample: %s: %s: %s\n", unreachable[i].file,
               unreachable[i].group, unreachable[i].why);
}

int main(void)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    size_t n;
    const struct suite_entry *entries = suite_entries(arena, &n);
    if (!entries)
        return 1;
    struct suite_file *files = arena_array(arena, struct suite_file, n);
    struct CMUnitTest *tests = arena_array(arena, struct CMUnitTest, n);
    for (size_t i = 0; i < n; i++) {
        files[i] = (struct suite_file){ .root = suite_root(),
                                        .path = entries[i].path,
                                        .folder = entries[i].folder };
        tests[i] =
            (struct CMUnitTest){ .name = entries[i].name,
                                 .test_func = every_schema_of_the_file_has_samples,
                                 .initial_state = &files[i] };
    }
    int failed = _cmocka_run_group_tests("samples", tests, n, NULL, NULL);
    print_sum(files, n);
    arena_free(arena);
    return failed;
}

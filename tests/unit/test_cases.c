/* Every file of tests/cases is a test, named by its sentence. With arguments, only the
 * files that are named. Run from the root of the repository. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>

#include "../support/case.h"
#include "base/limits.h"

static void goes_as_written(void **state)
{
    const struct test_case *c = *state;
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    const char *why = case_run(c, arena);
    if (why) {
        struct str rest = str(why), line;
        printf("# %s: %s\n", c->path, c->about);
        while (str_split(&rest, '\n', &line))
            printf("# %.*s\n", (int)line.len, line.ptr);
        fflush(stdout);
    }
    arena_free(arena);
    if (why)
        fail();
}

static int run(char **paths, size_t count, struct arena *arena)
{
    struct CMUnitTest *tests = arena_array(arena, struct CMUnitTest, count);
    struct test_case *cases = arena_array(arena, struct test_case, count);
    for (size_t i = 0; i < count; i++) {
        case_read(&cases[i], paths[i], arena);
        tests[i] = (struct CMUnitTest){ .name = cases[i].about,
                                        .test_func = goes_as_written,
                                        .initial_state = &cases[i] };
    }
    return _cmocka_run_group_tests("cases", tests, count, NULL, NULL);
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    glob_t found = { 0 };
    int failed = 1;
    if (argc > 1)
        failed = run(argv + 1, (size_t)argc - 1, arena);
    else if (glob("tests/cases/*/*.yaml", 0, NULL, &found) == 0)
        failed = run(found.gl_pathv, found.gl_pathc, arena);
    else
        fputs("no tests/cases here; run from the root of the repository\n", stderr);
    globfree(&found);
    arena_free(arena);
    return failed;
}

#include "base/limits.h"
#include "contract/journal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = arena_new(LIMIT_CALL_MEMORY);
    return 0;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

/* What is kept of a body, as the list of calls shows it. */
static const char *kept(struct arena *arena, struct str body)
{
    struct journal *j = journal_new();
    struct journal_filter all = { 0 };
    journal_add(j, 0, (struct journal_entry){ .body = body });
    const cJSON *list = json_member(journal_list(j, 0, &all, arena), "requests");
    const char *text = json_member_text(list->child, "body");
    journal_free(j);
    return text;
}

static void a_long_body_is_cut_between_characters(void **state)
{
    static const struct {
        const char *end;
        size_t kept;
    } rows[] = {
        { "ab", LIMIT_JOURNAL_BODY },
        { "\xc3\xa9", LIMIT_JOURNAL_BODY - 1 },
        { "\xf0\x9f\x9a\xb2", LIMIT_JOURNAL_BODY - 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char body[LIMIT_JOURNAL_BODY + 8];
        memset(body, 'x', sizeof(body));
        memcpy(body + LIMIT_JOURNAL_BODY - 1, rows[i].end, strlen(rows[i].end));
        assert_int_equal(strlen(kept(*state, (struct str){ body, sizeof(body) })),
                         rows[i].kept);
    }
}

static void a_body_that_is_no_text_is_not_shown(void **state)
{
    assert_string_equal(kept(*state, STR("a\xff")), "(not text)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_body_is_cut_between_characters, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_body_that_is_no_text_is_not_shown, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

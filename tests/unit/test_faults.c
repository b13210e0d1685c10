/* Faults and limits of scenarios: when they happen, and whom they meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../support/desk.h"
#include "base/limits.h"
#include "play/running.h"

/* ---- faults ------------------------------------------------------------------------
 */

static struct scenario *must_scenario(struct desk *d, const char *yaml)
{
    struct record_scenario *record =
        fixture_scenario_text("s.yaml", str(yaml), d->arena, &d->err);
    struct scenario *s =
        record ? scenario_read("s.yaml", record, &d->cast, d->arena, &d->err) : NULL;
    if (!s)
        fail_msg("%s: %s", yaml, problem_text(d->err.last, d->arena));
    return s;
}

static void a_fault_happens_when_it_is_its_turn(void **state)
{
    static const struct {
        const char *fault, *calls; /* x: it happens; .: it does not */
    } rows[] = {
        { "status: 503", "xxxxxxxx" },
        { "status: 503, skip: 3", "...xxxxx" },
        { "status: 503, times: 2", "xx......" },
        { "status: 503, skip: 1, times: 2", ".xx....." },
        { "status: 503, every: 1", "xxxxxxxx" },
        { "status: 503, every: 3", "..x..x.." },
        { "status: 503, every: 2, skip: 1", "..x.x.x." },
        { "status: 503, every: 2, times: 2", ".x.x...." },
        { "status: 503, times: 0", "........" },
        { "delay: 1ms, chance: 1", "xxxxxxxx" },
        { "connection: drop, skip: 100", "........" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct scenario *s = must_scenario(
            d, arena_printf(d->arena, "name: a\nfaults: [{on: add, %s}]\n",
                            rows[i].fault));
        struct running *r = running_new(s, NULL);
        struct chance chance = { 1 };
        char calls[16] = "";
        for (size_t k = 0; k < 8; k++) {
            calls[k] = running_fault(r, 1, &chance) ? 'x' : '.';
            assert_null(running_fault(r, 0, &chance)); /* another operation */
        }
        if (strcmp(calls, rows[i].calls) != 0)
            fail_msg("%s: %s", rows[i].fault, calls);
        running_free(r);
    }
}

static void a_fault_by_chance_is_the_same_for_the_same_seed(void **state)
{
    struct desk *d = *state;
    const struct scenario *s =
        must_scenario(d, "faults: [{on: '*', status: 503, chance: 0.25}]\n");
    bool first[2000];
    size_t fired = 0;
    for (int round = 0; round < 2; round++) {
        struct running *r = running_new(s, NULL);
        struct chance chance = { 99 };
        for (size_t i = 0; i < COUNT(first); i++) {
            bool happens = running_fault(r, 0, &chance) != NULL;
            if (round)
                assert_int_equal(happens, first[i]);
            first[i] = happens;
            fired += happens;
        }
        running_free(r);
    }
    assert_in_range(fired, 2 * 400, 2 * 600);
}

static void the_first_fault_happens_and_every_one_counts(void **state)
{
    struct desk *d = *state;
    const struct scenario *s =
        must_scenario(d, "faults: [{on: add, status: 503, times: 1}, {on: POST /books, "
                         "status: 500, skip: 2},"
                         " {on: books, delay: 5s}]\n");
    struct running *r = running_new(s, NULL);
    struct chance chance = { 1 };
    static const size_t happens[] = { 0, 2, 1, 1 };
    for (size_t i = 0; i < COUNT(happens); i++)
        assert_ptr_equal(running_fault(r, 1, &chance), &s->faults[happens[i]]);
    assert_ptr_equal(running_fault(r, 0, &chance), &s->faults[2]);
    static const int64_t counts[][2] = { { 4, 1 }, { 4, 2 }, { 5, 2 } };
    for (size_t i = 0; i < COUNT(counts); i++) {
        int64_t seen, fired;
        running_counts(r, i, &seen, &fired);
        if (seen != counts[i][0] || fired != counts[i][1])
            fail_msg("fault %zu: seen %d, fired %d", i, (int)seen, (int)fired);
    }
    assert_ptr_equal(running_scenario(r), s);
    running_free(r);
    running_free(NULL);
}

static void a_delay_is_spread_around_its_median_and_bounded(void **state)
{
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "faults: [{on: add, delay: 100ms}, {on: add, delay: 100ms, sigma: 0.5},"
           " {on: add, delay: 10m, sigma: 3}]\n");
    struct chance chance = { 7 };
    size_t below = 0;
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(fault_delay(&s->faults[0], &chance), 100);
        below += fault_delay(&s->faults[1], &chance) < 100;
        int64_t most = fault_delay(&s->faults[2], &chance);
        assert_true(most >= 0 && most <= LIMIT_DELAY_MS);
    }
    assert_in_range(below, 900, 1100);
}

/* ---- limits ------------------------------------------------------------------------
 */

static struct allowance call_at(struct desk *d, struct running *r, clock_ms now,
                                const char *who)
{
    struct allowance a = { 0 };
    d->scope.now = now;
    d->request.headers[0].value = str(who);
    running_allow(r, 1, &d->scope, &a);
    return a;
}

static void a_limit_allows_so_many_calls_in_a_window(void **state)
{
    static const struct {
        clock_ms now;
        const char *who;
        bool allowed;
        int64_t left, reset_ms;
    } rows[] = {
        { 1000, "ada", true, 1, 10000 },
        { 2000, "ada", true, 0, 9000 },
        { 3000, "ada", false, 0, 8000 },
        { 3000, "bob", true, 1, 10000 },
        { 10999, "ada", false, 0, 1 },
        { 11000, "ada", true, 1, 10000 },
        { 12999, "bob", true, 0, 1 },
        { 13000, "bob", true, 1, 10000 },
        { 13000, "Ada", true, 1, 10000 },
        { 13001, "", true, 1, 10000 },
        /* The clock was set back: a new window. */
        { 500, "ada", true, 1, 10000 },
    };
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "limits: [{on: '*', requests: 2, per: 10s, by: /header/x-who}]\n");
    struct running *r = running_new(s, NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct allowance a = call_at(d, r, rows[i].now, rows[i].who);
        if (a.limit != &s->limits[0] || a.allowed != rows[i].allowed ||
            a.left != rows[i].left || a.reset_ms != rows[i].reset_ms ||
            a.reset_at != (rows[i].now + rows[i].reset_ms + 999) / 1000)
            fail_msg("row %zu: %s, %d left, %d ms", i, a.allowed ? "in" : "out",
                     (int)a.left, (int)a.reset_ms);
    }
    running_free(r);
}

static void the_tightest_limit_speaks_and_a_refused_call_counts_for_none(void **state)
{
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "limits: [{on: add, requests: 10, per: 1h},"
           " {on: add, requests: 2, per: 1s}, {on: list, requests: 1, per: 1s}]\n");
    struct running *r = running_new(s, NULL);
    static const struct {
        clock_ms now;
        bool allowed;
        size_t limit;
        int64_t left;
    } rows[] = {
        { 0, true, 1, 1 },     { 1, true, 1, 0 },    { 2, false, 1, 0 },
        { 3, false, 1, 0 },    { 1000, true, 1, 1 }, { 1001, true, 1, 0 },
        { 2000, true, 1, 1 },  { 2001, true, 1, 0 }, { 3000, true, 1, 1 },
        { 3001, true, 1, 0 },  { 4000, true, 0, 1 }, { 4001, true, 0, 0 },
        { 5000, false, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct allowance a = call_at(d, r, rows[i].now, "ada");
        if (a.allowed != rows[i].allowed || a.limit != &s->limits[rows[i].limit] ||
            a.left != rows[i].left)
            fail_msg("row %zu: %s by limit %d, %d left", i, a.allowed ? "in" : "out",
                     (int)(a.limit - s->limits), (int)a.left);
    }
    running_free(r);
}

static void no_limit_speaks_where_none_is_on_the_operation(void **state)
{
    struct desk *d = *state;
    const struct scenario *s =
        must_scenario(d, "limits: [{on: list, requests: 1, per: 1s}]\n");
    struct running *r = running_new(s, NULL);
    for (int i = 0; i < 3; i++) {
        struct allowance a = call_at(d, r, 0, "ada");
        assert_null(a.limit);
        assert_true(a.allowed);
    }
    running_free(r);
}

static void many_callers_cost_no_more_than_the_table(void **state)
{
    struct desk *d = *state;
    const struct scenario *s = must_scenario(
        d, "limits: [{on: add, requests: 1, per: 1h, by: /header/x-who}]\n");
    struct running *r = running_new(s, NULL);
    char who[16];
    for (int i = 0; i < 5 * LIMIT_CALLERS; i++) {
        snprintf(who, sizeof(who), "w%d", i);
        assert_true(call_at(d, r, i, who).allowed);
        /* Who came a moment ago is not forgotten. */
        assert_false(call_at(d, r, i, who).allowed);
    }
    running_free(r);
}

static void callers_are_told_apart_by_a_place_in_the_call(void **state)
{
    static const struct {
        const char *pointer, *text;
    } rows[] = {
        { "/header/x-who", "Ada" },        { "/header/none", "" },
        { "/body/title", "Emma" },         { "/body/pages", "300" },
        { "/body/tags", "[\"a\",\"b\"]" }, { "/body/none", "" },
        { "/query/limit", "5" },
    };
    struct desk *d = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text = call_text(&d->scope, rows[i].pointer);
        if (!str_is(text, rows[i].text))
            fail_msg("%s: %.*s", rows[i].pointer, (int)text.len, text.ptr);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_up, desk_down)
    const struct CMUnitTest tests[] = {
        TEST(a_fault_happens_when_it_is_its_turn),
        TEST(a_fault_by_chance_is_the_same_for_the_same_seed),
        TEST(the_first_fault_happens_and_every_one_counts),
        TEST(a_delay_is_spread_around_its_median_and_bounded),
        TEST(a_limit_allows_so_many_calls_in_a_window),
        TEST(the_tightest_limit_speaks_and_a_refused_call_counts_for_none),
        TEST(no_limit_speaks_where_none_is_on_the_operation),
        TEST(many_callers_cost_no_more_than_the_table),
        TEST(callers_are_told_apart_by_a_place_in_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

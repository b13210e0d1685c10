#include "base/arena.h"
#include "base/buffer.h"
#include "base/chance.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/lock.h"
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { ARENA_BYTES = 16 * 1024 * 1024 };

static int arena_up(void **state)
{
    *state = arena_new(ARENA_BYTES);
    return 0;
}

static int arena_down(void **state)
{
    arena_free(*state);
    return 0;
}

/* ---- arena ------------------------------------------------------------------- */

static void an_arena_gives_zeroed_aligned_bytes_that_stay(void **state)
{
    enum { MANY = 2000 };
    static unsigned char *taken[MANY];
    for (size_t i = 0; i < MANY; i++) {
        size_t size = i * 7 % 900 + 1;
        taken[i] = arena_take(*state, size);
        assert_int_equal((uintptr_t)taken[i] % 16, 0);
        for (size_t j = 0; j < size; j++)
            assert_int_equal(taken[i][j], 0);
        memset(taken[i], (int)(i % 251), size);
    }
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(taken[i][i * 7 % 900], i % 251);
}

static void an_arena_takes_what_is_larger_than_a_block(void **state)
{
    char *large = arena_take(*state, 5 * 1024 * 1024);
    large[5 * 1024 * 1024 - 1] = 'x';
    assert_string_equal(arena_printf(*state, "%d-%s", 7, "x"), "7-x");
    assert_string_equal(arena_copy(*state, (struct str){ "abc", 2 }), "ab");
    assert_string_equal(arena_copy(*state, (struct str){ NULL, 0 }), "");
}

static void a_reset_arena_starts_from_nothing(void **state)
{
    for (int round = 0; round < 3; round++) {
        assert_int_equal(arena_used(*state), 0);
        for (int i = 0; i < 100; i++)
            memset(arena_take_raw(*state, 10000), 0xff, 10000);
        assert_true(arena_used(*state) >= 1000000);
        const char *zeroed = arena_take(*state, 64);
        assert_int_equal(zeroed[63], 0);
        arena_reset(*state);
    }
}

static void note_parting(void *count)
{
    ++*(int *)count;
}

static void what_is_kept_outside_goes_with_the_arena(void **state)
{
    int partings = 0;
    struct arena *a = arena_new(ARENA_BYTES);
    (void)state;
    arena_on_free(a, note_parting, &partings);
    arena_on_free(a, note_parting, &partings);
    assert_int_equal(partings, 0);
    arena_reset(a);
    assert_int_equal(partings, 2);
    arena_reset(a);
    assert_int_equal(partings, 2);
    arena_on_free(a, note_parting, &partings);
    arena_free(a);
    assert_int_equal(partings, 3);
}

static void the_limit_of_an_arena_leads_back_to_the_guard(void **state)
{
    volatile int taken = 0;
    if (!setjmp(*arena_guard(*state)))
        for (;; taken++)
            arena_take(*state, 1024 * 1024);
    assert_int_equal(taken, 16);
    if (!setjmp(*arena_guard(*state)))
        arena_take(*state, SIZE_MAX);
    else
        taken = 0;
    assert_int_equal(taken, 0);
    arena_reset(*state);
    arena_unguard(*state);
    assert_non_null(arena_take(*state, 1024 * 1024));
}

/* ---- buffer ------------------------------------------------------------------ */

static void a_buffer_grows_and_keeps_its_text(void **state)
{
    struct buffer b = buffer_in(*state, 100000);
    assert_string_equal(buffer_str(&b).ptr, "");
    for (int i = 0; i < 1000; i++) {
        buffer_add(&b, STR("ab"));
        buffer_add_char(&b, 'c');
        buffer_add_text(&b, "de");
        buffer_printf(&b, "%03d", i);
    }
    assert_false(b.full);
    assert_int_equal(b.len, 8000);
    assert_memory_equal(b.ptr + 7992, "abcde999", 9);
}

static void a_buffer_stops_at_its_limit_and_says_so(void **state)
{
    struct buffer b = buffer_in(*state, 4);
    buffer_add_text(&b, "abcd");
    assert_false(b.full);
    buffer_add_char(&b, 'e');
    assert_true(b.full);
    assert_string_equal(buffer_str(&b).ptr, "abcd");
    b = buffer_in(*state, 4);
    buffer_printf(&b, "%s", "abcde");
    buffer_add_char(&b, 'x'); /* nothing fits behind a gap */
    assert_true(b.full);
    assert_int_equal(buffer_str(&b).len, 0);
}

/* ---- error ------------------------------------------------------------------- */

static void a_problem_is_told_with_the_parts_that_are_known(void **state)
{
    static const struct {
        struct where at;
        const char *text;
    } rows[] = {
        { { "a.yaml", 41, 7, "/paths/~1pets" }, "a.yaml:41:7: /paths/~1pets: 7 x" },
        { { "a.yaml", 0, 0, "/p" }, "a.yaml: /p: 7 x" },
        { { "a.yaml", 2, 1, NULL }, "a.yaml:2:1: 7 x" },
        { { "a.yaml", 2, 1, "" }, "a.yaml:2:1: 7 x" },
        { { NULL, 0, 0, "/p" }, "/p: 7 x" },
        { { NULL, 0, 0, NULL }, "7 x" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct err err = err_in(*state);
        assert_false(err_set(&err, rows[i].at, "%d %s", 7, "x"));
        const char *text = problem_text(err.first, *state);
        if (strcmp(text, rows[i].text) != 0)
            fail_msg("%s, not %s", text, rows[i].text);
    }
}

static void problems_are_kept_in_order_up_to_a_limit(void **state)
{
    struct err err = err_in(*state);
    struct where at = { 0 };
    char long_text[LIMIT_PROBLEM_TEXT * 2];
    memset(long_text, 'x', sizeof(long_text));
    long_text[sizeof(long_text) - 1] = '\0';
    err_warn(&err, at, "%s", long_text);
    for (unsigned i = 0; i < LIMIT_PROBLEMS + 50; i++)
        err_set(&err, at, "number %u", i);
    assert_int_equal(err.errors, LIMIT_PROBLEMS + 50);
    assert_int_equal(err.warnings, 1);
    assert_true(err.first->warning);
    assert_int_equal(strlen(err.first->why), LIMIT_PROBLEM_TEXT - 1);
    assert_string_equal(err.first->next->why, "number 0");
    unsigned kept = 0;
    for (const struct problem *p = err.first; p; p = p->next)
        kept++;
    assert_int_equal(kept, LIMIT_PROBLEMS + 1);
    assert_null(err.last->next);
}

static void problems_of_two_are_joined_in_their_order(void **state)
{
    struct err err = err_in(*state), other = err_in(*state);
    struct where at = { .file = "f" };
    err.files = map_new(*state);
    other.files = map_new(*state);
    err_set(&err, at, "one");
    err_warn(&other, at, "two");
    err_set(&other, at, "three");
    err_set(&other, at, "one");
    other.warnings += 5; /* past the limit, only counted */
    map_put(other.files, STR("f"), other.files);
    err_join(&err, &other);
    assert_int_equal(err.errors, 2);
    assert_int_equal(err.warnings, 6);
    assert_string_equal(err.first->next->why, "two");
    assert_true(err.first->next->warning);
    assert_string_equal(err.last->why, "three");
    assert_non_null(map_get(err.files, STR("f")));
}

static void a_problem_keeps_its_own_copies(void **state)
{
    struct err err = err_in(*state);
    char file[] = "a", pointer[] = "/b";
    err_set(&err, (struct where){ .file = file, .pointer = pointer }, "why");
    file[0] = pointer[0] = '?';
    assert_string_equal(problem_text(err.first, *state), "a: /b: why");
}

/* ---- map --------------------------------------------------------------------- */

static void a_map_finds_what_was_put_in_the_order_it_came(void **state)
{
    enum { MANY = 5000 };
    static int values[MANY];
    struct map *m = map_new(*state);
    for (int i = 0; i < MANY; i++) {
        char key[16]; /* the map keeps a copy */
        snprintf(key, sizeof(key), "k%d", i);
        assert_null(map_put(m, str(key), &values[i]));
    }
    assert_int_equal(map_count(m), MANY);
    for (int i = 0; i < MANY; i++) {
        struct str key;
        void *value;
        assert_true(map_at(m, (size_t)i, &key, &value));
        assert_ptr_equal(value, &values[i]);
        assert_ptr_equal(map_get(m, key), value);
    }
    struct str key;
    void *value;
    assert_false(map_at(m, MANY, &key, &value));
    assert_null(map_get(m, STR("k5000")));
}

static void a_map_tells_what_was_there_before(void **state)
{
    struct map *m = map_new(*state);
    int a, b;
    assert_null(map_get(m, STR("")));
    assert_null(map_put(m, STR(""), &a));
    assert_null(map_put(m, STR("\0"), &b));
    assert_ptr_equal(map_put(m, STR(""), &b), &a);
    assert_ptr_equal(map_get(m, STR("")), &b);
    assert_int_equal(map_count(m), 2);
    assert_null(map_get(NULL, STR("a")));
    assert_int_equal(map_count(NULL), 0);
}

/* ---- clock ------------------------------------------------------------------- */

static void a_date_time_is_read_as_rfc_3339_writes_it(void **state)
{
    static const struct {
        const char *text;
        clock_ms ms;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1970-01-01t00:00:00z", 0 },
        { "1970-01-01 00:00:00Z", 0 },
        { "1969-12-31T23:59:59.999Z", -1 },
        { "2026-01-01T00:00:00Z", 1767225600000 },
        { "2026-01-01T00:00:00.5Z", 1767225600500 },
        { "2026-01-01T00:00:00.123999Z", 1767225600123 },
        { "2026-01-01T01:30:00+01:30", 1767225600000 },
        { "2025-12-31T23:00:00-01:00", 1767225600000 },
        { "2026-01-01T00:00:00-00:00", 1767225600000 },
        { "2000-02-29T00:00:00Z", 951782400000 },
        { "2024-02-29T12:00:00Z", 1709208000000 },
        { "2016-12-31T23:59:60Z", 1483228800000 },
        { "0000-01-01T00:00:00Z", -62167219200000 },
        { "9999-12-31T23:59:59.999Z", 253402300799999 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        clock_ms ms = 0;
        if (!clock_read(str(rows[i].text), &ms) || ms != rows[i].ms)
            fail_msg("%s: %lld", rows[i].text, (long long)ms);
    }
}

static void what_is_no_date_time_is_refused(void **state)
{
    static const struct str rows[] = {
        { "", 0 },
        { "2026-01-01", 10 },
        { "2026-01-01T00:00:00", 19 },
        { "2026-01-01T00:00Z", 17 },
        { "2026-1-01T00:00:00Z", 19 },
        { "2026-00-01T00:00:00Z", 20 },
        { "2026-13-01T00:00:00Z", 20 },
        { "2026-01-00T00:00:00Z", 20 },
        { "2026-04-31T00:00:00Z", 20 },
        { "2025-02-29T00:00:00Z", 20 },
        { "1900-02-29T00:00:00Z", 20 },
        { "2026-01-01T24:00:00Z", 20 },
        { "2026-01-01T00:60:00Z", 20 },
        { "2026-01-01T00:00:61Z", 20 },
        { "2026-01-01T00:00:00.Z", 21 },
        { "2026-01-01T00:00:00+24:00", 25 },
        { "2026-01-01T00:00:00+0100", 24 },
        { "2026-01-01T00:00:00Z ", 21 },
        { "2026-01-01\0"
          "00:00:00Z",
          20 },
        { "2026-01-01T00:00:00\0", 20 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        clock_ms ms;
        if (clock_read(rows[i], &ms))
            fail_msg("row %zu, %s, was read", i, rows[i].ptr);
    }
}

static void a_date_time_is_written_with_the_digits_asked_for(void **state)
{
    static const struct {
        clock_ms ms;
        unsigned digits;
        const char *utc, *text;
    } rows[] = {
        { 0, 0, "Z", "1970-01-01T00:00:00Z" },
        { -1, 3, "Z", "1969-12-31T23:59:59.999Z" },
        { -86400000, 0, "Z", "1969-12-31T00:00:00Z" },
        { 1767225600123, 0, "Z", "2026-01-01T00:00:00Z" },
        { 1767225600123, 1, "Z", "2026-01-01T00:00:00.1Z" },
        { 1767225600123, 6, "+00:00", "2026-01-01T00:00:00.123000+00:00" },
        { 1767225600007, 9, "Z", "2026-01-01T00:00:00.007000000Z" },
        { 1767225600007, 99, "Z", "2026-01-01T00:00:00.007000000Z" },
        { 951782400000, 0, "Z", "2000-02-29T00:00:00Z" },
        { 253402300799999, 3, "Z", "9999-12-31T23:59:59.999Z" },
        { -62167219200000, 0, "Z", "0000-01-01T00:00:00Z" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[CLOCK_TEXT];
        clock_write(rows[i].ms, rows[i].digits, rows[i].utc, out);
        if (strcmp(out, rows[i].text) != 0)
            fail_msg("%s, not %s", out, rows[i].text);
    }
}

static void every_day_of_eight_centuries_reads_as_it_was_written(void **state)
{
    (void)state;
    for (clock_ms day = -150000; day < 150000; day++) {
        char out[CLOCK_TEXT];
        clock_ms back = 0, ms = day * 86400000;
        clock_write(ms, 0, "Z", out);
        if (!clock_read(str(out), &back) || back != ms)
            fail_msg("%s", out);
    }
}

static void a_duration_is_digits_and_a_unit(void **state)
{
    static const struct {
        const char *text;
        clock_ms ms; /* -1 where it is none */
    } rows[] = {
        { "0", 0 },
        { "250", 250 },
        { "250ms", 250 },
        { "5s", 5000 },
        { "2m", 120000 },
        { "1h", 3600000 },
        { "7d", 604800000 },
        { "007s", 7000 },
        { "3650d", LIMIT_DURATION_MS },
        { "3651d", -1 },
        { "315360000001", -1 },
        { "99999999999999999999999s", -1 },
        { "", -1 },
        { "s", -1 },
        { "-1s", -1 },
        { "1.5s", -1 },
        { "1 s", -1 },
        { "1S", -1 },
        { "1w", -1 },
        { "1s ", -1 },
        { " 1s", -1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        clock_ms ms = 0;
        if (!clock_duration(str(rows[i].text), &ms))
            ms = -1;
        if (ms != rows[i].ms)
            fail_msg("%s: %lld", rows[i].text, (long long)ms);
    }
}

static void a_date_is_written_anew_in_utc(void **state)
{
    static const struct {
        const char *text;
        unsigned digits;
        const char *utc;
        const char *is; /* NULL: left alone */
    } rows[] = {
        { "2023-10-06T19:42:14.716444", 6, "+00:00",
          "2023-10-06T19:42:14.716444+00:00" },
        { "2023-10-06T19:42:14.716444Z", 6, "+00:00",
          "2023-10-06T19:42:14.716444+00:00" },
        { "2023-10-06T19:42:14+02:00", 6, "+00:00",
          "2023-10-06T17:42:14.000000+00:00" },
        { "2023-12-31T23:30:00.5-01:00", 3, "Z", "2024-01-01T00:30:00.500Z" },
        { "2023-10-06 19:42:14.1234567899999", 9, "Z",
          "2023-10-06T19:42:14.123456789Z" },
        { "2023-10-06T19:42:14.999", 0, "Z", "2023-10-06T19:42:14Z" },
        { "1969-12-31T23:59:59.25Z", 2, "Z", "1969-12-31T23:59:59.25Z" },
        { "0000-01-01T00:00:00+01:00", 0, "Z", NULL },
        { "9999-12-31T23:59:59-01:00", 0, "Z", NULL },
        { "2023-02-29T00:00:00", 0, "Z", NULL },
        { "2023-10-06", 0, "Z", NULL },
        { "2023-10-06T19:42:14+", 0, "Z", NULL },
        { "yesterday", 0, "Z", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[CLOCK_TEXT];
        bool done = clock_rewrite(str(rows[i].text), rows[i].digits, rows[i].utc, out);
        if (done != !!rows[i].is || (done && strcmp(out, rows[i].is) != 0))
            fail_msg("%s became %s", rows[i].text, done ? out : "nothing");
    }
}

static void a_still_clock_stands_and_measured_time_never_goes_back(void **state)
{
    (void)state;
    struct clock still = { .still = true, .at = 42 }, runs = { .still = false };
    assert_int_equal(clock_now(&still), 42);
    assert_true(clock_now(&runs) > 1577836800000); /* 2020 */
    uint64_t before = clock_monotonic_us();
    assert_true(clock_monotonic_us() >= before);
}

/* ---- chance ------------------------------------------------------------------ */

static void the_same_call_draws_the_same_numbers(void **state)
{
    (void)state;
    struct chance a = chance_of(1, STR("n"), STR("op"), 3);
    struct chance b = chance_of(1, STR("n"), STR("op"), 3);
    for (int i = 0; i < 100; i++)
        assert_true(chance_next(&a) == chance_next(&b));
}

static void another_seed_namespace_operation_or_call_draws_others(void **state)
{
    (void)state;
    struct chance others[] = {
        chance_of(1, STR("n"), STR("op"), 3), chance_of(2, STR("n"), STR("op"), 3),
        chance_of(1, STR("m"), STR("op"), 3), chance_of(1, STR("n"), STR("oq"), 3),
        chance_of(1, STR("n"), STR("op"), 4), chance_of(1, STR("op"), STR("n"), 3),
    };
    uint64_t first[COUNT(others)];
    for (size_t i = 0; i < COUNT(others); i++) {
        first[i] = chance_next(&others[i]);
        for (size_t j = 0; j < i; j++)
            if (first[i] == first[j])
                fail_msg("streams %zu and %zu begin alike", j, i);
    }
}

static void draws_stay_in_their_range_and_reach_all_of_it(void **state)
{
    (void)state;
    struct chance c = chance_of(7, STR(""), STR(""), 0);
    unsigned seen[6] = { 0 };
    for (int i = 0; i < 6000; i++) {
        uint64_t n = chance_below(&c, 6);
        double unit = chance_unit(&c);
        assert_true(n < 6);
        assert_true(unit >= 0 && unit < 1);
        seen[n]++;
    }
    for (size_t i = 0; i < COUNT(seen); i++)
        if (seen[i] < 800 || seen[i] > 1200)
            fail_msg("%zu was drawn %u times in 6000", i, seen[i]);
    assert_int_equal(chance_below(&c, 0), 0);
    assert_int_equal(chance_below(&c, 1), 0);
}

static void a_uuid_has_its_version_and_variant(void **state)
{
    (void)state;
    struct chance c = chance_of(7, STR(""), STR(""), 0);
    for (int i = 0; i < 1000; i++) {
        char out[37];
        chance_uuid(&c, out);
        bool ok = strlen(out) == 36 && strspn(out, "0123456789abcdef-") == 36 &&
                  out[8] == '-' && out[13] == '-' && out[18] == '-' && out[23] == '-' &&
                  out[14] == '4' && strchr("89ab", out[19]);
        if (!ok)
            fail_msg("%s", out);
    }
}

/* ---- str --------------------------------------------------------------------- */

static void slices_are_compared_by_length_and_bytes(void **state)
{
    (void)state;
    assert_true(str_equal(str(NULL), STR("")));
    assert_true(str_is(STR("a"), "a"));
    assert_false(str_is(STR("a\0"), "a"));
    assert_false(str_is(STR("a"), "ab"));
    assert_true(str_starts(STR("abc"), STR("ab")));
    assert_false(str_starts(STR("a"), STR("ab")));
    assert_true(str_is(str_from(STR("abc"), 1), "bc"));
    assert_true(str_is(str_from(STR("abc"), 9), ""));
    assert_true(str_equal_nocase(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_equal_nocase(STR("a["), STR("a{")));
    assert_false(str_equal_nocase(STR("a"), STR("ab")));
}

static void white_space_is_trimmed_at_both_ends(void **state)
{
    static const struct {
        const char *text, *trimmed;
    } rows[] = {
        { "", "" }, { " \t ", "" }, { " a b\t", "a b" }, { "a", "a" }, { "\na ", "\na" }
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (!str_is(str_trim(str(rows[i].text)), rows[i].trimmed))
            fail_msg("\"%s\"", rows[i].text);
}

static void a_text_is_split_into_all_its_parts(void **state)
{
    static const struct {
        const char *text;
        const char *parts; /* each followed by ';' */
    } rows[] = {
        { "", ";" },     { "a", "a;" },     { "a,b", "a;b;" },
        { "a,", "a;;" }, { ",,a", ";;a;" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buffer b = buffer_in(*state, 64);
        struct str rest = str(rows[i].text), part;
        while (str_split(&rest, ',', &part)) {
            buffer_add(&b, part);
            buffer_add_char(&b, ';');
        }
        if (!str_is(buffer_str(&b), rows[i].parts))
            fail_msg("%s gave %s", rows[i].text, b.ptr);
    }
    struct str used_up = { NULL, 0 }, part;
    assert_false(str_split(&used_up, ',', &part));
}

static void hashes_tell_apart_what_differs_a_little(void **state)
{
    static const struct str rows[] = {
        { "", 0 },         { "\0", 1 },
        { "\0\0", 2 },     { "a", 1 },
        { "a\0", 2 },      { "abcdefgh", 8 },
        { "abcdefg", 7 },  { "abcdefgh\0", 9 },
        { "hgfedcba", 8 }, { "abcdefghabcdefgh", 16 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < i; j++)
            if (str_hash(rows[i]) == str_hash(rows[j]))
                fail_msg("rows %zu and %zu", j, i);
}

static void distance_counts_single_edits(void **state)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        { "", "", 0 },           { "abc", "abc", 0 },        { "", "abc", 3 },
        { "delay", "dealy", 2 }, { "kitten", "sitting", 3 }, { "stat", "status", 2 },
        { "a", "b", 1 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        if (str_distance(str(rows[i].a), str(rows[i].b)) != rows[i].distance ||
            str_distance(str(rows[i].b), str(rows[i].a)) != rows[i].distance)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
    static const char text[70] = { 0 };
    assert_int_equal(str_distance((struct str){ text, 65 }, STR("")), 64);
}

struct shared {
    pthread_mutex_t lock;
    struct lookout lookout;
    size_t count;
};

enum { TURNS = 50 * 1000 };

static void *count_up(void *context)
{
    struct shared *s = context;
    for (size_t i = 0; i < TURNS; i++) {
        lock_soon(&s->lock, &s->lookout);
        s->count++;
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

static void who_takes_a_lock_soon_has_it_alone(void **state)
{
    struct shared s = { .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, &s), 0);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(s.count, COUNT(threads) * TURNS);
    pthread_mutex_destroy(&s.lock);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)
    const struct CMUnitTest tests[] = {
        TEST(an_arena_gives_zeroed_aligned_bytes_that_stay),
        TEST(an_arena_takes_what_is_larger_than_a_block),
        TEST(what_is_kept_outside_goes_with_the_arena),
        TEST(a_reset_arena_starts_from_nothing),
        TEST(the_limit_of_an_arena_leads_back_to_the_guard),
        TEST(a_buffer_grows_and_keeps_its_text),
        TEST(a_buffer_stops_at_its_limit_and_says_so),
        TEST(a_problem_is_told_with_the_parts_that_are_known),
        TEST(problems_are_kept_in_order_up_to_a_limit),
        TEST(problems_of_two_are_joined_in_their_order),
        TEST(a_problem_keeps_its_own_copies),
        TEST(a_map_finds_what_was_put_in_the_order_it_came),
        TEST(a_map_tells_what_was_there_before),
        TEST(a_date_time_is_read_as_rfc_3339_writes_it),
        TEST(what_is_no_date_time_is_refused),
        TEST(a_date_time_is_written_with_the_digits_asked_for),
        TEST(every_day_of_eight_centuries_reads_as_it_was_written),
        TEST(a_duration_is_digits_and_a_unit),
        TEST(a_date_is_written_anew_in_utc),
        TEST(a_still_clock_stands_and_measured_time_never_goes_back),
        TEST(the_same_call_draws_the_same_numbers),
        TEST(another_seed_namespace_operation_or_call_draws_others),
        TEST(draws_stay_in_their_range_and_reach_all_of_it),
        TEST(a_uuid_has_its_version_and_variant),
        TEST(slices_are_compared_by_length_and_bytes),
        TEST(white_space_is_trimmed_at_both_ends),
        TEST(a_text_is_split_into_all_its_parts),
        TEST(hashes_tell_apart_what_differs_a_little),
        TEST(distance_counts_single_edits),
        TEST(who_takes_a_lock_soon_has_it_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

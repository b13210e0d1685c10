/* The conditional fields of HTTP: entity tags and dates as they are written, and the
 * order in which they are judged. */
#include "api/condition.h"
#include "api/http_date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* In a block of its own, so that reading past its end is seen. */
static struct str held(const char *bytes, size_t len)
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, len);
    return (struct str){ copy, len };
}

static bool matches(struct str list, const char *etag, bool weak)
{
    struct str text = held(list.ptr, list.len);
    bool yes = etags_match(text, str(etag), weak);
    free((void *)(uintptr_t)text.ptr);
    return yes;
}

static void a_list_of_tags_matches_as_the_grammar_says(void **state)
{
    static const struct {
        const char *list, *etag;
        bool strong, weak;
    } rows[] = {
        { "\"a\"", "\"a\"", true, true },
        { "\"b\"", "\"a\"", false, false },
        { "W/\"a\"", "\"a\"", false, true },
        { "\"a\"", "W/\"a\"", false, true },
        { "W/\"a\"", "W/\"a\"", false, true },
        { "\"b\", \"a\"", "\"a\"", true, true },
        { "\"b\",\"a\"", "\"a\"", true, true },
        { " ,\t, \"a\" , ,", "\"a\"", true, true },
        { "\"\"", "\"\"", true, true },
        { "\"a,b\"", "\"a,b\"", true, true },
        { "\"a, \"b\"", "\"b\"", false, false },
        { "\"a\\\"", "\"a\\\"", true, true },
        { "\"\xc3\xa9\"", "\"\xc3\xa9\"", true, true },
        /* Not the grammar: nothing matches, though one of them might. */
        { "", "\"a\"", false, false },
        { ",", "\"a\"", false, false },
        { "a", "\"a\"", false, false },
        { "\"a", "\"a\"", false, false },
        { "a\"", "\"a\"", false, false },
        { "\"a\" \"b\"", "\"a\"", false, false },
        { "\"a\"\"b\"", "\"a\"", false, false },
        { "\"a\", b", "\"a\"", false, false },
        { "w/\"a\"", "\"a\"", false, false },
        { "W/ \"a\"", "\"a\"", false, false },
        { "W/", "\"a\"", false, false },
        { "\"a b\"", "\"a b\"", false, false },
        { "\"a\x7f\"", "\"a\x7f\"", false, false },
        { "*", "\"a\"", false, false },
        { "\"a\", *", "\"a\"", false, false },
        { "'a'", "'a'", false, false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (matches(str(rows[i].list), rows[i].etag, false) != rows[i].strong)
            fail_msg("%s against %s, strongly", rows[i].list, rows[i].etag);
        if (matches(str(rows[i].list), rows[i].etag, true) != rows[i].weak)
            fail_msg("%s against %s, weakly", rows[i].list, rows[i].etag);
    }
}

static void every_list_of_few_bytes_has_an_answer(void **state)
{
    static const char alphabet[] = { '"', 'W', '/', ',', ' ', 'a', '*', '\0' };
    enum { N = sizeof(alphabet), LONGEST = 6 };
    size_t met = 0;
    (void)state;
    for (size_t len = 0, all = 1; len <= LONGEST; len++, all *= N)
        for (size_t i = 0; i < all; i++) {
            char bytes[LONGEST + 1];
            size_t rest = i;
            for (size_t j = 0; j < len; j++, rest /= N)
                bytes[j] = alphabet[rest % N];
            struct str list = { bytes, len };
            bool strong = matches(list, "\"a\"", false);
            bool weak = matches(list, "\"a\"", true);
            if (strong && !weak)
                fail_msg("%.*s matches strongly alone", (int)len, bytes);
            met += strong;
        }
    assert_true(met > 3); /* "a" with blanks and commas around it */
}

static void a_long_list_is_read_once(void **state)
{
    enum { MANY = LIMIT_HEAD_BYTES / 4 };
    char *bytes = malloc(4 * MANY);
    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < MANY; i++)
        memcpy(bytes + 4 * i, "\"b\",", 4);
    assert_false(matches((struct str){ bytes, 4 * MANY }, "\"a\"", true));
    bytes[4 * MANY - 3] = 'a';
    assert_true(matches((struct str){ bytes, 4 * MANY }, "\"a\"", true));
    free(bytes);
}

static void conditions_are_judged_in_the_order_of_the_standard(void **state)
{
    static const char *const at = "Thu, 01 Jan 2026 00:00:00 GMT";
    static const char *const before = "Wed, 31 Dec 2025 23:59:59 GMT";
    static const struct {
        const char *method, *names[3], *values[3];
        enum condition_verdict verdict;
    } rows[] = {
        { "GET", { "Accept" }, { "*/*" }, CONDITION_MET },
        { "GET", { "if-match" }, { "\"a\"" }, CONDITION_MET },
        { "GET", { "If-Match" }, { "\"b\"" }, CONDITION_FAILED },
        { "GET", { "If-Match" }, { "*" }, CONDITION_MET },
        { "GET", { "If-Match", "If-Match" }, { "\"b\"", "\"a\"" }, CONDITION_MET },
        { "GET", { "If-None-Match" }, { "W/\"a\"" }, CONDITION_NOT_MODIFIED },
        { "HEAD", { "If-None-Match" }, { "*" }, CONDITION_NOT_MODIFIED },
        { "PUT", { "If-None-Match" }, { "*" }, CONDITION_FAILED },
        { "PUT", { "If-None-Match" }, { "\"b\"" }, CONDITION_MET },
        { "GET", { "If-Modified-Since" }, { at }, CONDITION_NOT_MODIFIED },
        { "GET", { "If-Modified-Since" }, { before }, CONDITION_MET },
        { "PUT", { "If-Modified-Since" }, { at }, CONDITION_MET },
        { "PUT", { "If-Unmodified-Since" }, { at }, CONDITION_MET },
        { "PUT", { "If-Unmodified-Since" }, { before }, CONDITION_FAILED },
        { "PUT", { "If-Unmodified-Since" }, { "soon" }, CONDITION_MET },
        /* A tag beats the date of its kind; If-Match comes first of all. */
        { "PUT",
          { "If-Unmodified-Since", "If-Match" },
          { before, "\"a\"" },
          CONDITION_MET },
        { "GET",
          { "If-Modified-Since", "If-None-Match" },
          { at, "\"b\"" },
          CONDITION_MET },
        { "GET",
          { "If-None-Match", "If-Match" },
          { "\"a\"", "\"b\"" },
          CONDITION_FAILED },
        { "GET",
          { "If-None-Match", "If-Unmodified-Since" },
          { "\"a\"", before },
          CONDITION_FAILED },
    };
    const struct validators there = {
        .exists = true, .etag = STR("\"a\""), .dated = true, .modified = 1767225600999
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request r = { .method = str(rows[i].method) };
        const char *field;
        for (size_t j = 0; j < 3 && rows[i].names[j]; j++)
            r.headers[r.header_count++] =
                (struct header){ str(rows[i].names[j]), str(rows[i].values[j]) };
        if (conditions_check(&r, &there, 0, &field) != rows[i].verdict)
            fail_msg("row %zu: %s %s: %s", i, rows[i].method, rows[i].names[0],
                     rows[i].values[0]);
    }
}

static void nothing_matches_what_is_not_there(void **state)
{
    const struct validators nothing = { .exists = false };
    struct request r = { .method = STR("PUT"), .header_count = 1 };
    const char *field;
    (void)state;
    r.headers[0] = (struct header){ STR("If-Match"), STR("*") };
    assert_int_equal(conditions_check(&r, &nothing, 0, &field), CONDITION_FAILED);
    r.headers[0] = (struct header){ STR("If-None-Match"), STR("*") };
    assert_int_equal(conditions_check(&r, &nothing, 0, &field), CONDITION_MET);
    r.headers[0] = (struct header){ STR("If-Unmodified-Since"),
                                    STR("Thu, 01 Jan 1970 00:00:00 GMT") };
    assert_int_equal(conditions_check(&r, &nothing, 0, &field), CONDITION_MET);
}

static void dates_are_read_in_the_three_forms_of_http(void **state)
{
    static const struct {
        const char *text;
        clock_ms ms; /* -1: it is none */
    } rows[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777000 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777000 },
        { "Sun Nov  6 08:49:37 1994", 784111777000 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Wednesday, 31-Dec-75 23:59:59 GMT", 3345062399000 },
        { "Sunday, 06-Nov-77 08:49:37 GMT", 247654177000 },
        { "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800000 },
        { "Sun, 29 Feb 2023 00:00:00 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:37 UTC", -1 },
        { "Sun, 06 Nov 1994 08:49:37 GMT ", -1 },
        { "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
        { "sun, 06 nov 1994 08:49:37 gmt", -1 },
        { "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
        { "Sun Nov 6 08:49:37 1994", -1 },
        { "1994-11-06T08:49:37Z", -1 },
        { "784111777", -1 },
        { "", -1 },
    };
    const clock_ms now = 1767225600000; /* 2026 */
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t whole = strlen(rows[i].text);
        /* No beginning of a date is one. */
        for (size_t len = rows[i].ms == -1 ? whole : 0; len <= whole; len++) {
            struct str text = held(rows[i].text, len);
            clock_ms ms = -1;
            bool read = http_date_read(text, now, &ms);
            free((void *)(uintptr_t)text.ptr);
            if (read != (len == whole && rows[i].ms != -1) ||
                (read && ms != rows[i].ms))
                fail_msg("\"%.*s\" is %lld", (int)len, rows[i].text, (long long)ms);
        }
    }
}

static void a_written_date_is_read_again(void **state)
{
    static const struct {
        clock_ms ms;
        const char *text;
    } rows[] = { { 784111777999, "Sun, 06 Nov 1994 08:49:37 GMT" },
                 { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
                 { -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
                 { 253402300799999, "Fri, 31 Dec 9999 23:59:59 GMT" } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[HTTP_DATE_TEXT];
        clock_ms ms;
        http_date_write(rows[i].ms, text);
        assert_string_equal(text, rows[i].text);
        assert_true(http_date_read(str(text), 0, &ms));
        assert_true(rows[i].ms - ms >= 0 && rows[i].ms - ms < 1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_tags_matches_as_the_grammar_says),
        cmocka_unit_test(every_list_of_few_bytes_has_an_answer),
        cmocka_unit_test(a_long_list_is_read_once),
        cmocka_unit_test(conditions_are_judged_in_the_order_of_the_standard),
        cmocka_unit_test(nothing_matches_what_is_not_there),
        cmocka_unit_test(dates_are_read_in_the_three_forms_of_http),
        cmocka_unit_test(a_written_date_is_read_again),
    };
    return cmocka_run_group_tests_name("conditions", tests, NULL, NULL);
}

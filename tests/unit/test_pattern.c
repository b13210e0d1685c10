/* Patterns of ECMA-262: one row for each input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "../support/cost.h"
#include "../support/text.h"
#include "schema/pattern.h"

#define MEMORY ((size_t)512 * 1024 * 1024)

struct match_row {
    const char *pattern, *text;
    bool fits;
};

static void check_rows(struct arena *a, const struct match_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *why = NULL;
        struct pattern *p = pattern_compile(rows[i].pattern, a, &why);
        if (!p)
            fail_msg("%s was refused: %s", rows[i].pattern, why);
        enum pattern_answer got = pattern_match(p, str(rows[i].text), a);
        if (got != (rows[i].fits ? PATTERN_MATCHES : PATTERN_DIFFERS))
            fail_msg("%s on \"%s\" gave %d", rows[i].pattern, rows[i].text, (int)got);
    }
}

static void a_pattern_is_not_anchored(void **state)
{
    static const struct match_row rows[] = {
        { "b", "abc", true },          { "^b", "abc", false },
        { "c$", "abc", true },         { "", "", true },
        { "", "abc", true },           { "a|", "", true },
        { "^(?:a|b)c$", "bc", true },  { "^a{2}$", "aa", true },
        { "^a{2,}$", "a", false },     { "^a{0}$", "", true },
        { "(?:$|^a){0}$", "b", true }, { "^a+?b*?$", "ab", true },
        { "^a??$", "a", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_dollar_matches_only_at_the_very_end(void **state)
{
    static const struct match_row rows[] = {
        { "a$", "a", true },
        { "a$", "a\n", false },
        { "^a$", "b\na", false },
        { "a\\n$", "a\n", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_dot_is_anything_within_a_line(void **state)
{
    static const struct match_row rows[] = {
        { "^.$", "a", true },
        { "^.$", "\n", false },
        { "^.$", "\r", false },
        { "^.$", "\xe2\x80\xa8", false },
        { "^.$", "\xe2\x80\xa9", false },
        { "^.$", "\xf0\x9f\x98\x80", true },
        { "^.$", "\v", true },
        { "^.$", "\xc2\x85", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void class_escapes_are_those_of_ecma(void **state)
{
    static const struct match_row rows[] = {
        { "^\\d$", "7", true },
        { "^\\d$", "\xd9\xa3", false },
        { "^[^\\d]$", "\xd9\xa3", true },
        { "^\\D$", "\xd9\xa3", true },
        { "^\\w$", "_", true },
        { "^\\w$", "\xc3\xa9", false },
        { "^\\W$", "\xc3\xa9", true },
        { "^[\\W]$", "a", false },
        { "^\\s$", "\xef\xbb\xbf", true },
        { "^\\s$", "\xe2\x80\xa8", true },
        { "^\\s$", "\xc2\xa0", true },
        { "^\\s$", "\xc2\x85", false },
        { "^\\s$", "\xe1\xa0\x8e", false },
        { "^\\S$", "\xef\xbb\xbf", false },
        { "^[\\s]$", "\v", true },
        { "^[^\\s]$", "\xe3\x80\x80", false },
        { "^[\\s\\S]$", "\n", true },
        { "^[\\S\\d]$", " ", false },
        { "\\bb\\b", "a b c", true },
        { "\\bb",
          "\xc3\xa9"
          "b",
          true },
        { "a\\Bb", "ab", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void escapes_name_characters(void **state)
{
    static const struct match_row rows[] = {
        { "^\\cA$", "\x01", true },
        { "^\\cj$", "\n", true },
        { "^\\x41$", "A", true },
        { "^\\u00e9$", "\xc3\xa9", true },
        { "^\\uD83D\\uDE00$", "\xf0\x9f\x98\x80", true },
        { "^\\u{1F600}$", "\xf0\x9f\x98\x80", true },
        { "^\\u{61}{2}$", "aa", true },
        { "^[\\u{1F600}-\\u{1F64F}]$", "\xf0\x9f\x98\x81", true },
        { "^a\\0b$",
          "a\xc0\x80"
          "b",
          true },
        { "^[\\0]$", "\xc0\x80", true },
        { "^.$", "\xc0\x80", true },
        { "^[^a]{3}$",
          "b\xc0\x80"
          "b",
          true },
        { "^\\/\\.\\$\\-\\@\\_$", "/.$-@_", true },
        { "^\\t\\n\\v\\f\\r$", "\t\n\v\f\r", true },
        { "^[\\b]$", "\b", true },
        { "^\\07[\\012]\\0101$",
          "\a\n\x08"
          "1",
          true },
        { "^\\08$",
          "\xc0\x80"
          "8",
          true },
        { "^\\:\\ \\#\\~\\%\\&\\'\\\"\\`\\<$", ": #~%&'\"`<", true },
        { "^[\\uD83D\\uDE00]$", "\xf0\x9f\x98\x80", true },
        { "^[\xf0\x9f\x98\x80]$", "\xf0\x9f\x98\x80", true },
        { "\\uD800", "\xed\x9f\xbf", false },
        { "^[\\uD000-\\uE000]$", "\xee\x80\x80", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_class_may_be_empty_or_everything(void **state)
{
    static const struct match_row rows[] = {
        { "[]", "a", false },        { "^[^]$", "\n", true },
        { "[\\uD800]", "a", false }, { "^[^\\uD800]$", "a", true },
        { "^[]|a$", "a", true },     { "^[^]{2}$", "ab", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void what_only_pcre_knows_is_literal_in_a_class(void **state)
{
    static const struct match_row rows[] = {
        { "^[[:alpha:]]$", "a]", true }, { "^[[:alpha:]]$", "b", false },
        { "^[[.a.]]$", ".]", true },     { "^[a#b]$", "#", true },
        { "^[&&]$", "&", true },         { "^ a #b$", " a #b", true },
        { "^[a^-]$", "^", true },        { "^[[]$", "[", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_brace_that_is_no_quantifier_is_itself(void **state)
{
    static const struct match_row rows[] = {
        { "^{$", "{", true },          { "^a{$", "a{", true },
        { "^{id}$", "{id}", true },    { "^a{,5}$", "a{,5}", true },
        { "^a]}$", "a]}", true },      { "^a{1,x}$", "a{1,x}", true },
        { "^{+$", "{{", true },        { "^[\\w-.]+$", "a-.", true },
        { "^[a-\\d]+$", "a-1", true }, { "^[+--]$", ",", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void groups_are_remembered_by_number_and_name(void **state)
{
    static const struct match_row rows[] = {
        { "^(a|b)\\1$", "aa", true },
        { "^(a|b)\\1$", "ab", false },
        { "^(?<x>a)(?<y_1>b)\\k<y_1>\\k<x>$", "abba", true },
        { "^\\k<x>(?<x>a)$", "a", true },
        { "^(?:(a)|b)\\1$", "b", true },
        { "^(a)\\1{2}$", "aaa", true },
        { "^(?<a_name_that_is_longer_than_32_characters>a)$", "a", true },
        { "^(?<\xc3\xa9>a)\\k<\xc3\xa9>$", "aa", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_pattern_looks_ahead_and_behind(void **state)
{
    static const struct match_row rows[] = {
        { "^(?=.*\\d)\\w{3}$", "ab1", true }, { "^(?=.*\\d)\\w{3}$", "abc", false },
        { "^(?!foo)", "foobar", false },      { "(?<=a)b", "ab", true },
        { "(?<!a)b", "ab", false },           { "(?<=\\s|^)x", "x", true },
        { "^(?=a)*b$", "b", true },           { "^(?!a)?a$", "a", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void a_lookbehind_may_start_anywhere(void **state)
{
    static const struct match_row rows[] = {
        { "(?<=a+)b", "aab", true },
        { "(?<=a+)b", "cb", false },
        { "^(?<=a*)b", "b", true },
        { "(?<!a+)b", "aab", false },
        { "(?<!a*)b", "b", false },
        { "(?<=a*b?c{2,}d)e", "ccde", true },
        { "(?<=a*b?c{2,}d)e", "cde", false },
        { "(?<=x|[ab]*?c|\\d{1,3}[.])e", "ce", true },
        { "(?<=x|[ab]*?c|\\d{1,3}[.])e", "12.e", true },
        { "(?<=x|[ab]*?c|\\d{1,3}[.])e", ".e", false },
        { "(?<=(?:ab)+)c", "abc", true },
        { "(?<=(?:ab)+)c", "bc", false },
        { "(?<=(?:ab)*)c(d)\\1", "cdd", true },
        { "(?<=(a))b\\1", "aba", true },
        { "(?<=a(?=b)*)c", "ac", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void properties_have_the_names_of_ecma(void **state)
{
    static const struct match_row rows[] = {
        { "^\\p{Letter}$", "\xc3\xa9", true },
        { "^\\p{L}$", "1", false },
        { "^\\P{L}$", "1", true },
        { "^\\p{General_Category=Lu}$", "A", true },
        { "^\\p{gc=Uppercase_Letter}$", "a", false },
        { "^\\p{Script=Greek}$", "\xce\xb1", true },
        { "^\\p{sc=Grek}$", "a", false },
        { "^\\p{scx=Greek}$", "\xce\xb1", true },
        { "^[\\p{Nd}\\-]$", "\xd9\xa3", true },
        { "^[^\\p{Lu}]$", "A", false },
        { "^\\p{Alphabetic}\\p{ASCII}\\p{Any}$", "aaa", true },
        { "^\\p{Assigned}$", "\xcd\xb8", false },
        { "^\\p{LC}$", "a", true },
        { "^\\p{Emoji_Presentation}$", "\xf0\x9f\x98\x80", true },
    };
    check_rows(*state, rows, COUNT(rows));
}

static void what_is_no_pattern_is_refused_with_its_offset(void **state)
{
    static const struct {
        const char *pattern, *offset;
    } rows[] = {
        { "(?i)a", "offset 0" },
        { "\\Aa", "offset 1" },
        { "a\\Z", "offset 2" },
        { "\\Qa\\E", "offset 1" },
        { "a++", "offset 2" },
        { "a*+", "offset 2" },
        { "(*UTF)a", "offset 1" },
        { "*a", "offset 0" },
        { "a**", "offset 2" },
        { "(a", "offset 0" },
        { "a)", "offset 1" },
        { "[a", "offset 0" },
        { "x[z-a]", "offset 2" },
        { "a{2,1}", "offset 1" },
        { "\\", "offset 1" },
        { "\\2(a)", "offset 0" },
        { "\\k<x>", "offset 0" },
        { "\\p{Greek}", "offset 2" },
        { "\\p{Nope}", "offset 2" },
        { "\\pL", "offset 2" },
        { "\\u{110000}", "offset 1" },
        { "\\u12", "offset 1" },
        { "\\xg", "offset 1" },
        { "\\c1", "offset 1" },
        { "(?<1>a)", "offset 0" },
        { "(?>a)", "offset 0" },
        { "(?<a>b)(?<a>c)", "offset 7" },
        { "(?#x)", "offset 0" },
        { "(?<=a)*", "offset 6" },
        { "(?<!a)?", "offset 6" },
        { "^*", "offset 1" },
        { "\\a", "offset 1" },
        { "{2}", "offset 0" },
        { "a\xff", "offset 0" },
        { "ab(?<=cx+)c", "a lookbehind whose length varies" },
        { "ab(?<=cx+)c", "offset 5" },
        { "(?<=^a*)b", "whose length varies" },
        { "(?<=(a)*)b", "whose length varies" },
        { "(?<=(?:a|bc)d)e", "whose length varies" },
        { "a{70000}", "offset 1" },
        { "\\p{Script=Nope}", "offset" },
        { "(?P<n>a)", "offset 0" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = NULL;
        if (pattern_compile(rows[i].pattern, *state, &why))
            fail_msg("%s was taken", rows[i].pattern);
        if (!why || !strstr(why, rows[i].offset))
            fail_msg("%s: wanted %s, found %s", rows[i].pattern, rows[i].offset, why);
    }
}

static void a_pattern_made_to_explode_is_stopped(void **state)
{
    static const struct {
        const char *pattern, *end;
        size_t length;
        enum pattern_answer answer;
    } rows[] = {
        { "^(a+)+$", "b", 40, PATTERN_GAVE_UP },
        { "^(a|a)*$", "b", 40, PATTERN_GAVE_UP },
        { "^(.*a){20}[xy]$", "b", 400, PATTERN_GAVE_UP },
        { "^(.|\\n)*$", "", 100000, PATTERN_MATCHES },
        { "^a*$", "", 1024 * 1024, PATTERN_MATCHES },
        { "^a*$", "", 1024 * 1024 + 1, PATTERN_GAVE_UP },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *why = NULL;
        struct buffer b = buffer_in(*state, 4 * 1024 * 1024);
        for (size_t n = 0; n < rows[i].length; n++)
            buffer_add_char(&b, 'a');
        buffer_add_text(&b, rows[i].end);
        struct pattern *p = pattern_compile(rows[i].pattern, *state, &why);
        assert_non_null(p);
        double start = thread_seconds();
        enum pattern_answer got = pattern_match(p, buffer_str(&b), *state);
        double took = thread_seconds() - start;
        if (got != rows[i].answer || took > 0.25)
            fail_msg("%s gave %d after %.3f s", rows[i].pattern, (int)got, took);
    }
}

/* Pages that may be run, which only PCRE2's machine code asks for. */
static size_t runnable_kib(void)
{
    unsigned long from, to;
    char mode[8], line[512];
    size_t kib = 0;
    FILE *f = fopen("/proc/self/maps", "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) == 3 && strchr(mode, 'x'))
            kib += (to - from) / 1024;
    fclose(f);
    return kib;
}

static void a_pattern_leaves_nothing_behind_its_arena(void **state)
{
    size_t before = 0;
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct arena *a = arena_new(MEMORY);
        const char *why;
        for (int i = 0; i < 50; i++)
            assert_non_null(pattern_compile("^(\\p{L}+|\\w+[a-z]{1,99})*x$", a, &why));
        arena_free(a);
        if (round == 1)
            before = runnable_kib();
    }
    assert_int_equal(runnable_kib(), before);
}

#define SENTENCE(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_pattern_is_not_anchored),
        SENTENCE(a_dollar_matches_only_at_the_very_end),
        SENTENCE(a_dot_is_anything_within_a_line),
        SENTENCE(class_escapes_are_those_of_ecma),
        SENTENCE(escapes_name_characters),
        SENTENCE(a_class_may_be_empty_or_everything),
        SENTENCE(what_only_pcre_knows_is_literal_in_a_class),
        SENTENCE(a_brace_that_is_no_quantifier_is_itself),
        SENTENCE(groups_are_remembered_by_number_and_name),
        SENTENCE(a_pattern_looks_ahead_and_behind),
        SENTENCE(a_lookbehind_may_start_anywhere),
        SENTENCE(properties_have_the_names_of_ecma),
        SENTENCE(what_is_no_pattern_is_refused_with_its_offset),
        SENTENCE(a_pattern_made_to_explode_is_stopped),
        SENTENCE(a_pattern_leaves_nothing_behind_its_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

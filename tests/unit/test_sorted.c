/* Lists in the order of their members: each page beside one that is made by sorting all
 * there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/text.h"
#include "base/chance.h"
#include "base/limits.h"
#include "play/order.h"
#include "play/store.h"

/* ---- the order of values --------------------------------------------------------- */

/* In order; what stands between two bars is alike. */
static const char *const in_order[] = {
    "-1e400", "|",
    "-7",     "|",
    "-0.5",   "|",
    "0",      "-0.0",
    "|",      "0.25",
    "|",      "9",
    "9.0",    "9e0",
    "|",      "10",
    "|",      "9007199254740992",
    "|",      "9007199254740993",
    "|",      "1e400",
    "|",      "\"\"",
    "|",      "\"10\"",
    "|",      "\"9\"",
    "|",      "\"Z\"",
    "|",      "\"a\"",
    "|",      "\"abcdefgh\"",
    "|",      "\"abcdefghi\"",
    "|",      "\"abcdefghij\"",
    "|",      "\"\u00e9\"",
    "|",      "false",
    "|",      "true",
    "|",      "[]",
    "[1]",    "{\"a\":1}",
    "|",      "null",
};

static void values_of_every_type_have_one_order(void **state)
{
    const cJSON *values[COUNT(in_order)] = { NULL };
    size_t level[COUNT(in_order)], count = 0, now = 0;
    for (size_t i = 0; i < COUNT(in_order); i++) {
        struct json_error ignored;
        now += *in_order[i] == '|';
        level[count] = now;
        if (*in_order[i] != '|')
            values[count++] = json_read(str(in_order[i]), 10, *state, &ignored);
    }
    values[count] = NULL; /* as null is */
    level[count++] = now;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            int want = (level[i] > level[j]) - (level[i] < level[j]);
            int got = order_compare(values[i], values[j]);
            uint64_t a = order_number(values[i]), b = order_number(values[j]);
            if ((got > 0) - (got < 0) != want)
                fail_msg("value %zu beside value %zu: %d", i, j, got);
            if ((want < 0 && a > b) || (want == 0 && a != b))
                fail_msg("the numbers of values %zu and %zu", i, j);
            if (want && a == b && order_exact(values[i]) && order_exact(values[j]))
                fail_msg("values %zu and %zu are told apart by no number", i, j);
        }
}

/* ---- a store of things ----------------------------------------------------------- */

static const char *at_id[] = { "/id" }, *at_kind[] = { "/kind" };
static struct store_index indexes[] = {
    { .pointers = at_id, .count = 1, .unique = true },
    { .pointers = at_kind, .count = 1, .unique = false },
};
static struct store_collection shelf = {
    .name = "things", .key = "/id", .indexes = indexes, .index_count = COUNT(indexes)
};
static const struct store_plan plan = { .collections = &shelf, .collection_count = 1 };

/* A value of any type, or none. */
static cJSON *any_value(struct chance *chance, struct arena *arena)
{
    static const char *const starts[] = { "2026-11-", "2026-12-", "" };
    uint64_t n = chance_below(chance, 30);
    cJSON *array;
    switch (chance_below(chance, 8)) {
    case 0:
        return NULL;
    case 1:
        return json_null(arena);
    case 2:
        return json_bool(arena, n % 2);
    case 3:
        array = json_array(arena);
        json_push(array, json_number(arena, (double)n / 4 - 3));
        return array;
    case 4:
        return json_number(arena, (double)n / 4 - 3);
    default:
        return json_string(arena, str(arena_printf(arena, "%s%02d",
                                                   starts[n % COUNT(starts)], (int)n)));
    }
}

/* A text that is as others are for a while, longer than is read of many together, or
 * ends somewhere there. */
static cJSON *any_text(struct chance *chance, struct arena *arena)
{
    static const size_t alike[] = {
        0, 3, 6, 7, 8, 14, 15, 16, 127, 128, 135, 136, 300
    };
    size_t len = alike[chance_below(chance, COUNT(alike))];
    char *text = arena_take(arena, len + 3);
    memset(text, 'a', len);
    for (size_t i = 0; i < chance_below(chance, 3); i++)
        text[len + i] = "\1ab\xc3"[chance_below(chance, 4)];
    return json_string(arena, str(text));
}

/* Numbers that lie close together, some closer than doubles can. */
static cJSON *any_close(struct chance *chance, struct arena *arena)
{
    static const char *const texts[] = { "9007199254740992",
                                         "9007199254740993",
                                         "9007199254740994",
                                         "9007199254740992.5",
                                         "-9007199254740993",
                                         "1e400",
                                         "1.0",
                                         "1",
                                         "-0",
                                         "0" };
    struct json_error ignored;
    const char *text = texts[chance_below(chance, COUNT(texts))];
    if (chance_below(chance, 2))
        return json_number(arena, 0.5 + (double)chance_below(chance, 5) * 0x1p-53);
    return json_read(str(text), 2, arena, &ignored);
}

/* rank may be anything; text is any text and close a number beside others; size is a
 * number or a text, or not there; kind is one of three and has an index. */
static cJSON *thing(const char *id, struct chance *chance, struct arena *arena)
{
    cJSON *tree = json_object(arena), *rank = any_value(chance, arena);
    uint64_t size = chance_below(chance, 400);
    json_add(tree, "id", json_string(arena, str(id)));
    json_add(tree, "kind", json_integer(arena, (int64_t)chance_below(chance, 3)));
    if (rank)
        json_add(tree, "rank", rank);
    json_add(tree, "text", any_text(chance, arena));
    json_add(tree, "close", any_close(chance, arena));
    if (size % 10 == 0)
        json_add(tree, "size",
                 json_string(arena, str(arena_printf(arena, "%d", (int)size))));
    else if (size % 10 != 9)
        json_add(tree, "size", json_number(arena, (double)(size % 57) / 2));
    return tree;
}

static void add_things(struct store *s, size_t count, struct chance *chance,
                       size_t *made)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t i = 0; i < count; i++) {
        size_t slot;
        const char *id = arena_printf(arena, "key-%zu", (*made)++);
        assert_int_equal(store_insert(s, 0, thing(id, chance, arena), &slot), STORE_OK);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void change_some(struct store *s, struct chance *chance, size_t *made)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t i = 0; i < 80; i++) {
        size_t slot = chance_below(chance, store_slots(s, 0) + 1);
        const cJSON *there = store_get(s, 0, slot);
        if (there && chance_below(chance, 3) == 0)
            store_remove(s, 0, slot);
        else if (there)
            assert_int_equal(
                store_replace(s, 0, slot,
                              thing(json_member_text(there, "id"), chance, arena)),
                STORE_OK);
        arena_reset(arena);
    }
    arena_free(arena);
    add_things(s, 40, chance, made);
}

/* ---- a page, and what it should be ----------------------------------------------- */

struct place {
    const cJSON *tree;
    size_t slot;
    const struct store_page *page;
};

static int compare_to(const struct store_page *page, const cJSON *const *values,
                      size_t slot, const struct place *place)
{
    for (size_t i = 0; i < page->by_count; i++) {
        int c = order_compare(values[i], json_member(place->tree, page->by[i].at + 1));
        if (c)
            return page->by[i].down ? -c : c;
    }
    return (slot > place->slot) - (slot < place->slot);
}

static int compare_places(const void *x, const void *y)
{
    const struct place *a = x;
    const cJSON *values[STORE_SORTS];
    for (size_t i = 0; i < a->page->by_count; i++)
        values[i] = json_member(a->tree, a->page->by[i].at + 1);
    return compare_to(a->page, values, a->slot, y);
}

static size_t *plainly_sorted(const struct store *s, const struct store_page *page,
                              struct arena *arena, size_t *found)
{
    struct place *all = arena_array(arena, struct place, store_slots(s, 0) + 1);
    size_t *list = arena_array(arena, size_t, store_slots(s, 0) + 1), n = 0, passed = 0;
    for (size_t i = 0; i < store_slots(s, 0); i++) {
        const cJSON *tree = store_get(s, 0, i);
        bool wanted = tree != NULL;
        for (size_t w = 0; wanted && w < page->where_count; w++)
            wanted = store_meets(s, 0, tree, &page->where[w]);
        if (wanted)
            all[n++] = (struct place){ tree, i, page };
    }
    qsort(all, n, sizeof(*all), compare_places);
    *found = 0;
    for (size_t i = 0; i < n && *found < page->most; i++) {
        const struct place *one = &all[page->backwards ? n - 1 - i : i];
        int c = page->slot == SIZE_MAX
                    ? -1
                    : compare_to(page, page->values, page->slot, one);
        if ((page->slot != SIZE_MAX && page->backwards ? c > 0 : c < 0) &&
            passed++ >= page->skip)
            list[(*found)++] = one->slot;
    }
    return list;
}

static const struct sorting {
    struct store_sort by[STORE_SORTS];
    size_t count;
} sortings[] = {
    { { { "/rank", false } }, 1 },
    { { { "/size", false } }, 1 },
    { { { "/size", true }, { "/id", false } }, 2 },
    { { { "/kind", true }, { "/rank", false }, { "/size", true } }, 3 },
    { { { "/id", true } }, 1 },
    { { { "/text", false } }, 1 },
    { { { "/text", true }, { "/close", false } }, 2 },
    { { { "/kind", false }, { "/close", true }, { "/text", false } }, 3 },
};

/* What a list may be filtered by: values are made of a number. */
static const struct filter {
    const char *at;
    enum match_test test;
    const char *value;
} filters[] = {
    { "/kind", MATCH_IS, "1" },
    { "/kind", MATCH_NOT, "1" },
    { "/kind", MATCH_IS, "[0,2]" },
    { "/size", MATCH_MINIMUM, "9" },
    { "/size", MATCH_EXCLUSIVE_MINIMUM, "9" },
    { "/size", MATCH_MAXIMUM, "9.5" },
    { "/size", MATCH_EXCLUSIVE_MAXIMUM, "9.5" },
    { "/size", MATCH_MAXIMUM, "\"200\"" },
    { "/size", MATCH_IS, "4" },
    { "/size", MATCH_IS, "\"40\"" },
    { "/size", MATCH_IS, "null" },
    { "/size", MATCH_IS, "777" },
    { "/rank", MATCH_MINIMUM, "-1" },
    { "/rank", MATCH_IS, "true" },
    { "/rank", MATCH_IS, "1" },
    { "/rank", MATCH_PREFIX, "\"2026-12\"" },
};

static size_t some_filters(struct chance *chance, struct store_condition *where,
                           struct arena *arena)
{
    size_t count = chance_below(chance, 3);
    for (size_t i = 0; i < count; i++) {
        const struct filter *f = &filters[chance_below(chance, COUNT(filters))];
        struct json_error ignored;
        where[i] = (struct store_condition){ .at = f->at,
                                             .test = f->test,
                                             .value = json_read(str(f->value), 10,
                                                                arena, &ignored) };
    }
    return count;
}

/* What an anchor has, which may stand at a slot that has another value, or none. */
static const cJSON **some_values(const struct store *s, const struct sorting *sorting,
                                 size_t slot, struct chance *chance,
                                 struct arena *arena)
{
    const cJSON *tree =
        chance_below(chance, 2) ? store_get(s, 0, slot) : thing("key-5", chance, arena);
    const cJSON **values = arena_array(arena, const cJSON *, STORE_SORTS);
    for (size_t i = 0; i < sorting->count; i++)
        values[i] = json_member(tree, sorting->by[i].at + 1);
    return values;
}

/* How many pages were given, of so many that were asked for. */
static size_t must_be_sorted(struct store *s, size_t rounds, struct chance *chance)
{
    size_t given = 0;
    for (size_t round = 0; round < rounds; round++) {
        struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
        const struct sorting *sorting = &sortings[round % COUNT(sortings)];
        struct store_condition where[3];
        struct store_page page = { .by = sorting->by,
                                   .by_count = sorting->count,
                                   .where = where,
                                   .backwards = chance_below(chance, 2),
                                   .slot = SIZE_MAX,
                                   .skip = chance_below(chance, 3) * 17,
                                   .most = chance_below(chance, 4) ? 20 : SIZE_MAX };
        page.where_count = some_filters(chance, where, arena);
        if (chance_below(chance, 2)) {
            page.slot = chance_below(chance, store_slots(s, 0) + 1);
            page.values = some_values(s, sorting, page.slot, chance, arena);
        }
        size_t got, want, *one, *two = plainly_sorted(s, &page, arena, &want);
        bool ok = store_sorted(s, 0, &page, arena, &one, &got);
        if (!ok && !page.where_count)
            fail_msg("sorting %zu was refused", round % COUNT(sortings));
        if (ok && (got != want || (got && memcmp(one, two, got * sizeof(*one)) != 0)))
            fail_msg("sorting %zu, %zu filters (%s %d): %zu, not %zu",
                     round % COUNT(sortings), page.where_count,
                     page.where_count ? where[0].at : "",
                     page.where_count ? (int)where[0].test : 0, got, want);
        given += ok;
        arena_free(arena);
    }
    return given;
}

/* ---- pages ----------------------------------------------------------------------- */

static void a_sorted_page_is_that_of_the_whole_list_through_every_change(void **state)
{
    struct chance chance = { 11 };
    struct store *s = store_new(&plan);
    size_t made = 0;
    (void)state;
    must_be_sorted(s, 24, &chance); /* nothing */
    add_things(s, 300, &chance, &made);
    for (size_t round = 0; round < 10; round++) {
        struct store *copy = store_copy(s);
        change_some(s, &chance, &made);
        must_be_sorted(s, 48, &chance);
        must_be_sorted(copy, 48, &chance);
        store_mark(s);
        change_some(s, &chance, &made);
        must_be_sorted(s, 48, &chance);
        if (round % 2)
            store_undo(s);
        else
            store_keep(s);
        must_be_sorted(s, 48, &chance);
        store_free(round % 3 ? copy : s);
        s = round % 3 ? s : copy;
    }
    store_free(s);
}

static void a_sorted_and_filtered_page_of_many_is_that_of_the_whole_list(void **state)
{
    struct chance chance = { 13 };
    struct store *s = store_new(&plan);
    size_t made = 0;
    (void)state;
    add_things(s, 3000, &chance, &made);
    /* A third has no filter; of the others, what an index has few of is refused. */
    size_t given = must_be_sorted(s, 600, &chance);
    if (given < 400)
        fail_msg("%zu of 600 pages were given", given);
    store_free(s);
}

/* However many were added since an order was asked last: none, some or most. */
static void an_order_that_is_asked_now_and_then_is_that_of_all(void **state)
{
    static const size_t added[] = { 2000, 90, 300, 1, 1024, 5000, 40 };
    struct chance chance = { 16 };
    struct store *s = store_new(&plan);
    size_t made = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(added); i++) {
        add_things(s, added[i], &chance, &made);
        must_be_sorted(s, 2 * COUNT(sortings), &chance);
    }
    store_free(s);
}

static void a_page_that_is_hard_to_meet_in_its_order_is_refused(void **state)
{
    struct store *s = store_new(&plan);
    static const struct store_sort up = { "/place", false }, down = { "/place", true };
    const struct store_condition last = { .at = "/kind",
                                          .value = json_integer(*state, 2) };
    struct store_page page = {
        .by_count = 1, .where = &last, .where_count = 1, .slot = SIZE_MAX, .most = 20
    };
    size_t *slots, found;
    for (size_t i = 0; i < 3000;
         i++) { /* those of the last kind have the last places */
        cJSON *tree = json_object(*state);
        json_add(tree, "id",
                 json_string(*state, str(arena_printf(*state, "key-%zu", i))));
        json_add(tree, "kind", json_integer(*state, (int64_t)i / 1000));
        json_add(tree, "place", json_integer(*state, (int64_t)i));
        assert_int_equal(store_insert(s, 0, tree, &found), STORE_OK);
    }
    page.by = &up;
    assert_false(store_sorted(s, 0, &page, *state, &slots, &found));
    page.by = &down;
    assert_true(store_sorted(s, 0, &page, *state, &slots, &found));
    assert_int_equal(found, 20);
    assert_int_equal(slots[0], 2999);
    store_free(s);
}

static void a_store_that_was_made_dense_is_sorted_anew(void **state)
{
    struct chance chance = { 12 };
    struct store *s = store_new(&plan);
    size_t made = 0;
    (void)state;
    add_things(s, 3000, &chance, &made);
    must_be_sorted(s, 24, &chance);
    store_mark(s);
    for (size_t i = 0; i < 2500; i++)
        store_remove(s, 0, (i * 7) % 3000);
    store_keep(s);
    assert_int_equal(store_slots(s, 0), 500);
    must_be_sorted(s, 24, &chance);
    store_free(s);
}

/* ---- how many orders there are --------------------------------------------------- */

static bool is_kept(struct store *s, size_t member, struct arena *arena)
{
    const struct store_sort by = { arena_printf(arena, "/member%zu", member), false };
    const struct store_page page = {
        .by = &by, .by_count = 1, .slot = SIZE_MAX, .most = 5
    };
    size_t *slots, found;
    return store_sorted(s, 0, &page, arena, &slots, &found);
}

static void a_collection_is_kept_in_so_many_orders_and_no_more(void **state)
{
    struct chance chance = { 14 };
    struct store *s = store_new(&plan);
    size_t made = 0;
    add_things(s, 50, &chance, &made);
    for (size_t i = 0; i < LIMIT_ORDERS + 2; i++)
        for (size_t again = 0; again < 2; again++)
            assert_int_equal(is_kept(s, i, *state), i < LIMIT_ORDERS);
    store_free(s);
}

static void an_order_that_nobody_asks_for_any_more_makes_room(void **state)
{
    struct chance chance = { 15 };
    struct store *s = store_new(&plan);
    size_t made = 0;
    for (size_t i = 0; i < LIMIT_ORDERS; i++)
        assert_true(is_kept(s, i, *state));
    assert_false(is_kept(s, LIMIT_ORDERS, *state));
    for (size_t i = 0; i < 40; i++) { /* all the time but one is asked for */
        change_some(s, &chance, &made);
        for (size_t used = 0; used + 1 < LIMIT_ORDERS; used++)
            assert_true(is_kept(s, used, *state));
    }
    assert_true(is_kept(s, LIMIT_ORDERS, *state));
    assert_false(is_kept(s, LIMIT_ORDERS - 1, *state));
    store_free(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_of_every_type_have_one_order),
        TEST(a_sorted_page_is_that_of_the_whole_list_through_every_change),
        TEST(a_sorted_and_filtered_page_of_many_is_that_of_the_whole_list),
        TEST(an_order_that_is_asked_now_and_then_is_that_of_all),
        TEST(a_page_that_is_hard_to_meet_in_its_order_is_refused),
        TEST(a_store_that_was_made_dense_is_sorted_anew),
        TEST(a_collection_is_kept_in_so_many_orders_and_no_more),
        TEST(an_order_that_nobody_asks_for_any_more_makes_room),
    };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    store_prepare(&plan, arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}

/* The store: instances that are put in, found, changed and taken back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../support/desk.h"
#include "../support/text.h"
#include "base/limits.h"

static const char *at_id[] = { "/id" }, *at_alias[] = { "/alias" };
static const char *at_pair[] = { "/a", "/b" }, *at_n[] = { "/n" };
static struct store_index indexes[] = {
    { .pointers = at_id, .count = 1, .unique = true },
    { .pointers = at_alias, .count = 1, .unique = true },
    { .pointers = at_pair, .count = 2, .unique = true },
    { .pointers = at_n, .count = 1, .unique = false },
};
static struct store_collection shelves[] = {
    { .name = "things",
      .key = "/id",
      .aliases = at_alias,
      .alias_count = 1,
      .indexes = indexes,
      .index_count = COUNT(indexes) },
    { .name = "plain", .key = "/id", .indexes = indexes, .index_count = 1 },
};
static const int64_t starts[] = { 1, 100 };
static const struct store_plan plan = { .collections = shelves,
                                        .collection_count = COUNT(shelves),
                                        .sequence_count = COUNT(starts),
                                        .sequence_start = starts };

static void what_is_inserted_is_a_copy_found_by_key_and_alias(void **state)
{
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    cJSON *tree = must_json(d->arena, "{\"id\":\"a\",\"alias\":\"A-1\",\"n\":1}");
    size_t slot, found;
    assert_int_equal(store_insert(s, 0, tree, &slot), STORE_OK);
    json_set(d->arena, tree, "n", json_integer(d->arena, 2));
    assert_string_equal(json_text(store_get(s, 0, slot), d->arena).ptr,
                        "{\"id\":\"a\",\"alias\":\"A-1\",\"n\":1}");
    assert_true(store_key(s, 0, "a", &found) && found == slot);
    assert_true(store_key(s, 0, "A-1", &found) && found == slot);
    assert_false(store_key(s, 0, "A", &found));
    assert_false(store_key(s, 0, "", &found));
    assert_false(store_key(s, 1, "a", &found));
    assert_int_equal(store_count(s, 0), 1);
    assert_null(store_get(s, 0, slot + 1));
    store_remove(s, 0, slot);
    assert_int_equal(store_count(s, 0), 0);
    assert_null(store_get(s, 0, slot));
    assert_false(store_key(s, 0, "a", &found));
    store_free(s);
    store_free(NULL);
}

static void a_unique_value_belongs_to_one_instance(void **state)
{
    static const struct {
        const char *tree;
        enum store_answer answer;
    } rows[] = {
        { "{\"id\":\"a\",\"alias\":\"x\",\"a\":1,\"b\":2}", STORE_OK },
        { "{\"id\":\"a\"}", STORE_TAKEN },
        { "{\"id\":\"b\",\"alias\":\"x\"}", STORE_TAKEN },
        { "{\"id\":\"b\",\"a\":1.0,\"b\":2}", STORE_TAKEN },
        { "{\"id\":\"b\",\"a\":2,\"b\":1}", STORE_OK },
        { "{\"id\":\"c\",\"a\":1}", STORE_OK },
        { "{\"id\":\"d\",\"a\":1}", STORE_OK },
        { "{\"id\":\"e\",\"a\":1,\"b\":null}", STORE_OK },
        { "{\"id\":\"f\",\"a\":1,\"b\":null,\"alias\":null}", STORE_OK },
        { "{\"id\":\"A\"}", STORE_OK },
        { "{\"id\":\"g\",\"n\":1}", STORE_OK },
        { "{\"id\":\"h\",\"n\":1}", STORE_OK },
    };
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    size_t slot = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum store_answer got =
            store_insert(s, 0, must_json(d->arena, rows[i].tree), &slot);
        if (got != rows[i].answer)
            fail_msg("%s: %d", rows[i].tree, (int)got);
    }
    /* An instance is not in its own way, but others are. */
    assert_true(store_key(s, 0, "b", &slot));
    const cJSON *same = must_json(d->arena, "{\"id\":\"b\",\"a\":2,\"b\":1,\"n\":9}");
    assert_int_equal(store_replace(s, 0, slot, same), STORE_OK);
    const cJSON *other = must_json(d->arena, "{\"id\":\"b\",\"a\":1,\"b\":2}");
    assert_int_equal(store_replace(s, 0, slot, other), STORE_TAKEN);
    assert_string_equal(json_text(store_get(s, 0, slot), d->arena).ptr,
                        "{\"id\":\"b\",\"a\":2,\"b\":1,\"n\":9}");
    store_free(s);
}

static void what_was_done_since_the_mark_is_taken_back_whole(void **state)
{
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    size_t a = must_insert(s, 0, d->arena, "{\"id\":\"a\",\"n\":1}"), slot;
    size_t b = must_insert(s, 0, d->arena, "{\"id\":\"b\",\"n\":2}");
    assert_int_equal(store_next(s, 0), 1);
    store_mark(s);
    must_insert(s, 0, d->arena, "{\"id\":\"c\"}");
    store_replace(s, 0, a, must_json(d->arena, "{\"id\":\"z\",\"n\":7}"));
    store_replace(s, 0, a, must_json(d->arena, "{\"id\":\"y\",\"n\":8}"));
    store_remove(s, 0, b);
    size_t again = must_insert(s, 0, d->arena, "{\"id\":\"b\",\"n\":3}");
    store_remove(s, 0, again);
    assert_int_equal(store_next(s, 0), 2);
    assert_int_equal(store_next(s, 1), 100);
    assert_false(store_key(s, 0, "b", &slot));
    store_undo(s);
    assert_int_equal(store_count(s, 0), 2);
    assert_int_equal(store_slots(s, 0), 2);
    assert_string_equal(json_text(store_get(s, 0, a), d->arena).ptr,
                        "{\"id\":\"a\",\"n\":1}");
    assert_true(store_key(s, 0, "b", &slot) && slot == b);
    assert_false(store_key(s, 0, "c", &slot));
    assert_false(store_key(s, 0, "z", &slot));
    assert_false(store_key(s, 0, "y", &slot));
    assert_int_equal(store_next(s, 0), 2);
    assert_int_equal(store_next(s, 1), 100);

    store_abandon(s); /* no mark is set: nothing happens */
    store_mark(s);
    store_remove(s, 0, a);
    store_keep(s);
    store_mark(s);
    store_remove(s, 0, b);
    store_abandon(s);
    assert_int_equal(store_count(s, 0), 1);
    store_free(s);
}

static void a_copy_and_its_origin_change_apart(void **state)
{
    struct desk *d = *state;
    struct store *one = store_new(&plan);
    size_t a = must_insert(one, 0, d->arena, "{\"id\":\"a\",\"n\":1}"), slot;
    size_t b = must_insert(one, 0, d->arena, "{\"id\":\"b\",\"n\":1}");
    store_next(one, 0);
    struct store *two = store_copy(one);
    /* Nothing is copied until it is changed. */
    assert_ptr_equal(store_get(one, 0, a), store_get(two, 0, a));
    store_replace(two, 0, a, must_json(d->arena, "{\"id\":\"a\",\"n\":2}"));
    store_remove(one, 0, b);
    must_insert(two, 0, d->arena, "{\"id\":\"c\"}");
    assert_string_equal(json_text(store_get(one, 0, a), d->arena).ptr,
                        "{\"id\":\"a\",\"n\":1}");
    assert_true(store_key(two, 0, "b", &slot));
    assert_false(store_key(one, 0, "b", &slot));
    assert_false(store_key(one, 0, "c", &slot));
    assert_int_equal(store_next(one, 0), 2);
    assert_int_equal(store_next(one, 0), 3);
    assert_int_equal(store_next(two, 0), 2);
    store_free(one);
    assert_string_equal(json_text(store_get(two, 0, b), d->arena).ptr,
                        "{\"id\":\"b\",\"n\":1}");
    store_free(two);
}

static void instances_are_found_by_conditions_in_their_order(void **state)
{
    static const struct {
        const char *at, *value, *and_at, *and_value;
        size_t from, at_most;
        const char *ids;
    } rows[] = {
        { NULL, NULL, NULL, NULL, 0, 9, "abcd" },
        { NULL, NULL, NULL, NULL, 1, 2, "bc" },
        { NULL, NULL, NULL, NULL, 0, 0, "" },
        { "/n", "1", NULL, NULL, 0, 9, "abd" },
        { "/n", "1.0", NULL, NULL, 0, 1, "a" },
        { "/n", "1", NULL, NULL, 1, 9, "bd" },
        { "/n", "[2,3]", NULL, NULL, 0, 9, "c" },
        { "/n", "\"1\"", NULL, NULL, 0, 9, "" },
        { "/tags", "\"x\"", NULL, NULL, 0, 9, "ac" },
        { "/tags", "[\"y\",\"z\"]", NULL, NULL, 0, 9, "ab" },
        { "/tags/0", "\"x\"", NULL, NULL, 0, 9, "ac" },
        { "/deep/er", "true", NULL, NULL, 0, 9, "d" },
        { "/n", "1", "/tags", "\"y\"", 0, 9, "ab" },
        { "/n", "2", "/tags", "\"y\"", 0, 9, "" },
        { "/id", "\"b\"", NULL, NULL, 0, 9, "b" },
        { "/id", "\"B-1\"", NULL, NULL, 0, 9, "b" },
        { "/id", "\"b\"", NULL, NULL, 2, 9, "" },
        { "/id", "\"b\"", "/n", "2", 0, 9, "" },
        { "/id", "[\"a\",\"B-1\"]", NULL, NULL, 0, 9, "ab" },
        { "/alias", "\"B-1\"", NULL, NULL, 0, 9, "b" },
        { "/alias", "\"b\"", NULL, NULL, 0, 9, "" },
        { "/absent", "1", NULL, NULL, 0, 9, "" },
    };
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    must_insert(s, 0, d->arena, "{\"id\":\"a\",\"n\":1,\"tags\":[\"x\",\"y\"]}");
    must_insert(s, 0, d->arena,
                "{\"id\":\"b\",\"alias\":\"B-1\",\"n\":1,\"tags\":[\"y\"]}");
    must_insert(s, 0, d->arena, "{\"id\":\"c\",\"n\":2,\"tags\":[\"x\"]}");
    must_insert(s, 0, d->arena, "{\"id\":\"d\",\"n\":1,\"deep\":{\"er\":true}}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct store_condition c[2];
        size_t n = 0, found;
        if (rows[i].at)
            c[n++] =
                (struct store_condition){ .at = rows[i].at,
                                          .value = must_json(d->arena, rows[i].value) };
        if (rows[i].and_at)
            c[n++] = (struct store_condition){
                .at = rows[i].and_at, .value = must_json(d->arena, rows[i].and_value)
            };
        const size_t *slots =
            store_find(s, 0, c, n, rows[i].from, rows[i].at_most, d->arena, &found);
        char ids[8] = "";
        for (size_t k = 0; k < found; k++)
            ids[k] = json_member_text(store_get(s, 0, slots[k]), "id")[0];
        if (strcmp(ids, rows[i].ids) != 0)
            fail_msg("row %zu, %s %s: found \"%s\"", i, rows[i].at ? rows[i].at : "all",
                     rows[i].value ? rows[i].value : "", ids);
    }
    store_free(s);
}

static void an_index_that_met_an_array_misses_nothing(void **state)
{
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    size_t a = must_insert(s, 0, d->arena, "{\"id\":\"a\",\"n\":1,\"a\":1,\"b\":2}"),
           found;
    size_t b =
        must_insert(s, 0, d->arena, "{\"id\":\"b\",\"n\":[1,2],\"a\":1,\"b\":3}");
    struct store_condition n = { .at = "/n", .value = must_json(d->arena, "1") };
    struct store_condition pair[] = { { .at = "/b", .value = must_json(d->arena, "3") },
                                      { .at = "/a",
                                        .value = must_json(d->arena, "1.0") } };
    const size_t *slots = store_find(s, 0, &n, 1, 0, 9, d->arena, &found);
    assert_int_equal(found, 2);
    assert_int_equal(slots[0], a);
    assert_int_equal(slots[1], b);
    slots = store_find(s, 0, pair, 2, 0, 9, d->arena, &found);
    assert_int_equal(found, 1);
    assert_int_equal(slots[0], b);
    store_free(s);
}

/* The slots whose instance has n, counted by hand. */
static size_t scan(const struct store *s, size_t c, const cJSON *n, size_t *slots)
{
    size_t count = 0;
    for (size_t i = 0; i < store_slots(s, c); i++) {
        const cJSON *have = json_member(store_get(s, c, i), "n");
        if (have && json_equal(have, n))
            slots[count++] = i;
    }
    return count;
}

static void check_against_scan(struct desk *d, const struct store *s, int64_t n)
{
    static size_t by_hand[20000];
    const cJSON *value = json_integer(d->arena, n);
    struct store_condition c = { .at = "/n", .value = value };
    size_t found, count = scan(s, 0, value, by_hand);
    const size_t *slots = store_find(s, 0, &c, 1, 0, SIZE_MAX, d->arena, &found);
    if (found != count ||
        (count && memcmp(slots, by_hand, count * sizeof(*slots)) != 0))
        fail_msg("n = %d: %zu by the index, %zu by hand", (int)n, found, count);
}

static void check_keys(const struct store *s, const bool *there, size_t count)
{
    size_t live = 0;
    for (size_t i = 0; i < count; i++) {
        char id[32];
        size_t slot;
        snprintf(id, sizeof(id), "k%zu", i);
        bool found = store_key(s, 0, id, &slot);
        if (found != there[i] ||
            (found && strcmp(json_member_text(store_get(s, 0, slot), "id"), id) != 0))
            fail_msg("%s is %sfound", id, found ? "" : "not ");
        live += there[i];
    }
    assert_int_equal(store_count(s, 0), live);
}

/* One change at random; `there` follows which keys exist. */
static void change(struct desk *d, struct store *s, struct chance *chance, bool *there,
                   size_t keys)
{
    size_t k = (size_t)chance_below(chance, keys), slot;
    const char *tree =
        arena_printf(d->arena, "{\"id\":\"k%zu\",\"alias\":\"K%zu\",\"n\":%d}", k, k,
                     (int)chance_below(chance, 7));
    const char *id = arena_printf(d->arena, "k%zu", k);
    bool found = store_key(s, 0, id, &slot);
    assert_int_equal(found, there[k]);
    if (!found) {
        must_insert(s, 0, d->arena, tree);
        there[k] = true;
    } else if (chance_below(chance, 2)) {
        assert_int_equal(store_replace(s, 0, slot, must_json(d->arena, tree)),
                         STORE_OK);
    } else {
        store_remove(s, 0, slot);
        there[k] = false;
    }
}

static void the_indexes_agree_with_a_walk_through_all_instances(void **state)
{
    enum { KEYS = 300, ROUNDS = 400 };
    struct desk *d = *state;
    struct chance chance = { 42 };
    struct store *s = store_new(&plan);
    bool there[KEYS] = { false }, before[KEYS];
    for (int round = 0; round < ROUNDS; round++) {
        memcpy(before, there, sizeof(there));
        store_mark(s);
        size_t changes = (size_t)chance_below(&chance, 40);
        for (size_t i = 0; i < changes; i++)
            change(d, s, &chance, there, KEYS);
        if (chance_below(&chance, 3)) {
            store_keep(s);
        } else {
            store_undo(s);
            memcpy(there, before, sizeof(there));
        }
        if (chance_below(&chance, 20) == 0) {
            struct store *copy = store_copy(s);
            store_free(s);
            s = copy;
        }
        for (int n = 0; n < 8; n++)
            check_against_scan(d, s, n);
        check_keys(s, there, KEYS);
    }
    store_free(s);
}

static void the_slots_of_removed_instances_are_given_back(void **state)
{
    enum { MANY = 5000 };
    struct desk *d = *state;
    struct store *s = store_new(&plan);
    static bool there[MANY];
    for (size_t i = 0; i < MANY; i++) {
        must_insert(s, 0, d->arena,
                    arena_printf(d->arena, "{\"id\":\"k%zu\",\"n\":%zu}", i, i % 7));
        there[i] = i % 10 == 0;
    }
    store_mark(s);
    for (size_t i = 0; i < MANY; i++)
        if (!there[i])
            store_remove(s, 0, i);
    assert_int_equal(store_slots(s, 0), MANY);
    store_keep(s);
    assert_int_equal(store_count(s, 0), MANY / 10);
    assert_int_equal(store_slots(s, 0), MANY / 10);
    check_keys(s, there, MANY);
    for (int n = 0; n < 8; n++)
        check_against_scan(d, s, n);
    /* The order in which they were made is kept. */
    for (size_t i = 0; i < store_slots(s, 0); i++)
        assert_string_equal(json_member_text(store_get(s, 0, i), "id"),
                            arena_printf(d->arena, "k%zu", i * 10));
    store_free(s);
}

static void a_client_sees_summaries_and_nothing_hidden(void **state)
{
    static const size_t users[] = { 1 };
    static struct way hidden[] = { { .text = "/secret" }, { .text = "/deep/secret" } };
    static struct way keep[] = { { .text = "/id" },
                                 { .text = "/name" },
                                 { .text = "/none" } };
    static struct store_reference references[] = {
        { .at.text = "/owner",
          .of = users,
          .of_count = 1,
          .keep = keep,
          .keep_count = 3 },
        { .at.text = "/friends",
          .of = users,
          .of_count = 1,
          .keep = keep,
          .keep_count = 3 },
        { .at.text = "/raw", .of = users, .of_count = 1 },
    };
    static struct store_collection two[2];
    static const struct store_plan own = { .collections = two, .collection_count = 2 };
    struct desk *d = *state;
    two[0] = two[1] = shelves[1];
    two[0].hidden = hidden;
    two[0].hidden_count = 2;
    two[0].references = references;
    two[0].reference_count = 3;
    store_prepare(&own, d->arena);
    struct store *s = store_new(&own);
    must_insert(s, 1, d->arena, "{\"id\":\"u\",\"name\":\"Ada\",\"age\":36}");
    const char *tree =
        "{\"id\":\"t\",\"secret\":1,\"deep\":{\"secret\":2,\"a\":3},\"owner\":\"u\","
        "\"friends\":[\"u\",\"lost\"],\"raw\":\"u\"}";
    const cJSON *shown = store_render(s, 0, must_json(d->arena, tree), d->arena, NULL);
    assert_string_equal(
        json_text(shown, d->arena).ptr,
        "{\"id\":\"t\",\"deep\":{\"a\":3},\"owner\":{\"id\":\"u\",\"name\":"
        "\"Ada\"},\"friends\":[{\"id\":\"u\",\"name\":\"Ada\"},\"lost\"],"
        "\"raw\":\"u\"}");
    store_free(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_up, desk_down)
    const struct CMUnitTest tests[] = {
        TEST(what_is_inserted_is_a_copy_found_by_key_and_alias),
        TEST(a_unique_value_belongs_to_one_instance),
        TEST(what_was_done_since_the_mark_is_taken_back_whole),
        TEST(a_copy_and_its_origin_change_apart),
        TEST(instances_are_found_by_conditions_in_their_order),
        TEST(an_index_that_met_an_array_misses_nothing),
        TEST(the_indexes_agree_with_a_walk_through_all_instances),
        TEST(the_slots_of_removed_instances_are_given_back),
        TEST(a_client_sees_summaries_and_nothing_hidden),
    };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    store_prepare(&plan, arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}

/* The store's tables: shared by copies, found by value and by rank. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "../support/text.h"
#include "base/chance.h"
#include "base/limits.h"
#include "play/index.h"
#include "play/slots.h"
#include "play/store.h"

#include <malloc.h>
#include <pthread.h>

/* ---- an index beside a plain list of its entries -------------------------------- */

enum { VERSIONS = 4, MOST = 6000, NUMBERS = 40 };

struct entry {
    uint64_t number;
    uint32_t slot;
};

struct entries {
    struct entry list[MOST];
    size_t count;
};

static size_t place_of(const struct entries *e, struct entry one)
{
    size_t i = 0;
    while (i < e->count &&
           (e->list[i].number < one.number ||
            (e->list[i].number == one.number && e->list[i].slot < one.slot)))
        i++;
    return i;
}

/* one is at a place of the list already. */
static void must_be_added(struct index *x, const struct entries *e, struct entry one,
                          size_t at)
{
    const struct index_key key = { .number = one.number, .slot = one.slot };
    uint32_t other, again;
    assert_true(index_add(x, &key, &other));
    assert_false(index_add(x, &key, &again));
    bool others = (at && e->list[at - 1].number == one.number) ||
                  (at + 1 < e->count && e->list[at + 1].number == one.number);
    if (!others)
        assert_int_equal(other, INDEX_NONE);
    else if (other == one.slot)
        fail_msg("an entry is no other than itself");
    else
        assert_memory_equal(&e->list[place_of(e, (struct entry){ one.number, other })],
                            (&(struct entry){ .number = one.number, .slot = other }),
                            sizeof(uint64_t) + sizeof(uint32_t));
}

static bool toggle(struct index *x, struct entries *e, struct entry one)
{
    const struct index_key key = { .number = one.number, .slot = one.slot };
    size_t i = place_of(e, one);
    bool there =
        i < e->count && e->list[i].number == one.number && e->list[i].slot == one.slot;
    if (there) {
        memmove(e->list + i, e->list + i + 1, (--e->count - i) * sizeof(one));
        index_remove(x, &key);
    } else if (e->count < MOST) {
        memmove(e->list + i + 1, e->list + i, (e->count++ - i) * sizeof(one));
        e->list[i] = one;
        must_be_added(x, e, one, i);
    }
    return !there;
}

static size_t rank_in(const struct index *x, uint64_t number, uint32_t slot)
{
    const struct index_key key = { .number = number, .slot = slot };
    return index_rank(x, &key);
}

static void must_be_alike(const struct index *x, const struct entries *e)
{
    static uint32_t slots[MOST + 1];
    assert_int_equal(index_count(x), e->count);
    assert_int_equal(index_list(x, 0, slots, MOST + 1), e->count);
    for (size_t i = 0; i < e->count; i++) {
        if (slots[i] != e->list[i].slot ||
            rank_in(x, e->list[i].number, e->list[i].slot) != i)
            fail_msg("entry %zu", i);
        if (i % 97 == 0 &&
            index_list(x, i, slots, 5) != (e->count - i < 5 ? e->count - i : 5))
            fail_msg("five from %zu", i);
        if (i % 97 == 0)
            index_list(x, 0, slots, MOST + 1);
    }
    for (uint64_t n = 0; n <= NUMBERS; n++) {
        size_t first, low = place_of(e, (struct entry){ n, 0 });
        size_t past = place_of(e, (struct entry){ n + 1, 0 });
        assert_int_equal(rank_in(x, n, 0), low);
        assert_int_equal(index_span(x, n, &first), past - low);
        assert_int_equal(first, low);
        for (size_t i = low; i <= past; i += 1 + (past - low) / 5) {
            uint32_t from = i < past ? e->list[i].slot : INDEX_NONE;
            size_t found = index_slots(x, n, from, slots, 7);
            assert_int_equal(found, past - i < 7 ? past - i : 7);
            for (size_t j = 0; j < found; j++)
                assert_int_equal(slots[j], e->list[i + j].slot);
        }
    }
}

static void an_index_keeps_its_order_through_every_change(void **state)
{
    static struct entries model;
    struct chance chance = { 7 };
    struct index x = { .root = NULL };
    (void)state;
    model.count = 0;
    for (uint32_t i = 0; i < 3000; i++) /* rising, as slots do */
        toggle(&x, &model, (struct entry){ 3, i });
    must_be_alike(&x, &model);
    for (size_t round = 0; round < 8; round++) {
        for (size_t i = 0; i < 2000; i++)
            toggle(&x, &model,
                   (struct entry){ chance_below(&chance, NUMBERS),
                                   (uint32_t)chance_below(&chance, 200) });
        must_be_alike(&x, &model);
    }
    index_remove(&x,
                 &(struct index_key){ .number = NUMBERS + 1 }); /* what is not there */
    while (model.count)
        toggle(&x, &model, model.list[chance_below(&chance, model.count)]);
    assert_null(x.root);
    index_done(&x);
}

/* Filled at once it is what it would be had they come one after the other. */
static void an_index_that_is_filled_at_once_goes_on_as_others_do(void **state)
{
    static struct entries model;
    static struct index_entry list[MOST];
    static const size_t counts[] = { 0, 1, 27, 28, 29, 57, 800, 4000 };
    struct chance chance = { 9 };
    (void)state;
    for (size_t c = 0; c < COUNT(counts); c++) {
        struct index one = { .root = NULL }, other = one;
        model.count = 0;
        for (uint32_t i = 0; i < counts[c]; i++) {
            uint64_t number = chance_below(&chance, NUMBERS);
            if (i % 3 == 0) /* also such as hashes are */
                number = number << 56 | (uint64_t)i << 20;
            list[i] = (struct index_entry){ number, i, counts[c] > 57 ? 7 : i };
            toggle(&other, &model, (struct entry){ number, i });
        }
        index_sort(list, counts[c]);
        for (size_t i = 0; i < counts[c]; i++)
            if (list[i].note != (counts[c] > 57 ? 7 : list[i].slot))
                fail_msg("note %zu of %zu went astray", i, counts[c]);
        index_fill(&one, list, counts[c]);
        must_be_alike(&one, &model);
        index_done(&other);
        index_share(&other, &one);
        for (size_t i = 0; i < 1000; i++)
            toggle(&one, &model,
                   (struct entry){ chance_below(&chance, NUMBERS),
                                   (uint32_t)chance_below(&chance, 5000) });
        must_be_alike(&one, &model);
        assert_int_equal(index_count(&other), counts[c]);
        while (model.count)
            toggle(&one, &model, model.list[chance_below(&chance, model.count)]);
        assert_null(one.root);
        index_done(&other);
    }
}

static void copies_of_an_index_change_apart(void **state)
{
    static struct entries models[VERSIONS];
    struct index copies[VERSIONS] = { { .root = NULL } };
    struct chance chance = { 8 };
    (void)state;
    for (size_t round = 0; round < 12; round++) {
        for (size_t v = 0; v < VERSIONS; v++)
            for (size_t i = 0; i < 300; i++)
                toggle(&copies[v], &models[v],
                       (struct entry){ chance_below(&chance, NUMBERS),
                                       (uint32_t)chance_below(&chance, 100) });
        size_t from = chance_below(&chance, VERSIONS), to = (from + 1) % VERSIONS;
        index_done(&copies[to]);
        index_share(&copies[to], &copies[from]);
        models[to] = models[from];
        for (size_t v = 0; v < VERSIONS; v++)
            must_be_alike(&copies[v], &models[v]);
    }
    for (size_t v = 0; v < VERSIONS; v++)
        index_done(&copies[v]);
}

/* ---- a store of many ------------------------------------------------------------- */

static const char *at_id[] = { "/id" }, *at_kind[] = { "/kind" };
static const char *at_tag[] = { "/tag" }, *at_pair[] = { "/kind", "/odd" };
static struct store_index indexes[] = {
    { .pointers = at_id, .count = 1, .unique = true },
    { .pointers = at_kind, .count = 1, .unique = false },
    { .pointers = at_tag, .count = 1, .unique = false },
    { .pointers = at_pair, .count = 2, .unique = false },
};
static struct store_collection shelf = {
    .name = "things", .key = "/id", .indexes = indexes, .index_count = COUNT(indexes)
};
static const struct store_plan plan = { .collections = &shelf, .collection_count = 1 };

static void insert(struct store *s, size_t i, struct arena *arena)
{
    size_t slot;
    cJSON *tree = json_object(arena);
    json_add(tree, "id", json_string(arena, str(arena_printf(arena, "key-%zu", i))));
    json_add(tree, "kind", json_integer(arena, (int64_t)(i % 7)));
    json_add(tree, "odd", json_bool(arena, i % 2));
    if (i % 3)
        json_add(tree, "tag", json_string(arena, i % 5 ? STR("x") : STR("y")));
    if (store_insert(s, 0, tree, &slot) != STORE_OK)
        fail_msg("%zu", i);
}

static struct store *store_of(size_t count)
{
    struct store *s = store_new(&plan);
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t i = 0; i < count; i++) {
        insert(s, i, arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return s;
}

static size_t slot_of(const struct store *s, size_t i)
{
    char key[32];
    size_t slot = SIZE_MAX;
    snprintf(key, sizeof(key), "key-%zu", i);
    return store_key(s, 0, key, &slot) ? slot : SIZE_MAX;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void
a_copy_of_ten_thousand_takes_a_few_kilobytes_and_so_does_its_first_change(void **state)
{
    struct store *s = store_of(10000);
    arena_take(*state, 1000); /* its block is not the store's */
    size_t before = mallinfo2().uordblks;
    struct store *copy = store_copy(s);
    size_t copied = mallinfo2().uordblks - before;
    insert(copy, 10001, *state);
    size_t changed = mallinfo2().uordblks - before;
    if (copied > 1024 || changed > 16 * 1024)
        fail_msg("%zu bytes for a copy, %zu with one instance more", copied, changed);
    assert_int_equal(slot_of(s, 10001), SIZE_MAX);
    assert_int_equal(slot_of(copy, 10001), 10000);
    store_free(copy);
    store_free(s);
}
#endif

/* What a window shows, asked of each instance in turn. */
static size_t *plainly(const struct store *s, const struct store_condition *c,
                       size_t count, const struct store_window *w, struct arena *arena,
                       size_t *found)
{
    size_t *list = arena_array(arena, size_t, store_slots(s, 0) + 1), skipped = 0;
    *found = 0;
    for (size_t i = 0; i < store_slots(s, 0) && *found < w->most; i++) {
        size_t slot = w->backwards ? store_slots(s, 0) - 1 - i : i;
        const cJSON *tree = store_get(s, 0, slot);
        bool meets = tree && slot >= w->from && slot < w->until;
        for (size_t k = 0; meets && k < count; k++) {
            const cJSON *have = json_member(tree, c[k].at + 1);
            const cJSON *want = c[k].value, *any = want->child;
            bool one = have && json_is_array(want) && any &&
                       (json_equal(have, any) || json_equal(have, any->next));
            meets = have && (one || json_equal(have, want));
        }
        if (meets && skipped++ >= w->skip)
            list[(*found)++] = slot;
    }
    return list;
}

static void every_window_shows_what_a_walk_would(void **state)
{
    static const char *const asked[] = {
        "{}",
        "{\"kind\":3}",
        "{\"kind\":99}",
        "{\"tag\":\"x\"}",
        "{\"odd\":true}",
        "{\"kind\":3,\"odd\":true}",
        "{\"kind\":[3,4],\"tag\":\"y\"}",
        "{\"tag\":\"y\",\"odd\":false,\"kind\":0}",
        "{\"id\":\"key-700\"}",
        "{\"id\":\"key-701\",\"kind\":2}",
    };
    static const struct store_window windows[] = {
        { 0, SIZE_MAX, 0, SIZE_MAX, false },
        { 0, SIZE_MAX, 0, 20, false },
        { 0, SIZE_MAX, 0, 20, true },
        { 700, SIZE_MAX, 0, 5, false },
        { 0, 700, 0, 5, true },
        { 0, 700, 90, 5, false },
        { 500, 700, 3, 500, true },
        { 0, SIZE_MAX, 100000, 5, false },
        { 0, SIZE_MAX, 100000, 5, true },
        { 700, 600, 0, 5, false },
        { 0, SIZE_MAX, 0, 0, false },
        { 0, 0, 0, 5, false },
        { 4000, SIZE_MAX, 0, 5, false },
        { 63, 130, 1, 64, false },
        { 0, SIZE_MAX, 64, 130, true },
        { 0, SIZE_MAX, 1, SIZE_MAX, true },
    };
    struct arena *arena = *state;
    struct store *s = store_of(1500);
    for (size_t i = 100; i < 1500; i += 1 + i % 9)
        store_remove(s, 0, i);
    for (size_t q = 0; q < COUNT(asked); q++) {
        struct json_error ignored;
        struct store_condition c[4];
        size_t count = 0, all;
        const cJSON *tree = json_read(str(asked[q]), 100, arena, &ignored);
        for (const cJSON *m = tree->child; m; m = m->next)
            c[count++] =
                (struct store_condition){ .at = arena_printf(arena, "/%s", m->string),
                                          .value = m };
        for (size_t w = 0; w < COUNT(windows); w++) {
            size_t got, want;
            size_t *one = store_window(s, 0, c, count, &windows[w], arena, &got);
            size_t *two = plainly(s, c, count, &windows[w], arena, &want);
            if (got != want || (got && memcmp(one, two, got * sizeof(*one)) != 0))
                fail_msg("%s, window %zu: %zu, not %zu", asked[q], w, got, want);
        }
        plainly(s, c, count, &windows[0], arena, &all);
        if (store_tally(s, 0, c, count, arena) != all)
            fail_msg("%s: a tally of %zu, not %zu", asked[q],
                     store_tally(s, 0, c, count, arena), all);
    }
    store_free(s);
}

static void what_is_put_back_is_what_was_there(void **state)
{
    struct store *s = store_of(64), *seed = store_copy(s);
    assert_true(store_untouched(s, seed, 0));
    store_mark(s);
    for (size_t i = 64; i < 200; i++) /* as many as make the table higher */
        insert(s, i, *state);
    assert_false(store_untouched(s, seed, 0));
    store_undo(s);
    assert_true(store_untouched(s, seed, 0));
    assert_int_equal(store_slots(s, 0), 64);
    store_remove(s, 0, 5);
    assert_false(store_untouched(s, seed, 0));
    assert_ptr_equal(store_get(s, 0, 6), store_get(seed, 0, 6));
    store_free(seed);
    store_free(s);
}

/* What is kept elsewhere has its slots' numbers there. */
static void a_slot_that_was_used_is_not_given_again_by_what_is_taken_back(void **state)
{
    struct store *s = store_of(8);
    store_fix(s);
    store_remove(s, 0, 7);
    store_mark(s);
    insert(s, 8, *state);
    size_t point = store_point(s);
    insert(s, 9, *state);
    store_undo_to(s, point);
    assert_int_equal(store_slots(s, 0), 9);
    store_remove(s, 0, 8);
    store_remove(s, 0, 8);
    store_undo(s);
    assert_int_equal(store_slots(s, 0), 8);
    assert_null(store_get(s, 0, 7));
    store_free(s);
}

static void a_store_knows_the_bytes_of_what_it_holds(void **state)
{
    struct store *s = store_of(64);
    size_t before = store_bytes(s, 0);
    assert_true(before > 64 * sizeof(cJSON));
    store_mark(s);
    insert(s, 64, *state);
    assert_true(store_bytes(s, 0) > before);
    store_undo(s);
    assert_int_equal(store_bytes(s, 0), before);
    struct store *copy = store_copy(s);
    for (size_t i = 0; i < 64; i++)
        store_remove(s, 0, i);
    assert_int_equal(store_bytes(s, 0), 0);
    assert_int_equal(store_bytes(copy, 0), before);
    store_free(copy);
    store_free(s);
}

static void a_store_that_lost_most_is_dense_again_and_its_copy_is_not(void **state)
{
    struct store *s = store_of(3000), *copy = store_copy(s);
    const struct store_condition odd = { .at = "/odd",
                                         .value = json_bool(*state, true) };
    store_mark(s);
    for (size_t i = 0; i < 2000; i++)
        store_remove(s, 0, i);
    store_keep(s);
    assert_int_equal(store_slots(s, 0), 1000);
    assert_int_equal(store_count(s, 0), 1000);
    assert_int_equal(slot_of(s, 2000), 0);
    assert_int_equal(slot_of(s, 2999), 999);
    assert_int_equal(store_tally(s, 0, &odd, 1, *state), 500);
    assert_int_equal(slot_of(copy, 2999), 2999);
    assert_int_equal(store_tally(copy, 0, &odd, 1, *state), 1500);
    store_free(s);
    store_free(copy);
}

/* ---- an index that is asked late ------------------------------------------------- */

/* A thing that may have a list of tags, or a kind that is one. */
static cJSON *any_thing(const char *id, struct chance *chance, struct arena *arena)
{
    static const char *const tags[] = { "x", "y", "z" };
    cJSON *tree = json_object(arena), *list = json_array(arena);
    uint64_t kind = chance_below(chance, 500), tag = chance_below(chance, 8);
    json_push(list, json_integer(arena, (int64_t)(kind % 7)));
    json_add(tree, "id", json_string(arena, str(id)));
    json_add(tree, "kind",
             kind > 480 ? list : json_integer(arena, (int64_t)(kind % 7)));
    json_add(tree, "odd", json_bool(arena, chance_below(chance, 2)));
    if (tag < 3)
        json_add(tree, "tag", json_string(arena, str(tags[tag])));
    if (tag == 3) {
        cJSON *both = json_array(arena);
        json_push(both, json_string(arena, STR("x")));
        json_push(both, json_string(arena, str(kind % 50 ? "z" : "x")));
        json_add(tree, "tag", both);
    }
    return tree;
}

static void change_things(struct store *s, struct chance *chance, size_t *made)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t i = 0; i < 40; i++) {
        size_t slot = chance_below(chance, store_slots(s, 0) + 1), own;
        const cJSON *there = store_get(s, 0, slot);
        uint64_t what = chance_below(chance, 5);
        if (there && !what)
            store_remove(s, 0, slot);
        else if (there && what == 1)
            assert_int_equal(
                store_replace(s, 0, slot,
                              any_thing(json_member_text(there, "id"), chance, arena)),
                STORE_OK);
        else
            assert_int_equal(
                store_insert(
                    s, 0,
                    any_thing(arena_printf(arena, "key-%zu", (*made)++), chance, arena),
                    &own),
                STORE_OK);
    }
    arena_free(arena);
}

static void must_find_the_same(const struct store *s, struct chance *chance)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    const struct store_condition all[] = {
        { .at = "/kind",
          .value = json_integer(arena, (int64_t)chance_below(chance, 8)) },
        { .at = "/odd", .value = json_bool(arena, chance_below(chance, 2)) },
        { .at = "/tag", .value = json_string(arena, STR("x")) },
    };
    static const struct {
        size_t first, count;
    } sets[] = { { 0, 1 }, { 0, 2 }, { 2, 1 }, { 0, 3 }, { 1, 1 } };
    size_t pick = chance_below(chance, COUNT(sets)), want = 0, found;
    const struct store_condition *where = all + sets[pick].first;
    const struct store_window w = { .from = chance_below(chance, store_slots(s, 0) + 1),
                                    .until = SIZE_MAX,
                                    .skip = chance_below(chance, 3) * 30,
                                    .most = chance_below(chance, 2) ? 9 : SIZE_MAX };
    size_t *list = store_window(s, 0, where, sets[pick].count, &w, arena, &found);
    size_t total = 0, n = 0, passed = 0;
    for (size_t i = 0; i < store_slots(s, 0); i++) {
        const cJSON *tree = store_get(s, 0, i);
        bool meets = tree != NULL;
        for (size_t k = 0; meets && k < sets[pick].count; k++)
            meets = store_meets(s, 0, tree, &where[k]);
        total += meets;
        if (!meets || i < w.from || passed++ < w.skip || want == w.most)
            continue;
        want++;
        if (n == found || list[n++] != i)
            fail_msg("set %zu: slot %zu is row %zu", pick, i, n);
    }
    assert_int_equal(found, want);
    assert_int_equal(store_tally(s, 0, where, sets[pick].count, arena), total);
    arena_free(arena);
}

static void an_index_that_is_asked_late_finds_what_a_walk_finds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct chance chance = { seed };
        struct store *s = store_new(&plan);
        size_t made = 0;
        for (size_t round = 0; round < 120; round++) {
            struct store *copy = round % 9 ? NULL : store_copy(s);
            store_mark(s);
            change_things(s, &chance, &made);
            if (chance_below(&chance, 3) == 0)
                must_find_the_same(s, &chance);
            if (chance_below(&chance, 3) == 0)
                store_undo(s);
            else
                store_keep(s);
            if (chance_below(&chance, 2))
                must_find_the_same(s, &chance);
            if (!copy)
                continue;
            must_find_the_same(copy, &chance);
            change_things(copy, &chance, &made);
            must_find_the_same(copy, &chance);
            store_free(round % 2 ? copy : s);
            s = round % 2 ? s : copy;
        }
        size_t slots = store_slots(s, 0);
        store_mark(s); /* most go, and the others get other slots */
        for (size_t i = 0; i < slots; i++)
            if (i % 7)
                store_remove(s, 0, i);
        store_keep(s);
        assert_true(store_slots(s, 0) < slots);
        for (size_t i = 0; i < 10; i++)
            must_find_the_same(s, &chance);
        store_free(s);
    }
}

/* However many came since: none, some or most. */
static void an_index_that_is_asked_now_and_then_finds_what_a_walk_finds(void **state)
{
    static const size_t added[] = { 3000, 20, 400, 300, 1, 5000 };
    (void)state;
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct chance chance = { seed };
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        struct store *s = store_new(&plan);
        size_t made = 0, slot;
        for (size_t i = 0; i < COUNT(added); i++) {
            for (size_t k = 0; k < added[i]; k++) {
                const char *id = arena_printf(arena, "key-%zu", made++);
                cJSON *tree = any_thing(id, &chance, arena);
                if (seed % 2) /* more values than are held on to */
                    json_set(arena, tree, "kind",
                             json_integer(arena, (int64_t)chance_below(&chance, 6000)));
                assert_int_equal(store_insert(s, 0, tree, &slot), STORE_OK);
                arena_reset(arena);
            }
            struct store *copy = store_copy(s);
            for (size_t k = 0; k < 12; k++)
                must_find_the_same(k % 3 ? s : copy, &chance);
            store_free(copy);
        }
        arena_free(arena);
        store_free(s);
    }
}

/* ---- threads --------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 40, SEEDED = 500 };

struct worker {
    pthread_t thread;
    const struct store *seed;
    size_t number, wrong;
};

static void *work(void *context)
{
    struct worker *w = context;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t round = 0; round < ROUNDS; round++) {
        struct store *own = store_copy(w->seed);
        const struct store_condition mine = { .at = "/kind",
                                              .value = json_integer(arena, 3) };
        size_t all = store_tally(own, 0, &mine, 1, arena);
        for (size_t i = 0; i < 50; i++) {
            size_t slot = (i * 37 + w->number + round) % SEEDED;
            cJSON *tree = json_copy(arena, store_get(own, 0, slot));
            json_set(arena, tree, "kind", json_integer(arena, 1000 + (int64_t)i));
            w->wrong += store_replace(own, 0, slot, tree) != STORE_OK;
            store_remove(own, 0, (slot + 1) % SEEDED);
        }
        insert(own, SEEDED + 1000 * w->number + round, arena);
        w->wrong += slot_of(own, SEEDED + 1000 * w->number + round) != SEEDED;
        struct store *again = store_copy(own);
        store_free(own);
        w->wrong += store_tally(w->seed, 0, &mine, 1, arena) != all;
        w->wrong += store_slots(again, 0) != SEEDED + 1;
        store_free(again);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

/* The proof is make check-tsan. */
static void copies_of_one_store_are_changed_in_threads_at_once(void **state)
{
    struct worker workers[THREADS];
    struct store *seed = store_of(SEEDED);
    (void)state;
    store_index_all(seed);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .seed = seed, .number = i };
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].wrong, 0);
    }
    for (size_t i = 0; i < SEEDED; i++)
        assert_int_equal(slot_of(seed, i), i);
    store_free(seed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_up, arena_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_index_keeps_its_order_through_every_change),
        TEST(an_index_that_is_filled_at_once_goes_on_as_others_do),
        TEST(copies_of_an_index_change_apart),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        TEST(a_copy_of_ten_thousand_takes_a_few_kilobytes_and_so_does_its_first_change),
#endif
        TEST(every_window_shows_what_a_walk_would),
        TEST(what_is_put_back_is_what_was_there),
        TEST(a_slot_that_was_used_is_not_given_again_by_what_is_taken_back),
        TEST(a_store_knows_the_bytes_of_what_it_holds),
        TEST(a_store_that_lost_most_is_dense_again_and_its_copy_is_not),
        TEST(an_index_that_is_asked_late_finds_what_a_walk_finds),
        TEST(an_index_that_is_asked_now_and_then_finds_what_a_walk_finds),
        TEST(copies_of_one_store_are_changed_in_threads_at_once),
    };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    store_prepare(&plan, arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(arena);
    return failed;
}

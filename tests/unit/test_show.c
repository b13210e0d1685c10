/* What is shown of an instance is kept, and is still what is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../support/desk.h"
#include "../support/text.h"
#include "base/chance.h"
#include "base/limits.h"
#include "play/store.h"

#include <pthread.h>

/* Notes have an owner, are about other notes, and say whom their items are for; people
 * have a boss and a nick, teams a lead. */
enum { NOTES, PEOPLE, TEAMS, COLLECTIONS };

static const char *at_id[] = { "/id" }, *at_nick[] = { "/nick" };
static struct store_index keys[] = {
    { .pointers = at_id, .count = 1, .unique = true },
    { .pointers = at_nick, .count = 1, .unique = true },
};
static struct way hidden[] = { { .text = "/secret" },
                               { .text = "/deep/secret" },
                               { .text = "/mail" } };
static const size_t notes[] = { NOTES }, people[] = { PEOPLE };
static const size_t anyone[] = { PEOPLE, TEAMS };
static struct way keep_note[] = { { .text = "/title" },
                                  { .text = "/owner" },
                                  { .text = "/about" },
                                  { .text = "/secret" } };
static struct way keep_person[] = { { .text = "/name" },
                                    { .text = "/boss" },
                                    { .text = "/mail" } };
static struct way keep_anyone[] = { { .text = "/name" }, { .text = "/lead" } };
static struct store_reference of_notes[] = {
    { .at.text = "/owner",
      .of = people,
      .of_count = 1,
      .keep = keep_person,
      .keep_count = 3 },
    { .at.text = "/items/*/who",
      .of = anyone,
      .of_count = 2,
      .keep = keep_anyone,
      .keep_count = 2 },
    { .at.text = "/about",
      .of = notes,
      .of_count = 1,
      .keep = keep_note,
      .keep_count = 4 },
    { .at.text = "/raw", .of = people, .of_count = 1 },
};
static struct store_reference of_people[] = { { .at.text = "/boss",
                                                .of = people,
                                                .of_count = 1,
                                                .keep = keep_person,
                                                .keep_count = 3 } };
static struct store_reference of_teams[] = { { .at.text = "/lead",
                                               .of = people,
                                               .of_count = 1,
                                               .keep = keep_person,
                                               .keep_count = 3 } };
static struct store_collection shelves[COLLECTIONS] = {
    { .name = "notes",
      .key = "/id",
      .hidden = hidden,
      .hidden_count = 3,
      .indexes = keys,
      .index_count = 1,
      .references = of_notes,
      .reference_count = 4 },
    { .name = "people",
      .key = "/id",
      .aliases = at_nick,
      .alias_count = 1,
      .hidden = hidden,
      .hidden_count = 3,
      .indexes = keys,
      .index_count = 2,
      .references = of_people,
      .reference_count = 1 },
    { .name = "teams",
      .key = "/id",
      .indexes = keys,
      .index_count = 1,
      .references = of_teams,
      .reference_count = 1 },
};
static atomic_size_t shown;
static const struct store_plan plan = { .collections = shelves,
                                        .collection_count = COLLECTIONS,
                                        .shown = &shown };

/* The text of what is shown at a slot, which has to be the same however it is asked
 * for. */
static const char *must_show(struct store *s, size_t c, size_t slot,
                             struct arena *arena)
{
    bool broken = false, again = false, wanted = false;
    const cJSON *tree = store_get(s, c, slot);
    const cJSON *now = store_render(s, c, tree, arena, &wanted);
    const cJSON *kept = store_show(s, c, slot, arena, &broken);
    const cJSON *found = store_show_tree(s, c, tree, 0, arena, &again);
    const char *text = json_text(kept, arena).ptr;
    assert_string_equal(text, json_text(now, arena).ptr);
    assert_string_equal(text, json_text(found, arena).ptr);
    assert_string_equal(text, json_text(json_copy(arena, kept), arena).ptr);
    assert_true(broken == wanted && again == wanted);
    return text;
}

static struct store *office(struct arena *arena)
{
    struct store *s = store_new(&plan);
    must_insert(s, NOTES, arena,
                "{\"id\":\"n\",\"secret\":1,\"deep\":{\"secret\":2,\"a\":3},"
                "\"owner\":\"ada\",\"items\":[{\"who\":[\"gus\",\"lost\"]},{\"who\":"
                "\"qa\"}],\"about\":\"m\",\"raw\":\"ada\"}");
    must_insert(s, NOTES, arena,
                "{\"id\":\"m\",\"title\":\"M\",\"owner\":\"eve\",\"secret\":\"s\"}");
    must_insert(s, PEOPLE, arena,
                "{\"id\":\"ada\",\"name\":\"Ada\",\"boss\":\"eve\",\"mail\":\"a@\"}");
    must_insert(s, PEOPLE, arena, "{\"id\":\"eve\",\"name\":\"Eve\"}");
    must_insert(s, PEOPLE, arena,
                "{\"id\":\"p\",\"nick\":\"gus\",\"name\":\"Gustav\"}");
    must_insert(s, TEAMS, arena,
                "{\"id\":\"qa\",\"name\":\"Quality\",\"lead\":\"ada\"}");
    return s;
}

#define ADA(eve) "{\"name\":\"Ada\",\"boss\":" eve ",\"mail\":\"a@\"}"
#define EVE "{\"name\":\"Eve\"}"
#define ITEMS(gus, lost, qa) "\"items\":[{\"who\":[" gus "," lost "]},{\"who\":" qa "}]"
#define GUS "{\"name\":\"Gustav\"}"
#define QA(ada) "{\"name\":\"Quality\",\"lead\":" ada "}"
#define ABOUT(eve) "\"about\":{\"title\":\"M\",\"owner\":" eve ",\"secret\":\"s\"}"
#define NOTE(ada, items, about)                                           \
    "{\"id\":\"n\",\"deep\":{\"a\":3},\"owner\":" ada "," items "," about \
    ",\"raw\":\"ada\"}"
#define FIRST NOTE(ADA(EVE), ITEMS(GUS, "\"lost\"", QA(ADA(EVE))), ABOUT(EVE))

static void what_is_shown_is_what_is_there(void **state)
{
    static const struct {
        const char *about;
        size_t c, slot; /* what is changed; past the last: made */
        const char *to; /* NULL: removed */
        const char *shown;
    } rows[] = {
        { "nothing", NOTES, 1,
          "{\"id\":\"m\",\"title\":\"M\",\"owner\":\"eve\",\"secret\":\"s\"}", FIRST },
        { "the note", NOTES, 0, "{\"id\":\"n\",\"title\":\"N\"}",
          "{\"id\":\"n\",\"title\":\"N\"}" },
        { "what no summary has", PEOPLE, 2,
          "{\"id\":\"p\",\"nick\":\"gus\",\"name\":\"Gustav\",\"age\":1}", FIRST },
        { "a key alone", PEOPLE, 1, "{\"id\":\"eva\",\"name\":\"Eve\"}",
          NOTE(ADA("\"eve\""), ITEMS(GUS, "\"lost\"", QA(ADA("\"eve\""))),
               ABOUT("\"eve\"")) },
        { "how it is written", PEOPLE, 1, "{\"id\":\"eve\",\"name\":1.0}",
          NOTE(ADA("{\"name\":1.0}"), ITEMS(GUS, "\"lost\"", QA(ADA("{\"name\":1.0}"))),
               ABOUT("{\"name\":1.0}")) },
        { "the name of one that is summed up", PEOPLE, 2,
          "{\"id\":\"p\",\"nick\":\"gus\",\"name\":\"Gus\"}",
          NOTE(ADA(EVE), ITEMS("{\"name\":\"Gus\"}", "\"lost\"", QA(ADA(EVE))),
               ABOUT(EVE)) },
        { "the name of one that they refer to", PEOPLE, 1,
          "{\"id\":\"eve\",\"name\":\"Eva\"}",
          NOTE(ADA("{\"name\":\"Eva\"}"),
               ITEMS(GUS, "\"lost\"", QA(ADA("{\"name\":\"Eva\"}"))),
               ABOUT("{\"name\":\"Eva\"}")) },
        { "who is referred to", PEOPLE, 0,
          "{\"id\":\"ada\",\"name\":\"Ada\",\"boss\":\"p\",\"mail\":\"a@\"}",
          NOTE(ADA(GUS), ITEMS(GUS, "\"lost\"", QA(ADA(GUS))), ABOUT(EVE)) },
        { "one goes", PEOPLE, 2, NULL,
          NOTE(ADA(EVE), ITEMS("\"gus\"", "\"lost\"", QA(ADA(EVE))), ABOUT(EVE)) },
        { "one behind another goes", PEOPLE, 1, NULL,
          NOTE(ADA("\"eve\""), ITEMS(GUS, "\"lost\"", QA(ADA("\"eve\""))),
               ABOUT("\"eve\"")) },
        { "one comes where a key led nowhere", TEAMS, 1,
          "{\"id\":\"lost\",\"name\":\"Found\"}",
          NOTE(ADA(EVE), ITEMS(GUS, "{\"name\":\"Found\"}", QA(ADA(EVE))),
               ABOUT(EVE)) },
        { "one comes with the key in a collection that is asked before", PEOPLE, 3,
          "{\"id\":\"qa\",\"name\":\"Q\"}",
          NOTE(ADA(EVE), ITEMS(GUS, "\"lost\"", "{\"name\":\"Q\"}"), ABOUT(EVE)) },
        { "one comes whose key is the other's alias", PEOPLE, 3,
          "{\"id\":\"gus\",\"name\":\"G\"}",
          NOTE(ADA(EVE), ITEMS("{\"name\":\"G\"}", "\"lost\"", QA(ADA(EVE))),
               ABOUT(EVE)) },
        { "an alias is taken away", PEOPLE, 2, "{\"id\":\"p\",\"name\":\"Gustav\"}",
          NOTE(ADA(EVE), ITEMS("\"gus\"", "\"lost\"", QA(ADA(EVE))), ABOUT(EVE)) },
        { "one is broken on purpose", PEOPLE, 1,
          "{\"id\":\"eve\",\"name\":\"Eve\",\"$broken\":true}", FIRST },
    };
    struct arena *arena = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct store *s = office(arena);
        const char *text = must_show(s, NOTES, 0, arena);
        assert_string_equal(text, FIRST);
        store_mark(s);
        if (!rows[i].to)
            store_remove(s, rows[i].c, rows[i].slot);
        else if (store_get(s, rows[i].c, rows[i].slot))
            assert_int_equal(
                store_replace(s, rows[i].c, rows[i].slot, must_json(arena, rows[i].to)),
                STORE_OK);
        else
            must_insert(s, rows[i].c, arena, rows[i].to);
        text = must_show(s, NOTES, 0, arena);
        if (strcmp(text, rows[i].shown) != 0)
            fail_msg("%s:\n%s\nwanted\n%s", rows[i].about, text, rows[i].shown);
        store_undo(s);
        text = must_show(s, NOTES, 0, arena);
        if (strcmp(text, FIRST) != 0)
            fail_msg("%s, taken back: %s", rows[i].about, text);
        store_free(s);
    }
}

static void what_has_not_changed_is_shown_again(void **state)
{
    struct arena *arena = *state;
    struct store *s = office(arena);
    const cJSON *first = store_show(s, NOTES, 0, arena, NULL), *team;
    assert_true(json_is_lent(first));
    must_insert(s, PEOPLE, arena, "{\"id\":\"new\"}");
    assert_ptr_equal(store_show(s, NOTES, 0, arena, NULL)->child, first->child);
    store_replace(s, PEOPLE, 1,
                  must_json(arena, "{\"id\":\"eve\",\"name\":\"Eve\",\"age\":36}"));
    store_replace(s, NOTES, 1,
                  must_json(arena, "{\"id\":\"m\",\"title\":\"M\",\"owner\":\"eve\","
                                   "\"secret\":\"s\",\"size\":7}"));
    assert_ptr_equal(store_show(s, NOTES, 0, arena, NULL)->child, first->child);
    team = store_show(s, TEAMS, 0, arena, NULL);
    store_replace(s, PEOPLE, 2, must_json(arena, "{\"id\":\"p\",\"nick\":\"g\"}"));
    assert_ptr_not_equal(store_show(s, NOTES, 0, arena, NULL)->child, first->child);
    assert_ptr_equal(store_show(s, TEAMS, 0, arena, NULL)->child, team->child);
    store_free(s);
}

static void what_was_shown_stays_until_the_call_ends(void **state)
{
    struct arena *call = arena_new(LIMIT_CALL_MEMORY);
    struct store *s = office(*state), *copy = store_copy(s);
    const cJSON *a = store_show(s, NOTES, 0, call, NULL);
    const cJSON *b = store_show(copy, TEAMS, 0, call, NULL);
    for (size_t slot = 0; slot < 3; slot++)
        store_remove(s, PEOPLE, slot);
    store_remove(s, NOTES, 0);
    store_free(s);
    store_free(copy);
    assert_int_equal(atomic_load(&shown), 0);
    assert_string_equal(json_text(a, call).ptr, FIRST);
    assert_string_equal(json_text(json_copy(call, a), call).ptr, FIRST);
    assert_string_equal(json_text(b, call).ptr,
                        "{\"id\":\"qa\",\"name\":\"Quality\",\"lead\":" ADA(EVE) "}");
    arena_free(call);
}

static void stores_that_share_instances_show_their_own(void **state)
{
    struct arena *arena = *state;
    struct store *one = office(arena), *two;
    must_show(one, NOTES, 0, arena);
    two = store_copy(one);
    store_replace(two, PEOPLE, 1, must_json(arena, "{\"id\":\"eve\"}"));
    for (int i = 0; i < 2; i++) {
        assert_string_equal(must_show(two, PEOPLE, 0, arena),
                            "{\"id\":\"ada\",\"name\":\"Ada\",\"boss\":{}}");
        assert_string_equal(must_show(one, PEOPLE, 0, arena),
                            "{\"id\":\"ada\",\"name\":\"Ada\",\"boss\":" EVE "}");
        assert_string_equal(must_show(one, NOTES, 0, arena), FIRST);
    }
    store_free(one);
    store_free(two);
}

static void slots_that_get_other_numbers_show_what_is_there(void **state)
{
    enum { MANY = 3000 };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct store *s = office(*state);
    for (int i = 0; i < MANY; i++)
        must_insert(s, PEOPLE, arena,
                    arena_printf(arena, "{\"id\":\"x%d\",\"boss\":\"x%d\"}", i,
                                 (i + 7) % MANY));
    store_mark(s);
    for (size_t slot = 0; slot < MANY; slot++)
        if (slot % 3)
            store_remove(s, PEOPLE, slot);
    for (size_t slot = 0; slot < 60; slot += 3)
        must_show(s, PEOPLE, slot, arena);
    store_keep(s);
    assert_true(store_slots(s, PEOPLE) < MANY);
    for (size_t slot = 0; slot < 60; slot++)
        must_show(s, PEOPLE, slot, arena);
    must_show(s, NOTES, 0, arena);
    store_free(s);
    arena_free(arena);
}

static void what_is_kept_to_show_has_a_bound(void **state)
{
    enum { MANY = 4000 };
    struct store *s = office(*state);
    char *long_text = malloc(LIMIT_SHOWN_TEXT + 1), *longest;
    memset(long_text, 'x', LIMIT_SHOWN_TEXT);
    long_text[LIMIT_SHOWN_TEXT] = '\0';
    longest = malloc(LIMIT_SHOWN_TEXT + 100);
    for (size_t i = 0; i < MANY; i++) {
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        /* Nearly all that one may have, and a few that have more. */
        snprintf(longest, LIMIT_SHOWN_TEXT + 100,
                 "{\"id\":\"l%zu\",\"boss\":\"l%zu\","
                 "\"text\":\"%.*s\"}",
                 i, i ? i - 1 : 0,
                 (int)(i % 100 ? LIMIT_SHOWN_TEXT - 2000 : LIMIT_SHOWN_TEXT),
                 long_text);
        must_show(s, PEOPLE, must_insert(s, PEOPLE, arena, longest), arena);
        assert_true(atomic_load(&shown) <= LIMIT_SHOWN_BYTES);
        arena_free(arena);
        if (i % 100 == 99)
            for (size_t slot = store_slots(s, PEOPLE) - 90;
                 slot < store_slots(s, PEOPLE) - 1; slot++)
                store_remove(s, PEOPLE, slot);
    }
    store_free(s);
    assert_int_equal(atomic_load(&shown), 0);
    free(long_text);
    free(longest);
}

static const cJSON *look_at(struct store *s, size_t slot, struct arena *arena)
{
    bool broken = false;
    const cJSON *children = store_show(s, PEOPLE, slot, arena, &broken)->child;
    arena_reset(arena);
    return children; /* to be compared, not to be looked at */
}

static void what_is_asked_once_drives_nothing_out(void **state)
{
    enum { OFTEN = 200, ALL = 8 * LIMIT_SHOWN };
    const cJSON *first[OFTEN];
    struct store *s = store_new(&plan);
    struct arena *arena = *state;
    size_t same = 0;
    for (size_t i = 0; i < ALL; i++) {
        must_insert(s, PEOPLE, arena,
                    arena_printf(arena, "{\"id\":\"p%zu\",\"name\":\"P\"}", i));
        arena_reset(arena);
    }
    for (size_t i = 0; i < OFTEN; i++)
        first[i] = look_at(s, i, arena);
    for (size_t i = OFTEN; i < ALL; i++)
        look_at(s, i, arena);
    for (size_t i = 0; i < OFTEN; i++)
        same += look_at(s, i, arena) == first[i];
    if (same < OFTEN * 9 / 10)
        fail_msg("%zu of %d are still kept", same, OFTEN);
    same = 0;
    for (size_t i = ALL - OFTEN; i < ALL; i++) { /* these come in by the second look */
        look_at(s, i, arena);
        const cJSON *second = look_at(s, i, arena);
        arena_take(arena, 64); /* what is not kept is at another place now */
        same += look_at(s, i, arena) == second;
    }
    if (same < OFTEN * 9 / 10)
        fail_msg("%zu of %d came in", same, OFTEN);
    store_free(s);
}

static void stores_of_one_plan_share_the_bound(void **state)
{
    enum { STORES = LIMIT_SHOWN_ALL_BYTES / LIMIT_SHOWN_BYTES + 12, ROWS = 1200 };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct store *all[STORES], *s = office(*state);
    char body[1001];
    memset(body, 'x', 1000);
    body[1000] = '\0';
    for (int i = 0; i < ROWS; i++)
        must_insert(s, TEAMS, arena,
                    arena_printf(arena, "{\"id\":\"t%d\",\"body\":\"%s\"}", i, body));
    for (size_t i = 0; i < STORES; i++) {
        all[i] = store_copy(s);
        for (size_t slot = 0; slot < ROWS; slot++) {
            store_show(all[i], TEAMS, slot, arena, NULL);
            arena_reset(arena);
        }
        assert_true(atomic_load(&shown) <= LIMIT_SHOWN_ALL_BYTES);
    }
    assert_true(atomic_load(&shown) > LIMIT_SHOWN_ALL_BYTES / 2);
    assert_string_equal(must_show(all[STORES - 1], NOTES, 0, arena), FIRST);
    for (size_t i = 0; i < STORES; i++)
        store_free(all[i]);
    store_free(s);
    assert_int_equal(atomic_load(&shown), 0);
    arena_free(arena);
}

/* ---- at random ---- */

static const char *const names[] = { "a", "b", "c", "d", "e", "f" };

static const char *name_of(struct chance *chance)
{
    return names[chance_below(chance, COUNT(names))];
}

static cJSON *random_instance(struct chance *chance, size_t c, const char *id,
                              struct arena *arena)
{
    const char *broken = chance_below(chance, 12) ? "" : ",\"$broken\":true";
    const char *text =
        c == NOTES
            ? arena_printf(arena,
                           "{\"id\":\"%s\",\"secret\":\"%s\",\"owner\":\"%s\","
                           "\"about\":[\"%s\",\"%s\"],\"items\":[{\"who\":\"%s\"}"
                           ",{\"who\":[\"%s\"]}],\"title\":\"%s\"%s}",
                           id, name_of(chance), name_of(chance), name_of(chance),
                           name_of(chance), name_of(chance), name_of(chance),
                           name_of(chance), broken)
        : c == PEOPLE
            ? arena_printf(
                  arena,
                  "{\"id\":\"%s\",\"nick\":\"%s\",\"name\":{\"%s\":1},\"boss\":"
                  "\"%s\",\"mail\":\"%s\"%s}",
                  id, name_of(chance), name_of(chance), name_of(chance),
                  name_of(chance), broken)
            : arena_printf(arena, "{\"id\":\"%s\",\"name\":\"%s\",\"lead\":\"%s\"%s}",
                           id, name_of(chance), name_of(chance), broken);
    return must_json(arena, text);
}

static void change_at_random(struct store *s, struct chance *chance,
                             struct arena *arena)
{
    size_t c = chance_below(chance, COLLECTIONS), slot, slots = store_slots(s, c);
    const char *id = name_of(chance);
    cJSON *tree = random_instance(chance, c, id, arena);
    const cJSON *old = slots ? store_get(s, c, chance_below(chance, slots)) : NULL;
    if (old && chance_below(chance, 3) == 0) { /* it keeps what summaries say of it */
        store_key(s, c, json_member_text(old, "id"), &slot);
        tree = json_copy(arena, old);
        json_set(arena, tree, chance_below(chance, 8) ? "size" : "id",
                 json_string(arena, str(id)));
        store_replace(s, c, slot, tree);
    } else if (!store_key(s, c, id, &slot) && slots < 200)
        store_insert(s, c, tree, &slot);
    else if (slots && store_get(s, c, slot = chance_below(chance, slots))) {
        if (chance_below(chance, 3))
            store_replace(s, c, slot, tree);
        else
            store_remove(s, c, slot);
    }
}

static void check_all(struct store *s, struct arena *arena)
{
    for (size_t c = 0; c < COLLECTIONS; c++)
        for (size_t slot = 0; slot < store_slots(s, c); slot++)
            if (store_get(s, c, slot))
                must_show(s, c, slot, arena);
}

static void any_changes_in_any_copies_are_shown(void **state)
{
    enum { STORES = 3, STEPS = 1500 };
    struct store *all[STORES];
    struct chance chance = { 11 };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    (void)state;
    for (int i = 0; i < STORES; i++)
        all[i] = store_new(&plan);
    for (int step = 0; step < STEPS; step++) {
        size_t n = chance_below(&chance, STORES);
        struct store *s = all[n];
        bool marked = chance_below(&chance, 3) == 0;
        if (chance_below(&chance, 40) == 0) {
            size_t other = (n + 1) % STORES;
            store_free(all[other]);
            all[other] = store_copy(s);
        }
        if (marked)
            store_mark(s);
        for (size_t i = chance_below(&chance, 4); i > 0; i--)
            change_at_random(s, &chance, arena);
        if (marked && chance_below(&chance, 2))
            check_all(s, arena);
        if (marked && chance_below(&chance, 2))
            store_undo(s);
        else if (marked)
            store_keep(s);
        for (int i = 0; i < STORES; i++)
            check_all(all[i], arena);
        arena_reset(arena);
    }
    for (int i = 0; i < STORES; i++)
        store_free(all[i]);
    arena_free(arena);
}

/* ---- in threads ---- */

struct reader {
    struct store *s;       /* used under lock */
    pthread_mutex_t *lock; /* of a store that two share */
    uint64_t seed;
    size_t mistakes;
};

/* As calls do: shown under the lock, read behind it while others go on. */
static void *show_and_change(void *context)
{
    struct reader *r = context;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct chance chance = { r->seed };
    for (int i = 0; i < 3000; i++) {
        const cJSON *row[4] = { NULL };
        pthread_mutex_lock(r->lock);
        change_at_random(r->s, &chance, arena);
        for (size_t slot = 0; slot < COUNT(row); slot++)
            if (store_get(r->s, NOTES, slot))
                row[slot] = store_show(r->s, NOTES, slot, arena, NULL);
        pthread_mutex_unlock(r->lock);
        for (size_t slot = 0; slot < COUNT(row); slot++)
            if (row[slot] &&
                strcmp(json_text(row[slot], arena).ptr,
                       json_text(json_copy(arena, row[slot]), arena).ptr) != 0)
                r->mistakes++;
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void calls_in_threads_see_whole_rows(void **state)
{
    enum { THREADS = 4 };
    pthread_mutex_t locks[2] = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER };
    pthread_t threads[THREADS];
    struct reader readers[THREADS];
    struct store *one = store_new(&plan), *two;
    struct chance chance = { 5 };
    for (int i = 0; i < 60; i++)
        change_at_random(one, &chance, *state);
    two = store_copy(one); /* shares all instances */
    for (size_t i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){ i % 2 ? two : one, &locks[i % 2], i, 0 };
        pthread_create(&threads[i], NULL, show_and_change, &readers[i]);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(readers[i].mistakes, 0);
    }
    store_free(one);
    store_free(two);
    assert_int_equal(atomic_load(&shown), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_is_what_is_there),
        cmocka_unit_test(what_has_not_changed_is_shown_again),
        cmocka_unit_test(what_was_shown_stays_until_the_call_ends),
        cmocka_unit_test(stores_that_share_instances_show_their_own),
        cmocka_unit_test(slots_that_get_other_numbers_show_what_is_there),
        cmocka_unit_test(what_is_kept_to_show_has_a_bound),
        cmocka_unit_test(what_is_asked_once_drives_nothing_out),
        cmocka_unit_test(stores_of_one_plan_share_the_bound),
        cmocka_unit_test(any_changes_in_any_copies_are_shown),
        cmocka_unit_test(calls_in_threads_see_whole_rows),
    };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    store_prepare(&plan, arena);
    int failed = cmocka_run_group_tests(tests, arena_up, arena_down);
    arena_free(arena);
    return failed;
}

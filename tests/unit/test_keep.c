/* Where namespaces are kept, seen from the calls: what goes out, what comes in, and
 * that a call whose changes cannot be kept has never happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unistd.h>

#include "../support/fake_keep.h"
#include "../support/folder.h"
#include "../support/kennel.h"
#include "../support/stage.h"
#include "base/chance.h"
#include "base/limits.h"
#include "base/map.h"
#include "play/keeping_parts.h"
#include "serve/admin.h"

/* ---- the stage ---- */

struct house {
    struct arena *arena;
    struct stage stage;
    struct fake fake;
    const char *folder;
};

static void house_open(struct house *h)
{
    *h = (struct house){ .arena = arena_new(64 * 1024 * 1024) };
    h->folder = folder_make(h->arena);
    kennel_put(h->folder, h->arena);
    kennel_edit(h->folder, "fixtures/pets/behaviour.yaml", "key: /id\n",
                "key: /id\n    unique: [{ at: [/chip] }]\n", h->arena);
    folder_put(h->folder, "fixtures/scenarios/few.yaml",
               "limits: [{on: getPet, requests: 2, per: 1h}]\n"
               "faults: [{on: dropPet, status: 500, times: 1}]\n",
               h->arena);
    char *words[] = { arena_copy(h->arena, STR("understudy")),
                      arena_copy(h->arena, STR("serve")),
                      arena_printf(h->arena, "%s/specs/pets.yaml", h->folder),
                      arena_copy(h->arena, STR("--scenario")),
                      arena_copy(h->arena, STR("few")) };
    struct stage *s = &h->stage;
    assert_int_equal(options_read(&s->options, COUNT(words), words), OPTIONS_RUN);
    if (!load(&s->loaded, &s->options)) {
        load_print(&s->loaded, true, stderr);
        fail();
    }
    h->fake = (struct fake){ .keep = { &fake_kind },
                             .arena = h->arena,
                             .entries = map_new(h->arena) };
    s->loaded.world.keep = &h->fake.keep;
    s->service = (struct service){ .world = &s->loaded.world,
                                   .journal = journal_new(),
                                   .admin = admin_new(),
                                   .quiet = true };
    assert_true(world_open(&s->loaded.world));
}

static void house_close(struct house *h)
{
    stage_done(&h->stage);
    folder_remove(h->folder);
    arena_free(h->arena);
}

static struct delivery send(struct house *h, const char *method, const char *target,
                            const char *body)
{
    struct str query = str(target), path;
    str_split(&query, '?', &path);
    struct request r = { .method = str(method),
                         .path = path,
                         .query = query,
                         .headers = { { STR("Content-Type"),
                                        STR("application/json") } },
                         .header_count = body ? 1 : 0,
                         .body = str(body) };
    struct delivery d;
    if (!body)
        r.body = (struct str){ NULL, 0 };
    stage_send(&h->stage, &r, h->arena, &d);
    return d;
}

static int status(struct house *h, const char *method, const char *path,
                  const char *body)
{
    return send(h, method, path, body).response.status;
}

static bool says(const struct delivery *d, const char *text)
{
    return d->response.body.ptr && strstr(d->response.body.ptr, text);
}

static const char *field(const struct delivery *d, const char *name)
{
    for (size_t i = 0; i < d->response.header_count; i++)
        if (str_is(d->response.headers[i].name, name))
            return d->response.headers[i].value.ptr;
    return NULL;
}

/* ---- what goes out ---- */

static void the_first_change_takes_the_whole_collection_along(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Rex\"}"), 201);
    static const struct {
        const char *name, *value;
    } rows[] = {
        { "/collections/pets/pets:~1id", "" },
        { "/instances/pets/pets:~1id/0", "{\"id\":\"old\",\"name\":\"Old\"}" },
        { "/instances/pets/pets:~1id/1", "{\"name\":\"Rex\",\"id\":\"pet-1\"}" },
        { "/sequences/pets/pet", "2" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *value = entry(&h.fake, rows[i].name);
        if (!value || strcmp(value, rows[i].value) != 0)
            fail_msg("%s is %s", rows[i].name, value ? value : "not there");
    }
    assert_int_equal(map_count(h.fake.entries), COUNT(rows) + 1); /* /documents */
    house_close(&h);
}

static void a_later_change_takes_only_itself_along(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Rex\"}"), 201);
    h.fake.entries = map_new(h.arena);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Pia\"}"), 201);
    assert_non_null(entry(&h.fake, "/instances/pets/pets:~1id/2"));
    assert_string_equal(entry(&h.fake, "/sequences/pets/pet"), "3");
    assert_int_equal(map_count(h.fake.entries), 2);
    house_close(&h);
}

static void an_import_takes_only_what_it_names_along(void **state)
{
    static const struct {
        const char *body;
        size_t count;
        const char *name, *value;
    } rows[] = {
        { "{}", 0, "/clock", NULL },
        { "{\"clock_offset_ms\":5}", 1, "/clock", "5" },
        { "{\"apis\":{\"pets\":{\"sequences\":{\"pet\":9}}}}", 1, "/sequences/pets/pet",
          "9" },
        /* Of three there are one: two go. */
        { "{\"apis\":{\"pets\":{\"collections\":{\"pets\":[{\"id\":\"a\",\"name\":"
          "\"A\"}]}}}}",
          4, "/instances/pets/pets:~1id/0", "{\"id\":\"a\",\"name\":\"A\"}" },
    };
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Rex\"}"), 201);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Pia\"}"), 201);
    for (size_t i = 0; i < COUNT(rows); i++) {
        h.fake.entries = map_new(h.arena);
        assert_int_equal(status(&h, "POST", "/__admin/import", rows[i].body), 204);
        const char *value = entry(&h.fake, rows[i].name);
        bool same = rows[i].value ? value && strcmp(value, rows[i].value) == 0 : !value;
        if (!same || map_count(h.fake.entries) != rows[i].count)
            fail_msg("%s: %zu entries, %s is %s", rows[i].body,
                     map_count(h.fake.entries), rows[i].name, value ? value : "none");
    }
    assert_null(entry(&h.fake, "/instances/pets/pets:~1id/2"));
    assert_int_equal(status(&h, "GET", "/pets/pet-1", NULL), 404);
    assert_int_equal(status(&h, "GET", "/pets/a", NULL), 200);
    struct delivery d = send(&h, "POST", "/pets", "{\"name\":\"Tom\"}");
    assert_true(says(&d, "pet-9"));
    assert_non_null(entry(&h.fake, "/instances/pets/pets:~1id/1"));
    house_close(&h);
}

static void an_import_that_cannot_be_kept_has_never_happened(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    h.fake.answers[0] = KEEP_FULL;
    h.fake.whole = true;
    assert_int_equal(status(&h, "POST", "/__admin/import",
                            "{\"apis\":{\"pets\":{\"collections\":{\"pets\":[]}}}}"),
                     507);
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 200);
    house_close(&h);
}

static void a_call_that_changes_nothing_writes_nothing(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "GET", "/__admin/state", NULL), 200);
    assert_int_equal(status(&h, "PUT", "/pets", NULL), 405);
    assert_int_equal(status(&h, "GET", "/nowhere", NULL), 404);
    assert_int_equal(h.fake.commits, 0);
    assert_int_equal(status(&h, "GET", "/lots", NULL), 200); /* it draws */
    assert_int_equal(h.fake.commits, 1);
    assert_string_equal(entry(&h.fake, "/calls/pets/drawLot"), "1");
    house_close(&h);
}

static void what_is_counted_goes_out_with_what_runs(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 200);
    assert_string_equal(entry(&h.fake, "/running/list"), "[{\"name\":\"few\"}]");
    assert_non_null(strstr(entry(&h.fake, "/running/0/limits/0/0"), ",1]"));
    assert_int_equal(status(&h, "DELETE", "/pets/old", NULL), 500);
    assert_string_equal(entry(&h.fake, "/running/0/faults"), "[[1,1]]");
    assert_null(entry(&h.fake, "/collections/pets/pets:~1id"));
    house_close(&h);
}

/* ---- what cannot be kept ---- */

static void a_call_that_is_behind_is_done_again_and_happens_once(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    h.fake.answers[0] = h.fake.answers[1] = h.fake.answers[2] = KEEP_BEHIND;
    struct delivery d = send(&h, "POST", "/pets", "{\"name\":\"Rex\"}");
    assert_int_equal(d.response.status, 201);
    assert_true(says(&d, "\"pet-1\""));
    assert_int_equal(h.fake.commits, 4);
    assert_int_equal(h.fake.pulls, 4);
    d = send(&h, "GET", "/__admin/state", NULL);
    assert_true(says(&d, "\"pets\":2"));
    house_close(&h);
}

static void a_change_that_cannot_be_kept_has_never_happened(void **state)
{
    static const struct {
        enum keep_answer answer;
        int status;
        const char *retry_after;
    } rows[] = { { KEEP_MISSING, 503, "1" }, { KEEP_FULL, 507, NULL } };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct house h;
        house_open(&h);
        h.fake.answers[0] = rows[i].answer;
        struct delivery d = send(&h, "POST", "/pets", "{\"name\":\"Rex\"}");
        assert_int_equal(d.response.status, rows[i].status);
        assert_true(says(&d, "nothing was changed"));
        const char *retry = field(&d, "Retry-After");
        assert_int_equal(!retry, !rows[i].retry_after);
        d = send(&h, "GET", "/__admin/state", NULL);
        assert_true(says(&d, "\"pets\":1"));
        d = send(&h, "POST", "/pets", "{\"name\":\"Rex\"}");
        assert_true(says(&d, "\"pet-1\"")); /* the sequence is where it was */
        house_close(&h);
    }
}

static void a_call_that_is_always_behind_is_given_up(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    for (size_t i = 0; i < LIMIT_KEEP_TRIES; i++)
        h.fake.answers[i] = KEEP_BEHIND;
    struct delivery d = send(&h, "POST", "/pets", "{\"name\":\"Rex\"}");
    assert_int_equal(d.response.status, 503);
    assert_int_equal(h.fake.commits, LIMIT_KEEP_TRIES);
    house_close(&h);
}

static void counts_that_cannot_be_kept_are_taken_back(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    h.fake.answers[0] = h.fake.answers[1] = KEEP_MISSING;
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 503);
    assert_int_equal(status(&h, "DELETE", "/pets/old", NULL), 503);
    h.fake.answers[0] = h.fake.answers[1] = KEEP_OK;
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 200);
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 200);
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 429);
    assert_int_equal(status(&h, "DELETE", "/pets/old", NULL), 500);
    assert_int_equal(status(&h, "DELETE", "/pets/old", NULL), 204);
    house_close(&h);
}

static void a_keep_that_is_away_is_told_by_every_question(void **state)
{
    static const struct {
        const char *method, *path, *body;
    } rows[] = {
        { "GET", "/pets/old", NULL },
        { "GET", "/lots", NULL },
        { "GET", "/__admin/state", NULL },
        { "GET", "/__admin/faults", NULL },
        { "POST", "/__admin/reset", NULL },
        { "POST", "/__admin/clock", "{\"advance\":\"1h\"}" },
        { "POST", "/__admin/scenarios/few/stop", NULL },
        { "POST", "/__admin/faults", "{\"on\":\"getPet\",\"status\":500}" },
        { "GET", "/__admin/export", NULL },
        { "POST", "/__admin/import", "{}" },
        { "GET", "/__admin/namespaces", NULL },
        { "GET", "/__admin/namespaces/kept", NULL },
        { "POST", "/__admin/namespaces/new", NULL },
        { "PUT", "/__admin/namespaces/kept", NULL },
        { "POST", "/__admin/namespaces/new", "{\"from\":{\"namespace\":\"kept\"}}" },
        { "POST", "/__admin/namespaces/new", "{\"from\":{\"namespace\":\"default\"}}" },
        { "POST", "/__admin/namespaces/new", "{\"from\":{\"snapshot\":\"ready\"}}" },
        { "DELETE", "/__admin/namespaces/kept", NULL },
        { "DELETE", "/__admin/namespaces/default", NULL },
        { "GET", "/__admin/snapshots", NULL },
        { "GET", "/__admin/snapshots/ready", NULL },
        { "PUT", "/__admin/snapshots/ready", NULL },
        { "DELETE", "/__admin/snapshots/ready", NULL },
        { "POST", "/__admin/snapshots/ready/restore", NULL },
    };
    struct house h;
    (void)state;
    house_open(&h);
    h.fake.names[0] = ":ready";
    h.fake.names[1] = "kept";
    h.fake.name_count = 2;
    h.fake.pull = KEEP_MISSING;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct delivery d = send(&h, rows[i].method, rows[i].path, rows[i].body);
        if (d.response.status != 503 || !field(&d, "Retry-After"))
            fail_msg("%s %s: %d", rows[i].method, rows[i].path, d.response.status);
    }
    assert_int_equal(h.fake.commits, 0);
    h.fake.pull = KEEP_OK;
    h.fake.whole = true;
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 200);
    struct delivery d = send(&h, "GET", "/__admin/faults", NULL);
    assert_true(says(&d, "\"few\""));
    assert_false(says(&d, "fault-1"));
    house_close(&h);
}

static void a_keep_without_room_is_told_as_such(void **state)
{
    static const struct {
        const char *method, *path, *body;
    } rows[] = {
        { "POST", "/__admin/import", "{\"clock_offset_ms\":5}" },
        { "POST", "/__admin/import",
          "{\"apis\":{\"pets\":{\"collections\":{\"pets\":[]}}}}" },
        { "POST", "/__admin/reset", NULL },
        { "POST", "/__admin/namespaces/new", NULL },
        { "PUT", "/__admin/namespaces/kept", NULL },
        { "DELETE", "/__admin/namespaces/kept", NULL },
        { "PUT", "/__admin/snapshots/other", NULL },
        { "POST", "/__admin/snapshots/ready/restore", NULL },
    };
    struct house h;
    (void)state;
    house_open(&h);
    h.fake.names[0] = ":ready";
    h.fake.names[1] = "kept";
    h.fake.name_count = 2;
    for (size_t i = 0; i < COUNT(rows); i++) {
        h.fake.answers[0] = KEEP_FULL;
        h.fake.next = 0;
        struct delivery d = send(&h, rows[i].method, rows[i].path, rows[i].body);
        if (d.response.status != 507 || !says(&d, "no room") || h.fake.next != 1)
            fail_msg("%s %s: %d", rows[i].method, rows[i].path, d.response.status);
    }
    house_close(&h);
}

/* Another server changed a collection that the import does not name. */
static void an_import_loses_no_change_of_another_server(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Rex\"}"), 201);
    h.fake.behind_news = (struct keep_entry){ "/instances/pets/pets:~1id/7",
                                              STR("{\"id\":\"7\",\"name\":\"S\"}") };
    h.fake.answers[0] = KEEP_BEHIND;
    assert_int_equal(status(&h, "POST", "/__admin/import", "{\"clock_offset_ms\":5}"),
                     204);
    assert_int_equal(status(&h, "GET", "/pets/7", NULL), 200);
    assert_non_null(entry(&h.fake, "/instances/pets/pets:~1id/1")); /* as it was */
    assert_null(
        entry(&h.fake, "/instances/pets/pets:~1id/7")); /* the other's to write */
    assert_string_equal(entry(&h.fake, "/clock"), "5");
    house_close(&h);
}

static void an_admin_change_that_is_behind_is_made_again(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    h.fake.answers[0] = h.fake.answers[1] = KEEP_BEHIND;
    h.fake.whole = true;
    struct delivery d =
        send(&h, "POST", "/__admin/faults", "{\"on\":\"getPet\",\"status\":500}");
    assert_int_equal(d.response.status, 201);
    assert_true(says(&d, "fault-1"));
    assert_non_null(strstr(entry(&h.fake, "/running/list"), "fault-1"));
    assert_int_equal(status(&h, "GET", "/pets/old", NULL), 500);
    house_close(&h);
}

/* ---- what comes in ---- */

static void tell(struct house *h, const char *name, const char *value)
{
    h->fake.news[h->fake.news_count++] =
        (struct keep_entry){ name, value ? str(value) : (struct str){ NULL, 0 } };
}

static void what_others_changed_is_seen_by_the_next_call(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Rex\"}"), 201);
    tell(&h, "/instances/pets/pets:~1id/1", NULL);
    tell(&h, "/instances/pets/pets:~1id/7", "{\"id\":\"seven\",\"name\":\"S\"}");
    tell(&h, "/sequences/pets/pet", "9");
    assert_int_equal(status(&h, "GET", "/pets/pet-1", NULL), 404);
    h.fake.answers[0] = KEEP_OK;
    struct delivery d = send(&h, "POST", "/pets", "{\"name\":\"Pia\"}");
    assert_true(says(&d, "pet-9"));
    assert_non_null(entry(&h.fake, "/instances/pets/pets:~1id/8"));
    house_close(&h);
}

/* Who waited for the lock meanwhile, and only he, need not ask what was asked there. */
static void what_one_asked_the_others_who_waited_need_not_ask(void **state)
{
    struct house h;
    enum keep_answer entered;
    (void)state;
    house_open(&h);
    struct world *w = h.stage.service.world;
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Rex\"}"), 201);
    struct namespace *ns = namespace_enter_old(w, STR(""), &entered);
    size_t pulls = h.fake.pulls;

    uint64_t first = namespace_asked(ns);
    assert_int_equal(namespace_sync_since(w, ns, first), KEEP_OK);
    assert_int_equal(h.fake.pulls, ++pulls); /* nobody else has asked */
    assert_int_equal(namespace_sync_since(w, ns, first), KEEP_OK);
    assert_int_equal(h.fake.pulls, pulls); /* as if it had come with the first */
    assert_int_equal(namespace_sync_since(w, ns, namespace_asked(ns)), KEEP_OK);
    assert_int_equal(h.fake.pulls, ++pulls); /* it came later */

    uint64_t before = namespace_asked(ns);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Pia\"}"), 201);
    pulls = h.fake.pulls;
    assert_int_equal(namespace_sync_since(w, ns, before), KEEP_OK);
    assert_int_equal(h.fake.pulls, pulls); /* what was kept was up to date */

    before = namespace_asked(ns);
    h.fake.answers[h.fake.next] = KEEP_MISSING;
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"Kit\"}"), 503);
    pulls = h.fake.pulls;
    assert_int_equal(namespace_sync_since(w, ns, before), KEEP_OK);
    assert_int_equal(h.fake.pulls, ++pulls); /* what was not kept tells nothing */

    before = namespace_asked(ns);
    h.fake.pull = KEEP_MISSING;
    assert_int_equal(namespace_sync_since(w, ns, before), KEEP_MISSING);
    assert_int_equal(namespace_sync_since(w, ns, before), KEEP_MISSING);
    namespace_leave(w, ns);
    house_close(&h);
}

static void a_token_expires_by_the_clock_that_others_have_moved(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "GET", "/vault?pass=day", NULL), 200);
    tell(&h, "/clock", "9999999999999");
    assert_int_equal(status(&h, "GET", "/vault?pass=day", NULL), 401);
    assert_int_equal(status(&h, "GET", "/vault?pass=always", NULL), 200);
    tell(&h, "/clock", "0");
    assert_int_equal(status(&h, "GET", "/vault?pass=day", NULL), 200);
    /* Who has no time to be judged by waits for the store once. */
    h.fake.pulls = 0;
    assert_int_equal(status(&h, "GET", "/vault?pass=always", NULL), 200);
    assert_int_equal(h.fake.pulls, 1);
    h.fake.pull = KEEP_MISSING;
    assert_int_equal(status(&h, "GET", "/vault?pass=day", NULL), 503);
    house_close(&h);
}

static void a_unique_value_may_have_changed_its_place(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"A\",\"chip\":\"x\"}"),
                     201);
    assert_int_equal(status(&h, "POST", "/pets", "{\"name\":\"B\",\"chip\":\"y\"}"),
                     201);
    tell(&h, "/instances/pets/pets:~1id/2",
         "{\"id\":\"pet-2\",\"name\":\"B\",\"chip\":\"x\"}");
    tell(&h, "/instances/pets/pets:~1id/1",
         "{\"id\":\"pet-1\",\"name\":\"A\",\"chip\":\"y\"}");
    struct delivery d = send(&h, "GET", "/pets/pet-2", NULL);
    assert_true(says(&d, "\"chip\":\"x\""));
    d = send(&h, "GET", "/pets/pet-1", NULL);
    assert_true(says(&d, "\"chip\":\"y\""));
    house_close(&h);
}

static void a_collection_that_others_touched_first_replaces_the_seed(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    assert_int_equal(status(&h, "GET", "/__admin/state", NULL), 200);
    tell(&h, "/instances/pets/pets:~1id/3", "{\"id\":\"three\",\"name\":\"T\"}");
    tell(&h, "/collections/pets/pets:~1id", "");
    struct delivery d = send(&h, "GET", "/__admin/state/pets/pets", NULL);
    assert_true(says(&d, "\"total\":1"));
    assert_true(says(&d, "three"));
    house_close(&h);
}

static void names_and_values_that_nobody_wrote_do_no_harm(void **state)
{
    static const char *const names[] = {
        "",
        "/",
        "x",
        "/instances",
        "/instances/pets",
        "/instances/pets/pets:~1id",
        "/instances/pets/pets:~1id/-1",
        "/instances/pets/pets:~1id/1e3",
        "/instances/pets/pets:~1id/18446744073709551616",
        "/instances/pets/pets/1",
        "/instances/pets/pets:~1id/1/2/3/4/5/6/7",
        "/collections",
        "/collections/pets",
        "/sequences",
        "/sequences/pets",
        "/sequences/pets/none",
        "/calls/pets",
        "/calls/pets/none",
        "/clock/x",
        "/running",
        "/running/list/x",
        "/running/0",
        "/running/0/faults",
        "/running/0/limits",
        "/running/0/limits/0",
        "/running/0/limits/0/1",
        "/running/0/limits/99/0",
        "/running/999/faults",
        "/running/0/faults/~",
        "/~2"
    };
    static const char *const values[] = {
        "", "{}", "[", "[[]]", "[1,2]", "-5", "[[\"a\",null],{}]", "{\"id\":{}}"
    };
    struct house h;
    (void)state;
    house_open(&h);
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t j = 0; j < COUNT(values); j++) {
            tell(&h, names[i], values[j]);
            assert_int_equal(status(&h, "GET", "/__admin/state", NULL), 200);
        }
    house_close(&h);
}

/* Valid entries with a few bytes of name or value changed, cut, or put in place of by
 * what a reader of numbers and texts may stumble over. */
static struct str spoilt(struct house *h, struct chance *draw, const char *text)
{
    static const char *const odd[] = {
        "",
        "1e300",
        "-1e300",
        "9223372036854775807",
        "-9223372036854775809",
        "{",
        "[[",
        "null",
        "[[1e300,-1e300]]",
        "[\"\",1e300,-1e300]",
        "\xff\xfe",
        "{\"id\":1e300,\"name\":\"x\"}",
        "{\"id\":\"x\",\"name\":\"x\",\"$transition\":{\"rule\":1e300,\"at\":-1e300}}",
        "[{\"name\":\"few\"},{\"name\":7},8]",
        "[{\"name\":\"x\",\"text\":\"faults: [{on: getPet, status: 1e300}]\"}]",
    };
    char *copy = arena_copy(h->arena, str(text));
    size_t n = strlen(copy);
    switch (chance_below(draw, 4)) {
    case 0:
        return str(odd[chance_below(draw, COUNT(odd))]);
    case 1:
        copy[chance_below(draw, n + 1)] = '\0';
        break;
    case 2:
        if (n)
            copy[chance_below(draw, n)] = (char)(1 + chance_below(draw, 255));
        break;
    default:
        break;
    }
    return str(copy);
}

static void a_store_of_any_bytes_is_no_end_of_the_server(void **state)
{
    static const struct {
        const char *name, *value;
    } good[] = {
        { "/collections/pets/pets:~1id", "" },
        { "/instances/pets/pets:~1id/0", "{\"id\":\"old\",\"name\":\"Old\"}" },
        { "/instances/pets/pets:~1id/1", "{\"name\":\"Rex\",\"id\":\"pet-1\"}" },
        { "/sequences/pets/pet", "2" },
        { "/calls/pets/drawLot", "1" },
        { "/clock", "86400000" },
        { "/running/list", "[{\"name\":\"few\"}]" },
        { "/running/made", "1" },
        { "/running/0/faults", "[[1,1]]" },
        { "/running/0/limits/0/0", "[\"0\",1767225600000,1]" },
        { "/answers/0", "1:0,4:pets,1:k,1:7,13:1767225600000,3:201,16:application/json,"
                        "1:1,2:{},8:Location,7:/pets/1," },
        { "/documents", "0000000000000000" },
    };
    struct chance draw = { 20260101 };
    struct house h;
    (void)state;
    house_open(&h);
    for (size_t round = 0; round < 400; round++) {
        h.fake.news_count = 0;
        h.fake.whole = true;
        for (size_t i = 0; i < COUNT(good); i++) {
            bool both = chance_below(&draw, 4) == 0;
            struct str name =
                both ? spoilt(&h, &draw, good[i].name) : str(good[i].name);
            struct str value = spoilt(&h, &draw, good[i].value);
            h.fake.news[h.fake.news_count++] = (struct keep_entry){ name.ptr, value };
        }
        assert_int_equal(status(&h, "GET", "/__admin/export", NULL), 200);
        status(&h, "GET", "/pets/old", NULL);
        status(&h, "GET", "/lots", NULL);
        status(&h, "DELETE", "/pets/pet-1", NULL);
        status(&h, "POST", "/pets", "{\"name\":\"Pia\"}");
        assert_int_equal(status(&h, "GET", "/__admin/clock", NULL), 200);
        assert_int_equal(status(&h, "GET", "/__admin/faults", NULL), 200);
        assert_int_equal(status(&h, "GET", "/__admin/state/pets/pets", NULL), 200);
    }
    house_close(&h);
}

/* ---- answers for retries ---- */

static void a_namespace_that_no_call_can_name_is_passed_over(void **state)
{
    struct house h;
    (void)state;
    house_open(&h);
    struct world *w = h.stage.service.world;
    struct str large = { memset(arena_take(h.arena, 100000), 'x', 99999), 99999 };
    h.fake.names[0] = large.ptr;
    h.fake.names[1] = "a:b";
    h.fake.names[2] = "good";
    h.fake.name_count = 3;
    struct err err = err_in(h.arena);
    assert_true(world_resume(w, &err));
    assert_int_equal(err.warnings, 2);
    struct namespace *list[LIMIT_NAMESPACES];
    size_t count = namespaces_enter(w, list);
    assert_int_equal(count, 2);
    assert_string_equal(list[1]->name, "good");
    for (size_t i = 0; i < count; i++)
        namespace_leave(w, list[i]);
    house_close(&h);
}

static void an_answer_is_read_back_as_it_was_written(void **state)
{
    struct arena *a = arena_new(1024 * 1024);
    struct header fields[] = { { STR("Location"), STR("/pets/1") },
                               { STR("X"), STR("a,b:3:c") } };
    const struct stored_answer stored = {
        .api = STR("pets"),
        .key = STR("k\0y"),
        .fingerprint = UINT64_MAX,
        .expires = 1767225600000,
        .status = 201,
        .fields = fields,
        .field_count = COUNT(fields),
        .content_type = STR("application/octet-stream"),
        .body = STR("\xff\0,1:"),
    };
    struct stored_answer back;
    uint64_t number;
    (void)state;
    struct str text = keeping_answer_write(&stored, 12345, a);
    assert_true(keeping_answer_read(text, &back, &number, a));
    assert_int_equal(number, 12345);
    assert_true(str_equal(back.api, stored.api) && str_equal(back.key, stored.key));
    assert_true(back.fingerprint == stored.fingerprint);
    assert_true(back.expires == stored.expires && back.status == 201);
    assert_true(str_equal(back.content_type, stored.content_type));
    assert_true(back.body.ptr && str_equal(back.body, stored.body));
    assert_int_equal(back.field_count, 2);
    assert_true(str_equal(back.fields[1].value, fields[1].value));
    /* Cut anywhere, it is no answer, or one with fewer fields. */
    for (size_t n = 0; n < text.len; n++) {
        char *cut = malloc(n + 1); /* so that a sanitizer sees who reads on */
        memcpy(cut, text.ptr, n);
        bool read = keeping_answer_read((struct str){ cut, n }, &back, &number, a);
        assert_true(!read || back.field_count < COUNT(fields));
        free(cut);
    }
    struct str none = { NULL, 0 };
    struct stored_answer bare = { .api = STR("p"), .key = STR("k"), .status = 204 };
    bare.body = none;
    text = keeping_answer_write(&bare, 0, a);
    assert_true(keeping_answer_read(text, &back, &number, a));
    assert_null(back.body.ptr);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_change_takes_the_whole_collection_along),
        cmocka_unit_test(a_later_change_takes_only_itself_along),
        cmocka_unit_test(a_call_that_changes_nothing_writes_nothing),
        cmocka_unit_test(what_is_counted_goes_out_with_what_runs),
        cmocka_unit_test(a_call_that_is_behind_is_done_again_and_happens_once),
        cmocka_unit_test(a_change_that_cannot_be_kept_has_never_happened),
        cmocka_unit_test(a_call_that_is_always_behind_is_given_up),
        cmocka_unit_test(counts_that_cannot_be_kept_are_taken_back),
        cmocka_unit_test(a_keep_that_is_away_is_told_by_every_question),
        cmocka_unit_test(a_keep_without_room_is_told_as_such),
        cmocka_unit_test(an_import_takes_only_what_it_names_along),
        cmocka_unit_test(an_import_that_cannot_be_kept_has_never_happened),
        cmocka_unit_test(an_import_loses_no_change_of_another_server),
        cmocka_unit_test(an_admin_change_that_is_behind_is_made_again),
        cmocka_unit_test(what_others_changed_is_seen_by_the_next_call),
        cmocka_unit_test(what_one_asked_the_others_who_waited_need_not_ask),
        cmocka_unit_test(a_token_expires_by_the_clock_that_others_have_moved),
        cmocka_unit_test(a_unique_value_may_have_changed_its_place),
        cmocka_unit_test(a_collection_that_others_touched_first_replaces_the_seed),
        cmocka_unit_test(names_and_values_that_nobody_wrote_do_no_harm),
        cmocka_unit_test(a_store_of_any_bytes_is_no_end_of_the_server),
        cmocka_unit_test(a_namespace_that_no_call_can_name_is_passed_over),
        cmocka_unit_test(an_answer_is_read_back_as_it_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Files that change while the mock is on stage: what stays, what goes and is told, and
 * that no call notices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../support/folder.h"
#include "../support/kennel.h"
#include "../support/wire.h"
#include "base/file.h"
#include "base/gate.h"
#include "base/lookout.h"
#include "command/command.h"
#include "command/reload.h"
#include "serve/server.h"

/* ---- a show in a folder of its own ---- */

struct house {
    struct arena *arena;
    struct options options;
    struct show show;
    const char *folder, *before; /* the working folder */
    const char *said;            /* by the last reload, on both outputs */
};

static void house_open(struct house *h, const char *spec_word)
{
    char here[4096];
    const char *words[] = { "understudy", "serve", "--now", "2026-01-01T00:00:00Z",
                            spec_word };
    *h = (struct house){ .arena = arena_new(64 * 1024 * 1024) };
    assert_non_null(getcwd(here, sizeof(here)));
    h->before = arena_copy(h->arena, str(here));
    h->folder = folder_make(h->arena);
    kennel_put(h->folder, h->arena);
    folder_put(h->folder, "fixtures/scenarios/once.yaml",
               "name: once\napi: pets\nfaults: [{on: getPet, status: 503, times: 1}]\n",
               h->arena);
    folder_put(h->folder, "fixtures/scenarios/few.yaml",
               "name: few\napi: pets\nlimits: [{on: getPet, requests: 2, per: 1h}]\n",
               h->arena);
    assert_int_equal(chdir(h->folder), 0);
    char *argv[COUNT(words)];
    memcpy(argv, words, sizeof(argv));
    assert_int_equal(options_read(&h->options, COUNT(words), argv), OPTIONS_RUN);
    assert_int_equal(show_open(&h->show, &h->options), EXIT_FINE);
    /* Nobody waits for them here, and they are to end a test that hangs. */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void house_close(struct house *h)
{
    show_done(&h->show);
    assert_int_equal(chdir(h->before), 0);
    folder_remove(h->folder);
    arena_free(h->arena);
}

static void edit(const struct house *h, const char *name, const char *from,
                 const char *to)
{
    kennel_edit(".", name, from, to, h->arena);
}

/* Runs one reload and keeps what it printed. */
static bool reload(struct house *h)
{
    struct err err = err_in(h->arena);
    struct str said;
    fflush(stdout);
    int out = dup(1),
        both = open("said", O_CREAT | O_TRUNC | O_WRONLY | O_APPEND, 0600);
    int errors = dup(2);
    dup2(both, 1);
    dup2(both, 2);
    bool ok = show_reload(&h->show);
    fflush(stdout);
    dup2(out, 1);
    dup2(errors, 2);
    close(out);
    close(errors);
    close(both);
    assert_true(file_read("said", h->arena, &said, &err));
    h->said = said.ptr;
    return ok;
}

/* "POST /pets {…}"; a word that starts with '@' in front names the namespace. */
static int ask(const struct house *h, const char *line, const char **body)
{
    struct request r = { .max_body = LIMIT_BODY_BYTES };
    struct delivery d = { .delay_ms = 0 };
    struct str rest = str(line), word;
    if (*line == '@') {
        str_split(&rest, ' ', &word);
        r.headers[r.header_count++] =
            (struct header){ STR("Understudy-Namespace"), str_from(word, 1) };
    }
    str_split(&rest, ' ', &r.method);
    str_split(&rest, ' ', &r.path);
    r.headers[r.header_count++] =
        (struct header){ STR("Content-Type"), STR("application/json") };
    r.body = rest.ptr && rest.len ? rest : (struct str){ NULL, 0 };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    void *service = (void *)(uintptr_t)&h->show.service;
    handle(service, &r, arena, &d);
    *body = arena_copy(h->arena, d.response.body);
    arena_free(arena);
    return d.response.status;
}

static void expect(const struct house *h, const char *what, const char *line,
                   int status, const char *has)
{
    const char *body;
    int got = ask(h, line, &body);
    if (got != status)
        fail_msg("%s: %s: wanted %d, got %d: %s", what, line, status, got, body);
    if (has && !strstr(body, has))
        fail_msg("%s: %s: wanted %s, got %s", what, line, has, body);
}

/* ---- what stays and what goes ---- */

#define OPERATION_IN_FRONT                                                           \
    "paths:\n  /first: {get: {operationId: first, responses: {'200': {description: " \
    "OK}}}}\n"

static void
a_reload_keeps_what_calls_have_changed_and_tells_what_it_cannot(void **state)
{
    static const struct {
        const char *what;
        const char *before[3];
        struct {
            const char *file, *from, *to;
        } edits[2];
        struct {
            const char *line;
            int status;
            const char *has;
        } after[3];
        const char *told; /* NULL: nothing is lost */
    } rows[] = {
        { "an instance that a call made stays, and so does its namespace's",
          { "POST /pets {\"name\":\"Rex\"}", "@b POST /pets {\"name\":\"Pia\"}" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /pets/pet-1", 200, "Rex" },
            { "@b GET /pets/pet-1", 200, "Pia" },
            { "GET /first", 200, NULL } },
          NULL },
        { "a snapshot goes over",
          { "POST /pets {\"name\":\"Rex\"}", "PUT /__admin/snapshots/s",
            "POST /__admin/reset" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /pets/pet-1", 404, NULL },
            { "POST /__admin/snapshots/s/restore", 204, NULL },
            { "GET /pets/pet-1", 200, "Rex" } },
          NULL },
        { "what does not fit its schema any more goes from a snapshot, too",
          { "POST /pets {\"name\":\"A long name\"}", "PUT /__admin/snapshots/s",
            "POST /__admin/reset" },
          { { "specs/pets.yaml", "name: { type: string }",
              "name: { type: string, maxLength: 5 }" } },
          { { "POST /__admin/snapshots/s/restore", 204, NULL },
            { "GET /pets/pet-1", 404, NULL },
            { "GET /pets/old", 200, NULL } },
          "1 of 2 instances of pets/pets in the snapshot \"s\" no longer fit" },
        { "a changed instance stays changed, a removed one removed",
          { "POST /owners {\"id\":\"bob\"}" },
          { { "fixtures/pets/owners.json", "Ann", "Anna" } },
          { { "GET /__admin/state/pets/owners", 200, "\"name\":\"Ann\"" },
            { "GET /__admin/state/pets/owners", 200, "bob" } },
          NULL },
        { "what no call has changed starts from its new seed",
          { "POST /owners {\"id\":\"bob\"}" },
          { { "fixtures/pets/pets.json", "Old", "New" } },
          { { "GET /pets/old", 200, "New" } },
          NULL },
        { "seeds are not added to what calls have changed, until a reset",
          { "POST /pets {\"name\":\"Rex\"}" },
          { { "fixtures/pets/pets.json", "[", "[{\"id\":\"new\",\"name\":\"New\"}," } },
          { { "GET /pets/new", 404, NULL },
            { "POST /__admin/reset", 204, NULL },
            { "GET /pets/new", 200, NULL } },
          NULL },
        { "what does not fit its schema any more goes, with the place that says so",
          { "POST /pets {\"name\":\"A long name\"}" },
          { { "specs/pets.yaml", "name: { type: string }",
              "name: { type: string, maxLength: 5 }" } },
          { { "GET /pets/pet-1", 404, NULL }, { "GET /pets/old", 200, NULL } },
          "warning: specs/pets.yaml:43:31: "
          "/components/schemas/Pet/properties/name/maxLength: 1 of 2 instances of "
          "pets/pets no longer fit and are gone, first \"pet-1\": /name: " },
        { "what did not fit before, either, stays",
          { "POST /pets {}" },
          { { "specs/pets.yaml", "version: \"1\"", "version: \"2\"" } },
          { { "GET /pets/pet-1", 200, NULL } },
          NULL },
        { "what shows a part of one that goes may go with it",
          { "POST /owners {\"id\":\"bob\",\"name\":\"Bob the owner\"}",
            "POST /pets {\"name\":\"Rex\",\"owner\":\"bob\"}" },
          { { "specs/pets.yaml", "{ id: { type: string }, name: { type: string } }",
              "{ id: { type: string }, name: { type: string, maxLength: 5 } }" } },
          { { "GET /pets/pet-1", 404, NULL },
            { "GET /__admin/state/pets/owners", 200, "ann" } },
          "1 of 2 instances of pets/pets no longer fit and are gone, first \"pet-1\": "
          "/owner: " },
        { "a collection that is found by something else starts from its seed",
          { "POST /pets {\"name\":\"Rex\",\"chip\":\"c1\"}" },
          { { "fixtures/pets/behaviour.yaml", "key: /id", "key: /name" } },
          { { "GET /pets/pet-1", 404, NULL }, { "GET /pets/old", 200, NULL } },
          "2 instances of pets/pets are gone: what they are found by is now /name" },
        { "a collection of another name starts from its seed",
          { "POST /owners {\"id\":\"bob\"}" },
          { { "fixtures/pets/behaviour.yaml", "of: owners", "of: keepers" },
            { "fixtures/pets/behaviour.yaml", "{ name: owners,",
              "{ name: owners, schema: Owner, key: /id }\n  - { name: keepers," } },
          { { "GET /__admin/state/pets/keepers", 200, "\"total\":1" },
            { "GET /__admin/state/pets/owners", 200, "\"total\":2" } },
          NULL },
        { "of two with one unique value the first stays",
          { "POST /pets {\"name\":\"A\",\"chip\":\"c\"}",
            "@b POST /pets {\"name\":\"A\",\"chip\":\"c\"}",
            "@b POST /pets {\"name\":\"B\",\"chip\":\"c\"}" },
          { { "fixtures/pets/behaviour.yaml", "key: /id\n",
              "key: /id\n    unique: [{at: [/chip]}]\n" } },
          { { "GET /pets/pet-1", 200, NULL },
            { "@b GET /pets/pet-1", 200, NULL },
            { "@b GET /pets/pet-2", 404, NULL } },
          "1 of 3 instances of pets/pets in the namespace \"b\" no longer fit and are "
          "gone, first \"pet-2\": another instance has the same key or unique value" },
        { "an index over what is carried finds it",
          { "POST /pets {\"name\":\"A\",\"chip\":\"c\"}" },
          { { "fixtures/pets/behaviour.yaml", "key: /id\n",
              "key: /id\n    unique: [{at: [/chip]}]\n" },
            { "fixtures/pets/behaviour.yaml", "- { answer: 201, body: $pet }",
              "  otherwise: { status: 409 }\n      - { answer: 201, body: $pet }" } },
          { { "POST /pets {\"name\":\"B\",\"chip\":\"c\"}", 409, NULL } },
          NULL },
        { "a sequence goes on, wherever it now starts",
          { "POST /pets {\"name\":\"Rex\"}" },
          { { "fixtures/pets/behaviour.yaml", "start: 1", "start: -100" } },
          { { "POST /pets {\"name\":\"Pia\"}", 201, "pet-2" } },
          NULL },
        { "a sequence that no call has moved starts anew",
          { NULL },
          { { "fixtures/pets/behaviour.yaml", "start: 1", "start: 100" } },
          { { "POST /pets {\"name\":\"Pia\"}", 201, "pet-100" } },
          NULL },
        { "a scenario that runs goes on where it was",
          { "POST /__admin/scenarios/once/start", "GET /pets/old" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /__admin/scenarios", 200, "\"seen\":1,\"fired\":1" },
            { "GET /pets/old", 200, NULL } },
          NULL },
        { "a scenario that was edited counts on from what it was",
          { "POST /__admin/scenarios/once/start", "GET /pets/old" },
          { { "fixtures/scenarios/once.yaml", "times: 1", "times: 2" } },
          { { "GET /pets/old", 503, NULL }, { "GET /pets/old", 200, NULL } },
          NULL },
        { "a limit remembers the calls of its window",
          { "POST /__admin/scenarios/few/start", "GET /pets/old", "GET /pets/old" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /pets/old", 429, NULL } },
          NULL },
        { "a scenario that is not there any more stops",
          { "@b POST /__admin/scenarios/once/start" },
          { { "fixtures/scenarios/once.yaml", "name: once", "name: twice" } },
          { { "@b GET /pets/old", 200, NULL } },
          "warning: fixtures/scenarios/once.yaml: the scenario \"once\" ran in the "
          "namespace \"b\" and is gone" },
        { "a fault that was made by hand goes on, on the same operation",
          { "POST /__admin/faults {\"on\":\"getPet\",\"status\":503,\"times\":2}",
            "GET /pets/old" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /__admin/faults", 200, "\"name\":\"fault-1\"" },
            { "GET /pets/old", 503, NULL },
            { "GET /pets/old", 200, NULL } },
          NULL },
        { "a fault on an operation that is not there any more goes",
          { "POST /__admin/faults {\"on\":\"drawLot\",\"status\":503}" },
          { { "specs/pets.yaml", "operationId: drawLot", "operationId: castLot" } },
          { { "GET /lots", 200, NULL } },
          "the fault \"fault-1\" is gone: no operation is called \"drawLot\"" },
        { "the clock stays where it was moved to",
          { "POST /__admin/clock {\"advance\":\"1h\"}" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /__admin/clock", 200, "2026-01-01T01:00:00" } },
          NULL },
        { "the journal remembers",
          { "GET /pets/old", "GET /pets/none" },
          { { "specs/pets.yaml", "paths:\n", OPERATION_IN_FRONT } },
          { { "GET /__admin/requests", 200, "/pets/none" } },
          NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct house h;
        const char *body;
        house_open(&h, "specs");
        for (size_t j = 0; j < COUNT(rows[i].before) && rows[i].before[j]; j++)
            ask(&h, rows[i].before[j], &body);
        for (size_t j = 0; j < COUNT(rows[i].edits) && rows[i].edits[j].file; j++)
            edit(&h, rows[i].edits[j].file, rows[i].edits[j].from, rows[i].edits[j].to);
        if (!reload(&h))
            fail_msg("%s: not reloaded: %s", rows[i].what, h.said);
        for (size_t j = 0; j < COUNT(rows[i].after) && rows[i].after[j].line; j++)
            expect(&h, rows[i].what, rows[i].after[j].line, rows[i].after[j].status,
                   rows[i].after[j].has);
        bool lost = strstr(h.said, "warning: ") != NULL;
        if (rows[i].told ? !strstr(h.said, rows[i].told) : lost)
            fail_msg("%s: said: %s", rows[i].what, h.said);
        if (!strstr(h.said, "reloaded: 1 API, "))
            fail_msg("%s: said: %s", rows[i].what, h.said);
        house_close(&h);
    }
}

static void apis_come_and_go(void **state)
{
    struct house h;
    const char *body;
    (void)state;
    house_open(&h, "specs");
    ask(&h, "POST /pets {\"name\":\"Rex\"}", &body);
    folder_put(
        ".", "specs/cats.yaml",
        "openapi: 3.1.0\ninfo: {title: Cats, version: '1'}\npaths: {/cats: {get: "
        "{operationId: cats, responses: {'200': {description: OK}}}}}\n",
        h.arena);
    assert_true(reload(&h));
    expect(&h, "an API that came", "GET /cats", 200, NULL);
    expect(&h, "the API that was there", "GET /pets/pet-1", 200, "Rex");
    assert_int_equal(rename("specs/pets.yaml", "elsewhere"), 0);
    assert_true(reload(&h));
    expect(&h, "an API that is left", "GET /cats", 200, NULL);
    expect(&h, "an API that went", "GET /pets/pet-1", 404, NULL);
    assert_non_null(strstr(h.said, "2 instances of pets/pets are gone: the API is not "
                                   "served any more"));
    assert_int_equal(rename("elsewhere", "specs/pets.yaml"), 0);
    assert_true(reload(&h));
    expect(&h, "an API that came back", "GET /pets/old", 200, NULL);
    expect(&h, "an API that came back", "GET /pets/pet-1", 404, NULL);
    house_close(&h);
}

static void draws_go_on_as_if_nothing_had_happened(void **state)
{
    const char *lots[2][2];
    (void)state;
    for (int again = 0; again < 2; again++) {
        struct house h;
        const char *body;
        house_open(&h, "specs");
        for (int i = 0; i < 2; i++) {
            expect(&h, "a draw", "GET /lots", 200, NULL);
            ask(&h, "GET /lots", &body);
            lots[again][i] = strdup(body);
            if (again) {
                edit(&h, "specs/pets.yaml", "paths:\n",
                     i ? "paths:\n" : OPERATION_IN_FRONT);
                assert_true(reload(&h));
            }
        }
        house_close(&h);
    }
    assert_string_equal(lots[0][0], lots[1][0]);
    assert_string_equal(lots[0][1], lots[1][1]);
    assert_string_not_equal(lots[0][0], lots[0][1]);
    for (int i = 0; i < 4; i++)
        free((void *)(uintptr_t)lots[i / 2][i % 2]);
}

static void a_bad_file_changes_nothing_and_is_told_with_its_place(void **state)
{
    static const struct {
        const char *file, *from, *to, *told;
    } rows[] = {
        { "specs/pets.yaml", "chip: { type: string }", "chip: { type: strnig }",
          "specs/pets.yaml:44:23: /components/schemas/Pet/properties/chip/type: " },
        { "specs/pets.yaml", "paths:", "paths: [", "specs/pets.yaml:" },
        { "fixtures/pets/behaviour.yaml", "id: getPet", "id: getPat",
          "did you mean \"getPet\"?" },
        { "fixtures/pets/pets.json", "\"Old\"", "7", "fixtures/pets/pets.json:1:" },
        { "fixtures/scenarios/once.yaml", "503", "99",
          "fixtures/scenarios/once.yaml:" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct house h;
        const char *body;
        house_open(&h, "specs");
        ask(&h, "POST /pets {\"name\":\"Rex\"}", &body);
        edit(&h, rows[i].file, rows[i].from, rows[i].to);
        edit(&h, "specs/pets.yaml", "paths:", "x-more: 1\npaths:");
        assert_false(reload(&h));
        expect(&h, rows[i].to, "GET /pets/pet-1", 200, "Rex");
        expect(&h, rows[i].to, "GET /pets/old", 200, "Old");
        if (!strstr(h.said, "not reloaded; what was there is served as before"))
            fail_msg("%s: said: %s", rows[i].to, h.said);
        house_close(&h);
    }
}

/* ---- many reloads, many clients ---- */

static long resident_kib(void)
{
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

static void fifty_reloads_take_no_more_memory_than_five(void **state)
{
    struct house h;
    const char *body;
    long early = 0;
    (void)state;
    house_open(&h, "specs");
    edit(&h, "specs/pets.yaml", "chip: { type: string }",
         "chip: { type: string, pattern: '^[a-z]+-(a|b)*$' }");
    ask(&h, "POST /__admin/scenarios/few/start", &body);
    ask(&h, "POST /__admin/faults {\"on\":\"getPet\",\"status\":503,\"times\":0}",
        &body);
    for (int i = 0; i < 50; i++) {
        bool bad = i % 10 == 9;
        if (bad)
            edit(&h, "specs/pets.yaml", "openapi:", "openapy:");
        assert_int_equal(reload(&h), !bad);
        if (bad)
            edit(&h, "specs/pets.yaml", "openapy:", "openapi:");
        expect(&h, "on and on", "POST /pets {\"name\":\"Rex\"}", 201, NULL);
        if (i == 4)
            early = resident_kib();
    }
    expect(&h, "all of them", "GET /__admin/state/pets/pets", 200, "\"total\":51");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* One load takes about as much. */
    if (resident_kib() > early + 512)
        fail_msg("%ld KiB after 5 reloads, %ld after 50", early, resident_kib());
#else
    (void)early;
#endif
    house_close(&h);
}

enum { CLIENTS = 64, RELOADS = 20 };

struct crowd {
    struct house house;
    unsigned port;
    atomic_bool stop;
    atomic_int calls, failures;
};

/* One call on a connection that stays; the status, 0 when it broke. */
static int call(int fd, const char *text, char *answer, size_t room)
{
    size_t len = strlen(text), got = 0;
    if (send(fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
        return 0;
    for (;;) {
        ssize_t n = recv(fd, answer + got, room - 1 - got, 0);
        if (n <= 0)
            return 0;
        got += (size_t)n;
        answer[got] = '\0';
        const char *end = strstr(answer, "\r\n\r\n");
        const char *told = strstr(answer, "Content-Length: ");
        if (end && told &&
            got >= (size_t)(end + 4 - answer) + strtoul(told + 16, NULL, 10))
            return atoi(answer + strlen("HTTP/1.1 "));
    }
}

/* Makes a pet and looks for it, again and again: whatever was made must be there. */
static void *client(void *context)
{
    static const char post[] = "POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: "
                               "application/json\r\nContent-Length: 15\r\n\r\n"
                               "{\"name\":\"Rexo\"}";
    struct crowd *c = context;
    char answer[4096], get[256], id[64];
    int fd = dial(c->port);
    while (!atomic_load(&c->stop)) {
        const char *body;
        int status = call(fd, post, answer, sizeof(answer));
        bool ok = status == 201 && (body = strstr(answer, "\"id\":\"")) &&
                  sscanf(body, "\"id\":\"%63[^\"]", id) == 1;
        if (ok) {
            snprintf(get, sizeof(get), "GET /pets/%s HTTP/1.1\r\nHost: a\r\n\r\n", id);
            ok = call(fd, get, answer, sizeof(answer)) == 200 && strstr(answer, id);
        }
        atomic_fetch_add(&c->calls, 2);
        if (!ok && atomic_fetch_add(&c->failures, 1) == 0)
            fprintf(stderr, "the first that failed: %d %s\n", status, answer);
        if (!ok)
            break;
    }
    close(fd);
    return NULL;
}

static void no_call_of_64_clients_fails_in_20_reloads(void **state)
{
    struct crowd c = { .port = 0 };
    pthread_t threads[CLIENTS];
    (void)state;
    house_open(&c.house, "specs");
    struct err err = err_in(c.house.arena);
    struct server_options options = { .host = "127.0.0.1",
                                      .max_body = LIMIT_BODY_BYTES,
                                      .handle = handle,
                                      .enter = service_enter,
                                      .leave = service_leave,
                                      .context = &c.house.show.service };
    struct server *server = server_start(&options, &err);
    assert_non_null(server);
    c.port = server_port(server);
    for (int i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, client, &c), 0);
    for (int i = 0; i < RELOADS; i++) {
        bool more = i % 2 == 0;
        edit(&c.house, "specs/pets.yaml", more ? "paths:\n" : OPERATION_IN_FRONT,
             more ? OPERATION_IN_FRONT : "paths:\n");
        bool ok = reload(&c.house);
        if (!ok)
            fail_msg("not reloaded: %s", c.house.said);
        assert_null(strstr(c.house.said, "warning: "));
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
    }
    while (atomic_load(&c.calls) <= CLIENTS * 2 && !atomic_load(&c.failures))
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000 * 1000 }, NULL);
    atomic_store(&c.stop, true);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&c.failures), 0);
    server_stop(server);
    house_close(&c.house);
}

/* ---- the gate ---- */

struct passage {
    struct gate *gate;
    atomic_int inside;
    atomic_bool stop, closed;
    atomic_int slips; /* inside while it was closed */
};

static void *come_and_go(void *context)
{
    struct passage *p = context;
    while (!atomic_load(&p->stop)) {
        gate_enter(p->gate);
        atomic_fetch_add(&p->inside, 1);
        if (atomic_load(&p->closed))
            atomic_fetch_add(&p->slips, 1);
        atomic_fetch_sub(&p->inside, 1);
        gate_leave(p->gate);
    }
    return NULL;
}

static void whoever_closes_a_gate_gets_in_between_many_and_is_alone(void **state)
{
    struct passage p = { .gate = gate_new() };
    pthread_t threads[8];
    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_create(&threads[i], NULL, come_and_go, &p);
    for (int i = 0; i < 100; i++) {
        gate_close(p.gate);
        atomic_store(&p.closed, true);
        assert_int_equal(atomic_load(&p.inside), 0);
        atomic_store(&p.closed, false);
        gate_open(p.gate);
    }
    atomic_store(&p.stop, true);
    for (size_t i = 0; i < COUNT(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&p.slips), 0);
    gate_free(p.gate);
}

/* ---- the lookout ---- */

/* How many folders the system watches for it. */
static int watches_of(const struct lookout *l)
{
    char path[64], line[256];
    int count = 0;
    snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", lookout_fd(l));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f))
        count += strncmp(line, "inotify ", 8) == 0;
    fclose(f);
    return count;
}

static void the_lookout_sees_what_was_asked_for_and_nothing_else(void **state)
{
    static const struct {
        const char *command;
        bool seen;
    } rows[] = {
        { "true", false },
        { "cat a/x.yaml >/dev/null", false },
        { "echo 1 >>a/x.yaml", true },
        { "echo 1 >a/other.yaml", false },
        { "echo 1 >a/log && mv a/log a/log2", false },
        { "echo 1 >a/new && mv a/new a/x.yaml", true },
        { "rm a/x.yaml", true },
        { "echo 1 >a/x.yaml", true },
        { "echo 1 >list/one.json", false },
        { "echo 1 >list/.one.yaml.swp", false },
        { "echo 1 >list/.one.yaml", false },
        { "echo 1 >list/one.yaml", true },
        { "mkdir other", false },
        { "mkdir -p late", true },         /* holds late/deep/y.yaml one day */
        { "echo 1 >target/z.yaml", true }, /* where a link leads to */
        { "rm -r a", true },
    };
    char here[4096];
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    const char *folder = folder_make(arena);
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(system("mkdir a list target; echo 1 >a/x.yaml; "
                            "echo 1 >target/z.yaml; ln -s ../target/z.yaml list/z"),
                     0);
    struct map *paths = map_new(arena);
    err.files = paths;
    file_saw(&err, "a/x.yaml");
    file_saw(&err, "list/*.yaml");
    file_saw(&err, "late/deep/y.yaml");
    file_saw(&err, "list/z");
    struct lookout *l = lookout_new(&err);
    assert_non_null(l);
    for (int again = 0; again < 3; again++)
        lookout_for(l, paths, &err);
    assert_null(err.first);
    assert_int_equal(watches_of(l), 4); /* a, list, the folder above, target */
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(system(rows[i].command), 0);
        if (lookout_changed(l) != rows[i].seen)
            fail_msg("%s: %s", rows[i].command, rows[i].seen ? "not seen" : "seen");
    }
    /* What was asked for before is not asked for any more. */
    assert_int_equal(system("mkdir a; echo 1 >a/x.yaml"), 0);
    lookout_for(l, map_new(arena), &err);
    assert_int_equal(system("echo 1 >a/x.yaml; echo 1 >list/one.yaml"), 0);
    assert_false(lookout_changed(l));
    assert_int_equal(watches_of(l), 0);
    lookout_free(l);
    assert_int_equal(chdir(here), 0);
    folder_remove(folder);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_reload_keeps_what_calls_have_changed_and_tells_what_it_cannot),
        cmocka_unit_test(apis_come_and_go),
        cmocka_unit_test(draws_go_on_as_if_nothing_had_happened),
        cmocka_unit_test(a_bad_file_changes_nothing_and_is_told_with_its_place),
        cmocka_unit_test(fifty_reloads_take_no_more_memory_than_five),
        cmocka_unit_test(no_call_of_64_clients_fails_in_20_reloads),
        cmocka_unit_test(whoever_closes_a_gate_gets_in_between_many_and_is_alone),
        cmocka_unit_test(the_lookout_sees_what_was_asked_for_and_nothing_else),
    };
    return cmocka_run_group_tests_name("reload", tests, NULL, NULL);
}

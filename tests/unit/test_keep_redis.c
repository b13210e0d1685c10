/* The Redis keep against a server that says what the test wants: what is sent, what is
 * not, and answers that no Redis gives. What a real one does is in
 * tests/wire/shared.bats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../support/wire.h"
#include "base/limits.h"
#include "play/keep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- the server ---- */

struct server {
    int listener;
    pthread_t thread;
    _Atomic(const char *) reply; /* to each script */
    atomic_int scripts;          /* how many were run */
};

/* A line without its end; false when the client has gone. */
static bool read_line(FILE *in, char *line, int room)
{
    if (!fgets(line, room, in))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

/* One command; its first word is in name. */
static bool read_command(FILE *in, char *name, size_t room)
{
    char line[64];
    if (!read_line(in, line, sizeof(line)) || *line != '*')
        return false;
    long words = strtol(line + 1, NULL, 10);
    for (long i = 0; i < words; i++) {
        if (!read_line(in, line, sizeof(line)) || *line != '$')
            return false;
        long bytes = strtol(line + 1, NULL, 10) + 2;
        for (long at = 0; at < bytes; at++) {
            int c = fgetc(in);
            if (c == EOF)
                return false;
            if (i == 0 && at < bytes - 2 && (size_t)at + 1 < room) {
                name[at] = (char)c;
                name[at + 1] = '\0';
            }
        }
    }
    return words > 0;
}

static void serve_one(struct server *s, int client)
{
    char name[32];
    FILE *in = fdopen(client, "r");
    while (in && read_command(in, name, sizeof(name))) {
        if (strcmp(name, "INFO") == 0) {
            say(client, "$9\r\nrun_id:ab\r\n");
        } else if (strcmp(name, "SCRIPT") == 0) {
            say(client, "$40\r\n0123456789012345678901234567890123456789\r\n");
        } else {
            atomic_fetch_add(&s->scripts, 1);
            say(client, s->reply);
        }
    }
    if (in)
        fclose(in);
}

static void *serve(void *what)
{
    struct server *s = what;
    int client;
    while ((client = accept(s->listener, NULL, NULL)) >= 0)
        serve_one(s, client);
    return NULL;
}

struct stage {
    struct server server;
    struct keep *keep;
    struct arena *arena;
};

static int stage_up(void **state)
{
    struct stage *s = calloc(1, sizeof(*s));
    unsigned port;
    struct err err;
    s->arena = arena_new(LIMIT_CALL_MEMORY);
    err = err_in(s->arena);
    s->server.listener = listen_on(&port);
    pthread_create(&s->server.thread, NULL, serve, &s->server);
    s->keep = keep_open(arena_printf(s->arena, "redis://127.0.0.1:%u/", port), &err);
    *state = s;
    return s->keep ? 0 : -1;
}

static int stage_down(void **state)
{
    struct stage *s = *state;
    keep_close(s->keep);
    shutdown(s->server.listener, SHUT_RDWR);
    pthread_join(s->server.thread, NULL);
    close(s->server.listener);
    arena_free(s->arena);
    free(s);
    return 0;
}

/* ---- what is told ---- */

static bool hear_whole(void *context)
{
    (void)context;
    return true;
}

static bool hear_entry(void *context, const char *name, struct str value)
{
    size_t *bytes = context;
    *bytes += strlen(name) + value.len;
    return true;
}

static enum keep_answer pull(struct stage *s, struct keep_place *place, size_t *bytes)
{
    struct keep_news news = { hear_whole, hear_entry, bytes };
    *bytes = 0;
    return keep_pull(s->keep, "ns", place, &news);
}

#define PULLED \
    "*5\r\n$1\r\n7\r\n$1\r\nL\r\n$5\r\nwhole\r\n*2\r\n$2\r\n/a\r\n$1\r\n1\r\n*0\r\n"
#define COMMITTED "*2\r\n$1\r\n8\r\n$1\r\nL\r\n"

static void a_change_that_needs_too_much_memory_is_refused_and_not_sent(void **state)
{
    enum { MANY = 4000 };
    struct stage *s = *state;
    struct keep_place place = { 0 };
    struct arena *small = arena_new((size_t)128 * 1024);
    struct keep_entry *list = arena_array(s->arena, struct keep_entry, MANY);
    size_t bytes;
    for (size_t i = 0; i < MANY; i++)
        list[i] = (struct keep_entry){ "/a", STR("1") };
    struct keep_changes changes = { .arena = small, .list = list, .count = MANY };
    s->server.reply = PULLED;
    assert_int_equal(pull(s, &place, &bytes), KEEP_OK);
    assert_int_equal(bytes, 3);
    s->server.reply = COMMITTED;
    assert_int_equal(keep_commit(s->keep, "ns", &place, &changes), KEEP_FULL);
    assert_int_equal(s->server.scripts, 1);
    assert_int_equal(place.version, 7);
    arena_reset(small);
    changes.count = 3;
    assert_int_equal(keep_commit(s->keep, "ns", &place, &changes), KEEP_OK);
    assert_int_equal(s->server.scripts, 2);
    assert_int_equal(place.version, 8);
    arena_free(small);
}

static void a_change_of_more_entries_than_a_command_takes_is_refused(void **state)
{
    struct stage *s = *state;
    struct keep_place place = { 0 };
    struct keep_entry one = { "/a", STR("1") };
    struct keep_changes changes = { .arena = s->arena,
                                    .list = &one,
                                    .count = LIMIT_KEEP_REDIS_ENTRIES + 1 };
    assert_int_equal(keep_commit(s->keep, "ns", &place, &changes), KEEP_FULL);
    assert_int_equal(s->server.scripts, 0);
}

static void what_the_server_says_to_a_commit_is_understood(void **state)
{
    static const struct {
        const char *reply;
        enum keep_answer answer;
    } rows[] = {
        { COMMITTED, KEEP_OK },
        { "*2\r\n$0\r\n\r\n$0\r\n\r\n", KEEP_BEHIND },
        { "*2\r\n$4\r\nfull\r\n$0\r\n\r\n", KEEP_FULL },
        { "-OOM command not allowed\r\n", KEEP_FULL },
        { "-READONLY You can't write\r\n", KEEP_MISSING },
        { "*2\r\n$-1\r\n$-1\r\n", KEEP_MISSING },
        { "*2\r\n:8\r\n:8\r\n", KEEP_MISSING },
        { "*0\r\n", KEEP_MISSING },
        { ":8\r\n", KEEP_MISSING },
    };
    struct stage *s = *state;
    struct keep_entry one = { "/a", STR("1") };
    struct keep_changes changes = { .arena = s->arena, .list = &one, .count = 1 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct keep_place place = { 0 };
        size_t bytes;
        s->server.reply = PULLED;
        assert_int_equal(pull(s, &place, &bytes), KEEP_OK);
        s->server.reply = rows[i].reply;
        enum keep_answer answer = keep_commit(s->keep, "ns", &place, &changes);
        if (answer != rows[i].answer)
            fail_msg("row %zu: %d", i, answer);
    }
}

static void answers_that_no_redis_gives_are_no_news(void **state)
{
    static const char *const replies[] = {
        "*5\r\n$-1\r\n$-1\r\n$-1\r\n*0\r\n*0\r\n",
        "*5\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n",
        "*4\r\n$1\r\n7\r\n$1\r\nL\r\n$5\r\nwhole\r\n*0\r\n",
        "*0\r\n",
        "$5\r\nwhole\r\n",
        "-ERR script\r\n",
        "*5\r\n$1\r\n7\r\n*1\r\n$1\r\nL\r\n$5\r\nwhole\r\n*0\r\n*0\r\n",
    };
    static const char odd_entries[] =
        "*5\r\n$1\r\n7\r\n$40\r\n0123456789012345678901234567890123456789\r\n"
        "$5\r\nwhole\r\n*5\r\n$-1\r\n$1\r\n1\r\n$2\r\n/a\r\n$-1\r\n$2\r\n/"
        "b\r\n*1\r\n$-1\r\n";
    struct stage *s = *state;
    size_t bytes;
    for (size_t i = 0; i < COUNT(replies); i++) {
        struct keep_place place = { 0 };
        s->server.reply = replies[i];
        if (pull(s, &place, &bytes) != KEEP_MISSING || place.version)
            fail_msg("row %zu", i);
    }
    struct keep_place place = { 0 };
    s->server.reply = odd_entries;
    assert_int_equal(pull(s, &place, &bytes), KEEP_OK);
    assert_int_equal(bytes, 2);
    assert_int_equal(strlen(place.line), sizeof(place.line) - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_up, stage_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_that_needs_too_much_memory_is_refused_and_not_sent),
        TEST(a_change_of_more_entries_than_a_command_takes_is_refused),
        TEST(what_the_server_says_to_a_commit_is_understood),
        TEST(answers_that_no_redis_gives_are_no_news),
    };
    return cmocka_run_group_tests_name("keep_redis", tests, NULL, NULL);
}

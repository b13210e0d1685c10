/* Many clients at once: what each was answered could have been answered to one after
 * the other (tests/support/linear.h says what that means and how it is found out).
 *
 * Every call is on one object, a note or the links of one child, so that objects can be
 * judged one by one. Each value that is written is written once. Besides its status an
 * answer tells what was there (a note's number, the link that was broken), so little is
 * left to guess, and the search stays short. */
#include "../support/hall.h"
#include "../support/linear.h"
#include "../support/wire.h"
#include "base/chance.h"
#include "base/limits.h"
#include "doc/pointer.h"
#include "serve/server.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    NOTES = 6,    /* objects 0 to NOTES - 1 */
    CHILDREN = 4, /* those after them */
    OBJECTS = NOTES + CHILDREN,
    CLIENTS = 32,
    CALLS = 500,       /* of each client */
    WIRE_CLIENTS = 12, /* over sockets */
    WIRE_CALLS = 80,
    CALL_BYTES = 64 * 1024
};

/* ---- the models ---- */

/* A note is its number; 0: there is none. */
enum kind { ADD, GET, PUT, PUT_NEW, PATCH, PATCH_IF, DELETE, DELETE_IF, NOTE_KINDS };

/* What is there now, what the call changes it to, and what it must be answered. */
static bool note_model(const struct linear_call *c, int state, int *after)
{
    bool there = state != 0, same = state == c->expected;
    *after = state;
    switch ((enum kind)c->kind) {
    case ADD:
        *after = there ? state : c->value;
        return c->status == (there ? 409 : 201);
    case GET:
        return there ? c->status == 200 && c->seen == state : c->status == 404;
    case PUT:
        *after = c->value;
        return c->status == (there ? 200 : 201);
    case PUT_NEW:
        *after = there ? state : c->value;
        return c->status == (there ? 412 : 201);
    case PATCH:
        *after = there ? c->value : 0;
        return c->status == (there ? 200 : 404);
    case PATCH_IF:
        *after = same && there ? c->value : state;
        return c->status == (!there ? 404 : same ? 200 : 412);
    case DELETE:
        *after = 0;
        return c->status == (there ? 204 : 404);
    case DELETE_IF:
        *after = same ? 0 : state;
        return c->status == (!there ? 404 : same ? 204 : 412);
    case NOTE_KINDS:
        break;
    }
    return false;
}

/* A child has one active link, or none: linking swaps it and tells which was broken. */
enum { LINK, UNLINK, LIST, LINK_KINDS };

static bool link_model(const struct linear_call *c, int state, int *after)
{
    *after = c->kind == LINK ? c->value : c->kind == UNLINK ? 0 : state;
    return c->status == 200 && c->seen == state;
}

/* ---- clients ---- */

/* What a client can know of an answer. */
struct told {
    int status;
    char etag[40];
    const cJSON *body; /* borrowed from the client's arena; NULL: none */
};

struct crowd;

struct client {
    struct crowd *crowd;
    struct arena *arena; /* of one call */
    struct chance chance;
    int number, fd;
    int last[NOTES]; /* the note as this client saw it last, and its tag */
    char etags[NOTES][40];
    char (*tags)[40]; /* for each of its calls: the tag of the answer, or "" */
};

struct crowd {
    struct service *service; /* or a port: */
    unsigned port;
    int clients, calls;
    atomic_ulong clock;
    pthread_barrier_t start;
    struct linear_call *history; /* calls of each client, one client after another */
    char (*tags)[40];
};

static void send_direct(struct client *c, struct request *r, struct told *told)
{
    struct delivery d = { .delay_ms = 0 };
    handle(c->crowd->service, r, c->arena, &d);
    struct str tag = response_header_of(&d.response, "ETag");
    struct json_error why;
    told->status = d.response.status;
    if (tag.ptr)
        snprintf(told->etag, sizeof(told->etag), "%.*s", (int)tag.len, tag.ptr);
    if (d.response.body.len)
        told->body = json_read(d.response.body, 1000, c->arena, &why);
    if (d.after)
        d.after(d.after_what, true);
}

/* The value of a field in a head that ends with an empty line; "" when it has none. */
static const char *field(const char *head, const char *name, char *out, size_t room)
{
    const char *at = strstr(head, name), *end = at ? strstr(at, "\r\n") : NULL;
    *out = '\0';
    if (end)
        snprintf(out, room, "%.*s", (int)(end - at - (int)strlen(name)),
                 at + strlen(name));
    return out;
}

static void send_wire(struct client *c, const struct request *r, struct told *told)
{
    char *text = arena_take(c->arena, CALL_BYTES), *end = NULL, length[16];
    struct json_error why;
    size_t got = 0, want = SIZE_MAX;
    int n = snprintf(text, CALL_BYTES, "%s %s%s%s HTTP/1.1\r\nHost: a\r\n",
                     r->method.ptr, r->path.ptr, r->query.ptr ? "?" : "",
                     r->query.ptr ? r->query.ptr : "");
    for (size_t i = 0; i < r->header_count; i++)
        n += snprintf(text + n, CALL_BYTES - (size_t)n, "%s: %s\r\n",
                      r->headers[i].name.ptr, r->headers[i].value.ptr);
    n += snprintf(text + n, CALL_BYTES - (size_t)n, "Content-Length: %zu\r\n\r\n%.*s",
                  r->body.len, (int)r->body.len, r->body.ptr ? r->body.ptr : "");
    if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
        return;
    while (got < want) {
        ssize_t more = recv(c->fd, text + got, CALL_BYTES - 1 - got, 0);
        if (more <= 0)
            return;
        got += (size_t)more;
        text[got] = '\0';
        if (!end && (end = strstr(text, "\r\n\r\n")))
            want = (size_t)(end + 4 - text) +
                   strtoul(field(text, "\r\nContent-Length: ", length, sizeof(length)),
                           NULL, 10);
    }
    end[2] = '\0'; /* the head ends there */
    told->status = atoi(text + strlen("HTTP/1.1 "));
    field(text, "\r\nETag: ", told->etag, sizeof(told->etag));
    told->body = json_read((struct str){ end + 4, got - (size_t)(end + 4 - text) },
                           1000, c->arena, &why);
}

/* Sends, and writes down when it went out and when its answer was there. */
static void make_call(struct client *c, struct linear_call *l, struct request *r,
                      struct told *told)
{
    static const struct header json = { STR("Content-Type"), STR("application/json") };
    *told = (struct told){ .status = 0 };
    if (r->body.len)
        r->headers[r->header_count++] = json;
    r->max_body = LIMIT_BODY_BYTES;
    l->start = atomic_fetch_add(&c->crowd->clock, 1);
    if (c->crowd->service)
        send_direct(c, r, told);
    else
        send_wire(c, r, told);
    l->end = atomic_fetch_add(&c->crowd->clock, 1);
    l->status = told->status;
}

static int number_at(const cJSON *tree, const char *pointer)
{
    const cJSON *n = pointer_get(tree, pointer);
    return json_is_number(n) ? (int)n->valuedouble : 0;
}

static void call_note(struct client *c, struct linear_call *l, struct told *told)
{
    static const char *const methods[NOTE_KINDS] = {
        [ADD] = "POST",      [GET] = "GET",          [PUT] = "PUT",
        [PUT_NEW] = "PUT",   [PATCH] = "PATCH",      [PATCH_IF] = "PATCH",
        [DELETE] = "DELETE", [DELETE_IF] = "DELETE",
    };
    unsigned note = l->object;
    bool brings = l->kind != GET && l->kind != DELETE && l->kind != DELETE_IF;
    struct request r = { .method = str(methods[l->kind]) };
    r.path = l->kind == ADD ? STR("/notes")
                            : str(arena_printf(c->arena, "/notes/n%u", note));
    if (brings)
        r.body = str(
            arena_printf(c->arena, "{\"id\":\"n%u\",\"number\":%d}", note, l->value));
    if (l->kind == PATCH_IF || l->kind == DELETE_IF) {
        l->expected = c->last[note];
        r.headers[r.header_count++] =
            (struct header){ STR("If-Match"), str(c->etags[note]) };
    } else if (l->kind == PUT_NEW) {
        r.headers[r.header_count++] = (struct header){ STR("If-None-Match"), STR("*") };
    }
    make_call(c, l, &r, told);
    if (l->status != 200 && l->status != 201)
        return;
    l->seen = number_at(told->body, "/number");
    if (brings && l->seen != l->value)
        l->status = -1; /* an answer that does not tell what was written */
    c->last[note] = l->seen;
    snprintf(c->etags[note], sizeof(c->etags[note]), "%s", told->etag);
}

static void call_links(struct client *c, struct linear_call *l, struct told *told)
{
    const char *child = arena_printf(c->arena, "c%u", l->object);
    struct request r = { .path = STR("/links") };
    if (l->kind == LINK) {
        r.method = STR("POST");
        r.body = str(arena_printf(c->arena, "{\"child\":\"%s\",\"parent\":\"p%d\"}",
                                  child, c->number));
    } else if (l->kind == UNLINK) {
        r.method = STR("DELETE");
        r.path = str(arena_printf(c->arena, "/links/%s", child));
    } else {
        r.method = STR("GET");
        r.query = str(arena_printf(c->arena, "child=%s", child));
    }
    make_call(c, l, &r, told);
    l->value = number_at(told->body, "/made/id");
    l->seen = number_at(told->body, "/links/0/id");
    if (json_count(json_member(told->body, "links")) > 1)
        l->status = -1; /* two links of one child at once */
}

/* Half of the calls read what they change with If-Match afterwards, as clients do. */
static void *be_a_client(void *what)
{
    struct client *c = what;
    struct crowd *w = c->crowd;
    pthread_barrier_wait(&w->start);
    for (int i = 0; i < w->calls; i++) {
        size_t at = (size_t)(c->number * w->calls + i);
        struct linear_call *l = &w->history[at];
        struct told told;
        arena_reset(c->arena);
        *l =
            (struct linear_call){ .object = (unsigned)chance_below(&c->chance, OBJECTS),
                                  .value = (int)at + 1 };
        if (l->object >= NOTES) {
            l->kind = (int)chance_below(&c->chance, LINK_KINDS);
            call_links(c, l, &told);
            continue;
        }
        l->kind = (int)chance_below(&c->chance, NOTE_KINDS);
        if (l->kind == PATCH_IF || l->kind == DELETE_IF) {
            if (!*c->etags[l->object])
                l->kind = GET;
            else if (chance_below(&c->chance, 4))
                l->kind = PATCH_IF;
        }
        call_note(c, l, &told);
        memcpy(w->tags[at], told.etag, sizeof(told.etag));
    }
    return NULL;
}

static void run_crowd(struct crowd *w)
{
    size_t all = (size_t)(w->clients * w->calls);
    struct client clients[CLIENTS] = { { .crowd = NULL } };
    pthread_t threads[CLIENTS];
    w->history = calloc(all, sizeof(*w->history));
    w->tags = calloc(all, sizeof(*w->tags));
    assert_true(w->history && w->tags);
    pthread_barrier_init(&w->start, NULL, (unsigned)w->clients);
    for (int i = 0; i < w->clients; i++) {
        clients[i].crowd = w;
        clients[i].number = i;
        clients[i].arena = arena_new(LIMIT_CALL_MEMORY);
        clients[i].chance = chance_of(7, STR("linear"), STR(""), (uint64_t)i);
        clients[i].fd = w->service ? -1 : must_dial(w->port);
        assert_int_equal(pthread_create(&threads[i], NULL, be_a_client, &clients[i]),
                         0);
    }
    for (int i = 0; i < w->clients; i++) {
        pthread_join(threads[i], NULL);
        arena_free(clients[i].arena);
        if (clients[i].fd >= 0)
            close(clients[i].fd);
    }
    pthread_barrier_destroy(&w->start);
}

/* ---- judging ---- */

static int by_seen(const void *a, const void *b)
{
    const struct linear_call *const *x = a, *const *y = b;
    return (*x)->seen - (*y)->seen;
}

/* One state of a note has one tag, and no other state has it: that is what makes it a
 * strong one. */
static void judge_tags(const struct crowd *w)
{
    size_t all = (size_t)(w->clients * w->calls), n = 0;
    const struct linear_call **seen = calloc(all, sizeof(struct linear_call *));
    assert_non_null(seen);
    for (size_t i = 0; i < all; i++)
        if (w->history[i].object < NOTES && w->history[i].seen)
            seen[n++] = &w->history[i];
    qsort(seen, n, sizeof(struct linear_call *), by_seen);
    for (size_t i = 0; i < n; i++) {
        const char *tag = w->tags[seen[i] - w->history];
        if (!*tag)
            fail_msg("an answer with the note %d has no tag", seen[i]->seen);
        if (i && seen[i]->seen == seen[i - 1]->seen &&
            strcmp(tag, w->tags[seen[i - 1] - w->history]) != 0)
            fail_msg("the note %d has two tags", seen[i]->seen);
        if (i && seen[i]->seen != seen[i - 1]->seen &&
            strcmp(tag, w->tags[seen[i - 1] - w->history]) == 0)
            fail_msg("the notes %d and %d have one tag", seen[i - 1]->seen,
                     seen[i]->seen);
    }
    free(seen);
}

/* A history in which nothing met anything would prove nothing. */
static void judge_variety(const struct crowd *w)
{
    size_t all = (size_t)(w->clients * w->calls), stale = 0, fresh = 0, swapped = 0;
    for (size_t i = 0; i < all; i++) {
        const struct linear_call *l = &w->history[i];
        bool with_tag =
            l->object < NOTES && (l->kind == PATCH_IF || l->kind == DELETE_IF);
        stale += with_tag && l->status == 412;
        fresh += with_tag && l->status < 300;
        swapped += l->object >= NOTES && l->kind == LINK && l->seen;
    }
    if (!stale || !fresh || !swapped)
        fail_msg("%zu calls with an old tag, %zu with a new one, %zu links broken",
                 stale, fresh, swapped);
}

static void judge(struct crowd *w)
{
    size_t all = (size_t)(w->clients * w->calls);
    for (unsigned i = 0; i < OBJECTS; i++)
        switch (linear_check(w->history, all, i, i < NOTES ? note_model : link_model)) {
        case LINEAR:
            continue;
        case NOT_LINEAR:
            fail_msg("what happened to object %u cannot have happened one call after "
                     "the other",
                     i);
        case LINEAR_UNDECIDED:
            fail_msg("what happened to object %u is too much to judge", i);
        }
    judge_tags(w);
    judge_variety(w);
    free(w->history);
    free(w->tags);
}

/* ---- the tests ---- */

static int hall_up(void **state)
{
    return hall_open(state, "tests/data/linear.yaml");
}

static void what_32_clients_see_could_have_happened_in_turn(void **state)
{
    struct hall *s = *state;
    struct crowd w = { .service = &s->stage.service,
                       .clients = CLIENTS,
                       .calls = CALLS };
    run_crowd(&w);
    judge(&w);
}

static void so_it_is_over_sockets(void **state)
{
    struct hall *s = *state;
    struct err err = err_in(s->arena);
    struct server *server =
        server_start(&(struct server_options){ .host = "127.0.0.1",
                                               .max_body = LIMIT_BODY_BYTES,
                                               .handle = handle,
                                               .context = &s->stage.service },
                     &err);
    assert_non_null(server);
    struct crowd w = { .port = server_port(server),
                       .clients = WIRE_CLIENTS,
                       .calls = WIRE_CALLS };
    run_crowd(&w);
    server_stop(server);
    judge(&w);
}

/* ---- the judge is judged ---- */

static void the_search_tells_what_can_be_from_what_cannot(void **state)
{
    static const struct {
        const char *what;
        bool linear;
        struct linear_call calls[5];
    } rows[] = {
        { "nothing", true, { { .end = 0 } } },
        { "one after the other",
          true,
          { { 0, 1, 2, ADD, 201, 0, 7, 0 }, { 0, 3, 4, GET, 200, 0, 0, 7 } } },
        { "read before it was written",
          false,
          { { 0, 3, 4, ADD, 201, 0, 7, 0 }, { 0, 1, 2, GET, 200, 0, 0, 7 } } },
        { "read while it was written, both ways",
          true,
          { { 0, 1, 9, ADD, 201, 0, 7, 0 },
            { 0, 2, 3, GET, 404, 0, 0, 0 },
            { 0, 4, 5, GET, 200, 0, 0, 7 } } },
        { "read and then not there",
          false,
          { { 0, 1, 9, ADD, 201, 0, 7, 0 },
            { 0, 2, 3, GET, 200, 0, 0, 7 },
            { 0, 4, 5, GET, 404, 0, 0, 0 } } },
        { "made twice",
          false,
          { { 0, 1, 3, ADD, 201, 0, 7, 0 }, { 0, 2, 4, ADD, 201, 0, 8, 0 } } },
        { "one of two with a tag is late",
          true,
          { { 0, 1, 2, ADD, 201, 0, 7, 0 },
            { 0, 3, 6, PATCH_IF, 200, 7, 8, 8 },
            { 0, 4, 5, PATCH_IF, 412, 7, 9, 0 } } },
        { "both with one tag: a lost update",
          false,
          { { 0, 1, 2, ADD, 201, 0, 7, 0 },
            { 0, 3, 6, PATCH_IF, 200, 7, 8, 8 },
            { 0, 4, 5, PATCH_IF, 200, 7, 9, 9 } } },
        { "an order that has to be found by going back",
          true,
          { { 0, 1, 8, PUT, 200, 0, 1, 1 },
            { 0, 2, 7, PUT, 201, 0, 2, 2 },
            { 0, 3, 6, PUT, 200, 0, 3, 3 },
            { 0, 9, 10, GET, 200, 0, 0, 1 } } },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = 0;
        while (n < COUNT(rows[i].calls) && rows[i].calls[n].end)
            n++;
        enum linear_verdict verdict = linear_check(rows[i].calls, n, 0, note_model);
        if (verdict != (rows[i].linear ? LINEAR : NOT_LINEAR))
            fail_msg("%s", rows[i].what);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, hall_up, hall_close)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_tells_what_can_be_from_what_cannot),
        TEST(what_32_clients_see_could_have_happened_in_turn),
        TEST(so_it_is_over_sockets),
    };
    return cmocka_run_group_tests_name("linear", tests, NULL, NULL);
}

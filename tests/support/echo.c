#include "echo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "wire.h"

/* -- a server with a handler that says what it was given --------------------------- */

static void follow(void *what, bool answered)
{
    struct house *h = what;
    atomic_fetch_add(answered ? &h->answered : &h->given_up, 1);
}

static void echo_answer(const struct request *r, struct arena *arena,
                        struct response *answer)
{
    struct buffer b = buffer_in(arena, 2 * ECHO_MAX_BODY);
    buffer_add(&b, r->method);
    buffer_add_char(&b, ' ');
    buffer_add(&b, r->path);
    buffer_add_char(&b, ' ');
    buffer_add(&b, r->query.ptr ? r->query : STR("-"));
    buffer_printf(&b, " %zu%s%s%s ", r->body.len, r->body.ptr ? "" : " none",
                  r->body_over_limit ? " over" : "", r->body_cut_off ? " cut" : "");
    buffer_add(&b, r->body);
    answer->status = 200;
    answer->body = buffer_str(&b);
    response_header(answer, "Content-Type", STR("text/plain"));
}

/* Half a kilobyte of stack a level, ten times what a thread of civetweb's has. */
static int descend(int levels)
{
    volatile char room[512] = { 0 };
    room[levels % 512] = 1;
    return levels ? descend(levels - 1) + room[0] : 0;
}

void echo(void *context, const struct request *r, struct arena *arena,
          struct delivery *d)
{
    struct house *h = context;
    atomic_fetch_add(&h->calls, 1);
    echo_answer(r, arena, &d->response);
    if (str_is(r->path, "/smuggled"))
        atomic_fetch_add(&h->smuggled, 1);
    if (str_starts(r->path, STR("/follow"))) {
        d->after = follow;
        d->after_what = h;
    }
    if (str_is(r->path, "/follow"))
        d->delay_ms = 1000;
    if (str_is(r->path, "/follow/dropped"))
        d->connection = CONNECTION_DROP;
    if (str_is(r->path, "/follow/hungry"))
        for (;;)
            arena_take_raw(arena, 1024 * 1024);
    if (str_is(r->path, "/drop"))
        d->connection = CONNECTION_DROP;
    if (str_is(r->path, "/close"))
        d->connection = CONNECTION_CLOSE;
    if (str_is(r->path, "/delay"))
        d->delay_ms = 300;
    if (str_is(r->path, "/late"))
        d->delay_ms = 60 * 1000;
    if (str_is(r->path, "/nothing"))
        d->response.status = 204;
    if (str_is(r->path, "/work"))
        nanosleep(&(struct timespec){ .tv_nsec = 400 * 1000 * 1000 }, NULL);
    if (str_is(r->path, "/deep"))
        descend(2000);
    if (str_is(r->path, "/hungry"))
        for (;;)
            arena_take_raw(arena, 1024 * 1024);
    if (str_is(r->path, "/big"))
        d->response.body = (struct str){ arena_take(arena, ECHO_BIG), ECHO_BIG };
    if (str_is(r->path, "/cut")) {
        d->connection = CONNECTION_CUT;
        d->cut_after = 4;
    }
    if (str_is(r->path, "/odd")) {
        response_header(&d->response, "Content-Length", STR("3"));
        response_header(&d->response, "connection", STR("upgrade"));
        response_header(&d->response, "X-Two", STR("a\r\nX-Three: b"));
        response_header(&d->response, "X Four", STR("c"));
    }
}

void house_open_for(struct house *h, unsigned body_ms)
{
    struct arena *arena = arena_new(64 * 1024);
    struct err err = err_in(arena);
    struct server_options options = { .host = "127.0.0.1",
                                      .max_body = ECHO_MAX_BODY,
                                      .body_ms = body_ms,
                                      .handle = echo,
                                      .context = h };
    h->server = server_start(&options, &err);
    if (!h->server)
        fail_msg("%s", err.first->why);
    h->port = server_port(h->server);
    arena_free(arena);
}

void house_open(struct house *h)
{
    house_open_for(h, 0);
}

int shared_house_open(void **state)
{
    struct house *h = calloc(1, sizeof(*h));
    house_open(h);
    *state = h;
    return 0;
}

int shared_house_close(void **state)
{
    struct house *h = *state;
    server_stop(h->server);
    free(h);
    return 0;
}

/* -- the wire ---------------------------------------------------------------------- */

int house_dial(const struct house *h)
{
    return must_dial(h->port);
}

const char *field(const struct reply *r, const char *name)
{
    const char *at = strstr(r->head, name);
    return at ? at + strlen(name) : NULL;
}

const struct reply *hear_for(int fd, bool head_only)
{
    static struct reply r;
    r.len = 0;
    r.told = -1;
    r.body[0] = '\0';
    r.status = hear_head(fd, r.head, sizeof(r.head));
    if (!r.status)
        return &r;
    const char *told = field(&r, "\r\nContent-Length: ");
    if (told)
        r.told = strtol(told, NULL, 10);
    long want = head_only || r.told > (long)sizeof(r.body) - 1 ? 0 : r.told;
    while ((long)r.len < want) {
        ssize_t got = recv(fd, r.body + r.len, (size_t)want - r.len, 0);
        if (got <= 0)
            break;
        r.len += (size_t)got;
    }
    r.body[r.len] = '\0';
    return &r;
}

const struct reply *hear(int fd)
{
    return hear_for(fd, false);
}

void must_answer(const struct house *h)
{
    int fd = house_dial(h);
    say(fd, "GET /well HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_string_equal(hear(fd)->body, "GET /well - 0 none ");
    close(fd);
}

const struct reply *ask(const struct house *h, const char *text)
{
    int fd = house_dial(h);
    say(fd, text);
    const struct reply *r = hear(fd);
    close(fd);
    return r;
}

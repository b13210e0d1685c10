/* echo.h — a server whose handler says what it was given, and what it answers.
 *
 * "GET /a?b" with the body "c" is answered "GET /a b 1 c"; "-" stands for no query,
 * " none" behind the length for no body, " over" for one over the limit and " cut" for
 * one that ended early. Some paths do more: echo.c lists them. */
#ifndef SUPPORT_ECHO_H
#define SUPPORT_ECHO_H

#include "serve/server.h"

#include <stdatomic.h>

enum { ECHO_MAX_BODY = 100000, ECHO_BIG = 8 * 1024 * 1024 /* what /big answers */ };

struct house {
    struct server *server;
    unsigned port;
    atomic_int calls;    /* the handler was entered */
    atomic_int smuggled; /* for /smuggled, which no test asks for openly */
    atomic_int answered; /* what was to follow the answer to /follow came */
    atomic_int given_up; /* the same, though the answer was not made */
};

/* The handler; context is the house. */
void echo(void *context, const struct request *r, struct arena *arena,
          struct delivery *d);

/* The caller calls server_stop. A body may take body_ms; 0 for the server's own bound.
 */
void house_open_for(struct house *h, unsigned body_ms);
void house_open(struct house *h);

/* For cmocka_run_group_tests: *state is a house for all of them. */
int shared_house_open(void **state);
int shared_house_close(void **state);

/* A connection to it (wire.h), or the test fails. */
int house_dial(const struct house *h);

struct reply {
    int status; /* 0: the connection was closed without one */
    char head[4096];
    char body[2 * ECHO_MAX_BODY];
    size_t len; /* bytes of body that came */
    long told;  /* Content-Length; -1 for none */
};

/* What stands behind name in the head; NULL for nothing. */
const char *field(const struct reply *r, const char *name);

/* Reads one answer and not a byte more; it stays until the next is heard. */
const struct reply *hear(int fd);
const struct reply *hear_for(int fd, bool head_only);

/* Sends text on a connection of its own and hears the answer. */
const struct reply *ask(const struct house *h, const char *text);

/* A plain call is answered, or the test fails. */
void must_answer(const struct house *h);

#endif

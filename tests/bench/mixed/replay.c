/* replay.c — what the calls of a mixed load cost, without a socket.
 *
 *     replay FILE [ROUNDS]
 *
 * FILE holds requests as they stood on the wire, one behind the other (mixed.lua writes
 * it). Each round starts at the seed and sends all of them to the bundled APIs, whose
 * specs/ is in the current folder; a call that is not answered with 2xx ends it. Prints
 * the processor time of a call, with REPLAY=each also of each operation's, with
 * REPLAY=answers what was answered instead. The same calls give the same answers each
 * time, so answers and a profiler's counts can be compared. */
#include "../../support/stage.h"

#include "base/file.h"
#include "base/gate.h"
#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST_KINDS = 64 };

/* Calls of one method and path. */
struct kind {
    struct str method, path;
    size_t calls;
    double seconds;
};

struct replay {
    struct stage stage;
    bool each, answers;
    struct arena *kept; /* of the requests */
    struct request *calls;
    size_t count;
    struct kind kinds[MOST_KINDS];
    size_t kind_count;
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *why)
{
    fprintf(stderr, "replay: %s\n", why);
    exit(2);
}

/* Up to the next line end, which is taken off as well. */
static struct str line_of(struct str *rest)
{
    struct str line;
    if (!str_split(rest, '\n', &line))
        die("a request without an end");
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

static void read_call(struct str *rest, struct request *r)
{
    struct str target, line = line_of(rest), value;
    *r = (struct request){ .max_body = LIMIT_BODY_BYTES };
    str_split(&line, ' ', &r->method);
    str_split(&line, ' ', &target);
    str_split(&target, '?', &r->path);
    r->query = target;
    for (line = line_of(rest); line.len; line = line_of(rest)) {
        struct header *h = &r->headers[r->header_count++];
        value = line;
        str_split(&value, ':', &h->name);
        h->value = str_trim(value);
    }
    struct str length = request_header(r, "Content-Length");
    if (!length.ptr)
        return;
    r->body = (struct str){ rest->ptr, strtoul(length.ptr, NULL, 10) };
    if (r->body.len > rest->len)
        die("a request without its whole body");
    *rest = str_from(*rest, r->body.len);
}

static void read_calls(struct replay *p, const char *file)
{
    struct str text, rest;
    struct err err = err_in(p->kept);
    size_t room = 0;
    if (!file_read(file, p->kept, &text, &err))
        die(err.first->why);
    for (rest = text; rest.len; p->count++) {
        if (p->count == room) {
            room = room ? room * 2 : 1024;
            p->calls = realloc(p->calls, room * sizeof(*p->calls));
        }
        read_call(&rest, &p->calls[p->count]);
    }
}

static struct kind *kind_of(struct replay *p, const struct request *r)
{
    for (size_t i = 0; i < p->kind_count; i++)
        if (str_equal(p->kinds[i].path, r->path) &&
            str_equal(p->kinds[i].method, r->method))
            return &p->kinds[i];
    if (p->kind_count == MOST_KINDS) /* paths with ids in them: the last has the rest */
        return &p->kinds[MOST_KINDS - 1];
    p->kinds[p->kind_count] = (struct kind){ r->method, r->path, 0, 0 };
    return &p->kinds[p->kind_count++];
}

static void send(struct replay *p, const struct request *r, struct arena *arena)
{
    struct delivery d = { .delay_ms = 0 };
    service_enter(&p->stage.service);
    handle(&p->stage.service, r, arena, &d);
    service_leave(&p->stage.service);
    if (d.after)
        d.after(d.after_what, true);
    if (p->answers)
        printf("%d %.*s\n", d.response.status, (int)d.response.body.len,
               d.response.body.ptr);
    if (d.response.status < 200 || d.response.status > 299) {
        fprintf(stderr, "replay: %.*s %.*s: %d %.*s\n", (int)r->method.len,
                r->method.ptr, (int)r->path.len, r->path.ptr, d.response.status,
                (int)d.response.body.len, d.response.body.ptr);
        exit(1);
    }
}

static void run(struct replay *p, size_t rounds)
{
    const struct request reset = { .method = STR("POST"),
                                   .path = STR("/__admin/reset"),
                                   .max_body = LIMIT_BODY_BYTES };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    double took = 0;
    for (size_t round = 0; round < rounds; round++) {
        send(p, &reset, arena);
        arena_reset(arena);
        double start = seconds();
        for (size_t i = 0; i < p->count; i++) {
            struct kind *k = p->each ? kind_of(p, &p->calls[i]) : NULL;
            double from = k ? seconds() : 0;
            send(p, &p->calls[i], arena);
            arena_reset(arena);
            if (k) {
                k->seconds += seconds() - from;
                k->calls++;
            }
        }
        took += seconds() - start;
    }
    for (size_t i = 0; i < p->kind_count; i++)
        printf("%9.1f us  %-5.*s %.*s\n",
               p->kinds[i].seconds * 1e6 / (double)p->kinds[i].calls,
               (int)p->kinds[i].method.len, p->kinds[i].method.ptr,
               (int)p->kinds[i].path.len, p->kinds[i].path.ptr);
    if (!p->answers)
        printf("%9.1f us a call, %zu calls\n", took * 1e6 / (double)(rounds * p->count),
               rounds * p->count);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct replay *p = calloc(1, sizeof(*p));
    char name[] = "understudy", serve[] = "serve", specs[] = "specs";
    char seed[] = "--seed=1", now[] = "--now=2026-01-05T09:30:00Z";
    char *words[] = { name, serve, specs, seed, now };
    const char *mode = getenv("REPLAY");
    size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 4;
    const char *why = "usage: replay FILE [ROUNDS]";
    p->kept = arena_new(LIMIT_SPEC_MEMORY);
    if (argc < 2 || !rounds ||
        !stage_open(&p->stage, words, COUNT(words), p->kept, &why))
        die(why);
    p->stage.service.gate = gate_new();
    read_calls(p, argv[1]);
    p->each = mode && strcmp(mode, "each") == 0;
    p->answers = mode && strcmp(mode, "answers") == 0;
    run(p, rounds);
    gate_free(p->stage.service.gate);
    stage_done(&p->stage);
    free(p->calls);
    arena_free(p->kept);
    free(p);
    return 0;
}

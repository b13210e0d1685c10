/* parts.c — what calls of an inferred collection cost, without a socket.
 *
 *     parts SPEC [INSTANCES [CALLS]]
 *
 * Fills the collection by POST, then prints the microseconds of processor time of each
 * kind of call, what a namespace more costs that was copied from another, and how two
 * namespaces in two threads compare with one. No load generator takes part, so this is
 * also what to run under a profiler: PARTS=read names one kind. */
#include "../support/stage.h"

#include "base/gate.h"
#include "base/limits.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SIZE = 512 };

struct bench {
    struct stage stage;
    size_t count, calls;
    char (*ids)[40];
};

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One call; its answer is borrowed from arena. */
static struct str send(struct bench *b, const char *method, const char *namespace,
                       const char *target, const char *body, int status,
                       struct arena *arena)
{
    const char *mark = strchr(target, '?');
    struct request r = { .method = str(method),
                         .path = { target,
                                   mark ? (size_t)(mark - target) : strlen(target) },
                         .query = mark ? str(mark + 1) : (struct str){ NULL, 0 },
                         .max_body = LIMIT_BODY_BYTES };
    r.headers[r.header_count++] = (struct header){ STR("Host"), STR("127.0.0.1:4010") };
    r.headers[r.header_count++] =
        (struct header){ STR("Understudy-Namespace"), str(namespace) };
    if (body) {
        r.body = str(body);
        r.headers[r.header_count++] =
            (struct header){ STR("Content-Type"),
                             *method == 'P' && method[1] == 'A'
                                 ? STR("application/merge-patch+json")
                                 : STR("application/json") };
    }
    struct delivery d = { .delay_ms = 0 };
    service_enter(&b->stage.service);
    handle(&b->stage.service, &r, arena, &d);
    service_leave(&b->stage.service);
    if (d.response.status != status) {
        fprintf(stderr, "parts: %s %s: %d %.*s\n", method, target, d.response.status,
                (int)d.response.body.len, d.response.body.ptr);
        exit(1);
    }
    return d.response.body;
}

static struct str create(struct bench *b, const char *namespace, size_t i,
                         struct arena *arena)
{
    static const char *const status[] = { "planned", "made", "tested", "shipped" };
    char body[SIZE];
    snprintf(body, sizeof(body),
             "{\"name\":\"Part number %zu\",\"status\":\"%s\","
             "\"owner\":\"user-%zu@example.com\",\"place\":\"hall 4, bay %zu\","
             "\"weight\":%zu.5,\"urgent\":%s}",
             i, status[i % 4], i % 1000, i % 70, i % 900, i % 3 ? "false" : "true");
    return send(b, "POST", namespace, "/parts", body, 201, arena);
}

static void fill(struct bench *b)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    b->ids = calloc(b->count, sizeof(*b->ids));
    for (size_t i = 0; i < b->count; i++) {
        struct json_error ignored;
        const cJSON *made =
            json_read(create(b, "a", i, arena), LIMIT_BODY_NODES, arena, &ignored);
        snprintf(b->ids[i], sizeof(b->ids[i]), "%s", json_member_text(made, "id"));
        arena_reset(arena);
    }
    arena_free(arena);
}

static void ask_read(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    char target[SIZE];
    snprintf(target, sizeof(target), "/parts/%s", b->ids[i * 7919 % b->count]);
    send(b, "GET", ns, target, NULL, 200, arena);
}

static void ask_update(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    char target[SIZE], body[SIZE];
    snprintf(target, sizeof(target), "/parts/%s", b->ids[i * 7919 % b->count]);
    snprintf(body, sizeof(body), "{\"weight\":%zu}", i);
    send(b, "PATCH", ns, target, body, 200, arena);
}

static void ask_create(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    create(b, ns, i, arena);
}

static void ask_list(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    (void)i;
    send(b, "GET", ns, "/parts?limit=20", NULL, 200, arena);
}

static void ask_filtered(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    char target[SIZE];
    snprintf(target, sizeof(target), "/parts?limit=20&owner=user-%zu@example.com",
             i % 1000);
    send(b, "GET", ns, target, NULL, 200, arena);
}

static void ask_status(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    (void)i;
    send(b, "GET", ns, "/parts?limit=20&status=made", NULL, 200, arena);
}

static void ask_sorted(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    (void)i;
    send(b, "GET", ns, "/parts?limit=20&sort=-weight", NULL, 200, arena);
}

/* The status of every fourth, sorted by what has nothing to do with it. */
static void ask_both(struct bench *b, const char *ns, size_t i, struct arena *arena)
{
    (void)i;
    send(b, "GET", ns, "/parts?limit=20&status=tested&sort=-weight", NULL, 200, arena);
}

static const struct kind {
    const char *name;
    void (*ask)(struct bench *b, const char *ns, size_t i, struct arena *arena);
} kinds[] = {
    { "read", ask_read },
    { "update", ask_update },
    { "list", ask_list },
    { "by owner", ask_filtered },
    { "by status", ask_status },
    { "create", ask_create },
    { "sorted", ask_sorted },
    { "both", ask_both },
    { "create sorted", ask_create },
};

/* The first may have to make an index or an order; *first is what it took. */
static double per_call(struct bench *b, const struct kind *k, double *first)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    k->ask(b, "a", 0, arena);
    *first = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    arena_reset(arena);
    start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < b->calls; i++) {
        k->ask(b, "a", i, arena);
        arena_reset(arena);
    }
    double took = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    arena_free(arena);
    return took * 1e6 / (double)b->calls;
}

/* ---- two namespaces in two threads ---- */

struct thread {
    struct bench *b;
    const char *namespace;
};

static void *run(void *context)
{
    struct thread *t = context;
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    for (size_t i = 0; i < t->b->calls; i++) {
        create(t->b, t->namespace, i, arena);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

/* Calls a second of all threads together. */
static double rate(struct bench *b, const char *const *names, size_t count)
{
    pthread_t threads[2];
    struct thread contexts[2];
    double start = seconds(CLOCK_MONOTONIC);
    for (size_t i = 0; i < count; i++) {
        contexts[i] = (struct thread){ b, names[i] };
        pthread_create(&threads[i], NULL, run, &contexts[i]);
    }
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return (double)(count * b->calls) / (seconds(CLOCK_MONOTONIC) - start);
}

static void print_scaling(struct bench *b)
{
    static const char *const names[] = { "one", "two" };
    double one = 0, two = 0;
    for (int round = 0; round < 3; round++) {
        double a = rate(b, names, 1), c = rate(b, names, 2);
        one = a > one ? a : one;
        two = c > two ? c : two;
    }
    printf("creates in one namespace and thread %.0f /s, in two of each %.0f /s: "
           "%.2f times as many\n",
           one, two, two / one);
}

int main(int argc, char **argv)
{
    struct bench b = { .count = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000,
                       .calls = argc > 3 ? strtoul(argv[3], NULL, 10) : 20000 };
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    const char *why = "usage: parts SPEC [INSTANCES [CALLS]]", *only = getenv("PARTS");
    char name[] = "understudy", serve[] = "serve";
    char *words[] = { name, serve, argv[argc > 1 ? 1 : 0] };
    if (argc < 2 || !b.count || !b.calls ||
        !stage_open(&b.stage, words, 3, arena, &why)) {
        fprintf(stderr, "parts: %s\n", why);
        return 2;
    }
    b.stage.service.gate = gate_new();
    fill(&b);
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (!only || strcmp(only, kinds[i].name) == 0) {
            double first, each = per_call(&b, &kinds[i], &first);
            printf("%-13s %9.1f us, the first %9.1f us\n", kinds[i].name, each,
                   first * 1e6);
        }
    if (!only)
        print_scaling(&b);
    gate_free(b.stage.service.gate);
    stage_done(&b.stage);
    free(b.ids);
    arena_free(arena);
    return 0;
}

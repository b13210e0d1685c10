/* Many connections at once for a while: memory stays, nothing hangs, nothing breaks. */
#include "document.h"

#include "base/clock.h"
#include "calls.h"
#include "serve/server.h"
#include "support/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENTS = 64, PATIENCE_S = 10, ROOM = 64 * 1024 };

struct soak {
    struct str *calls; /* whole requests, as bytes */
    size_t count;
    unsigned port;
    atomic_bool over;
    atomic_size_t answers, broken, lost, refused;
};

struct client {
    struct soak *soak;
    struct chance chance;
    pthread_t thread;
    char first_broken[300]; /* the head of the first 5xx */
};

/* ---- one client ---- */

static int dial(unsigned port)
{
    struct timeval patience = { .tv_sec = PATIENCE_S };
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes = str_from(bytes, (size_t)n);
    }
    return true;
}

/* The status of one answer, read to its end; 0 when it did not come. *keep: the
 * connection may be used again. */
static int receive(int fd, char *head, bool bodiless, bool *keep)
{
    size_t got = 0, length = 0, body;
    char *end = NULL, *at;
    while (!end && got < ROOM - 1) {
        ssize_t n = recv(fd, head + got, ROOM - 1 - got, 0);
        if (n <= 0)
            return 0;
        got += (size_t)n;
        head[got] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    if (!end)
        return 0;
    *end = '\0';
    int status = atoi(head + strlen("HTTP/1.1 "));
    if ((at = strstr(head, "\r\nContent-Length: ")))
        length = strtoul(at + strlen("\r\nContent-Length: "), NULL, 10);
    *keep = !strstr(head, "\r\nConnection: close");
    if (bodiless || status == 204 || status == 304)
        length = 0;
    for (body = got - (size_t)(end + 4 - head); body < length;) {
        char rest[4096];
        ssize_t n = recv(fd, rest, sizeof(rest), 0);
        if (n <= 0)
            return 0;
        body += (size_t)n;
    }
    return status;
}

static void *run_client(void *context)
{
    struct client *c = context;
    struct soak *s = c->soak;
    char *head = malloc(ROOM);
    int fd = -1;
    while (head && !atomic_load(&s->over)) {
        struct str call = s->calls[chance_below(&c->chance, s->count)];
        bool keep = false;
        if (fd < 0)
            fd = dial(s->port);
        int status = fd >= 0 && send_all(fd, call)
                         ? receive(fd, head, str_starts(call, STR("HEAD ")), &keep)
                         : 0;
        atomic_fetch_add(status ? &s->answers : &s->lost, 1);
        if (status >= 500) {
            atomic_fetch_add(&s->broken, 1);
            if (!*c->first_broken)
                snprintf(c->first_broken, sizeof(c->first_broken), "%.*s -> %d",
                         (int)strcspn(call.ptr, "\r"), call.ptr, status);
        } else if (status >= 400) {
            atomic_fetch_add(&s->refused, 1);
        }
        if (fd >= 0 && (!status || !keep)) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        close(fd);
    free(head);
    return NULL;
}

/* ---- what they send ---- */

static struct str as_bytes(const struct request *r, const char *prefix,
                           struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_BODY_BYTES);
    buffer_add(&b, r->method);
    buffer_add_char(&b, ' ');
    buffer_add_text(&b, prefix);
    buffer_add(&b, r->path);
    if (r->query.len) {
        buffer_add_char(&b, '?');
        buffer_add(&b, r->query);
    }
    buffer_printf(&b, " HTTP/1.1\r\nHost: localhost\r\nContent-Length: %zu\r\n",
                  r->body.len);
    for (size_t i = 0; i < r->header_count; i++) {
        buffer_add(&b, r->headers[i].name);
        buffer_add(&b, STR(": "));
        buffer_add(&b, r->headers[i].value);
        buffer_add(&b, STR("\r\n"));
    }
    buffer_add(&b, STR("\r\n"));
    if (r->body.len)
        buffer_add(&b, r->body);
    return buffer_str(&b);
}

/* For each operation a call that fits, and one that breaks a rule. */
static void prepare(struct soak *s, const struct cast *cast, struct arena *arena)
{
    struct arena *one = arena_new(LIMIT_CALL_MEMORY);
    size_t most = 0;
    for (size_t n = 0; n < cast->count; n++)
        most += 2 * cast->apis[n]->operation_count;
    s->calls = arena_array(arena, struct str, most + 1);
    for (size_t n = 0; n < cast->count; n++)
        for (size_t i = 0; i < cast->apis[n]->operation_count; i++) {
            const struct operation *op = &cast->apis[n]->operations[i];
            const char *prefix =
                cast->count > 1 ? arena_printf(arena, "/%s", op->api->name) : "";
            struct chance chance = chance_of(1, STR("soak"), str(op->id), 1);
            struct asked a;
            struct request r;
            const char *why;
            arena_reset(one);
            if (!asked_make(&a, op, SAMPLE_TYPICAL, 1, one, &why))
                continue;
            s->calls[s->count++] = as_bytes(&a.request, prefix, arena);
            struct mutations all =
                mutate(op->input, a.input, DIRECTION_REQUEST, &chance, one);
            size_t from = (size_t)chance_below(&chance, all.count);
            for (size_t m = from; m < all.count; m++)
                if (asked_write(&a, all.list[m].value, one, &r, &why)) {
                    s->calls[s->count++] = as_bytes(&r, prefix, arena);
                    break;
                }
        }
    arena_free(one);
}

/* ---- the watch over memory ---- */

static double resident_mb(void)
{
    unsigned long pages = 0, resident = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    bool ok = f && fscanf(f, "%lu %lu", &pages, &resident) == 2;
    if (f)
        fclose(f);
    return ok ? (double)resident * (double)sysconf(_SC_PAGESIZE) / 1e6 : 0;
}

/* A first third warms up: threads, arenas, and the journal, which fills to its bound.
 */
static bool watch(struct soak *s, unsigned seconds)
{
    double warm = 0, most = 0, last = 0;
    for (unsigned i = 0; i < seconds; i++) {
        sleep(1);
        last = resident_mb();
        if (i == seconds / 3)
            warm = last;
        most = last > most ? last : most;
    }
    atomic_store(&s->over, true);
    bool steady = last <= warm * 1.05 + 2;
    printf(
        "soak: seconds=%u connections=%d answers=%zu refused=%zu broken=%zu lost=%zu "
        "warm_mb=%.1f end_mb=%.1f most_mb=%.1f result=%s\n",
        seconds, CLIENTS, atomic_load(&s->answers), atomic_load(&s->refused),
        atomic_load(&s->broken), atomic_load(&s->lost), warm, last, most,
        steady && !s->broken && !s->lost && s->answers ? "ok" : "below");
    return steady;
}

static bool run_clients(struct soak *s, unsigned seconds)
{
    struct client *clients = calloc(CLIENTS, sizeof(*clients));
    size_t started = 0;
    for (size_t i = 0; clients && i < CLIENTS; i++) {
        clients[i].soak = s;
        clients[i].chance = chance_of(i, STR("soak"), STR("client"), i);
        if (pthread_create(&clients[i].thread, NULL, run_client, &clients[i]) != 0)
            break;
        started++;
    }
    bool steady = watch(s, seconds);
    for (size_t i = 0; i < started; i++)
        pthread_join(clients[i].thread, NULL);
    for (size_t i = 0; i < started; i++)
        if (*clients[i].first_broken)
            printf("  %s\n", clients[i].first_broken);
    free(clients);
    return started == CLIENTS && steady && !s->broken && !s->lost && s->answers;
}

bool survey_soak(char **paths, int count, unsigned seconds)
{
    struct arena *keep = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(keep);
    struct stage stage;
    char self[] = "understudy", serve[] = "serve", stateless[] = "--stateless";
    char **words = arena_array(keep, char *, (size_t)count + 3);
    const char *why;
    bool ok = false;
    words[0] = self;
    words[1] = serve;
    words[2] = stateless;
    memcpy(words + 3, paths, (size_t)count * sizeof(*paths));
    if (!stage_open(&stage, words, count + 3, keep, &why)) {
        printf("soak: refused:\n%s", why);
    } else {
        struct soak s = { .count = 0 };
        struct server_options options = { .host = "127.0.0.1",
                                          .max_body = LIMIT_BODY_BYTES,
                                          .handle = handle,
                                          .context = &stage.service };
        prepare(&s, &stage.loaded.world.cast, keep);
        struct server *server = s.count ? server_start(&options, &err) : NULL;
        if (server) {
            s.port = server_port(server);
            ok = run_clients(&s, seconds);
            server_stop(server);
        }
    }
    stage_done(&stage);
    arena_free(keep);
    return ok;
}

/* contend.c — many clients of several servers, all after the same few children.
 *
 *     contend CALLS CLIENTS PARENTS CHILDREN ENTRY DATASET PORT…
 *
 * Makes CALLS calls of Serial's PUT /components/instances/links, each to a server, a
 * parent and a child at random, over CLIENTS kept-alive connections to each server, and
 * prints a line for each answer: its status, a space, its body. Which parents and
 * children there are is for the fixture to know: aaaaaaaa-0000-4000-8abc-000000000000
 * and aaaaaaaa-0000-4000-8bcd-000000000000 are the first. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PORTS = 8, ANSWER = 64 * 1024, WAIT_SECONDS = 30 };

static struct {
    long calls, clients, parents, children;
    const char *entry, *dataset;
    int ports[PORTS], port_count;
    atomic_long next;
} plan;

struct client {
    unsigned long long state;
    int sockets[PORTS]; /* -1: not open */
    char answer[ANSWER + 1];
};

static unsigned long draw(struct client *c, unsigned long below)
{
    c->state = c->state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned long)(c->state >> 33) % below;
}

static int dial(int port)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port) };
    struct timeval wait = { .tv_sec = WAIT_SECONDS };
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool send_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* The body, in c->answer; its status; 0 when the connection broke. */
static int receive(struct client *c, int fd, const char **body)
{
    size_t have = 0, want = 0;
    for (;;) {
        ssize_t n = recv(fd, c->answer + have, ANSWER - have, 0);
        if (n <= 0)
            return 0;
        have += (size_t)n;
        c->answer[have] = '\0';
        char *end = strstr(c->answer, "\r\n\r\n");
        if (!end)
            continue;
        if (!want) {
            const char *field = strcasestr(c->answer, "\r\nContent-Length:");
            *body = end + 4;
            want = (size_t)(end + 4 - c->answer) +
                   (field && field < end ? strtoul(field + 17, NULL, 10) : 0);
        }
        if (have >= want)
            return atoi(c->answer + 9);
    }
}

static void call(struct client *c)
{
    char body[512], head[256];
    int which = (int)draw(c, (unsigned long)plan.port_count), status = 0;
    const char *answer = "";
    int n = snprintf(body, sizeof(body),
                     "{\"parent_component_instance_id\":"
                     "\"aaaaaaaa-0000-4000-8abc-%012lu\","
                     "\"child_component_instance_id\":"
                     "\"aaaaaaaa-0000-4000-8bcd-%012lu\","
                     "\"process_entry_id\":\"%s\",\"dataset_id\":\"%s\"}",
                     draw(c, (unsigned long)plan.parents),
                     draw(c, (unsigned long)plan.children), plan.entry, plan.dataset);
    int m = snprintf(head, sizeof(head),
                     "PUT /components/instances/links HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                     "Authorization: Bearer me\r\nContent-Type: application/json\r\n"
                     "Content-Length: %d\r\n\r\n",
                     n);
    int *fd = &c->sockets[which];
    if (*fd < 0)
        *fd = dial(plan.ports[which]);
    if (*fd >= 0 && send_all(*fd, head, (size_t)m) && send_all(*fd, body, (size_t)n))
        status = receive(c, *fd, &answer);
    if (!status && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    printf("%03d %s\n", status, answer); /* one call of printf is one line */
    if (status != 200)
        usleep(10000);
}

/* Takes the client. */
static void *work(void *what)
{
    struct client *c = what;
    while (atomic_fetch_add(&plan.next, 1) < plan.calls)
        call(c);
    free(c);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 8 || argc > 7 + PORTS) {
        fputs("contend CALLS CLIENTS PARENTS CHILDREN ENTRY DATASET PORT…\n", stderr);
        return 2;
    }
    plan.calls = atol(argv[1]);
    plan.clients = atol(argv[2]);
    plan.parents = atol(argv[3]);
    plan.children = atol(argv[4]);
    plan.entry = argv[5];
    plan.dataset = argv[6];
    plan.port_count = argc - 7;
    for (int i = 0; i < plan.port_count; i++)
        plan.ports[i] = atoi(argv[7 + i]);
    pthread_t *threads = calloc((size_t)plan.clients, sizeof(*threads));
    for (long i = 0; i < plan.clients; i++) {
        struct client *c = calloc(1, sizeof(*c));
        c->state = (unsigned long long)i * 7919 + 1;
        for (int p = 0; p < PORTS; p++)
            c->sockets[p] = -1;
        pthread_create(&threads[i], NULL, work, c);
    }
    for (long i = 0; i < plan.clients; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return 0;
}

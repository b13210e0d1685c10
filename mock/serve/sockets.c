#include "serve/sockets.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A client that is still sending when it is refused may need this long to see why. */
enum { LINGER_MS = 2000 };

/* How long a wait may go on before it looks whether the server stops. */
enum { WAIT_SLICE_MS = 20 };

struct ends {
    unsigned port;      /* ours */
    const char *remote; /* theirs, as text; NULL for any */
    unsigned remote_port;
};

static unsigned address_text(const struct sockaddr_storage *a, char *text, size_t size)
{
    if (a->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)a;
        inet_ntop(AF_INET, &in->sin_addr, text, (socklen_t)size);
        return ntohs(in->sin_port);
    }
    if (a->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)a;
        inet_ntop(AF_INET6, &in->sin6_addr, text, (socklen_t)size);
        return ntohs(in->sin6_port);
    }
    return 0;
}

static bool socket_match(int fd, const struct ends *ends)
{
    struct sockaddr_storage a;
    char text[INET6_ADDRSTRLEN] = "";
    socklen_t size = sizeof(a);
    if (getsockname(fd, (struct sockaddr *)&a, &size) != 0 ||
        address_text(&a, text, sizeof(text)) != ends->port)
        return false;
    if (!ends->remote)
        return true;
    size = sizeof(a);
    return getpeername(fd, (struct sockaddr *)&a, &size) == 0 &&
           address_text(&a, text, sizeof(text)) == ends->remote_port &&
           strcmp(text, ends->remote) == 0;
}

/* Calls visit for every socket with these ends until it answers false. */
static void sockets_visit(const struct ends *ends, bool (*visit)(int fd, void *context),
                          void *context)
{
    DIR *open_files = opendir("/proc/self/fd");
    if (!open_files)
        return;
    for (struct dirent *e = readdir(open_files); e; e = readdir(open_files)) {
        int fd = atoi(e->d_name);
        if (isdigit((unsigned char)e->d_name[0]) && socket_match(fd, ends) &&
            !visit(fd, context))
            break;
    }
    closedir(open_files);
}

static bool take_first(int fd, void *context)
{
    *(int *)context = fd;
    return false;
}

static bool is_listening(int fd)
{
    int yes = 0;
    socklen_t size = sizeof(yes);
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) == 0 && yes;
}

static bool stop_listening(int fd, void *context)
{
    (void)context;
    if (is_listening(fd))
        shutdown(fd, SHUT_RD);
    return true;
}

/* Whoever waits for the next request on it sees its end at once. */
static bool stop_reading(int fd, void *context)
{
    (void)context;
    if (!is_listening(fd))
        shutdown(fd, SHUT_RD);
    return true;
}

int socket_find(unsigned port, const char *remote, unsigned remote_port)
{
    struct ends ends = { port, remote, remote_port };
    int fd = -1;
    sockets_visit(&ends, take_first, &fd);
    return fd;
}

void sockets_stop_listening(unsigned port)
{
    sockets_visit(&(struct ends){ .port = port }, stop_listening, NULL);
}

void sockets_stop_reading(unsigned port)
{
    sockets_visit(&(struct ends){ .port = port }, stop_reading, NULL);
}

bool socket_overflowed(int fd, size_t most)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    struct tcp_info seen = { 0 };
    socklen_t size = sizeof(seen);
    char c;
    return fd >= 0 && poll(&p, 1, WAIT_SLICE_MS) > 0 &&
           recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) > 0 &&
           getsockopt(fd, IPPROTO_TCP, TCP_INFO, &seen, &size) == 0 &&
           seen.tcpi_bytes_received > most;
}

void socket_linger(int fd, const atomic_bool *stop)
{
    if (fd < 0)
        return;
    shutdown(fd, SHUT_WR);
    uint64_t until = clock_monotonic_us() / 1000 + LINGER_MS;
    while (clock_monotonic_us() / 1000 < until && !atomic_load(stop)) {
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int ready = poll(&p, 1, WAIT_SLICE_MS);
        char unwanted[8192];
        if (ready < 0 || (ready > 0 && recv(fd, unwanted, sizeof(unwanted), 0) <= 0))
            return;
    }
}

void socket_stop_reading(int fd)
{
    if (fd >= 0)
        shutdown(fd, SHUT_RD);
}

void socket_reset(int fd)
{
    /* On Linux, taking a socket's peer away ends its connection with a reset, and
     * leaves the descriptor to its owner. */
    struct sockaddr none = { .sa_family = AF_UNSPEC };
    if (fd >= 0)
        connect(fd, &none, sizeof(none));
}

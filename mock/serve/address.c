#include "serve/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool address_read(const char *host, unsigned port, struct sockaddr_storage *a,
                         socklen_t *size)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)port) };
    memset(a, 0, sizeof(*a));
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        memcpy(a, &v4, *size = sizeof(v4));
        return true;
    }
    if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        memcpy(a, &v6, *size = sizeof(v6));
        return true;
    }
    return false;
}

static const char *what_to_do(int error)
{
    switch (error) {
    case EADDRINUSE:
        return "another program listens there; stop it, or choose another port (0 "
               "picks a free one)";
    case EADDRNOTAVAIL:
        return "this machine does not have that address; choose 127.0.0.1 or another "
               "of its own";
    case EACCES:
        return "that port is reserved for the system; choose one from 1024 to 65535";
    default:
        return strerror(error);
    }
}

bool address_check(const char *host, unsigned port, struct err *err)
{
    struct where nowhere = { 0 };
    struct sockaddr_storage a;
    socklen_t size = 0;
    int on = 1;
    if (port > 65535)
        return err_set(err, nowhere, "a port is 0 to 65535, not %u", port);
    if (!address_read(host, port, &a, &size))
        return err_set(err, nowhere,
                       "an address to listen on is numeric, like 127.0.0.1 or ::1, not "
                       "\"%s\"",
                       host);
    int fd = socket(a.ss_family, SOCK_STREAM, 0);
    bool ok = fd >= 0 &&
              setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
              bind(fd, (struct sockaddr *)&a, size) == 0 && listen(fd, 1) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (!ok)
        err_set(err, nowhere, "cannot listen on %s:%u: %s", host, port,
                what_to_do(error));
    return ok;
}

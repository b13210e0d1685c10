/* sockets.h — the process's TCP sockets, found by their two ends.
 *
 * civetweb does not show its sockets, waits up to two seconds before it sees that it is
 * stopped, and closes a socket with unread bytes in it, upon which the kernel takes
 * back the answer. What it cannot do is done here, on the socket itself. */
#ifndef SERVE_SOCKETS_H
#define SERVE_SOCKETS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* The connected socket with our port and their address (as text) and port; -1 when
 * there is none. Walks through the open files: not for every call. */
int socket_find(unsigned port, const char *remote, unsigned remote_port);

/* Whether the client has sent more than `most` bytes. fd may be -1. */
bool socket_overflowed(int fd, size_t most);

/* Says that nothing more will come and takes what is still on its way, for two seconds
 * at most or until *stop. fd may be -1. */
void socket_linger(int fd, const atomic_bool *stop);

/* Whoever reads from it sees its end at once. fd may be -1. */
void socket_stop_reading(int fd);

/* Breaks the connection off with a reset (RST). fd may be -1. */
void socket_reset(int fd);

/* No new connections on a port; then: whoever waits for the next request on one of its
 * connections sees the end at once. */
void sockets_stop_listening(unsigned port);
void sockets_stop_reading(unsigned port);

#endif

/* wire.h — connections on loopback, by hand: bytes that go out as they are, and what
 * comes back. */
#ifndef SUPPORT_WIRE_H
#define SUPPORT_WIRE_H

#include "base/str.h"

/* A connection to a port of this machine, which waits ten seconds at most for any of
 * what follows; -1 when there is none. The caller closes it. */
int dial(unsigned port);

/* The same, or the test fails. */
int must_dial(unsigned port);

/* A socket that listens on a free port, which is told. The caller closes it. */
int listen_on(unsigned *port);

/* False when the other side has hung up before it took everything. */
bool say_bytes(int fd, struct str bytes);
bool say(int fd, const char *text);

/* Reads an answer up to the empty line behind its fields, and not a byte more; as text.
 * Its status; 0 when the connection was closed without one. */
int hear_head(int fd, char *head, size_t room);

/* True when the other side has closed, nothing more having come. */
bool is_closed(int fd);

#endif

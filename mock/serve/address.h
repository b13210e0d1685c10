/* address.h — whether an address can be listened on, and if not, what to do about it.
 *
 * civetweb does not tell why it cannot listen, so it is tried beforehand. */
#ifndef SERVE_ADDRESS_H
#define SERVE_ADDRESS_H

#include "base/error.h"

/* host is numeric, like "127.0.0.1" or "::1"; port 0 is any free one. */
bool address_check(const char *host, unsigned port, struct err *err);

#endif

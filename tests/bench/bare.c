/* bare.c — the least that civetweb can do: what the mock's speed is measured against.
 *
 *     bare PORT BYTES
 *
 * Reads the body of every request and answers with a constant of that many bytes as
 * application/json, in one mg_write. Options and number of threads are those of
 * mock/serve/server.c. Prints the port (0 picks one) and runs until SIGTERM or SIGINT.
 */
#include "base/limits.h"

#include <civetweb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct constant {
    char *bytes; /* head and body */
    size_t len;
};

static int answer(struct mg_connection *conn)
{
    const struct constant *c = mg_get_user_context_data(conn);
    char body[16384];
    while (mg_read(conn, body, sizeof(body)) > 0)
        continue;
    mg_write(conn, c->bytes, c->len);
    return 200;
}

static struct constant constant_new(size_t size)
{
    struct constant c = { malloc(size + 256), 0 };
    if (!c.bytes)
        exit(1);
    c.len = (size_t)snprintf(c.bytes, 256,
                             "HTTP/1.1 200 OK\r\n"
                             "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                             "Content-Type: application/json\r\n"
                             "Content-Length: %zu\r\n"
                             "Connection: keep-alive\r\n\r\n",
                             size);
    memset(c.bytes + c.len, ' ', size);
    if (size >= 2) {
        c.bytes[c.len] = '{';
        c.bytes[c.len + size - 1] = '}';
    }
    c.len += size;
    return c;
}

static struct mg_context *start(const char *port, struct constant *c)
{
    static const struct mg_callbacks callbacks = { .begin_request = answer };
    char address[64], connections[16], head[16], keep[16], request[16];
    snprintf(address, sizeof(address), "127.0.0.1:%s", port);
    snprintf(connections, sizeof(connections), "%d", LIMIT_CONNECTIONS);
    snprintf(head, sizeof(head), "%d", LIMIT_HEAD_BYTES);
    snprintf(keep, sizeof(keep), "%d", LIMIT_KEEP_ALIVE_MS);
    snprintf(request, sizeof(request), "%d", LIMIT_REQUEST_MS);
    /* clang-format off */
    const char *options[] = {
        "listening_ports", address,
        "num_threads", connections,
        "connection_queue", connections,
        "listen_backlog", connections,
        "max_request_size", head,
        "enable_keep_alive", "yes",
        "keep_alive_timeout_ms", keep,
        "request_timeout_ms", request,
        "tcp_nodelay", "1",
        "decode_url", "no",
        "decode_query_string", "no",
        "enable_auth_domain_check", "no",
        "enable_directory_listing", "no",
        "access_control_allow_origin", "",
        "access_control_allow_methods", "",
        "access_control_allow_headers", "",
        NULL,
    };
    /* clang-format on */
    return mg_start(&callbacks, c, options);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: bare PORT BYTES\n", stderr);
        return 2;
    }
    /* Blocked before the threads start, so that only sigwait sees them. */
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);

    struct constant c = constant_new(strtoul(argv[2], NULL, 10));
    mg_init_library(MG_FEATURES_DEFAULT);
    struct mg_context *civetweb = start(argv[1], &c);
    struct mg_server_port port = { 0 };
    if (!civetweb || mg_get_server_ports(civetweb, 1, &port) != 1) {
        fprintf(stderr, "bare: cannot listen on 127.0.0.1:%s\n", argv[1]);
        return 1;
    }
    printf("%d\n", port.port);
    fflush(stdout);

    int got;
    sigwait(&ends, &got);
    mg_stop(civetweb);
    mg_exit_library();
    free(c.bytes);
    return 0;
}

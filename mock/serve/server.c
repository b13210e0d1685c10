#include "serve/server.h"

#include <civetweb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "serve/address.h"
#include "serve/assemble.h"
#include "serve/head.h"
#include "serve/intake.h"
#include "serve/sockets.h"
#include "serve/stack.h"
#include "serve/watch.h"

_Static_assert(MG_MAX_HEADERS >= LIMIT_HEADERS, "fields past it would be lost");

struct server {
    struct mg_context *civetweb;
    struct watch *watch;
    struct server_options options;
    unsigned port;
    atomic_int under_way; /* calls read as far as the head and not answered yet */
    atomic_bool stopping;
};

/* What one of civetweb's threads has for itself. */
struct worker {
    struct server *server;
    struct arena *arena; /* NULL before the first call; most threads never get one */
    struct stack *stack; /* likewise */
    const char *head;    /* where civetweb's buffer for heads begins, as far as seen */
    struct watched reading;
    bool refused; /* civetweb refused what this connection sent */
    struct date date;
};

struct call {
    struct server *server;
    struct worker *worker;
    struct mg_connection *conn;
    const struct mg_request_info *info;
    const char *query; /* where civetweb has cut it off the target; else NULL */
    bool keep;         /* the connection, after the answer */
    bool unread;       /* some of the body may still be on its way */
    bool answered;     /* as the delivery says */
    bool inside;       /* between enter and leave of the server's options */
    struct framing framing;
    struct request request;
    struct delivery delivery;
    struct str answer;
};

/* The socket of a connection that is being served; -1 when it is not found. */
static int socket_of(const struct mg_request_info *info)
{
    return socket_find((unsigned)info->server_port, info->remote_addr,
                       (unsigned)info->remote_port);
}

/* -- what was asked --------------------------------------------------------------- */

static struct rejection head_take(struct call *c)
{
    const struct mg_request_info *info = c->info;
    struct worker *w = c->worker;
    struct request *r = &c->request;
    if (!w->head || info->request_method < w->head)
        w->head = info->request_method;
    for (int i = 0; i < info->num_headers && i < LIMIT_HEADERS; i++)
        r->headers[r->header_count++] =
            (struct header){ str(info->http_headers[i].name),
                             str(info->http_headers[i].value) };
    r->max_body = c->server->options.max_body;
    struct head head = { .begin = w->head,
                         .method = info->request_method,
                         .target = info->request_uri,
                         .version = info->http_version,
                         .query = c->query };
    struct rejection no = head_read(&head, r, &c->framing);
    c->keep = c->framing.keep;
    return no;
}

static int read_some(void *connection, char *to, size_t want)
{
    return mg_read(connection, to, want);
}

static void body_take(struct call *c)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct server_options *o = &c->server->options;
    struct watched *reading = &c->worker->reading;
    if (intake_wanted(&c->framing, &c->request)) {
        struct intake in = { read_some, c->conn, c->worker->arena };
        if (c->framing.expects)
            mg_write(c->conn, go_on, sizeof(go_on) - 1);
        watch_start(reading, (unsigned)c->info->server_port, c->info->remote_addr,
                    (unsigned)c->info->remote_port,
                    o->body_ms ? o->body_ms : LIMIT_REQUEST_MS);
        intake_read(&in, &c->framing, &c->request);
        watch_stop(reading);
    }
    c->unread = c->request.body_over_limit || c->request.body_cut_off;
    c->keep = c->keep && !c->unread;
}

/* -- one call --------------------------------------------------------------------- */

static struct manner manner_of(struct worker *w, const struct mg_request_info *info,
                               bool keep)
{
    const char *method = info->request_method;
    return (struct manner){ &w->date, keep, method && strcmp(method, "HEAD") == 0 };
}

/* Tells a client no; needs no arena. */
static void reject(struct mg_connection *conn, struct rejection no)
{
    char text[REJECTION_BYTES];
    struct manner m =
        manner_of(mg_get_thread_pointer(conn), mg_get_request_info(conn), false);
    mg_write(conn, text, assemble_rejection(no, m, text));
}

static void refuse(struct call *c, struct rejection no)
{
    c->keep = false;
    c->unread = true;
    reject(c->conn, no);
}

static void go_in(struct call *c)
{
    const struct server_options *o = &c->server->options;
    if (o->enter)
        o->enter(o->context);
    c->inside = true;
}

static void go_out(struct call *c)
{
    const struct server_options *o = &c->server->options;
    if (c->inside && o->leave)
        o->leave(o->context);
    c->inside = false;
}

/* False when the call needed more memory than one may have. Everything that changes
 * is in *c: a local variable would not survive the way back through the guard. */
static bool answer_make(struct call *c)
{
    struct arena *arena = c->worker->arena;
    if (setjmp(*arena_guard(arena))) {
        go_out(c);
        return false;
    }
    body_take(c);
    go_in(c);
    c->server->options.handle(c->server->options.context, &c->request, arena,
                              &c->delivery);
    if (c->delivery.connection != CONNECTION_KEEP ||
        c->delivery.response.status < 200 || atomic_load(&c->server->stopping))
        c->keep = false;
    c->answer = assemble(&c->delivery, manner_of(c->worker, c->info, c->keep), arena);
    go_out(c);
    arena_unguard(arena);
    return true;
}

static void call_answer(void *context)
{
    struct call *c = context;
    struct rejection no = head_take(c);
    if (no.status) {
        refuse(c, no);
        return;
    }
    if (!answer_make(c)) {
        refuse(c, (struct rejection){ 500, "this call needs more memory than one may "
                                           "have" });
        return;
    }
    clock_wait(c->delivery.delay_ms, &c->server->stopping);
    c->answered = true;
    switch (c->delivery.connection) {
    case CONNECTION_KEEP:
    case CONNECTION_CLOSE:
    case CONNECTION_CUT:
        mg_write(c->conn, c->answer.ptr, c->answer.len);
        return;
    case CONNECTION_DROP:
        return;
    case CONNECTION_RESET:
        socket_reset(socket_of(c->info));
        return;
    }
}

static void serve(struct mg_connection *conn, const char *query)
{
    struct call c = {
        .server = mg_get_user_context_data(conn),
        .worker = mg_get_thread_pointer(conn),
        .conn = conn,
        .info = mg_get_request_info(conn),
        .query = query,
    };
    atomic_fetch_add(&c.server->under_way, 1);
    if (!c.worker->arena)
        c.worker->arena = arena_new(LIMIT_CALL_MEMORY);
    if (!c.worker->stack)
        c.worker->stack = stack_new();
    if (c.worker->stack)
        stack_call(c.worker->stack, call_answer, &c);
    else
        refuse(&c, (struct rejection){ 503, "there is no memory for a stack" });
    if (c.delivery.after)
        c.delivery.after(c.delivery.after_what, c.answered);
    arena_reset(c.worker->arena);
    if (!c.keep)
        mg_disable_connection_keep_alive(conn);
    atomic_fetch_sub(&c.server->under_way, 1);
    if (c.unread)
        socket_linger(socket_of(c.info), &c.server->stopping);
}

/* -- what civetweb calls ---------------------------------------------------------- */

static void *on_thread(const struct mg_context *civetweb, int type)
{
    if (type != 1) /* only these serve connections */
        return NULL;
    struct worker *w = calloc(1, sizeof(*w));
    if (!w) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    w->server = mg_get_user_data(civetweb);
    watch_join(w->server->watch, &w->reading);
    return w;
}

static void on_thread_end(const struct mg_context *civetweb, int type, void *worker)
{
    struct worker *w = worker;
    (void)civetweb;
    (void)type;
    if (!w)
        return;
    watch_leave(w->server->watch, &w->reading);
    stack_free(w->stack);
    arena_free(w->arena);
    free(w);
}

/* Called before civetweb looks for a file; answering more than 0 keeps it from that. */
static int on_request(struct mg_connection *conn)
{
    serve(conn, mg_get_request_info(conn)->query_string);
    return 200;
}

/* civetweb gives up on "*" and on "http://another.host/" without a word to anybody;
 * this is the one place where they can still be answered. */
static void on_close(const struct mg_connection *conn)
{
    const struct mg_request_info *info = mg_get_request_info(conn);
    struct worker *w = mg_get_thread_pointer(conn);
    if (info && info->request_uri && !info->local_uri_raw && !w->refused) {
        /* It is const for this callback only; civetweb closes it afterwards. */
        struct mg_connection *writable;
        memcpy(&writable, &conn, sizeof(writable));
        serve(writable, NULL);
    }
    w->refused = false;
}

/* mg_read is not called here: after a head that failed it starts before its buffer. */
static int on_error(struct mg_connection *conn, int status, const char *message)
{
    const struct server *s = mg_get_user_context_data(conn);
    struct worker *w = mg_get_thread_pointer(conn);
    int fd = socket_of(mg_get_request_info(conn));
    w->refused = true;
    mg_disable_connection_keep_alive(conn);
    reject(conn, head_rejected(status, strcmp(message, "Malformed message") == 0 &&
                                           socket_overflowed(fd, LIMIT_HEAD_BYTES)));
    socket_linger(fd, &s->stopping);
    return 0;
}

/* Its complaints about clients are of no use on stderr. */
static int on_log(const struct mg_connection *conn, const char *message)
{
    (void)conn;
    (void)message;
    return 1;
}

/* -- start and stop --------------------------------------------------------------- */

static struct mg_context *civetweb_start(struct server *s)
{
    static const struct mg_callbacks callbacks = {
        .begin_request = on_request,
        .connection_close = on_close,
        .http_error = on_error,
        .log_message = on_log,
        .init_thread = on_thread,
        .exit_thread = on_thread_end,
    };
    char address[128], connections[16], head[16], keep[16], request[16];
    const char *open = strchr(s->options.host, ':') ? "[" : "";
    snprintf(address, sizeof(address), "%s%s%s:%u", open, s->options.host,
             *open ? "]" : "", s->options.port);
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
    return mg_start(&callbacks, s, options);
}

static void server_free(struct server *s)
{
    mg_stop(s->civetweb);
    watch_free(s->watch);
    mg_exit_library();
    free(s);
}

struct server *server_start(const struct server_options *options, struct err *err)
{
    if (!address_check(options->host, options->port, err))
        return NULL;
    struct server *s = calloc(1, sizeof(*s));
    if (!s) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    s->options = *options;
    mg_init_library(MG_FEATURES_DEFAULT);
    s->watch = watch_new();
    s->civetweb = s->watch ? civetweb_start(s) : NULL;
    struct mg_server_port port = { 0 };
    if (!s->civetweb || mg_get_server_ports(s->civetweb, 1, &port) != 1) {
        err_set(err, (struct where){ 0 },
                "cannot listen on %s:%u: the HTTP server does not start there",
                options->host, options->port);
        server_free(s);
        return NULL;
    }
    s->port = (unsigned)port.port;
    return s;
}

unsigned server_port(const struct server *s)
{
    return s->port;
}

void server_stop(struct server *s)
{
    if (!s)
        return;
    atomic_store(&s->stopping, true);
    sockets_stop_listening(s->port);
    uint64_t until = clock_monotonic_us() + LIMIT_STOP_MS * UINT64_C(1000);
    while (atomic_load(&s->under_way) > 0 && clock_monotonic_us() < until)
        nanosleep(&(struct timespec){ .tv_nsec = 2 * 1000 * 1000 }, NULL);
    sockets_stop_reading(s->port);
    server_free(s);
}

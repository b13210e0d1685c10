#include "serve/server.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "serve/sockets.h"
#include "serve/stack.h"
#include "serve/watch.h"

/* Bytes that are asked of civetweb at once. */
enum { READ_SLICE = 64 * 1024 };

/* How long a wait may go on before it looks whether the server stops. */
enum { WAIT_SLICE_MS = 20 };

/* The answers written here have a short body and few fields. */
enum { PROBLEM_BYTES = 1024 };

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
    struct arena *arena;
    struct stack *stack; /* NULL before the first call */
    const char *head;    /* where civetweb's buffer for heads begins, as far as seen */
    struct watched reading;
    bool refused; /* civetweb refused what this connection sent */
    time_t date_of;
    char date[32];
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
    bool chunked;      /* else told is the length */
    bool expects;      /* the client waits for "100 Continue" */
    bool inside;       /* between enter and leave of the server's options */
    unsigned long long told;
    struct request request;
    struct delivery delivery;
    struct str answer;
};

static uint64_t now_ms(void)
{
    return clock_monotonic_us() / 1000;
}

/* The socket of a connection that is being served; -1 when it is not found. */
static int socket_of(const struct mg_request_info *info)
{
    return socket_find((unsigned)info->server_port, info->remote_addr,
                       (unsigned)info->remote_port);
}

static void wait_ms(const struct server *s, int64_t ms)
{
    uint64_t until = clock_monotonic_us() + (uint64_t)ms * 1000;
    for (;;) {
        uint64_t now = clock_monotonic_us();
        if (now >= until || atomic_load(&s->stopping))
            return;
        uint64_t left = until - now;
        if (left > WAIT_SLICE_MS * 1000)
            left = WAIT_SLICE_MS * 1000;
        nanosleep(&(struct timespec){ .tv_nsec = (long)left * 1000 }, NULL);
    }
}

/* -- what was asked --------------------------------------------------------------- */

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.ptr[i]) &&
            (!s.ptr[i] || !strchr("!#$%&'*+-.^_`|~", s.ptr[i])))
            return false;
    return s.len > 0;
}

static bool ends_with_crlf(const char *line, const char *next)
{
    return next == line + strlen(line) + 2;
}

/* True when the head is made of the parts that civetweb found and nothing else.
 *
 * civetweb puts NULs behind the parts. It takes spaces where none may be, stops at the
 * first line that it cannot read and drops the rest, Content-Length included, and
 * skips white space before a request without counting it: then it may even find the
 * remains of the request that was in the buffer before. Each shows as a gap:
 *
 *     GET·/pets·HTTP/1.1··Host··a.b··Accept··*·/·*··CR·
 *        ^     ^        ^^    ^                   ^^  ^      one NUL each */
static bool head_is_whole(const struct call *c)
{
    struct worker *w = c->worker;
    const struct mg_request_info *r = c->info;
    const char *method = r->request_method;
    if (!w->head || method < w->head)
        w->head = method;
    size_t skipped = (size_t)(method - w->head);
    if (skipped != 0 && (skipped != 2 || memcmp(w->head, "\r\n", 2) != 0))
        return false;

    const char *target = r->request_uri, *version = r->http_version;
    const char *target_end = target + strlen(target);
    const char *query = target_end + 1;
    if (c->query == query) /* the '?' became a NUL */
        target_end = query + strlen(query);
    if (target != method + strlen(method) + 1 ||
        version != target_end + 1 + strlen("HTTP/"))
        return false;

    const char *line = version;
    for (int i = 0; i < r->num_headers; i++) {
        const char *name = r->http_headers[i].name, *value = r->http_headers[i].value;
        const char *colon = name + strlen(name);
        if (!ends_with_crlf(line, name) || (value > colon + 1 && !colon[1]))
            return false;
        line = value;
    }
    const char *end = line + strlen(line);
    if (end + 4 > w->head + LIMIT_HEAD_BYTES)
        return false;
    /* With no fields at all, the last CR became a NUL too. */
    return !end[0] && !end[1] && end[2] == (r->num_headers ? '\r' : '\0') && !end[3];
}

/* Takes the path and the query out of a target in any of its forms. */
static void target_read(struct request *r, const char *target, const char *query)
{
    struct str t = str(target);
    const char *mark = memchr(t.ptr, '?', t.len);
    if (mark) { /* civetweb cuts it off only in requests that it calls its own */
        query = mark + 1;
        t.len = (size_t)(mark - t.ptr);
    }
    const char *host = t.ptr[0] == '/' ? NULL : strstr(t.ptr, "://");
    if (host && host < t.ptr + t.len) {
        host += strlen("://");
        const char *path = memchr(host, '/', t.len - (size_t)(host - t.ptr));
        t = path ? str_from(t, (size_t)(path - t.ptr)) : STR("/");
    }
    r->path = t;
    r->query = query ? str(query) : (struct str){ NULL, 0 };
}

static bool length_read(struct str text, unsigned long long *length)
{
    *length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!isdigit((unsigned char)text.ptr[i]))
            return false;
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (*length > ((unsigned long long)LLONG_MAX - digit) / 10)
            return false; /* civetweb would take it for another one */
        *length = *length * 10 + digit;
    }
    return text.len > 0;
}

/* What a refused client is told; status is 0 when there is nothing to refuse. */
struct refusal {
    int status;
    const char *why;
};
#define REFUSE(status, why) \
    return (struct refusal) \
    {                       \
        status, why         \
    }

/* Reads how the length of the body is told; there must be one way to read it. */
static struct refusal framing_read(struct call *c)
{
    bool has_length = false;
    for (size_t i = 0; i < c->request.header_count; i++) {
        struct header h = c->request.headers[i];
        if (str_equal_nocase(h.name, STR("Content-Length"))) {
            unsigned long long length;
            if (!length_read(h.value, &length))
                REFUSE(400, "Content-Length is not a number of bytes");
            if (has_length && length != c->told)
                REFUSE(400, "Content-Length is given twice and differs");
            has_length = true;
            c->told = length;
        } else if (str_equal_nocase(h.name, STR("Transfer-Encoding"))) {
            if (c->chunked || !str_equal_nocase(h.value, STR("chunked")))
                REFUSE(501, "the only Transfer-Encoding understood is chunked, once");
            c->chunked = true;
        }
    }
    if (c->chunked && has_length)
        REFUSE(400, "a request has Content-Length or Transfer-Encoding, not both");
    if (c->chunked && strcmp(c->info->http_version, "1.1") != 0)
        REFUSE(400, "HTTP/1.0 has no Transfer-Encoding");
    return (struct refusal){ 0 };
}

static struct refusal expectation_read(struct call *c)
{
    struct str expect = request_header(&c->request, "Expect");
    if (!expect.ptr || strcmp(c->info->http_version, "1.1") != 0)
        return (struct refusal){ 0 };
    if (!str_equal_nocase(expect, STR("100-continue")))
        REFUSE(417, "the only expectation that can be met is 100-continue");
    c->expects = true;
    return (struct refusal){ 0 };
}

/* Whether the connection lives on. civetweb looks at the first Connection field only
 * and closes unless it has keep-alive in it; what is promised here must be kept there,
 * so anything unusual closes. */
static bool wants_keep(const struct call *c)
{
    bool any = false, keep = false;
    for (size_t i = 0; i < c->request.header_count; i++) {
        if (!str_equal_nocase(c->request.headers[i].name, STR("Connection")))
            continue;
        struct str rest = c->request.headers[i].value, option;
        while (str_split(&rest, ',', &option)) {
            option = str_trim(option);
            if (str_equal_nocase(option, STR("keep-alive")))
                keep = keep || !any;
            else if (!str_equal_nocase(option, STR("te")))
                return false;
        }
        any = true;
    }
    /* civetweb can read past a trailer only by closing the connection. */
    if (c->chunked && request_header(&c->request, "Trailer").ptr)
        return false;
    return any ? keep : strcmp(c->info->http_version, "1.1") == 0;
}

/* What civetweb refuses to read may come as a POST that says what it is. Other methods
 * mean themselves. */
static struct str method_read(const struct call *c)
{
    struct str said = request_header(&c->request, "X-HTTP-Method-Override");
    bool meant = strcmp(c->info->request_method, "POST") == 0 && is_token(said) &&
                 !server_takes(said);
    return meant ? said : str(c->info->request_method);
}

/* Fills the request but for its body, or says why not. */
static struct refusal head_read(struct call *c)
{
    const struct mg_request_info *info = c->info;
    struct request *r = &c->request;
    if (info->num_headers >= LIMIT_HEADERS)
        REFUSE(431, "there are too many header fields");
    if (!head_is_whole(c))
        REFUSE(400, "a line of the head is malformed");

    target_read(r, info->request_uri, c->query);
    r->max_body = c->server->options.max_body;
    size_t hosts = 0;
    for (int i = 0; i < info->num_headers; i++) {
        struct header h = { str(info->http_headers[i].name),
                            str_trim(str(info->http_headers[i].value)) };
        if (!is_token(h.name))
            REFUSE(400,
                   "the name of a header field has a character that is not allowed");
        hosts += str_equal_nocase(h.name, STR("Host"));
        r->headers[r->header_count++] = h;
    }
    if (hosts > 1 || (hosts == 0 && strcmp(info->http_version, "1.1") == 0))
        REFUSE(400, "an HTTP/1.1 request has one Host field");
    r->method = method_read(c);

    struct refusal no = framing_read(c);
    if (!no.status)
        no = expectation_read(c);
    return no;
}

/* -- the body --------------------------------------------------------------------- */

static void body_over_limit(struct call *c)
{
    c->request.body = (struct str){ NULL, 0 };
    c->request.body_over_limit = true;
    c->unread = true;
    c->keep = false;
}

static void body_cut_off(struct call *c)
{
    c->request.body_cut_off = true;
    c->unread = true;
    c->keep = false;
}

/* At most room bytes; *all tells whether the body ended. False when it broke off.
 * mg_read comes back with less than it was asked for only when there will be no more,
 * and for a chunked body it says so by 0 or an error. */
static bool body_fill(struct call *c, char *to, size_t room, size_t *len, bool *all)
{
    *all = false;
    while (*len < room) {
        size_t want = room - *len < READ_SLICE ? room - *len : READ_SLICE;
        int got = mg_read(c->conn, to + *len, want);
        if (got < 0 || (got == 0 && !c->chunked))
            return false;
        *len += (size_t)got;
        *all = got == 0;
        if (*all)
            return true;
        if (!c->chunked && (size_t)got < want)
            return false;
    }
    return true;
}

static void body_read_told(struct call *c)
{
    size_t len = 0, told = (size_t)c->told;
    bool all;
    char *bytes = arena_take_raw(c->worker->arena, told + 1);
    if (!body_fill(c, bytes, told, &len, &all))
        body_cut_off(c);
    bytes[len] = '\0';
    c->request.body = (struct str){ bytes, len };
}

static void body_read_chunked(struct call *c)
{
    struct arena *arena = c->worker->arena;
    size_t most = c->request.max_body + 1, len = 0;
    size_t room = most < READ_SLICE ? most : READ_SLICE;
    char *bytes = arena_take_raw(arena, room + 1);
    for (bool all = false; !all;) {
        if (!body_fill(c, bytes, room, &len, &all)) {
            body_cut_off(c);
            break;
        }
        if (len >= most) {
            body_over_limit(c);
            return;
        }
        if (len == room) {
            size_t twice = room > most / 2 ? most : 2 * room;
            char *larger = arena_take_raw(arena, twice + 1);
            memcpy(larger, bytes, len);
            bytes = larger;
            room = twice;
        }
    }
    bytes[len] = '\0';
    if (len > 0)
        c->request.body = (struct str){ bytes, len };
}

static void body_read(struct call *c)
{
    if (!c->chunked && c->told == 0)
        return;
    if (!c->chunked && c->told > c->request.max_body) {
        body_over_limit(c);
        return;
    }
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (c->expects)
        mg_write(c->conn, go_on, sizeof(go_on) - 1);
    struct watched *reading = &c->worker->reading;
    watch_start(reading, (unsigned)c->info->server_port, c->info->remote_addr,
                (unsigned)c->info->remote_port,
                c->server->options.body_ms ? c->server->options.body_ms
                                           : LIMIT_REQUEST_MS);
    if (c->chunked)
        body_read_chunked(c);
    else
        body_read_told(c);
    watch_stop(reading);
}

/* -- the answer ------------------------------------------------------------------- */

/* Bytes being put one behind the other into a room known to be large enough. */
struct pen {
    char *at;
};

static void put(struct pen *p, struct str text)
{
    if (text.len)
        memcpy(p->at, text.ptr, text.len);
    p->at += text.len;
}

static void put_number(struct pen *p, unsigned long long n)
{
    char digits[24];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + n % 10);
    while (n /= 10);
    put(p, (struct str){ digits + at, sizeof(digits) - at });
}

/* A value cannot end its line early, whatever it was made from. */
static void put_value(struct pen *p, struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        *p->at++ = (c >= 0 && c < ' ' && c != '\t') || c == 0x7f ? ' ' : c;
    }
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", written once a second. */
static struct str date_of(struct worker *w)
{
    time_t now = time(NULL);
    if (now != w->date_of) {
        struct tm t;
        gmtime_r(&now, &t);
        strftime(w->date, sizeof(w->date), "%a, %d %b %Y %H:%M:%S GMT", &t);
        w->date_of = now;
    }
    return str(w->date);
}

/* Framing is the server's; a field that would contradict it is left out. */
static bool is_ours(struct str name)
{
    return str_equal_nocase(name, STR("Content-Length")) ||
           str_equal_nocase(name, STR("Transfer-Encoding")) ||
           str_equal_nocase(name, STR("Connection"));
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

/* Head and body in one piece, so that they leave in one write. */
static void answer_assemble(struct call *c)
{
    const struct delivery *d = &c->delivery;
    const struct response *r = &d->response;
    struct str phrase = str(status_phrase(r->status));
    struct str body = has_body(r->status) ? r->body : STR("");
    size_t room = 256 + phrase.len + body.len;
    for (size_t i = 0; i < r->header_count; i++)
        room += r->headers[i].name.len + r->headers[i].value.len + 4;

    char *start = arena_take_raw(c->worker->arena, room);
    struct pen p = { start };
    put(&p, STR("HTTP/1.1 "));
    put_number(&p, (unsigned)r->status);
    put(&p, STR(" "));
    put(&p, phrase);
    put(&p, STR("\r\n"));
    if (!response_header_of(r, "Date").ptr) {
        put(&p, STR("Date: "));
        put(&p, date_of(c->worker));
        put(&p, STR("\r\n"));
    }
    for (size_t i = 0; i < r->header_count; i++) {
        if (is_ours(r->headers[i].name) || !is_token(r->headers[i].name))
            continue;
        put(&p, r->headers[i].name);
        put(&p, STR(": "));
        put_value(&p, r->headers[i].value);
        put(&p, STR("\r\n"));
    }
    if (has_body(r->status)) {
        put(&p, STR("Content-Length: "));
        put_number(&p, body.len);
        put(&p, STR("\r\n"));
    }
    put(&p, c->keep ? STR("Connection: keep-alive\r\n\r\n")
                    : STR("Connection: close\r\n\r\n"));
    if (d->connection == CONNECTION_CUT && body.len > d->cut_after)
        body.len = d->cut_after;
    if (!str_is(c->request.method, "HEAD"))
        put(&p, body);
    c->answer = (struct str){ start, (size_t)(p.at - start) };
}

/* The server's own answers (RFC 9457); needs no arena. why has nothing to escape. */
static void problem_write(struct mg_connection *conn, struct refusal no)
{
    struct worker *w = mg_get_thread_pointer(conn);
    char body[PROBLEM_BYTES / 2], text[PROBLEM_BYTES];
    const struct mg_request_info *info = mg_get_request_info(conn);
    bool head = info->request_method && !strcmp(info->request_method, "HEAD");
    int len = snprintf(body, sizeof(body),
                       "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,"
                       "\"detail\":\"%s\"}",
                       status_phrase(no.status), no.status, no.why);
    int all = snprintf(text, sizeof(text),
                       "HTTP/1.1 %d %s\r\nDate: %s\r\n"
                       "Content-Type: application/problem+json\r\n"
                       "Content-Length: %d\r\nConnection: close\r\n\r\n%s",
                       no.status, status_phrase(no.status), date_of(w).ptr, len,
                       head ? "" : body);
    mg_write(conn, text, (size_t)all);
}

static void refuse(struct call *c, struct refusal no)
{
    c->keep = false;
    c->unread = true;
    problem_write(c->conn, no);
}

/* -- one call --------------------------------------------------------------------- */

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
    body_read(c);
    go_in(c);
    c->server->options.handle(c->server->options.context, &c->request, arena,
                              &c->delivery);
    if (c->delivery.connection != CONNECTION_KEEP ||
        c->delivery.response.status < 200 || atomic_load(&c->server->stopping))
        c->keep = false;
    answer_assemble(c);
    go_out(c);
    arena_unguard(arena);
    return true;
}

static void call_answer(void *context)
{
    struct call *c = context;
    struct refusal no = head_read(c);
    if (no.status) {
        refuse(c, no);
        return;
    }
    c->keep = wants_keep(c);
    if (!answer_make(c)) {
        refuse(c, (struct refusal){ 500, "this call needs more memory than one may "
                                         "have" });
        return;
    }
    wait_ms(c->server, c->delivery.delay_ms);
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
    if (!c.worker->stack)
        c.worker->stack = stack_new();
    if (c.worker->stack)
        stack_call(c.worker->stack, call_answer, &c);
    else
        refuse(&c, (struct refusal){ 503, "there is no memory for a stack" });
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
    w->arena = arena_new(LIMIT_CALL_MEMORY);
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

/* What to tell for civetweb's own refusals. It calls a head that does not fit into its
 * buffer malformed too; then the client has sent more than it took. */
static struct refusal refusal_of(int status, const char *message, int fd)
{
    switch (status) {
    case 411:
        return (struct refusal){ 400, "Content-Length is not a number of bytes" };
    case 505:
        return (struct refusal){ 505, "HTTP/1.1 and HTTP/1.0 are spoken here" };
    case 400:
    case 413:
        if (status == 413 || (strcmp(message, "Malformed message") == 0 &&
                              socket_overflowed(fd, LIMIT_HEAD_BYTES)))
            return (struct refusal){ 431, "the request line and header fields are too "
                                          "long" };
        return (struct refusal){ 400, "the request cannot be understood" };
    default:
        return (struct refusal){ status, "the request cannot be served" };
    }
}

/* mg_read is not called here: after a head that failed it starts before its buffer. */
static int on_error(struct mg_connection *conn, int status, const char *message)
{
    const struct server *s = mg_get_user_context_data(conn);
    struct worker *w = mg_get_thread_pointer(conn);
    int fd = socket_of(mg_get_request_info(conn));
    w->refused = true;
    mg_disable_connection_keep_alive(conn);
    problem_write(conn, refusal_of(status, message, fd));
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

static bool address_read(const struct server_options *o, struct sockaddr_storage *a,
                         socklen_t *size)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)o->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)o->port) };
    memset(a, 0, sizeof(*a));
    if (inet_pton(AF_INET, o->host, &v4.sin_addr) == 1) {
        memcpy(a, &v4, *size = sizeof(v4));
        return true;
    }
    if (inet_pton(AF_INET6, o->host, &v6.sin6_addr) == 1) {
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
               "picks "
               "a free one)";
    case EADDRNOTAVAIL:
        return "this machine does not have that address; choose 127.0.0.1 or another "
               "of "
               "its own";
    case EACCES:
        return "that port is reserved for the system; choose one from 1024 to 65535";
    default:
        return strerror(error);
    }
}

/* civetweb does not tell why it cannot listen, so it is tried beforehand. */
static bool address_check(const struct server_options *o, struct err *err)
{
    struct where nowhere = { 0 };
    struct sockaddr_storage a;
    socklen_t size = 0;
    int on = 1;
    if (o->port > 65535)
        return err_set(err, nowhere, "a port is 0 to 65535, not %u", o->port);
    if (!address_read(o, &a, &size))
        return err_set(err, nowhere,
                       "an address to listen on is numeric, like 127.0.0.1 or ::1, not "
                       "\"%s\"",
                       o->host);
    int fd = socket(a.ss_family, SOCK_STREAM, 0);
    bool ok = fd >= 0 &&
              setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
              bind(fd, (struct sockaddr *)&a, size) == 0 && listen(fd, 1) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (!ok)
        err_set(err, nowhere, "cannot listen on %s:%u: %s", o->host, o->port,
                what_to_do(error));
    return ok;
}

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
    if (!address_check(options, err))
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
    uint64_t until = now_ms() + LIMIT_STOP_MS;
    while (atomic_load(&s->under_way) > 0 && now_ms() < until)
        nanosleep(&(struct timespec){ .tv_nsec = 2 * 1000 * 1000 }, NULL);
    sockets_stop_reading(s->port);
    server_free(s);
}

bool server_takes(struct str method)
{
    static const char *const known[] = {
        "GET",   "POST",  "PUT",      "DELETE",    "HEAD", "CONNECT", "OPTIONS",
        "PATCH", "MKCOL", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK",  "REPORT",
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_is(method, known[i]))
            return true;
    return false;
}

#include "serve/outgoing.h"

#include "base/limits.h"

/* Its type checks are macros of its functions' names. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

/* ---- the library ----
 *
 * libcurl brings two dozen other libraries: five megabytes that a mock without
 * callbacks does without. So it is opened at the first callback, once, and stays. */

#undef curl_easy_setopt
#undef curl_easy_getinfo
#define FUNCTIONS(X)                                                                  \
    X(global_init)                                                                    \
    X(easy_init)                                                                      \
    X(easy_cleanup)                                                                   \
    X(easy_reset) X(easy_setopt) X(easy_perform) X(easy_getinfo) X(easy_strerror)     \
        X(slist_append) X(slist_free_all) X(url) X(url_cleanup) X(url_set) X(url_get) \
            X(url_strerror) X(free)

#define MEMBER(name) __typeof__(&curl_##name) name;
static struct {
    FUNCTIONS(MEMBER)
} lib;
static bool lib_ready;

static bool find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof(found));
    return found;
}

static void lib_open(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
#define FIND(name) &&find(library, "curl_" #name, &lib.name)
    lib_ready =
        library FUNCTIONS(FIND) && lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static bool lib_is_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, lib_open);
    return lib_ready;
}

struct outgoing {
    struct outgoing_options options;
    CURL *curl;
    CURLU *url;
    struct curl_slist *lines;
    char error[CURL_ERROR_SIZE];
    bool anywhere;  /* the host of this call was allowed by name */
    bool elsewhere; /* the address that it led to is not this machine's */
    bool too_long;
    size_t head;
    size_t len;
    char body[LIMIT_CALLBACK_ANSWER];
};

struct outgoing *outgoing_new(const struct outgoing_options *options)
{
    struct outgoing *o = calloc(1, sizeof(*o));
    if (!o)
        return NULL;
    o->options = *options;
    o->curl = lib_is_ready() ? lib.easy_init() : NULL;
    o->url = o->curl ? lib.url() : NULL;
    if (o->url)
        return o;
    outgoing_free(o);
    return NULL;
}

void outgoing_free(struct outgoing *o)
{
    if (!o)
        return;
    if (lib_ready) {
        lib.slist_free_all(o->lines);
        lib.url_cleanup(o->url);
        lib.easy_cleanup(o->curl);
    }
    free(o);
}

/* ---- where it may go ---- */

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)a)->sin6_addr);
    if (a->sa_family != AF_INET)
        return false;
    return ntohl(((const struct sockaddr_in *)a)->sin_addr.s_addr) >> 24 == 127;
}

/* host is as libcurl gives it back: 127.1 has become 127.0.0.1. */
static bool names_this_machine(const char *host)
{
    static const struct str end = { ".localhost", 10 };
    struct str h = str(host);
    return str_equal_nocase(h, STR("localhost")) || strcmp(host, "[::1]") == 0 ||
           (str_starts(h, STR("127.")) &&
            strspn(host, "0123456789.") == strlen(host)) ||
           (h.len > end.len && str_equal_nocase(str_from(h, h.len - end.len), end));
}

/* "[::1]" and "::1" are the same host. */
static struct str without_brackets(const char *host)
{
    struct str h = str(host);
    bool has = h.len > 2 && h.ptr[0] == '[' && h.ptr[h.len - 1] == ']';
    return has ? (struct str){ h.ptr + 1, h.len - 2 } : h;
}

static bool is_allowed(const struct outgoing *o, const char *host)
{
    for (size_t i = 0; i < o->options.allowed_count; i++) {
        const char *one = o->options.allowed[i];
        if (strcmp(one, "*") == 0 ||
            str_equal_nocase(without_brackets(one), without_brackets(host)))
            return true;
    }
    return false;
}

/* A token (RFC 9110, 5.6.2), so that it stays inside its line. */
static bool is_method(const char *text)
{
    return *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
                                       "uvwxyz0123456789!#$%&'*+-.^_`|~")];
}

/* Reads the URL once, with the reader that the call is made by. Why it is not gone to,
 * or NULL. */
static const char *aim(struct outgoing *o, const char *url, struct arena *arena)
{
    char *scheme = NULL, *host = NULL;
    const char *why = NULL;
    CURLUcode code = lib.url_set(o->url, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
    if (code)
        return arena_printf(arena, "not fired: this is no URL to go to: %s",
                            lib.url_strerror(code));
    if (lib.url_get(o->url, CURLUPART_SCHEME, &scheme, 0) ||
        lib.url_get(o->url, CURLUPART_HOST, &host, 0))
        why = "not fired: the URL has no host";
    else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        why = "not fired: only http and https are spoken";
    else if (!(o->anywhere = is_allowed(o, host)) && !names_this_machine(host))
        why = arena_printf(arena,
                           "not fired: %.200s is not this machine; --allow-callbacks "
                           "%.200s allows it",
                           host, host);
    lib.free(scheme);
    lib.free(host);
    return why;
}

/* ---- what libcurl calls ---- */

static curl_socket_t on_socket(void *context, curlsocktype purpose,
                               struct curl_sockaddr *address)
{
    struct outgoing *o = context;
    (void)purpose;
    if (!o->anywhere && !is_loopback(&address->addr)) {
        o->elsewhere = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c,
                       curl_off_t d)
{
    const struct outgoing *o = context;
    (void)a, (void)b, (void)c, (void)d;
    return o->options.stop && atomic_load(o->options.stop);
}

static size_t on_head(char *bytes, size_t size, size_t count, void *context)
{
    struct outgoing *o = context;
    (void)bytes;
    o->head += size * count;
    o->too_long = o->head > LIMIT_CALLBACK_ANSWER;
    return o->too_long ? 0 : size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct outgoing *o = context;
    size_t n = size * count;
    o->too_long = n > sizeof(o->body) - o->len;
    if (o->too_long)
        return 0;
    memcpy(o->body + o->len, bytes, n);
    o->len += n;
    return n;
}

/* ---- one call ---- */

static bool add_line(struct outgoing *o, const char *line)
{
    struct curl_slist *list = lib.slist_append(o->lines, line);
    if (list)
        o->lines = list;
    return list;
}

/* A field without a value takes libcurl's own away. */
static bool add_lines(struct outgoing *o, const struct outgoing_call *call)
{
    bool typed = false, ok = add_line(o, "Expect:");
    for (size_t i = 0; i < call->line_count && ok; i++) {
        struct str rest = str(call->lines[i]), name;
        str_split(&rest, ':', &name);
        typed = typed || str_equal_nocase(name, STR("Content-Type"));
        ok = add_line(o, call->lines[i]);
    }
    return ok && (typed || add_line(o, "Content-Type:"));
}

static bool has_body(const struct outgoing_call *call)
{
    static const char *const without[] = { "GET", "HEAD", "DELETE", "OPTIONS",
                                           "TRACE" };
    for (size_t i = 0; i < COUNT(without); i++)
        if (!call->body.ptr && strcmp(call->method, without[i]) == 0)
            return false;
    return true;
}

static unsigned patience(const struct outgoing *o, const struct outgoing_call *call)
{
    unsigned most = o->options.timeout_ms ? o->options.timeout_ms : LIMIT_CALLBACK_MS;
    return call->timeout_ms && call->timeout_ms < most ? call->timeout_ms : most;
}

static void prepare(struct outgoing *o, const struct outgoing_call *call)
{
    CURL *c = o->curl;
    lib.easy_setopt(c, CURLOPT_CURLU, o->url);
    lib.easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    lib.easy_setopt(c, CURLOPT_PROXY, "");
    lib.easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    lib.easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    lib.easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    /* Whoever is called may end at any time: nothing is kept open to it. */
    lib.easy_setopt(c, CURLOPT_FORBID_REUSE, 1L);
    lib.easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_CALLBACK_CONNECT_MS);
    lib.easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)patience(o, call));
    lib.easy_setopt(c, CURLOPT_USERAGENT, "understudy/" UNDERSTUDY_VERSION);
    lib.easy_setopt(c, CURLOPT_ERRORBUFFER, o->error);
    lib.easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    lib.easy_setopt(c, CURLOPT_OPENSOCKETDATA, o);
    lib.easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    lib.easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    lib.easy_setopt(c, CURLOPT_XFERINFODATA, o);
    lib.easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
    lib.easy_setopt(c, CURLOPT_HEADERDATA, o);
    lib.easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    lib.easy_setopt(c, CURLOPT_WRITEDATA, o);
    lib.easy_setopt(c, CURLOPT_HTTPHEADER, o->lines);
    if (has_body(call)) {
        lib.easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        lib.easy_setopt(c, CURLOPT_POSTFIELDS, call->body.ptr ? call->body.ptr : "");
    }
    if (strcmp(call->method, "HEAD") == 0)
        lib.easy_setopt(c, CURLOPT_NOBODY, 1L);
    else
        lib.easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->method);
}

static const char *reason(const struct outgoing *o, CURLcode code, struct arena *arena)
{
    if (o->elsewhere)
        return "not fired: the name leads to an address that is not this machine's";
    if (o->too_long)
        return arena_printf(arena, "the answer is longer than %zu bytes",
                            LIMIT_CALLBACK_ANSWER);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return "broken off: the mock is stopping";
    return arena_printf(arena, "%s", o->error[0] ? o->error : lib.easy_strerror(code));
}

bool outgoing_send(struct outgoing *o, const struct outgoing_call *call,
                   struct arena *arena, struct outgoing_answer *answer,
                   const char **why)
{
    *answer = (struct outgoing_answer){ .tried = false };
    o->anywhere = o->elsewhere = o->too_long = false;
    o->head = o->len = 0;
    o->error[0] = '\0';
    lib.slist_free_all(o->lines);
    o->lines = NULL;
    *why = is_method(call->method) ? aim(o, call->url, arena)
                                   : "not fired: the method is none of HTTP";
    if (*why)
        return false;
    lib.easy_reset(o->curl);
    if (!add_lines(o, call)) {
        *why = "out of memory";
        return false;
    }
    prepare(o, call);
    CURLcode code = lib.easy_perform(o->curl);
    answer->tried = !o->elsewhere;
    if (code != CURLE_OK) {
        *why = reason(o, code, arena);
        return false;
    }
    long status = 0;
    char *type = NULL;
    lib.easy_getinfo(o->curl, CURLINFO_RESPONSE_CODE, &status);
    lib.easy_getinfo(o->curl, CURLINFO_CONTENT_TYPE, &type);
    *answer = (struct outgoing_answer){
        .tried = true,
        .status = (int)status,
        .content_type = type ? arena_copy(arena, str(type)) : NULL,
        .body = { arena_copy(arena, (struct str){ o->body, o->len }), o->len },
    };
    return true;
}

/* Calls to the bundled APIs and to some that have every way to answer, to remember, to
 * call back and to ask for credentials: whatever is asked, an answer that is one. What
 * is called back is made and told in the journal, but no socket is opened for it.
 *
 * The input is a few requests one after the other, all on the same namespaces, which
 * start from the seed each time:
 *
 *     PUT /components/instances
 *     Content-Type: application/json
 *
 *     {"identifier": "a"}
 *     ---
 *     GET /__admin/requests?limit=1
 */
#include "command/load.h"
#include "play/play.h"
#include "play/snapshot.h"
#include "serve/admin.h"
#include "serve/callback.h"
#include "serve/handle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { MOST_CALLS = 24, MOST_NAMESPACES = 6 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loaded loaded;
static struct service service;

/* In place of the system's: an input names whoever it likes. */
int socket(int domain, int type, int protocol)
{
    (void)domain, (void)type, (void)protocol;
    errno = EACCES;
    return -1;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct options o = {
        .specs = { "specs", "tests/data/answers.yaml", "tests/data/guarded.yaml",
                   "tests/data/tasks.yaml", "tests/data/http.yaml",
                   "tests/data/revs.yaml", "tests/data/told.yaml",
                   "tests/data/hooks.yaml", "tests/data/library.yaml",
                   "tests/data/inferred.yaml", "tests/data/forge.yaml",
                   "tests/data/shelter.yaml", "tests/data/depot.yaml",
                   "tests/data/family.yaml", "tests/data/defaults.yaml",
                   "tests/data/lending.yaml" },
        .spec_count = 16,
        .seed = 1,
        .clock = { .still = true, .at = 1767225600000 }
    };
    (void)argc;
    (void)argv;
    if (!load(&loaded, &o)) {
        load_print(&loaded, true, stderr);
        exit(2);
    }
    service = (struct service){ .world = &loaded.world,
                                .journal = journal_new(),
                                .admin = admin_new(),
                                .cors = true,
                                .quiet = true };
    const struct callbacks_options reach = { .service = &service, .quiet = true };
    service.callbacks = callbacks_new(&reach);
    return service.callbacks && world_open(&loaded.world) ? 0 : 2;
}

/* Up to a line of its own that is "---". */
static bool next_call(struct str *rest, struct str *call)
{
    struct str all = *rest, line;
    if (!rest->ptr)
        return false;
    while (str_split(rest, '\n', &line))
        if (str_is(line, "---")) {
            *call = (struct str){ all.ptr, (size_t)(line.ptr - all.ptr) };
            return true;
        }
    *call = all;
    return true;
}

/* What the server lets through: a known method, a path, fields with a token as name. */
static bool request_of(struct str text, struct request *r)
{
    static const char *const methods[] = { "GET",   "PUT",  "POST",   "DELETE",
                                           "PATCH", "HEAD", "OPTIONS" };
    struct str line, name;
    *r = (struct request){ .max_body = 64 * 1024 };
    if (!str_split(&text, '\n', &line) || !str_split(&line, ' ', &name) || !line.len ||
        line.ptr[0] != '/' || memchr(line.ptr, '\0', line.len))
        return false;
    for (size_t i = 0; i < COUNT(methods); i++)
        if (str_is(name, methods[i]))
            r->method = name;
    struct str query = line;
    str_split(&query, '?', &r->path);
    r->query = query;
    while (str_split(&text, '\n', &line) && line.len) {
        struct str value = line;
        str_split(&value, ':', &name);
        if (!value.ptr || !name.len || r->header_count == LIMIT_HEADERS - 1 ||
            memchr(line.ptr, '\0', line.len))
            return false;
        r->headers[r->header_count++] = (struct header){ name, str_trim(value) };
    }
    if (text.len && text.ptr[text.len - 1] == '\n')
        text.len--;
    r->body_over_limit = text.len > r->max_body;
    if (text.len && !r->body_over_limit)
        r->body = text;
    return r->method.len > 0;
}

static struct namespace *states[LIMIT_NAMESPACES + LIMIT_SNAPSHOTS];

static bool has_own_fault(void)
{
    size_t count = world_states(&loaded.world, states);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < states[i]->running_count; j++)
            if (strcmp(running_scenario(states[i]->running[j])->file, "fault") == 0)
                return true;
    return false;
}

static void insist(bool holds, const char *what, struct str call,
                   const struct response *r)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n%.*s\n\n%d\n%.*s\n", what, (int)call.len, call.ptr, r->status,
            (int)r->body.len, r->body.ptr ? r->body.ptr : "");
    abort();
}

static void check(struct str call, const struct delivery *d, struct arena *arena)
{
    const struct response *r = &d->response;
    struct json_error why;
    insist(r->status >= 200 && r->status <= 599, "a status of its own", call, r);
    insist(d->delay_ms >= 0 && d->delay_ms <= LIMIT_DELAY_MS, "a delay", call, r);
    insist(r->header_count <= RESPONSE_HEADERS, "too many fields", call, r);
    struct str type = response_header_of(r, "Content-Type");
    insist(!r->body.len || type.ptr, "a body without a type", call, r);
    bool json = type.ptr && strstr(arena_copy(arena, type), "json");
    insist(!r->body.len || !json || json_read(r->body, LIMIT_YAML_NODES, arena, &why),
           "a body that is not JSON", call, r);
    /* A fault made by hand may say anything, and one example is wrong on purpose. */
    bool meant = has_own_fault() ||
                 strstr(arena_copy(arena, r->body), "to examples breaks the contract");
    struct str contract = response_header_of(r, "Understudy-Contract");
    insist(!contract.ptr || str_is(contract, "forced") || meant,
           "an answer that breaks the contract", call, r);
}

static void answer(struct str call, struct arena *arena)
{
    struct request *r = arena_take(arena, sizeof(*r));
    struct delivery *d = arena_take(arena, sizeof(*d));
    bool new_ones = world_states(&loaded.world, states) < MOST_NAMESPACES;
    if (!request_of(call, r))
        return;
    if (!new_ones && (str_starts(r->path, STR("/~")) ||
                      request_header(r, "Understudy-Namespace").ptr))
        return;
    handle(&service, r, arena, d);
    check(call, d, arena);
    if (d->after)
        d->after(d->after_what, true);
    callbacks_settle(service.callbacks);
}

/* What an input has made is gone before the next: it is to fail by itself. */
static void begin_anew(void)
{
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct snapshot_about *list;
    enum keep_answer kept;
    size_t count;
    snapshots_list(&loaded.world, &list, &count, arena);
    for (size_t i = 0; i < count; i++)
        snapshot_remove(&loaded.world, str(list[i].name), &kept);
    count = world_states(&loaded.world, states);
    for (size_t i = 0; i < count; i++)
        if (namespace_remove(&loaded.world, str(states[i]->name), &kept) !=
            NAMESPACE_REMOVED)
            namespace_reset(&loaded.world, states[i]);
    for (size_t i = 0; i < MOST_NAMESPACES; i++)
        journal_clear(service.journal, i);
    callbacks_look(service.callbacks); /* none is tried again */
    callbacks_settle(service.callbacks);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = { (const char *)data, size }, call;
    begin_anew();
    for (int i = 0; i < MOST_CALLS && next_call(&rest, &call); i++) {
        struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
        if (!setjmp(*arena_guard(arena))) /* too much memory is answered with 500 */
            answer(call, arena);
        arena_free(arena);
    }
    return 0;
}

/* What is imported into a namespace is taken, or every reason why not is told; what is
 * exported then can be imported again and is the same, and lists of it keep the
 * contract. With ?force the same holds but for the contract. The input is the body. */
#include "command/load.h"
#include "serve/admin.h"
#include "serve/handle.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loaded loaded;
static struct service service;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const struct options o = {
        .specs = { "tests/data/tasks.yaml", "tests/data/revs.yaml",
                   "tests/data/lending.yaml", "tests/data/inferred.yaml",
                   "tests/data/forge.yaml", "tests/data/http.yaml" },
        .spec_count = 6,
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
                                .quiet = true };
    return world_open(&loaded.world) ? 0 : 2;
}

static void insist(bool holds, const char *what, const struct response *r)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n%d\n%.*s\n", what, r->status, (int)r->body.len,
            r->body.ptr ? r->body.ptr : "");
    abort();
}

static struct response ask(const char *method, const char *path, const char *query,
                           struct str body, struct arena *arena)
{
    struct request *r = arena_take(arena, sizeof(*r));
    struct delivery *d = arena_take(arena, sizeof(*d));
    *r = (struct request){ .method = str(method),
                           .path = str(path),
                           .query = str(query),
                           .body = body,
                           .max_body = LIMIT_BODY_BYTES };
    if (body.ptr)
        r->headers[r->header_count++] =
            (struct header){ STR("Content-Type"), STR("application/json") };
    handle(&service, r, arena, d);
    return d->response;
}

static struct str exported(struct arena *arena)
{
    struct json_error why;
    const struct response r =
        ask("GET", "/__admin/export", NULL, (struct str){ NULL, 0 }, arena);
    insist(r.status == 200 && json_read(r.body, LIMIT_YAML_NODES, arena, &why),
           "what is there is not exported", &r);
    return r.body;
}

/* Lists are answered from what was imported. */
static void check_lists(struct arena *arena)
{
    for (size_t i = 0; i < loaded.world.cast.count; i++) {
        const struct api *api = loaded.world.cast.apis[i];
        for (size_t k = 0; k < api->operation_count; k++) {
            const struct operation *op = &api->operations[k];
            if (strcmp(op->method, "GET") != 0 || strchr(op->path, '{'))
                continue;
            const struct response r =
                ask("GET", arena_printf(arena, "/%s%s", api->name, op->path), NULL,
                    (struct str){ NULL, 0 }, arena);
            insist(!response_header_of(&r, "Understudy-Contract").ptr,
                   "a list breaks the contract", &r);
        }
    }
}

static void check(const char *query, struct str body, struct arena *arena)
{
    enum keep_answer kept;
    struct namespace *ns = namespace_enter_old(&loaded.world, STR(""), &kept);
    struct json_error why;
    namespace_reset(&loaded.world, ns);
    namespace_leave(&loaded.world, ns);
    const struct str before = exported(arena);
    struct response r = ask("POST", "/__admin/import", query, body, arena);
    const struct str after = exported(arena);
    if (r.status != 204) {
        insist(r.status >= 400 && r.status < 500 &&
                   json_read(r.body, LIMIT_YAML_NODES, arena, &why),
               "neither taken nor refused", &r);
        insist(str_equal(before, after), "what is refused has changed something", &r);
        return;
    }
    r = ask("POST", "/__admin/import", query, after, arena);
    insist(r.status == 204, "what was exported is refused", &r);
    insist(str_equal(exported(arena), after), "what was exported is another", &r);
    if (!query)
        check_lists(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct str body = { (const char *)data, size };
    check(NULL, body, arena);
    check("force", body, arena);
    arena_free(arena);
    return 0;
}

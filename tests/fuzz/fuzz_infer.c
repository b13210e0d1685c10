/* Whatever an OpenAPI document implies about state is inferred or a reason is told, and
 * then every operation is called, the second time with the keys of what there is by
 * then: each answer is one, and what is remembered never breaks the contract. */
#include "../survey/calls.h"
#include "api/media.h"
#include "command/load.h"
#include "play/infer.h"
#include "serve/handle.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_OPERATIONS = 40, MOST_KEYS = 32, ROUNDS = 2 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loaded loaded;
static struct service service;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    snprintf(path, sizeof(path), "/dev/shm/fuzz-infer-%d.yaml", (int)getpid());
    service = (struct service){ .world = &loaded.world,
                                .journal = journal_new(),
                                .quiet = true };
    return service.journal ? 0 : 2;
}

static void insist(bool holds, const char *what, const struct request *r,
                   const struct response *a, struct arena *arena)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n%s\n%d\n%.*s\n", what, asked_text(r, arena), a->status,
            (int)a->body.len, a->body.ptr ? a->body.ptr : "");
    abort();
}

static void put(const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
}

static void send(const struct request *r, struct arena *arena)
{
    struct delivery *d = arena_take(arena, sizeof(*d));
    const struct response *a = &d->response;
    struct json_error why;
    handle(&service, r, arena, d);
    struct str type = response_header_of(a, "Content-Type");
    bool json = type.ptr && media_is_json(type);
    insist(a->status >= 200 && a->status <= 599, "a status of its own", r, a, arena);
    insist(!a->body.len || !json || json_read(a->body, LIMIT_YAML_NODES, arena, &why),
           "a body that is not JSON", r, a, arena);
    insist(!response_header_of(a, "Understudy-Contract").ptr ||
               !strstr(arena_copy(arena, a->body), "the behaviour's answer"),
           "what is remembered breaks the contract", r, a, arena);
    if (d->after)
        d->after(d->after_what, true);
}

/* The keys of what there is now, one of each collection. */
static size_t keys_of(cJSON **keys, struct arena *arena)
{
    const struct behaviour *b = loaded.world.behaviours[0];
    struct namespace *ns = namespace_enter_known(&loaded.world, STR(""));
    size_t count = 0;
    for (size_t c = 0; c < b->plan.collection_count && count < MOST_KEYS; c++)
        for (size_t slot = 0; slot < store_slots(ns->stores[0], c); slot++) {
            const cJSON *tree = store_get(ns->stores[0], c, slot);
            const cJSON *key =
                tree ? store_key_of(&b->plan.collections[c], tree) : NULL;
            if (!key)
                continue;
            keys[count++] = json_copy(arena, key);
            break;
        }
    namespace_leave(&loaded.world, ns);
    return count;
}

static void ask(const struct operation *op, unsigned round, struct arena *arena)
{
    enum sample_size size = round ? SAMPLE_EVERYTHING : SAMPLE_TYPICAL;
    struct asked a;
    struct request again;
    const char *why;
    cJSON *keys[MOST_KEYS];
    if (!asked_make(&a, op, size, 1, arena, &why))
        return;
    size_t count = round ? keys_of(keys, arena) : 0;
    if (!count) {
        send(&a.request, arena);
        return;
    }
    cJSON *input = json_copy(arena, a.input), *values = json_member(input, "path");
    for (cJSON *one = values ? values->child : NULL; one; one = one->next)
        json_become(one, json_copy(arena, keys[op->index % count]));
    if (asked_write(&a, input, arena, &again, &why))
        send(&again, arena);
}

static void ask_all(void)
{
    const struct api *api = loaded.world.cast.apis[0];
    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < api->operation_count && i < MOST_OPERATIONS; i++) {
            struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
            if (!setjmp(*arena_guard(arena))) /* too much memory is answered with 500 */
                ask(&api->operations[i], round, arena);
            arena_free(arena);
        }
}

/* Whoever is not inferred is told why. */
static void check_reasons(void)
{
    const struct inference *in = loaded.world.behaviours[0]->inference;
    for (size_t i = 0; in && i < loaded.world.cast.apis[0]->operation_count; i++)
        if (!in->does[i] && !in->why[i])
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct options o = { .specs = { path },
                               .spec_count = 1,
                               .fixtures = "/dev/null",
                               .seed = 1,
                               .clock = { .still = true, .at = 1767225600000 } };
    put(data, size);
    bool ok = load(&loaded, &o);
    if (!ok && !loaded.err.errors)
        abort();
    if (ok && loaded.world.cast.count == 1 && world_open(&loaded.world)) {
        check_reasons();
        ask_all();
        journal_clear(service.journal, 0);
    }
    load_done(&loaded);
    remove(path);
    return 0;
}

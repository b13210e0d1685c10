/* samples.c — whether the checker accepts a sample of every schema of real documents.
 *
 *     make samples DIR=…        every .yaml, .yml and .json file in that folder
 *     build/release/tests/samples/samples FILE…
 *
 * For each document: its schemas (components, parameters, headers, request and response
 * bodies), in every size and with several seeds, and each failure with its place. Ends
 * with 1 when a sample was refused or none was found. */
#include "base/clock.h"
#include "base/limits.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "schema/mutate.h"
#include "schema/sample.h"

#include <stdio.h>

enum { SEEDS = 3, SIZES = SAMPLE_EVERYTHING + 1 };

struct found {
    const struct schema *schema;
    const char *pointer;
    enum direction direction;
};

struct reading {
    struct arena *arena;
    struct schemas *all;
    struct found *list;
    size_t count, room;
};

static void add(struct reading *r, const cJSON *schema, const char *pointer,
                enum direction direction)
{
    if (!json_is_object(schema) && !json_is_bool(schema))
        return;
    if (r->count == r->room) {
        struct found *old = r->list;
        r->room = r->room ? r->room * 2 : 256;
        r->list = arena_array(r->arena, struct found, r->room);
        if (old)
            memcpy(r->list, old, r->count * sizeof(*old));
    }
    r->list[r->count++] =
        (struct found){ .schema = schemas_add(r->all, schema, pointer),
                        .pointer = pointer,
                        .direction = direction };
}

struct tally {
    size_t samples, accepted, unsatisfiable; /* the last two count schemas */
    size_t mutations, fitting, mixed, cut;   /* of one sample of each schema */
};

/* Every "schema" that is beside a parameter, a header or a media type. */
static void walk(struct reading *r, const cJSON *node, const char *pointer,
                 enum direction direction)
{
    size_t index = 0;
    if (!json_is_object(node) && !json_is_array(node))
        return;
    for (const cJSON *c = node->child; c; c = c->next, index++) {
        const char *name = c->string ? c->string : arena_printf(r->arena, "%zu", index);
        const char *at = pointer_join(r->arena, pointer, name);
        enum direction here = direction;
        if (json_is_object(node) && strcmp(name, "schema") == 0) {
            add(r, c, at, direction);
            continue;
        }
        if (strncmp(name, "example", 7) == 0)
            continue;
        if (strcmp(name, "requestBody") == 0 || strcmp(name, "parameters") == 0)
            here = DIRECTION_REQUEST;
        else if (strcmp(name, "responses") == 0)
            here = DIRECTION_RESPONSE;
        walk(r, c, at, here);
    }
}

static void read_schemas(struct reading *r, const cJSON *root)
{
    const cJSON *components = json_member(json_member(root, "components"), "schemas");
    for (const cJSON *s = components ? components->child : NULL; s; s = s->next)
        add(r, s, pointer_join(r->arena, "/components/schemas", s->string),
            DIRECTION_NONE);
    walk(r, json_member(root, "paths"), "/paths", DIRECTION_NONE);
    walk(r, json_member(root, "webhooks"), "/webhooks", DIRECTION_NONE);
}

/* All samples of one schema; one sentence when one is not as it should be. */
static void sample_all(const struct found *f, const char *path, struct tally *t,
                       struct arena *arena)
{
    static const char *const sizes[] = { "required", "typical", "everything" };
    for (unsigned size = 0; size < SIZES; size++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            struct chance chance = chance_of(seed, STR("samples"), str(f->pointer), 1);
            const char *why = NULL;
            struct sampler sampler = { .size = size,
                                       .direction = f->direction,
                                       .chance = &chance,
                                       .arena = arena,
                                       .why = &why };
            struct findings findings = { .arena = arena };
            cJSON *made = sample_make(&sampler, f->schema);
            t->samples++;
            if (made &&
                schema_check(f->schema, made, f->direction, "", arena, &findings))
                continue;
            if (!made && why) {
                printf("%s: %s: no value fits: %s\n", path, f->pointer, why);
                t->unsatisfiable++;
                return;
            }
            printf("%s: %s: %s, seed %u: ", path, f->pointer, sizes[size],
                   (unsigned)seed);
            if (!made)
                printf("no sample\n");
            else
                printf("%s: %s: %s\n   %.300s\n", findings.list[0].pointer,
                       findings.list[0].schema_pointer,
                       finding_text(&findings.list[0], arena),
                       json_text(made, arena).ptr);
            return;
        }
    t->accepted++;
}

static void mutate_one(const struct found *f, struct tally *t, struct arena *arena)
{
    struct chance chance = chance_of(1, STR("samples"), str(f->pointer), 1);
    struct sampler sampler = { .size = SAMPLE_TYPICAL,
                               .direction = f->direction,
                               .chance = &chance,
                               .arena = arena };
    cJSON *made = sample_make(&sampler, f->schema);
    if (!made)
        return;
    struct mutations all = mutate(f->schema, made, f->direction, &chance, arena);
    t->mutations += all.count;
    t->fitting += all.accepted;
    t->mixed += all.mixed;
    t->cut += all.cut;
}

static bool sample_document(const char *path)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY),
                 *one = arena_new(LIMIT_CALL_MEMORY);
    struct err err = err_in(arena);
    cJSON *root = document_read(path, arena, &err);
    const char *version = json_member_text(root, "openapi");
    bool ok = true;
    if (root && !version) {
        printf("%s: not an OpenAPI document\n", path);
    } else if (!root) {
        ok = false;
        printf("%s: cannot be read: %s\n", path, err.first ? err.first->why : "");
    } else {
        struct schemas_options options = { .dialect =
                                               str_starts(str(version), STR("3.0"))
                                                   ? DIALECT_OPENAPI_30
                                                   : DIALECT_OPENAPI_31 };
        struct library *library = library_new(NULL, NULL, arena);
        struct reading r = { .arena = arena };
        struct tally t = { .samples = 0 };
        r.all = schemas_new(library, library_add(library, "file:///api", path, root),
                            &options, arena, &err);
        read_schemas(&r, root);
        schemas_compile(r.all);
        uint64_t start = clock_monotonic_us();
        for (size_t i = 0; i < r.count; i++) {
            sample_all(&r.list[i], path, &t, one);
            arena_reset(one);
        }
        uint64_t took = clock_monotonic_us() - start;
        for (size_t i = 0; i < r.count; i++) {
            mutate_one(&r.list[i], &t, one);
            arena_reset(one);
        }
        ok = t.accepted + t.unsatisfiable == r.count;
        printf("%s: %zu mutations; left out: %zu that fit all the same, %zu that break "
               "something else too; %zu lists cut at the bound\n",
               path, t.mutations, t.fitting, t.mixed, t.cut);
        printf("%s: %zu schemas, %zu accepted, %zu that no value fits; %zu samples, "
               "%.1f us each; %u errors\n",
               path, r.count, t.accepted, t.unsatisfiable, t.samples,
               t.samples ? (double)took / (double)t.samples : 0, err.errors);
    }
    arena_free(one);
    arena_free(arena);
    return ok;
}

int main(int count, char **paths)
{
    bool ok = count > 1;
    if (!ok)
        fprintf(stderr, "samples FILE…\n");
    for (int i = 1; i < count; i++)
        ok = sample_document(paths[i]) && ok;
    return ok ? 0 : 1;
}

/* Parameters: any text in query, path, header and cookie, against every style.
 *
 * The input is a path, a query, field values and a cookie, with line feeds between
 * them:
 *
 *     /label/.1,2/.lat,1.5
 *     filter[a][b]=1&ids=%221%22,2
 *     1,2
 *     sid=a; ids=1,2
 *
 * What is read has to be a tree that can be written and read again, with findings that
 * can be told; and reading the same again gives the same.
 */
#include "api/param.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct api *api;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct arena *arena = arena_new(LIMIT_SPEC_MEMORY);
    struct err err = err_in(arena);
    (void)argc;
    (void)argv;
    api = api_load("tests/data/params.yaml", NULL, arena, &err);
    return api ? 0 : 2;
}

static void insist(bool holds, const char *what, struct str text)
{
    if (holds)
        return;
    fprintf(stderr, "%s: %.*s\n", what, (int)text.len, text.ptr);
    abort();
}

static void check_tree(const cJSON *tree, struct arena *arena)
{
    struct json_error why;
    struct str text = json_text(tree, arena);
    insist(json_read(text, LIMIT_BODY_NODES, arena, &why), "no JSON", text);
}

static void check_findings(const struct findings *all, struct arena *arena)
{
    insist(all->count <= LIMIT_FINDINGS, "too many findings", STR(""));
    for (size_t i = 0; i < all->count; i++) {
        const struct finding *f = &all->list[i];
        insist(f->pointer[0] == '/', "a pointer into the input", str(f->pointer));
        check_tree(json_string(arena, str(f->pointer)), arena);
        check_tree(json_string(arena, str(finding_text(f, arena))), arena);
        check_tree(json_string(arena, str(finding_found(f, arena))), arena);
    }
}

static struct str read_once(const struct route *route, const struct request *r,
                            struct arena *arena)
{
    struct findings findings = { .arena = arena }, warnings = { .arena = arena };
    const cJSON *input = params_read(route, r, arena, &findings, &warnings);
    check_tree(input, arena);
    check_findings(&findings, arena);
    check_findings(&warnings, arena);
    schema_check(route->operation->input, input, DIRECTION_REQUEST, "", arena,
                 &findings);
    return json_text(input, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "X-Count", "x-words", "X-Spot", "x-where",
                                         "X-Words" };
    struct arena *arena = arena_new(LIMIT_CALL_MEMORY);
    struct request *r = arena_take(arena, sizeof(*r));
    struct str rest = { (const char *)data, size }, line;
    struct route route;
    /* The server lets neither through. */
    if (size > LIMIT_HEAD_BYTES || (size && memchr(data, '\0', size)))
        goto out;
    if (setjmp(*arena_guard(arena)))
        goto out;
    str_split(&rest, '\n', &r->path);
    str_split(&rest, '\n', &r->query);
    for (size_t i = 0; i < COUNT(names) && str_split(&rest, '\n', &line); i++)
        r->headers[r->header_count++] = (struct header){ str(names[i]), line };
    while (r->header_count < LIMIT_HEADERS && str_split(&rest, '\n', &line))
        r->headers[r->header_count++] = (struct header){ STR("Cookie"), line };
    routes_match(api->routes, STR("GET"), r->path, arena, &route);
    if (!route.operation)
        goto out;
    struct str first = read_once(&route, r, arena);
    insist(str_equal(first, read_once(&route, r, arena)), "another tree", first);
out:
    arena_free(arena);
    return 0;
}

#include "api/api.h"

#include "api/load.h"
#include "api/route.h"
#include "api/source.h"
#include "base/file.h"
#include "base/map.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "doc/uri.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const methods[] = { "get",     "put",  "post",  "delete",
                                       "options", "head", "patch", "trace" };

struct where api_where(const struct api *api, const char *place)
{
    const char *pointer = place;
    const struct document *d =
        api->library ? source_place(api->library, api->document, place, &pointer)
                     : NULL;
    return (struct where){ .file = d ? d->file : api->file, .pointer = pointer };
}

struct where api_finding_where(const struct api *api, const struct finding *f)
{
    if (!f->document)
        return api_where(api, f->schema_pointer);
    return (struct where){ .file = f->document->file, .pointer = f->schema_pointer };
}

const char *load_join(struct loading *l, const char *base, const char *name)
{
    return pointer_join(l->arena, base, name);
}

static struct where below(struct loading *l, const char *pointer, const char *name)
{
    return api_where(l->api, name ? load_join(l, pointer, name) : pointer);
}

const struct schema *load_schema(struct loading *l, const cJSON *node,
                                 const char *pointer)
{
    const char *inside;
    const struct document *d =
        source_place(l->api->library, l->api->document, pointer, &inside);
    return schemas_add_in(l->api->schemas, d ? d : l->api->document, node, inside);
}

bool load_error(struct loading *l, const char *pointer, const char *name,
                const char *why, ...)
{
    va_list args;
    va_start(args, why);
    err_add(l->err, below(l, pointer, name), false, why, args);
    va_end(args);
    return false;
}

void load_warn(struct loading *l, const char *pointer, const char *name,
               const char *why, ...)
{
    va_list args;
    va_start(args, why);
    err_add(l->err, below(l, pointer, name), true, why, args);
    va_end(args);
}

const cJSON *load_follow(struct loading *l, const cJSON *node, const char **pointer)
{
    const char *ref = json_member_text(node, "$ref"), *why = "it is not a string";
    if (!ref && !json_member(node, "$ref"))
        return node;
    for (int i = 0; ref && i < LIMIT_DEPTH; i++) {
        const char *from = *pointer;
        node = source_find(l->api->library, l->api->document, ref, pointer, l->arena,
                           &why);
        if (!node) {
            load_error(l, from, "$ref", "the reference \"%.200s\" leads nowhere: %s",
                       ref, why);
            return NULL;
        }
        ref = json_member_text(node, "$ref");
        if (!ref)
            return node;
        why = "it goes round without an end";
    }
    load_error(l, *pointer, "$ref", "the reference leads nowhere: %s", why);
    return NULL;
}

static bool check_version(struct loading *l)
{
    const cJSON *root = l->api->root;
    if (json_member(root, "swagger"))
        return load_error(l, "/swagger", NULL,
                          "this is Swagger 2.0; convert it to OpenAPI 3 first");
    const cJSON *node = json_member(root, "openapi");
    const char *version = json_is_string(node) ? node->valuestring : NULL;
    if (version && strncmp(version, "3.0.", 4) == 0)
        l->api->dialect = DIALECT_OPENAPI_30;
    else if (version && strncmp(version, "3.1.", 4) == 0)
        l->api->dialect = DIALECT_OPENAPI_31;
    else
        return load_error(l, node ? "/openapi" : "", NULL,
                          "expected openapi: 3.0.x or 3.1.x, found %s",
                          version ? version : json_kind(node));
    if (json_member(root, "webhooks"))
        load_warn(l, "/webhooks", NULL, "webhooks are not served");
    return true;
}

/* Calls back for each operation of each path; counts when op is NULL. */
static size_t each_operation(struct loading *l, struct operation *ops)
{
    const cJSON *paths = json_member(l->api->root, "paths");
    size_t n = 0;
    if (!json_is_object(paths))
        return 0; /* api_load says so */
    for (const cJSON *path = paths->child; path; path = path->next) {
        if (strncmp(path->string, "x-", 2) == 0)
            continue;
        const char *pointer = load_join(l, "/paths", path->string);
        if (path->string[0] != '/') {
            if (!ops)
                load_error(l, pointer, NULL, "a path starts with '/'");
            continue;
        }
        const cJSON *item = load_follow(l, path, &pointer);
        if (!json_is_object(item)) {
            if (!ops && item)
                load_error(l, pointer, NULL,
                           "expected a path item (an object), found %s",
                           json_kind(item));
            continue;
        }
        for (size_t i = 0; i < COUNT(methods); i++) {
            const cJSON *node = json_member(item, methods[i]);
            if (!node)
                continue;
            if (!ops) {
                n++;
                continue;
            }
            struct operation *op = &ops[n];
            *op = (struct operation){ .api = l->api, .path = path->string, .index = n };
            if (load_operation(l, op, item, pointer, node))
                n++;
        }
    }
    return n;
}

static void check_ids(struct loading *l)
{
    struct map *seen = map_new(l->arena);
    for (size_t i = 0; i < l->api->operation_count; i++) {
        struct operation *op = &l->api->operations[i];
        struct operation *before = map_put(seen, str(op->id), op);
        if (before)
            load_error(l, op->pointer, "operationId",
                       "\"%.100s\" is also the operationId of %s %s", op->id,
                       before->method, before->path);
    }
}

/* What the author gives as an example is sent as an answer, so it has to fit. */
static void check_example(struct loading *l, const struct media *m, const cJSON *value,
                          const char *pointer)
{
    struct findings findings = { .arena = l->arena };
    if (!m->schema ||
        schema_check(m->schema, value, DIRECTION_RESPONSE, "", l->arena, &findings))
        return;
    for (size_t i = 0; i < findings.count; i++)
        load_warn(l, pointer, NULL, "the example does not fit its schema: %s: %s",
                  findings.list[i].pointer, finding_text(&findings.list[i], l->arena));
}

static void check_examples(struct loading *l, const struct media *m)
{
    if (!m->json)
        return;
    const cJSON *one = json_member(m->node, "example");
    if (one)
        check_example(l, m, one, load_join(l, m->pointer, "example"));
    const cJSON *list = json_member(m->node, "examples");
    for (one = list ? list->child : NULL; one; one = one->next) {
        const char *pointer =
            load_join(l, load_join(l, m->pointer, "examples"), one->string);
        const cJSON *example = load_follow(l, one, &pointer);
        const cJSON *value = json_member(example, "value");
        if (value)
            check_example(l, m, value, pointer);
    }
}

static void check_all_examples(struct loading *l)
{
    struct map *seen = map_new(l->arena);
    for (size_t i = 0; i < l->api->operation_count; i++) {
        const struct operation *op = &l->api->operations[i];
        for (size_t r = 0; r < op->reply_count; r++)
            for (size_t m = 0; m < op->replies[r].media_count; m++) {
                struct media *media = &op->replies[r].media[m];
                if (!map_put(seen, str(media->pointer), media))
                    check_examples(l, media);
            }
    }
}

static const char *info_text(const struct api *api, const char *name)
{
    const char *text = json_member_text(json_member(api->root, "info"), name);
    return text ? text : "";
}

struct api *api_load(const char *file, const struct api_options *options,
                     struct arena *arena, struct err *err)
{
    unsigned errors = err->errors;
    struct api *api = arena_take(arena, sizeof(*api));
    struct loading l = { .api = api, .arena = arena, .err = err };
    api->file = arena_copy(arena, str(file));
    api->name = file_stem(file, arena);
    api->library = source_library(file, options ? options->allowed : NULL, arena, err);
    api->root = document_read(file, arena, err);
    if (!api->root)
        return NULL;
    api->document =
        library_add(api->library, uri_of_file(arena, file), api->file, api->root);
    if (!json_is_object(api->root)) {
        load_error(&l, "", NULL, "expected an OpenAPI document (an object), found %s",
                   json_kind(api->root));
        return NULL;
    }
    if (!check_version(&l))
        return NULL;
    api->title = info_text(api, "title");
    api->version = info_text(api, "version");
    if (!*api->title || !*api->version)
        load_error(&l, json_member(api->root, "info") ? "/info" : "", NULL,
                   "expected info with a title and a version");
    if (!json_is_object(json_member(api->root, "paths")))
        load_error(&l, "", NULL, "expected paths (an object)");

    struct schemas_options in = { .dialect = api->dialect };
    api->schemas = schemas_new(api->library, api->document, &in, arena, err);
    load_servers(&l);
    load_schemes(&l);
    api->operations =
        arena_array(arena, struct operation, each_operation(&l, NULL) + 1);
    api->operation_count = each_operation(&l, api->operations);
    check_ids(&l);
    schemas_compile(api->schemas);
    if (err->errors != errors)
        return NULL;
    check_all_examples(&l);
    api->routes = routes_new(api, arena, err);
    return err->errors == errors ? api : NULL;
}

static bool names(const struct operation *op, struct str text)
{
    if (str_is(text, op->id))
        return true;
    if (op->path[0] == '/' && (str_is(text, op->path + 1) || str_is(text, op->path)))
        return true;
    struct str rest = text, method;
    return str_split(&rest, ' ', &method) &&
           str_equal_nocase(method, str(op->method)) && rest.ptr &&
           str_is(rest, op->path);
}

const struct operation *api_operation(const struct api *api, struct str text,
                                      size_t *next)
{
    for (size_t i = *next; i < api->operation_count; i++)
        if (names(&api->operations[i], text)) {
            *next = i + 1;
            return &api->operations[i];
        }
    *next = api->operation_count;
    return NULL;
}

const char *api_nearest_operation(const struct api *api, struct str text)
{
    const char *best = NULL;
    unsigned least = 6;
    for (size_t i = 0; i < api->operation_count; i++) {
        const char *const tries[] = { api->operations[i].id,
                                      api->operations[i].path + 1 };
        for (size_t t = 0; t < COUNT(tries); t++) {
            unsigned d = str_distance(str(tries[t]), text);
            if (d < least) {
                least = d;
                best = tries[t];
            }
        }
    }
    return best;
}

const struct reply *operation_reply(const struct operation *op, int status)
{
    const struct reply *best = NULL;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (status < r->low || status > r->high)
            continue;
        if (!best || r->high - r->low < best->high - best->low)
            best = r;
    }
    return best;
}

int operation_status(const struct operation *op, int low, int high)
{
    int best = 0;
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (r->low == r->high && r->low >= low && r->low <= high &&
            (!best || r->low < best))
            best = r->low;
    }
    return best;
}

const struct media *reply_json(const struct reply *reply)
{
    for (size_t i = 0; reply && i < reply->media_count; i++)
        if (reply->media[i].json)
            return &reply->media[i];
    return NULL;
}

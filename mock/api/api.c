#include "api/api.h"

#include "api/load.h"
#include "api/overlay.h"
#include "api/route.h"
#include "api/source.h"
#include "base/file.h"
#include "base/map.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "doc/uri.h"

#include <stdarg.h>

static const char *const methods[] = { "get",  "put",   "post",  "delete", "options",
                                       "head", "patch", "trace", "query" };

struct where api_where(const struct api *api, const char *place)
{
    const char *pointer = place;
    const struct document *d =
        api->library ? source_place(api->library, api->document, place, &pointer)
                     : NULL;
    return (struct where){ .file = d ? d->file : api->file, .pointer = pointer };
}

static struct where written(const struct api *api, struct where at, struct arena *arena)
{
    return strcmp(at.file, api->file) == 0
               ? origins_where(api->origins, at.pointer, arena)
               : at;
}

struct where api_written(const struct api *api, const char *place, struct arena *arena)
{
    return written(api, api_where(api, place), arena);
}

struct where api_finding_where(const struct api *api, const struct finding *f,
                               struct arena *arena)
{
    if (!f->document)
        return api_written(api, f->schema_pointer, arena);
    struct where at = { .file = f->document->file, .pointer = f->schema_pointer };
    return written(api, at, arena);
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

const cJSON *load_map(struct loading *l, const cJSON *map, const char *pointer,
                      const char *of)
{
    if (json_is_object(map))
        return map->child;
    if (map && !json_is_null(map) && (map->child || !json_is_array(map)))
        load_error(l, pointer, NULL, "expected an object of %s, found %s", of,
                   json_kind(map));
    return NULL;
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
    if (json_member(root, "overlay") && !json_member(root, "openapi"))
        return load_error(l, "/overlay", NULL,
                          "this is an overlay; --overlay applies it to a document");
    const cJSON *node = json_member(root, "openapi");
    const char *version = json_is_string(node) ? node->valuestring : NULL;
    if (version && strncmp(version, "3.0.", 4) == 0)
        l->api->dialect = DIALECT_OPENAPI_30;
    else if (version &&
             (strncmp(version, "3.1.", 4) == 0 || strncmp(version, "3.2.", 4) == 0))
        l->api->dialect = DIALECT_OPENAPI_31;
    else
        return load_error(l, node ? "/openapi" : "", NULL,
                          "expected openapi: 3.0.x, 3.1.x or 3.2.x, found %s",
                          version ? version : json_kind(node));
    l->api->minor = version[2] - '0';
    return true;
}

/* ---- operations ---- */

/* What is done with each operation that is found. */
struct finding_operations {
    struct loading *l;
    struct operation *ops; /* NULL: only counted, and mistakes are told */
    size_t count;
};

/* item and node stand at item_pointer and pointer. */
static void add_operation(struct finding_operations *f, const char *path,
                          const cJSON *item, const char *item_pointer,
                          const cJSON *node, const char *pointer)
{
    if (!f->ops) {
        f->count++;
        return;
    }
    struct operation *op = &f->ops[f->count];
    *op = (struct operation){ .api = f->l->api, .path = path, .index = f->count };
    if (load_operation(f->l, op, item, item_pointer, node, pointer))
        f->count++;
}

/* OpenAPI 3.2, 4.8.9: methods that have no name of their own in a path item. */
static void add_additional(struct finding_operations *f, const char *path,
                           const cJSON *item, const char *item_pointer)
{
    const cJSON *more = json_member(item, "additionalOperations");
    if (!more || f->l->api->minor < 2)
        return;
    const char *pointer = load_join(f->l, item_pointer, "additionalOperations");
    if (!json_is_object(more) && !f->ops)
        load_error(f->l, pointer, NULL, "expected an object of operations, found %s",
                   json_kind(more));
    for (const cJSON *one = json_is_object(more) ? more->child : NULL; one;
         one = one->next)
        add_operation(f, path, item, item_pointer, one,
                      load_join(f->l, pointer, one->string));
}

static void read_item(struct finding_operations *f, const char *path,
                      const cJSON *node_of_item, const char *pointer)
{
    const cJSON *item = load_follow(f->l, node_of_item, &pointer);
    if (!json_is_object(item)) {
        if (!f->ops && item)
            load_error(f->l, pointer, NULL,
                       "expected a path item (an object), found %s", json_kind(item));
        return;
    }
    for (size_t i = 0; i < COUNT(methods); i++) {
        const cJSON *node = json_member(item, methods[i]);
        bool known = f->l->api->minor >= 2 || strcmp(methods[i], "query") != 0;
        if (node && known)
            add_operation(f, path, item, pointer, node,
                          load_join(f->l, pointer, methods[i]));
        else if (node && !f->ops)
            load_warn(f->l, pointer, methods[i],
                      "OpenAPI 3.%d has no such method; it will not be served",
                      f->l->api->minor);
    }
    add_additional(f, path, item, pointer);
}

size_t load_item(struct loading *l, const char *path, const cJSON *item,
                 const char *pointer, struct operation *ops)
{
    struct finding_operations f = { .l = l, .ops = ops };
    read_item(&f, path, item, pointer);
    return f.count;
}

static void each_path(struct finding_operations *f)
{
    const cJSON *paths = json_member(f->l->api->root, "paths");
    for (const cJSON *path = json_is_object(paths) ? paths->child : NULL; path;
         path = path->next) {
        if (strncmp(path->string, "x-", 2) == 0)
            continue;
        const char *pointer = load_join(f->l, "/paths", path->string);
        if (path->string[0] == '/')
            read_item(f, path->string, path, pointer);
        else if (!f->ops)
            load_error(f->l, pointer, NULL, "a path starts with '/'");
    }
}

/* Webhooks are what the API's provider calls: they are checked like everything else,
 * and not served (OpenAPI 3.1.1, 4.8.1). */
static void each_webhook(struct finding_operations *f)
{
    const cJSON *hooks = json_member(f->l->api->root, "webhooks");
    for (const cJSON *hook = load_map(f->l, hooks, "/webhooks", "webhooks"); hook;
         hook = hook->next)
        read_item(f, hook->string, hook, load_join(f->l, "/webhooks", hook->string));
}

static struct operation *
load_all(struct loading *l, void (*each)(struct finding_operations *), size_t *count)
{
    struct finding_operations f = { .l = l };
    each(&f);
    f.ops = arena_array(l->arena, struct operation, f.count + 1);
    f.count = 0;
    each(&f);
    *count = f.count;
    return f.ops;
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

static const char *info_text(const struct api *api, const char *name)
{
    const char *text = json_member_text(json_member(api->root, "info"), name);
    return text ? text : "";
}

/* The document is known by its file's URI, or by the one that it gives itself (OpenAPI
 * 3.2, 4.1.2.2.1). */
static void open_library(struct loading *l, const struct api_options *options)
{
    struct api *api = l->api;
    const char *uri = uri_of_file(l->arena, api->file);
    const char *self = json_member_text(api->root, "$self");
    if (self && api->minor >= 2) {
        const char *named = uri_resolve(l->arena, uri, self);
        if (named)
            uri = named;
    }
    api->library = source_library(api->file, uri, options ? options->allowed : NULL,
                                  l->arena, l->err);
    api->document = library_add(api->library, uri, api->file, api->root);
}

/* Changes the document as the overlays say. */
static bool apply_overlays(struct loading *l, cJSON *root,
                           const struct overlay *const *overlays)
{
    struct origins *origins = origins_new(l->api->file, root, l->arena);
    bool ok = true;
    l->api->origins = origins;
    for (; ok && overlays && *overlays; overlays++)
        ok = overlay_apply(*overlays, root, l->api->file, origins, l->arena, l->err);
    return ok;
}

const char *api_name_of(const char *file, struct arena *arena)
{
    return strcmp(file, "-") == 0 ? "stdin" : file_stem(file, arena);
}

static struct api *load_document(struct api *api, const char *file,
                                 const struct api_options *options, struct arena *arena,
                                 struct err *err)
{
    unsigned errors = err->errors;
    struct loading l = { .api = api, .arena = arena, .err = err };
    api->file = arena_copy(arena, str(file));
    api->name = options && options->name ? options->name : api_name_of(file, arena);

    cJSON *root = options && options->text.ptr
                      ? document_parse(file, options->text, arena, err)
                      : document_read(file, arena, err);
    if (!root)
        return NULL;
    api->root = root;
    if (!json_is_object(api->root)) {
        load_error(&l, "", NULL, "expected an OpenAPI document (an object), found %s",
                   json_kind(api->root));
        return NULL;
    }
    if (!apply_overlays(&l, root, options ? options->overlays : NULL) ||
        !check_version(&l))
        return NULL;
    open_library(&l, options);
    api->title = info_text(api, "title");
    api->version = info_text(api, "version");
    if (!*api->title || !*api->version)
        load_error(&l, json_member(api->root, "info") ? "/info" : "", NULL,
                   "expected info with a title and a version");
    bool other = api->minor > 0 && (json_member(api->root, "components") ||
                                    json_member(api->root, "webhooks"));
    const cJSON *paths = json_member(api->root, "paths");
    if (!paths && !other)
        load_error(&l, "", NULL, "expected paths (an object)");
    else if (paths && !json_is_object(paths) && !(other && json_is_null(paths)))
        load_error(&l, "/paths", NULL, "expected an object of paths, found %s",
                   json_kind(paths));

    load_grammar(&l);
    struct schemas_options in = { .dialect = api->dialect };
    api->schemas = schemas_new(api->library, api->document, &in, arena, err);
    load_servers(&l);
    load_schemes(&l);
    api->operations = load_all(&l, each_path, &api->operation_count);
    size_t webhooks;
    load_all(&l, each_webhook, &webhooks);
    check_ids(&l);
    schemas_compile(api->schemas);
    if (err->errors != errors)
        return NULL;
    load_param_tables(&l);
    load_examples(&l);
    load_callback_examples(&l);
    load_items(&l);
    api->routes = routes_new(api, arena, err);
    return err->errors == errors ? api : NULL;
}

struct api *api_load(const char *file, const struct api_options *options,
                     struct arena *arena, struct err *err)
{
    struct api *api = arena_take(arena, sizeof(*api));
    struct api *loaded = load_document(api, file, options, arena, err);
    if (api->origins)
        origins_settle(api->origins, err);
    return loaded;
}

#include "schema/resource.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "doc/pointer.h"
#include "doc/uri.h"
#include "schema/keyword.h"

struct resources {
    struct library *library;
    struct arena *arena;
    struct err *err;
    struct map *whole;   /* a document's URI → struct resource */
    struct map *by_uri;  /* URI → struct resource */
    struct map *by_node; /* the address of a root → struct resource */
    struct map *noted;   /* the address of a schema in a document that names things */
    struct map *naming;  /* a document's URI, when something in it is named */
    struct map *dynamic; /* "anchor number" → struct resource_anchor */
};

static struct str address(const cJSON *const *node)
{
    return (struct str){ (const char *)node, sizeof(*node) };
}

struct resources *resources_new(struct library *library, struct arena *arena,
                                struct err *err)
{
    struct resources *all = arena_take(arena, sizeof(*all));
    *all = (struct resources){ .library = library,
                               .arena = arena,
                               .err = err,
                               .whole = map_new(arena),
                               .by_uri = map_new(arena),
                               .by_node = map_new(arena),
                               .noted = map_new(arena),
                               .naming = map_new(arena),
                               .dynamic = map_new(arena) };
    return all;
}

/* ---- what is named ---- */

static bool is_naming(const char *member, enum dialect dialect)
{
    static const char *const words[] = { "$id", "$anchor", "$dynamicAnchor", "$schema",
                                         "$recursiveAnchor" };
    for (size_t i = 0; *member == '$' && i < COUNT(words); i++)
        if (strcmp(member, words[i]) == 0)
            return true;
    return dialect == DIALECT_4 && strcmp(member, "id") == 0;
}

static bool names_something(const cJSON *node, enum dialect dialect)
{
    for (const cJSON *one = node->child; one; one = one->next)
        if ((one->string && is_naming(one->string, dialect)) ||
            (one->child && names_something(one, dialect)))
            return true;
    return false;
}

static void complain(struct resources *all, const struct resource *r,
                     const char *pointer, const char *keyword, const char *why)
{
    struct where at = { .file = r->document->file,
                        .pointer = pointer_join(all->arena, pointer, keyword) };
    err_warn(all->err, at, "%s", why);
}

/* The language that the root of a resource asks for; an OpenAPI document says it in its
 * own way (3.1.1, 4.8.1). */
static void read_language(struct resources *all, struct resource *r)
{
    const char *openapi = json_member_text(r->root, "openapi");
    const char *keyword = openapi ? "jsonSchemaDialect" : "$schema";
    if (openapi && strncmp(openapi, "3.0.", 4) == 0)
        r->language = (struct language){ DIALECT_OPENAPI_30, VOCABULARY_ALL };
    else if (openapi)
        r->language = (struct language){ DIALECT_OPENAPI_31, VOCABULARY_ALL };
    const char *uri = json_member_text(r->root, keyword), *why = "it is not known";
    struct language language;
    if (!uri || r->language.dialect == DIALECT_OPENAPI_30)
        return;
    if (dialect_of(uri, all->library, all->arena, &language, &why))
        r->language = language;
    else
        complain(all, r, r->pointer, keyword,
                 arena_printf(all->arena,
                              "\"%.200s\" is not known here (%s); read as %s", uri, why,
                              dialect_name(r->language.dialect)));
}

static struct resource *add_resource(struct resources *all, const char *uri,
                                     const struct resource_place *at,
                                     const struct document *document,
                                     struct language language)
{
    struct resource *r = arena_take(all->arena, sizeof(*r));
    *r = (struct resource){ .uri = uri,
                            .document = document,
                            .root = at->node,
                            .pointer = at->pointer,
                            .language = language };
    read_language(all, r);
    if (!map_get(all->by_uri, str(uri)))
        map_put(all->by_uri, str(uri), r);
    return r;
}

static void add_anchor(struct resources *all, const struct resource *r,
                       const char *name, const struct resource_place *at, bool dynamic)
{
    struct resource *in = (struct resource *)(uintptr_t)r;
    struct resource_anchor *a = arena_take(all->arena, sizeof(*a));
    *a = (struct resource_anchor){ *at, dynamic };
    a->at.resource = r;
    if (!in->anchors)
        in->anchors = map_new(all->arena);
    map_put(in->anchors, str(name), a);
    if (!dynamic)
        return;
    in->dynamic = true;
    for (unsigned n = 0;; n++) {
        struct str key = str(arena_printf(all->arena, "%u %s", n, name));
        if (map_get(all->dynamic, key))
            continue;
        map_put(all->dynamic, key, a);
        return;
    }
}

/* The resource that starts with this schema, when one does. */
static const struct resource *start(struct resources *all, const struct resource *outer,
                                    const struct resource_place *at)
{
    const struct resource *known = map_get(all->by_node, address(&at->node));
    if (known)
        return known;
    enum dialect dialect = outer->language.dialect;
    const char *inner = json_member_text(at->node, "$schema");
    const char *why;
    struct language own;
    if (inner && dialect_of(inner, all->library, all->arena, &own, &why))
        dialect = own.dialect;
    const char *id = json_member_text(at->node, dialect_id_keyword(dialect));
    if (!id || (dialect_refs_stand_alone(dialect) && json_member(at->node, "$ref")))
        return outer;
    const char *name = uri_fragment(all->arena, id), *from = outer->uri;
    const struct resource *r = outer;
    if (*id && *id != '#') {
        const char *uri = uri_resolve(all->arena, from, id);
        if (!uri) {
            complain(all, outer, at->pointer, dialect_id_keyword(dialect),
                     "this is no URI reference, so nothing can refer to it");
            return outer;
        }
        r = map_get(all->by_uri, str(uri));
        if (r && r->root != at->node)
            complain(all, outer, at->pointer, dialect_id_keyword(dialect),
                     "another schema has the same identifier, and references lead to "
                     "that one");
        if (!r || r->root != at->node)
            r = add_resource(all, uri, at, outer->document, outer->language);
        map_put(all->by_node, address(&at->node), (void *)(uintptr_t)r);
    }
    if (*name && dialect <= DIALECT_7)
        add_anchor(all, r, name, at, false);
    return r;
}

static void note_anchors(struct resources *all, const struct resource *r,
                         const struct resource_place *at)
{
    if (r->language.dialect < DIALECT_2019_09 ||
        r->language.dialect == DIALECT_OPENAPI_30)
        return;
    const char *anchor = json_member_text(at->node, "$anchor");
    const char *dynamic = json_member_text(at->node, "$dynamicAnchor");
    if (anchor)
        add_anchor(all, r, anchor, at, false);
    if (dynamic && r->language.dialect != DIALECT_2019_09)
        add_anchor(all, r, dynamic, at, true);
    if (r->language.dialect == DIALECT_2019_09 && at->node == r->root &&
        json_is_true(json_member(at->node, "$recursiveAnchor")))
        add_anchor(all, r, RESOURCE_RECURSIVE, at, true);
}

static void note(struct resources *all, const struct resource *outer, const cJSON *node,
                 struct buffer *path);

static void note_below(struct resources *all, const struct resource *r,
                       const cJSON *value, struct buffer *path, bool nested)
{
    size_t index = 0;
    for (const cJSON *one = value->child; nested && one; one = one->next, index++) {
        size_t len = path->len;
        if (one->string)
            pointer_add(path, str(one->string));
        else
            buffer_printf(path, "/%zu", index);
        note(all, r, one, path);
        path->len = len;
    }
    if (!nested)
        note(all, r, value, path);
}

static void note_children(struct resources *all, const struct resource *r,
                          const cJSON *node, struct buffer *path)
{
    for (const cJSON *one = node->child; one; one = one->next) {
        const struct keyword *k = keyword_of(one->string);
        if (!k || k->shape == SHAPE_OTHER || !keyword_in(k, &r->language))
            continue;
        size_t len = path->len;
        pointer_add(path, str(one->string));
        bool nested = k->shape == SHAPE_SCHEMAS || k->shape == SHAPE_NAMED ||
                      k->shape == SHAPE_NAMED_OR_NAMES || json_is_array(one);
        note_below(all, r, one, path, nested);
        path->len = len;
    }
}

static void note(struct resources *all, const struct resource *outer, const cJSON *node,
                 struct buffer *path)
{
    if (!json_is_object(node) || map_put(all->noted, address(&node), all))
        return;
    struct str text = buffer_str(path);
    struct resource_place at = { node, arena_copy(all->arena, text), outer };
    const struct resource *r = start(all, outer, &at);
    note_anchors(all, r, &at);
    note_children(all, r, node, path);
}

void resources_note(struct resources *all, const struct resource_place *place)
{
    if (!map_get(all->naming, str(place->resource->document->uri)))
        return;
    struct buffer path = buffer_in(all->arena, LIMIT_FILE_BYTES);
    buffer_add_text(&path, place->pointer);
    note(all, place->resource, place->node, &path);
}

const struct resource *resources_whole(struct resources *all,
                                       const struct document *document,
                                       struct language language)
{
    struct resource *r = map_get(all->whole, str(document->uri));
    if (r)
        return r;
    struct resource_place at = { document->root, "", NULL };
    r = add_resource(all, document->uri, &at, document, language);
    map_put(all->whole, str(document->uri), r);
    if (!names_something(document->root, r->language.dialect))
        return r;
    map_put(all->naming, str(document->uri), r);
    at.resource = r;
    /* An OpenAPI document is no schema; those in its components can be referred to. */
    if (!json_member(document->root, "openapi")) {
        resources_note(all, &at);
        return r;
    }
    const char *pointer = "/components/schemas";
    const cJSON *schemas = pointer_get(document->root, pointer);
    for (const cJSON *one = json_is_object(schemas) ? schemas->child : NULL; one;
         one = one->next) {
        at.node = one;
        at.pointer = pointer_join(all->arena, pointer, one->string);
        resources_note(all, &at);
    }
    return r;
}

const struct resource *resources_of(const struct resources *all, const cJSON *node,
                                    const struct resource *outer)
{
    if (!map_count(all->by_node))
        return outer;
    const struct resource *own = map_get(all->by_node, address(&node));
    return own ? own : outer;
}

/* ---- where a reference leads ---- */

/* The resource of a URI: an $id, a document, or a built-in metaschema. */
static const struct resource *resource_at(struct resources *all,
                                          const struct resource *from, const char *uri,
                                          const char **why)
{
    const struct resource *r = map_get(all->by_uri, str(uri));
    if (r)
        return r;
    const char *builtin = metaschema_text(uri);
    const struct document *d = NULL;
    if (builtin) {
        struct json_error error = { 0 };
        const cJSON *root =
            json_read(str(builtin), LIMIT_BODY_NODES, all->arena, &error);
        d = root ? library_add(all->library, uri, uri, root) : NULL;
        *why = error.why;
    } else {
        d = library_find(all->library, uri, why);
    }
    return d ? resources_whole(all, d, from->language) : NULL;
}

/* Goes down from the root of a resource; an $id on the way is another resource. */
static bool descend(struct resources *all, const struct resource *r, const char *path,
                    struct resource_place *place)
{
    const char *rest = path;
    char *token;
    const cJSON *node = r->root;
    if (!map_count(all->by_node)) {
        node = pointer_get(node, path);
        rest = "";
    }
    while (node && (token = pointer_token(&rest, all->arena))) {
        long index = json_is_array(node) ? pointer_index(token) : -1;
        node = json_is_array(node)
                   ? (index < 0 ? NULL : cJSON_GetArrayItem(node, (int)index))
                   : json_member(node, token);
        if (node)
            r = resources_of(all, node, r);
    }
    place->node = node;
    place->resource = r;
    return node;
}

bool resources_find(struct resources *all, const struct resource *from,
                    const char *reference, struct resource_place *place,
                    const char **why)
{
    const char *uri = uri_resolve(all->arena, from->uri, reference);
    if (!uri) {
        *why = arena_printf(all->arena, "\"%.200s\" is no URI reference", reference);
        return false;
    }
    const char *fragment = uri_fragment(all->arena, reference), *gone = "";
    const struct resource *r =
        strcmp(uri, from->uri) == 0 ? from : resource_at(all, from, uri, &gone);
    if (!r) {
        *why = arena_printf(all->arena, "there is no document \"%.200s\" (%s)", uri,
                            gone ? gone : "");
        return false;
    }
    r = resources_of(all, r->root, r);
    if (*fragment && *fragment != '/') {
        const struct resource_anchor *a = map_get(r->anchors, str(fragment));
        if (a)
            *place = a->at;
        else
            *why = arena_printf(all->arena, "nothing is called \"%.200s\" there",
                                reference);
        return a;
    }
    place->pointer =
        *fragment ? arena_printf(all->arena, "%s%s", r->pointer, fragment) : r->pointer;
    if (pointer_valid(fragment) && descend(all, r, fragment, place))
        return true;
    *why = arena_printf(all->arena, "nothing stands at \"%.200s\"", reference);
    return false;
}

bool resources_with_anchor(const struct resources *all, const char *anchor,
                           size_t index, struct resource_place *place)
{
    struct str key = str(arena_printf(all->arena, "%zu %s", index, anchor));
    const struct resource_anchor *a = map_get(all->dynamic, key);
    if (a)
        *place = a->at;
    return a;
}

/* An overlay as it is written; what its actions do is in overlay_apply.c. */
#include "api/overlay.h"

#include "api/overlay_parts.h"
#include "doc/document.h"
#include "doc/pointer.h"
#include "doc/uri.h"

#include <ctype.h>

struct overlay_reader {
    struct overlay *overlay;
    struct arena *arena;
    struct err *err;
};

static struct where at(const struct overlay_reader *r, const char *pointer,
                       const char *name)
{
    return (struct where){ .file = r->overlay->file,
                           .pointer =
                               name ? pointer_join(r->arena, pointer, name) : pointer };
}

/* known is ended by NULL. */
static void warn_of_unknown(struct overlay_reader *r, const cJSON *object,
                            const char *pointer, const char *const *known)
{
    for (const cJSON *m = object->child; m; m = m->next) {
        const char *near = NULL;
        unsigned least = 4;
        if (strncmp(m->string, "x-", 2) == 0)
            continue;
        for (const char *const *k = known; *k && least; k++) {
            unsigned d = str_distance(str(*k), str(m->string));
            if (d < least) {
                least = d;
                near = *k;
            }
        }
        if (least)
            err_warn(r->err, at(r, pointer, m->string),
                     "\"%.100s\" is not known in overlays%s%s%s", m->string,
                     near ? "; did you mean \"" : "", near ? near : "",
                     near ? "\"?" : "");
    }
}

/* The text of a member; NULL where it is not there, which is an error if it is needed,
 * or is no text, which always is one. */
static const char *text(struct overlay_reader *r, const cJSON *object,
                        const char *pointer, const char *name, bool needed)
{
    const cJSON *m = json_member(object, name);
    if (m && !json_is_string(m))
        err_set(r->err, at(r, pointer, name), "expected %s as text, found %s", name,
                json_kind(m));
    else if (!m && needed)
        err_set(r->err, at(r, pointer, NULL), "expected %s, found nothing", name);
    return json_is_string(m) ? m->valuestring : NULL;
}

/* 1.0.x and 1.1.x. */
static void read_version(struct overlay_reader *r, const cJSON *root)
{
    const cJSON *m = json_member(root, "overlay");
    const char *v = json_is_string(m) ? m->valuestring : "";
    if (strncmp(v, "1.", 2) == 0 && (v[2] == '0' || v[2] == '1') && v[3] == '.' &&
        isdigit((unsigned char)v[4]) && !v[4 + strspn(v + 4, "0123456789")])
        r->overlay->old = v[2] == '0';
    else if (!m && json_member(root, "openapi"))
        err_set(r->err, at(r, "/openapi", NULL),
                "expected an overlay, found an OpenAPI document");
    else
        err_set(r->err, at(r, "", m ? "overlay" : NULL),
                "expected overlay: 1.0.x or 1.1.x, found %.100s",
                *v ? v : json_kind(m));
}

static void read_info(struct overlay_reader *r, const cJSON *root)
{
    static const char *const known[] = { "title", "version", "description", NULL };
    const cJSON *info = json_member(root, "info");
    if (!json_is_object(info)) {
        err_set(r->err, at(r, "", info ? "info" : NULL),
                "expected info with a title and a version, found %s", json_kind(info));
        return;
    }
    text(r, info, "/info", "title", true);
    text(r, info, "/info", "version", true);
    text(r, info, "/info", "description", false);
    warn_of_unknown(r, info, "/info", known);
}

/* A member that holds a query; NULL where there is none or it is none. */
static const struct jsonpath *query(struct overlay_reader *r, const cJSON *node,
                                    const char *pointer, const char *name, bool needed,
                                    const char **written)
{
    struct jsonpath_error error;
    *written = text(r, node, pointer, name, needed);
    if (!*written)
        return NULL;
    const struct jsonpath *path = jsonpath_read(*written, r->arena, &error);
    if (!path)
        err_set(r->err, at(r, pointer, name), "\"%.200s\", character %u: %s", *written,
                error.column, error.why);
    return path;
}

static void check_choice(struct overlay_reader *r, const struct action *a,
                         const cJSON *node)
{
    if (a->remove && (a->update || json_member(node, "copy")))
        err_warn(r->err, at(r, a->pointer, a->update ? "update" : "copy"),
                 "this has no effect beside remove: true");
    else if (a->update && json_member(node, "copy"))
        err_set(r->err, at(r, a->pointer, "copy"),
                "expected one of update and copy, found both");
    else if (!a->remove && !a->update && !json_member(node, "copy"))
        err_warn(r->err, at(r, a->pointer, NULL),
                 "this action does nothing: expected update, copy or remove: true");
    else if (json_member(node, "copy") && r->overlay->old)
        err_warn(r->err, at(r, a->pointer, "copy"),
                 "copy is not known in Overlay 1.0; done as in 1.1");
}

static void read_action(struct overlay_reader *r, struct action *a, const cJSON *node)
{
    static const char *const known[] = { "target", "description", "update",
                                         "copy",   "remove",      NULL };
    if (!json_is_object(node)) {
        err_set(r->err, at(r, a->pointer, NULL),
                "expected an action (an object), found %s", json_kind(node));
        return;
    }
    const cJSON *remove = json_member(node, "remove");
    if (remove && !json_is_bool(remove))
        err_set(r->err, at(r, a->pointer, "remove"), "expected true or false, found %s",
                json_kind(remove));
    a->remove = json_is_true(remove);
    a->update = json_member(node, "update");
    a->target = query(r, node, a->pointer, "target", true, &a->target_text);
    a->copy = query(r, node, a->pointer, "copy", false, &a->copy_text);
    text(r, node, a->pointer, "description", false);
    check_choice(r, a, node);
    warn_of_unknown(r, node, a->pointer, known);
}

static void read_actions(struct overlay_reader *r, const cJSON *root)
{
    const cJSON *list = json_member(root, "actions");
    struct overlay *o = r->overlay;
    if (!json_is_array(list) || !list->child) {
        err_set(r->err, at(r, "", list ? "actions" : NULL),
                "expected actions (an array of at least one), found %s",
                json_is_array(list) ? "an empty one" : json_kind(list));
        return;
    }
    o->actions = arena_array(r->arena, struct action, json_count(list));
    for (const cJSON *node = list->child; node; node = node->next) {
        struct action *a = &o->actions[o->count];
        a->pointer = arena_printf(r->arena, "/actions/%zu", o->count++);
        read_action(r, a, node);
    }
}

struct overlay *overlay_read(const char *file, struct arena *arena, struct err *err)
{
    static const char *const known[] = { "overlay", "info", "extends", "actions",
                                         NULL };
    unsigned errors = err->errors;
    struct overlay *o = arena_take(arena, sizeof(*o));
    struct overlay_reader r = { o, arena, err };
    o->file = arena_copy(arena, str(file));
    const cJSON *root = document_read(file, arena, err);
    if (!root)
        return NULL;
    if (!json_is_object(root)) {
        err_set(err, at(&r, "", NULL), "expected an overlay (an object), found %s",
                json_kind(root));
        return NULL;
    }
    read_version(&r, root);
    if (err->errors != errors)
        return NULL; /* of something else every member would be a mistake */
    read_info(&r, root);
    o->extends = text(&r, root, "", "extends", false);
    read_actions(&r, root);
    warn_of_unknown(&r, root, "", known);
    return err->errors == errors ? o : NULL;
}

static struct str last_segment(const char *uri)
{
    size_t end = strcspn(uri, "?#"), start = end;
    while (start && uri[start - 1] != '/')
        start--;
    return (struct str){ uri + start, end - start };
}

bool overlay_names(const struct overlay *o, const char *path, struct arena *arena)
{
    if (!o->extends)
        return false;
    const char *own = uri_of_file(arena, o->file), *file = uri_of_file(arena, path);
    const char *uri = uri_resolve(arena, own, o->extends);
    const char *extended = uri ? uri_path(arena, uri) : NULL;
    if (extended)
        return strcmp(uri_of_file(arena, extended), file) == 0;
    return uri && str_equal(last_segment(uri), last_segment(file));
}

#include "api/load.h"

#include "api/runtime.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

const struct example *media_example(const struct media *m, struct str name)
{
    for (size_t i = 0; i < m->example_count; i++) {
        const struct example *e = &m->examples[i];
        if (name.len ? str_is(name, e->name) : e->fits)
            return e;
    }
    return NULL;
}

/* ---- externalValue ---- */

/* Why the file that a relative reference names is not read; NULL and *path when it may
 * be. Links are followed first, so none leads out of the document's folder. */
static const char *refused_path(const char *document, const char *reference,
                                struct arena *arena, const char **path, struct err *err)
{
    char folder[PATH_MAX], file[PATH_MAX];
    struct stat about;
    const char *slash = strrchr(document, '/');
    const char *base =
        slash ? arena_copy(arena,
                           (struct str){ document, (size_t)(slash - document) + 1 })
              : "./";
    if (strstr(reference, "://"))
        return "only files beside the document are read";
    if (!realpath(base, folder))
        return "the document's folder cannot be found";
    const char *named = arena_printf(arena, "%s%s", base, reference);
    file_saw(err, named);
    if (!realpath(named, file))
        return "there is no such file";
    size_t n = strlen(folder);
    if (strncmp(file, folder, n) != 0 || (n > 1 && file[n] != '/'))
        return "it is outside the document's folder";
    if (stat(file, &about) != 0 || !S_ISREG(about.st_mode))
        return "it is no file";
    if ((size_t)about.st_size > LIMIT_EXAMPLE_BYTES)
        return arena_printf(arena, "it is longer than %zu bytes", LIMIT_EXAMPLE_BYTES);
    *path = arena_copy(arena, str(file));
    return NULL;
}

static bool read_external(struct loading *l, const struct media *m, const char *name,
                          const char *pointer, struct example *e)
{
    const char *path = NULL;
    const char *why = *name == '/' ? "only files beside the document are read"
                                   : refused_path(api_where(l->api, pointer).file, name,
                                                  l->arena, &path, l->err);
    struct err err = err_in(l->arena);
    if (why) {
        load_warn(l, pointer, "externalValue", "\"%.200s\" is not read: %s", name, why);
        return false;
    }
    if (!file_read(path, l->arena, &e->text, &err)) {
        load_warn(l, pointer, "externalValue", "\"%.200s\" cannot be read", name);
        return false;
    }
    if (!m->json)
        return true;
    struct json_error error;
    e->value = json_read(e->text, LIMIT_YAML_NODES, l->arena, &error);
    if (!e->value)
        load_warn(l, pointer, "externalValue",
                  "\"%.200s\" is not JSON: line %u, column %u: %s", name, error.line,
                  error.col, error.why);
    e->text = (struct str){ NULL, 0 };
    return e->value;
}

/* ---- one example ---- */

/* A text that holds the JSON which the schema wants is a common slip, and what is meant
 * is plain. */
static const cJSON *unwrapped(const struct media *m, const cJSON *value,
                              enum direction direction, struct arena *arena)
{
    struct json_error error;
    if (!json_is_string(value))
        return NULL;
    const cJSON *inner =
        json_read(str(value->valuestring), LIMIT_BODY_NODES, arena, &error);
    return inner && schema_check(m->schema, inner, direction, "", arena, NULL) ? inner
                                                                               : NULL;
}

/* Bytes that are to be sent as JSON are looked at as such. */
static bool read_serialized(struct loading *l, const struct media *m, struct example *e,
                            const char *pointer)
{
    struct json_error error;
    if (!e->text.ptr || !m->json || e->value)
        return true;
    e->value = json_read(e->text, LIMIT_BODY_NODES, l->arena, &error);
    if (!e->value)
        load_warn(l, pointer, "serializedValue", "not JSON: line %u, column %u: %s",
                  error.line, error.col, error.why);
    return e->value;
}

/* What is sent may have runtime expressions in its examples: what they come to is known
 * by each call only. */
static bool is_to_come(const struct finding *f, enum direction direction,
                       struct arena *arena)
{
    return direction == DIRECTION_REQUEST && json_is_string(f->found) &&
           runtime_is(f->found->valuestring, arena);
}

static void check(struct loading *l, const struct media *m, struct example *e,
                  enum direction direction, const char *pointer)
{
    struct findings findings = { .arena = l->arena };
    e->fits = read_serialized(l, m, e, pointer);
    if (!m->schema || !e->value ||
        schema_check(m->schema, e->value, direction, "", l->arena, &findings))
        return;
    const cJSON *inner = unwrapped(m, e->value, direction, l->arena);
    if (inner && !e->text.ptr) {
        load_warn(l, pointer, NULL,
                  "the example is text that holds JSON; it is sent as that JSON");
        e->value = inner;
        return;
    }
    for (size_t i = 0; i < findings.count; i++) {
        if (is_to_come(&findings.list[i], direction, l->arena))
            continue;
        e->fits = false;
        load_warn(l, pointer, NULL, "the example does not fit its schema: %s%s%s",
                  findings.list[i].pointer, *findings.list[i].pointer ? ": " : "",
                  finding_text(&findings.list[i], l->arena));
    }
}

/* An Example Object (OpenAPI 3.1.1, 4.8.19; dataValue and serializedValue are 3.2's).
 * False when it gives nothing that can be sent. */
static bool read_example(struct loading *l, const struct media *m, const cJSON *node,
                         enum direction direction, const char *pointer,
                         struct example *e)
{
    const char *name = e->name;
    node = load_follow(l, node, &pointer);
    if (!json_is_object(node))
        return false;
    const char *external = json_member_text(node, "externalValue");
    const char *serialized = json_member_text(node, "serializedValue");
    *e = (struct example){ .name = name, .value = json_member(node, "value") };
    if (!e->value)
        e->value = json_member(node, "dataValue");
    if (serialized)
        e->text = str(serialized);
    if (!e->value && !e->text.ptr &&
        (!external || !read_external(l, m, external, pointer, e)))
        return false;
    check(l, m, e, direction, pointer);
    return true;
}

void load_media_examples(struct loading *l, struct media *m, enum direction direction)
{
    const cJSON *list = json_member(m->node, "examples");
    const cJSON *single = json_member(m->node, "example");
    const char *base = load_join(l, m->pointer, "examples");
    struct example *all = arena_array(l->arena, struct example, json_count(list) + 1);
    size_t count = 0;
    for (const cJSON *one = json_is_object(list) ? list->child : NULL; one;
         one = one->next) {
        struct example *e = &all[count];
        *e = (struct example){ .name = one->string };
        count += read_example(l, m, one, direction, load_join(l, base, one->string), e);
    }
    if (single) {
        all[count] = (struct example){ .name = "", .value = single };
        check(l, m, &all[count++], direction, load_join(l, m->pointer, "example"));
    }
    m->examples = all;
    m->example_count = count;
}

/* Replies are shared by reference; what they share is read once. */
void load_examples(struct loading *l)
{
    struct map *seen = map_new(l->arena);
    for (size_t i = 0; i < l->api->operation_count; i++) {
        const struct operation *op = &l->api->operations[i];
        for (size_t r = 0; r < op->reply_count; r++)
            for (size_t n = 0; n < op->replies[r].media_count; n++) {
                struct media *m = &op->replies[r].media[n];
                if (!json_member(m->node, "example") &&
                    !json_member(m->node, "examples"))
                    continue;
                const struct media *before = map_put(seen, str(m->pointer), m);
                if (before) {
                    m->examples = before->examples;
                    m->example_count = before->example_count;
                } else {
                    load_media_examples(l, m, DIRECTION_RESPONSE);
                }
            }
    }
}

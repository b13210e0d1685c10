#include "play/echo.h"

struct echo {
    cJSON *whole; /* what the schema is about */
    cJSON *into;  /* the object in it whose members are set */
    const struct schema *schema;
    enum direction direction;
    struct arena *arena;
};

static bool is_simple(const cJSON *v)
{
    return json_is_string(v) || json_is_number(v) || json_is_bool(v);
}

static void set(const struct echo *e, const char *name, const cJSON *value)
{
    cJSON *at = json_member(e->into, name);
    if (!at || !value || json_equal(at, value))
        return;
    cJSON before = *at;
    json_become(at, json_copy(e->arena, value));
    if (e->schema &&
        !schema_check(e->schema, e->whole, e->direction, "", e->arena, NULL))
        json_become(at, &before);
}

/* Whether any input would find its member here. */
static bool meets(const cJSON *object, const cJSON *from)
{
    for (const cJSON *m = json_is_object(from) ? from->child : NULL; m; m = m->next)
        if (json_member(object, m->string))
            return true;
    return false;
}

bool echo_names_id(const char *name)
{
    size_t n = strlen(name);
    return n > 2 &&
           (strcmp(name + n - 2, "Id") == 0 || strcmp(name + n - 2, "ID") == 0 ||
            strcmp(name + n - 3, "_id") == 0 || strcmp(name + n - 3, "-id") == 0);
}

/* The sample itself, or the one object that it wraps. */
static cJSON *target(cJSON *value, const cJSON *input, bool id)
{
    const cJSON *path = json_member(input, "path"), *body = json_member(input, "body");
    cJSON *only = NULL;
    size_t objects = 0;
    if (meets(value, path) || meets(value, body) || (id && json_member(value, "id")))
        return value;
    for (cJSON *m = value->child; m; m = m->next)
        if (json_is_object(m)) {
            only = m;
            objects++;
        }
    return objects == 1 ? only : value;
}

/* The last value of a path that ends in it: /pets/{pet_id}, not /pets/{pet_id}/toys. */
static const cJSON *last_value(const struct operation *op, const cJSON *path)
{
    size_t n = strlen(op->path);
    const cJSON *last = path ? path->child : NULL;
    while (last && last->next)
        last = last->next;
    return n && op->path[n - 1] == '}' ? last : NULL;
}

cJSON *echo_input(cJSON *value, const struct schema *schema, enum direction direction,
                  const struct operation *op, const cJSON *input, struct arena *arena)
{
    static const char *const sources[] = { "query", "body", "path" };
    const cJSON *last = last_value(op, json_member(input, "path"));
    bool id = last && echo_names_id(last->string);
    if (!json_is_object(value))
        return value;
    struct echo e = { value, target(value, input, id), schema, direction, arena };
    for (size_t i = 0; i < COUNT(sources); i++) {
        const cJSON *from = json_member(input, sources[i]);
        bool whole = i == 1; /* a body's members may be objects and arrays */
        for (const cJSON *m = json_is_object(from) ? from->child : NULL; m; m = m->next)
            if (whole || is_simple(m))
                set(&e, m->string, m);
    }
    if (id && is_simple(last) && !json_member(e.into, last->string))
        set(&e, "id", last);
    return value;
}

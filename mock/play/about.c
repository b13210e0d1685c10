#include "play/about.h"

#include "play/infer_parts.h"
#include "play/store.h"

enum { MOST_DEPTH = 4 };

struct subject {
    const cJSON *value;          /* an object; NULL: there is none */
    const struct schema *schema; /* or NULL */
    const char *name;            /* of its collection, or NULL */
};

struct putting {
    struct subject subjects[2];
    struct arena *arena;
};

/* An instance has members that the API alone sets (readOnly), a message to somebody has
 * not: it speaks for the API, and tells them all the same. */
static bool fits(const struct putting *p, const struct schema *schema,
                 const cJSON *value)
{
    return schema_check(schema, value, DIRECTION_REQUEST, "", p->arena, NULL) ||
           schema_check(schema, value, DIRECTION_RESPONSE, "", p->arena, NULL);
}

static bool is_of(const struct subject *s, const struct schema *schema)
{
    return s->schema && schema_node(s->schema) == schema_node(schema);
}

/* As many of the members that the object has, or may have, as fit it. */
static void lay_over(const struct putting *p, cJSON *object,
                     const struct schema *schema, const cJSON *value)
{
    for (const cJSON *m = value->child; m; m = m->next) {
        if (!json_member(object, m->string) && !schema_member(schema, m->string))
            continue;
        cJSON *trial = json_copy(p->arena, object);
        json_set(p->arena, trial, m->string, json_copy(p->arena, m));
        if (fits(p, schema, trial))
            json_become(object, trial);
    }
}

static bool put_here(const struct putting *p, cJSON *object,
                     const struct schema *schema, const char *name)
{
    for (size_t i = 0; i < COUNT(p->subjects); i++) {
        const struct subject *s = &p->subjects[i];
        bool called =
            name && s->name && name_is_same(p->arena, str(name), str(s->name));
        if (!s->value || (!is_of(s, schema) && !called))
            continue;
        if (fits(p, schema, s->value))
            json_become(object, json_copy(p->arena, s->value));
        else
            lay_over(p, object, schema, s->value);
        return true;
    }
    return false;
}

static void put(const struct putting *p, cJSON *value, const struct schema *schema,
                const char *name, int depth)
{
    if (!schema || !json_is_object(value) || put_here(p, value, schema, name) ||
        depth == MOST_DEPTH)
        return;
    for (cJSON *m = value->child; m; m = m->next)
        put(p, m, schema_member(schema, m->string), m->string, depth + 1);
}

void about_put(cJSON *value, const struct schema *schema, const struct answer *a,
               const struct schema *reply, struct arena *arena)
{
    struct putting p = { .arena = arena };
    if (json_is_object(a->about))
        p.subjects[0] =
            (struct subject){ a->about, a->about_of->schema, a->about_of->name };
    if (json_is_object(a->body))
        p.subjects[1] = (struct subject){ a->body, reply, NULL };
    put(&p, value, schema, NULL, 0);
}

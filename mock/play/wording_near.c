#include "play/wording.h"

#include "doc/pointer.h"
#include "schema/near.h"

/* Nodes of schemas that are looked at for one misspelt name. */
enum { MOST_STEPS = 20000, MOST_DEPTH = 24 };

struct looking {
    const cJSON *root;
    struct near near;
    struct arena *arena;
    int steps;
};

static void look(struct looking *l, const cJSON *node, int depth);

static void look_behind(struct looking *l, const char *reference, int depth)
{
    const char *pointer = pointer_of_fragment(l->arena, reference);
    if (pointer)
        look(l, pointer_get(l->root, pointer), depth);
}

/* The values that enum and const allow, wherever they stand. */
static void look(struct looking *l, const cJSON *node, int depth)
{
    if (depth == MOST_DEPTH || l->steps++ > MOST_STEPS)
        return;
    for (const cJSON *m = node ? node->child : NULL; m; m = m->next) {
        if (m->string && strcmp(m->string, "$ref") == 0 && json_is_string(m))
            look_behind(l, m->valuestring, depth + 1);
        else if (m->string && strcmp(m->string, "const") == 0 && json_is_string(m))
            near_try(&l->near, m->valuestring);
        else if (m->string && strcmp(m->string, "enum") == 0)
            for (const cJSON *v = m->child; v; v = v->next)
                near_try(&l->near, json_is_string(v) ? v->valuestring : "");
        else
            look(l, m, depth + 1);
    }
}

static void look_at_media(struct looking *l, const struct media *m)
{
    for (size_t i = 0; i < m->example_count; i++) {
        const cJSON *value = m->examples[i].value;
        near_try(&l->near, m->examples[i].name);
        for (const cJSON *v = json_is_object(value) ? value->child : NULL; v;
             v = v->next)
            near_try(&l->near, json_is_string(v) ? v->valuestring : "");
    }
    if (m->schema)
        look(l, schema_node(m->schema), 0);
}

const char *error_question(const struct api *api, const struct operation *op,
                           const char *name, struct arena *arena)
{
    struct looking l = { api->root, near_to(str(name)), arena, 0 };
    for (size_t i = 0; i < op->reply_count; i++) {
        const struct reply *r = &op->replies[i];
        if (r->high < 400)
            continue;
        near_try(&l.near, r->name);
        for (size_t m = 0; m < r->media_count; m++)
            look_at_media(&l, &r->media[m]);
    }
    return near_question(&l.near, "", arena);
}

#include "api/accept.h"
#include "command/command.h"
#include "command/load.h"
#include "play/infer.h"

/* Whether the author gives the schema's value as a whole. */
static bool schema_gives(const struct media *m)
{
    static const char *const words[] = { "example", "examples", "default", "const" };
    const cJSON *schema = m->schema ? schema_node(m->schema) : NULL;
    for (size_t i = 0; i < COUNT(words); i++)
        if (json_member(schema, words[i]))
            return true;
    return false;
}

/* Who will answer a good call: a behaviour, an example of the document, or a sample. */
static const char *answers(const struct world *w, size_t api,
                           const struct operation *op, struct arena *arena)
{
    static const struct request any;
    struct offer offer;
    if (w->behaviours[api]->scripts[op->index] && !w->stateless) {
        const struct inference *in = w->behaviours[api]->inference;
        return in && in->does[op->index] ? "inferred" : "behaviour";
    }
    accept_choose(&any, operation_reply(op, operation_success(op)), arena, &offer);
    if (!offer.media)
        return "no body";
    bool given = media_example(offer.media, STR("")) || schema_gives(offer.media);
    return given ? "example" : "sample";
}

static void print_text(const struct world *w, struct arena *arena)
{
    int method = 6, path = 4, id = 9;
    for (size_t a = 0; a < w->cast.count; a++)
        for (size_t i = 0; i < w->cast.apis[a]->operation_count; i++) {
            const struct operation *op = &w->cast.apis[a]->operations[i];
            if ((int)strlen(op->path) > path)
                path = (int)strlen(op->path);
            if ((int)strlen(op->id) > id)
                id = (int)strlen(op->id);
        }
    printf("%-*s  %-*s  %-*s  %-10s  %s\n", method, "METHOD", path, "PATH", id,
           "OPERATION", "API", "ANSWERS");
    for (size_t a = 0; a < w->cast.count; a++)
        for (size_t i = 0; i < w->cast.apis[a]->operation_count; i++) {
            const struct operation *op = &w->cast.apis[a]->operations[i];
            printf("%-*s  %-*s  %-*s  %-10s  %s\n", method, op->method, path, op->path,
                   id, op->id, op->api->name, answers(w, a, op, arena));
        }
}

static void print_json(const struct world *w, struct arena *arena)
{
    cJSON *list = json_array(arena);
    for (size_t a = 0; a < w->cast.count; a++)
        for (size_t i = 0; i < w->cast.apis[a]->operation_count; i++) {
            const struct operation *op = &w->cast.apis[a]->operations[i];
            cJSON *row = json_object(arena);
            json_add(row, "method", json_string(arena, str(op->method)));
            json_add(row, "path", json_string(arena, str(op->path)));
            json_add(row, "operationId", json_string(arena, str(op->id)));
            json_add(row, "api", json_string(arena, str(op->api->name)));
            json_add(row, "answers", json_string(arena, str(answers(w, a, op, arena))));
            json_push(list, row);
        }
    puts(json_text(list, arena).ptr);
}

int command_routes(const struct options *o)
{
    struct loaded l;
    bool ok = load(&l, o);
    load_print(&l, true, stderr);
    if (ok && o->state)
        state_print(&l.world, l.arena);
    else if (ok && o->json)
        print_json(&l.world, l.arena);
    else if (ok)
        print_text(&l.world, l.arena);
    load_done(&l);
    return ok ? EXIT_FINE : EXIT_BAD_INPUT;
}

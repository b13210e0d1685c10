#include "command/command.h"
#include "play/infer.h"

static const struct inferred *told(const struct inference *in, const char *name)
{
    for (size_t i = 0; in && i < in->collection_count; i++)
        if (strcmp(in->collections[i].name, name) == 0)
            return &in->collections[i];
    return NULL;
}

static void print_collection(const struct behaviour *b, size_t c)
{
    const struct store_collection *plan = &b->plan.collections[c];
    const struct inferred *i = told(b->inference, plan->name);
    size_t seeds = store_count(b->seed, c);
    printf("\n%s%s%s\n", plan->name, i ? "  " : "  (behaviour.yaml)",
           i ? i->paths : "");
    printf("  key     %s%s%s%s\n", i ? i->key : plan->key, i ? " (" : "",
           i ? i->why : "", i ? ")" : "");
    if (i)
        printf("  schema  %s\n", i->schema);
    if (i && *i->note)
        printf("  notes   %s\n", i->note);
    printf("  starts  with %zu instance%s%s\n", seeds, seeds == 1 ? "" : "s",
           i && i->seeds ? ", the document's examples" : "");
    if (i && i->broken)
        puts("  it cannot be kept: its schema does not take what was inferred");
}

static const char *does(const struct behaviour *b, const struct operation *op,
                        struct arena *arena)
{
    const struct inference *in = b->inference;
    if (in && in->does[op->index])
        return in->does[op->index];
    if (b->scripts[op->index])
        return "behaviour.yaml";
    const char *why = in ? in->why[op->index] : "behaviour.yaml says infer: no";
    return arena_printf(arena, "nothing is remembered: %s", why ? why : "no reason");
}

void state_print(const struct world *w, struct arena *arena)
{
    for (size_t a = 0; a < w->cast.count; a++) {
        const struct api *api = w->cast.apis[a];
        const struct behaviour *b = w->behaviours[a];
        size_t method = 0, path = 0;
        printf("%s%s%s\n", a ? "\n" : "", api->name,
               w->stateless ? ": nothing is remembered (--stateless)" : "");
        if (w->stateless)
            continue;
        for (size_t c = 0; c < b->plan.collection_count; c++)
            print_collection(b, c);
        for (size_t i = 0; i < api->operation_count; i++) {
            size_t m = strlen(api->operations[i].method),
                   p = strlen(api->operations[i].path);
            method = m > method ? m : method;
            path = p > path ? p : path;
        }
        puts("");
        for (size_t i = 0; i < api->operation_count; i++)
            printf("%-*s  %-*s  %s\n", (int)method, api->operations[i].method,
                   (int)path, api->operations[i].path,
                   does(b, &api->operations[i], arena));
    }
}

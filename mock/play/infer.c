#include "play/infer_parts.h"

#include "doc/pointer.h"

/* ---- what the behaviour file says ---- */

static void claim(struct finding_out *f, const char *id)
{
    size_t next = 0;
    const struct operation *op;
    while ((op = api_operation(f->look.api, str(id), &next)))
        f->claimed[op->index] = true;
}

static void claim_all(struct finding_out *f)
{
    for (unsigned i = 0; i < f->file->operations_count; i++) {
        const struct record_operation *o = &f->file->operations[i];
        claim(f, o->id);
        for (unsigned j = 0; j < o->also_count; j++)
            claim(f, o->also[j]);
    }
}

const struct record_collection *infer_own(struct finding_out *f, const struct group *g)
{
    const struct record_collection *own = NULL;
    for (unsigned i = 0; i < f->file->collections_count; i++) {
        const struct record_collection *c = &f->file->collections[i];
        const char *place =
            *c->schema == '/'
                ? c->schema
                : pointer_join(f->look.arena, "/components/schemas", c->schema);
        if (strcmp(c->name, g->noun) == 0)
            return c;
        if (g->schema.node && strcmp(place, g->schema.place) == 0)
            own = c;
    }
    return own;
}

static bool name_taken(struct finding_out *f, const struct group *g)
{
    for (const struct group *o = f->groups; o && o != g; o = o->next)
        if (o->deeds && o->name && strcmp(o->name, g->name) == 0)
            return true;
    return false;
}

static void find_name(struct finding_out *f, struct group *g)
{
    g->name = g->noun;
    for (unsigned i = 2; name_taken(f, g); i++)
        g->name = arena_printf(f->look.arena, "%s-%u", g->noun, i);
    g->own = infer_own(f, g);
    if (g->own)
        g->name = g->own->name;
}

/* ---- the records ---- */

#define GROWN(record, file, member, more, arena)                                       \
    do {                                                                               \
        (record)->member = arena_take((arena), ((file)->member##_count + (more) + 1) * \
                                                   sizeof(*(record)->member));         \
        if ((file)->member##_count)                                                    \
            memcpy((record)->member, (file)->member,                                   \
                   (file)->member##_count * sizeof(*(record)->member));                \
    } while (0)

static struct record_behaviour *records(const struct api *api,
                                        const struct record_behaviour *file,
                                        size_t groups, struct arena *arena)
{
    struct record_behaviour *r = arena_take(arena, sizeof(*r));
    *r = *file;
    GROWN(r, file, collections, groups, arena);
    GROWN(r, file, sequences, groups, arena);
    GROWN(r, file, operations, api->operation_count, arena);
    return r;
}

static void write_group(struct finding_out *f, struct group *g)
{
    for (const struct deed *d = g->deeds; d; d = d->next)
        if (!d->claimed)
            f->in->why[d->op->index] = infer_steps(f, g, d);
}

struct inference *infer(const struct api *api, const struct record_behaviour *file,
                        struct arena *arena, struct err *err)
{
    struct inference *in = arena_take(arena, sizeof(*in));
    struct members *filling = arena_take(arena, sizeof(*filling));
    filling->list = arena_array(arena, struct member, MOST_MEMBERS);
    struct finding_out f = { .look = { api, arena, map_new(arena), filling },
                             .file = file,
                             .err = err,
                             .in = in,
                             .by_path = map_new(arena) };
    size_t groups = 0;
    f.last_group = &f.groups;
    f.claimed = arena_array(arena, bool, api->operation_count + 1);
    in->does = arena_array(arena, const char *, api->operation_count + 1);
    in->why = arena_array(arena, const char *, api->operation_count + 1);
    claim_all(&f);
    infer_links(&f);
    infer_groups(&f);
    for (struct group *g = f.groups; g; g = g->next)
        groups += g->deeds != NULL;
    in->collections = arena_array(arena, struct inferred, groups + 1);
    f.record = records(api, file, groups, arena);
    in->record = f.record;
    in->first_collection = file->collections_count;
    in->first_operation = file->operations_count;
    /* Every collection first: the steps of one may look for its parents in another. */
    for (struct group *g = f.groups; g; g = g->next) {
        if (!g->deeds)
            continue;
        find_name(&f, g);
        infer_key(&f, g);
        g->told = &in->collections[in->collection_count++];
        infer_collection(&f, g);
    }
    for (struct group *g = f.groups; g; g = g->next)
        if (g->deeds)
            write_group(&f, g);
    return in;
}

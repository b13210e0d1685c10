#include "play/infer_parts.h"

#include "doc/pointer.h"
#include "doc/uri.h"
#include "play/script.h"

/* Instances that the examples of one document may give a collection. */
enum { MOST_SEEDS = 1000 };

struct seeding {
    struct behaviour *b;
    struct inferred *told;
    struct scope *s;
    size_t c;
};

/* Whose it is, no example says: one that is kept with its parents is not taken. */
static bool has_parents(const struct deed *d, const cJSON *tree)
{
    for (size_t i = 0; i < d->parent_count; i++)
        if (!pointer_get(tree, d->parents[i].member))
            return false;
    return true;
}

static void add_value(struct buffer *b, const cJSON *value)
{
    if (json_is_string(value))
        uri_encode(b, str(value->valuestring), URI_UNRESERVED);
    else if (value)
        json_write(b, value);
}

/* As a call makes it: "ann/one". */
static cJSON *key_within(const struct group *g, const cJSON *tree, struct arena *arena)
{
    struct buffer b = buffer_in(arena, LIMIT_INSTANCE_BYTES);
    for (size_t i = 0; i < g->deeds->parent_count; i++) {
        add_value(&b, pointer_get(tree, g->deeds->parents[i].member));
        buffer_add_char(&b, '/');
    }
    add_value(&b, pointer_get(tree, g->key));
    return json_string(arena, buffer_str(&b));
}

/* An example need not tell where it is. The host is known to calls alone. */
static void tell_self(struct seeding *r, cJSON *tree)
{
    const struct collection_rules *rules = &book_of(r->b)->rules[r->c];
    const char *at = r->told->group->self;
    r->s->item = tree;
    for (size_t i = 0; at && i < rules->default_count; i++) {
        const struct step_set *d = &rules->defaults[i];
        const cJSON *url = strcmp(d->at.text, at) == 0 && !way_get(tree, &d->at)
                               ? expression_value(d->to, r->s)
                               : NULL;
        if (json_is_string(url) && url->valuestring[0] == '/')
            way_set(r->s->arena, tree, &d->at, json_copy(r->s->arena, url));
    }
    r->s->item = NULL;
}

static void seed_one(struct seeding *r, const struct deed *d, const cJSON *value)
{
    const struct store_collection *plan = &r->b->plan.collections[r->c];
    const struct group *g = r->told->group;
    struct arena *arena = r->s->arena;
    size_t slot;
    if (!json_is_object(value) || !has_parents(d, value) ||
        r->told->seeds >= MOST_SEEDS)
        return;
    cJSON *tree = json_copy(arena, value);
    if (g->single) /* without parents, or it would have left by now */
        pointer_set(arena, tree, plan->key, json_string(arena, str(g->noun)));
    const cJSON *key = pointer_get(tree, g->key);
    if (!key)
        return;
    key = json_copy(arena, key);
    if (g->within)
        pointer_set(arena, tree, plan->key, key_within(g, tree, arena));
    tell_self(r, tree);
    tree = instance_complete(r->b, r->c, tree, NULL, r->s);
    if (tree && json_equal(pointer_get(tree, g->key), key) &&
        store_insert(r->b->seed, r->c, tree, &slot) == STORE_OK)
        r->told->seeds++;
}

static void seed_deed(struct seeding *r, const struct deed *d)
{
    const struct media *m = reply_json(operation_reply(d->op, d->status));
    for (size_t i = 0; m && d->at && i < m->example_count; i++) {
        const cJSON *part =
            m->examples[i].value ? pointer_get(m->examples[i].value, d->at) : NULL;
        if (d->role == ROLE_GET)
            seed_one(r, d, part);
        for (const cJSON *one =
                 d->role == ROLE_LIST && json_is_array(part) ? part->child : NULL;
             one; one = one->next)
            seed_one(r, d, one);
    }
}

void infer_seed(struct inference *in, struct behaviour *b, clock_ms now)
{
    struct chance chance = { 0 };
    struct arena *scratch =
        arena_new(LIMIT_SPEC_MEMORY); /* the store has its own copies */
    struct scope s = { .arena = scratch,
                       .store = b->seed,
                       .format = b->format,
                       .now = now,
                       .chance = &chance };
    for (size_t i = 0; i < in->collection_count; i++) {
        struct seeding r = { b, &in->collections[i], &s, 0 };
        while (r.c < b->plan.collection_count &&
               strcmp(b->plan.collections[r.c].name, r.told->name) != 0)
            r.c++;
        if (r.c == b->plan.collection_count || r.told->own || r.told->broken)
            continue;
        /* A list shows its rows in order; what reading one shows may be among them. */
        for (const struct deed *d = r.told->group->deeds; d; d = d->next)
            if (d->role == ROLE_LIST)
                seed_deed(&r, d);
        for (const struct deed *d = r.told->group->deeds; d; d = d->next)
            if (d->role == ROLE_GET)
                seed_deed(&r, d);
    }
    arena_free(scratch);
}

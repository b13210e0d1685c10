#include "play/script.h"

#include "doc/pointer.h"
#include "play/shape.h"

static const char *key_text(const struct behaviour *b, size_t c, size_t slot,
                            const struct store *s)
{
    const cJSON *key = store_key_of(&b->plan.collections[c], store_get(s, c, slot));
    return json_is_string(key) ? key->valuestring : "";
}

bool instance_resolve(const struct behaviour *b, const struct store_reference *r,
                      cJSON *node, struct scope *s)
{
    size_t c, slot;
    if (!json_is_string(node) ||
        !store_leads(s->store, r, node->valuestring, &c, &slot))
        return false;
    const char *key = key_text(b, c, slot, s->store);
    if (strcmp(key, node->valuestring) != 0)
        node->valuestring = arena_copy(s->arena, str(key));
    return true;
}

/* One reference being turned into keys. */
struct resolving {
    const struct behaviour *b;
    const struct store_reference *r;
    struct scope *s;
};

static bool cannot_resolve(cJSON *key, void *context)
{
    struct resolving *to = context;
    return !instance_resolve(to->b, to->r, key, to->s);
}

/* True when the text there is no time. */
static bool rewrite_moment(cJSON *at, void *context)
{
    struct scope *s = context;
    char text[CLOCK_TEXT];
    if (!json_is_string(at))
        return false;
    if (!clock_rewrite(str(at->valuestring), s->format.digits, s->format.utc, text))
        return true;
    if (strcmp(text, at->valuestring) != 0)
        json_become(at, json_string(s->arena, str(text)));
    return false;
}

const char *instance_moments(const struct behaviour *b, size_t c, cJSON *tree,
                             struct scope *s)
{
    const struct collection_rules *rules = &book_of(b)->rules[c];
    for (size_t i = 0; i < rules->moment_count; i++)
        if (way_each(tree, &rules->moments[i], rewrite_moment, s))
            return rules->moments[i].text;
    return NULL;
}

const struct store_reference *instance_finish(const struct behaviour *b, size_t c,
                                              cJSON *tree, bool created,
                                              struct scope *s)
{
    const struct store_collection *plan = &b->plan.collections[c];
    const struct collection_rules *rules = &book_of(b)->rules[c];
    if (created) {
        s->item = tree;
        for (size_t i = 0; i < rules->default_count; i++) {
            const struct step_set *d = &rules->defaults[i];
            bool wanted =
                !way_get(tree, &d->at) && (!d->when || condition_holds(d->when, s));
            const cJSON *value = wanted ? expression_value(d->to, s) : NULL;
            if (value)
                way_set(s->arena, tree, &d->at, json_borrow(s->arena, value));
        }
        s->item = NULL;
    }
    const uint64_t names = json_names(tree);
    for (size_t i = 0; i < plan->reference_count; i++) {
        if (!way_may(&plan->references[i].at, names))
            continue;
        struct resolving to = { b, &plan->references[i], s };
        if (store_each_key(tree, to.r, cannot_resolve, &to))
            return to.r;
    }
    return NULL;
}

static cJSON *time_for(const struct stamp *stamp, const char *text, struct scope *s)
{
    return stamp->seconds ? json_integer(s->arena, s->now / 1000)
                          : json_string(s->arena, str(text));
}

void instance_stamp(const struct behaviour *b, size_t c, cJSON *tree, bool created,
                    struct scope *s)
{
    const struct collection_rules *rules = &book_of(b)->rules[c];
    struct arena *arena = s->arena;
    char now[CLOCK_TEXT];
    clock_write(s->now, s->format.digits, s->format.utc, now);
    const cJSON *first = NULL;
    for (size_t i = 0; created && i < rules->created_count; i++) {
        const struct stamp *stamp = &rules->created[i];
        cJSON *given = way_get(tree, &stamp->at);
        cJSON *time = given ? given : time_for(stamp, now, s);
        if (!given)
            way_set(arena, tree, &stamp->at, time);
        if (!first)
            first = time;
    }
    for (size_t i = 0; i < rules->updated_count; i++) {
        const struct stamp *stamp = &rules->updated[i];
        if (!created || !way_get(tree, &stamp->at))
            way_set(arena, tree, &stamp->at,
                    created && first ? json_borrow(arena, first)
                                     : time_for(stamp, now, s));
    }
    if (!rules->version.text)
        return;
    const cJSON *old = way_get(tree, &rules->version);
    int64_t version = json_whole(old, 0);
    if (!created || !old)
        way_set(arena, tree, &rules->version, json_integer(arena, version + 1));
}

/* Hidden members, and the mark of what is broken on purpose, are no business of the
 * schema. */
static bool has_hidden(const struct store_collection *plan, const cJSON *tree)
{
    const uint64_t names = plan->hidden_count ? json_names(tree) : 0;
    for (size_t i = 0; i < plan->hidden_count; i++)
        if (way_may(&plan->hidden[i], names) && way_get(tree, &plan->hidden[i]))
            return true;
    return json_member(tree, STORE_BROKEN) != NULL;
}

static cJSON *without_hidden(const struct store_collection *plan, const cJSON *tree,
                             struct arena *arena)
{
    cJSON *out = json_borrow(arena, tree);
    for (size_t i = 0; i < plan->hidden_count; i++)
        way_remove(out, &plan->hidden[i]);
    pointer_remove(out, "/" STORE_BROKEN);
    return out;
}

cJSON *instance_complete(const struct behaviour *b, size_t c, cJSON *tree,
                         const cJSON *before, struct scope *s)
{
    const struct store_collection *plan = &b->plan.collections[c];
    if (!has_hidden(plan, tree))
        return shape_fit(plan->schema, tree, before, s->chance, s->arena);
    cJSON *out = shape_fit(plan->schema, without_hidden(plan, tree, s->arena), before,
                           s->chance, s->arena);
    for (size_t i = 0; out && i < plan->hidden_count; i++) {
        const cJSON *hidden = way_get(tree, &plan->hidden[i]);
        if (hidden)
            way_set(s->arena, out, &plan->hidden[i], json_borrow(s->arena, hidden));
    }
    return out;
}

/* Whether a place is inside an item of a list: what stood there before may have been
 * another item. */
static bool is_in_list(const cJSON *tree, const char *pointer, struct arena *arena)
{
    while (tree && *pointer && !json_is_array(tree)) {
        const char *token = pointer_token(&pointer, arena);
        tree = token ? json_member(tree, token) : NULL;
    }
    return json_is_array(tree);
}

const struct finding *instance_broken(const struct behaviour *b, size_t c,
                                      const cJSON *tree, const cJSON *before,
                                      struct scope *s)
{
    const struct store_collection *plan = &b->plan.collections[c];
    struct findings *found = arena_take(s->arena, sizeof(*found));
    found->arena = s->arena;
    if (schema_check(plan->schema, without_hidden(plan, tree, s->arena),
                     DIRECTION_RESPONSE, "", s->arena, found))
        return NULL;
    for (size_t i = 0; i < found->count; i++) {
        const struct finding *f = &found->list[i];
        bool lacks = strcmp(f->keyword, "required") == 0 && f->name &&
                     !is_in_list(tree, f->pointer, s->arena);
        if (!before ||
            (lacks && pointer_get(before, pointer_join(s->arena, f->pointer, f->name))))
            return f;
    }
    return NULL;
}

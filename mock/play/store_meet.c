#include "base/limits.h"
#include "doc/pointer.h"
#include "play/member.h"
#include "play/store_parts.h"

struct spread {
    bool (*visit)(cJSON *key, void *context);
    void *context;
};

static bool spread_keys(cJSON *value, void *context)
{
    struct spread *to = context;
    if (!json_is_array(value))
        return !json_is_null(value) && to->visit(value, to->context);
    for (cJSON *one = value->child, *next; one; one = next) {
        next = one->next; /* visit may take it out */
        if (!json_is_null(one) && to->visit(one, to->context))
            return true;
    }
    return false;
}

bool store_each_key(const cJSON *tree, const struct store_reference *r,
                    bool (*visit)(cJSON *key, void *context), void *context)
{
    struct spread to = { visit, context };
    return way_each(tree, &r->at, spread_keys, &to);
}

/* A way through references to values. */
struct reach {
    const struct store *s;
    const struct store_reference *through;
    const char *rest; /* the pattern behind the reference */
    int depth;
    bool (*visit)(cJSON *value, void *context);
    void *context;
};

static bool reach(const struct store *s, size_t c, const cJSON *tree,
                  const char *pattern, int depth,
                  bool (*visit)(cJSON *value, void *context), void *context);

static bool reach_further(cJSON *key, void *context)
{
    struct reach *r = context;
    size_t c, slot;
    return json_is_string(key) &&
           store_leads(r->s, r->through, key->valuestring, &c, &slot) &&
           reach(r->s, c, store_get(r->s, c, slot), r->rest, r->depth + 1, r->visit,
                 r->context);
}

static bool reach(const struct store *s, size_t c, const cJSON *tree,
                  const char *pattern, int depth,
                  bool (*visit)(cJSON *value, void *context), void *context)
{
    const struct store_collection *plan = &s->plan->collections[c];
    struct reach next = { .s = s, .depth = depth, .visit = visit, .context = context };
    next.through = member_through(plan, pattern, &next.rest);
    if (next.through && depth < LIMIT_EMBED_DEPTH)
        return store_each_key(tree, next.through, reach_further, &next);
    return pointer_each(tree, pattern, visit, context);
}

static bool first_of(cJSON *value, void *context)
{
    *(cJSON **)context = value;
    return true;
}

const cJSON *store_reach(const struct store *s, size_t c, const cJSON *tree,
                         const char *pointer)
{
    cJSON *value = NULL;
    reach(s, c, tree, pointer, 0, first_of, &value);
    return value;
}

struct testing {
    enum match_test test;
    const cJSON *want;
};

static bool stands_test(cJSON *value, void *context)
{
    const struct testing *t = context;
    return match_value(value, t->test, t->want);
}

static bool meets_far(const struct store *s, size_t c, const cJSON *tree,
                      const struct store_condition *condition)
{
    bool not = condition->test == MATCH_NOT;
    struct testing t = { not ? MATCH_IS : condition->test, condition->value };
    if (reach(s, c, tree, condition->at, 0, stands_test, &t))
        return !not ;
    return not ||
           (json_is_null(condition->value) && !store_reach(s, c, tree, condition->at));
}

bool store_meets(const struct store *s, size_t c, const cJSON *tree,
                 const struct store_condition *condition)
{
    const struct store_collection *plan = &s->plan->collections[c];
    if (condition->far)
        return meets_far(s, c, tree, condition);
    const bool not = condition->test == MATCH_NOT;
    const enum match_test test = not ? MATCH_IS : condition->test;
    const cJSON *have = condition->way ? way_get(tree, condition->way)
                                       : pointer_get(tree, condition->at);
    if (match_value(have, test, condition->value))
        return !not ;
    if (test != MATCH_IS || strcmp(condition->at, plan->key) != 0)
        return not ;
    for (size_t i = 0; i < plan->alias_count; i++) {
        have = pointer_get(tree, plan->aliases[i]);
        if (have && match_value(have, MATCH_IS, condition->value))
            return !not ;
    }
    return not ;
}

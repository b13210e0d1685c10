#include "schema/sample_parts.h"

enum {
    MOST_ITEMS = 20000,
    MOST_TRIES = 24 /* for one more item unlike the others */
};

/* Which items have to fit `contains`: at the start, behind what is declared one by
 * one, or the same items for every `contains`. */
enum placing { PLACE_IN_TURN, PLACE_BEHIND, PLACE_TOGETHER, PLACINGS };

static size_t longest_prefix(const struct goal *g)
{
    size_t n = 0;
    for (unsigned i = 0; i < g->asks.count; i++)
        if (ask_rule(&g->asks.at[i], RULE_ITEMS) &&
            g->asks.at[i].rule->u.items.prefix_count > n)
            n = g->asks.at[i].rule->u.items.prefix_count;
    return n;
}

/* How many items have to fit some `contains`, at least. */
static size_t contained(const struct goal *g, enum placing how)
{
    size_t n = 0;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        size_t own = 0;
        if (ask_rule(a, RULE_CONTAINS))
            own = a->rule->u.contains.min;
        else if (a->kind == ASK_RULE && a->rule->kind == RULE_CONTAINS && a->index)
            own = a->rule->u.contains.max + 1;
        n = how == PLACE_TOGETHER ? (own > n ? own : n) : n + own;
    }
    return n;
}

/* What `contains` asks of the item at index; true when that counts as looking at it. */
static bool add_contained(const struct maker *m, const struct goal *g, enum placing how,
                          size_t index, struct wants *w)
{
    size_t from = how == PLACE_BEHIND ? longest_prefix(g) : 0;
    bool looked_at = false;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind != ASK_RULE || a->rule->kind != RULE_CONTAINS)
            continue;
        const struct schema *s = a->rule->u.contains.schema;
        size_t least = !a->no     ? a->rule->u.contains.min
                       : a->index ? a->rule->u.contains.max + 1
                                  : 0;
        size_t most = !a->no     ? a->rule->u.contains.max
                      : a->index ? SIZE_MAX
                                 : a->rule->u.contains.min - 1;
        if (index >= from && index < from + least) {
            wants_add(m, w, (struct want){ s, false });
            looked_at = looked_at || a->rule->u.contains.looks;
        } else if (most != SIZE_MAX)
            wants_add(m, w, (struct want){ s, true });
        if (how != PLACE_TOGETHER)
            from += least;
    }
    return looked_at;
}

static struct wants item_wants(const struct maker *m, const struct goal *g,
                               enum placing how, size_t index)
{
    struct wants w = { 0 };
    bool looked_at = false;
    for (unsigned i = 0; i < g->asks.count; i++) {
        const struct ask *a = &g->asks.at[i];
        if (a->kind == ASK_ITEM && a->index == index)
            wants_add(m, &w, a->want);
        if (!ask_rule(a, RULE_ITEMS))
            continue;
        const struct rule *r = a->rule;
        const struct schema *s = index < r->u.items.prefix_count
                                     ? r->u.items.prefix[index]
                                     : r->u.items.rest;
        if (s)
            wants_add(m, &w, (struct want){ s, false });
        looked_at = looked_at || s;
    }
    looked_at = add_contained(m, g, how, index, &w) || looked_at;
    for (unsigned i = 0; i < g->asks.count && !looked_at; i++)
        if (ask_rule(&g->asks.at[i], RULE_UNEVALUATED_ITEMS))
            wants_add(m, &w, (struct want){ g->asks.at[i].rule->u.schema, false });
    return w;
}

static bool is_among(const cJSON *array, const cJSON *item)
{
    for (const cJSON *c = array->child; c; c = c->next)
        if (json_equal(c, item))
            return true;
    return false;
}

/* One more item; unlike the others where they must differ. */
static bool add_item(struct maker *m, const struct goal *g, enum placing how,
                     cJSON *array, size_t index)
{
    struct wants w = item_wants(m, g, how, index);
    unsigned nth = m->nth;
    cJSON *item = NULL;
    for (unsigned i = 0; i < (g->unique ? MOST_TRIES : 1) && m->left; i++) {
        if (g->unique)
            m->nth = nth + (unsigned)index + i;
        item = sample_value(m, w.at, w.count, NULL);
        if (!item || !g->unique || !is_among(array, item))
            break;
        item = NULL;
    }
    m->nth = nth;
    if (item)
        json_push(array, item);
    return item;
}

static size_t items_wanted(const struct goal *g, enum placing how)
{
    size_t least = contained(g, how);
    if (how == PLACE_BEHIND && least)
        least += longest_prefix(g);
    least = least > g->items[0] ? least : g->items[0];
    for (unsigned i = 0; i < g->asks.count; i++) {
        if (g->asks.at[i].kind == ASK_ITEM && least <= g->asks.at[i].index)
            least = g->asks.at[i].index + 1;
        if (g->asks.at[i].kind == ASK_TWINS && least < 2)
            least = 2;
    }
    return least;
}

static cJSON *fill(struct maker *m, const struct goal *g, enum placing how)
{
    size_t least = items_wanted(g, how), count = least, prefix = longest_prefix(g);
    if (sample_generous(m)) {
        size_t usual = m->s->size == SAMPLE_EVERYTHING ? 2 : 1;
        usual = prefix > usual ? prefix : usual;
        count = count > usual ? count : least ? least : usual;
    }
    count = count < g->items[1] ? count : g->items[1];
    if (least > g->items[1] || count > MOST_ITEMS)
        return NULL;
    cJSON *array = json_array(m->s->arena);
    size_t made = 0;
    while (made < count && add_item(m, g, how, array, made))
        made++;
    return made >= least ? array : NULL;
}

static bool wants_twins(const struct goal *g)
{
    for (unsigned i = 0; i < g->asks.count; i++)
        if (g->asks.at[i].kind == ASK_TWINS)
            return true;
    return false;
}

cJSON *sample_array(struct maker *m, struct goal *g)
{
    cJSON *array = NULL;
    size_t placings = contained(g, PLACE_IN_TURN) ? PLACINGS : 1;
    m->objects++;
    for (unsigned how = 0; how < placings && !array && m->left; how++)
        array = fill(m, g, (enum placing)how);
    m->objects--;
    if (array && wants_twins(g) && array->child && array->child->next) {
        cJSON *twin = json_copy(m->s->arena, array->child);
        json_detach(array, array->child->next);
        json_push(array, twin);
    }
    return array;
}

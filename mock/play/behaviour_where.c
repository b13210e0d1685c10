#include "play/reading.h"

#include "play/member.h"

/* ---- places ---- */

static bool is_far(struct reading *r, const size_t *of, size_t of_count,
                   const char *pattern)
{
    const char *rest;
    for (size_t i = 0; i < of_count; i++)
        if (member_through(&r->b->plan.collections[of[i]], pattern, &rest))
            return true;
    return strstr(pattern, "/*") != NULL;
}

static bool has_keys(struct reading *r, const size_t *of, size_t of_count,
                     const char *pattern)
{
    for (size_t i = 0; i < of_count; i++)
        if (member_reference(&r->b->plan, of[i], pattern, 0))
            return true;
    return false;
}

/* The types of a place in any of the collections; an error where none of them has it.
 */
static unsigned types_at(struct reading *r, const size_t *of, size_t of_count,
                         const char *pattern, struct where w)
{
    struct schema_place one;
    unsigned types = 0;
    bool found = false;
    for (size_t i = 0; i < of_count; i++)
        if (member_describe(&r->b->plan, &r->b->plan.collections[of[i]], pattern,
                            &one)) {
            types |= one.types;
            found = true;
        }
    if (!found && of_count)
        reading_member(r, &r->b->plan.collections[of[0]], pattern, w, &one);
    /* An item, or a reference's key. */
    return !found || types & (TYPE_OBJECT | TYPE_ARRAY) ? TYPE_ANY : types;
}

/* ---- conditions ---- */

/* The key of what a reference leads to is what the reference holds: asked there, it may
 * be an alias, and an index knows it. */
static const char *without_key(struct reading *r, const size_t *of, size_t of_count,
                               const char *pattern)
{
    const char *rest;
    const struct store_reference *ref =
        of_count == 1 ? member_through(&r->b->plan.collections[of[0]], pattern, &rest)
                      : NULL;
    for (size_t i = 0; ref && i < ref->of_count; i++)
        if (strcmp(r->b->plan.collections[ref->of[i]].key, rest) != 0)
            return pattern;
    return ref && ref->of_count ? ref->at.text : pattern;
}

static const struct condition *read_when(struct reading *r, struct naming *n,
                                         const char *text, struct where w, unsigned i)
{
    w.pointer = arena_printf(r->places, "%s/%u/when", w.pointer, i);
    return text ? condition_read(n, text, w) : NULL;
}

struct step_wheres reading_wheres(struct reading *r, struct naming *n, const size_t *of,
                                  size_t of_count, const struct record_where *from,
                                  unsigned count, struct where w)
{
    enum { MOST_TESTS = 9 };
    struct step_where *list =
        arena_array(r->places, struct step_where, count * MOST_TESTS + 1);
    struct step_wheres all = { .count = 0 };
    for (unsigned i = 0; i < count; i++) {
        const struct {
            const char *key, *text;
            enum match_test test;
        } tests[MOST_TESTS] = {
            { "is", from[i].is, MATCH_IS },
            { "is_not", from[i].is_not, MATCH_NOT },
            { "minimum", from[i].minimum, MATCH_MINIMUM },
            { "maximum", from[i].maximum, MATCH_MAXIMUM },
            { "exclusive_minimum", from[i].exclusive_minimum, MATCH_EXCLUSIVE_MINIMUM },
            { "exclusive_maximum", from[i].exclusive_maximum, MATCH_EXCLUSIVE_MAXIMUM },
            { "contains", from[i].contains, MATCH_CONTAINS },
            { "prefix", from[i].prefix, MATCH_PREFIX },
            { "has", from[i].has, MATCH_HAS },
        };
        struct where here = w;
        size_t before = all.count;
        here.pointer = arena_printf(r->places, "%s/%u/at", w.pointer, i);
        const char *at = without_key(r, of, of_count, from[i].at);
        const struct condition *when = read_when(r, n, from[i].when, w, i);
        unsigned types = types_at(r, of, of_count, at, here);
        for (size_t t = 0; t < MOST_TESTS; t++) {
            if (!tests[t].text)
                continue;
            here.pointer =
                arena_printf(r->places, "%s/%u/%s", w.pointer, i, tests[t].key);
            const struct expression *value =
                expression_read(n, tests[t].text, types, here);
            list[all.count++] = (struct step_where){
                .at = at,
                .way = way_read(at, r->arena),
                .value = value,
                .asked = expression_asks(value),
                .when = when,
                .types = types,
                .keys = has_keys(r, of, of_count, at),
                .test = tests[t].test,
                .far = is_far(r, of, of_count, at),
            };
        }
        if (all.count == before)
            err_set(r->err, here,
                    "expected is, is_not, minimum, maximum, "
                    "exclusive_minimum, exclusive_maximum, contains, "
                    "prefix or has, found none");
    }
    all.list = arena_array(r->arena, struct step_where, all.count + 1);
    memcpy(all.list, list, all.count * sizeof(*list));
    return all;
}

const struct step_follow *reading_follow(struct reading *r, struct naming *n,
                                         const struct step *step,
                                         const struct record_step *from, struct where w)
{
    bool may = step->kind == STEP_FIND || step->kind == STEP_UPDATE ||
               step->kind == STEP_DELETE || step->kind == STEP_LIST ||
               step->kind == STEP_COUNT;
    struct where here = reading_below(r, w, "follow");
    if (from->until_count && (!from->follow || step->kind != STEP_FIND))
        err_set(r->err, reading_below(r, w, "until"),
                "until goes with find and follow");
    if (from->among_count && (!from->follow || from->until_count))
        err_set(r->err, reading_below(r, w, "among"),
                "among goes with follow, and without until");
    if (!from->follow)
        return NULL;
    if (!may || step->of_count > 1) {
        err_set(r->err, here, "what is followed is found in one collection");
        return NULL;
    }
    struct step_follow *f = arena_take(r->arena, sizeof(*f));
    *f = (struct step_follow){ .from = from->follow->from, .to = from->follow->to };
    types_at(r, step->of, step->of_count, f->from, reading_below(r, here, "from"));
    types_at(r, step->of, step->of_count, f->to, reading_below(r, here, "to"));
    if (from->follow->depth)
        f->depth = expression_read(n, from->follow->depth, TYPE_INTEGER,
                                   reading_below(r, here, "depth"));
    f->until = reading_wheres(r, n, step->of, step->of_count, from->until,
                              from->until_count, reading_below(r, w, "until"));
    f->among = reading_wheres(r, n, step->of, step->of_count, from->among,
                              from->among_count, reading_below(r, w, "among"));
    return f;
}

/* ---- indexes ---- */

/* Whether values can be looked up there at all; selective tells whether that leaves
 * few: a closed set of values alone would only make long lists. */
static bool is_indexable(const struct store_collection *c, const char *pattern,
                         bool *items, bool *selective)
{
    struct schema_place place = { .types = TYPE_STRING };
    if (!member_hidden(c, pattern) && !schema_describe(c->schema, pattern, &place))
        return false;
    *items = place.types & TYPE_ARRAY || strstr(pattern, "/*");
    *selective = !(place.types & TYPE_BOOLEAN) && !place.closed;
    return true;
}

static void want_index_of(struct reading *r, struct store_collection *c, const char *at)
{
    const char **one = arena_array(r->arena, const char *, 1);
    one[0] = at;
    reading_index(r, c, one, 1, false);
}

/* One over all members, or, for a list, whose filters may be left out, one over each. A
 * member with a list has one of its own, as its items are looked for apart. */
static void want_indexes(struct reading *r, const struct step *step,
                         struct store_collection *c)
{
    bool apart = step->kind == STEP_LIST || step->kind == STEP_COUNT;
    const char **all = arena_array(r->arena, const char *, step->where.count + 1);
    bool selective = false;
    size_t count = 0;
    for (size_t i = 0; i < step->where.count; i++) {
        const struct step_where *w = &step->where.list[i];
        const char *rest;
        bool items = false, few = false, good = is_indexable(c, w->at, &items, &few);
        if (w->test != MATCH_IS || member_through(c, w->at, &rest))
            continue;
        if (good && (apart || (items && few)))
            want_index_of(r, c, w->at);
        if (items)
            continue;
        all[count++] = w->at;
        selective = selective || few;
    }
    if (selective && !apart)
        reading_index(r, c, all, count, false);
    if (step->follow)
        want_index_of(r, c, step->follow->to);
}

void reading_want_indexes(struct reading *r, const struct step *step)
{
    for (size_t i = 0; i < step->of_count; i++)
        want_indexes(r, step, &r->b->plan.collections[step->of[i]]);
}

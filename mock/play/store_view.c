#include "play/store_view.h"

#include "base/limits.h"

#include <stdlib.h>

/* What is kept: a view stands in the first of two places until the next one comes.
 * Where both are taken a view comes in when it is asked for again: one look at each of
 * many instances would else cost the making of all, and drive out what is looked at
 * often. */
struct shown {
    size_t bytes;
    struct view *places[LIMIT_SHOWN][2];
    uint32_t asked[LIMIT_SHOWN][2]; /* hashes of those that were not let in, the last
                                       one first */
};

/* ---- what is kept ---- */

static void view_drop(struct view *v)
{
    if (!v || atomic_fetch_sub_explicit(&v->holders, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < v->link_count; i++)
        view_drop(v->links[i].to);
    instance_drop(v->of);
    instance_drop(v->made_of);
    free(v);
}

void view_hold(struct view *v)
{
    if (v)
        atomic_fetch_add_explicit(&v->holders, 1, memory_order_relaxed);
}

static void give_back(void *what)
{
    const struct lending *lent = what;
    view_drop(lent->view);
    instance_drop(lent->instance);
}

struct lending *view_lending(struct arena *arena)
{
    struct lending *lent = arena_take(arena, sizeof(*lent));
    arena_on_free(arena, give_back, lent);
    return lent;
}

static void forget(struct store *s, struct view **place)
{
    struct view *v = *place;
    if (!v)
        return;
    *place = NULL;
    s->shown->bytes -= v->bytes;
    if (s->plan->shown)
        atomic_fetch_sub_explicit(s->plan->shown, v->bytes, memory_order_relaxed);
    view_drop(v);
}

static void forget_all(struct store *s)
{
    for (size_t i = 0; i < LIMIT_SHOWN; i++) {
        forget(s, &s->shown->places[i][0]);
        forget(s, &s->shown->places[i][1]);
    }
}

void shown_done(struct store *s)
{
    if (!s->shown)
        return;
    forget_all(s);
    free(s->shown);
    s->shown = NULL;
}

/* Whether the store, and all stores of the plan together, may keep so much more. */
static bool take_room(struct store *s, size_t bytes)
{
    atomic_size_t *all = s->plan->shown;
    if (s->shown->bytes + bytes > LIMIT_SHOWN_BYTES)
        forget_all(s);
    if (all && atomic_fetch_add_explicit(all, bytes, memory_order_relaxed) + bytes >
                   LIMIT_SHOWN_ALL_BYTES) {
        atomic_fetch_sub_explicit(all, bytes, memory_order_relaxed);
        return false;
    }
    s->shown->bytes += bytes;
    return true;
}

static uint64_t hash_of(const struct look *l)
{
    uint64_t h = (uintptr_t)l->keep ^ (uint64_t)l->depth << 56 ^ l->c << 40 ^ l->slot;
    return h * 0x9e3779b97f4a7c15ull;
}

static struct view **places_of(const struct store *s, const struct look *l)
{
    return s->shown->places[(hash_of(l) >> 32) % LIMIT_SHOWN];
}

bool view_may_enter(struct store *s, const struct look *l)
{
    if (!s->shown && !(s->shown = calloc(1, sizeof(*s->shown))))
        return false;
    const uint64_t h = hash_of(l);
    struct view **place = places_of(s, l);
    uint32_t *asked = s->shown->asked[(h >> 32) % LIMIT_SHOWN];
    if (!place[0] || !place[1] || asked[0] == (uint32_t)h || asked[1] == (uint32_t)h)
        return true;
    asked[1] = asked[0];
    asked[0] = (uint32_t)h;
    return false;
}

void view_keep(struct store *s, struct view *v)
{
    if (!take_room(s, v->bytes))
        return;
    struct view **place = places_of(s, &v->look);
    if (place[0]) {
        forget(s, &place[1]);
        place[1] = place[0];
    }
    place[0] = v;
    view_hold(v);
}

/* ---- whether it is still so ---- */

static bool is_fresh(const struct store *s, struct view *v);

/* Whether the key leads where it led. */
static bool leads_there(const struct store *s, const struct link *l)
{
    size_t c, slot;
    if (l->plain)
        return is_fresh(s, l->to);
    if (!store_leads(s, l->through, l->key, &c, &slot))
        return !l->to;
    return l->to && l->to->look.c == c && l->to->look.slot == slot &&
           is_fresh(s, l->to);
}

/* Whether both are written alike. */
static bool is_same(const cJSON *a, const cJSON *b)
{
    if (!a || !b || (a->type & 0xff) != (b->type & 0xff))
        return a == b;
    if ((a->valuestring || b->valuestring) &&
        (!a->valuestring || !b->valuestring ||
         strcmp(a->valuestring, b->valuestring) != 0))
        return false;
    if (json_is_number(a) && !a->valuestring &&
        memcmp(&a->valuedouble, &b->valuedouble, sizeof(a->valuedouble)) != 0)
        return false;
    const cJSON *x = a->child, *y = b->child;
    for (; x && y; x = x->next, y = y->next)
        if ((x->string && strcmp(x->string, y->string) != 0) || !is_same(x, y))
            return false;
    return !x && !y;
}

/* Whether a summary of another version would say the same, if its links lead where they
 * led: most changes are of members that no summary has. */
static bool sums_up_same(const struct store *s, const struct view *v,
                         const struct instance *now)
{
    const struct store_collection *plan = &s->plan->collections[v->look.c];
    const cJSON *a = v->of->tree, *b = now->tree;
    if (!v->look.keep || !is_same(store_key_of(plan, a), store_key_of(plan, b)) ||
        json_member(a, STORE_BROKEN) || json_member(b, STORE_BROKEN))
        return false;
    for (size_t i = 0; i < v->look.keep_count; i++)
        if (!is_same(way_get(a, &v->look.keep[i]), way_get(b, &v->look.keep[i])))
            return false;
    return true;
}

static bool is_fresh(const struct store *s, struct view *v)
{
    if (v->seen == s->changed)
        return true;
    struct instance *now = slots_get(&s->shelves[v->look.c].slots, v->look.slot);
    if (now != v->of) {
        if (!now || !sums_up_same(s, v, now))
            return false;
        instance_hold(now);
        instance_drop(v->of);
        v->of = now;
    }
    for (size_t i = 0; i < v->link_count; i++)
        if (!leads_there(s, &v->links[i]))
            return false;
    v->seen = s->changed;
    return true;
}

struct view *view_kept(struct store *s, const struct look *l)
{
    struct view **place = s->shown ? places_of(s, l) : NULL;
    for (int i = 0; place && i < 2; i++) {
        struct view *v = place[i];
        if (!v || v->look.slot != l->slot || v->look.c != l->c ||
            v->look.keep != l->keep || v->look.depth != l->depth)
            continue;
        if (is_fresh(s, v))
            return v;
        forget(s, &place[i]);
        return NULL;
    }
    return NULL;
}

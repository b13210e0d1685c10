/* What a client sees of an instance is kept, with its text, and shown again: a list
 * then costs a look at each row. What is kept knows the version that it shows and, of
 * each key that was replaced by a summary, what is kept of that:
 *
 *     row of a link ─┬─ source ── summary of a work ── owned_by ── summary of a user
 *                    └─ target ── summary of a part ── …
 *
 * It is fresh while all of these stand where they stood. That is asked, never told: so
 * a change that is taken back, or a store that takes another's place, needs no care.
 * Versions are held, so none is taken for a later one at its address. */
#include "play/store_parts.h"

#include "base/limits.h"
#include "doc/pointer.h"

#include <stdlib.h>

/* A child list that belongs to somebody else. */
enum { SHARED = cJSON_IsReference };

/* What is asked for: an instance with all its members, or a summary of it. */
struct look {
    size_t c, slot;
    const char **keep; /* the summary's members; NULL: all */
    size_t keep_count;
    int depth; /* references that led here */
};

/* A key that is shown as a summary, or that leads nowhere. */
struct link {
    const struct store_reference *through;
    const char *key;
    struct view *to; /* held; NULL: nowhere */
    bool plain;      /* the key itself, of the first collection: nobody else has it */
};

/* One instance as it is shown, in one block with all that is its own:
 *     | view | links | nodes | written |
 * Other nodes and texts are those of the instance and of the views that it shows. */
struct view {
    atomic_uint holders; /* the table, views that show it, calls */
    struct look look;
    struct instance *of, *made_of; /* held: what it shows, and whose texts it has */
    bool broken;                   /* marked so, or one that is summed up in it is */
    uint64_t seen; /* it was fresh when the store had changed so often */
    size_t bytes, link_count;
    struct link *links;
    cJSON node;
};

/* What is kept: a view stands in the first of two places until the next one comes. */
struct shown {
    size_t bytes;
    struct view *places[LIMIT_SHOWN][2];
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

static void view_hold(struct view *v)
{
    if (v)
        atomic_fetch_add_explicit(&v->holders, 1, memory_order_relaxed);
}

static void give_back(void *what)
{
    struct view **lent = what;
    view_drop(*lent);
}

/* What is put here is held until arena is reset. The place is taken first, since the
 * arena may have none. */
static struct view **lending(struct arena *arena)
{
    struct view **lent = arena_take(arena, sizeof(struct view *));
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

static struct view **places_of(const struct store *s, const struct look *l)
{
    uint64_t h = (uintptr_t)l->keep ^ (uint64_t)l->depth << 56 ^ l->c << 40 ^ l->slot;
    h *= 0x9e3779b97f4a7c15ull;
    return s->shown->places[(h >> 32) % LIMIT_SHOWN];
}

static void keep(struct store *s, struct view *v)
{
    if (!s->shown && !(s->shown = calloc(1, sizeof(*s->shown))))
        return;
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
    size_t slot;
    if (l->plain)
        return is_fresh(s, l->to);
    for (size_t i = 0; i < l->through->of_count; i++)
        if (store_key(s, l->through->of[i], l->key, &slot))
            return l->to && l->to->look.c == l->through->of[i] &&
                   l->to->look.slot == slot && is_fresh(s, l->to);
    return !l->to;
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
    const char *key = s->plan->collections[v->look.c].key;
    const cJSON *a = v->of->tree, *b = now->tree;
    if (!v->look.keep || !is_same(pointer_get(a, key), pointer_get(b, key)) ||
        json_member(a, STORE_BROKEN) || json_member(b, STORE_BROKEN))
        return false;
    for (size_t i = 0; i < v->look.keep_count; i++)
        if (!is_same(json_member(a, v->look.keep[i]), json_member(b, v->look.keep[i])))
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

/* What is kept of it and fresh, or NULL. */
static struct view *kept(struct store *s, const struct look *l)
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

/* ---- showing ---- */

/* One instance being shown. */
struct showing {
    const struct store *s;
    struct store *keeps; /* the same; NULL: nothing is kept */
    struct arena *arena;
    const struct look *look;
    bool broken;
    bool loose; /* it shows something that is not kept */
    const struct store_reference *through;
    struct link *links;
    size_t link_count, link_room;
};

static void add_link(struct showing *to, const char *key, struct view *v, bool plain)
{
    if (to->link_count == to->link_room) {
        size_t room = to->link_room ? 2 * to->link_room : 16;
        struct link *more = arena_take_raw(to->arena, room * sizeof(*more));
        if (to->link_count)
            memcpy(more, to->links, to->link_count * sizeof(*more));
        to->links = more;
        to->link_room = room;
    }
    to->links[to->link_count++] = (struct link){ to->through, key, v, plain };
}

static cJSON *show(struct showing *to, const cJSON *raw);
static struct view *view_of(struct showing *to, cJSON **tree);

static bool is_key(const struct store_collection *plan, const cJSON *tree,
                   const char *text)
{
    const cJSON *key = pointer_get(tree, plan->key);
    return json_is_string(key) && strcmp(key->valuestring, text) == 0;
}

/* An instance that was taken out since the mark, summed up as the reference wants it;
 * NULL when there is none. */
static cJSON *sum_up_before(struct showing *to, const char *key)
{
    const struct store *s = to->s;
    const struct store_reference *r = to->through;
    for (size_t i = 0; s->backward && i < s->change_count; i++)
        for (size_t k = 0; k < r->of_count; k++) {
            const size_t c = s->changes[i].collection;
            const cJSON *was = c == r->of[k] ? store_before(s, i) : NULL;
            if (!was || !is_key(&s->plan->collections[c], was, key))
                continue;
            const struct look look = { .c = c,
                                       .keep = r->keep,
                                       .keep_count = r->keep_count,
                                       .depth = to->look->depth + 1 };
            struct showing below = { .s = s, .arena = to->arena, .look = &look };
            cJSON *tree = show(&below, was);
            to->broken = to->broken || below.broken;
            return tree;
        }
    return NULL;
}

/* What is at slot, summed up as the reference wants it. */
static cJSON *sum_up(struct showing *to, const char *key, size_t c, size_t slot)
{
    const struct store_reference *r = to->through;
    const struct look look = { c, slot, r->keep, r->keep_count, to->look->depth + 1 };
    struct showing below = {
        .s = to->s, .keeps = to->keeps, .arena = to->arena, .look = &look
    };
    const cJSON *raw = store_get(to->s, c, slot);
    cJSON *tree = NULL;
    struct view *v = to->keeps ? view_of(&below, &tree) : NULL;
    if (v)
        add_link(to, key, v,
                 c == r->of[0] && is_key(&to->s->plan->collections[c], raw, key));
    else if (!tree)
        tree = show(&below, raw);
    to->broken = to->broken || below.broken;
    to->loose = to->loose || !v;
    return v ? json_same(to->arena, &v->node) : tree;
}

static bool show_key(cJSON *key, void *context)
{
    struct showing *to = context;
    size_t slot;
    if (!json_is_string(key))
        return false;
    for (size_t i = 0; i < to->through->of_count; i++) {
        size_t c = to->through->of[i];
        if (!store_key(to->s, c, key->valuestring, &slot))
            continue;
        json_become(key, sum_up(to, key->valuestring, c, slot));
        return false;
    }
    cJSON *before = sum_up_before(to, key->valuestring);
    if (before)
        json_become(key, before);
    else
        add_link(to, key->valuestring, NULL, false);
    return false;
}

/* A node with a value of somebody else's. */
static cJSON *borrowed(struct arena *arena, const cJSON *value)
{
    cJSON *n = json_same(arena, value);
    n->string = value->string;
    if (n->child && !json_is_written(n))
        n->type |= SHARED;
    return n;
}

/* The children become at's own, so that they can be replaced. */
static void own_children(cJSON *at, struct arena *arena)
{
    const cJSON *c = at->child;
    if (!(at->type & (SHARED | JSON_WRITTEN)))
        return;
    if (json_is_written(at))
        at->valuestring = NULL;
    at->type &= 0xff;
    at->child = NULL;
    for (; c; c = c->next)
        json_push(at, borrowed(arena, c));
}

/* The same all the way along a pattern of pointer_each. */
static void own_way(cJSON *at, const char *pattern, struct arena *arena)
{
    while (at) {
        own_children(at, arena);
        if (json_is_array(at) && pattern[0] == '/' && pattern[1] == '*' &&
            (!pattern[2] || pattern[2] == '/')) {
            for (cJSON *one = at->child; one; one = one->next)
                own_way(one, pattern + 2, arena);
            return;
        }
        at = pointer_step(at, &pattern);
    }
}

/* The members that are wanted, in their order. */
static cJSON *pick(const cJSON *raw, const struct look *l, struct arena *arena)
{
    cJSON *out = json_object(arena);
    for (size_t i = 0; l->keep && i < l->keep_count; i++) {
        const cJSON *m = json_member(raw, l->keep[i]);
        if (m)
            json_push(out, borrowed(arena, m));
    }
    for (const cJSON *m = l->keep ? NULL : raw->child; m; m = m->next)
        if (strcmp(m->string, STORE_BROKEN) != 0)
            json_push(out, borrowed(arena, m));
    return out;
}

/* Hidden members that a summary asks for are in it, as they are stored. */
static cJSON *add_hidden(const cJSON *raw, cJSON *shown, const struct look *l,
                         struct arena *arena)
{
    cJSON *out = json_object(arena);
    for (size_t i = 0; i < l->keep_count; i++) {
        cJSON *m = json_member(shown, l->keep[i]);
        if (m)
            json_detach(shown, m);
        else if ((m = json_member(raw, l->keep[i])))
            m = borrowed(arena, m);
        if (m)
            json_push(out, m);
    }
    return out;
}

static cJSON *show(struct showing *to, const cJSON *raw)
{
    const struct look *l = to->look;
    const struct store_collection *plan = &to->s->plan->collections[l->c];
    cJSON *out = pick(raw, l, to->arena);
    bool hidden = false;
    to->broken = json_member(raw, STORE_BROKEN) != NULL;
    for (size_t i = 0; i < plan->hidden_count; i++) {
        if (!pointer_get(out, plan->hidden[i]))
            continue;
        own_way(out, plan->hidden[i], to->arena);
        pointer_remove(out, plan->hidden[i]);
        hidden = true;
    }
    for (size_t i = 0; i < plan->reference_count && l->depth < LIMIT_EMBED_DEPTH; i++) {
        const char *rest = plan->references[i].at;
        cJSON *m = plan->references[i].keep_count ? pointer_step(out, &rest) : NULL;
        if (!m)
            continue;
        to->through = &plan->references[i];
        own_way(m, rest, to->arena);
        store_each_key_at(m, rest, show_key, to);
    }
    return l->keep && hidden ? add_hidden(raw, out, l, to->arena) : out;
}

/* ---- from what is shown to what is kept ---- */

static size_t count_own(const cJSON *n)
{
    size_t count = 1;
    if (!(n->type & (SHARED | JSON_WRITTEN)))
        for (const cJSON *c = n->child; c; c = c->next)
            count += count_own(c);
    return count;
}

static void pack(const cJSON *from, cJSON *to, cJSON **next)
{
    *to = *from;
    to->next = to->prev = NULL;
    if (from->type & (SHARED | JSON_WRITTEN))
        return;
    to->child = NULL;
    for (const cJSON *c = from->child; c; c = c->next) {
        cJSON *copy = (*next)++;
        pack(c, copy, next);
        json_push(to, copy);
    }
}

/* Of tree, which shows of. NULL when it is too long to be kept, or memory ran out. */
static struct view *view_new(const struct showing *to, struct instance *of,
                             const cJSON *tree)
{
    struct buffer text = buffer_in(to->arena, LIMIT_SHOWN_TEXT);
    json_write(&text, tree);
    size_t links = to->link_count * sizeof(struct link);
    size_t nodes = (count_own(tree) - 1) * sizeof(cJSON);
    size_t bytes = sizeof(struct view) + links + nodes + json_written_size(text.len);
    struct view *v = text.full ? NULL : malloc(bytes);
    if (!v)
        return NULL;
    *v = (struct view){ .look = *to->look,
                        .of = of,
                        .made_of = of,
                        .broken = to->broken,
                        .seen = to->s->changed,
                        .bytes = bytes,
                        .links = (struct link *)(void *)(v + 1),
                        .link_count = to->link_count };
    atomic_init(&v->holders, 1);
    instance_hold(of);
    instance_hold(of);
    for (size_t i = 0; i < to->link_count; i++) {
        v->links[i] = to->links[i];
        view_hold(v->links[i].to);
    }
    cJSON *node = (cJSON *)(void *)(v->links + v->link_count);
    char *written = (char *)node + nodes;
    pack(tree, &v->node, &node);
    json_written_init((struct json_written *)(void *)written, &v->node,
                      buffer_str(&text));
    return v;
}

/* What to->look asks for, kept before or from now on, and there until the arena is
 * reset. NULL when it is not to be kept; *tree is a tree of it then. */
static struct view *view_of(struct showing *to, cJSON **tree)
{
    struct instance *of = slots_get(&to->s->shelves[to->look->c].slots, to->look->slot);
    struct view **lent = lending(to->arena);
    *lent = kept(to->keeps, to->look);
    if (*lent) {
        view_hold(*lent);
        to->broken = (*lent)->broken;
        return *lent;
    }
    *tree = show(to, of->tree);
    if (!to->loose && (*lent = view_new(to, of, *tree)))
        keep(to->keeps, *lent);
    return *lent;
}

/* ---- what a client sees ---- */

static void note_broken(const struct showing *to, bool *broken)
{
    if (to->broken && broken)
        *broken = true;
}

cJSON *store_show(struct store *s, size_t c, size_t slot, struct arena *arena,
                  bool *broken)
{
    const struct look look = { .c = c, .slot = slot };
    struct showing to = { .s = s, .keeps = s, .arena = arena, .look = &look };
    cJSON *tree;
    struct view *v = view_of(&to, &tree);
    note_broken(&to, broken);
    return v ? json_same(arena, &v->node) : json_share(arena, tree);
}

cJSON *store_show_tree(struct store *s, size_t c, const cJSON *tree,
                       struct arena *arena, bool *broken)
{
    const struct look look = { .c = c };
    struct showing to = { .s = s, .keeps = s, .arena = arena, .look = &look };
    const cJSON *key = pointer_get(tree, s->plan->collections[c].key), *stored;
    size_t slot;
    if (json_is_string(key) && store_key(s, c, key->valuestring, &slot) &&
        (stored = store_get(s, c, slot))->child == tree->child)
        return store_show(s, c, slot, arena, broken);
    cJSON *out = json_share(arena, show(&to, tree));
    note_broken(&to, broken);
    return out;
}

const cJSON *store_render(const struct store *s, size_t c, const cJSON *tree,
                          struct arena *arena, bool *broken)
{
    const struct look look = { .c = c };
    struct showing to = { .s = s, .arena = arena, .look = &look };
    const cJSON *out = show(&to, tree);
    note_broken(&to, broken);
    return out;
}

const cJSON *store_show_before(struct store *s, size_t c, const cJSON *tree,
                               struct arena *arena, bool *broken)
{
    s->backward = true;
    const cJSON *out = store_render(s, c, tree, arena, broken);
    s->backward = false;
    return out;
}

bool store_hides(const struct store *s, size_t c, const char *pointer)
{
    const struct store_collection *plan = &s->plan->collections[c];
    for (size_t i = 0; i < plan->hidden_count; i++) {
        size_t len = strlen(plan->hidden[i]);
        if (strncmp(pointer, plan->hidden[i], len) == 0 &&
            (!pointer[len] || pointer[len] == '/'))
            return true;
    }
    return false;
}

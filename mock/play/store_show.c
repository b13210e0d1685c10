#include "play/store_view.h"

#include "base/limits.h"

#include <stdlib.h>

/* A child list that belongs to somebody else. */
enum { SHARED = cJSON_IsReference };

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
    const cJSON *key = store_key_of(plan, tree);
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
    cJSON *tree;
    struct view *v = to->keeps ? view_of(&below, &tree) : NULL;
    if (v)
        add_link(to, key, v,
                 c == r->of[0] && is_key(&to->s->plan->collections[c], raw, key));
    else if (!to->keeps)
        tree = show(&below, raw);
    to->broken = to->broken || below.broken;
    to->loose = to->loose || !v;
    return v ? json_same(to->arena, &v->node) : tree;
}

static bool show_key(cJSON *key, void *context)
{
    struct showing *to = context;
    size_t c, slot;
    if (!json_is_string(key))
        return false;
    if (store_leads(to->s, to->through, key->valuestring, &c, &slot)) {
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
    if (n->child && !json_is_lent(n))
        n->type |= SHARED;
    return n;
}

/* The children become at's own, so that they can be replaced. */
static void own_children(cJSON *at, struct arena *arena)
{
    const cJSON *c = at->child;
    if (!(at->type & (SHARED | JSON_LENT)))
        return;
    if (json_is_lent(at))
        at->valuestring = NULL;
    at->type &= 0xff;
    at->child = NULL;
    for (; c; c = c->next)
        json_push(at, borrowed(arena, c));
}

/* The same all the way along a way, from one of its tokens on. */
static void own_way(cJSON *at, const struct way *way, size_t from, struct arena *arena)
{
    for (size_t i = from; at; i++) {
        own_children(at, arena);
        if (i == way->count)
            return;
        if (json_is_array(at) && way->list[i].each) {
            for (cJSON *one = at->child; one; one = one->next)
                own_way(one, way, i + 1, arena);
            return;
        }
        at = way_go(at, &way->list[i]);
    }
}

/* Whether summaries of these instances have it, where a reference asks for it. */
static bool sums_up_with(const struct store_collection *plan, const struct way *keep)
{
    for (size_t i = 0; i < plan->summary_count; i++)
        if (plan->summary[i].list[0].hash == keep->list[0].hash &&
            strcmp(plan->summary[i].text, keep->text) == 0)
            return true;
    return !plan->summary_count;
}

/* The members that are wanted, in their order; of some only what a pointer leads to. */
static cJSON *pick(const struct store_collection *plan, const cJSON *raw,
                   const struct look *l, struct arena *arena)
{
    cJSON *out = json_object(arena);
    for (size_t i = 0; l->keep && i < l->keep_count; i++) {
        const cJSON *m =
            sums_up_with(plan, &l->keep[i]) ? way_get(raw, &l->keep[i]) : NULL;
        if (m && l->keep[i].count > 1)
            way_set(arena, out, &l->keep[i], borrowed(arena, m));
        else if (m)
            json_push(out, borrowed(arena, m));
    }
    for (const cJSON *m = l->keep ? NULL : raw->child; m; m = m->next)
        if (strcmp(m->string, STORE_BROKEN) != 0)
            json_push(out, borrowed(arena, m));
    return out;
}

/* Hidden members that a summary asks for are in it, as they are stored. */
static cJSON *add_hidden(const struct store_collection *plan, const cJSON *raw,
                         cJSON *shown, const struct look *l, struct arena *arena)
{
    cJSON *out = json_object(arena), *all = pick(plan, raw, l, arena), *next;
    for (cJSON *m = all->child; m; m = next) {
        cJSON *seen = json_member(shown, m->string);
        next = m->next;
        if (seen)
            json_detach(shown, seen);
        else
            json_detach(all, m);
        json_push(out, seen ? seen : m);
    }
    return out;
}

static cJSON *show(struct showing *to, const cJSON *raw)
{
    const struct look *l = to->look;
    const struct store_collection *plan = &to->s->plan->collections[l->c];
    cJSON *out = pick(plan, raw, l, to->arena);
    const uint64_t names = json_names(out);
    bool hidden = false;
    to->broken = json_member(raw, STORE_BROKEN) != NULL;
    for (size_t i = 0; i < plan->hidden_count; i++) {
        if (!way_may(&plan->hidden[i], names) || !way_get(out, &plan->hidden[i]))
            continue;
        own_way(out, &plan->hidden[i], 0, to->arena);
        way_remove(out, &plan->hidden[i]);
        hidden = true;
    }
    for (size_t i = 0; i < plan->reference_count && l->depth < LIMIT_EMBED_DEPTH; i++) {
        const struct store_reference *r = &plan->references[i];
        cJSON *m = r->keep_count && way_may(&r->at, names) ? way_go(out, &r->at.list[0])
                                                           : NULL;
        if (!m)
            continue;
        to->through = r;
        own_way(m, &r->at, 1, to->arena);
        store_each_key(out, r, show_key, to);
    }
    return l->keep && hidden ? add_hidden(plan, raw, out, l, to->arena) : out;
}

/* ---- from what is shown to what is kept ---- */

static size_t count_own(const cJSON *n)
{
    size_t count = 1;
    if (!(n->type & (SHARED | JSON_LENT)))
        for (const cJSON *c = n->child; c; c = c->next)
            count += count_own(c);
    return count;
}

static void pack(const cJSON *from, cJSON *to, cJSON **next)
{
    *to = *from;
    to->next = to->prev = NULL;
    if (from->type & (SHARED | JSON_LENT))
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
    size_t bytes = sizeof(struct view) + links + nodes + text.len;
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
    memcpy(written, buffer_str(&text).ptr, text.len);
    v->lent.text = (struct str){ written, text.len };
    if (json_is_lent(tree)) /* what it was found to fit, it fits still */
        atomic_init(&v->lent.fits, atomic_load(&json_lent_of(tree)->fits));
    json_lend(&v->node, &v->lent);
    return v;
}

/* Whether nothing of an instance is hidden or replaced where all of it is shown. */
static bool shows_as_is(const struct store_collection *plan, const struct instance *of)
{
    const uint64_t names =
        plan->hidden_count || plan->reference_count ? json_names(of->tree) : 0;
    for (size_t i = 0; i < plan->hidden_count; i++)
        if (way_may(&plan->hidden[i], names))
            return false;
    for (size_t i = 0; i < plan->reference_count; i++)
        if (plan->references[i].keep_count && way_may(&plan->references[i].at, names))
            return false;
    return !of->broken;
}

static cJSON *show_all(struct showing *to, struct instance *of)
{
    if (to->look->keep || !shows_as_is(&to->s->plan->collections[to->look->c], of))
        return show(to, of->tree);
    cJSON *same = json_same(to->arena, of->tree);
    json_lend(same, &of->lent);
    return same;
}

/* What to->look asks for, kept before or from now on, and there until the arena is
 * reset. NULL when it is not to be kept; *tree is a tree of it then, lent as long. */
static struct view *view_of(struct showing *to, cJSON **tree)
{
    struct instance *of = slots_get(&to->s->shelves[to->look->c].slots, to->look->slot);
    struct lending *lent = view_lending(to->arena);
    lent->view = view_kept(to->keeps, to->look);
    if (lent->view) {
        view_hold(lent->view);
        to->broken = lent->view->broken;
        return lent->view;
    }
    *tree = show_all(to, of);
    if (!to->loose && view_may_enter(to->keeps, to->look) &&
        (lent->view = view_new(to, of, *tree))) {
        view_keep(to->keeps, lent->view);
        return lent->view;
    }
    instance_hold(of);
    lent->instance = of;
    if (!json_is_lent(*tree))
        json_lend(*tree, arena_take(to->arena, sizeof(struct json_lent)));
    return NULL;
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
    return v ? json_same(arena, &v->node) : tree;
}

/* Whether it is that tree that stands at slot. */
static bool stands_at(const struct store *s, size_t c, const cJSON *tree, size_t slot)
{
    const cJSON *stored = store_get(s, c, slot);
    return stored && stored->child && stored->child == tree->child;
}

cJSON *store_show_tree(struct store *s, size_t c, const cJSON *tree, size_t slot,
                       struct arena *arena, bool *broken)
{
    const struct look look = { .c = c };
    struct showing to = { .s = s, .keeps = s, .arena = arena, .look = &look };
    const cJSON *key = store_key_of(&s->plan->collections[c], tree);
    if (stands_at(s, c, tree, slot) ||
        (json_is_string(key) && store_key(s, c, key->valuestring, &slot) &&
         stands_at(s, c, tree, slot)))
        return store_show(s, c, slot, arena, broken);
    cJSON *out = json_share(arena, show(&to, tree));
    note_broken(&to, broken);
    return out;
}

void store_note_fit(struct store *s, size_t c, size_t slot, uint64_t mark)
{
    struct instance *of = slots_get(&s->shelves[c].slots, slot);
    atomic_store_explicit(&of->lent.fits, mark, memory_order_relaxed);
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
        size_t len = strlen(plan->hidden[i].text);
        if (strncmp(pointer, plan->hidden[i].text, len) == 0 &&
            (!pointer[len] || pointer[len] == '/'))
            return true;
    }
    return false;
}

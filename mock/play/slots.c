#include "play/slots.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BITS = 6, FAN = 1 << BITS };

struct slots_node {
    atomic_uint holders; /* parents and roots that point here */
    bool leaf;
    union {
        struct instance *instance;
        struct slots_node *node;
    } at[FAN];
    uint32_t live[]; /* below each place; leaves have none */
};

static size_t node_bytes(bool leaf)
{
    return sizeof(struct slots_node) + (leaf ? 0 : FAN * sizeof(uint32_t));
}

static struct slots_node *node_new(bool leaf)
{
    struct slots_node *n = calloc(1, node_bytes(leaf));
    if (n) {
        atomic_init(&n->holders, 1);
        n->leaf = leaf;
    }
    return n;
}

static void node_hold(struct slots_node *n)
{
    if (n)
        atomic_fetch_add_explicit(&n->holders, 1, memory_order_relaxed);
}

static void node_drop(struct slots_node *n)
{
    if (!n || atomic_fetch_sub_explicit(&n->holders, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < FAN; i++)
        if (n->leaf)
            instance_drop(n->at[i].instance);
        else
            node_drop(n->at[i].node);
    free(n);
}

/* Makes the node at *place one that nobody else sees; what nobody else holds may be
 * changed as it is. */
static struct slots_node *node_own(struct slots_node **place, bool leaf)
{
    struct slots_node *old = *place;
    if (old && atomic_load_explicit(&old->holders, memory_order_acquire) == 1)
        return old;
    struct slots_node *n = node_new(leaf);
    if (!n)
        return NULL;
    *place = n;
    if (!old)
        return n;
    memcpy(n->at, old->at, sizeof(n->at));
    if (!leaf)
        memcpy(n->live, old->live, FAN * sizeof(*n->live));
    for (size_t i = 0; i < FAN; i++)
        if (leaf)
            instance_hold(n->at[i].instance);
        else
            node_hold(n->at[i].node);
    node_drop(old);
    return n;
}

static size_t place_of(size_t at, unsigned level)
{
    return at >> (BITS * level) & (FAN - 1);
}

static bool is_past(const struct slots *s, size_t at)
{
    return !s->root || at >> (BITS * (s->levels + 1)) != 0;
}

struct instance *slots_get(const struct slots *s, size_t at)
{
    if (is_past(s, at))
        return NULL;
    const struct slots_node *n = s->root;
    for (unsigned level = s->levels; level > 0 && n; level--)
        n = n->at[place_of(at, level)].node;
    return n ? n->at[place_of(at, 0)].instance : NULL;
}

/* One level more above the root. */
static bool raise_root(struct slots *s)
{
    struct slots_node *n = node_new(false);
    if (!n)
        return false;
    n->at[0].node = s->root;
    n->live[0] = (uint32_t)s->live;
    s->root = n;
    s->levels++;
    return true;
}

bool slots_put(struct slots *s, size_t at, struct instance *i, struct instance **before)
{
    struct slots_node *path[sizeof(size_t) * 8 / BITS + 1];
    while (s->root && is_past(s, at))
        if (!raise_root(s))
            return false;
    while (!s->root && at >> (BITS * (s->levels + 1)) != 0)
        s->levels++;
    struct slots_node **place = &s->root;
    for (unsigned level = s->levels;; level--) {
        struct slots_node *n = path[level] = node_own(place, level == 0);
        if (!n)
            return false;
        if (!level)
            break;
        place = &n->at[place_of(at, level)].node;
    }
    struct instance **leaf = &path[0]->at[place_of(at, 0)].instance;
    *before = *leaf;
    *leaf = i;
    uint32_t more = (uint32_t)(i != NULL) - (uint32_t)(*before != NULL);
    for (unsigned level = s->levels; level > 0; level--)
        path[level]->live[place_of(at, level)] += more;
    s->live += (size_t)(i != NULL) - (size_t)(*before != NULL);
    return true;
}

size_t slots_before(const struct slots *s, size_t at)
{
    size_t count = 0;
    if (is_past(s, at))
        return s->live;
    const struct slots_node *n = s->root;
    for (unsigned level = s->levels; n && level > 0; level--) {
        for (size_t i = 0; i < place_of(at, level); i++)
            count += n->live[i];
        n = n->at[place_of(at, level)].node;
    }
    for (size_t i = 0; n && i < place_of(at, 0); i++)
        count += n->at[i].instance != NULL;
    return count;
}

/* A list under way. */
struct listing {
    size_t skip, found, most;
    uint32_t *list;
};

static void list_below(const struct slots_node *n, size_t first, unsigned level,
                       struct listing *l)
{
    for (size_t i = 0; i < FAN && l->found < l->most; i++) {
        size_t slot = first + (i << (BITS * level));
        size_t live = n->leaf ? n->at[i].instance != NULL : n->live[i];
        if (l->skip >= live)
            l->skip -= live;
        else if (n->leaf)
            l->list[l->found++] = (uint32_t)slot;
        else
            list_below(n->at[i].node, slot, level - 1, l);
    }
}

size_t slots_list(const struct slots *s, size_t n, uint32_t *list, size_t most)
{
    struct listing l = { .skip = n, .most = most, .list = list };
    if (s->root && n < s->live)
        list_below(s->root, 0, s->levels, &l);
    return l.found;
}

void slots_share(struct slots *to, const struct slots *from)
{
    *to = *from;
    node_hold(to->root);
}

static bool same_below(const struct slots_node *a, const struct slots_node *b)
{
    if (a == b)
        return true;
    if (!a || !b || a->leaf)
        return a && b && memcmp(a->at, b->at, sizeof(a->at)) == 0;
    for (size_t i = 0; i < FAN; i++)
        if (a->live[i] != b->live[i] ||
            (a->live[i] && !same_below(a->at[i].node, b->at[i].node)))
            return false;
    return true;
}

/* The lowest node that has everything below it: a row that was longer once is as high
 * as it was then. */
static const struct slots_node *top_of(const struct slots *s, unsigned *levels)
{
    const struct slots_node *n = s->root;
    for (*levels = s->levels; *levels && n->live[0] == s->live; --*levels)
        n = n->at[0].node;
    return n;
}

bool slots_same(const struct slots *a, const struct slots *b)
{
    unsigned levels, others;
    if (a->live != b->live)
        return false;
    if (!a->live)
        return true;
    const struct slots_node *top = top_of(a, &levels), *other = top_of(b, &others);
    return levels == others && same_below(top, other);
}

void slots_done(struct slots *s)
{
    node_drop(s->root);
    *s = (struct slots){ .root = NULL };
}

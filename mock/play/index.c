#include "play/index.h"

#include "play/index_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t node_bytes(bool leaf)
{
    return sizeof(struct index_node) +
           (leaf ? 0 : INDEX_FAN * sizeof(((struct index_node *)0)->children[0]));
}

struct index_node *index_node_new(bool leaf)
{
    struct index_node *n = malloc(node_bytes(leaf));
    if (!n) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    atomic_init(&n->holders, 1);
    n->count = 0;
    n->leaf = leaf;
    return n;
}

static void node_drop(struct index_node *n)
{
    if (!n || atomic_fetch_sub_explicit(&n->holders, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; !n->leaf && i < n->count; i++)
        node_drop(n->children[i].node);
    free(n);
}

/* Copies entries of one node to a place in another, or in itself. */
static void copy_entries(struct index_node *to, size_t at,
                         const struct index_node *from, size_t first, size_t count)
{
    memmove(to->slots + at, from->slots + first, count * sizeof(*to->slots));
    memmove(to->numbers + at, from->numbers + first, count * sizeof(*to->numbers));
    if (!to->leaf)
        memmove(to->children + at, from->children + first,
                count * sizeof(*to->children));
}

/* Makes the node at *place one that nobody else sees. */
static struct index_node *node_own(struct index_node **place)
{
    struct index_node *old = *place;
    if (atomic_load_explicit(&old->holders, memory_order_acquire) == 1)
        return old;
    struct index_node *n = index_node_new(old->leaf);
    copy_entries(n, 0, old, 0, old->count);
    n->count = old->count;
    for (size_t i = 0; !n->leaf && i < n->count; i++)
        atomic_fetch_add_explicit(&n->children[i].node->holders, 1,
                                  memory_order_relaxed);
    node_drop(old);
    return *place = n;
}

/* How a key stands to an entry of a node: less than, equal to or greater than 0. */
static int compare_key(const struct index_key *key, const struct index_node *n,
                       size_t i)
{
    if (key->number != n->numbers[i])
        return key->number < n->numbers[i] ? -1 : 1;
    int c = key->compare ? key->compare(key->context, n->slots[i]) : 0;
    return c ? c : (key->slot > n->slots[i]) - (key->slot < n->slots[i]);
}

static size_t compared_bound(const struct index_node *n, const struct index_key *key)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_key(key, n, middle) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How many numbers of a node are less than one. Hashes cannot be
 * foretold: this leaves nothing to guess. */
static size_t numbers_before(const struct index_node *n, uint64_t number)
{
    size_t low = 0, left = n->count;
    while (left > 1) {
        size_t half = left / 2;
        low += half & -(size_t)(n->numbers[low + half - 1] < number);
        left -= half;
    }
    return left ? low + (n->numbers[low] < number) : 0;
}

/* How many entries of a node are before a key. Most numbers are there once, so that
 * slots are seldom looked at. */
static size_t lower_bound(const struct index_node *n, const struct index_key *key)
{
    if (key->compare)
        return compared_bound(n, key);
    size_t low = numbers_before(n, key->number);
    if (!key->slot || low == n->count || n->numbers[low] != key->number ||
        n->slots[low] >= key->slot)
        return low;
    for (size_t high = n->count; low < high;) {
        size_t middle = (low + high) / 2;
        if (n->numbers[middle] == key->number && n->slots[middle] < key->slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_entry(const struct index_node *n, size_t i, const struct index_key *key)
{
    return i < n->count && n->numbers[i] == key->number && n->slots[i] == key->slot &&
           compare_key(key, n, i) == 0;
}

/* The child below which a key is or would be. */
static size_t child_of(const struct index_node *n, const struct index_key *key)
{
    size_t i = lower_bound(n, key);
    return i && !is_entry(n, i, key) ? i - 1 : i;
}

static size_t entries_in(const struct index_node *n)
{
    size_t count = n->leaf ? n->count : 0;
    for (size_t i = 0; !n->leaf && i < n->count; i++)
        count += n->children[i].below;
    return count;
}

/* ---- adding ---- */

/* A gap at a place of a node; of a full one, half goes to a new neighbour behind it,
 * which is returned. What is put at the very end goes there alone, so that rising
 * numbers fill their leaves. *n and *at are the node and the place with the gap. */
static struct index_node *make_gap(struct index_node **n, size_t *at)
{
    struct index_node *full = *n, *more = NULL;
    if (full->count == INDEX_FAN) {
        size_t keep = *at == INDEX_FAN ? INDEX_FAN : INDEX_FAN / 2;
        more = index_node_new(full->leaf);
        more->count = (uint16_t)(INDEX_FAN - keep);
        copy_entries(more, 0, full, keep, INDEX_FAN - keep);
        full->count = (uint16_t)keep;
        if (*at > keep || keep == INDEX_FAN) {
            *n = more;
            *at -= keep;
        }
    }
    copy_entries(*n, *at + 1, *n, *at, (*n)->count - *at);
    (*n)->count++;
    return more;
}

void index_node_set(struct index_node *n, size_t at, struct index_node *child)
{
    n->slots[at] = child->slots[0];
    n->numbers[at] = child->numbers[0];
    n->children[at].node = child;
    n->children[at].below = entries_in(child);
}

/* What is added, and what was met on the way. */
struct adding {
    const struct index_key *key;
    uint32_t other; /* another of the number; INDEX_NONE */
    bool is_new;
};

/* An entry that is before the key is in the same leaf, and one behind it is
 * there or is the first of the next child above. */
static void note_other(struct adding *a, const struct index_node *n, size_t at)
{
    if (at < n->count && n->numbers[at] == a->key->number)
        a->other = n->slots[at];
}

/* Returns a new neighbour behind *place, or NULL. */
static struct index_node *add_below(struct index_node **place, struct adding *a)
{
    struct index_node *n = node_own(place), *more;
    if (n->leaf) {
        size_t at = lower_bound(n, a->key);
        if (is_entry(n, at, a->key))
            return NULL;
        a->is_new = true;
        note_other(a, n, at);
        if (at)
            note_other(a, n, at - 1);
        more = make_gap(&n, &at);
        n->slots[at] = a->key->slot;
        n->numbers[at] = a->key->number;
        return more;
    }
    size_t i = child_of(n, a->key);
    note_other(a, n, i + 1);
    struct index_node *split = add_below(&n->children[i].node, a);
    if (!split) {
        n->children[i].below += a->is_new;
        n->slots[i] = n->children[i].node->slots[0];
        n->numbers[i] = n->children[i].node->numbers[0];
        return NULL;
    }
    index_node_set(n, i, n->children[i].node);
    size_t at = i + 1;
    more = make_gap(&n, &at);
    index_node_set(n, at, split);
    return more;
}

bool index_add(struct index *x, const struct index_key *key, uint32_t *other)
{
    struct adding a = { key, INDEX_NONE, false };
    if (!x->root)
        x->root = index_node_new(true);
    struct index_node *more = add_below(&x->root, &a);
    *other = a.other;
    if (!more)
        return a.is_new;
    struct index_node *root = index_node_new(false);
    root->count = 2;
    index_node_set(root, 0, x->root);
    index_node_set(root, 1, more);
    x->root = root;
    return true;
}

/* ---- removing ---- */

static void close_gap(struct index_node *n, size_t at)
{
    copy_entries(n, at, n, at + 1, n->count - at - 1u);
    n->count--;
}

/* Puts the child behind `at` into that at it where both are half a node at most. */
static void join(struct index_node *n, size_t at)
{
    if (at + 1 >= n->count)
        return;
    struct index_node *other = n->children[at + 1].node;
    if (n->children[at].node->count + other->count > INDEX_FAN / 2)
        return;
    struct index_node *to = node_own(&n->children[at].node);
    other = node_own(&n->children[at + 1].node);
    copy_entries(to, to->count, other, 0, other->count);
    to->count = (uint16_t)(to->count + other->count);
    other->count = 0; /* its children moved */
    node_drop(other);
    close_gap(n, at + 1);
    index_node_set(n, at, to);
}

static bool remove_below(struct index_node **place, const struct index_key *key)
{
    struct index_node *n = node_own(place);
    if (n->leaf) {
        size_t at = lower_bound(n, key);
        if (!is_entry(n, at, key))
            return false;
        close_gap(n, at);
        return true;
    }
    size_t i = child_of(n, key);
    if (!remove_below(&n->children[i].node, key))
        return false;
    struct index_node *child = n->children[i].node;
    if (!child->count) {
        node_drop(child);
        close_gap(n, i);
        return true;
    }
    n->children[i].below--;
    n->slots[i] = child->slots[0];
    n->numbers[i] = child->numbers[0];
    join(n, i);
    if (i)
        join(n, i - 1);
    return true;
}

void index_remove(struct index *x, const struct index_key *key)
{
    if (!x->root || !remove_below(&x->root, key))
        return;
    while (x->root && !x->root->leaf && x->root->count == 1) {
        struct index_node *only = x->root->children[0].node;
        x->root->count = 0;
        node_drop(x->root);
        x->root = only;
    }
    if (x->root->count)
        return;
    node_drop(x->root);
    x->root = NULL;
}

/* ---- finding ---- */

size_t index_count(const struct index *x)
{
    return x->root ? entries_in(x->root) : 0;
}

static size_t below_of(const struct index_node *n, size_t first, size_t past)
{
    size_t count = 0;
    for (size_t i = first; i < past; i++)
        count += n->children[i].below;
    return count;
}

/* As index_rank, from a node on. */
static size_t rank_below(const struct index_node *n, const struct index_key *key)
{
    size_t rank = 0;
    while (!n->leaf) {
        size_t i = child_of(n, key);
        rank += below_of(n, 0, i);
        n = n->children[i].node;
    }
    return rank + lower_bound(n, key);
}

size_t index_rank(const struct index *x, const struct index_key *key)
{
    return x->root ? rank_below(x->root, key) : 0;
}

/* Both ends are looked for together while they are below one child. */
size_t index_span(const struct index *x, uint64_t number, size_t *first)
{
    const struct index_key low = { .number = number };
    const struct index_key high = { .number = number, .slot = INDEX_NONE };
    const struct index_node *n = x->root;
    *first = 0;
    while (n && !n->leaf) {
        size_t i = child_of(n, &low);
        *first += below_of(n, 0, i);
        if (i + 1u < n->count && n->numbers[i + 1] == number) {
            size_t last = child_of(n, &high);
            size_t before = rank_below(n->children[i].node, &low);
            *first += before;
            return below_of(n, i, last) - before +
                   rank_below(n->children[last].node, &high);
        }
        n = n->children[i].node;
    }
    size_t at = n ? lower_bound(n, &low) : 0;
    *first += at;
    return n ? lower_bound(n, &high) - at : 0;
}

static size_t list_below(const struct index_node *n, size_t rank, uint32_t *list,
                         size_t most)
{
    size_t found = 0;
    if (n->leaf) {
        for (size_t i = rank; i < n->count && found < most; i++)
            list[found++] = n->slots[i];
        return found;
    }
    for (size_t i = 0; i < n->count && found < most; i++) {
        if (rank >= n->children[i].below) {
            rank -= n->children[i].below;
            continue;
        }
        found += list_below(n->children[i].node, rank, list + found, most - found);
        rank = 0;
    }
    return found;
}

size_t index_list(const struct index *x, size_t rank, uint32_t *list, size_t most)
{
    return x->root ? list_below(x->root, rank, list, most) : 0;
}

static size_t slots_below(const struct index_node *n, const struct index_key *key,
                          uint32_t *list, size_t most)
{
    size_t found = 0;
    if (n->leaf) {
        for (size_t i = lower_bound(n, key);
             i < n->count && n->numbers[i] == key->number && found < most; i++)
            list[found++] = n->slots[i];
        return found;
    }
    size_t i = child_of(n, key);
    do
        found += slots_below(n->children[i++].node, key, list + found, most - found);
    while (found < most && i < n->count && n->numbers[i] == key->number);
    return found;
}

size_t index_slots(const struct index *x, uint64_t number, uint32_t from,
                   uint32_t *list, size_t most)
{
    const struct index_key key = { .number = number, .slot = from };
    return x->root && most ? slots_below(x->root, &key, list, most) : 0;
}

void index_share(struct index *to, const struct index *from)
{
    *to = *from;
    if (to->root)
        atomic_fetch_add_explicit(&to->root->holders, 1, memory_order_relaxed);
}

void index_done(struct index *x)
{
    node_drop(x->root);
    *x = (struct index){ .root = NULL };
}

#include "play/index_node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How full nodes are made: the next entry that comes does not split one. */
enum { FILL = INDEX_FAN - 4 };

static void *take(size_t count, size_t size)
{
    void *block = malloc(count * size);
    if (!block) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    return block;
}

/* ---- order ---- */

/* So few are moved past each other. */
enum { FEW = 24, DIGIT = 8, DIGITS = 1 << DIGIT };

static void insert_each(struct index_entry *list, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct index_entry one = list[i];
        size_t at = i;
        for (; at && list[at - 1].number > one.number; at--)
            list[at] = list[at - 1];
        list[at] = one;
    }
}

static bool is_sorted(const struct index_entry *list, size_t count)
{
    size_t i = 1;
    while (i < count && list[i - 1].number <= list[i].number)
        i++;
    return i >= count;
}

/* By one digit after the other, the highest first: shift is where the next one stands.
 * Hashes differ in the first two. other has as much room as list. */
static void sort_from(struct index_entry *list, struct index_entry *other, size_t count,
                      unsigned shift)
{
    size_t past[DIGITS] = { 0 }, at = 0;
    if (count <= FEW) {
        insert_each(list, count);
        return;
    }
    for (size_t i = 0; i < count; i++)
        past[list[i].number >> shift & (DIGITS - 1)]++;
    if (past[list->number >> shift & (DIGITS - 1)] < count) {
        for (size_t d = 0; d < DIGITS; d++) {
            size_t n = past[d];
            past[d] = at;
            at += n;
        }
        for (size_t i = 0; i < count; i++)
            other[past[list[i].number >> shift & (DIGITS - 1)]++] = list[i];
        memcpy(list, other, count * sizeof(*list));
    }
    for (size_t from = 0, d = 0; shift && from < count; from = past[d++])
        if (past[d] > from)
            sort_from(list + from, other, past[d] - from, shift - DIGIT);
}

void index_sort(struct index_entry *list, size_t count)
{
    if (is_sorted(list, count))
        return;
    struct index_entry *other = take(count, sizeof(*other));
    sort_from(list, other, count, 64 - DIGIT);
    free(other);
}

/* ---- the tree, from its leaves up ---- */

static size_t nodes_for(size_t count)
{
    return (count + FILL - 1) / FILL;
}

/* Where the part of node i begins, when so many are dealt out evenly. */
static size_t part(size_t i, size_t count, size_t nodes)
{
    return i * (count / nodes) + (i < count % nodes ? i : count % nodes);
}

static struct index_node *leaf_of(const struct index_entry *list, size_t count)
{
    struct index_node *n = index_node_new(true);
    for (; n->count < count; n->count++) {
        n->slots[n->count] = list[n->count].slot;
        n->numbers[n->count] = list[n->count].number;
    }
    return n;
}

static struct index_node *parent_of(struct index_node *const *children, size_t count)
{
    struct index_node *n = index_node_new(false);
    for (; n->count < count; n->count++)
        index_node_set(n, n->count, children[n->count]);
    return n;
}

void index_fill(struct index *x, const struct index_entry *list, size_t count)
{
    size_t nodes = nodes_for(count);
    if (!count)
        return;
    struct index_node **level = take(nodes, sizeof(struct index_node *));
    for (size_t i = 0; i < nodes; i++) {
        size_t from = part(i, count, nodes);
        level[i] = leaf_of(list + from, part(i + 1, count, nodes) - from);
    }
    while (nodes > 1) {
        size_t below = nodes;
        nodes = nodes_for(below);
        for (size_t i = 0; i < nodes; i++) {
            size_t from = part(i, below, nodes);
            level[i] = parent_of(level + from, part(i + 1, below, nodes) - from);
        }
    }
    x->root = level[0];
    free(level);
}

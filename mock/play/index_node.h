/* index_node.h — what an index is made of; for index*.c only. */
#ifndef PLAY_INDEX_NODE_H
#define PLAY_INDEX_NODE_H

#include "play/index.h"

#include <stdatomic.h>

/* Entries of a leaf and children of an inner node; a node that is full is split. */
enum { INDEX_FAN = 32 };

struct index_node {
    atomic_uint holders; /* parents and roots that point here */
    uint16_t count;
    bool leaf;
    uint32_t
        slots[INDEX_FAN]; /* of an inner node: of the first entry below each child */
    uint64_t numbers[INDEX_FAN];
    struct {
        struct index_node *node;
        size_t below;
    } children[]; /* leaves have none */
};

/* Without entries, held once; the caller's. */
struct index_node *index_node_new(bool leaf);

/* Has child, which is not empty, stand at a place of n. */
void index_node_set(struct index_node *n, size_t at, struct index_node *child);

#endif

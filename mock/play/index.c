#include "play/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
    if (!p) {
        fputs("understudy: out of memory\n", stderr);
        abort();
    }
    return p;
}

/* A bucket whose slots were all removed keeps its hash, as a stone to step over, until
 * the table grows. No hash is 0. */
static bool is_free(const struct index_bucket *b)
{
    return !b->hash;
}

static struct index_bucket *bucket_of(const struct index *x, uint64_t hash)
{
    size_t i = hash & (x->size - 1);
    while (!is_free(&x->buckets[i]) && x->buckets[i].hash != hash)
        i = (i + 1) & (x->size - 1);
    return &x->buckets[i];
}

static uint64_t not_zero(uint64_t hash)
{
    return hash ? hash : 1;
}

static void grow(struct index *x)
{
    struct index old = *x;
    size_t live = 0;
    for (size_t i = 0; i < old.size; i++)
        live += old.buckets[i].count > 0;
    x->size = 16;
    while (x->size < live * 4)
        x->size *= 2;
    x->buckets = must(calloc(x->size, sizeof(*x->buckets)));
    x->used = 0;
    for (size_t i = 0; i < old.size; i++) {
        if (!old.buckets[i].count) {
            if (old.buckets[i].room)
                free(old.buckets[i].u.many);
            continue;
        }
        *bucket_of(x, old.buckets[i].hash) = old.buckets[i];
        x->used++;
    }
    free(old.buckets);
}

static uint32_t *slots_of(struct index_bucket *b)
{
    return b->room ? b->u.many : &b->u.one;
}

/* Where a slot stands among the bucket's, or would. */
static uint32_t place_of(const struct index_bucket *b, const uint32_t *slots,
                         uint32_t slot)
{
    uint32_t low = 0, high = b->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (slots[middle] < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool holds(struct index_bucket *b, uint32_t slot)
{
    const uint32_t *slots = slots_of(b);
    uint32_t at = place_of(b, slots, slot);
    return at < b->count && slots[at] == slot;
}

void index_add(struct index *x, uint64_t hash, uint32_t slot)
{
    hash = not_zero(hash);
    if ((x->used + 1) * 4 > x->size * 3)
        grow(x);
    struct index_bucket *b = bucket_of(x, hash);
    if (is_free(b)) {
        x->used++;
        *b = (struct index_bucket){ .hash = hash, .count = 1, .u.one = slot };
        return;
    }
    if (holds(b, slot))
        return; /* two items of one array, or two values of one hash */
    if (!b->room && !b->count) {
        b->count = 1;
        b->u.one = slot;
        return;
    }
    if (!b->room) {
        uint32_t one = b->u.one;
        b->room = 4;
        b->u.many = must(malloc(b->room * sizeof(*b->u.many)));
        b->u.many[0] = one;
    } else if (b->count == b->room) {
        b->room *= 2;
        b->u.many = must(realloc(b->u.many, b->room * sizeof(*b->u.many)));
    }
    uint32_t at = b->count++;
    for (; at && b->u.many[at - 1] > slot; at--)
        b->u.many[at] = b->u.many[at - 1];
    b->u.many[at] = slot;
}

void index_remove(struct index *x, uint64_t hash, uint32_t slot)
{
    if (!x->size)
        return;
    struct index_bucket *b = bucket_of(x, not_zero(hash));
    uint32_t *slots = slots_of(b), at = place_of(b, slots, slot);
    if (at == b->count || slots[at] != slot)
        return;
    memmove(slots + at, slots + at + 1, (b->count - at - 1) * sizeof(*slots));
    b->count--;
}

const uint32_t *index_slots(const struct index *x, uint64_t hash, size_t *count)
{
    *count = 0;
    if (!x->size)
        return NULL;
    struct index_bucket *b = bucket_of(x, not_zero(hash));
    *count = b->count;
    return slots_of(b);
}

bool index_copy(struct index *to, const struct index *from)
{
    to->loose = from->loose;
    if (!from->size)
        return true;
    to->buckets = malloc(from->size * sizeof(*to->buckets));
    if (!to->buckets)
        return false;
    to->size = from->size;
    to->used = from->used;
    memcpy(to->buckets, from->buckets, from->size * sizeof(*to->buckets));
    for (size_t i = 0; i < from->size; i++) {
        struct index_bucket *b = &to->buckets[i];
        if (!b->room)
            continue;
        const uint32_t *slots = b->u.many;
        b->u.many = must(malloc(b->room * sizeof(*b->u.many)));
        memcpy(b->u.many, slots, b->count * sizeof(*slots));
    }
    return true;
}

void index_done(struct index *x)
{
    for (size_t i = 0; i < x->size; i++)
        if (x->buckets[i].room)
            free(x->buckets[i].u.many);
    free(x->buckets);
    *x = (struct index){ 0 };
}

#include "play/store.h"

#include "base/limits.h"
#include "play/store_parts.h"

#include <assert.h>
#include <malloc.h>
#include <stdlib.h>

static struct instance *instance_new(const cJSON *tree)
{
    struct instance *i = json_pack(tree, sizeof(*i));
    if (!i)
        return NULL;
    atomic_init(&i->holders, 1);
    i->broken = json_member(i->tree, STORE_BROKEN) != NULL;
    i->lent = (struct json_lent){ .text = { NULL, 0 } };
    return i;
}

static size_t bytes_of(struct instance *i)
{
    return i ? malloc_usable_size(i) : 0;
}

void instance_drop(struct instance *i)
{
    if (i && atomic_fetch_sub_explicit(&i->holders, 1, memory_order_acq_rel) == 1)
        free(i);
}

void instance_hold(struct instance *i)
{
    if (i)
        atomic_fetch_add_explicit(&i->holders, 1, memory_order_relaxed);
}

/* A store is one block: making one for a namespace takes microseconds.
 *     | store | shelves | indexes of all shelves | sequences | as they were marked | */
static struct store *store_blank(const struct store_plan *plan)
{
    size_t indexes = 0;
    for (size_t c = 0; c < plan->collection_count; c++)
        indexes += plan->collections[c].index_count;
    struct store *s =
        calloc(1, sizeof(*s) + plan->collection_count * sizeof(struct shelf) +
                      indexes * sizeof(struct index) +
                      2 * plan->sequence_count * sizeof(int64_t));
    if (!s)
        return NULL;
    s->plan = plan;
    struct index *next = (struct index *)(void *)(s->shelves + plan->collection_count);
    for (size_t c = 0; c < plan->collection_count; c++) {
        s->shelves[c].indexes = next;
        next += plan->collections[c].index_count;
    }
    s->sequences = (int64_t *)(void *)next;
    s->marked_sequences = s->sequences + plan->sequence_count;
    return s;
}

struct store *store_new(const struct store_plan *plan)
{
    for (size_t c = 0; c < plan->collection_count; c++)
        assert(!plan->collections[c].index_count || /* store_prepare was called */
               plan->collections[c].indexes->ways);
    struct store *s = store_blank(plan);
    for (size_t i = 0; s && i < plan->sequence_count; i++)
        s->sequences[i] = plan->sequence_start[i];
    return s;
}

static void clear(struct store *s, size_t c)
{
    struct shelf *shelf = &s->shelves[c];
    for (size_t i = 0; i < s->plan->collections[c].index_count; i++)
        index_done(&shelf->indexes[i]);
    orders_done(shelf);
    slots_done(&shelf->slots);
    shelf->count = 0;
    shelf->bytes = 0;
}

/* An empty collection becomes what another store's is. */
static void share(struct store *to, const struct store *from, size_t c)
{
    const struct shelf *a = &from->shelves[c];
    struct shelf *b = &to->shelves[c];
    b->count = a->count;
    b->bytes = a->bytes;
    slots_share(&b->slots, &a->slots);
    for (size_t i = 0; i < from->plan->collections[c].index_count; i++)
        index_share(&b->indexes[i], &a->indexes[i]);
    orders_share(b, a);
}

void store_free(struct store *s)
{
    if (!s)
        return;
    for (size_t c = 0; c < s->plan->collection_count; c++)
        clear(s, c);
    for (size_t i = 0; i < s->change_count; i++)
        instance_drop(s->changes[i].before);
    timers_done(&s->timers);
    shown_done(s);
    free(s->changes);
    free(s);
}

struct store *store_copy(const struct store *from)
{
    struct store *s = store_blank(from->plan);
    if (!s)
        return NULL;
    memcpy(s->sequences, from->sequences,
           from->plan->sequence_count * sizeof(*s->sequences));
    for (size_t c = 0; c < from->plan->collection_count; c++)
        share(s, from, c);
    return s;
}

static bool room_to_remember(struct store *s)
{
    if (!s->marked || s->change_count < s->change_room)
        return true;
    size_t room = s->change_room ? s->change_room * 2 : 16;
    struct change *grown = realloc(s->changes, room * sizeof(*grown));
    if (!grown)
        return false;
    s->changes = grown;
    s->change_room = room;
    return true;
}

/* Puts an instance (taken; NULL for none) into a slot and remembers the one before.
 * False when memory ran out; then nothing has changed. */
static bool put(struct store *s, size_t c, size_t slot, struct instance *now)
{
    struct shelf *shelf = &s->shelves[c];
    struct instance *before = slots_get(&shelf->slots, slot);
    const cJSON *old = before ? before->tree : NULL, *tree = now ? now->tree : NULL;
    orders_leave(s, c, slot, old, tree);
    if (!room_to_remember(s) || !slots_put(&shelf->slots, slot, now, &before)) {
        orders_enter(s, c, slot, tree, old);
        instance_drop(now);
        return false;
    }
    s->changed++;
    orders_enter(s, c, slot, old, tree);
    s->shelves[c].bytes += bytes_of(now) - bytes_of(before);
    store_reindex(s, c, slot, old, tree);
    store_note_due(s, c, slot, tree);
    if (s->marked)
        s->changes[s->change_count++] = (struct change){ c, slot, false, before };
    else
        instance_drop(before);
    return true;
}

/* Takes i, which is NULL when there was no memory for it. */
static enum store_answer append(struct store *s, size_t c, struct instance *i,
                                size_t *slot)
{
    struct shelf *shelf = &s->shelves[c];
    if (!i || !put(s, c, shelf->count, i))
        return STORE_FULL;
    if (s->marked)
        s->changes[s->change_count - 1].made = true;
    *slot = shelf->count++;
    return STORE_OK;
}

enum store_answer store_insert(struct store *s, size_t c, const cJSON *tree,
                               size_t *slot)
{
    const struct shelf *shelf = &s->shelves[c];
    if (store_taken(s, c, tree, SIZE_MAX))
        return STORE_TAKEN;
    if (shelf->slots.live >= LIMIT_INSTANCES || shelf->count >= UINT32_MAX ||
        (s->fixed && shelf->count >= LIMIT_KEEP_SLOTS))
        return STORE_FULL;
    return append(s, c, instance_new(tree), slot);
}

enum store_answer store_replace(struct store *s, size_t c, size_t slot,
                                const cJSON *tree)
{
    if (store_taken(s, c, tree, slot))
        return STORE_TAKEN;
    struct instance *i = instance_new(tree);
    return i && put(s, c, slot, i) ? STORE_OK : STORE_FULL;
}

void store_remove(struct store *s, size_t c, size_t slot)
{
    put(s, c, slot, NULL);
}

const cJSON *store_get(const struct store *s, size_t c, size_t slot)
{
    const struct instance *i = slots_get(&s->shelves[c].slots, slot);
    return i ? i->tree : NULL;
}

void store_fetch(const struct store *s, size_t c, const size_t *slots, size_t count)
{
    enum {
        LINE = 64,
        MOST = 1024
    }; /* bytes; what is behind a shorter one is harmless */
    for (size_t i = 0; i < count; i++) {
        const char *at = (const char *)slots_get(&s->shelves[c].slots, slots[i]);
        for (size_t byte = 0; at && byte < MOST; byte += LINE)
            __builtin_prefetch(at + byte);
    }
}

size_t store_count(const struct store *s, size_t c)
{
    return s->shelves[c].slots.live;
}

size_t store_slots(const struct store *s, size_t c)
{
    return s->shelves[c].count;
}

size_t store_bytes(const struct store *s, size_t c)
{
    return s->shelves[c].bytes;
}

int64_t store_next(struct store *s, size_t sequence)
{
    return s->sequences[sequence]++;
}

/* ---- from one plan to another ---- */

bool store_untouched(const struct store *s, const struct store *seed, size_t c)
{
    return slots_same(&s->shelves[c].slots, &seed->shelves[c].slots);
}

enum store_answer store_share(struct store *s, size_t c, const struct store *from,
                              size_t from_c, size_t slot)
{
    struct instance *i = slots_get(&from->shelves[from_c].slots, slot);
    size_t made;
    if (store_taken(s, c, i->tree, SIZE_MAX))
        return STORE_TAKEN;
    instance_hold(i);
    return append(s, c, i, &made);
}

void store_empty(struct store *s, size_t c)
{
    clear(s, c);
    s->changed++;
    timers_done(&s->timers); /* made again of all when they are asked */
}

void store_take(struct store *s, const struct store *from, size_t c)
{
    store_empty(s, c);
    share(s, from, c);
}

int64_t store_sequence(const struct store *s, size_t sequence)
{
    return s->sequences[sequence];
}

void store_sequence_set(struct store *s, size_t sequence, int64_t next)
{
    s->sequences[sequence] = next;
}

/* ---- transactions ---- */

void store_mark(struct store *s)
{
    assert(!s->marked);
    s->marked = true;
    memcpy(s->marked_sequences, s->sequences,
           s->plan->sequence_count * sizeof(*s->sequences));
}

/* Slots of removed instances are given back when they are the larger part. */
static void compact(struct store *s, size_t c)
{
    struct shelf *shelf = &s->shelves[c];
    struct slots dense = { .root = NULL };
    if (shelf->count < 1024 || shelf->slots.live * 2 > shelf->count)
        return;
    for (size_t i = 0; i < shelf->count; i++) {
        struct instance *one = slots_get(&shelf->slots, i), *none;
        if (!one)
            continue;
        instance_hold(one);
        if (!slots_put(&dense, dense.live, one, &none)) {
            instance_drop(one);
            slots_done(&dense);
            return; /* no memory for less of it: it stays as it is */
        }
    }
    s->changed++;
    orders_done(shelf);
    slots_done(&shelf->slots);
    shelf->slots = dense;
    shelf->count = dense.live;
    timers_done(&s->timers); /* the slots have other numbers now */
    store_index_anew(s, c);
}

void store_keep(struct store *s)
{
    for (size_t i = 0; i < s->change_count; i++)
        instance_drop(s->changes[i].before);
    s->change_count = 0;
    s->marked = false;
    for (size_t c = 0; !s->fixed && c < s->plan->collection_count; c++)
        compact(s, c);
}

size_t store_point(const struct store *s)
{
    return s->change_count;
}

void store_undo_to(struct store *s, size_t point)
{
    bool marked = s->marked;
    s->marked = false; /* putting back is not remembered */
    for (size_t i = s->change_count; i-- > point;) {
        struct change *change = &s->changes[i];
        put(s, change->collection, change->slot, change->before);
        s->shelves[change->collection].count -= change->made;
    }
    s->marked = marked;
    s->change_count = point;
}

void store_undo(struct store *s)
{
    store_undo_to(s, 0);
    s->marked = false;
    memcpy(s->sequences, s->marked_sequences,
           s->plan->sequence_count * sizeof(*s->sequences));
}

void store_abandon(struct store *s)
{
    if (s->marked)
        store_undo(s);
}

/* ---- kept elsewhere too ---- */

bool store_marked(const struct store *s)
{
    return s->marked;
}

bool store_changed(const struct store *s, size_t index, size_t *c, size_t *slot)
{
    if (index >= s->change_count)
        return false;
    *c = s->changes[index].collection;
    *slot = s->changes[index].slot;
    return true;
}

const cJSON *store_before(const struct store *s, size_t index)
{
    const struct instance *i =
        index < s->change_count ? s->changes[index].before : NULL;
    return i ? i->tree : NULL;
}

bool store_sequence_moved(const struct store *s, size_t sequence)
{
    return s->marked && s->sequences[sequence] != s->marked_sequences[sequence];
}

void store_fix(struct store *s)
{
    s->fixed = true;
}

void store_reserve(struct store *s, size_t c, size_t slots)
{
    if (s->shelves[c].count < slots)
        s->shelves[c].count = slots;
}

enum store_answer store_place(struct store *s, size_t c, size_t slot, const cJSON *tree)
{
    struct shelf *shelf = &s->shelves[c];
    if (store_taken(s, c, tree, slot))
        return STORE_TAKEN;
    if (shelf->slots.live >= LIMIT_INSTANCES || slot >= LIMIT_KEEP_SLOTS)
        return STORE_FULL;
    struct instance *i = instance_new(tree);
    if (!i || !put(s, c, slot, i))
        return STORE_FULL;
    if (shelf->count <= slot)
        shelf->count = slot + 1;
    return STORE_OK;
}

#include "base/map.h"

#include <stdint.h>

struct entry {
    struct str key;
    uint64_t hash;
    void *value;
};

struct map {
    struct arena *arena;
    const struct salt *salt; /* NULL: str_hash is good enough so far */
    struct entry *entries;   /* in the order of arrival */
    size_t count, room;
    uint32_t *slots; /* entry index + 1; 0 is free */
    size_t slot_count;
};

struct map *map_new(struct arena *arena)
{
    struct map *m = arena_take(arena, sizeof(*m));
    m->arena = arena;
    return m;
}

static uint64_t hash_of(const struct map *m, struct str key)
{
    return m->salt ? salt_hash(m->salt, key) : str_hash(key);
}

/* Where a key is or would be; *steps is how far that is from where its hash points. */
static uint32_t *slot_of(const struct map *m, struct str key, uint64_t hash,
                         size_t *steps)
{
    size_t i = hash & (m->slot_count - 1);
    for (*steps = 0;; ++*steps, i = (i + 1) & (m->slot_count - 1)) {
        uint32_t *slot = &m->slots[i];
        if (!*slot)
            return slot;
        const struct entry *e = &m->entries[*slot - 1];
        if (e->hash == hash && str_equal(e->key, key))
            return slot;
    }
}

static void fill(struct map *m)
{
    size_t steps;
    for (size_t i = 0; i < m->count; i++)
        *slot_of(m, m->entries[i].key, m->entries[i].hash, &steps) = (uint32_t)i + 1;
}

static void grow(struct map *m)
{
    size_t room = m->room ? m->room * 2 : 8;
    struct entry *entries = arena_array(m->arena, struct entry, room);
    if (m->count)
        memcpy(entries, m->entries, m->count * sizeof(*entries));
    m->entries = entries;
    m->room = room;
    m->slot_count = room * 2;
    m->slots = arena_array(m->arena, uint32_t, m->slot_count);
    fill(m);
}

/* Keys that lie this far from where they belong in a table half empty were chosen so.
 * Hashing all with a salt from then on costs the usual table nothing. */
static void defend(struct map *m)
{
    m->salt = arena_salt(m->arena);
    for (size_t i = 0; i < m->count; i++)
        m->entries[i].hash = hash_of(m, m->entries[i].key);
    memset(m->slots, 0, m->slot_count * sizeof(*m->slots));
    fill(m);
}

void *map_put(struct map *m, struct str key, void *value)
{
    enum { FAR = 64 };
    size_t steps;
    if (m->count == m->room)
        grow(m);
    uint64_t hash = hash_of(m, key);
    uint32_t *slot = slot_of(m, key, hash, &steps);
    if (*slot) {
        struct entry *e = &m->entries[*slot - 1];
        void *before = e->value;
        e->value = value;
        return before;
    }
    struct str own = { arena_copy(m->arena, key), key.len };
    m->entries[m->count++] = (struct entry){ own, hash, value };
    *slot = (uint32_t)m->count;
    if (steps >= FAR && !m->salt)
        defend(m);
    return NULL;
}

void *map_get(const struct map *m, struct str key)
{
    size_t steps;
    if (!m || !m->count)
        return NULL;
    uint32_t slot = *slot_of(m, key, hash_of(m, key), &steps);
    return slot ? m->entries[slot - 1].value : NULL;
}

size_t map_count(const struct map *m)
{
    return m ? m->count : 0;
}

bool map_at(const struct map *m, size_t index, struct str *key, void **value)
{
    if (!m || index >= m->count)
        return false;
    *key = m->entries[index].key;
    *value = m->entries[index].value;
    return true;
}

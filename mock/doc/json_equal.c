#include "doc/json.h"

#include "doc/number.h"

#include <stdlib.h>

static int by_name(const void *a, const void *b)
{
    const cJSON *const *x = a, *const *y = b;
    return strcmp((*x)->string, (*y)->string);
}

/* Large objects side by side in the order of their names; pair by pair would let a
 * client that sends two of them hold a thread for minutes. */
static bool large_equal(const cJSON *a, const cJSON *b, size_t count)
{
    const cJSON **list = malloc(2 * count * sizeof(*list)), **other = list + count;
    bool equal = list != NULL;
    size_t i = 0;
    if (!list)
        return false;
    for (const cJSON *m = a->child; m; m = m->next)
        list[i++] = m;
    for (const cJSON *m = b->child; m; m = m->next)
        list[i++] = m;
    qsort(list, count, sizeof(*list), by_name);
    qsort(other, count, sizeof(*list), by_name);
    for (i = 0; equal && i < count; i++)
        equal = strcmp(list[i]->string, other[i]->string) == 0 &&
                json_equal(list[i], other[i]);
    free(list);
    return equal;
}

static bool objects_equal(const cJSON *a, const cJSON *b)
{
    enum { LARGE = 16 };
    size_t count = json_count(a);
    if (count != json_count(b))
        return false;
    if (count > LARGE)
        return large_equal(a, b, count);
    for (const cJSON *m = a->child; m; m = m->next) {
        const cJSON *other = json_member_as(b, m);
        if (!other || !json_equal(m, other))
            return false;
    }
    return true;
}

bool json_equal(const cJSON *a, const cJSON *b)
{
    int type = a->type & 0xff;
    if (type != (b->type & 0xff))
        return false;
    if (a->child && a->child == b->child)
        return true;
    switch (type) {
    case cJSON_Number:
        return number_compare(a, b) == 0;
    case cJSON_String:
        return strcmp(a->valuestring, b->valuestring) == 0;
    case cJSON_Array:
        for (a = a->child, b = b->child; a && b; a = a->next, b = b->next)
            if (!json_equal(a, b))
                return false;
        return !a && !b;
    case cJSON_Object:
        return objects_equal(a, b);
    default:
        return true;
    }
}

static uint64_t hash_pair(const struct salt *s, uint64_t a, uint64_t b)
{
    uint64_t pair[] = { a, b };
    return salt_hash(s, (struct str){ (const char *)pair, sizeof(pair) });
}

uint64_t json_hash(const cJSON *n, const struct salt *s)
{
    uint64_t h = (uint64_t)(n->type & 0xff);
    switch (h) {
    case cJSON_Number:
        return h ^ number_hash(n, s);
    case cJSON_String:
        return h ^ salt_hash(s, str(n->valuestring));
    case cJSON_Array:
        for (const cJSON *c = n->child; c; c = c->next)
            h = hash_pair(s, h, json_hash(c, s));
        return h;
    case cJSON_Object:
        for (const cJSON *c = n->child; c; c = c->next)
            h += hash_pair(s, salt_hash(s, str(c->string)), json_hash(c, s));
        return h;
    default:
        return hash_pair(s, h, 0);
    }
}

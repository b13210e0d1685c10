/* Names with brackets: a[b][c]=1, a[]=1, a[0][b]=1, and the members of an exploded
 * object. OpenAPI defines deepObject for one level; deeper ones are read as clients
 * write them: brackets that are empty or hold an index are items where the schema has
 * an array, all others are members. */
#include "api/param_value.h"

#include "doc/pointer.h"

/* What was given under one key, and below it. */
struct branch {
    struct str key;
    struct branch *next;
    struct branch *first, *last; /* below */
    struct given *given, *given_last;
    size_t count; /* of given */
};

static struct branch *child_named(const struct branch *b, struct str key)
{
    for (struct branch *c = b->first; c; c = c->next)
        if (str_equal(c->key, key))
            return c;
    return NULL;
}

static struct branch *child_new(struct branch *b, struct str key, struct arena *arena)
{
    struct branch *c = arena_take(arena, sizeof(*c));
    c->key = key;
    if (b->last)
        b->last->next = c;
    else
        b->first = c;
    b->last = c;
    return c;
}

/* "[]" is a new item, except that a[][x]=1&a[][y]=2 goes on with the last one while the
 * next key is new to it. */
static struct branch *child_for(struct branch *b, struct str key,
                                const struct str *next, struct arena *arena)
{
    struct branch *c;
    if (!key.len && next)
        c = b->last && !b->last->key.len && !b->last->count &&
                    !child_named(b->last, *next)
                ? b->last
                : NULL;
    else
        c = key.len ? child_named(b, key) : NULL;
    return c ? c : child_new(b, key, arena);
}

/* "[b][c]" → "b", "c". */
static size_t keys_of(const struct given *g, struct str *keys)
{
    size_t n = 0;
    struct str rest = g->brackets;
    if (g->member.ptr)
        keys[n++] = g->member;
    while (rest.len) {
        rest = str_from(rest, 1);
        if (n <= LIMIT_PARAM_DEPTH)
            str_split(&rest, ']', &keys[n]);
        else
            return n + 1;
        n++;
    }
    return n;
}

static void plant(struct reading *r, struct branch *root, const struct given *from)
{
    struct str keys[LIMIT_PARAM_DEPTH + 1];
    size_t n = keys_of(from, keys);
    if (n > LIMIT_PARAM_DEPTH) {
        reading_finding(
            r, "", "style", STR("more"),
            arena_printf(r->arena, "at most %d brackets in a name", LIMIT_PARAM_DEPTH));
        return;
    }
    struct branch *b = root;
    for (size_t i = 0; i < n; i++)
        b = child_for(b, keys[i], i + 1 < n ? &keys[i + 1] : NULL, r->arena);
    struct given *own = arena_take_raw(r->arena, sizeof(*own));
    *own = *from;
    own->next = NULL;
    if (b->given_last)
        b->given_last->next = own;
    else
        b->given = own;
    b->given_last = own;
    b->count++;
}

/* ---- the tree ---- */

static bool is_index(struct str key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] < '0' || key.ptr[i] > '9')
            return false;
    return true; /* also "": the next one */
}

/* Whether one index is before another; of equal length, digits compare as text. */
static bool is_before(struct str a, struct str b)
{
    if (!a.len || !b.len)
        return false;
    return a.len != b.len ? a.len < b.len : memcmp(a.ptr, b.ptr, a.len) < 0;
}

/* By index, those without one where they stood. Mostly they come in order. */
static void sort_items(struct branch *b)
{
    struct branch *sorted = NULL, *last = NULL;
    for (struct branch *c = b->first, *next; c; c = next) {
        next = c->next;
        struct branch **at = &sorted;
        if (last && !is_before(c->key, last->key))
            at = &last->next;
        else
            while (*at && !is_before(c->key, (*at)->key))
                at = &(*at)->next;
        c->next = *at;
        *at = c;
        if (!c->next)
            last = c;
    }
    b->first = sorted;
    b->last = last;
}

static bool is_list(const struct branch *b, unsigned types)
{
    for (const struct branch *c = b->first; c; c = c->next)
        if (!is_index(c->key) || (types != TYPE_ANY && !(types & TYPE_ARRAY)))
            return false;
    return true;
}

static cJSON *grow(struct reading *r, struct branch *b, const char *below);

static cJSON *grow_list(struct reading *r, struct branch *b, const char *below)
{
    cJSON *array = json_array(r->arena);
    size_t n = 0;
    sort_items(b);
    for (struct branch *c = b->first; c; c = c->next) {
        cJSON *item = grow(r, c, arena_printf(r->arena, "%s/%zu", below, n++));
        if (item)
            json_push(array, item);
    }
    return array;
}

static cJSON *grow_object(struct reading *r, struct branch *b, const char *below)
{
    cJSON *object = json_object(r->arena);
    for (struct branch *c = b->first; c; c = c->next) {
        const char *key = arena_copy(r->arena, c->key);
        cJSON *member = grow(r, c, pointer_join(r->arena, below, key));
        if (member && json_member(object, key))
            reading_again(r, pointer_join(r->arena, below, key));
        else if (member)
            json_add(object, key, member);
    }
    return object;
}

/* Values without anything below: a list where the schema has one. */
static cJSON *grow_values(struct reading *r, const struct branch *b, unsigned types,
                          bool closed, const char *below)
{
    bool list = types != TYPE_ANY && (types & TYPE_ARRAY) &&
                (b->count > 1 || !(types & ~(unsigned)(TYPE_ARRAY | TYPE_NULL)));
    if (!list) {
        if (b->count > 1)
            reading_again(r, below);
        return reading_scalar(r, b->given->text, types, closed);
    }
    cJSON *array = json_array(r->arena);
    size_t n = 0;
    for (const struct given *g = b->given; g; g = g->next, n++) {
        bool listed = false;
        const char *at = arena_printf(r->arena, "%s/%zu", below, n);
        unsigned item = schema_types(r->param->plan, at, &listed);
        cJSON *one = reading_scalar(r, g->text, item, listed);
        if (one)
            json_push(array, one);
    }
    return array;
}

static cJSON *grow(struct reading *r, struct branch *b, const char *below)
{
    bool closed = false;
    unsigned types =
        r->param->plan ? schema_types(r->param->plan, below, &closed) : TYPE_ANY;
    if (!b->first)
        return b->count ? grow_values(r, b, types, closed, below) : NULL;
    if (b->count && !is_list(b, types)) {
        reading_again(r, below); /* a=1&a[b]=2 */
        return NULL;
    }
    /* a=1&a[]=2 is two items. */
    for (struct given *g = b->given, *next; g; g = next) {
        struct branch *item = child_new(b, (struct str){ NULL, 0 }, r->arena);
        next = g->next;
        g->next = NULL;
        item->given = g;
        item->count = 1;
    }
    return is_list(b, types) ? grow_list(r, b, below) : grow_object(r, b, below);
}

cJSON *reading_tree(struct reading *r, const struct givens *g)
{
    struct branch root = { .count = 0 };
    for (const struct given *one = g->first; one; one = one->next)
        plant(r, &root, one);
    return grow(r, &root, "");
}

#include "doc/json.h"

#include "doc/number.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

static cJSON *node_of(struct arena *arena, int type)
{
    cJSON *n = arena_take_raw(arena, sizeof(*n));
    *n = (cJSON){ .type = type };
    return n;
}

cJSON *json_null(struct arena *arena)
{
    return node_of(arena, cJSON_NULL);
}

cJSON *json_bool(struct arena *arena, bool value)
{
    return node_of(arena, value ? cJSON_True : cJSON_False);
}

cJSON *json_number(struct arena *arena, double value)
{
    cJSON *n = node_of(arena, cJSON_Number);
    n->valuedouble = value;
    return n;
}

cJSON *json_integer(struct arena *arena, int64_t value)
{
    cJSON *n = json_number(arena, (double)value);
    if (value > 999999999999999 || value < -999999999999999)
        n->valuestring = arena_printf(arena, "%lld", (long long)value);
    return n;
}

cJSON *json_string(struct arena *arena, struct str text)
{
    cJSON *n = node_of(arena, cJSON_String);
    n->valuestring = arena_copy(arena, text);
    return n;
}

cJSON *json_array(struct arena *arena)
{
    return node_of(arena, cJSON_Array);
}

cJSON *json_object(struct arena *arena)
{
    return node_of(arena, cJSON_Object);
}

void json_push(cJSON *parent, cJSON *item)
{
    assert(!json_is_lent(parent)); /* others look at it */
    item->next = NULL;
    if (!parent->child) {
        parent->child = item;
    } else {
        item->prev = parent->child->prev;
        parent->child->prev->next = item;
    }
    parent->child->prev = item;
}

/* cJSON's key is `char *` though nobody here writes through it. */
static char *key_of(const char *name)
{
    union {
        const char *in;
        char *out;
    } u = { .in = name };
    return u.out;
}

static void add_named(cJSON *object, const char *name, int hash, cJSON *item)
{
    item->string = key_of(name);
    item->valueint = hash;
    json_push(object, item);
}

void json_add_as(cJSON *object, const cJSON *other, cJSON *item)
{
    add_named(object, other->string, other->valueint, item);
}

void json_add(cJSON *object, const char *name, cJSON *item)
{
    add_named(object, name, json_name_hash(str(name)), item);
}

void json_become(cJSON *at, const cJSON *from)
{
    at->type = from->type;
    at->child = from->child;
    at->valuestring = from->valuestring;
    at->valuedouble = from->valuedouble;
}

void json_detach(cJSON *parent, cJSON *child)
{
    assert(!json_is_lent(parent));
    if (child->next)
        child->next->prev = child->prev;
    else
        parent->child->prev = child->prev;
    if (child == parent->child)
        parent->child = child->next;
    else
        child->prev->next = child->next;
    child->next = child->prev = NULL;
}

static cJSON *member_of(const cJSON *object, struct str name, int hash)
{
    for (cJSON *m = object->child; m; m = m->next)
        if (json_is_named(m, name, hash))
            return m;
    return NULL;
}

void json_replace(cJSON *parent, cJSON *old, cJSON *item)
{
    assert(!json_is_lent(parent));
    item->string = old->string;
    item->valueint = old->valueint;
    item->next = old->next;
    item->prev = old->prev == old ? item : old->prev;
    if (old->next)
        old->next->prev = item;
    else
        parent->child->prev = item;
    if (parent->child == old)
        parent->child = item;
    else
        item->prev->next = item;
}

void json_put(cJSON *object, struct str name, int hash, cJSON *item)
{
    assert(json_is_object(object));
    cJSON *old = member_of(object, name, hash);
    if (old)
        json_replace(object, old, item);
    else
        add_named(object, name.ptr, hash, item);
}

void json_set(struct arena *arena, cJSON *object, const char *name, cJSON *item)
{
    const struct str text = str(name);
    const int hash = json_name_hash(text);
    assert(json_is_object(object));
    cJSON *old = member_of(object, text, hash);
    if (old)
        json_replace(object, old, item);
    else
        add_named(object, arena_copy(arena, text), hash, item);
}

uint64_t json_names(const cJSON *object)
{
    uint64_t names = 0;
    for (const cJSON *m = object->child; m; m = m->next)
        names |= (uint64_t)1 << ((uint32_t)m->valueint >> 8 & 63);
    return names;
}

cJSON *json_member_str(const cJSON *object, struct str name)
{
    return json_is_object(object) ? member_of(object, name, json_name_hash(name))
                                  : NULL;
}

cJSON *json_member_as(const cJSON *object, const cJSON *other)
{
    return member_of(object, str(other->string), other->valueint);
}

cJSON *json_member(const cJSON *object, const char *name)
{
    return json_member_str(object, str(name));
}

const char *json_member_text(const cJSON *object, const char *name)
{
    const cJSON *m = json_member(object, name);
    return json_is_string(m) ? m->valuestring : NULL;
}

size_t json_count(const cJSON *tree)
{
    size_t n = 0;
    for (const cJSON *c = tree ? tree->child : NULL; c; c = c->next)
        n++;
    return n;
}

/* The text of a string or number. */
static const char *own_text(const cJSON *n)
{
    return json_is_lent(n) ? NULL : n->valuestring;
}

/* How long most names are stands in their hashes. */
static struct str name_of(const cJSON *m)
{
    const size_t len = m->valueint & 255;
    return (struct str){ m->string, len < 255 ? len : strlen(m->string) };
}

static cJSON *copy_of(struct arena *arena, const cJSON *tree, bool share)
{
    if (share && json_is_lent(tree))
        return json_same(arena, tree);
    cJSON *n = node_of(arena, tree->type & 0xff);
    n->valueint = tree->valueint;
    n->valuedouble = tree->valuedouble;
    if (own_text(tree))
        n->valuestring = arena_copy(arena, str(tree->valuestring));
    for (const cJSON *c = tree->child; c; c = c->next) {
        cJSON *copy = copy_of(arena, c, share);
        if (c->string)
            copy->string = arena_copy(arena, name_of(c));
        json_push(n, copy);
    }
    return n;
}

cJSON *json_borrow(struct arena *arena, const cJSON *tree)
{
    cJSON *n = json_same(arena, tree);
    n->type = tree->type & 0xff;
    n->child = NULL;
    if (json_is_lent(tree))
        n->valuestring = NULL;
    for (const cJSON *c = tree->child; c; c = c->next) {
        cJSON *copy = json_borrow(arena, c);
        copy->string = c->string;
        json_push(n, copy);
    }
    return n;
}

cJSON *json_copy(struct arena *arena, const cJSON *tree)
{
    return copy_of(arena, tree, false);
}

cJSON *json_share(struct arena *arena, const cJSON *tree)
{
    return copy_of(arena, tree, true);
}

cJSON *json_same(struct arena *arena, const cJSON *value)
{
    cJSON *n = arena_take_raw(arena, sizeof(*n));
    *n = *value;
    n->next = n->prev = NULL;
    n->string = NULL;
    return n;
}

void json_lend(cJSON *node, struct json_lent *as)
{
    node->type = (node->type & 0xff) | JSON_LENT;
    node->valuestring = (char *)as;
}

/* Nodes first, texts behind them, all in one block:
 *     | node | node | … | text\0 | text\0 | … */
static void measure(const cJSON *n, size_t *nodes, size_t *bytes)
{
    ++*nodes;
    *bytes += (own_text(n) ? strlen(n->valuestring) + 1 : 0) +
              (n->string ? name_of(n).len + 1 : 0);
    for (const cJSON *c = n->child; c; c = c->next)
        measure(c, nodes, bytes);
}

static char *pack_text(struct str text, char **to)
{
    char *at = memcpy(*to, text.ptr, text.len + 1);
    *to += text.len + 1;
    return at;
}

static cJSON *pack(const cJSON *from, cJSON **node, char **text)
{
    cJSON *n = (*node)++;
    *n = (cJSON){ .type = from->type & 0xff,
                  .valueint = from->valueint,
                  .valuedouble = from->valuedouble };
    if (own_text(from))
        n->valuestring = pack_text(str(from->valuestring), text);
    for (const cJSON *c = from->child; c; c = c->next) {
        cJSON *copy = pack(c, node, text);
        if (c->string)
            copy->string = pack_text(name_of(c), text);
        json_push(n, copy);
    }
    return n;
}

void *json_pack(const cJSON *tree, size_t before)
{
    size_t nodes = 0, text = 0;
    measure(tree, &nodes, &text);
    char *block = malloc(before + nodes * sizeof(cJSON) + text);
    if (!block)
        return NULL;
    cJSON *node = (cJSON *)(void *)(block + before);
    char *texts = (char *)(node + nodes);
    pack(tree, &node, &texts);
    return block;
}

const char *json_type_name(const cJSON *n)
{
    switch (n ? n->type & 0xff : cJSON_Invalid) {
    case cJSON_Object:
        return "object";
    case cJSON_Array:
        return "array";
    case cJSON_String:
        return "string";
    case cJSON_Number:
        return number_is_integer(n) ? "integer" : "number";
    case cJSON_True:
    case cJSON_False:
        return "boolean";
    case cJSON_NULL:
        return "null";
    default:
        return "nothing";
    }
}

const char *json_kind(const cJSON *n)
{
    switch (n ? n->type & 0xff : cJSON_Invalid) {
    case cJSON_Object:
        return "an object";
    case cJSON_Array:
        return "an array";
    case cJSON_String:
        return "a string";
    case cJSON_Number:
        return "a number";
    case cJSON_True:
        return "true";
    case cJSON_False:
        return "false";
    case cJSON_NULL:
        return "null";
    default:
        return "nothing";
    }
}

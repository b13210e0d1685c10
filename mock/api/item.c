#include "api/load.h"

#include "base/map.h"

struct str operation_stem(const char *path)
{
    static const char json[] = ".json";
    struct str s = str(path);
    if (s.len > 1 && s.ptr[s.len - 1] == '/')
        s.len--;
    else if (s.len > sizeof(json) &&
             strcmp(s.ptr + s.len - (sizeof(json) - 1), json) == 0)
        s.len -= sizeof(json) - 1;
    return s;
}

/* "/pets" for "/pets/{id}"; len 0 when the last segment is no single template. */
static struct str collection_of(const char *path)
{
    struct str stem = operation_stem(path);
    size_t slash = stem.len;
    while (slash && stem.ptr[slash - 1] != '/')
        slash--;
    struct str last = str_from(stem, slash);
    bool item = last.len > 2 && last.ptr[0] == '{' &&
                memchr(last.ptr, '}', last.len) == last.ptr + last.len - 1;
    return slash && item ? (struct str){ path, slash - 1 } : STR("");
}

void load_items(struct loading *l)
{
    struct map *items = map_new(l->arena);
    for (size_t i = 0; i < l->api->operation_count; i++) {
        struct operation *op = &l->api->operations[i];
        struct str collection = collection_of(op->path);
        if (collection.len && !map_get(items, collection))
            map_put(items, collection, op);
    }
    for (size_t i = 0; i < l->api->operation_count; i++) {
        struct operation *op = &l->api->operations[i];
        if (strcmp(op->method, "POST") == 0)
            op->item = map_get(items, operation_stem(op->path));
    }
}

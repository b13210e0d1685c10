#include "api/load.h"

#include "base/map.h"

/* "/pets" for "/pets/{id}"; len 0 when the last segment is no single template. */
static struct str collection_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *close = slash ? strchr(slash, '}') : NULL;
    bool item = close && slash[1] == '{' && !close[1] && !strchr(slash + 2, '{');
    return item ? (struct str){ path, (size_t)(slash - path) } : STR("");
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
            op->item = map_get(items, str(op->path));
    }
}

#include "api/media.h"

/* "application/json; charset=utf-8" → "application/json". */
static struct str essence(struct str type)
{
    struct str part;
    str_split(&type, ';', &part);
    return str_trim(part);
}

bool media_is_json(struct str type)
{
    struct str e = essence(type);
    static const struct str suffix = { "+json", 5 };
    if (str_equal_nocase(e, STR("application/json")))
        return true;
    return e.len > suffix.len &&
           str_equal_nocase(str_from(e, e.len - suffix.len), suffix);
}

/* 3 for the same type, 2 for type/ *, 1 for * / *, 0 for no match. */
static int fit(struct str range, struct str type)
{
    if (str_equal_nocase(range, type))
        return 3;
    if (str_is(range, "*/*"))
        return 1;
    if (range.len < 2 || range.ptr[range.len - 1] != '*' || type.len < range.len - 1)
        return 0;
    struct str head = { range.ptr, range.len - 1 }, start = { type.ptr, range.len - 1 };
    return str_equal_nocase(head, start) ? 2 : 0;
}

const struct media *media_for(const struct operation *op, struct str content_type)
{
    const struct media *best = NULL;
    int best_fit = 0;
    for (size_t i = 0; i < op->body_count; i++) {
        int f = fit(essence(str(op->bodies[i].type)), essence(content_type));
        if (f > best_fit) {
            best_fit = f;
            best = &op->bodies[i];
        }
    }
    return best;
}

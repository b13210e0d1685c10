#include "serve/astray.h"

#include "base/limits.h"
#include "schema/near.h"

enum { MOST_BASE = 3 }; /* words of a base path that somebody thought was there */

/* How far a path is from the template of an operation, segment by segment: a value is
 * any segment, and of the words one may be a slip. The path as it should be is added to
 * b. */
static unsigned distance(struct str path, const char *template, struct buffer *b)
{
    struct str rest = str(template), segment, word;
    unsigned far = 0, slips = 0;
    if (rest.len > 1 && rest.ptr[rest.len - 1] == '/')
        rest.len--;
    const bool slash = rest.len < strlen(template);
    while (rest.ptr && path.ptr) {
        str_split(&rest, '/', &word);
        str_split(&path, '/', &segment);
        bool value = memchr(word.ptr, '{', word.len) != NULL;
        if (!str_equal(word, segment) && !(value && segment.len)) {
            unsigned d = value ? NEAR_NOT : near_distance(word, segment);
            if (d >= NEAR_NOT || slips++)
                return NEAR_NOT;
            far += d + 1;
        }
        buffer_add(b, value ? segment : word);
        if (rest.ptr)
            buffer_add_char(b, '/');
    }
    if (slash)
        buffer_add_char(b, '/');
    return rest.ptr || path.ptr || b->full ? NEAR_NOT : far;
}

/* Whether both begin with the same word. */
static bool begins_alike(const char *template, struct str path)
{
    struct str a = str_from(str(template), 1), b = str_from(path, 1), x, y;
    return str_split(&a, '/', &x) && str_split(&b, '/', &y) && x.len && str_equal(x, y);
}

struct search {
    struct str path;
    struct arena *arena;
    const char *best;
    unsigned least;
    size_t looks; /* left */
};

static void search_below(struct search *s, const struct api *api, const char *base,
                         struct str rest)
{
    for (size_t i = 0; i < api->operation_count && s->looks; i++, s->looks--) {
        struct buffer b = buffer_in(s->arena, LIMIT_HEAD_BYTES);
        buffer_add_text(&b, base);
        unsigned d = distance(rest, api->operations[i].path, &b);
        if (d >= s->least || str_equal(buffer_str(&b), s->path))
            continue;
        s->least = d;
        s->best = buffer_str(&b).ptr;
    }
}

/* "/api/v2/pets" and "/v2/pets" where "/pets" stands below "/api/v1". */
static void search_other_bases(struct search *s, const struct api *api,
                               const char *base, struct str rest)
{
    struct str word;
    for (int i = 0; i < MOST_BASE && s->best == NULL; i++) {
        rest = str_from(rest, 1);
        if (!str_split(&rest, '/', &word) || !rest.ptr)
            return;
        rest = (struct str){ rest.ptr - 1, rest.len + 1 };
        for (size_t o = 0; o < api->operation_count; o++)
            if (begins_alike(api->operations[o].path, rest)) {
                search_below(s, api, base, rest);
                break;
            }
    }
}

const char *astray_path(const struct cast *cast, struct str path, struct arena *arena)
{
    struct search s = { path, arena, NULL, NEAR_NOT, LIMIT_ASTRAY };
    struct str asked = path;
    while (asked.len > 1 && asked.ptr[asked.len - 1] == '/')
        asked.len--;
    for (size_t i = 0; i < cast->count; i++) {
        const struct api *api = cast->apis[i];
        for (size_t j = 0; j < api->server_count; j++) {
            const char *base = api->servers[j].base;
            struct str below = str(base);
            if (str_starts(asked, below))
                search_below(&s, api, base, str_from(asked, below.len));
            if (*base)
                search_below(&s, api, base, asked);
            search_other_bases(&s, api, base, asked);
        }
    }
    return s.best && utf8_valid(str(s.best)) ? s.best : NULL;
}
